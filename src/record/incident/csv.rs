//! The timeline as CSV that is safe to open in a spreadsheet, in the manner of `query --format
//! csv`: every cell quoted, formulas made text, and `_escaped` is 1 in rows that were altered.

use super::left::untold;
use super::text::csv;
use super::timeline::{About, Row, entities, rows};
use super::{Incident, Written, moment};
use crate::event::counted;

const COLUMNS: [&str; 43] = [
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
    "summary",
    "account",
    "region",
    "zone",
    "tags",
    "place",
    "exhibits",
    "last",
    "count",
    "state",
    "acknowledged",
    "closed",
    "fingerprint",
    "decided",
    "why",
    "entities",
    "note",
    "incident",
    "redacted",
    "owner",
    "into",
    "history",
];

type Cells = [String; COLUMNS.len()];

/// What rows of the timeline say.
const TELLS: [&str; 14] = [
    "number",
    "title",
    "severity",
    "status",
    "verdict",
    "reason",
    "summary",
    "workspace.id",
    "times",
    "exhibits",
    "alarms",
    "notes",
    "actions",
    "as_of",
];

pub(super) fn write(incident: &Incident) -> Written {
    let mut text = String::new();
    let mut head: Vec<String> = COLUMNS.iter().map(|name| format!("\"{name}\"")).collect();
    head.push("\"_escaped\"".to_owned());
    text.push_str(&head.join(","));
    text.push('\n');
    for row in rows(incident) {
        add(&cells(incident, &row), &mut text);
    }
    let raw = incident.exhibits.iter().filter(|exhibit| exhibit.raw.is_some()).count();
    let left =
        (raw > 0).then(|| format!("the bytes of {}", counted(raw as u64, "record", "records")));
    let mut left_out: Vec<String> = left.into_iter().collect();
    left_out.extend(untold(incident, &TELLS).each());
    add(&about(incident, &left_out), &mut text);
    Written { bytes: text.into_bytes(), left_out }
}

/// The last row: the incident itself, and what is left out, for which there is no other place.
fn about(incident: &Incident, left_out: &[String]) -> Cells {
    let left = left_out.join("; ");
    let heading = incident.heading();
    let message = format!("{heading}. Left out here: {left}; the JSON record has it");
    let word = |word: Option<&str>| word.map(str::to_owned);
    filled([
        ("time", moment::told(incident.as_of)),
        ("kind", word(Some("record"))),
        ("id", word(Some("R"))),
        ("message", Some(message)),
        ("severity", word(incident.severity.map(super::Severity::as_str))),
        ("verdict", word(incident.verdict.map(crate::event::Verdict::as_str))),
        ("reason", incident.reason.clone()),
        ("state", word(incident.status.map(super::Status::as_str))),
        ("summary", incident.summary.clone()),
        ("incident", Some(incident.uid())),
    ])
}

/// A row of these columns.
fn filled<const N: usize>(values: [(&str, Option<String>); N]) -> Cells {
    let mut cells: Cells = [const { String::new() }; COLUMNS.len()];
    for (name, text) in values {
        if let (Some(at), Some(text)) = (COLUMNS.iter().position(|it| *it == name), text) {
            cells[at] = text;
        }
    }
    cells
}

/// Adds a row.
fn add(cells: &[String], text: &mut String) {
    let mut escaped = false;
    for cell in cells {
        let (cell, altered) = csv(cell);
        escaped |= altered;
        text.push_str(&cell);
        text.push(',');
    }
    text.push_str(if escaped { "\"1\"\n" } else { "\"\"\n" });
}

fn cells(incident: &Incident, row: &Row<'_>) -> Cells {
    let mut cells: Cells = [const { String::new() }; COLUMNS.len()];
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
    set("exhibits", Some(numbers(row.exhibits)));
    set("note", row.number.map(|number| number.to_string()));
    set("incident", Some(incident.uid()));
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
            set("account", it.account.clone());
            set("region", it.region.clone());
            set("zone", it.zone.clone());
            set("tags", Some(it.tags.join("; ")));
            set("place", it.place());
            set("redacted", it.redacted.then(|| "yes".to_owned()));
        }
        About::Alarm(it) | About::Note(Some(it)) => {
            set("severity", it.severity.map(|severity| severity.to_string()));
            set("verdict", it.verdict.map(|verdict| verdict.to_string()));
            let disputed = it.disputed().map(|told| format!("open disagreement: {told}"));
            let reason = it.reason.clone().into_iter().chain(disputed).collect::<Vec<_>>();
            set("reason", Some(reason.join("; ")));
            set("source", Some(alarm_source(it)));
            set("last", moment::told(it.last));
            set("count", Some(it.findings.map_or_else(|| it.count.to_string(), |_| it.size())));
            set("owner", it.owner.clone());
            set("into", it.into.as_ref().map(super::StandIn::words));
            set("history", it.past());
            set("state", it.state.clone());
            set("acknowledged", moment::told(it.acknowledged));
            set("closed", moment::told(it.closed));
            set("fingerprint", Some(it.fingerprint.clone()));
            set("decided", moment::told(it.at));
            set("why", it.why.clone());
            set("entities", Some(entities(it)));
        }
        About::Note(None) | About::Action | About::Milestone => {}
    }
    cells
}

/// `E1; E2`.
fn numbers(exhibits: &[u64]) -> String {
    let numbers: Vec<String> = exhibits.iter().map(|number| format!("E{number}")).collect();
    numbers.join("; ")
}

/// The rule, with whom it is owed to.
fn alarm_source(alarm: &super::Alarm) -> String {
    let rule = &alarm.rule;
    let told = [&rule.id, &rule.version, &rule.author, &rule.licence];
    let told = told.into_iter().flatten().map(String::as_str);
    ["rule"].into_iter().chain(told).collect::<Vec<_>>().join(", ")
}
