//! Connection logs of Application Load Balancers: a line for each TLS handshake or connection,
//! with the client's certificate where both sides show one.
//!
//! Source: the Elastic Load Balancing user guide, "Connection logs for your Application Load
//! Balancer".

use super::elb::{self, Head};
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Schema, Time, Value, fields, schema::slots,
};
use crate::format::members::Rule::{self, Note, Put, PutNote, Skip};
use crate::format::members::Values;
use crate::format::names::{ROOM, plain};
use crate::format::numbers::address;
use crate::format::shapes::Names;
use crate::format::{
    Context, Decoder, Delivery, Format, Match, Probe, put_class, put_outcome, schema,
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
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_PORT = fields::DST_PORT,
    ACCOUNT = fields::ACCOUNT,
    RESOURCE = fields::RESOURCE,
    DURATION = fields::DURATION,
    TLS = text("alb.tls_protocol"),
    CIPHER = text("alb.tls_cipher"),
    VALIDITY = text("alb.leaf_client_cert_validity"),
    SERIAL = text("alb.leaf_client_cert_serial_number"),
    KEY_EXCHANGE = text("alb.tls_keyexchange"),
    CONNECTION = FieldDef::new("alb.conn_trace_id", Kind::Id, Role::Request, "id of the connection"),
    NODE = FieldDef::new("alb.ip_address", Kind::Ip, Role::Ip, "address of the balancer's node"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("alb_connection", "ALB connections", FIELDS));

// What is kept aside.
const TIME: usize = 0;
const VERIFIED: usize = 1;
const LATENCY: usize = 2;
const SUBJECT: usize = 3;
const PROTOCOL: usize = 4;

static NAMES: Names = Names {
    level,
    order: &[
        "timestamp",
        "client_ip",
        "client_port",
        "listener_port",
        "tls_protocol",
        "tls_cipher",
        "tls_handshake_latency",
        "leaf_client_cert_subject",
        "leaf_client_cert_validity",
        "leaf_client_cert_serial_number",
        "tls_verify_status",
        "conn_trace_id",
        "tls_keyexchange",
        "elb",
        "ip_address",
    ],
    mark,
    least: 11,
    few: &[],
    shown: |_| None,
    signs: &[
        "leaf_client_cert_serial_number",
        "leaf_client_cert_subject",
        "leaf_client_cert_validity",
        "listener_port",
        "tls_handshake_latency",
        "tls_verify_status",
    ],
    enough: 2,
    sure: &[
        "leaf_client_cert_serial_number",
        "leaf_client_cert_validity",
        "tls_handshake_latency",
        "tls_verify_status",
    ],
    says: |_| false,
    time: TIME,
    fields: FIELDS,
    finish,
};

fn level(name: &str) -> Rule {
    match plain(name, &mut { ROOM }) {
        "timestamp" | "time" => Note(TIME),
        "client_ip" => Put(SRC_IP),
        "client_port" => Put(SRC_PORT),
        "listener_port" => Put(DST_PORT),
        "tls_protocol" => PutNote(TLS, PROTOCOL),
        "tls_cipher" => Put(CIPHER),
        "tls_handshake_latency" => Note(LATENCY),
        "leaf_client_cert_subject" => Note(SUBJECT),
        "leaf_client_cert_validity" => Put(VALIDITY),
        "leaf_client_cert_serial_number" => Put(SERIAL),
        "tls_verify_status" => PutNote(CODE, VERIFIED),
        "conn_trace_id" => Put(CONNECTION),
        "tls_keyexchange" => Put(KEY_EXCHANGE),
        "elb" => Put(RESOURCE),
        "account_id" => Put(ACCOUNT),
        "ip_address" => Put(NODE),
        _ => Skip,
    }
}

/// A time, an address, two ports and a protocol: a classic balancer's line has a name in the second place.
fn mark(line: &str) -> Option<char> {
    let head = Head::read(line)?;
    let [time, client, port] = head.columns;
    let [listener, protocol] = head.next();
    let is_port = |text: &str| text.parse::<u16>().is_ok();
    let is = elb::is_time(time)
        && address(client).is_some()
        && is_port(port)
        && is_port(listener)
        && (protocol == "-" || protocol.starts_with("TLS"));
    is.then_some(char::from(head.mark))
}

pub(super) struct AlbConnection;

impl Format for AlbConnection {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Connections to an Application Load Balancer, with client certificates: S3, log groups."
    }

    fn delivery(&self) -> Delivery {
        elb::delivery("a file for each node every 5 minutes")
    }

    fn limits(&self) -> &'static str {
        "Connections, not requests: what was asked for is in the access log, by the id of the \
         connection. Delivery is best effort."
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
    if let Some(subject) = values.taken(SUBJECT) {
        values.text(PRINCIPAL, &subject);
        values.text(PRINCIPAL_KIND, "certificate");
    }
    let tls = values.taken(PROTOCOL).is_some();
    values.text(EVENT, if tls { "TLS" } else { "TCP" });
    let outcome = match values.taken(VERIFIED).as_deref() {
        Some("Success") => Outcome::Success,
        // The client showed a certificate that was not accepted, or none.
        Some(verified) if verified.starts_with("Failed") => Outcome::Denied,
        _ => Outcome::Unknown,
    };
    put_class(values.row, CLASS, Class::Network);
    put_outcome(values.row, OUTCOME, outcome);
}
