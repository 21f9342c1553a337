//! Loading: one thread lists, others read, unpack, decode and seal.

mod copies;
mod leaves;

use super::evidence::{Evidence, Located};
use super::progress::Progress;
use super::{Notice, Notify};
use crate::event::{Cancel, ObjectId, Reason, ReasonKind, State};
use crate::source::{Item, Listed, Source, unpack};
use crate::store::{Batch, NewObject, Store, Tally, Window};
use crossbeam_channel::{Receiver, Sender, bounded};
use leaves::Leaves;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Objects listed ahead of reading; bounds memory and open work.
const AHEAD: usize = 64;

/// The position of an object in the listing leaves this much room for its members.
const MEMBER_BITS: u32 = 24;

/// Notices a second, at most, while rows arrive.
const NOTICE_EVERY: Duration = Duration::from_millis(250);

/// How to load.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Reading threads; 0 means as many as there are processors.
    pub threads: usize,
    /// Bytes that events may take in memory; nothing if that is not known.
    pub memory: Option<u64>,
    pub window: Window,
    /// Zone of times that name none, in seconds east of UTC.
    pub zone_seconds: i32,
    /// Folder for copies of what cannot be read again, or not soon; without one they are unnamed
    /// temporary files.
    pub spool: Option<PathBuf>,
    /// Somebody looks on: what comes slowly is shown as it comes, and its format settled with the
    /// little there is.
    pub watched: bool,
}

/// A load under way. Dropping it cancels and waits.
#[derive(Debug)]
pub struct Load {
    progress: Arc<Progress>,
    cancel: Cancel,
    threads: Vec<JoinHandle<()>>,
}

/// What all threads of a load share.
struct Shared {
    store: Arc<Store>,
    evidence: Arc<Evidence>,
    progress: Arc<Progress>,
    cancel: Cancel,
    notify: Notify,
    options: Options,
    /// Readers still at work; the last one ends the load.
    readers: AtomicU64,
}

/// An outermost object to be read.
struct Work {
    id: ObjectId,
    order: u64,
    source: Arc<dyn Source>,
    item: Arc<Item>,
}

impl Load {
    /// Starts to load the sources, in this order, into the store.
    pub fn start(
        sources: Vec<Arc<dyn Source>>,
        store: Arc<Store>,
        evidence: Arc<Evidence>,
        options: Options,
        notify: Notify,
    ) -> std::io::Result<Self> {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        let readers = if options.threads == 0 { processors } else { options.threads };
        let progress = Arc::new(Progress::default());
        if let Some(folder) = &options.spool {
            super::spool::tidy(folder);
        }
        let cancel = Cancel::new();
        let shared = Arc::new(Shared {
            store,
            evidence,
            progress: Arc::clone(&progress),
            cancel: cancel.clone(),
            notify,
            options,
            readers: AtomicU64::new(readers as u64),
        });
        let (sender, receiver) = bounded(AHEAD);
        let mut threads = Vec::with_capacity(readers + 1);
        let lister = Arc::clone(&shared);
        threads.push(spawn("list", move || lister.list(&sources, &sender))?);
        for number in 0..readers {
            let reader = Arc::clone(&shared);
            let receiver = receiver.clone();
            threads.push(spawn(&format!("read-{number}"), move || reader.read_all(&receiver))?);
        }
        Ok(Self { progress, cancel, threads })
    }

    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Waits for the end.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so in the ledger.
            let _ = thread.join();
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.cancel.cancel();
        self.join();
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work)
}

impl Shared {
    fn list(&self, sources: &[Arc<dyn Source>], sender: &Sender<Work>) {
        let mut outer = 0u64;
        for source in sources {
            source.list(&self.cancel, &mut |listed| {
                let order = outer << MEMBER_BITS;
                outer += 1;
                self.take(source, listed, order, sender)
            });
        }
        self.progress.listing_over();
    }

