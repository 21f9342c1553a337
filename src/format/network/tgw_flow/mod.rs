//! Transit gateway flow logs: with a header, in the default layouts without one, and as JSON.
//!
//! Source: the Transit Gateway guide, "Transit Gateway Flow Log records". A record is one-way, and
//! there is no verdict in it: packets that were lost make it a failure. The gateway's side counts
//! bytes as received or sent as `flow-direction` says.

mod columns;

use super::flow::{self, Column, Flows, Layout, Reader, Slots};
use crate::event::{FieldDef, Kind, Role, Schema, fields, schema::slots};
use crate::format::{
    Clock, Context, Decoder, Delivery, Format, Lag, Match, Probe, Service, schema,
};
use regex::bytes::Regex;
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, "the column of this name, verbatim")
}

const fn number(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Int, Role::Text, "the column of this name")
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
    PACKETS = fields::PACKETS,
    TIME_END = fields::TIME_END,
    VERSION = number("tgw.version"),
    KIND = text("tgw.resource_type", Role::Text),
    SRC_ACCOUNT = text("tgw.src_account", Role::Account),
    DST_ACCOUNT = text("tgw.dst_account", Role::Account),
    SRC_VPC = text("tgw.src_vpc_id", Role::Resource),
    DST_VPC = text("tgw.dst_vpc_id", Role::Resource),
    SRC_SUBNET = text("tgw.src_subnet_id", Role::Resource),
    DST_SUBNET = text("tgw.dst_subnet_id", Role::Resource),
    SRC_INTERFACE = text("tgw.src_eni", Role::Interface),
    DST_INTERFACE = text("tgw.dst_eni", Role::Interface),
    SRC_AZ = text("tgw.src_az_id", Role::Text),
    DST_AZ = text("tgw.dst_az_id", Role::Text),
    PROTOCOL = number("tgw.protocol"),
    LOG_STATUS = text("tgw.log_status", Role::Text),
    TYPE = text("tgw.type", Role::Text),
    NO_ROUTE = number("tgw.packets_lost_no_route"),
    BLACKHOLE = number("tgw.packets_lost_blackhole"),
    MTU = number("tgw.packets_lost_mtu_exceeded"),
    TTL = number("tgw.packets_lost_ttl_expired"),
    TCP_FLAGS = number("tgw.tcp_flags"),
    DIRECTION = text("tgw.flow_direction", Role::Text),
    SRC_SERVICE = text("tgw.pkt_src_aws_service", Role::Text),
    DST_SERVICE = text("tgw.pkt_dst_aws_service", Role::Text),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("tgw_flow", "Transit gateway flow logs", FIELDS));

pub(super) struct TgwFlow;

impl Format for TgwFlow {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Network flows through transit gateways: S3, Firehose and log groups."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            service: Some(Service::FlowLogs),
            lag: Some(Lag { usual: 6 * 60, longest: 20 * 60 }),
            cadence: "a record for each flow and interval of a minute",
            guarantee: "best effort: 5 minutes after the interval to log groups, 10 to S3; \
                        SKIPDATA says that records were lost",
            clock: Clock::Aws,
        }
    }

    fn limits(&self) -> &'static str {
        "Each record is one direction at one attachment, summed over a minute; what stays within a \
         VPC, or is turned away before the gateway, is not in it."
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.is_object() {
            let named = probe.names().iter().any(|name| name.starts_with("tgw"));
            return Match::certain_if(named && flow::is_in_json::<Tgw>(probe));
        }
        let record = probe.record;
        let header = |line: &str| Layout::header::<Tgw>(line);
        if columns::default_of(record).is_some() || header(record).is_some() {
            return Match::Certain;
        }
        let named = || probe.sample.iter().find_map(|line| header(line));
        match named() {
            Some(layout) if flow::has_flow(record.as_bytes()) && layout.fits(record) => {
                Match::Likely
            }
            _ => Match::No,
        }
    }

    fn start(&self, context: &Context, sample: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader::<Tgw>::new(context, sample))
    }
}

/// Flow logs of transit gateways.
#[derive(Debug, Clone, Copy, Default)]
struct Tgw;

static SIGNS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"tgw[-_](?:id|src|dst|attachment|pair)").expect("a constant"));

impl Flows for Tgw {
    const FIELDS: &'static [FieldDef] = FIELDS;
    const SLOTS: Slots = Slots {
        event: EVENT,
        class: CLASS,
        outcome: OUTCOME,
        code: CODE,
        account: ACCOUNT,
        source: SRC_IP,
        target: DST_IP,
        // There is no other view of the ends.
        seen_source: SRC_IP,
        seen_target: DST_IP,
        received: BYTES_IN,
        sent: BYTES_OUT,
        end: TIME_END,
        status: LOG_STATUS,
        direction: DIRECTION,
    };
    const LOST: &'static [(usize, &'static str)] = &[
        (NO_ROUTE, "packets-lost-no-route"),
        (BLACKHOLE, "packets-lost-blackhole"),
        (MTU, "packets-lost-mtu-exceeded"),
        (TTL, "packets-lost-ttl-expired"),
    ];
    const TAGS: &'static [usize] = &[];

    fn schema() -> &'static Arc<Schema> {
        &SCHEMA
    }

    fn named(name: &str) -> Option<Column> {
        columns::named(name)
    }

    fn signs() -> &'static Regex {
        &SIGNS
    }

    fn tells_layout(record: &[u8]) -> bool {
        flow::begun(record).any(|(_, value)| value.starts_with(b"TransitGateway"))
    }

    fn default_of(record: &str) -> Option<Layout> {
        columns::default_of(record)
    }

    /// Without a header, other layouts are not told from each other.
    fn guessed(_: &str) -> Option<Layout> {
        None
    }
}
