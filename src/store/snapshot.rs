//! The store at one moment: cheap to take, never changing.

use super::{Bits, Moves, Room, RowRef, Segment};
use std::sync::Arc;

/// What was found out about a segment's rows after it was sealed.
#[derive(Debug, Clone, Default)]
pub struct Overlay {
    /// Rows that are in the table already through another object, or of objects that are gone.
    pub hidden: Option<Arc<Bits>>,
    /// Rows whose id another record has too, with other bytes.
    pub conflict: Option<Arc<Bits>>,
}

impl Overlay {
    pub(super) fn hide(&mut self, rows: &Bits) {
        let hidden = self.hidden.take();
        let all = hidden.map_or_else(|| rows.clone(), |hidden| (*hidden).clone().or(rows));
        self.hidden = Some(Arc::new(all));
    }
}

/// The store at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub segments: Vec<Arc<Segment>>,
    /// One for each segment.
    pub overlays: Vec<Overlay>,
    /// What became of rows that older snapshots know by other names.
    pub moves: Arc<Moves>,
    /// Grows with every change.
    pub version: u64,
}

impl Snapshot {
    pub fn segment(&self, at: RowRef) -> &Arc<Segment> {
        &self.segments[at.segment as usize]
    }

    /// The same rows with nothing in memory that can be read again, if there is no room for more.
    pub fn light(&self) -> Option<Self> {
        let full = |segment: &Arc<Segment>| segment.room().is_some_and(Room::is_full);
        if !self.segments.iter().any(full) {
            return None;
        }
        let segments = self.segments.iter().map(Segment::for_a_pass).collect();
        Some(Self { segments, ..self.clone() })
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
