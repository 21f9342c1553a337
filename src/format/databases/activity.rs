//! Database Activity Streams of RDS and Aurora, as they are once they have been decrypted: objects
//! with the ids of cluster and instance, and an array of what happened.
//!
//! Source: the RDS and Aurora user guides, "Monitoring database activity streams". **What Kinesis
//! holds is encrypted**, and nothing of it can be read without the key: such a record is a row that
//! says so, since a stream of which nothing was decrypted would else look like one in which nothing
//! happened. SQL Server says `0` of a failed login too, so the command's text decides.

use super::{client, sql};
use crate::event::{Class, FieldDef, Kind, Outcome, Role, Schema, Value, fields, schema::slots};
use crate::format::clock::{self, Stamp};
use crate::format::members::Rule::{self, Enter, Note, Put, PutNote, Skip};
use crate::format::members::{Memo, Values};
use crate::format::objects::Objects;
use crate::format::{
    Array, Context, Decoder, Format, Match, Probe, Takes, put_class, put_outcome, schema,
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
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_IP = fields::DST_IP,
    _ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    HOST = fields::HOST,
    _INSTANCE = fields::INSTANCE,
    AGENT = fields::AGENT,
    MESSAGE = fields::MESSAGE,
    TIME_END = fields::TIME_END,
    KIND = text("das.class", Role::Text),
    DATABASE = text("das.database_name", Role::Resource),
    OBJECT_TYPE = text("das.object_type", Role::Text),
    SESSION_ID = FieldDef::new("das.session_id", Kind::Id, Role::Session, "the session's id, as the engine counts"),
    STATEMENT_ID = FieldDef::new("das.statement_id", Kind::Id, Role::Request, "the statement's id, as the engine counts"),
    TRANSACTION_ID = FieldDef::new("das.transaction_id", Kind::Id, Role::Request, "the transaction's id, as the engine counts"),
    PID = FieldDef::new("das.pid", Kind::Int, Role::Text, "process that serves the session"),
    ROWS = FieldDef::new("das.row_count", Kind::Int, Role::Text, "rows returned or changed"),
    SERVER_TYPE = text("das.server_type", Role::Text),
    SERVER_VERSION = text("das.server_version", Role::Text),
    PROTOCOL = text("das.db_protocol", Role::Text),
    ERROR = text("das.error_message", Role::Text),
    CLIENT = client::named("das.client_host"),
    OS_USER = FieldDef::new("das.os_username", Kind::Str, Role::Principal, "Oracle: the user on the client's host"),
    USER_HOST = FieldDef::new("das.userhost", Kind::Str, Role::Host, "Oracle and SQL Server: what the client's host calls itself"),
}

static SCHEMA: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("rds_activity", "Database activity streams", FIELDS));

// What is kept aside.
const TYPE: usize = 0;
const LOG_TIME: usize = 1;
const COMMAND: usize = 2;
const COMMAND_TEXT: usize = 3;
const CLASS_OF: usize = 4;
const EXIT_CODE: usize = 5;
const ERROR_OF: usize = 6;
const USER: usize = 7;
const REMOTE: usize = 8;
const SERVER: usize = 9;
const END: usize = 10;
const CIPHER: usize = 11;

pub(super) struct Activity;

impl Format for Activity {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Database Activity Streams of RDS and Aurora, decrypted; encrypted ones are told as such."
    }

    fn limits(&self) -> &'static str {
        "Of a stream in asynchronous mode records may be lost. What is still encrypted says \
         neither what happened nor when; heartbeats say that the stream was alive, and not when."
    }

    fn arrays(&self) -> &'static [Array] {
        &[Array { name: "databaseActivityEventList", beside: &["type", "clusterId", "instanceId"] }]
    }

    fn takes(&self) -> Takes {
        Takes::Objects
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        let is_event = probe.has_all(&["logTime", "dbUserName", "commandText"])
            || probe.has_all(&["type", "databaseActivityEvents", "key"]);
        if is_event {
            return Match::Certain;
        }
        // Nothing else is said of a heartbeat.
        if matches!(probe.names(), [name] if name == "type") && is_heartbeat(probe.record) {
            Match::Likely
        } else {
            Match::No
        }
    }

    fn start(&self, _: &Context, _: &[String]) -> Box<dyn Decoder> {
        let level = Memo::new(level);
        Box::new(Objects { fields: FIELDS, level, time: stamp, fill, zone_seconds: 0 })
    }
}

fn is_heartbeat(record: &str) -> bool {
    let bare: String = record.chars().filter(|c| !c.is_whitespace()).take(64).collect();
    bare == r#"{"type":"heartbeat"}"#
}

fn fill(values: &mut Values<'_, '_>) -> bool {
    match (values.note(TYPE), values.note(LOG_TIME)) {
        (_, Some(_)) => put_event(values),
        (Some("heartbeat"), None) => {
            values.put_note(EVENT, TYPE);
            put_class(values.row, CLASS, Class::AuditSystem);
            put_outcome(values.row, OUTCOME, Outcome::Unknown);
        }
        (Some(_), None) if values.note(CIPHER).is_some() => {
            values.put_note(EVENT, TYPE);
            let message = "encrypted: what happened can be read once it was decrypted with \
                           the stream's key in KMS";
            values.text(MESSAGE, message);
            put_class(values.row, CLASS, Class::AuditSystem);
            put_outcome(values.row, OUTCOME, Outcome::Unknown);
        }
        _ => return false,
    }
    true
}

