//! Flow records as rows of a table. Which column holds what is looked up once for many rows, numbers
//! are taken as they are, and addresses are read column by column: a dictionary of them is large,
//! and rows find theirs all over it, so each has to be waited for unless the next are on their way.

use super::Flows;
use super::columns::Column;
use super::record::Record;
use crate::event::{Cell, Cells, Entries, Row, Table};
use crate::format::names::{ROOM, bare};
use crate::format::numbers::address;
use crate::format::scan::Scan;
use memchr::memchr;
use std::net::IpAddr;

/// Digits of a number that fits in any field.
const DIGITS: usize = 18;

/// What the columns of a table hold, and the addresses of some rows of it.
#[derive(Clone)]
pub(super) struct Columns {
    /// Their places, in the order in which they are read.
    others: Vec<(usize, Column)>,
    ends: Vec<(Column, Vec<Option<IpAddr>>)>,
    /// Rows with an address that is not written plainly.
    odd: Vec<usize>,
}

impl Columns {
    /// `None` if it takes more to read such rows: two columns are for the same, one is of another
    /// kind of log, or has numbers for what is text.
    pub(super) fn of<F: Flows>(table: &Table<'_>) -> Option<Self> {
        let mut known: Vec<(usize, Column)> = Vec::new();
        for (at, cells) in table.columns().iter().enumerate() {
            let name = Scan::new(cells.key).name().ok()?;
            let is_number = matches!(cells.entries, Entries::Numbers(_));
            match F::named(bare(&name, &mut { ROOM })) {
                None | Some(Column::Other) => {}
                Some(Column::Foreign) => return None,
                Some(column) if is_number && !column.is_number() => return None,
                Some(column) if known.iter().any(|(_, other)| *other == column) => return None,
                Some(column) => known.push((at, column)),
            }
        }
        // Of lost packets the first that were counted say why.
        known.sort_by_key(|(_, column)| match column {
            Column::Lost(nth) => nth + 1,
            _ => 0,
        });
        let (ends, others) = known.into_iter().partition(|(_, column)| column.is_end());
        let mut columns = Self { others, ends: Vec::new(), odd: Vec::new() };
        let ends: Vec<(usize, Column)> = ends;
        for (at, column) in ends {
            let list = columns.addresses(&table.columns()[at], table.lengths().len());
            columns.ends.push((column, list));
        }
        Some(columns)
    }

    /// The addresses of so many rows.
    fn addresses(&mut self, cells: &Cells<'_>, rows: usize) -> Vec<Option<IpAddr>> {
        let address = |row: usize| {
            let Some(Cell::Json(value)) = cells.value(row) else { return None };
            let Some(value) = plain(value) else {
                self.odd.push(row);
                return None;
            };
            address(value)
        };
        (0..rows).map(address).collect()
    }

    /// Reads a row. `false`: it is no flow record, or has a value that is not written plainly.
    pub(super) fn read<F: Flows>(&self, table: &Table<'_>, at: usize, row: &mut dyn Row) -> bool {
        if self.odd.contains(&at) {
            return false;
        }
        let mut flow = Record::<F>::default();
        for (column, list) in &self.ends {
            flow.end(*column, list.get(at).copied().flatten());
        }
        for (index, column) in &self.others {
            match table.columns().get(*index).and_then(|cells| cells.value(at)) {
                None => {}
                Some(Cell::Number(number)) => flow.count(*column, number, row),
                Some(Cell::Json(value)) => match plain(value) {
                    Some(value) if !(matches!(column, Column::Tag(_)) && value.contains('%')) => {
                        flow.take(*column, value, row);
                    }
                    _ => return false,
                },
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
