//! Logs that a service delivers in several shapes, whichever its owner has chosen: columns in the
//! documented order, JSON objects, or a table in the W3C's format with any of the columns.

use super::members::{Level, Memo, Values};
use super::table::{Table, mark_of, read_enough};
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
    /// Plain names that no other log has.
    pub(super) signs: &'static [&'static str],
    /// As many of them tell that it is this log.
    pub(super) enough: usize,
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
            Some(b'{') => probe.has_alike(self.signs, self.enough),
            _ if (self.mark)(probe.record).is_some() => true,
            _ => w3c::is_in(probe, |fields| self.are(w3c::names(fields).0)),
        };
        Match::certain_if(is)
    }

    /// The schema is that of the format's own fields.
    pub(super) fn start(&'static self, schema: &'static Arc<Schema>) -> Box<dyn Decoder> {
        let ordered = Table::new(self.order.iter().copied(), self.level, schema);
        let (members, room) = (Memo::new(self.level), String::new());
        Box::new(Reader { names: self, schema, ordered, headed: None, members, lessons: 0, room })
    }

    fn are<'a>(&self, names: impl Iterator<Item = &'a str>) -> bool {
        names::count(names, self.signs) >= self.enough
    }
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        if let Some(directive) = w3c::directive(record) {
            return self.learn(directive);
        }
        read_enough(row, self.names.fields, |values| {
            self.read(record, values)?;
            self.finish(values);
            Ok(Decoded::Event)
        })
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

    fn read<'de>(
        &mut self,
        record: &'de str,
        values: &mut Values<'_, 'de>,
    ) -> Result<(), DecodeError> {
        if record.starts_with('{') {
            let read = values.read_by(record, &mut self.members);
            return read.map_err(|error| self.broken(format!("no good JSON: {error}"), values));
        }
        let (count, least) = if let Some(Headed { table, mark }) = &mut self.headed {
            let mark = mark.unwrap_or_else(|| mark_of(record, table.width()));
            (table.read_csv(record, mark, values)?, table.width())
        } else if let Some(mark) = (self.names.mark)(record) {
            (self.ordered.read(record, mark, values)?, self.names.least)
        } else {
            return Err(DecodeError::NotMine);
        };
        if count < least {
            let reason = format!("{count} columns; there should be at least {least}");
            return Err(self.broken(reason, values));
        }
        Ok(())
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
