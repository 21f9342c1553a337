//! Rows of a table, column by column: how a container that knows its columns hands them to whoever
//! decodes them, so that nobody has to write and read the text of each row.
//!
//! All the same a row *is* a line of text, a JSON object: that is what its offset and length speak
//! of, what is hashed and what is shown. A cell is its member of that object, such as
//! `"bytes":840,`, so the line is nothing but its cells one after the other in braces, and can be
//! written whenever it is wanted.
//!
//! Many rows may have the same [entry](Entries) of a column, which is made once, and whoever decodes
//! rows may read it once, for as long as it [stays](Dictionary). Whole numbers are kept as such: no
//! digits need be read, and how long they are is known without writing them. Only the line counts: a
//! number is no other value than its digits there.

use super::{Nested, decimal};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of lines that are given at a time, about.
const PIECE: usize = 256 << 10;

/// Some rows of a table, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// In the order of their members.
    columns: &'a [Cells<'a>],
    /// For each row the bytes of its line, without the line end; 0 for one that cannot be told,
    /// whose line is empty.
    lengths: &'a [usize],
}

/// What some rows have in one column.
#[derive(Debug, Clone, Copy)]
pub struct Cells<'a> {
    /// The column's name as it stands before each value: in quotes, and with a colon.
    pub key: &'a str,
    /// What cells may be.
    pub entries: Entries<'a>,
    /// Those of them that stay.
    pub dictionary: Dictionary,
    /// For each row, which of them it has; [`Cells::NONE`] for nothing.
    pub places: &'a [u32],
}

/// What the cells of a column are made of.
#[derive(Debug, Clone, Copy)]
pub enum Entries<'a> {
    /// Members, each with its key and a comma at its end; or nothing, which is a cell that holds
    /// nothing.
    Members {
        /// One after the other.
        text: &'a str,
        /// Where each begins, and the one before it ends.
        bounds: &'a [u32],
    },
    /// Members that have others within them.
    Nested(Nested<'a>),
    /// Whole numbers, which stand in the line in decimal digits.
    Numbers(&'a [i64]),
}

/// Entries of a column that the tables to come have too: those that say the same number have the
/// same first entries, as many as that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dictionary {
    /// Of no other dictionary, whatever column or object it is of; but 0 of those without entries.
    pub number: u64,
    pub entries: u32,
    /// No text of the column, whether it stays or not, has an escape in it: what is in its quotes is
    /// what is meant.
    pub is_plain: bool,
}

impl Dictionary {
    /// A number that none had so far.
    pub fn next_number() -> u64 {
        static LAST: AtomicU64 = AtomicU64::new(0);
        LAST.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The entry with this place, if it stays.
    #[inline]
    pub fn entry(&self, place: u32) -> Option<Entry> {
        (place < self.entries).then_some(Entry { dictionary: self.number, place })
    }
}

/// An entry of a dictionary: whoever has met it need not look at its value again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Entry {
    pub dictionary: u64,
    pub place: u32,
}

/// The value of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    Json(&'a str),
    Number(i64),
}

impl<'a> Cells<'a> {
    /// The place of a cell that holds nothing.
    pub const NONE: u32 = u32::MAX;

    /// The value, if there is any.
    #[inline]
    pub fn value(&self, row: usize) -> Option<Cell<'a>> {
        self.entry(*self.places.get(row)?)
    }

    /// The value that rows with this place have.
    #[inline]
    pub fn entry(&self, place: u32) -> Option<Cell<'a>> {
        let place = place as usize;
        match self.entries {
            Entries::Numbers(numbers) => numbers.get(place).map(|number| Cell::Number(*number)),
            Entries::Members { text, bounds } | Entries::Nested(Nested { text, bounds, .. }) => {
                let (from, to) = range(bounds, place);
                text.get(from + self.key.len()..to.saturating_sub(1)).map(Cell::Json)
            }
        }
    }

    /// Adds the bytes of each row's member to these.
    pub fn measure(&self, lengths: &mut [usize]) {
        let rows = lengths.iter_mut().zip(self.places);
        match self.entries {
            Entries::Members { bounds, .. } | Entries::Nested(Nested { bounds, .. }) => {
                for (length, place) in rows {
                    let (from, to) = range(bounds, *place as usize);
                    *length += to - from;
                }
            }
            Entries::Numbers(numbers) => {
                let around = self.key.len() + 1;
                for (length, place) in rows {
                    let number = numbers.get(*place as usize);
                    *length += number.map_or(0, |number| around + decimal::length(*number));
                }
            }
        }
    }

    /// Appends the member as it stands in the line.
    fn write(&self, row: usize, out: &mut Vec<u8>) {
        let place = self.places.get(row).map_or(usize::MAX, |place| *place as usize);
        match self.entries {
            Entries::Members { text, bounds } | Entries::Nested(Nested { text, bounds, .. }) => {
                let (from, to) = range(bounds, place);
                out.extend_from_slice(text.get(from..to).unwrap_or_default().as_bytes());
            }
            Entries::Numbers(numbers) => {
                if let Some(number) = numbers.get(place) {
                    out.extend_from_slice(self.key.as_bytes());
                    decimal::push(*number, out);
                    out.push(b',');
                }
            }
        }
    }
}

