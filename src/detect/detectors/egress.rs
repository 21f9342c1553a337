//! What left for networks that are not ours: flows, but for those that were refused.

use super::asked::{Part, has_column};
use super::{Answer, Asked, Detector, Found, Parameter};
use crate::detect::Estate;
use crate::detect::sigma::Level;
use crate::event::{Outcome, noun, size};
use crate::store::{Cell, RowRef, Segment};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;

pub(super) const DETECTOR: Detector = Detector {
    id: "egress",
    rule: None,
    title: "Much was sent to networks that are not ours",
    description: "An address of `networks` sent more than is usual to addresses outside of them, \
                  and nothing says that it was refused.",
    level: Level::Low,
    tags: &["attack.exfiltration", "attack.t1048"],
    questions: &[
        "What is this address, and who was on it: ip:{src.ip}",
        "Whose is the end that got most, and does anything else of ours talk to it: ip:{dst.ip}",
    ],
    version: "2026-11-28",
    parameters: &[Parameter {
        name: "megabytes",
        default: 1000.0,
        from: 0.0,
        to: 1e9,
        help: "million bytes in all, at least",
    }],
    reads: None,
    run,
};

/// Formats of flows: who sent how much to whom.
pub(super) const FLOWS: [&str; 2] = ["vpc_flow", "tgw_flow"];

pub(super) fn are_flows(segment: &Segment) -> bool {
    FLOWS.contains(&&*segment.schema().id)
}

/// Whether a flow was refused or lost. Logs that do not say whether it was let through, such as those
/// of transit gateways, are of what was.
pub(super) fn is_refused(part: &Part, row: usize) -> bool {
    let refused = [Outcome::Denied, Outcome::Failure].map(Outcome::as_str);
    matches!(part.segment.value(row, "outcome"), Cell::Text(outcome) if refused.contains(&outcome))
}

/// Other ends that are told one by one.
const TOLD: usize = 3;

/// What one address of ours sent.
#[derive(Default)]
struct Sent {
    bytes: u64,
    to: BTreeMap<IpAddr, u64>,
    events: Vec<RowRef>,
}

fn run(asked: &Asked<'_>) -> Answer {
    let Some(estate) = asked.given.estate.filter(|estate| !estate.networks().is_empty()) else {
        return Answer::unable("no `networks` are named in estate.toml");
    };
    let mut answer = asked.answer(are_flows);
    if answer.evaluated == 0 {
        return Answer::unable(format!("there are no events of {}", FLOWS.join(" or ")));
    }
    // Who set up the log chose its fields.
    for field in ["src.ip", "dst.ip", "bytes.out"] {
        if !asked.parts(are_flows).any(|part| has_column(&part.segment, field)) {
            return Answer::unable(format!("no flow of this evidence has {field}"));
        }
    }
    let mut sent: BTreeMap<IpAddr, Sent> = BTreeMap::new();
    for part in asked.parts(are_flows) {
        take(&part, estate, &mut sent);
    }
    let least = (asked.number("megabytes") * 1e6) as u64;
    for (address, Sent { bytes, to, events }) in sent {
        if bytes < least.max(1) {
            continue;
        }
        let number = to.len() as u64;
        let mut most: Vec<(IpAddr, u64)> = to.into_iter().collect();
        most.sort_by_key(|(address, bytes)| (Reverse(*bytes), *address));
        let told: Vec<String> = most
            .iter()
            .take(TOLD)
            .map(|(address, bytes)| format!("{address} {}", size(*bytes)))
            .collect();
        let why = format!(
            "{address} sent {} (at least {}) to {number} {} outside of our networks: {}",
            size(bytes),
            size(least),
            noun(number, "address", "addresses"),
            told.join(", "),
        );
        let who = [address.to_string(), String::new()];
        let most = most.first().map(|(other, _)| ("dst.ip", other.to_string()));
        let blanks = [Some(("src.ip", who[0].clone())), most].into_iter().flatten().collect();
        answer.found.push(Found { who, blanks, events, why, ..Found::default() });
    }
    answer
}

fn take(part: &Part, estate: &Estate, sent: &mut BTreeMap<IpAddr, Sent>) {
    let own = |text: &str| text.parse().is_ok_and(|address| estate.is_own_address(address));
    let rows = part.rows("src.ip", own).and(&part.rows("dst.ip", |ip| !own(ip)));
    for row in part.visible(rows).iter().filter(|row| !is_refused(part, *row)) {
        let value = |name| part.segment.value(row, name);
        let (Cell::Ip(from), Cell::Ip(to), Cell::Int(bytes)) =
            (value("src.ip"), value("dst.ip"), value("bytes.out"))
        else {
            continue;
        };
        let bytes = u64::try_from(bytes).unwrap_or(0);
        if bytes > 0 {
            let of = sent.entry(from).or_default();
            of.bytes = of.bytes.saturating_add(bytes);
            let there = of.to.entry(to).or_default();
            *there = there.saturating_add(bytes);
            of.events.push(part.at(row));
        }
    }
}
