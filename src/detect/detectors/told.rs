//! Words for what was counted.

use super::Asked;
use super::asked::text;
use crate::event::Timestamp;
use crate::store::RowRef;
use std::collections::BTreeMap;
use std::ops::Range;

/// Values that are told one by one.
const TOLD: usize = 5;

/// From when to when, as `2026-03-04T10:00:00Z to 2026-03-04T10:04:00Z`; an instant once.
pub(super) fn between(first: i64, last: i64) -> String {
    let [first, last] = [first, last].map(|time| Timestamp(time).to_rfc3339(0));
    if first == last { first } else { format!("{first} to {last}") }
}

/// From the first of these times that is in a burst to the last one.
pub(super) fn span(bursts: &[Range<usize>], times: &[i64]) -> String {
    let ends = bursts.first().zip(bursts.last());
    ends.map_or(String::new(), |(first, last)| between(times[first.start], times[last.end - 1]))
}

/// The values of a field among these events, most frequent first, each with its number.
pub(super) fn often(asked: &Asked<'_>, events: &[RowRef], field: &str) -> String {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for at in events {
        let value = text(asked.snapshot.segment(*at), usize::from(at.row), field);
        *counts.entry(value).or_default() += 1;
    }
    let mut all: Vec<(String, u64)> = counts.into_iter().collect();
    all.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let named = |(value, count): &(String, u64)| {
        let value = if value.is_empty() { "none" } else { value };
        format!("{value} {count}")
    };
    let mut told: Vec<String> = all.iter().take(TOLD).map(named).collect();
    if all.len() > TOLD {
        told.push(format!("{} more", all.len() - TOLD));
    }
    told.join(", ")
}

/// The first of these names, and how many more there are.
pub(super) fn some<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut told: Vec<String> = names.iter().take(TOLD).map(|name| (*name).to_owned()).collect();
    if names.len() > TOLD {
        told.push(format!("{} more", names.len() - TOLD));
    }
    told.join(", ")
}
