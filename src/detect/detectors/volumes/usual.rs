//! What is usual of somebody, hour by hour, and in which hours far more was taken.
//!
//! Taking more must never be told less. So an hour is compared with the hours before it, and of those
//! with the ones in which nothing was told: whoever takes much for a day does not make it usual. Where
//! there are too few of them, nobody knows what is usual of whoever it is, and the bound is one for
//! anybody: others of the same source are no measure, since an attacker may come as many. What was
//! much at the beginning, and then no more, is found by the hours after it: an hour is compared with
//! all others too, whose median and median deviation do not move if more is taken in one that is above.

use crate::detect::detectors::series::Point;
use crate::event::{Timestamp, noun, size};
use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    /// Bytes of an hour.
    pub(super) least: u64,
    pub(super) alone: u64,
    pub(super) deviations: f64,
    /// Hours.
    pub(super) history: usize,
}

/// Hours in which much was taken.
#[derive(Debug, PartialEq)]
pub(super) struct Much {
    pub(super) hours: BTreeSet<i64>,
    /// The hour in which most was, and how much.
    most: Point,
    all: u64,
    /// What that hour was compared with.
    against: Against,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Against {
    /// The hours before it in which nothing was told.
    Before(Usual),
    /// All hours.
    All(Usual),
    /// Nothing: they are too few.
    Alone,
}

/// The median and the median deviation of some hours, and how many they are.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Usual {
    median: u64,
    deviation: u64,
    hours: usize,
}

impl Usual {
    /// Of values that ascend; `None` if they are too few.
    fn of(values: &[u64], settings: &Settings) -> Option<Self> {
        if values.len() < settings.history {
            return None;
        }
        let middle = *values.get(middle(values.len()))?;
        let mut deviations: Vec<u64> = values.iter().map(|it| it.abs_diff(middle)).collect();
        let at = self::middle(deviations.len());
        let deviation = *deviations.select_nth_unstable(at).1;
        Some(Self { median: middle, deviation, hours: values.len() })
    }

    fn bound(self, settings: &Settings) -> u64 {
        // As if it were never steadier than by a tenth.
        let deviation = self.deviation.max(self.median / 10) as f64;
        let bound = self.median as f64 + settings.deviations * deviation;
        (bound as u64).max(settings.least)
    }
}

/// The place in the middle, the lower of two.
fn middle(length: usize) -> usize {
    length.saturating_sub(1) / 2
}

/// `points` ascend.
pub(super) fn judged(points: &[Point], settings: &Settings) -> Option<Much> {
    let mut all: Vec<u64> = points.iter().map(|(_, bytes)| *bytes).collect();
    all.sort_unstable();
    let all = Usual::of(&all, settings);
    // What was taken in the hours before of which nothing is told, ascending.
    let mut before: Vec<u64> = Vec::new();
    let mut much: Vec<(Point, Against)> = Vec::new();
    for point in points {
        let (_, bytes) = *point;
        match against(bytes, all, &before, settings) {
            Some(against) => much.push((*point, against)),
            None => before.insert(before.partition_point(|one| *one < bytes), bytes),
        }
    }
    let (most, against) = *much.iter().max_by_key(|((hour, bytes), _)| (*bytes, -hour))?;
    let sum = much.iter().fold(0_u64, |sum, ((_, bytes), _)| sum.saturating_add(*bytes));
    let hours = much.into_iter().map(|((hour, _), _)| hour).collect();
    Some(Much { hours, most, all: sum, against })
}

/// Against what so many bytes in an hour are much; `None` if they are not.
fn against(bytes: u64, all: Option<Usual>, before: &[u64], settings: &Settings) -> Option<Against> {
    // Most hours of most people end here, so that nothing is worked out of what was before.
    if bytes < settings.least.min(settings.alone) {
        return None;
    }
    let of_all = all.filter(|all| bytes >= all.bound(settings)).map(Against::All);
    let of_before = match before.get(middle(before.len())) {
        _ if before.len() < settings.history => (bytes >= settings.alone).then_some(Against::Alone),
        // Less than any deviation could be.
        Some(median)
            if (bytes as f64) < *median as f64 + settings.deviations * (median / 10) as f64 =>
        {
            None
        }
        _ => Usual::of(before, settings)
            .filter(|before| bytes >= before.bound(settings))
            .map(Against::Before),
    };
    match of_before {
        Some(Against::Alone) => of_all.or(of_before),
        of_before => of_before.or(of_all),
    }
}

