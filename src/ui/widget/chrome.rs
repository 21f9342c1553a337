//! The lines that are the same in every view: tabs, filter, hints, status.

use crate::event::noun;
use crate::job::Report;
use crate::job::scribe::Saved;
use crate::query::Query;
use crate::ui::action::Action;
use crate::ui::app::tone_role;
use crate::ui::keymap::{Context, Key};
use crate::ui::model::{Follow, Model};
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use crate::ui::view::Base;
use ratatui::layout::Rect;
use std::time::Duration;

pub use super::lanes::grouped;
pub use crate::event::size;

const TABS: [(Base, &str); 5] = [
    (Base::Timeline, "1 Timeline"),
    (Base::Alarms, "2 Alarms"),
    (Base::Integrity, "3 Integrity"),
    (Base::Case, "4 Case"),
    (Base::Sources, "5 Sources"),
];

/// On a screen narrower than this, the views that are not shown have only their digits.
const NAMED: u16 = 72;

/// The case's name, the views, and whether the work is safe.
pub fn tabs(pen: &mut Pen<'_>, area: Rect, model: &Model, base: Base) {
    pen.paint(area, Role::Tab);
    let y = area.y;
    let mut x = area.x + 1;
    x += pen.text(x, y, (area.width / 3).max(8), &model.case.name, Role::Title) + 2;
    for (tab, name) in TABS {
        let active = tab == base;
        let open = if tab == Base::Alarms { model.alarms.open() } else { 0 };
        let counted = format!("{name} {}", grouped(open as u64));
        let name = if open > 0 && area.width >= NAMED { &counted } else { name };
        let (text, role) = if active {
            (format!("[{name}]"), Role::TabActive)
        } else {
            let name = if area.width < NAMED { &name[..1] } else { name };
            (format!(" {name} "), Role::Tab)
        };
        x += pen.text(x, y, area.right().saturating_sub(x), &text, role) + 1;
    }
    let (saved, role) = match &model.case.desk.saved {
        Saved::Yes if model.case.is_waiting() => ("saving".to_owned(), Role::StatusSaving),
        Saved::Yes => ("saved".to_owned(), Role::StatusSaved),
        Saved::Saving => ("saving".to_owned(), Role::StatusSaving),
        Saved::No { entries, .. } => (format!("{entries} NOT SAVED"), Role::StatusUnsaved),
        Saved::ReadOnly(_) => ("read-only".to_owned(), Role::StatusUnsaved),
    };
    let used = pen.right(area.right() - 1, y, 20, &saved, role);
    let load = model.load.filter(|load| !load.over).map(|load| loading(&load));
    if let Some(text) = load {
        let right = area.right().saturating_sub(used + 3);
        pen.right(right, y, right.saturating_sub(x), &text, Role::StatusBusy);
    }
}

/// `62% 312 MB/s 28 s left`, of the bytes as stored.
pub fn loading(load: &Report) -> String {
    let rate = format!("{}/s", size(load.rate as u64));
    if load.listing && load.listed_bytes == 0 {
        return format!(
            "loading {} {}  {rate}",
            grouped(load.done_objects),
            noun(load.done_objects, "object", "objects")
        );
    }
    if load.streams {
        return format!("loading, {} so far", size(load.inflated));
    }
    let percent = load.done_bytes * 100 / load.listed_bytes.max(1);
    let more = if load.listing { " of what is listed so far" } else { "" };
    let left = load.left.map_or(String::new(), |left| format!("  {} left", duration(left)));
    format!("loading {percent}%{more}  {rate}{left}")
}

fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{}:{:02} min", seconds / 60, seconds % 60)
    }
}

/// The filter and how many rows it leaves, or why nobody knows.
pub fn query(pen: &mut Pen<'_>, area: Rect, model: &Model) {
    let (counted, room, role) = match model.answer.as_ref().and_then(|it| it.problem.as_ref()) {
        Some(problem) => (unanswered(problem), area.width * 3 / 4, Role::Error),
        None => (counted(model), area.width / 2, Role::Muted),
    };
    let used = pen.right(area.right() - 1, area.y, room, &counted, role);
    let width = area.width.saturating_sub(used + 6);
    let x = area.x + 1;
    let used = pen.text(x, area.y, 2, "/ ", Role::Query);
    if model.filter.query.text.trim().is_empty() {
        let key = model.look.keymap.hint(Action::EditFilter, &[Context::Timeline, Context::Global]);
        let hint = key.map_or(String::new(), |key| format!("; type {key} to filter"));
        pen.text(x + used, area.y, width, &format!("every event{hint}"), Role::Placeholder);
    } else {
        terms(pen, Rect { x: x + used, width, ..area }, &model.filter.query);
    }
}

