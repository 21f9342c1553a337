//! Error logs of MySQL (5.5 to 8.4) and MariaDB.
//!
//! Source: the MySQL reference manual, "The Error Log". Lines without a time belong to the entry
//! before: banners and what is left of a crash. Many programs put a level in brackets behind a
//! time; databases write a thread or a code as well, or have the short times of old versions.

use super::{put_text, said, stamp};
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Value, fields, schema::slots,
};
use crate::format::clock::Stamp;
use crate::format::databases::client;
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, Takes, put_class,
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
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    _ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    _INSTANCE = fields::INSTANCE,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    DATABASE = super::database(),
    CONNECTION = super::connection(),
    CLIENT = client::named("mysql.client_host"),
    LEVEL = FieldDef::new("mysql.level", Kind::Str, Role::Text, "System, Note, Warning or ERROR"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("mysql_error", "MySQL and MariaDB errors", FIELDS));

pub(in crate::format::databases) struct Errors;

impl Format for Errors {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Error logs of MySQL, MariaDB, RDS and Aurora MySQL: refused logins, broken connections."
    }

    fn limits(&self) -> &'static str {
        "Refused logins are there only if log_error_verbosity (log_warnings before 5.7) is above \
         its lowest; logins that succeed never are."
    }

    fn join(&self) -> Join {
        Join::Begins(|_, line| {
            let head = &line[..line.len().min(128)];
            let valid = head.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            Line::read(valid).is_some()
        })
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        match Line::read(probe.record) {
            Some(line) if !line.level.is_empty() => Match::Certain,
            Some(_) => Match::Likely,
            None => Match::No,
        }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { zone_seconds: context.zone_seconds })
    }
}

#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    stamp: Stamp,
    thread: &'a str,
    level: &'a str,
    code: &'a str,
    subsystem: &'a str,
    message: &'a str,
}

impl<'a> Line<'a> {
    fn read(record: &'a str) -> Option<Self> {
        let (stamp, rest) = stamp::read(record)?;
        let written = &record[..record.len() - rest.len()];
        // Python's, and those of other programs.
        if written.as_bytes().get(19) == Some(&b',') {
            return None;
        }
        let rest = rest.strip_prefix(' ')?.trim_start_matches(' ');
        let word = rest.split(' ').next().unwrap_or("");
        let is_thread = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (thread, rest) =
            if is_thread { (word, rest[word.len()..].trim_start_matches(' ')) } else { ("", rest) };
        let line = Self { stamp, thread, level: "", code: "", subsystem: "", message: rest };
        let Some((level, rest)) = bracketed(rest) else {
            // The starter and the storage engine of old versions.
            let known = ["InnoDB: ", "mysqld_safe ", "mysqld_safe: ", "Percona XtraDB"];
            return known.iter().any(|begin| rest.starts_with(begin)).then_some(line);
        };
        if !matches!(level, "Note" | "Warning" | "ERROR" | "Error" | "System") {
            return None;
        }
        let (code, rest) = bracketed(rest)
            .filter(|(code, _)| code.starts_with("MY-"))
            .map_or(("", rest), |(code, rest)| (code, rest));
        let is_numbered = !thread.is_empty() && thread.bytes().all(|byte| byte.is_ascii_digit());
        if code.is_empty() && !is_numbered && written.as_bytes().get(4) == Some(&b'-') {
            return None;
        }
        let (subsystem, message) = bracketed(rest)
            .filter(|_| !code.is_empty())
            .map_or(("", rest), |(subsystem, rest)| (subsystem, rest));
        Some(Self { level, code, subsystem, message, ..line })
    }
}

/// `[word] rest`
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.strip_prefix('[')?.split_once(']')?;
    (word.len() <= 24).then(|| (word, rest.trim_start_matches(' ')))
}

#[derive(Clone, Copy)]
struct Reader {
    zone_seconds: i32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let Some(line) = Line::read(record) else { return Err(DecodeError::NotMine) };
        line.stamp.put(row, self.zone_seconds);
        let source = if line.subsystem.is_empty() && line.message.starts_with("InnoDB: ") {
            "InnoDB"
        } else {
            line.subsystem
        };
        for (slot, text) in [
            (EVENT_SOURCE, source),
            (CODE, line.code),
            // Threads that InnoDB names in hexadecimal are those of the system.
            (CONNECTION, Some(line.thread).filter(|id| id.parse::<u64>().is_ok()).unwrap_or("")),
            (LEVEL, line.level),
            (MESSAGE, line.message),
        ] {
            put_text(row, slot, text);
        }
        let (severity, outcome) = match line.level {
            "ERROR" | "Error" => (6.0, Outcome::Failure),
            "Warning" => (4.0, Outcome::Unknown),
            _ => (0.0, Outcome::Unknown),
        };
        row.put(SEVERITY, Value::Float(severity));
        put_meaning(row, &line, outcome);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}

fn put_meaning(row: &mut dyn Row, line: &Line<'_>, outcome: Outcome) {
    let message = line.message;
    let has = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let own = if line.code.is_empty() { line.level } else { line.code };
    let (event, class, outcome, said) = if let Some(said) = said::access_denied(message) {
        ("Access denied", Class::Auth, Outcome::Denied, said)
    } else if let Some(said) = said::aborted(message) {
        ("Aborted connection", Class::Auth, Outcome::Failure, said)
    } else if has(&["is blocked because of many connection errors"]) {
        ("Host blocked", Class::Auth, Outcome::Denied, said::Said::default())
    } else if has(&[
        "ready for connections",
        "hutdown complete",
        "ormal shutdown",
        "Received SHUTDOWN",
    ]) {
        (own, Class::AuditSystem, outcome, said::Said::default())
    } else if has(&["got signal", "got exception", "Assertion failure"]) {
        (own, Class::SystemError, Outcome::Failure, said::Said::default())
    } else {
        (own, Class::Other, outcome, said::Said::default())
    };
    put_text(row, EVENT, event);
    put_class(row, CLASS, class);
    put_outcome(row, OUTCOME, outcome);
    client::put_user(row, (PRINCIPAL, PRINCIPAL_KIND), said.user);
    client::put(row, (SRC_IP, CLIENT), said.host);
    put_text(row, DATABASE, said.database);
    put_text(row, RESOURCE, said.database);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_in_brackets_is_no_mark_of_a_database() {
        for (line, is) in [
            ("2026-03-04T10:42:02.113057Z 4711 [Note] [MY-010926] [Server] x", true),
            ("2026-03-04 10:42:02 0 [Note] x", true),
            ("2026-03-04  9:42:02 140234 [ERROR] x", true),
            ("260304 10:42:02 [ERROR] x", true),
            ("2026-03-04 10:42:02 7f2b3c InnoDB: x", true),
            ("2026-03-04T10:42:02.113057Z mysqld_safe Starting", true),
            ("2026-03-04T10:42:02.113057Z [Note] [MY-010926] x", true),
            ("2026-03-04 10:42:02 [ERROR] x", false),
            ("2026-03-04T10:42:02Z [Warning] x", false),
            ("2026-03-04 10:42:02,113 [ERROR] x", false),
            ("2026-03-04 10:42:02,113 4711 [ERROR] x", false),
            ("2026-03-04 10:42:02 feed [ERROR] x", false),
            ("2026-03-04 10:42:02 4711 [INFO] x", false),
        ] {
            assert_eq!(Line::read(line).is_some(), is, "{line}");
        }
    }
}
