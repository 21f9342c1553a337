//! Short work that the screen asks for and must not wait for: a record's bytes, the values of a
//! field. Of each kind, only the newest request counts.

use super::{Evidence, Notice, Notify};
use crate::event::{Records, Timestamp};
use crate::query::{Counts, count};
use crate::store::{RowRef, Selection, Snapshot};
use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::sync::Arc;
use std::thread::JoinHandle;

/// Values listed of one field; the number of all is told.
const MAX_VALUES: usize = 10_000;

/// What to look up.
#[derive(Debug, Clone)]
pub enum Task {
    Record { snapshot: Arc<Snapshot>, at: RowRef },
    Values { selection: Selection, field: String },
}

/// A record's bytes, or why they cannot be read.
#[derive(Debug, Clone)]
pub struct Record {
    pub at: RowRef,
    pub raw: Result<Arc<[u8]>, String>,
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
    thread: Option<JoinHandle<()>>,
}

impl Lookup {
    pub fn start(evidence: Arc<Evidence>, notify: Notify) -> std::io::Result<Self> {
        let (tasks, receiver) = unbounded();
        let record = Arc::new(ArcSwapOption::empty());
        let values = Arc::new(ArcSwapOption::empty());
        let (records, counts) = (Arc::clone(&record), Arc::clone(&values));
        let thread = std::thread::Builder::new().name("lookup".to_owned()).spawn(move || {
            while let Some((record, values)) = newest(&receiver) {
                if let Some((snapshot, at)) = record {
                    let origin = snapshot.segment(at).origin(usize::from(at.row));
                    let raw = evidence.read(&origin).map(Arc::from).map_err(|e| e.to_string());
                    records.store(Some(Arc::new(Record { at, raw })));
                    notify.tell(Notice::Done);
                }
                if let Some((selection, field)) = values {
                    let counted = count(&selection, &field, MAX_VALUES);
                    counts.store(Some(Arc::new(Values { field, counts: counted })));
                    notify.tell(Notice::Done);
                }
            }
        })?;
        Ok(Self { tasks: Some(tasks), record, values, thread: Some(thread) })
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
}

impl Drop for Lookup {
    fn drop(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

type Newest = (Option<(Arc<Snapshot>, RowRef)>, Option<(Selection, String)>);

/// Waits for a task, and takes the newest of each kind; `None` when there will be no more.
fn newest(tasks: &Receiver<Task>) -> Option<Newest> {
    let mut found: Newest = (None, None);
    let mut take = |task| match task {
        Task::Record { snapshot, at } => found.0 = Some((snapshot, at)),
        Task::Values { selection, field } => found.1 = Some((selection, field)),
    };
    take(tasks.recv().ok()?);
    tasks.try_iter().for_each(take);
    Some(found)
}

/// The newest event of a snapshot: what relative times are counted from.
pub fn newest_event(snapshot: &Snapshot) -> Option<Timestamp> {
    snapshot.span().map(|(_, last)| Timestamp(last))
}
