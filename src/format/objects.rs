//! The decoder of formats whose records are JSON objects: members go into fields as their level
//! says, and what depends on several of them is filled in at the end.

use super::clock::Stamp;
use super::members::{Memo, NOTES, Values};
use super::table::Sparse;
use super::{DecodeError, Decoded, Decoder};
use crate::event::{FieldDef, Row, Table};

/// What one such format adds to the reading; it keeps up to `N` values of a record aside.
#[derive(Clone)]
pub(super) struct Objects<const N: usize = NOTES> {
    pub(super) fields: &'static [FieldDef],
    /// The record's outermost members.
    pub(super) level: Memo,
    /// The time, as far as the record was read.
    pub(super) time: fn(&Values<'_, '_, N>) -> Option<Stamp>,
    /// Fills what depends on several members; `false`: the record is not of this format.
    pub(super) fill: fn(&mut Values<'_, '_, N>) -> bool,
    /// The zone of times that name none, in seconds east of UTC.
    pub(super) zone_seconds: i32,
}

impl<const N: usize> Objects<N> {
    /// What is left to do when all members of a record were handed over.
    pub(super) fn finish(&self, values: &mut Values<'_, '_, N>) -> bool {
        if !(self.fill)(values) {
            return false;
        }
        if let Some(stamp) = (self.time)(values) {
            stamp.put(values.row, self.zone_seconds);
        }
        true
    }
}

impl<const N: usize> Decoder for Objects<N> {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if !record.starts_with('{') {
            return Err(DecodeError::NotMine);
        }
        let mut row = Sparse::new(row);
        let mut values = Values::roomy(&mut row, self.fields);
        if let Err(error) = values.read_by(record, &mut self.level) {
            let time = (self.time)(&values).map(|stamp| stamp.time(self.zone_seconds));
            return Err(DecodeError::Broken { reason: format!("no good JSON: {error}"), time });
        }
        if self.finish(&mut values) { Ok(Decoded::Event) } else { Err(DecodeError::NotMine) }
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        let mut row = Sparse::new(row);
        let mut values = Values::roomy(&mut row, self.fields);
        let length = values.read_first(text, &mut self.level).ok()?;
        self.finish(&mut values).then_some(length)
    }

    fn learn(&mut self, table: &Table<'_>) -> bool {
        self.level.learn(table);
        true
    }

    fn decode_row(&mut self, table: &Table<'_>, at: usize, row: &mut dyn Row) -> bool {
        let mut row = Sparse::new(row);
        let mut values = Values::roomy(&mut row, self.fields);
        values.read_row(table, at, &self.level).is_ok() && self.finish(&mut values)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }
}
