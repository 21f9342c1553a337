//! The values of a term, ready to be compared with texts, addresses and numbers.

use super::ast::{Operand, Pattern};
use super::lex;
use super::needle::Needle;
use super::network::{Network, Networks};
use super::number::Amount;
use crate::store::ids;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

/// The lists that filters name with `@`, by that name.
#[derive(Debug, Clone, Default)]
pub struct Lists(HashMap<String, Vec<Pattern>>);

impl Lists {
    /// Adds a list: one pattern a line, without blank lines and lines that begin with `#`.
    pub fn add(&mut self, name: impl Into<String>, text: &str) {
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        self.0.insert(name.into(), lines.map(lex::pattern).collect());
    }
}

/// A list that the filter names was not given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the list `@{0}` is not loaded; name a file that can be read")]
pub struct MissingList(pub String);

/// Texts are the same if they are after folding: ASCII letters to lower case, any other
/// character to its lower case where that is one character, again outside ASCII.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(fold_char).collect())
}

fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) if !one.is_ascii() => one,
        _ => c,
    }
}

/// Few values are compared one by one, more are looked up.
const FEW: usize = 8;

#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    /// Folded; empty if `set` is in use.
    literals: Vec<String>,
    set: HashSet<String>,
    /// The folded parts of each pattern that has a wildcard.
    wild: Vec<Vec<String>>,
    /// Those of `wild` that can fit an address, a number or a UUID at all.
    spelled: Vec<Vec<String>>,
    /// What a text has in it that is one of the values, where that saves time.
    needle: Option<Box<Needle>>,
    networks: Networks,
    numbers: Vec<Amount>,
    uuids: Vec<u128>,
}

impl Values {
    pub(super) fn new(operands: &[Operand], lists: &Lists) -> Result<Self, MissingList> {
        let mut patterns = Vec::new();
        for operand in operands {
            match operand {
                Operand::Pattern(pattern) => patterns.push(pattern),
                Operand::List(name) => {
                    let list = lists.0.get(name).ok_or_else(|| MissingList(name.clone()))?;
                    patterns.extend(list);
                }
            }
        }
        let mut values = Self::default();
        let mut networks = Vec::new();
        for pattern in patterns {
            let Some(text) = pattern.as_literal() else {
                let parts: Vec<String> =
                    pattern.parts.iter().map(|part| fold(part).into_owned()).collect();
                if parts.iter().all(|part| part.bytes().all(is_spelling)) {
                    values.spelled.push(parts.clone());
                }
                values.wild.push(parts);
                continue;
            };
            let folded = fold(text).into_owned();
            networks.extend(Network::parse(text));
            values.numbers.extend(Amount::parse_size(text));
            values.uuids.extend(ids::parse_uuid(&folded));
            values.literals.push(folded);
        }
        values.networks = Networks::new(networks);
        values.uuids.sort_unstable();
        let literals = values.literals.iter().map(std::slice::from_ref);
        values.needle =
            Needle::new(values.wild.iter().map(Vec::as_slice).chain(literals)).map(Box::new);
        if values.literals.len() > FEW {
            values.set = values.literals.drain(..).collect();
        }
        Ok(values)
    }

    /// What every text that is one of the values has in it, if looking for that saves time.
    pub(super) fn needle(&self) -> Option<&Needle> {
        self.needle.as_deref()
    }

    /// Whether a text is one of the values.
    pub(super) fn text(&self, text: &str) -> bool {
        // Folding keeps ASCII apart from all else, so bytes can be compared whatever the case.
        let folded = if text.is_ascii() { Cow::Borrowed(text) } else { fold(text) };
        let bytes = folded.as_bytes();
        self.literals.iter().any(|literal| same(literal.as_bytes(), bytes))
            || !self.set.is_empty() && self.set.contains(&*fold(text))
            || self.wild.iter().any(|parts| fits(parts, bytes))
    }

    pub(super) fn address(&self, address: IpAddr) -> bool {
        self.networks.hold(address)
            || !self.spelled.is_empty() && self.spells(address.to_string().as_bytes())
    }

