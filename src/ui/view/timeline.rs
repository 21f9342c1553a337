//! The timeline: lanes over a shared axis, the merged table, and the record beside it.

mod axis;
mod context;
mod detail;
mod empty;
mod header;
mod jumps;
mod marks;
mod mouse;
mod origin;
mod peek;
mod pointed;

use super::picker::Picker;
use super::values::ValuesView;
use super::{Step, View, steps};
use crate::query::ast::Field;
use crate::store::{RowRef, Snapshot};
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::layout::Zoom;
use crate::ui::message::{Effect, Message, Tone};
use crate::ui::model::Model;
use crate::ui::mouse::Mouse;
use crate::ui::pen::Pen;
use crate::ui::view::prompt::{Prompt, Purpose};
use crate::ui::widget::lanes::{self};
use crate::ui::widget::table::{self, COLUMNS, Table, TableRow};
use detail::Detail;
use origin::OriginCard;
use ratatui::layout::Rect;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Pane {
    #[default]
    Table,
    Detail,
}

#[derive(Debug)]
pub struct Timeline {
    pane: Pane,
    /// Column under the cursor.
    column: usize,
    detail: Detail,
    /// Where a range began.
    range: Option<RowRef>,
    /// Column of the axis in which the mouse's button went down.
    pressed: Option<usize>,
}

/// Position of the event's column in the table: what people filter by first.
const EVENT_COLUMN: usize = 2;

impl Default for Timeline {
    fn default() -> Self {
        Self {
            pane: Pane::Table,
            column: EVENT_COLUMN,
            detail: Detail::default(),
            range: None,
            pressed: None,
        }
    }
}

/// Asks for the name of the page, if there is anything to prove with.
fn prove(model: &mut Model) -> Vec<Step> {
    if model.verified.report.is_none() {
        model.say(Tone::Info, "nothing was verified yet, so that nothing can be proven");
        return Vec::new();
    }
    Prompt::proposing(Purpose::SaveProof, "proof.md")
}

/// What the widths of the table's columns depend on.
fn shape(model: &Model, snapshot: &Snapshot) -> table::Shape {
    let standings = !model.verified.standings.is_empty();
    table::Shape { years: table::has_years(snapshot), standings }
}

impl View for Timeline {
    fn contexts(&self) -> &'static [Context] {
        match self.pane {
            Pane::Table => &[Context::Timeline],
            Pane::Detail => &[Context::Detail, Context::Timeline],
        }
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        match self.pane {
            Pane::Table => &[
                (Action::EditFilter, "filter"),
                (Action::IncludeValue, "only"),
                (Action::ExcludeValue, "not"),
                (Action::PickValue, "values"),
                (Action::Open, "detail"),
                (Action::AroundEvent, "around"),
                (Action::AddNote, "note"),
                (Action::Bookmark, "mark"),
                (Action::HistoryBack, "back"),
                (Action::NextError, "next error"),
                (Action::ZoomIn, "zoom"),
                (Action::Palette, "all actions"),
            ],
            Pane::Detail => &[
                (Action::Unfold, "unfold"),
                (Action::Fold, "fold"),
                (Action::IncludeValue, "only"),
                (Action::ExcludeValue, "not"),
                (Action::CopyValue, "copy"),
                (Action::ShowRaw, "raw"),
                (Action::ZoomPane, "whole screen"),
                (Action::Escape, "table"),
            ],
        }
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        if self.pane == Pane::Detail
            && let Some(steps) = self.act_detail(action, model)
        {
            return Some(steps);
        }
        self.act_move(action, model)
            .or_else(|| self.act_filter(action, model))
            .or_else(|| axis::act(action, model))
            .or_else(|| self.act_case(action, model))
            .or_else(|| self.act_copy(action, model))
    }

    fn point(&mut self, mouse: Mouse, model: &mut Model) -> Option<Vec<Step>> {
        Self::point(self, mouse, model)
    }

    fn hear(&mut self, message: &Message, model: &mut Model) -> Vec<Step> {
        if let Message::Record(_) | Message::Answer(_) = message {
            self.detail.refresh(model);
        }
        Vec::new()
    }

    fn draw(&self, model: &Model, _: Rect, pen: &mut Pen<'_>) {
        let panes = model.panes();
        let Some(answer) = &model.answer else { return };
        let marks = marks::mark_times(model);
        let uncovered = marks::uncovered(model);
        let brush = model.time.brush.zip(model.row_time()).map(|(a, b)| (a.min(b), a.max(b)));
        let over = lanes::Overlay {
            cursor: model.row_time(),
            brush,
            marks: &marks,
            uncovered: &uncovered,
            scale: model.time.scale,
        };
        lanes::draw(pen, panes.lanes, answer, &over);
        self.draw_table(model, pen, panes.table);
        if panes.detail.height > 0 {
            let beside = panes.detail.x > panes.table.x || model.zoom == Zoom::Detail;
            if beside || self.pane == Pane::Detail {
                self.detail.draw(model, panes.detail, self.pane == Pane::Detail, pen);
            } else {
                peek::draw(model, panes.detail, pen);
            }
        }
        if panes.context.width > 0 {
            context::draw(model, panes.context, pen);
        }
    }
}

