//! The rows that a filter lets through, in the order of time: how many, which is the k-th, which
//! lie in a window. Nothing is sorted; only the window is merged.

use super::segment::Key;
use super::{Bits, RowRef, Snapshot};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// Rows between two stored counts of set bits.
const STEP: usize = 512;

/// The selected rows of one segment.
#[derive(Debug, Clone)]
enum Part {
    All(usize),
    Some { bits: Arc<Bits>, before: Box<[u32]>, count: usize },
}

impl Part {
    fn new(bits: Bits) -> Self {
        let count = bits.count();
        if count == bits.len() {
            return Self::All(count);
        }
        let mut sum = 0;
        let before = bits
            .words()
            .chunks(STEP / 64)
            .map(|words| {
                let here = sum;
                sum += words.iter().map(|word| word.count_ones()).sum::<u32>();
                here
            })
            .collect();
        Self::Some { bits: Arc::new(bits), before, count }
    }

    fn count(&self) -> usize {
        match self {
            Self::All(len) => *len,
            Self::Some { count, .. } => *count,
        }
    }

    fn has(&self, row: usize) -> bool {
        match self {
            Self::All(len) => row < *len,
            Self::Some { bits, .. } => bits.get(row),
        }
    }

    /// Selected rows before `row`.
    fn rank(&self, row: usize) -> usize {
        match self {
            Self::All(len) => row.min(*len),
            Self::Some { count, bits, .. } if row >= bits.len() => *count,
            Self::Some { bits, before, .. } => {
                let words = bits.words();
                let from = row / STEP * (STEP / 64);
                let whole = row / 64;
                let mut rank = before[row / STEP] as usize;
                rank += words[from..whole].iter().map(|w| w.count_ones() as usize).sum::<usize>();
                rank + (words[whole] & ((1u64 << (row % 64)) - 1)).count_ones() as usize
            }
        }
    }

    fn next(&self, row: usize) -> Option<usize> {
        match self {
            Self::All(len) => (row < *len).then_some(row),
            Self::Some { bits, .. } => bits.next(row),
        }
    }
}

/// Selected rows of a snapshot, numbered from 0 in the order of their [`Key`]s.
#[derive(Debug, Clone)]
pub struct Selection {
    snapshot: Arc<Snapshot>,
    parts: Vec<Part>,
    total: usize,
}

impl Selection {
    /// Every visible row.
    pub fn all(snapshot: &Arc<Snapshot>) -> Self {
        Self::new(snapshot, |_| None)
    }

    /// The visible rows among those that `select` gives for each segment; `None` means all.
    pub fn new(snapshot: &Arc<Snapshot>, mut select: impl FnMut(usize) -> Option<Bits>) -> Self {
        let parts: Vec<Part> = (0..snapshot.segments.len())
            .map(|number| {
                let hidden = snapshot.overlays[number].hidden.as_deref();
                match (select(number), hidden) {
                    (None, None) => Part::All(snapshot.segments[number].len()),
                    (None, Some(hidden)) => Part::new(hidden.clone().negate()),
                    (Some(bits), None) => Part::new(bits),
                    (Some(bits), Some(hidden)) => Part::new(bits.and_not(hidden)),
                }
            })
            .collect();
        let total = parts.iter().map(Part::count).sum();
        Self { snapshot: Arc::clone(snapshot), parts, total }
    }

    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    pub fn len(&self) -> usize {
        self.total
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    pub fn contains(&self, at: RowRef) -> bool {
        self.parts.get(at.segment as usize).is_some_and(|part| part.has(usize::from(at.row)))
    }

    /// The selected rows of a segment; `None` means all of its rows.
    pub fn bits(&self, segment: usize) -> Option<&Bits> {
        match self.parts.get(segment)? {
            Part::All(_) => None,
            Part::Some { bits, .. } => Some(bits),
        }
    }

    /// How many selected rows a segment has.
    pub fn count_in(&self, segment: usize) -> usize {
        self.parts.get(segment).map_or(0, Part::count)
    }

    /// How many selected rows of a segment lie in `from..to` (row numbers).
    pub fn count_rows(&self, segment: usize, from: usize, to: usize) -> usize {
        self.parts.get(segment).map_or(0, |part| part.rank(to) - part.rank(from))
    }

    /// How many selected rows come before this key.
    pub fn before(&self, key: Key) -> usize {
        let segments = self.snapshot.segments.iter().zip(&self.parts);
        segments.map(|(segment, part)| part.rank(segment.lower_bound(key))).sum()
    }

    /// The number of a row: how many selected rows come before it.
    pub fn rank(&self, at: RowRef) -> usize {
        let key = self.snapshot.segment(at).key(usize::from(at.row));
        let ties = self.tied(key).take_while(|&other| other != at).count();
        self.before(key) + ties
    }

    /// The selected rows with exactly this key, in the order of their segments: several events of
    /// one record.
    fn tied(&self, key: Key) -> impl Iterator<Item = RowRef> + '_ {
        let segments = self.snapshot.segments.iter().zip(&self.parts).enumerate();
        segments.flat_map(move |(number, (segment, part))| {
            let from = segment.lower_bound(key);
            (from..segment.len())
                .take_while(move |&row| segment.key(row) == key)
                .filter(|&row| part.has(row))
                .map(move |row| RowRef { segment: number as u32, row: row as u16 })
        })
    }

