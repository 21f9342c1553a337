//! Events as immutable column segments, and the coverage ledger.
//!
//! A [`Segment`] holds at most 65,535 rows of one format, sorted by time and origin; its columns
//! are that format's fields. A filter tests each distinct value once and then compares codes.
//! Readers hold a [`Snapshot`]: cheap to take, never changing.
//!
//! **A segment never changes once it is in the store**; what is found out later (duplicates,
//! conflicts) lies beside it. What of it is in memory may change: parts that are in a [`Pack`] are
//! read when they are asked for.

mod batch;
pub mod bits;
mod builder;
mod bytes;
mod chunks;
pub mod column;
pub mod dict;
mod duplicates;
mod growing;
pub mod ids;
mod inner;
pub mod ledger;
mod merge;
pub mod numbers;
pub mod pack;
mod part;
pub mod segment;
pub mod selection;
mod snapshot;

use crate::event::{ObjectId, Reason, ReasonKind};
use arc_swap::ArcSwap;
use foldhash::quality::FixedState;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub use batch::Batch;
pub use bits::Bits;
pub use builder::Builder;
pub use chunks::Chunks;
pub use column::{Cell, Column};
pub use dict::{Codes, Dict, Entry, Found, Items};
pub use duplicates::RowRef;
pub use ids::{Id, Ids};
pub use ledger::{Contents, Counts, Ledger, NewObject, Object, Tally, Totals};
pub use merge::Moves;
pub use numbers::Numbers;
pub use pack::{Block, Pack, Room};
pub use segment::{Directory, Key, Segment, Shelved, read_bits, save_bits};
pub use selection::Selection;
pub use snapshot::{Overlay, Snapshot};

use duplicates::Seen;
use inner::{Inner, mark};

/// Where segments are put down as they come, so that less of them has to be in memory.
pub trait Keeper: Send + Sync {
    /// Writes the segment down, if it is to be; it is the same rows either way.
    fn keep(&self, segment: &mut Segment);
}

/// All events of a session. Segments are appended by several threads.
pub struct Store {
    ledger: Ledger,
    published: ArcSwap<Snapshot>,
    inner: Mutex<Inner>,
    /// Hashes records' bytes; keyed at random, so that nobody can prepare records that pass for
    /// others.
    hasher: OnceLock<FixedState>,
    keeper: OnceLock<Box<dyn Keeper>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

impl Store {
    pub fn new() -> Self {
        Self {
            ledger: Ledger::default(),
            published: ArcSwap::default(),
            inner: Mutex::default(),
            hasher: OnceLock::new(),
            keeper: OnceLock::new(),
        }
    }

    /// Makes segments comparable with those of another session of the same seed, which has to be
    /// kept from those who write the evidence. Comes before the first row.
    pub fn set_seed(&self, seed: u64) {
        let _ = self.hasher.set(FixedState::with_seed(seed));
    }

    /// What records' bytes are hashed with.
    fn hasher(&self) -> FixedState {
        let chance = || FixedState::with_seed(RandomState::new().hash_one(std::process::id()));
        self.hasher.get_or_init(chance).clone()
    }

    /// Segments that are appended from now on are shown to it first; the first keeper stays.
    pub fn set_keeper(&self, keeper: Box<dyn Keeper>) {
        let _ = self.keeper.set(keeper);
    }

    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.published.load_full()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a segment and looks for duplicates among its rows.
    pub fn append(&self, mut segment: Segment) {
        if let Some(keeper) = self.keeper.get() {
            keeper.keep(&mut segment);
        }
        let mut inner = self.lock();
        inner.push(segment);
        self.look(&mut inner);
        self.publish(&mut inner);
        drop(inner);
        // What was looked at for duplicates may have come from files.
        self.trim();
    }

    /// Adds a segment of which many more of a few rows are to be expected: what is small is merged
    /// with others like it, and shown to the keeper once it is large.
    pub fn append_small(&self, segment: Segment) {
        if segment.len() >= merge::SMALL {
            return self.append(segment);
        }
        let mut inner = self.lock();
        let schema = segment.schema().id.to_string();
        inner.push(segment);
        self.look(&mut inner);
        self.publish(&mut inner);
        let number = inner.snapshot.segments.len() as u32 - 1;
        let small = inner.small.entry(schema).or_default();
        small.push(number);
        if small.len() >= merge::MOST {
            let parts = std::mem::take(small);
            drop(inner);
            self.merge(parts);
        }
    }

