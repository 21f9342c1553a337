//! Access logs of Application Load Balancers, with 29 to 34 columns and more.
//!
//! Source: the Elastic Load Balancing user guide, "Access logs for your Application Load
//! Balancer". The event's time is when the request came in; older files without that column give
//! the time of the response.

use crate::event::{Class, FieldDef, Kind, Role, Row, Schema, Time, Value, fields, schema::slots};
use crate::format::cells::Words;
use crate::format::members::{Scalar, put};
use crate::format::{
    Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Lag, Match, Probe, Service,
    put_class, put_outcome, schema, web,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, Role::Text, "the column of this name, verbatim")
}

const fn seconds(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Float, Role::Text, "seconds; absent if not measured")
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_IP = fields::DST_IP,
    DST_PORT = fields::DST_PORT,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    BYTES_IN = fields::BYTES_IN,
    BYTES_OUT = fields::BYTES_OUT,
    DURATION = fields::DURATION,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    AGENT = fields::AGENT,
    TRACE = fields::TRACE,
    TIME_END = fields::TIME_END,
    TYPE = text("alb.type"),
    PROTOCOL = text("alb.protocol"),
    REQUEST_TIME = seconds("alb.request_processing_time"),
    TARGET_TIME = seconds("alb.target_processing_time"),
    RESPONSE_TIME = seconds("alb.response_processing_time"),
    TARGET_STATUS = text("alb.target_status_code"),
    CIPHER = text("alb.ssl_cipher"),
    TLS = text("alb.ssl_protocol"),
    CERTIFICATE = text("alb.chosen_cert_arn"),
    PRIORITY = text("alb.matched_rule_priority"),
    ACTIONS = text("alb.actions_executed"),
    REDIRECT = text("alb.redirect_url"),
    ERROR = text("alb.error_reason"),
    TARGETS = text("alb.target_port_list"),
    TARGET_STATUSES = text("alb.target_status_code_list"),
    CLASSIFICATION = text("alb.classification"),
    CLASSIFICATION_REASON = text("alb.classification_reason"),
    CONNECTION = FieldDef::new("alb.conn_trace_id", Kind::Id, Role::Request, "id of the connection"),
    NEW_HOST = text("alb.transformed_host"),
    NEW_URI = text("alb.transformed_uri"),
    TRANSFORM = text("alb.request_transform_status"),
    NODE = FieldDef::new("alb.ip_address", Kind::Ip, Role::Ip, "address of the balancer's node"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("alb", "Application Load Balancer", FIELDS));

/// Columns that go into a field as they stand, by their position from 0.
const PLAIN: [(usize, usize); 26] = [
    (0, TYPE),
    (2, RESOURCE),
    (5, REQUEST_TIME),
    (6, TARGET_TIME),
    (7, RESPONSE_TIME),
    (8, CODE),
    (9, TARGET_STATUS),
    (10, BYTES_IN),
    (11, BYTES_OUT),
    (13, AGENT),
    (14, CIPHER),
    (15, TLS),
    (16, RESOURCE),
    (18, DOMAIN),
    (19, CERTIFICATE),
    (20, PRIORITY),
    (22, ACTIONS),
    (23, REDIRECT),
    (24, ERROR),
    (25, TARGETS),
    (26, TARGET_STATUSES),
    (27, CLASSIFICATION),
    (28, CLASSIFICATION_REASON),
    (29, CONNECTION),
    (30, NEW_HOST),
    (31, NEW_URI),
];
const COLUMNS: usize = 34;

pub(super) struct Alb;

impl Format for Alb {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Requests that went through an Application Load Balancer, from S3."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            service: Some(Service::LoadBalancer),
            lag: Some(Lag { usual: 5 * 60, longest: 60 * 60 }),
            cadence: "a file for each node every 5 minutes",
            guarantee: "best effort, in the end: not meant as an account of every request",
            clock: Clock::Aws,
        }
    }

    fn limits(&self) -> &'static str {
        "Delivery is best effort, and the address is that of the last hop: what \
         X-Forwarded-For said is not logged."
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if is_alb(probe.record) { Match::Certain } else { Match::No }
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader)
    }
}

