//! How much somebody took: bytes of objects, of answers and of flows, an hour at a time, against what
//! the same somebody usually takes.

use super::asked::{Part, has_column};
use super::egress::are_flows;
use super::names::{Names, Numbered};
use super::series::{Point, Series, events};
use super::{Answer, Asked, Detector, Found, Parameter};
use crate::detect::sigma::Level;
use crate::event::{Outcome, Timestamp, noun, size};
use crate::store::{Cell, Segment};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

pub(super) const DETECTOR: Detector = Detector {
    id: "retrieval-volume",
    title: "Much more was taken than is usual",
    description: "In an hour a principal or an address got far more bytes than in its other hours: \
                  objects of S3, answers of load balancers and of CloudFront, flows.",
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
            help: "the same, where there are too few hours to know what is usual",
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
        Cell::Int(bytes) if !is_refused(part, row) => u64::try_from(bytes).unwrap_or(0),
        _ => 0,
    }
}

/// Logs that do not say whether a flow was let through, such as those of transit gateways, are of
/// what was.
fn is_refused(part: &Part, row: usize) -> bool {
    let did_arrive =
        |outcome| [Outcome::Success, Outcome::Unknown].map(Outcome::as_str).contains(&outcome);
    are_flows(&part.segment)
        && matches!(part.segment.value(row, "outcome"), Cell::Text(outcome) if !did_arrive(outcome))
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

#[derive(Debug, Clone, Copy)]
struct Settings {
    least: u64,
    alone: u64,
    deviations: f64,
    history: usize,
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
        let Some(much) = judged(&points, &settings) else { continue };
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
        answer.found.push(Found { who: [who, String::new()], events, why, ..Found::default() });
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

/// Hours in which much was taken.
#[derive(Debug, PartialEq)]
struct Much {
    hours: BTreeSet<i64>,
    /// The hour in which most was, and how much.
    most: Point,
    all: u64,
    /// The median and the median deviation of the hours, and how many there are; `None` if they are
    /// too few.
    usual: Option<(u64, u64, usize)>,
}

fn judged(points: &[Point], settings: &Settings) -> Option<Much> {
    let usual = (points.len() >= settings.history).then(|| {
        let median = median(points.iter().map(|(_, bytes)| *bytes).collect());
        let deviation = self::median(points.iter().map(|(_, b)| b.abs_diff(median)).collect());
        (median, deviation, points.len())
    });
    let bound = match usual {
        Some((median, deviation, _)) => {
            // As if it were never steadier than by a tenth.
            let deviation = deviation.max(median / 10) as f64;
            let bound = median as f64 + settings.deviations * deviation;
            (bound as u64).max(settings.least)
        }
        None => settings.alone,
    };
    let much: Vec<&Point> = points.iter().filter(|(_, bytes)| *bytes >= bound).collect();
    let most = **much.iter().max_by_key(|(hour, bytes)| (*bytes, -hour))?;
    let all = much.iter().fold(0_u64, |sum, (_, bytes)| sum.saturating_add(*bytes));
    Some(Much { hours: much.into_iter().map(|(hour, _)| *hour).collect(), most, all, usual })
}

/// The value in the middle, the lower of two; 0 of none.
fn median(mut values: Vec<u64>) -> u64 {
    let middle = values.len().saturating_sub(1) / 2;
    if values.is_empty() { 0 } else { *values.select_nth_unstable(middle).1 }
}

impl Much {
    fn told(&self, settings: &Settings) -> String {
        let (hour, bytes) = self.most;
        let hours = self.hours.len() as u64;
        let against = match self.usual {
            Some((median, deviation, number)) => format!(
                "at least {} and {} median deviations above the median; of its {number} hours the \
                 median is {}, the median deviation {}",
                size(settings.least),
                settings.deviations,
                size(median),
                size(deviation),
            ),
            None => format!("at least {}, with too few hours to compare", size(settings.alone)),
        };
        format!(
            "{} in the hour of {} ({against}); {} in {hours} such {}",
            size(bytes),
            Timestamp(hour.saturating_mul(Timestamp::HOUR)).to_rfc3339(0),
            size(self.all),
            noun(hours, "hour", "hours"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Settings = Settings { least: 100, alone: 1000, deviations: 8.0, history: 6 };

    fn hours(bytes: &[u64]) -> Vec<Point> {
        bytes.iter().enumerate().map(|(hour, bytes)| (hour as i64, *bytes)).collect()
    }

    #[test]
    fn much_is_what_is_much_for_whoever_takes_it() {
        let found = |bytes: &[u64]| {
            judged(&hours(bytes), &SETTINGS).map(|much| much.hours.into_iter().collect::<Vec<_>>())
        };
        assert_eq!(found(&[10, 12, 9, 11, 10, 500, 10]), Some(vec![5]));
        assert_eq!(found(&[10, 12, 9, 11, 10, 99, 10]), None, "less than the least");
        assert_eq!(found(&[400, 450, 390, 410, 400, 500, 380]), None, "as usual");
        assert_eq!(found(&[400, 400, 400, 400, 400, 719, 400]), None, "8 tenths of the median");
        assert_eq!(found(&[400, 400, 400, 400, 400, 720, 400]), Some(vec![5]));
        assert_eq!(found(&[500]), None, "too little to say");
        assert_eq!(found(&[5, 1000]), Some(vec![1]), "much for anybody");
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn the_middle_is_the_lower_of_two() {
        assert_eq!(median(vec![4, 1, 3, 2]), 2);
        assert_eq!(median(vec![5, 1, 3]), 3);
        assert_eq!(median(vec![]), 0);
    }
}
