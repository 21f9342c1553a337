//! Rows of one schema while they are collected, and their sealing into a segment.

use super::growing::{Growing, RowTimes, arrange};
use super::part::Part;
use super::segment::{Core, Known, MAX_ROWS, NO_TIME, Segment};
use super::{Column, Numbers};
use crate::event::{Entry, Frame, Inner, ObjectId, Place, Row, Schema, Time, Value};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Bytes of distinct text after which a segment is full, however few its rows.
const MAX_TEXT: usize = 64 << 20;

/// Collects rows of one schema. Nothing of a row is kept before `commit`.
pub struct Builder {
    schema: Arc<Schema>,
    known: Known,
    columns: Vec<Growing>,
    times: RowTimes,
    /// Position in `objects` for each row.
    object: Vec<i64>,
    objects: Vec<(ObjectId, u64)>,
    offset: Vec<i64>,
    /// No longer than to the last row of which it is not 0.
    inner: Vec<i64>,
    length: Vec<i64>,
    place: Vec<i64>,
    content: Vec<u64>,
    /// Bytes of distinct text, at most.
    text: usize,
    row: Staged,
}

/// What is known of the row being written, beside its columns.
struct Staged {
    time: Option<Time>,
    zone_assumed: bool,
    /// The zone that the time names, if that is the name of several.
    zone_unclear: Option<&'static str>,
    /// Records that it is made of.
    records: u32,
}

impl Default for Staged {
    fn default() -> Self {
        Self { time: None, zone_assumed: false, zone_unclear: None, records: 1 }
    }
}

impl Row for Builder {
    fn time(&mut self, time: Time) {
        self.row.time = Some(time);
    }

    fn zone_assumed(&mut self) {
        self.row.zone_assumed = true;
    }

    fn zone_unclear(&mut self, name: &'static str) {
        self.row.zone_unclear = Some(name);
    }

    fn records(&mut self, count: u32) {
        self.row.records = count;
    }

    fn put(&mut self, slot: usize, value: Value<'_>) {
        self.take(slot, value);
    }

    fn put_entry(&mut self, slot: usize, entry: Entry, value: Value<'_>) {
        if self.take(slot, value) {
            self.columns[slot].learn(entry);
        }
    }

    fn put_again(&mut self, slot: usize, entry: Entry) -> bool {
        let row = self.times.at.len();
        self.columns[slot].put_again(row, entry)
    }
}

impl Builder {
    pub fn new(schema: &Arc<Schema>) -> Self {
        Self {
            known: Known::of(schema),
            columns: schema.fields.iter().map(Growing::new).collect(),
            schema: Arc::clone(schema),
            times: RowTimes::default(),
            object: Vec::new(),
            objects: Vec::new(),
            offset: Vec::new(),
            inner: Vec::new(),
            length: Vec::new(),
            place: Vec::new(),
            content: Vec::new(),
            text: 0,
            row: Staged::default(),
        }
    }

    /// Writes a value of the row in hand; `false` if it does not fit the field's kind.
    #[inline]
    fn take(&mut self, slot: usize, value: Value<'_>) -> bool {
        let row = self.times.at.len();
        let added = self.columns[slot].put(row, value);
        debug_assert!(added.is_some(), "{} cannot hold {value:?}", self.schema.fields[slot].name);
        self.text += added.unwrap_or(0);
        added.is_some()
    }

    /// Whether rows are kept with a hash of their record's bytes: where an id may make two the same.
    pub fn is_compared(&self) -> bool {
        self.known.id.is_some()
    }

    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    pub fn len(&self) -> usize {
        self.times.at.len()
    }

    pub fn is_empty(&self) -> bool {
        self.times.at.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.len() >= MAX_ROWS || self.text >= MAX_TEXT
    }

    /// Time of the row being written.
    pub fn staged_time(&self) -> Option<Time> {
        self.row.time
    }

    pub fn staged_zone_assumed(&self) -> bool {
        self.row.zone_assumed
    }

