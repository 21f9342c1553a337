//! Events as immutable column segments, and the coverage ledger.
//!
//! A [`Segment`] holds at most 65,535 rows of one format, sorted by time and origin; its columns
//! are that format's fields. A filter tests each distinct value once and then compares codes.
//! Readers hold a [`Snapshot`]: cheap to take, never changing.
//!
//! **A segment never changes once it is in the store**; what is found out later (duplicates,
//! conflicts) lies beside it.

mod batch;
pub mod bits;
mod builder;
pub mod column;
pub mod dict;
mod duplicates;
mod growing;
pub mod ids;
pub mod ledger;
pub mod numbers;
pub mod segment;
pub mod selection;

use crate::event::{ObjectId, Reason, ReasonKind};
use arc_swap::ArcSwap;
use foldhash::quality::RandomState;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

pub use batch::{Batch, Window};
pub use bits::Bits;
pub use builder::Builder;
pub use column::{Cell, Column};
pub use dict::{Codes, Dict, Entry, Found, Items};
pub use duplicates::RowRef;
pub use ids::{Id, Ids};
pub use ledger::{Counts, Ledger, NewObject, Object, Tally, Totals};
pub use numbers::Numbers;
pub use segment::{Key, Segment};
pub use selection::Selection;

use duplicates::{Duplicates, Seen};

/// What was found out about a segment's rows after it was sealed.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// Rows that are in the table already through another object.
    pub hidden: Option<Arc<Bits>>,
    /// Rows whose id another record has too, with other bytes.
    pub conflict: Option<Arc<Bits>>,
}

/// The store at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub segments: Vec<Arc<Segment>>,
    /// One for each segment.
    pub overlays: Vec<Overlay>,
    /// Grows with every change.
    pub version: u64,
}

impl Snapshot {
    pub fn segment(&self, at: RowRef) -> &Arc<Segment> {
        &self.segments[at.segment as usize]
    }

    /// Rows that are not hidden.
    pub fn visible(&self) -> usize {
        let hidden = |overlay: &Overlay| overlay.hidden.as_ref().map_or(0, |bits| bits.count());
        let all: usize = self.segments.iter().map(|segment| segment.len()).sum();
        all - self.overlays.iter().map(hidden).sum::<usize>()
    }

    pub fn is_conflict(&self, at: RowRef) -> bool {
        let overlay = &self.overlays[at.segment as usize];
        overlay.conflict.as_ref().is_some_and(|bits| bits.get(usize::from(at.row)))
    }

    /// First and last time of the visible rows, in nanoseconds.
    pub fn span(&self) -> Option<(i64, i64)> {
        let spans = self.segments.iter().filter_map(|segment| segment.span());
        spans.reduce(|(a, b), (first, last)| (a.min(first), b.max(last)))
    }
}

/// All events of a session. Segments are appended by several threads.
#[derive(Default)]
pub struct Store {
    ledger: Ledger,
    published: ArcSwap<Snapshot>,
    inner: Mutex<Inner>,
    /// Hashes records' bytes; keyed at random, so that nobody can prepare records that pass for
    /// others.
    hasher: RandomState,
}

#[derive(Default)]
struct Inner {
    snapshot: Snapshot,
    duplicates: Duplicates,
    /// Objects that are the same as another: their rows are hidden.
    same: HashSet<ObjectId>,
    /// The object that stands for each content.
    by_hash: HashMap<[u8; 32], (ObjectId, u64)>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    pub fn new() -> Self {
        Self::default()
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
    pub fn append(&self, segment: Segment) {
        let mut inner = self.lock();
        let number = inner.snapshot.segments.len() as u32;
        let segment = Arc::new(segment);
        inner.snapshot.segments.push(Arc::clone(&segment));
        inner.snapshot.overlays.push(Overlay::default());
        if !inner.same.is_empty() {
            let same: Vec<ObjectId> =
                segment.objects().filter(|object| inner.same.contains(object)).collect();
            for object in same {
                inner.hide_all(number, &segment.rows_of(object));
            }
        }
        let Inner { duplicates, snapshot, .. } = &mut *inner;
        for seen in duplicates.look(&snapshot.segments) {
            self.note(&mut inner, seen);
        }
        self.publish(&mut inner);
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
            Seen::Duplicate { hide } => {
                let segment = Arc::clone(inner.snapshot.segment(hide));
                let row = usize::from(hide.row);
                let overlay = &mut inner.snapshot.overlays[hide.segment as usize];
                let object = segment.origin(row).object;
                if mark(&mut overlay.hidden, segment.len(), row) && !inner.same.contains(&object) {
                    self.ledger.duplicate(object, &segment.schema);
                }
            }
        }
    }

    /// The outermost object has been read whole. If another has the same content, the one that
    /// comes later in the listing gives no records; its rows are hidden.
    pub fn acquired(&self, id: ObjectId, order: u64, sha256: [u8; 32], bytes: u64) {
        self.ledger.acquired(id, sha256, bytes);
        if bytes == 0 {
            return;
        }
        let mut inner = self.lock();
        let Some(&(known, known_order)) = inner.by_hash.get(&sha256) else {
            inner.by_hash.insert(sha256, (id, order));
            return;
        };
        let (stays, goes) = if order < known_order { (id, known) } else { (known, id) };
        inner.by_hash.insert(sha256, (stays, order.min(known_order)));
        let name = self.ledger.path(stays).unwrap_or_default();
        let reason = Reason::new(ReasonKind::SameObject, format!("the same object as {name}"));
        for object in self.ledger.forget(goes, &reason) {
            inner.same.insert(object);
            for number in 0..inner.snapshot.segments.len() {
                let segment = Arc::clone(&inner.snapshot.segments[number]);
                if segment.objects().any(|other| other == object) {
                    inner.hide_all(number as u32, &segment.rows_of(object));
                }
            }
        }
        self.publish(&mut inner);
    }

    fn publish(&self, inner: &mut Inner) {
        inner.snapshot.version += 1;
        self.published.store(Arc::new(inner.snapshot.clone()));
    }

    /// Bytes on the heap: segments, and what finding duplicates needs.
    pub fn heap(&self) -> (usize, usize) {
        let inner = self.lock();
        let segments = inner.snapshot.segments.iter().map(|segment| segment.heap()).sum();
        (segments, inner.duplicates.heap())
    }
}

impl Inner {
    fn hide_all(&mut self, number: u32, rows: &Bits) {
        let overlay = &mut self.snapshot.overlays[number as usize];
        let hidden =
            overlay.hidden.take().map_or_else(|| rows.clone(), |hidden| (*hidden).clone().or(rows));
        overlay.hidden = Some(Arc::new(hidden));
    }
}

/// Sets a bit; says whether it was clear.
fn mark(bits: &mut Option<Arc<Bits>>, len: usize, row: usize) -> bool {
    let bits = bits.get_or_insert_with(|| Arc::new(Bits::none(len)));
    let was = bits.get(row);
    Arc::make_mut(bits).set(row);
    !was
}

#[cfg(test)]
mod tests;
