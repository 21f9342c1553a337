//! What is proven about the evidence: trails over time, the hour under the cursor in full, and
//! everything that was found.

mod areas;
mod findings;
mod grid;
mod head;
mod hour;
mod leave;
mod sheet;
mod state;

use super::prompt::{Prompt, Purpose};
use super::{Step, View};
use crate::event::Timestamp;
use crate::event::moment::Near;
use crate::job::integrity::{Cell, Chart, Scale};
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Message, Tone};
use crate::ui::model::Model;
use crate::ui::mouse::{Gesture, Mouse};
use crate::ui::pen::Pen;
use crate::ui::widget::list::ListCursor;
use crate::verify::manifest::Found;
use areas::{Areas, above};
use findings::Entry;
use grid::Sight;
use ratatui::layout::Rect;
use sheet::Line;
use std::sync::Arc;

/// What has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Pane {
    #[default]
    Grid,
    Hour,
    Findings,
}

/// From this width on the hour and the findings stand beside each other.
const BESIDE: u16 = 140;

/// Columns that a page moves.
const PAGE: i64 = 24;

#[derive(Debug, Default)]
pub struct IntegrityView {
    chart: Option<Arc<Chart>>,
    /// Without a chart there may be something to list all the same.
    has_list: bool,
    pane: Pane,
    scale: Scale,
    row: usize,
    /// Within the cell under the cursor.
    at: i64,
    /// The cursor was put where it is by a person.
    moved: bool,
    hour: ListCursor,
    finding: ListCursor,
    /// The lower pane has the whole body.
    zoomed: bool,
}

impl IntegrityView {
    fn sight(&self, chart: &Chart) -> Sight {
        let row = self.row.min(chart.rows.len().saturating_sub(1));
        let columns = chart.columns(self.scale);
        let last = (columns.end - 1).max(columns.start);
        let column = chart.column(row, self.scale, self.at).clamp(columns.start, last);
        Sight { row, column, scale: self.scale, focused: self.pane == Pane::Grid }
    }

    fn cell(&self, chart: &Chart) -> (usize, Cell) {
        let sight = self.sight(chart);
        (sight.row, chart.cell(sight.row, sight.scale, sight.column))
    }

    fn go(&mut self, chart: &Chart, row: usize, column: i64) {
        let columns = chart.columns(self.scale);
        let column = column.clamp(columns.start, (columns.end - 1).max(columns.start));
        self.row = row.min(chart.rows.len().saturating_sub(1));
        self.at = chart.cell(self.row, self.scale, column).0;
        self.hour = ListCursor::default();
        self.moved = true;
    }

    /// Takes up a new report; the cursor stays with its scope and time.
    fn take(&mut self, model: &Model) {
        self.has_list = findings::count(&model.verified) > 0;
        let chart = model.verified.chart.as_ref();
        if self.chart.as_ref().map(Arc::as_ptr) == chart.map(Arc::as_ptr) {
            return;
        }
        let title = self.chart.as_ref().and_then(|old| Some(old.rows.get(self.row)?.title.clone()));
        self.chart = chart.cloned();
        let Some(chart) = &self.chart else { return };
        if self.moved {
            self.row =
                chart.rows.iter().position(|row| Some(&row.title) == title.as_ref()).unwrap_or(0);
        } else {
            (self.row, self.at) = chart.first;
        }
    }

    fn act_grid(&mut self, action: Action, chart: &Chart) -> bool {
        let Sight { row, column, .. } = self.sight(chart);
        let columns = chart.columns(self.scale);
        match action {
            Action::Left => self.go(chart, row, column - 1),
            Action::Right => self.go(chart, row, column + 1),
            Action::Up => self.go(chart, row.saturating_sub(1), column),
            Action::Down => self.go(chart, row + 1, column),
            Action::PageUp | Action::HalfPageUp => self.go(chart, row, column - PAGE),
            Action::PageDown | Action::HalfPageDown => self.go(chart, row, column + PAGE),
            Action::Top => self.go(chart, row, columns.start),
            Action::Bottom => self.go(chart, row, columns.end),
            _ => return false,
        }
        true
    }

