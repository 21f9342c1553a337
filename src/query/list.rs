//! Lists of indicators: what the lines of a file say, as people and feeds write them.

use super::ast::{Pattern, Sort};
use super::lex;
use super::number::Amount;
use crate::event::network::Network;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// The lists that filters name with `@`, by that name.
#[derive(Debug, Clone, Default)]
pub struct Lists(HashMap<String, Arc<str>>);

/// A list that the filter names was not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the list `@{0}` is not loaded; name a file that can be read")]
pub struct MissingList(pub String);

/// Lines of a list that the field it was given for can never hold, and that are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    pub list: String,
    /// What the lines should have been.
    pub wanted: &'static str,
    /// Lines left out, and lines with anything to say; no line at all is a doubt too.
    pub lines: usize,
    pub of: usize,
    /// The first line left out: its number from 1, and its text.
    pub first: Option<(usize, String)>,
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { list, wanted, lines, of, first } = self;
        let Some((number, text)) = first else {
            return write!(f, "the list @{list} has no values in it");
        };
        write!(f, "the list @{list}: {lines} of {of} lines left out, not {wanted}; ")?;
        write!(f, "the first is line {number}: {text}")
    }
}

impl Lists {
    /// Adds a list: one value a line, of a `.csv` what is in its first column.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) {
        self.0.insert(name.into(), text.into());
    }

    /// Takes each value of a list that a field of this sort may hold.
    ///
    /// # Errors
    /// There is no list of this name.
    pub(super) fn each(
        &self,
        name: &str,
        sort: Sort,
        mut take: impl FnMut(Value<'_>),
    ) -> Result<Option<Doubt>, MissingList> {
        let text = self.0.get(name).ok_or_else(|| MissingList(name.to_owned()))?;
        let is_csv = name.to_ascii_lowercase().ends_with(".csv");
        let (mut lines, mut of, mut first) = (0, 0, None);
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let Some(said) = said(line, is_csv) else { continue };
            of += 1;
            if !values(said, sort, &mut take) {
                lines += 1;
                first.get_or_insert_with(|| (number + 1, line.trim().chars().take(80).collect()));
            }
        }
        let doubt = || Doubt { list: name.to_owned(), wanted: wanted(sort), lines, of, first };
        Ok((lines > 0 || of == 0).then(doubt))
    }
}

/// A value of a list.
pub(super) enum Value<'a> {
    /// A text to be compared as a whole; it may also spell an address, a number or an id.
    Text(Cow<'a, str>),
    Network(Network),
    Number(Amount),
    Wild(Pattern),
}

fn wanted(sort: Sort) -> &'static str {
    match sort {
        Sort::Address => "an address, network or range",
        Sort::Number | Sort::Size => "a number",
        Sort::Domain => "a domain",
        Sort::Text | Sort::Word | Sort::Time => "a value",
    }
}

/// What a line says besides remarks; `None` if it is blank or a remark as a whole. `#` begins one
/// at the start of a line or behind a space, and `;` at the start of a line.
fn said(line: &str, is_csv: bool) -> Option<Cow<'_, str>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with(['#', ';']) {
        return None;
    }
    if is_csv {
        return Some(first_column(line));
    }
    let remark = memchr::memmem::find(line.as_bytes(), b" #")
        .or_else(|| memchr::memmem::find(line.as_bytes(), b"\t#"));
    Some(Cow::Borrowed(remark.map_or(line, |at| line[..at].trim_end())))
}

/// RFC 4180: a column in quotes has its quotes doubled. One that goes on in the next line ends here.
fn first_column(line: &str) -> Cow<'_, str> {
    let Some(quoted) = line.strip_prefix('"') else {
        return Cow::Borrowed(line.split(',').next().unwrap_or_default().trim());
    };
    let mut column = String::new();
    let mut rest = quoted;
    while let Some(at) = rest.find('"') {
        column.push_str(&rest[..at]);
        let Some(more) = rest[at + 1..].strip_prefix('"') else {
            rest = "";
            break;
        };
        column.push('"');
        rest = more;
    }
    column.push_str(rest);
    Cow::Owned(column)
}

