//! Queries that VPCs sent to the Route 53 Resolver, and what DNS Firewall did about them.
//!
//! Source: the Route 53 developer guide, "Values that appear in VPC Resolver query logs". The
//! event is the type of the query; its name stands without the dot of the root.

use crate::event::{Class, FieldDef, Kind, Outcome, Role, Schema, Time, fields, schema::slots};
use crate::format::clock::Stamp;
use crate::format::members::Rule::{self, Both, Enter, Note, Put, PutNote, Skip};
use crate::format::members::{Memo, Values};
use crate::format::objects::Objects;
use crate::format::{
    Clock, Context, Decoder, Delivery, Format, Lag, Match, Probe, Service, Takes, put_class,
    put_outcome, schema,
};
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
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    DOMAIN = fields::DOMAIN,
    INSTANCE = fields::INSTANCE,
    INTERFACE = fields::INTERFACE,
    RULE = fields::RULE,
    RCODE = text("resolver.rcode", Role::Text),
    TRANSPORT = text("resolver.transport", Role::Text),
    QUERY_CLASS = text("resolver.query_class", Role::Text),
    ANSWER = FieldDef::new("resolver.answer", Kind::Str, Role::Domain, "names and data that it was answered with").many(),
    ANSWER_IP = FieldDef::new("resolver.answer_ip", Kind::Ip, Role::Ip, "addresses that it was answered with").many(),
    ACTION = text("resolver.firewall_rule_action", Role::Outcome),
    DOMAIN_LIST = text("resolver.firewall_domain_list_id", Role::Text),
    FIREWALL = FieldDef::new("resolver.firewall", Kind::Str, Role::Text, "what else DNS Firewall says, such as the threat that it saw").many(),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("resolver", "Route 53 Resolver queries", FIELDS));

// What is kept aside.
const TIME: usize = 0;
const NAME: usize = 1;
const ANSWERED: usize = 2;
const DECIDED: usize = 3;

pub(super) struct Resolver;

impl Format for Resolver {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "DNS queries from VPCs to the Route 53 Resolver, with DNS Firewall: S3, log groups and \
         Firehose."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            service: Some(Service::Dns),
            lag: Some(Lag { usual: 5 * 60, longest: 60 * 60 }),
            cadence: "a file every few minutes while there are queries",
            guarantee: "best effort",
            clock: Clock::Aws,
        }
    }

    fn limits(&self) -> &'static str {
        "A query that is answered from the cache is not logged again, and one to another resolver \
         than that of the VPC never is."
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let certain = probe.is_object()
            && probe.has_all(&["query_timestamp", "query_name"])
            && (probe.has("vpc_id") || probe.has("srcaddr") || probe.has("rcode"));
        Match::certain_if(certain)
    }

    fn start(&self, context: &Context, _: &[String]) -> Box<dyn Decoder> {
        let zone_seconds = context.zone_seconds;
        Box::new(Objects { fields: FIELDS, level: Memo::new(query), time, fill, zone_seconds })
    }
}

fn time(values: &Values<'_, '_>) -> Option<Stamp> {
    values.note(TIME).and_then(Time::parse_rfc3339).map(Stamp::utc)
}

fn fill(values: &mut Values<'_, '_>) -> bool {
    if values.note(TIME).is_none() || values.note(NAME).is_none() {
        return false;
    }
    values.put_first_of(CODE, &[DECIDED, ANSWERED]);
    put_class(values.row, CLASS, Class::Network);
    let outcome = match (values.note(DECIDED), values.note(ANSWERED)) {
        (Some("BLOCK"), _) => Outcome::Denied,
        (_, Some("NOERROR")) => Outcome::Success,
        (_, Some(_)) => Outcome::Failure,
        (_, None) => Outcome::Unknown,
    };
    put_outcome(values.row, OUTCOME, outcome);
    true
}

fn query(key: &str) -> Rule {
    match key {
        "account_id" => Put(ACCOUNT),
        "region" => Put(REGION),
        "vpc_id" => Put(RESOURCE),
        "query_timestamp" => Note(TIME),
        "query_name" => PutNote(DOMAIN, NAME),
        "query_type" => Put(EVENT),
        "query_class" => Put(QUERY_CLASS),
        "rcode" => PutNote(RCODE, ANSWERED),
        "answers" => Enter(|key| match key {
            "Rdata" | "rdata" => Both(ANSWER, ANSWER_IP),
            _ => Skip,
        }),
        "srcaddr" => Put(SRC_IP),
        "srcport" => Put(SRC_PORT),
        "transport" => Put(TRANSPORT),
        "srcids" => Enter(|key| match key {
            "instance" => Put(INSTANCE),
            "resolver_endpoint" | "resolver-endpoint" => Put(RESOURCE),
            "resolver_network_interface" | "resolver-network-interface" => Put(INTERFACE),
            _ => Skip,
        }),
        "firewall_rule_action" => PutNote(ACTION, DECIDED),
        "firewall_rule_group_id" => Put(RULE),
        "firewall_domain_list_id" => Put(DOMAIN_LIST),
        _ if key.starts_with("firewall_") => Put(FIREWALL),
        _ => Skip,
    }
}
