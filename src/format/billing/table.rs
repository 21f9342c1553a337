//! Reports as tables: a header says what the columns are, which tags there are, and what else. Of
//! hundreds of columns most are empty, and those cost nothing.

use super::item::{Column, Item, Part, is_nothing};
use super::{CURRENCY, named};
use crate::event::{Row, Schema, Value};
use crate::format::beyond::Growing;
use crate::format::cells::Csv;
use crate::format::members::{Scalar, put};
use std::borrow::Cow;
use std::sync::Arc;

/// Columns that become fields of their own, tags among them, at most.
const MOST: usize = 768;

/// What a header says.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<Column>,
    /// How many of them a line has at least: up to the last that is known or a tag.
    wanted: usize,
    pub(super) schema: Arc<Schema>,
}

impl Table {
    /// Reads a header. Its tags become fields behind those of the base, and so do columns that are
    /// not known.
    pub(super) fn read(header: &str, base: &Arc<Schema>) -> Self {
        let mut growing = Growing::roomy(base, MOST);
        let mut wanted = 0;
        let mut columns = Vec::new();
        for (nth, name) in cells(header).enumerate() {
            let name = name.trim();
            let tag = || named::tag(name);
            let column = match named::column(name) {
                // There is a field for it in the base.
                Column::Put(slot) if slot < base.fields.len() => Column::Put(slot),
                Column::Part(Part::Tags | Part::Details) if base.fields.len() <= CURRENCY => {
                    Column::Skip
                }
                Column::Part(part) => Column::Part(part),
                _ => Column::Skip,
            };
            let (column, is_known) = match (column, tag()) {
                (Column::Skip, Some(tag)) => {
                    let help = "tag or cost category of this name, verbatim";
                    (growing.once(tag, help).map_or(Column::Skip, Column::Own), true)
                }
                (Column::Skip, None) => {
                    let slot = growing.field(&named::snake(name), nth);
                    (slot.map_or(Column::Skip, Column::Own), false)
                }
                (column, _) => (column, true),
            };
            columns.push(column);
            wanted = if is_known { columns.len() } else { wanted };
        }
        if let Some(schema) = growing.schema() {
            return Self { columns, wanted, schema };
        }
        for column in &mut columns {
            *column = if let Column::Own(_) = column { Column::Skip } else { *column };
        }
        Self { columns, wanted, schema: Arc::clone(base) }
    }

    /// Writes what a line has into the row, but for what is kept aside. Also how many cells of
    /// those that are looked at it has.
    pub(super) fn take<'a>(&self, line: &'a str, row: &mut dyn Row) -> (Item<'a>, usize) {
        let mut item = Item::default();
        let mut cells = Csv::new(line, ',');
        let mut count = 0;
        for column in &self.columns {
            let cell = match column {
                Column::Skip if !cells.pass() => break,
                Column::Skip => Cow::Borrowed(""),
                _ => match cells.next() {
                    Some(cell) => cell,
                    None => break,
                },
            };
            count += 1;
            match *column {
                Column::Part(part) => item.keep(part, cell),
                Column::Put(slot) => put(row, &self.schema.fields[slot], slot, Scalar::Text(&cell)),
                Column::Own(slot) if !is_nothing(&cell) => row.put(slot, Value::Str(&cell)),
                _ => {}
            }
        }
        (item, count)
    }

    /// How many cells a line has at least.
    pub(super) fn wanted(&self) -> usize {
        self.wanted
    }
}

/// The names in a header.
pub(super) fn cells(header: &str) -> Csv<'_> {
    Csv::new(header.trim_start_matches('\u{feff}').trim_end(), ',')
}
