//! Events of EventBridge that no format knows the inside of: those of the many services of AWS, of
//! partners, and of one's own programs. What is in an event is reached by its path; of that, what
//! tells who, what and how it ended is found by the names that services give it.
//!
//! Source: the EventBridge user guide, "AWS service event metadata".

use crate::event::{Class, FieldDef, Kind, Outcome, Role, Schema, Time, fields, schema::slots};
use crate::format::clock::Stamp;
use crate::format::members::Rule::{self, Both, Enter, Note, Put, PutEnter, PutNote, Raw, Skip};
use crate::format::members::{Memo, Values};
use crate::format::objects::Objects;
use crate::format::{
    Clock, Context, Decoder, Delivery, Format, Match, Probe, Takes, gist, put_class, put_outcome,
    schema,
};
use std::sync::{Arc, LazyLock};

slots! {
    EVENT = fields::EVENT,
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    SRC_IP = fields::SRC_IP,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    INSTANCE = fields::INSTANCE,
    MESSAGE = fields::MESSAGE,
    ID = fields::ID,
    REQUEST = fields::REQUEST,
    REASON = FieldDef::new("aws_event.reason", Kind::Str, Role::Text, "why it happened, such as the call that made an object"),
    REPLAY = FieldDef::new("aws_event.replay", Kind::Str, Role::Text, "the replay that sent it again"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("aws_event", "EventBridge events", FIELDS));

// What is kept aside.
const KIND: usize = 0;
const SOURCE: usize = 1;
const TIME: usize = 2;
const DETAIL: usize = 3;
const STATE: usize = 4;
const TOLD: usize = 5;

pub(super) struct AwsEvent;

impl Format for AwsEvent {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Events of EventBridge whose inside no other format knows: state changes of services, S3 \
         object events, health, one's own."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as things happen",
            guarantee: "of most services best effort: an event may be missing, come twice or out \
                        of order",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "Only what a rule asks for is kept, and many services send events without promising \
         that each comes. Anyone who may put events can name any source that does not begin \
         with aws."
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if probe.has_all(&["detail-type", "source", "detail"]) { Match::Likely } else { Match::No }
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        let level = Memo::new(envelope);
        Box::new(Objects { fields: FIELDS, level, time: stamp, fill, zone_seconds: 0 })
    }
}

fn stamp(values: &Values<'_, '_>) -> Option<Stamp> {
    values.note(TIME).and_then(Time::parse_rfc3339).map(Stamp::utc)
}

fn fill(values: &mut Values<'_, '_>) -> bool {
    let (Some(kind), Some(detail)) = (values.note(KIND), values.note(DETAIL)) else { return false };
    let class = class_of(values.note(SOURCE).unwrap_or(""), kind);
    let detail = detail.to_owned();
    put_class(values.row, CLASS, class);
    let mut within = Values::new(values.row, FIELDS);
    // The record is good JSON, and so is what is in it.
    let _ = within.read(&detail, inside);
    let outcome = within.note(STATE).map_or(Outcome::Unknown, outcome);
    let told = within.note(TOLD).is_some();
    put_outcome(values.row, OUTCOME, outcome);
    if !told {
        values.text(MESSAGE, &gist::of(&detail, None));
    }
    true
}

fn envelope(key: &str) -> Rule {
    match key {
        "detail-type" => PutNote(EVENT, KIND),
        "source" => PutNote(EVENT_SOURCE, SOURCE),
        "account" => Put(ACCOUNT),
        "region" => Put(REGION),
        "time" => Note(TIME),
        "id" => Put(ID),
        "resources" => Put(RESOURCE),
        "replay-name" => Put(REPLAY),
        "detail" => Raw(DETAIL),
        _ => Skip,
    }
}

/// What is in the event, by names that several services give it.
fn inside(key: &str) -> Rule {
    match key {
        "message" | "Message" | "description" | "StatusMessage" | "statusMessage"
        | "stoppedReason" => PutNote(MESSAGE, TOLD),
        "eventDescription" => {
            Enter(|key| if key == "latestDescription" { PutNote(MESSAGE, TOLD) } else { Skip })
        }
        "state" | "State" | "status" | "Status" | "StatusCode" | "statusCode" | "build-status"
        | "result" | "lifecycleState" | "currentStatus" | "lastStatus" => PutNote(CODE, STATE),
        "instance-id" | "instanceId" | "InstanceId" | "EC2InstanceId" => Both(INSTANCE, RESOURCE),
        "bucket" => PutEnter(RESOURCE, |key| if key == "name" { Put(RESOURCE) } else { Skip }),
        "object" => Enter(|key| if key == "key" { Put(RESOURCE) } else { Skip }),
        "SourceArn" | "SourceIdentifier" | "repository-name" | "repositoryName" => Put(RESOURCE),
        "requester" => Put(PRINCIPAL),
        "source-ip-address" | "sourceIPAddress" => Put(SRC_IP),
        "request-id" | "RequestId" | "requestId" => Put(REQUEST),
        "reason" | "Cause" | "cause" => Put(REASON),
        _ => Skip,
    }
}

/// How something ended, by the word that its state is.
fn outcome(state: &str) -> Outcome {
    let state = state.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| state.contains(word));
    if has(&["denied", "unauthorized"]) {
        Outcome::Denied
    } else if has(&["fail", "error", "fault", "timed_out", "timed-out", "unhealthy", "abort"]) {
        Outcome::Failure
    } else if has(&["succ", "complete", "passed"]) {
        Outcome::Success
    } else {
        Outcome::Unknown
    }
}

fn class_of(source: &str, kind: &str) -> Class {
    match source {
        "aws.s3" => match kind {
            "Object Created" | "Object Tags Added" | "Object Tags Deleted" => Class::DataWrite,
            "Object Deleted" => Class::DataDelete,
            "Object ACL Updated" => Class::Permission,
            _ => Class::Other,
        },
        "aws.guardduty"
        | "aws.securityhub"
        | "aws.inspector"
        | "aws.inspector2"
        | "aws.macie"
        | "aws.access-analyzer"
        | "aws.trustedadvisor" => Class::Finding,
        "aws.cloudtrail" | "aws.config" => Class::AuditSystem,
        "aws.signin" | "aws.sts" => Class::Auth,
        "aws.health" if kind.contains("Abuse") => Class::Finding,
        "aws.ec2" | "aws.autoscaling" | "aws.rds" | "aws.cloudformation" | "aws.codedeploy"
        | "aws.codepipeline" | "aws.ecr" | "aws.ssm" | "aws.kms" | "aws.acm" | "aws.eks"
        | "aws.elasticache" | "aws.redshift" | "aws.tag" | "aws.backup" => Class::Config,
        "aws.codebuild" | "aws.batch" | "aws.glue" | "aws.states" | "aws.emr" => Class::Process,
        _ => Class::Other,
    }
}
