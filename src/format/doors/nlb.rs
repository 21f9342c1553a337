//! Access logs of Network Load Balancers, which write a line for each TLS connection: 17 to 22
//! columns and more, and the shapes of the vended delivery.
//!
//! Source: the Elastic Load Balancing user guide, "Access logs for your Network Load Balancer".
//! Times are UTC without saying so. That of the event is when the connection was made, or its end
//! less what it took.

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
    TIME_END = fields::TIME_END,
    VERSION = text("nlb.version"),
    LISTENER = FieldDef::new("nlb.listener", Kind::Str, Role::Resource, "id of the listener"),
    HANDSHAKE = FieldDef::new("nlb.tls_handshake_time", Kind::Int, Role::Text, "milliseconds; absent if it was not finished"),
    CERTIFICATE = text("nlb.chosen_cert_arn"),
    SERIAL = text("nlb.chosen_cert_serial"),
    CIPHER = text("nlb.tls_cipher"),
    TLS = text("nlb.tls_protocol_version"),
    GROUP = text("nlb.tls_named_group"),
    FRONT = text("nlb.alpn_fe_protocol"),
    BACK = text("nlb.alpn_be_protocol"),
    PREFERRED = text("nlb.alpn_client_preference_list"),
    NODE = FieldDef::new("nlb.ip_address", Kind::Ip, Role::Ip, "address of the balancer's node"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("nlb", "Network Load Balancer", FIELDS));

// What is kept aside.
const CLOSED: usize = 0;
const MADE: usize = 1;
const CLIENT: usize = 2;
const TARGET: usize = 3;
const TOOK: usize = 4;
const SHAKEN: usize = 5;
const ALERT: usize = 6;
const CHOSEN: usize = 7;
const NAME: usize = 8;
const PREFERENCES: usize = 9;

static NAMES: Names = Names {
    level,
    order: &[
        "type",
        "version",
        "time",
        "elb",
        "listener",
        "client:port",
        "destination:port",
        "connection_time",
        "tls_handshake_time",
        "received_bytes",
        "sent_bytes",
        "incoming_tls_alert",
        "chosen_cert_arn",
        "chosen_cert_serial",
        "tls_cipher",
        "tls_protocol_version",
        "tls_named_group",
        "domain_name",
        "alpn_fe_protocol",
        "alpn_be_protocol",
        "alpn_client_preference_list",
        "tls_connection_creation_time",
        "ip_address",
    ],
    mark,
    least: 11,
    few: &[],
    shown: |_| None,
    signs: &[
        "alpn_be_protocol",
        "alpn_client_preference_list",
        "alpn_fe_protocol",
        "chosen_cert_serial",
        "incoming_tls_alert",
        "tls_connection_creation_time",
        "tls_handshake_time",
        "tls_protocol_version",
    ],
    enough: 2,
    sure: &[
        "alpn_be_protocol",
        "alpn_client_preference_list",
        "alpn_fe_protocol",
        "chosen_cert_serial",
        "incoming_tls_alert",
        "tls_connection_creation_time",
    ],
    says: |probe| elb::is_of(probe, "net/"),
    time: CLOSED,
    fields: FIELDS,
    finish,
};

fn level(name: &str) -> Rule {
    match plain(name, &mut { ROOM }) {
        "type" => Put(EVENT),
        "version" => Put(VERSION),
        "time" => Note(CLOSED),
        "elb" => Put(RESOURCE),
        "listener" => Put(LISTENER),
        "client_port" => Note(CLIENT),
        "destination_port" | "target_port" => Note(TARGET),
        "connection_time" => Note(TOOK),
        "tls_handshake_time" => PutNote(HANDSHAKE, SHAKEN),
        "received_bytes" => Put(BYTES_IN),
        "sent_bytes" => Put(BYTES_OUT),
        "incoming_tls_alert" => PutNote(CODE, ALERT),
        "chosen_cert_arn" => PutNote(CERTIFICATE, CHOSEN),
        "chosen_cert_serial" => Put(SERIAL),
        "tls_cipher" => Put(CIPHER),
        "tls_protocol_version" => Put(TLS),
        "tls_named_group" | "tls_keyexchange" => Put(GROUP),
        "domain_name" => Note(NAME),
        "alpn_fe_protocol" => Put(FRONT),
        "alpn_be_protocol" => Put(BACK),
        "alpn_client_preference_list" => Note(PREFERENCES),
        "tls_connection_creation_time" => Note(MADE),
        "ip_address" => Put(NODE),
        _ => Skip,
    }
}

