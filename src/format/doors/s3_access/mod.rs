//! Server access logs of S3, with 18 to 27 columns, and the shapes of a vended delivery.
//!
//! Source: the S3 user guide, "Amazon S3 server access log format". Keys are logged escaped, twice
//! over; `resource` has the object's ARN with the key as it is, so that it is the one that
//! CloudTrail names, and `s3.key` has the key as it is logged.

mod operation;
mod split;

use crate::event::layout::is_region;
use crate::event::{
    FieldDef, Kind, Outcome, Role, Row, Schema, Time, Timestamp, Value, fields, schema::slots,
};
use crate::format::members::Rule::{self, Note, Put, PutNote, Skip};
use crate::format::members::Values;
use crate::format::names::{ROOM, count, plain};
use crate::format::table::{Sparse, Table};
use crate::format::{
    Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Lag, Match, Probe, Service,
    clock, put_class, put_outcome, schema, web,
};
use std::borrow::Cow;
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

    fn help(&self) -> &str {
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

    fn limits(&self) -> &str {
        "Delivery is best effort: a request that is not there may have been made all the same. \
         Quotes in what a client sends are not escaped, so it can forge the columns behind."
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.is_object() {
            let names = probe.names().iter().map(|name| &**name);
            return Match::certain_if(count(names, &SIGNS) >= 2 && probe.has("operation"));
        }
        Match::certain_if(is_line(probe.record))
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader { order: Table::new(ORDER, level), room: String::new() })
    }
}

/// The canonical id of the bucket's owner, the bucket, and a time in brackets.
fn is_line(line: &str) -> bool {
    let bytes = line.as_bytes();
    let owner = bytes.len() > 66
        && bytes[64] == b' '
        && bytes[..64].iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    owner
        && line.get(65..).and_then(|rest| rest.split_once(' ')).is_some_and(|(_, rest)| {
            rest.as_bytes().starts_with(b"[") && clock::clf(&rest[1..]).is_some()
        })
}

#[derive(Clone)]
struct Reader {
    order: Table,
    room: String,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let mut row = Sparse::new(row);
        let mut values = Values::new(&mut row, FIELDS);
        let broken = |reason: String, values: &Values<'_, '_>| {
            let time = received(values);
            DecodeError::Broken { reason, time }
        };
        if record.starts_with('{') {
            if let Err(error) = values.read(record, level) {
                return Err(broken(format!("no good JSON: {error}"), &values));
            }
        } else if is_line(record) {
            let (columns, fault) = split::split(record);
            self.order.fill(columns.into_iter(), &mut values);
            if let Some(fault) = fault {
                return Err(broken(fault.to_owned(), &values));
            }
        } else {
            return Err(DecodeError::NotMine);
        }
        if values.note(OPERATION).is_none() {
            return Err(DecodeError::NotMine);
        }
        self.room.clear();
        finish(&mut values, &mut self.room);
        // Class and outcome, and more than a name that many have.
        if row.told < 5 {
            return Err(DecodeError::NotMine);
        }
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}

fn received(values: &Values<'_, '_>) -> Option<Time> {
    let text = values.note(RECEIVED)?.trim_start_matches('[');
    clock::read(text).map(|(stamp, _)| stamp.is_utc().time(0)).or_else(|| clock::epoch(text))
}

fn finish(values: &mut Values<'_, '_>, room: &mut String) {
    put_times(values);
    put_request(values);
    let operation = values.taken(OPERATION).unwrap_or_default();
    if let (true, Some(size)) = (operation::writes(&operation), values.note(BYTES)) {
        let size = size.parse().map(Value::Int);
        if let Ok(size) = size {
            values.row.put(BYTES_IN, size);
        }
    }
    put_who(values, &operation, room);
    put_what(values, room);
    put_class(values.row, CLASS, operation::class(&operation));
    let (status, error) = (values.taken(ANSWER), values.taken(ERROR));
    let outcome = match (status.as_deref(), error.as_deref()) {
        (_, Some("AccessDenied" | "AllAccessDisabled")) => Outcome::Denied,
        (Some(status), _) => web::outcome(status),
        (None, Some(_)) => Outcome::Failure,
        // What S3 does by itself has no status when it is done.
        (None, None) if operation.starts_with("S3.") => Outcome::Success,
        (None, None) => Outcome::Unknown,
    };
    if let Some(code) = error.or(status) {
        values.text(CODE, &code);
    }
    put_outcome(values.row, OUTCOME, outcome);
}

fn put_times(values: &mut Values<'_, '_>) {
    let took = values.note(TOOK).and_then(|took| took.parse::<i64>().ok());
    if let Some(took) = took {
        values.row.put(DURATION, Value::Float(took as f64 / 1000.0));
    }
    let Some(time) = received(values) else { return };
    values.row.time(time);
    if let Some(took) = took {
        let nanos = took.saturating_mul(Timestamp::SECOND / 1000);
        let end = Time::new(time.at.saturating_add(nanos), time.digits);
        values.row.put(TIME_END, Value::Time(end));
    }
}

