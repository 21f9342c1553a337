//! Sources that were steady and fell silent: much longer than they ever are, but for a few times.

use super::{Answer, Asked, Detector, Found, Parameter};
use crate::detect::sigma::Level;
use crate::event::Timestamp;
use crate::verify::presence::{Basis, EndState, Given, Lane, look};

pub(super) const DETECTOR: Detector = Detector {
    id: "silence",
    rule: None,
    title: "A source fell silent",
    description: "There are no events of a source, an account and a Region for much longer than is \
                  usual of them: nothing happened, it was switched off, or logs are missing.",
    level: Level::Low,
    tags: &["attack.defense-evasion", "attack.t1562.008"],
    questions: &[
        "Did somebody switch it off before: class:audit-system outcome:success",
        "Do digests prove that there was nothing (trailcase verify)",
        "Were other sources of the account silent then too (trailcase coverage --gaps)",
    ],
    version: "2026-11-28",
    parameters: &[
        Parameter {
            name: "times",
            default: 60.0,
            from: 10.0,
            to: 1e9,
            help: "how many times longer than usual",
        },
        Parameter {
            name: "minutes",
            default: 120.0,
            from: 5.0,
            to: 1e9,
            help: "minutes, at least",
        },
        Parameter {
            name: "habit",
            default: 2.0,
            from: 1.0,
            to: 1e6,
            help: "times that a source may fall silent so long; more often it is a habit",
        },
    ],
    reads: None,
    run,
};

/// From when to when, in nanoseconds; how one knows.
type Silence = (i64, i64, Basis);

fn run(asked: &Asked<'_>) -> Answer {
    let mut answer = asked.answer(|_| true);
    // The evidence ends with its newest event, whatever a clock says.
    let now = Timestamp(i64::MAX);
    let given = Given { covered: asked.given.covered, periods: &[], now };
    let Some(presence) = look(asked.snapshot, &given, asked.cancel) else { return answer };
    if presence.lanes.iter().all(|lane| lane.usual.is_none()) {
        return Answer::unable("no source has enough events to know what is usual");
    }
    let (mut strange, mut habits) = (0, 0);
    for lane in &presence.lanes {
        let Some(usual) = lane.usual else {
            strange += 1;
            continue;
        };
        let bound = (usual as f64 * asked.number("times"))
            .max(asked.number("minutes") * Timestamp::MINUTE as f64);
        let long: Vec<Silence> = silences(lane, presence.newest)
            .filter(|(from, to, _)| to.saturating_sub(*from) as f64 >= bound)
            .collect();
        if long.len() > asked.count("habit") {
            habits += 1;
            continue;
        }
        answer.found.extend(long.into_iter().map(|silence| found(asked, lane, silence, usual)));
    }
    answer.leave_out(strange, ("source", "sources"), "too few events to know what is usual");
    answer.leave_out(habits, ("source", "sources"), "silent so long more often than a few times");
    answer
}

/// The gaps of a lane, and its end, if it should have been heard of by now; without what digests
/// prove to be empty.
fn silences(lane: &Lane, newest: Option<Timestamp>) -> impl Iterator<Item = Silence> + '_ {
    let gaps = lane.gaps.iter().map(|gap| (gap.from, gap.to, gap.basis));
    let end = lane.end.filter(|end| end.state == EndState::Silent).zip(lane.span).zip(newest);
    let end = end.map(|((end, (_, last)), newest)| (last, newest.0, end.basis));
    gaps.chain(end).filter(|(.., basis)| *basis != Basis::ProvenEmpty)
}

fn found(asked: &Asked<'_>, lane: &Lane, (from, to, basis): Silence, usual: i64) -> Found {
    let place = [lane.place.account.as_deref(), lane.place.region.as_deref()];
    let place = place.map(Option::unwrap_or_default);
    let minutes = |nanos: i64| nanos / Timestamp::MINUTE;
    let [first, last] = [from, to].map(Timestamp);
    let why = format!(
        "no event of {} {} for {} minutes, from {} to {}, where {} are usual ({} times, at least {}); \
         known from: {basis}",
        lane.format,
        place.join(" "),
        minutes(to.saturating_sub(from)),
        first.to_rfc3339(0),
        last.to_rfc3339(0),
        minutes(usual),
        to.saturating_sub(from) / usual.max(1),
        asked.number("times"),
    );
    let named = [("account", place[0]), ("region", place[1])];
    let named = named.into_iter().filter(|(_, value)| !value.is_empty());
    Found {
        who: [format!("{} {}", lane.format, place.join(" ")), from.to_string()],
        span: Some((first, last)),
        named: named.map(|(field, value)| (field, value.to_owned())).collect(),
        why,
        ..Found::default()
    }
}
