//! JSON records of no format known here: time, addresses, user, outcome and message are found by
//! the names that programs commonly give them, the Elastic Common Schema among them. A record with
//! neither event nor message is described by its first members.

use super::names::{self, Name, Unit};
use super::told::{self, ERROR, LEVEL, RESULT, STATUS, SUCCESS};
use super::{
    ACCOUNT, AGENT, CLASS, CODE, DOMAIN, DST_IP, DST_PORT, DURATION, EVENT, EVENT_SOURCE, FIELDS,
    FILE, HOST, MESSAGE, OUTCOME, PRINCIPAL, PROCESS, REGION, SEVERITY, SRC_IP, SRC_PORT, TRACE,
    URL, words,
};
use crate::event::{Class, Row, Schema, Time, Value};
use crate::format::members::Rule::{
    self, Enter, Note, NoteEnter, Put, PutEnter, PutFirst, PutNote, Skip,
};
use crate::format::members::{Memo, Values};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Match, Probe, Takes, gist, put_class,
    put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("json_lines", "JSON records", FIELDS));

/// Notes of what took how long, by the unit that the name states.
const TOOK: usize = told::NOTES;

pub(in crate::format::generic) struct JsonLines;

impl Format for JsonLines {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Any JSON: one object after the other, or an array of them; fields by common names."
    }

    fn limits(&self) -> &'static str {
        "Fields are found by common names, so that what a program calls otherwise is \
         reached only by its path."
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.record.starts_with('{') { Match::Maybe } else { Match::No }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { zone_seconds: context.zone_seconds, members: Memo::new(level) })
    }
}

#[derive(Clone)]
struct Reader {
    zone_seconds: i32,
    members: Memo,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !record.starts_with('{') {
            return Err(DecodeError::NotMine);
        }
        let mut row = Told { row, told: false };
        let mut values = Values::new(&mut row, FIELDS);
        if let Err(error) = values.read_by(record, &mut self.members) {
            let time = told::time(|at| values.note(at));
            let time = time.map(|(_, stamp)| stamp.time(self.zone_seconds));
            return Err(DecodeError::Broken { reason: format!("no good JSON: {error}"), time });
        }
        let timed = told::time(|at| values.note(at));
        if let Some((_, stamp)) = timed {
            stamp.put(values.row, self.zone_seconds);
        }
        let severity = values.note(LEVEL).and_then(words::severity);
        let took = UNITS
            .iter()
            .enumerate()
            .find_map(|(at, unit)| words::seconds(values.note(TOOK + at)?, *unit));
        for (slot, value) in [(SEVERITY, severity), (DURATION, took)] {
            if let Some(value) = value {
                values.row.put(slot, value.into());
            }
        }
        if values.note(STATUS).is_none() {
            values.put_note(CODE, ERROR);
        }
        let outcome = told::outcome(|at| values.note(at));
        put_outcome(values.row, OUTCOME, outcome);
        put_class(values.row, CLASS, Class::Other);
        if !row.told {
            let gist = gist::of(record, timed.map(|(name, _)| name));
            if !gist.is_empty() {
                row.put(MESSAGE, Value::Str(&gist));
            }
        }
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

/// A row that notices whether it is told what happened.
struct Told<'r> {
    row: &'r mut dyn Row,
    told: bool,
}

impl Row for Told<'_> {
    fn time(&mut self, time: Time) {
        self.row.time(time);
    }

    fn zone_assumed(&mut self) {
        self.row.zone_assumed();
    }

    fn zone_unclear(&mut self, name: &'static str) {
        self.row.zone_unclear(name);
    }

    fn put(&mut self, slot: usize, value: Value<'_>) {
        self.told |= matches!(slot, EVENT | MESSAGE);
        self.row.put(slot, value);
    }
}

const UNITS: [Option<Unit>; 5] =
    [None, Some(Unit::Seconds), Some(Unit::Millis), Some(Unit::Micros), Some(Unit::Nanos)];