#[inline]
fn range(bounds: &[u32], place: usize) -> (usize, usize) {
    match (bounds.get(place), bounds.get(place.wrapping_add(1))) {
        (Some(from), Some(to)) => (*from as usize, *to as usize),
        _ => (0, 0),
    }
}

impl<'a> Table<'a> {
    /// `lengths` is what [`lengths`](Self::lengths) shall answer.
    pub fn new(columns: &'a [Cells<'a>], lengths: &'a [usize]) -> Self {
        Self { columns, lengths }
    }

    /// The bytes of a line whose members have so many.
    pub fn length_of(members: usize) -> usize {
        // The last comma is a brace.
        1 + members.max(1)
    }

    pub fn columns(&self) -> &'a [Cells<'a>] {
        self.columns
    }

    /// For each row the bytes of its line, without the line end; 0 if it is empty.
    pub fn lengths(&self) -> &'a [usize] {
        self.lengths
    }

    /// Bytes of all lines.
    pub fn bytes(&self) -> u64 {
        self.lengths.iter().map(|length| *length as u64 + 1).sum()
    }

    /// Appends the line of a row, without its end.
    pub fn write(&self, row: usize, out: &mut Vec<u8>) {
        if self.lengths.get(row).is_none_or(|length| *length == 0) {
            return;
        }
        out.push(b'{');
        for cells in self.columns {
            cells.write(row, out);
        }
        match out.last_mut() {
            Some(last @ b',') => *last = b'}',
            _ => out.push(b'}'),
        }
    }

    /// Gives all lines in order, in pieces of whole lines.
    pub fn lines(&self, give: &mut dyn FnMut(&[u8]) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut out = Vec::new();
        for row in 0..self.lengths.len() {
            self.write(row, &mut out);
            out.push(b'\n');
            if out.len() >= PIECE {
                give(&out)?;
                out.clear();
            }
        }
        if out.is_empty() { ControlFlow::Continue(()) } else { give(&out) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_its_cells_in_braces() {
        let (none, dictionary) = (Cells::NONE, Dictionary::default());
        let entries = Entries::Members { text: "\"a\":1,\"a\":\"é\",", bounds: &[0, 6, 15] };
        let a = Cells { key: "\"a\":", entries, dictionary, places: &[1, none, 0, 0] };
        let entries = Entries::Members { text: "\"b\":[2],", bounds: &[0, 8] };
        let b = Cells { key: "\"b\":", entries, dictionary, places: &[none, none, 0, 0] };
        let entries = Entries::Numbers(&[-10, 999]);
        let c = Cells { key: "\"c\":", entries, dictionary, places: &[1, none, 0, 1] };
        let columns = [a, b, c];
        let mut lengths = [0; 4];
        for cells in &columns {
            cells.measure(&mut lengths);
        }
        let mut lengths = lengths.map(Table::length_of);
        lengths[3] = 0;
        let table = Table::new(&columns, &lengths);
        let mut lines = Vec::new();
        let flow = table.lines(&mut |bytes| {
            lines.extend_from_slice(bytes);
            ControlFlow::Continue(())
        });
        assert!(flow.is_continue());
        let lines = String::from_utf8(lines).unwrap();
        assert_eq!(lines, "{\"a\":\"é\",\"c\":999}\n{}\n{\"a\":1,\"b\":[2],\"c\":-10}\n\n");
        assert_eq!(table.bytes(), lines.len() as u64);
        let told: Vec<usize> = lines.lines().map(str::len).collect();
        assert_eq!(told, lengths);
        let json = |text| Some(Cell::Json(text));
        assert_eq!([0, 1, 2].map(|row| a.value(row)), [json("\"é\""), None, json("1")]);
        let number = |number| Some(Cell::Number(number));
        assert_eq!([0, 1, 2].map(|row| c.value(row)), [number(999), None, number(-10)]);
    }
}
