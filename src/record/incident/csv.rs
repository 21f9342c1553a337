//! The timeline as CSV that is safe to open in a spreadsheet, in the manner of `query --format
//! csv`: every cell quoted, formulas made text, and `_escaped` is 1 in rows that were altered.

use super::text::csv;
use super::timeline::{About, Row, rows};
use super::{Incident, Written, moment};
use crate::event::counted;

const COLUMNS: [&str; 22] = [
    "time",
    "kind",
    "id",
    "message",
    "who",
    "severity",
    "verdict",
    "reason",
    "source",
    "format",
    "event",
    "principal",
    "address",
    "outcome",
    "resource",
    "standing",
    "object",
    "offset",
    "length",
    "record_sha256",
    "object_sha256",
    "notes",
];

pub(super) fn write(incident: &Incident) -> Written {
    let mut text = String::new();
    let mut head: Vec<String> = COLUMNS.iter().map(|name| format!("\"{name}\"")).collect();
    head.push("\"_escaped\"".to_owned());
    text.push_str(&head.join(","));
    text.push('\n');
    for row in rows(incident) {
        let mut escaped = false;
        for cell in cells(&row) {
            let (cell, altered) = csv(&cell);
            escaped |= altered;
            text.push_str(&cell);
            text.push(',');
        }
        text.push_str(if escaped { "\"1\"\n" } else { "\"\"\n" });
    }
    let raw = incident.exhibits.iter().filter(|exhibit| exhibit.raw.is_some()).count();
    let left =
        (raw > 0).then(|| format!("the bytes of {}", counted(raw as u64, "record", "records")));
    let rest = "all that has no time: scope, indicators, evidence, coverage, lessons".to_owned();
    Written { bytes: text.into_bytes(), left_out: left.into_iter().chain([rest]).collect() }
}

fn cells(row: &Row<'_>) -> [String; COLUMNS.len()] {
    let mut cells: [String; COLUMNS.len()] = Default::default();
    let mut set = |name: &str, text: Option<String>| {
        if let (Some(at), Some(text)) = (COLUMNS.iter().position(|it| *it == name), text) {
            cells[at] = text;
        }
    };
    set("time", moment::told(row.at));
    set("kind", Some(row.kind().to_owned()));
    set("id", Some(row.id.clone()));
    set("message", Some(row.message.clone()));
    set("who", row.who.map(str::to_owned));
    match row.about {
        About::Exhibit(it) => {
            set("source", it.source.clone());
            set("format", it.format.clone());
            set("event", it.event.clone());
            set("principal", it.principal.clone());
            set("address", it.address.clone());
            set("outcome", it.outcome.clone());
            set("resource", Some(it.resource.join("; ")));
            set("standing", it.standing.map(|standing| standing.to_string()));
            set("object", Some(it.path()));
            set("offset", Some(it.offset.to_string()));
            set("length", Some(it.length.to_string()));
            set("record_sha256", it.record_sha256.clone());
            set("object_sha256", it.sha256.clone());
            set("notes", Some(it.notes.join("\n")));
        }
        About::Alarm(it) | About::Note(Some(it)) => {
            set("severity", it.severity.map(|severity| severity.to_string()));
            set("verdict", it.verdict.map(|verdict| verdict.to_string()));
            set("reason", it.reason.clone());
            set("source", Some(alarm_source(it)));
        }
        About::Note(None) | About::Action | About::Milestone => {}
    }
    cells
}

/// The rule, with whom it is owed to.
fn alarm_source(alarm: &super::Alarm) -> String {
    let rule = &alarm.rule;
    let parts = [Some("rule"), rule.id.as_deref(), rule.author.as_deref(), rule.licence.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