fn mark(line: &str) -> Option<char> {
    let Head { columns: [kind, version, time], mark, .. } = Head::read(line)?;
    let is = kind == "tls"
        && version.starts_with(|first: char| first.is_ascii_digit())
        && version.contains('.')
        && Time::parse_rfc3339(time).is_some();
    is.then_some(char::from(mark))
}

pub(super) struct Nlb;

impl Format for Nlb {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "TLS connections through a Network Load Balancer: S3, log groups and Firehose."
    }

    fn delivery(&self) -> Delivery {
        elb::delivery("a file every 5 minutes")
    }

    fn limits(&self) -> &'static str {
        "Only TLS listeners write them: connections to TCP and UDP listeners, however many, \
         leave no line. Delivery is best effort."
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        NAMES.probe(probe)
    }

    fn start(&self, _: &Context, sample: &[String]) -> Box<dyn Decoder> {
        NAMES.start(&SCHEMA, sample)
    }
}

fn finish(values: &mut Values<'_, '_>, room: &mut String) {
    put_times(values);
    for (note, address, port) in [(CLIENT, SRC_IP, SRC_PORT), (TARGET, DST_IP, DST_PORT)] {
        if let Some(end) = values.taken(note) {
            web::put_end(values.row, address, port, &end);
        }
    }
    if let Some(name) = values.taken(NAME) {
        let name = web::decoded(&name);
        values.text(DOMAIN, &name);
        if let Some(region) = elb::region_of(&name) {
            values.text(REGION, region);
        }
    }
    if let Some(list) = values.taken(PREFERENCES) {
        // Each name is in quotes of its own.
        room.extend(list.chars().filter(|c| *c != '"'));
        values.text(PREFERRED, room);
    }
    let chosen = values.taken(CHOSEN);
    if let Some(certificate) = &chosen {
        elb::put_owner(values.row, ACCOUNT, REGION, certificate);
    }
    // A handshake that was not finished leaves its time out, and the certificate if it got not
    // even that far.
    let shaken = values.taken(SHAKEN).is_some();
    let failed = values.taken(ALERT).is_some() || !shaken && chosen.is_none();
    let outcome = match (failed, shaken) {
        (true, _) => Outcome::Failure,
        (false, true) => Outcome::Success,
        (false, false) => Outcome::Unknown,
    };
    put_class(values.row, CLASS, Class::Network);
    put_outcome(values.row, OUTCOME, outcome);
}

fn put_times(values: &mut Values<'_, '_>) {
    let time = |note| values.note(note).and_then(Time::parse_rfc3339);
    let (closed, made) = (time(CLOSED), time(MADE));
    let took = values.note(TOOK).and_then(|took| took.parse::<i64>().ok()).filter(|ms| *ms >= 0);
    if let Some(took) = took {
        values.row.put(DURATION, Value::Float(took as f64 / 1000.0));
    }
    let before = |closed: Time| {
        let nanos = took.unwrap_or(0).saturating_mul(Timestamp::SECOND / 1000);
        Time::new(closed.at.saturating_add(-nanos), closed.digits)
    };
    if let Some(time) = made.or_else(|| closed.map(before)) {
        values.row.time(time);
    }
    if let Some(time) = closed {
        values.row.put(TIME_END, Value::Time(time));
    }
}
