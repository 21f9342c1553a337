//! What an incident comes to in few lines, for formats with little room: the brief, an `OpsItem`, a
//! case of AWS Security Incident Response.

use super::Tlp;
use super::left::{self, Untold};
use super::moment::told;
use super::room::{Sheet, cut, length};
use super::text::{NOT_STATED, joined, line, stated};
use super::timeline::message;
use super::{Alarm, Deadline, Incident, Note};
use crate::event::{Time, counted};
use std::cell::Cell;

/// How much of what is told, at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shares {
    pub(super) summary: usize,
    pub(super) note: usize,
    pub(super) values: usize,
    pub(super) exhibits: usize,
}

/// What is told, if there is room.
const TELLS: [&str; 32] = [
    "number",
    "title",
    "severity",
    "tlp",
    "status",
    "verdict",
    "reason",
    "times",
    "summary",
    "scope",
    "exhibits.time",
    "exhibits.message",
    "indicators.kind",
    "indicators.value",
    "alarms.rule.title",
    "alarms.rule.author",
    "alarms.rule.licence",
    "alarms.severity",
    "alarms.count",
    "alarms.verdict",
    "alarms.reason",
    "alarms.notes.text",
    "alarms.notes.who",
    "notes.text",
    "notes.who",
    "actions",
    "notification.deadlines",
    "workspace.name",
    "workspace.head",
    "as_of",
    "people.name",
    "people.role",
];

/// What is not told of this incident, however much room there is.
pub(super) fn untold(incident: &Incident) -> Untold {
    left::untold(incident, &TELLS)
}

/// Severity, sharing, status and verdict on one line.
pub(super) fn state(incident: &Incident) -> String {
    let or = |text: Option<&'static str>| text.unwrap_or(NOT_STATED);
    format!(
        "severity {}; {}; status {}; verdict {}",
        or(incident.severity.map(super::Severity::as_str)),
        incident.tlp.map_or("TLP not stated", Tlp::label),
        or(incident.status.map(super::Status::as_str)),
        or(incident.verdict.map(crate::event::Verdict::as_str)),
    )
}

pub(super) fn moment(at: Option<Time>) -> String {
    told(at).unwrap_or_else(|| NOT_STATED.to_owned())
}

/// Writes the incident on the sheet, what is needed first at the top.
pub(super) fn write(incident: &Incident, shares: Shares, sheet: &mut Sheet) {
    let teller = Teller { shares, cut: Cell::new(0) };
    teller.begin(incident, sheet);
    teller.deadlines(incident, sheet);
    teller.alarms(incident, sheet);
    let head = incident.workspace.head.as_deref();
    let objects = counted(incident.evidence.len() as u64, "object", "objects");
    let (name, as_of) = (incident.workspace.name.as_deref(), moment(incident.as_of));
    let evidence = format!(
        "Evidence: {objects}; head of the journal {}; workspace {}; as of {as_of}",
        stated(head),
        stated(name)
    );
    sheet.part(&evidence, 260, "where the work was done");
    people(incident, sheet);
    for (name, values) in incident.scope.all() {
        scope(name, values, shares.values, sheet);
    }
    teller.rest(incident, sheet);
    sheet.leave(teller.cut.get(), "text is told in part", "texts are told in part");
}

/// By when somebody is to be told.
fn due(it: &Deadline) -> String {
    let hours = it.hours.map(|hours| counted(hours, "hour", "hours"));
    match (told(it.due), hours) {
        (Some(due), Some(hours)) => format!("by {due}, {hours} after it was detected"),
        (Some(due), None) => format!("by {due}"),
        (None, Some(hours)) => {
            format!("within {hours} of its detection, the time of which is {NOT_STATED}")
        }
        (None, None) => format!("(by when is {NOT_STATED})"),
    }
}

fn people(incident: &Incident, sheet: &mut Sheet) {
    let people = incident.people.iter().map(|it| match &it.role {
        Some(role) => format!("{} ({})", line(&it.name), line(role)),
        None => line(&it.name),
    });
    let people: Vec<String> = people.collect();
    if !people.is_empty() {
        sheet.part(&format!("People: {}", people.join(", ")), 200, "the people");
    }
}

struct Teller {
    shares: Shares,
    /// Texts that were cut.
    cut: Cell<usize>,
}

impl Teller {
    fn short(&self, text: &str, most: usize) -> String {
        let (short, is_cut) = cut(text, most);
        self.cut.set(self.cut.get() + usize::from(is_cut));
        short
    }

    fn begin(&self, incident: &Incident, sheet: &mut Sheet) {
        sheet.part(&state(incident), 200, "the state");
        let times: Vec<String> = incident
            .times
            .all()
            .into_iter()
            .filter_map(|(name, at)| Some(format!("{name} {}", told(at)?)))
            .collect();
        let times = if times.is_empty() { NOT_STATED.to_owned() } else { times.join(", ") };
        sheet.part(&format!("Times (UTC): {times}"), 260, "the times");
        if incident.scrub.is_some() {
            sheet.line("Redacted: account numbers, names or addresses are tokens here.");
        }
        let summary = format!("Summary: {}", stated(incident.summary.as_deref()));
        sheet.part(&summary, self.shares.summary, "the summary");
        if let Some(reason) = &incident.reason {
            let reason = format!("Verdict because: {}", joined(reason));
            sheet.part(&reason, self.shares.note, "the reason");
        }
    }

