//! Flow records as rows of a table. Which column holds what is looked up once for many rows, numbers
//! are taken as they are, and [addresses](super::ends) are read once for all rows that have them.

use super::Flows;
use super::columns::Column;
use super::ends::{End, Ends};
use super::record::{Address, Record};
use crate::event::{Cell, Cells, Entries, Row, Table};
use crate::format::names::{ROOM, bare};
use crate::format::scan::Scan;

/// Digits of a number that fits in any field.
const DIGITS: usize = 18;

/// What the columns of a table hold.
#[derive(Clone)]
pub(super) struct Columns {
    ends: Vec<Ends>,
    /// The places of all others, in the order in which they are read.
    others: Vec<(usize, Column)>,
}

impl Columns {
    /// `None` if it takes more to read such rows: two columns are for the same, one is of another
    /// kind of log, or has numbers for what is text.
    /// What was known of the tables before may be known of this.
    pub(super) fn of<F: Flows>(table: &Table<'_>, before: Option<Self>) -> Option<Self> {
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
        let mut before = before.map_or_else(Vec::new, |before| before.ends);
        let (mut ends, mut others) = (Vec::new(), Vec::new());
        for (at, column) in known {
            if !column.is_end() {
                others.push((at, column));
                continue;
            }
            let same = before.iter().position(|other| other.is_of(at, column));
            let same = same.map(|index| before.swap_remove(index));
            let mut end = same.unwrap_or_else(|| Ends::new(at, column));
            end.look(&table.columns()[at]);
            ends.push(end);
        }
        Some(Self { ends, others })
    }

    /// Reads a row. `false`: it is no flow record, or has a value that is not written plainly.
    pub(super) fn read<F: Flows>(&self, table: &Table<'_>, at: usize, row: &mut dyn Row) -> bool {
        let mut flow = Record::<F>::default();
        for ends in &self.ends {
            match ends.row(at) {
                End::Nothing => {}
                End::Address { is_private } => {
                    flow.end(ends.column, Address::Of { ends, at, is_private });
                }
                End::Odd => return false,
            }
        }
        for (index, column) in &self.others {
            let Some(cells) = table.columns().get(*index) else { continue };
            let place = cells.places.get(at).copied().unwrap_or(Cells::NONE);
            let entry = cells.dictionary.entry(place);
            if let (Some(slot), Some(entry)) = (Record::<F>::slot(*column), entry)
                && row.put_again(slot, entry)
            {
                continue;
            }
            match cells.entry(place) {
                None => {}
                Some(Cell::Number(number)) => flow.count(*column, number, row),
                Some(Cell::Json(value)) => match plain(value) {
                    Some(value) if !(matches!(column, Column::Tag(_)) && value.contains('%')) => {
                        flow.take_entry(*column, value, entry, row);
                    }
                    _ => return false,
                },
            }
        }
        let is_one = flow.is_one(0, None);
        if is_one {
            flow.finish(row);
        }
        is_one
    }
}

/// The text of a string without escapes, or the digits of a number.
#[inline]
pub(super) fn plain(value: &str) -> Option<&str> {
    // Most are so short that it is no use to stop early.
    let odd = |inner: &[u8]| inner.iter().fold(0, |odd, byte| odd | u8::from(*byte == b'\\'));
    match value.as_bytes() {
        [b'"', inner @ .., b'"'] if odd(inner) == 0 => value.get(1..=inner.len()),
        digits if digits.len() <= DIGITS && digits.iter().all(u8::is_ascii_digit) => Some(value),
        _ => None,
    }
}
