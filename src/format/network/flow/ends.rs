//! The addresses in a column of a table. There may be many in its dictionary, and rows have them from
//! all over it, so each is read once, and then looked up for many rows at a time: one look-up then
//! does not wait for the one before.

use super::columns::Column;
use super::table::plain;
use crate::event::{Cell, Cells};
use crate::format::numbers::address;
use std::net::IpAddr;

/// Entries of a dictionary that are remembered, at most.
const KNOWN: usize = 1 << 20;

/// What a row has in such a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// No address.
    Nothing,
    Address(IpAddr),
    /// What is not written plainly.
    Odd,
}

#[derive(Clone)]
pub(super) struct Ends {
    pub(super) column: Column,
    /// Its place among all.
    at: usize,
    /// The dictionary, and its first entries.
    number: u64,
    known: Vec<End>,
    /// What each row of the table in hand has.
    rows: Vec<End>,
}

impl Ends {
    pub(super) fn new(at: usize, column: Column) -> Self {
        Self { column, at, number: 0, known: Vec::new(), rows: Vec::new() }
    }

    pub(super) fn is_of(&self, at: usize, column: Column) -> bool {
        self.at == at && self.column == column
    }

    /// Reads the column of the next table.
    pub(super) fn look(&mut self, cells: &Cells<'_>) {
        if self.number != cells.dictionary.number {
            self.number = cells.dictionary.number;
            self.known.clear();
        }
        let entry = |place: u32| cells.entry(place).map_or(End::Nothing, End::of);
        let entries = cells.dictionary.entries.min(KNOWN as u32);
        self.known.extend((self.known.len() as u32..entries).map(entry));
        let known = &self.known;
        let row =
            |place: &u32| known.get(*place as usize).copied().unwrap_or_else(|| entry(*place));
        self.rows.clear();
        self.rows.extend(cells.places.iter().map(row));
    }

    #[inline]
    pub(super) fn row(&self, at: usize) -> End {
        self.rows.get(at).copied().unwrap_or(End::Nothing)
    }
}

impl End {
    fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Number(_) => Self::Nothing,
            Cell::Json(value) => match plain(value) {
                Some(value) => address(value).map_or(Self::Nothing, Self::Address),
                None => Self::Odd,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Dictionary, Entries};

    #[test]
    fn what_is_known_is_of_one_dictionary() {
        let mut ends = Ends::new(0, Column::Source);
        let mut look = |number, entries, values: [&str; 3]| {
            let (mut text, mut bounds) = (String::new(), vec![0]);
            for value in values {
                text += &["\"a\":", value, ","].concat();
                bounds.push(text.len() as u32);
            }
            let cells = Cells {
                key: "\"a\":",
                entries: Entries::Members { text: &text, bounds: &bounds },
                dictionary: Dictionary { number, entries },
                places: &[2, 0, 1, Cells::NONE],
            };
            ends.look(&cells);
            [0, 1, 2, 3, 4].map(|row| ends.row(row))
        };
        let at = |text: &str| End::Address(text.parse().unwrap());
        let (none, odd) = (End::Nothing, End::Odd);
        let told = look(1, 1, ["\"10.0.0.1\"", "\"10.0.0.2\"", "\"::1\""]);
        assert_eq!(told, [at("::1"), at("10.0.0.1"), at("10.0.0.2"), none, none]);
        // Only the first stays.
        let told = look(1, 1, ["\"10.0.0.1\"", "7", "\"\\u0031\""]);
        assert_eq!(told, [odd, at("10.0.0.1"), none, none, none]);
        let told = look(2, 3, ["\"-\"", "\"10.0.0.2\"", "\"10.0.0.3\""]);
        assert_eq!(told, [at("10.0.0.3"), none, at("10.0.0.2"), none, none]);
    }
}
