//! Audit logs of MariaDB's plugin `server_audit`, as MariaDB, RDS for MySQL and MariaDB, and
//! Aurora MySQL write them: ten cells between commas, and one or two more where the plugin is newer.
//!
//! Source: the MariaDB documentation, "MariaDB Audit Plugin - Log Format", and the Aurora user
//! guide, "Using Advanced Auditing". **Nothing but the statement is escaped**: commas of user names
//! and of statements stand as they are, and a statement may be cut off within an escape, so that
//! its last quote looks like one of its own. The ids and the operation tell where the names end.

use super::{denied, put_text};
use crate::event::{Class, FieldDef, Kind, Outcome, Role, Row, Schema, fields, schema::slots};
use crate::format::beyond::Beyond;
use crate::format::clock::{self, Stamp};
use crate::format::databases::{client, sql};
use crate::format::members::{Scalar, put};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Match, Probe, Takes, put_class, put_outcome,
    schema,
};
use std::iter;
use std::sync::{Arc, LazyLock};

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    _ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    HOST = fields::HOST,
    _INSTANCE = fields::INSTANCE,
    REQUEST = fields::REQUEST,
    MESSAGE = fields::MESSAGE,
    DATABASE = super::database(),
    CONNECTION = super::connection(),
    CLIENT = client::named("mysql.client_host"),
    COMMAND = FieldDef::new("mysql.statement_type", Kind::Str, Role::Event, "first word of the statement"),
    CONNECTION_TYPE = FieldDef::new("mysql.connection_type", Kind::Str, Role::Text, "0 undefined, 1 TCP, 2 socket, 3 named pipe, 4 TLS, 5 shared memory"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("mysql_audit", "MySQL and MariaDB audit", FIELDS));

pub(in crate::format::databases) struct Audit;

impl Format for Audit {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Audit logs of MariaDB, RDS for MySQL and MariaDB, and Aurora MySQL (server_audit)."
    }

    fn limits(&self) -> &'static str {
        "What the audit events and users that were chosen leave out is not there, and long \
         statements are cut off (1,024 bytes unless set otherwise). Aurora writes several files at \
         once, none of them in order."
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(Line::read(probe.record).is_some())
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        let beyond = Beyond::new(&SCHEMA, CELLS);
        Box::new(Reader { zone_seconds: context.zone_seconds, beyond })
    }
}

/// Cells up to the type of the connection.
const CELLS: usize = 11;

#[derive(Clone)]
struct Reader {
    zone_seconds: i32,
    /// What stands behind all cells that are known.
    beyond: Beyond,
}

/// The cells of a line.
#[derive(Debug, PartialEq)]
struct Line<'a> {
    stamp: Stamp,
    server: &'a str,
    user: &'a str,
    host: &'a str,
    connection: &'a str,
    query: &'a str,
    operation: &'a str,
    database: &'a str,
    object: &'a str,
    code: &'a str,
    connection_type: &'a str,
    /// The cell behind it, if it says something, and all that follow.
    beyond: [&'a str; 2],
}

const OPERATIONS: [&str; 11] = [
    "CONNECT",
    "FAILED_CONNECT",
    "DISCONNECT",
    "QUERY",
    "READ",
    "WRITE",
    "CREATE",
    "ALTER",
    "RENAME",
    "DROP",
    "TABLE",
];

impl<'a> Line<'a> {
    fn read(record: &'a str) -> Option<Self> {
        let (stamp, rest) = stamp(record)?;
        let (server, rest) = rest.split_once(',')?;
        let (who, [connection, query, operation], rest) = anchored(rest)?;
        let (user, host) = who.rsplit_once(',')?;
        let (database, rest) = rest.split_once(',').unwrap_or((rest, ""));
        let (object, tail) = object(rest);
        let mut tail = tail.splitn(4, ',').map(str::trim);
        let mut next = || tail.next().unwrap_or("");
        let (code, one, other, rest) = (next(), next(), next(), next());
        // RDS has an empty cell before or behind it.
        let (connection_type, other) = if one.is_empty() { (other, "") } else { (one, other) };
        Some(Self {
            stamp,
            server,
            user,
            host,
            connection,
            query,
            operation,
            database,
            object,
            code,
            connection_type,
            beyond: [other, rest],
        })
    }

    fn class(&self) -> Class {
        match self.operation {
            "QUERY" => sql::class(self.object),
            "READ" | "TABLE" => Class::DataRead,
            "WRITE" => Class::DataWrite,
            "CREATE" | "ALTER" | "RENAME" => Class::Config,
            "DROP" => Class::DataDelete,
            _ => Class::Auth,
        }
    }

    fn outcome(&self) -> Outcome {
        match (self.operation, self.code) {
            (_, code) if denied(code) => Outcome::Denied,
            ("FAILED_CONNECT", _) => Outcome::Failure,
            (_, "0") => Outcome::Success,
            // What is read and written of tables has no code, and nothing says how it ended.
            (_, "") => Outcome::Unknown,
            _ => Outcome::Failure,
        }
    }
}

/// `20260304 10:42:02`, in the server's zone, or microseconds since 1970; and what follows the
/// comma behind it.
fn stamp(record: &str) -> Option<(Stamp, &str)> {
    if !record.as_bytes().first()?.is_ascii_digit() {
        return None;
    }
    let (text, rest) = record.split_once(',')?;
    if text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((Stamp::utc(clock::epoch(text)?), rest));
    }
    clock::compact(text).filter(|(_, left)| left.is_empty()).map(|(stamp, _)| (stamp, rest))
}

