//! One entry, whichever way it was written, into one event.

use super::messages::{self, Known};
#[allow(clippy::wildcard_imports, reason = "the slots of forty fields")]
use super::*;
use crate::event::{Class, Outcome, Row, Value};
use crate::format::clock::Stamp;
use crate::format::databases::{client as clients, sql};
use crate::format::members::{Scalar, put};
use crate::format::{put_class, put_outcome};

/// What an entry says; what it does not say is empty.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry<'a> {
    pub(super) stamp: Option<Stamp>,
    pub(super) user: &'a str,
    pub(super) database: &'a str,
    pub(super) host: &'a str,
    pub(super) port: &'a str,
    pub(super) application: &'a str,
    pub(super) pid: &'a str,
    pub(super) session_id: &'a str,
    pub(super) session_start: Option<Stamp>,
    pub(super) line: &'a str,
    pub(super) virtual_xid: &'a str,
    pub(super) xid: &'a str,
    pub(super) tag: &'a str,
    pub(super) level: &'a str,
    pub(super) code: &'a str,
    pub(super) message: &'a str,
}

impl Entry<'_> {
    /// Writes all of it, and what its message says.
    pub(super) fn put(&self, row: &mut dyn Row, zone_seconds: i32) {
        if let Some(stamp) = self.stamp {
            stamp.put(row, zone_seconds);
        }
        if let Some(start) = self.session_start {
            row.put(SESSION_START, Value::Time(start.time(zone_seconds)));
        }
        // Nothing went wrong if the code says so.
        let code = if self.code == "00000" { "" } else { self.code };
        for (slot, text) in [
            (CODE, code),
            (MESSAGE, self.message),
            (LEVEL, self.level),
            (PID, self.pid),
            (SESSION_ID, self.session_id),
            (LINE, self.line),
            (VIRTUAL_XID, self.virtual_xid),
            (XID, self.xid),
            (TAG, self.tag),
        ] {
            put(row, &FIELDS[slot], slot, Scalar::Text(text));
        }
        if let Some(severity) = severity(self.level) {
            row.put(SEVERITY, Value::Float(severity));
        }
        self.put_known(row, &messages::read(self.level, self.message));
    }

    fn put_known(&self, row: &mut dyn Row, known: &Known<'_>) {
        let first = |own, said| if str::is_empty(own) { said } else { own };
        clients::put_user(row, (PRINCIPAL, PRINCIPAL_KIND), first(self.user, known.user));
        let (host, port) = if self.host.is_empty() { known.client } else { (self.host, self.port) };
        clients::put(row, (SRC_IP, CLIENT), host);
        let database = first(self.database, known.database);
        let event = [&*known.event, self.tag, self.level].into_iter().find(|name| !name.is_empty());
        for (slot, text) in [
            (EVENT, event.unwrap_or("")),
            (SRC_PORT, port),
            (DATABASE, database),
            (RESOURCE, database),
            (RESOURCE, &*known.object),
            (AGENT, first(self.application, known.application)),
            (METHOD, known.method),
            (IDENTITY, known.identity),
            (TLS, known.tls),
            (AUDIT_TYPE, known.audit_type),
            (AUDIT_CLASS, &*known.audit_class),
            (OBJECT_TYPE, &*known.object_type),
        ] {
            put(row, &FIELDS[slot], slot, Scalar::Text(text));
        }
        if let Some(seconds) = known.duration {
            row.put(DURATION, Value::Float(seconds));
        }
        let class = if known.event.is_empty() && known.class == Class::Other {
            sql::class(self.tag)
        } else {
            known.class
        };
        put_class(row, CLASS, class);
        put_outcome(row, OUTCOME, self.outcome(known));
    }

    fn outcome(&self, known: &Known<'_>) -> Outcome {
        match (self.code, self.level) {
            ("28P01" | "28000" | "42501" | "0LP01", "ERROR" | "FATAL") => Outcome::Denied,
            (_, "ERROR" | "FATAL" | "PANIC") if known.outcome != Outcome::Denied => {
                Outcome::Failure
            }
            _ => known.outcome,
        }
    }
}

fn severity(level: &str) -> Option<f64> {
    Some(match level {
        "PANIC" => 10.0,
        "FATAL" => 7.0,
        "ERROR" => 6.0,
        "WARNING" => 4.0,
        "NOTICE" => 1.0,
        "LOG" | "INFO" => 0.0,
        _ if level.starts_with("DEBUG") => 0.0,
        // It belongs to a message that has one.
        _ => return None,
    })
}
