//! Access logs of Classic Load Balancers: 12, 13 or 15 columns, for requests and for connections
//! to TCP listeners.
//!
//! Source: the Elastic Load Balancing user guide, "Access logs for your Classic Load Balancer".
//! The event's time is when the request came in.

use super::elb::{self, Head};
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Schema, Time, Timestamp, Value, fields, schema::slots,
};
use crate::format::members::Rule::{self, Note, Put, PutNote, Skip};
use crate::format::members::Values;
use crate::format::names::{ROOM, plain};
use crate::format::shapes::Names;
use crate::format::{
    Context, Decoder, Delivery, Format, Match, Probe, put_class, put_outcome, schema, web,
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
    TIME_END = fields::TIME_END,
    PROTOCOL = text("clb.protocol"),
    REQUEST_TIME = seconds("clb.request_processing_time"),
    BACKEND_TIME = seconds("clb.backend_processing_time"),
    RESPONSE_TIME = seconds("clb.response_processing_time"),
    BACKEND_STATUS = text("clb.backend_status_code"),
    CIPHER = text("clb.ssl_cipher"),
    TLS = text("clb.ssl_protocol"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("clb", "Classic Load Balancer", FIELDS));

// What is kept aside.
const RECEIVED: usize = 0;
const CLIENT: usize = 1;
const BACKEND: usize = 2;
const TOOK: [usize; 3] = [3, 4, 5];
const STATUS: usize = 6;
const REQUEST: usize = 7;

static NAMES: Names = Names {
    level,
    order: &[
        "timestamp",
        "elb",
        "client:port",
        "backend:port",
        "request_processing_time",
        "backend_processing_time",
        "response_processing_time",
        "elb_status_code",
        "backend_status_code",
        "received_bytes",
        "sent_bytes",
        "request",
        "user_agent",
        "ssl_cipher",
        "ssl_protocol",
    ],
    mark,
    least: 12,
    few: &[],
    shown: |_| None,
    signs: &["backend_processing_time", "backend_status_code", "backend_port"],
    enough: 2,
    sure: &["backend_processing_time"],
    says: |_| false,
    time: RECEIVED,
    fields: FIELDS,
    finish,
};

fn level(name: &str) -> Rule {
    match plain(name, &mut { ROOM }) {
        "timestamp" | "time" => Note(RECEIVED),
        "elb" => Put(RESOURCE),
        "account_id" => Put(ACCOUNT),
        "client_port" => Note(CLIENT),
        "backend_port" => Note(BACKEND),
        "request_processing_time" => Note(TOOK[0]),
        "backend_processing_time" => Note(TOOK[1]),
        "response_processing_time" => Note(TOOK[2]),
        "elb_status_code" => PutNote(CODE, STATUS),
        "backend_status_code" => Put(BACKEND_STATUS),
        "received_bytes" => Put(BYTES_IN),
        "sent_bytes" => Put(BYTES_OUT),
        "request" => Note(REQUEST),
        "user_agent" => Put(AGENT),
        "ssl_cipher" => Put(CIPHER),
        "ssl_protocol" => Put(TLS),
        _ => Skip,
    }
}

/// A time, a name, two ends, of which the second may be missing, and a number of seconds.
fn mark(line: &str) -> Option<char> {
    let head = Head::read(line)?;
    let [time, name, client] = head.columns;
    if !elb::is_time(time) || name.is_empty() || !elb::is_end(client) {
        return None;
    }
    let [backend, seconds] = head.next();
    let is = (backend == "-" || elb::is_end(backend)) && seconds.parse::<f64>().is_ok();
    is.then_some(char::from(head.mark))
}

pub(super) struct Clb;

impl Format for Clb {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Requests and connections through a Classic Load Balancer, from S3."
    }

    fn delivery(&self) -> Delivery {
        elb::delivery("a file for each node every 5 or 60 minutes")
    }

    fn limits(&self) -> &'static str {
        "Delivery is best effort, and the address is that of the last hop. TCP listeners tell \
         nothing of what went through them."
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        NAMES.probe(probe)
    }

    fn start(&self, _: &Context, sample: &[String]) -> Box<dyn Decoder> {
        NAMES.start(&SCHEMA, sample)
    }
}

fn finish(values: &mut Values<'_, '_>, _: &mut String) {
    let took = TOOK.map(|note| elb::measured(values.note(note)));
    put_times(values, took);
    for (note, address, port) in [(CLIENT, SRC_IP, SRC_PORT), (BACKEND, DST_IP, DST_PORT)] {
        if let Some(end) = values.taken(note) {
            web::put_end(values.row, address, port, &end);
        }
    }
    if let Some(request) = values.taken(REQUEST) {
        put_request(values, &request);
    }
    let outcome = match values.taken(STATUS) {
        Some(status) => web::outcome(&status),
        // A connection that reached a backend.
        None if took[1].is_some() => Outcome::Success,
        None => Outcome::Unknown,
    };
    put_class(values.row, CLASS, Class::Network);
    put_outcome(values.row, OUTCOME, outcome);
}

/// It ended when all three parts of its time were over.
fn put_times(values: &mut Values<'_, '_>, took: [Option<f64>; 3]) {
    for (slot, seconds) in [REQUEST_TIME, BACKEND_TIME, RESPONSE_TIME].into_iter().zip(took) {
        if let Some(seconds) = seconds {
            values.row.put(slot, Value::Float(seconds));
        }
    }
    let received = values.note(RECEIVED).and_then(Time::parse_rfc3339);
    let all: Option<f64> = took.into_iter().sum();
    if let Some(all) = all {
        values.row.put(DURATION, Value::Float(all));
    }
    if let Some(time) = received {
        values.row.time(time);
        if let Some(all) = all {
            let nanos = (all * Timestamp::SECOND as f64).round() as i64;
            let end = Time::new(time.at.saturating_add(nanos), time.digits);
            values.row.put(TIME_END, Value::Time(end));
        }
    }
}

fn put_request(values: &mut Values<'_, '_>, request: &str) {
    let (method, url, protocol) = web::request(request);
    if web::is_nothing(url) {
        return values.text(EVENT, if web::is_nothing(method) { "TCP" } else { method });
    }
    for (slot, value) in [(EVENT, method), (URL, url), (PROTOCOL, protocol)] {
        values.text(slot, value);
    }
    if let Some(host) = web::host(url) {
        values.text(DOMAIN, host);
        if let Some(region) = elb::region_of(host) {
            values.text(REGION, region);
        }
    }
}
