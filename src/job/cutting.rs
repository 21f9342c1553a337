//! Cutting records out of objects that stream by: nothing is held but the record at hand.

use super::Evidence;
use super::direct::DirectReader;
use super::plan::Pass;
use super::walking::Walk;
use crate::event::{Cancel, Inner, ObjectId, Origin, Reason, ReasonKind, RecordsError};
use crate::format::Bytes;
use crate::store::{RowRef, Snapshot};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A row whose record is wanted, and where that is in its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub row: RowRef,
    offset: u64,
    length: u32,
    /// Which record within these bytes it is.
    pub inner: Inner,
}

impl Wanted {
    /// The rows of one object in the order of its bytes, whatever order they are given in.
    fn of(snapshot: &Snapshot, rows: &[RowRef]) -> Vec<Self> {
        let wanted = |&row: &RowRef| {
            let origin = snapshot.segment(row).origin(usize::from(row.row));
            let Origin { offset, length, inner, .. } = origin;
            Self { row, offset, length, inner }
        };
        let mut all: Vec<Self> = rows.iter().map(wanted).collect();
        all.sort_unstable_by_key(|wanted| (wanted.offset, wanted.inner, wanted.row));
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

/// Takes what a pass yields.
pub trait Take {
    /// The bytes of a wanted record; those of one object come in the order of its bytes.
    fn record(&mut self, wanted: &Wanted, bytes: &mut Bytes<'_>);

    /// Rows of one object whose records were not reached: it ends before them, is not the one that
    /// was loaded any more, or the pass was cancelled.
    fn lost(&mut self, lost: Lost);

    /// So many more of the pass's bytes have passed.
    fn passed(&mut self, _bytes: u64) {}
}

/// Makes a pass and hands on each wanted record. **Every row is told once**, as a record or as
/// lost, whatever happens: a panic in what looks into a record costs what is left of the pass.
pub fn cut(
    evidence: &Evidence,
    snapshot: &Snapshot,
    pass: &Pass,
    cancel: &Cancel,
    take: &mut dyn Take,
) {
    let ids: Vec<ObjectId> = pass.objects.iter().map(|object| object.id).collect();
    let mut cutting = Cutting {
        evidence,
        snapshot,
        pass,
        over: vec![false; ids.len()],
        at: None,
        cutter: Cutter::default(),
        passed: 0,
        ahead: 0,
        take,
    };
    let made = AssertUnwindSafe(|| {
        if pass.is_direct { cutting.go(cancel) } else { evidence.walk(&ids, cancel, &mut cutting) }
    });
    let unmet = catch_unwind(made).unwrap_or_else(|_| {
        let detail = "searching it failed inside trailcase; please report this";
        Reason::new(ReasonKind::Corrupt, detail)
    });
    for (number, &id) in ids.iter().enumerate() {
        if !cutting.over[number] {
            cutting.lose(number, evidence.error(id, &unmet));
        }
    }
}

struct Cutting<'a> {
    evidence: &'a Evidence,
    snapshot: &'a Snapshot,
    pass: &'a Pass,
    /// The objects of which every row was told.
    over: Vec<bool>,
    /// The object that began last, and its rows.
    at: Option<usize>,
    cutter: Cutter,
    /// Bytes that were told to have passed, and those of this object that will be.
    passed: u64,
    ahead: u64,
    take: &'a mut dyn Take,
}

impl Cutting<'_> {
    fn pass(&mut self, bytes: u64) {
        self.passed += bytes;
        self.take.passed(bytes);
    }

    /// Goes to where the records are. The answer is why objects were not met.
    fn go(&mut self, cancel: &Cancel) -> Reason {
        let mut reader = DirectReader::new(self.evidence);
        for (number, object) in self.pass.objects.iter().enumerate() {
            if cancel.is_cancelled() {
                break;
            }
            self.begin(number);
            let read = self.read(object.id, &mut reader, cancel);
            self.end(number, read);
        }
        Reason::new(ReasonKind::Cancelled, "cancelled")
    }

    fn read(
        &mut self,
        id: ObjectId,
        reader: &mut DirectReader<'_>,
        cancel: &Cancel,
    ) -> Result<(), RecordsError> {
        while let Some(at) = self.cutter.next() {
            if cancel.is_cancelled() {
                let reason = Reason::new(ReasonKind::Cancelled, "cancelled");
                return Err(self.evidence.error(id, &reason));
            }
            let bytes = reader.at(id, at, usize::try_from(self.ahead).unwrap_or(usize::MAX))?;
            self.cutter.at = at;
            if bytes.is_empty() || self.data(bytes).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Tells the rows of an object that were not told yet.
    fn lose(&mut self, number: usize, error: RecordsError) {
        let planned = &self.pass.objects[number];
        let rows = if self.at == Some(number) {
            self.cutter.left().iter().map(|wanted| wanted.row).collect()
        } else {
            planned.rows.clone()
        };
        self.take.lost(Lost { object: planned.id, rows, error });
    }
}

impl Walk for Cutting<'_> {
    fn begin(&mut self, number: usize) {
        let planned = &self.pass.objects[number];
        self.at = Some(number);
        self.cutter = Cutter::new(Wanted::of(self.snapshot, &planned.rows));
        self.ahead = planned.bytes;
        // What lies between two objects was read too.
        self.pass(planned.behind.unwrap_or(0).saturating_sub(self.passed));
    }

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        let flow = self.cutter.push(bytes, &mut |wanted, bytes| self.take.record(wanted, bytes));
        let passed = self.ahead.min(bytes.len() as u64);
        self.ahead -= passed;
        self.pass(passed);
        flow
    }

    fn end(&mut self, number: usize, read: Result<(), RecordsError>) {
        let mut all = false;
        if self.at == Some(number) {
            self.cutter.flush(&mut |wanted, bytes| self.take.record(wanted, bytes));
            all = self.cutter.left().is_empty();
        }
        if !all {
            let ends = || {
                let object = self.evidence.name(self.pass.objects[number].id);
                RecordsError::Unreadable { object, message: "ends before this record".to_owned() }
            };
            self.lose(number, read.err().unwrap_or_else(ends));
        }
        self.over[number] = true;
    }
}

/// Cuts records out of a stream of pieces.
#[derive(Default)]
struct Cutter {
    /// By offset. Several rows may share one record, and lines of others may stand within one.
    wanted: Vec<Wanted>,
    /// How many of them were handed on.
    done: usize,
    /// Bytes of the stream before the next piece.
    at: u64,
    /// What is there of the next record and of what lies within it, and where that begins.
    held: Vec<u8>,
    held_at: u64,
}

impl Cutter {
    /// `wanted` is sorted as [`Wanted::of`] does it.
    fn new(wanted: Vec<Wanted>) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// The rows still to come.
    fn left(&self) -> &[Wanted] {
        &self.wanted[self.done..]
    }

