//! Everything of an incident that has a time, as rows in the order of time: what the exhibits say,
//! what rules found, and what people did and noted.

use super::{Alarm, Exhibit, Incident, Note};
use crate::event::Time;

/// What a row is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum About<'a> {
    Exhibit(&'a Exhibit),
    Alarm(&'a Alarm),
    /// A note on an alarm, or on the incident.
    Note(Option<&'a Alarm>),
    Action,
    Milestone,
}

/// A row of the timeline.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    pub(super) at: Option<Time>,
    /// `E1`, `A1`: the same in every file of a record.
    pub(super) id: String,
    pub(super) about: About<'a>,
    /// One line, or a note's text, as it is.
    pub(super) message: String,
    pub(super) who: Option<&'a str>,
    /// Numbers of exhibits that it speaks of.
    pub(super) exhibits: &'a [u64],
    /// A note's number in the workspace.
    pub(super) number: Option<u64>,
}

impl<'a> Row<'a> {
    const fn new(id: String, about: About<'a>) -> Self {
        Self { at: None, id, about, message: String::new(), who: None, exhibits: &[], number: None }
    }

    /// What kind of row it is, in a word.
    pub(super) const fn kind(&self) -> &'static str {
        match self.about {
            About::Exhibit(_) => "exhibit",
            About::Alarm(_) => "alarm",
            About::Note(..) => "note",
            About::Action => "action",
            About::Milestone => "milestone",
        }
    }
}

/// All rows; those without a time stand at the end.
pub(super) fn rows(incident: &Incident) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for (name, at) in incident.times.all().into_iter().filter(|(_, at)| at.is_some()) {
        let (id, message) = (format!("T-{name}"), format!("Incident {name}"));
        rows.push(Row { at, message, ..Row::new(id, About::Milestone) });
    }
    for (nth, exhibit) in incident.exhibits.iter().enumerate() {
        let row = Row::new(format!("E{}", nth + 1), About::Exhibit(exhibit));
        let (message, who) = (message(exhibit), exhibit.principal.as_deref());
        rows.push(Row { at: exhibit.time, message, who, ..row });
    }
    for (nth, alarm) in incident.alarms.iter().enumerate() {
        let id = format!("A{}", nth + 1);
        for (note_nth, note) in alarm.notes.iter().enumerate() {
            rows.push(row(format!("{id}-N{}", note_nth + 1), note, Some(alarm)));
        }
        let message = alarm.title().to_owned();
        let who = alarm.who.as_deref();
        let (at, exhibits) = (alarm.first, &alarm.exhibits[..]);
        rows.push(Row { at, message, who, exhibits, ..Row::new(id, About::Alarm(alarm)) });
    }
    for (nth, note) in incident.notes.iter().enumerate() {
        rows.push(row(format!("N{}", nth + 1), note, None));
    }
    for (nth, action) in incident.actions.iter().enumerate() {
        let (id, message) = (format!("D{}", nth + 1), action.what.clone());
        let who = action.who.as_deref();
        rows.push(Row { at: action.at, message, who, ..Row::new(id, About::Action) });
    }
    rows.sort_by_key(|row| (row.at.is_none(), row.at.map(|at| at.at)));
    rows
}

fn row<'a>(id: String, note: &'a Note, alarm: Option<&'a Alarm>) -> Row<'a> {
    let who = note.who.as_deref();
    let (exhibits, number, message) = (&note.exhibits[..], note.number, note.text.clone());
    Row { at: note.at, message, who, exhibits, number, ..Row::new(id, About::Note(alarm)) }
}

/// What an exhibit says in one line: its own words, or what is known of it.
pub(super) fn message(exhibit: &Exhibit) -> String {
    if let Some(message) = &exhibit.message {
        return message.clone();
    }
    let fields = [&exhibit.event, &exhibit.principal, &exhibit.address, &exhibit.outcome];
    let known: Vec<&str> = fields.into_iter().flatten().map(String::as_str).collect();
    if known.is_empty() {
        return format!("record of {}", exhibit.path());
    }
    known.join(", ")
}

/// `principal: A, B; src.ip: C`.
pub(super) fn entities(alarm: &Alarm) -> String {
    let each =
        alarm.entities.iter().map(|(field, values)| format!("{field}: {}", values.join(", ")));
    each.collect::<Vec<_>>().join("; ")
}
