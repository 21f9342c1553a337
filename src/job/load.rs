//! Loading: one thread lists, others read, unpack, decode and seal. What is asked for is carried
//! out one after the other; a stream is read beside all of it.

mod checking;
mod copies;
mod crew;
mod differences;
mod leaves;
mod listing;
mod parts;
mod said;

use super::evidence::{Again, Evidence, Located};
use super::progress::Progress;
use super::shelf::{Place, Writer};
use super::{Notice, Notify, Zones};
use crate::event::scope::holds;
use crate::event::{Cancel, ObjectId, Reason, ReasonKind, State, Window, Zone};
use crate::source::{Item, Means, Source, unpack};
use crate::store::{Batch, Store, Tally};
use crossbeam_channel::{Receiver, Sender, unbounded};
use differences::Differences;
use leaves::Leaves;
use listing::Listing;
use parts::Table;
use said::meant;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
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
    /// In which zone times are read that name none.
    pub zones: Zones,
    /// Folder for copies of what cannot be read again, or not soon; without one they are unnamed
    /// temporary files.
    pub spool: Option<PathBuf>,
    /// Where segments are put down and those of earlier sessions are found.
    pub shelf: Option<Place>,
    /// How sources that lie elsewhere are come by.
    pub means: Means,
    /// Somebody looks on: what comes slowly is shown as it comes, and its format settled with the
    /// little there is.
    pub watched: bool,
}

/// A load. More can be asked of it while it lasts. Dropping it cancels and waits.
#[derive(Debug)]
pub struct Load {
    progress: Arc<Progress>,
    shared: Arc<Shared>,
    tasks: Option<Sender<Asked>>,
    thread: Option<JoinHandle<()>>,
}

/// Something asked of a load, and how it is called off.
struct Asked {
    task: Task,
    cancel: Cancel,
}

/// What can be asked of a load.
enum Task {
    Open(Vec<Arc<dyn Source>>),
    /// Single items of sources that were loaded, and that have them only by now.
    Pick(Vec<(Arc<dyn Source>, Item)>),
    /// Outermost objects that were taken out of the store, and what is to be told of each.
    Again(Vec<ObjectId>, Option<Reason>),
    /// A source that was loaded, by its name: what is new or changed in it.
    Refresh(String),
    /// A source, by its name: it is to be taken out.
    Remove(String),
    /// A source, by its name: times in it that name no zone are to be read in the one it has now.
    Zone(String),
}

