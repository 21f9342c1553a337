//! VPC flow logs, versions 2 to 11: with a header, in the default layouts without one, and in
//! custom layouts without one, whose columns are told from what stands in them.
//!
//! Source: the Amazon VPC user guide, "Flow log records". `src.ip` and `dst.ip` are the ends of
//! the packet (`pkt-srcaddr`) where the log has them; the interface's view stays in
//! `vpc.srcaddr`. A record is one-way: its bytes count as received or sent by the interface's
//! side as `flow-direction` says or, without it, by which end has a private address.

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
    BYTES_IN = fields::BYTES_IN,
    BYTES_OUT = fields::BYTES_OUT,
    PACKETS = fields::PACKETS,
    INSTANCE = fields::INSTANCE,
    INTERFACE = fields::INTERFACE,
    TIME_END = fields::TIME_END,
    VERSION = number("vpc.version"),
    PROTOCOL = number("vpc.protocol"),
    LOG_STATUS = text("vpc.log_status", Role::Text),
    VPC = text("vpc.vpc_id", Role::Resource),
    SUBNET = text("vpc.subnet_id", Role::Resource),
    TCP_FLAGS = number("vpc.tcp_flags"),
    TYPE = text("vpc.type", Role::Text),
    SEEN_SRC = FieldDef::new("vpc.srcaddr", Kind::Ip, Role::Ip, "source as the interface saw it"),
    SEEN_DST = FieldDef::new("vpc.dstaddr", Kind::Ip, Role::Ip, "destination as the interface saw it"),
    AZ = text("vpc.az_id", Role::Text),
    SUBLOCATION_TYPE = text("vpc.sublocation_type", Role::Text),
    SUBLOCATION = text("vpc.sublocation_id", Role::Text),
    SRC_SERVICE = text("vpc.pkt_src_aws_service", Role::Text),
    DST_SERVICE = text("vpc.pkt_dst_aws_service", Role::Text),
    DIRECTION = text("vpc.flow_direction", Role::Text),
    PATH = number("vpc.traffic_path"),
    ECS_CLUSTER_ARN = text("vpc.ecs_cluster_arn", Role::Resource),
    ECS_CLUSTER = text("vpc.ecs_cluster_name", Role::Resource),
    ECS_INSTANCE_ARN = text("vpc.ecs_container_instance_arn", Role::Resource),
    ECS_INSTANCE = text("vpc.ecs_container_instance_id", Role::Host),
    ECS_CONTAINER = text("vpc.ecs_container_id", Role::Resource),
    ECS_SECOND = text("vpc.ecs_second_container_id", Role::Resource),
    ECS_SERVICE = text("vpc.ecs_service_name", Role::Resource),
    ECS_DEFINITION = text("vpc.ecs_task_definition_arn", Role::Resource),
    ECS_TASK_ARN = text("vpc.ecs_task_arn", Role::Resource),
    ECS_TASK = text("vpc.ecs_task_id", Role::Resource),
    RESOURCE_ID = text("vpc.resource_id", Role::Resource),
    ENCRYPTION = number("vpc.encryption_status"),
    INSTANCE_TAG = text("vpc.instance_tag", Role::Text),
    INSTANCE_TAG_2 = text("vpc.instance_tag_2", Role::Text),
    INTERFACE_TAG = text("vpc.interface_tag", Role::Text),
    INTERFACE_TAG_2 = text("vpc.interface_tag_2", Role::Text),
    ASG_TAG = text("vpc.asg_tag", Role::Text),
    ASG_TAG_2 = text("vpc.asg_tag_2", Role::Text),
    INTERFACE_TYPE = text("vpc.interface_type", Role::Text),
    NEXT_INTERFACE = text("vpc.next_hop_interface_id", Role::Interface),
    NEXT_SUBNET = text("vpc.next_hop_subnet_id", Role::Resource),
    NEXT_AZ = text("vpc.next_hop_az_id", Role::Text),
    NEXT_VPC = text("vpc.next_hop_vpc_id", Role::Resource),
    NEXT_TYPE = text("vpc.next_hop_interface_type", Role::Text),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("vpc_flow", "VPC flow logs", FIELDS));

pub(super) struct VpcFlow;

impl Format for VpcFlow {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Network flows of VPC interfaces: S3, Firehose and log groups, default and custom layouts."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            service: Some(Service::FlowLogs),
            lag: Some(Lag { usual: 6 * 60, longest: 20 * 60 }),
            cadence: "a record for each flow and interval of 1 or 10 minutes",
            guarantee: "best effort: 5 minutes after the interval to log groups, 10 to S3; \
                        SKIPDATA says that records were lost",
            clock: Clock::Aws,
        }
    }

    fn limits(&self) -> &'static str {
        "Each record is one direction summed over a window of 1 or 10 minutes; SKIPDATA marks \
         records that were lost. Traffic to Amazon DNS, DHCP, instance metadata and \
         time servers is never in it."
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.is_object() {
            return Match::certain_if(flow::is_in_json::<Vpc>(probe));
        }
        let record = probe.record;
        if Layout::header::<Vpc>(record).is_some() || columns::default_width(record).is_some() {
            return Match::Certain;
        }
        let of_gateway = |line: &String| columns::is_of_gateway(line.as_bytes());
        if columns::guessed(record).is_none() || probe.sample.iter().any(of_gateway) {
            Match::No
        } else {
            Match::Likely
        }
    }

    fn start(&self, context: &Context, sample: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader::<Vpc>::new(context, sample))
    }
}

/// Flow logs of VPCs.
#[derive(Debug, Clone, Copy, Default)]
struct Vpc;

static SIGNS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"srcaddr|dstaddr|log[-_]status|interface[-_]").expect("a constant")
});

impl Flows for Vpc {
    const FIELDS: &'static [FieldDef] = FIELDS;
    const SLOTS: Slots = Slots {
        event: EVENT,
        class: CLASS,
        outcome: OUTCOME,
        code: CODE,
        account: ACCOUNT,
        source: SRC_IP,
        target: DST_IP,
        seen_source: SEEN_SRC,
        seen_target: SEEN_DST,
        received: BYTES_IN,
        sent: BYTES_OUT,
        end: TIME_END,
        status: LOG_STATUS,
        direction: DIRECTION,
    };
    const LOST: &'static [(usize, &'static str)] = &[];
    const TAGS: &'static [usize] =
        &[INSTANCE_TAG, INSTANCE_TAG_2, INTERFACE_TAG, INTERFACE_TAG_2, ASG_TAG, ASG_TAG_2];

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
        flow::may_have_flow(record) && !columns::is_of_gateway(record)
    }

    fn default_of(record: &str) -> Option<Layout> {
        columns::default_of(record)
    }

    fn guessed(record: &str) -> Option<Layout> {
        columns::guessed(record)
    }
}
