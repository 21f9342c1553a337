//! What EventBridge tells of Amazon ECS: tasks that start and stop, container instances,
//! deployments, and what services do.
//!
//! Source: the ECS developer guide, "Amazon ECS events".

use crate::event::paired;
use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Row, Schema, Time, fields, schema::slots,
};
use crate::format::members::Rule::{self, Both, Enter, Note, Put, PutNote, Raw, Skip};
use crate::format::members::Values;
use crate::format::{
    Clock, Context, DecodeError, Decoded, Decoder, Delivery, Format, Match, Probe, Takes,
    put_class, put_outcome, schema,
};
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

const fn time(name: &'static str, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Time, Role::Time, help)
}

slots! {
    EVENT = fields::EVENT,
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    INSTANCE = fields::INSTANCE,
    INTERFACE = fields::INTERFACE,
    MESSAGE = fields::MESSAGE,
    ID = fields::ID,
    TASK = text("ecs.task", Role::Resource, "ARN of the task"),
    CLUSTER = text("ecs.cluster", Role::Resource, "ARN of the cluster"),
    DEFINITION = text("ecs.task_definition", Role::Resource, "ARN of what the task runs"),
    CONTAINER_INSTANCE = text("ecs.container_instance", Role::Resource, "ARN of the container instance"),
    CONTAINER = text("ecs.container", Role::Text, "names of the containers").many(),
    IMAGE = text("ecs.image", Role::Text, "images of the containers").many(),
    DIGEST = text("ecs.image_digest", Role::Text, "digests of these images").many(),
    RUNTIME_ID = text("ecs.runtime_id", Role::Text, "ids of the containers where they run").many(),
    EXIT_CODE = FieldDef::new("ecs.exit_code", Kind::Str, Role::Text, "exit codes of the containers").many(),
    ADDRESS = FieldDef::new("ecs.ip", Kind::Ip, Role::Ip, "addresses that the task has").many(),
    STATUS = text("ecs.last_status", Role::Text, "state that was reached"),
    DESIRED = text("ecs.desired_status", Role::Text, "state that is wanted"),
    GROUP = text("ecs.group", Role::Text, "group or service of the task"),
    STARTED_BY = text("ecs.started_by", Role::Text, "what started the task"),
    LAUNCH_TYPE = text("ecs.launch_type", Role::Text, "EC2, FARGATE or EXTERNAL"),
    CREATED = time("ecs.created", "when the task was made"),
    STARTED = time("ecs.started", "when the task began to run"),
    STOPPED = time("ecs.stopped", "when the task had stopped"),
    DEPLOYMENT = text("ecs.deployment", Role::Resource, "id of the deployment"),
}

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("ecs", "Amazon ECS events", FIELDS));

// What is kept aside.
const KIND: usize = 0;
const SOURCE: usize = 1;
const EVENT_TIME: usize = 2;
const EVENT_NAME: usize = 3;
const EVENT_TYPE: usize = 4;
const STOP_CODE: usize = 5;
const EXIT: usize = 6;
const LAST_STATUS: usize = 7;
const ATTACHMENTS: usize = 8;
const UPDATED: usize = 9;

pub(super) struct Ecs;

impl Format for Ecs {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "What Amazon ECS tells through EventBridge: tasks, container instances, deployments, \
         services."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as tasks and instances change their state",
            guarantee: "an event may come more than once and out of order",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "An event says that a task ran and with which image, not what its program did. Only \
         what a rule asks for is kept."
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let mine = probe.has_all(&["detail-type", "source", "detail"])
            && probe.text("source").is_some_and(|source| source == "aws.ecs")
            && probe.text("detail-type").is_some_and(|kind| kind.starts_with("ECS "));
        Match::certain_if(mine)
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        Box::new(Reader)
    }
}

struct Reader;

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !record.starts_with('{') {
            return Err(DecodeError::NotMine);
        }
        let mut values = Values::new(row, FIELDS);
        let read = values.read(record, envelope);
        let time = [EVENT_TIME, UPDATED]
            .into_iter()
            .find_map(|note| values.note(note).and_then(Time::parse_rfc3339));
        if let Err(error) = read {
            return Err(DecodeError::Broken { reason: format!("no good JSON: {error}"), time });
        }
        let is_task = match (values.note(SOURCE), values.note(KIND)) {
            (Some("aws.ecs"), Some(kind)) => kind.contains("Task"),
            _ => return Err(DecodeError::NotMine),
        };
        if let Some(time) = time {
            values.row.time(time);
        }
        put_attachments(&mut values);
        let code = [STOP_CODE, EVENT_NAME].into_iter().find(|note| values.note(*note).is_some());
        if let Some(code) = code {
            values.put_note(CODE, code);
        }
        put_class(values.row, CLASS, if is_task { Class::Process } else { Class::Config });
        let outcome = outcome(&values);
        put_outcome(values.row, OUTCOME, outcome);
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(Self)
    }
}

