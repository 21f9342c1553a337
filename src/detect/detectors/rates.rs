//! Requests that suddenly become many: of a principal, from an address, or of one call, against what
//! was usual of the same before. The rate is that of whole minutes.

use super::asked::{Part, are_requests};
use super::curves::{Averages, Curves, Spread, Steps};
use super::names::{Names, Numbered};
use super::series::{Point, Series, events};
use super::{Answer, Asked, Detector, Found, Parameter};
use crate::detect::sigma::Level;
use crate::event::{Timestamp, grouped, noun};
use std::collections::{BTreeMap, BTreeSet};

const fn parameter(
    name: &'static str,
    default: f64,
    (from, to): (f64, f64),
    help: &'static str,
) -> Parameter {
    Parameter { name, default, from, to, help }
}

pub(super) const DETECTOR: Detector = Detector {
    id: "request-rate",
    title: "Requests became many more than was usual",
    description: "A principal, an address or a call has far more requests a minute than before: a \
                  tool at work, something that tries everything, or a job that is new.",
    level: Level::Low,
    tags: &["attack.discovery", "attack.collection"],
    questions: &[
        "What was asked for: principal:\"{principal}\"",
        "Is there a change that explains it, such as a new release or a new job",
        "How did it end: principal:\"{principal}\" outcome:denied",
    ],
    version: "2026-11-28",
    parameters: &[
        parameter("fast", 12.0, (1.0, 1000.0), "minutes of the fast average"),
        parameter("slow", 26.0, (2.0, 1000.0), "minutes of the slow average"),
        parameter("signal", 9.0, (1.0, 1000.0), "minutes of the average of their difference"),
        parameter("sigmas", 3.0, (0.0, 1000.0), "what the histogram has to be of its own spread"),
        parameter("z", 6.0, (0.0, 1000.0), "standard deviations of the rate above its mean"),
        parameter("least", 30.0, (1.0, 1e9), "requests in the minute, at least"),
        parameter("history", 60.0, (1.0, 1e6), "minutes of history, at least"),
    ],
    reads: None,
    run,
};

/// Whose requests are counted: the columns that name it, the first that says anything.
struct Kind {
    what: &'static str,
    columns: &'static [&'static str],
}

const KINDS: [Kind; 3] = [
    Kind { what: "principal", columns: &["role", "principal"] },
    Kind { what: "address", columns: &["src.ip"] },
    Kind { what: "call", columns: &["event"] },
];

impl Kind {
    /// A call is one of its format; principals and addresses are the same everywhere.
    fn numbered<'p>(&self, part: &'p Part, names: &mut Names) -> Numbered<'p> {
        let format = part.segment.schema().id.clone();
        Numbered::new(part, self.columns, names, |name| match self.what {
            "call" => format!("{name} of {format}"),
            _ => name.to_owned(),
        })
    }
}

#[derive(Debug, Clone, Copy)]
struct Settings {
    steps: Steps,
    sigmas: f64,
    z: f64,
    least: u64,
    history: f64,
}

fn run(asked: &Asked<'_>) -> Answer {
    let mut answer = asked.answer(are_requests);
    if answer.evaluated == 0 {
        return Answer::unable("there are no requests in this evidence, with what sent them");
    }
    let settings = Settings {
        steps: Steps {
            fast: asked.number("fast"),
            slow: asked.number("slow"),
            signal: asked.number("signal"),
        },
        sigmas: asked.number("sigmas"),
        z: asked.number("z"),
        least: asked.number("least") as u64,
        history: asked.number("history"),
    };
    let mut young = 0;
    for kind in &KINDS {
        let series = series(asked, kind, &mut answer);
        let mut rose = BTreeMap::new();
        for (who, points) in series.finish() {
            match judged(&points, &settings) {
                Judged::Rose(minutes, peak) => {
                    let mut curves = curves(&points, settings.steps, peak.minute);
                    (curves.of, curves.z) = (format!("{} {who}", kind.what), peak.z);
                    rose.insert(who, (minutes, peak, curves));
                }
                Judged::Young => young += 1,
                Judged::Usual => {}
            }
        }
        tell(asked, kind, &settings, &rose, &mut answer);
    }
    let timeless = asked.parts(are_requests).map(|part| part.timeless().count() as u64).sum();
    answer.leave_out(timeless, ("request", "requests"), "no time");
    answer.leave_out(
        young,
        ("series", "series"),
        &format!("less than {} minutes of history before it became many", settings.history),
    );
    answer
}

