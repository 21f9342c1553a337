//! A time axis: ticks with as many labels as have room, at times that people say.

use crate::event::Timestamp;
use crate::job::Axis;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use ratatui::layout::Rect;
use std::ops::Range;

/// Columns from one label to the next where they only help to find one's way.
pub const ROOMY: u16 = 13;

/// The same where they are read.
pub const DENSE: u16 = 7;

/// Draws the axis into the area's first row, a column for each bucket. Gives the columns that the
/// labels take up.
pub fn draw(pen: &mut Pen<'_>, area: Rect, axis: Axis, room: u16) -> Vec<Range<u16>> {
    let (left, y, width) = (area.x, area.y, area.width);
    let step = Step::choose(axis, width, room);
    let mut time = step.first_at(axis.from.0);
    let mut end = left;
    let mut labels: Vec<Range<u16>> = Vec::new();
    while time < axis.to.0 {
        if let Some(bucket) = axis.bucket(time) {
            let x = left + bucket as u16;
            let label = step.label(time);
            if x >= end && x + (label.len() as u16) < left + width {
                pen.glyph(x, y, Glyph::Tick, Role::Axis);
                pen.text(x + 1, y, width, &label, Role::Axis);
                labels.push(x..x + label.len() as u16 + 1);
                end = x + label.len() as u16 + 2;
            }
        }
        match time.checked_add(step.0) {
            Some(next) => time = next,
            None => break,
        }
    }
    labels
}

/// Time between two labels of the axis, in nanoseconds.
struct Step(i64);

impl Step {
    const STEPS: [i64; 22] = {
        const S: i64 = Timestamp::SECOND;
        const M: i64 = Timestamp::MINUTE;
        const H: i64 = Timestamp::HOUR;
        const D: i64 = Timestamp::DAY;
        [
            S / 1000,
            S / 100,
            S / 10,
            S,
            5 * S,
            10 * S,
            30 * S,
            M,
            5 * M,
            10 * M,
            30 * M,
            H,
            2 * H,
            4 * H,
            6 * H,
            12 * H,
            D,
            7 * D,
            30 * D,
            90 * D,
            365 * D,
            3650 * D,
        ]
    };

    /// The smallest step whose labels have room.
    fn choose(axis: Axis, width: u16, room: u16) -> Self {
        let span = axis.to.0.saturating_sub(axis.from.0).max(1) as f64;
        let per_column = span / f64::from(width.max(1));
        let has_room = |step: i64| step as f64 / per_column >= f64::from(room);
        let step = Self::STEPS.into_iter().find(|&step| has_room(step));
        Self(step.unwrap_or(Self::STEPS[Self::STEPS.len() - 1]))
    }

    fn first_at(&self, from: i64) -> i64 {
        let rest = from.rem_euclid(self.0);
        if rest == 0 { from } else { from.saturating_add(self.0 - rest) }
    }

    fn label(&self, time: i64) -> String {
        let text = Timestamp(time).to_rfc3339(3);
        match self.0 {
            step if step < Timestamp::SECOND => text[11..23].to_owned(),
            step if step < Timestamp::MINUTE => text[11..19].to_owned(),
            // Midnight is told by its date.
            step if step < Timestamp::DAY && &text[11..16] != "00:00" => text[11..16].to_owned(),
            step if step < 365 * Timestamp::DAY => text[5..10].to_owned(),
            _ => text[..7].to_owned(),
        }
    }
}
