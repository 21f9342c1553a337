//! What the logs of CloudFront have in common: the fields, the names of the columns, and what
//! depends on several of them.
//!
//! Source: the CloudFront developer guide, "Standard logging reference" and "Real-time logs". The
//! event's time is when the response was finished, which is what both log; `duration` leads back
//! to when the request came.

#![allow(dead_code, reason = "each log has slots that the code for all of them has no use for")]

mod realtime;
mod standard;

use crate::event::{Class, FieldDef, Kind, Role, Time, fields, schema::slots};
use crate::format::members::Rule::{self, Note, Put, PutNote, Skip};
use crate::format::members::Values;
use crate::format::{clock, put_class, put_outcome, web};

pub(super) use realtime::Realtime;
pub(super) use standard::Standard;

const fn text(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Str, Role::Text, "the column of this name, verbatim")
}

const fn number(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Int, Role::Text, "the column of this name")
}

const fn seconds(name: &'static str) -> FieldDef {
    FieldDef::new(name, Kind::Float, Role::Text, "seconds; absent if not measured")
}

/// The fields that all logs of CloudFront have, in the same slots, and those of one of them.
macro_rules! cloudfront_slots {
    ($($slot:ident = $def:expr),* $(,)?) => {
        slots! {
            EVENT = fields::EVENT,
            CLASS = fields::CLASS,
            OUTCOME = fields::OUTCOME,
            CODE = fields::CODE,
            SRC_IP = fields::SRC_IP,
            SRC_PORT = fields::SRC_PORT,
            CLIENT_IP = fields::CLIENT_IP,
            RESOURCE = fields::RESOURCE,
            BYTES_IN = fields::BYTES_IN,
            BYTES_OUT = fields::BYTES_OUT,
            DURATION = fields::DURATION,
            DOMAIN = fields::DOMAIN,
            URL = fields::URL,
            AGENT = fields::AGENT,
            REQUEST = fields::REQUEST,
            EDGE = text("cloudfront.edge_location"),
            RESULT = text("cloudfront.result_type"),
            RESPONSE_RESULT = text("cloudfront.response_result_type"),
            DETAILED_RESULT = text("cloudfront.detailed_result_type"),
            REFERER = text("cloudfront.referer"),
            COOKIE = text("cloudfront.cookie"),
            VERSION = text("cloudfront.protocol_version"),
            TLS = text("cloudfront.ssl_protocol"),
            CIPHER = text("cloudfront.ssl_cipher"),
            FLE_STATUS = text("cloudfront.fle_status"),
            FLE_FIELDS = number("cloudfront.fle_encrypted_fields"),
            FIRST_BYTE = seconds("cloudfront.time_to_first_byte"),
            CONTENT_TYPE = text("cloudfront.content_type"),
            CONTENT_LENGTH = number("cloudfront.content_len"),
            RANGE_START = number("cloudfront.range_start"),
            RANGE_END = number("cloudfront.range_end"),
            COUNTRY = text("cloudfront.country"),
            ASN = number("cloudfront.asn"),
            BEHAVIOUR = text("cloudfront.cache_behavior"),
            ORIGIN_FIRST = seconds("cloudfront.origin_fbl"),
            ORIGIN_LAST = seconds("cloudfront.origin_lbl"),
            PRIMARY = FieldDef::new("cloudfront.primary_distribution_id", Kind::Str, Role::Resource, "the distribution that a staging one belongs to"),
            PRIMARY_NAME = FieldDef::new("cloudfront.primary_distribution_dns_name", Kind::Str, Role::Domain, "its name"),
            ORIGIN = FieldDef::new("cloudfront.r_host", Kind::Str, Role::Domain, "the origin that was asked"),
            $($slot = $def,)*
        }
    };
}
use cloudfront_slots;

cloudfront_slots! {}

// What is kept aside.
const DATE: usize = 0;
const CLOCK: usize = 1;
const STAMP: usize = 2;
const STATUS: usize = 3;
const HOST: usize = 4;
const NAME: usize = 5;
const STEM: usize = 6;
const QUERY: usize = 7;
const PROTOCOL: usize = 8;
const AGENT_TEXT: usize = 9;
const FORWARDED: usize = 10;
const METHOD: usize = 11;
/// Notes from here on are those of one log.
const NOTES: usize = 12;

