//! A sealed, immutable piece of the store: rows of one format, sorted by time and origin.

mod saving;

pub use saving::{Directory, read_bits, save_bits};

use super::bytes::Stored;
use super::column::{Cell, Column};
use super::pack::{Pack, Room};
use super::part::Part;
use super::{Bits, Numbers};
use crate::event::{
    Class, FieldDef, Inner, ObjectId, Origin, Outcome, Place, Schema, Time, Timestamp,
};
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{self, AtomicBool};

/// Rows of a segment, at most; one code is needed for "absent".
pub const MAX_ROWS: usize = 65_535;

/// What stands for "no time": such rows sort last.
pub const NO_TIME: i64 = i64::MAX;

/// Stands beside the digits of a time that named no zone; there are fewer digits than this.
pub(super) const ASSUMED: i64 = 16;

/// The place of a row in the order of everything: time, then position of the object in the
/// listing, then offset. Rows without a time come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub time: i64,
    pub object: u64,
    pub offset: u64,
}

/// At most [`MAX_ROWS`] rows of one schema. **Rows are sorted by [`Key`], and never change.**
///
/// What every question needs is in memory; other parts may be in a [`Pack`] alone, until
/// somebody asks for them.
#[derive(Debug)]
pub struct Segment {
    pub(super) core: Arc<Core>,
    pub(super) columns: Box<[Part<Column>]>,
    pub(super) length: Part<Numbers>,
    /// Twice the line or index, plus one for an index.
    pub(super) place: Part<Numbers>,
    /// A keyed hash of each record's bytes, to compare records of one id and one length; empty
    /// where the format has no ids.
    pub(super) content: Part<Box<[u64]>>,
    pub(super) pack: Option<Arc<Pack>>,
    /// Where those who keep segments find it again.
    pub(super) shelved: Option<Shelved>,
}

/// The name of a segment that was put down: **no other rows ever have it.**
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Shelved {
    /// The number of the pair of files that it is in.
    pub pair: u32,
    /// Its position among those of the pair.
    pub position: u32,
    /// Checksum of its directory, in which those of all its parts stand.
    pub sum: u32,
}

