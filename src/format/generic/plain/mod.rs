//! Lines of text that nobody here knows, with a time or without: what can be told of them is. What
//! follows such a line without a time of its own, such as a stack trace, belongs to it.

mod cef;
mod head;
mod timeless;

use crate::event::schema::slots;
use crate::event::{Class, FieldDef, Kind, Outcome, Role, Row, Schema, Timestamp, Value, fields};
use crate::format::cells::Csv;
use crate::format::clock::{self, Stamp};
use crate::format::members::{Scalar, put};
use crate::format::moment::{self, Moment, When};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, Takes, put_class,
    put_outcome, schema,
};
use cef::Cef;
use head::Head;
use std::sync::{Arc, LazyLock};

slots! {
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    PRINCIPAL = fields::PRINCIPAL,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_IP = fields::DST_IP,
    DST_PORT = fields::DST_PORT,
    ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    INSTANCE = fields::INSTANCE,
    REQUEST = fields::REQUEST,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    LEVEL = FieldDef::new("plain.level", Kind::Str, Role::Text, "level as it stands"),
    THREAD = FieldDef::new("plain.thread", Kind::Str, Role::Text, "thread that wrote it"),
    LINES = FieldDef::new("plain.lines", Kind::Int, Role::Text, "lines, if more than one"),
}

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("plain", "Plain text", FIELDS));

pub(in crate::format::generic) struct Plain;

impl Format for Plain {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Lines of text with a time, whatever wrote them: applications, Elastic Beanstalk, agents, \
         CEF; stack traces belong to their line."
    }

    fn limits(&self) -> &'static str {
        "Only time, level, logger and addresses behind a name are told apart; what the message \
         means is for whoever reads it."
    }

    fn join(&self) -> Join {
        Join::Begins(moment::begins)
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let record = probe.record;
        if record.starts_with(['{', '"']) {
            return Match::No;
        }
        let known = probe.is_timed()
            || moment::find(record).is_some()
            || is_around(record)
            || timeless::is_logged(record);
        if known { Match::Maybe } else { Match::No }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { modified: context.modified, zone_seconds: context.zone_seconds })
    }
}

/// What stands around records and is none: banners with the names of files.
fn is_around(record: &str) -> bool {
    record.starts_with(['-', '=', '*', '/'])
        && record.lines().any(|line| moment::is_rule(line) || line.starts_with("==> "))
        && record.lines().all(|line| moment::is_rule(line) || moment::is_path(line))
}

#[derive(Clone, Copy)]
struct Reader {
    modified: Option<Timestamp>,
    zone_seconds: i32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if is_around(record) {
            return Ok(Decoded::NotARecord);
        }
        let mut lines = record.lines();
        let line = lines.next().unwrap_or("");
        let cef = Cef::read(line);
        let moment = moment::find(line).filter(|_| cef.is_none());
        let (before, after) = moment.map_or(("", line), |found| (found.before, found.after));
        if let Some(moment) = moment {
            self.put_time(row, moment);
        }
        if let Some(cef) = &cef {
            self.put_cef(row, cef);
            return Ok(Decoded::Event);
        }
        let mut head = match moment::tagged(line).filter(|_| moment.is_none()) {
            Some((program, _, message)) => {
                Head { logger: Some(program), message, ..Head::default() }
            }
            None => head::klog(line, after).unwrap_or_else(|| Head::read(after)),
        };
        if head.level.is_none() {
            head.level = head::level_in(before);
        }
        // A time that has a line of its own, as in Oracle's alert logs.
        let mut behind = record.lines().skip(1).map(str::trim).filter(|line| !line.is_empty());
        if let Some(next) = behind.next().filter(|_| head.message.is_empty()) {
            let read = Head::read(next);
            let message = if read.message.is_empty() { next } else { read.message };
            head = Head { message, level: head.level.or(read.level), ..read };
        }
        if let Some(second) = lines.next().filter(|_| head.level.is_none()) {
            // Java's own logging says level and message in the second line.
            let next = Head::read(second);
            if next.level.is_some() {
                head = Head { logger: head.logger.or(Some(head.message)), ..next };
            }
        }
        if let Some(level) = head.level {
            row.put(LEVEL, Value::Str(level));
            if let Some(severity) = super::named::severity(level) {
                row.put(SEVERITY, Value::Float(severity));
            }
        }
        let said = [
            (EVENT_SOURCE, head.logger.unwrap_or("")),
            (THREAD, head.thread.unwrap_or("")),
            (MESSAGE, if head.message.is_empty() { line.trim() } else { head.message }),
        ];
        for (slot, value) in said {
            put(row, &FIELDS[slot], slot, Scalar::Text(value.trim()));
        }
        put_ends(row, before, head.message);
        let count = record.lines().count();
        if count > 1 {
            row.put(LINES, Value::Int(count as i64));
        }
        put_class(row, CLASS, Class::Other);
        put_outcome(row, OUTCOME, Outcome::Unknown);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}

