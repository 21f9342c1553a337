//! Standard logs of CloudFront, of the first and the second kind, and its connection logs.
//!
//! Those of the first kind are tables with a header; those of the second come in the shape and
//! with the columns that their owner has chosen. Connection logs tell of TLS with certificates of
//! both sides. What is escaped with `%` stays so, but for the user agent (whose escapes are
//! escaped again) and the addresses of `X-Forwarded-For`.

use super::{NOTES, cloudfront_slots, number, seconds, text};
use crate::event::{Class, FieldDef, Kind, Outcome, Role, Schema, Value, fields, schema::slots};
use crate::format::members::Rule::{self, Note, Put, PutNote, Skip};
use crate::format::members::Values;
use crate::format::names::{ROOM, plain};
use crate::format::shapes::Names;
use crate::format::{
    Clock, Context, Decoder, Delivery, Format, Match, Probe, clock, put_class, put_outcome, schema,
};
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

cloudfront_slots! {
    TIME_END = fields::TIME_END,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    DST_IP = fields::DST_IP,
    ACCOUNT = fields::ACCOUNT,
    COUNT = fields::COUNT,
    TENANT = FieldDef::new("cloudfront.distribution_tenant_id", Kind::Str, Role::Resource, "the tenant whose distribution it is"),
    CONNECTION = FieldDef::new("cloudfront.connection_id", Kind::Id, Role::Request, "id of the connection"),
    REQUEST_DATA = text("cloudfront.viewer_request_log_data"),
    RESPONSE_DATA = text("cloudfront.viewer_response_log_data"),
    REASON = text("cloudfront.sr_reason"),
    ISSUER = text("cloudfront.client_leaf_cert_issuer"),
    SERIAL = text("cloudfront.client_leaf_cert_serial_number"),
    VALIDITY = text("cloudfront.client_leaf_cert_validity"),
    CUSTOM = text("cloudfront.connection_log_custom_data"),
}

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("cloudfront", "CloudFront", FIELDS));

// What is kept aside, after what all logs keep.
const END: usize = NOTES;
const CONNECTED: usize = NOTES + 1;
const SUBJECT: usize = NOTES + 2;
const SHAKEN: usize = NOTES + 3;

static NAMES: Names = Names {
    level,
    order: &[
        "date",
        "time",
        "x-edge-location",
        "sc-bytes",
        "c-ip",
        "cs-method",
        "cs(Host)",
        "cs-uri-stem",
        "sc-status",
        "cs(Referer)",
        "cs(User-Agent)",
        "cs-uri-query",
        "cs(Cookie)",
        "x-edge-result-type",
        "x-edge-request-id",
        "x-host-header",
        "cs-protocol",
        "cs-bytes",
        "time-taken",
        "x-forwarded-for",
        "ssl-protocol",
        "ssl-cipher",
        "x-edge-response-result-type",
        "cs-protocol-version",
        "fle-status",
        "fle-encrypted-fields",
        "c-port",
        "time-to-first-byte",
        "x-edge-detailed-result-type",
        "sc-content-type",
        "sc-content-len",
        "sc-range-start",
        "sc-range-end",
    ],
    mark,
    least: 12,
    few: &["date", "time", "x-edge-location"],
    shown,
    signs: &[
        "clientleafcertserialnumber",
        "clientleafcertsubject",
        "connectionlogcustomdata",
        "connectionstatus",
        "distribution_tenant_id",
        "distributionid",
        "fle_encrypted_fields",
        "fle_status",
        "time_to_first_byte",
        "tlshandshakeduration",
        "x_edge_detailed_result_type",
        "x_edge_location",
        "x_edge_request_id",
        "x_edge_response_result_type",
        "x_edge_result_type",
        "x_host_header",
    ],
    enough: 2,
    sure: &[
        "clientleafcertserialnumber",
        "clientleafcertsubject",
        "connectionlogcustomdata",
        "fle_encrypted_fields",
        "fle_status",
        "x_edge_detailed_result_type",
        "x_edge_location",
        "x_edge_request_id",
        "x_edge_response_result_type",
        "x_edge_result_type",
    ],
    says: |_| false,
    time: super::STAMP,
    fields: FIELDS,
    finish,
};