    /// Where the next byte of use is.
    fn next(&self) -> Option<u64> {
        let next = self.left().first()?;
        Some(if self.held.is_empty() { next.offset } else { self.at })
    }

    fn push(
        &mut self,
        bytes: &[u8],
        found: &mut dyn FnMut(&Wanted, &mut Bytes<'_>),
    ) -> ControlFlow<()> {
        let end = self.at + bytes.len() as u64;
        while let Some(next) = self.left().first() {
            let (start, stop) = (next.offset, next.offset + u64::from(next.length));
            if stop > end {
                self.hold(start, bytes);
                self.at = end;
                return ControlFlow::Continue(());
            }
            if start >= self.at {
                self.hand_on(part(bytes, self.at, start, stop), found);
            } else {
                self.fill(stop, bytes);
                let held = std::mem::take(&mut self.held);
                self.hand_on(part(&held, self.held_at, start, stop), found);
                self.held = held;
            }
        }
        self.held.clear();
        self.at = end;
        if self.left().is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Holds what there is from this byte on, with all of this piece.
    fn hold(&mut self, start: u64, bytes: &[u8]) {
        let before = start.saturating_sub(self.held_at).min(self.held.len() as u64) as usize;
        self.held.drain(..before);
        self.held_at = if self.held.is_empty() { start.max(self.at) } else { start };
        self.fill(self.at + bytes.len() as u64, bytes);
    }

    /// Adds what follows what is held, up to this byte, from the piece.
    fn fill(&mut self, stop: u64, bytes: &[u8]) {
        let from = (self.held_at + self.held.len() as u64).max(self.at);
        self.held.extend_from_slice(part(bytes, self.at, from, stop.max(from)));
    }

    /// Records without bytes at the very end.
    fn flush(&mut self, found: &mut dyn FnMut(&Wanted, &mut Bytes<'_>)) {
        while self.left().first().is_some_and(|next| next.length == 0 && next.offset <= self.at) {
            self.hand_on(&[], found);
        }
    }

    /// Hands the record to every row that shares it.
    fn hand_on(&mut self, record: &[u8], found: &mut dyn FnMut(&Wanted, &mut Bytes<'_>)) {
        let Some(&first) = self.left().first() else { return };
        let mut bytes = Bytes::new(record);
        while let Some(next) = self.wanted.get(self.done)
            && (next.offset, next.length) == (first.offset, first.length)
        {
            found(next, &mut bytes);
            self.done += 1;
        }
    }
}

/// The bytes from `start` to `stop` of those that begin at `at`, as far as they are there.
fn part(bytes: &[u8], at: u64, start: u64, stop: u64) -> &[u8] {
    let within = |place: u64| place.saturating_sub(at).min(bytes.len() as u64) as usize;
    &bytes[within(start)..within(stop)]
}

#[cfg(test)]
mod tests;
