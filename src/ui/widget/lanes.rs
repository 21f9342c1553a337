//! The lanes: one row of bars for each format over a shared time axis, and the axis itself.
//!
//! A bar's height is the logarithm of its count, so that one busy minute does not flatten the
//! rest. Zero is a low line, time of which the format has no data at all is a dot, and time after its
//! last event of which records may still be under way is a dash: nothing happened is not the same
//! as nothing known, or not yet. Time that digests should cover, and do not, is a cross. Columns in which far more than usual failed are in
//! the colour of failure.

pub use crate::event::grouped;

use crate::job::{Answer, Axis, FormatLane};
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use crate::ui::widget::ticks;
use ratatui::layout::Rect;

/// Columns of a lane's name, and of its count.
const NAME: u16 = 12;
const COUNT: u16 = 10;

/// How counts become heights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    #[default]
    Log,
    Linear,
}

/// What the lanes show besides the answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overlay<'a> {
    /// Time of the cursor.
    pub cursor: Option<i64>,
    /// A window of time being brushed.
    pub brush: Option<(i64, i64)>,
    /// Times of marked events.
    pub marks: &'a [i64],
    /// Spans that no proven digest covers; of CloudTrail's lane alone.
    pub uncovered: &'a [(i64, i64)],
    pub scale: Scale,
}

/// Columns of bars that fit into an area of this width.
pub fn buckets(width: u16) -> usize {
    usize::from(width.saturating_sub(NAME + COUNT + 2)).max(1)
}

/// Draws as many lanes as fit, and the axis in the last row.
pub fn draw(pen: &mut Pen<'_>, area: Rect, answer: &Answer, over: &Overlay<'_>) {
    if area.height == 0 || area.width < NAME + COUNT + 4 {
        return;
    }
    let axis_row = area.bottom() - 1;
    // What was looked for on purpose comes first.
    let unanswered = answer.problem.as_ref().map(|_| "no answer");
    let watched = answer.watched.iter().map(|watched| {
        let unknown = watched.problem.as_ref().map(|_| "not loaded").or(unanswered);
        (&watched.lane, Role::LaneMark, Role::LaneMark, unknown)
    });
    let formats = answer.lanes.iter().enumerate();
    let formats =
        formats.map(|(index, lane)| (lane, Role::source(index), Role::LaneBar, unanswered));
    for (y, (lane, name, bar, unknown)) in (area.y..axis_row).zip(watched.chain(formats)) {
        match unknown {
            Some(why) => draw_unknown(pen, area, y, (lane, name, why)),
            None => draw_lane(pen, area, y, (lane, name, bar), answer.axis, over),
        }
    }
    draw_axis(pen, area, axis_row, answer.axis, over);
    let lanes = answer.lanes.len() + usize::from(answer.watched.is_some());
    let hidden = lanes.saturating_sub(usize::from(area.height) - 1);
    if hidden > 0 {
        let text = if hidden == 1 { "+1 lane".to_owned() } else { format!("+{hidden} lanes") };
        // In place of the date, which the head of the table has too.
        let room = usize::from(NAME - 1);
        pen.text(area.x + 1, axis_row, NAME - 1, &format!("{text:<room$}"), Role::Warning);
    }
}

fn bars(area: Rect) -> (u16, u16) {
    (area.x + NAME, area.width.saturating_sub(NAME + COUNT + 1))
}

/// The column of bars at this column of the screen.
pub fn bucket_at(area: Rect, axis: Axis, x: u16) -> Option<usize> {
    let (left, width) = bars(area);
    let bucket = usize::from(x.checked_sub(left)?);
    (bucket < usize::from(width).min(axis.buckets)).then_some(bucket)
}

/// A lane of which nobody knows the rows: that is not the same as none.
fn draw_unknown(
    pen: &mut Pen<'_>,
    area: Rect,
    y: u16,
    (lane, name, why): (&FormatLane, Role, &str),
) {
    pen.text(area.x + 1, y, NAME - 2, &lane.lane.format, name);
    pen.right(area.right() - 1, y, COUNT, why, Role::Error);
}

