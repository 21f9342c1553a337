//! Lines of `name=value`: what Go's loggers and many agents write.

use super::told::Told;
use super::{CLASS, FIELDS, names};
use crate::event::{Class, Row, Schema};
use crate::format::members::{Scalar, put};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Match, Probe, Takes, put_class, schema,
};
use std::sync::{Arc, LazyLock};

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("logfmt", "Pairs", FIELDS));

/// Pairs that a line must have.
const LEAST: usize = 3;

pub(in crate::format::generic) struct Logfmt;

impl Format for Logfmt {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Lines of name=value (logfmt), as agents of ECS and programs in Go write them; fields by \
         common names."
    }

    fn limits(&self) -> &'static str {
        "Fields are found by common names; a pair with another name is in the record, and only \
         free text finds it."
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if is_logfmt(probe.record) { Match::Likely } else { Match::No }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { zone_seconds: context.zone_seconds })
    }
}

/// Whether the line begins with a pair, has enough of them, and little else.
fn is_logfmt(line: &str) -> bool {
    let line = line.trim_start();
    if !line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '@') {
        return false;
    }
    let (mut named, mut bare) = (0, 0);
    for pair in Pairs::new(line) {
        match pair {
            Pair::Named(..) => named += 1,
            Pair::Bare if named == 0 => return false,
            Pair::Bare => bare += 1,
        }
    }
    named >= LEAST && bare * 2 <= named
}

#[derive(Clone, Copy)]
struct Reader {
    zone_seconds: i32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !is_logfmt(record) {
            return Err(DecodeError::NotMine);
        }
        let mut told = Told::default();
        for pair in Pairs::new(record) {
            let Pair::Named(name, value) = pair else { continue };
            let Some(known) = names::of(name) else { continue };
            if let Some(slot) = told.take(known, value)
                && value != "-"
            {
                if value.contains('\\') {
                    put(row, &FIELDS[slot], slot, Scalar::Text(&unescaped(value)));
                } else {
                    put(row, &FIELDS[slot], slot, Scalar::Text(value));
                }
            }
        }
        told.finish(row, Some(self.zone_seconds), Some);
        put_class(row, CLASS, Class::Other);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}

/// What the pairs of this name say in a line of them; nothing if it is none.
pub(in crate::format) fn values(line: &str, wanted: &str) -> Vec<String> {
    if !line.contains(wanted) || !is_logfmt(line) {
        return Vec::new();
    }
    let value = |pair| match pair {
        Pair::Named(name, value) if name == wanted && !value.is_empty() => Some(unescaped(value)),
        _ => None,
    };
    Pairs::new(line).filter_map(value).collect()
}

enum Pair<'a> {
    Named(&'a str, &'a str),
    /// A word without a value.
    Bare,
}

/// The pairs of a line, parted by blanks, or by commas if the first two are; a value in quotes may
/// hold both, and quotes behind a backslash.
struct Pairs<'a> {
    rest: &'a str,
    marks: &'static [char],
}

impl<'a> Pairs<'a> {
    fn new(line: &'a str) -> Self {
        let first = line.split([' ', '\t']).next().unwrap_or("");
        let mut parts = first.splitn(3, ',');
        let mut is_pair = || parts.next().is_some_and(|part| part.matches('=').count() == 1);
        let marks: &[char] = if is_pair() && is_pair() { &[','] } else { &[' ', '\t'] };
        Self { rest: line, marks }
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Pair<'a>;

    fn next(&mut self) -> Option<Pair<'a>> {
        let line = self.rest.trim_start_matches([' ', '\t', ',']);
        if line.is_empty() {
            return None;
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || "_.-/@:[]()".contains(c);
        let end = line.find(|c| !is_part(c)).unwrap_or(line.len());
        let (name, rest) = line.split_at(end);
        let Some(rest) = rest.strip_prefix('=').filter(|_| !name.is_empty()) else {
            let end = line.find([' ', '\t']).unwrap_or(line.len());
            self.rest = &line[end..];
            return Some(Pair::Bare);
        };
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = closing(quoted);
                (&quoted[..end], quoted.get(end + 1..).unwrap_or(""))
            }
            None => rest.split_at(rest.find(self.marks).unwrap_or(rest.len())),
        };
        self.rest = rest;
        Some(Pair::Named(name, value))
    }
}

/// Where the quote stands that closes the text, or its end.
fn closing(quoted: &str) -> usize {
    let bytes = quoted.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes[at] == b'"' {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some(next @ ('"' | '\\'))) => {
                text.push(next);
                chars.next();
            }
            ('\\', Some('n')) => {
                text.push('\n');
                chars.next();
            }
            ('\\', Some('t')) => {
                text.push('\t');
                chars.next();
            }
            _ => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_told_from_prose() {
        for (line, is) in [
            ("level=info time=2026-03-04T10:42:02Z msg=\"a b\" module=x.go", true),
            ("ts=1 a=\"\\\"=\" b= c", true),
            ("date=2026-03-04,time=10:42:02,user=\"a, b\",action=deny", true),
            ("labels=app=x,tier=y", false),
            ("a=1 b=2", false),
            ("if x=1 and y=2 then z=3", false),
            ("2026-03-04 a=1 b=2 c=3", false),
            ("", false),
        ] {
            assert_eq!(is_logfmt(line), is, "{line}");
        }
        assert_eq!(unescaped(r#"a \"b\" \\ \n \x"#), "a \"b\" \\ \n \\x");
    }
}
