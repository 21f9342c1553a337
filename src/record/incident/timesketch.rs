//! The timeline for Timesketch: one JSON object a line, with `message`, `datetime` and
//! `timestamp_desc`, which its importer demands, and `timestamp` in microseconds beside them, since
//! some importers cut `datetime` to seconds. Rows without a time would be dropped there with only a
//! line in its log; here they are left out, counted and said.

use super::left::untold;
use super::text::json_line;
use super::timeline::{About, Row, entities, rows};
use super::{Incident, Written, moment};
use crate::event::{Time, counted};
use serde_json::{Map, Value, json};

/// What rows of the timeline say.
const TELLS: [&str; 8] =
    ["number", "workspace.id", "times", "exhibits", "alarms", "notes", "actions", "made"];

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
    if let (false, Some(at)) = (left_out.is_empty(), incident.made.or(incident.began())) {
        text.push_str(&json_line(&left(incident, &left_out, at)));
    }
    Written { bytes: text.into_bytes(), left_out }
}

/// What the file does not say, as a row of it.
fn left(incident: &Incident, left_out: &[String], at: Time) -> Value {
    let said = format!("Left out here: {}; the JSON record has it", left_out.join("; "));
    json!({
        "message": said,
        "datetime": datetime(at),
        "timestamp": moment::micros(at),
        "timestamp_desc": "Record Made",
        "data_type": "trailcase:left-out",
        "incident": incident.uid(),
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
    match row.about {
        About::Exhibit(it) => {
            set("tag", json!(it.tags));
            set("log_source", json!(it.source));
            set("log_format", json!(it.format));
            set("event", json!(it.event));
            set("principal", json!(it.principal));
            set("src_ip", json!(it.address));
            set("outcome", json!(it.outcome));
            set("resource", json!(it.resource));
            set("account", json!(it.account));
            set("region", json!(it.region));
            set("integrity", json!(it.standing));
            set("object", json!(it.path()));
            set("object_sha256", json!(it.sha256));
            set("record_offset", json!(it.offset));
            set("record_length", json!(it.length));
            set("record_sha256", json!(it.record_sha256));
            set("notes", json!(it.notes));
            set("place", json!(it.place()));
            set("zone", json!(it.zone));
            set("redacted", json!(it.redacted.then_some(true)));
        }
        About::Alarm(it) | About::Note(Some(it)) => {
            set("tag", json!(["alarm"]));
            set("alarm", json!(it.fingerprint));
            set("rule", json!(it.rule.title));
            set("rule_id", json!(it.rule.id));
            set("rule_author", json!(it.rule.author));
            set("rule_licence", json!(it.rule.licence));
            set("severity", json!(it.severity));
            set("state", json!(it.state));
            set("verdict", json!(it.verdict));
            set("reason", json!(it.reason));
            set("rule_version", json!(it.rule.version));
            set("count", json!(it.count));
            set("last", json!(moment::told(it.last)));
            set("acknowledged", json!(moment::told(it.acknowledged)));
            set("closed", json!(moment::told(it.closed)));
            set("decided", json!(moment::told(it.at)));
            set("why", json!(it.why));
            set("entities", json!(entities(it)));
        }
        About::Note(None) | About::Action | About::Milestone => {}
    }
    Value::Object(line)
}

/// RFC 3339 with microseconds.
fn datetime(at: Time) -> String {
    at.at.to_rfc3339(6)
}
