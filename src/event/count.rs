//! Counts with the nouns that they count.

/// The noun for so many.
pub const fn noun<'a>(count: u64, one: &'a str, several: &'a str) -> &'a str {
    if count == 1 { one } else { several }
}

/// `1 hour`, `2 hours`.
pub fn counted(count: u64, one: &str, several: &str) -> String {
    format!("{count} {}", noun(count, one, several))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_one() {
        let said = [0, 1, 2].map(|count| counted(count, "entry", "entries"));
        assert_eq!(said, ["0 entries", "1 entry", "2 entries"]);
    }
}
