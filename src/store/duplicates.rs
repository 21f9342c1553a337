//! Which records are in the store already: same format, same id, same bytes.
//!
//! **The survivor is the first in the order of the listing, whatever the order of arrival**, so
//! that two loads of the same evidence show the same rows. Records with the same id and other
//! bytes all stay, and are flagged as a conflict, unless the format says that they are revisions
//! of one thing.

use super::segment::Segment;
use super::{Bits, Cell, Id, Moves};
use foldhash::quality::RandomState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

/// A row by the position of its segment in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowRef {
    pub segment: u32,
    pub row: u16,
}

/// What a row turned out to be that is not new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// Two rows are the same record; either may be the new one.
    Duplicate { hide: RowRef, stays: RowRef },
    /// Two records with the same id.
    Conflict { rows: [RowRef; 2] },
}

/// Every row that has an id, by its number among them. Hashes are keyed at random, so that nobody
/// can prepare evidence whose records pass for duplicates of others. What is to be compared is in
/// the segments, and parts of these may be in files: rows are looked at only when their hashes are
/// the same.
#[derive(Default)]
pub(super) struct Duplicates {
    /// One row of each id (and revision).
    firsts: HashTable<Slot>,
    /// The others of the same id, by id and bytes: however many records share an id, each is
    /// looked for once.
    others: HashTable<Slot>,
    rows: Rows,
}

/// A row and its hash, in twelve bytes.
struct Slot {
    row: u32,
    hash: [u32; 2],
}

impl Slot {
    fn new(row: u32, hash: u64) -> Self {
        Self { row, hash: [(hash >> 32) as u32, hash as u32] }
    }

    fn hash(&self) -> u64 {
        u64::from(self.hash[0]) << 32 | u64::from(self.hash[1])
    }
}

/// Rows and their numbers.
#[derive(Default)]
struct Rows {
    /// Number of the first row of each segment that has ids, and which segment that is.
    starts: Vec<(u32, u32)>,
    /// The next row's number; rows beyond the last that fits are taken as new.
    next: u32,
    /// Where rows are now that were merged after they were numbered.
    moves: Arc<Moves>,
    hasher: RandomState,
}

impl Duplicates {
    /// Looks at all rows of the newest of these segments but those that are gone.
    pub(super) fn look(&mut self, segments: &[Arc<Segment>], gone: Option<&Bits>) -> Vec<Seen> {
        let Some((segment, before)) = segments.split_last() else { return Vec::new() };
        let number = before.len() as u32;
        let Some(next) = self.rows.next.checked_add(segment.len() as u32) else {
            return Vec::new();
        };
        if segment.known().id.is_none() {
            return Vec::new();
        }
        let first = self.rows.next;
        self.rows.starts.push((first, number));
        self.rows.next = next;
        let there = |&number: &u32| gone.is_none_or(|gone| !gone.get((number - first) as usize));
        (first..next).filter(there).filter_map(|number| self.see(segments, number)).collect()
    }

    fn see(&mut self, segments: &[Arc<Segment>], number: u32) -> Option<Seen> {
        let Self { firsts, others, rows } = self;
        let record = rows.record(segments, number)?;
        let hash = rows.hash(&record.identity);
        let same_id = |other: &Slot| {
            let other = (other.hash() == hash).then(|| rows.record(segments, other.row)).flatten();
            other.is_some_and(|other| other.identity == record.identity)
        };
        let Some(first) = firsts.find_mut(hash, same_id) else {
            firsts.insert_unique(hash, Slot::new(number, hash), Slot::hash);
            return None;
        };
        if rows.record(segments, first.row).is_some_and(|other| other == record) {
            return Some(rows.duplicate(segments, &mut first.row, number));
        }
        let hash = rows.hash(&record);
        let same = |other: &Slot| {
            let other = (other.hash() == hash).then(|| rows.record(segments, other.row)).flatten();
            other.is_some_and(|other| other == record)
        };
        if let Some(other) = others.find_mut(hash, same) {
            return Some(rows.duplicate(segments, &mut other.row, number));
        }
        others.insert_unique(hash, Slot::new(number, hash), Slot::hash);
        Some(Seen::Conflict { rows: [rows.at(first.row), rows.at(number)] })
    }

    /// Segments were merged.
    pub(super) fn moved(&mut self, moves: &Arc<Moves>) {
        self.rows.moves = Arc::clone(moves);
    }

    /// Bytes on the heap.
    pub(super) fn heap(&self) -> usize {
        self.firsts.allocation_size()
            + self.others.allocation_size()
            + self.rows.starts.capacity() * size_of::<(u32, u32)>()
    }
}

/// What makes a record this one and no other.
#[derive(Hash, PartialEq)]
struct Record<'a> {
    identity: Identity<'a>,
    content: u64,
    length: i64,
}

#[derive(PartialEq)]
struct Identity<'a> {
    format: &'a str,
    id: Id<'a>,
    revision: Cell<'a>,
}

impl Hash for Identity<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.format.hash(state);
        match self.id {
            Id::Uuid(uuid) => uuid.hash(state),
            Id::Text(text) => text.hash(state),
        }
        // Few formats have revisions, and few of their records share an id.
        if let Cell::Time(time) = self.revision {
            time.at.hash(state);
        }
    }
}

impl Rows {
    fn at(&self, number: u32) -> RowRef {
        let index = self.starts.partition_point(|&(start, _)| start <= number).saturating_sub(1);
        let (start, segment) = self.starts[index];
        self.moves.now(RowRef { segment, row: (number - start) as u16 })
    }

    /// The record of this number; `None` if it has no id.
    fn record<'a>(&self, segments: &'a [Arc<Segment>], number: u32) -> Option<Record<'a>> {
        let at = self.at(number);
        let (segment, row) = (&segments[at.segment as usize], usize::from(at.row));
        let Cell::Id(id) = segment.column(segment.known().id?).get(row) else { return None };
        let revision = segment.known().revision;
        let revision = revision.map_or(Cell::Absent, |slot| segment.column(slot).get(row));
        let identity = Identity { format: &segment.schema().id, id, revision };
        Some(Record { identity, content: segment.content(row), length: segment.length(row) })
    }

    fn hash(&self, what: &impl Hash) -> u64 {
        self.hasher.hash_one(what)
    }

    /// Two rows are the same record: the later in the listing is hidden, the earlier is known.
    fn duplicate(&self, segments: &[Arc<Segment>], known: &mut u32, new: u32) -> Seen {
        let key = |at: RowRef| segments[at.segment as usize].key(usize::from(at.row));
        let earlier = key(self.at(new)) < key(self.at(*known));
        let hide = if earlier { std::mem::replace(known, new) } else { new };
        Seen::Duplicate { hide: self.at(hide), stays: self.at(*known) }
    }
}
