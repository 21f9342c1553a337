//! What changes in a store: the snapshot that is published next, and what is known beside it.

use super::duplicates::Duplicates;
use super::{Bits, Overlay, Segment, Snapshot};
use crate::event::ObjectId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

#[derive(Default)]
pub(super) struct Inner {
    pub(super) snapshot: Snapshot,
    pub(super) duplicates: Duplicates,
    /// How many segments have been looked through for duplicates.
    pub(super) looked: usize,
    /// Segments whose rows were looked at before they were merged.
    pub(super) known: HashSet<u32>,
    /// Small segments that are to be merged, by the id of their schema.
    pub(super) small: HashMap<String, Vec<u32>>,
    /// Objects that are the same as another: their rows are hidden.
    pub(super) same: HashSet<ObjectId>,
    /// Objects that are no longer what they were: their rows are hidden, and no duplicates.
    pub(super) gone: HashSet<ObjectId>,
    /// The object that stands for each content.
    pub(super) by_hash: HashMap<[u8; 32], ObjectId>,
}

impl Inner {
    pub(super) fn push(&mut self, segment: Segment) {
        let mut overlay = Overlay::default();
        if let Some(rows) = segment.rows_of(|id| self.is_hidden(id)) {
            overlay.hide(&rows);
        }
        self.snapshot.segments.push(Arc::new(segment));
        self.snapshot.overlays.push(overlay);
    }

    /// Puts a segment behind all others that holds the rows of these parts, each with where its
    /// rows are in it, and takes the rows out of the parts. Returns its position.
    pub(super) fn replace(&mut self, merged: Segment, parts: Vec<(u32, Vec<u16>)>) -> u32 {
        let number = self.snapshot.segments.len();
        let (len, hole) = (merged.len(), Arc::new(merged.without_rows()));
        self.push(merged);
        for (part, rows) in &parts {
            self.snapshot.segments[*part as usize] = Arc::clone(&hole);
            let overlay = std::mem::take(&mut self.snapshot.overlays[*part as usize]);
            let Overlay { hidden, conflict } = &mut self.snapshot.overlays[number];
            for (from, to) in [(overlay.hidden, hidden), (overlay.conflict, conflict)] {
                for row in from.iter().flat_map(|bits| bits.iter()) {
                    mark(to, len, usize::from(rows[row]));
                }
            }
        }
        if parts.iter().all(|&(part, _)| (part as usize) < self.looked) {
            self.known.insert(number as u32);
        }
        let moves = Arc::make_mut(&mut self.snapshot.moves);
        for (part, rows) in parts {
            moves.add(part, number as u32, rows);
        }
        self.duplicates.moved(&self.snapshot.moves);
        number as u32
    }

    /// Whatever was looked at for duplicates has to be looked at again.
    pub(super) fn forget_looks(&mut self) {
        self.duplicates = Duplicates::default();
        self.looked = 0;
        self.known.clear();
    }

    pub(super) fn is_gone(&self, id: ObjectId) -> bool {
        id == ObjectId::GONE || self.gone.contains(&id)
    }

    /// Whether all rows of an object are.
    pub(super) fn is_hidden(&self, id: ObjectId) -> bool {
        self.same.contains(&id) || self.is_gone(id)
    }

    /// Hides all rows of objects.
    pub(super) fn hide_all(&mut self, hidden: impl Fn(&Self, ObjectId) -> bool) {
        for number in 0..self.snapshot.segments.len() {
            let rows = self.snapshot.segments[number].rows_of(|id| hidden(self, id));
            if let Some(rows) = rows {
                self.snapshot.overlays[number].hide(&rows);
            }
        }
    }
}

/// Sets a bit; says whether it was clear.
pub(super) fn mark(bits: &mut Option<Arc<Bits>>, len: usize, row: usize) -> bool {
    let bits = bits.get_or_insert_with(|| Arc::new(Bits::none(len)));
    let was = bits.get(row);
    Arc::make_mut(bits).set(row);
    !was
}