impl Much {
    pub(super) fn told(&self, settings: &Settings) -> String {
        let (hour, bytes) = self.most;
        let hours = self.hours.len() as u64;
        let usual = |usual: Usual, which: &str| {
            let number = usual.hours as u64;
            format!(
                "at least {} and {} median deviations above the median; of {number} {} {which} the \
                 median is {}, the median deviation {}",
                size(settings.least),
                settings.deviations,
                noun(number, "hour", "hours"),
                size(usual.median),
                size(usual.deviation),
            )
        };
        let against = match self.against {
            Against::Before(of) => usual(of, "before with less than that"),
            Against::All(of) => usual(of, "in all"),
            Against::Alone => {
                format!("at least {}, with too few hours before to compare", size(settings.alone))
            }
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
    use proptest::prelude::*;

    const SETTINGS: Settings = Settings { least: 100, alone: 1000, deviations: 8.0, history: 6 };

    fn hours(bytes: &[u64]) -> Vec<Point> {
        bytes.iter().enumerate().map(|(hour, bytes)| (hour as i64, *bytes)).collect()
    }

    fn found(bytes: &[u64]) -> Vec<i64> {
        let much = judged(&hours(bytes), &SETTINGS);
        much.map(|much| much.hours.into_iter().collect()).unwrap_or_default()
    }

    #[test]
    fn much_is_what_is_much_for_whoever_takes_it() {
        assert_eq!(found(&[10, 12, 9, 11, 10, 500, 10]), [5], "by the hours after it");
        assert_eq!(found(&[10, 12, 9, 11, 10, 9, 500]), [6], "by the hours before it");
        assert!(found(&[10, 12, 9, 11, 10, 99, 10]).is_empty(), "less than the least");
        assert!(found(&[400, 450, 390, 410, 400, 500, 380]).is_empty(), "as usual");
        assert!(found(&[400, 400, 400, 400, 400, 719, 400]).is_empty(), "8 tenths of the median");
        assert_eq!(found(&[400, 400, 400, 400, 400, 720, 400]), [5]);
        assert!(found(&[500]).is_empty(), "too little to say");
        assert_eq!(found(&[5, 1000]), [1], "much for anybody");
        assert!(found(&[]).is_empty());
    }

    #[test]
    fn whoever_goes_on_does_not_make_it_usual() {
        for length in [1, 5, 6, 12, 100] {
            let all: Vec<i64> = (0..length).collect();
            assert_eq!(found(&vec![50_000; length as usize]), all);
        }
        let plateau = [[1; 10].as_slice(), &[5_000; 14]].concat();
        assert_eq!(found(&plateau), (10..24).collect::<Vec<i64>>());
        let much = judged(&hours(&plateau), &SETTINGS).unwrap();
        assert_eq!(much.against, Against::Before(Usual { median: 1, deviation: 0, hours: 10 }));
    }

    fn volumes() -> impl Strategy<Value = Vec<u64>> {
        let one = prop_oneof![0_u64..20, 50_u64..200, 300_u64..3000, Just(100_000_u64)];
        prop::collection::vec(one, 1..40)
    }

    proptest! {
        #[test]
        fn taking_more_where_much_was_taken_is_never_told_less(
            mut bytes in volumes(), at in any::<prop::sample::Index>(), more in 1_u64..10_000,
        ) {
            let before = found(&bytes);
            prop_assume!(!before.is_empty());
            let hour = before[at.index(before.len())];
            bytes[hour as usize] += more;
            prop_assert_eq!(found(&bytes), before);
        }

        #[test]
        fn going_on_is_never_told_less(bytes in volumes(), more in 100_000_u64..1_000_000) {
            // Against what was before; the hours after may make more of it.
            prop_assume!(!found(&bytes).is_empty());
            let longer = [bytes.as_slice(), &[more]].concat();
            prop_assert!(!found(&longer).is_empty());
        }

        #[test]
        fn what_ends_early_would_end_anyway(bytes in volumes()) {
            let mut before: Vec<u64> = Vec::new();
            let of = |values: &[u64]| {
                let mut values = values.to_vec();
                values.sort_unstable();
                Usual::of(&values, &SETTINGS)
            };
            let all = of(&bytes);
            let mut naive = Vec::new();
            for (hour, value) in hours(&bytes) {
                let is = |usual: Option<Usual>| usual.is_some_and(|it| value >= it.bound(&SETTINGS));
                let usual = of(&before);
                if is(all) || is(usual) || usual.is_none() && value >= SETTINGS.alone {
                    naive.push(hour);
                } else {
                    before.push(value);
                }
            }
            prop_assert_eq!(found(&bytes), naive);
        }
    }
}
