//! Lines of text cut to an area's width. What has no room is counted, so that nobody takes the
//! last line that is seen for the end.

use crate::event::counted;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::wrap::wrapped;
use ratatui::layout::Rect;

/// Draws the lines, a column away from both edges.
pub fn draw(pen: &mut Pen<'_>, area: Rect, lines: &[(String, Role)]) {
    let width = area.width.saturating_sub(2);
    let cut = |text| wrapped(text, usize::from(width).max(1));
    let all: Vec<(&str, Role)> = lines
        .iter()
        .flat_map(|(text, role)| cut(text).into_iter().map(move |line| (line, *role)))
        .collect();
    let height = usize::from(area.height);
    let shown = if all.len() > height { height.saturating_sub(1) } else { height };
    for (y, (line, role)) in (area.y..).zip(all.iter().take(shown)) {
        pen.named(area.x + 1, y, width, line, *role);
    }
    if all.len() > height && height > 0 {
        let more = counted((all.len() - shown) as u64, "more line", "more lines");
        pen.right(area.right().saturating_sub(1), area.bottom() - 1, width, &more, Role::Muted);
    }
}
