//! User activity logs: statements as they came in, over as many lines as they have.

use super::{DELIVERY, put_text, put_user};
use crate::event::{Class, FieldDef, Kind, Outcome, Role, Row, Schema, fields, schema::slots};
use crate::format::clock::{self, Stamp};
use crate::format::databases::sql;
use crate::format::members::{Scalar, put};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Delivery, Format, Join, Match, Probe, Takes, put_class,
    put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    _ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    MESSAGE = fields::MESSAGE,
    DATABASE = super::database(),
    PID = super::pid(),
    XID = super::xid(),
    USER_ID = FieldDef::new("redshift.user_id", Kind::Int, Role::Text, "id of the user"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("redshift_activity", "Redshift activity", FIELDS));

pub(in crate::format::databases) struct Activity;

impl Format for Activity {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "User activity logs of Amazon Redshift (useractivitylog): statements."
    }

    fn limits(&self) -> &'static str {
        "It is there only where enable_user_activity_logging is on. A statement is logged before it \
         runs: nothing says how it ended, and the address is in the connection log alone."
    }

    fn delivery(&self) -> Delivery {
        DELIVERY
    }

    fn join(&self) -> Join {
        Join::Begins(|_, line| {
            let head = &line[..line.len().min(512)];
            head.starts_with(b"'")
                && head.utf8_chunks().next().is_some_and(|chunk| begin(chunk.valid()).is_some())
        })
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(begin(probe.record).is_some())
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader)
    }
}

/// The time behind the quote that a record begins with, and what stands in the bracket.
fn begin(record: &str) -> Option<(Stamp, &str)> {
    let (stamp, rest) = clock::iso(record.strip_prefix('\'')?)?;
    let rest = rest.strip_prefix(" UTC").unwrap_or(rest);
    Some((stamp.is_utc(), rest.strip_prefix(" [ ")?)).filter(|(_, rest)| rest.starts_with("db="))
}

struct Reader;

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let Some((stamp, rest)) = begin(record) else { return Err(DecodeError::NotMine) };
        let Some((pairs, message)) = rest.split_once(" ]'") else {
            let reason = "the bracket before the statement is not closed".to_owned();
            return Err(DecodeError::Broken { reason, time: Some(stamp.time(0)) });
        };
        stamp.put(row, 0);
        let value = |name: &str, next: &str| {
            let rest = pairs.split_once(name).map_or("", |(_, rest)| rest);
            rest.split(next).next().unwrap_or("").trim()
        };
        // Names may hold blanks; each ends where the next one begins.
        let (database, user) = (value("db=", " user="), value(" user=", " pid="));
        put_user(row, (PRINCIPAL, PRINCIPAL_KIND), user);
        let message = message.trim_start();
        let statement = message.strip_prefix("LOG:").unwrap_or(message).trim();
        let verb = sql::verb(statement);
        for (slot, text) in [
            (EVENT, verb.map_or("LOG", |verb| verb.name)),
            (MESSAGE, statement),
            (DATABASE, database),
            (RESOURCE, database),
        ] {
            put_text(row, slot, text);
        }
        let pid = value(" pid=", " userid=");
        for (slot, text) in
            [(PID, pid), (USER_ID, value(" userid=", " xid=")), (XID, value(" xid=", " "))]
        {
            put(row, &FIELDS[slot], slot, Scalar::Text(text));
        }
        put_class(row, CLASS, verb.map_or(Class::Other, |verb| verb.class));
        put_outcome(row, OUTCOME, Outcome::Unknown);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(Self)
    }
}
