//! The rows that a filter lets through. Columns narrow first; for the rows that are left open,
//! the records are read.

use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::job::cutting::Lost;
use crate::job::{Matter, Plan, Reading};
use crate::query::{Filter, Marks};
use crate::store::{Bits, Selection, Snapshot};
use std::sync::Arc;

/// Objects told one by one whose records could not be read again.
const TOLD: usize = 10;

/// Records that could not be read again.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// How many, of which object, and why.
    told: Vec<(usize, String)>,
}

impl Unread {
    pub(super) fn add(&mut self, session: &Session, lost: &Lost) {
        let name = session.store.ledger().path(lost.object).unwrap_or_default();
        let why = lost.error.to_string();
        let why = why.strip_prefix(&*name).unwrap_or(&why);
        let why = why.trim_start_matches(": ");
        self.told.push((lost.rows.len(), format!("{name}: {why}")));
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

/// What columns can say of the rows of a snapshot.
pub(super) struct Narrowed {
    certain: Vec<Bits>,
    /// The records that have to be read for the others.
    pub(super) plan: Plan,
}

impl Narrowed {
    pub(super) fn new(
        session: &Session,
        snapshot: &Snapshot,
        filter: &Filter,
        marks: &dyn Marks,
    ) -> Self {
        let bounds =
            snapshot.segments.iter().map(|segment| filter.bounds(&segment.for_a_pass(), marks));
        let (certain, open): (Vec<Bits>, Vec<Bits>) =
            bounds.map(|bounds| (bounds.certain.clone(), bounds.open())).unzip();
        let plan = Plan::new(&session.evidence, snapshot, |number| open.get(number), None);
        Self { certain, plan }
    }
}

pub(super) fn select(
    session: &Session,
    filter: Filter,
    marks: Arc<dyn Marks + Send>,
    threads: usize,
) -> Result<Selected, CliError> {
    let snapshot = session.store.snapshot();
    let mut unread = Unread::default();
    if !filter.reads(&snapshot) {
        let selection = filter.select(&snapshot, &*marks);
        return Ok(Selected { selection, unread });
    }
    let Narrowed { mut certain, plan } = Narrowed::new(session, &snapshot, &filter, &*marks);
    let evidence = Arc::clone(&session.evidence);
    let filter = Arc::new(filter);
    let matter = Matter { snapshot: Arc::clone(&snapshot), filter, marks, evidence };
    let reading = Reading::start(&matter, plan, threads).map_err(CliError::Threads)?;
    let mut lost = Vec::new();
    for found in reading.found().into_iter().flatten() {
        for (at, _) in found.decided.into_iter().filter(|(_, hit)| *hit) {
            certain[at.segment as usize].set(usize::from(at.row));
        }
        lost.extend(found.lost);
    }
    // Which object was found first to be unreadable is chance.
    lost.sort_by_key(|lost| session.store.ledger().get(lost.object).map(|object| object.order));
    for lost in &lost {
        unread.add(session, lost);
    }
    let selection = Selection::new(&snapshot, |segment| Some(certain[segment].clone()));
    Ok(Selected { selection, unread })
}
