//! What each member of an event is for, level by level.

#[allow(clippy::wildcard_imports, reason = "the slots of fifty fields")]
use super::*;
use crate::format::members::Rule::{self, Both, Enter, Note, Put, PutEnter, PutNote, Skip};

// What is kept aside while a record is read.
pub(super) const TIME: usize = 0;
pub(super) const WRITTEN: usize = 1;
pub(super) const KIND: usize = 2;
pub(super) const FIREWALL: usize = 3;
pub(super) const ZONE: usize = 4;
pub(super) const ACTION: usize = 5;
pub(super) const VERDICT: usize = 6;
pub(super) const PRIORITY: usize = 7;
pub(super) const STATUS: usize = 8;
pub(super) const PACKETS_TO: usize = 9;
pub(super) const PACKETS_FROM: usize = 10;
pub(super) const SIGNATURE: usize = 11;
pub(super) const FLOW: usize = 12;
pub(super) const FAULT: usize = 13;
pub(super) const CHECK: usize = 14;
pub(super) const SERVER: usize = 15;

/// A level that is only about one member.
macro_rules! only {
    ($name:literal, $rule:expr) => {
        Enter(|key| if key == $name { $rule } else { Skip })
    };
}

/// What the firewall puts around an event.
pub(super) fn wrapper(key: &str) -> Rule {
    match key {
        "firewall_name" => PutNote(RESOURCE, FIREWALL),
        "availability_zone" => PutNote(super::ZONE, ZONE),
        "event_timestamp" => Note(WRITTEN),
        "event" => Enter(in_firewall),
        _ => Skip,
    }
}

pub(super) fn event(key: &str) -> Rule {
    match key {
        "timestamp" => Note(TIME),
        "event_type" => PutNote(EVENT, KIND),
        "flow_id" => PutNote(super::FLOW, FLOW),
        "src_ip" => Put(SRC_IP),
        "src_port" => Put(SRC_PORT),
        "dest_ip" => Put(DST_IP),
        "dest_port" => Put(DST_PORT),
        "proto" => Put(PROTOCOL),
        "app_proto" => Put(APP_PROTOCOL),
        "alert" => Enter(alert),
        "verdict" => only!("action", PutNote(super::ACTION, VERDICT)),
        "netflow" => Enter(netflow),
        "flow" => Enter(flow),
        "http" => Enter(http),
        "dns" => Enter(dns),
        "tls" => Enter(tls),
        "sni" => Put(DOMAIN),
        "fileinfo" | "files" => Enter(|key| match key {
            "filename" => Put(FILE),
            "sha256" => Put(HASH),
            _ => Skip,
        }),
        "xff" => Put(CLIENT_IP),
        "smtp" => Enter(|key| match key {
            "mail_from" | "rcpt_to" => Put(MAIL),
            _ => Skip,
        }),
        "ssh" => Enter(|key| match key {
            "client" | "server" => only!("software_version", Put(SOFTWARE)),
            _ => Skip,
        }),
        "smb" => only!("filename", Put(FILE)),
        "anomaly" => only!("event", Put(ANOMALY)),
        "host" => Put(HOST),
        "in_iface" => Put(IN_IFACE),
        "community_id" => Put(COMMUNITY),
        _ => Skip,
    }
}

/// An event as the firewall writes it, which adds to what Suricata does.
fn in_firewall(key: &str) -> Rule {
    match key {
        "sni" => PutNote(DOMAIN, SERVER),
        "tls_error" => only!("error_message", PutNote(TLS_ERROR, FAULT)),
        "revocation_check" => Enter(|key| match key {
            "status" => PutNote(REVOCATION, CHECK),
            "action" => PutNote(super::ACTION, VERDICT),
            _ => Skip,
        }),
        "tls_inspected" => Put(INSPECTED),
        "aws_category" => Put(AWS_CATEGORY),
        _ => event(key),
    }
}

fn alert(key: &str) -> Rule {
    match key {
        "action" => PutNote(super::ACTION, ACTION),
        "signature_id" => PutNote(RULE, SIGNATURE),
        "signature" => Put(MESSAGE),
        "category" => Put(CATEGORY),
        "severity" => Note(PRIORITY),
        _ => Skip,
    }
}

/// One direction.
fn netflow(key: &str) -> Rule {
    match key {
        "pkts" => Note(PACKETS_TO),
        "bytes" => Put(BYTES_IN),
        "start" => Put(START),
        "end" => Put(TIME_END),
        "age" => Put(DURATION),
        "state" => Put(STATE),
        _ => Skip,
    }
}

/// Both directions; of an alert, as far as the flow had come.
fn flow(key: &str) -> Rule {
    match key {
        "pkts_toserver" => Note(PACKETS_TO),
        "pkts_toclient" => Note(PACKETS_FROM),
        "bytes_toserver" => Put(BYTES_IN),
        "bytes_toclient" => Put(BYTES_OUT),
        "start" => Put(START),
        "end" => Put(TIME_END),
        "age" => Put(DURATION),
        "state" => Put(STATE),
        _ => Skip,
    }
}

fn http(key: &str) -> Rule {
    match key {
        "hostname" => Put(DOMAIN),
        "url" => Put(URL),
        "http_user_agent" => Put(AGENT),
        "http_method" => Put(METHOD),
        "http_refer" => Put(REFERER),
        "status" => PutNote(CODE, STATUS),
        "xff" => Put(CLIENT_IP),
        _ => Skip,
    }
}

fn dns(key: &str) -> Rule {
    match key {
        "rrname" => Put(DOMAIN),
        "rrtype" => Put(QUERY_TYPE),
        "rcode" => PutNote(CODE, STATUS),
        "queries" | "query" => Enter(|key| match key {
            "rrname" => Put(DOMAIN),
            "rrtype" => Put(QUERY_TYPE),
            _ => Skip,
        }),
        "answers" | "answer" => only!("rdata", Both(ANSWER, ANSWER_IP)),
        // By the type of the answers.
        "grouped" => Enter(|_| Both(ANSWER, ANSWER_IP)),
        _ => Skip,
    }
}

fn tls(key: &str) -> Rule {
    match key {
        "sni" => Put(DOMAIN),
        "version" => Put(TLS),
        "subject" => Put(SUBJECT),
        "issuer" | "issuerdn" => Put(ISSUER),
        "fingerprint" => Put(FINGERPRINT),
        "ja3" => PutEnter(JA3, |key| if key == "hash" { Put(JA3) } else { Skip }),
        "ja4" => Put(JA4),
        _ => Skip,
    }
}