/// What stands before the first `,NUMBER,NUMBER,OPERATION,`, these, and what follows them.
fn anchored(text: &str) -> Option<(&str, [&str; 3], &str)> {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    for (at, _) in text.match_indices(',').take(64) {
        let mut cells = text[at + 1..].splitn(4, ',');
        let (Some(connection), Some(query)) = (cells.next(), cells.next()) else { break };
        if let (true, true, Some(operation), Some(rest)) =
            (number(connection), number(query), cells.next(), cells.next())
            && OPERATIONS.contains(&operation)
        {
            return Some((&text[..at], [connection, query, operation], rest));
        }
    }
    None
}

/// The object, without its quotes, and what follows it. A quote that nothing but numbers follow
/// ends a statement, even where it seems to be escaped; one that is not escaped ends it if a code
/// follows, whatever stands behind that.
fn object(text: &str) -> (&str, &str) {
    let Some(quoted) = text.strip_prefix('\'') else {
        return text.split_once(',').unwrap_or((text, ""));
    };
    let ends = |rest: &str| {
        rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'-' | b' '))
    };
    let is_code = |cell: &str| cell.bytes().all(|byte| byte.is_ascii_digit());
    let is_end = |statement: &str, rest: &str| {
        let escapes = statement.bytes().rev().take_while(|byte| *byte == b'\\').count();
        escapes % 2 == 0
            && !rest.starts_with(',')
            && is_code(rest.split(',').next().unwrap_or(rest))
    };
    match quoted.rsplit_once("',") {
        Some((statement, rest)) if ends(rest) || is_end(statement, rest) => (statement, rest),
        // Cut off altogether.
        _ => (quoted.strip_suffix('\'').unwrap_or(quoted), ""),
    }
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let Some(line) = Line::read(record) else {
            let Some((stamp, rest)) = stamp(record).filter(|(_, rest)| rest.contains(',')) else {
                return Err(DecodeError::NotMine);
            };
            let reason =
                format!("no ids and operation among its {} cells", rest.split(',').count());
            return Err(DecodeError::Broken { reason, time: Some(stamp.time(self.zone_seconds)) });
        };
        line.stamp.put(row, self.zone_seconds);
        put_text(row, EVENT, line.operation);
        put_class(row, CLASS, line.class());
        put_outcome(row, OUTCOME, line.outcome());
        client::put_user(row, (PRINCIPAL, PRINCIPAL_KIND), line.user);
        client::put(row, (SRC_IP, CLIENT), line.host);
        for (slot, text) in [
            (CODE, line.code),
            (HOST, line.server),
            (RESOURCE, line.server),
            (RESOURCE, line.database),
            (DATABASE, line.database),
            (CONNECTION, line.connection),
            (CONNECTION_TYPE, line.connection_type),
        ] {
            put_text(row, slot, text);
        }
        if line.query != "0" {
            put(row, &FIELDS[REQUEST], REQUEST, Scalar::Text(line.query));
        }
        if line.operation == "QUERY" {
            put_text(row, MESSAGE, line.object);
            put_text(row, COMMAND, sql::verb(line.object).map_or("", |verb| verb.name));
        } else {
            put_text(row, RESOURCE, line.object);
        }
        let [other, rest] = line.beyond;
        if !(other.is_empty() && rest.is_empty()) {
            self.beyond.put(iter::once(other).chain(rest.split(',')), row)?;
        }
        Ok(Decoded::Event)
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        Some(self.beyond.schema())
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(rest: &str) -> (String, String, String, String) {
        let record = format!("20260304 10:42:02,db-1,{rest}");
        let line = Line::read(&record).unwrap_or_else(|| panic!("{rest}"));
        (line.user.into(), line.object.into(), line.code.into(), line.connection_type.into())
    }

    #[test]
    fn commas_and_cut_escapes_do_not_part_statements() {
        for (rest, user, object, code, kind) in [
            (
                r"al,192.0.2.1,7,9,QUERY,app,'select \'a\',0, b',0",
                "al",
                r"select \'a\',0, b",
                "0",
                "",
            ),
            ("al,192.0.2.1,7,9,QUERY,app,'select 1',1146,,", "al", "select 1", "1146", ""),
            (r"al,h,7,9,QUERY,app,'select \',0", "al", r"select \", "0", ""),
            ("al,h,7,9,QUERY,app,'select 1, cut o", "al", "select 1, cut o", "", ""),
            ("al,h,7,0,CONNECT,,,0,4", "al", "", "0", "4"),
            ("al,h,7,0,CONNECT,,,0,,1", "al", "", "0", "1"),
            ("al,h,7,9,QUERY,app,'select 1',0,,TLSv1.3", "al", "select 1", "0", "TLSv1.3"),
            ("al,h,7,9,QUERY,app,'select 1',0,4,,new's", "al", "select 1", "0", "4"),
            (r"al,h,7,9,QUERY,app,'in (\'a\',0,b", "al", r"in (\'a\',0,b", "", ""),
            ("a,b' or 1,h,7,0,FAILED_CONNECT,,,1045", "a,b' or 1", "", "1045", ""),
            ("al,h,7,9,READ,app,users,", "al", "users", "", ""),
        ] {
            let expected = (user.into(), object.into(), code.into(), kind.into());
            assert_eq!(line(rest), expected, "{rest}");
        }
    }
}
