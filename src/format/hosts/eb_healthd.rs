//! What the proxy of an Elastic Beanstalk instance writes for the health agent: a line for each
//! request, `1772620922.113"/path"200"0.083"0.083"203.0.113.9`.

use crate::event::{Class, FieldDef, Kind, Role, Row, Schema, Value, fields, schema::slots};
use crate::format::members::{Scalar, put};
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Match, Probe, Takes, clock, put_class,
    put_outcome, schema, web,
};
use std::sync::{Arc, LazyLock};

slots! {
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    CLIENT_IP = fields::CLIENT_IP,
    ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    DURATION = fields::DURATION,
    URL = fields::URL,
    INSTANCE = fields::INSTANCE,
    UPSTREAM = FieldDef::new("healthd.upstream_time", Kind::Float, Role::Text, "seconds the application took"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("eb_healthd", "Elastic Beanstalk health", FIELDS));

/// Cells of a line.
const CELLS: usize = 6;

pub(super) struct EbHealthd;

impl Format for EbHealthd {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Requests that the health agent of Elastic Beanstalk counts (nginx/healthd/application.log)."
    }

    fn limits(&self) -> &'static str {
        "Who asked is only what X-Forwarded-For says, and files are deleted after some hours."
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(cells(probe.record).is_some())
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader)
    }
}

/// Time, path, status, how long it took, how long the application took, X-Forwarded-For. The path
/// may hold quotes; what stands behind it may not.
fn cells(line: &str) -> Option<[&str; CELLS]> {
    let (time, rest) = line.split_once('"')?;
    let mut parts = rest.rsplitn(CELLS - 1, '"');
    let (client, upstream, took) = (parts.next()?, parts.next()?, parts.next()?);
    let (status, path) = (parts.next()?, parts.next()?);
    let is_time = time.len() >= 10 && time.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let is_status = status.len() == 3 && status.bytes().all(|b| b.is_ascii_digit());
    (is_time && is_status).then_some([time, path, status, took, upstream, client])
}

#[derive(Clone, Copy)]
struct Reader;

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let [time, path, status, took, upstream, client] =
            cells(record).ok_or(DecodeError::NotMine)?;
        if let Some(time) = clock::epoch(time) {
            row.time(time);
        }
        let values = [(URL, path), (CODE, status), (DURATION, took), (UPSTREAM, upstream)];
        for (slot, value) in values {
            put(row, &FIELDS[slot], slot, Scalar::Text(value));
        }
        for address in client.split(',').filter_map(|part| part.trim().parse().ok()) {
            row.put(CLIENT_IP, Value::Ip(address));
        }
        put_class(row, CLASS, Class::Network);
        put_outcome(row, OUTCOME, web::outcome(status));
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(*self)
    }
}
