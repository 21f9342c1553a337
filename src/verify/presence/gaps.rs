//! Spans of time in which a lane has no events although it usually has.
//!
//! A gap is longer than ten times the median distance between neighbouring minutes with events,
//! and at least five minutes. Where there are too few of them nothing is usual.

use super::cover::{Basis, Cover};
use super::minutes::Minute;
use crate::event::Timestamp;

const TIMES_MEDIAN: i64 = 10;
const AT_LEAST: i64 = 5 * Timestamp::MINUTE;

/// Distances that make a cadence.
const FEWEST: usize = 4;

/// Nothing of the lane between two events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Times of the events at its ends, in nanoseconds.
    pub from: i64,
    pub to: i64,
    pub basis: Basis,
}

impl Gap {
    pub fn seconds(&self) -> u64 {
        self.to.abs_diff(self.from) / Timestamp::SECOND as u64
    }
}

/// The usual distance between minutes with events, in nanoseconds.
pub(super) fn usual(minutes: &[Minute]) -> Option<i64> {
    let distance = |pair: &[Minute]| pair[1].number - pair[0].number;
    let mut distances: Vec<i64> = minutes.windows(2).map(distance).collect();
    if distances.len() < FEWEST {
        return None;
    }
    let middle = (distances.len() - 1) / 2;
    let (_, &mut median, _) = distances.select_nth_unstable(middle);
    Some(median.saturating_mul(Timestamp::MINUTE))
}

/// Whether so long without events is a gap where `usual` is usual.
pub(super) fn is_long(nanos: i64, usual: i64) -> bool {
    nanos > usual.saturating_mul(TIMES_MEDIAN) && nanos >= AT_LEAST
}

pub(super) fn find(minutes: &[Minute], usual: Option<i64>, cover: &Cover) -> Vec<Gap> {
    let Some(usual) = usual else { return Vec::new() };
    let ends = minutes.windows(2).map(|pair| (pair[0].last, pair[1].first));
    let long = ends.filter(|(from, to)| is_long(to.saturating_sub(*from), usual));
    long.map(|(from, to)| Gap { from, to, basis: cover.basis(from, to) }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::minutes::minutes;
    use super::*;

    fn gaps(times: &[i64]) -> Vec<(i64, i64)> {
        let minutes = minutes(times.iter().map(|minute| minute * Timestamp::MINUTE));
        let found = find(&minutes, usual(&minutes), &Cover::default()).into_iter();
        found.map(|gap| (gap.from / Timestamp::MINUTE, gap.to / Timestamp::MINUTE)).collect()
    }

    #[test]
    fn a_gap_is_long_for_its_lane_and_long_for_people() {
        assert_eq!(gaps(&[0, 1, 2, 3, 30, 31, 32]), [(3, 30)]);
        assert_eq!(gaps(&[0, 1, 1, 1, 2, 3, 13]), [], "ten times is not longer");
        assert_eq!(gaps(&[0, 60, 120, 180, 400]), [], "hours are usual here");
        assert_eq!(gaps(&[0, 60, 120, 900, 960]), [(120, 900)]);
        assert_eq!(gaps(&[0, 1, 500]), [], "three events have no usual distance");
        assert_eq!(gaps(&[]), []);
    }

    #[test]
    fn bursts_count_as_one() {
        let burst = |at: i64| (0..30).map(move |second| (at * 60 + second) * Timestamp::SECOND);
        let minutes = minutes((0..9).map(|n| n * 60).chain([2000]).flat_map(burst));
        assert_eq!(usual(&minutes), Some(Timestamp::HOUR));
        assert_eq!(find(&minutes, usual(&minutes), &Cover::default()).len(), 1);
    }
}
