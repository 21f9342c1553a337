//! What the cursor points at, as the filter would name it.

use super::{Pane, Timeline};
use crate::query::quote;
use crate::store::Cell;
use crate::ui::model::Model;
use crate::ui::widget::table::{self, COLUMNS};

/// A value that can become a term: its field as filters name it, and its text.
pub(super) struct Pointed {
    pub(super) field: String,
    pub(super) value: String,
}

impl Pointed {
    pub(super) fn term(&self) -> String {
        format!("{}:{}", self.field, quote(&self.value))
    }
}

impl Timeline {
    /// The field under the cursor, as filters name it.
    pub(super) fn field(&self, model: &Model) -> String {
        let pointed = self.pointed(model);
        pointed.map_or_else(|| asked(COLUMNS[self.column].fields[0]).to_owned(), |p| p.field)
    }

    /// The value under the cursor.
    pub(super) fn pointed(&self, model: &Model) -> Option<Pointed> {
        let (segment, row) = model.row()?;
        if self.pane == Pane::Detail {
            let (field, value) = self.detail.pointed(model)?;
            return Some(Pointed { field, value });
        }
        let column = &COLUMNS[self.column];
        if column.title == "src" {
            let value = segment.schema().id.clone().into_owned();
            return Some(Pointed { field: "format".to_owned(), value });
        }
        if column.title == "time" {
            let value = segment.time(row)?.at.to_rfc3339(0);
            return Some(Pointed { field: "time".to_owned(), value });
        }
        let (field, cell) = table::cell(segment, row, column)?;
        let value = match cell {
            Cell::List(items) => items.into_iter().next()?.to_owned(),
            cell => cell.to_string(),
        };
        Some(Pointed { field: asked(field).to_owned(), value })
    }
}

/// The field to ask for: addresses are looked for in every field of every format.
fn asked(field: &'static str) -> &'static str {
    if matches!(field, "src.ip" | "dst.ip") { "ip" } else { field }
}
