//! Which of many texts a few typed characters mean: the palette's and the pickers' order. The
//! only file that names `fuzzy_matcher`.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

/// Longer texts are compared by their beginning: the time grows with the square of it.
const MAX_LENGTH: usize = 512;

/// A text that fits what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// Position among the texts that were given.
    pub index: usize,
    pub score: i64,
    /// The characters (not bytes) that fit, ascending.
    pub positions: Vec<usize>,
}

/// The texts that hold the typed characters in their order, the best first; equals keep their
/// order. An empty pattern fits everything. Capitals in the pattern have to be capitals.
pub fn rank<'a>(pattern: &str, items: impl IntoIterator<Item = &'a str>) -> Vec<Ranked> {
    let pattern = pattern.trim();
    let matcher = SkimMatcherV2::default().smart_case();
    let mut found: Vec<Ranked> = items
        .into_iter()
        .enumerate()
        .filter_map(|(index, item)| {
            if pattern.is_empty() {
                return Some(Ranked { index, score: 0, positions: Vec::new() });
            }
            let beginning = &item[..item.floor_char_boundary(MAX_LENGTH)];
            let (score, positions) = matcher.fuzzy_indices(beginning, pattern)?;
            Some(Ranked { index, score, positions })
        })
        .collect();
    found.sort_by_key(|ranked| std::cmp::Reverse(ranked.score));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(pattern: &str, items: &[&str]) -> Vec<usize> {
        rank(pattern, items.iter().copied()).into_iter().map(|ranked| ranked.index).collect()
    }

    #[test]
    fn the_nearest_comes_first() {
        assert_eq!(order("zin", &["horizon line", "zoom-in", "quit"])[0], 1);
        assert_eq!(order("xyz", &["zoom-in", "quit"]), [0usize; 0]);
        assert_eq!(order("Q", &["quit", "Quit"]), [1]);
    }

    #[test]
    fn nothing_typed_keeps_everything_in_order() {
        assert_eq!(order(" ", &["b", "a", "c"]), [0, 1, 2]);
    }

    #[test]
    fn positions_are_of_characters() {
        let ranked = rank("né", ["öné"]);
        assert_eq!(ranked[0].positions, [1, 2]);
        assert_eq!(rank("a", ["é".repeat(400).as_str()]), vec![]);
    }
}
