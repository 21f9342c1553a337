//! Spans of time in which a format has no events although it usually has.
//!
//! A gap is longer than ten times the median distance between neighbouring events of the format
//! (events of one instant count as one), and at least five minutes.

use crate::event::Timestamp;
use crate::store::{Selection, Snapshot};
use std::collections::BTreeMap;
use std::sync::Arc;

const TIMES_MEDIAN: i64 = 10;
const AT_LEAST: i64 = 5 * Timestamp::MINUTE;

/// Nothing of the format between two events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) format: String,
    /// Times of the events at its ends, in nanoseconds.
    pub(super) from: i64,
    pub(super) to: i64,
    /// The usual distance, in nanoseconds.
    pub(super) median: i64,
}

impl Gap {
    pub(super) fn seconds(&self) -> u64 {
        self.to.abs_diff(self.from) / Timestamp::SECOND as u64
    }
}

/// The gaps of every format, by format and time.
pub(super) fn find(snapshot: &Arc<Snapshot>) -> Vec<Gap> {
    let visible = Selection::all(snapshot);
    let mut formats: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for (number, segment) in snapshot.segments.iter().enumerate() {
        let times = formats.entry(&segment.schema().id).or_default();
        let bits = visible.bits(number);
        let seen = |row: usize| bits.is_none_or(|bits| bits.get(row));
        let rows = (0..segment.timed()).filter(|&row| seen(row));
        times.extend(rows.map(|row| segment.at(row)));
    }
    let each = formats.into_iter();
    each.filter(|(id, _)| *id != "unparsed").flat_map(|(id, times)| of_format(id, times)).collect()
}

fn of_format(format: &str, mut times: Vec<i64>) -> Vec<Gap> {
    times.sort_unstable();
    times.dedup();
    let distance = |pair: &[i64]| pair[1].saturating_sub(pair[0]);
    let mut distances: Vec<i64> = times.windows(2).map(distance).collect();
    if distances.len() < 2 {
        return Vec::new();
    }
    let middle = (distances.len() - 1) / 2;
    let (_, &mut median, _) = distances.select_nth_unstable(middle);
    let longer = median.saturating_mul(TIMES_MEDIAN);
    let wide = |pair: &&[i64]| distance(pair) > longer && distance(pair) >= AT_LEAST;
    let gap = |pair: &[i64]| Gap { format: format.to_owned(), from: pair[0], to: pair[1], median };
    times.windows(2).filter(wide).map(gap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(minutes: &[i64]) -> Vec<(i64, i64)> {
        let times = minutes.iter().map(|minute| minute * Timestamp::MINUTE).collect();
        let found = of_format("x", times).into_iter();
        found.map(|gap| (gap.from / Timestamp::MINUTE, gap.to / Timestamp::MINUTE)).collect()
    }

    #[test]
    fn a_gap_is_long_for_its_format_and_long_for_people() {
        assert_eq!(gaps(&[0, 1, 2, 3, 30, 31, 32]), [(3, 30)]);
        assert_eq!(gaps(&[0, 1, 1, 1, 2, 12]), [], "ten times is not longer");
        assert_eq!(gaps(&[0, 60, 120, 180, 400]), [], "hours are usual here");
        assert_eq!(gaps(&[0, 60, 120, 900, 960]), [(120, 900)]);
        assert_eq!(gaps(&[5, 0]), [], "two events have no usual distance");
        assert_eq!(gaps(&[]), []);
    }
}
