//! Short work that the screen asks for and must not wait for: a record's bytes, the values of a
//! field, what events name, what is usual of whom an alarm is about. Of each kind, only the newest
//! request counts.

use super::baseline::{Baseline, Baselines, Wanted};
use super::naming::{Naming, OfSources};
use super::{Evidence, Notice, Notify};
use crate::event::{Origin, Records, Timestamp};
use crate::format::{Bytes, LONGEST};
use crate::query::{Counts, count};
use crate::store::{RowRef, Selection, Snapshot, Store};
use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, Sender, TryRecvError, unbounded};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread::JoinHandle;

/// Values listed of one field; the number of all is told.
const MAX_VALUES: usize = 10_000;

/// What to look up.
#[derive(Debug, Clone)]
pub enum Task {
    Record {
        snapshot: Arc<Snapshot>,
        at: RowRef,
    },
    Values {
        selection: Selection,
        field: String,
    },
    /// What the events of these sources name.
    Named {
        store: Arc<Store>,
        sources: Vec<String>,
    },
    /// What is usual of whom an alarm is about.
    Baseline(Wanted),
}

/// Bytes read of a record that is too long to be read as a whole.
const HEAD: u32 = 1 << 20;

/// A record's bytes, or why they cannot be read.
#[derive(Debug, Clone)]
pub struct Record {
    pub at: RowRef,
    /// Of the whole record, in bytes: there are fewer of one that is longer than any that is decoded.
    pub length: u64,
    pub raw: Result<Arc<[u8]>, String>,
    /// The record itself, where the bytes are those of what is around many records, or packed.
    pub inside: Option<Arc<str>>,
}

impl Record {
    fn read(evidence: &Evidence, snapshot: &Snapshot, at: RowRef) -> Self {
        let origin = snapshot.segment(at).origin(usize::from(at.row));
        let length = u64::from(origin.length);
        let most = if length > LONGEST as u64 { HEAD } else { origin.length };
        let raw = evidence.read(&Origin { length: most, ..origin });
        let inside = raw.as_ref().ok().and_then(|raw| Bytes::new(raw).record(origin.inner));
        if let Some(own) = inside.as_ref().filter(|_| origin.inner.is_woven()) {
            // Lines of others between its own are no part of it, and are rows themselves.
            let own = own.text.as_bytes();
            return Self { at, length: own.len() as u64, raw: Ok(own.into()), inside: None };
        }
        let inside = inside.map(|inside| inside.text.into());
        let raw = raw.map(Arc::from).map_err(|error| error.to_string());
        Self { at, length, raw, inside }
    }

    /// Whether there is but the head of it.
    pub fn is_head(&self) -> bool {
        self.raw.as_ref().is_ok_and(|raw| self.length > raw.len() as u64)
    }

    /// The record's own bytes.
    pub fn own(&self) -> Option<&[u8]> {
        match &self.inside {
            Some(inside) => Some(inside.as_bytes()),
            None => self.raw.as_deref().ok(),
        }
    }
}

/// The values of a field among the selected rows.
#[derive(Debug, Clone)]
pub struct Values {
    pub field: String,
    pub counts: Counts,
}

/// The worker's handle. Dropping it ends the worker.
#[derive(Debug)]
pub struct Lookup {
    tasks: Option<Sender<Task>>,
    record: Arc<ArcSwapOption<Record>>,
    values: Arc<ArcSwapOption<Values>>,
    named: Arc<ArcSwapOption<OfSources>>,
    baselines: Arc<ArcSwapOption<Baselines>>,
    thread: Option<JoinHandle<()>>,
}

impl Lookup {
    pub fn start(evidence: Arc<Evidence>, notify: Notify) -> std::io::Result<Self> {
        let (tasks, receiver) = unbounded();
        let record = Arc::new(ArcSwapOption::empty());
        let values = Arc::new(ArcSwapOption::empty());
        let named = Arc::new(ArcSwapOption::empty());
        let baselines = Arc::new(ArcSwapOption::empty());
        let worker = Worker {
            evidence,
            notify,
            record: Arc::clone(&record),
            values: Arc::clone(&values),
            named: Arc::clone(&named),
            baselines: Arc::clone(&baselines),
            naming: Naming::default(),
            asked: Asked::default(),
        };
        let thread = std::thread::Builder::new().name("lookup".to_owned());
        let thread = Some(thread.spawn(move || worker.run(&receiver))?);
        Ok(Self { tasks: Some(tasks), record, values, named, baselines, thread })
    }

