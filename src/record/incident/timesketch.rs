//! The timeline for Timesketch: one JSON object a line, with `message`, `datetime` and
//! `timestamp_desc`, which its importer demands, and `timestamp` in microseconds beside them, since
//! some importers cut `datetime` to seconds. Rows without a time would be dropped there with only a
//! line in its log; here they are left out, counted and said.

use super::left::untold;
use super::text::json_line;
use super::timeline::{About, Row, entities, rows};
use super::{Alarm, Exhibit, Incident, Written, moment};
use crate::event::{Time, counted};
use serde_json::{Map, Value, json};

/// What rows of the timeline say.
const TELLS: [&str; 15] = [
    "number",
    "title",
    "severity",
    "tlp",
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
    let mut untimed = 0;
    for row in rows(incident) {
        match row.at {
            Some(at) => text.push_str(&json_line(&line(incident, &row, at))),
            None => untimed += 1,
        }
    }
    let mut left_out = Vec::new();
    if untimed > 0 {
        let rows = counted(untimed, "row", "rows");
        left_out.push(format!("{rows} without a time"));
    }
    let raw = incident.exhibits.iter().filter(|exhibit| exhibit.raw.is_some()).count();
    if raw > 0 {
        left_out.push(format!("the bytes of {}", counted(raw as u64, "record", "records")));
    }
    left_out.extend(untold(incident, &TELLS).each());
    match incident.as_of.or(incident.began()) {
        Some(at) => text.push_str(&json_line(&about(incident, &left_out, at))),
        None => left_out.push("the row about the incident itself: no time is stated".to_owned()),
    }
    Written { bytes: text.into_bytes(), left_out }
}

/// The last row: the incident itself, and what is left out, for which there is no other place.
fn about(incident: &Incident, left_out: &[String], at: Time) -> Value {
    let (heading, left) = (incident.heading(), left_out.join("; "));
    let said = format!("{heading}. Left out here: {left}; the JSON record has it");
    json!({
        "message": said,
        "datetime": datetime(at),
        "timestamp": moment::micros(at),
        "timestamp_desc": "Record Made",
        "data_type": "trailcase:record",
        "incident": incident.uid(),
        "severity": incident.severity,
        "tlp": incident.tlp.map(super::Tlp::label),
        "state": incident.status,
        "verdict": incident.verdict,
        "reason": incident.reason,
        "summary": incident.summary,
    })
}

fn line(incident: &Incident, row: &Row<'_>, at: Time) -> Value {
    let desc = match row.about {
        About::Exhibit(_) => "Event Time",
        About::Alarm(_) => "First Event of Alarm",
        About::Note(..) => "Note Written",
        About::Action => "Action Taken",
        About::Milestone => "Incident Milestone",
    };
    // An empty message is none for the importer.
    let message = if row.message.trim().is_empty() { "(no text)" } else { &row.message };
    let mut line = Map::new();
    line.insert("message".to_owned(), json!(message));
    line.insert("datetime".to_owned(), json!(datetime(at)));
    line.insert("timestamp".to_owned(), json!(moment::micros(at)));
    line.insert("timestamp_desc".to_owned(), json!(desc));
    let mut set = |name: &str, value: Value| {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            line.insert(name.to_owned(), value);
        }
    };
    set("data_type", json!(format!("trailcase:{}", row.kind())));
    set("incident", json!(incident.uid()));
    set("row_id", json!(row.id));
    set("who", json!(row.who));
    let exhibits = row.exhibits.iter().map(|number| format!("E{number}"));
    set("exhibits", json!(exhibits.collect::<Vec<_>>()));
    set("note", json!(row.number));
    let rest = match row.about {
        About::Exhibit(it) => exhibit(it),
        About::Alarm(it) | About::Note(Some(it)) => alarm(it),
        About::Note(None) | About::Action | About::Milestone => Vec::new(),
    };
    for (name, value) in rest {
        set(name, value);
    }
    Value::Object(line)
}

fn exhibit(it: &Exhibit) -> Vec<(&'static str, Value)> {
    vec![
        ("tag", json!(it.tags)),
        ("log_source", json!(it.source)),
        ("log_format", json!(it.format)),
        ("event", json!(it.event)),
        ("principal", json!(it.principal)),
        ("src_ip", json!(it.address)),
        ("outcome", json!(it.outcome)),
        ("resource", json!(it.resource)),
        ("account", json!(it.account)),
        ("region", json!(it.region)),
        ("integrity", json!(it.standing)),
        ("object", json!(it.path())),
        ("object_sha256", json!(it.sha256)),
        ("record_offset", json!(it.offset)),
        ("record_length", json!(it.length)),
        ("record_sha256", json!(it.record_sha256)),
        ("place", json!(it.place())),
        ("zone", json!(it.zone)),
        ("redacted", json!(it.redacted.then_some(true))),
    ]
}

fn alarm(it: &Alarm) -> Vec<(&'static str, Value)> {
    vec![
        ("tag", json!(["alarm"])),
        ("alarm", json!(it.fingerprint)),
        ("rule", json!(it.rule.title)),
        ("rule_id", json!(it.rule.id)),
        ("rule_author", json!(it.rule.author)),
        ("rule_licence", json!(it.rule.licence)),
        ("severity", json!(it.severity)),
        ("state", json!(it.state)),
        ("verdict", json!(it.verdict)),
        ("reason", json!(it.reason)),
        ("open_disagreement", json!(it.disputed())),
        ("rule_version", json!(it.rule.version)),
        ("count", json!(it.count)),
        ("findings", json!(it.findings)),
        ("owner", json!(it.owner)),
        ("into", json!(it.into.as_ref().map(super::StandIn::words))),
        ("history", json!(it.past())),
        ("last", json!(moment::told(it.last))),
        ("acknowledged", json!(moment::told(it.acknowledged))),
        ("closed", json!(moment::told(it.closed))),
        ("decided", json!(moment::told(it.at))),
        ("why", json!(it.why)),
        ("entities", json!(entities(it))),
    ]
}

/// RFC 3339 with microseconds.
fn datetime(at: Time) -> String {
    at.at.to_rfc3339(6)
}
