//! Bursts of errors: one principal has many calls of one service fail within a short time. Calls
//! that were refused are the rule's about refused calls.

use super::asked::has_column;
use super::names::{Names, Numbered};
use super::told::{often, span};
use super::{Answer, Asked, Detector, Found, Parameter, sliding};
use crate::detect::sigma::Level;
use crate::event::{Outcome, Timestamp, noun};
use crate::store::{RowRef, Segment};
use std::collections::BTreeMap;

pub(super) const DETECTOR: Detector = Detector {
    id: "error-burst",
    rule: None,
    title: "Many calls of one principal to one service failed",
    description: "A script that does not know the account yet, or one that asks for more than it \
                  gets: errors and throttling, without what was refused.",
    level: Level::Low,
    tags: &["attack.discovery", "attack.t1580"],
    questions: &[
        "What was tried, and did anything of it work: principal:\"{principal}\" outcome:success",
        "Is it a program that always does this: principal:\"{principal}\" outcome:failure",
    ],
    version: "2026-11-28",
    parameters: &[
        Parameter {
            name: "least",
            default: 20.0,
            from: 2.0,
            to: 1e6,
            help: "calls that fail within the window, at least",
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

fn is_asked(segment: &Segment) -> bool {
    has_column(segment, "outcome") && has_column(segment, "principal")
}

fn run(asked: &Asked<'_>) -> Answer {
    let mut answer = asked.answer(is_asked);
    if answer.evaluated == 0 {
        return Answer::unable("no event of this evidence says who acted and how it ended");
    }
    let (mut actors, mut services) = (Names::default(), Names::default());
    let mut failed: BTreeMap<(u32, u32), Vec<(i64, RowRef)>> = BTreeMap::new();
    let (mut nobody, mut timeless) = (0, 0);
    for part in asked.parts(is_asked) {
        let by = Numbered::actors(&part, &mut actors);
        let of = Numbered::new(&part, &["event.source"], &mut services, str::to_owned);
        let format = services.number(&part.segment.schema().id);
        let rows = part.rows("outcome", |outcome| outcome == Outcome::Failure.as_str());
        for row in part.visible(rows).iter() {
            let Some(actor) = by.of(row) else {
                nobody += 1;
                continue;
            };
            if row >= part.segment.timed() {
                timeless += 1;
                continue;
            }
            let key = (actor, of.of(row).unwrap_or(format));
            failed.entry(key).or_default().push((part.segment.at(row), part.at(row)));
        }
    }
    answer.leave_out(nobody, ("failure", "failures"), "no principal");
    answer.leave_out(timeless, ("failure", "failures"), "no time");
    let window = asked.number("minutes") as i64 * Timestamp::MINUTE;
    let least = asked.count("least");
    for ((actor, service), mut rows) in failed {
        rows.sort_unstable();
        let times: Vec<i64> = rows.iter().map(|(time, _)| *time).collect();
        let bursts = sliding::bursts(&times, window, least);
        if bursts.is_empty() {
            continue;
        }
        let most = sliding::most(&times, window);
        let events: Vec<RowRef> =
            bursts.iter().flat_map(|burst| &rows[burst.clone()]).map(|(_, at)| *at).collect();
        let service = services.name(service);
        let number = bursts.len() as u64;
        let why = format!(
            "up to {most} failed calls to {service} within {} min, where {least} are many; {} in \
             {number} {}; {}; codes: {}",
            window / Timestamp::MINUTE,
            events.len(),
            noun(number, "burst", "bursts"),
            span(&bursts, &times),
            often(asked, &events, "code"),
        );
        let who = [actors.name(actor).to_owned(), service.to_owned()];
        answer.found.push(Found { who, events, why, ..Found::default() });
    }
    answer
}
