//! Server access logs of S3, with 18 to 27 columns, and the shapes of a vended delivery.
//!
//! Source: the S3 user guide, "Amazon S3 server access log format". Keys are logged escaped, twice
//! over; `resource` has the object's ARN with the key as it is, so that it is the one that
//! CloudTrail names, and `s3.key` has the key as it is logged.

mod event;
mod operation;
mod split;

use crate::event::{FieldDef, Kind, Role, Row, Schema, Time, fields, schema::slots};
use crate::format::cells::Words;
use crate::format::members::Rule::{self, Note, Put, PutNote, Skip};
use crate::format::members::{self, Memo};
use crate::format::names::{ROOM, plain};
use crate::format::table::{Table, read_enough};
use crate::format::{
    Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Lag, Match, Probe, Service,
    clock, schema,
};
use memchr::memchr;
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, Role::Text, "the column of this name, verbatim")
}

const fn number(name: &'static str, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Int, Role::Text, help)
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    PRINCIPAL_ACCOUNT = fields::PRINCIPAL_ACCOUNT,
    ROLE = fields::ROLE,
    SESSION = fields::SESSION,
    SRC_IP = fields::SRC_IP,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    BYTES_IN = fields::BYTES_IN,
    BYTES_OUT = fields::BYTES_OUT,
    DURATION = fields::DURATION,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    AGENT = fields::AGENT,
    REQUEST = fields::REQUEST,
    TIME_END = fields::TIME_END,
    OWNER = FieldDef::new("s3.bucket_owner", Kind::Str, Role::Account, "canonical user id of the bucket's owner"),
    KEY = text("s3.key"),
    STATUS = number("s3.http_status", "status of the answer"),
    SIZE = number("s3.object_size", "bytes of the object"),
    TURN = number("s3.turn_around_time", "milliseconds that S3 worked on it"),
    REFERER = text("s3.referer"),
    VERSION = text("s3.version_id"),
    HOST_ID = FieldDef::new("s3.host_id", Kind::Id, Role::Request, "x-amz-id-2"),
    SIGNATURE = text("s3.signature_version"),
    CIPHER = text("s3.cipher_suite"),
    AUTHENTICATION = text("s3.authentication_type"),
    TLS = text("s3.tls_version"),
    ACCESS_POINT = FieldDef::new("s3.access_point_arn", Kind::Str, Role::Resource, "the access point that was asked"),
    ACL = text("s3.acl_required"),
    SOURCE_REGION = FieldDef::new("s3.source_region", Kind::Str, Role::Region, "Region that the request came from"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("s3_access", "S3 access logs", FIELDS));

// What is kept aside.
const BUCKET: usize = 0;
const RECEIVED: usize = 1;
const REQUESTER: usize = 2;
const OPERATION: usize = 3;
const OBJECT: usize = 4;
const URI: usize = 5;
const ANSWER: usize = 6;
const ERROR: usize = 7;
const BYTES: usize = 8;
const TOOK: usize = 9;
const HOST: usize = 10;
const POINT: usize = 11;
const REMOTE: usize = 12;
const NOTES: usize = 13;

type Values<'r, 'de> = members::Values<'r, 'de, NOTES>;

const ORDER: [&str; split::COLUMNS] = [
    "bucket_owner",
    "bucket",
    "time",
    "remote_ip",
    "requester",
    "request_id",
    "operation",
    "key",
    "request_uri",
    "http_status",
    "error_code",
    "bytes_sent",
    "object_size",
    "total_time",
    "turn_around_time",
    "referer",
    "user_agent",
    "version_id",
    "host_id",
    "signature_version",
    "cipher_suite",
    "authentication_type",
    "host_header",
    "tls_version",
    "access_point_arn",
    "acl_required",
    "source_region",
];

/// Names that no other log has, as AWS documents them and as its examples for Athena do.
const SIGNS: [&str; 8] = [
    "acl_required",
    "aclrequired",
    "bucket_owner",
    "bucketowner",
    "turn_around_time",
    "turnaroundtime",
    "host_id",
    "hostid",
];

fn level(name: &str) -> Rule {
    match plain(name, &mut { ROOM }) {
        "bucket_owner" | "bucketowner" => Put(OWNER),
        "bucket" | "bucket_name" => Note(BUCKET),
        "time" | "timestamp" | "request_datetime" | "requestdatetime" => Note(RECEIVED),
        "remote_ip" | "remoteip" => PutNote(SRC_IP, REMOTE),
        "requester" => PutNote(PRINCIPAL, REQUESTER),
        "request_id" | "requestid" => Put(REQUEST),
        "operation" => PutNote(EVENT, OPERATION),
        "key" => PutNote(KEY, OBJECT),
        "request_uri" => Note(URI),
        "http_status" | "httpstatus" => PutNote(STATUS, ANSWER),
        "error_code" | "errorcode" => Note(ERROR),
        "bytes_sent" | "bytessent" => Put(BYTES_OUT),
        "object_size" | "objectsize" => PutNote(SIZE, BYTES),
        "total_time" | "totaltime" => Note(TOOK),
        "turn_around_time" | "turnaroundtime" => Put(TURN),
        "referer" | "referrer" => Put(REFERER),
        "user_agent" | "useragent" => Put(AGENT),
        "version_id" | "versionid" => Put(VERSION),
        "host_id" | "hostid" => Put(HOST_ID),
        "signature_version" | "sigv" => Put(SIGNATURE),
        "cipher_suite" | "ciphersuite" => Put(CIPHER),
        "authentication_type" | "authtype" => Put(AUTHENTICATION),
        "host_header" | "hostheader" | "endpoint" => PutNote(DOMAIN, HOST),
        "tls_version" | "tlsversion" => Put(TLS),
        "access_point_arn" | "accesspointarn" => PutNote(ACCESS_POINT, POINT),
        "acl_required" | "aclrequired" => Put(ACL),
        "source_region" | "sourceregion" => Put(SOURCE_REGION),
        _ => Skip,
    }
}

pub(super) struct S3Access;

impl Format for S3Access {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Requests to buckets, and what S3 itself did to their objects: server access logs."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            service: Some(Service::ObjectAccess),
            lag: Some(Lag { usual: 60 * 60, longest: 24 * 60 * 60 }),
            cadence: "many small files an hour",
            guarantee: "best effort: most within a few hours, some later, few never or twice",
            clock: Clock::Aws,
        }
    }

    fn limits(&self) -> &'static str {
        "Delivery is best effort: a request that is not there may have been made all the same. \
         Quotes in what a client sends are not escaped, so it can forge the columns behind."
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.is_object() {
            return Match::certain_if(probe.has("operation") && probe.has_alike(&SIGNS, 2));
        }
        Match::certain_if(is_line(probe.record))
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        let (order, members) = (Table::new(ORDER, level, &SCHEMA), Memo::new(level));
        Box::new(Reader { order, members, room: String::new() })
    }
}

