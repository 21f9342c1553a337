//! What a value of a rule asks of a text: wildcards, expressions, networks, numbers.
//!
//! Source: the Sigma specification 2.1, "Rules", "Escaping" and "Modifiers".

use crate::event::base64;
use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};
use std::fmt;
use std::net::IpAddr;

/// Text with wildcards: `*` for any text, `?` for one character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wild {
    pub(super) parts: Vec<Part>,
    /// Case counts.
    cased: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    /// Any text.
    Star,
    /// Any one character.
    One,
}

/// One question about a text.
#[derive(Debug, Clone)]
pub(super) enum Pattern {
    Wild(Wild),
    Regex(Regex),
    Network(IpAddr, u8),
    Compare(Order, f64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    UpTo,
    From,
    More,
}

impl Wild {
    /// Reads a value: a backslash before `*`, `?` or `\` takes its meaning away, and is a character
    /// elsewhere.
    pub(super) fn read(text: &str, cased: bool) -> Self {
        let mut wild = Self { parts: Vec::new(), cased };
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if chars.peek().is_some_and(|next| matches!(next, '*' | '?' | '\\')) => {
                    wild.push(chars.next().unwrap_or('\\'));
                }
                '*' => wild.any(),
                '?' => wild.parts.push(Part::One),
                c => wild.push(c),
            }
        }
        wild
    }

    /// The same text, in which nothing has another meaning.
    pub(super) fn literal(text: &str, cased: bool) -> Self {
        let mut wild = Self { parts: Vec::new(), cased };
        text.chars().for_each(|c| wild.push(c));
        wild
    }

    fn push(&mut self, c: char) {
        if let Some(Part::Text(text)) = self.parts.last_mut() {
            text.push(c);
        } else {
            self.parts.push(Part::Text(c.to_string()));
        }
    }

    fn any(&mut self) {
        if self.parts.last() != Some(&Part::Star) {
            self.parts.push(Part::Star);
        }
    }

    /// Any text before it.
    #[must_use]
    pub(super) fn after_any(mut self) -> Self {
        if self.parts.first() != Some(&Part::Star) {
            self.parts.insert(0, Part::Star);
        }
        self
    }

    /// Any text behind it.
    #[must_use]
    pub(super) fn before_any(mut self) -> Self {
        self.any();
        self
    }

    /// The text itself, if nothing in it stands for another.
    pub(super) fn text(&self) -> Option<String> {
        self.parts
            .iter()
            .map(|part| if let Part::Text(text) = part { Some(text.as_str()) } else { None })
            .collect()
    }

    pub(super) fn is_cased(&self) -> bool {
        self.cased
    }

    fn regex(&self) -> Result<Regex, regex::Error> {
        // Any text at an end needs no look.
        let is_star = |part: Option<&Part>| part == Some(&Part::Star);
        let (first, last) = (is_star(self.parts.first()), is_star(self.parts.last()));
        let end = self.parts.len() - usize::from(last && self.parts.len() > 1);
        let mut expression = String::from(if first { "" } else { r"\A" });
        for part in &self.parts[usize::from(first).min(end)..end] {
            match part {
                Part::Text(text) => expression.push_str(&regex::escape(text)),
                Part::Star => expression.push_str(".*"),
                Part::One => expression.push('.'),
            }
        }
        if !last {
            expression.push_str(r"\z");
        }
        let mut builder = RegexBuilder::new(&expression);
        builder.case_insensitive(!self.cased).dot_matches_new_line(true).build()
    }
}

/// How far an expression is from those that can be run: who wrote it may count on what this engine
/// leaves out for its promise to end in time.
pub(super) fn regex(text: &str, flags: &[char]) -> Result<Regex, String> {
    let mut builder = RegexBuilder::new(text);
    builder
        .case_insensitive(flags.contains(&'i'))
        .multi_line(flags.contains(&'m'))
        .dot_matches_new_line(flags.contains(&'s'));
    builder.build().map_err(|error| {
        let reason = error.to_string();
        let last = reason.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
        format!("the expression {text:?} cannot be used: {last}")
    })
}

/// The longest text that whatever fits an expression has somewhere in it.
pub(super) fn required(expression: &str) -> Option<String> {
    fn longest(hir: &Hir) -> Option<String> {
        match hir.kind() {
            HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).ok(),
            HirKind::Capture(capture) => longest(&capture.sub),
            HirKind::Repetition(repetition) if repetition.min > 0 => longest(&repetition.sub),
            HirKind::Concat(parts) => parts.iter().filter_map(longest).max_by_key(String::len),
            _ => None,
        }
    }
    longest(&regex_syntax::parse(expression).ok()?)
}

/// Reads `192.0.2.0/24`.
pub(super) fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = text.split_once('/')?;
    let (address, length): (IpAddr, u8) = (address.parse().ok()?, length.parse().ok()?);
    let most = if address.is_ipv4() { 32 } else { 128 };
    (length <= most).then_some((address, length))
}

/// The text in base64, as it stands behind none, one or two other bytes.
pub(super) fn offsets(text: &str) -> [String; 3] {
    [0, 1, 2].map(|offset| {
        let padded = [&vec![b' '; offset][..], text.as_bytes()].concat();
        let encoded = base64::encode(&padded);
        let start = [0, 2, 3][offset];
        let end = encoded.len() - [0, 3, 2][padded.len() % 3];
        encoded[start.min(end)..end].to_owned()
    })
}

