//! Logs that a service delivers in several shapes, whichever its owner has chosen: columns in the
//! documented order, JSON objects, or a table in the W3C's format with any of the columns.

use super::members::{Level, Memo, Rule, Values};
use super::table::{Sparse, Table, mark_of, read_enough};
use super::w3c::{self, Directive, may_direct};
use super::{DecodeError, Decoded, Decoder, Match, Probe, clock, names};
use crate::event::{FieldDef, Row, Schema, Time};
use std::sync::Arc;

/// What is known of a log's columns.
pub(super) struct Names {
    /// What becomes of a column or member of this name.
    pub(super) level: Level,
    /// The columns in the order of lines that come without a header.
    pub(super) order: &'static [&'static str],
    /// What parts the columns of such a line, if it is one.
    pub(super) mark: fn(&str) -> Option<char>,
    /// The fewest columns of a line in that order.
    pub(super) least: usize,
    /// The first of them, if lines of fewer columns are of a choice that nothing tells, but for
    /// these; and which one it is that shows by itself what it is.
    pub(super) few: &'static [&'static str],
    pub(super) shown: fn(&str) -> Option<&'static str>,
    /// Plain names that no other log has.
    pub(super) signs: &'static [&'static str],
    /// As many of them tell that it is this log.
    pub(super) enough: usize,
    /// Those of them that nothing else has at all: one is enough, if most other names are known
    /// too. Owners choose few columns.
    pub(super) sure: &'static [&'static str],
    /// Whether the values of a JSON object say whose log it is.
    pub(super) says: fn(&Probe<'_>) -> bool,
    /// Where the time is kept aside, for records that are broken.
    pub(super) time: usize,
    pub(super) fields: &'static [FieldDef],
    /// Puts what depends on several columns, class and outcome among it. The text is room to
    /// write in, and empty.
    pub(super) finish: fn(&mut Values<'_, '_>, &mut String),
}

/// Reads logs of all shapes; it learns the columns of tables.
#[derive(Clone)]
struct Reader {
    names: &'static Names,
    schema: &'static Arc<Schema>,
    ordered: Table,
    /// Of the columns of lines without a header only the first are known.
    is_few: bool,
    headed: Option<Headed>,
    /// Of records that are JSON.
    members: Memo,
    lessons: u32,
    room: String,
}

#[derive(Clone)]
struct Headed {
    table: Table,
    mark: Option<char>,
}

impl Names {
    pub(super) fn probe(&self, probe: &Probe<'_>) -> Match {
        let is = match probe.record.as_bytes().first() {
            Some(b'{') => self.are_in(probe),
            _ if (self.mark)(probe.record).is_some() => true,
            _ => w3c::is_in(probe, |fields| self.are(w3c::names(fields).0)),
        };
        Match::certain_if(is)
    }

    /// The schema is that of the format's own fields.
    pub(super) fn start(
        &'static self,
        schema: &'static Arc<Schema>,
        sample: &[String],
    ) -> Box<dyn Decoder> {
        let is_few = self.is_few(sample);
        let order = if is_few { self.few } else { self.order };
        let ordered = Table::new(order.iter().copied(), self.level, schema);
        let (members, room) = (Memo::new(self.level), String::new());
        let (names, headed, lessons) = (self, None, 0);
        Box::new(Reader { names, schema, ordered, is_few, headed, members, lessons, room })
    }

    /// Whether all lines without a header are of few columns.
    fn is_few(&self, sample: &[String]) -> bool {
        let widths = sample.iter().filter_map(|line| {
            let mark = (self.mark)(line)?;
            Some(line.split(mark).count())
        });
        let mut widths = widths.peekable();
        !self.few.is_empty() && widths.peek().is_some() && widths.all(|width| width < self.least)
    }

