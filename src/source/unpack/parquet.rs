//! Parquet: tables, column by column. What comes out is a stream of rows, each a JSON object and a
//! line, so that whatever reads JSON lines reads tables.
//!
//! Columns are members by their names, groups are objects, lists are arrays, maps are objects;
//! what is null is left out, but in lists and maps, where it has a place. Times are RFC 3339 in
//! the precision of their column, and without a zone if the column says that nobody knows it;
//! decimals keep every digit; bytes that are no text are base64.
//!
//! Everything is read here and by no library, for two reasons. What is at hand gives way to a
//! hostile file: it makes room for what is declared, and panics. And a value that stands in a
//! dictionary is written as JSON once, however often it is in a row.

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

use super::budget::{Budget, Flow};
use super::window::Pull;
use crate::event::{Reason, ReasonKind};
use footer::Footer;
use rows::Rows;
use schema::Schema;
pub(super) use store::Store;

/// Bytes of rows that are made at a time.
const PIECE: usize = 256 << 10;

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
    out: Vec<u8>,
    sent: usize,
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
            out: Vec::new(),
            sent: 0,
            flow: flow(),
            fault: None,
            is_over: false,
        })
    }

    /// Makes more rows.
    fn more(&mut self) -> Result<(), Reason> {
        self.out.clear();
        self.sent = 0;
        self.source.budget.check_cancel()?;
        let blanks = self.blanks.min(PIECE as u64);
        self.out.resize(blanks as usize, b'\n');
        self.blanks -= blanks;
        if self.blanks > 0 {
            return Ok(());
        }
        if self.rows.as_ref().is_none_or(|rows| rows.left == 0) {
            let Some(group) = self.footer.next(self.schema.leaves.len()) else {
                self.is_over = true;
                return Ok(());
            };
            self.group += 1;
            self.rows = None;
            let group = group.map_err(|reason| self.in_group(&reason))?;
            match Rows::new(&group, &self.schema) {
                Ok(rows) => self.rows = Some(rows),
                Err(reason) => self.give_up(&reason, u64::try_from(group.rows).unwrap_or(0))?,
            }
        }
        let Some(rows) = &mut self.rows else { return Ok(()) };
        while rows.left > 0 && self.out.len() < PIECE {
            let before = (rows.left, self.out.len());
            match rows.tell(&self.schema, &mut self.source, &mut self.out) {
                Ok(true) => {}
                Ok(false) => {
                    let detail = format!("a row of more than {} bytes is left out", rows::LONGEST);
                    self.fault.get_or_insert(Reason::new(ReasonKind::Size, detail));
                }
                Err(reason) => {
                    self.out.truncate(before.1);
                    self.rows = None;
                    return self.give_up(&reason, before.0);
                }
            }
        }
        Ok(())
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
        self.out.clear();
        self.sent = 0;
    }
}

impl Pull for Parquet<'_> {
    fn pull(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        while self.sent == self.out.len() && !self.is_over {
            if let Err(reason) = self.more() {
                self.end(reason);
            }
        }
        let rest = &self.out[self.sent..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.sent += count;
        if let Err(reason) = self.source.budget.inflated(&mut self.flow, count) {
            self.end(reason);
        }
        match &self.fault {
            Some(fault) if count == 0 && self.is_over => Err(fault.clone()),
            _ => Ok(count),
        }
    }
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
