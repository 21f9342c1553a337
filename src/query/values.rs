//! The values of a term, ready to be compared with texts, addresses and numbers.

use super::ast::{Operand, Pattern};
use super::list::{Doubt, Lists, MissingList, Value};
use super::needle::Needle;
use super::number::{Amount, Amounts};
use super::wild::Wild;
use crate::event::network::{Network, Networks};
use crate::event::wild::same;
use crate::store::ids;
use foldhash::fast::RandomState;
use std::borrow::Cow;
use std::collections::HashSet;
use std::net::IpAddr;

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
pub(super) const FEW: usize = 8;

#[derive(Debug, Clone, Default)]
pub(super) struct Values {
    /// Folded; empty if `set` is in use.
    literals: Vec<String>,
    set: Set,
    wild: Wild,
    /// Those of `wild` that can fit an address, a number or a UUID at all.
    spelled: Wild,
    /// What a text has in it that is one of the values, where that saves time.
    needle: Option<Box<Needle>>,
    networks: Networks,
    numbers: Amounts,
    uuids: Vec<u128>,
    /// What the lists say that is none of these.
    doubts: Vec<Doubt>,
}

/// Many folded texts.
#[derive(Debug, Clone, Default)]
struct Set {
    texts: HashSet<Vec<u8>, RandomState>,
    /// A bit for what [`Self::trait_of`] says of any of them; most other texts are told by it,
    /// without folding or hashing.
    traits: Vec<u64>,
}

impl Set {
    fn new(texts: Vec<String>) -> Self {
        let mut traits = vec![0; 1 << 10];
        for text in &texts {
            let (word, bit) = Self::trait_of(text.as_bytes());
            traits[word] |= bit;
        }
        Self { texts: texts.into_iter().map(String::into_bytes).collect(), traits }
    }

    /// Where the bit for a text's length and its first and last byte is, whatever the case.
    fn trait_of(text: &[u8]) -> (usize, u64) {
        let byte = |byte: Option<&u8>| usize::from(byte.map_or(0, u8::to_ascii_lowercase));
        let mixed = text.len() << 5 ^ byte(text.first()) ^ byte(text.last()) << 9;
        (mixed >> 6 & 0x3ff, 1 << (mixed & 0x3f))
    }

    /// Of a text whose letters outside ASCII are folded.
    fn hold(&self, text: &[u8]) -> bool {
        let (word, bit) = Self::trait_of(text);
        self.traits.get(word).is_some_and(|bits| bits & bit != 0)
            && self.texts.contains(&text.to_ascii_lowercase())
    }
}

/// Values that are still being taken in.
#[derive(Default)]
struct Gathered {
    literals: Vec<String>,
    wild: Vec<Vec<String>>,
    networks: Vec<Network>,
    numbers: Vec<Amount>,
    uuids: Vec<u128>,
}

impl Gathered {
    fn take(&mut self, value: Value<'_>) {
        match value {
            Value::Text(text) => self.text(&text),
            Value::Wild(pattern) => self.pattern(&pattern),
            Value::Network(network) => self.networks.push(network),
            Value::Number(number) => self.numbers.push(number),
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern.as_literal() {
            Some(text) => self.text(text),
            None => {
                let parts = pattern.parts.iter().map(|part| fold(part).into_owned());
                self.wild.push(parts.collect());
            }
        }
    }

    /// Takes a text for all that it spells; most of a long list is told by its first byte.
    fn text(&mut self, text: &str) {
        let first = text.bytes().next().unwrap_or_default();
        if first.is_ascii_hexdigit() || first == b':' {
            self.networks.extend(Network::parse(text));
        }
        if first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.') {
            self.numbers.extend(Amount::parse_size(text));
        }
        let folded = fold(text).into_owned();
        self.uuids.extend(ids::parse_uuid(&folded));
        self.literals.push(folded);
    }
}

impl Values {
    pub(super) fn new(operands: &[Operand], lists: &Lists) -> Result<Self, MissingList> {
        let mut all = Gathered::default();
        let mut doubts = Vec::new();
        for operand in operands {
            match operand {
                Operand::Pattern(pattern) => all.pattern(pattern),
                Operand::List { name, sort } => {
                    doubts.extend(lists.each(name, *sort, |value| all.take(value))?);
                }
            }
        }
        let literals = all.literals.iter().map(std::slice::from_ref);
        let needle = Needle::new(all.wild.iter().map(Vec::as_slice).chain(literals)).map(Box::new);
        let spelled =
            all.wild.iter().filter(|parts| parts.iter().all(|p| p.bytes().all(is_spelling)));
        all.uuids.sort_unstable();
        let mut values = Self {
            spelled: Wild::new(spelled.cloned().collect()),
            wild: Wild::new(all.wild),
            needle,
            networks: Networks::new(all.networks),
            numbers: Amounts::new(all.numbers),
            uuids: all.uuids,
            doubts,
            ..Self::default()
        };
        if all.literals.len() > FEW {
            values.set = Set::new(all.literals);
        } else {
            values.literals = all.literals;
        }
        Ok(values)
    }

    /// What the lists among the values say that no value can be.
    pub(super) fn doubts(&self) -> &[Doubt] {
        &self.doubts
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
            || self.set.hold(bytes)
            || self.wild.fit(bytes)
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
        self.numbers.hold(number)
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

    /// The whole numbers, if they are few and a number is one of the values only by being equal
    /// to one of them.
    pub(super) fn whole_numbers(&self) -> Option<&[i64]> {
        self.numbers.whole().filter(|all| self.spelled.is_empty() && all.len() <= FEW)
    }

    fn spells(&self, text: &[u8]) -> bool {
        self.spelled.fit(text)
    }
}

/// Whether the byte can stand in an address, a number or a UUID, in lower case.
fn is_spelling(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'-')
}

#[cfg(test)]
mod tests {
    use super::super::lex;
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