    /// Whether these are the names of a table of such a log.
    fn are<'a>(&self, names: impl Iterator<Item = &'a str> + Clone) -> bool {
        names::count(names.clone(), self.signs) >= self.enough
            || names::count(names.clone(), self.sure) > 0 && self.knows_most(names)
    }

    /// Whether a JSON object is of such a log.
    fn are_in(&self, probe: &Probe<'_>) -> bool {
        let names = || probe.names().iter().map(|name| &**name);
        probe.has_alike(self.signs, self.enough)
            || (probe.has_alike(self.sure, 1) || (self.says)(probe))
                && self.knows_most(names())
                && !names::are_said(names())
    }

    fn knows_most<'a>(&self, names: impl Iterator<Item = &'a str> + Clone) -> bool {
        let known = names.clone().filter(|name| !matches!((self.level)(name), Rule::Skip));
        known.count() * 2 >= names.count()
    }
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if let Some(directive) = w3c::directive(record) {
            return self.learn(directive);
        }
        let mut row = Sparse::new(row);
        let mut values = Values::new(&mut row, self.names.fields);
        let is_row = self.read(record, &mut values)?;
        self.finish(&mut values);
        // A header vouches for lines of few columns, and so do names that nothing else has.
        let is_one = row.is_enough()
            || is_row && (row.is_timed() || row.says_something())
            || record.starts_with('{')
                && row.says_something()
                && self.names.are_in(&Probe::new(record));
        if is_one { Ok(Decoded::Event) } else { Err(DecodeError::NotMine) }
    }

    fn decode_first(&mut self, text: &str, row: &mut dyn Row) -> Option<usize> {
        let read = read_enough(row, self.names.fields, |values| {
            let length =
                values.read_first(text, &mut self.members).map_err(|_| DecodeError::NotMine)?;
            self.finish(values);
            Ok(length)
        });
        read.ok()
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        let table = self.headed.as_ref().map_or(&self.ordered, |headed| &headed.table);
        Some(table.schema())
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }

    fn may_learn(&self, record: &[u8]) -> bool {
        may_direct(record)
    }

    fn lessons(&self) -> u32 {
        self.lessons
    }
}

impl Reader {
    fn finish(&mut self, values: &mut Values<'_, '_>) {
        self.room.clear();
        (self.names.finish)(values, &mut self.room);
    }

    /// Whether it is a line of exactly as many columns as a header has named, or of a few of which
    /// nothing else is known.
    fn read<'de>(
        &mut self,
        record: &'de str,
        values: &mut Values<'_, 'de>,
    ) -> Result<bool, DecodeError> {
        if record.starts_with('{') {
            return match values.read_by(record, &mut self.members) {
                Ok(()) => Ok(false),
                Err(error) => Err(self.broken(format!("no good JSON: {error}"), values)),
            };
        }
        let (count, least) = if let Some(Headed { table, mark }) = &mut self.headed {
            let mark = mark.unwrap_or_else(|| mark_of(record, table.width()));
            (table.read_csv(record, mark, values)?, table.width())
        } else if let Some(mark) = (self.names.mark)(record) {
            let count = self.ordered.read(record, mark, values)?;
            if self.is_few {
                self.read_shown(record, mark, values);
                return Ok(true);
            }
            (count, self.names.least)
        } else {
            return Err(DecodeError::NotMine);
        };
        if count < least {
            let reason = format!("{count} columns; there should be at least {least}");
            return Err(self.broken(reason, values));
        }
        Ok(self.headed.is_some() && count == least)
    }

    /// Reads what shows by itself what it is, of columns that nobody has named.
    fn read_shown<'de>(&self, record: &'de str, mark: char, values: &mut Values<'_, 'de>) {
        for cell in record.split(mark).skip(self.names.few.len()) {
            if let Some(name) = (self.names.shown)(cell) {
                values.take((self.names.level)(name), cell);
            }
        }
    }

    fn learn(&mut self, directive: Directive<'_>) -> Result<Decoded, DecodeError> {
        if let Directive::Fields(fields) = directive {
            self.lessons += 1;
            self.headed = None;
            if !self.names.are(w3c::names(fields).0) {
                return Err(DecodeError::NotMine);
            }
            let (all, mark) = w3c::names(fields);
            let table = Table::headed(all, self.names.level, self.schema);
            self.headed = Some(Headed { table, mark });
        }
        Ok(Decoded::NotARecord)
    }

    fn broken(&self, reason: String, values: &Values<'_, '_>) -> DecodeError {
        let read = |text: &str| Time::parse_rfc3339(text).or_else(|| clock::epoch(text));
        let time = values.note(self.names.time).and_then(read);
        DecodeError::Broken { reason, time }
    }
}