fn draw_lane(
    pen: &mut Pen<'_>,
    area: Rect,
    y: u16,
    (lane, name, bar): (&FormatLane, Role, Role),
    axis: Axis,
    over: &Overlay<'_>,
) {
    pen.text(area.x + 1, y, NAME - 2, &lane.lane.format, name);
    let (left, width) = bars(area);
    let top = lane.lane.rows.iter().copied().max().unwrap_or(0);
    let heights = *pen.theme.bars();
    let (rows, failed) = (sum(&lane.lane.rows), sum(&lane.lane.failed));
    let usual = failed as f64 / rows.max(1) as f64;
    let uncovered = if &*lane.lane.format == "cloudtrail" { over.uncovered } else { &[] };
    for bucket in 0..usize::from(width).min(axis.buckets) {
        let count = lane.lane.rows.get(bucket).copied().unwrap_or(0);
        let errors = lane.lane.failed.get(bucket).copied().unwrap_or(0);
        let x = left + bucket as u16;
        if count == 0 {
            let (start, end) = (axis.start(bucket), axis.start(bucket + 1));
            if uncovered.iter().any(|&(from, to)| end > from && start < to) {
                pen.glyph(x, y, Glyph::LaneGap, Role::LaneGap);
            } else if lane.span.is_some_and(|(first, last)| end > first && start <= last) {
                pen.text(x, y, 1, heights[1], Role::LaneZero);
            } else if lane.pending.is_some_and(|(from, to)| end > from && start < to) {
                pen.glyph(x, y, Glyph::LanePending, Role::LanePending);
            } else {
                pen.glyph(x, y, Glyph::LaneNoData, Role::LaneNoData);
            }
        } else {
            let role = if is_burst(count, errors, usual) { Role::OutcomeFailure } else { bar };
            pen.text(x, y, 1, heights[height(count, top, over.scale)], role);
        }
    }
    if lane.span.is_none() && lane.selected > 0 {
        pen.text(
            left + 1,
            y,
            width - 1,
            " without a time: at the end of the table ",
            Role::LaneNoData,
        );
    }
    pen.right(area.right() - 1, y, COUNT, &grouped(lane.selected as u64), Role::Muted);
    overlay(pen, left, y, axis, over);
}

fn sum(counts: &[usize]) -> usize {
    counts.iter().sum()
}

/// Whether far more failed than is usual for the lane: some failures are everywhere.
fn is_burst(count: usize, failed: usize, usual: f64) -> bool {
    let share = failed as f64 / count.max(1) as f64;
    failed > 0 && share >= 0.1 && share >= usual * 3.0
}

/// A height from 2 to 8 for a count above zero; 1 is what zero looks like.
fn height(count: usize, top: usize, scale: Scale) -> usize {
    let share = match scale {
        Scale::Linear => count as f64 / top.max(1) as f64,
        Scale::Log => (count as f64 + 1.0).ln() / (top as f64 + 1.0).ln(),
    };
    (2 + (share * 6.0).round() as usize).min(8)
}

fn overlay(pen: &mut Pen<'_>, left: u16, y: u16, axis: Axis, over: &Overlay<'_>) {
    if let Some((from, to)) = over.brush {
        let first = axis.bucket(from.max(axis.from.0)).unwrap_or(0) as u16;
        let last = axis.bucket(to).map_or(axis.buckets as u16, |bucket| bucket as u16 + 1);
        let width = last.saturating_sub(first);
        pen.paint(Rect { x: left + first, y, width, height: 1 }, Role::Brush);
    }
    if let Some(bucket) = over.cursor.and_then(|time| axis.bucket(time)) {
        pen.paint(Rect { x: left + bucket as u16, y, width: 1, height: 1 }, Role::AxisCursor);
    }
}

fn draw_axis(pen: &mut Pen<'_>, area: Rect, y: u16, axis: Axis, over: &Overlay<'_>) {
    let (left, width) = bars(area);
    let labels = ticks::draw(pen, Rect { x: left, y, width, height: 1 }, axis, ticks::ROOMY);
    // A label stays readable where a mark or the cursor falls on it: it takes its colour.
    let mut put = |bucket: usize, glyph: Glyph, role: Role| {
        let x = left + bucket as u16;
        if labels.iter().any(|label| label.contains(&x)) {
            pen.paint(Rect { x, y, width: 1, height: 1 }, role);
        } else {
            pen.glyph(x, y, glyph, role);
        }
    };
    for bucket in over.marks.iter().filter_map(|&time| axis.bucket(time)) {
        put(bucket, Glyph::Bookmark, Role::LaneMark);
    }
    if let Some(bucket) = over.cursor.and_then(|time| axis.bucket(time)) {
        put(bucket, Glyph::AxisCursor, Role::AxisCursor);
    }
    let scale = match over.scale {
        Scale::Log => "log",
        Scale::Linear => "lin",
    };
    let date = axis.from.to_rfc3339(0);
    pen.text(area.x + 1, y, NAME - 1, &date[..10], Role::Muted);
    pen.right(area.right() - 1, y, COUNT - 1, &format!("UTC {scale}"), Role::Muted);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_event_is_seen_and_the_most_fill_the_lane() {
        assert_eq!(height(1, 1_000_000, Scale::Linear), 2);
        assert!(height(1, 1_000_000, Scale::Log) >= 2);
        for scale in [Scale::Log, Scale::Linear] {
            assert_eq!(height(7, 7, scale), 8);
        }
    }
}
