//! Health checks that an Application Load Balancer made of its targets.
//!
//! Source: the Elastic Load Balancing user guide, "Health check logs". The balancer's node is who
//! asks, so that the target is the destination.

use super::elb::{self, Head};
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Schema, Time, Value, fields, schema::slots,
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

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    SRC_IP = fields::SRC_IP,
    DST_IP = fields::DST_IP,
    DST_PORT = fields::DST_PORT,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    DURATION = fields::DURATION,
    TYPE = text("alb.type"),
    STATUS_CODE = text("alb.status_code"),
    REASON = text("alb.reason_code"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("alb_health", "ALB health checks", FIELDS));

// What is kept aside.
const TIME: usize = 0;
const STATUS: usize = 1;
const TARGET: usize = 2;
const LATENCY: usize = 3;
const STATUS_NUMBER: usize = 4;
const REASONED: usize = 5;
const GROUP: usize = 6;

static NAMES: Names = Names {
    level,
    order: &[
        "type",
        "time",
        "latency",
        "target_addr",
        "target_group_id",
        "status",
        "status_code",
        "reason_code",
        "elb",
        "ip_address",
    ],
    mark,
    least: 6,
    few: &[],
    shown: |_| None,
    signs: &["target_addr", "target_group_id", "reason_code"],
    enough: 2,
    sure: &[],
    says: |probe| elb::is_of(probe, "app/") && probe.has_alike(NAMES.signs, 1),
    time: TIME,
    fields: FIELDS,
    finish,
};

fn level(name: &str) -> Rule {
    match plain(name, &mut { ROOM }) {
        "type" => Put(TYPE),
        "time" => Note(TIME),
        "latency" => Note(LATENCY),
        "target_addr" => Note(TARGET),
        "target_group_id" => PutNote(RESOURCE, GROUP),
        "status" => PutNote(EVENT, STATUS),
        "status_code" => PutNote(STATUS_CODE, STATUS_NUMBER),
        "reason_code" => PutNote(REASON, REASONED),
        "elb" => Put(RESOURCE),
        "ip_address" => Put(SRC_IP),
        _ => Skip,
    }
}

/// A protocol, a time and a number of seconds; an access log has the balancer in the third place.
fn mark(line: &str) -> Option<char> {
    let Head { columns: [kind, time, latency], mark, .. } = Head::read(line)?;
    let known = ["http", "https", "h2", "grpc", "grpcs", "tcp", "tls", "lambda"];
    let is = known.iter().any(|name| kind.eq_ignore_ascii_case(name))
        && elb::is_time(time)
        && (latency == "-" || latency.parse::<f64>().is_ok());
    is.then_some(char::from(mark))
}

pub(super) struct AlbHealth;

impl Format for AlbHealth {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Health checks that an Application Load Balancer made of its targets: S3, log groups."
    }

    fn delivery(&self) -> Delivery {
        elb::delivery("a file for each node every 5 minutes")
    }

    fn limits(&self) -> &'static str {
        "Each node checks each target by itself, so that one target may be well and unwell at \
         once; why a target failed is known no better than by the code."
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        NAMES.probe(probe)
    }

    fn start(&self, _: &Context, sample: &[String]) -> Box<dyn Decoder> {
        NAMES.start(&SCHEMA, sample)
    }
}

fn finish(values: &mut Values<'_, '_>, _: &mut String) {
    if let Some(time) = values.note(TIME).and_then(Time::parse_rfc3339) {
        values.row.time(time);
    }
    if let Some(latency) = elb::measured(values.note(LATENCY)) {
        values.row.put(DURATION, Value::Float(latency));
    }
    if let Some(target) = values.taken(TARGET) {
        web::put_end(values.row, DST_IP, DST_PORT, &target);
        // A function is checked by its name.
        if target.starts_with("arn:") {
            values.text(RESOURCE, &target);
            elb::put_owner(values.row, ACCOUNT, REGION, &target);
        }
    }
    if let Some(group) = values.taken(GROUP) {
        elb::put_owner(values.row, ACCOUNT, REGION, &group);
    }
    let (status, reason) = (values.taken(STATUS_NUMBER), values.taken(REASONED));
    if let Some(code) = reason.or(status) {
        values.text(CODE, &code);
    }
    let outcome = match values.taken(STATUS) {
        Some(status) if status.eq_ignore_ascii_case("pass") => Outcome::Success,
        Some(status) if status.eq_ignore_ascii_case("healthy") => Outcome::Success,
        Some(_) => Outcome::Failure,
        None => Outcome::Unknown,
    };
    put_class(values.row, CLASS, Class::Network);
    put_outcome(values.row, OUTCOME, outcome);
}