fn level(key: &str) -> Rule {
    match key {
        "event" => return PutEnter(EVENT, in_event),
        "user" | "actor" => return PutEnter(PRINCIPAL, in_user),
        "source" | "client" | "src" => return PutEnter(SRC_IP, in_source),
        "destination" | "server" | "dst" | "dest" => return PutEnter(DST_IP, in_target),
        "outcome" | "result" => return NoteEnter(RESULT, in_outcome),
        "error" | "err" => return NoteEnter(ERROR, in_error),
        "host" => return PutEnter(HOST, in_host),
        "log" => return Enter(in_log),
        "process" => return PutEnter(PROCESS, in_named),
        "service" => return PutEnter(EVENT_SOURCE, in_service),
        "file" => return PutEnter(FILE, in_file),
        "url" => return PutEnter(URL, in_url),
        "user_agent" => return PutEnter(AGENT, in_agent),
        "trace" => return PutEnter(TRACE, in_trace),
        "cloud" => return Enter(in_cloud),
        "_aws" => return Enter(in_metrics),
        "timeUnixNano" => return Note(0),
        "observedTimeUnixNano" => return Note(1),
        "severityText" => return Note(LEVEL),
        "body" => return Enter(in_body),
        _ => {}
    }
    match names::of(key) {
        Some(Name::Time(at)) => Note(at),
        Some(Name::Field(slot)) => Put(slot),
        Some(Name::Result) => Note(RESULT),
        Some(Name::Status) => PutNote(CODE, STATUS),
        Some(Name::Success) => Note(SUCCESS),
        Some(Name::Error) => PutNote(CODE, ERROR),
        Some(Name::Level) => Note(LEVEL),
        Some(Name::Duration(unit)) => {
            Note(TOOK + UNITS.iter().position(|known| *known == unit).unwrap_or(0))
        }
        None => Skip,
    }
}

fn in_event(key: &str) -> Rule {
    match key {
        "action" | "name" => Put(EVENT),
        "outcome" => Note(RESULT),
        "provider" => Put(EVENT_SOURCE),
        "original" => Put(MESSAGE),
        _ => Skip,
    }
}

fn in_user(key: &str) -> Rule {
    match key {
        "name" | "alternateId" | "username" | "userName" | "email" => Put(PRINCIPAL),
        _ => Skip,
    }
}

fn in_source(key: &str) -> Rule {
    match key {
        "ip" | "address" | "ipAddress" => Put(SRC_IP),
        "port" => Put(SRC_PORT),
        _ => Skip,
    }
}

fn in_target(key: &str) -> Rule {
    match key {
        "ip" | "address" => Put(DST_IP),
        "port" => Put(DST_PORT),
        "domain" => Put(DOMAIN),
        _ => Skip,
    }
}

fn in_host(key: &str) -> Rule {
    if matches!(key, "name" | "hostname") { Put(HOST) } else { Skip }
}

fn in_outcome(key: &str) -> Rule {
    if matches!(key, "result" | "status") { Note(RESULT) } else { Skip }
}

fn in_error(key: &str) -> Rule {
    match key {
        "code" | "type" | "name" => PutNote(CODE, ERROR),
        "message" => PutFirst(CODE, ERROR),
        _ => Skip,
    }
}

/// The member `log` of the Elastic Common Schema.
fn in_log(key: &str) -> Rule {
    match key {
        "level" => Note(LEVEL),
        "logger" => Put(EVENT_SOURCE),
        _ => Skip,
    }
}

fn in_named(key: &str) -> Rule {
    if key == "name" { Put(PROCESS) } else { Skip }
}

fn in_service(key: &str) -> Rule {
    if key == "name" { Put(EVENT_SOURCE) } else { Skip }
}

fn in_file(key: &str) -> Rule {
    if key == "path" { Put(FILE) } else { Skip }
}

fn in_url(key: &str) -> Rule {
    match key {
        "original" | "full" => Put(URL),
        "domain" => Put(DOMAIN),
        _ => Skip,
    }
}

fn in_agent(key: &str) -> Rule {
    if key == "original" { Put(AGENT) } else { Skip }
}

fn in_trace(key: &str) -> Rule {
    if key == "id" { Put(TRACE) } else { Skip }
}

fn in_cloud(key: &str) -> Rule {
    match key {
        "account" => PutEnter(ACCOUNT, in_account),
        "region" => Put(REGION),
        _ => Skip,
    }
}

fn in_account(key: &str) -> Rule {
    if key == "id" { Put(ACCOUNT) } else { Skip }
}

/// The member `_aws` of metrics in CloudWatch's embedded format.
fn in_metrics(key: &str) -> Rule {
    if key == "Timestamp" { Note(1) } else { Skip }
}

/// The text of a record of OpenTelemetry.
fn in_body(key: &str) -> Rule {
    if key == "stringValue" { Put(MESSAGE) } else { Skip }
}
