//! The curves of a rate, drawn: a row of bars each over the same time, with what its height means.

use crate::detect::detectors::{Curves, highest};
use crate::event::{Timestamp, grouped};
use crate::ui::pen::Pen;
use crate::ui::theme::{BARS_ASCII, Role};

/// Columns of a row's name, and of its scale.
const NAME: usize = 8;
const SCALE: usize = 15;

/// A row of the picture.
#[derive(Debug, Clone)]
pub(super) enum Row {
    Bars {
        name: &'static str,
        values: Vec<f64>,
        /// What the lowest bar and the highest one are.
        scale: (f64, f64),
        role: Role,
    },
    /// Where the picture begins and ends, and the value that stands out.
    Axis { times: [String; 3], peak: usize, values: usize },
}

/// The rows of these curves. The averages have one scale, so that they can be compared; the signal
/// may lie below 0.
pub(super) fn rows(curves: &Curves) -> Vec<Row> {
    let top = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    let both = top(&curves.fast).max(top(&curves.slow));
    let roles = [Role::LaneBar, Role::source(0), Role::source(1), Role::source(2)];
    let mut rows: Vec<Row> = curves
        .each()
        .into_iter()
        .zip(roles)
        .map(|((name, values), role)| {
            let least = values.iter().copied().fold(0.0, f64::min);
            let scale = match name {
                "fast" | "slow" => (0.0, both),
                _ => (least, top(values)),
            };
            Row::Bars { name, values: values.to_vec(), scale, role }
        })
        .collect();
    let clock = |at: Timestamp| at.to_rfc3339(0).chars().skip(11).take(5).collect();
    let times = [0, curves.peak, curves.rate.len()].map(|place| clock(curves.time(place)));
    rows.push(Row::Axis { times, peak: curves.peak, values: curves.rate.len() });
    rows
}

impl Row {
    pub(super) fn draw(&self, pen: &mut Pen<'_>, (x, y, width): (u16, u16, u16), cursor: bool) {
        let here = |role| if cursor { Role::RowCursor } else { role };
        let room = usize::from(width).saturating_sub(NAME + SCALE);
        let left = x + NAME as u16;
        match self {
            Self::Bars { name, values, scale, role } => {
                pen.text(x, y, NAME as u16, name, here(Role::Text));
                let heights = *pen.theme.bars();
                let values = highest(values, room);
                for (at, value) in values.iter().enumerate() {
                    pen.text(left + at as u16, y, 1, heights[height(*value, *scale)], here(*role));
                }
                let text = format!("{} to {}", number(scale.0), number(scale.1));
                let from = left + values.len() as u16 + 1;
                pen.text(from, y, SCALE as u16 - 1, &text, here(Role::Muted));
            }
            Self::Axis { times, peak, values } => {
                let text = axis(times, *peak, (*values, room.min(*values)));
                pen.text(left, y, width.saturating_sub(NAME as u16), &text, here(Role::Muted));
            }
        }
    }
}

/// The lowest bar is one too: that nothing was asked for is known.
fn height(value: f64, (from, to): (f64, f64)) -> usize {
    let most = BARS_ASCII.len() - 1;
    if to <= from {
        return 1;
    }
    let share = ((value - from) / (to - from)).clamp(0.0, 1.0);
    // The highest bar is of the highest value alone.
    1 + (share * (most - 1) as f64) as usize
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 && value >= 0.0 { grouped(value as u64) } else { format!("{value:.1}") }
}

/// Times below the first and the last column, and a mark below the one that stands out, which
/// comes before them.
fn axis([start, at, end]: &[String; 3], peak: usize, (values, columns): (usize, usize)) -> String {
    let mut line = vec![' '; columns];
    let mut put = |from: usize, text: &str| {
        let free = line.get(from.saturating_sub(1)..from + text.len());
        if free.is_some_and(|free| free.iter().all(|c| *c == ' ')) {
            line[from..from + text.len()].copy_from_slice(&text.chars().collect::<Vec<_>>());
        }
    };
    // The column whose part of the values has it in it.
    let column = |at: usize| ((at + 1) * columns).div_ceil(values.max(1)).saturating_sub(1);
    let column = column(peak).min(columns.saturating_sub(1));
    let mark = if column + 1 + at.len() <= columns {
        (column, format!("^{at}"))
    } else if column >= at.len() {
        (column - at.len(), format!("{at}^"))
    } else {
        (column, "^".to_owned())
    };
    put(mark.0, &mark.1);
    put(0, start);
    put(columns.saturating_sub(end.len()), end);
    line.into_iter().collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_below_the_bar_that_has_the_value() {
        let times = ["10:00", "11:30", "12:00"].map(str::to_owned);
        for values in [7, 40, 61, 181] {
            for columns in [7, 23, 40].map(|room| room.min(values)) {
                for peak in 0..values {
                    let mut all = vec![0.0; values];
                    all[peak] = 1.0;
                    let is_it = |bar: &f64| *bar > 0.0;
                    let bar = highest(&all, columns).iter().position(is_it).unwrap();
                    let line = axis(&times, peak, (values, columns));
                    assert_eq!(line.find('^'), Some(bar), "{peak} of {values}: {line:?}");
                }
            }
        }
    }

    #[test]
    fn times_that_have_no_room_are_left_out() {
        let times = ["10:00", "11:30", "12:00"].map(str::to_owned);
        assert_eq!(axis(&times, 20, (40, 40)), "10:00               ^11:30         12:00");
        assert_eq!(axis(&times, 38, (40, 40)), "10:00                            11:30^");
        assert_eq!(axis(&times, 2, (40, 40)), "  ^11:30                           12:00");
        assert_eq!(axis(&times, 0, (0, 0)), "");
    }

    #[test]
    fn heights_are_shares_of_the_scale() {
        assert_eq!([0.0, 1.0, 7.9, 8.0].map(|value| height(value, (0.0, 8.0))), [1, 1, 7, 8]);
        assert_eq!(height(0.0, (-2.0, 2.0)), 4);
        assert_eq!(height(0.0, (0.0, 0.0)), 1);
        assert_eq!([number(1234.0), number(0.25), number(-0.5)], ["1,234", "0.2", "-0.5"]);
    }
}
