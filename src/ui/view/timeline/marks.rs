//! What the analyst does to rows: selecting them, bookmarks, tags, and going from mark to mark.

use super::Timeline;
use crate::job::Watched;
use crate::job::scribe::{MAX_ROWS, Order, Rows};
use crate::store::RowRef;
use crate::ui::action::Action;
use crate::ui::message::{Effect, Tone};
use crate::ui::model::Model;
use crate::ui::view::prompt::{Prompt, Purpose};
use crate::ui::view::{Base, Step, steps};
use crate::ui::widget::table::{RowMark, TableRow};
use crate::verify::Cover;
use std::sync::Arc;

impl Timeline {
    pub(super) fn act_case(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        match action {
            Action::Bookmark | Action::Tag if !model.can_mark() => Some(Vec::new()),
            Action::Bookmark => {
                let snapshot = Arc::clone(model.snapshot()?);
                let rows = model.subjects();
                let marked = |at: &RowRef| model.marks(&snapshot, *at).is_some_and(|m| m.bookmark);
                let on = !rows.iter().all(marked);
                let rows = Rows { snapshot, rows };
                Some(vec![Step::Effect(Effect::Order(Order::Bookmark { rows, on }))])
            }
            Action::Tag => Some(vec![Step::Push(Box::new(Prompt::new(Purpose::Tag)))]),
            Action::WatchList => Some(vec![Step::Push(Box::new(Prompt::new(Purpose::WatchList)))]),
            Action::SelectRow => {
                let at = model.cursor.at?;
                match model.cursor.picked.iter().position(|&row| row == at) {
                    Some(index) => {
                        model.cursor.picked.remove(index);
                    }
                    None if model.cursor.picked.len() >= MAX_ROWS => {
                        say_full(model);
                        return Some(Vec::new());
                    }
                    None => model.cursor.picked.push(at),
                }
                self.range = Some(at);
                steps(model.go_to(model.cursor.number + 1))
            }
            Action::SelectRange => {
                self.select_range(model);
                Some(Vec::new())
            }
            Action::ClearSelection => {
                model.cursor.picked.clear();
                Some(Vec::new())
            }
            Action::ViewCase => Some(vec![Step::Show(Base::Case)]),
            _ => None,
        }
    }

    fn select_range(&mut self, model: &mut Model) {
        let Some(answer) = model.answer.clone() else { return };
        let Some(from) = self.range.map(|at| model.now(at)) else {
            model.say(Tone::Info, "first select the row where the range begins");
            return;
        };
        let selection = &answer.selection;
        let (a, b) = (selection.rank(from), model.cursor.number);
        let (low, high) = (a.min(b), a.max(b));
        let count = high - low + 1;
        let mut rows = selection.window(low, count.min(MAX_ROWS));
        rows.retain(|at| !model.cursor.picked.contains(at));
        let room = MAX_ROWS.saturating_sub(model.cursor.picked.len());
        if count > MAX_ROWS || rows.len() > room {
            say_full(model);
        }
        model.cursor.picked.extend(rows.into_iter().take(room));
    }
}

fn say_full(model: &mut Model) {
    model.say(Tone::Warning, format!("only {MAX_ROWS} rows are selected at a time"));
}

/// A row with what is known of it besides its columns.
pub(super) fn table_row(model: &Model, at: RowRef) -> TableRow {
    let marked = model.snapshot().and_then(|snapshot| model.marks(snapshot, at));
    let is_watched = |watched: &Watched| watched.selection.contains(at);
    let watched = model.answer.as_ref().and_then(|answer| answer.watched.as_ref());
    let mark = match marked {
        Some(marked) if !marked.notes.is_empty() || !marked.tags.is_empty() => Some(RowMark::Noted),
        Some(marked) if marked.bookmark => Some(RowMark::Bookmarked),
        _ if watched.is_some_and(is_watched) => Some(RowMark::Watched),
        _ => is_alarmed(model, at).then_some(RowMark::Alarmed),
    };
    let selected = model.cursor.picked.contains(&at);
    TableRow { at, mark, selected, standing: model.standing(at) }
}

/// Whether a rule holds for the row, or it is a finding.
fn is_alarmed(model: &Model, at: RowRef) -> bool {
    let alarmed = &model.alarms.raised.alarmed;
    let segment = model.snapshot().map(|snapshot| snapshot.segment(at));
    segment.is_some_and(|segment| {
        let origin = segment.origin(usize::from(at.row));
        alarmed.has(&origin)
    })
}

/// Times of the marked records that have one.
pub(super) fn mark_times(model: &Model) -> Vec<i64> {
    let marked = model.case.state().work().marked();
    marked.filter_map(|marked| model.case.time_of(&marked.exhibit)).map(|time| time.at.0).collect()
}

/// Time that no proven digest covers.
pub(super) fn uncovered(model: &Model) -> Vec<(i64, i64)> {
    let spans = model.verified.report.iter().flat_map(|report| &report.coverage);
    let open = spans.filter(|span| {
        matches!(span.cover, Cover::Hole | Cover::Gap | Cover::Tail | Cover::Unverifiable)
    });
    open.map(|span| (span.from.0, span.to.0)).collect()
}

/// To the next marked record, or the one before.
pub(super) fn jump(action: Action, model: &mut Model) -> Vec<Effect> {
    let mut times = mark_times(model);
    times.sort_unstable();
    let here = model.row_time().unwrap_or(i64::MIN);
    let next = match action {
        Action::NextMark => times.iter().find(|&&time| time > here),
        _ => times.iter().rev().find(|&&time| time < here),
    };
    match (next, model.answer.clone()) {
        (Some(&time), Some(answer)) => model.go_to(answer.selection.before_time(time)),
        _ => {
            model.say(Tone::Info, "no further marked event");
            Vec::new()
        }
    }
}
