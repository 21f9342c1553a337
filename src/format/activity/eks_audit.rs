//! Audit records of a Kubernetes API server, of EKS or of any other cluster: who asked for what,
//! in one record for each stage of a request.
//!
//! Source: the Kubernetes documentation, "Auditing" and "kube-apiserver Audit Configuration (v1)".

use crate::event::{
    Class, FieldDef, Kind, Outcome, Role, Schema, Time, Timestamp, Value, fields, schema::slots,
};
use crate::format::arn::Arn;
use crate::format::clock::Stamp;
use crate::format::members::Rule::{self, Enter, Note, Put, PutFirst, PutNote, Skip};
use crate::format::members::{Memo, Values};
use crate::format::objects::Objects;
use crate::format::{
    Clock, Context, Decoder, Delivery, Format, Match, Probe, Takes, put_class, put_outcome, schema,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

slots! {
    EVENT = fields::EVENT,
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
    ACCOUNT = fields::ACCOUNT,
    RESOURCE = fields::RESOURCE,
    DURATION = fields::DURATION,
    URL = fields::URL,
    AGENT = fields::AGENT,
    MESSAGE = fields::MESSAGE,
    ID = fields::ID,
    REQUEST = fields::REQUEST,
    TIME_END = fields::TIME_END,
    STAGE = text("k8s.stage", Role::Text, "stage of the request that the record is of").revises(),
    LEVEL = text("k8s.audit_level", Role::Text, "how much is recorded of the request"),
    USER = text("k8s.user", Role::Principal, "user as the cluster calls it"),
    UID = text("k8s.uid", Role::Principal, "id of the user"),
    GROUP = text("k8s.group", Role::Text, "groups of the user").many(),
    SESSION_ARN = text("k8s.arn", Role::Principal, "ARN of the principal, which may be that of a session"),
    PRINCIPAL_ID = text("k8s.principal_id", Role::Principal, "id of the principal in AWS"),
    IMPERSONATED = text("k8s.impersonated", Role::Principal, "user that was acted as"),
    ADDRESSES = FieldDef::new("k8s.source_ip", Kind::Ip, Role::Ip, "addresses of the client and of proxies on the way").many(),
    TYPE = text("k8s.resource", Role::Text, "type of the object, such as pods"),
    SUBRESOURCE = text("k8s.subresource", Role::Text, "part of it, such as exec"),
    NAMESPACE = text("k8s.namespace", Role::Text, "namespace of the object"),
    NAME = text("k8s.name", Role::Resource, "name of the object"),
    GROUP_OF_API = text("k8s.api_group", Role::Text, "API group of the object"),
    DECISION = text("k8s.decision", Role::Text, "allow or forbid"),
    REASON = text("k8s.reason", Role::Text, "what the decision rests on"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("eks_audit", "Kubernetes audit", FIELDS));

// What is kept aside.
const RECEIVED: usize = 0;
const STAGED: usize = 1;
const VERB: usize = 2;
const AUDIT_ID: usize = 3;
const IN_STAGE: usize = 4;
const USERNAME: usize = 5;
const ARN: usize = 6;
const CANONICAL: usize = 7;
const STATUS: usize = 8;
const DECIDED: usize = 9;
const IN_TYPE: usize = 10;
const IN_SUBRESOURCE: usize = 11;
const IN_NAMESPACE: usize = 12;
const IN_NAME: usize = 13;
const ADDRESS: usize = 14;

pub(super) struct EksAudit;

impl Format for EksAudit {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Audit records of Kubernetes API servers: control plane logs of EKS, audit files of other \
         clusters."
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            cadence: "as requests come, within minutes",
            guarantee: "best effort; records above the limit of CloudWatch Logs are cut or missing",
            clock: Clock::Aws,
            ..Delivery::UNKNOWN
        }
    }

    fn limits(&self) -> &'static str {
        "What is done within a container is not there, only that somebody got into it. The \
         cluster's policy decides what is recorded, and of secrets their contents never are."
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        Match::certain_if(probe.has_all(&["auditID", "stage", "verb"]))
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        let level = Memo::new(audit);
        Box::new(Objects { fields: FIELDS, level, time: stamp, fill, zone_seconds: 0 })
    }
}

fn instant(values: &Values<'_, '_>, note: usize) -> Option<Time> {
    values.note(note).and_then(Time::parse_rfc3339)
}

fn stamp(values: &Values<'_, '_>) -> Option<Stamp> {
    instant(values, RECEIVED).or_else(|| instant(values, STAGED)).map(Stamp::utc)
}

fn fill(values: &mut Values<'_, '_>) -> bool {
    if [VERB, AUDIT_ID, IN_STAGE].into_iter().any(|note| values.note(note).is_none()) {
        return false;
    }
    if values.note(IN_STAGE) == Some("ResponseComplete")
        && let (Some(from), Some(to)) = (instant(values, RECEIVED), instant(values, STAGED))
    {
        let nanos = to.at.0.saturating_sub(from.at.0).max(0);
        values.row.put(DURATION, Value::Float(nanos as f64 / Timestamp::SECOND as f64));
    }
    values.put_note(REQUEST, AUDIT_ID);
    values.put_note(SRC_IP, ADDRESS);
    put_who(values);
    put_object(values);
    let (class, outcome) = (class_of(values), outcome(values));
    put_class(values.row, CLASS, class);
    put_outcome(values.row, OUTCOME, outcome);
    true
}

