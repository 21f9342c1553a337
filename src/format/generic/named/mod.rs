//! Records of programs that nobody here knows, whose values have names: JSON, pairs, and tables
//! with a header. What the records share is found by the names that it is commonly given.

mod csv;
mod json_lines;
mod logfmt;
mod names;
mod told;
mod words;

use crate::event::{fields, schema::slots};

pub(super) use csv::Csv;
pub(super) use json_lines::JsonLines;
pub(super) use logfmt::Logfmt;
pub(in crate::format) use logfmt::values as logfmt_values;
pub(in crate::format) use words::severity;

/// What a name says of who did it, or of whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Source,
    SourcePort,
    Target,
    TargetPort,
    User,
    Request,
}

/// Whether the value of this name says who or where.
pub(super) fn end(name: &str) -> Option<End> {
    let Some(names::Name::Field(slot)) = names::of(name) else { return None };
    Some(match slot {
        SRC_IP => End::Source,
        SRC_PORT => End::SourcePort,
        DST_IP => End::Target,
        DST_PORT => End::TargetPort,
        PRINCIPAL => End::User,
        REQUEST => End::Request,
        _ => return None,
    })
}

slots! {
    EVENT = fields::EVENT,
    EVENT_SOURCE = fields::EVENT_SOURCE,
    CLASS = fields::CLASS,
    OUTCOME = fields::OUTCOME,
    CODE = fields::CODE,
    PRINCIPAL = fields::PRINCIPAL,
    SRC_IP = fields::SRC_IP,
    SRC_PORT = fields::SRC_PORT,
    DST_IP = fields::DST_IP,
    DST_PORT = fields::DST_PORT,
    ACCOUNT = fields::ACCOUNT,
    REGION = fields::REGION,
    DURATION = fields::DURATION,
    DOMAIN = fields::DOMAIN,
    URL = fields::URL,
    FILE = fields::FILE,
    PROCESS = fields::PROCESS,
    HOST = fields::HOST,
    AGENT = fields::AGENT,
    REQUEST = fields::REQUEST,
    TRACE = fields::TRACE,
    RULE = fields::RULE,
    ID = fields::ID,
    SEVERITY = fields::SEVERITY,
    MESSAGE = fields::MESSAGE,
}