impl fmt::Display for Wild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Star => f.write_str("*"),
            Part::One => f.write_str("?"),
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wild(wild) => wild.fmt(f),
            Self::Regex(regex) => write!(f, "/{regex}/"),
            Self::Network(address, length) => write!(f, "{address}/{length}"),
            Self::Compare(order, number) => {
                let sign = match order {
                    Order::Less => "<",
                    Order::UpTo => "<=",
                    Order::From => ">=",
                    Order::More => ">",
                };
                write!(f, "{sign}{number}")
            }
        }
    }
}

impl Pattern {
    /// # Errors
    /// The pattern is too large.
    pub(super) fn ready(self) -> Result<Ready, String> {
        Ok(match self {
            Self::Wild(wild) => match wild.text() {
                Some(text) if wild.cased => Ready::Exact(text),
                Some(text) => Ready::Same(text.to_lowercase()),
                None => Ready::Regex(wild.regex().map_err(|_| "the pattern is too large")?),
            },
            Self::Regex(regex) => Ready::Regex(regex),
            Self::Network(address, length) => Ready::Network(address, length),
            Self::Compare(order, number) => Ready::Compare(order, number),
        })
    }
}

/// A pattern made ready to run.
#[derive(Debug, Clone)]
pub(super) enum Ready {
    Exact(String),
    /// In small letters.
    Same(String),
    Regex(Regex),
    Network(IpAddr, u8),
    Compare(Order, f64),
}

impl Ready {
    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(wanted) => text == wanted,
            Self::Same(wanted) => {
                text.eq_ignore_ascii_case(wanted)
                    || !text.is_ascii() && text.to_lowercase() == *wanted
            }
            Self::Regex(regex) => regex.is_match(text),
            Self::Network(network, length) => {
                text.parse().is_ok_and(|address| is_in(address, *network, *length))
            }
            Self::Compare(order, wanted) => text.parse::<f64>().is_ok_and(|number| match order {
                Order::Less => number < *wanted,
                Order::UpTo => number <= *wanted,
                Order::From => number >= *wanted,
                Order::More => number > *wanted,
            }),
        }
    }
}

fn is_in(address: IpAddr, network: IpAddr, length: u8) -> bool {
    match (address.to_canonical(), network.to_canonical()) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let shift = 32_u32.saturating_sub(length.into());
            u32::from(address).checked_shr(shift) == u32::from(network).checked_shr(shift)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let shift = 128_u32.saturating_sub(length.into());
            u128::from(address).checked_shr(shift) == u128::from(network).checked_shr(shift)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wild(pattern: &str, text: &str) -> bool {
        Pattern::Wild(Wild::read(pattern, false)).ready().unwrap().matches(text)
    }

    #[test]
    fn wildcards_stand_for_text_unless_they_are_escaped() {
        for (pattern, text, expected) in [
            ("No", "no", true),
            ("a*c", "abbc", true),
            ("a*c", "a\nc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            (r"a\*c", "a*c", true),
            (r"a\*c", "abc", false),
            (r"a\\*", r"a\b", true),
            (r"c:\x", r"C:\X", true),
            ("*", "", true),
            ("É", "é", true),
        ] {
            assert_eq!(wild(pattern, text), expected, "{pattern} {text}");
        }
        assert!(!Pattern::Wild(Wild::read("No", true)).ready().unwrap().matches("no"));
    }

    #[test]
    fn networks_and_numbers_are_compared_as_such() {
        let is = |net: &str, address: &str| {
            let (network, length) = network(net).unwrap();
            Pattern::Network(network, length).ready().unwrap().matches(address)
        };
        assert!(is("192.0.2.0/24", "192.0.2.7") && !is("192.0.2.0/24", "192.0.3.7"));
        assert!(is("0.0.0.0/0", "8.8.8.8") && is("2001:db8::/32", "2001:db8::1"));
        assert!(is("192.0.2.0/24", "::ffff:192.0.2.7") && !is("192.0.2.0/24", "x"));
        assert_eq!((network("192.0.2.0/33"), network("192.0.2.0")), (None, None));
        assert!(Ready::Compare(Order::From, 7.0).matches("7.5"));
        assert!(!Ready::Compare(Order::Less, 7.0).matches("x"));
    }

    #[test]
    fn what_an_expression_cannot_do_without_is_known() {
        for (expression, text) in [
            (".+:assumed-role/aws:.+", Some(":assumed-role/aws:")),
            ("(ab)+c?", Some("ab")),
            ("a|b", None),
            ("[ab]c*", None),
            ("x(yz|yy)long", Some("long")),
        ] {
            assert_eq!(required(expression).as_deref(), text, "{expression}");
        }
    }

    #[test]
    fn base64_is_found_wherever_it_begins() {
        for before in ["", "a", "ab", "abc"] {
            let encoded = base64::encode(format!("{before}http://x.example").as_bytes());
            assert!(offsets("http://x").iter().any(|part| encoded.contains(part)), "{before}");
        }
    }
}
