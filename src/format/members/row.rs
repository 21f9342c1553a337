//! The members of a record that is a row of a table.

use super::{Memo, Rule, Scalar, Values};
use crate::event::{Cell, Kind, Table, Value};
use crate::format::frame::DEEPEST;
use crate::format::scan::{Broken, Scan};
use std::borrow::Cow;

impl<'de, const N: usize> Values<'_, 'de, N> {
    /// Reads a row of a table whose columns were learned.
    pub(in crate::format) fn read_row(
        &mut self,
        table: &Table<'de>,
        row: usize,
        memo: &Memo,
    ) -> Result<(), Broken> {
        for (column, rule) in memo.columns() {
            let cells = table.columns().get(*column);
            let Some(cell) = cells.and_then(|cells| cells.value(row)) else { continue };
            match cell {
                Cell::Number(number) => self.number(*rule, number),
                Cell::Json(value) => {
                    let mut scan = Scan::new(value);
                    self.member(&mut scan, *rule, DEEPEST - 1)?;
                }
            }
        }
        Ok(())
    }

    /// Takes a number, as if its digits were read.
    fn number(&mut self, rule: Rule, number: i64) {
        if let Rule::Put(slot) = rule
            && self.fields[slot].kind == Kind::Int
        {
            return self.row.put(slot, Value::Int(number));
        }
        let mut room = itoa::Buffer::new();
        let text = room.format(number);
        self.scalar(rule, Scalar::Number(text));
        match rule {
            Rule::Put(_) | Rule::Both(..) => {}
            Rule::Raw(note) => self.notes[note] = Some(Cow::Owned(text.to_owned())),
            rule => self.keep(rule, Cow::Owned(text.to_owned())),
        }
    }
}