impl Timeline {
    fn draw_table(&self, model: &Model, pen: &mut Pen<'_>, area: Rect) {
        let Some(answer) = &model.answer else { return };
        if area.height == 0 {
            return;
        }
        if answer.selection.is_empty() {
            empty::draw(model, pen, area);
            return;
        }
        let snapshot = answer.selection.snapshot();
        let window = answer.selection.window(model.cursor.top, model.page());
        let rows: Vec<TableRow> =
            window.into_iter().map(|at| marks::table_row(model, at)).collect();
        let cursor = rows.iter().position(|row| Some(row.at) == model.cursor.at);
        let formats: Vec<&str> = answer.lanes.iter().map(|lane| &*lane.lane.format).collect();
        let day = model.row().and_then(|(segment, row)| table::day(segment, row));
        let table = Table {
            shape: shape(model, snapshot),
            snapshot,
            rows: &rows,
            cursor,
            column: self.column,
            focused: self.pane == Pane::Table,
            dimmed: !model.is_current() || model.filter.error.is_some(),
            formats: &formats,
            day: day.as_deref(),
        };
        table.draw(pen, area);
    }

    fn act_detail(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        if action == Action::Escape {
            self.leave_detail(model);
            return Some(Vec::new());
        }
        let height = usize::from(model.panes().detail.height.saturating_sub(1)).max(1);
        let acted = self.detail.act(action, height);
        self.detail.refresh(model);
        acted.then(Vec::new)
    }

    fn leave_detail(&mut self, model: &mut Model) {
        if model.zoom == Zoom::Detail {
            model.zoom = Zoom::None;
        } else {
            self.pane = Pane::Table;
        }
        self.detail.refresh(model);
    }

    fn act_move(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        let page = model.page();
        let at = model.cursor.number;
        let number = match action {
            Action::Up => at.saturating_sub(1),
            Action::Down => at + 1,
            Action::PageUp => at.saturating_sub(page),
            Action::PageDown => at + page,
            Action::HalfPageUp => at.saturating_sub(page / 2),
            Action::HalfPageDown => at + page / 2,
            Action::Top => 0,
            Action::Bottom => return steps(model.go_to_newest()),
            Action::Follow => return steps(model.toggle_follow()),
            Action::Left => {
                self.column = self.column.saturating_sub(1);
                return Some(Vec::new());
            }
            Action::Right => {
                self.column = (self.column + 1).min(COLUMNS.len() - 1);
                return Some(Vec::new());
            }
            Action::NextError
            | Action::PreviousError
            | Action::NextWatched
            | Action::PreviousWatched => return steps(jumps::jump(action, model)),
            Action::NextMark | Action::PreviousMark => return steps(marks::jump(action, model)),
            Action::NextBucket | Action::PreviousBucket => {
                return steps(axis::jump_bucket(action, model));
            }
            Action::Open => {
                self.pane = Pane::Detail;
                if model.panes().detail.x == model.panes().table.x {
                    model.zoom = Zoom::Detail;
                }
                self.detail.refresh(model);
                return Some(Vec::new());
            }
            Action::NextPane | Action::PreviousPane => {
                self.pane = if self.pane == Pane::Table { Pane::Detail } else { Pane::Table };
                return Some(Vec::new());
            }
            Action::ZoomPane => {
                let whole = if self.pane == Pane::Detail { Zoom::Detail } else { Zoom::Table };
                model.zoom = if model.zoom == Zoom::None { whole } else { Zoom::None };
                model.scroll();
                self.detail.refresh(model);
                return Some(Vec::new());
            }
            Action::SaveProof => return Some(prove(model)),
            Action::ShowOrigin => {
                let card = OriginCard::new(model);
                return Some(card.map(|card| Step::Push(Box::new(card))).into_iter().collect());
            }
            _ => return None,
        };
        // Paging keeps the row's place on the screen.
        if matches!(action, Action::PageUp | Action::PageDown) {
            let offset = at.saturating_sub(model.cursor.top);
            model.cursor.top = number.saturating_sub(offset);
        }
        steps(model.go_to(number))
    }

