//! Lines that may be longer than the pane is wide, and more than it is high, with a cursor.

use crate::event::counted;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use crate::ui::wrap::wrapped;
use ratatui::layout::Rect;
use std::sync::Arc;

/// One line, and the object of the evidence that it is about.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) role: Role,
    pub(super) glyph: Option<Glyph>,
    pub(super) object: Option<Arc<str>>,
}

impl Line {
    pub(super) fn new(text: impl Into<String>, role: Role) -> Self {
        Self { text: text.into(), role, glyph: None, object: None }
    }

    pub(super) fn glyph(self, glyph: Glyph) -> Self {
        Self { glyph: Some(glyph), ..self }
    }

    pub(super) fn object(self, object: Option<Arc<str>>) -> Self {
        Self { object, ..self }
    }
}

/// Columns for the cursor and a glyph.
const MARGIN: u16 = 4;

/// Draws the lines from the one on that brings the cursor's into sight.
pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, lines: &[Line], cursor: Option<usize>) {
    let width = area.width.saturating_sub(MARGIN + 1);
    if width == 0 || area.height == 0 {
        return;
    }
    let cut = |line: &Line| -> Vec<String> {
        wrapped(&line.text, usize::from(width)).into_iter().map(str::to_owned).collect()
    };
    let height = usize::from(area.height);
    let mut top = cursor.unwrap_or(0).min(lines.len().saturating_sub(1));
    let mut used = lines.get(top).map_or(0, |line| cut(line).len());
    // The last row tells how much more there is.
    while top > 0 {
        used += cut(&lines[top - 1]).len();
        if used >= height {
            break;
        }
        top -= 1;
    }
    let (mut shown, mut number) = (Vec::new(), top);
    while let (Some(line), true) = (lines.get(number), shown.len() <= height) {
        shown.extend(cut(line).into_iter().enumerate().map(|(part, text)| (number, part, text)));
        number += 1;
    }
    let rows = if shown.len() > height { height - 1 } else { height };
    for (y, (number, part, text)) in (area.y..).zip(shown.iter().take(rows)) {
        let line = &lines[*number];
        if *part == 0 && cursor == Some(*number) {
            pen.glyph(area.x, y, Glyph::Cursor, Role::RowCursor);
        }
        if let Some(glyph) = line.glyph.filter(|_| *part == 0) {
            pen.glyph(area.x + 2, y, glyph, line.role);
        }
        pen.named(area.x + MARGIN, y, width, text, line.role);
    }
    // A line that is cut off in the middle counts too.
    let left = shown.get(rows).map_or(0, |(number, ..)| lines.len() - number);
    if left > 0 {
        let text = counted(left as u64, "more line", "more lines");
        pen.right(area.right() - 1, area.bottom() - 1, area.width, &text, Role::Muted);
    }
}