    /// What a time that is typed here is completed from.
    fn near(&self, chart: &Chart) -> Near {
        let (row, cell) = self.cell(chart);
        let (from, to) = chart.rows.get(row).map_or(cell, |row| row.window);
        Near { here: Timestamp(cell.0), span: (Timestamp(from), Timestamp(to)) }
    }

    /// To the next place where something begins that should be looked at; row by row.
    fn jump(&mut self, action: Action, chart: &Chart, model: &mut Model) {
        let Sight { row, column, .. } = self.sight(chart);
        let here = (row, column);
        let (columns, scale) = (chart.columns(self.scale), self.scale);
        let last = (columns.end - 1).max(columns.start);
        let place =
            |row: usize, at: i64| (row, chart.column(row, scale, at).clamp(columns.start, last));
        let all = chart.rows.iter().enumerate().flat_map(|(row, known)| {
            let troubles = known.troubles.iter();
            troubles.map(move |at| (row, *at))
        });
        let all = all.map(|(row, at)| place(row, at));
        let found = if action == Action::NextError {
            all.filter(|place| *place > here).min()
        } else {
            all.filter(|place| *place < here).max()
        };
        match found {
            Some((row, column)) => self.go(chart, row, column),
            None => model.say(Tone::Info, "nothing further that should be looked at"),
        }
    }

    /// Goes to the hour that the finding under the cursor is about, or to the rows of the file that
    /// a manifest is about.
    fn open_finding(&mut self, chart: Option<&Chart>, model: &mut Model) -> Vec<Step> {
        let number = self.finding.within(findings::count(&model.verified));
        match (findings::entry(&model.verified, number), chart) {
            (Some(Entry::Finding(_)), Some(chart)) => self.go_to_finding(chart, number, model),
            (Some(Entry::Line(Found { object: Some(object), .. })), _) => {
                let object = object.clone();
                return leave::to_object(model, &object);
            }
            (Some(Entry::Line(_)), _) => {
                model.say(Tone::Info, "that file is not among the evidence");
            }
            _ => model.say(Tone::Info, "the lines below it lead to the files"),
        }
        Vec::new()
    }

    fn go_to_finding(&mut self, chart: &Chart, number: usize, model: &mut Model) {
        match chart.places.get(number).copied().flatten() {
            Some((row, from)) => {
                let row = row as usize;
                let column = chart.column(row, self.scale, from);
                self.go(chart, row, column);
                self.pane = Pane::Hour;
            }
            None => model.say(Tone::Info, "this is about no hour"),
        }
    }

    fn open(&mut self, chart: &Chart, model: &mut Model) -> Vec<Step> {
        if self.pane == Pane::Findings {
            return self.open_finding(Some(chart), model);
        }
        let (row, cell) = self.cell(chart);
        if self.pane == Pane::Hour {
            let lines = hour::lines(chart, row, cell);
            if let Some(object) =
                lines.get(self.hour.within(lines.len())).and_then(|l| l.object.clone())
            {
                return leave::to_object(model, &object);
            }
        }
        match chart.report.scopes.get(row) {
            Some(scope) => leave::to_time(model, scope, cell),
            None => Vec::new(),
        }
    }

    fn zoom(&mut self, action: Action, model: &Model, chart: &Chart) {
        let at = Scale::ALL.iter().position(|scale| *scale == self.scale).unwrap_or(0);
        self.scale = match action {
            Action::ZoomIn => Scale::ALL[at.saturating_sub(1)],
            Action::ZoomOut => Scale::ALL[(at + 1).min(Scale::ALL.len() - 1)],
            _ => {
                let room = i64::from(model.look.area.width) * 2 / 3;
                let fits = |scale: &Scale| {
                    let columns = chart.columns(*scale);
                    columns.end - columns.start <= room
                };
                Scale::ALL.into_iter().find(fits).unwrap_or(Scale::Days)
            }
        };
        self.hour = ListCursor::default();
    }