    pub fn staged_zone_unclear(&self) -> Option<&'static str> {
        self.row.zone_unclear
    }

    /// Of how many records the row being written is made.
    pub fn staged_records(&self) -> u32 {
        self.row.records
    }

    /// Keeps the row. `order` is the object's position in the listing; `content` a hash of the
    /// record's bytes.
    pub fn commit(&mut self, object: ObjectId, order: u64, frame: Frame, content: u64) {
        self.times.push(self.row.time, self.row.zone_assumed);
        if self.objects.last().is_none_or(|&(last, _)| last != object) {
            self.objects.push((object, order));
        }
        self.object.push(self.objects.len() as i64 - 1);
        self.offset.push(frame.offset as i64);
        if frame.inner != Inner::default() {
            self.inner.resize(self.offset.len() - 1, 0);
            self.inner.push(frame.inner.code());
        }
        self.length.push(i64::from(frame.length));
        self.place.push(match frame.place {
            Place::Line(line) => (line << 1) as i64,
            Place::Index(index) => (index << 1 | 1) as i64,
        });
        if self.known.id.is_some() {
            self.content.push(content);
        }
        self.row = Staged::default();
    }

    /// Throws the row away.
    pub fn abandon(&mut self) {
        let row = self.times.at.len();
        self.columns.iter_mut().for_each(|column| column.abandon(row));
        self.row = Staged::default();
    }

    /// Takes the collected rows as a segment and starts anew; `None` if there are none.
    pub fn seal(&mut self) -> Option<Segment> {
        let len = self.len();
        if len == 0 {
            return None;
        }
        let objects = self.seal_objects();
        let order = self.order();
        let order = order.as_deref();
        let columns: Vec<Column> =
            self.columns.iter_mut().map(|column| column.seal(len, order)).collect();
        let number = |values: &mut Vec<i64>| Numbers::pack(&arrange(values, len, 0, order));
        let times = arrange(&mut self.times.at, len, 0, order);
        let known = times.partition_point(|&at| at != NO_TIME);
        self.text = 0;
        let core = Core {
            schema: Arc::clone(&self.schema),
            times: Numbers::pack(&times[..known]),
            digits: number(&mut self.times.digits),
            objects: objects.into(),
            object: number(&mut self.object),
            offset: number(&mut self.offset),
            inner: if self.inner.is_empty() {
                Numbers::zeros(len)
            } else {
                number(&mut self.inner)
            },
            known: self.known,
            damaged: AtomicBool::new(false),
        };
        Some(Segment {
            core: Arc::new(core),
            columns: columns.into_iter().map(Part::here).collect(),
            length: Part::here(number(&mut self.length)),
            place: Part::here(number(&mut self.place)),
            content: Part::here(match self.known.id {
                Some(_) => arrange(&mut self.content, len, 0, order).into(),
                None => Box::default(),
            }),
            pack: None,
            shelved: None,
        })
    }

    /// Sorts the objects by their position in the listing and renumbers the rows, so that
    /// comparing numbers compares positions.
    fn seal_objects(&mut self) -> Vec<(ObjectId, u64)> {
        let given = std::mem::take(&mut self.objects);
        let mut sorted = given.clone();
        sorted.sort_unstable_by_key(|&(_, order)| order);
        sorted.dedup();
        if sorted == given {
            return sorted;
        }
        let place = |order: u64| sorted.partition_point(|&(_, other)| other < order) as i64;
        let renumber: Vec<i64> = given.iter().map(|&(_, order)| place(order)).collect();
        for object in &mut self.object {
            *object = renumber[*object as usize];
        }
        sorted
    }

    /// The rows in the order of their keys; `None` if they are already.
    fn order(&self) -> Option<Vec<u16>> {
        let key = |row: usize| (self.times.at[row], self.object[row], self.offset[row]);
        let len = self.len();
        if (1..len).all(|row| key(row - 1) <= key(row)) {
            return None;
        }
        let mut order: Vec<u16> = (0..len).map(|row| row as u16).collect();
        // Stable, so that several events of one record keep their order.
        order.sort_by_key(|&row| key(usize::from(row)));
        Some(order)
    }
}
