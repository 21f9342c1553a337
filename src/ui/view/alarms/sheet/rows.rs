//! The lines of the sheet cut to its width. Cutting measures each of them, so that it is done when
//! the sheet or its width changes: a cursor that moves costs the rows that are seen.

use super::Entry;
use crate::ui::wrap::wrapped;
use std::ops::Range;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rows {
    /// Columns that they were cut for.
    pub(super) width: usize,
    all: Vec<Cut>,
    /// Where the rows of each line begin.
    first: Vec<usize>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    /// Of which line.
    pub(super) line: usize,
    /// Columns before the text: what is indented stays so in all of its rows.
    pub(super) indent: u16,
    /// Bytes of the line's text.
    pub(super) text: Range<usize>,
}

impl Rows {
    pub(super) fn new(lines: &[Entry], width: usize) -> Self {
        let mut rows = Self { width, ..Self::default() };
        for (line, entry) in lines.iter().enumerate() {
            rows.first.push(rows.all.len());
            let text = &entry.text;
            if entry.is_cut {
                rows.all.push(Cut { line, indent: 0, text: 0..text.len() });
                continue;
            }
            let bare = text.trim_start_matches(' ');
            let mut at = text.len() - bare.len();
            let indent = at.min(width) as u16;
            for piece in wrapped(bare, width.saturating_sub(at).max(1)) {
                rows.all.push(Cut { line, indent, text: at..at + piece.len() });
                at += piece.len();
            }
        }
        rows
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The rows of a line.
    pub(super) fn of(&self, line: usize) -> Range<usize> {
        let end = |line: usize| self.first.get(line).copied().unwrap_or(self.all.len());
        end(line)..end(line + 1)
    }

    /// So many rows from this one on, each with its number.
    pub(super) fn window(&self, top: usize, rows: usize) -> impl Iterator<Item = (usize, &Cut)> {
        self.all.iter().enumerate().skip(top).take(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::{Mode, show};
    use crate::ui::theme::Role;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_line_is_in_its_rows_and_no_row_is_too_wide(
            texts in proptest::collection::vec(" {0,4}[a-zé日 ]{0,60}", 0..8),
            width in 12_usize..40,
        ) {
            let lines: Vec<Entry> = texts.iter().map(|text| Entry::new(text, Role::Text)).collect();
            let rows = Rows::new(&lines, width);
            let mut end = 0;
            for (number, line) in lines.iter().enumerate() {
                let of = rows.of(number);
                prop_assert_eq!(of.start, end);
                end = of.end;
                let cut: Vec<_> = rows.window(of.start, of.len()).map(|(_, cut)| cut).collect();
                prop_assert!(cut.iter().all(|cut| cut.line == number));
                let whole: String = cut.iter().map(|cut| &line.text[cut.text.clone()]).collect();
                prop_assert_eq!(whole, line.text.trim_start_matches(' '));
                for cut in cut {
                    let columns = show(&line.text[cut.text.clone()], Mode::DETAIL).width();
                    prop_assert!(usize::from(cut.indent) + columns <= width);
                }
            }
            prop_assert_eq!(end, rows.len());
        }
    }
}