    /// A text that may be an address, and is compared as one if it is.
    pub(super) fn address_text(&self, text: &str) -> bool {
        text.parse().map_or_else(|_| self.text(text), |address| self.address(address))
    }

    pub(super) fn number(&self, number: Amount) -> bool {
        self.numbers.contains(&number)
            || !self.spelled.is_empty()
                && match number {
                    Amount::Int(number) => self.spells(number.to_string().as_bytes()),
                    Amount::Float(number) => self.spells(number.to_string().as_bytes()),
                }
    }

    pub(super) fn uuid(&self, uuid: u128) -> bool {
        self.uuids.binary_search(&uuid).is_ok()
            || !self.spelled.is_empty() && self.spells(&ids::spell_uuid(uuid))
    }

    /// The whole numbers, if a number is one of the values only by being equal to one of them.
    pub(super) fn whole_numbers(&self) -> Option<Vec<i64>> {
        let whole = |amount: &Amount| if let Amount::Int(n) = amount { Some(*n) } else { None };
        // A large amount with a unit is a float, and may equal more than one whole number.
        let all: Option<Vec<i64>> = self.numbers.iter().map(whole).collect();
        all.filter(|all| self.spelled.is_empty() && all.len() <= FEW)
    }

    fn spells(&self, text: &[u8]) -> bool {
        self.spelled.iter().any(|parts| fits(parts, text))
    }
}

/// Whether the byte can stand in an address, a number or a UUID, in lower case.
fn is_spelling(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'-')
}

fn same(a: &[u8], b: &[u8]) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// Whether the text is these parts with anything between them.
fn fits(parts: &[String], text: &[u8]) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    let (first, last) = (first.as_bytes(), last.as_bytes());
    if text.len() < first.len() + last.len() {
        return false;
    }
    let (start, end) = (first.len(), text.len() - last.len());
    if !same(&text[..start], first) || !same(&text[end..], last) {
        return false;
    }
    let mut rest = &text[start..end];
    for part in middle {
        match find(part.as_bytes(), rest) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// Where a folded part begins in the text.
fn find(part: &[u8], text: &[u8]) -> Option<usize> {
    let Some((&first, _)) = part.split_first() else { return Some(0) };
    let last = text.len().checked_sub(part.len())?;
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), &text[..=last])
        .find(|&at| same(&text[at..at + part.len()], part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(texts: &[&str]) -> Values {
        let operands: Vec<Operand> =
            texts.iter().map(|text| Operand::Pattern(lex::pattern(text))).collect();
        Values::new(&operands, &Lists::default()).unwrap()
    }

    #[test]
    fn whole_values_whatever_the_case() {
        for (pattern, text, expected) in [
            ("assumerole", "AssumeRole", true),
            ("assume", "AssumeRole", false),
            ("get*", "GetObject", true),
            ("*object", "GetObject", true),
            ("g*ob*t", "GetObject", true),
            ("get*object", "GetObject", true),
            ("geto*object", "GetObject", false),
            ("*", "", true),
            (r"a\*", "A*", true),
            (r"a\*", "ab", false),
            ("MÜLLER", "müller", true),
            ("m*ÜL*", "Müller", true),
            ("k", "\u{212a}", false),
            ("\u{212a}", "k", false),
            (r"c:\windows\*", r"C:\Windows*", true),
        ] {
            assert_eq!(values(&[pattern]).text(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn many_values_are_looked_up() {
        let all: Vec<String> = (0..100).map(|n| format!("User{n}")).collect();
        let values = values(&all.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(values.text("uSER77"));
        assert!(!values.text("user100"));
    }

    #[test]
    fn addresses_compare_as_addresses_or_by_their_spelling() {
        let values = values(&["192.0.2.0/24", "198.51.*"]);
        assert!(values.address([192, 0, 2, 77].into()));
        assert!(values.address([198, 51, 100, 1].into()));
        assert!(!values.address([203, 0, 113, 1].into()));
        assert!(values.address_text("192.0.2.1"));
    }
}
