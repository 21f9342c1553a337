//! Connection logs: who tried to log in, from where, and when they left.

use super::{DELIVERY, put_user, time};
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Value, fields, schema::slots,
};
use crate::format::beyond::Beyond;
use crate::format::databases::client;
use crate::format::members::{Scalar, put};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Delivery, Format, Match, Probe, Takes, put_class,
    put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, Role::Text, "the column of this name, verbatim")
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    _ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    DURATION = fields::DURATION,
    AGENT = fields::AGENT,
    DATABASE = super::database(),
    PID = super::pid(),
    CLIENT = client::named("redshift.client_host"),
    METHOD = text("redshift.auth_method"),
    SSL = text("redshift.ssl_version"),
    CIPHER = text("redshift.ssl_cipher"),
    GUID = FieldDef::new("redshift.iam_auth_guid", Kind::Id, Role::Request, "id of the IAM login, which CloudTrail has too"),
    DRIVER = text("redshift.driver_version"),
    SYSTEM = text("redshift.os_version"),
    PLUGIN = text("redshift.plugin_name"),
    PROTOCOL = text("redshift.protocol_version"),
    SESSION_ID = FieldDef::new("redshift.session_id", Kind::Id, Role::Session, "id of the session, which is unique over all of the cluster's"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("redshift_connection", "Redshift connections", FIELDS));

pub(in crate::format::databases) struct Connections;

impl Format for Connections {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Connection logs of Amazon Redshift (connectionlog), from S3 and CloudWatch Logs."
    }

    fn limits(&self) -> &'static str {
        "A session says who connected, and not what they ran; behind a proxy or the query editor \
         the address is not the user's."
    }

    fn delivery(&self) -> Delivery {
        DELIVERY
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(is_connection(probe.record))
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { beyond: Beyond::new(&SCHEMA, COLUMNS) })
    }
}

const COLUMNS: usize = 22;
/// Of the oldest logs.
const LEAST: usize = 8;

/// Whether a word, a time, and an address or name with a port stand between bars.
fn is_connection(record: &str) -> bool {
    let mut cells = record.split('|');
    let event = cells.next().unwrap_or("").trim();
    let is_event = !event.is_empty()
        && event.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b' ' | b'_'));
    let number = |cell: Option<&str>| {
        cell.is_some_and(|cell| cell.trim().bytes().all(|byte| byte.is_ascii_digit()))
    };
    is_event
        && cells.next().is_some_and(|cell| time(cell).is_some())
        && cells.next().is_some()
        && number(cells.next())
        && number(cells.next())
        && cells.count() >= 2
}

#[derive(Clone)]
struct Reader {
    beyond: Beyond,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !is_connection(record) {
            return Err(DecodeError::NotMine);
        }
        let mut cells = [""; COLUMNS];
        let mut count = 0;
        for (cell, value) in cells.iter_mut().zip(record.split('|')) {
            *cell = value.trim();
            count += 1;
        }
        let stamp = time(cells[1]);
        if count < LEAST {
            let reason = format!("{count} columns; a connection has at least {LEAST}");
            return Err(DecodeError::Broken { reason, time: stamp.map(|stamp| stamp.time(0)) });
        }
        if let Some(stamp) = stamp {
            stamp.put(row, 0);
        }
        client::put(row, (SRC_IP, CLIENT), cells[2]);
        put_user(row, (PRINCIPAL, PRINCIPAL_KIND), cells[6]);
        // Which of the two comes first has been told both ways.
        let is_system = |text: &str| {
            let names = ["Linux", "Windows", "Mac", "Darwin", "linux", "macOS"];
            names.iter().any(|name| text.contains(name))
        };
        let (driver, system) = if is_system(cells[16]) && !is_system(cells[17]) {
            (cells[17], cells[16])
        } else {
            (cells[16], cells[17])
        };
        for (slot, text) in [
            (EVENT, cells[0]),
            (SRC_PORT, cells[3]),
            (PID, cells[4]),
            (DATABASE, cells[5]),
            (RESOURCE, cells[5]),
            (METHOD, cells[7]),
            (SSL, cells[9]),
            (CIPHER, cells[10]),
            (GUID, cells[14]),
            (AGENT, cells[15]),
            (DRIVER, driver),
            (SYSTEM, system),
            (PLUGIN, cells[18]),
            (PROTOCOL, cells[19]),
            (SESSION_ID, cells[20]),
        ] {
            put(row, &FIELDS[slot], slot, Scalar::Text(text));
        }
        // Only the end of a session tells how long it was.
        if let Some(micros) = cells[8].parse::<f64>().ok().filter(|micros| *micros > 0.0) {
            row.put(DURATION, Value::Float(micros / 1e6));
        }
        self.beyond.put(record.split('|').skip(COLUMNS), row)?;
        put_class(row, CLASS, Class::Auth);
        let outcome = match cells[0] {
            "authentication failure" => Outcome::Denied,
            event if event.contains("fail") => Outcome::Failure,
            _ => Outcome::Success,
        };
        put_outcome(row, OUTCOME, outcome);
        Ok(Decoded::Event)
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        Some(self.beyond.schema())
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}
