//! The time axis: zooming, brushing, the next column with events, and what is around an event.

use crate::event::Timestamp;
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Tone};
use crate::ui::model::{Model, Seek};
use crate::ui::view::{Step, steps};
use crate::ui::widget::lanes::Scale;

/// Minutes on each side when an event's surroundings are first shown.
pub(super) const AROUND: i64 = 5;

pub(super) fn act(action: Action, model: &mut Model) -> Option<Vec<Step>> {
    let window = match action {
        Action::ZoomIn => {
            let window = zoomed_in(model)?;
            model.time.before.push(model.time.window);
            model.time.brush = None;
            Some(window)
        }
        Action::ZoomOut => match model.time.before.pop() {
            Some(window) => window,
            None => zoomed_out(model),
        },
        Action::ZoomFit => {
            model.time.before.clear();
            None
        }
        Action::IncludeWindow => return steps(only_window(model)),
        Action::BrushStart => {
            model.time.brush = match model.time.brush {
                None => model.row_time(),
                Some(_) => return act(Action::ZoomIn, model),
            };
            if model.time.brush.is_some() {
                say_brushed(model, "move to the other end");
            }
            return Some(Vec::new());
        }
        Action::BrushClear => {
            model.time.brush = None;
            return Some(Vec::new());
        }
        Action::CycleScale => {
            model.time.scale = match model.time.scale {
                Scale::Log => Scale::Linear,
                Scale::Linear => Scale::Log,
            };
            return Some(Vec::new());
        }
        _ => return None,
    };
    model.time.window = window;
    Some(vec![Step::Effect(model.ask())])
}

/// Says so, and what can be done with a window that is brushed.
pub(super) fn say_brushed(model: &mut Model, text: &str) {
    let hints = [(Action::BrushStart, "zooms"), (Action::IncludeValue, "keeps only these events")];
    say_hinted(model, text, &hints);
}

/// Says so, and which of the timeline's keys are of use now.
fn say_hinted(model: &mut Model, text: &str, hints: &[(Action, &str)]) {
    let text = model.look.keymap.hinted(text, &[Context::Timeline, Context::Global], hints);
    model.say(Tone::Info, text);
}

/// To the next column of the axis in which something is selected.
pub(super) fn jump_bucket(action: Action, model: &mut Model) -> Vec<Effect> {
    let Some(answer) = model.answer.clone() else { return Vec::new() };
    let axis = answer.axis;
    let here = model.row_time().and_then(|time| axis.bucket(time)).unwrap_or(0);
    let filled = |bucket: &usize| {
        answer.lanes.iter().any(|lane| lane.lane.rows.get(*bucket).is_some_and(|&n| n > 0))
    };
    let found = match action {
        Action::NextBucket => (here + 1..axis.buckets).find(filled),
        _ => (0..here).rev().find(filled),
    };
    match found {
        Some(bucket) => model.go_to(answer.selection.before_time(axis.start(bucket))),
        None => {
            let hints = [(Action::ZoomFit, "shows all of it")];
            say_hinted(model, "nothing further on the axis", &hints);
            Vec::new()
        }
    }
}

/// Shows every source's events some minutes around the event, in place of the filter.
pub(super) fn around(model: &mut Model, minutes: i64) -> Vec<Effect> {
    let (Some(at), Some(time)) = (model.cursor.at, model.row_time()) else {
        model.say(Tone::Info, "the event has no time");
        return Vec::new();
    };
    let span = minutes.saturating_mul(Timestamp::MINUTE);
    let text = |time: i64| Timestamp(time).to_rfc3339(0);
    let (from, to) = (time.saturating_sub(span), time.saturating_add(span + Timestamp::SECOND));
    let filter = format!("time:{}..{}", text(from), text(to));
    model.set_filter(&filter);
    model.time.around = Some((at, minutes));
    model.time.window = Some((Timestamp(from), Timestamp(to)));
    model.cursor.seek = Some((0, Seek::Row(at)));
    let effects = vec![model.ask()];
    let hints = [(Action::WidenAround, "shows more"), (Action::NarrowAround, "less")];
    say_hinted(model, &format!("{minutes} min around the event, every source"), &hints);
    effects
}