fn put_request(values: &mut Values<'_, '_>) {
    if let Some(request) = values.note(URI).filter(|request| *request != "-") {
        let (_, url, _) = web::request(request);
        let url = if url.is_empty() { request } else { url }.to_owned();
        values.text(URL, &url);
    }
}

/// Kinds of requesters are called what CloudTrail calls them.
fn put_who(values: &mut Values<'_, '_>, operation: &str, room: &mut String) {
    let Some(requester) = values.taken(REQUESTER) else {
        // Nobody is named where S3 acts by itself, and where nobody has signed the request.
        if values.taken(REMOTE).is_some() && !operation.starts_with("S3.") {
            values.text(PRINCIPAL_KIND, "Anonymous");
        }
        return;
    };
    let requester = &*requester;
    let kind = match web::owner(requester) {
        Some((_, account)) => {
            values.text(PRINCIPAL_ACCOUNT, account);
            put_session(values, requester, account, room)
        }
        None if requester.len() == 64 => "AWSAccount",
        None if requester.starts_with("svc:") || requester.starts_with("Amazon") => "AWSService",
        None if requester.ends_with(".amazonaws.com") => "AWSService",
        None => "Unknown",
    };
    values.text(PRINCIPAL_KIND, kind);
}

/// What kind of principal an ARN names; of a session also which, and of which role.
fn put_session(
    values: &mut Values<'_, '_>,
    arn: &str,
    account: &str,
    room: &mut String,
) -> &'static str {
    let name = arn.splitn(6, ':').nth(5).unwrap_or("");
    let Some((kind, rest)) = name.split_once('/') else {
        return if name == "root" { "Root" } else { "Unknown" };
    };
    match kind {
        "user" => "IAMUser",
        "federated-user" => {
            values.text(SESSION, rest);
            "FederatedUser"
        }
        "assumed-role" => {
            if let Some((role, session)) = rest.split_once('/') {
                values.text(SESSION, session);
                let partition = arn.split(':').nth(1).unwrap_or("aws");
                for part in ["arn:", partition, ":iam::", account, ":role/", role] {
                    room.push_str(part);
                }
                values.text(ROLE, room);
                room.clear();
            }
            "AssumedRole"
        }
        _ => "Unknown",
    }
}

/// The bucket and the object, by their ARNs; the Region, as far as the host tells it.
fn put_what(values: &mut Values<'_, '_>, room: &mut String) {
    let host = values.taken(HOST);
    let region = host.as_deref().and_then(region_of);
    if let Some(region) = region {
        values.text(REGION, region);
    }
    if let Some(point) = values.taken(POINT)
        && let Some((region, account)) = web::owner(&point)
    {
        values.text(REGION, region);
        values.text(ACCOUNT, account);
    }
    let Some(bucket) = values.taken(BUCKET) else { return };
    room.push_str("arn:");
    room.push_str(match region {
        Some(region) if region.starts_with("cn-") => "aws-cn",
        Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    });
    room.push_str(":s3:::");
    room.push_str(&bucket);
    let bucket = room.len();
    if let Some(key) = values.taken(OBJECT) {
        room.push('/');
        let requested = values.note(URI).is_some_and(|uri| uri != "-");
        room.push_str(&key_of(&key, !requested));
        values.text(RESOURCE, room);
    }
    values.text(RESOURCE, &room[..bucket]);
}

/// A key as it is. In rows without a request, `+` stands for a blank.
fn key_of(logged: &str, plus: bool) -> Cow<'_, str> {
    let key = web::twice_decoded(logged);
    if plus && logged.contains('+') {
        return Cow::Owned(web::twice_decoded(&logged.replace('+', " ")).into_owned());
    }
    key
}

/// The Region in a host such as `bucket.s3.eu-west-1.amazonaws.com`.
fn region_of(host: &str) -> Option<&str> {
    let name = host.split(':').next()?;
    let name = name.strip_suffix(".cn").unwrap_or(name).strip_suffix(".amazonaws.com")?;
    let label = name.rsplit('.').next()?;
    let region = ["s3-website-", "s3-fips-", "s3-"]
        .iter()
        .find_map(|prefix| label.strip_prefix(prefix))
        .unwrap_or(label);
    is_region(region).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_tell_their_region() {
        for (host, region) in [
            ("logs.s3.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("logs.s3.dualstack.us-east-2.amazonaws.com:443", Some("us-east-2")),
            ("logs.s3-website-us-east-1.amazonaws.com", Some("us-east-1")),
            ("s3-us-west-2.amazonaws.com", Some("us-west-2")),
            ("s3.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            ("logs.s3.amazonaws.com", None),
            ("www.example.com", None),
        ] {
            assert_eq!(region_of(host), region, "{host}");
        }
    }

    #[test]
    fn keys_are_unescaped_twice() {
        assert_eq!(key_of("a%2520b%252B", false), "a b+");
        assert_eq!(key_of("a+b", false), "a+b");
        assert_eq!(key_of("a+b%252B", true), "a b+");
    }
}
