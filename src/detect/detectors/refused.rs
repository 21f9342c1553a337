//! Bursts of refused calls: somebody asks for what they may not have, many times within a short time.
//! Whoever says no name is known by the address.

use super::asked::has_column;
use super::names::{Names, Numbered};
use super::told::{between, often};
use super::{Answer, Asked, Detector, Found, Parameter, sliding};
use crate::detect::sigma::Level;
use crate::event::{Class, Outcome, Timestamp};
use crate::store::{RowRef, Segment};
use std::collections::BTreeMap;
use std::net::IpAddr;

pub(super) const DETECTOR: Detector = Detector {
    id: "refused-calls",
    // As a rule it was of CloudTrail alone, and of those who have an ARN.
    rule: Some("5a4f3c52-0c5f-5d0b-8e53-1f8f1f0a7d20"),
    title: "Many calls of one principal were refused",
    description: "Whoever has found a key tries what it is good for. Calls of a role count \
                  together, whatever its sessions are called; those of nobody by their address.",
    level: Level::Medium,
    tags: &["attack.discovery", "attack.t1580"],
    questions: &[
        "What was tried, and did anything of it work: any:\"{who}\" outcome:success",
        "Is it a program that always does this: any:\"{who}\" outcome:denied",
        "From where did it come: ip:\"{src.ip}\"",
    ],
    version: "2026-11-28",
    parameters: &[
        Parameter {
            name: "least",
            default: 10.0,
            from: 2.0,
            to: 1e6,
            help: "refused calls within the window, at least",
        },
        Parameter {
            name: "minutes",
            default: 5.0,
            from: 1.0,
            to: 1440.0,
            help: "length of the window that slides along",
        },
    ],
    reads: None,
    run,
};

/// Formats that say who acts: what a firewall drops is no call of anybody.
fn is_asked(segment: &Segment) -> bool {
    has_column(segment, "outcome") && segment.schema().slot("principal").is_some()
}

fn run(asked: &Asked<'_>) -> Answer {
    let mut answer = asked.answer(is_asked);
    if answer.evaluated == 0 {
        return Answer::unable("no event of this evidence says who acted and how it ended");
    }
    let mut names = Names::default();
    let mut refused: BTreeMap<u32, Vec<(i64, RowRef)>> = BTreeMap::new();
    let (mut nobody, mut timeless) = (0, 0);
    for part in asked.parts(is_asked) {
        let by = Numbered::anybody(&part, &mut names);
        let denied = part.rows("outcome", |outcome| outcome == Outcome::Denied.as_str());
        // What others have found out about calls is told as theirs.
        let findings = part.rows("class", |class| {
            [Class::Finding, Class::Intrusion].map(Class::as_str).contains(&class)
        });
        for row in part.visible(denied.and_not(&findings)).iter() {
            let Some(who) = by.of(row) else {
                nobody += 1;
                continue;
            };
            if row >= part.segment.timed() {
                timeless += 1;
                continue;
            }
            refused.entry(who).or_default().push((part.segment.at(row), part.at(row)));
        }
    }
    answer.leave_out(nobody, ("refused call", "refused calls"), "no principal and no address");
    answer.leave_out(timeless, ("refused call", "refused calls"), "no time");
    let mut all: Vec<(&str, Vec<(i64, RowRef)>)> =
        refused.into_iter().map(|(who, rows)| (names.name(who), rows)).collect();
    all.sort_unstable();
    for (who, rows) in all {
        answer.found.extend(bursts(asked, who, rows));
    }
    answer
}

/// An alarm of each burst of one who: it is told from another by when it began.
fn bursts(asked: &Asked<'_>, who: &str, mut rows: Vec<(i64, RowRef)>) -> Vec<Found> {
    rows.sort_unstable();
    let (least, minutes) = (asked.count("least"), asked.number("minutes") as i64);
    let times: Vec<i64> = rows.iter().map(|(time, _)| *time).collect();
    let window = minutes * Timestamp::MINUTE;
    let is_address = who.parse::<IpAddr>().is_ok();
    let field = if is_address { "src.ip" } else { "principal" };
    let one = |burst: std::ops::Range<usize>| {
        let events: Vec<RowRef> = rows[burst.clone()].iter().map(|(_, at)| *at).collect();
        let why = format!(
            "up to {} refused calls of {who} within {minutes} min, where {least} are many; {} in \
             all, {}; calls: {}; codes: {}",
            sliding::most(&times[burst.clone()], window),
            events.len(),
            between(times[burst.start], times[burst.end - 1]),
            often(asked, &events, "event"),
            often(asked, &events, "code"),
        );
        Found {
            who: [who.to_owned(), times[burst.start].to_string()],
            // Anybody on the net tries doors; who has a name has come further.
            level: is_address.then_some(Level::Low),
            about: Some((field, who.to_owned())),
            blanks: vec![("who", who.to_owned())],
            events,
            why,
            ..Found::default()
        }
    };
    sliding::bursts(&times, window, least).into_iter().map(one).collect()
}