/// What all threads of a load share.
struct Shared {
    store: Arc<Store>,
    evidence: Arc<Evidence>,
    progress: Arc<Progress>,
    /// Calls off every task since the last were called off.
    cancel: Mutex<Cancel>,
    /// Nobody waits for anything any more.
    left: AtomicBool,
    /// Rows go on coming while nothing is asked for.
    more: AtomicBool,
    /// Names of sources that are to be taken out: no more of them is listed or read.
    removed: Mutex<HashSet<String>>,
    notify: Notify,
    options: Options,
    threads: usize,
    differences: Differences,
    /// Where segments are put down.
    writer: OnceLock<Arc<Writer>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
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
        let threads = if options.threads == 0 { processors } else { options.threads };
        let progress = Arc::new(Progress::of(&options.means.aws, options.watched, &notify));
        if let Some(folder) = &options.spool {
            super::spool::tidy(folder);
        }
        let shared = Arc::new(Shared {
            store,
            evidence,
            progress: Arc::clone(&progress),
            cancel: Mutex::default(),
            left: AtomicBool::new(false),
            more: AtomicBool::new(false),
            removed: Mutex::default(),
            notify,
            options,
            threads,
            differences: Differences::default(),
            writer: OnceLock::new(),
        });
        let (sender, tasks) = unbounded();
        let listing = Listing::new(Arc::clone(&shared));
        let thread = std::thread::Builder::new()
            .name("list".to_owned())
            .spawn(move || listing.run(&tasks))?;
        let load = Self { progress, shared, tasks: Some(sender), thread: Some(thread) };
        load.ask(Task::Open(sources));
        Ok(load)
    }

    fn ask(&self, task: Task) {
        self.progress.begin();
        let cancel = self.shared.next_cancel();
        if let Some(tasks) = &self.tasks {
            // The thread ends only when this handle does.
            let _ = tasks.send(Asked { task, cancel });
        }
    }

    /// Loads further sources, which come after all others in the listing.
    pub fn open(&self, sources: Vec<Arc<dyn Source>>) {
        for source in &sources {
            self.shared.removed().remove(source.name());
        }
        self.ask(Task::Open(sources));
    }

    /// Loads items that appeared in sources that were loaded; they come after all others in the
    /// listing. One that was there takes the place of what it was.
    pub(super) fn pick(&self, items: Vec<(Arc<dyn Source>, Item)>) {
        self.ask(Task::Pick(items));
    }

    /// Takes these outermost objects out of the store and reads them again, as they are now.
    pub fn again(&self, objects: Vec<ObjectId>) {
        self.ask(Task::Again(self.shared.take_out(objects), None));
    }

    /// The same, and this is told of each.
    pub(super) fn anew(&self, objects: Vec<ObjectId>, why: Reason) {
        self.ask(Task::Again(self.shared.take_out(objects), Some(why)));
    }

    /// Lists the source of this name again, reads what is new or changed, and takes out what is no
    /// longer there. New objects come behind all others until everything is loaded anew.
    pub fn refresh(&self, source: &str) {
        self.ask(Task::Refresh(source.to_owned()));
    }

    /// Whether something of the source of this name could not be read for want of credentials.
    pub(super) fn wants_credentials(&self, source: &str) -> bool {
        let ledger = self.shared.store.ledger();
        let reason = |id| ledger.get(id).and_then(|object| object.reason);
        let mut of_source = self.shared.of_source(source).into_iter().filter_map(reason);
        of_source.any(|reason| reason.kind == ReasonKind::Credentials)
    }

    /// Takes all that came from the source of this name out of the store. Finding out what stood
    /// back for it may take a while, so it is a task like others; no more of it is read from now on.
    pub fn remove(&self, source: &str) {
        self.shared.removed().insert(source.to_owned());
        self.shared.options.zones.forget(source);
        self.ask(Task::Remove(source.to_owned()));
    }

    /// Times in the source of this name that name no zone are read in this one from now on. What was
    /// read in another is read again, unless all of its times name theirs.
    pub fn set_zone(&self, source: &str, zone: Zone) {
        self.shared.options.zones.set(source, zone);
        self.ask(Task::Zone(source.to_owned()));
    }

    /// In what evidence differs from what earlier sessions read, as far as that was found since the
    /// last time; a sentence each.
    pub fn differences(&self) -> Vec<String> {
        let store = &self.shared.store;
        let is_there = |sha256: &[u8; 32]| store.has_content(sha256);
        self.shared.differences.take(self.progress.is_at_rest(), is_there)
    }

    /// Tells a person this, with what is told of the evidence.
    pub(super) fn say(&self, text: String) {
        self.shared.differences.say(text);
    }

    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Calls off everything asked so far.
    pub fn cancel(&self) {
        self.shared.cancel().cancel();
    }

    pub fn is_cancelled(&self) -> bool {
        self.shared.cancel().is_cancelled()
    }

    /// Whether rows go on coming while nothing is asked for: then what finds duplicates among
    /// them is not made anew each time.
    pub(super) fn await_more(&self, more: bool) {
        self.shared.more.store(more, Ordering::Relaxed);
    }

    /// Waits for the end.
    pub fn wait(mut self) {
        self.join();
    }

    fn join(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so in the ledger.
            let _ = thread.join();
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.shared.left.store(true, Ordering::Relaxed);
        self.cancel();
        self.join();
    }
}

impl Shared {
    fn cancel(&self) -> MutexGuard<'_, Cancel> {
        self.cancel.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What calls off the next task.
    fn next_cancel(&self) -> Cancel {
        let mut cancel = self.cancel();
        if cancel.is_cancelled() {
            *cancel = Cancel::new();
        }
        cancel.clone()
    }

