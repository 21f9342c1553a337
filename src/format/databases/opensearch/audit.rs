//! Audit logs of OpenSearch's security plugin, and those of Elasticsearch.
//!
//! Source: the OpenSearch documentation, "Audit log field reference", and the Elasticsearch guide,
//! "Elasticsearch audit events".

use crate::event::{Class, FieldDef, Kind, Outcome, Role, Schema, fields, schema::slots};
use crate::format::clock::{self, Stamp};
use crate::format::databases::client;
use crate::format::members::Rule::{self, Enter, Note, Put, PutNote, Skip};
use crate::format::members::{Memo, Scalar, Values, put};
use crate::format::objects::Objects;
use crate::format::{
    Context, Decoder, Format, Match, Probe, Takes, put_class, put_outcome, schema, web,
};
use std::sync::{Arc, LazyLock};

const fn text(name: &'static str, role: Role) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, "the member of this name, verbatim")
}

slots! {
    EVENT = fields::EVENT,
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    CLIENT_IP = fields::CLIENT_IP,
    ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    URL = fields::URL,
    HOST = fields::HOST,
    AGENT = fields::AGENT,
    REQUEST = fields::REQUEST,
    TRACE = fields::TRACE,
    METHOD = text("opensearch.method", Role::Text),
    PRIVILEGE = text("opensearch.privilege", Role::Event),
    INITIATOR = text("opensearch.initiating_user", Role::Principal),
    CLUSTER = text("opensearch.cluster", Role::Resource),
    LAYER = text("opensearch.layer", Role::Text),
    ADMIN = text("opensearch.user_is_admin", Role::Text),
    BODY = text("opensearch.request_body", Role::Text),
    NODE_IP = FieldDef::new("opensearch.node_ip", Kind::Ip, Role::Ip, "address of the node that wrote it"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("opensearch_audit", "OpenSearch audit", FIELDS));

// What is kept aside.
const TIME: usize = 0;
const CATEGORY: usize = 1;
const ACTION: usize = 2;
const REMOTE: usize = 3;
const USER: usize = 4;
const FORWARDED: usize = 5;
const ORIGIN: usize = 6;
const SEEN_BY: usize = 7;
const DOMAIN: usize = 8;

pub(in crate::format::databases) struct Audit;

impl Format for Audit {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Audit logs of OpenSearch and Elasticsearch: logins, privileges, documents read and written."
    }

    fn limits(&self) -> &'static str {
        "Categories can be switched off, and successful logins and granted privileges are by \
         default. Behind a proxy or a dashboard the address is not the user's."
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let is_plugin = probe.has("audit_category") && probe.has("audit_format_version")
            || probe.has_all(&["audit_category", "audit_cluster_name"]);
        let is_other = probe.has_all(&["event.type", "event.action", "node.id"]);
        Match::certain_if(is_plugin || is_other)
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        let level = Memo::new(level);
        Box::new(Objects { fields: FIELDS, level, time: stamp, fill, zone_seconds: 0 })
    }
}

/// It has a zone but in old versions, which write UTC all the same.
fn stamp(values: &Values<'_, '_>) -> Option<Stamp> {
    values.note(TIME).and_then(clock::iso).map(|(stamp, _)| stamp.is_utc())
}

fn fill(values: &mut Values<'_, '_>) -> bool {
    let Some(category) = values.note(CATEGORY) else { return false };
    let outcome = outcome(category);
    let class = class(category, values.note(ACTION).unwrap_or(""));
    put_who(values);
    // The service calls a cluster by its account and its domain.
    let account =
        values.note(DOMAIN).and_then(|name| name.split_once(':')).map(|(account, _)| account);
    let is_account = |text: &&str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(account) = account.filter(is_account).map(str::to_owned) {
        values.text(ACCOUNT, &account);
    }
    put_class(values.row, CLASS, class);
    put_outcome(values.row, OUTCOME, outcome);
    true
}

fn put_who(values: &mut Values<'_, '_>) {
    let note = |note| values.note(note).unwrap_or("").to_owned();
    let (user, remote, forwarded) = (note(USER), note(REMOTE), note(FORWARDED));
    let remote = if remote.is_empty() { note(ORIGIN) } else { remote };
    client::put_user(values.row, (PRINCIPAL, PRINCIPAL_KIND), &user);
    let remote = remote.trim_start_matches('/');
    let (host, port) = match client::address(remote) {
        Some(_) => (remote, ""),
        None => web::end(remote).unwrap_or((remote, "")),
    };
    let forwarded = forwarded.split(',').map(str::trim).map(|address| (CLIENT_IP, address));
    for (slot, text) in [(SRC_IP, host), (SRC_PORT, port)].into_iter().chain(forwarded) {
        put(values.row, &FIELDS[slot], slot, Scalar::Text(text));
    }
}

