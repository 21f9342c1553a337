//! Events as JSON lines: flat, exact, fields in the order of their schema.

use super::column::{Column, ORIGIN, field};
use super::line::Line;
use super::select::Unread;
use super::view::{Row, View};
use crate::cli::console::Console;
use crate::cli::error::CliError;

pub(super) fn print(
    view: &mut View<'_>,
    columns: &[Column],
    console: &mut Console,
    unread: &mut Unread,
) -> Result<(), CliError> {
    let records = columns.iter().any(Column::needs_record);
    let mut line = Line::default();
    view.each(records, unread, &mut |row| {
        line.clear();
        if columns.is_empty() {
            whole(&mut line, row);
        } else {
            put(&mut line, columns, row);
        }
        console.json(line.end())
    })
}

/// Everything that is known of an event.
fn whole(line: &mut Line, row: &Row<'_>) {
    line.put("time", &Column::Time.of(row));
    line.put("format", &Column::Format.of(row));
    let schema = row.segment.schema();
    for (slot, definition) in schema.fields.iter().enumerate() {
        line.put(&definition.name, &field(row, slot));
    }
    if schema.slot("outcome").is_none() {
        line.put("outcome", &Column::Field("outcome".to_owned()).of(row));
    }
    put(line, &ORIGIN, row);
}

fn put(line: &mut Line, columns: &[Column], row: &Row<'_>) {
    for column in columns {
        line.put(column.name(), &column.of(row));
    }
}