    fn removed(&self) -> MutexGuard<'_, HashSet<String>> {
        self.removed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_removed(&self, source: &dyn Source) -> bool {
        self.removed().contains(source.name())
    }

    fn awaits_more(&self) -> bool {
        self.more.load(Ordering::Relaxed)
    }

    fn is_left(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }

    /// The outermost objects of the source of this name.
    fn of_source(&self, source: &str) -> Vec<ObjectId> {
        self.store.ledger().ids(|object| {
            let known = self.evidence.find(object.id).map(|located| located.again);
            object.parent.is_none()
                && match known {
                    Some(Again::Item { source: from, .. }) => from.name() == source,
                    // What was only listed, or came through a pipe.
                    _ => holds(source, &object.path),
                }
        })
    }

    /// Takes outermost objects out of the store; adds those that stood back for one of them.
    fn take_out(&self, mut objects: Vec<ObjectId>) -> Vec<ObjectId> {
        let ledger = self.store.ledger();
        for object in &mut objects {
            *object = ledger.outermost(*object).map_or(*object, |outermost| outermost.id);
        }
        objects.sort_unstable();
        objects.dedup();
        objects.extend(self.store.retract(&objects));
        objects
    }
}

/// One reading thread.
struct Reader<'a> {
    shared: &'a Shared,
    cancel: Cancel,
    batch: Batch<'a>,
    noticed: Instant,
    /// Where pieces of giant objects are left to other readers, while there may be any.
    table: Option<Table>,
}

impl<'a> Reader<'a> {
    fn new(shared: &'a Shared, cancel: Cancel) -> Self {
        let batch = Batch::new(&shared.store, shared.options.window);
        Self { shared, cancel, batch, noticed: Instant::now(), table: None }
    }

    fn read_all(mut self, receiver: &Receiver<Work>, table: Table) {
        self.work(receiver, table);
        self.batch.flush();
        self.shared.notify.tell(Notice::Loaded);
    }

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
        if self.cancel.is_cancelled() || self.shared.is_removed(&*work.source) {
            let reason = Reason::new(ReasonKind::Cancelled, "loading was cancelled before it");
            ledger.close(work.id, State::Skipped, Some(reason));
            return;
        }
        let (input, again, direct) = match self.open(work) {
            Ok(opened) => opened,
            Err(reason) => {
                // It can be tried again.
                let (source, item) = (Arc::clone(&work.source), Arc::clone(&work.item));
                self.locate(work, Again::Item { source, item });
                ledger.close(work.id, State::Failed, Some(reason));
                return;
            }
        };
        self.locate(work, again.clone());
        let item = match &again {
            Again::Item { item, .. } => Arc::clone(item),
            Again::Spool(_) => Arc::clone(&work.item),
        };
        self.batch.begin(work.id, work.order);
        let limits = self.shared.evidence.limits();
        let cancel = self.cancel.clone();
        let mut leaves = Leaves::new(self, work, again, direct);
        let unpacked = unpack(input, limits, &cancel, &mut leaves);
        let (state, family) = leaves.finish(unpacked.sha256);
        self.close(work, unpacked.outcome.or(state).map(|outcome| meant(work, outcome)));
        if let Some(sha256) = unpacked.sha256 {
            let begins = |bytes, before| checking::begins(work, bytes, before, &cancel);
            let content = (sha256, unpacked.bytes);
            if let Some(before) = self.shared.differences.read(&work.item.path, content, begins) {
                let detail = format!("begins with the {before} bytes that were read of it before");
                self.tell(work, Reason::new(ReasonKind::Growing, detail));
            }
            self.shared.store.acquired(work.id, work.order, sha256, unpacked.bytes);
            self.shared.tell_lock(work);
            if let Some(writer) = self.shared.writer.get() {
                writer.object(&item, self.shared.store.ledger(), &family);
            }
        }
    }

    fn locate(&self, work: &Work, again: Again) {
        let (outermost, member, behind) = (work.id, None, None);
        let located = Located { again, outermost, member, behind, direct: None };
        self.shared.evidence.locate(work.id, located);
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
