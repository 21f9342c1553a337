//! Parquet: tables, column by column. What comes out is rows, each a JSON object and a line, so that
//! whatever reads JSON lines reads tables; the line need not be written by whom columns suffice.
//!
//! Columns are members by their names, groups are objects, lists are arrays, maps are objects;
//! what is null is left out, but in lists and maps, where it has a place. Times are RFC 3339 in
//! the precision of their column, and without a zone if the column says that nobody knows it;
//! decimals keep every digit; bytes that are no text are base64.
//!
//! Everything is read here and by no library, for two reasons. What is at hand gives way to a
//! hostile file: it makes room for what is declared, and panics. And a value that stands in a
//! dictionary is written as JSON once, however often it is in a row; whole numbers that are members
//! of the row itself are handed on as numbers, and are not written until somebody wants the line.

mod codec;
mod column;
mod delta;
mod footer;
mod fragments;
mod hybrid;
mod moments;
mod page;
mod rows;
mod schema;
mod shape;
mod store;
mod thrift;
mod values;
mod written;

use super::budget::{Budget, Flow};
use crate::event::{Cells, Reason, ReasonKind, Table};
use footer::Footer;
use rows::Rows;
use schema::Schema;
pub(super) use store::Store;

/// Empty lines that are given at a time.
static EMPTY: [u8; 64 << 10] = [b'\n'; 64 << 10];

/// How many times more than text a table may unfold to for its size: what repeats in a column
/// takes next to nothing.
const LEEWAY: u64 = 100;

/// Rows that cannot be read, at most, in whose place there are empty lines.
const BLANKS: u64 = 1 << 24;

/// A table as a stream of rows.
pub(super) struct Parquet<'a> {
    source: Source<'a>,
    footer: Footer,
    schema: Schema,
    /// The group of rows in hand, and its number.
    rows: Option<Rows>,
    group: u64,
    /// Rows in whose place there is nothing.
    blanks: u64,
    flow: Flow,
    /// What was wrong first.
    fault: Option<Reason>,
    is_over: bool,
}

/// Where pages come from.
struct Source<'a> {
    store: &'a Store<'a>,
    budget: &'a Budget<'a>,
    /// What pages unfold to.
    flow: Flow,
    /// A page as it is stored.
    room: Vec<u8>,
}

impl<'a> Parquet<'a> {
    pub(super) fn new(store: &'a Store<'a>, budget: &'a Budget<'a>) -> Result<Self, Reason> {
        let footer = Footer::read(store).map_err(of_file)?;
        let schema = Schema::new(&footer.schema).map_err(of_file)?;
        let flow = || Flow { taken: store.size().saturating_mul(LEEWAY), given: 0 };
        Ok(Self {
            source: Source { store, budget, flow: flow(), room: Vec::new() },
            footer,
            schema,
            rows: None,
            group: 0,
            blanks: 0,
            flow: flow(),
            fault: None,
            is_over: false,
        })
    }

