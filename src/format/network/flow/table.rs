//! Flow records as rows of a table: which column holds what is looked up once for many rows, and a
//! value is taken as one of a line is.

use super::Flows;
use super::columns::Column;
use super::record::Record;
use crate::event::{Row, Table};
use crate::format::names::{ROOM, bare};
use crate::format::scan::Scan;
use memchr::memchr;

/// Digits of a number that fits in any field.
const DIGITS: usize = 18;

/// What the columns of a table hold: their places, in the order in which they are read.
#[derive(Clone)]
pub(super) struct Columns(Vec<(usize, Column)>);

impl Columns {
    /// `None` if it takes more to read such rows: two columns are for the same, or one is of
    /// another kind of log.
    pub(super) fn of<F: Flows>(table: &Table<'_>) -> Option<Self> {
        let mut known: Vec<(usize, Column)> = Vec::new();
        for (at, cells) in table.columns().iter().enumerate() {
            let name = Scan::new(cells.key).name().ok()?;
            match F::named(bare(&name, &mut { ROOM })) {
                None | Some(Column::Other) => {}
                Some(Column::Foreign) => return None,
                Some(column) if known.iter().any(|(_, other)| *other == column) => return None,
                Some(column) => known.push((at, column)),
            }
        }
        // Of lost packets the first that were counted say why.
        known.sort_by_key(|(_, column)| match column {
            Column::Lost(nth) => nth + 1,
            _ => 0,
        });
        Some(Self(known))
    }

    /// Reads a row. `false`: it is no flow record, or has a value that is not written plainly.
    pub(super) fn read<F: Flows>(&self, table: &Table<'_>, at: usize, row: &mut dyn Row) -> bool {
        let mut flow = Record::<F>::default();
        for (index, column) in &self.0 {
            let cells = table.columns().get(*index);
            let Some(value) = cells.and_then(|cells| cells.value(at)) else { continue };
            match plain(value) {
                Some(value) if !(matches!(column, Column::Tag(_)) && value.contains('%')) => {
                    flow.take(*column, value, row);
                }
                _ => return false,
            }
        }
        let is_one = flow.is_one(0);
        if is_one {
            flow.finish(row);
        }
        is_one
    }
}

/// The text of a string without escapes, or the digits of a number.
#[inline]
fn plain(value: &str) -> Option<&str> {
    match value.as_bytes() {
        [b'"', inner @ .., b'"'] if memchr(b'\\', inner).is_none() => value.get(1..=inner.len()),
        digits if digits.len() <= DIGITS && digits.iter().all(u8::is_ascii_digit) => Some(value),
        _ => None,
    }
}
