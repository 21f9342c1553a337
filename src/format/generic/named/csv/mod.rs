//! Tables: a header, then a row for each record, parted by commas, tabs, semicolons or bars and
//! quoted as RFC 4180 has it; also those of Zeek, whose columns stand behind `#fields`.
//!
//! A row with fewer cells than the header has is kept: many writers leave out what is empty at the
//! end. One with more is not understood: which name belongs to which cell is not known then.

mod layout;
mod shape;

use super::told::Told;
use super::{CLASS, EVENT, FIELDS, ID, MESSAGE};
use crate::event::{Class, Row, Schema, Value};
use crate::format::cells::Csv as Cells;
use crate::format::members::{Scalar, put};
use crate::format::moment;
use crate::format::{
    Context, DecodeError, Decoded, Decoder, Format, Join, Match, Probe, put_class, schema,
};
use layout::Layout;
use memchr::memmem::Finder;
use shape::{Kind, Shape};
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(|| schema("csv", "Tables", FIELDS));

/// Characters of what is said of a row that has no message.
const GIST: usize = 200;

static FIELDS_OF_ZEEK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("#fields"));

pub(in crate::format::generic) struct Csv;

impl Format for Csv {
    fn schema(&self) -> &Arc<Schema> {
        &SCHEMA
    }

    fn help(&self) -> &'static str {
        "Tables with a header (CSV, TSV, Zeek): exports of consoles and databases; each column is a \
         field."
    }

    fn limits(&self) -> &'static str {
        "What a column means is told by its name alone, and an export holds what somebody chose to \
         export."
    }

    fn join(&self) -> Join {
        Join::Quoted
    }

    fn probe(&self, probe: &Probe<'_>) -> Match {
        if moment::is_zeek(probe.record) {
            return Match::Likely;
        }
        match Shape::of(probe.sample) {
            Some(shape) if is_row(probe.record, &shape) => Match::Likely,
            _ => Match::No,
        }
    }

    fn start(&self, context: &Context, sample: &[String]) -> Box<dyn Decoder> {
        let layout = Layout::of(sample).map(Arc::new);
        Box::new(Reader { layout, lessons: 0, zone_seconds: context.zone_seconds })
    }
}

fn is_row(record: &str, shape: &Shape) -> bool {
    let count = Cells::new(record, shape.mark).count();
    count == shape.header.len()
        || count > 1 && count < shape.header.len() && shape.kind == Kind::Header
}

/// A cell that says that there is nothing.
fn is_null(cell: &str) -> bool {
    matches!(cell.trim(), "" | "-" | "NULL" | "null" | "(null)" | "(empty)" | "N/A" | "n/a")
}

#[derive(Clone)]
struct Reader {
    layout: Option<Arc<Layout>>,
    lessons: u32,
    zone_seconds: i32,
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        // In a table that has its header, what begins like that is a row.
        let headed = self.layout.as_ref().is_some_and(|layout| layout.shape.kind == Kind::Header);
        if !headed && moment::is_zeek(record) {
            self.learn(record);
            return Ok(Decoded::NotARecord);
        }
        let Some(layout) = self.layout.clone() else { return Err(DecodeError::NotMine) };
        let cells: Vec<Cow<'_, str>> = Cells::new(record, layout.shape.mark).collect();
        if layout.shape.kind == Kind::Header
            && cells.iter().map(|cell| cell.trim()).eq(&layout.shape.header)
        {
            return Ok(Decoded::NotARecord);
        }
        let (count, columns) = (cells.len(), layout.columns.len());
        let extra = cells.iter().skip(columns).any(|cell| !cell.is_empty());
        if extra || count < 2 && columns > 1 {
            let time = told(&layout, &cells).time(self.zone_seconds);
            let reason = format!("{count} cells, where the header has {columns} columns");
            return Err(DecodeError::Broken { reason, time });
        }
        let told = put_cells(&layout, &cells, row);
        let zone = if layout.shape.kind == Kind::Header { Some(self.zone_seconds) } else { None };
        told.finish(row, zone, |slot| layout.slot(slot));
        if let Some(slot) = layout.slot(CLASS) {
            put_class(row, slot, Class::Other);
        }
        Ok(Decoded::Event)
    }

    fn schema(&self) -> Option<&Arc<Schema>> {
        self.layout.as_deref().map(|layout| &layout.schema)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(self.clone())
    }

    fn may_learn(&self, record: &[u8]) -> bool {
        FIELDS_OF_ZEEK.find(record).is_some()
    }

    fn lessons(&self) -> u32 {
        self.lessons
    }
}

impl Reader {
    /// Learns from a directive what follows it.
    fn learn(&mut self, line: &str) {
        let Some(shape) = Shape::directive(line) else { return };
        if self.layout.as_ref().is_none_or(|layout| layout.shape != shape) {
            self.layout = Some(Arc::new(Layout::new(shape)));
            self.lessons += 1;
        }
    }
}

/// What the cells with common names say together.
fn told<'c>(layout: &Layout, cells: &'c [Cow<'_, str>]) -> Told<'c> {
    let mut told = Told::default();
    for (column, cell) in layout.columns.iter().zip(cells) {
        if let Some(name) = column.name.filter(|_| !is_null(cell)) {
            told.take(name, cell.trim());
        }
    }
    told
}

/// Writes the cells. The answer is what they say together.
fn put_cells<'c>(layout: &Layout, cells: &'c [Cow<'_, str>], row: &mut dyn Row) -> Told<'c> {
    let mut told = Told::default();
    let mut is_told = false;
    let fields = &layout.schema.fields;
    for (column, cell) in layout.columns.iter().zip(cells) {
        if is_null(cell) {
            continue;
        }
        let cell = cell.trim();
        let shared = column.name.and_then(|name| told.take(name, cell));
        // Short ids number the rows of one table.
        let shared = shared.filter(|slot| *slot != ID || cell.len() >= 16);
        is_told |= matches!(shared, Some(EVENT | MESSAGE));
        let shared = shared.and_then(|slot| layout.slot(slot));
        for slot in [shared, column.own].into_iter().flatten() {
            put(row, &fields[slot], slot, Scalar::Text(cell));
        }
    }
    if let Some(slot) = layout.slot(MESSAGE).filter(|_| !is_told) {
        let gist = gist(layout, cells);
        if !gist.is_empty() {
            row.put(slot, Value::Str(&gist));
        }
    }
    told
}

/// The first cells with their names, for a row that has no message of its own.
fn gist(layout: &Layout, cells: &[Cow<'_, str>]) -> String {
    let mut line = String::new();
    for (title, cell) in layout.shape.header.iter().zip(cells) {
        if is_null(cell) {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(title);
        line.push('=');
        line.extend(cell.chars().take(GIST));
        if line.len() > GIST {
            line.truncate(line.floor_char_boundary(GIST - '…'.len_utf8()));
            line.push('…');
            break;
        }
    }
    line
}