    /// What comes next; `None` at the end. A fault is reported after all rows.
    pub(super) fn next(&mut self) -> Result<Option<Part<'_>>, Reason> {
        let ready = loop {
            if self.is_over {
                return self.fault.clone().map_or(Ok(None), Err);
            }
            match self.more() {
                Ok(Ready::Nothing) => {}
                Ok(ready) => break ready,
                Err(reason) => self.end(reason),
            }
        };
        let columns = match (ready, &self.rows) {
            (Ready::Rows, Some(rows)) => rows.cells(&self.schema).collect(),
            _ => Vec::new(),
        };
        let part = match (ready, &self.rows) {
            (Ready::Rows, Some(rows)) => Part::Rows(columns, rows.lengths()),
            (Ready::Empty(count), _) => Part::Empty(&EMPTY[..count]),
            _ => Part::Empty(&[]),
        };
        if let Err(reason) = self.source.budget.inflated(&mut self.flow, part.bytes()) {
            self.fault.get_or_insert(reason);
            self.is_over = true;
        }
        Ok(Some(part))
    }

    fn more(&mut self) -> Result<Ready, Reason> {
        self.source.budget.check_cancel()?;
        if self.blanks > 0 {
            let count = self.blanks.min(EMPTY.len() as u64);
            self.blanks -= count;
            return Ok(Ready::Empty(count as usize));
        }
        if self.rows.as_ref().is_none_or(|rows| rows.left == 0) {
            let Some(group) = self.footer.next(self.schema.leaves.len()) else {
                self.is_over = true;
                return Ok(Ready::Nothing);
            };
            self.group += 1;
            self.rows = None;
            let group = group.map_err(|reason| self.in_group(&reason))?;
            match Rows::new(&group, &self.schema) {
                Ok(rows) => self.rows = Some(rows),
                Err(reason) => self.give_up(&reason, u64::try_from(group.rows).unwrap_or(0))?,
            }
        }
        let Some(rows) = self.rows.as_mut().filter(|rows| rows.left > 0) else {
            return Ok(Ready::Nothing);
        };
        let left = rows.left;
        match rows.line_up(&self.schema, &mut self.source) {
            Ok(0) => {}
            Ok(_) => {
                let detail = format!("a row of more than {} bytes is left out", rows::LONGEST);
                self.fault.get_or_insert(Reason::new(ReasonKind::Size, detail));
            }
            Err(reason) => {
                self.rows = None;
                self.give_up(&reason, left)?;
                return Ok(Ready::Nothing);
            }
        }
        Ok(Ready::Rows)
    }

    /// Goes on behind the rows of this group, of which so many were not told.
    fn give_up(&mut self, reason: &Reason, rows: u64) -> Result<(), Reason> {
        if reason.kind == ReasonKind::Cancelled {
            return Err(reason.clone());
        }
        let mut fault = self.in_group(reason);
        fault.detail = format!("{}; {rows} rows of it are not read", fault.detail);
        let fault = self.fault.get_or_insert(fault).clone();
        self.blanks = rows;
        // The count may be as wrong as the rest.
        if rows > BLANKS || matches!(reason.kind, ReasonKind::Size | ReasonKind::Ratio) {
            return Err(fault);
        }
        Ok(())
    }

    fn in_group(&self, reason: &Reason) -> Reason {
        let mut reason = reason.clone();
        if self.footer.groups > 1 {
            let (group, groups) = (self.group, self.footer.groups);
            reason.detail = format!("row group {group} of {groups}, {}", reason.detail);
        }
        of_file(reason)
    }

    fn end(&mut self, reason: Reason) {
        self.fault.get_or_insert(reason);
        self.is_over = true;
    }
}

/// Some rows of a table, or lines in their place.
pub(super) enum Part<'a> {
    /// What they have in each column, and the lengths of their lines.
    Rows(Vec<Cells<'a>>, &'a [usize]),
    /// Rows that cannot be read: empty lines.
    Empty(&'static [u8]),
}

impl Part<'_> {
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Rows(columns, lengths) => Table::new(columns, lengths).bytes() as usize,
            Self::Empty(lines) => lines.len(),
        }
    }
}

/// What can be told next.
#[derive(Clone, Copy)]
enum Ready {
    Nothing,
    Rows,
    /// So many empty lines.
    Empty(usize),
}

impl Source<'_> {
    /// Appends what the page in the room unfolds to, from this byte of it on.
    fn inflate(
        &mut self,
        codec: i64,
        from: usize,
        size: usize,
        into: &mut Vec<u8>,
    ) -> Result<(), Reason> {
        let before = into.len();
        codec::inflate(codec, &self.room[from..], size, into, self.budget)?;
        self.budget.inflated(&mut self.flow, into.len() - before)
    }
}

/// Says of what a reason speaks.
fn of_file(mut reason: Reason) -> Reason {
    let is = match reason.kind {
        ReasonKind::Corrupt => "is damaged",
        ReasonKind::Truncated => "is cut off",
        ReasonKind::Encrypted => "is encrypted",
        ReasonKind::Io => return reason,
        _ => "is not read whole",
    };
    reason.detail = format!("the Parquet file {is}: {}", reason.detail);
    reason
}

fn damaged(what: impl Into<String>) -> Reason {
    Reason::new(ReasonKind::Corrupt, what)
}

fn cut(what: &str) -> Reason {
    Reason::new(ReasonKind::Truncated, what)
}
