//! The report as a file of its own, which says what case it is of.

use super::{json, markdown, text};
use crate::shown::{Glyphs, Mode, Place, show};
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

/// Writes the report on the evidence of this case.
pub fn file(report: &Report, case: &str, form: Form, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::Text => {
            let mode = Mode { place: Place::Table, glyphs: Glyphs::Unicode };
            writeln!(out, "case: {}\n", show(case, mode).as_str())?;
            text(report, Glyphs::Unicode, out)
        }
        Form::Json => {
            let mut document = json(report);
            document.case = Some(case);
            serde_json::to_writer_pretty(&mut *out, &document)?;
            writeln!(out)
        }
        Form::Markdown => markdown(report, &[], Some(case), out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{Keys, Objects, Question, judge};

    #[test]
    fn every_form_says_what_case_it_is_of() {
        let (objects, keys) = (Objects::default(), Keys::default());
        let report = judge(&Question { objects: &objects, keys: &keys, since: None, until: None });
        let file = |case, form| {
            let mut text = Vec::new();
            file(&report, case, form, &mut text).unwrap();
            String::from_utf8(text).unwrap()
        };
        let markdown = file("a|b", Form::Markdown);
        assert!(markdown.starts_with("# Integrity of the logs\n\nCase: a\\|b\n\n**valid**"));
        let text = file("a\u{1b}[2J", Form::Text);
        assert!(text.starts_with("case: a\u{241b}[2J\n\nvalid: "), "{text}");
        let json: serde_json::Value = serde_json::from_str(&file("a", Form::Json)).unwrap();
        assert_eq!((&json["case"], &json["verdict"]), (&"a".into(), &"valid".into()));
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