    fn take(
        &self,
        source: &Arc<dyn Source>,
        listed: Listed,
        order: u64,
        sender: &Sender<Work>,
    ) -> ControlFlow<()> {
        let ledger = self.store.ledger();
        match listed {
            Listed::Left { path, state, reason, .. } => {
                let new = NewObject { path: path.into(), parent: None, order, bytes: 0 };
                ledger.close(ledger.open(new), state, Some(reason));
                self.progress.listed(Some(0));
                self.progress.done(Some(0));
            }
            Listed::Item(item) => {
                let bytes = item.bytes.unwrap_or(0);
                self.progress.listed(item.bytes);
                let path = item.path.as_str().into();
                let id = ledger.open(NewObject { path, parent: None, order, bytes });
                let work = Work { id, order, source: Arc::clone(source), item: Arc::new(item) };
                // Readers drain the channel even when cancelled, so this never waits for ever.
                if sender.send(work).is_err() {
                    return ControlFlow::Break(());
                }
            }
        }
        if self.cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn read_all(self: &Arc<Self>, receiver: &Receiver<Work>) {
        let mut reader = Reader {
            shared: self,
            batch: Batch::new(&self.store, self.options.window),
            noticed: Instant::now(),
        };
        for work in receiver {
            reader.object(&work);
        }
        reader.batch.flush();
        if self.readers.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.progress.over();
        }
        self.notify.tell(Notice::Loaded);
    }
}

/// One reading thread.
struct Reader<'a> {
    shared: &'a Shared,
    batch: Batch<'a>,
    noticed: Instant,
}

impl Reader<'_> {
    /// Reads one outermost object. A panic in a decoder costs that object, and is told.
    fn object(&mut self, work: &Work) {
        let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.read(work)));
        if read.is_err() {
            self.batch.recover();
            let detail = "reading it failed inside trailcase; please report this";
            let reason = Reason::new(ReasonKind::Corrupt, detail);
            self.shared.store.ledger().close(work.id, State::Failed, Some(reason));
        }
        self.batch.flush_tally();
        self.shared.progress.done(work.item.bytes);
        self.notice();
    }

    fn read(&mut self, work: &Work) {
        let ledger = self.shared.store.ledger();
        if self.shared.cancel.is_cancelled() {
            let reason = Reason::new(ReasonKind::Cancelled, "loading was cancelled before it");
            ledger.close(work.id, State::Skipped, Some(reason));
            return;
        }
        let (input, again, direct) = match self.open(work) {
            Ok(opened) => opened,
            Err(reason) => {
                ledger.close(work.id, State::Failed, Some(reason));
                return;
            }
        };
        let (again_too, outermost) = (again.clone(), work.id);
        let (member, behind) = (None, None);
        let located = Located { again: again_too, outermost, member, behind, direct: None };
        self.shared.evidence.locate(work.id, located);
        self.batch.begin(work.id, work.order);
        let limits = self.shared.evidence.limits();
        let cancel = &self.shared.cancel;
        let mut leaves = Leaves::new(self, work, again, direct);
        let unpacked = unpack(input, limits, cancel, &mut leaves);
        let state = leaves.finish(unpacked.sha256);
        self.close(work, unpacked.outcome.or(state));
        if let Some(sha256) = unpacked.sha256 {
            self.shared.store.acquired(work.id, work.order, sha256, unpacked.bytes);
        }
    }

    fn close(&mut self, work: &Work, outcome: Option<(State, Reason)>) {
        self.batch.flush_tally();
        let (state, reason) = outcome.map_or((State::Read, None), |(s, r)| (s, Some(r)));
        self.shared.store.ledger().close(work.id, state, reason);
    }

    /// Says something of the outermost object that is no matter of its rows.
    fn tell(&self, work: &Work, remark: Reason) {
        let tally = Tally { remarks: vec![remark], ..Tally::default() };
        self.shared.store.ledger().add(work.id, tally);
    }

    fn notice(&mut self) {
        if self.noticed.elapsed() >= NOTICE_EVERY {
            self.noticed = Instant::now();
            self.shared.notify.tell(Notice::Loaded);
        }
    }
}

#[cfg(test)]
mod tests;
