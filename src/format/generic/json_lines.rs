//! JSON records of no format known here: time, addresses, user, outcome and message are found by
//! the names that programs commonly give them, the Elastic Common Schema among them. A record with
//! neither event nor message is described by its first members.

use crate::event::{Class, Outcome, Row, Schema, Time, Value, fields, schema::slots};
use crate::format::members::Rule::{self, Note, NoteEnter, Put, PutEnter, PutNote, Skip};
use crate::format::members::Values;
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Match, Probe, clock, gist, put_class,
    put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

slots! {
    EVENT = fields::EVENT,
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_IP = fields::DST_IP,
    DST_PORT = fields::DST_PORT,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    FILE = fields::FILE,
    PROCESS = fields::PROCESS,
    HOST = fields::HOST,
    AGENT = fields::AGENT,
    REQUEST = fields::REQUEST,
    TRACE = fields::TRACE,
    ID = fields::ID,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("json_lines", "JSON records", FIELDS));

/// Names of the time, the surest first; each is kept aside under its position.
const TIMES: [&str; 16] = [
    "@timestamp",
    "timestamp",
    "time",
    "eventTime",
    "event_time",
    "ts",
    "date",
    "datetime",
    "created_at",
    "createdAt",
    "published",
    "_time",
    "logTime",
    "receivedTimestamp",
    "__REALTIME_TIMESTAMP",
    "t",
];
const RESULT: usize = 16;
const STATUS: usize = 17;
const SUCCESS: usize = 18;
const ERROR: usize = 19;
const LEVEL: usize = 20;

pub(super) struct JsonLines;

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

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.record.starts_with('{') { Match::Maybe } else { Match::No }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { zone_seconds: context.zone_seconds })
    }
}

#[derive(Clone, Copy)]
struct Reader {
    zone_seconds: i32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !record.starts_with('{') {
            return Err(DecodeError::NotMine);
        }
        let mut row = Told { row, told: false };
        let mut values = Values::new(&mut row, FIELDS);
        if let Err(error) = values.read(record, level) {
            let time = time(&values, self.zone_seconds).map(|(_, time, _)| time);
            return Err(DecodeError::Broken { reason: format!("no good JSON: {error}"), time });
        }
        let timed = time(&values, self.zone_seconds);
        if let Some((_, time, assumed)) = timed {
            values.row.time(time);
            if assumed {
                values.row.zone_assumed();
            }
        }
        if let Some(severity) = values.note(LEVEL).and_then(severity) {
            values.row.put(SEVERITY, severity.into());
        }
        let outcome = outcome(&values);
        put_outcome(values.row, OUTCOME, outcome);
        put_class(values.row, CLASS, Class::Other);
        if !row.told {
            let gist = gist::of(record, timed.map(|(name, ..)| name));
            if !gist.is_empty() {
                row.put(MESSAGE, Value::Str(&gist));
            }
        }
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
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

    fn put(&mut self, slot: usize, value: Value<'_>) {
        self.told |= matches!(slot, EVENT | MESSAGE);
        self.row.put(slot, value);
    }
}

/// The time, with the name of the member that gives it and whether its zone had to be assumed.
fn time(values: &Values<'_, '_>, zone_seconds: i32) -> Option<(&'static str, Time, bool)> {
    TIMES.iter().enumerate().find_map(|(note, name)| {
        let (time, assumed) = instant(values.note(note)?, zone_seconds)?;
        Some((*name, time, assumed))
    })
}