    fn merge(&self, parts: Vec<u32>) {
        let snapshot = self.snapshot();
        let segments: Vec<_> =
            parts.iter().map(|&part| Arc::clone(&snapshot.segments[part as usize])).collect();
        let Some((mut merged, moved)) = merge::merge(&segments) else { return };
        let is_small = merged.len() < merge::SMALL;
        if let Some(keeper) = self.keeper.get().filter(|_| !is_small) {
            keeper.keep(&mut merged);
        }
        let schema = Arc::clone(merged.schema());
        let mut inner = self.lock();
        let number = inner.replace(merged, parts.into_iter().zip(moved).collect());
        self.publish(&mut inner);
        if is_small {
            inner.small.entry(schema.id.to_string()).or_default().push(number);
        }
    }

    /// Adds segments of an earlier session. In the end, [`Store::recall`] or
    /// [`Store::look_through`] has to be called, or duplicates among them stand in the table.
    pub fn restore(&self, segments: Vec<Segment>) {
        if segments.is_empty() {
            return;
        }
        let mut inner = self.lock();
        for segment in segments {
            inner.push(segment);
        }
        self.publish(&mut inner);
    }

    /// What was found out about the rows of these segments in an earlier session, from the same
    /// evidence.
    pub fn recall(&self, overlays: Vec<(usize, Overlay)>) {
        let mut inner = self.lock();
        for (number, overlay) in overlays {
            let segment = Arc::clone(&inner.snapshot.segments[number]);
            let known = &mut inner.snapshot.overlays[number];
            if let Some(hidden) = overlay.hidden {
                // What is hidden already was counted, or is not to be.
                let new = known.hidden.iter().fold((*hidden).clone(), |new, old| new.and_not(old));
                for row in new.iter() {
                    self.ledger.duplicate(segment.spot(row).0, segment.schema());
                }
                known.hide(&hidden);
            }
            if let Some(conflict) = overlay.conflict {
                let known = known.conflict.take();
                let all = known
                    .map_or_else(|| (*conflict).clone(), |known| (*known).clone().or(&conflict));
                inner.snapshot.overlays[number].conflict = Some(Arc::new(all));
            }
        }
        self.publish(&mut inner);
    }

    /// Looks for duplicates among all rows that have not been looked at.
    pub fn look_through(&self) {
        let mut inner = self.lock();
        if inner.looked < inner.snapshot.segments.len() {
            self.look(&mut inner);
            self.publish(&mut inner);
        }
    }

    /// Lets go of what is needed only to find duplicates among further rows. If more come, it is
    /// made anew.
    pub fn rest(&self) {
        let mut inner = self.lock();
        inner.forget_looks();
    }

    fn look(&self, inner: &mut Inner) {
        while inner.looked < inner.snapshot.segments.len() {
            inner.looked += 1;
            if inner.known.contains(&(inner.looked as u32 - 1)) {
                continue;
            }
            let segment = &inner.snapshot.segments[inner.looked - 1];
            let gone = segment.rows_of(|id| inner.is_gone(id));
            let Inner { duplicates, snapshot, looked, .. } = &mut *inner;
            for seen in duplicates.look(&snapshot.segments[..*looked], gone.as_ref()) {
                self.note(inner, seen);
            }
        }
    }

    fn note(&self, inner: &mut Inner, seen: Seen) {
        match seen {
            Seen::Conflict { rows } => {
                for at in rows {
                    let len = inner.snapshot.segment(at).len();
                    let overlay = &mut inner.snapshot.overlays[at.segment as usize];
                    mark(&mut overlay.conflict, len, usize::from(at.row));
                }
            }
            Seen::Duplicate { hide, stays } => {
                if inner.snapshot.is_conflict(hide) {
                    self.note(inner, Seen::Conflict { rows: [stays, stays] });
                }
                let segment = Arc::clone(inner.snapshot.segment(hide));
                let row = usize::from(hide.row);
                let overlay = &mut inner.snapshot.overlays[hide.segment as usize];
                let (object, _) = segment.spot(row);
                if mark(&mut overlay.hidden, segment.len(), row) && !inner.same.contains(&object) {
                    self.ledger.duplicate(object, segment.schema());
                }
            }
        }
    }