/// A task that could not start or whose program failed, a deployment that failed.
fn outcome(values: &Values<'_, '_>) -> Outcome {
    let said = values.note(EVENT_NAME).unwrap_or("");
    match (values.note(EVENT_TYPE), values.note(STOP_CODE), values.note(LAST_STATUS)) {
        (Some("ERROR"), ..) | (_, Some("TaskFailedToStart"), _) => Outcome::Failure,
        _ if said.ends_with("_FAILED") => Outcome::Failure,
        _ if said.ends_with("_COMPLETED") || said.ends_with("_STEADY_STATE") => Outcome::Success,
        (.., Some("STOPPED")) => match values.note(EXIT) {
            Some("0") => Outcome::Success,
            Some(_) => Outcome::Failure,
            None => Outcome::Unknown,
        },
        (.., Some("RUNNING")) => Outcome::Success,
        _ => Outcome::Unknown,
    }
}

/// What is attached to a task or an instance, in pairs of names and values.
#[derive(Deserialize)]
struct Attachment<'a> {
    #[serde(borrow, default)]
    details: Vec<Pair<'a>>,
}

#[derive(Deserialize)]
struct Pair<'a> {
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    value: Option<Cow<'a, str>>,
}

fn put_attachments(values: &mut Values<'_, '_>) {
    let Some(raw) = values.note(ATTACHMENTS).map(str::to_owned) else { return };
    let raw = paired(&raw);
    let attached: Vec<Attachment<'_>> = serde_json::from_str(&raw).unwrap_or_default();
    for Pair { name, value } in attached.into_iter().flat_map(|one| one.details) {
        let (Some(name), Some(value)) = (name, value) else { continue };
        match &*name {
            "networkInterfaceId" => {
                values.text(INTERFACE, &value);
                values.text(RESOURCE, &value);
            }
            "privateIPv4Address" | "iPv6Address" | "privateIPv6Address" => {
                values.text(ADDRESS, &value);
            }
            "subnetId" => values.text(RESOURCE, &value),
            _ => {}
        }
    }
}

fn envelope(key: &str) -> Rule {
    match key {
        "detail-type" => PutNote(EVENT, KIND),
        "source" => PutNote(EVENT_SOURCE, SOURCE),
        "account" => Put(ACCOUNT),
        "region" => Put(REGION),
        "time" => Note(EVENT_TIME),
        "id" => Put(ID),
        "resources" => Put(RESOURCE),
        "detail" => Enter(detail),
        _ => Skip,
    }
}

fn detail(key: &str) -> Rule {
    match key {
        "taskArn" => Put(TASK),
        "clusterArn" => Both(CLUSTER, RESOURCE),
        "taskDefinitionArn" => Both(DEFINITION, RESOURCE),
        "containerInstanceArn" => Both(CONTAINER_INSTANCE, RESOURCE),
        "ec2InstanceId" => Both(INSTANCE, RESOURCE),
        "containers" => Enter(container),
        "attachments" => Raw(ATTACHMENTS),
        "lastStatus" | "status" => PutNote(STATUS, LAST_STATUS),
        "desiredStatus" => Put(DESIRED),
        "group" => Put(GROUP),
        "startedBy" => Put(STARTED_BY),
        "stopCode" => Note(STOP_CODE),
        "stoppedReason" | "reason" | "statusReason" => Put(MESSAGE),
        "launchType" => Put(LAUNCH_TYPE),
        "createdAt" => Put(CREATED),
        "startedAt" => Put(STARTED),
        "stoppedAt" => Put(STOPPED),
        "updatedAt" => Note(UPDATED),
        "deploymentId" | "serviceDeploymentArn" => Put(DEPLOYMENT),
        "eventName" => Note(EVENT_NAME),
        "eventType" => Note(EVENT_TYPE),
        _ => Skip,
    }
}

fn container(key: &str) -> Rule {
    match key {
        "name" => Put(CONTAINER),
        "image" => Put(IMAGE),
        "imageDigest" => Put(DIGEST),
        "runtimeId" => Put(RUNTIME_ID),
        "exitCode" => PutNote(EXIT_CODE, EXIT),
        "networkInterfaces" => Enter(|key| match key {
            "privateIpv4Address" | "ipv6Address" => Put(ADDRESS),
            _ => Skip,
        }),
        _ => Skip,
    }
}
