//! What happened around an alarm: its own events, and what every source says then.

use super::{AROUND, Sheet, Target};
use crate::case::Ticket;
use crate::event::{Time, Timestamp, counted};
use crate::job::alarmed::site;
use crate::job::exhibit::summary;
use crate::job::queue::Line;
use crate::job::triage::SHARED;
use crate::store::{Cell, RowRef, Snapshot};
use crate::ui::model::Model;
use crate::ui::theme::Role;
use std::sync::Arc;

/// Rows around that are listed.
const ROWS: usize = 60;

impl Sheet {
    /// The alarm's events and what every source says around the first of them, in order of time.
    pub(super) fn events(&mut self, line: &Line, model: &Model) {
        let own = model.alarms.events(line);
        let raised = &model.alarms.raised;
        let (Some(first), Some(all)) = (own.first(), raised.events.as_ref()) else { return };
        let snapshot = &raised.snapshot;
        let time = |at: &RowRef| snapshot.segment(*at).time(usize::from(at.row));
        let minutes = AROUND[self.around];
        let mut rows: Vec<RowRef> = match time(first).filter(|_| minutes > 0) {
            Some(time) => {
                let reach = minutes * 60 * Timestamp::SECOND;
                let from = all.before_time(time.at.0.saturating_sub(reach));
                let to = all.before_time(time.at.0.saturating_add(reach).saturating_add(1));
                let here = all.before_time(time.at.0);
                // Half of what is listed lies before it, at most.
                let from = from.max(here.saturating_sub(ROWS / 2));
                all.window(from, to.saturating_sub(from).min(ROWS))
            }
            None => own.iter().copied().take(ROWS).collect(),
        };
        let place = line.raised.unwrap_or_default();
        let is_own = |at: &RowRef| {
            let origin = snapshot.segment(*at).origin(usize::from(at.row));
            raised.alarmed.raised(origin.object, site(&origin), place)
        };
        let shown = rows.iter().filter(|at| is_own(at)).count();
        if shown == 0 {
            rows.insert(0, *first);
        }
        let title = if minutes == 0 {
            "its events".to_owned()
        } else {
            let at = line.ticket.first.as_deref().unwrap_or_default();
            format!("{minutes} min around its first event, {at}")
        };
        self.say(title, Role::Header);
        let day: Option<String> =
            time(first).map(|time| time.to_rfc3339().chars().take(11).collect());
        for at in rows {
            let is_own = is_own(&at);
            let when = time(&at).map_or("no time".to_owned(), Time::to_rfc3339);
            let short = day.as_ref().and_then(|day| when.strip_prefix(day.as_str()));
            let when = short.unwrap_or(&when);
            let format = snapshot.segment(at).schema().id.to_string();
            let mark = if is_own { "*" } else { " " };
            let text = format!("{mark} {when} {format:<10} {}", summary(snapshot, at));
            let role = match is_own {
                true => Role::RowMark,
                false if is_about_the_same(snapshot, at, &line.ticket) => Role::Text,
                false => Role::Muted,
            };
            self.lead(text, role, Target::Row(Arc::clone(snapshot), at));
        }
        let more = own.len().saturating_sub(shown.max(1));
        if more > 0 {
            self.say(
                format!("  and {} of its own elsewhere", counted(more as u64, "event", "events")),
                Role::Muted,
            );
        }
    }
}

/// Whether a row names who or what the alarm is about.
fn is_about_the_same(snapshot: &Snapshot, at: RowRef, ticket: &Ticket) -> bool {
    let segment = snapshot.segment(at);
    SHARED.iter().any(|field| match segment.value(usize::from(at.row), field) {
        Cell::List(items) => items.into_iter().any(|item| ticket.is_about(field, item)),
        Cell::Absent => false,
        cell => ticket.is_about(field, &cell.to_string()),
    })
}
