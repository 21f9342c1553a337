//! How much somebody took: bytes of objects, of answers and of flows, an hour at a time, against what
//! the same somebody usually takes.

mod usual;

use super::asked::{Part, has_column};
use super::egress::{are_flows, is_refused};
use super::names::{Names, Numbered};
use super::series::{Series, events};
use super::{Answer, Asked, Detector, Found, Parameter};
use crate::detect::sigma::Level;
use crate::event::Timestamp;
use crate::store::{Cell, Segment};
use std::collections::BTreeMap;
use std::net::IpAddr;
use usual::{Much, Settings, judged};

pub(super) const DETECTOR: Detector = Detector {
    id: "retrieval-volume",
    rule: None,
    title: "Much more was taken than is usual",
    description: "In an hour a principal or an address got far more bytes than in the hours before, or \
                  in its other hours: objects of S3, answers of load balancers and of CloudFront, \
                  flows.",
    level: Level::Medium,
    tags: &["attack.exfiltration", "attack.collection", "attack.t1530"],
    questions: &[
        "What was taken: principal:\"{principal}\" class:data-read",
        "Is it a backup, an export or a new job",
        "Where did it go: ip:{src.ip}",
    ],
    version: "2026-11-28",
    parameters: &[
        Parameter {
            name: "megabytes",
            default: 100.0,
            from: 0.0,
            to: 1e9,
            help: "million bytes in the hour, at least",
        },
        Parameter {
            name: "alone",
            default: 1000.0,
            from: 0.0,
            to: 1e9,
            help: "the same, where there are too few hours before to know what is usual",
        },
        Parameter {
            name: "deviations",
            default: 8.0,
            from: 0.0,
            to: 1e6,
            help: "median deviations above the median",
        },
        Parameter {
            name: "history",
            default: 6.0,
            from: 2.0,
            to: 1e6,
            help: "hours in which anything was taken, at least, to know what is usual",
        },
    ],
    reads: None,
    run,
};

fn is_asked(segment: &Segment) -> bool {
    has_column(segment, "bytes.out")
}

/// Who got the bytes: of a flow the other end, else whoever asked.
fn takers<'p>(part: &'p Part, names: &mut Names) -> Numbered<'p> {
    let columns: &[&str] =
        if are_flows(&part.segment) { &["dst.ip"] } else { &["role", "principal", "src.ip"] };
    Numbered::new(part, columns, names, str::to_owned)
}

/// What was taken in a row. Packets that were refused did not arrive.
fn bytes(part: &Part, row: usize) -> u64 {
    match part.segment.value(row, "bytes.out") {
        Cell::Int(bytes) if !(are_flows(&part.segment) && is_refused(part, row)) => {
            u64::try_from(bytes).unwrap_or(0)
        }
        _ => 0,
    }
}

/// What is within our own networks did not leave; where nobody says which those are, private
/// addresses are taken for them.
fn stays(asked: &Asked<'_>, who: &str) -> bool {
    let Ok(address) = who.parse::<IpAddr>() else { return false };
    match asked.given.estate.filter(|estate| !estate.networks().is_empty()) {
        Some(estate) => estate.is_own_address(address),
        None => match address {
            IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
            IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
        },
    }
}

fn run(asked: &Asked<'_>) -> Answer {
    let mut answer = asked.answer(is_asked);
    if answer.evaluated == 0 {
        return Answer::unable("no event of this evidence says how many bytes were sent");
    }
    let mega = |name| (asked.number(name) * 1e6) as u64;
    let settings = Settings {
        least: mega("megabytes").max(1),
        alone: mega("alone").max(1),
        deviations: asked.number("deviations"),
        history: asked.count("history"),
    };
    let series = series(asked, &mut answer);
    let mut inside = 0;
    let (mut hours, mut told) = (BTreeMap::new(), BTreeMap::new());
    for (who, points) in series.finish() {
        let Some(much): Option<Much> = judged(&points, &settings) else { continue };
        if stays(asked, &who) {
            inside += 1;
            continue;
        }
        told.insert(who.clone(), format!("{who} got {}", much.told(&settings)));
        hours.insert(who, much.hours);
    }
    let why = "of our own networks, or private where none are named";
    answer.leave_out(inside, ("address", "addresses"), why);
    let is = |part: &Part, row: usize| bytes(part, row) > 0;
    let mut events = events(asked, (is_asked, takers), (&hours, Timestamp::HOUR), is);
    for (who, why) in told {
        let events = events.remove(&who).unwrap_or_default();
        // Of a flow it is not the address that its events name first.
        let about = who.parse::<IpAddr>().is_ok().then(|| ("ip", who.clone()));
        let who = [who, String::new()];
        answer.found.push(Found { who, about, events, why, ..Found::default() });
    }
    answer
}

/// How much whom took in each hour; the answer says what belongs to none.
fn series(asked: &Asked<'_>, answer: &mut Answer) -> Series {
    let mut series = Series::default();
    let (mut nobody, mut timeless) = (0, 0);
    for part in asked.parts(is_asked) {
        let of = takers(&part, &mut series.names);
        for (row, time) in part.timed() {
            match (bytes(&part, row), of.of(row)) {
                (0, _) => {}
                (_, None) => nobody += 1,
                (bytes, Some(who)) => series.add(who, time.div_euclid(Timestamp::HOUR), bytes),
            }
        }
        timeless += part.timeless().filter(|row| bytes(&part, *row) > 0).count() as u64;
    }
    answer.leave_out(nobody, ("event", "events"), "nobody who took it");
    answer.leave_out(timeless, ("event", "events"), "no time");
    series
}
