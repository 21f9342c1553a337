//! What Suricata saw, as it writes it (EVE), and as AWS Network Firewall does, which is Suricata
//! with a wrapper around each event.
//!
//! Source: the Suricata user guide, "EVE JSON format", and the Network Firewall developer guide,
//! "Contents of a Network Firewall log". The event is the kind of event. Bytes that the client
//! sent count as received, and those of the server as sent, as they do at a door.

mod decode;
mod levels;

use crate::event::{FieldDef, Kind, Role, Schema, Value, fields, schema::slots};
use crate::format::members::{Level, Memo, Values};
use crate::format::objects::Objects;
use crate::format::{Clock, Context, Decoder, Delivery, Format, Match, Probe, Takes, schema};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, "the member of this name, verbatim")
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
    CLIENT_IP = fields::CLIENT_IP,
    BYTES_IN = fields::BYTES_IN,
    BYTES_OUT = fields::BYTES_OUT,
    PACKETS = fields::PACKETS,
    DURATION = fields::DURATION,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    FILE = fields::FILE,
    AGENT = fields::AGENT,
    RULE = fields::RULE,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    TIME_END = fields::TIME_END,
    START = FieldDef::new("suricata.start", Kind::Time, Role::Time, "when the flow began"),
    FLOW = FieldDef::new("suricata.flow_id", Kind::Id, Role::Request, "what is common to the events of a flow"),
    PROTOCOL = text("suricata.proto", Role::Text),
    APP_PROTOCOL = text("suricata.app_proto", Role::Text),
    ACTION = FieldDef::new("suricata.action", Kind::Str, Role::Outcome, "what became of the packet"),
    CATEGORY = text("suricata.category", Role::Text),
    STATE = text("suricata.state", Role::Text),
    METHOD = text("suricata.http_method", Role::Event),
    REFERER = text("suricata.http_refer", Role::Text),
    QUERY_TYPE = text("suricata.rrtype", Role::Text),
    ANSWER = text("suricata.answer", Role::Domain).many(),
    ANSWER_IP = FieldDef::new("suricata.answer_ip", Kind::Ip, Role::Ip, "addresses that a query was answered with").many(),
    TLS = text("suricata.tls_version", Role::Text),
    SUBJECT = text("suricata.tls_subject", Role::Text),
    ISSUER = text("suricata.tls_issuer", Role::Text),
    FINGERPRINT = text("suricata.tls_fingerprint", Role::Text),
    JA3 = text("suricata.ja3", Role::Agent),
    JA4 = text("suricata.ja4", Role::Agent),
    HASH = text("suricata.sha256", Role::Text),
    MAIL = FieldDef::new("suricata.mail", Kind::Str, Role::Principal, "who sends a mail and who gets it").many(),
    SOFTWARE = FieldDef::new("suricata.software", Kind::Str, Role::Agent, "programs that both ends of an SSH connection name").many(),
    ANOMALY = FieldDef::new("suricata.anomaly", Kind::Str, Role::Text, "what was odd about a packet or a protocol"),
    HOST = fields::HOST,
    IN_IFACE = text("suricata.in_iface", Role::Interface),
    COMMUNITY = FieldDef::new("suricata.community_id", Kind::Id, Role::Request, "what other products call the flow too"),
    // Of the firewall alone.
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    ZONE = text("network_firewall.availability_zone", Role::Text),
    TLS_ERROR = text("network_firewall.tls_error", Role::Text),
    REVOCATION = text("network_firewall.revocation_status", Role::Text),
    INSPECTED = text("network_firewall.tls_inspected", Role::Text),
    AWS_CATEGORY = text("network_firewall.aws_category", Role::Text),
}

/// Suricata's own events have no fields of the firewall.
static EVENTS: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("suricata", "Suricata events", &FIELDS[..ACCOUNT]));

static FIREWALL: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("network_firewall", "AWS Network Firewall", FIELDS));

pub(super) struct Suricata;

impl Format for Suricata {
    fn schema(&self) -> &Arc<Schema> {
        &EVENTS
    }

    fn help(&self) -> &'static str {
        "Alerts, flows and transactions that Suricata writes to its eve.json."
    }

    fn limits(&self) -> &'static str {
        "A sensor sees the traffic that is led past it, and of what is encrypted only how it \
         begins; which events it writes is a matter of its configuration."
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        // Collectors may leave out the kind of event.
        let flow = || probe.has_all(&["timestamp", "flow_id", "src_ip"]);
        let typed = || probe.has_all(&["timestamp", "event_type"]);
        if !probe.is_object() {
            Match::No
        } else if flow() || typed() && probe.has("stats") {
            Match::Certain
        } else if typed() && probe.has("src_ip") {
            Match::Likely
        } else {
            Match::No
        }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(reader(context, levels::event, decode::event))
    }
}

pub(super) struct NetworkFirewall;

impl Format for NetworkFirewall {
    fn schema(&self) -> &Arc<Schema> {
        &FIREWALL
    }

    fn help(&self) -> &'static str {
        "Alerts, flows and TLS events of AWS Network Firewall: S3, log groups and Firehose."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "a file every few minutes while there is something to say; a flow when it ends",
            guarantee: "best effort: within 15 minutes for most, and sometimes not at all",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "Only what stateful rules look at is there: packets that stateless rules pass or drop are \
         not, and a rule that passes says nothing unless it alerts."
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(probe.is_object() && probe.has_all(WRAPPER))
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(reader(context, levels::wrapper, decode::wrapped))
    }
}

/// What the firewall puts around each event.
const WRAPPER: &[&str] = &["firewall_name", "event_timestamp", "event"];

fn reader(context: &Context, level: Level, fill: fn(&mut Values<'_, '_>) -> bool) -> Objects {
    let zone_seconds = context.zone_seconds;
    Objects { fields: FIELDS, level: Memo::new(level), time: decode::time, fill, zone_seconds }
}
