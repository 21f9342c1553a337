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
        let mut y = body.y;
        let mut next = |wanted: usize, most: u16| {
            let height = (wanted as u16).min(most).min(body.bottom() - y);
            let area = Rect { y, height, ..body };
            y += height;
            area
        };
        let head = next(head, 5);
        // A title, the scopes, the axis.
        let most = (body.height / 3).max(3);
        let grid = next(scopes.min(usize::from(most)) + 2, most + 2);
        let legend = next(legend, 3);
        let lower = next(usize::from(body.height), body.height);
        Self { head, grid, legend, lower }
    }
}
