//! Finds the texts that may fit a pattern such as `*orders*` in one sweep over a dictionary,
//! instead of trying the pattern at every byte of every text.
//!
//! The sweep looks for a few bytes of each pattern in every mixture of cases, which vector code
//! does at the speed of memory, and compares the rest where these are found.

use crate::store::Found;
use regex::bytes::Regex;

/// More patterns than this are tried one by one.
const MANY: usize = 8;

/// Bytes of a word to look for: more find fewer wrong places, but have more mixtures of cases.
const PIECE: usize = 3;

/// What every text that fits one of some patterns has in it.
#[derive(Debug, Clone)]
pub(super) struct Needle {
    words: Vec<Word>,
    /// A piece of each word, in every mixture of cases.
    pieces: Regex,
    /// Whether every text with one of the words in it fits: patterns like `*word*` alone.
    enough: bool,
}

/// The longest part of a pattern, folded, and where in it the piece begins.
#[derive(Debug, Clone)]
struct Word {
    text: Vec<u8>,
    piece: usize,
}

impl Needle {
    /// Of patterns, each as its folded parts (one part: a whole value); `None` if that promises
    /// nothing: no pattern begins with a wildcard, one of them fits nearly everything, or one has
    /// no part in ASCII.
    pub(super) fn new<'a>(patterns: impl Iterator<Item = &'a [String]> + Clone) -> Option<Self> {
        if !patterns.clone().any(|parts| parts.len() > 1 && parts[0].is_empty()) {
            return None;
        }
        let (mut words, mut mixtures, mut enough) = (Vec::new(), Vec::new(), true);
        for parts in patterns {
            enough &= matches!(parts, [a, _, b] if a.is_empty() && b.is_empty());
            let longest = parts.iter().filter(|part| part.is_ascii()).max_by_key(|p| p.len())?;
            if longest.is_empty() || words.len() == MANY {
                return None;
            }
            let word = Word::new(longest.as_bytes());
            mixtures.extend(word.mixtures());
            words.push(word);
        }
        let pieces = Regex::new(&mixtures.join("|")).ok()?;
        Some(Self { words, pieces, enough })
    }

    /// The next word in `texts`, at or after `from`.
    pub(super) fn find(&self, texts: &[u8], from: usize) -> Option<Found> {
        let mut next = from;
        loop {
            let piece = self.pieces.find_at(texts, next)?.start();
            let here = self.words.iter().find_map(|word| {
                let start = piece.checked_sub(word.piece).filter(|&start| start >= from)?;
                let end = start + word.text.len();
                texts.get(start..end)?.eq_ignore_ascii_case(&word.text).then_some(start..end)
            });
            if let Some(at) = here {
                return Some(Found { at, enough: self.enough });
            }
            next = piece + 1;
        }
    }
}

impl Word {
    fn new(text: &[u8]) -> Self {
        let last = text.len().saturating_sub(PIECE);
        let letters = |from: usize| {
            text[from..].iter().take(PIECE).filter(|byte| byte.is_ascii_alphabetic()).count()
        };
        // Bytes without case make fewer mixtures, and are rarer in names.
        let piece = (0..=last).min_by_key(|&from| letters(from)).unwrap_or(0);
        Self { text: text.to_vec(), piece }
    }

    /// The piece in every mixture of cases, as expressions.
    fn mixtures(&self) -> Vec<String> {
        self.text[self.piece..].iter().take(PIECE).fold(vec![String::new()], |mixtures, &byte| {
            let lower = regex::escape(&char::from(byte).to_string());
            let upper = regex::escape(&char::from(byte.to_ascii_uppercase()).to_string());
            let cases = if lower == upper { vec![lower] } else { vec![lower, upper] };
            let add = |mixture: String| cases.iter().map(move |case| format!("{mixture}{case}"));
            mixtures.into_iter().flat_map(|m| add(m).collect::<Vec<_>>()).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::ast::Operand;
    use super::super::lex;
    use super::super::list::Lists;
    use super::super::values::Values;
    use crate::store::dict::{Strings, Values as Distinct, push_item};
    use crate::store::{Codes, Dict, Entry};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sweeping_finds_what_trying_each_finds(
            texts in prop::collection::vec("[abAB.é]{0,8}", 0..20),
            lists: bool,
            patterns in prop::collection::vec("\\*[abAB.é*]{0,6}|[abA.]{1,3}", 1..4),
        ) {
            let (mut all, mut ends) = (Vec::new(), Vec::new());
            for text in &texts {
                if lists {
                    // As long as there are letters, so that a length reads as one.
                    push_item(&mut all, text);
                    push_item(&mut all, &text.repeat(20).chars().take(97).collect::<String>());
                } else {
                    all.extend_from_slice(text.as_bytes());
                }
                ends.push(all.len() as u32);
            }
            let codes: Vec<u16> = (1..=texts.len() as u16).collect();
            let strings = Strings::new(&all, &ends);
            let values = if lists { Distinct::Lists(strings) } else { Distinct::Text(strings) };
            let dict = Dict { codes: Codes::pack(&codes), values };
            let operands: Vec<Operand> =
                patterns.iter().map(|text| Operand::Pattern(lex::pattern(text))).collect();
            let values = Values::new(&operands, &Lists::default()).unwrap();
            let test = |entry: Entry<'_>| match entry {
                Entry::Text(text) => values.text(text),
                Entry::List(items) => items.into_iter().any(|item| values.text(item)),
                Entry::Ip(_) => false,
            };
            if let Some(needle) = values.needle() {
                let found = dict.select_found(|texts, from| needle.find(texts, from), test);
                prop_assert_eq!(found, dict.select(test));
            }
        }
    }
}
