//! The journal of systemd, as `journalctl -o json` and `-o export` write it, and what the programs
//! say in it.

mod entry;

use super::programs::{self, said_slots};
use crate::event::{FieldDef, Kind, Role, Row, Schema, Value, fields, schema::slots};
use crate::format::frame::SHOWN;
use crate::format::members::{Scalar, put};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, clock, schema,
};
use entry::{Entry, Name, is_name};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

said_slots! {
    ID = fields::ID,
    PID = FieldDef::new("syslog.pid", Kind::Int, Role::Text, "process id"),
    FACILITY = FieldDef::new("syslog.facility", Kind::Int, Role::Text, "facility number"),
    UNIT = text("journal.unit", Role::Resource, "unit of systemd"),
    EXE = text("journal.exe", Role::Process, "file of the program"),
    UID = text("journal.uid", Role::Text, "number of the user as whom it ran"),
    LOGIN = text("journal.loginuid", Role::Text, "number of the user who logged in"),
    BOOT = text("journal.boot_id", Role::Text, "id of the boot"),
    TRANSPORT = text("journal.transport", Role::Text, "how it came into the journal"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("journald", "systemd journal", FIELDS));

pub(super) struct Journald;

impl Format for Journald {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "The journal of systemd as JSON or in its export format; sshd, sudo, audit and others typed."
    }

    fn limits(&self) -> &'static str {
        "What a program says of itself may be false, while fields that begin with a line are the \
         journal's own; old entries are deleted when the disk is full."
    }

    fn join(&self) -> Join {
        Join::Begins(|record, line| {
            // What is not shown whole may be anything: a wrong length must not take the rest.
            let within = || record.len() < SHOWN && entry::is_within_value(record);
            line.starts_with(b"__CURSOR=") && !within()
        })
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.is_object() {
            let mine = probe.has("__REALTIME_TIMESTAMP")
                && ["MESSAGE", "_BOOT_ID", "__CURSOR"].iter().any(|name| probe.has(name));
            return Match::certain_if(mine);
        }
        if probe.record.starts_with("__CURSOR=")
            || probe.record.starts_with("__REALTIME_TIMESTAMP=")
        {
            return Match::Certain;
        }
        let named = probe.record.split_once('=').is_some_and(|(name, _)| {
            name.starts_with('_') && is_name(name) || matches!(name, "PRIORITY" | "MESSAGE")
        });
        if named { Match::Likely } else { Match::No }
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader)
    }
}

#[derive(Clone, Copy)]
struct Reader;

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let entry = if record.starts_with('{') {
            Entry::json(record).map_err(|error| DecodeError::Broken {
                reason: format!("no good JSON: {error}"),
                time: None,
            })?
        } else if record.starts_with("__CURSOR=") || record.contains("__REALTIME_TIMESTAMP=") {
            Entry::export(record)
        } else {
            return Err(DecodeError::NotMine);
        };
        let stamp = entry.get(Name::Time);
        match clock::epoch(stamp) {
            Some(time) => row.time(time),
            None if record.starts_with('{') && stamp.is_empty() => {
                return Err(DecodeError::NotMine);
            }
            None => {}
        }
        put_entry(row, &entry);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}

fn put_entry(row: &mut dyn Row, entry: &Entry<'_>) {
    let either = |one, other| match entry.get(one) {
        "" => entry.get(other),
        given => given,
    };
    let program = either(Name::Identifier, Name::Comm);
    let message = entry.get(Name::Message).trim_end();
    let known = programs::read(program, message);
    for (slot, value) in [
        (ID, entry.get(Name::Cursor)),
        (HOST, entry.get(Name::Host)),
        (PROCESS, program),
        (MESSAGE, message),
        (PID, entry.get(Name::Pid)),
        (FACILITY, entry.get(Name::Facility)),
        (UNIT, either(Name::Unit, Name::UserUnit)),
        (EXE, entry.get(Name::Exe)),
        (UID, entry.get(Name::Uid)),
        (BOOT, entry.get(Name::Boot)),
        (TRANSPORT, entry.get(Name::Transport)),
        // What the message says goes over what the journal knows of the program.
        (COMMAND, entry.get(Name::CommandLine)),
        (SESSION, session(entry.get(Name::Session))),
        (LOGIN, session(entry.get(Name::LoginUid))),
    ] {
        put(row, &FIELDS[slot], slot, Scalar::Text(value));
    }
    let priority = entry.get(Name::Priority).parse::<usize>().ok();
    if let Some(severity) = priority.and_then(|level| super::SEVERITIES.get(level)) {
        row.put(SEVERITY, Value::Float(*severity));
    }
    known.put(row);
}

/// A number that is not the one that stands for none.
fn session(number: &str) -> &str {
    if number == "4294967295" { "" } else { number }
}
