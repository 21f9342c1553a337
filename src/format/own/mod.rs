//! Formats that users define: a TOML file says how a record is recognised, cut and taken apart, and
//! which fields come of it.
//!
//! A file is read once, when the program starts: [`definition`] keeps what it says, [`checked`]
//! makes a schema and [rules](decoder::Rules) of it and tells every mistake, `decoder` reads
//! records by the rules. What is wrong anywhere makes no format.

mod checked;
mod decoder;
mod definition;
mod examples;
mod fields;
mod json;
mod moment;
mod regexes;
mod table;

use super::{Context, Decoder, Format, Join, Match, Probe};
use crate::event::Schema;
use crate::event::document::{Document, Problem};
use decoder::{Reader, Rules, Shape};
use definition::Definition;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;

/// A format that a user has defined.
#[derive(Debug)]
pub struct Own {
    rules: Arc<Rules>,
    help: String,
    limits: String,
    join: Join,
    /// The hash of its definition.
    edition: String,
}

impl Own {
    /// The format that the text defines, and what is wrong with it; `file` is what people know it
    /// by.
    pub fn read(file: &str, text: &str) -> (Option<Self>, Vec<Problem>) {
        Self::with(file, text, |_, _, _| {})
    }

    /// The same, tried with the examples that the definition carries. The answer has how many.
    pub fn check(file: &str, text: &str) -> (usize, Vec<Problem>) {
        let mut number = 0;
        let (_, problems) = Self::with(file, text, |document, own, definition| {
            number = definition.examples.len();
            for example in &definition.examples {
                examples::attempt(document, own, example);
            }
        });
        (number, problems)
    }

    fn with(
        file: &str,
        text: &str,
        mut look: impl FnMut(&mut Document<'_>, &Self, &Definition<'_>),
    ) -> (Option<Self>, Vec<Problem>) {
        let (mut document, table) = Document::parse(file, text);
        let definition = definition::read(&mut document, &table);
        let checked = checked::check(&mut document, &definition);
        let mut edition = String::new();
        for byte in &Sha256::digest(text.as_bytes())[..16] {
            // Writing to a String cannot fail.
            let _ = write!(edition, "{byte:02x}");
        }
        let rules = Arc::new(checked.rules);
        let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
        let own = Self {
            rules,
            help: or(checked.help, "A format of your own."),
            limits: or(checked.limits, "Its definition does not say what it leaves out."),
            join: checked.join,
            edition,
        };
        if !document.is_wrong() {
            look(&mut document, &own, &definition);
        }
        let own = (!document.is_wrong()).then_some(own);
        (own, document.finish())
    }

    /// Whether a text means to be a definition, and is no log: it [begins](Self::begins) as a file of
    /// TOML does, and has one of the tables that definitions have.
    pub fn is_definition(text: &str) -> bool {
        let headers = ["[record]", "[sniff]", "[fields]", "[[examples]]"];
        let is_header = |line: &str| {
            headers.iter().any(|header| line.starts_with(header)) || line.starts_with("[fields.")
        };
        Self::begins(text) && text.lines().map(str::trim).any(is_header)
    }

    /// Whether a text begins as a file of TOML does.
    pub fn begins(text: &str) -> bool {
        let mut lines = text.lines().map(str::trim);
        let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
        let is_word = |word: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '"');
            !word.is_empty() && word.chars().all(fits)
        };
        first.is_some_and(|line| match line.strip_prefix('[') {
            Some(header) => {
                header.trim_start_matches('[').starts_with(|c: char| c.is_ascii_lowercase())
            }
            None => line.split_once('=').is_some_and(|(word, _)| is_word(word.trim())),
        })
    }

    fn is_json(&self) -> bool {
        matches!(self.rules.shape, Shape::Json(_))
    }

    /// Why a record is not recognised.
    fn refusal(&self, record: &str) -> String {
        self.rules.refusal(&Probe::new(record))
    }
}

impl Format for Own {
    fn schema(&self) -> &Arc<Schema> {
        &self.rules.schema
    }

    fn help(&self) -> &str {
        &self.help
    }

    fn limits(&self) -> &str {
        &self.limits
    }

    fn join(&self) -> Join {
        self.join.clone()
    }

    fn edition(&self) -> Option<&str> {
        Some(&self.edition)
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(self.rules.recognises(probe))
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader::new(&self.rules, context))
    }
}

#[cfg(test)]
mod tests;
