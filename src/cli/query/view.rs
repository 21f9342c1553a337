//! The selected rows in the order of time, each with its object's name and, if they are wanted,
//! its record's bytes.

use super::select::Unread;
use crate::case::hex;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::event::{Cancel, ObjectId, Standing};
use crate::format::{Bytes, Inside};
use crate::job::Plan;
use crate::job::cutting::{Lost, Take, Wanted, cut};
use crate::store::{RowRef, Segment, Selection, Snapshot};
use std::collections::HashMap;
use std::sync::Arc;

/// Rows taken at a time.
const ROWS: usize = 8192;

/// Bytes of records held at a time, unless one alone is longer.
const BYTES: u64 = 64 << 20;

/// Where a row's object is, as output names it.
#[derive(Debug, Clone)]
pub(super) struct ObjectName {
    pub(super) path: Arc<str>,
    /// Of the outermost object, in hexadecimal.
    pub(super) sha256: Option<String>,
    /// If anything was verified.
    pub(super) standing: Option<Standing>,
}

/// One row, ready to be printed.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) segment: &'a Segment,
    /// Its number in the segment.
    pub(super) at: usize,
    pub(super) object: &'a ObjectName,
    /// Its record's bytes, if they were wanted and could be read.
    pub(super) record: Option<&'a [u8]>,
    /// The record within them, if they are what is around it.
    pub(super) inside: Option<&'a Inside>,
}

pub(super) struct View<'a> {
    session: &'a Session,
    selection: &'a Selection,
    /// What rows are read from: the selection's own, or made anew where memory ends.
    snapshot: Arc<Snapshot>,
    limit: usize,
    objects: HashMap<ObjectId, ObjectName>,
}

impl<'a> View<'a> {
    pub(super) fn new(
        session: &'a Session,
        selection: &'a Selection,
        limit: Option<usize>,
    ) -> Self {
        let limit = limit.unwrap_or(usize::MAX).min(selection.len());
        let snapshot = Arc::clone(selection.snapshot());
        Self { session, selection, snapshot, limit, objects: HashMap::new() }
    }

    /// Whether rows have a standing.
    pub(super) fn is_verified(&self) -> bool {
        !self.session.standings.is_empty()
    }

    pub(super) fn selection(&self) -> &'a Selection {
        self.selection
    }

    /// Hands on each row, with its record's bytes if `records`.
    pub(super) fn each(
        &mut self,
        records: bool,
        unread: &mut Unread,
        take: &mut dyn FnMut(&Row<'_>) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        let mut at = 0;
        while at < self.limit {
            let mut rows = self.selection.window(at, ROWS.min(self.limit - at));
            if rows.is_empty() {
                break;
            }
            if let Some(light) = self.snapshot.light() {
                self.snapshot = Arc::new(light);
            }
            if records {
                rows.truncate(self.within_budget(&rows));
            }
            let read = if records { self.read(&rows, unread) } else { HashMap::new() };
            for &row in &rows {
                let snapshot = Arc::clone(&self.snapshot);
                let segment = snapshot.segment(row);
                let at = usize::from(row.row);
                let object = self.name(segment.origin(at).object);
                let (record, inside) = match read.get(&row) {
                    Some((bytes, inside)) => (Some(bytes.as_slice()), inside.as_ref()),
                    None => (None, None),
                };
                take(&Row { segment, at, object, record, inside })?;
            }
            at += rows.len();
        }
        Ok(())
    }

    /// How many of the rows fit into the budget of bytes; one at least.
    fn within_budget(&self, rows: &[RowRef]) -> usize {
        let mut bytes = 0;
        let fits = rows.iter().take_while(|at| {
            let segment = self.snapshot.segment(**at);
            bytes += u64::from(segment.origin(usize::from(at.row)).length);
            bytes <= BYTES
        });
        fits.count().max(1)
    }

    fn read(&self, rows: &[RowRef], unread: &mut Unread) -> Read {
        let (snapshot, evidence) = (&self.snapshot, &self.session.evidence);
        let mut records = Records { read: HashMap::new(), session: self.session, unread };
        for pass in Plan::of(evidence, snapshot, rows).passes {
            cut(evidence, snapshot, &pass, &Cancel::new(), &mut records);
        }
        records.read
    }

    fn name(&mut self, id: ObjectId) -> &ObjectName {
        let ledger = self.session.store.ledger();
        let standings = &self.session.standings;
        self.objects.entry(id).or_insert_with(|| ObjectName {
            path: ledger.path(id).unwrap_or_default(),
            sha256: ledger.outermost(id).and_then(|object| object.sha256).map(|sum| hex(&sum)),
            standing: (!standings.is_empty()).then(|| standings.of(id)),
        })
    }
}

/// Bytes of records by their rows, each with the record within them.
type Read = HashMap<RowRef, (Vec<u8>, Option<Inside>)>;

struct Records<'a> {
    read: Read,
    session: &'a Session,
    unread: &'a mut Unread,
}

impl Take for Records<'_> {
    fn record(&mut self, wanted: &Wanted, bytes: &mut Bytes<'_>) {
        let read = match bytes.record(wanted.inner) {
            // Lines of others between its own are no part of it, and are rows themselves.
            Some(own) if wanted.inner.is_woven() => (own.text.into_bytes(), None),
            inside => (bytes.raw().to_vec(), inside),
        };
        self.read.insert(wanted.row, read);
    }

    fn lost(&mut self, lost: Lost) {
        self.unread.add(self.session, &lost);
    }
}
