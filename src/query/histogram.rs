//! How many selected rows fall into each of equal steps of time, lane by lane.

use crate::event::{Outcome, Timestamp};
use crate::store::{Bits, Column, Entry, Segment, Selection};
use std::ops::Range;

/// Rows over time; one lane for each format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    pub from: Timestamp,
    /// Not included.
    pub to: Timestamp,
    /// By the format's id.
    pub lanes: Vec<Lane>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// The format's id.
    pub format: String,
    /// Rows in each step.
    pub rows: Vec<usize>,
    /// Those of them whose outcome is a failure or denied.
    pub failed: Vec<usize>,
}

/// Counts the selected rows in `steps` equal parts of `from..to`. Rows outside, and rows without
/// a time, are in no step.
pub fn histogram(selection: &Selection, from: Timestamp, to: Timestamp, steps: usize) -> Histogram {
    let steps = if from < to { steps } else { 0 };
    let mut lanes: Vec<Lane> = Vec::new();
    for (number, segment) in selection.snapshot().segments.iter().enumerate() {
        let format = &*segment.schema().id;
        let at = lanes.binary_search_by(|lane| (*lane.format).cmp(format)).unwrap_or_else(|at| {
            let none = vec![0; steps];
            lanes.insert(at, Lane { format: format.to_owned(), rows: none.clone(), failed: none });
            at
        });
        let lane = &mut lanes[at];
        let failed = failed(segment).map(|failed| match selection.bits(number) {
            Some(bits) => failed.and(bits),
            None => failed,
        });
        let mut start = segment.row_at(from.0);
        for step in 0..steps {
            let end = segment.row_at(edge(from, to, step + 1, steps));
            lane.rows[step] += selection.count_rows(number, start, end);
            if let Some(failed) = &failed {
                lane.failed[step] += within(failed, start..end);
            }
            start = end;
        }
    }
    Histogram { from, to, lanes }
}

/// Where a step begins, rounded down to a nanosecond.
fn edge(from: Timestamp, to: Timestamp, step: usize, steps: usize) -> i64 {
    let length = i128::from(to.0) - i128::from(from.0);
    (i128::from(from.0) + length * step as i128 / steps as i128) as i64
}

/// The rows that ended badly; `None` if the segment has no outcome at all.
pub fn failed(segment: &Segment) -> Option<Bits> {
    let Column::Dict(dict) = segment.column(segment.known().outcome?) else { return None };
    Some(dict.select(|entry| {
        let Entry::Text(text) = entry else { return false };
        matches!(Outcome::parse(text), Some(Outcome::Failure | Outcome::Denied))
    }))
}

/// How many bits are set in these rows.
fn within(bits: &Bits, rows: Range<usize>) -> usize {
    if rows.is_empty() {
        return 0;
    }
    let (first, last) = (rows.start / 64, (rows.end - 1) / 64);
    let words = &bits.words()[first..=last];
    let all: usize = words.iter().map(|word| word.count_ones() as usize).sum();
    let before = words[0] & !(u64::MAX << (rows.start % 64));
    let after = words[last - first] & !(u64::MAX >> (63 - (rows.end - 1) % 64));
    all - (before.count_ones() + after.count_ones()) as usize
}