/// Requests of each minute; the answer says how many are nobody's of this kind.
fn series(asked: &Asked<'_>, kind: &Kind, answer: &mut Answer) -> Series {
    let (mut series, mut nobody) = (Series::default(), 0);
    for part in asked.parts(are_requests) {
        let of = kind.numbered(&part, &mut series.names);
        for (row, time) in part.timed() {
            match of.of(row) {
                Some(who) => series.add(who, time.div_euclid(Timestamp::MINUTE), 1),
                None => nobody += 1,
            }
        }
    }
    answer.leave_out(nobody, ("request", "requests"), &format!("no {}", kind.what));
    series
}

type Rose = BTreeMap<String, (BTreeSet<i64>, Peak, Curves)>;

/// Makes alarms of what rose, with the events of those minutes.
fn tell(asked: &Asked<'_>, kind: &Kind, settings: &Settings, rose: &Rose, answer: &mut Answer) {
    if rose.is_empty() {
        return;
    }
    let minutes = rose.iter().map(|(who, (minutes, ..))| (who.clone(), minutes.clone())).collect();
    let mut events = events(
        asked,
        (are_requests, |part, names| kind.numbered(part, names)),
        (&minutes, Timestamp::MINUTE),
        |_, _| true,
    );
    for (who, (minutes, peak, curves)) in rose {
        let of_other = minutes.len() as u64;
        let why = format!(
            "{} requests of the {} {who} in the minute of {} (at least {}); z-score {:.1} (at least \
             {}) against a mean of {:.2} in the {} minutes before; MACD {:.1} is {:.1} above its \
             signal, {:.1} times what is usual (at least {}); {of_other} such {}",
            grouped(peak.rate as u64),
            kind.what,
            Timestamp(peak.minute.saturating_mul(Timestamp::MINUTE)).to_rfc3339(0),
            settings.least,
            peak.z,
            settings.z,
            peak.mean,
            grouped(peak.history as u64),
            peak.difference,
            peak.histogram,
            peak.sigmas,
            settings.sigmas,
            noun(of_other, "minute", "minutes"),
        );
        answer.found.push(Found {
            who: [who.clone(), kind.what.to_owned()],
            events: events.remove(who.as_str()).unwrap_or_default(),
            why,
            curves: Some(curves.clone()),
            ..Found::default()
        });
    }
}