fn is_alb(record: &str) -> bool {
    let mut parts = record.splitn(4, ' ');
    let kind = parts.next().unwrap_or("");
    matches!(kind, "http" | "https" | "h2" | "grpcs" | "ws" | "wss")
        && parts.next().is_some_and(|time| Time::parse_rfc3339(time).is_some())
        && parts.next().is_some_and(|balancer| balancer.contains('/'))
}

struct Reader;

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !is_alb(record) {
            return Err(DecodeError::NotMine);
        }
        let (columns, count) = split(record);
        if count < 12 {
            let reason = format!("{count} columns; an ALB record has at least 12");
            let time = record.split(' ').nth(1).and_then(Time::parse_rfc3339);
            return Err(DecodeError::Broken { reason, time });
        }
        for (at, slot) in PLAIN {
            let value = columns[at];
            if value != "-" && value != "-1" {
                put(row, &FIELDS[slot], slot, Scalar::Text(value));
            }
        }
        for (at, slot) in [(32, TRANSFORM), (33, NODE)] {
            if columns[at] != "-" {
                put(row, &FIELDS[slot], slot, Scalar::Text(columns[at]));
            }
        }
        put_times(row, &columns);
        put_ends(row, &columns);
        put_request(row, columns[12]);
        put_owner(row, columns[16]);
        put_class(row, CLASS, Class::Network);
        put_outcome(row, OUTCOME, web::outcome(columns[8]));
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(Self)
    }
}

/// The columns, without their quotes; absent ones are empty.
fn split(record: &str) -> ([&str; COLUMNS], usize) {
    let mut columns = [""; COLUMNS];
    let mut count = 0;
    for (column, word) in columns.iter_mut().zip(Words::new(record)) {
        *column = word;
        count += 1;
    }
    (columns, count)
}

fn put_times(row: &mut dyn Row, columns: &[&str; COLUMNS]) {
    let response = Time::parse_rfc3339(columns[1]);
    let request = Time::parse_rfc3339(columns[21]);
    if let Some(time) = request.or(response) {
        row.time(time);
    }
    if let Some(time) = response {
        row.put(TIME_END, Value::Time(time));
    }
    let measured = |at: usize| columns[at].parse::<f64>().ok().filter(|value| *value >= 0.0);
    if let (Some(request), Some(target), Some(response)) = (measured(5), measured(6), measured(7)) {
        row.put(DURATION, Value::Float(request + target + response));
    }
}

fn put_ends(row: &mut dyn Row, columns: &[&str; COLUMNS]) {
    for (at, address, port) in [(3, SRC_IP, SRC_PORT), (4, DST_IP, DST_PORT)] {
        let Some((host, number)) = web::end(columns[at]) else {
            continue;
        };
        put(row, &FIELDS[address], address, Scalar::Text(host));
        put(row, &FIELDS[port], port, Scalar::Text(number));
    }
    if let Some(root) = columns[17].split("Root=").nth(1) {
        let root = root.split(';').next().unwrap_or(root);
        put(row, &FIELDS[TRACE], TRACE, Scalar::Text(root));
    }
}

fn put_request(row: &mut dyn Row, request: &str) {
    let (method, url, protocol) = web::request(request);
    for (slot, value) in [(EVENT, method), (URL, url), (PROTOCOL, protocol)] {
        if value != "-" {
            put(row, &FIELDS[slot], slot, Scalar::Text(value));
        }
    }
}

/// `arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/...`
fn put_owner(row: &mut dyn Row, target_group: &str) {
    let mut parts = target_group.split(':').skip(3);
    for slot in [REGION, ACCOUNT] {
        if let Some(value) = parts.next() {
            put(row, &FIELDS[slot], slot, Scalar::Text(value));
        }
    }
}
