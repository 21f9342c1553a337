//! Requests that suddenly become many: of a principal, from an address, or of one call, against what
//! was usual of the same before. The rate is that of whole minutes.
//!
//! Of a principal that nobody has known for long, nobody knows what is usual: what it asks for is much
//! if it would be of any person, minute after minute. Addresses may be those of many, and calls are:
//! where logs begin, all of them are new, so nothing is said of theirs.

mod rising;

use super::asked::{Part, are_requests};
use super::curves::{Curves, Steps};
use super::names::{Names, Numbered};
use super::series::{Series, events};
use super::{Answer, Asked, Detector, Found, Parameter};
use crate::detect::sigma::Level;
use crate::event::{Timestamp, grouped, noun};
use rising::{Judged, Peak, Settings, curves, judged};
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
    rule: None,
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
        parameter(
            "alone",
            120.0,
            (1.0, 1e9),
            "requests a minute in the fast average of a principal with less history, at least",
        ),
    ],
    reads: None,
    run,
};

/// Between a call and its format.
const OF: &str = " of ";

/// Whose requests are counted: the columns that name it, the first that says anything.
struct Kind {
    what: &'static str,
    /// The field that an alarm is about.
    field: &'static str,
    columns: &'static [&'static str],
    /// Whether anything is said of those with little history.
    is_one: bool,
}

const KINDS: [Kind; 3] = [
    Kind { what: "principal", field: "principal", columns: &["role", "principal"], is_one: true },
    Kind { what: "address", field: "src.ip", columns: &["src.ip"], is_one: false },
    Kind { what: "call", field: "event", columns: &["event"], is_one: false },
];

impl Kind {
    /// A call is one of its format; principals and addresses are the same everywhere.
    fn numbered<'p>(&self, part: &'p Part, names: &mut Names) -> Numbered<'p> {
        let format = part.segment.schema().id.clone();
        Numbered::new(part, self.columns, names, |name| match self.what {
            "call" => format!("{name}{OF}{format}"),
            _ => name.to_owned(),
        })
    }

    /// What an alarm is about: of a call its name alone.
    fn about(&self, who: &str) -> (&'static str, String) {
        let name = match self.what {
            "call" => who.rsplit_once(OF).map_or(who, |(name, _)| name),
            _ => who,
        };
        (self.field, name.to_owned())
    }
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
        alone: None,
    };
    let mut young = 0;
    for kind in &KINDS {
        let settings = Settings { alone: kind.is_one.then(|| asked.number("alone")), ..settings };
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
        let number = minutes.len() as u64;
        let why = format!(
            "{} requests of the {} {who} in the minute of {} {}; {number} such {}",
            grouped(peak.rate as u64),
            kind.what,
            Timestamp(peak.minute.saturating_mul(Timestamp::MINUTE)).to_rfc3339(0),
            peak.against(settings),
            noun(number, "minute", "minutes"),
        );
        answer.found.push(Found {
            who: [who.clone(), kind.what.to_owned()],
            about: Some(kind.about(who)),
            events: events.remove(who.as_str()).unwrap_or_default(),
            why,
            curves: Some(curves.clone()),
            ..Found::default()
        });
    }
}
