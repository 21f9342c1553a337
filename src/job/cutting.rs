//! Cutting records out of an object that streams by: nothing is held but the record at hand.

use super::Evidence;
use crate::event::{Cancel, ObjectId, RecordsError};
use crate::store::{RowRef, Snapshot};
use std::ops::ControlFlow;

/// A row whose record is wanted, and where that is in its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub row: RowRef,
    offset: u64,
    length: u32,
}

impl Wanted {
    /// The rows of one object in the order of its bytes, whatever order they are given in.
    pub fn of(snapshot: &Snapshot, rows: &[RowRef]) -> Vec<Self> {
        let wanted = |&row: &RowRef| {
            let origin = snapshot.segment(row).origin(usize::from(row.row));
            Self { row, offset: origin.offset, length: origin.length }
        };
        let mut all: Vec<Self> = rows.iter().map(wanted).collect();
        all.sort_unstable_by_key(|wanted| (wanted.offset, wanted.row));
        all
    }
}

/// The rows that were not reached, and why.
#[derive(Debug, Clone)]
pub struct Lost {
    pub object: ObjectId,
    pub rows: Vec<RowRef>,
    pub error: RecordsError,
}

/// Takes what an object holds, as it streams by.
pub trait Take {
    /// A wanted record, in the order of the object's bytes.
    fn record(&mut self, wanted: &Wanted, raw: &[u8]);

    /// So many more bytes of the object have passed.
    fn passed(&mut self, _bytes: u64) {}
}

/// Reads an object from its beginning to its last wanted record, and hands on each.
/// `wanted` is sorted as [`Wanted::of`] does it.
///
/// # Errors
/// The rows whose records were not reached: the object ends before them, is not the one that was
/// loaded any more, or the reading was cancelled.
pub fn cut(
    evidence: &Evidence,
    object: ObjectId,
    wanted: &[Wanted],
    cancel: &Cancel,
    take: &mut dyn Take,
) -> Result<(), Lost> {
    let mut cutter = Cutter { wanted, at: 0, held: Vec::new() };
    let read = evidence.stream(object, cancel, &mut |bytes| {
        if cancel.is_cancelled() {
            return ControlFlow::Break(());
        }
        let flow = cutter.push(bytes, &mut |wanted, raw| take.record(wanted, raw));
        take.passed(bytes.len() as u64);
        flow
    });
    cutter.flush(&mut |wanted, raw| take.record(wanted, raw));
    if cutter.wanted.is_empty() {
        return Ok(());
    }
    let ends = || {
        let message = "ends before this record".to_owned();
        RecordsError::Unreadable { object: evidence.name(object), message }
    };
    let rows = cutter.wanted.iter().map(|wanted| wanted.row).collect();
    Err(Lost { object, rows, error: read.err().unwrap_or_else(ends) })
}

/// Cuts records out of a stream of pieces.
struct Cutter<'a> {
    /// Still to come, by offset. Several rows may share one record; others do not overlap.
    wanted: &'a [Wanted],
    /// Bytes of the stream before the next piece.
    at: u64,
    /// What is there of the next record.
    held: Vec<u8>,
}

impl Cutter<'_> {
    fn push(&mut self, bytes: &[u8], found: &mut dyn FnMut(&Wanted, &[u8])) -> ControlFlow<()> {
        let end = self.at + bytes.len() as u64;
        while let Some(next) = self.wanted.first() {
            let stop = next.offset + u64::from(next.length);
            let from = next.offset.saturating_sub(self.at).min(bytes.len() as u64) as usize;
            if stop > end {
                self.held.extend_from_slice(&bytes[from..]);
                break;
            }
            let piece = &bytes[from..stop.saturating_sub(self.at) as usize];
            if self.held.is_empty() {
                self.wanted = hand_on(self.wanted, piece, found);
            } else {
                self.held.extend_from_slice(piece);
                self.wanted = hand_on(self.wanted, &self.held, found);
                self.held.clear();
            }
        }
        self.at = end;
        if self.wanted.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Records without bytes at the very end.
    fn flush(&mut self, found: &mut dyn FnMut(&Wanted, &[u8])) {
        while self.wanted.first().is_some_and(|next| next.length == 0 && next.offset <= self.at) {
            self.wanted = hand_on(self.wanted, &[], found);
        }
    }
}

/// Hands the record to every row that shares it; what is left is still wanted.
fn hand_on<'a>(
    wanted: &'a [Wanted],
    record: &[u8],
    found: &mut dyn FnMut(&Wanted, &[u8]),
) -> &'a [Wanted] {
    let Some(first) = wanted.first() else { return wanted };
    let same = |other: &&Wanted| (other.offset, other.length) == (first.offset, first.length);
    let shared = wanted.iter().take_while(same).count();
    wanted[..shared].iter().for_each(|wanted| found(wanted, record));
    &wanted[shared..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn records_are_cut_out_whatever_the_pieces(
            parts in proptest::collection::vec((0u64..9, 0u32..20, 1usize..3), 0..20),
            size in 1usize..40,
        ) {
            let mut wanted = Vec::new();
            let mut at = 0;
            for &(gap, length, shared) in &parts {
                at += gap;
                for _ in 0..shared {
                    let row = RowRef { segment: 0, row: wanted.len() as u16 };
                    wanted.push(Wanted { row, offset: at, length });
                }
                at += u64::from(length);
            }
            let bytes: Vec<u8> = (0..at).map(|n| n as u8).collect();
            let mut found = Vec::new();
            let mut cutter = Cutter { wanted: &wanted, at: 0, held: Vec::new() };
            let mut keep = |wanted: &Wanted, raw: &[u8]| found.push((wanted.row, raw.to_vec()));
            for piece in bytes.chunks(size) {
                if cutter.push(piece, &mut keep).is_break() {
                    break;
                }
            }
            cutter.flush(&mut keep);
            let cut = |wanted: &Wanted| {
                let from = wanted.offset as usize;
                (wanted.row, bytes[from..from + wanted.length as usize].to_vec())
            };
            prop_assert_eq!(found, wanted.iter().map(cut).collect::<Vec<_>>());
        }
    }
}
