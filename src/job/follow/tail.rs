//! One file that may grow. Until it does, nothing is held but how far it was read; nor is it once
//! others have grown since that cannot all be held open.
//!
//! When it first grows it is read from its front once more: its hash so far proves that what was
//! loaded is what still stands there, the copy of it is begun that a rotation cannot take away,
//! and the parser comes to where it was. Records that are in the table already are passed over.

mod leaving;
mod standing;

use super::Ground;
use super::looked::{Found, Looked, Place};
use super::open::{Open, PIECE, Passing};
use crate::case::hex;
use crate::event::{Cancel, ObjectId, Reason, ReasonKind};
use crate::format::{Context, Feed};
use crate::job::direct::Direct;
use crate::job::evidence::{Again, Located};
use crate::job::spool::{Of, Run, Spool};
use crate::source::{Identity, Input, Item, Source, Stamp, is_packed};
use crate::store::{Batch, Object, Tally};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Bytes that may not be enough to tell what is packed.
const FEW: u64 = 512;

/// What appears is copied before it grows up to this size.
const NEW_FILE: u64 = 64 << 20;

pub(super) struct Tail {
    id: ObjectId,
    order: u64,
    source: Arc<dyn Source>,
    item: Arc<Item>,
    /// As it was when it was last compared with what was read of it.
    seen: Stamp,
    /// Bytes of it that were read.
    read: u64,
    /// As it was loaded, if it was read whole.
    sha256: Option<[u8; 32]>,
    /// Once it grew, or from the beginning if it appeared later.
    open: Option<Open>,
    /// What was read of it while it was open the last time.
    copy: Option<Spool>,
    grew: bool,
    /// When it did so last.
    at: Instant,
    /// Why it cannot be read further for now, which was told.
    fault: Option<Reason>,
    place: Place,
}

/// What became of a file since the last look.
pub(super) enum Grown {
    No,
    /// There are new rows.
    Rows,
    /// It is not the file any more that was read.
    Other(Reason),
    /// What there was of it was little, and what it is now is packed.
    Packed,
}

/// Adds something to the ledger that is no matter of rows.
pub(super) fn remark(ground: &Ground, id: ObjectId, remark: Reason) {
    ground.store.ledger().add(id, Tally { remarks: vec![remark], ..Tally::default() });
}

#[allow(clippy::needless_pass_by_value, reason = "what map_err asks for")]
fn io(error: std::io::Error) -> Reason {
    Reason::new(ReasonKind::Io, error.to_string())
}

/// Whether a file has so many bytes.
fn reaches(file: &File, length: u64) -> bool {
    file.metadata().is_ok_and(|about| about.len() >= length)
}

fn rewritten() -> Reason {
    Reason::new(ReasonKind::Changed, "was written anew, and goes on as another object")
}

impl Tail {
    pub(super) fn new(
        object: &Object,
        source: Arc<dyn Source>,
        item: Arc<Item>,
        place: Place,
        stamp: Stamp,
    ) -> Self {
        let Object { id, order, bytes: read, .. } = *object;
        let sha256 = object.sha256;
        let (open, copy, fault) = Default::default();
        let (grew, at, seen) = (false, Instant::now(), stamp);
        Self { id, order, source, item, seen, read, sha256, open, copy, grew, at, fault, place }
    }

    pub(super) fn id(&self) -> ObjectId {
        self.id
    }

    pub(super) fn identity(&self) -> Identity {
        self.seen.identity()
    }

    /// Whether it is held open and copied.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Copies a file that appeared as it is, if it is no giant: it may be cut before it grows.
    pub(super) fn keep(&mut self, ground: &Ground, batch: &mut Batch<'_>) {
        if (1..=NEW_FILE).contains(&self.read) {
            // Whatever is wrong with it is found when it is looked at next.
            let _ = self.begin(ground, batch);
        }
    }