fn class(category: &str, action: &str) -> Class {
    match category {
        "COMPLIANCE_DOC_READ" | "COMPLIANCE_INTERNAL_CONFIG_READ" => return Class::DataRead,
        "COMPLIANCE_DOC_WRITE" => return Class::DataWrite,
        "COMPLIANCE_INTERNAL_CONFIG_WRITE" | "COMPLIANCE_EXTERNAL_CONFIG" => return Class::Config,
        "put_user"
        | "delete_user"
        | "change_password"
        | "change_enable_user"
        | "change_disable_user"
        | "create_apikey"
        | "invalidate_apikeys"
        | "create_service_token" => return Class::Account,
        "put_role"
        | "delete_role"
        | "put_role_mapping"
        | "delete_role_mapping"
        | "put_privileges" => {
            return Class::Permission;
        }
        _ => {}
    }
    if action.starts_with("indices:data/read") {
        Class::DataRead
    } else if action.starts_with("indices:data/write/delete")
        || action.starts_with("indices:admin/delete")
    {
        Class::DataDelete
    } else if action.starts_with("indices:data/write") {
        Class::DataWrite
    } else if action.starts_with("indices:admin") || action.starts_with("cluster:admin") {
        Class::Config
    } else if category.contains("LOGIN")
        || category == "AUTHENTICATED"
        || category.contains("authentication")
        || category.starts_with("run_as")
    {
        Class::Auth
    } else {
        Class::Other
    }
}

fn outcome(category: &str) -> Outcome {
    let is = |words: &[&str]| words.iter().any(|word| category.contains(word));
    if is(&[
        "FAILED_LOGIN",
        "MISSING_PRIVILEGES",
        "INDEX_ATTEMPT",
        "denied",
        "authentication_failed",
    ]) {
        Outcome::Denied
    } else if is(&["BAD_HEADERS", "SSL_EXCEPTION", "tampered", "failed"]) {
        Outcome::Failure
    } else if category == "INDEX_EVENT" {
        Outcome::Unknown
    } else {
        Outcome::Success
    }
}

fn level(key: &str) -> Rule {
    match key {
        "@timestamp" | "audit_utc_timestamp" | "timestamp" => Note(TIME),
        "audit_category" | "event.action" => PutNote(EVENT, CATEGORY),
        "audit_request_origin" | "event.type" => Put(EVENT_SOURCE),
        "audit_request_effective_user" | "user.name" => Note(USER),
        "audit_request_initiating_user" | "user.run_by.name" => Put(INITIATOR),
        "audit_request_effective_user_is_admin" => Put(ADMIN),
        "audit_request_remote_address" => Note(REMOTE),
        "origin.address" => Note(ORIGIN),
        "audit_request_privilege" | "action" => PutNote(PRIVILEGE, ACTION),
        "audit_request_layer" | "layer" => Put(LAYER),
        "audit_rest_request_path" | "url.path" => Put(URL),
        "audit_rest_request_method" | "request.method" => Put(METHOD),
        "audit_request_body" | "request.body" => Put(BODY),
        "audit_rest_request_headers" | "audit_transport_headers" => Enter(headers),
        "x_forwarded_for" => Note(FORWARDED),
        "audit_trace_resolved_indices" | "audit_trace_indices" | "indices" => Put(RESOURCE),
        "audit_trace_task_id" | "trace.id" => Put(TRACE),
        "request.id" => Put(REQUEST),
        "audit_cluster_name" => PutNote(CLUSTER, DOMAIN),
        "cluster.name" => Put(CLUSTER),
        "audit_node_name" | "node.name" => Put(HOST),
        "audit_node_host_address" => PutNote(NODE_IP, SEEN_BY),
        _ => Skip,
    }
}

fn headers(key: &str) -> Rule {
    if key.eq_ignore_ascii_case("user-agent") {
        Put(AGENT)
    } else if key.eq_ignore_ascii_case("x-forwarded-for") {
        Note(FORWARDED)
    } else {
        Skip
    }
}
