//! Patterns with wildcards, asked of one text: a few are tried one after the other; of many, one
//! sweep over the text finds those that have a part in it.

use super::values::FEW;
use crate::event::wild::fits;
use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Bytes of the words of a sweep that may take a few megabytes to be several times as fast.
const FASTEST: usize = 16 << 10;

/// Patterns as their folded parts: with `*` between them, so two parts or more each.
#[derive(Debug, Clone, Default)]
pub(super) struct Wild {
    patterns: Vec<Vec<String>>,
    /// Finds the longest part of each pattern, whatever the case of ASCII letters; the sweep's
    /// words are numbered as the patterns are.
    words: Option<AhoCorasick>,
}

impl Wild {
    /// Of so many or so long patterns that no sweep can be built, each is tried.
    pub(super) fn new(patterns: Vec<Vec<String>>) -> Self {
        let words = (patterns.len() > FEW)
            .then(|| {
                let words = patterns.iter().map(|parts| longest(parts));
                let bytes: usize = words.clone().map(str::len).sum();
                let kind = (bytes <= FASTEST).then_some(AhoCorasickKind::DFA);
                AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(words).ok()
            })
            .flatten();
        Self { patterns, words }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether a folded text (ASCII letters may have any case) is one of the patterns.
    pub(super) fn fit(&self, text: &[u8]) -> bool {
        match &self.words {
            None => self.patterns.iter().any(|parts| fits(parts, text)),
            // A pattern is tried where its word ends, so a word that comes twice costs twice.
            Some(words) => words
                .find_overlapping_iter(text)
                .any(|found| fits(&self.patterns[found.pattern().as_usize()], text)),
        }
    }
}

fn longest(parts: &[String]) -> &str {
    parts.iter().max_by_key(|part| part.len()).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sweep_finds_what_trying_each_finds(
            patterns in prop::collection::vec(
                prop::collection::vec("[abé.]{0,3}", 2..4), FEW + 1..3 * FEW),
            text in "[aAbBé.]{0,9}",
        ) {
            let wild = Wild::new(patterns);
            prop_assert!(wild.words.is_some());
            let each = wild.patterns.iter().any(|parts| fits(parts, text.as_bytes()));
            prop_assert_eq!(wild.fit(text.as_bytes()), each);
        }
    }
}