fn level(key: &str) -> Rule {
    if let Some(note) = TIMES.iter().position(|name| *name == key) {
        return Note(note);
    }
    match key {
        "eventName" | "event_name" | "action" | "event.action" | "operation" | "eventType"
        | "event_type" | "detail-type" | "method" => Put(EVENT),
        "event" => PutEnter(EVENT, in_event),
        "eventSource" | "event_source" | "source_name" | "logger" | "service" => Put(EVENT_SOURCE),
        "user" | "actor" => PutEnter(PRINCIPAL, in_user),
        "username" | "userName" | "user_name" | "user.name" | "principal" | "email" | "login"
        | "sub" | "user_email" => Put(PRINCIPAL),
        "src_ip" | "source_ip" | "sourceIPAddress" | "sourceIp" | "client_ip" | "clientIp"
        | "remote_addr" | "remoteAddress" | "remote_ip" | "ip" | "ipAddress" | "ip_address"
        | "srcaddr" | "source.ip" | "client.ip" | "peer" => Put(SRC_IP),
        "source" | "client" | "src" | "id.orig_h" => PutEnter(SRC_IP, in_source),
        "src_port" | "source_port" | "srcport" | "source.port" => Put(SRC_PORT),
        "dst_ip" | "dest_ip" | "destination_ip" | "dstaddr" | "server_ip" | "destination.ip" => {
            Put(DST_IP)
        }
        "destination" | "server" | "dst" | "dest" | "id.resp_h" => PutEnter(DST_IP, in_target),
        "dst_port" | "dest_port" | "destination_port" | "dstport" | "destination.port" => {
            Put(DST_PORT)
        }
        "outcome" | "result" | "event.outcome" => NoteEnter(RESULT, in_outcome),
        "status" | "statusCode" | "status_code" => PutNote(CODE, STATUS),
        "success" => Note(SUCCESS),
        "error" | "errorCode" | "error_code" => PutNote(CODE, ERROR),
        "level" | "severity" | "log.level" | "loglevel" | "levelname" => Note(LEVEL),
        "message" | "msg" | "text" | "log_message" => Put(MESSAGE),
        "host" => PutEnter(HOST, in_host),
        "hostname" | "host.name" | "computer" | "Computer" => Put(HOST),
        "url" | "uri" | "request_uri" | "path" | "url.original" => Put(URL),
        "account" | "accountId" | "account_id" | "aws_account_id" => Put(ACCOUNT),
        "region" | "awsRegion" | "aws_region" => Put(REGION),
        "id" | "_id" | "uuid" | "eventId" | "event_id" | "eventID" => Put(ID),
        "requestId" | "request_id" | "requestID" => Put(REQUEST),
        "traceId" | "trace_id" | "trace.id" => Put(TRACE),
        "userAgent" | "user_agent" | "user_agent.original" => Put(AGENT),
        "domain" | "query_name" | "query" | "sni" => Put(DOMAIN),
        "process" | "program" | "process.name" => Put(PROCESS),
        "file" | "filename" | "file.path" => Put(FILE),
        _ => Skip,
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

/// Reads a time as text or as a number. Also whether its zone had to be assumed.
fn instant(text: &str, zone_seconds: i32) -> Option<(Time, bool)> {
    if let Some(time) = clock::epoch(text) {
        return Some((time, false));
    }
    let (stamp, _) = clock::read(text)?;
    Some((stamp.time(zone_seconds), !stamp.zoned))
}

fn outcome(values: &Values<'_, '_>) -> Outcome {
    let said = [RESULT, SUCCESS, STATUS].into_iter().find_map(|note| values.note(note));
    let Some(said) = said.map(str::to_ascii_lowercase) else {
        let error = values.note(ERROR).is_some_and(|error| !matches!(error, "" | "0" | "false"));
        return if error { Outcome::Failure } else { Outcome::Unknown };
    };
    let is = |words: &[&str]| words.iter().any(|word| said.starts_with(word));
    if is(&["den", "block", "reject", "forbid", "unauth", "not auth", "401", "403", "drop"]) {
        return Outcome::Denied;
    }
    if is(&["succe", "ok", "true", "allow", "accept", "pass", "permit", "complete"]) {
        return Outcome::Success;
    }
    if is(&["fail", "err", "false", "invalid", "abort", "timeout", "reset"]) {
        return Outcome::Failure;
    }
    match said.parse::<u16>() {
        Ok(200..400) => Outcome::Success,
        Ok(400..600) => Outcome::Failure,
        _ => Outcome::Unknown,
    }
}

/// A level by name, or by number as bunyan and pino count (10 to 60).
fn severity(level: &str) -> Option<f64> {
    Some(match level.to_ascii_lowercase().as_str() {
        "trace" | "debug" | "info" | "information" | "informational" | "10" | "20" | "30" => 0.0,
        "notice" | "low" => 1.0,
        "warn" | "warning" | "medium" | "40" => 4.0,
        "error" | "err" | "50" => 6.0,
        "high" => 7.0,
        "fatal" | "crit" | "critical" | "alert" | "emergency" | "60" => 9.0,
        _ => return None,
    })
}