/// Looks twice as far around the event, or half as far.
pub(super) fn rearound(action: Action, model: &mut Model) -> Vec<Effect> {
    let Some((at, minutes)) = model.time.around else {
        let hints = [(Action::AroundEvent, "asks for it")];
        say_hinted(model, "what is around an event is not shown", &hints);
        return Vec::new();
    };
    let minutes = match action {
        Action::WidenAround => (minutes * 2).min(1 << 20),
        _ => (minutes / 2).max(1),
    };
    model.cursor.at = Some(at);
    around(model, minutes)
}

/// Keeps only the events of the brushed time.
pub(super) fn only_brushed(model: &mut Model) -> Vec<Effect> {
    let Some((a, b)) = model.time.brush.take().zip(model.row_time()) else { return Vec::new() };
    let text = |time: i64| Timestamp(time).to_rfc3339(0);
    // Whole seconds, the last one included.
    let end = a.max(b).saturating_add(Timestamp::SECOND);
    model.add_term(&format!("time:{}..{}", text(a.min(b)), text(end)))
}

/// Keeps only the events of the time that the axis is zoomed to.
fn only_window(model: &mut Model) -> Vec<Effect> {
    let Some((from, to)) = model.time.window else {
        let hints = [(Action::ZoomIn, "shortens it")];
        say_hinted(model, "the axis shows all the time there is", &hints);
        return Vec::new();
    };
    model.add_term(&format!("time:{}..{}", exact(from), exact(to)))
}

/// The time with as many digits as it needs.
fn exact(time: Timestamp) -> String {
    let digits = [(0, Timestamp::SECOND), (3, Timestamp::SECOND / 1000)];
    let enough = digits.into_iter().find(|(_, unit)| time.0 % unit == 0);
    time.to_rfc3339(enough.map_or(9, |(digits, _)| digits))
}

/// A window with ends that can be said in few digits.
fn rounded(from: i64, to: i64) -> (Timestamp, Timestamp) {
    let long = to.saturating_sub(from) >= 10 * Timestamp::SECOND;
    let unit = if long { Timestamp::SECOND } else { Timestamp::SECOND / 1000 };
    let up = to.checked_add(unit - 1).map_or(to, |to| to - to.rem_euclid(unit));
    (Timestamp(from.saturating_sub(from.rem_euclid(unit))), Timestamp(up))
}

/// A quarter of the axis around the cursor, or what is brushed.
fn zoomed_in(model: &Model) -> Option<(Timestamp, Timestamp)> {
    let shown = model.answer.as_ref()?.axis;
    // A second key may come before the answer to the first.
    let (from, to) = model.time.window.unwrap_or((shown.from, shown.to));
    if let (Some(a), Some(b)) = (model.time.brush, model.row_time()) {
        let to = a.max(b).saturating_add(Timestamp::SECOND);
        return Some(rounded(a.min(b), to));
    }
    let middle = model.row_time().unwrap_or_else(|| from.0.midpoint(to.0));
    let eighth = (to.0.saturating_sub(from.0) / 8).max(500_000);
    Some(rounded(middle.saturating_sub(eighth), middle.saturating_add(eighth)))
}

/// Twice the axis; `None`, which is everything, if that is more than there is.
fn zoomed_out(model: &Model) -> Option<(Timestamp, Timestamp)> {
    let (from, to) = model.time.window?;
    let half = to.0.saturating_sub(from.0) / 2;
    let wider = (from.0.saturating_sub(half), to.0.saturating_add(half));
    let (first, last) = model.snapshot()?.span()?;
    (wider.0 > first || wider.1 < last).then_some((Timestamp(wider.0), Timestamp(wider.1)))
}
