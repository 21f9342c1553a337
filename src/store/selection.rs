//! The rows that a filter lets through, in the order of time: how many, which is the k-th, which
//! lie in a window. Nothing is sorted; only the window is merged.

use super::segment::Key;
use super::{Bits, RowRef, Snapshot};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;
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
                    // Its rows moved to another.
                    _ if snapshot.segments[number].is_empty() => Part::All(0),
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
        segments.map(|(segment, part)| part.rank(segment.first_from(key, 0..segment.len()))).sum()
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
            let from = segment.first_from(key, 0..segment.len());
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
        let mut heap = BinaryHeap::with_capacity(self.parts.len());
        for (number, row) in self.split(from).into_iter().enumerate() {
            if let Some(row) = self.parts[number].next(row) {
                heap.push(Reverse((self.snapshot.segments[number].key(row), number, row)));
            }
        }
        let mut rows = Vec::with_capacity(count.min(self.total - from));
        while let Some(Reverse((_, number, row))) = heap.pop() {
            if let Some(next) = self.parts[number].next(row + 1) {
                heap.push(Reverse((self.snapshot.segments[number].key(next), number, next)));
            }
            rows.push(RowRef { segment: number as u32, row: row as u16 });
            if rows.len() == count {
                break;
            }
        }
        rows
    }

    /// For each segment the row before which its share of the first `k` selected rows lies.
    ///
    /// This is quickselect over sorted runs: rows around a row picked by chance are put on its one
    /// or other side, until no row is left whose side is not known.
    fn split(&self, k: usize) -> Vec<usize> {
        let segments = &self.snapshot.segments;
        // Of each segment, the rows that are known to be among the first, and those known not to be.
        let mut ranges: Vec<Range<usize>> = segments.iter().map(|s| 0..s.len()).collect();
        let mut open: Vec<usize> = (0..ranges.len()).filter(|&at| !ranges[at].is_empty()).collect();
        let (mut first, mut chance) = (0, 0u64);
        while !open.is_empty() {
            let pivot = self.pivot(&open, &ranges, &mut chance);
            let cut = |&at: &usize| {
                let (key, number, row) = pivot;
                match at.cmp(&number) {
                    Ordering::Less => segments[at].first_above(key, ranges[at].clone()),
                    Ordering::Equal => row,
                    Ordering::Greater => segments[at].first_from(key, ranges[at].clone()),
                }
            };
            let cuts: Vec<usize> = open.iter().map(cut).collect();
            let count = |(&at, &cut): (&usize, &usize)| {
                self.parts[at].rank(cut) - self.parts[at].rank(ranges[at].start)
            };
            let before = first + open.iter().zip(&cuts).map(count).sum::<usize>();
            for (&at, &cut) in open.iter().zip(&cuts) {
                if before <= k { ranges[at].start = cut } else { ranges[at].end = cut }
            }
            if before <= k {
                first = before;
            }
            if before < k {
                // The row in the middle is one of the first too.
                let (_, number, row) = pivot;
                ranges[number].start = row + 1;
                first += usize::from(self.parts[number].has(row));
            }
            if before == k {
                break;
            }
            open.retain(|&at| !ranges[at].is_empty());
        }
        ranges.into_iter().map(|range| range.start).collect()
    }

    /// A row of these ranges, each as likely as any other, whatever order evidence is in.
    fn pivot(
        &self,
        open: &[usize],
        ranges: &[Range<usize>],
        chance: &mut u64,
    ) -> (Key, usize, usize) {
        // Knuth's MMIX generator.
        *chance =
            chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let rows: usize = open.iter().map(|&at| ranges[at].len()).sum();
        let mut pick = ((u128::from(*chance) * rows as u128) >> 64) as usize;
        let mut number = 0;
        for &at in open {
            number = at;
            if pick < ranges[at].len() {
                break;
            }
            pick -= ranges[at].len();
        }
        let row = ranges[number].start + pick;
        (self.snapshot.segments[number].key(row), number, row)
    }
}