    fn act_filter(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        match action {
            Action::IncludeValue if model.time.brush.is_some() => steps(axis::only_brushed(model)),
            Action::IncludeValue | Action::ExcludeValue => {
                let Some(pointed) = self.pointed(model) else {
                    model.say(Tone::Info, "there is no value under the cursor");
                    return Some(Vec::new());
                };
                let term = pointed.term();
                let term = if action == Action::ExcludeValue { format!("-{term}") } else { term };
                steps(model.add_term(&term))
            }
            Action::ToggleTerm => match model.filter.query.terms.len() {
                0 => {
                    model.say(Tone::Info, "the filter has no terms");
                    Some(Vec::new())
                }
                1 => steps(model.toggle_term(0)),
                _ => Some(vec![Step::Push(Box::new(Picker::terms(model)))]),
            },
            Action::HistoryBack | Action::HistoryForward => steps(walk(action, model)),
            Action::PickValue if self.field(model) == "time" => self.act(Action::CountBy, model),
            Action::PickValue => {
                let field = self.field(model);
                if matches!(model.filter.names.resolve(&field), Some(Field::Path(_)) | None) {
                    let text = format!("{field} is no column; trailcase query --by {field} counts");
                    model.say(Tone::Info, text);
                    return Some(Vec::new());
                }
                let (view, effects) = ValuesView::new(&field, model);
                let mut wanted = vec![Step::Push(Box::new(view))];
                wanted.extend(effects.into_iter().map(Step::Effect));
                Some(wanted)
            }
            Action::CountBy => Some(vec![Step::Push(Box::new(Picker::fields(model)))]),
            Action::AroundEvent => steps(axis::around(model, axis::AROUND)),
            Action::WidenAround | Action::NarrowAround => steps(axis::rearound(action, model)),
            Action::Escape => escape(model),
            _ => None,
        }
    }

    fn act_copy(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        let (what, text) = match action {
            Action::CopyValue => ("the value", self.pointed(model)?.value.into_bytes()),
            Action::CopyPath => ("the field's name", self.pointed(model)?.field.into_bytes()),
            Action::CopyRow => {
                let record = model.record.as_ref().filter(|r| Some(r.at) == model.cursor.at)?;
                match &record.raw {
                    Ok(raw) if record.is_head() => ("the head of the record", raw.to_vec()),
                    Ok(raw) => ("the record", raw.to_vec()),
                    Err(problem) => {
                        model.say(Tone::Error, problem.clone());
                        return Some(Vec::new());
                    }
                }
            }
            _ => return None,
        };
        // What is pasted elsewhere must be as harmless as what is shown, and no byte is merged
        // with another.
        let text = crate::shown::show(&text, crate::shown::Mode::DETAIL).as_str().to_owned();
        Some(vec![Step::Effect(Effect::Copy { what, text })])
    }
}

/// One thing closer to the plain table; nothing if there is nothing left to give up.
fn escape(model: &mut Model) -> Option<Vec<Step>> {
    if !model.cursor.picked.is_empty() {
        model.cursor.picked.clear();
    } else if model.time.brush.is_some() {
        model.time.brush = None;
    } else if model.zoom != Zoom::None {
        model.zoom = Zoom::None;
    } else if model.trail.depth() > 0 {
        return steps(walk(Action::HistoryBack, model));
    } else {
        return None;
    }
    Some(Vec::new())
}

/// Back or forward through the filters and places.
fn walk(action: Action, model: &mut Model) -> Vec<Effect> {
    let here = model.here();
    let (step, end) = match action {
        Action::HistoryBack => (model.trail.back(here), "this is where the way began"),
        _ => (model.trail.forward(here), "there is nothing ahead"),
    };
    match step {
        Some(step) => model.restore(&step),
        None => {
            model.say(Tone::Info, end);
            Vec::new()
        }
    }
}
