//! The queue: a line an alarm, what comes first at the top.

use super::{AlarmsView, Pane, named};
use crate::case::State;
use crate::detect::sigma::Level;
use crate::event::{counted, grouped};
use crate::job::queue::Line;
use crate::job::raising::Pass;
use crate::job::triage::about;
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use ratatui::layout::Rect;
use std::fmt::Write;

impl AlarmsView {
    pub(super) fn draw_queue(&self, model: &Model, area: Rect, pen: &mut Pen<'_>) {
        let listed = &self.listed;
        pen.rule(area, &self.title(model, listed.len()), self.pane == Pane::Queue);
        let rows = usize::from(area.height.saturating_sub(1)).max(1);
        let cursor = self.cursor.within(listed.len());
        let sight = self.cursor.sight(listed.len(), rows);
        let top = sight.start;
        for (row, place) in listed.iter().enumerate().take(sight.end).skip(top) {
            let Some(line) = model.alarms.queue.get(*place) else { continue };
            let y = area.y + 1 + (row - top) as u16;
            let is_picked = self.picked.contains(&line.ticket.fingerprint);
            draw_line(pen, Rect { y, height: 1, ..area }, line, (row == cursor, is_picked));
        }
        if listed.is_empty() {
            let text = why_empty(model);
            let room = area.width.saturating_sub(3);
            pen.text(area.x + 2, area.y + 1, room, &text, Role::Placeholder);
        }
    }

    /// How many there are, of how many, and what keeps the rest away.
    fn title(&self, model: &Model, listed: usize) -> String {
        let alarms = &model.alarms;
        let done = alarms.queue.iter().filter(|line| !line.is_open()).count();
        let sifted = alarms.sifted.iter().filter(|sifted| !**sifted).count();
        let mut title = if self.all {
            counted(listed as u64, "alarm, done ones too", "alarms, done ones too")
        } else {
            counted(listed as u64, "open alarm", "open alarms")
        };
        if !self.all && done > 0 {
            let _ = write!(title, ", {} done", grouped(done as u64));
        }
        if sifted > 0 {
            let _ = write!(title, ", {} not in the filter", grouped(sifted as u64));
        }
        if !self.picked.is_empty() {
            let _ = write!(title, ", {} selected", grouped(self.picked.len() as u64));
        }
        if alarms.raised.pass == Pass::Running {
            title.push_str(", asking the rules");
        }
        title
    }
}

/// Why no alarm is listed, and what to do about it.
fn why_empty(model: &Model) -> String {
    let contexts = [Context::Alarms, Context::Global];
    let hinted =
        |text: &str, hints: &[(Action, &str)]| model.look.keymap.hinted(text, &contexts, hints);
    let alarms = &model.alarms;
    let hidden = !alarms.sifted.is_empty() && alarms.sifted.iter().all(|sifted| !sifted);
    match alarms.raised.pass {
        Pass::Waiting => "the rules are asked when everything is loaded".to_owned(),
        Pass::Running if alarms.queue.is_empty() => "the rules are being asked".to_owned(),
        _ if hidden => {
            hinted("no alarm has an event in the filter", &[(Action::ClearFilter, "clears it")])
        }
        _ if alarms.queue.is_empty() => {
            let rules = counted(alarms.raised.rules as u64, "rule", "rules");
            format!("nothing was raised by {rules}; `trailcase alarms rules` says of each why")
        }
        _ => hinted("nothing is open", &[(Action::ShowDone, "shows what is done")]),
    }
}

fn draw_line(pen: &mut Pen<'_>, area: Rect, line: &Line, (is_cursor, is_picked): (bool, bool)) {
    let ticket = &line.ticket;
    if is_cursor {
        pen.glyph(area.x, area.y, Glyph::Cursor, Role::RowCursor);
    }
    if is_picked {
        pen.glyph(area.x + 1, area.y, Glyph::Selected, Role::RowSelected);
    }
    let text = match (is_cursor, line.is_open()) {
        (true, _) => Role::RowCursor,
        (false, true) => Role::Text,
        (false, false) => Role::Muted,
    };
    let (glyph, role) = severity(line.level());
    let mut x = area.x + 2;
    x += pen.text(x, area.y, 3, &format!("P{}", line.priority), text) + 1;
    pen.glyph(x, area.y, glyph, role);
    pen.text(x + 2, area.y, 6, short(line.level()), role);
    x += 9;
    let count = if ticket.count > 0 { ticket.count } else { ticket.found().unwrap_or(0) };
    pen.right(x + 4, area.y, 5, &times(count), Role::Muted);
    x += 5;
    let state = state_of(line);
    let right = area.right().saturating_sub(1);
    let used = pen.right(right, area.y, 19, &state, role_of(line.state)) + 1;
    let room = right.saturating_sub(used).saturating_sub(x);
    let title = if room >= 44 { room * 3 / 5 } else { room };
    pen.text(x, area.y, title, &ticket.title, text);
    if title < room {
        let who = who(ticket);
        pen.text(x + title + 1, area.y, room - title - 1, who, Role::Muted);
    }
}

/// Who or what it is about, in a word.
pub(super) fn who(ticket: &crate::case::Ticket) -> &str {
    about(ticket).map_or("", |(_, name)| named::short(name))
}

fn times(count: u64) -> String {
    // What a person raises has neither events nor findings.
    if count == 0 {
        String::new()
    } else if count > 999 {
        "\u{d7}999+".to_owned()
    } else {
        format!("\u{d7}{count}")
    }
}

fn state_of(line: &Line) -> String {
    match line.state {
        // Its product says so, and nobody here did.
        State::New if line.ticket.over.is_some() => "product: over".to_owned(),
        state if line.ticket.over.is_some() && line.is_open() && line.news == 0 => {
            format!("{}, over", state.as_str())
        }
        State::New => String::new(),
        State::Closed if line.news > 0 => format!("closed, +{}", line.news),
        state => state.as_str().to_owned(),
    }
}

pub(super) fn role_of(state: State) -> Role {
    match state {
        State::New | State::Investigating => Role::Text,
        State::Acked | State::Waiting => Role::StatusBusy,
        State::Escalated => Role::Warning,
        State::Merged | State::Snoozed | State::Suppressed | State::Closed => Role::Muted,
    }
}

/// How grave, as a mark and in a colour.
pub(super) fn severity(level: Level) -> (Glyph, Role) {
    match level {
        Level::Informational => (Glyph::Info, Role::SeverityInfo),
        Level::Low => (Glyph::Low, Role::SeverityLow),
        Level::Medium => (Glyph::Medium, Role::SeverityMedium),
        Level::High => (Glyph::High, Role::SeverityHigh),
        Level::Critical => (Glyph::Critical, Role::SeverityCritical),
    }
}

fn short(level: Level) -> &'static str {
    match level {
        Level::Informational => "info",
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
        Level::Critical => "crit",
    }
}
