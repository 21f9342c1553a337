//! Queries that Route 53 answered for public hosted zones, as its log groups have them.
//!
//! Source: the Route 53 developer guide, "Public DNS query logging". Who asks is a resolver; the
//! network that it asks for, if it says so, stands beside it.

use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Time, fields, schema::slots,
};
use crate::format::beyond::Beyond;
use crate::format::members::{Scalar, put};
use crate::format::{
    Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Match, Probe, Takes,
    put_class, put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, Role::Text, "the column of this name, verbatim")
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    SRC_IP = fields::SRC_IP,
    RESOURCE = fields::RESOURCE,
    DOMAIN = fields::DOMAIN,
    PROTOCOL = text("r53.protocol"),
    EDGE = text("r53.edge_location"),
    SUBNET = text("r53.client_subnet"),
    SUBNET_IP = FieldDef::new("r53.client_network", Kind::Ip, Role::Ip, "address of the network that the resolver asked for"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("r53_public", "Route 53 public queries", FIELDS));

/// What stands in which column, from the third on.
const COLUMNS: [usize; 8] = [RESOURCE, DOMAIN, EVENT, CODE, PROTOCOL, EDGE, SRC_IP, SUBNET];

pub(super) struct PublicQueries;

impl Format for PublicQueries {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "DNS queries that Route 53 answered for a public hosted zone: log groups."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as queries reach an edge location",
            guarantee: "best effort: within minutes",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "Resolvers keep answers, so most lookups of a name never get here; the address is that of \
         a resolver, and not of who wanted to know."
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(head(probe.record).is_some())
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { beyond: Beyond::new(&SCHEMA, 2 + COLUMNS.len()) })
    }
}

/// The time, and what follows it, if the record is one of a hosted zone.
fn head(record: &str) -> Option<(Time, &str)> {
    let (time, rest) = record.strip_prefix("1.0 ")?.split_once(' ')?;
    let zone = rest.starts_with('Z') && rest[1..].starts_with(|c: char| c.is_ascii_alphanumeric());
    Time::parse_rfc3339(time).filter(|_| zone).map(|time| (time, rest))
}

#[derive(Clone)]
struct Reader {
    beyond: Beyond,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let (time, rest) = head(record).ok_or(DecodeError::NotMine)?;
        let mut count = 2;
        let mut outcome = Outcome::Unknown;
        let mut cells = rest.split(' ').filter(|part| !part.is_empty());
        for (slot, value) in COLUMNS.into_iter().zip(cells.by_ref()) {
            count += 1;
            if value == "-" {
                continue;
            }
            put(row, &FIELDS[slot], slot, Scalar::Text(value));
            match slot {
                CODE if value == "NOERROR" => outcome = Outcome::Success,
                CODE => outcome = Outcome::Failure,
                SUBNET => {
                    let network = value.split('/').next().unwrap_or(value);
                    put(row, &FIELDS[SUBNET_IP], SUBNET_IP, Scalar::Text(network));
                }
                _ => {}
            }
        }
        if count < 9 {
            let reason = format!("{count} columns; a query has at least 9");
            return Err(DecodeError::Broken { reason, time: Some(time) });
        }
        self.beyond.put(cells, row)?;
        row.time(time);
        put_class(row, CLASS, Class::Network);
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