/// What became of one series.
#[derive(Debug, PartialEq)]
enum Judged {
    Usual,
    /// It became many before anybody knew what was usual.
    Young,
    /// The minutes in which it rose, and the one that stands out most.
    Rose(BTreeSet<i64>, Peak),
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Peak {
    minute: i64,
    rate: f64,
    z: f64,
    /// Of the minutes before.
    mean: f64,
    history: f64,
    difference: f64,
    histogram: f64,
    /// The histogram in its own standard deviations.
    sigmas: f64,
}

/// What the histogram is said to spread by at least: single requests move it by less.
const CHANCE: f64 = 0.5;

/// `points` ascend; a minute without one has no request.
fn judged(points: &[Point], settings: &Settings) -> Judged {
    if points.iter().all(|(_, rate)| *rate < settings.least) {
        return Judged::Usual;
    }
    let mut averages = Averages::new(settings.steps);
    let (mut rates, mut histograms) = (Spread::default(), Spread::default());
    let (mut rose, mut best, mut young) = (BTreeSet::new(), None::<Peak>, false);
    let mut before: Option<i64> = None;
    for (minute, count) in points {
        let quiet = before.map_or(0, |before| minute.abs_diff(before) - 1);
        let known = histograms.number();
        averages.quiet(quiet, |averages| histograms.add(averages.histogram()));
        histograms.add_zeros(quiet - (histograms.number() - known) as u64);
        rates.add_zeros(quiet);
        before = Some(*minute);
        let rate = *count as f64;
        averages.step(rate);
        let (mean, history) = (rates.mean(), rates.number());
        // A few requests by chance are no spread, and neither is none at all.
        let deviation = rates.deviation().max(mean.sqrt()).max(1.0);
        let z = (rate - mean) / deviation;
        let sigmas = averages.histogram() / histograms.deviation().max(CHANCE);
        let is_high = *count >= settings.least && z >= settings.z && sigmas >= settings.sigmas;
        rates.add(rate);
        histograms.add(averages.histogram());
        if !is_high {
            continue;
        }
        if history < settings.history {
            young = true;
            continue;
        }
        rose.insert(*minute);
        let (difference, histogram) = (averages.difference(), averages.histogram());
        let minute = *minute;
        let peak = Peak { minute, rate, z, mean, history, difference, histogram, sigmas };
        if best.is_none_or(|best| peak.z > best.z) {
            best = Some(peak);
        }
    }
    match best {
        Some(peak) => Judged::Rose(rose, peak),
        None if young => Judged::Young,
        None => Judged::Usual,
    }
}

/// Minutes before and after the one that stands out.
const AROUND: (i64, i64) = (120, 60);

/// The curves around this minute, no longer than the series.
fn curves(points: &[Point], steps: Steps, peak: i64) -> Curves {
    let ends = points.first().zip(points.last()).map_or((0, 0), |(first, last)| (first.0, last.0));
    let from = peak.saturating_sub(AROUND.0).max(ends.0);
    let to = peak.saturating_add(AROUND.1).min(ends.1);
    let start = Timestamp(from.saturating_mul(Timestamp::MINUTE));
    let place = peak.saturating_sub(from) as usize;
    let step = Timestamp::MINUTE;
    let mut curves = Curves { start, step, steps, peak: place, ..Curves::default() };
    let mut averages = Averages::new(steps);
    let earlier = points.partition_point(|(minute, _)| *minute < from);
    let mut before: Option<i64> = None;
    for (minute, count) in &points[..earlier] {
        averages.quiet(before.map_or(0, |before| minute.abs_diff(before) - 1), |_| {});
        averages.step(*count as f64);
        before = Some(*minute);
    }
    averages.quiet(before.map_or(0, |before| from.abs_diff(before) - 1), |_| {});
    let mut later = points[earlier..].iter().peekable();
    for minute in from..=to {
        let here = later.next_if(|(of, _)| *of == minute);
        let rate = here.map_or(0.0, |(_, count)| *count as f64);
        averages.step(rate);
        curves.rate.push(rate);
        curves.fast.push(averages.fast);
        curves.slow.push(averages.slow);
        curves.signal.push(averages.signal);
    }
    curves
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SETTINGS: Settings = Settings {
        steps: Steps { fast: 12.0, slow: 26.0, signal: 9.0 },
        sigmas: 3.0,
        z: 6.0,
        least: 30,
        history: 60.0,
    };

    /// A request a minute, and many in one.
    fn steady(many: u64) -> Vec<Point> {
        (0..200).map(|minute| (minute, if minute == 150 { many } else { 1 })).collect()
    }

    #[test]
    fn what_is_many_for_one_is_usual_for_another() {
        let Judged::Rose(minutes, peak) = judged(&steady(40), &SETTINGS) else { panic!() };
        assert_eq!((minutes.into_iter().collect::<Vec<_>>(), peak.minute), (vec![150], 150));
        assert!((peak.mean - 1.0).abs() < 1e-9 && (peak.z - 39.0).abs() < 1e-9, "{peak:?}");
        assert_eq!(judged(&steady(29), &SETTINGS), Judged::Usual, "fewer than the least");
        let busy: Vec<Point> = (0..200).map(|minute| (minute, 100 + minute as u64 % 7)).collect();
        assert_eq!(judged(&busy[60..], &SETTINGS), Judged::Young, "its beginning");
        let settings = Settings { history: 1.0, ..SETTINGS };
        let grown: Vec<Point> = busy.iter().map(|(minute, rate)| (*minute, rate / 30)).collect();
        assert_eq!(judged(&grown, &settings), Judged::Usual);
        assert_eq!(judged(&[(0, 500)], &SETTINGS), Judged::Young);
    }

    #[test]
    fn curves_are_those_around_the_peak() {
        let curves = curves(&steady(40), SETTINGS.steps, 150);
        assert_eq!(curves.start, Timestamp(30 * Timestamp::MINUTE));
        assert_eq!(curves.rate.len(), 170);
        assert_eq!((curves.rate[119], curves.rate[120]), (1.0, 40.0));
        assert_eq!((curves.peak, curves.time(120)), (120, Timestamp(150 * Timestamp::MINUTE)));
        assert!(curves.fast[120] > curves.slow[120] && curves.signal[120] > 0.0);
        // Times as far apart as they can be are no series of minutes.
        let points = [(-150_000_000, 1), (0, 40), (150_000_000, 1)];
        assert_eq!(super::curves(&points, SETTINGS.steps, 0).rate.len(), 181);
        assert!(matches!(judged(&points, &SETTINGS), Judged::Rose(..)));
    }

    proptest! {
        #[test]
        fn minutes_left_out_are_minutes_without_requests(
            rates in prop::collection::vec(prop_oneof![Just(0_u64), 0..80_u64], 1..300),
        ) {
            let all: Vec<Point> = rates.iter().enumerate().map(|(at, n)| (at as i64, *n)).collect();
            let first = all.iter().position(|(_, rate)| *rate > 0).unwrap_or(0);
            let some: Vec<Point> = all[first..].iter().copied().filter(|(_, n)| *n > 0).collect();
            match (judged(&all[first..], &SETTINGS), judged(&some, &SETTINGS)) {
                (Judged::Rose(one, _), Judged::Rose(other, _)) => prop_assert_eq!(one, other),
                (one, other) => prop_assert_eq!(one, other),
            }
        }
    }
}
