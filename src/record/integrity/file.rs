//! The report as a file of its own, which says what case it is of.

use super::markdown::cell;
use super::{json, markdown, text};
use crate::shown::{Glyphs, Mode, Place, show};
use crate::verify::Report;
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

/// The report on the evidence of this case, as one text.
pub fn file(report: &Report, case: &str, form: Form) -> String {
    match form {
        Form::Text => {
            let mode = Mode { place: Place::Table, glyphs: Glyphs::Unicode };
            let head = format!("case: {}", show(case, mode).as_str());
            let mut lines = vec![head, String::new()];
            lines.extend(text(report, Glyphs::Unicode));
            lines.join("\n") + "\n"
        }
        Form::Json => {
            let mut document = json(report);
            document["case"] = case.into();
            format!("{document:#}\n")
        }
        Form::Markdown => {
            let whole = markdown(report, &[]);
            let (title, rest) = whole.split_at(whole.find("\n\n").map_or(0, |at| at + 2));
            format!("{title}Case: {}\n\n{rest}", cell(case))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{Keys, Question, judge};

    #[test]
    fn every_form_says_what_case_it_is_of() {
        let question = Question { objects: &[], keys: &Keys::default(), since: None, until: None };
        let report = judge(&question);
        let markdown = file(&report, "a|b", Form::Markdown);
        assert!(markdown.starts_with("# Integrity of the logs\n\nCase: a\\|b\n\n**valid**"));
        let text = file(&report, "a\u{1b}[2J", Form::Text);
        assert!(text.starts_with("case: a\u{241b}[2J\n\nvalid: "), "{text}");
        let json: serde_json::Value =
            serde_json::from_str(&file(&report, "a", Form::Json)).unwrap();
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