    /// How many selected rows are before this time.
    pub fn before_time(&self, time: i64) -> usize {
        let segments = self.snapshot.segments.iter().zip(&self.parts);
        segments.map(|(segment, part)| part.rank(segment.row_at(time))).sum()
    }

    /// The row of this number.
    pub fn nth(&self, k: usize) -> Option<RowRef> {
        self.window(k, 1).first().copied()
    }

    /// Up to `count` rows from number `from` on.
    pub fn window(&self, from: usize, count: usize) -> Vec<RowRef> {
        if from >= self.total || count == 0 {
            return Vec::new();
        }
        let (key, skip) = self.seek(from);
        let mut heap = BinaryHeap::with_capacity(self.parts.len());
        for (number, (segment, part)) in self.snapshot.segments.iter().zip(&self.parts).enumerate()
        {
            if let Some(row) = part.next(segment.lower_bound(key)) {
                heap.push(Reverse((segment.key(row), number, row)));
            }
        }
        let mut rows = Vec::with_capacity(count.min(self.total - from));
        let mut skip = skip;
        while let Some(Reverse((_, number, row))) = heap.pop() {
            if let Some(next) = self.parts[number].next(row + 1) {
                heap.push(Reverse((self.snapshot.segments[number].key(next), number, next)));
            }
            if skip > 0 {
                skip -= 1;
                continue;
            }
            rows.push(RowRef { segment: number as u32, row: row as u16 });
            if rows.len() == count {
                break;
            }
        }
        rows
    }

    /// The greatest key with at most `k` selected rows before it, and how many of the rows with
    /// that key to pass over.
    fn seek(&self, k: usize) -> (Key, usize) {
        let time = search(i64::MIN, i64::MAX, |time| self.before_time(time) <= k);
        let object =
            search(0, u64::MAX, |object| self.before(Key { time, object, offset: 0 }) <= k);
        let offset = search(0, u64::MAX, |offset| self.before(Key { time, object, offset }) <= k);
        let key = Key { time, object, offset };
        (key, k - self.before(key))
    }
}

/// Numbers that can be halved between.
trait Middle: Copy + PartialEq {
    fn above(low: Self, high: Self) -> Self;
    fn less_one(self) -> Self;
}

impl Middle for i64 {
    fn above(low: Self, high: Self) -> Self {
        let span = high.abs_diff(low);
        low.wrapping_add((span / 2 + span % 2) as Self)
    }

    fn less_one(self) -> Self {
        self - 1
    }
}

impl Middle for u64 {
    fn above(low: Self, high: Self) -> Self {
        let span = high - low;
        low + span / 2 + span % 2
    }

    fn less_one(self) -> Self {
        self - 1
    }
}

/// The greatest number in `low..=high` for which the test holds; it must hold for `low`, and for
/// none after one for which it does not.
fn search<T: Middle>(mut low: T, mut high: T, holds: impl Fn(T) -> bool) -> T {
    while low != high {
        let middle = T::above(low, high);
        if holds(middle) {
            low = middle;
        } else {
            high = middle.less_one();
        }
    }
    low
}