impl Reader {
    fn put_time(&self, row: &mut dyn Row, moment: Moment<'_>) {
        match moment.when {
            When::Stamp(stamp) if stamp.zoned => stamp.put(row, 0),
            When::Stamp(stamp) => {
                in_cell(moment.after).unwrap_or(stamp).put(row, self.zone_seconds);
            }
            When::Yearless(time) => {
                if let Some(time) = time.time(self.modified, self.zone_seconds) {
                    row.time(time);
                    row.zone_assumed();
                }
            }
            When::Clock => {}
        }
    }

    fn put_cef(&self, row: &mut dyn Row, cef: &Cef<'_>) {
        if let Some(stamp) = cef.stamp() {
            stamp.put(row, self.zone_seconds);
        }
        if let Some(severity) = cef.severity() {
            row.put(SEVERITY, Value::Float(severity));
        }
        let said = [(EVENT_SOURCE, cef.product), (LEVEL, cef.severity), (MESSAGE, cef.name)];
        for (slot, value) in said {
            put(row, &FIELDS[slot], slot, Scalar::Text(value));
        }
        put_ends(row, "", cef.pairs);
        put_class(row, CLASS, Class::Other);
        put_outcome(row, OUTCOME, Outcome::Unknown);
    }
}

/// The time of a cell that states its zone, where the line goes on with cells: firewalls say when
/// they wrote a record in their own time first, and the same time exactly in a column.
fn in_cell(after: &str) -> Option<Stamp> {
    let cells = Csv::new(after.strip_prefix(',')?, ',');
    let stamps = cells.filter_map(|cell| match clock::read(&cell) {
        Some((stamp, "")) if stamp.zoned => Some(stamp),
        _ => None,
    });
    stamps.last()
}

/// Who, and from where: the address that a line begins with, what its first words say, and what
/// stands behind a name.
fn put_ends(row: &mut dyn Row, before: &str, message: &str) {
    let first = before.split([' ', '[']).next().unwrap_or("");
    let [spoken, target] = timeless::ends(message);
    let source = Some(head::end(first)).filter(|(host, _)| !host.is_empty()).unwrap_or(spoken);
    let [source_slots, target_slots] = [(SRC_IP, SRC_PORT), (DST_IP, DST_PORT)];
    for ((address, number), (host, port)) in [(source_slots, source), (target_slots, target)] {
        put(row, &FIELDS[address], address, Scalar::Text(host));
        put(row, &FIELDS[number], number, Scalar::Text(port));
    }
    head::pairs(message, |name, value| {
        let Some(slot) = super::named::end(name) else { return };
        let (address, port, value) = match slot {
            super::named::End::Source => (SRC_IP, Some(SRC_PORT), value),
            super::named::End::Target => (DST_IP, Some(DST_PORT), value),
            super::named::End::SourcePort => (SRC_PORT, None, value),
            super::named::End::TargetPort => (DST_PORT, None, value),
            super::named::End::User => (PRINCIPAL, None, value),
            super::named::End::Request => (REQUEST, None, value),
        };
        let (host, number) = if port.is_some() { head::end(value) } else { (value, "") };
        put(row, &FIELDS[address], address, Scalar::Text(host));
        if let Some(port) = port.filter(|_| !number.is_empty()) {
            put(row, &FIELDS[port], port, Scalar::Text(number));
        }
    });
}
