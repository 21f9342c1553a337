//! One file that may grow. Until it does, nothing is held but how far it was read.
//!
//! When it first grows it is read from its front once more: its hash so far proves that what was
//! loaded is what still stands there, the copy of it is begun that a rotation cannot take away,
//! and the parser comes to where it was. Records that are in the table already are passed over.

use super::Ground;
use crate::case::hex;
use crate::event::{Frame, ObjectId, Reason, ReasonKind, Row, Schema, Sink, State};
use crate::format::{Context, Feed};
use crate::job::direct::Direct;
use crate::job::evidence::{Again, Located};
use crate::job::spool::{Of, Run, Spool};
use crate::source::{Identity, Input, Item, Locator, Source};
use crate::store::{Batch, Object, Tally};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::ops::ControlFlow;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::sync::Arc;

/// Bytes read at once.
const PIECE: usize = 256 << 10;

/// What appears is copied before it grows up to this size.
const NEW_FILE: u64 = 64 << 20;

/// Bytes before the end that are compared each time, to see whether the file was written anew.
const COMPARED: usize = 256;

pub(super) struct Tail {
    id: ObjectId,
    order: u64,
    source: Arc<dyn Source>,
    item: Arc<Item>,
    identity: Identity,
    /// Bytes of it that were read.
    read: u64,
    /// As it was loaded, if it was read whole.
    sha256: Option<[u8; 32]>,
    /// Once it grew, or from the beginning if it appeared later.
    open: Option<Open>,
    grew: bool,
}

/// What is held of a file that grows.
struct Open {
    file: File,
    feed: Feed,
    hash: Sha256,
    spool: Option<Spool>,
    /// Records that end up to here are in the table.
    known: u64,
    /// The last bytes that were read.
    last: Vec<u8>,
}

/// What became of a file since the last look.
pub(super) enum Grown {
    No,
    /// There are new rows.
    Rows,
    /// It is not the file any more that was read.
    Other(Reason),
}

/// Adds something to the ledger that is no matter of rows.
pub(super) fn remark(ground: &Ground, id: ObjectId, remark: Reason) {
    ground.store.ledger().add(id, Tally { remarks: vec![remark], ..Tally::default() });
}

fn rewritten() -> Reason {
    Reason::new(ReasonKind::Changed, "was written anew, and goes on as another object")
}

impl Tail {
    pub(super) fn new(
        object: &Object,
        source: Arc<dyn Source>,
        item: Arc<Item>,
        identity: Identity,
    ) -> Self {
        let Object { id, order, bytes, sha256, .. } = *object;
        Self { id, order, source, item, identity, read: bytes, sha256, open: None, grew: false }
    }