/// What becomes of the column of this plain name.
fn level(plain: &str) -> Rule {
    match plain {
        "date" => Note(DATE),
        "time" | "start_time" => Note(CLOCK),
        "timestamp" | "timestamp_ms" => Note(STAMP),
        "c_ip" => Put(SRC_IP),
        "c_port" => Put(SRC_PORT),
        "cs_method" => PutNote(EVENT, METHOD),
        "cs_host" => PutNote(RESOURCE, NAME),
        "x_host_header" => PutNote(DOMAIN, HOST),
        "cs_uri_stem" => Note(STEM),
        "cs_uri_query" => Note(QUERY),
        "cs_protocol" => Note(PROTOCOL),
        "sc_status" => PutNote(CODE, STATUS),
        "sc_bytes" => Put(BYTES_OUT),
        "cs_bytes" => Put(BYTES_IN),
        "time_taken" => Put(DURATION),
        "cs_user_agent" => Note(AGENT_TEXT),
        "x_forwarded_for" => Note(FORWARDED),
        "x_edge_location" => Put(EDGE),
        "x_edge_request_id" => Put(REQUEST),
        "x_edge_result_type" => Put(RESULT),
        "x_edge_response_result_type" => Put(RESPONSE_RESULT),
        "x_edge_detailed_result_type" => Put(DETAILED_RESULT),
        "cs_referer" => Put(REFERER),
        "cs_cookie" => Put(COOKIE),
        "cs_protocol_version" => Put(VERSION),
        "ssl_protocol" => Put(TLS),
        "ssl_cipher" => Put(CIPHER),
        "fle_status" => Put(FLE_STATUS),
        "fle_encrypted_fields" => Put(FLE_FIELDS),
        "time_to_first_byte" => Put(FIRST_BYTE),
        "sc_content_type" => Put(CONTENT_TYPE),
        "sc_content_len" => Put(CONTENT_LENGTH),
        "sc_range_start" => Put(RANGE_START),
        "sc_range_end" => Put(RANGE_END),
        "c_country" => Put(COUNTRY),
        "asn" => Put(ASN),
        "cache_behavior_path_pattern" => Put(BEHAVIOUR),
        "origin_fbl" => Put(ORIGIN_FIRST),
        "origin_lbl" => Put(ORIGIN_LAST),
        "primary_distribution_id" => Put(PRIMARY),
        "primary_distribution_dns_name" => Put(PRIMARY_NAME),
        "r_host" => Put(ORIGIN),
        _ => Skip,
    }
}

/// The time of a whole record: an instant, or a day and the time of day, always in UTC.
fn time(values: &Values<'_, '_>) -> Option<Time> {
    if let Some(stamp) = values.note(STAMP) {
        let stamp = clock::epoch(stamp).or_else(|| Time::parse_rfc3339(stamp));
        if stamp.is_some() {
            return stamp;
        }
    }
    let (date, clock) = (values.note(DATE)?, values.note(CLOCK)?);
    // As long as RFC 3339 has it, so that it can be put together without a String.
    let (date, clock) = (date.as_bytes(), clock.as_bytes());
    let mut both = [b' '; 19];
    both[..10].copy_from_slice(date.get(..10)?);
    both[11..].copy_from_slice(clock.get(..8)?);
    Time::parse_rfc3339(std::str::from_utf8(&both).ok()?)
}

/// What all logs of requests have in common.
fn finish(values: &mut Values<'_, '_>, room: &mut String) {
    if let Some(time) = time(values) {
        values.row.time(time);
    }
    if let Some(agent) = values.taken(AGENT_TEXT) {
        values.text(AGENT, &web::twice_decoded(&agent));
    }
    if let Some(list) = values.taken(FORWARDED) {
        web::put_forwarded(values.row, CLIENT_IP, &web::decoded(&list));
    }
    put_url(values, room);
    let outcome = web::outcome(values.note(STATUS).unwrap_or(""));
    put_class(values.row, CLASS, Class::Network);
    put_outcome(values.row, OUTCOME, outcome);
}

/// The URL is logged in pieces. The `Host` that the client sent is the viewer's name of the site;
/// without it there is still the distribution's.
fn put_url(values: &mut Values<'_, '_>, room: &mut String) {
    let protocol = values.taken(PROTOCOL);
    let (host, name) = (values.taken(HOST), values.taken(NAME));
    let (stem, query) = (values.taken(STEM), values.taken(QUERY));
    let Some(stem) = stem else { return };
    if let Some(host) = host.as_deref().or(name.as_deref()) {
        room.push_str(protocol.as_deref().unwrap_or("https"));
        room.push_str("://");
        room.push_str(host);
    }
    room.push_str(&stem);
    if let Some(query) = query.filter(|_| !stem.contains('?')) {
        room.push('?');
        room.push_str(&query);
    }
    values.text(URL, room);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_that_all_logs_have_are_the_same() {
        for fields in [standard::fields(), realtime::fields()] {
            for (one, other) in FIELDS.iter().zip(fields) {
                assert_eq!(one, other);
            }
            assert!(fields.len() > FIELDS.len());
        }
    }
}