/// The filter's text, with the terms that are switched off apart.
fn terms(pen: &mut Pen<'_>, area: Rect, query: &Query) {
    let mut x = area.x;
    let mut at = 0;
    let right = area.right();
    for term in &query.terms {
        let span = term.node.span.clone();
        let (Some(before), Some(text)) =
            (query.text.get(at..span.start), query.text.get(span.clone()))
        else {
            continue;
        };
        x += pen.text(x, area.y, right.saturating_sub(x), before, Role::Query);
        let role = if term.enabled { Role::Query } else { Role::QueryOff };
        x += pen.text(x, area.y, right.saturating_sub(x), text, role);
        at = span.end;
    }
    if let Some(rest) = query.text.get(at..) {
        pen.text(x, area.y, right.saturating_sub(x), rest, Role::Query);
    }
}

/// `no answer: the list @bad.txt: no such file`; what to do about it stands in the table.
fn unanswered(problem: &str) -> String {
    let why = problem.split_once("; ").map_or(problem, |(why, _)| why);
    format!("no answer: {why}")
}

/// `1,204 of 2,900 events`; `at least` while loading or reading.
fn counted(model: &Model) -> String {
    let Some(answer) = &model.answer else { return String::new() };
    let loading = model.load.is_some_and(|load| !load.over);
    let at_least = if loading || !answer.is_complete() { "\u{2265}" } else { "" };
    let at_least = if pen_is_ascii(model) && !at_least.is_empty() { ">=" } else { at_least };
    let selected = grouped(answer.selection.len() as u64);
    let visible = answer.selection.snapshot().visible() as u64;
    // There may be more than are seen.
    let one = if at_least.is_empty() { "event" } else { "events" };
    let (all, events) = (grouped(visible), noun(visible, one, "events"));
    let mut text = format!("{at_least}{selected} of {at_least}{all} {events}");
    if let Some(reading) = answer.reading.filter(|reading| !reading.over) {
        let (bytes, of_bytes) = (size(reading.bytes), size(reading.of_bytes));
        text = if reading.stopped {
            format!("{text}; stopped after {bytes}")
        } else {
            format!("{text}; read {bytes} of {of_bytes}")
        };
    }
    if answer.unread > 0 {
        let unread = answer.unread as u64;
        let records = noun(unread, "record", "records");
        text = format!("{text}; {} {records} could not be read", grouped(unread));
    }
    if !model.is_current() {
        text = format!("{text} (before)");
    }
    text
}

fn pen_is_ascii(model: &Model) -> bool {
    model.look.theme.glyphs() == crate::ui::terminal::Glyphs::Ascii
}

/// A caret under the place that is wrong, and what is wrong with it.
pub fn advice(pen: &mut Pen<'_>, query: Rect, area: Rect, model: &Model) {
    let Some(error) = &model.filter.error else { return };
    if area.height == 0 {
        return;
    }
    let column = error.span.start.min(usize::from(query.width.saturating_sub(5))) as u16;
    let carets = error.span.len().clamp(1, 20);
    let x = query.x + 3 + column;
    pen.text(x, area.y, area.right().saturating_sub(x), &"^".repeat(carets), Role::QueryError);
    let mut text = error.message.clone();
    if let Some(word) = &error.suggestion {
        text = format!("{text}; did you mean {word}?");
    }
    let y = if area.height > 1 { area.y + 1 } else { area.y };
    pen.text(query.x + 3, y, area.width - 4, &text, Role::QueryError);
}

/// Keys that work here, from the live keymap.
pub fn hints(
    pen: &mut Pen<'_>,
    area: Rect,
    model: &Model,
    hints: &[(Action, &str)],
    contexts: &[Context],
) {
    let mut x = area.x + 1;
    let one = |pen: &mut Pen<'_>, x: u16, right: u16, action: Action, text: &str| {
        let Some(key) = model.look.keymap.hint(action, contexts) else { return 0 };
        let width = (key.len() + 1 + text.len()) as u16;
        if x + width + 2 > right {
            return 0;
        }
        let used = pen.text(x, area.y, width, &key, Role::HintKey);
        pen.text(x + used + 1, area.y, width, text, Role::HintText);
        width + 2
    };
    // The way to all keys stays visible however narrow the screen is.
    let help_room = 8;
    let is_idle = model.load.is_some_and(|load| load.over)
        && model.answer.as_ref().is_some_and(|answer| answer.is_complete());
    // Where nothing is running there is nothing to stop.
    let of_use = hints.iter().filter(|(action, _)| *action != Action::CancelJob || !is_idle);
    for &(action, text) in of_use {
        x += one(pen, x, area.right().saturating_sub(help_room), action, text);
    }
    one(pen, x, area.right() + 2, Action::Help, "keys");
}

/// What a begun chord can become.
pub fn continuations(
    pen: &mut Pen<'_>,
    body: Rect,
    area: Rect,
    chord: &[Key],
    next: &[(Key, Option<Action>)],
) {
    let rows = (next.len() as u16).min(body.height / 2).max(1);
    let list = Rect { y: area.y - rows, height: rows, ..body };
    pen.clear(list);
    for (row, (key, action)) in next.iter().take(usize::from(rows)).enumerate() {
        let y = list.y + row as u16;
        let used = pen.text(list.x + 3, y, 12, &key.to_string(), Role::HintKey);
        let help = action.map_or("more", Action::help);
        pen.text(list.x + 4 + used.max(8), y, list.width - 16, help, Role::HintText);
    }
    let begun = format!("{} ...", Key::chord_text(chord));
    pen.text(area.x + 1, area.y, area.width - 2, &begun, Role::HintKey);
}