/// A principal of AWS has a name there, which is what it is called in other logs: that of a session
/// is the name of its role.
fn put_who(values: &mut Values<'_, '_>) {
    let arn = values.note(CANONICAL).or(values.note(ARN)).map(str::to_owned);
    let kind = match (arn.as_deref().and_then(Arn::read), values.note(USERNAME)) {
        (Some(arn), _) => {
            values.text(PRINCIPAL_ACCOUNT, arn.account.unwrap_or_default());
            match arn.resource.split('/').next() {
                Some("assumed-role" | "role") => "assumed_role",
                Some("user") => "iam_user",
                Some("root") => "root",
                _ => "unknown",
            }
        }
        (None, Some("system:anonymous")) => "anonymous",
        (None, Some(_)) => "k8s_user",
        (None, None) => return,
    };
    values.text(PRINCIPAL_KIND, kind);
    match arn {
        Some(arn) => values.text(PRINCIPAL, &arn),
        None => values.put_note(PRINCIPAL, USERNAME),
    }
    if kind == "assumed_role" {
        values.put_note(ROLE, CANONICAL);
    }
}

/// The object as one path: namespace, type, name, part.
fn put_object(values: &mut Values<'_, '_>) {
    let parts = [IN_NAMESPACE, IN_TYPE, IN_NAME, IN_SUBRESOURCE];
    let mut path = String::new();
    for part in parts.into_iter().filter_map(|note| values.note(note)) {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(part);
    }
    values.text(RESOURCE, &path);
}

fn class_of(values: &Values<'_, '_>) -> Class {
    let note = |note| values.note(note).unwrap_or("");
    let reads = matches!(note(VERB), "get" | "list" | "watch" | "head" | "options");
    match (note(IN_TYPE), note(IN_SUBRESOURCE)) {
        ("pods" | "nodes" | "services", "exec" | "attach" | "portforward" | "proxy")
        | (_, "ephemeralcontainers") => Class::Process,
        ("serviceaccounts", "token") | ("tokenreviews", _) => Class::Auth,
        ("secrets" | "configmaps", _) => match note(VERB) {
            _ if reads => Class::DataRead,
            "delete" | "deletecollection" => Class::DataDelete,
            _ => Class::DataWrite,
        },
        _ if reads || is_routine(note(IN_TYPE), note(IN_SUBRESOURCE)) => Class::Other,
        ("roles" | "clusterroles" | "rolebindings" | "clusterrolebindings", _) => Class::Permission,
        ("serviceaccounts" | "certificatesigningrequests", _) => Class::Account,
        _ => Class::Config,
    }
}

/// What a cluster writes all the time to keep itself going, and questions that are asked by writing.
fn is_routine(kind: &str, subresource: &str) -> bool {
    matches!(kind, "" | "leases" | "events")
        || kind.ends_with("accessreviews")
        || kind.starts_with("selfsubject")
        || subresource == "status"
}

fn outcome(values: &Values<'_, '_>) -> Outcome {
    let status = values.note(STATUS).and_then(|code| code.parse::<u16>().ok());
    match (values.note(DECIDED), status) {
        (Some("forbid"), _) | (_, Some(401 | 403)) => Outcome::Denied,
        (_, Some(400..)) => Outcome::Failure,
        (_, Some(100..)) => Outcome::Success,
        _ if values.note(IN_STAGE) == Some("Panic") => Outcome::Failure,
        // What was only received has not ended.
        _ => Outcome::Unknown,
    }
}

fn audit(key: &str) -> Rule {
    match key {
        "auditID" => PutNote(ID, AUDIT_ID),
        "stage" => PutNote(STAGE, IN_STAGE),
        "level" => Put(LEVEL),
        "verb" => PutNote(EVENT, VERB),
        "requestURI" => Put(URL),
        "userAgent" => Put(AGENT),
        "user" => Enter(user),
        "impersonatedUser" => Enter(|key| if key == "username" { Put(IMPERSONATED) } else { Skip }),
        "sourceIPs" => PutFirst(ADDRESSES, ADDRESS),
        "objectRef" => Enter(object),
        "responseStatus" => Enter(|key| match key {
            "code" => PutNote(CODE, STATUS),
            "message" => Put(MESSAGE),
            _ => Skip,
        }),
        "annotations" => Enter(|key| match key {
            "authorization.k8s.io/decision" => PutNote(DECISION, DECIDED),
            "authorization.k8s.io/reason" => Put(REASON),
            _ => Skip,
        }),
        // Before version 1 there was one time only.
        "requestReceivedTimestamp" | "timestamp" => Note(RECEIVED),
        "stageTimestamp" => PutNote(TIME_END, STAGED),
        _ => Skip,
    }
}

fn user(key: &str) -> Rule {
    match key {
        "username" => PutNote(USER, USERNAME),
        "uid" => Put(UID),
        "groups" => Put(GROUP),
        "extra" => Enter(|key| match key.rsplit('/').next().unwrap_or(key) {
            "accessKeyId" => Put(KEY),
            "arn" => PutNote(SESSION_ARN, ARN),
            "canonicalArn" => Note(CANONICAL),
            "principalId" => Put(PRINCIPAL_ID),
            "sessionName" => Put(SESSION),
            _ => Skip,
        }),
        _ => Skip,
    }
}

fn object(key: &str) -> Rule {
    match key {
        "resource" => PutNote(TYPE, IN_TYPE),
        "subresource" => PutNote(SUBRESOURCE, IN_SUBRESOURCE),
        "namespace" => PutNote(NAMESPACE, IN_NAMESPACE),
        "name" => PutNote(NAME, IN_NAME),
        "apiGroup" => Put(GROUP_OF_API),
        _ => Skip,
    }
}
