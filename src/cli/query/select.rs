//! The rows that a filter lets through. Columns narrow first; for the rows that are left open,
//! the records are read, on several threads, each object once.

use super::records::{Object, Wanted, plan};
use crate::cli::console::Console;
use crate::cli::session::Session;
use crate::event::RecordsError;
use crate::format::RecordPaths;
use crate::query::{Filter, Marks, Record};
use crate::store::{Bits, RowRef, Selection, Snapshot};
use std::sync::{Arc, Mutex, PoisonError};

/// Objects told one by one whose records could not be read again.
const TOLD: usize = 10;

/// Records that could not be read again.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// How many, of which object, and why.
    told: Vec<(usize, String)>,
}

impl Unread {
    pub(super) fn add(
        &mut self,
        session: &Session,
        object: &Object,
        left: usize,
        error: &RecordsError,
    ) {
        let name = session.store.ledger().path(object.id).unwrap_or_default();
        let why = error.to_string();
        let why = why.strip_prefix(&*name).unwrap_or(&why);
        let why = why.trim_start_matches(": ");
        self.told.push((left, format!("{name}: {why}")));
    }

    /// Tells them; says whether there are any.
    pub(super) fn tell(&self, console: &Console) -> bool {
        for (left, why) in self.told.iter().take(TOLD) {
            console.tell(&format!("{why}; records not read again: {left}"));
        }
        if self.told.len() > TOLD {
            let more: usize = self.told[TOLD..].iter().map(|(left, _)| left).sum();
            console.tell(&format!("records of other objects not read again: {more}"));
        }
        !self.told.is_empty()
    }
}

pub(super) struct Selected {
    pub(super) selection: Selection,
    pub(super) unread: Unread,
}

/// The rows of a snapshot that columns leave open.
pub(super) struct Open {
    certain: Vec<Bits>,
    pub(super) objects: Vec<Object>,
}

impl Open {
    pub(super) fn of(snapshot: &Arc<Snapshot>, filter: &Filter, marks: &dyn Marks) -> Self {
        let mut certain = Vec::with_capacity(snapshot.segments.len());
        let mut open = Vec::new();
        for (segment, overlay) in snapshot.segments.iter().zip(&snapshot.overlays) {
            let bounds = filter.bounds(segment, marks);
            let rows = bounds.open();
            open.push(match overlay.hidden.as_deref() {
                Some(hidden) => rows.and_not(hidden),
                None => rows,
            });
            certain.push(bounds.certain);
        }
        let rows = open.iter().enumerate().flat_map(|(segment, rows)| {
            rows.iter().map(move |row| RowRef { segment: segment as u32, row: row as u16 })
        });
        Self { objects: plan(snapshot, rows), certain }
    }
}

pub(super) fn select(
    session: &Session,
    filter: &Filter,
    marks: &dyn Marks,
    threads: usize,
) -> Selected {
    let snapshot = session.store.snapshot();
    if !filter.needs_records() {
        let selection = filter.select(&snapshot, marks);
        return Selected { selection, unread: Unread::default() };
    }
    let Open { mut certain, objects } = Open::of(&snapshot, filter, marks);
    let search = Search {
        session,
        filter,
        marks,
        snapshot: &snapshot,
        objects: Mutex::new(objects.into_iter()),
        found: Mutex::default(),
    };
    std::thread::scope(|scope| {
        for number in 1..threads {
            let builder = std::thread::Builder::new().name(format!("search-{number}"));
            // Fewer threads are slower, and no less right.
            let _ = builder.spawn_scoped(scope, || search.run());
        }
        search.run();
    });
    let (hits, unread) = search.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    for hit in hits {
        certain[hit.segment as usize].set(usize::from(hit.row));
    }
    let selection = Selection::new(&snapshot, |segment| Some(certain[segment].clone()));
    Selected { selection, unread }
}

/// What the searching threads share.
struct Search<'a> {
    session: &'a Session,
    filter: &'a Filter,
    marks: &'a dyn Marks,
    snapshot: &'a Snapshot,
    objects: Mutex<std::vec::IntoIter<Object>>,
    found: Mutex<(Vec<RowRef>, Unread)>,
}

impl Search<'_> {
    fn run(&self) {
        loop {
            let next = self.objects.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(object) = next else { return };
            let mut hits = Vec::new();
            let read = object.read(&self.session.evidence, &mut |wanted: &Wanted, raw| {
                let record = Record { raw, paths: &RecordPaths };
                let segment = self.snapshot.segment(wanted.row);
                let row = usize::from(wanted.row.row);
                if self.filter.matches(segment, row, self.marks, record) {
                    hits.push(wanted.row);
                }
            });
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.0.append(&mut hits);
            if let Err((left, error)) = read {
                found.1.add(self.session, &object, left, &error);
            }
        }
    }
}
