//! Access logs of Application Load Balancers: lines of 18 to 34 columns and more, and the shapes
//! of the vended delivery.
//!
//! Source: the Elastic Load Balancing user guide, "Access logs for your Application Load
//! Balancer". The event's time is when the request came in; older files without that column give
//! the time of the response. Quotes and odd bytes stand as `\xNN`, as the balancer writes them.

use super::elb::{self, Head};
use crate::event::{Class, FieldDef, Kind, Role, Schema, Time, Value, fields, schema::slots};
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

// What is kept aside.
const RESPONDED: usize = 0;
const CREATED: usize = 1;
const CLIENT: usize = 2;
const TARGET: usize = 3;
const REQUEST: usize = 4;
const TOOK: [usize; 3] = [5, 6, 7];
const STATUS: usize = 8;
const GROUP: usize = 9;
const TRACED: usize = 10;
const NAME: usize = 11;
const CLIENT_PORT: usize = 12;
const TARGET_PORT: usize = 13;
const ADDRESS: usize = 14;

static NAMES: Names = Names {
    level,
    order: &[
        "type",
        "time",
        "elb",
        "client:port",
        "target:port",
        "request_processing_time",
        "target_processing_time",
        "response_processing_time",
        "elb_status_code",
        "target_status_code",
        "received_bytes",
        "sent_bytes",
        "request",
        "user_agent",
        "ssl_cipher",
        "ssl_protocol",
        "target_group_arn",
        "trace_id",
        "domain_name",
        "chosen_cert_arn",
        "matched_rule_priority",
        "request_creation_time",
        "actions_executed",
        "redirect_url",
        "error_reason",
        "target:port_list",
        "target_status_code_list",
        "classification",
        "classification_reason",
        "conn_trace_id",
        "transformed_host",
        "transformed_uri",
        "request_transform_status",
        "ip_address",
    ],
    mark,
    least: 12,
    few: &[],
    shown: |_| None,
    signs: &[
        "actions_executed",
        "classification_reason",
        "elb_status_code",
        "matched_rule_priority",
        "request_creation_time",
        "request_transform_status",
        "target_group_arn",
        "target_port",
        "target_processing_time",
        "target_status_code",
    ],
    enough: 2,
    sure: &[
        "actions_executed",
        "classification_reason",
        "elb_status_code",
        "matched_rule_priority",
        "request_transform_status",
        "target_port_list",
        "target_processing_time",
        "target_status_code_list",
    ],
    says: |probe| elb::is_of(probe, "app/") && probe.has_alike(NAMES.signs, 1),
    time: RESPONDED,
    fields: FIELDS,
    finish,
};

fn level(name: &str) -> Rule {
    match plain(name, &mut { ROOM }) {
        "type" => Put(TYPE),
        "time" => Note(RESPONDED),
        "elb" => Put(RESOURCE),
        "client_port" => Note(CLIENT_PORT),
        "client_ip" => Note(CLIENT),
        "target_port" => Note(TARGET_PORT),
        "target_ip" => Note(TARGET),
        "request_processing_time" => Note(TOOK[0]),
        "target_processing_time" => Note(TOOK[1]),
        "response_processing_time" => Note(TOOK[2]),
        "elb_status_code" => PutNote(CODE, STATUS),
        "target_status_code" => Put(TARGET_STATUS),
        "received_bytes" => Put(BYTES_IN),
        "sent_bytes" => Put(BYTES_OUT),
        "request" => Note(REQUEST),
        "request_verb" => Put(EVENT),
        "request_url" => PutNote(URL, ADDRESS),
        "request_proto" => Put(PROTOCOL),
        "user_agent" => Put(AGENT),
        "ssl_cipher" => Put(CIPHER),
        "ssl_protocol" => Put(TLS),
        "target_group_arn" => PutNote(RESOURCE, GROUP),
        "trace_id" => Note(TRACED),
        "domain_name" => PutNote(DOMAIN, NAME),
        "chosen_cert_arn" => Put(CERTIFICATE),
        "matched_rule_priority" => Put(PRIORITY),
        "request_creation_time" => Note(CREATED),
        "actions_executed" => Put(ACTIONS),
        "redirect_url" => Put(REDIRECT),
        "error_reason" | "lambda_error_reason" => Put(ERROR),
        "target_port_list" => Put(TARGETS),
        "target_status_code_list" => Put(TARGET_STATUSES),
        "classification" => Put(CLASSIFICATION),
        "classification_reason" => Put(CLASSIFICATION_REASON),
        "conn_trace_id" => Put(CONNECTION),
        "transformed_host" => Put(NEW_HOST),
        "transformed_uri" => Put(NEW_URI),
        "request_transform_status" => Put(TRANSFORM),
        "ip_address" => Put(NODE),
        _ => Skip,
    }
}

