//! Events of the Open Cybersecurity Schema Framework (OCSF 1.x, and what came before), of all its
//! classes: as Security Lake keeps them, as Security Hub sends and answers its findings, and as
//! anybody else writes them.
//!
//! Source: the OCSF schema; the Security Lake and Security Hub user guides. The event is the name
//! of the call where the class is about calls, and otherwise the activity. What a user is to an
//! event depends on the class: of a sign-in, the `user` is who signs in; of anything else, whom
//! or what the actor acts on.

mod class;
mod decode;
mod levels;

use crate::event::{FieldDef, Kind, Role, Schema, fields, schema::slots};
use crate::format::members::Memo;
use crate::format::objects::Objects;
use crate::format::{
    Array, Clock, Context, Decoder, Delivery, Format, Match, Probe, Takes, schema,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, "the member of this name, verbatim")
}

const fn time(name: &'static str, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Time, Role::Time, help)
}

const fn address(name: &'static str, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Ip, Role::Ip, help).many()
}

slots! {
    EVENT = fields::EVENT,
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    PRINCIPAL_ACCOUNT = fields::PRINCIPAL_ACCOUNT,
    ROLE = fields::ROLE,
    SESSION = fields::SESSION,
    KEY = fields::KEY,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_IP = fields::DST_IP,
    DST_PORT = fields::DST_PORT,
    CLIENT_IP = fields::CLIENT_IP,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    BYTES_IN = fields::BYTES_IN,
    BYTES_OUT = fields::BYTES_OUT,
    PACKETS = fields::PACKETS,
    DURATION = fields::DURATION,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    FILE = fields::FILE,
    PROCESS = fields::PROCESS,
    HOST = fields::HOST,
    INSTANCE = fields::INSTANCE,
    INTERFACE = fields::INTERFACE,
    AGENT = fields::AGENT,
    REQUEST = fields::REQUEST,
    RULE = fields::RULE,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    COUNT = fields::COUNT,
    ID = fields::ID,
    TIME_END = fields::TIME_END,
    MODIFIED = time("ocsf.modified_time", "when this revision of a finding was made").revises(),
    FIRST_SEEN = time("ocsf.first_seen_time", "when what was found began"),
    LAST_SEEN = time("ocsf.last_seen_time", "when what was found was last seen"),
    CLASS_UID = FieldDef::new("ocsf.class_uid", Kind::Int, Role::Text, "the number of the class"),
    CLASS_NAME = text("ocsf.class_name", Role::Text),
    ACTIVITY = text("ocsf.activity_name", Role::Event),
    PRODUCT = text("ocsf.product", Role::Text),
    STATUS = text("ocsf.status", Role::Text),
    DISPOSITION = text("ocsf.disposition", Role::Outcome),
    USER = FieldDef::new("ocsf.user", Kind::Str, Role::Principal, "the user that it is about, by the best name").many(),
    USER_ALT = text("ocsf.uid_alt", Role::Principal),
    INVOKED_BY = text("ocsf.invoked_by", Role::Principal),
    MFA = text("ocsf.is_mfa", Role::Text),
    SRC_NAME = text("ocsf.src_name", Role::Host),
    DST_NAME = text("ocsf.dst_name", Role::Host),
    DEVICE_IP = address("ocsf.device_ip", "addresses of the device that it is about"),
    BETWEEN_IP = address("ocsf.intermediate_ip", "addresses on the way, such as those of interfaces"),
    EVIDENCE_IP = address("ocsf.evidence_ip", "addresses in the evidence of a finding"),
    OBSERVED_IP = address("ocsf.observable_ip", "addresses among the observables"),
    ANSWER = FieldDef::new("ocsf.answer", Kind::Str, Role::Domain, "names and data that a query was answered with").many(),
    ANSWER_IP = address("ocsf.answer_ip", "addresses that a query was answered with"),
    QUERY_TYPE = text("ocsf.query_type", Role::Text),
    DIRECTION = text("ocsf.direction", Role::Text),
    PROTOCOL = text("ocsf.protocol", Role::Text),
    PARENT = FieldDef::new("ocsf.actor_process", Kind::Str, Role::Process, "the program that acted, or that started the process"),
    COMMAND = text("ocsf.cmd_line", Role::Process),
    FINDING = text("ocsf.finding_uid", Role::Resource),
    FINDING_TYPE = text("ocsf.finding_type", Role::Text).many(),
    TITLE = text("ocsf.title", Role::Text),
    DESCRIPTION = text("ocsf.desc", Role::Text),
    CVE = text("ocsf.cve", Role::Text).many(),
    TECHNIQUE = text("ocsf.technique", Role::Text).many(),
    MALWARE = text("ocsf.malware", Role::Text).many(),
    COMPLIANCE = text("ocsf.compliance_status", Role::Text),
}

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("ocsf", "OCSF events", FIELDS));

pub(super) struct Ocsf;

impl Format for Ocsf {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Events and findings in the Open Cybersecurity Schema Framework: Security Lake, Security \
         Hub, and whoever else writes them."
    }

    fn limits(&self) -> &'static str {
        "Whoever maps a log to OCSF leaves out or renames what does not fit, so the original log \
         may say more; findings sum up many events."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as the sources of a lake are collected, or as something is found",
            guarantee: "nothing: it depends on the source and on who maps it",
            clock: Clock::Writer,
            ..Delivery::UNKNOWN
        }
    }

    fn arrays(&self) -> &'static [Array] {
        &[
            Array { name: "Findings", beside: &["NextToken"] },
            Array { name: "findings", beside: &[] },
        ]
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let certain = probe.is_object()
            && probe.has("class_uid")
            && (probe.has("category_uid") || probe.has("type_uid") || probe.has("metadata"));
        Match::certain_if(certain)
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Objects {
            fields: FIELDS,
            level: Memo::new(levels::event),
            time: decode::time,
            fill: decode::fill,
            zone_seconds: context.zone_seconds,
        })
    }
}
