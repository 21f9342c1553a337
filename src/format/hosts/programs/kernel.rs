//! The messages of the kernel: packets that a rule of netfilter logs, records of the audit system.

use super::{Known, NOTHING};
use crate::event::{Class, Outcome};
use std::borrow::Cow;

/// What is said of a packet beside its ends.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::format::hosts) struct Packet<'a> {
    pub(super) protocol: &'a str,
    pub(super) link_in: &'a str,
    pub(super) link_out: &'a str,
    pub(super) length: &'a str,
    pub(super) flags: Cow<'a, str>,
}

impl Packet<'_> {
    pub(super) const NONE: Packet<'static> =
        Packet { protocol: "", link_in: "", link_out: "", length: "", flags: Cow::Borrowed("") };
}

/// `[12345.678901] [UFW BLOCK] IN=eth0 OUT= ... SRC=... DST=... LEN=60 ... PROTO=TCP SPT=... DPT=...`
pub(super) fn read(message: &str) -> Option<Known<'_>> {
    let text = without_uptime(message);
    if is_packet(text) {
        return packet(text);
    }
    if text.starts_with("audit: ") {
        return super::audited(text);
    }
    if let Some(rest) = text.strip_prefix("Out of memory: ") {
        let outcome = Outcome::Failure;
        let name = rest.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        let thing = name.map_or("", |(name, _)| name).into();
        let class = Class::SystemError;
        return Some(Known { event: "Out of memory", class, outcome, thing, ..NOTHING });
    }
    let event = ["entered promiscuous mode", "left promiscuous mode"];
    let event = event.into_iter().find(|event| text.contains(event))?;
    Some(Known { event, class: Class::Network, outcome: Outcome::Success, ..NOTHING })
}

/// `[12345.678901] `, the seconds since the start, says nothing that the line's time does not.
fn without_uptime(message: &str) -> &str {
    let inner = message.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("] "));
    match inner {
        Some((uptime, rest)) if uptime.trim().bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
            rest
        }
        _ => message.trim_start(),
    }
}

/// Whether the text tells of a packet that a rule of netfilter logged.
pub(super) fn is_packet(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(67)];
    let Some(at) = head.windows(3).position(|name| name == b"IN=") else { return false };
    let rest = &text[at..];
    rest.contains(" OUT=") && rest.contains(" SRC=") && rest.contains(" DST=")
}

fn packet(text: &str) -> Option<Known<'_>> {
    let (prefix, rest) = text.split_at(text.find("IN=")?);
    let event = prefix.trim().trim_matches(['[', ']', ':', '-', ' ']);
    // Behind a bracket stands the packet that an error is about.
    let rest = rest.split(" [").next().unwrap_or(rest);
    let mut known = Known { event, class: Class::Network, outcome: outcome(event), ..NOTHING };
    let mut flags: Vec<&str> = Vec::new();
    for part in rest.split_ascii_whitespace() {
        match part.split_once('=') {
            Some(("IN", value)) => known.packet.link_in = value,
            Some(("OUT", value)) => known.packet.link_out = value,
            Some(("SRC", value)) => known.address = value.into(),
            Some(("DST", value)) => known.listener.0 = value.into(),
            Some(("SPT", value)) => known.port = value.into(),
            Some(("DPT", value)) => known.listener.1 = value.into(),
            Some(("PROTO", value)) => known.packet.protocol = value,
            // That of UDP, which comes later, is the one without the header.
            Some(("LEN", value)) if known.packet.length.is_empty() => known.packet.length = value,
            None if part.len() == 3 && part.bytes().all(|b| b.is_ascii_uppercase()) => {
                flags.push(part);
            }
            _ => {}
        }
    }
    known.packet.flags = match flags[..] {
        [] => Cow::Borrowed(""),
        [flag] => Cow::Borrowed(flag),
        _ => Cow::Owned(flags.join(" ")),
    };
    Some(known)
}

/// What became of the packet, as far as whoever wrote the rule says so.
fn outcome(prefix: &str) -> Outcome {
    let prefix = prefix.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| prefix.contains(word));
    if has(&["DROP", "REJECT", "BLOCK", "DENY", "DENIED"]) {
        Outcome::Denied
    } else if has(&["ACCEPT", "ALLOW"]) {
        Outcome::Success
    } else {
        Outcome::Unknown
    }
}
