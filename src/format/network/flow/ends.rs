//! The addresses in a column of a table. There may be many in its dictionary, and rows have them from
//! all over it, so each is read once. What a row needs of one that was put into its field before is
//! a byte, so that many are at hand.

use super::columns::Column;
use super::record::is_private;
use super::table::plain;
use crate::event::{Cell, Cells, Dictionary, Row, Value};
use crate::format::numbers::address;
use std::net::{IpAddr, Ipv4Addr};

/// Entries of a dictionary that are remembered, at most.
const KNOWN: u32 = 1 << 20;

/// What a row has in such a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// No address.
    Nothing,
    Address {
        is_private: bool,
    },
    /// What is not written plainly.
    Odd,
}

#[derive(Clone)]
pub(super) struct Ends {
    pub(super) column: Column,
    /// Its place among all.
    at: usize,
    dictionary: Dictionary,
    /// The first entries of the dictionary, and behind them what else is in the table in hand.
    found: Vec<End>,
    /// Of those that are addresses.
    addresses: Vec<IpAddr>,
    /// How many of them stay.
    kept: u32,
    /// Which of them each row of the table in hand has.
    rows: Vec<u32>,
}

impl Ends {
    pub(super) fn new(at: usize, column: Column) -> Self {
        let dictionary = Dictionary::default();
        let (found, addresses, rows) = (Vec::new(), Vec::new(), Vec::new());
        Self { column, at, dictionary, found, addresses, kept: 0, rows }
    }

    pub(super) fn is_of(&self, at: usize, column: Column) -> bool {
        self.at == at && self.column == column
    }

    /// Reads the column of the next table.
    pub(super) fn look(&mut self, cells: &Cells<'_>) {
        if self.dictionary != cells.dictionary {
            (self.dictionary, self.kept) = (cells.dictionary, 0);
        }
        self.found.truncate(self.kept as usize);
        self.addresses.truncate(self.kept as usize);
        let entries = self.dictionary.entries.min(KNOWN);
        (self.kept..entries).for_each(|place| self.add(cells.entry(place)));
        self.kept = entries;
        let mut rows = std::mem::take(&mut self.rows);
        rows.clear();
        rows.extend(cells.places.iter().map(|place| {
            if *place < self.kept {
                return *place;
            }
            self.add(cells.entry(*place));
            self.found.len() as u32 - 1
        }));
        self.rows = rows;
    }

    fn add(&mut self, cell: Option<Cell<'_>>) {
        let read = match cell {
            None | Some(Cell::Number(_)) => Ok(None),
            Some(Cell::Json(value)) => plain(value).map(address).ok_or(End::Odd),
        };
        let end = match read {
            Ok(Some(address)) => End::Address { is_private: is_private(address) },
            Ok(None) => End::Nothing,
            Err(odd) => odd,
        };
        self.found.push(end);
        self.addresses.push(read.ok().flatten().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
    }

    /// What a row has.
    #[inline]
    pub(super) fn row(&self, at: usize) -> End {
        let end = self.rows.get(at).and_then(|end| self.found.get(*end as usize));
        end.copied().unwrap_or(End::Nothing)
    }

    /// Sets a field to the address that a row has.
    #[inline]
    pub(super) fn put(&self, at: usize, slot: usize, row: &mut dyn Row) {
        let Some(end) = self.rows.get(at) else { return };
        let entry = self.dictionary.entry(*end).filter(|_| *end < self.kept);
        if entry.is_some_and(|entry| row.put_again(slot, entry)) {
            return;
        }
        match (self.addresses.get(*end as usize), entry) {
            (Some(address), Some(entry)) => row.put_entry(slot, entry, Value::Ip(*address)),
            (Some(address), None) => row.put(slot, Value::Ip(*address)),
            (None, _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Entries, Time};

    struct Told(Option<IpAddr>);

    impl Row for Told {
        fn time(&mut self, _: Time) {}

        fn put(&mut self, _: usize, value: Value<'_>) {
            if let Value::Ip(address) = value {
                self.0 = Some(address);
            }
        }
    }

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
                dictionary: Dictionary { number, entries, is_plain: true },
                places: &[2, 0, 1, Cells::NONE],
            };
            ends.look(&cells);
            [0, 1, 2, 3, 4].map(|row| {
                let mut told = Told(None);
                if let End::Address { is_private } = ends.row(row) {
                    ends.put(row, 0, &mut told);
                    assert_eq!(
                        told.0.map(crate::format::network::flow::record::is_private),
                        Some(is_private)
                    );
                }
                told.0.ok_or(ends.row(row))
            })
        };
        let at = |text: &str| Ok::<IpAddr, End>(text.parse().unwrap());
        let (none, odd) = (Err(End::Nothing), Err(End::Odd));
        let told = look(1, 1, ["\"10.0.0.1\"", "\"10.0.0.2\"", "\"::1\""]);
        assert_eq!(told, [at("::1"), at("10.0.0.1"), at("10.0.0.2"), none, none]);
        // Only the first stays.
        let told = look(1, 1, ["\"10.0.0.1\"", "7", "\"\\u0031\""]);
        assert_eq!(told, [odd, at("10.0.0.1"), none, none, none]);
        let told = look(2, 3, ["\"-\"", "\"10.0.0.2\"", "\"10.0.0.3\""]);
        assert_eq!(told, [at("10.0.0.3"), none, at("10.0.0.2"), none, none]);
    }
}
