//! The report as a file of its own, which says what case it is of.

use super::{About, json, markdown, text};
use crate::shown::{Glyphs, spelled};
use crate::verify::Report;
use std::io::{self, Write};
use std::path::Path;

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Json,
    Markdown,
}

impl Form {
    /// By the ending of the file's name.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "txt" => Some(Self::Text),
            "json" => Some(Self::Json),
            "md" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// Writes the report in this form.
pub fn file(report: &Report, about: &About, form: Form, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::Text => text(report, about, Glyphs::Unicode, out),
        Form::Json => {
            let document = json(report, about);
            writeln!(out, "{}", spelled(serde_json::to_string_pretty(&document)?))
        }
        Form::Markdown => markdown(report, about, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{Keys, Objects, Question, judge};

    #[test]
    fn every_form_says_what_case_it_is_of() {
        let (objects, keys) = (Objects::default(), Keys::default());
        let report = judge(&Question {
            objects: &objects,
            past: &[],
            keys: &keys,
            since: None,
            until: None,
        });
        let file = |case: &str, form| {
            let about = About { case: Some(case.to_owned()), ..About::default() };
            let mut text = Vec::new();
            file(&report, &about, form, &mut text).unwrap();
            String::from_utf8(text).unwrap()
        };
        let markdown = file("a|b", Form::Markdown);
        assert!(
            markdown.starts_with("# Integrity of the logs\n\n**incomplete: nothing was verified")
        );
        assert!(markdown.contains("\n- case: a\\|b\n"), "{markdown}");
        let text = file("a\u{1b}[2J", Form::Text);
        assert!(text.contains("\ncase             a\u{241b}[2J\n"), "{text}");
        let json: serde_json::Value = serde_json::from_str(&file("a", Form::Json)).unwrap();
        assert_eq!((&json["case"], &json["verdict"]), (&"a".into(), &"incomplete".into()));
    }

    #[test]
    fn the_ending_says_how_it_is_written() {
        let of = |name| Form::of(Path::new(name));
        assert_eq!(of("a.txt"), Some(Form::Text));
        assert_eq!(of("x/a.JSON"), Some(Form::Json));
        assert_eq!(of("a.b.md"), Some(Form::Markdown));
        assert_eq!((of("a"), of("md"), of("a.csv")), (None, None, None));
    }
}
