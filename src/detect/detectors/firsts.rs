//! What a principal did for the first time, after long enough without: a service, a Region, an
//! address. The first part of what is known of a principal says what is usual of it.

use super::asked::{Part, are_requests, has_column};
use super::names::{Names, Numbered};
use super::{Answer, Asked, Detector, Found, Parameter, told};
use crate::detect::sigma::Level;
use crate::event::{Timestamp, noun};
use crate::store::{RowRef, Segment};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap};

pub(super) const DETECTOR: Detector = Detector {
    id: "first-seen",
    rule: None,
    title: "A principal did something for the first time",
    description: "A service, a Region or an address that the principal had not used in the first \
                  part of the evidence of it. By itself this says little.",
    level: Level::Low,
    tags: &["attack.initial-access", "attack.t1078.004"],
    questions: &[
        "What was done there: principal:\"{principal}\"",
        "Did others of ours use it before",
        "Is there a change that explains it, such as a move or a new service",
    ],
    version: "2026-11-28",
    parameters: &[
        Parameter {
            name: "learning",
            default: 50.0,
            from: 1.0,
            to: 99.0,
            help: "percent of a principal's time in which everything is usual",
        },
        Parameter {
            name: "hours",
            default: 12.0,
            from: 0.0,
            to: 1e6,
            help: "hours of that, at least",
        },
        Parameter {
            name: "least",
            default: 50.0,
            from: 1.0,
            to: 1e9,
            help: "events of a principal, at least",
        },
    ],
    reads: None,
    run,
};

/// Its column, and what people call one of it and several.
type Kind = (&'static str, &'static str, &'static str);

const KINDS: [Kind; 3] = [
    ("event.source", "service", "services"),
    ("region", "Region", "Regions"),
    ("src.ip", "address", "addresses"),
];

/// Pairs of codes for which a table of bits is made, at most.
const TABLE: usize = 1 << 22;

fn is_asked(segment: &Segment) -> bool {
    are_requests(segment) && (has_column(segment, "principal") || has_column(segment, "role"))
}

/// What is known of a principal.
#[derive(Clone, Copy)]
struct Known {
    first: i64,
    last: i64,
    events: u64,
}

fn run(asked: &Asked<'_>) -> Answer {
    let mut answer = asked.answer(is_asked);
    if answer.evaluated == 0 {
        return Answer::unable("no event of this evidence says who asked for what");
    }
    let mut actors = Names::default();
    let known = known(asked, &mut actors, &mut answer);
    let (learning, hours) = (asked.number("learning") / 100.0, asked.number("hours"));
    let least = asked.count("least") as u64;
    // The end of what is usual, of those who are known well enough.
    let usual: Vec<Option<i64>> = known
        .iter()
        .map(|one| {
            let one = one.filter(|one| one.events >= least)?;
            let span = one.last.saturating_sub(one.first) as f64 * learning;
            let enough = span >= hours * Timestamp::HOUR as f64;
            enough.then(|| one.first.saturating_add(span as i64))
        })
        .collect();
    // Who never acted, or is a service, is no principal that anything could be said of.
    let strange =
        known.iter().zip(&usual).filter(|(known, usual)| known.is_some() && usual.is_none());
    let strange = strange.count() as u64;
    answer.leave_out(
        strange,
        ("principal", "principals"),
        &format!("fewer than {least} events, or less than {hours} hours to learn from"),
    );
    for kind in KINDS {
        tell(asked, kind, &mut actors, &usual, &mut answer);
    }
    answer
}

/// AWS's own services ask from wherever they are.
fn is_somebody(kind: &str) -> bool {
    kind != "aws_service"
}

/// What is known of everybody by their numbers; the answer says which events are nobody's.
fn known(asked: &Asked<'_>, actors: &mut Names, answer: &mut Answer) -> Vec<Option<Known>> {
    let mut known: Vec<Option<Known>> = Vec::new();
    let (mut nobody, mut timeless) = (0, 0);
    for part in asked.parts(is_asked) {
        let by = Numbered::actors(&part, actors);
        known.resize(actors.len(), None);
        let services = part.rows("principal.kind", |kind| !is_somebody(kind));
        for (row, time) in part.timed().filter(|(row, _)| !services.get(*row)) {
            let Some(actor) = by.of(row) else {
                nobody += 1;
                continue;
            };
            let one =
                known[actor as usize].get_or_insert(Known { first: time, last: time, events: 0 });
            one.first = one.first.min(time);
            one.last = one.last.max(time);
            one.events += 1;
        }
        timeless += part.timeless().filter(|row| !services.get(*row)).count() as u64;
    }
    answer.leave_out(nobody, ("event", "events"), "no principal");
    answer.leave_out(timeless, ("event", "events"), "no time");
    known
}

type Firsts = HashMap<(u32, u32), (i64, RowRef), RandomState>;

/// Makes an alarm of each principal that used something of this kind for the first time too late.
fn tell(
    asked: &Asked<'_>,
    (column, one, several): Kind,
    actors: &mut Names,
    usual: &[Option<i64>],
    answer: &mut Answer,
) {
    let (mut values, mut firsts) = (Names::default(), Firsts::default());
    for part in asked.parts(is_asked) {
        find(&part, column, (actors, &mut values), &mut firsts);
    }
    let mut late: BTreeMap<u32, Vec<(i64, RowRef, u32)>> = BTreeMap::new();
    for ((actor, value), (time, at)) in firsts {
        if usual.get(actor as usize).copied().flatten().is_some_and(|usual| time > usual) {
            late.entry(actor).or_default().push((time, at, value));
        }
    }
    for (actor, mut firsts) in late {
        firsts.sort_unstable();
        let number = firsts.len() as u64;
        let names = firsts.iter().map(|(.., value)| values.name(*value));
        let end = usual.get(actor as usize).copied().flatten().unwrap_or_default();
        let why = format!(
            "{number} {} not used before {}: {}",
            noun(number, one, several),
            Timestamp(end).to_rfc3339(0),
            told::some(names),
        );
        let who = [actors.name(actor).to_owned(), one.to_owned()];
        let events = firsts.iter().map(|(_, at, _)| *at).collect();
        answer.found.push(Found { who, events, why, ..Found::default() });
    }
}

/// Takes the first event of each principal and value.
fn find(
    part: &Part,
    column: &str,
    (actors, values): (&mut Names, &mut Names),
    firsts: &mut Firsts,
) {
    let by = Numbered::actors(part, actors);
    let of = Numbered::new(part, &[column], values, str::to_owned);
    let width = values.len();
    let mut seen = vec![0_u64; (actors.len() * width).min(TABLE) / 64 + 1];
    let services = part.rows("principal.kind", |kind| !is_somebody(kind));
    for (row, time) in part.timed().filter(|(row, _)| !services.get(*row)) {
        let (Some(actor), Some(value)) = (by.of(row), of.of(row)) else { continue };
        // Rows of a segment ascend: only the first of a pair can be the first of all.
        let pair = actor as usize * width + value as usize;
        if let Some(word) = seen.get_mut(pair / 64) {
            if *word & 1 << (pair % 64) != 0 {
                continue;
            }
            *word |= 1 << (pair % 64);
        }
        let here = (time, part.at(row));
        let first = firsts.entry((actor, value)).or_insert(here);
        *first = (*first).min(here);
    }
}
