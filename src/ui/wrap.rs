//! Cutting text into lines that fit, measured as it will be shown.

use crate::shown::{Mode, show};
use unicode_segmentation::UnicodeSegmentation;

/// The text in pieces of at most `width` columns; one piece at least.
pub fn wrapped(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, symbol) in text.grapheme_indices(true) {
        // What a symbol becomes depends on what stands before it, so the line is measured whole.
        let fits =
            |from: usize| show(&text[from..at + symbol.len()], Mode::DETAIL).width() <= width;
        while at > start && !fits(start) {
            // At the last space, unless that leaves more than half of the line empty.
            let space = text[start..at].rfind(' ').map(|space| start + space + 1);
            let end = space.filter(|&end| end - start > width / 2).unwrap_or(at);
            lines.push(&text[start..end]);
            start = end;
        }
    }
    lines.push(&text[start..]);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_lost_and_lines_fit(text in "\\PC{0,60}|[a-z\u{1b}\u{202e}日é ]{0,60}", width in 12usize..40) {
            let lines = wrapped(&text, width);
            prop_assert!(lines.concat() == text, "{lines:?}");
            for line in lines {
                let fits = show(line, Mode::DETAIL).width() <= width;
                prop_assert!(fits || line.graphemes(true).count() == 1);
            }
        }
    }
}