/// What parts the columns of a line that begins as those in the documented order do.
fn mark(line: &str) -> Option<char> {
    let head = Head::read(line)?;
    let Head { columns: [kind, time, balancer], mark, .. } = head;
    // A table of some of the columns, or of their parts, is in no order that is known.
    let is_ordered = mark == b' ' || {
        let client = head.next()[0].trim_matches('"');
        (client == "-" || elb::is_end(client)) && line.bytes().filter(|b| *b == mark).count() >= 11
    };
    let is = is_ordered
        && matches!(kind, "http" | "https" | "h2" | "grpc" | "grpcs" | "ws" | "wss")
        && balancer.contains('/')
        && elb::is_time(time);
    is.then_some(char::from(mark))
}

pub(super) struct Alb;

impl Format for Alb {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Requests that went through an Application Load Balancer: S3, log groups and Firehose."
    }

    fn delivery(&self) -> Delivery {
        elb::delivery("a file for each node every 5 minutes")
    }

    fn limits(&self) -> &'static str {
        "Delivery is best effort, and the address is that of the last hop: what \
         X-Forwarded-For said is not logged."
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        NAMES.probe(probe)
    }

    fn start(&self, _: &Context, sample: &[String]) -> Box<dyn Decoder> {
        NAMES.start(&SCHEMA, sample)
    }
}

fn finish(values: &mut Values<'_, '_>, _: &mut String) {
    put_times(values);
    put_request(values);
    put_ends(values);
    let outcome = web::outcome(values.note(STATUS).unwrap_or(""));
    put_class(values.row, CLASS, Class::Network);
    put_outcome(values.row, OUTCOME, outcome);
}

fn put_times(values: &mut Values<'_, '_>) {
    let time = |note| values.note(note).and_then(Time::parse_rfc3339);
    let (response, request) = (time(RESPONDED), time(CREATED));
    let took = TOOK.map(|note| elb::measured(values.note(note)));
    if let Some(time) = request.or(response) {
        values.row.time(time);
    }
    if let Some(time) = response {
        values.row.put(TIME_END, Value::Time(time));
    }
    for (slot, seconds) in [REQUEST_TIME, TARGET_TIME, RESPONSE_TIME].into_iter().zip(took) {
        if let Some(seconds) = seconds {
            values.row.put(slot, Value::Float(seconds));
        }
    }
    if let [Some(request), Some(target), Some(response)] = took {
        values.row.put(DURATION, Value::Float(request + target + response));
    }
}

/// Both ends stand as `address:port` in columns that are named after the port; whoever has taken
/// them apart has named the address too.
fn put_ends(values: &mut Values<'_, '_>) {
    for (whole, apart, address, port) in
        [(CLIENT_PORT, CLIENT, SRC_IP, SRC_PORT), (TARGET_PORT, TARGET, DST_IP, DST_PORT)]
    {
        let alone = values.taken(apart);
        if let Some(text) = &alone {
            web::put_address(values.row, address, text);
        }
        match values.taken(whole) {
            Some(number) if alone.is_some() => values.text(port, &number),
            Some(end) => web::put_end(values.row, address, port, &end),
            None => {}
        }
    }
    if let Some(traced) = values.taken(TRACED)
        && let Some(root) = web::root(&traced)
    {
        values.text(TRACE, root);
    }
    if let Some(group) = values.taken(GROUP) {
        elb::put_owner(values.row, ACCOUNT, REGION, &group);
    }
}

fn put_request(values: &mut Values<'_, '_>) {
    if let Some(request) = values.taken(REQUEST) {
        let (method, address, protocol) = web::request(&request);
        let address = if web::is_nothing(address) { "" } else { address };
        for (slot, value) in [(EVENT, method), (URL, address), (PROTOCOL, protocol)] {
            values.text(slot, value);
        }
        put_domain(values, address);
    } else if let Some(url) = values.taken(ADDRESS) {
        put_domain(values, &url);
    }
}

/// The name that TLS asked for goes before that in the URL.
fn put_domain(values: &mut Values<'_, '_>, url: &str) {
    let named = values.taken(NAME).is_some();
    let Some(host) = web::host(url) else { return };
    if !named {
        values.text(DOMAIN, host);
    }
    if let Some(region) = elb::region_of(host) {
        values.text(REGION, region);
    }
}