    /// The outermost object has been read whole. If another has the same content, the one that
    /// comes later in the listing gives no records; its rows are hidden. One that was taken out
    /// while it was read stands for nothing.
    pub fn acquired(&self, id: ObjectId, order: u64, sha256: [u8; 32], bytes: u64) {
        self.ledger.acquired(id, sha256, bytes);
        if bytes == 0 {
            return;
        }
        let mut inner = self.lock();
        if inner.is_gone(id) {
            return;
        }
        let Some(&known) = inner.by_hash.get(&sha256) else {
            inner.by_hash.insert(sha256, id);
            return;
        };
        if known == id {
            return;
        }
        let known_order = self.ledger.get(known).map_or(0, |object| object.order);
        let (stays, goes) = if order < known_order { (id, known) } else { (known, id) };
        inner.by_hash.insert(sha256, stays);
        let name = self.ledger.path(stays).unwrap_or_default();
        let reason = Reason::new(ReasonKind::SameObject, format!("the same object as {name}"));
        let family = self.ledger.forget(goes, &reason);
        let family: HashSet<ObjectId> = family.into_iter().collect();
        inner.hide_all(|_, id| family.contains(&id));
        inner.same.extend(family);
        self.publish(&mut inner);
    }

    /// Whether an object of this content stands in the table.
    pub fn has_content(&self, sha256: &[u8; 32]) -> bool {
        self.lock().by_hash.contains_key(sha256)
    }

    /// These outermost objects are no longer what they were, or no longer wanted: their rows are
    /// hidden, and they are no longer in the ledger. Returns objects that were left out as the same
    /// as one of these; they have to be read now.
    pub fn retract(&self, ids: &[ObjectId]) -> Vec<ObjectId> {
        let mut inner = self.lock();
        let mut contents = HashSet::new();
        inner.by_hash.retain(|content, id| {
            let goes = ids.contains(id);
            if goes {
                contents.insert(*content);
            }
            !goes
        });
        let orphans = self.ledger.ids(|object| {
            let same = object.reason.as_ref().is_some_and(|r| r.kind == ReasonKind::SameObject);
            let twin = object.sha256.is_some_and(|sha256| contents.contains(&sha256));
            same && twin && object.parent.is_none() && !ids.contains(&object.id)
        });
        let all: Vec<ObjectId> = ids.iter().chain(&orphans).copied().collect();
        let family = self.ledger.retract(&all);
        inner.same.retain(|id| !family.contains(id));
        inner.gone.extend(&family);
        self.recount(&mut inner);
        self.publish(&mut inner);
        orphans
    }

    /// Finds out about duplicates anew: of two records that are the same, the one that stood for
    /// both may be gone.
    fn recount(&self, inner: &mut Inner) {
        for number in 0..inner.snapshot.segments.len() {
            let segment = Arc::clone(&inner.snapshot.segments[number]);
            let overlay = std::mem::take(&mut inner.snapshot.overlays[number]);
            for row in overlay.hidden.iter().flat_map(|hidden| hidden.iter()) {
                let (object, _) = segment.spot(row);
                if !inner.same.contains(&object) && !inner.gone.contains(&object) {
                    self.ledger.no_duplicate(object, segment.schema());
                }
            }
        }
        inner.hide_all(Inner::is_hidden);
        inner.forget_looks();
        self.look(inner);
    }

    fn publish(&self, inner: &mut Inner) {
        inner.snapshot.version += 1;
        self.published.store(Arc::new(inner.snapshot.clone()));
    }

    /// Lets go of what can be read again, if more of it is in memory than there is room for.
    /// Those who hold an older snapshot keep what they have.
    pub fn trim(&self) {
        let mut inner = self.lock();
        let Some(light) = inner.snapshot.light() else { return };
        inner.snapshot = light;
        // Not another version: it is the same rows.
        self.published.store(Arc::new(inner.snapshot.clone()));
    }

    /// Bytes on the heap: segments, and what finding duplicates needs.
    pub fn heap(&self) -> (usize, usize) {
        let inner = self.lock();
        let segments = inner.snapshot.segments.iter().map(|segment| segment.heap()).sum();
        (segments, inner.duplicates.heap())
    }
}

#[cfg(test)]
mod tests;
