//! Cutting text into lines that fit, measured as it will be shown.

use crate::shown::{Mode, show};
use unicode_segmentation::UnicodeSegmentation;

/// The text in pieces of at most `width` columns; one piece at least.
pub fn wrapped(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    loop {
        let end = line_end(rest, width);
        let (line, after) = rest.split_at(end);
        lines.push(line);
        if after.is_empty() {
            return lines;
        }
        rest = after;
    }
}

/// Where the first line ends: as many symbols as fit, one at least. What a symbol becomes depends
/// on what stands before it, so each beginning is measured whole.
fn line_end(text: &str, width: usize) -> usize {
    let mut end = 0;
    for (at, symbol) in text.grapheme_indices(true) {
        let next = at + symbol.len();
        if at > 0 && show(&text[..next], Mode::DETAIL).width() > width {
            // At the last space, unless that leaves more than half of the line empty.
            let space = text[..end].rfind(' ').map(|space| space + 1);
            return space.filter(|&space| space > end / 2).unwrap_or(end);
        }
        end = next;
    }
    end
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
