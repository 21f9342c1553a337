//! The fields that formats share. A format uses these names whenever it has the thing, so that
//! one question reaches every source; what only one format has is named below a prefix
//! (`vpc.tcp_flags`).

use super::schema::{FieldDef, Kind, Role};

/// What filters call something that is no field of a format, or more than one.
pub const RESERVED: [&str; 17] = [
    "time",
    "format",
    "origin",
    "raw",
    "ip",
    "principal",
    "resource",
    "bytes",
    "any",
    "has",
    "verified",
    "standing",
    "alarm",
    "note",
    "tag",
    "chain",
    "hazard",
];

macro_rules! shared {
    ($($constant:ident = $name:literal, $kind:ident, $role:ident $(, $many:ident)?, $help:literal;)*) => {
        $(pub const $constant: FieldDef =
            FieldDef::new($name, Kind::$kind, Role::$role, $help)$(.$many())?;)*

        /// Every shared field, in the order in which people are shown them.
        pub const SHARED: &[FieldDef] = &[$($constant),*];
    };
}

shared! {
    TIME_END = "time_end", Time, Time, "when the event or its interval ended";
    ID = "id", Id, Request, "the record's own unique id";
    EVENT = "event", Str, Event, "the native name alone, such as AssumeRole, ACCEPT or GET";
    EVENT_SOURCE = "event.source", Str, Text, "the service that recorded it, verbatim";
    CLASS = "class", Str, Text, "what kind of thing happened";
    OUTCOME = "outcome", Str, Outcome, "success, failure, denied or unknown";
    CODE = "code", Str, Text, "the native result or error code";
    PRINCIPAL = "principal", Str, Principal, "who, by the best name the record gives";
    PRINCIPAL_KIND = "principal.kind", Str, Text, "what kind of principal";
    PRINCIPAL_ACCOUNT = "principal.account", Str, Account, "the account the principal belongs to";
    ROLE = "role", Str, Principal, "ARN of the role that issued the session";
    SESSION = "session", Str, Session, "role session name";
    KEY = "key", Str, Key, "access key id";
    SRC_IP = "src.ip", Ip, Ip, "address of the initiator";
    SRC_PORT = "src.port", Int, Text, "port of the initiator";
    DST_IP = "dst.ip", Ip, Ip, "address of the responder";
    DST_PORT = "dst.port", Int, Text, "port of the responder";
    CLIENT_IP = "client.ip", Ip, Ip, many, "addresses named by X-Forwarded-For";
    ACCOUNT = "account", Str, Account, "AWS account the event belongs to";
    REGION = "region", Str, Region, "AWS Region the event belongs to";
    RESOURCE = "resource", Str, Resource, many, "ARNs or names of what was acted on";
    BYTES_IN = "bytes.in", Int, Bytes, "bytes received by what logged it";
    BYTES_OUT = "bytes.out", Int, Bytes, "bytes sent by what logged it";
    PACKETS = "packets", Int, Text, "packets";
    DURATION = "duration", Float, Text, "seconds it took";
    DOMAIN = "domain", Str, Domain, "DNS name, SNI or Host";
    URL = "url", Str, Text, "URL as requested";
    FILE = "file", Str, File, "file path";
    PROCESS = "process", Str, Process, "program or command";
    HOST = "host", Str, Host, "host name";
    INSTANCE = "instance", Str, Host, "instance id";
    INTERFACE = "interface", Str, Interface, "network interface id";
    AGENT = "agent", Str, Agent, "user agent";
    REQUEST = "request", Id, Request, "request id";
    TRACE = "trace", Id, Request, "trace id";
    RULE = "rule", Str, Text, "rule or detector that raised it";
    SEVERITY = "severity", Float, Text, "0 info, 1-3 low, 4-6 medium, 7-8 high, 9-10 critical";
    MESSAGE = "message", Str, Text, "the message for people";
    REASON = "reason", Str, Text, "why the record could not be parsed";
    COUNT = "count", Int, Text, "how many times the record says it happened";
}
