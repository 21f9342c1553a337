//! Real-time logs of CloudFront, as a data stream hands them on: lines of columns parted by tabs,
//! in a fixed order and without a header.
//!
//! Of a configuration that leaves columns out nothing tells which are there. Of such lines only
//! those columns are read that show by themselves what they are.

use super::{cloudfront_slots, number, seconds, text};
use crate::event::{FieldDef, Kind, Role, Row, Schema, fields, schema::slots};
use crate::format::members::Rule::{self, Put, Skip};
use crate::format::members::Values;
use crate::format::names::{ROOM, plain};
use crate::format::table::{Sparse, Table};
use crate::format::{
    Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Match, Probe, Takes, clock,
    schema,
};
use memchr::memchr_iter;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

cloudfront_slots! {
    IP_VERSION = text("cloudfront.ip_version"),
    ACCEPT = text("cloudfront.accept"),
    ENCODING = text("cloudfront.accept_encoding"),
    HEADERS = text("cloudfront.headers"),
    HEADER_NAMES = text("cloudfront.header_names"),
    HEADER_COUNT = number("cloudfront.headers_count"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("cloudfront_realtime", "CloudFront in real time", FIELDS));

const ORDER: [&str; 46] = [
    "timestamp",
    "c-ip",
    "time-to-first-byte",
    "sc-status",
    "sc-bytes",
    "cs-method",
    "cs-protocol",
    "cs-host",
    "cs-uri-stem",
    "cs-bytes",
    "x-edge-location",
    "x-edge-request-id",
    "x-host-header",
    "time-taken",
    "cs-protocol-version",
    "c-ip-version",
    "cs-user-agent",
    "cs-referer",
    "cs-cookie",
    "cs-uri-query",
    "x-edge-response-result-type",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-result-type",
    "fle-encrypted-fields",
    "fle-status",
    "sc-content-type",
    "sc-content-len",
    "sc-range-start",
    "sc-range-end",
    "c-port",
    "x-edge-detailed-result-type",
    "c-country",
    "cs-accept-encoding",
    "cs-accept",
    "cache-behavior-path-pattern",
    "cs-headers",
    "cs-header-names",
    "cs-headers-count",
    "origin-fbl",
    "origin-lbl",
    "asn",
    "primary-distribution-id",
    "primary-distribution-dns-name",
    "r-host",
];

/// Columns of a line that has all there were before the last ones came.
const ALL: usize = 40;

fn level(name: &str) -> Rule {
    match plain(name, &mut { ROOM }) {
        "c_ip_version" => Put(IP_VERSION),
        "cs_accept" => Put(ACCEPT),
        "cs_accept_encoding" => Put(ENCODING),
        "cs_headers" => Put(HEADERS),
        "cs_header_names" => Put(HEADER_NAMES),
        "cs_headers_count" => Put(HEADER_COUNT),
        "" => Skip,
        name => super::level(name),
    }
}

pub(in crate::format::doors) struct Realtime;

impl Format for Realtime {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Real-time logs of CloudFront, as Kinesis and Firehose hand them on."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "within seconds, as far as the data stream's readers keep up",
            guarantee: "best effort, of as large a share of requests as was chosen",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "A share of requests, from 1 to 100 percent, which the log does not tell. Without all \
         columns, only those are read that show what they are."
    }

    fn takes(&self) -> Takes {
        Takes::Text
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(is_line(probe.record))
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { table: Table::new(ORDER, level, &SCHEMA), room: String::new() })
    }
}

/// Seconds with milliseconds, and an address.
fn is_line(line: &str) -> bool {
    let mut columns = line.splitn(3, '\t');
    let (Some(time), Some(address), Some(_)) = (columns.next(), columns.next(), columns.next())
    else {
        return false;
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = time.split_once('.').is_some_and(|(seconds, fraction)| {
        seconds.len() == 10
            && matches!(fraction.len(), 1..=6)
            && digits(seconds)
            && digits(fraction)
    });
    is_time && address.parse::<IpAddr>().is_ok()
}

#[derive(Clone)]
struct Reader {
    table: Table,
    room: String,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !is_line(record) {
            return Err(DecodeError::NotMine);
        }
        let mut row = Sparse::new(row);
        let mut values = Values::new(&mut row, FIELDS);
        let count = memchr_iter(b'\t', record.as_bytes()).count() + 1;
        if count >= ALL {
            self.table.read(record, '\t', &mut values)?;
        } else {
            read_some(record, &mut values);
        }
        // Time and address, and at least something of a request.
        if values.note(super::STATUS).is_none() && values.note(super::METHOD).is_none() {
            let time = record.split('\t').next().and_then(clock::epoch);
            let reason = format!("{count} columns, none of them a status or a method");
            return Err(DecodeError::Broken { reason, time });
        }
        self.room.clear();
        super::finish(&mut values, &mut self.room);
        Ok(Decoded::Event)
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        Some(self.table.schema())
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

/// Whether a text is what it would be in a column.
type Shows = fn(&str) -> bool;

/// The columns that show what they are, in the order in which they come.
const SHOWN: [(&str, Shows); 9] = [
    ("sc-status", |text| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())),
    ("cs-method", |text| text.len() > 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())),
    ("cs-protocol", |text| matches!(text, "http" | "https" | "ws" | "wss" | "grpcs")),
    ("cs-uri-stem", |text| text.starts_with('/')),
    ("x-edge-location", is_edge),
    ("x-edge-request-id", |text| text.len() == 56 && text.ends_with("==")),
    ("cs-protocol-version", |text| text.starts_with("HTTP/")),
    ("c-ip-version", |text| matches!(text, "IPv4" | "IPv6")),
    ("ssl-protocol", |text| text.starts_with("TLSv") || text.starts_with("SSLv")),
];

fn is_edge(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 4 && bytes[..3].iter().all(u8::is_ascii_uppercase) && bytes[3].is_ascii_digit()
}

fn read_some<'de>(line: &'de str, values: &mut Values<'_, 'de>) {
    let mut columns = line.split('\t');
    for name in ["timestamp", "c-ip"] {
        if let Some(column) = columns.next() {
            values.take(level(name), column);
        }
    }
    let mut from = 0;
    for column in columns {
        let shown = SHOWN.iter().enumerate().skip(from).find(|(_, (_, shows))| shows(column));
        if let Some((at, (name, _))) = shown {
            values.take(level(name), column);
            from = at + 1;
        }
    }
}

#[cfg(test)]
pub(super) fn fields() -> &'static [FieldDef] {
    FIELDS
}
