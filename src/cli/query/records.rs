//! Reading records again, object by object: each object is read once for all the rows that need
//! it, and nothing is held but the record at hand.

use crate::event::{Cancel, ObjectId, RecordsError};
use crate::job::Evidence;
use crate::store::{RowRef, Snapshot};
use std::ops::ControlFlow;

/// A record that is wanted, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) offset: u64,
    pub(super) length: u32,
    pub(super) row: RowRef,
    /// The row's number among those asked for.
    pub(super) number: usize,
}

/// The records of one object, in the order of its bytes.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) id: ObjectId,
    pub(super) wanted: Vec<Wanted>,
}

/// Puts the rows in the order in which their records are read.
pub(super) fn plan(snapshot: &Snapshot, rows: impl Iterator<Item = RowRef>) -> Vec<Object> {
    let mut all: Vec<(ObjectId, Wanted)> = rows
        .enumerate()
        .map(|(number, row)| {
            let origin = snapshot.segment(row).origin(usize::from(row.row));
            let (offset, length) = (origin.offset, origin.length);
            (origin.object, Wanted { offset, length, row, number })
        })
        .collect();
    all.sort_unstable_by_key(|(id, wanted)| (*id, wanted.offset, wanted.number));
    let mut objects: Vec<Object> = Vec::new();
    for (id, wanted) in all {
        match objects.last_mut() {
            Some(last) if last.id == id => last.wanted.push(wanted),
            _ => objects.push(Object { id, wanted: vec![wanted] }),
        }
    }
    objects
}

impl Object {
    /// Hands on each record. An error comes with how many records were not reached.
    pub(super) fn read(
        &self,
        evidence: &Evidence,
        found: &mut dyn FnMut(&Wanted, &[u8]),
    ) -> Result<(), (usize, RecordsError)> {
        let mut cutter = Cutter { wanted: &self.wanted, at: 0, held: Vec::new() };
        let read = evidence.stream(self.id, &Cancel::new(), &mut |bytes| cutter.push(bytes, found));
        cutter.flush(found);
        match (cutter.wanted.len(), read) {
            (0, _) => Ok(()),
            (left, Err(error)) => Err((left, error)),
            (left, Ok(())) => {
                let message = "ends before this record".to_owned();
                Err((left, RecordsError::Unreadable { object: String::new(), message }))
            }
        }
    }
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
                    let number = wanted.len();
                    let row = RowRef { segment: 0, row: number as u16 };
                    wanted.push(Wanted { offset: at, length, row, number });
                }
                at += u64::from(length);
            }
            let bytes: Vec<u8> = (0..at).map(|n| n as u8).collect();
            let mut found = Vec::new();
            let mut cutter = Cutter { wanted: &wanted, at: 0, held: Vec::new() };
            let mut keep = |wanted: &Wanted, raw: &[u8]| found.push((wanted.number, raw.to_vec()));
            for piece in bytes.chunks(size) {
                if cutter.push(piece, &mut keep).is_break() {
                    break;
                }
            }
            cutter.flush(&mut keep);
            let cut = |wanted: &Wanted| {
                let from = wanted.offset as usize;
                (wanted.number, bytes[from..from + wanted.length as usize].to_vec())
            };
            prop_assert_eq!(found, wanted.iter().map(cut).collect::<Vec<_>>());
        }
    }
}
