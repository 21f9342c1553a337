//! The grid: a row for each scope, a column for each hour or day, a glyph for the worst that is
//! known of it; the time axis, and what the glyphs mean.

use super::hour::time;
use super::state;
use crate::event::Timestamp;
use crate::job::Axis;
use crate::job::integrity::{Chart, Labels, Scale, State};
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use crate::ui::widget::lanes::grouped;
use crate::ui::widget::ticks;
use ratatui::layout::{Position, Rect};
use std::ops::Range;

/// Where the grid's cursor is, and how much time its columns are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    pub(super) row: usize,
    pub(super) column: i64,
    pub(super) scale: Scale,
    pub(super) focused: bool,
}

/// From this width on, rows are named in full.
const WIDE: u16 = 120;

/// Columns of a cell whose time is written below it.
const WIDEST: u16 = 8;

/// Columns for the cursor, and between name and cells.
const MARGIN: u16 = 2;

/// Draws a title, as many scopes as fit, and the axis in the last row.
pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, chart: &Chart, sight: Sight) {
    if area.height < 2 {
        return;
    }
    let (names, cells) = split(area, chart);
    let labels = labels(area, chart);
    let columns = in_sight(chart, sight, cells.width);
    let wide = width(&columns, cells.width);
    pen.rule(area, &title(chart, sight, &columns), sight.focused);
    let rows = area.height.saturating_sub(2);
    let (count, height) = (chart.rows.len(), usize::from(rows));
    let top = first_row(sight, rows);
    for (y, row) in (area.y + 1..area.y + 1 + rows).zip(top..count) {
        let is_cursor = row == sight.row;
        if is_cursor {
            pen.glyph(area.x, y, Glyph::Cursor, Role::RowCursor);
        }
        let role = if is_cursor { Role::RowCursor } else { Role::Text };
        let label = labels.texts.get(row).map_or("", String::as_str);
        let label = label.replace(Labels::LEFT_OUT, pen.theme.glyph(Glyph::Ellipsis));
        pen.text(names.x, y, names.width, &label, role);
        for (x, column) in (cells.x..).step_by(usize::from(wide)).zip(columns.clone()) {
            match chart.state(row, chart.cell(row, sight.scale, column)) {
                Some(state) => pen.glyph(x, y, state::glyph(state), state::role(state)),
                None => pen.glyph(x, y, Glyph::LaneNoData, Role::LaneNoData),
            };
            if is_cursor && column == sight.column {
                pen.paint(Rect { x, y, width: wide, height: 1 }, Role::Brush);
            }
        }
    }
    let y = area.bottom().saturating_sub(1);
    axis(pen, Rect { y, height: 1, ..cells }, sight, (&columns, wide));
    if count > height {
        let text = format!("{height} of {count} rows");
        pen.text(names.x, y, names.width, &text, Role::Muted);
    }
}

/// The scope and the column at a place of the screen.
pub(super) fn at(
    area: Rect,
    chart: &Chart,
    sight: Sight,
    (x, y): (u16, u16),
) -> Option<(usize, i64)> {
    let (_, cells) = split(area, chart);
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area };
    if !rows.contains(Position { x, y }) {
        return None;
    }
    let row = first_row(sight, rows.height) + usize::from(y - rows.y);
    let columns = in_sight(chart, sight, cells.width);
    // A name stands for its row.
    let right = x.checked_sub(cells.x).map(|x| i64::from(x / width(&columns, cells.width)));
    let column = right.map_or(sight.column, |right| columns.start + right);
    (row < chart.rows.len()).then_some((row, column.min(columns.end - 1)))
}

/// The first scope on the screen, where so many have room.
fn first_row(sight: Sight, rows: u16) -> usize {
    (sight.row + 1).saturating_sub(usize::from(rows).max(1))
}

/// The names that fit into a third of the area.
fn labels(area: Rect, chart: &Chart) -> &Labels {
    chart.labels(usize::from(area.width / 3), area.width >= WIDE)
}

