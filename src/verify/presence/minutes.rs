//! The minutes of a lane in which something happened: as much of millions of times as gaps and
//! hours need.
//!
//! Events of one minute count as one. A source that speaks in bursts has its cadence in the
//! distance between them, not within.

use crate::event::Timestamp;

/// Below this nobody sorts.
const TIDY: usize = 8192;

/// One minute in which there are events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Minute {
    /// Minutes since 1970.
    pub(super) number: i64,
    /// Times of its first and its last event, in nanoseconds.
    pub(super) first: i64,
    pub(super) last: i64,
}

/// Times come in ascending runs, one of each segment.
#[derive(Debug, Clone, Default)]
pub(super) struct Minutes {
    all: Vec<Minute>,
    tidy_at: usize,
}

impl Minutes {
    #[inline]
    pub(super) fn add(&mut self, time: i64) {
        let number = time.div_euclid(Timestamp::MINUTE);
        match self.all.last_mut() {
            Some(minute) if minute.number == number => {
                minute.first = minute.first.min(time);
                minute.last = minute.last.max(time);
            }
            _ => self.all.push(Minute { number, first: time, last: time }),
        }
    }

    /// Joins the same minutes of several runs, once that is worth it.
    pub(super) fn run_ended(&mut self) {
        if self.all.len() > self.tidy_at.max(TIDY) {
            self.tidy();
            self.tidy_at = self.all.len().saturating_mul(2);
        }
    }

    fn tidy(&mut self) {
        self.all.sort_by_key(|minute| minute.number);
        self.all.dedup_by(|next, kept| {
            let same = next.number == kept.number;
            if same {
                kept.first = kept.first.min(next.first);
                kept.last = kept.last.max(next.last);
            }
            same
        });
    }

    /// Ascending, each once.
    pub(super) fn finish(mut self) -> Vec<Minute> {
        self.tidy();
        self.all
    }
}

#[cfg(test)]
pub(super) fn minutes(times: impl IntoIterator<Item = i64>) -> Vec<Minute> {
    let mut minutes = Minutes::default();
    for time in times {
        minutes.add(time);
    }
    minutes.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn minutes_are_those_of_all_runs(
            runs in proptest::collection::vec(proptest::collection::vec(-900i64..900, 0..60), 0..9),
        ) {
            let second = |second: &i64| second * Timestamp::SECOND;
            let mut minutes = Minutes::default();
            for run in &runs {
                let mut run: Vec<i64> = run.iter().map(second).collect();
                run.sort_unstable();
                for time in run {
                    minutes.add(time);
                }
                minutes.tidy();
            }
            let all: BTreeSet<i64> = runs.iter().flatten().map(second).collect();
            let numbers: BTreeSet<i64> =
                all.iter().map(|time| time.div_euclid(Timestamp::MINUTE)).collect();
            let found = minutes.finish();
            prop_assert!(found.iter().map(|minute| minute.number).eq(numbers));
            for Minute { number, first, last } in found {
                let (from, to) = (number * Timestamp::MINUTE, (number + 1) * Timestamp::MINUTE);
                prop_assert_eq!(all.range(from..to).next(), Some(&first));
                prop_assert_eq!(all.range(from..to).next_back(), Some(&last));
            }
        }
    }
}
