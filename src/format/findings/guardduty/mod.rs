//! GuardDuty findings, as exported to S3, sent by EventBridge, or answered by the API, whose
//! names begin with capitals, and what scans of S3 objects for malware came to.
//!
//! Source: the GuardDuty user guide, "GuardDuty finding format", and the API reference,
//! `Finding`.

mod decode;
mod levels;

use crate::event::{FieldDef, Kind, Role, Schema, fields, schema::slots};
use crate::format::members::Memo;
use crate::format::objects::Objects;
use crate::format::{
    Array, Clock, Context, Decoder, Delivery, Format, Lag, Match, Probe, Service, Takes, schema,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, "the member of this name, verbatim")
}

const fn address(name: &'static str, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Ip, Role::Ip, help).many()
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SESSION = fields::SESSION,
    KEY = fields::KEY,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_IP = fields::DST_IP,
    DST_PORT = fields::DST_PORT,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    FILE = fields::FILE,
    PROCESS = fields::PROCESS,
    INSTANCE = fields::INSTANCE,
    INTERFACE = fields::INTERFACE,
    AGENT = fields::AGENT,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    COUNT = fields::COUNT,
    ID = fields::ID,
    TIME_END = fields::TIME_END,
    DESCRIPTION = text("guardduty.description", Role::Text),
    UPDATED = FieldDef::new("guardduty.updated_at", Kind::Time, Role::Time, "when this revision was made").revises(),
    RESOURCE_TYPE = text("guardduty.resource_type", Role::Text),
    RESOURCE_ROLE = text("guardduty.resource_role", Role::Text),
    DETECTOR = text("guardduty.detector_id", Role::Resource),
    FEATURE = text("guardduty.feature", Role::Text),
    ARCHIVED = text("guardduty.archived", Role::Text),
    SAMPLE = text("guardduty.sample", Role::Text),
    ACTION = text("guardduty.action_type", Role::Text),
    API = text("guardduty.api", Role::Event),
    SERVICE = text("guardduty.service_name", Role::Text),
    USER_TYPE = text("guardduty.user_type", Role::Text),
    PRINCIPAL_ID = text("guardduty.principal_id", Role::Principal),
    REMOTE_ACCOUNT = text("guardduty.remote_account", Role::Account),
    COUNTRY = text("guardduty.country", Role::Text),
    ORGANIZATION = text("guardduty.asn_org", Role::Text),
    DIRECTION = text("guardduty.connection_direction", Role::Text),
    PROTOCOL = text("guardduty.protocol", Role::Text),
    LOCAL_IP = address("guardduty.private_ip", "addresses of the resource's interfaces"),
    REMOTE_IPS = address("guardduty.remote_ip", "every remote address; a port probe has many, the first of which is src.ip"),
    SOURCE_IPS = address("guardduty.source_ip", "addresses that a call to Kubernetes came through"),
    K8S_USER = text("guardduty.kubernetes_user", Role::Principal),
    NAMESPACE = text("guardduty.namespace", Role::Text),
    WORKLOAD = text("guardduty.workload", Role::Resource),
    IMAGE = text("guardduty.image", Role::Text).many(),
    CONTAINER = text("guardduty.container", Role::Resource).many(),
    DATABASE = text("guardduty.database", Role::Resource),
    APPLICATION = text("guardduty.application", Role::Agent),
    PROCESS_USER = text("guardduty.process_user", Role::Principal),
    PROCESS_HASH = text("guardduty.process_sha256", Role::Text),
    PROCESS_ID = FieldDef::new("guardduty.pid", Kind::Int, Role::Text, "number of the process"),
    LINEAGE = text("guardduty.lineage", Role::Process).many(),
    COMMAND = text("guardduty.command_line", Role::Process),
    THREAT = text("guardduty.threat", Role::Text).many(),
    THREAT_HASH = text("guardduty.threat_sha256", Role::Text).many(),
    THREAT_LIST = text("guardduty.threat_list", Role::Text).many(),
    SIGNAL = text("guardduty.signal", Role::Event).many(),
    ACTOR = text("guardduty.actor", Role::Principal).many(),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("guardduty", "GuardDuty findings", FIELDS));

pub(super) struct GuardDuty;

impl Format for GuardDuty {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Findings of Amazon GuardDuty: S3 exports, EventBridge, GetFindings."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            service: Some(Service::GuardDuty),
            lag: Some(Lag { usual: 5 * 60, longest: 60 * 60 }),
            cadence: "as something is found; what is found again every 15 minutes, hour or 6 hours",
            guarantee: "5 minutes after a finding is made, which is itself later than what it is \
                        about; kept for 90 days by the service",
            clock: Clock::Aws,
        }
    }

    fn limits(&self) -> &'static str {
        "A finding sums up many events from its first to its last, and is written again as \
         it grows; what GuardDuty does not watch or has suppressed is not there."
    }

    fn arrays(&self) -> &'static [Array] {
        &[Array { name: "Findings", beside: &[] }]
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let both = |name: &str| probe.names().iter().any(|known| known.eq_ignore_ascii_case(name));
        let finding = || ["schemaVersion", "service", "resource", "type"].into_iter().all(both);
        let excerpt = || ["schemaVersion", "type", "severity", "updatedAt"].into_iter().all(both);
        let watched = || probe.record.contains("etectorId\"");
        let scan = || probe.has_all(&["schemaVersion", "scanStatus", "scanResultDetails"]);
        if !probe.is_object() {
            Match::No
        } else if finding() || excerpt() && watched() || scan() {
            Match::Certain
        } else {
            Match::No
        }
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Objects {
            fields: FIELDS,
            level: Memo::new(levels::finding),
            time: decode::time,
            fill: decode::fill,
            zone_seconds: context.zone_seconds,
        })
    }
}
