//! A sealed, immutable piece of the store: rows of one format, sorted by time and origin.

use super::column::{Cell, Column};
use super::{Bits, Numbers};
use crate::event::{Class, ObjectId, Origin, Outcome, Place, Schema, Time, Timestamp};
use std::cmp::Ordering;
use std::sync::Arc;

/// Rows of a segment, at most; one code is needed for "absent".
pub const MAX_ROWS: usize = 65_535;

/// What stands for "no time": such rows sort last.
pub const NO_TIME: i64 = i64::MAX;

/// The place of a row in the order of everything: time, then position of the object in the
/// listing, then offset. Rows without a time come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub time: i64,
    pub object: u64,
    pub offset: u64,
}

/// At most [`MAX_ROWS`] rows of one schema. **Rows are sorted by [`Key`], and never change.**
#[derive(Debug)]
pub struct Segment {
    pub(super) schema: Arc<Schema>,
    /// Nanoseconds of the rows that have a time, which come first, ascending.
    pub(super) times: Numbers,
    pub(super) digits: Numbers,
    pub(super) columns: Box<[Column]>,
    /// The objects that rows come from, in the order of the listing, each with its position.
    pub(super) objects: Box<[(ObjectId, u64)]>,
    /// Which of `objects` a row comes from.
    pub(super) object: Numbers,
    pub(super) offset: Numbers,
    pub(super) length: Numbers,
    /// Twice the line or index, plus one for an index.
    pub(super) place: Numbers,
    /// A keyed hash of each record's bytes, to compare records of one id and one length; empty
    /// where the format has no ids.
    pub(super) content: Box<[u32]>,
    /// Slots asked for every row on screen.
    pub(super) known: Known,
}

/// Slots of the fields that screens and counts ask for all the time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    pub id: Option<usize>,
    /// Tells records of one id apart that are revisions of one thing.
    pub revision: Option<usize>,
    pub outcome: Option<usize>,
    pub class: Option<usize>,
    pub count: Option<usize>,
}

impl Known {
    pub(super) fn of(schema: &Schema) -> Self {
        Self {
            id: schema.slot("id"),
            revision: schema.fields.iter().position(|field| field.revises),
            outcome: schema.slot("outcome"),
            class: schema.slot("class"),
            count: schema.slot("count"),
        }
    }
}

impl Segment {
    pub fn len(&self) -> usize {
        self.digits.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// Nanoseconds for sorting: ascending by row, [`NO_TIME`] in rows without a time.
    pub fn at(&self, row: usize) -> i64 {
        if row < self.times.len() { self.times.get(row) } else { NO_TIME }
    }

    pub fn time(&self, row: usize) -> Option<Time> {
        (row < self.times.len())
            .then(|| Time::new(Timestamp(self.times.get(row)), self.digits.get(row) as u8))
    }

    /// How many rows have a time; they come first.
    pub fn timed(&self) -> usize {
        self.times.len()
    }

    /// First and last time, if any row has one.
    pub fn span(&self) -> Option<(i64, i64)> {
        let last = self.times.len().checked_sub(1)?;
        Some((self.times.get(0), self.times.get(last)))
    }

    pub fn column(&self, slot: usize) -> &Column {
        &self.columns[slot]
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The value of the field of this name, absent if the schema has no such field.
    pub fn value(&self, row: usize, name: &str) -> Cell<'_> {
        self.schema.slot(name).map_or(Cell::Absent, |slot| self.columns[slot].get(row))
    }

    pub fn known(&self) -> Known {
        self.known
    }

    pub fn outcome(&self, row: usize) -> Outcome {
        let cell = self.known.outcome.map_or(Cell::Absent, |slot| self.columns[slot].get(row));
        match cell {
            Cell::Text(text) => Outcome::parse(text).unwrap_or(Outcome::Unknown),
            _ => Outcome::Unknown,
        }
    }

    pub fn class(&self, row: usize) -> Class {
        let cell = self.known.class.map_or(Cell::Absent, |slot| self.columns[slot].get(row));
        match cell {
            Cell::Text(text) => Class::parse(text).unwrap_or(Class::Other),
            _ => Class::Other,
        }
    }

    pub fn origin(&self, row: usize) -> Origin {
        let place = self.place.get(row) as u64;
        Origin {
            object: self.objects[self.object.get(row) as usize].0,
            offset: self.offset.get(row) as u64,
            length: self.length.get(row) as u32,
            place: if place & 1 == 1 { Place::Index(place >> 1) } else { Place::Line(place >> 1) },
        }
    }

    pub fn key(&self, row: usize) -> Key {
        Key {
            time: self.at(row),
            object: self.objects[self.object.get(row) as usize].1,
            offset: self.offset.get(row) as u64,
        }
    }

    /// The first row whose key is not below `key`.
    pub fn lower_bound(&self, key: Key) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            let before = match self.at(middle).cmp(&key.time) {
                Ordering::Less => true,
                Ordering::Greater => false,
                Ordering::Equal => self.key(middle) < key,
            };
            if before {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The first row at or after this time.
    pub fn row_at(&self, time: i64) -> usize {
        self.times.below(time)
    }

    pub fn objects(&self) -> impl Iterator<Item = ObjectId> + '_ {
        self.objects.iter().map(|&(id, _)| id)
    }

    /// The rows that come from this object.
    pub fn rows_of(&self, object: ObjectId) -> Bits {
        let mut rows = Bits::none(self.len());
        for (code, _) in self.objects.iter().enumerate().filter(|(_, (id, _))| *id == object) {
            rows = rows.or(&self.object.between(code as i64, code as i64));
        }
        rows
    }

    /// Bytes on the heap: columns, times, origins and hashes.
    pub fn heap(&self) -> usize {
        let origins = self.object.heap() + self.offset.heap() + self.length.heap();
        self.columns.iter().map(Column::heap).sum::<usize>()
            + self.times.heap()
            + self.digits.heap()
            + origins
            + self.place.heap()
            + self.content.len() * 4
            + self.objects.len() * 16
    }
}
