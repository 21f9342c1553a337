//! Syslog lines: the old BSD form with or without a priority, the form with an ISO time, and
//! RFC 5424; and, inside them, the messages of sshd, sudo, su and account tools.
//!
//! The old form has neither year nor zone: the year is that of the object's last change, or the
//! one before if that would lie more than a day after it; the zone is the one assumed.

mod head;
mod programs;

use crate::event::{FieldDef, Kind, Role, Row, Schema, Timestamp, Value, fields, schema::slots};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, put_class, put_outcome,
    schema,
};
use head::Head;
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_IP = fields::DST_IP,
    DST_PORT = fields::DST_PORT,
    RESOURCE = fields::RESOURCE,
    HOST = fields::HOST,
    PROCESS = fields::PROCESS,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    COUNT = fields::COUNT,
    PID = FieldDef::new("syslog.pid", Kind::Int, Role::Text, "process id"),
    FACILITY = FieldDef::new("syslog.facility", Kind::Int, Role::Text, "facility number"),
    MESSAGE_ID = text("syslog.msgid", Role::Text, "RFC 5424 message id"),
    DATA = text("syslog.data", Role::Text, "RFC 5424 structured data"),
    TARGET = text("syslog.target_user", Role::Principal, "user that was acted as or upon"),
    COMMAND = text("syslog.command", Role::Text, "command line as logged"),
    TTY = text("syslog.tty", Role::Text, "terminal"),
    FOLDER = text("syslog.pwd", Role::File, "working folder"),
}

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("syslog", "Syslog", FIELDS));

pub(super) struct Syslog;

impl Format for Syslog {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Syslog files and streams: auth.log, secure, messages; sshd, sudo and account tools typed."
    }

    fn limits(&self) -> &'static str {
        "Whoever is root on the host can write or leave out any line. The old form has no \
         year and no zone, and relays may drop lines."
    }

    fn join(&self) -> Join {
        Join::Indented
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        match Head::read(probe.record) {
            Some(head) if head.process.is_some() => Match::Certain,
            Some(_) => Match::Likely,
            None if programs::is_bare(probe.record) => Match::Likely,
            None => Match::No,
        }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { modified: context.modified, zone_seconds: context.zone_seconds })
    }
}

#[derive(Clone, Copy)]
struct Reader {
    modified: Option<Timestamp>,
    zone_seconds: i32,
}

/// Severity of the seven syslog levels, emergency first.
const SEVERITIES: [f64; 8] = [10.0, 9.0, 8.0, 6.0, 4.0, 3.0, 1.0, 0.0];

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let head = match Head::read(record) {
            Some(head) => head,
            None if programs::is_bare(record) => {
                Head { process: Some("sshd"), message: record.trim(), ..Head::default() }
            }
            None => return Err(DecodeError::NotMine),
        };
        if let Some((time, assumed)) = head.stamp.read(self.modified, self.zone_seconds) {
            row.time(time);
            if assumed {
                row.zone_assumed();
            }
        }
        put_head(row, &head);
        let (message, count) = repeated(head.message);
        if let Some(count) = count {
            row.put(COUNT, Value::Int(count));
        }
        put_text(row, MESSAGE, message);
        let known = programs::read(head.process.unwrap_or(""), message);
        for (slot, value) in [
            (EVENT, known.event),
            (CODE, known.code),
            (PRINCIPAL, known.user),
            (TARGET, known.target),
            (RESOURCE, known.target),
            (COMMAND, known.command),
            (TTY, known.tty),
            (FOLDER, known.folder),
        ] {
            put_text(row, slot, value);
        }
        if !known.user.is_empty() {
            row.put(PRINCIPAL_KIND, Value::Str("os_user"));
        }
        put_end(row, (SRC_IP, SRC_PORT), (known.address, known.port));
        put_end(row, (DST_IP, DST_PORT), known.listener);
        put_class(row, CLASS, known.class);
        put_outcome(row, OUTCOME, known.outcome);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}

fn put_head(row: &mut dyn Row, head: &Head<'_>) {
    put_text(row, HOST, head.host.unwrap_or(""));
    put_text(row, PROCESS, head.process.unwrap_or(""));
    put_text(row, MESSAGE_ID, head.message_id);
    put_text(row, DATA, head.data);
    if let Some(pid) = head.pid.and_then(|pid| pid.parse().ok()) {
        row.put(PID, Value::Int(pid));
    }
    if let Some(priority) = head.priority {
        row.put(FACILITY, Value::Int(i64::from(priority >> 3)));
        row.put(SEVERITY, Value::Float(SEVERITIES[usize::from(priority & 7)]));
    }
}

/// Address and port of one side; what is not said is empty.
fn put_end(row: &mut dyn Row, (ip, port): (usize, usize), said: (&str, &str)) {
    if let Ok(address) = said.0.parse() {
        row.put(ip, Value::Ip(address));
    }
    if let Ok(number) = said.1.parse() {
        row.put(port, Value::Int(number));
    }
}

fn put_text(row: &mut dyn Row, slot: usize, text: &str) {
    if !text.is_empty() {
        row.put(slot, Value::Str(text));
    }
}

/// `message repeated 3 times: [ ... ]` is its message, three times.
fn repeated(message: &str) -> (&str, Option<i64>) {
    let rest = message.strip_prefix("last ").unwrap_or(message);
    let Some((count, rest)) =
        rest.strip_prefix("message repeated ").and_then(|rest| rest.split_once(" times"))
    else {
        return (message, None);
    };
    let inner = rest.strip_prefix(": [").and_then(|rest| rest.strip_suffix(']'));
    (inner.map_or(message, str::trim), count.parse().ok())
}
