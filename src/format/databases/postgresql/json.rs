//! Records of `jsonlog`.

use super::entry::Entry;
use super::prefix::stamp;
#[allow(clippy::wildcard_imports, reason = "the slots of forty fields")]
use super::*;
use crate::event::Row;
use crate::format::clock::Stamp;
use crate::format::members::Rule::{self, Note, Put, Skip};
use crate::format::members::{Memo, Values};
use crate::format::{DecodeError, Decoded, Probe};

const TIMESTAMP: usize = 0;
const SEVERITY_OF: usize = 1;
const STATE: usize = 2;
const TEXT_OF: usize = 3;
const USER: usize = 4;
const DATABASE_OF: usize = 5;
const HOST: usize = 6;
const PORT: usize = 7;
const PS: usize = 8;
const START: usize = 9;

pub(super) fn is(probe: &Probe<'_>) -> bool {
    probe.has_all(&["timestamp", "pid", "session_id", "error_severity"])
}

pub(super) fn members() -> Memo {
    Memo::new(level)
}

pub(super) fn decode(
    record: &str,
    row: &mut dyn Row,
    zone_seconds: i32,
    members: &mut Memo,
) -> Result<Decoded, DecodeError> {
    let mut values = Values::new(row, FIELDS);
    if let Err(error) = values.read_by(record, members) {
        let time = values.note(TIMESTAMP).and_then(stamp_of).map(|stamp| stamp.time(zone_seconds));
        return Err(DecodeError::Broken { reason: format!("no good JSON: {error}"), time });
    }
    if fill(&mut values, zone_seconds) { Ok(Decoded::Event) } else { Err(DecodeError::NotMine) }
}

pub(super) fn decode_first(
    text: &str,
    row: &mut dyn Row,
    zone_seconds: i32,
    members: &mut Memo,
) -> Option<usize> {
    let mut values = Values::new(row, FIELDS);
    let length = values.read_first(text, members).ok()?;
    fill(&mut values, zone_seconds).then_some(length)
}

fn stamp_of(text: &str) -> Option<Stamp> {
    stamp(text).map(|(stamp, _)| stamp)
}

/// Whether it is such a record.
fn fill(values: &mut Values<'_, '_>, zone_seconds: i32) -> bool {
    if values.note(SEVERITY_OF).is_none() || values.note(TIMESTAMP).is_none() {
        return false;
    }
    let note = |note: usize| values.note(note).unwrap_or("").to_owned();
    let time = note(TIMESTAMP);
    let (level, code, message) = (note(SEVERITY_OF), note(STATE), note(TEXT_OF));
    let (user, database) = (note(USER), note(DATABASE_OF));
    let (host, port, tag, start) = (note(HOST), note(PORT), note(PS), note(START));
    let entry = Entry {
        stamp: stamp_of(&time),
        session_start: stamp_of(&start),
        level: &level,
        code: &code,
        message: &message,
        user: &user,
        database: &database,
        host: &host,
        port: &port,
        tag: &tag,
        ..Entry::default()
    };
    entry.put(values.row, zone_seconds);
    true
}

fn level(key: &str) -> Rule {
    match key {
        "timestamp" => Note(TIMESTAMP),
        "error_severity" => Note(SEVERITY_OF),
        "state_code" => Note(STATE),
        "message" => Note(TEXT_OF),
        "user" => Note(USER),
        "dbname" => Note(DATABASE_OF),
        "remote_host" => Note(HOST),
        "remote_port" => Note(PORT),
        "ps" => Note(PS),
        "session_start" => Note(START),
        "pid" => Put(PID),
        "session_id" => Put(SESSION_ID),
        "line_num" => Put(LINE),
        "vxid" => Put(VIRTUAL_XID),
        "txid" => Put(XID),
        "detail" => Put(DETAIL),
        "hint" => Put(HINT),
        "context" => Put(CONTEXT),
        "statement" => Put(QUERY),
        "func_name" => Put(LOCATION),
        "application_name" => Put(AGENT),
        "backend_type" => Put(BACKEND),
        "query_id" => Put(QUERY_ID),
        _ => Skip,
    }
}
