//! One giant object keeps more than one thread busy: the thread that reads it cuts, and leaves
//! pieces to readers that have nothing else to do. What nobody has room for it decodes itself.

use super::{Reader, Work};
use crate::event::ObjectId;
use crate::format::{Feed, Piece};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, select, unbounded};
use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Bytes of an object that one thread reads alone; tests have no giants.
const ALONE: u64 = if cfg!(test) { 100 << 10 } else { 32 << 20 };

/// Bytes of a piece, at least.
const PIECE: usize = if cfg!(test) { 8 << 10 } else { 1 << 20 };

/// What a panic left.
type Panic = Box<dyn Any + Send>;

/// A piece on its way to whoever has time.
pub(super) struct Part {
    piece: Piece,
    object: ObjectId,
    order: u64,
    /// Where it is told if decoding it fails. Dropped when it is done.
    failed: Sender<Panic>,
}

/// The readers' common table, on which pieces lie.
#[derive(Clone)]
pub(super) struct Table {
    put: Sender<Part>,
    take: Receiver<Part>,
}

impl Table {
    /// For so many readers: each may find one piece on it. One alone has nobody to leave any to.
    pub(super) fn new(readers: usize) -> Self {
        let places = if readers > 1 { readers } else { 0 };
        let (put, take) = bounded(places);
        Self { put, take }
    }

    fn has_room(&self) -> bool {
        self.put.len() < self.put.capacity().unwrap_or(0)
    }
}

/// One object of which pieces may be left to others.
pub(super) struct Whole {
    object: ObjectId,
    order: u64,
    /// Once any have been cut.
    failed: Option<(Sender<Panic>, Receiver<Panic>)>,
}

impl Whole {
    pub(super) fn new(object: ObjectId, order: u64) -> Self {
        Self { object, order, failed: None }
    }
}

impl Reader<'_> {
    /// Reads objects until there are no more, and then what others leave to it.
    pub(super) fn work(&mut self, works: &Receiver<Work>, table: Table) {
        let parts = table.take.clone();
        self.table = Some(table);
        loop {
            select! {
                recv(works) -> work => match work {
                    Ok(work) => self.object(&work),
                    Err(_) => break,
                },
                recv(parts) -> part => if let Ok(part) = part {
                    self.part(part);
                },
            }
        }
        // When nobody reads any more, nothing more is left to anyone.
        self.table = None;
        for part in parts {
            self.part(part);
        }
    }

    /// Decodes what was left by another, or by nobody else taken.
    fn part(&mut self, part: Part) {
        let Part { piece, object, order, failed } = part;
        self.batch.begin(object, order);
        let decoded = catch_unwind(AssertUnwindSafe(|| piece.decode(&mut self.batch)));
        if let Err(panic) = decoded {
            self.batch.recover();
            // The one who reads it waits for this, unless it has failed too.
            let _ = failed.send(panic);
        }
        self.batch.flush_tally();
        self.notice();
    }

    /// Gives the next bytes of an object, of which `before` have come, to its feed.
    pub(super) fn feed(
        &mut self,
        whole: &mut Whole,
        before: u64,
        feed: &mut Feed,
        bytes: &[u8],
    ) -> ControlFlow<()> {
        let room = || self.table.as_ref().is_some_and(Table::has_room);
        let is_cut = feed.has_begun() || before >= ALONE && feed.is_settled() && room();
        if !is_cut {
            return feed.push(bytes, &mut self.batch);
        }
        if let Some((_, failed)) = &whole.failed
            && let Ok(panic) = failed.try_recv()
        {
            resume_unwind(panic);
        }
        feed.cut(bytes, &mut self.batch)?;
        self.leave(whole, feed, PIECE);
        ControlFlow::Continue(())
    }

    /// Leaves what has been cut to others, as far as they have room for it; what has only been
    /// begun if it has at least so many bytes.
    pub(super) fn leave(&mut self, whole: &mut Whole, feed: &mut Feed, least: usize) {
        for piece in feed.pieces(least) {
            let (object, order) = (whole.object, whole.order);
            let failed = whole.failed.get_or_insert_with(unbounded).0.clone();
            let part = Part { piece, object, order, failed };
            let left = match &self.table {
                Some(table) => table.put.try_send(part).map_err(TrySendError::into_inner),
                None => Err(part),
            };
            if let Err(part) = left {
                self.part(part);
            }
        }
    }

    /// Decodes what was begun, and waits for what was left to others.
    pub(super) fn gather(&mut self, mut whole: Whole, feed: &mut Feed) {
        self.leave(&mut whole, feed, 0);
        let Whole { object, order, failed: Some((sender, failed)) } = whole else { return };
        let parts = self.table.as_ref().map(|table| table.take.clone());
        while let Some(part) = parts.as_ref().and_then(|parts| parts.try_recv().ok()) {
            self.part(part);
        }
        drop(sender);
        // It ends when the last part is done.
        let panic = failed.into_iter().last();
        self.batch.begin(object, order);
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

#[cfg(test)]
mod tests;
