//! How much there was of whom in each step of time.

use super::Asked;
use super::asked::Part;
use super::names::{Names, Numbered};
use crate::store::{RowRef, Segment};
use std::collections::{BTreeMap, BTreeSet};

/// A step that has something, by its number since 1970, and how much.
pub(super) type Point = (i64, u64);

/// The points of everybody, while rows come in ascending runs.
#[derive(Debug, Default)]
pub(super) struct Series {
    pub(super) names: Names,
    points: Vec<Vec<Point>>,
}

impl Series {
    #[inline]
    pub(super) fn add(&mut self, who: u32, step: i64, amount: u64) {
        let who = who as usize;
        if who >= self.points.len() {
            self.points.resize_with(self.names.len().max(who + 1), Vec::new);
        }
        match self.points[who].last_mut() {
            Some((last, sum)) if *last == step => *sum = sum.saturating_add(amount),
            _ => self.points[who].push((step, amount)),
        }
    }

    /// Everybody's points, ascending, each step once; in the order of their names.
    pub(super) fn finish(self) -> Vec<(String, Vec<Point>)> {
        let Self { names, mut points } = self;
        for points in &mut points {
            points.sort_unstable();
            points.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 = kept.1.saturating_add(next.1);
                }
                same
            });
        }
        let named = points.into_iter().enumerate();
        let mut all: Vec<(String, Vec<Point>)> = named
            .filter(|(_, points)| !points.is_empty())
            .map(|(who, points)| (names.name(who as u32).to_owned(), points))
            .collect();
        all.sort_unstable();
        all
    }
}

/// The events of these steps of everybody: `step` is its length in nanoseconds, `numbered` says who
/// it is in a row, and `is` which rows count.
pub(super) fn events(
    asked: &Asked<'_>,
    (wanted, numbered): (
        fn(&Segment) -> bool,
        impl for<'p> Fn(&'p Part, &mut Names) -> Numbered<'p>,
    ),
    (steps, step): (&BTreeMap<String, BTreeSet<i64>>, i64),
    is: impl Fn(&Part, usize) -> bool,
) -> BTreeMap<String, Vec<RowRef>> {
    let mut events: BTreeMap<String, Vec<RowRef>> = BTreeMap::new();
    if steps.is_empty() {
        return events;
    }
    for part in asked.parts(wanted) {
        let mut names = Names::default();
        let of = numbered(&part, &mut names);
        let known = (0..names.len() as u32).map(|number| steps.get_key_value(names.name(number)));
        let known: Vec<_> = known.collect();
        if known.iter().all(Option::is_none) {
            continue;
        }
        for (row, time) in part.timed() {
            let of = of.of(row).and_then(|number| known[number as usize]);
            let Some((who, steps)) = of else { continue };
            if steps.contains(&time.div_euclid(step)) && is(&part, row) {
                events.entry(who.clone()).or_default().push(part.at(row));
            }
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_order_of_rows_does_not_count(
            rows in prop::collection::vec((0_u32..3, -5_i64..5, 0_u64..9), 0..40),
        ) {
            let mut series = Series::default();
            for who in 0..3 {
                series.names.number(&who.to_string());
            }
            let mut sums: BTreeMap<(String, i64), u64> = BTreeMap::new();
            for (who, step, amount) in rows {
                series.add(who, step, amount);
                *sums.entry((who.to_string(), step)).or_default() += amount;
            }
            let found = series.finish().into_iter().flat_map(|(who, points)| {
                points.into_iter().map(move |(step, sum)| ((who.clone(), step), sum))
            });
            prop_assert_eq!(found.collect::<Vec<_>>(), sums.into_iter().collect::<Vec<_>>());
        }
    }
}
