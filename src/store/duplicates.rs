//! Which records are in the store already: same format, same id, same bytes.
//!
//! **The survivor is the first in the order of the listing, whatever the order of arrival**, so
//! that two loads of the same evidence show the same rows. Records with the same id and other
//! bytes all stay, and are flagged as a conflict.

use super::segment::Segment;
use foldhash::quality::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::sync::Arc;

/// A row by the position of its segment in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowRef {
    pub segment: u32,
    pub row: u16,
}

/// What a new row turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    New,
    /// This row is in the store already: hide the given one, which may be the new one.
    Duplicate {
        hide: RowRef,
    },
    /// Another record has the same id.
    Conflict {
        with: RowRef,
    },
}

/// Every row that has an id. Hashes are keyed at random, so that nobody can prepare evidence
/// whose records pass for duplicates of others.
#[derive(Default)]
pub(super) struct Duplicates {
    table: HashTable<(u64, RowRef)>,
    hasher: RandomState,
}

impl Duplicates {
    /// Looks at a row of the newest segment; `segments` holds all, the newest included.
    pub(super) fn see(&mut self, segments: &[Arc<Segment>], at: RowRef) -> Seen {
        let segment = &segments[at.segment as usize];
        let Some(slot) = segment.known.id else { return Seen::New };
        let id = segment.columns[slot].get(usize::from(at.row));
        let hash = match id {
            super::Cell::Id(super::Id::Uuid(uuid)) => {
                self.hasher.hash_one((&segment.schema.id, uuid))
            }
            super::Cell::Id(super::Id::Text(text)) => {
                self.hasher.hash_one((&segment.schema.id, text))
            }
            _ => return Seen::New,
        };
        let content = segment.content[usize::from(at.row)];
        let mut conflict = None;
        for (known_hash, known) in self.table.iter_hash_mut(hash) {
            if *known_hash != hash {
                continue;
            }
            let other = &segments[known.segment as usize];
            let row = usize::from(known.row);
            let same = other.schema.id == segment.schema.id && other.columns[slot].get(row) == id;
            if same && other.content[row] == content {
                let earlier = segment.key(usize::from(at.row)) < other.key(row);
                let hide = if earlier { std::mem::replace(known, at) } else { at };
                return Seen::Duplicate { hide };
            }
            if same {
                conflict = Some(*known);
            }
        }
        self.table.insert_unique(hash, (hash, at), |&(hash, _)| hash);
        conflict.map_or(Seen::New, |with| Seen::Conflict { with })
    }

    /// Bytes on the heap.
    pub(super) fn heap(&self) -> usize {
        self.table.allocation_size()
    }
}