    pub fn look_up(&self, task: Task) {
        if let Some(tasks) = &self.tasks {
            let _ = tasks.send(task);
        }
    }

    pub fn record(&self) -> Option<Arc<Record>> {
        self.record.load_full()
    }

    pub fn values(&self) -> Option<Arc<Values>> {
        self.values.load_full()
    }

    pub fn named(&self) -> Option<Arc<OfSources>> {
        self.named.load_full()
    }

    pub fn baselines(&self) -> Option<Arc<Baselines>> {
        self.baselines.load_full()
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What was asked for and is not done: of each kind, the newest.
#[derive(Default)]
struct Asked {
    record: Option<(Arc<Snapshot>, RowRef)>,
    values: Option<(Selection, String)>,
    named: Option<(Arc<Store>, Vec<String>)>,
    /// With how many are done, and what was counted of them.
    baseline: Option<(Wanted, usize, Vec<Baseline>)>,
}

impl Asked {
    fn take(&mut self, task: Task) {
        match task {
            Task::Record { snapshot, at } => self.record = Some((snapshot, at)),
            Task::Values { selection, field } => self.values = Some((selection, field)),
            Task::Named { store, sources } => self.named = Some((store, sources)),
            Task::Baseline(wanted) => self.baseline = Some((wanted, 0, Vec::new())),
        }
    }
}

struct Worker {
    evidence: Arc<Evidence>,
    notify: Notify,
    record: Arc<ArcSwapOption<Record>>,
    values: Arc<ArcSwapOption<Values>>,
    named: Arc<ArcSwapOption<OfSources>>,
    baselines: Arc<ArcSwapOption<Baselines>>,
    naming: Naming,
    asked: Asked,
}

impl Worker {
    /// Does what is asked, until nobody can ask for more.
    fn run(mut self, tasks: &Receiver<Task>) {
        loop {
            if self.asked.named.is_none() && self.asked.baseline.is_none() {
                let Ok(task) = tasks.recv() else { return };
                self.asked.take(task);
            }
            tasks.try_iter().for_each(|task| self.asked.take(task));
            if let Some((snapshot, at)) = self.asked.record.take() {
                let record = Record::read(&self.evidence, &snapshot, at);
                self.record.store(Some(Arc::new(record)));
                self.notify.tell(Notice::Done);
            }
            if let Some((selection, field)) = self.asked.values.take() {
                let counts = count(&selection, &field, MAX_VALUES);
                self.values.store(Some(Arc::new(Values { field, counts })));
                self.notify.tell(Notice::Done);
            }
            self.count_one();
            if self.name(tasks).is_break() {
                return;
            }
        }
    }

    /// Counts one of those whose baselines are asked for: what else is asked meanwhile goes before the
    /// next one.
    fn count_one(&mut self) {
        let Some((wanted, done, mut all)) = self.asked.baseline.take() else { return };
        all.extend(wanted.count(done));
        if done + 1 < wanted.len() {
            self.asked.baseline = Some((wanted, done + 1, all));
        } else {
            self.baselines.store(Some(Arc::new(wanted.done(all))));
            self.notify.tell(Notice::Done);
        }
    }

    /// Counts what events name, until something else is asked for, which goes first. Breaks once
    /// nobody can ask for more.
    fn name(&mut self, tasks: &Receiver<Task>) -> ControlFlow<()> {
        let Some((store, sources)) = self.asked.named.take() else {
            return ControlFlow::Continue(());
        };
        let (mut next, mut is_left) = (None, false);
        let stop = || {
            match tasks.try_recv() {
                Ok(task) => next = Some(task),
                Err(TryRecvError::Disconnected) => is_left = true,
                Err(TryRecvError::Empty) => {}
            }
            next.is_some() || is_left
        };
        let counted = self.naming.count(&store.snapshot(), store.ledger(), &sources, stop);
        match counted {
            Some(found) => {
                self.named.store(Some(Arc::new(found)));
                self.notify.tell(Notice::Done);
            }
            None => self.asked.named = Some((store, sources)),
        }
        if let Some(task) = next {
            self.asked.take(task);
        }
        if is_left { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// The newest event of a snapshot: what relative times are counted from.
pub fn newest_event(snapshot: &Snapshot) -> Option<Timestamp> {
    snapshot.span().map(|(_, last)| Timestamp(last))
}