/// The canonical id of the bucket's owner, the bucket, and a time in brackets.
fn is_line(line: &str) -> bool {
    let bytes = line.as_bytes();
    let owner = bytes.len() > 66
        && bytes[64] == b' '
        && bytes[..64].iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let time = || memchr(b' ', &bytes[65..]).and_then(|at| bytes.get(66 + at..));
    owner && time().is_some_and(|time| matches!(time, [b'[', _, _, b'/', _, _, _, b'/', ..]))
}

#[derive(Clone)]
struct Reader {
    order: Table,
    /// Of records that are JSON.
    members: Memo,
    room: String,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        read_enough(row, FIELDS, |values| {
            let fault = if record.starts_with('{') {
                let read = values.read_by(record, &mut self.members);
                read.err().map(|error| format!("no good JSON: {error}"))
            } else if is_line(record) {
                let mut columns = [""; split::COLUMNS];
                let (rest, fault) = match split::split(record, &mut columns) {
                    Ok(rest) => (rest, None),
                    Err(fault) => ("", Some(fault.to_owned())),
                };
                // A fault leaves nothing behind the columns.
                self.order.fill(columns.iter().copied().chain(Words::new(rest)), values)?;
                fault
            } else {
                return Err(DecodeError::NotMine);
            };
            if let Some(reason) = fault {
                return Err(DecodeError::Broken { reason, time: received(values) });
            }
            self.finish(values)?;
            Ok(Decoded::Event)
        })
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        let read = read_enough(row, FIELDS, |values| {
            let length =
                values.read_first(text, &mut self.members).map_err(|_| DecodeError::NotMine)?;
            self.finish(values)?;
            Ok(length)
        });
        read.ok()
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        Some(self.order.schema())
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

impl Reader {
    fn finish(&mut self, values: &mut Values<'_, '_>) -> Result<(), DecodeError> {
        if values.note(OPERATION).is_none() {
            return Err(DecodeError::NotMine);
        }
        self.room.clear();
        event::finish(values, &mut self.room);
        Ok(())
    }
}

fn received(values: &Values<'_, '_>) -> Option<Time> {
    let text = values.note(RECEIVED)?.trim_start_matches('[');
    clock::read(text).map(|(stamp, _)| stamp.is_utc().time(0)).or_else(|| clock::epoch(text))
}