    fn act_chart(&mut self, action: Action, chart: &Chart, model: &mut Model) -> Option<Vec<Step>> {
        let moves = match self.pane {
            Pane::Grid => self.act_grid(action, chart),
            Pane::Findings => self.finding.act(action, findings::count(&model.verified)),
            Pane::Hour => {
                let (row, cell) = self.cell(chart);
                let lines = hour::lines(chart, row, cell).len();
                self.hour.act(action, lines) || self.act_grid(action, chart)
            }
        };
        match action {
            _ if moves => {}
            Action::NextError | Action::PreviousError => self.jump(action, chart, model),
            Action::ZoomIn | Action::ZoomOut | Action::ZoomFit => self.zoom(action, model, chart),
            Action::Open => return Some(self.open(chart, model)),
            Action::GoToTime => {
                let near = self.near(chart);
                return Some(vec![Step::Push(Box::new(Prompt::new(Purpose::GoToTimeIn(near))))]);
            }
            Action::NextPane | Action::PreviousPane => {
                self.pane = match (self.pane, action) {
                    (Pane::Grid, Action::NextPane) | (Pane::Findings, Action::PreviousPane) => {
                        Pane::Hour
                    }
                    (Pane::Hour, Action::NextPane) | (Pane::Grid, _) => Pane::Findings,
                    _ => Pane::Grid,
                };
                self.zoomed &= self.pane != Pane::Grid;
            }
            Action::ZoomPane => {
                self.zoomed = !self.zoomed;
                if self.pane == Pane::Grid {
                    self.pane = Pane::Hour;
                }
            }
            Action::Escape if self.zoomed => self.zoomed = false,
            Action::Escape if self.pane != Pane::Grid => self.pane = Pane::Grid,
            _ => return None,
        }
        Some(Vec::new())
    }

    /// Where there are manifests and no digests.
    fn act_list(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        if self.finding.act(action, findings::count(&model.verified)) {
            return Some(Vec::new());
        }
        (action == Action::Open).then(|| self.open_finding(None, model))
    }
}

fn save_report(model: &Model) -> Vec<Step> {
    let name = format!("integrity-{}.md", model.case.name);
    Prompt::proposing(Purpose::SaveReport, &name)
}

impl View for IntegrityView {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Integrity]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        match (&self.chart, self.pane) {
            (None, _) if self.has_list => &[
                (Action::Open, "rows of the file"),
                (Action::SaveReport, "save report"),
                (Action::VerifyAgain, "verify again"),
                (Action::ViewTimeline, "timeline"),
            ],
            (None, _) => &[
                (Action::AddPublicKeys, "public keys"),
                (Action::ViewSources, "sources"),
                (Action::ViewTimeline, "timeline"),
            ],
            (_, Pane::Grid) => &[
                (Action::NextError, "next problem"),
                (Action::Open, "its rows"),
                (Action::NextPane, "the hour"),
                (Action::ZoomOut, "longer"),
                (Action::ZoomIn, "shorter"),
                (Action::SaveReport, "save report"),
                (Action::AddPublicKeys, "public keys"),
                (Action::VerifyAgain, "verify again"),
            ],
            (_, Pane::Hour) => &[
                (Action::Open, "rows of the file or hour"),
                (Action::NextPane, "findings"),
                (Action::NextError, "next problem"),
                (Action::ZoomPane, "whole screen"),
                (Action::Escape, "grid"),
                (Action::SaveReport, "save report"),
            ],
            (_, Pane::Findings) => &[
                (Action::Open, "its hour or file"),
                (Action::NextPane, "grid"),
                (Action::ZoomPane, "whole screen"),
                (Action::Escape, "grid"),
                (Action::SaveReport, "save report"),
            ],
        }
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        match action {
            Action::AddPublicKeys if !model.can_write() => return Some(Vec::new()),
            Action::AddPublicKeys => {
                return Some(vec![Step::Push(Box::new(Prompt::new(Purpose::PublicKeys)))]);
            }
            Action::VerifyAgain => return Some(vec![Step::Effect(Effect::VerifyAgain)]),
            Action::SaveReport if model.verified.report.is_some() => {
                return Some(save_report(model));
            }
            _ => {}
        }
        match self.chart.clone() {
            Some(chart) => self.act_chart(action, &chart, model),
            None => self.act_list(action, model),
        }
    }

    fn go_to(&mut self, at: Timestamp, model: &mut Model) {
        let Some(chart) = self.chart.clone() else { return };
        let row = self.sight(&chart).row;
        let column = chart.column(row, self.scale, at.0);
        self.go(&chart, row, column);
        let beyond = !chart.columns(self.scale).contains(&column);
        let beyond = if beyond { "; nothing is known of that time" } else { "" };
        model.say(Tone::Info, format!("at {}{beyond}", at.to_rfc3339(0)));
    }

    fn point(&mut self, mouse: Mouse, model: &mut Model) -> Option<Vec<Step>> {
        let chart = self.chart.clone()?;
        if mouse.gesture != Gesture::Press {
            return None;
        }
        let body = model.frame().body;
        let areas = Areas::of(body, model, &chart);
        let found = grid::at(areas.grid, &chart, self.sight(&chart), (mouse.x, mouse.y));
        match found.filter(|_| !self.zoomed) {
            Some((row, column)) => {
                self.go(&chart, row, column);
                self.pane = Pane::Grid;
            }
            None if self.pane == Pane::Grid && mouse.is_over(areas.lower) => self.pane = Pane::Hour,
            None => {}
        }
        Some(Vec::new())
    }

    fn hear(&mut self, message: &Message, model: &mut Model) -> Vec<Step> {
        if let Message::Verified(_) = message {
            self.take(model);
        }
        Vec::new()
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        let Some(chart) = &self.chart else {
            return if self.has_list {
                self.draw_list(model, body, pen);
            } else {
                head::draw_nothing(model, body, pen);
            };
        };
        if self.zoomed {
            return self.draw_lower(model, chart, body, pen);
        }
        let (head, legend) = above(body, model, chart);
        let areas = Areas::new(body, (head.len(), chart.rows.len(), legend.len()));
        head::draw(&head, areas.head, pen);
        grid::draw(pen, areas.grid, chart, self.sight(chart));
        grid::draw_legend(pen, areas.legend, &legend);
        self.draw_lower(model, chart, areas.lower, pen);
    }
}