    pub(super) fn id(&self) -> ObjectId {
        self.id
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
    pub(super) fn is_at(&self, other: &Path) -> bool {
        matches!(&self.item.locator, Locator::File { path, .. } if path == other)
    }

    /// The name of the source that it is in.
    pub(super) fn source(&self) -> &str {
        self.source.name()
    }

    /// The file has another name now.
    pub(super) fn renamed(&mut self, ground: &Ground, source: &Arc<dyn Source>, item: Arc<Item>) {
        (self.source, self.item) = (Arc::clone(source), item);
        if self.open.is_none() {
            let (source, item) = (Arc::clone(&self.source), Arc::clone(&self.item));
            let again = Again::Item { source, item };
            let (outermost, direct) = (self.id, Some(Direct::File));
            let located = Located { again, outermost, member: None, behind: None, direct };
            ground.evidence.locate(self.id, located);
        }
    }

    /// Reads what was appended; `size` is that of the file now.
    pub(super) fn grow(&mut self, ground: &Ground, batch: &mut Batch<'_>, size: u64) -> Grown {
        if size == self.read {
            self.keep_safe();
            return Grown::No;
        }
        if size < self.read {
            let detail = format!("was cut to {size} bytes, and goes on as another object");
            return Grown::Other(Reason::new(ReasonKind::Changed, detail));
        }
        if self.open.is_none() {
            match self.begin(ground, batch) {
                Ok(true) => {}
                Ok(false) => return Grown::Other(rewritten()),
                Err(reason) => return Grown::Other(reason),
            }
        }
        match self.open.as_mut().map(|open| open.is_same(self.read)) {
            Some(Ok(true)) => {}
            Some(Ok(false)) => return Grown::Other(rewritten()),
            Some(Err(_)) | None => return Grown::No,
        }
        self.grows(ground);
        let rows = self.read_on(ground, batch, u64::MAX);
        self.enter(ground);
        self.keep_safe();
        if rows { Grown::Rows } else { Grown::No }
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
        let Input::File(file) = self.source.open(&self.item)? else { return Ok(false) };
        let io = |error: std::io::Error| Reason::new(ReasonKind::Io, error.to_string());
        let about = file.metadata().map_err(io)?;
        if (about.dev(), about.ino()) != self.identity {
            return Ok(false);
        }
        let spool = Spool::create(
            ground.options.spool.as_deref(),
            Of::Grown,
            ground.load.progress().copied(),
        );
        let spool = spool.map_err(|error| {
            let detail = format!("what it grows by could not be copied: {error}");
            remark(ground, self.id, Reason::new(ReasonKind::Io, detail));
        });
        let context = Context {
            key: self.item.key.clone(),
            modified: self.item.modified,
            zone_seconds: ground.options.zone_seconds,
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
            self.read = before;
            return Ok(false);
        }
        self.begun(ground);
        Ok(true)
    }

    fn begun(&mut self, ground: &Ground) {
        let Some(open) = &self.open else { return };
        if let Some(spool) = &open.spool {
            let direct = Some(Direct::Run(Run { spool: spool.clone(), at: 0, from: 0 }));
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

    /// Nothing is followed any more. A copy is kept unless all of it is proven to be what the file
    /// begins with, and that is still in the sources.
    pub(super) fn leave(self, ground: &Ground) {
        let Some(Open { spool: Some(spool), hash, .. }) = self.open else { return };
        let is_source = ground.sources.load().iter().any(|one| one.name() == self.source.name());
        let stands = || match self.source.open(&self.item) {
            Ok(Input::File(file)) => spool.begins(file).unwrap_or(false),
            _ => false,
        };
        if is_source && stands() {
            spool.discard();
        } else {
            spool.finish(Some(hash.finalize().into()));
        }
    }

    /// The file is not followed any more. Whether there are new rows.
    pub(super) fn end(mut self, ground: &Ground, batch: &mut Batch<'_>, why: Reason) -> bool {
        remark(ground, self.id, why);
        // What came before it was renamed or removed is still there for whoever has it open.
        let is_same = |open: &Open| open.is_same(self.read).unwrap_or(false);
        let before = self.read;
        let mut rows =
            self.open.as_ref().is_some_and(is_same) && self.read_on(ground, batch, u64::MAX);
        self.grew |= self.read > before;
        if let Some(mut open) = self.open.take() {
            batch.begin(self.id, self.order);
            let mut sink = Passing { batch, known: open.known, rows: 0 };
            let outcome = open.feed.finish(&mut sink);
            rows |= sink.rows > 0;
            batch.flush_tally();
            let hash: [u8; 32] = open.hash.finalize().into();
            if let Some(spool) = &open.spool {
                spool.finish(Some(hash));
            }
            if !self.grew {
                return rows;
            }
            let detail = format!("grew to {} bytes; SHA-256 of them: {}", self.read, hex(&hash));
            remark(ground, self.id, Reason::new(ReasonKind::Growing, detail));
            let (state, reason) = outcome.map_or((State::Read, None), |(s, r)| (s, Some(r)));
            ground.store.ledger().close(self.id, state, reason);
        }
        rows
    }
}

impl Open {
    fn remember(&mut self, bytes: &[u8]) {
        self.last.extend_from_slice(&bytes[bytes.len().saturating_sub(COMPARED)..]);
        let surplus = self.last.len().saturating_sub(COMPARED);
        self.last.drain(..surplus);
    }

    /// Whether what was read last still stands there.
    fn is_same(&self, read: u64) -> std::io::Result<bool> {
        let mut last = vec![0; self.last.len()];
        match self.file.read_exact_at(&mut last, read - self.last.len() as u64) {
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
            read => read.map(|()| last == self.last),
        }
    }
}

/// Passes records on that are not in the table yet.
struct Passing<'r, 'b> {
    batch: &'r mut Batch<'b>,
    known: u64,
    rows: u64,
}

impl Sink for Passing<'_, '_> {
    fn row(&mut self, schema: &Arc<Schema>) -> &mut dyn Row {
        self.batch.row(schema)
    }

    fn commit(&mut self, schema: &Arc<Schema>, frame: Frame, raw: &[u8]) -> ControlFlow<()> {
        if frame.offset + u64::from(frame.length) <= self.known {
            self.batch.abandon(schema);
            return ControlFlow::Continue(());
        }
        self.rows += 1;
        self.batch.commit(schema, frame, raw)
    }

    fn abandon(&mut self, schema: &Arc<Schema>) {
        self.batch.abandon(schema);
    }

    fn remark(&mut self, reason: Reason) {
        if reason.offset.is_none_or(|offset| offset >= self.known) {
            self.batch.remark(reason);
        }
    }
}
