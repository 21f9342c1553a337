//! How a file is followed no more, for a while or for good, and what is kept of it.

use super::{Tail, remark};
use crate::case::hex;
use crate::event::{Cancel, Reason, ReasonKind, State};
use crate::job::follow::Ground;
use crate::job::follow::open::{Open, Passing};
use crate::job::follow::others::Read;
use crate::job::spool::Spool;
use crate::source::Input;
use crate::store::Batch;
use sha2::Digest;
use std::sync::Arc;

impl Tail {
    /// It is not held open any more; `false` if it has to be, as its last line has no end. When
    /// it grows again, it is read from its front once more.
    pub(in crate::job::follow) fn rest(&mut self) -> bool {
        let may = |open: &mut Open| open.last.last().is_none_or(|last| *last == b'\n');
        let Some(Open { spool, hash, .. }) = self.open.take_if(may) else { return false };
        let hash = hash.finalize().into();
        self.sha256 = Some(hash);
        self.copy = spool.inspect(|spool| spool.finish(Some(hash)));
        true
    }

    /// Nothing is followed any more. A copy is kept unless all of it is proven to be what the file
    /// begins with, and that is still in the sources.
    pub(in crate::job::follow) fn leave(mut self, ground: &Ground) {
        let Some((spool, hash)) = self.kept() else { return };
        let is_source = ground.sources.load().iter().any(|one| one.name() == self.source.name());
        let stands = || match self.source.open(&self.item, &Cancel::new()) {
            Ok(Input::File(file)) => spool.begins(file).unwrap_or(false),
            _ => false,
        };
        if is_source && stands() {
            spool.discard();
        } else {
            spool.finish(Some(hash));
        }
    }

    /// It is not followed line by line, but read again as a whole once it rests.
    pub(in crate::job::follow) fn packed(self, ground: &Ground) -> Read {
        let (id, source, item) = (self.id, self.source.name().to_owned(), Arc::clone(&self.item));
        let (place, stamp, is_plain) = (self.place.clone(), self.seen, false);
        self.leave(ground);
        Read { id, source, item, place, stamp, is_plain }
    }

    /// The copy, if there is one, and the hash of what it holds.
    fn kept(&mut self) -> Option<(Spool, [u8; 32])> {
        match self.open.take() {
            Some(Open { spool, hash, .. }) => Some((spool?, hash.finalize().into())),
            None => Some((self.copy.take()?, self.sha256?)),
        }
    }

    /// The file is not followed any more. Whether there are new rows.
    pub(in crate::job::follow) fn end(
        mut self,
        ground: &Ground,
        batch: &mut Batch<'_>,
        why: Reason,
    ) -> bool {
        remark(ground, self.id, why);
        // What came before it was renamed or removed is still there for whoever has it open.
        let is_same = |open: &Open| open.is_same(self.read).unwrap_or(false);
        let before = self.read;
        let mut rows =
            self.open.as_ref().is_some_and(is_same) && self.read_on(ground, batch, u64::MAX);
        self.grew |= self.read > before;
        let mut outcome = None;
        if let Some(mut open) = self.open.take() {
            batch.begin(self.id, self.order);
            let mut sink = Passing { batch, known: open.known, rows: 0 };
            outcome = open.feed.finish(&mut sink);
            rows |= sink.rows > 0;
            batch.flush_tally();
            let hash: [u8; 32] = open.hash.finalize().into();
            if let Some(spool) = &open.spool {
                spool.finish(Some(hash));
            }
            self.sha256 = Some(hash);
        }
        if let Some(hash) = self.sha256.filter(|_| self.grew) {
            let detail = format!("grew to {} bytes; SHA-256 of them: {}", self.read, hex(&hash));
            remark(ground, self.id, Reason::new(ReasonKind::Growing, detail));
            let (state, reason) = outcome.map_or((State::Read, None), |(s, r)| (s, Some(r)));
            ground.store.ledger().close(self.id, state, reason);
            // A copy of it, as whoever cut it may have made, is the same object.
            ground.store.acquired(self.id, self.order, hash, self.read);
        }
        rows
    }
}
