//! A TOML file being checked: it keeps the place of everything, so that all problems can be told
//! at once, each with line and column.

use super::nearest::did_you_mean;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub type Table<'t> = DeTable<'t>;
pub type Value<'t> = Spanned<DeValue<'t>>;

/// A mistake in a file, with the place of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as a person knows it: a path, or `built-in keymaps/default.toml`.
    pub file: String,
    /// Line and column from 1, if the problem has a place.
    pub place: Option<(usize, usize)>,
    /// The file is left out for it; otherwise it is a warning.
    pub fatal: bool,
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, "  {}", self.message)?;
        if self.fatal { Ok(()) } else { f.write_str(" (warning)") }
    }
}

impl Problem {
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), place: None, fatal: true, message: message.into() }
    }
}

/// The file's text, and what was found wrong in it so far.
pub struct Document<'t> {
    file: &'t str,
    text: &'t str,
    problems: Vec<Problem>,
}

impl<'t> Document<'t> {
    /// Reads the file. What is not TOML at all is among the problems.
    pub fn parse(file: &'t str, text: &'t str) -> (Self, Table<'t>) {
        let mut document = Self { file, text, problems: Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            document.error(error.span().unwrap_or(0..0), error.message());
        }
        (document, table.into_inner())
    }

    pub fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.push(span, message.into(), true);
    }

    pub fn warning(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.push(span, message.into(), false);
    }

    fn push(&mut self, span: Range<usize>, message: String, fatal: bool) {
        let place = Some(self.place(span.start));
        self.problems.push(Problem { file: self.file.to_owned(), place, fatal, message });
    }

    /// Whether a mistake was found for which the file is left out.
    pub fn is_wrong(&self) -> bool {
        self.problems.iter().any(|problem| problem.fatal)
    }

    /// Line and column from 1, columns in characters.
    pub fn place(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (line, before[start..].chars().count() + 1)
    }

    /// The place of a byte of a text that stands at this span, behind its quotes and escapes.
    pub fn within(&self, span: &Range<usize>, at: usize) -> Range<usize> {
        let raw = self.text.get(span.clone()).unwrap_or("");
        let is_long = raw.starts_with("'''") || raw.starts_with("\"\"\"");
        let mut rest = raw.get(if is_long { 3 } else { 1 }..).unwrap_or("");
        if is_long {
            // A line end right behind the quotes is no part of the text.
            let begun = rest.strip_prefix('\r').unwrap_or(rest);
            rest = begun.strip_prefix('\n').unwrap_or(rest);
        }
        let mut passed = 0;
        while passed < at
            && let Some(first) = rest.chars().next()
        {
            let escape = if raw.starts_with('"') { rest.strip_prefix('\\') } else { None };
            (passed, rest) = match escape {
                Some(escape) => (passed + 1, behind_escape(escape)),
                None => (passed + first.len_utf8(), &rest[first.len_utf8()..]),
            };
        }
        let place = span.end.saturating_sub(rest.len());
        place..place
    }

    /// The problems in the order of the file.
    pub fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.place);
        self.problems
    }

    /// Tells every key that is not in the list.
    pub fn only(&mut self, table: &Table<'_>, known: &[&str]) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let near = did_you_mean(name, known.iter().copied());
                let all = known.join(", ");
                self.error(key.span(), format!("unknown key {name:?}{near} (known: {all})"));
            }
        }
    }

    pub fn string<'v>(&mut self, value: &'v Value<'_>) -> Option<&'v str> {
        match value.get_ref() {
            DeValue::String(text) => Some(text),
            other => self.wrong(value, "text", other),
        }
    }

    pub fn table<'v>(&mut self, value: &'v Value<'t>) -> Option<&'v Table<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            other => self.wrong(value, "a table", other),
        }
    }

    pub fn array<'v>(&mut self, value: &'v Value<'t>) -> Option<&'v [Value<'t>]> {
        match value.get_ref() {
            DeValue::Array(items) => Some(items),
            other => self.wrong(value, "a list", other),
        }
    }

    /// True or false.
    pub fn flag(&mut self, value: &Value<'_>) -> Option<bool> {
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            other => self.wrong(value, "true or false", other),
        }
    }

    /// Text, or what stands for itself without quotes: a number, a date, true or false.
    pub fn scalar<'v>(&mut self, value: &'v Value<'_>) -> Option<Cow<'v, str>> {
        match value.get_ref() {
            DeValue::String(text) => Some(Cow::Borrowed(text)),
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().into()),
            DeValue::Float(number) => Some(number.as_str().into()),
            DeValue::Boolean(flag) => Some(flag.to_string().into()),
            DeValue::Datetime(time) => Some(time.to_string().into()),
            other => self.wrong(value, "text or a number", other),
        }
    }

    /// A whole number within the range.
    pub fn number(&mut self, value: &Value<'_>, range: Range<u32>) -> Option<u32> {
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

    /// A number from `from` to `to`, whole or not.
    pub fn amount(&mut self, value: &Value<'_>, from: f64, to: f64) -> Option<f64> {
        let number = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            other => return self.wrong(value, "a number", other),
        };
        let parsed = number.parse().ok().filter(|number| (from..=to).contains(number));
        if parsed.is_none() {
            self.error(value.span(), format!("{number} is not in {from} to {to}"));
        }
        parsed
    }

    /// The optional text of this key.
    pub fn text_of(&mut self, table: &Table<'_>, key: &str) -> Option<String> {
        self.string(table.get(key)?).map(str::to_owned)
    }

    /// `schema = 1`, without which nothing else can be believed, and `name`, which must be the
    /// file's own.
    pub fn head(&mut self, table: &Table<'_>, name: &str) {
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

/// What follows an escape, of which the text begins with what stands behind the backslash.
fn behind_escape(text: &str) -> &str {
    let length = match text.chars().next() {
        Some('x') => 3,
        Some('u') => 5,
        Some('U') => 9,
        Some(c) if c.is_whitespace() => text.len() - text.trim_start().len(),
        Some(c) => c.len_utf8(),
        None => 0,
    };
    text.get(length..).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_of_a_text_has_a_place_in_the_file() {
        let text = "a = 'x(y'\nb = \"\\u00e9\\\\(y\"\nc = '''\nz(y'''\n";
        let (document, table) = Document::parse("f", text);
        for (key, at, place) in [("a", 1, (1, 7)), ("b", 2, (2, 14)), ("c", 1, (4, 2))] {
            let span = table.get(key).unwrap().span();
            assert_eq!(document.place(document.within(&span, at).start), place, "{key}");
        }
        assert_eq!(document.within(&(0..0), 5), 0..0);
    }
}
