//! The right word for a mistyped one.

/// The word that is fewest slips away, if it is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let word: Vec<char> = word.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
    if word.len() > LONGEST {
        return None;
    }
    let allowed = (word.len() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|other| (slips(&word, &other.to_lowercase().chars().collect::<Vec<_>>()), other))
        .filter(|(slips, _)| *slips <= allowed)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, other)| other)
}

/// `; did you mean "undo"?`, or nothing if no candidate is near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let near = nearest(word, known);
    near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default()
}

/// Letters inserted, left out, changed or swapped with the neighbour (optimal string alignment).
fn slips(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        for (a, b, expected) in
            [("", "", 0), ("abc", "acb", 1), ("kitten", "sitting", 3), ("", "x", 1)]
        {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(slips(&letters(a), &letters(b)), expected, "{a} {b}");
        }
    }

    #[test]
    fn only_what_is_near_is_proposed() {
        let known = ["undo", "redo", "quit"];
        assert_eq!(did_you_mean("unod", known), "; did you mean \"undo\"?");
        assert_eq!(nearest("QUIT", known), Some("quit"));
        assert_eq!(did_you_mean("elephant", known), "");
        assert_eq!(did_you_mean(&"x".repeat(5000), known), "");
    }
}
