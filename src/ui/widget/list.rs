//! The cursor of a list: which line it is on, and which lines are in sight.

use crate::ui::action::Action;

/// Lines that a page moves where the view does not say.
const PAGE: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ListCursor(pub usize);

impl ListCursor {
    /// Moves as the action says within `len` lines; `false` if it is no movement.
    pub fn act(&mut self, action: Action, len: usize) -> bool {
        let last = len.saturating_sub(1);
        self.0 = match action {
            Action::Up => self.0.saturating_sub(1),
            Action::Down => self.0 + 1,
            Action::PageUp | Action::HalfPageUp => self.0.saturating_sub(PAGE),
            Action::PageDown | Action::HalfPageDown => self.0 + PAGE,
            Action::Top => 0,
            Action::Bottom => last,
            _ => return false,
        }
        .min(last);
        true
    }

    /// The line, if there are only `len`.
    pub fn within(self, len: usize) -> usize {
        self.0.min(len.saturating_sub(1))
    }

    /// The lines in sight where `rows` fit: the cursor's is always among them.
    pub fn sight(self, len: usize, rows: usize) -> std::ops::Range<usize> {
        let rows = rows.max(1);
        let top = (self.within(len) + 1).saturating_sub(rows);
        top..len.min(top + rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_among_the_lines_and_in_sight() {
        for len in 0..30 {
            for rows in 0..12 {
                let mut cursor = ListCursor::default();
                let moves = [Action::Down, Action::PageDown, Action::Bottom, Action::Down];
                for action in moves.into_iter().chain([Action::PageUp, Action::Up, Action::Top]) {
                    assert!(cursor.act(action, len));
                    let sight = cursor.sight(len, rows);
                    assert!(len == 0 || sight.contains(&cursor.within(len)), "{len} {rows}");
                    assert!(sight.len() <= rows.max(1) && sight.end <= len);
                }
                assert!(!cursor.act(Action::Quit, len));
            }
        }
    }
}
