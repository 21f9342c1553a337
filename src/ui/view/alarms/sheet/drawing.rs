//! How the sheet is drawn: the rows that are seen, and no others.

use super::rows::Rows;
use super::{Part, Sheet, room};
use crate::event::counted;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use ratatui::layout::Rect;

impl Sheet {
    pub(in super::super) fn draw(&self, area: Rect, focused: bool, pen: &mut Pen<'_>) {
        pen.rule(area, "the alarm", focused);
        let inside = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let width = room(inside.width);
        let anew;
        let all = if self.rows.width == width {
            &self.rows
        } else {
            anew = Rows::new(&self.lines, width);
            &anew
        };
        let cursor = self.cursor.within(self.lines.len());
        let at = all.of(cursor);
        let rows = usize::from(inside.height).max(1);
        // What was unfolded is seen, as far as there is room.
        let end = all.of(cursor + self.details(cursor)).end;
        let top = end.saturating_sub(rows).min(at.start);
        for (number, row) in all.window(top, rows) {
            let y = inside.y + (number - top) as u16;
            let line = &self.lines[row.line];
            let is_cursor = focused && row.line == cursor;
            if is_cursor && number == at.start {
                pen.glyph(inside.x, y, Glyph::Cursor, Role::RowCursor);
            }
            let role = if is_cursor { Role::RowCursor } else { line.role };
            let place = (inside.x + 2, y, width as u16);
            match &line.part {
                Part::Picture(picture) => picture.draw(pen, place, is_cursor),
                Part::Usual { tail, is_open, .. } => {
                    folded(pen, place, (&line.text, tail, *is_open), role);
                }
                Part::Text | Part::Detail(_) => {
                    let text = &line.text[row.text.clone()];
                    pen.text(place.0 + row.indent, y, place.2 - row.indent, text, role);
                }
            }
        }
        let more = all.len().saturating_sub(top + rows);
        if more > 0 {
            let text = counted(more as u64, "more line", "more lines");
            pen.right(area.right() - 1, area.y, 24, &text, Role::Muted);
        }
    }

    /// Lines of details that follow this one.
    fn details(&self, line: usize) -> usize {
        let Some(Part::Usual { .. }) = self.lines.get(line).map(|line| &line.part) else {
            return 0;
        };
        let below = self.lines.iter().skip(line + 1);
        below.take_while(|line| matches!(line.part, Part::Detail(_))).count()
    }
}

/// A name with what is usual of it behind. Where there is no room for both, the name has two fifths
/// of it at least: lines that cannot be told apart say nothing.
fn folded(
    pen: &mut Pen<'_>,
    (x, y, width): (u16, u16, u16),
    (name, tail, is_open): (&str, &str, bool),
    role: Role,
) {
    let glyph = if is_open { Glyph::FoldOpen } else { Glyph::FoldClosed };
    pen.glyph(x, y, glyph, role);
    let (x, width) = (x + 2, width.saturating_sub(2));
    let least = pen.columns(name).min(width * 2 / 5);
    let held = (pen.columns(tail) + 2).min(width - least);
    let used = pen.text(x, y, width - held, name, role) + 2;
    pen.text(x + used, y, width.saturating_sub(used), tail, role);
}
