//! Where the parts of the view stand.

use super::sheet::Line;
use super::{grid, head};
use crate::job::integrity::{Chart, State};
use crate::ui::model::Model;
use ratatui::layout::Rect;

/// The lines above the grid, and what its glyphs mean.
pub(super) fn above(body: Rect, model: &Model, chart: &Chart) -> (Vec<Line>, Vec<Vec<State>>) {
    (head::lines(model, chart), grid::legend(chart, body.width.saturating_sub(2)))
}

/// Rows of the lower pane that are always there, with its title.
const LOWER: u16 = 4;

/// What gives way to the lower pane, and to how few rows: the legend, since the hour's title says
/// the same in words; then counts, but never the verdict; then scopes, which scroll; and on a body
/// that has no room at all, the rest. By their places from the top.
const YIELDING: [(usize, u16); 5] = [(2, 1), (0, 2), (1, 4), (2, 0), (1, 3)];

/// Where things stand.
pub(super) struct Areas {
    pub(super) head: Rect,
    pub(super) grid: Rect,
    pub(super) legend: Rect,
    pub(super) lower: Rect,
}

impl Areas {
    pub(super) fn of(body: Rect, model: &Model, chart: &Chart) -> Self {
        let (head, legend) = above(body, model, chart);
        Self::new(body, (head.len(), chart.rows.len(), legend.len()))
    }

    /// Of as many lines above the grid, scopes, and lines of the legend.
    pub(super) fn new(body: Rect, (head, scopes, legend): (usize, usize, usize)) -> Self {
        let lines = |wanted: usize, most: u16| u16::try_from(wanted).unwrap_or(most).min(most);
        // A title, the scopes, the axis.
        let most = (body.height / 3).max(3);
        let grid = lines(scopes, most) + 2;
        let mut heights = [lines(head, 5), grid, lines(legend, 3)];
        let mut over = (heights.iter().sum::<u16>() + LOWER).saturating_sub(body.height);
        for (part, least) in YIELDING {
            let given = heights[part].saturating_sub(least).min(over);
            heights[part] -= given;
            over -= given;
        }
        let mut y = body.y;
        let mut next = |height: u16| {
            let area = Rect { y, height: height.min(body.bottom() - y), ..body };
            y = area.bottom();
            area
        };
        let [head, grid, legend] = heights.map(&mut next);
        Self { head, grid, legend, lower: next(body.height) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_stand_below_each_other_and_the_lower_pane_has_room(
            height in 0u16..80, head in 0usize..9, scopes in 0usize..90, legend in 0usize..9,
        ) {
            let body = Rect { x: 0, y: 2, width: 60, height };
            let areas = Areas::new(body, (head, scopes, legend));
            let mut y = body.y;
            for area in [areas.head, areas.grid, areas.legend, areas.lower] {
                prop_assert_eq!(area.y, y);
                y = area.bottom();
            }
            prop_assert_eq!(y, body.bottom());
            if height >= SMALLEST {
                prop_assert!(areas.lower.height >= LOWER, "{}", areas.lower.height);
                prop_assert!(areas.grid.height >= 2 + scopes.min(1) as u16 && areas.head.height >= head.min(2) as u16);
            }
        }
    }

    /// The body of the smallest screen.
    const SMALLEST: u16 = crate::ui::layout::SMALLEST.1 - 4;
}
