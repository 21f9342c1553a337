//! Records of the Linux audit system, as auditd writes them. The records that have one serial
//! number tell of one event together, and are one here, also where those of another stand between
//! them. Where these are too many, and where each record is an event of CloudWatch Logs, each part is
//! an event by itself, and `audit.event` joins them.

mod kinds;
mod pairs;
mod record;
mod syscalls;
mod told;

use crate::event::{FieldDef, Kind, Role, Row, Schema, Value, fields, schema::slots};
use crate::format::members::{Scalar, put};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, Takes, put_class,
    put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

pub(in crate::format) use pairs::pairs;
pub(super) use record::Record;
pub(super) use told::Told;

const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

/// Also of records that were handed on to syslog or the journal.
pub(super) const TYPE_FIELD: FieldDef =
    text("audit.type", Role::Text, "kinds of the event's audit records").many();

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
    ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    FILE = fields::FILE,
    PROCESS = fields::PROCESS,
    HOST = fields::HOST,
    INSTANCE = fields::INSTANCE,
    RULE = fields::RULE,
    MESSAGE = fields::MESSAGE,
    ID = FieldDef::new("audit.event", Kind::Id, Role::Request, "time and serial, which the records of one event share"),
    TYPE = TYPE_FIELD,
    CALL = text("audit.syscall", Role::Text, "system call, by name where it is known"),
    LOGIN = text("audit.auid", Role::Text, "number of the user who logged in"),
    ACTING = text("audit.uid", Role::Principal, "user as whom it was done"),
    TARGET = text("audit.acct", Role::Principal, "account that it was about"),
    SESSION = text("audit.ses", Role::Session, "number of the login session"),
    PID = FieldDef::new("audit.pid", Kind::Int, Role::Text, "process id"),
    NAME = text("audit.comm", Role::Process, "name of the process"),
    COMMAND = text("audit.command", Role::Text, "command line, its arguments joined by blanks"),
    FOLDER = text("audit.cwd", Role::File, "working folder"),
    CREATED = text("audit.created", Role::File, "files that came to be").many(),
    TTY = text("audit.terminal", Role::Text, "terminal"),
    OPERATION = text("audit.op", Role::Text, "what the program was doing"),
    PEER = text("audit.hostname", Role::Host, "host that it came from, as it was named"),
}

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("auditd", "Linux audit", FIELDS));

pub(super) struct Auditd;

impl Format for Auditd {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "audit.log of Linux hosts: logins, commands, system calls that rules ask for; the records of \
         one event are one row."
    }

    fn limits(&self) -> &'static str {
        "Only what a rule asks for is recorded, records are dropped when there are too many at \
         once, and whoever is root can change rules and file."
    }

    fn join(&self) -> Join {
        Join::Woven(thread)
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(Record::read(probe.record).is_some())
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader)
    }
}

/// Host, and time and serial number, of a line. What only looks like a record is of no event, so
/// that its reader says so.
fn thread(line: &[u8]) -> Option<(&[u8], &[u8])> {
    // The values, of which there are many, are not looked at.
    let end = memchr::memchr(b')', line)?;
    let record = Record::read(std::str::from_utf8(&line[..=end]).ok()?)?;
    Some((record.node.as_bytes(), record.event.as_bytes()))
}

#[derive(Clone, Copy)]
struct Reader;

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let lines = record.lines().filter(|line| !line.trim().is_empty());
        let records: Vec<Record<'_>> = lines.clone().filter_map(Record::read).collect();
        let Some(first) = records.first() else {
            let begun = record.starts_with("type=") && record.contains("msg=audit(");
            let reason = "a record of auditd without a time and a serial number".to_owned();
            let broken = DecodeError::Broken { reason, time: None };
            return Err(if begun { broken } else { DecodeError::NotMine });
        };
        row.records(u32::try_from(lines.count()).unwrap_or(u32::MAX));
        if let Some(time) = first.time() {
            row.time(time);
        }
        let told = Told::of(&records);
        put_told(row, &told);
        for (slot, value) in [(HOST, first.node), (ID, first.event)] {
            put(row, &FIELDS[slot], slot, Scalar::Text(value));
        }
        put_class(row, CLASS, told.class());
        put_outcome(row, OUTCOME, told.outcome());
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}

fn put_told(row: &mut dyn Row, told: &Told<'_>) {
    let code = if told.code.is_empty() { told.result } else { told.code };
    let file = told.files.first().map_or("", |file| &**file);
    let message = if told.command.is_empty() { told.operation } else { &told.command };
    for (slot, value) in [
        (EVENT, told.event),
        (CODE, code),
        (PRINCIPAL, &*told.user),
        (FILE, file),
        (PROCESS, &*told.program),
        (RULE, &*told.key),
        (MESSAGE, message),
        (CALL, told.call),
        (LOGIN, told.login),
        (ACTING, told.acting),
        (TARGET, &*told.account),
        (SESSION, told.session),
        (PID, told.pid),
        (NAME, &*told.name),
        (COMMAND, &*told.command),
        (FOLDER, &*told.folder),
        (TTY, told.terminal),
        (OPERATION, told.operation),
        (PEER, told.hostname),
    ] {
        put(row, &FIELDS[slot], slot, Scalar::Text(value));
    }
    for kind in &told.kinds {
        row.put(TYPE, Value::Str(kind));
    }
    for file in told.created() {
        row.put(CREATED, Value::Str(&file));
    }
    let acted_on = told.files.iter().map(|file| &**file).chain([told.unit, &*told.account]);
    for name in acted_on.filter(|name| !name.is_empty()) {
        row.put(RESOURCE, Value::Str(name));
    }
    if !told.user.is_empty() {
        row.put(PRINCIPAL_KIND, Value::Str("os_user"));
    }
    for (ip, port, end) in [(SRC_IP, SRC_PORT, told.source), (DST_IP, DST_PORT, told.target)] {
        let Some((address, number)) = end else { continue };
        row.put(ip, Value::Ip(address));
        if number != 0 {
            row.put(port, Value::Int(i64::from(number)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_serial_number_are_one_event() {
        let of = |line: &'static [u8]| thread(line);
        let one = of(b"type=SYSCALL msg=audit(1.2:3): a=b");
        assert_eq!(one, of(b"type=PATH msg=audit(1.2:3): c=d \xFF"));
        for other in [
            &b"type=PATH msg=audit(1.2:4): c=d"[..],
            b"node=h type=PATH msg=audit(1.2:3): c=d",
            b"anything else",
            b"x type=PATH msg=audit(1.2:3):",
            b"type=PATH msg=audit(soon:3):",
        ] {
            assert_ne!(one, of(other));
        }
        assert_eq!(of(b"type=PATH msg=audit(soon:3):"), None);
    }
}