/// Names on the left, cells on the right.
fn split(area: Rect, chart: &Chart) -> (Rect, Rect) {
    let width = labels(area, chart).width.min(usize::from(area.width / 3)) as u16;
    let names = Rect { x: area.x + MARGIN, width, ..area };
    let x = names.right() + MARGIN;
    (names, Rect { x, width: area.right().saturating_sub(x + 1), ..area })
}

/// The columns on the screen. The cursor moves within the middle of them before they scroll, by
/// half a screen at once.
fn in_sight(chart: &Chart, sight: Sight, width: u16) -> Range<i64> {
    let all = chart.columns(sight.scale);
    let width = i64::from(width).max(1);
    if all.end - all.start <= width {
        return all;
    }
    let half = (width / 2).max(1);
    let offset = (sight.column - all.start - half / 2).max(0) / half * half;
    let start = (all.start + offset).min(all.end - width).max(all.start);
    start..start + width
}

/// Columns of the screen for each of the grid: few cells are wide enough for their times.
fn width(columns: &Range<i64>, room: u16) -> u16 {
    let count = u16::try_from(columns.end - columns.start).unwrap_or(u16::MAX).max(1);
    (room / count).clamp(1, WIDEST)
}

fn title(chart: &Chart, sight: Sight, columns: &Range<i64>) -> String {
    let all = chart.columns(sight.scale);
    let (count, shown) = ((all.end - all.start) as u64, (columns.end - columns.start) as u64);
    let (one, several) = sight.scale.names();
    let name = if count == 1 { one } else { several };
    let seen = if shown < count {
        format!("{} of {} {name}", grouped(shown), grouped(count))
    } else {
        format!("{} {name}", grouped(count))
    };
    let length = sight.scale.length();
    let from = time(columns.start.saturating_mul(length));
    let to = time(columns.end.saturating_mul(length));
    let cut = if sight.scale == Scale::Days { 10 } else { 16 };
    let cut = |text: &str| text.get(..cut).unwrap_or_default().to_owned();
    format!("{seen}, {} to {} UTC", cut(&from), cut(&to))
}

fn axis(pen: &mut Pen<'_>, area: Rect, sight: Sight, (columns, wide): (&Range<i64>, u16)) {
    let length = sight.scale.length();
    let buckets = (columns.end - columns.start).max(0) as usize * usize::from(wide);
    let start = |column: i64| Timestamp(column.saturating_mul(length));
    let axis = Axis { from: start(columns.start), to: start(columns.end), buckets };
    if buckets == 0 {
        return;
    }
    // A step between labels is chosen by the columns that there are, not by those there could be.
    let room = Rect { width: (buckets as u16).min(area.width), ..area };
    ticks::draw(pen, room, axis, ticks::DENSE);
    if let Ok(column) = u16::try_from(sight.column - columns.start) {
        let x = area.x + column.saturating_mul(wide);
        // The time of a wide cell stays readable.
        if wide > 1 {
            return pen.paint(Rect { x, width: wide.min(6), ..area }, Role::AxisCursor);
        }
        pen.glyph(x, area.y, Glyph::AxisCursor, Role::AxisCursor);
    }
}

/// What the glyphs mean that occur, in as many lines as it takes.
pub(super) fn legend(chart: &Chart, width: u16) -> Vec<Vec<State>> {
    let mut lines: Vec<Vec<State>> = vec![Vec::new()];
    let mut used = 0;
    for state in chart.states.iter().copied() {
        let wide = state.words().len() + 4;
        if used + wide > usize::from(width) && used > 0 {
            lines.push(Vec::new());
            used = 0;
        }
        used += wide;
        if let Some(line) = lines.last_mut() {
            line.push(state);
        }
    }
    lines
}

pub(super) fn draw_legend(pen: &mut Pen<'_>, area: Rect, legend: &[Vec<State>]) {
    for (y, states) in (area.y..area.bottom()).zip(legend) {
        let mut x = area.x + MARGIN;
        for state in states {
            let glyph = pen.theme.glyph(state::glyph(*state)).to_owned();
            x += pen.text(x, y, 2, &glyph, state::role(*state)) + 1;
            let room = area.right().saturating_sub(x);
            x += pen.text(x, y, room, state.words(), Role::Muted) + 2;
        }
    }
}