impl IntegrityView {
    /// What manifests say, and sources of what they had, where there are no digests.
    fn draw_list(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        let lines = head::without_digests(&model.verified);
        let height = (lines.len() as u16).min(body.height);
        head::draw(&lines, Rect { height, ..body }, pen);
        let below = Rect { y: body.y + height, height: body.height - height, ..body };
        self.draw_findings(model, below, pen);
    }

    /// The hour, the findings, or both.
    fn draw_lower(&self, model: &Model, chart: &Chart, area: Rect, pen: &mut Pen<'_>) {
        if area.height == 0 {
            return;
        }
        if area.width >= BESIDE && !self.zoomed {
            let width = area.width * 3 / 5;
            self.draw_hour(chart, Rect { width: width - 1, ..area }, pen);
            let beside = Rect { x: area.x + width, width: area.width - width, ..area };
            self.draw_findings(model, beside, pen);
        } else if self.pane == Pane::Findings {
            self.draw_findings(model, area, pen);
        } else {
            self.draw_hour(chart, area, pen);
        }
    }

    fn draw_hour(&self, chart: &Chart, area: Rect, pen: &mut Pen<'_>) {
        let (row, cell) = self.cell(chart);
        let focused = self.pane == Pane::Hour;
        let state = chart.state(row, cell).map_or("outside what is known", |state| state.words());
        let scope = chart.rows.get(row).map_or("", |row| row.title.as_str());
        pen.rule(area, &format!("{}: {state}; {scope}", hour::times(cell)), focused);
        let lines: Vec<Line> = hour::lines(chart, row, cell);
        let cursor = focused.then(|| self.hour.within(lines.len()));
        let inside = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        sheet::draw(pen, inside, &lines, cursor);
    }

    fn draw_findings(&self, model: &Model, area: Rect, pen: &mut Pen<'_>) {
        let focused = self.pane == Pane::Findings || self.chart.is_none();
        pen.rule(area, &findings::title(&model.verified), focused);
        let inside = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        findings::draw(pen, inside, &model.verified, (self.finding, focused));
    }
}
