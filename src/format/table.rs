//! The columns of a line, where their order or a header says what each is.

use super::DecodeError;
use super::cells::{Csv, Words, unquoted};
use super::marks::parts;
use super::members::{Level, Rule, Values};
use crate::event::{Entry, FieldDef, Row, Time, Value};
use memchr::memchr_iter;
use std::borrow::Cow;

/// What becomes of the columns of a line, in order.
#[derive(Clone)]
pub(super) struct Table {
    rules: Vec<Rule>,
}

impl Table {
    pub(super) fn new<'a>(names: impl IntoIterator<Item = &'a str>, level: Level) -> Self {
        Self { rules: names.into_iter().map(level).collect() }
    }

    pub(super) fn width(&self) -> usize {
        self.rules.len()
    }

    /// Hands over the columns of a line that `mark` parts: runs of blanks, or each single one of
    /// another mark. The answer is how many there are, those of which nothing is known among them.
    pub(super) fn read<'de>(
        &self,
        line: &'de str,
        mark: char,
        values: &mut Values<'_, 'de>,
    ) -> usize {
        match mark {
            ' ' => self.fill(Words::new(line), values),
            '\t' => self.fill(parts(line, b'\t').map(unquoted), values),
            _ => self.fill(Csv::new(line, mark), values),
        }
    }

    /// The same of a line whose quotes are doubled within quotes.
    pub(super) fn read_csv<'de>(
        &self,
        line: &'de str,
        mark: char,
        values: &mut Values<'_, 'de>,
    ) -> usize {
        match mark {
            '\t' => self.read(line, mark, values),
            _ => self.fill(Csv::new(line, mark), values),
        }
    }

    #[inline]
    pub(super) fn fill<'de, T: Into<Cow<'de, str>> + AsRef<str>, const N: usize>(
        &self,
        mut cells: impl Iterator<Item = T>,
        values: &mut Values<'_, 'de, N>,
    ) -> usize {
        let mut count = 0;
        for rule in &self.rules {
            let Some(cell) = cells.next() else { return count };
            count += 1;
            if !matches!(rule, Rule::Skip) && !matches!(cell.as_ref().as_bytes(), b"-") {
                values.take(*rule, cell);
            }
        }
        count + cells.count()
    }
}

/// What parts the columns of a line that should be so many.
pub(super) fn mark_of(line: &str, columns: usize) -> char {
    let tabs = memchr_iter(b'\t', line.as_bytes()).count();
    let is_tab = tabs + 1 == columns || tabs > 0 && !line.contains(' ');
    if tabs > 0 && is_tab { '\t' } else { ' ' }
}

/// A row that knows `-` for nothing, and counts what it is told.
pub(super) struct Sparse<'r> {
    row: &'r mut dyn Row,
    told: usize,
}

impl<'r> Sparse<'r> {
    pub(super) fn new(row: &'r mut dyn Row) -> Self {
        Self { row, told: 0 }
    }
}

impl Row for Sparse<'_> {
    fn time(&mut self, time: Time) {
        self.row.time(time);
    }

    fn zone_assumed(&mut self) {
        self.row.zone_assumed();
    }

    fn records(&mut self, count: u32) {
        self.row.records(count);
    }

    #[inline]
    fn put(&mut self, slot: usize, value: Value<'_>) {
        if !matches!(value, Value::Str("-")) {
            self.told += 1;
            self.row.put(slot, value);
        }
    }

    #[inline]
    fn put_entry(&mut self, slot: usize, entry: Entry, value: Value<'_>) {
        if !matches!(value, Value::Str("-")) {
            self.told += 1;
            self.row.put_entry(slot, entry, value);
        }
    }

    #[inline]
    fn put_again(&mut self, slot: usize, entry: Entry) -> bool {
        let is_put = self.row.put_again(slot, entry);
        self.told += usize::from(is_put);
        is_put
    }
}

/// What a record has to say to be of a format that knows its own by names alone: class and outcome,
/// and more than a name that many have.
const TOLD: usize = 5;

/// Reads a record into a row. It is not of this format if it does not say enough.
pub(super) fn read_enough<'de, T, const N: usize>(
    row: &mut dyn Row,
    fields: &'static [FieldDef],
    read: impl FnOnce(&mut Values<'_, 'de, N>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut row = Sparse::new(row);
    let read = read(&mut Values::roomy(&mut row, fields))?;
    if row.told >= TOLD { Ok(read) } else { Err(DecodeError::NotMine) }
}
