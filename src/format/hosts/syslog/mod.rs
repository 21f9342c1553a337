//! Syslog lines: the old BSD form with or without a priority, the form with an ISO time, and
//! RFC 5424; and, inside them, the messages of sshd, sudo, su and account tools.
//!
//! The old form has neither year nor zone: the year is that of the object's last change, or the
//! one before if that would lie more than a day after it; the zone is the one assumed.

mod head;

use super::programs::{self, said_slots};
use crate::event::{FieldDef, Kind, Role, Row, Schema, Timestamp, Value, fields, schema::slots};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, Takes, schema,
};
use head::Head;
use std::sync::{Arc, LazyLock};

said_slots! {
    COUNT = fields::COUNT,
    PID = FieldDef::new("syslog.pid", Kind::Int, Role::Text, "process id"),
    FACILITY = FieldDef::new("syslog.facility", Kind::Int, Role::Text, "facility number"),
    MESSAGE_ID = FieldDef::new("syslog.msgid", Kind::Str, Role::Text, "RFC 5424 message id"),
    DATA = FieldDef::new("syslog.data", Kind::Str, Role::Text, "RFC 5424 structured data"),
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

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        match Head::read(probe.record) {
            Some(head) if head.process.is_some() => Match::Certain,
            Some(_) => Match::Likely,
            None if programs::bare(probe.record).is_some() => Match::Likely,
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

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let bare = || {
            let process = Some(programs::bare(record)?);
            Some(Head { process, message: record.trim(), ..Head::default() })
        };
        let Some(head) = Head::read(record).or_else(bare) else { return Err(DecodeError::NotMine) };
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
        programs::read(head.process.unwrap_or(""), message).put(row);
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
        row.put(SEVERITY, Value::Float(super::SEVERITIES[usize::from(priority & 7)]));
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
