//! Reports as tables: a header says what the columns are, and which tags there are.

use super::item::{Column, Item};
use super::named;
use crate::event::{FieldDef, Kind, Role, Row, Schema, Value};
use crate::format::cells::Csv;
use crate::format::members::{Scalar, put};
use std::borrow::Cow;
use std::sync::Arc;

/// Tags that become fields, at most.
const TAGS: usize = 256;

/// What a header says.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<Column>,
    /// The last column that is not passed over.
    last: usize,
    pub(super) schema: Arc<Schema>,
}

impl Table {
    /// Reads a header. Its tags become fields behind those of the base.
    pub(super) fn read(header: &str, base: &Arc<Schema>) -> Self {
        let mut fields = base.fields.clone();
        let mut learn = |name: &str| {
            let name = named::tag(name)?;
            if let Some(slot) = fields.iter().position(|field| field.name == name) {
                return Some(slot);
            }
            let help = "tag or cost category of this name, verbatim";
            let field =
                FieldDef { name: name.into(), ..FieldDef::new("", Kind::Str, Role::Text, help) };
            (fields.len() < base.fields.len() + TAGS).then(|| fields.push(field))?;
            Some(fields.len() - 1)
        };
        let mut column = |name: &str| match named::column(name) {
            // What the base has no field for is passed over.
            Column::Put(slot) if slot >= base.fields.len() => Column::Skip,
            Column::Skip => learn(name).map_or(Column::Skip, Column::Tag),
            column => column,
        };
        let columns: Vec<Column> = cells(header).map(|name| column(name.trim())).collect();
        let last = columns.iter().rposition(|column| *column != Column::Skip).unwrap_or(0);
        let learned = Schema { id: base.id.clone(), title: base.title.clone(), fields };
        let schema = if learned.fields.len() == base.fields.len() {
            Arc::clone(base)
        } else if let Some(schema) = learned.shared() {
            schema
        } else {
            let known =
                |column| if matches!(column, Column::Tag(_)) { Column::Skip } else { column };
            let columns = columns.into_iter().map(known).collect();
            return Self { columns, last, schema: Arc::clone(base) };
        };
        Self { columns, last, schema }
    }

    /// Writes what a line has into the row, but for what is kept aside. Also how many cells of
    /// those that are looked at it has.
    pub(super) fn take<'a>(&self, line: &'a str, row: &mut dyn Row) -> (Item<'a>, usize) {
        let mut item = Item::default();
        let mut cells = Csv::new(line, ',');
        let mut count = 0;
        for column in &self.columns[..=self.last.min(self.columns.len().saturating_sub(1))] {
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
                Column::Tag(slot) if !cell.is_empty() => row.put(slot, Value::Str(&cell)),
                _ => {}
            }
        }
        (item, count)
    }

    /// How many cells of a line are looked at.
    pub(super) fn wanted(&self) -> usize {
        self.last + 1
    }
}

/// The names in a header.
pub(super) fn cells(header: &str) -> Csv<'_> {
    Csv::new(header.trim_start_matches('\u{feff}').trim_end(), ',')
}
