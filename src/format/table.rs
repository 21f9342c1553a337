//! The columns of a line, where their order or a header says what each is.

use super::DecodeError;
use super::beyond::{Beyond, Growing};
use super::cells::{Csv, Words, unquoted};
use super::marks::parts;
use super::members::{Level, Rule, Values};
use crate::event::{Entry, FieldDef, Row, Schema, Time, Value};
use memchr::memchr_iter;
use std::borrow::Cow;
use std::sync::Arc;

/// What becomes of the columns of a line, in order.
#[derive(Clone)]
pub(super) struct Table {
    rules: Vec<Rule>,
    beyond: Beyond,
}

impl Table {
    /// The columns of lines without a header. The base is what the format's fields are.
    pub(super) fn new<'a>(
        names: impl IntoIterator<Item = &'a str>,
        level: Level,
        base: &Arc<Schema>,
    ) -> Self {
        let rules: Vec<Rule> = names.into_iter().map(level).collect();
        let beyond = Beyond::new(base, rules.len());
        Self { rules, beyond }
    }

    /// The columns that a header names. Those that the format does not know become fields.
    pub(super) fn headed<'a>(
        names: impl IntoIterator<Item = &'a str>,
        level: Level,
        base: &Arc<Schema>,
    ) -> Self {
        let mut growing = Growing::new(base);
        let rule = |(nth, name)| match level(name) {
            Rule::Skip => growing.field(name, nth).map_or(Rule::Skip, Rule::More),
            rule => rule,
        };
        let mut rules: Vec<Rule> = names.into_iter().enumerate().map(rule).collect();
        let schema = growing.schema();
        if schema.is_none() {
            for rule in &mut rules {
                *rule = if let Rule::More(_) = rule { Rule::Skip } else { *rule };
            }
        }
        let beyond = Beyond::new(schema.as_ref().unwrap_or(base), rules.len());
        Self { rules, beyond }
    }

    /// What the fields of its rows are.
    pub(super) fn schema(&self) -> &Arc<Schema> {
        self.beyond.schema()
    }

    pub(super) fn width(&self) -> usize {
        self.rules.len()
    }

    /// Hands over the columns of a line that `mark` parts: runs of blanks, or each single one of
    /// another mark. The answer is how many there are, those of which nothing is known among them.
    ///
    /// # Errors
    /// [`DecodeError::Again`], if there were no fields for the last of them.
    pub(super) fn read<'de>(
        &mut self,
        line: &'de str,
        mark: char,
        values: &mut Values<'_, 'de>,
    ) -> Result<usize, DecodeError> {
        match mark {
            ' ' => self.fill(Words::new(line), values),
            '\t' => self.fill(parts(line, b'\t').map(unquoted), values),
            _ => self.fill(Csv::new(line, mark), values),
        }
    }

    /// The same of a line whose quotes are doubled within quotes.
    pub(super) fn read_csv<'de>(
        &mut self,
        line: &'de str,
        mark: char,
        values: &mut Values<'_, 'de>,
    ) -> Result<usize, DecodeError> {
        match mark {
            '\t' => self.read(line, mark, values),
            _ => self.fill(Csv::new(line, mark), values),
        }
    }

    #[inline]
    pub(super) fn fill<'de, T: Into<Cow<'de, str>> + AsRef<str>, const N: usize>(
        &mut self,
        mut cells: impl Iterator<Item = T>,
        values: &mut Values<'_, 'de, N>,
    ) -> Result<usize, DecodeError> {
        let mut count = 0;
        for rule in &self.rules {
            let Some(cell) = cells.next() else { return Ok(count) };
            count += 1;
            if !matches!(rule, Rule::Skip) && !matches!(cell.as_ref().as_bytes(), b"-") {
                values.take(*rule, cell);
            }
        }
        Ok(count + self.beyond.put(cells, values.row)?)
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
    is_timed: bool,
}

impl<'r> Sparse<'r> {
    pub(super) fn new(row: &'r mut dyn Row) -> Self {
        Self { row, told: 0, is_timed: false }
    }

    /// Whether a record that is known by names alone has said enough.
    pub(super) fn is_enough(&self) -> bool {
        self.told >= TOLD
    }

    /// Whether there is anything beside class and outcome.
    pub(super) fn says_something(&self) -> bool {
        self.told > 2
    }

    /// Whether it has said when it was.
    pub(super) fn is_timed(&self) -> bool {
        self.is_timed
    }
}

impl Row for Sparse<'_> {
    fn time(&mut self, time: Time) {
        self.is_timed = true;
        self.row.time(time);
    }

    fn zone_assumed(&mut self) {
        self.row.zone_assumed();
    }

    fn zone_unclear(&mut self, name: &'static str) {
        self.row.zone_unclear(name);
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
    if row.is_enough() { Ok(read) } else { Err(DecodeError::NotMine) }
}
