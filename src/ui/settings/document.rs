//! A TOML file being checked: it keeps the place of everything, so that all problems can be told
//! at once, each with line and column.

use super::{Problem, did_you_mean};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(crate) type Table<'t> = DeTable<'t>;
pub(crate) type Value<'t> = Spanned<DeValue<'t>>;

/// The file's text, and what was found wrong in it so far.
pub(crate) struct Document<'t> {
    file: &'t str,
    text: &'t str,
    problems: Vec<Problem>,
}

impl<'t> Document<'t> {
    /// Reads the file. What is not TOML at all is among the problems.
    pub(crate) fn parse(file: &'t str, text: &'t str) -> (Self, Table<'t>) {
        let mut document = Self { file, text, problems: Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            document.error(error.span().unwrap_or(0..0), error.message());
        }
        (document, table.into_inner())
    }

    pub(crate) fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.push(span, message.into(), true);
    }

    pub(crate) fn warning(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.push(span, message.into(), false);
    }

    fn push(&mut self, span: Range<usize>, message: String, fatal: bool) {
        let place = Some(self.place(span.start));
        self.problems.push(Problem { file: self.file.to_owned(), place, fatal, message });
    }

    /// Line and column from 1, columns in characters.
    pub(crate) fn place(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (line, before[start..].chars().count() + 1)
    }

    /// The problems in the order of the file.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.place);
        self.problems
    }

    /// Tells every key that is not in the list.
    pub(crate) fn only(&mut self, table: &Table<'_>, known: &[&str]) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let near = did_you_mean(name, known.iter().copied());
                let all = known.join(", ");
                self.error(key.span(), format!("unknown key {name:?}{near} (known: {all})"));
            }
        }
    }

    pub(crate) fn string<'v>(&mut self, value: &'v Value<'_>) -> Option<&'v str> {
        match value.get_ref() {
            DeValue::String(text) => Some(text),
            other => self.wrong(value, "text", other),
        }
    }

    pub(crate) fn table<'v>(&mut self, value: &'v Value<'t>) -> Option<&'v Table<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            other => self.wrong(value, "a table", other),
        }
    }

    pub(crate) fn array<'v>(&mut self, value: &'v Value<'t>) -> Option<&'v [Value<'t>]> {
        match value.get_ref() {
            DeValue::Array(items) => Some(items),
            other => self.wrong(value, "a list", other),
        }
    }

    /// A whole number within the range.
    pub(crate) fn number(&mut self, value: &Value<'_>, range: Range<u32>) -> Option<u32> {
        let DeValue::Integer(number) = value.get_ref() else {
            return self.wrong(value, "a number", value.get_ref());
        };
        let parsed = u32::from_str_radix(number.as_str(), number.radix()).ok();
        let parsed = parsed.filter(|number| range.contains(number));
        if parsed.is_none() {
            let (from, to) = (range.start, range.end - 1);
            self.error(value.span(), format!("{} is not in {from} to {to}", number.as_str()));
        }
        parsed
    }

    /// The optional text of this key.
    pub(crate) fn text_of(&mut self, table: &Table<'_>, key: &str) -> Option<String> {
        self.string(table.get(key)?).map(str::to_owned)
    }

    /// `schema = 1`, without which nothing else can be believed, and `name`, which must be the
    /// file's own.
    pub(crate) fn head(&mut self, table: &Table<'_>, name: &str) {
        match table.get("schema") {
            None => self.error(0..0, "the first line must be `schema = 1`"),
            Some(schema) => {
                self.number(schema, 1..2);
            }
        }
        let Some(value) = table.get("name") else {
            return self.error(0..0, format!("`name = \"{name}\"` is missing"));
        };
        if let Some(given) = self.string(value)
            && given != name
        {
            self.error(value.span(), format!("the name must be the file's own, {name:?}"));
        }
    }

    fn wrong<T>(&mut self, value: &Value<'_>, wanted: &str, got: &DeValue<'_>) -> Option<T> {
        let got = match got {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.error(value.span(), format!("{wanted} is wanted here, not {got}"));
        None
    }
}