    /// Whether this is its name, as far as it is known.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        self.place.path == path
    }

    /// Whether it is certainly not there any more, now that it was not found.
    pub(super) fn is_gone(&self, looked: &Looked) -> bool {
        looked.is_gone(self.source.name(), &self.item, self.identity(), &self.place)
    }

    /// Whether what was read of it is there when the file is not.
    pub(super) fn is_kept(&self) -> bool {
        self.copy.is_some() || self.open.as_ref().is_some_and(|open| open.spool.is_some())
    }

    /// Whether its source lies elsewhere.
    pub(super) fn is_far(&self) -> bool {
        self.source.elsewhere().is_some()
    }

    /// The name of the source that it is in.
    pub(super) fn source(&self) -> &str {
        self.source.name()
    }

    /// The file has another name now.
    pub(super) fn renamed(&mut self, ground: &Ground, found: &Found) {
        self.source = Arc::clone(&found.source);
        self.item = Arc::new(found.item.clone());
        self.place = Place::new(found.path.clone());
        if self.seen.modified_nanos == found.stamp.modified_nanos {
            // Another name is another time of change.
            self.seen.changed_nanos = found.stamp.changed_nanos;
        }
        self.locate(ground);
    }

    /// Says where it is now, unless it is read from its copy.
    fn locate(&self, ground: &Ground) {
        if self.copy.is_none() && self.open.is_none() {
            let (source, item) = (Arc::clone(&self.source), Arc::clone(&self.item));
            let again = Again::Item { source, item };
            let (outermost, direct) = (self.id, Some(Direct::File));
            let located = Located { again, outermost, member: None, behind: None, direct };
            ground.evidence.locate(self.id, located);
        }
    }

    /// Reads what was appended to the file.
    pub(super) fn grow(&mut self, ground: &Ground, batch: &mut Batch<'_>, now: &Found) -> Grown {
        let size = now.stamp.size;
        if size == self.read {
            self.keep_safe();
            return self.stays(ground, now);
        }
        if size < self.read {
            let detail = format!("was cut to {size} bytes, and goes on as another object");
            return Grown::Other(Reason::new(ReasonKind::Changed, detail));
        }
        if self.read < FEW && self.reopen().is_ok_and(|file| file.is_some_and(|it| is_packed(&it)))
        {
            return Grown::Packed;
        }
        match self.is_begun(ground, batch) {
            Ok(true) => self.fault = None,
            Ok(false) => return Grown::Other(rewritten()),
            Err(reason) => {
                self.fails(ground, &reason);
                return Grown::No;
            }
        }
        self.at = Instant::now();
        self.grows(ground);
        let rows = self.read_on(ground, batch, u64::MAX);
        self.seen = self.stamp().unwrap_or(now.stamp);
        self.enter(ground);
        self.keep_safe();
        if rows { Grown::Rows } else { Grown::No }
    }

    /// The file, if it is still this one.
    fn reopen(&self) -> Result<Option<File>, Reason> {
        let Input::File(file) = self.source.open(&self.item, &Cancel::new())? else {
            return Ok(None);
        };
        let stamp = Stamp::of(&file.metadata().map_err(io)?);
        Ok((stamp.identity() == self.identity()).then_some(file))
    }

    /// Opens it, if it is not; whether what was read of it still stands there.
    fn is_begun(&mut self, ground: &Ground, batch: &mut Batch<'_>) -> Result<bool, Reason> {
        if self.open.is_none() && !self.begin(ground, batch)? {
            return Ok(false);
        }
        self.open.as_ref().map_or(Ok(false), |open| open.is_same(self.read)).map_err(io)
    }

    /// It cannot be read further, which is told once and tried again.
    fn fails(&mut self, ground: &Ground, why: &Reason) {
        if ground.cancel.is_cancelled() {
            return;
        }
        let detail = format!("cannot be read further for now: {}", why.detail);
        let why = Reason::new(why.kind, detail);
        if self.fault.as_ref() != Some(&why) {
            remark(ground, self.id, why.clone());
            self.fault = Some(why);
        }
    }

    /// When it grew last, or was met.
    pub(super) fn grew_at(&self) -> Instant {
        self.at
    }

    fn keep_safe(&self) {
        if let Some(spool) = self.open.as_ref().and_then(|open| open.spool.as_ref()) {
            spool.keep_safe();
        }
    }

    /// It is longer than it was when it was loaded.
    fn grows(&mut self, ground: &Ground) {
        let Some(open) = self.open.as_ref().filter(|_| !self.grew) else { return };
        self.grew = true;
        if open.last.last().is_some_and(|last| *last != b'\n') {
            let detail = "its last line was being written when it was loaded: it is there as it \
                          was then, and whole";
            remark(ground, self.id, Reason::new(ReasonKind::Truncated, detail));
        }
    }

    /// Opens the file and reads what was loaded of it; whether it is still that.
    fn begin(&mut self, ground: &Ground, batch: &mut Batch<'_>) -> Result<bool, Reason> {
        let Some(file) = self.reopen()? else { return Ok(false) };
        let spool = Spool::create(
            ground.options.spool.as_deref(),
            Of::Grown,
            ground.load.progress().copied(),
        );
        let spool = spool.map_err(|error| {
            let detail = format!("what it grows by could not be copied: {error}");
            remark(ground, self.id, Reason::new(ReasonKind::Io, detail));
        });
        let zone = ground.options.zones.of(self.source.name());
        ground.store.ledger().read_in(self.id, zone);
        let context = Context {
            key: self.item.place().into_owned(),
            modified: self.item.modified,
            zone_seconds: zone.seconds(),
            is_table: false,
        };
        let (feed, hash, known) = (Feed::new(context), Sha256::new(), self.read);
        let spool = spool.ok();
        if let (Some(spool), Some(name)) = (&spool, ground.store.ledger().path(self.id)) {
            spool.leaf(&name, 0);
        }
        let (before, last) = (std::mem::take(&mut self.read), Vec::new());
        self.open = Some(Open { file, feed, hash, spool, known, last });
        self.read_on(ground, batch, before);
        let is_same = |open: &Open| {
            let hash: [u8; 32] = open.hash.clone().finalize().into();
            self.read == before && self.sha256.is_none_or(|loaded| loaded == hash)
        };
        if !self.open.as_ref().is_some_and(is_same) {
            if let Some(Open { spool: Some(spool), .. }) = self.open.take() {
                // It holds nothing that was shown.
                spool.discard();
            }
            let read = std::mem::replace(&mut self.read, before);
            let is_longer =
                || self.reopen().is_ok_and(|file| file.is_some_and(|it| reaches(&it, before)));
            if read < before && (ground.cancel.is_cancelled() || is_longer()) {
                let detail = "could not be read to where it was read before";
                return Err(Reason::new(ReasonKind::Io, detail));
            }
            return Ok(false);
        }
        self.begun(ground);
        Ok(true)
    }

    fn begun(&mut self, ground: &Ground) {
        let Some(open) = &self.open else { return };
        if let Some(spool) = &open.spool {
            let direct = Some(Direct::Run(Run { spool: spool.clone(), at: 0, from: 0 }));
            if let Some(copy) = self.copy.take() {
                // All of it is in the new one.
                copy.discard();
            }
            let (again, outermost) = (Again::Spool(spool.clone()), self.id);
            let located = Located { again, outermost, member: None, behind: None, direct };
            ground.evidence.locate(self.id, located);
        }
    }

    /// Reads up to this byte, or to the end there is now; whether there are new rows.
    fn read_on(&mut self, ground: &Ground, batch: &mut Batch<'_>, to: u64) -> bool {
        let Some(open) = &mut self.open else { return false };
        batch.begin(self.id, self.order);
        let mut sink = Passing { batch, known: open.known, rows: 0 };
        let mut buffer = vec![0; PIECE];
        while self.read < to && !ground.cancel.is_cancelled() {
            let most = usize::try_from(to - self.read).unwrap_or(PIECE).min(PIECE);
            let Ok(count @ 1..) = open.file.read_at(&mut buffer[..most], self.read) else { break };
            let bytes = &buffer[..count];
            self.read += count as u64;
            open.hash.update(bytes);
            open.remember(bytes);
            if let Some(spool) = &open.spool {
                spool.add(bytes);
            }
            if self.read > open.known {
                let new = (self.read - open.known).min(count as u64);
                sink.batch.inflated(new);
                ground.load.progress().inflated(new);
            }
            if open.feed.push(bytes, &mut sink).is_break() {
                break;
            }
        }
        // A line that the next might go on with is a record for now.
        let _ = open.feed.rest(&mut sink);
        sink.batch.flush_tally();
        sink.rows > 0
    }

    /// Says in the ledger how far the file was read.
    fn enter(&self, ground: &Ground) {
        let Some(open) = &self.open else { return };
        let hash: [u8; 32] = open.hash.clone().finalize().into();
        let hash = hex(&hash);
        let detail = format!("grows; SHA-256 of the {} bytes read so far: {hash}", self.read);
        let reason = Reason::new(ReasonKind::Growing, detail);
        ground.store.ledger().growing(self.id, self.read, reason);
    }
}
