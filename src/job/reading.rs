//! Reading records for a filter that columns cannot answer: several threads, an outermost object
//! each at a time, and what is decided is handed back while it is found.

use super::Evidence;
use super::cutting::{Lost, Take, Wanted, cut};
use super::plan::{Pass, Plan};
use super::threads::processors;
use crate::event::Cancel;
use crate::format::{Bytes, Inside, RecordPaths};
use crate::query::{Filter, Marks, Record};
use crate::store::{RowRef, Snapshot};
use crossbeam_channel::{Receiver, Sender, bounded};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What is decided is handed back at least this often.
const HAND_BACK_EVERY: Duration = Duration::from_millis(50);

/// Pieces of answer that nobody has taken yet; bounds memory.
const AHEAD: usize = 64;

/// What is asked, and of what.
#[derive(Clone)]
pub struct Matter {
    pub snapshot: Arc<Snapshot>,
    pub filter: Arc<Filter>,
    pub marks: Arc<dyn Marks + Send>,
    pub evidence: Arc<Evidence>,
}

/// A piece of the answer.
#[derive(Debug, Default)]
pub struct Found {
    /// Rows, and whether they pass.
    pub decided: Vec<(RowRef, bool)>,
    /// Rows that cannot be decided.
    pub lost: Option<Lost>,
}

/// Reading under way. Dropping it stops and waits, which takes as long as one piece of an object.
#[derive(Debug)]
pub struct Reading {
    found: Option<Receiver<Found>>,
    shared: Arc<Shared>,
    /// Bytes to read.
    of_bytes: u64,
    threads: Vec<JoinHandle<()>>,
}

/// What the threads have in common.
#[derive(Debug, Default)]
struct Shared {
    plan: Plan,
    /// The position in the plan of the next pass that nobody makes yet.
    next: AtomicUsize,
    bytes: AtomicU64,
    cancel: Cancel,
}

impl Reading {
    /// Starts to read what is planned on up to `threads` threads; 0 means as many as there are
    /// processors.
    ///
    /// **Every planned row is handed back once**, unless the reading is stopped; in which order
    /// depends on how fast the passes are.
    ///
    /// # Errors
    /// Not even one thread could be started.
    pub fn start(matter: &Matter, plan: Plan, threads: usize) -> io::Result<Self> {
        let of_bytes = plan.bytes();
        let threads = if threads == 0 { processors() } else { threads };
        let threads = threads.min(plan.passes.len());
        let (sender, found) = bounded(AHEAD);
        let shared = Arc::new(Shared { plan, ..Shared::default() });
        let mut reading = Self { found: Some(found), shared, of_bytes, threads: Vec::new() };
        for number in 0..threads {
            let shared = Arc::clone(&reading.shared);
            let worker = Worker { matter: matter.clone(), shared, sender: sender.clone() };
            let builder = std::thread::Builder::new().name(format!("search-{number}"));
            match builder.spawn(move || worker.run()) {
                Ok(thread) => reading.threads.push(thread),
                // Fewer threads are slower, and no less right.
                Err(_) if number > 0 => break,
                Err(error) => return Err(error),
            }
        }
        Ok(reading)
    }

    /// What was found; ends when everything is read.
    pub fn found(&self) -> Option<&Receiver<Found>> {
        self.found.as_ref()
    }

    /// Stops without waiting.
    pub fn stop(&self) {
        self.shared.cancel.cancel();
    }

    /// Inflated bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    /// Inflated bytes to read in all.
    pub fn of_bytes(&self) -> u64 {
        self.of_bytes
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.stop();
        // Whoever waits to hand something back finds that nobody is there.
        self.found = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

struct Worker {
    matter: Matter,
    shared: Arc<Shared>,
    sender: Sender<Found>,
}

impl Worker {
    fn run(self) {
        let Shared { plan, next, cancel, .. } = &*self.shared;
        while !cancel.is_cancelled() {
            let position = next.fetch_add(1, Ordering::Relaxed);
            let Some(pass) = plan.passes.get(position) else { return };
            self.read(pass);
        }
    }

    fn read(&self, pass: &Pass) {
        let Matter { snapshot, evidence, .. } = &self.matter;
        let mut decider =
            Decider { worker: self, decided: Vec::new(), at: Instant::now(), left: pass.bytes };
        cut(evidence, snapshot, pass, &self.shared.cancel, &mut decider);
        decider.passed(decider.left);
        if !decider.decided.is_empty() {
            decider.hand_back(None);
        }
    }
}

/// Decides the rows of one pass.
struct Decider<'a> {
    worker: &'a Worker,
    /// Since something was handed back.
    decided: Vec<(RowRef, bool)>,
    at: Instant,
    /// Bytes of the pass that are not counted yet.
    left: u64,
}

impl Decider<'_> {
    fn hand_back(&mut self, lost: Option<Lost>) {
        self.at = Instant::now();
        let decided = std::mem::take(&mut self.decided);
        let cancelled = self.worker.shared.cancel.is_cancelled();
        if !cancelled && self.worker.sender.send(Found { decided, lost }).is_err() {
            self.worker.shared.cancel.cancel();
        }
    }
}

impl Take for Decider<'_> {
    fn record(&mut self, wanted: &Wanted, bytes: &mut Bytes<'_>) {
        let Matter { snapshot, filter, marks, .. } = &self.worker.matter;
        let inside = bytes.record(wanted.inner);
        let record = match &inside {
            None => Record::new(bytes.raw(), &RecordPaths),
            Some(Inside { text, around }) => {
                Record { around, ..Record::new(text.as_bytes(), &RecordPaths) }
            }
        };
        let segment = snapshot.segment(wanted.row);
        let hit = filter.matches(segment, usize::from(wanted.row.row), &**marks, record);
        self.decided.push((wanted.row, hit));
    }

    fn lost(&mut self, lost: Lost) {
        self.hand_back(Some(lost));
    }

    fn passed(&mut self, bytes: u64) {
        let bytes = bytes.min(self.left);
        self.left -= bytes;
        self.worker.shared.bytes.fetch_add(bytes, Ordering::Relaxed);
        if !self.decided.is_empty() && self.at.elapsed() >= HAND_BACK_EVERY {
            self.hand_back(None);
        }
    }
}
