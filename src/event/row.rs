//! How decoded events reach whoever keeps them: the decoder writes into a [`Row`], the reader of
//! an object commits rows to a [`Sink`].

use super::{Entry, Inner, Place, Reason, Schema, Time, Value};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The event being decoded. A slot is a position in the schema's fields.
///
/// Nothing is kept until the row is committed, so a decoder may write half an event and then
/// find that it cannot go on.
pub trait Row {
    /// The event's time. A row without one sorts last.
    fn time(&mut self, time: Time);

    /// Says that the record gives no zone, so that its time was read in the assumed one.
    fn zone_assumed(&mut self) {}

    /// Says that the record does name a zone, but by a name that several have; then it is
    /// [assumed](Self::zone_assumed) too.
    fn zone_unclear(&mut self, _name: &'static str) {}

    /// Says of how many records the event is made, if that is not one: lines that are records by
    /// themselves and tell of one thing together. Such an event has no `id`, since what is in the
    /// table already is found and counted record by record.
    fn records(&mut self, _count: u32) {}

    /// Sets a field. A field that may hold many values keeps each; any other keeps the last.
    /// A value that does not fit the field's kind is a mistake of the decoder and is dropped in
    /// release builds.
    fn put(&mut self, slot: usize, value: Value<'_>);

    /// The same of a value that is an entry of a dictionary.
    fn put_entry(&mut self, slot: usize, _entry: Entry, value: Value<'_>) {
        self.put(slot, value);
    }

    /// Sets a field to what it was set to with this entry before; `false` if that is not known, and
    /// nothing is done.
    fn put_again(&mut self, _slot: usize, _entry: Entry) -> bool {
        false
    }
}

/// Where a record stands in its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    pub offset: u64,
    pub length: u32,
    pub place: Place,
    /// Which record in its bytes it is.
    pub inner: Inner,
}

impl Frame {
    /// Of a record that stands in its bytes as it is.
    pub fn new(offset: u64, length: u32, place: Place) -> Self {
        Self { offset, length, place, inner: Inner::default() }
    }
}

/// Takes the events of one object, in the order of its bytes.
///
/// For each record, exactly one of `commit` and `abandon` follows `row`.
pub trait Sink {
    /// An empty row of this schema.
    fn row(&mut self, schema: &Arc<Schema>) -> &mut dyn Row;

    /// Keeps the row. `raw` is the record as it stands in the object (for a record in an
    /// envelope: the envelope's element), `frame` its place.
    fn commit(&mut self, schema: &Arc<Schema>, frame: Frame, raw: &[u8]) -> ControlFlow<()>;

    /// Whether it looks at the records of such rows: else `commit` may be given none of their bytes.
    fn wants_raw(&mut self, _schema: &Arc<Schema>) -> bool {
        true
    }

    /// Throws the row away: the decoder found that the record is not its own.
    fn abandon(&mut self, schema: &Arc<Schema>);

    /// Something in the object that is no record, or was not understood; the object goes on.
    fn remark(&mut self, reason: Reason);
}