/// Gives the values that a line stands for; says whether there were any.
fn values(said: Cow<'_, str>, sort: Sort, take: &mut impl FnMut(Value<'_>)) -> bool {
    let word = || refanged(first_word(&said));
    match sort {
        Sort::Text | Sort::Time => {
            // Feeds say more behind an address: `192.0.2.7,seen,twice`.
            let first = first_word(&said);
            if first.len() < said.len()
                && let Ok(network) = Network::parse(&refanged(first))
            {
                take(Value::Network(network));
            }
            if let Cow::Owned(plain) = refanged(&said) {
                take(text(Cow::Owned(plain)));
            }
            take(text(said));
            return true;
        }
        Sort::Word => take(text(word())),
        Sort::Domain => {
            let word = word();
            let host = host(&word);
            if host.is_empty() {
                return false;
            }
            take(text(Cow::Borrowed(host)));
        }
        Sort::Number | Sort::Size => {
            let word = word();
            let number =
                if sort == Sort::Size { Amount::parse_size(&word) } else { Amount::parse(&word) };
            let pattern = || Some(text(Cow::Borrowed(&*word))).filter(Value::is_wild);
            let Some(value) = number.map(Value::Number).or_else(pattern) else { return false };
            take(value);
        }
        Sort::Address => {
            let word = word();
            let word = word.strip_prefix('[').and_then(|w| w.strip_suffix(']')).unwrap_or(&word);
            let pattern = || Some(text(Cow::Borrowed(word))).filter(Value::is_wild);
            let network = Network::parse(word).ok().map(Value::Network);
            let Some(value) = network.or_else(pattern) else { return false };
            take(value);
        }
    }
    true
}

impl Value<'_> {
    fn is_wild(&self) -> bool {
        matches!(self, Self::Wild(_))
    }
}

/// As the filter's language reads a value.
fn text(said: Cow<'_, str>) -> Value<'_> {
    if !said.contains(['*', '\\']) {
        return Value::Text(said);
    }
    let pattern = lex::pattern(&said);
    match pattern.as_literal() {
        Some(literal) => Value::Text(Cow::Owned(literal.to_owned())),
        None => Value::Wild(pattern),
    }
}

/// Up to a space, a comma or a semicolon, without quotes around it.
fn first_word(said: &str) -> &str {
    let quotes = ['"', '\''];
    let said = said.trim_start_matches(quotes);
    let end = said.find(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"'));
    said[..end.unwrap_or(said.len())].trim_end_matches(quotes)
}

/// The host of a URL, or the name itself, without port and the root's dot.
fn host(word: &str) -> &str {
    let rest = word.split_once("://").map_or(word, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let name =
        host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(name, _)| name);
    name.trim_end_matches('.')
}

/// How indicators are written so that nothing makes a link of them.
const DEFANGED: &[(&str, &str)] = &[
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("[://]", "://"),
    ("[:]", ":"),
    ("[@]", "@"),
    ("[at]", "@"),
];

/// The text as it was before it was made harmless: `hxxp://198.51.100[.]7` is
/// `http://198.51.100.7`. Owned only if something was changed.
fn refanged(text: &str) -> Cow<'_, str> {
    let mut plain = Cow::Borrowed(text);
    if text.contains(['[', '(', '{']) {
        for (defanged, meant) in DEFANGED {
            if plain.contains(defanged) {
                plain = Cow::Owned(plain.replace(defanged, meant));
            }
        }
    }
    let bytes = plain.as_bytes();
    let hidden = |scheme: &[u8]| bytes.len() > 4 && bytes[..4].eq_ignore_ascii_case(scheme);
    if hidden(b"hxxp") || hidden(b"h**p") || hidden(b"h__p") {
        plain = Cow::Owned(format!("http{}", &plain[4..]));
    }
    plain
}

#[cfg(test)]
mod tests;