    fn deadlines(&self, incident: &Incident, sheet: &mut Sheet) {
        let deadlines: Vec<_> = incident.notification.iter().flat_map(|it| &it.deadlines).collect();
        let lines = deadlines.iter().map(|it| {
            let done = told(it.done);
            let done = done.map_or_else(|| "not told yet".to_owned(), |at| format!("told {at}"));
            // When it is due and what became of it is never what is cut.
            let rest = format!(" {}: {done}", due(it));
            let whom = self.short(&line(&it.whom), 160usize.saturating_sub(length(&rest)).max(20));
            format!("Tell {whom}{rest}")
        });
        sheet.some(lines, usize::MAX, ("deadline", "deadlines"));
    }

    /// Alarms with the notes on each behind it; where there is no room for those, without them.
    fn alarms(&self, incident: &Incident, sheet: &mut Sheet) {
        let mut left = 0;
        let mut in_part = 0;
        for (nth, it) in incident.alarms.iter().enumerate() {
            let title = self.alarm(nth, it);
            if left > 0 {
                left += 1;
            } else if sheet.line(&format!("{title}{}", self.about(it))) {
            } else if sheet.line(&title) {
                in_part += 1;
            } else {
                left += 1;
            }
        }
        sheet.leave(left, "alarm", "alarms");
        sheet.leave(in_part, "alarm's notes", "alarms' notes");
    }

    fn alarm(&self, nth: usize, it: &Alarm) -> String {
        let title = self.short(&line(it.title()), 120);
        let verdict = it.verdict.map_or(NOT_STATED, crate::event::Verdict::as_str);
        let events = counted(it.count, "event", "events");
        let severity = it.severity.map_or(NOT_STATED, super::Severity::as_str);
        let rule = [&it.rule.author, &it.rule.licence];
        let rule: Vec<&str> = rule.into_iter().flatten().map(String::as_str).collect();
        let by =
            if rule.is_empty() { String::new() } else { format!("; rule by {}", rule.join(", ")) };
        let by = self.short(&line(&by), 80);
        format!(
            "Alarm A{}: {title} (severity {severity}, {events}, verdict {verdict}{by})",
            nth + 1
        )
    }

    /// Why it was judged so, and its notes, in lines.
    fn about(&self, it: &Alarm) -> String {
        let reason = it.reason.iter().map(|reason| format!("because {}", joined(reason)));
        let reason = reason.map(|text| self.short(&text, self.shares.note));
        let notes = it.notes.iter().map(|it| self.note("note", it));
        let lines: Vec<String> = reason.chain(notes).collect();
        if lines.is_empty() { String::new() } else { format!("\n  {}", lines.join("\n  ")) }
    }

    fn note(&self, name: &str, it: &Note) -> String {
        let who = it.who.as_ref().map_or_else(String::new, |who| format!(" ({})", line(who)));
        self.short(&format!("{name}{who}: {}", joined(&it.text)), self.shares.note)
    }

    fn rest(&self, incident: &Incident, sheet: &mut Sheet) {
        let most = self.shares.note;
        let notes = incident.notes.iter().map(|it| self.note("Note", it));
        sheet.some(notes, usize::MAX, ("note", "notes"));
        let actions = incident.actions.iter().map(|it| {
            let who = it.who.as_ref().map_or_else(String::new, |who| format!(" ({})", line(who)));
            self.short(&format!("Done {}{who}: {}", moment(it.at), joined(&it.what)), most)
        });
        sheet.some(actions, usize::MAX, ("action", "actions"));
        let exhibits = incident.exhibits.iter().enumerate().map(|(nth, it)| {
            let message = line(&message(it));
            self.short(&format!("E{} {} {message}", nth + 1, moment(it.time)), most)
        });
        sheet.some(exhibits, self.shares.exhibits, ("exhibit", "exhibits"));
        let indicators = incident.indicators.iter();
        let indicators = indicators
            .map(|it| self.short(&format!("Indicator, {}: {}", it.kind, line(&it.value)), most));
        sheet.some(indicators, self.shares.values, ("indicator", "indicators"));
    }
}

fn scope(name: &str, values: &[String], most: usize, sheet: &mut Sheet) {
    if values.is_empty() {
        return;
    }
    let told: Vec<String> = values.iter().take(most).map(|value| line(value)).collect();
    let rest = values.len() - told.len();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    let whole = format!("Scope, {name}: {}{more}", told.join(", "));
    sheet.part(&whole, 400, "the scope");
    sheet.leave(rest, "value of the scope", "values of the scope");
}
