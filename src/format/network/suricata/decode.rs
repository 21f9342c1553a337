//! What of an event depends on several members.

use super::levels as note;
#[allow(clippy::wildcard_imports, reason = "the slots of fifty fields")]
use super::*;
use crate::event::layout::is_region;
use crate::event::{Class, Outcome};
use crate::format::clock::{self, Stamp};
use crate::format::members::Values;
use crate::format::{put_class, put_outcome, web};

pub(super) fn time(values: &Values<'_, '_>) -> Option<Stamp> {
    [note::TIME, note::WRITTEN].into_iter().find_map(|note| clock::any(values.note(note)?))
}

/// An event in the firewall's wrapper.
pub(super) fn wrapped(values: &mut Values<'_, '_>) -> bool {
    if values.note(note::FIREWALL).is_none() {
        return false;
    }
    // A zone's name is its Region's, and a letter.
    values.put_part(REGION, note::ZONE, |zone| {
        let region = zone.strip_suffix(|last: char| last.is_ascii_lowercase())?;
        is_region(region).then_some(region)
    });
    event(values)
}

pub(super) fn event(values: &mut Values<'_, '_>) -> bool {
    let raised = values.note(note::SIGNATURE).is_some();
    let class = match values.note(note::KIND) {
        Some("alert") => Class::Intrusion,
        Some("stats") => Class::Other,
        Some(_) => Class::Network,
        None if raised => {
            values.text(EVENT, "alert");
            Class::Intrusion
        }
        None if is_tls(values) => {
            values.text(EVENT, "tls");
            Class::Network
        }
        None if values.note(note::FLOW).is_some() => Class::Network,
        None => return false,
    };
    put_class(values.row, CLASS, class);
    let outcome = outcome(values);
    put_outcome(values.row, OUTCOME, outcome);
    // Suricata counts from what is worst.
    let severity = match values.note(note::PRIORITY) {
        Some("1") => Some(8.0),
        Some("2") => Some(6.0),
        Some("3") => Some(4.0),
        Some("4") => Some(2.0),
        _ => None,
    };
    if let Some(severity) = severity {
        values.row.put(SEVERITY, Value::Float(severity));
    }
    let number = |note: usize| values.note(note).and_then(|text| text.parse::<i64>().ok());
    let packets = [note::PACKETS_TO, note::PACKETS_FROM].map(number);
    if packets.iter().any(Option::is_some) {
        let sum = packets.into_iter().flatten().fold(0, i64::saturating_add);
        values.row.put(PACKETS, Value::Int(sum));
    }
    true
}

/// Whether the firewall tells of TLS that it looked into: it then names neither flow nor event.
fn is_tls(values: &Values<'_, '_>) -> bool {
    [note::FAULT, note::CHECK, note::SERVER].iter().any(|note| values.note(*note).is_some())
}

/// What became of the packet counts, then what the transaction was answered with.
fn outcome(values: &Values<'_, '_>) -> Outcome {
    let acts = [values.note(note::VERDICT), values.note(note::ACTION)];
    let did = |words: &[&str]| {
        let is = |act: &&str| words.iter().any(|word| act.eq_ignore_ascii_case(word));
        acts.iter().flatten().any(is)
    };
    if did(&["blocked", "drop", "reject"]) {
        return Outcome::Denied;
    }
    match values.note(note::KIND) {
        Some("drop") => Outcome::Denied,
        _ if values.note(note::FAULT).is_some() => Outcome::Failure,
        _ if did(&["allowed", "pass"]) => Outcome::Success,
        Some("http") => values.note(note::STATUS).map_or(Outcome::Unknown, web::outcome),
        Some("dns") => match values.note(note::STATUS) {
            Some("NOERROR") => Outcome::Success,
            Some(_) => Outcome::Failure,
            None => Outcome::Unknown,
        },
        _ => Outcome::Unknown,
    }
}