/// What is always in memory.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) schema: Arc<Schema>,
    /// Nanoseconds of the rows that have a time, which come first, ascending.
    pub(super) times: Numbers,
    /// With [`ASSUMED`], where the time named no zone.
    pub(super) digits: Numbers,
    /// The objects that rows come from, in the order of the listing, each with its position.
    pub(super) objects: Box<[(ObjectId, u64)]>,
    /// Which of `objects` a row comes from.
    pub(super) object: Numbers,
    pub(super) offset: Numbers,
    /// Codes of [`Inner`]: of no size where all records stand in their bytes as they are.
    pub(super) inner: Numbers,
    /// Slots asked for every row on screen.
    pub(super) known: Known,
    /// A part turned out to be lost.
    pub(super) damaged: AtomicBool,
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
        self.core.digits.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn schema(&self) -> &Arc<Schema> {
        &self.core.schema
    }

    /// Nanoseconds for sorting: ascending by row, [`NO_TIME`] in rows without a time.
    pub fn at(&self, row: usize) -> i64 {
        if row < self.timed() { self.core.times.get(row) } else { NO_TIME }
    }

    pub fn time(&self, row: usize) -> Option<Time> {
        let Core { times, digits, .. } = &*self.core;
        let digits = || (digits.get(row) & !ASSUMED) as u8;
        (row < times.len()).then(|| Time::new(Timestamp(times.get(row)), digits()))
    }

    /// Whether a row's time named no zone, and was read in the one assumed.
    pub fn is_zone_assumed(&self, row: usize) -> bool {
        self.core.digits.get(row) & ASSUMED != 0
    }

    /// How many rows have a time; they come first.
    pub fn timed(&self) -> usize {
        self.core.times.len()
    }

    /// First and last time, if any row has one.
    pub fn span(&self) -> Option<(i64, i64)> {
        let times = &self.core.times;
        let last = times.len().checked_sub(1)?;
        Some((times.get(0), times.get(last)))
    }

    /// The column of a field; may read it from a file.
    pub fn column(&self, slot: usize) -> &Column {
        self.part(&self.columns[slot])
    }

    fn part<'a, T: super::bytes::Blank>(&self, part: &'a Part<T>) -> &'a T {
        let fault = || self.core.damaged.store(true, atomic::Ordering::Relaxed);
        part.get(self.pack.as_deref(), self.len(), fault)
    }

    /// The fields that any row has a value of, with their slots. No column is read.
    pub fn fields(&self) -> impl DoubleEndedIterator<Item = (usize, &FieldDef)> + Clone {
        let fields = self.core.schema.fields.iter().enumerate();
        fields.filter(|&(slot, _)| !self.is_absent(slot))
    }

    /// Whether no row has a value here. The column is not read.
    fn is_absent(&self, slot: usize) -> bool {
        matches!(self.columns[slot].loaded(), Some(Column::Absent { .. }))
    }

    /// The value of the field of this name, absent if the schema has no such field.
    pub fn value(&self, row: usize, name: &str) -> Cell<'_> {
        self.core.schema.slot(name).map_or(Cell::Absent, |slot| self.column(slot).get(row))
    }

    pub fn known(&self) -> Known {
        self.core.known
    }

    pub fn outcome(&self, row: usize) -> Outcome {
        let slot = self.core.known.outcome;
        match slot.map_or(Cell::Absent, |slot| self.column(slot).get(row)) {
            Cell::Text(text) => Outcome::parse(text).unwrap_or(Outcome::Unknown),
            _ => Outcome::Unknown,
        }
    }

    pub fn class(&self, row: usize) -> Class {
        let slot = self.core.known.class;
        match slot.map_or(Cell::Absent, |slot| self.column(slot).get(row)) {
            Cell::Text(text) => Class::parse(text).unwrap_or(Class::Other),
            _ => Class::Other,
        }
    }

    /// The object that a row comes from, and the byte at which its record begins there.
    pub fn spot(&self, row: usize) -> (ObjectId, u64) {
        let Core { objects, object, offset, .. } = &*self.core;
        (objects[object.get(row) as usize].0, offset.get(row) as u64)
    }

    pub fn origin(&self, row: usize) -> Origin {
        let place = self.part(&self.place).get(row) as u64;
        let (object, offset) = self.spot(row);
        Origin {
            object,
            offset,
            length: self.length(row) as u32,
            place: if place & 1 == 1 { Place::Index(place >> 1) } else { Place::Line(place >> 1) },
            inner: Inner::of_code(self.core.inner.get(row)),
        }
    }

    /// Bytes of a row's record.
    pub(super) fn length(&self, row: usize) -> i64 {
        self.part(&self.length).get(row)
    }

    pub(super) fn content(&self, row: usize) -> u64 {
        self.part(&self.content).get(row).copied().unwrap_or(0)
    }

    pub fn key(&self, row: usize) -> Key {
        let Core { objects, object, offset, .. } = &*self.core;
        Key {
            time: self.at(row),
            object: objects[object.get(row) as usize].1,
            offset: offset.get(row) as u64,
        }
    }

    /// The first of these rows whose key is not below `key`; where they end, if there is none.
    pub fn first_from(&self, key: Key, rows: Range<usize>) -> usize {
        first(rows, |row| self.compare(row, key) != Ordering::Less)
    }

    /// The first of these rows whose key is above `key`; where they end, if there is none.
    pub fn first_above(&self, key: Key, rows: Range<usize>) -> usize {
        first(rows, |row| self.compare(row, key) == Ordering::Greater)
    }

    /// Most rows differ in time, so that the rest of the key need not be made.
    fn compare(&self, row: usize, key: Key) -> Ordering {
        self.at(row).cmp(&key.time).then_with(|| self.key(row).cmp(&key))
    }

    /// The first row at or after this time.
    pub fn row_at(&self, time: i64) -> usize {
        self.core.times.below(time)
    }

    pub fn objects(&self) -> impl Iterator<Item = ObjectId> + '_ {
        self.core.objects.iter().map(|&(id, _)| id)
    }

    /// How many of these rows come from each of the [`objects`](Self::objects), in their order.
    pub fn count_by_object(&self, rows: &Bits) -> Vec<u64> {
        let Core { objects, object, .. } = &*self.core;
        if objects.len() == 1 {
            return vec![rows.count() as u64];
        }
        let mut counts = vec![0; objects.len()];
        rows.iter().for_each(|row| counts[object.get(row) as usize] += 1);
        counts
    }

    /// The rows that come from these objects, in one pass however many there are; `None` if the
    /// segment has none of them.
    pub fn rows_of(&self, wanted: impl Fn(ObjectId) -> bool) -> Option<Bits> {
        let Core { objects, object, .. } = &*self.core;
        let wanted: Vec<bool> = objects.iter().map(|&(id, _)| wanted(id)).collect();
        let first = wanted.iter().position(|&wanted| wanted)?;
        if wanted[first + 1..].contains(&true) {
            let is_wanted = |row| wanted.get(object.get(row) as usize) == Some(&true);
            return Some(Bits::from_fn(self.len(), is_wanted));
        }
        Some(object.between(first as i64, first as i64))
    }

    /// The room that its parts take, if they can be read again.
    pub fn room(&self) -> Option<&Room> {
        self.pack.as_ref().map(|pack| &**pack.room())
    }

    /// Where it was put down.
    pub fn shelved(&self) -> Option<Shelved> {
        self.shelved
    }

    pub fn set_shelved(&mut self, place: Shelved) {
        self.shelved = Some(place);
    }

    /// Whether a part of it turned out to be lost, and is shown as absent.
    pub fn is_damaged(&self) -> bool {
        self.core.damaged.load(atomic::Ordering::Relaxed)
    }

    /// The same rows with nothing in memory that can be read again; `None` if nothing can.
    pub fn cold(&self) -> Option<Self> {
        let pack = Arc::clone(self.pack.as_ref()?);
        let column = |column: &Part<Column>| {
            column.cold().unwrap_or_else(|| Part::here(Column::Absent { len: self.len() }))
        };
        Some(Self {
            core: Arc::clone(&self.core),
            columns: self.columns.iter().map(column).collect(),
            length: self.length.cold()?,
            place: self.place.cold()?,
            content: self.content.cold()?,
            pack: Some(pack),
            shelved: self.shelved,
        })
    }

    /// The segment for one pass over it: if there is no room for more, what is read for that pass
    /// goes with what is returned.
    pub fn for_a_pass(self: &Arc<Self>) -> Arc<Self> {
        let full = self.room().is_some_and(Room::is_full);
        let cold = if full { self.cold() } else { None };
        cold.map_or_else(|| Arc::clone(self), Arc::new)
    }

    /// A segment of the same schema that has no rows.
    pub(super) fn without_rows(&self) -> Self {
        let none = || Numbers::pack(&[]);
        let core = Core {
            schema: Arc::clone(self.schema()),
            times: none(),
            digits: none(),
            objects: Box::default(),
            object: none(),
            offset: none(),
            inner: none(),
            known: self.core.known,
            damaged: AtomicBool::new(false),
        };
        Self {
            core: Arc::new(core),
            columns: self.columns.iter().map(|_| Part::here(Column::Absent { len: 0 })).collect(),
            length: Part::here(none()),
            place: Part::here(none()),
            content: Part::here(Box::default()),
            pack: None,
            shelved: None,
        }
    }

    /// Bytes on the heap: columns, times, origins and hashes.
    pub fn heap(&self) -> usize {
        let Core { times, digits, objects, object, offset, inner, .. } = &*self.core;
        let origins = object.heap() + offset.heap() + inner.heap();
        let core = times.heap() + digits.heap() + origins;
        let parts = self.length.heap() + self.place.heap() + self.content.heap();
        let columns: usize = self.columns.iter().map(Part::heap).sum();
        core + objects.len() * 16 + parts + columns
    }
}

/// The first of these rows for which the test holds; it must hold for all after that.
fn first(rows: Range<usize>, reached: impl Fn(usize) -> bool) -> usize {
    let Range { start: mut low, end: mut high } = rows;
    while low < high {
        let middle = low.midpoint(high);
        if reached(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

impl Drop for Segment {
    fn drop(&mut self) {
        let Some(pack) = &self.pack else { return };
        let columns: usize = self.columns.iter().map(Part::spare).sum();
        let parts = self.length.spare() + self.place.spare() + self.content.spare();
        pack.room().give_back(columns + parts);
    }
}