fn stamp(values: &Values<'_, '_>) -> Option<Stamp> {
    values.note(LOG_TIME).and_then(utc)
}

/// Oracle's have no zone, and all are UTC.
fn utc(text: &str) -> Option<Stamp> {
    clock::iso(text).map(|(stamp, _)| stamp.is_utc())
}

fn put_event(values: &mut Values<'_, '_>) {
    let note = |note| values.note(note).unwrap_or("").to_owned();
    let (command, statement, kind) = (note(COMMAND), note(COMMAND_TEXT), note(CLASS_OF));
    let (user, remote, server) = (note(USER), note(REMOTE), note(SERVER));
    let class = class(&command, &statement, &kind);
    let outcome = outcome(values, &command, &statement, class);
    values.text(EVENT, &command);
    if let Some(end) = values.note(END).and_then(utc) {
        values.row.put(TIME_END, Value::Time(end.time(0)));
    }
    client::put_user(values.row, (PRINCIPAL, PRINCIPAL_KIND), &user);
    client::put(values.row, (SRC_IP, CLIENT), &remote);
    client::put(values.row, (DST_IP, HOST), &server);
    put_class(values.row, CLASS, class);
    put_outcome(values.row, OUTCOME, outcome);
}

fn class(command: &str, statement: &str, kind: &str) -> Class {
    const LOGINS: [&str; 11] = [
        "LOGIN",
        "LOGIN FAILED",
        "LOGOUT",
        "LOGON",
        "LOGOFF",
        "LOGOFF BY CLEANUP",
        "CONNECT",
        "FAILED_CONNECT",
        "DISCONNECT",
        "CHANGE_USER",
        "RESET_CONNECTION",
    ];
    if LOGINS.iter().any(|login| login.eq_ignore_ascii_case(command)) || kind == "LOGIN" {
        return Class::Auth;
    }
    let by_text = sql::verb(command).or_else(|| sql::verb(statement)).map(|verb| verb.class);
    match (kind, by_text) {
        ("ROLE", Some(class @ (Class::Permission | Class::Account))) => class,
        ("ROLE", _) => Class::Permission,
        ("READ", None) => Class::DataRead,
        ("WRITE", None) => Class::DataWrite,
        ("DDL", None | Some(Class::Other)) => Class::Config,
        (_, Some(class)) => class,
        _ => Class::Other,
    }
}

fn outcome(values: &Values<'_, '_>, command: &str, statement: &str, class: Class) -> Outcome {
    let error = values.note(ERROR_OF).unwrap_or("").to_ascii_lowercase();
    let code = values.note(EXIT_CODE).unwrap_or("");
    let refused =
        ["denied", "insufficient privileges", "must be owner", "login failed", "logon denied"];
    let failed = command.to_ascii_uppercase().contains("FAILED")
        || class == Class::Auth && statement.starts_with("Login failed");
    let denied = matches!(code, "1017" | "1031" | "1044" | "1045" | "1142" | "1227" | "28000")
        || refused.iter().any(|words| error.contains(words));
    match code {
        _ if denied || failed && class == Class::Auth => Outcome::Denied,
        _ if failed || !error.is_empty() => Outcome::Failure,
        "0" | "succeeded" => Outcome::Success,
        "" => Outcome::Unknown,
        _ => Outcome::Failure,
    }
}

fn level(key: &str) -> Rule {
    match key {
        "type" => Note(TYPE),
        "databaseActivityEvents" => Note(CIPHER),
        "logTime" => Note(LOG_TIME),
        "command" => Note(COMMAND),
        "commandText" => PutNote(MESSAGE, COMMAND_TEXT),
        "class" => PutNote(KIND, CLASS_OF),
        "exitCode" => PutNote(CODE, EXIT_CODE),
        "errorMessage" => PutNote(ERROR, ERROR_OF),
        "dbUserName" => Note(USER),
        "remoteHost" => Note(REMOTE),
        "remotePort" => Put(SRC_PORT),
        "serverHost" => Note(SERVER),
        "endTime" => Note(END),
        "clientApplication" => Put(AGENT),
        "databaseName" => Rule::Both(DATABASE, RESOURCE),
        "objectName" => Put(RESOURCE),
        "objectType" => Put(OBJECT_TYPE),
        "sessionId" => Put(SESSION_ID),
        "statementId" => Put(STATEMENT_ID),
        "transactionId" => Put(TRANSACTION_ID),
        "pid" => Put(PID),
        "rowCount" => Put(ROWS),
        "serverType" => Put(SERVER_TYPE),
        "serverVersion" => Put(SERVER_VERSION),
        "serviceName" => Put(EVENT_SOURCE),
        "dbProtocol" => Put(PROTOCOL),
        "engineNativeAuditFields" => Enter(native),
        _ => Skip,
    }
}

fn native(key: &str) -> Rule {
    match key {
        "OS_USERNAME" => Put(OS_USER),
        "USERHOST" | "host_name" => Put(USER_HOST),
        _ => Skip,
    }
}
