//! What PostgreSQL writes, RDS and Aurora among them: lines of text with a prefix that whoever
//! runs it may choose, its own CSV (`csvlog`), and JSON (`jsonlog`, since version 15).
//!
//! Source: the PostgreSQL documentation, "Error Reporting and Logging", and the RDS user guide,
//! "RDS for PostgreSQL database log files". What belongs to a message (`DETAIL`, `STATEMENT`) is a
//! line with a prefix of its own in text, and a record of its own here; the other two have it in
//! members of one record.

mod csv;
mod entry;
mod json;
mod messages;
mod prefix;
mod text;

use super::client;
use crate::event::{FieldDef, Kind, Role, Schema, fields, schema::slots};
use crate::format::schema;
use std::sync::{Arc, LazyLock};

pub(super) use csv::Csvlog;
pub(super) use text::Text;

const fn plain(name: &'static str, role: Role, help: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, role, help)
}

slots! {
    EVENT = fields::EVENT,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    PRINCIPAL_KIND = fields::PRINCIPAL_KIND,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    _ACCOUNT = fields::ACCOUNT,
    _REGION = fields::REGION,
    RESOURCE = fields::RESOURCE,
    DURATION = fields::DURATION,
    _INSTANCE = fields::INSTANCE,
    AGENT = fields::AGENT,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
    DATABASE = plain("pg.database", Role::Resource, "the database of the session"),
    CLIENT = client::named("pg.client_host"),
    LEVEL = plain("pg.error_severity", Role::Text, "LOG, ERROR, DETAIL …, verbatim"),
    PID = FieldDef::new("pg.pid", Kind::Int, Role::Text, "process of the session"),
    SESSION_ID = FieldDef::new("pg.session_id", Kind::Id, Role::Session, "start and process of the session, in hexadecimal"),
    SESSION_START = FieldDef::new("pg.session_start", Kind::Time, Role::Time, "when the session began"),
    LINE = FieldDef::new("pg.line_num", Kind::Int, Role::Text, "number of the line within the session"),
    VIRTUAL_XID = FieldDef::new("pg.vxid", Kind::Id, Role::Request, "virtual transaction id"),
    XID = FieldDef::new("pg.xid", Kind::Int, Role::Text, "transaction id; 0 if none was given"),
    TAG = plain("pg.command_tag", Role::Text, "what the session was at"),
    METHOD = plain("pg.auth_method", Role::Text, "how the client proved who it is"),
    IDENTITY = plain("pg.identity", Role::Principal, "who the client proved to be, before it was mapped to a user"),
    TLS = plain("pg.ssl_protocol", Role::Text, "protocol of the encrypted connection"),
    AUDIT_TYPE = plain("pg.audit_type", Role::Text, "pgaudit: SESSION or OBJECT"),
    AUDIT_CLASS = plain("pg.audit_class", Role::Text, "pgaudit: READ, WRITE, FUNCTION, ROLE, DDL, MISC"),
    OBJECT_TYPE = plain("pg.object_type", Role::Text, "pgaudit: TABLE, VIEW …"),
    DETAIL = plain("pg.detail", Role::Text, "what the record adds to its message"),
    HINT = plain("pg.hint", Role::Text, "what the server advises"),
    CONTEXT = plain("pg.context", Role::Text, "where in a program or in data it happened"),
    QUERY = plain("pg.query", Role::Text, "the statement that the message is about"),
    LOCATION = plain("pg.location", Role::Text, "where in the server's source it was written"),
    BACKEND = plain("pg.backend_type", Role::Text, "what kind of process wrote it"),
    QUERY_ID = FieldDef::new("pg.query_id", Kind::Id, Role::Request, "same for statements that differ in constants alone"),
}

static TEXT: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("postgresql", "PostgreSQL", FIELDS));
static CSV: LazyLock<Arc<Schema>> =
    LazyLock::new(|| schema("postgresql_csv", "PostgreSQL csvlog", FIELDS));

const LIMITS: &str = "What is logged depends on log_statement, log_connections and pgaudit, which \
     may be off or changed by a session. A statement that is logged without a duration need not \
     have ended, and passwords may stand in statements.";