/// Whether what comes is followed, or how much came since.
fn following(model: &Model) -> Option<(String, Role)> {
    match (model.follow, model.newer()) {
        (Follow::Newest, _) => Some(("following".to_owned(), Role::StatusBusy)),
        (_, Some(newer)) => {
            let down = if pen_is_ascii(model) { "v" } else { "\u{25bc}" };
            Some((format!("{down} {} newer", grouped(newer as u64)), Role::StatusBusy))
        }
        _ => None,
    }
}

/// Position, and the newest message.
pub fn status(pen: &mut Pen<'_>, area: Rect, model: &Model, base: Base) {
    let mut right = area.right().saturating_sub(1);
    let total = model.answer.as_ref().map_or(0, |answer| answer.selection.len());
    if total > 0 && base == Base::Timeline {
        let number = grouped(model.cursor.number as u64 + 1);
        let text = format!("row {number} of {}", grouped(total as u64));
        right -= pen.right(right, area.y, area.width / 2, &text, Role::Status) + 2;
        if let Some((text, role)) = following(model) {
            right -= pen.right(right, area.y, 24, &text, role) + 2;
        }
    }
    let picked = model.cursor.picked.len();
    if picked > 0 {
        let text = format!("{picked} selected");
        right -= pen.right(right, area.y, 20, &text, Role::RowSelected) + 2;
    }
    let problems = model.problems.len();
    if problems > 0 {
        let key = model.look.keymap.hint(Action::Problems, &[Context::Global]);
        let hint = key.map_or(String::new(), |key| format!(" ({key})"));
        let text = format!("problems: {problems}{hint}");
        right -= pen.right(right, area.y, 20, &text, Role::Warning) + 2;
    }
    let x = area.x + 1;
    let width = right.saturating_sub(x);
    if let Some(notice) = &model.notice {
        pen.named(x, area.y, width, &notice.text, tone_role(notice.tone));
        return;
    }
    if let Saved::No { problem, .. } = &model.case.desk.saved {
        let text = format!("NOT SAVED: {problem}; it is tried again every 2 s");
        pen.text(x, area.y, width, &text, Role::Error);
        return;
    }
    if let Some(held) = model.load.and_then(|load| load.transfer.held) {
        pen.text(x, area.y, width, &held.to_string(), Role::Warning);
        return;
    }
    let mut said: Vec<String> =
        in_view(model).filter(|_| base == Base::Timeline).into_iter().collect();
    let depth = model.trail.depth();
    if depth > 0 {
        said.push(format!("{depth} back"));
    }
    if !said.is_empty() {
        let separator = pen.theme.glyph(Glyph::Separator).to_owned();
        let text = said.join(&format!(" {separator} "));
        pen.text(x, area.y, width, &format!("{separator} {text}"), Role::Muted);
    }
}

/// What the next key answers.
pub fn question(pen: &mut Pen<'_>, area: Rect, text: &str) {
    pen.named(area.x + 1, area.y, area.width.saturating_sub(2), text, Role::Error);
}

/// How much of the table the zoomed axis shows: the table keeps every row.
fn in_view(model: &Model) -> Option<String> {
    let (from, to) = model.time.window?;
    let selection = &model.answer.as_ref()?.selection;
    let shown = selection.before_time(to.0).saturating_sub(selection.before_time(from.0));
    let all = selection.len();
    if shown == all {
        return None;
    }
    let text = format!("{} of {} rows on the axis", grouped(shown as u64), grouped(all as u64));
    let contexts = [Context::Timeline, Context::Global];
    let hints = [(Action::IncludeWindow, "keeps only them"), (Action::ZoomFit, "shows all")];
    Some(model.look.keymap.hinted(&text, &contexts, &hints))
}

/// A screen without room for the views: it says so, and leaving still works.
pub fn too_small(pen: &mut Pen<'_>, area: Rect, quit: &str) {
    let (width, height) = crate::ui::layout::SMALLEST;
    let text = format!("{width}x{height} needed, now {}x{}", area.width, area.height);
    let y = area.y + area.height / 2;
    pen.text(area.x, y, area.width, &text, Role::Warning);
    pen.text(area.x, y + 1, area.width, quit, Role::Muted);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_percent_of_what_nobody_knows() {
        let start = std::time::Instant::now();
        let known = crate::job::Progress::default().report(start);
        let load = Report { listing: false, listed_bytes: 8, done_bytes: 2, inflated: 58, ..known };
        assert_eq!(loading(&load), "loading 25%  0 B/s");
        assert_eq!(loading(&Report { streams: true, ..load }), "loading, 58 B so far");
    }
}