fn level(name: &str) -> Rule {
    match plain(name, &mut { ROOM }) {
        "end_time" => Note(END),
        "count" => Put(COUNT),
        "s_ip" | "serverip" => Put(DST_IP),
        "distributionid" | "distribution_id" => Put(RESOURCE),
        "distribution_tenant_id" | "distributiontenantid" => Put(TENANT),
        "connection_id" | "connectionid" => Put(CONNECTION),
        "viewer_request_log_data" => Put(REQUEST_DATA),
        "viewer_response_log_data" => Put(RESPONSE_DATA),
        "sr_reason" => Put(REASON),
        "eventtimestamp" => Note(super::STAMP),
        "clientip" => Put(SRC_IP),
        "clientport" => Put(SRC_PORT),
        "connectionstatus" => PutNote(CODE, CONNECTED),
        "tlsprotocol" => Put(TLS),
        "tlscipher" => Put(CIPHER),
        "tlshandshakeduration" => Note(SHAKEN),
        "tlssni" => Put(DOMAIN),
        "clientleafcertserialnumber" => Put(SERIAL),
        "clientleafcertsubject" => Note(SUBJECT),
        "clientleafcertissuer" => Put(ISSUER),
        "clientleafcertvalidity" => Put(VALIDITY),
        "connectionlogcustomdata" => Put(CUSTOM),
        "" => Skip,
        name => super::level(name),
    }
}

/// A day, a time, and an edge location, which begins with the code of an airport.
fn mark(line: &str) -> Option<char> {
    let mut columns = line.splitn(4, '\t');
    let (day, time, edge) = (columns.next()?, columns.next()?, columns.next()?);
    let digits = |text: &str, mark: u8, at: [usize; 2]| {
        text.bytes().enumerate().all(|(index, byte)| {
            if at.contains(&index) { byte == mark } else { byte.is_ascii_digit() }
        })
    };
    let is = day.len() == 10
        && time.len() == 8
        && digits(day, b'-', [4, 7])
        && digits(time, b':', [2, 5])
        && edge.len() >= 4
        && edge.bytes().take(3).all(|byte| byte.is_ascii_uppercase());
    is.then_some('\t')
}

/// What a column holds that can be nothing else. A number is not among it: a status and a count of
/// bytes look alike.
fn shown(cell: &str) -> Option<&'static str> {
    const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    if METHODS.contains(&cell) {
        return Some("cs-method");
    }
    match cell.as_bytes() {
        [b'/', ..] => Some("cs-uri-stem"),
        [.., b'=', b'='] if cell.len() == 56 => Some("x-edge-request-id"),
        _ if cell.contains(['.', ':']) && cell.parse::<IpAddr>().is_ok() => Some("c-ip"),
        _ => None,
    }
}

pub(in crate::format::doors) struct Standard;

impl Format for Standard {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Standard logs of CloudFront, old and new, and connection logs: S3, log groups, Firehose."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "several times an hour, each file for an hour or less of a distribution",
            guarantee: "best effort: most within an hour, some after 24 hours, in no order; \
                        requests with too much in their header are left out",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "Delivery is best effort and may be a day late. X-Forwarded-For is what the client and \
         proxies say; requests of more than 20 KB of header are not logged."
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        NAMES.probe(probe)
    }

    fn start(&self, _: &Context, sample: &[String]) -> Box<dyn Decoder> {
        NAMES.start(&SCHEMA, sample)
    }
}

fn finish(values: &mut Values<'_, '_>, room: &mut String) {
    if values.note(CONNECTED).is_some() || values.note(SUBJECT).is_some() {
        return finish_connection(values);
    }
    let end = values.taken(END);
    if let (Some(end), Some(date)) = (end, values.note(super::DATE))
        && let Some((stamp, _)) = clock::read(&format!("{date} {end}"))
    {
        values.row.put(TIME_END, Value::Time(stamp.time(0)));
    }
    super::finish(values, room);
}

fn finish_connection(values: &mut Values<'_, '_>) {
    if let Some(time) = super::time(values) {
        values.row.time(time);
    }
    if let Some(subject) = values.taken(SUBJECT) {
        values.text(PRINCIPAL, &subject);
        values.text(PRINCIPAL_KIND, "certificate");
    }
    let took = values.taken(SHAKEN).and_then(|took| took.parse::<f64>().ok());
    if let Some(took) = took.filter(|took| took.is_finite() && *took >= 0.0) {
        values.row.put(DURATION, Value::Float(took / 1000.0));
    }
    values.text(EVENT, "TLS");
    let outcome = match values.taken(CONNECTED).as_deref() {
        Some("Success") => Outcome::Success,
        Some(status) if status.contains("ClientCert") || status.ends_with("Denied") => {
            Outcome::Denied
        }
        Some(_) => Outcome::Failure,
        None => Outcome::Unknown,
    };
    put_class(values.row, CLASS, Class::Network);
    put_outcome(values.row, OUTCOME, outcome);
}

#[cfg(test)]
pub(super) fn fields() -> &'static [FieldDef] {
    FIELDS
}
