//! What the filter's worker publishes: the rows selected, and how many of them fall where on the
//! time axis.

use crate::event::Timestamp;
use crate::format::Delivery;
use crate::query::{Doubt, Lane, Query, histogram};
use crate::store::{Selection, Snapshot};
use std::sync::Arc;

/// The part of the time axis that is on screen, and its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    pub from: Timestamp,
    /// Not included.
    pub to: Timestamp,
    pub buckets: usize,
}

impl Axis {
    /// The part of the time asked for, or all there is, with the last event inside.
    pub(super) fn new(
        window: Option<(Timestamp, Timestamp)>,
        snapshot: &Snapshot,
        buckets: usize,
    ) -> Self {
        let (from, to) = window.unwrap_or_else(|| {
            let (first, last) = snapshot.span().unwrap_or((0, Timestamp::HOUR));
            let margin = ((i128::from(last) - i128::from(first)) / 200).max(1) as i64;
            (Timestamp(first), Timestamp(last.saturating_add(margin)))
        });
        Self { from, to, buckets: buckets.max(1) }
    }

    /// Start of a bucket in nanoseconds; of the one after the last, the end of the axis.
    pub fn start(&self, bucket: usize) -> i64 {
        let span = i128::from(self.to.0) - i128::from(self.from.0);
        let offset = span * bucket as i128 / self.buckets.max(1) as i128;
        (i128::from(self.from.0) + offset) as i64
    }

    /// The bucket that a time in nanoseconds falls into.
    pub fn bucket(&self, time: i64) -> Option<usize> {
        if time < self.from.0 || time >= self.to.0 || self.buckets == 0 {
            return None;
        }
        let span = i128::from(self.to.0) - i128::from(self.from.0);
        let offset = i128::from(time) - i128::from(self.from.0);
        let guess = (offset * self.buckets as i128 / span) as usize;
        // Rounding may be off by one against `start`.
        (guess.saturating_sub(1)..=guess + 1)
            .find(|&bucket| self.start(bucket) <= time && time < self.start(bucket + 1))
    }
}

/// One format on the axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatLane {
    /// Selected rows in each bucket, and those that failed.
    pub lane: Lane,
    /// Selected rows of this format, on the axis or not.
    pub selected: usize,
    /// First and last time of all rows of this format, selected or not: outside it nothing is
    /// known, which is not the same as nothing happened.
    pub span: Option<(i64, i64)>,
    /// The part of the time after its last event, up to the newest event of all, of which records
    /// may still be under way; not included: its end.
    pub pending: Option<(i64, i64)>,
}

impl FormatLane {
    /// Every format's lane; what no format reads has no times to speak of, and comes last.
    pub(super) fn all(snapshot: &Snapshot, selection: &Selection, axis: Axis) -> Vec<Self> {
        let counted = histogram(selection, axis.from, axis.to, axis.buckets);
        let mut lanes: Vec<Self> =
            counted.lanes.into_iter().map(|lane| Self::new(lane, 0, None)).collect();
        lanes.sort_by_key(|lane| lane.lane.format == "unparsed");
        for (number, segment) in snapshot.segments.iter().enumerate() {
            let id: &str = &segment.schema().id;
            let Some(lane) = lanes.iter_mut().find(|lane| lane.lane.format == id) else { continue };
            lane.selected += selection.count_in(number);
            lane.span = match (lane.span, segment.span()) {
                (Some((a, b)), Some((first, last))) => Some((a.min(first), b.max(last))),
                (old, new) => old.or(new),
            };
        }
        if let Some((_, newest)) = snapshot.span() {
            for lane in &mut lanes {
                lane.pending = lane.pending_at(newest);
            }
        }
        lanes
    }

    pub(super) fn new(lane: Lane, selected: usize, span: Option<(i64, i64)>) -> Self {
        Self { lane, selected, span, pending: None }
    }

    /// What may still be under way when this is the newest event of all.
    fn pending_at(&self, newest: i64) -> Option<(i64, i64)> {
        let (_, last) = self.span?;
        let lag = Delivery::of(&self.lane.format).lag?;
        let since = newest.saturating_sub(i64::from(lag.longest).saturating_mul(Timestamp::SECOND));
        (last < newest).then_some((last.max(since), newest))
    }
}

/// How far a filter that reads records is, in inflated bytes of the objects to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HowFar {
    pub bytes: u64,
    pub of_bytes: u64,
    pub over: bool,
    /// Not to its end: somebody stopped it.
    pub stopped: bool,
}

/// The selected rows that hold an indicator the case watches for.
#[derive(Debug, Clone)]
pub struct Watched {
    pub selection: Selection,
    /// They alone, of every format.
    pub lane: FormatLane,
    /// What the lists say that no value can be.
    pub doubts: Vec<Doubt>,
    /// Why the lists cannot be used; no row is watched then.
    pub problem: Option<String>,
}

/// The newest answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Of the question it answers.
    pub generation: u64,
    pub query: Arc<Query>,
    pub selection: Selection,
    /// The selected rows that failed or were denied.
    pub errors: Selection,
    pub axis: Axis,
    pub lanes: Vec<FormatLane>,
    /// If records have to be read.
    pub reading: Option<HowFar>,
    /// Rows whose records could not be read again, and so were not searched.
    pub unread: usize,
    /// If the case watches for anything.
    pub watched: Option<Watched>,
    /// What the filter's lists say that no value can be.
    pub doubts: Vec<Doubt>,
    /// Why there is no answer to the question; the selection is then empty.
    pub problem: Option<String>,
}

impl Answer {
    /// Whether every row has been decided.
    pub fn is_complete(&self) -> bool {
        self.reading.is_none_or(|reading| reading.over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_under_way_is_as_late_as_the_format_may_be() {
        let pending = |format: &str, last: i64, newest: i64| {
            let lane = Lane { format: format.to_owned(), rows: Vec::new(), failed: Vec::new() };
            let minute = |minutes: i64| minutes * Timestamp::MINUTE;
            let lane = FormatLane::new(lane, 0, Some((0, minute(last))));
            let pending = lane.pending_at(minute(newest));
            pending.map(|(from, to)| (from / Timestamp::MINUTE, to / Timestamp::MINUTE))
        };
        assert_eq!(pending("cloudtrail", 100, 110), Some((100, 110)));
        assert_eq!(pending("cloudtrail", 100, 300), Some((285, 300)), "before that it is silent");
        assert_eq!(pending("cloudtrail", 100, 100), None);
        assert_eq!(pending("syslog", 100, 110), None, "nobody knows how late it may come");
    }

    proptest! {
        #[test]
        fn every_time_on_the_axis_has_one_bucket(
            from in any::<i64>(), span in 1i64..i64::MAX, buckets in 1usize..300, at in 0.0..1.0f64,
        ) {
            let to = from.saturating_add(span);
            prop_assume!(to > from);
            let axis = Axis { from: Timestamp(from), to: Timestamp(to), buckets };
            let time = from.saturating_add((to.abs_diff(from) as f64 * at) as i64);
            prop_assume!(time < to && time >= from);
            let bucket = axis.bucket(time).expect("the time is on the axis");
            prop_assert!(bucket < buckets);
            prop_assert!(axis.start(bucket) <= time && time < axis.start(bucket + 1));
            prop_assert_eq!(axis.bucket(to), None);
            prop_assert_eq!(axis.start(buckets), to);
        }
    }
}
