//! Verification beside the screen: whenever loading comes to rest and there are digests among the
//! evidence, they are judged, and every object gets its standing.
//!
//! The bytes are read again here, whatever the load read: what is proven is proven of the object
//! whose hash the ledger has, or of nothing.

mod chart;
mod comparing;
mod labels;
mod places;
mod state;
mod times;
mod verified;

pub use chart::{Cell, Chart, Scale, time_of};
pub use labels::Labels;
pub use state::State;
pub use verified::{Stage, Standings, Verified};

use super::examine::{Counted, Examined, Matter, examine};
use super::history::History;
use super::progress::Progress;
use super::{Notice, Notify};
use crate::event::{Cancel, Timestamp};
use crate::record::integrity::About;
use crate::source::Source;
use crate::store::Store;
use crate::verify::address::{self, Address, Named};
use crate::verify::{Keys, Question, judge, keys};
use arc_swap::ArcSwap;
use comparing::Compared;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Time between two verifications while evidence goes on arriving.
const PAUSE: Duration = Duration::from_secs(5);

/// How often the end of the session is looked for meanwhile.
const NEWS: Duration = Duration::from_millis(100);

/// Time between two tellings of how far it is.
const TELL: Duration = Duration::from_millis(500);

/// What verification works on.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) sources: Arc<ArcSwap<Vec<Arc<dyn Source>>>>,
    pub(super) store: Arc<Store>,
    pub(super) progress: Arc<Progress>,
    /// Folder with the public keys that the analyst named.
    pub(super) keys: PathBuf,
    pub(super) threads: usize,
    pub(super) notify: Notify,
}

/// The thread that verifies. Dropping it cancels and waits.
#[derive(Debug)]
pub struct Integrity {
    published: Arc<ArcSwap<Verified>>,
    wake: Option<Sender<()>>,
    /// Everything is to be judged again, whatever was loaded.
    again: Arc<AtomicBool>,
    cancel: Cancel,
    thread: Option<JoinHandle<()>>,
}

impl Integrity {
    /// A sender like `wake` is given to whoever tells of new evidence.
    pub(super) fn start(
        ground: Ground,
        (wake, woken): (Sender<()>, Receiver<()>),
    ) -> std::io::Result<Self> {
        let published = Arc::new(ArcSwap::default());
        let (cancel, again) = (Cancel::new(), Arc::<AtomicBool>::default());
        let verifier = Verifier {
            ground,
            published: Arc::clone(&published),
            cancel: cancel.clone(),
            again: Arc::clone(&again),
            before: Examined::default(),
            compared: None,
            history: None,
            tasks: 0,
            last: None,
        };
        let thread = std::thread::Builder::new()
            .name("integrity".to_owned())
            .spawn(move || verifier.run(&woken))?;
        Ok(Self { published, wake: Some(wake), again, cancel, thread: Some(thread) })
    }

    /// What is known now.
    pub fn now(&self) -> Arc<Verified> {
        self.published.load_full()
    }

    /// A way to ask what is known that outlives a borrow of the handle.
    pub(super) fn reader(&self) -> super::raising::Proven {
        let published = Arc::clone(&self.published);
        Arc::new(move || published.load_full())
    }

    /// Verifies anew, as with other keys; everything is read again.
    pub fn again(&self) {
        self.again.store(true, Ordering::Release);
        if let Some(wake) = &self.wake {
            // Full means that it is about to look.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Integrity {
    fn drop(&mut self) {
        self.cancel.cancel();
        // Others hold senders too, so that the channel would not end.
        if let Some(wake) = self.wake.take() {
            let _ = wake.try_send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

type Sources = Arc<Vec<Arc<dyn Source>>>;

struct Verifier {
    ground: Ground,
    published: Arc<ArcSwap<Verified>>,
    cancel: Cancel,
    again: Arc<AtomicBool>,
    before: Examined,
    compared: Option<Compared>,
    /// What some sources said beyond their objects.
    history: Option<(Sources, History)>,
    /// How many tasks of the load there were when it was last looked.
    tasks: u64,
    /// What was published before: large ones are given up here, not on the screen's thread.
    last: Option<Arc<Verified>>,
}

impl Verifier {
    fn run(mut self, woken: &Receiver<()>) {
        let mut last: Option<Instant> = None;
        while woken.recv().is_ok() {
            while let Some(wait) = last.and_then(|last| PAUSE.checked_sub(last.elapsed()))
                && !self.again.load(Ordering::Acquire)
                && !self.cancel.is_cancelled()
            {
                // News are put together; the end of the session and an order are not waited with.
                let _ = woken.recv_timeout(wait.min(NEWS));
            }
            if self.cancel.is_cancelled() {
                return;
            }
            let again = self.again.swap(false, Ordering::AcqRel);
            let tasks = self.ground.progress.tasks();
            let is_new = tasks != self.tasks && self.ground.progress.is_at_rest();
            if again {
                // Nothing that was read before is relied on.
                (self.compared, self.history, self.before) = (None, None, Examined::default());
            }
            if is_new || again {
                self.look(again);
                last = Some(Instant::now());
            }
            if is_new {
                self.tasks = tasks;
            }
        }
    }

    /// Judges digests, then manifests: those take longer, and rows have no standing by them. Who has
    /// ordered it is answered, even if there is nothing to judge.
    fn look(&mut self, ordered: bool) {
        let sources = self.ground.sources.load_full();
        if self.has_digests() {
            self.verify(&sources);
        } else {
            // What was said, if anything, is about evidence that is gone.
            self.before = Examined::default();
            let History { past, facts } = self.history(&sources);
            if !self.known(&sources).is_empty() || !past.is_empty() {
                let verified = self.without_digests(&sources);
                self.publish(verified);
            } else if ordered || !facts.is_empty() || !self.is_told_of_none() {
                let about = self.about(&sources);
                self.publish(Verified { stage: Stage::Over, about, ..Verified::default() });
            }
        }
        self.compare(&sources);
    }

    /// What the sources say beyond their objects; they are asked once, and when it is ordered.
    fn history(&mut self, sources: &Sources) -> History {
        let known = self.history.as_ref().filter(|(of, _)| Arc::ptr_eq(of, sources));
        if let Some((_, history)) = known {
            return history.clone();
        }
        let history = History::ask(sources, &self.cancel);
        self.history = Some((Arc::clone(sources), history.clone()));
        history
    }

    fn is_told_of_none(&self) -> bool {
        let published = self.published.load();
        published.stage == Stage::Over && published.report.is_none()
    }

    /// Whether there is a digest among the objects that were read.
    fn has_digests(&self) -> bool {
        let is_digest = |path: &str| {
            matches!(address::read(path), Some(Address { named: Named::Digest(_), .. }))
        };
        !self.ground.store.ledger().ids(|object| is_digest(&object.path)).is_empty()
    }

    fn verify(&mut self, sources: &Arc<Vec<Arc<dyn Source>>>) {
        let ledger = self.ground.store.ledger();
        let archives = ledger.ids(|object| object.members > 0);
        let archives: HashSet<Arc<str>> =
            archives.into_iter().filter_map(|id| ledger.path(id)).collect();
        let matter = Matter {
            sources,
            metadata: &[],
            may_hold: &|path| archives.contains(path),
            threads: self.ground.threads,
        };
        let examined = self.examine(&matter);
        let examined = match examined {
            Ok(examined) if !examined.cancelled => examined,
            Ok(_) => return,
            Err(error) => {
                let problems = vec![format!("nothing is verified: no thread: {error}")];
                return self.publish(Verified { problems, ..Verified::default() });
            }
        };
        let (keys, mut problems) = read_keys(&self.ground.keys);
        problems.extend(examined.unread.iter().map(|(path, reason)| format!("{path}: {reason}")));
        let (objects, past) = (&examined.objects, &self.history(sources).past);
        let report = judge(&Question { objects, past, keys: &keys, since: None, until: None });
        self.before = examined;
        let standings = Standings::new(&report, self.ground.store.ledger());
        let (about, standings) = (self.about(sources), Arc::new(standings));
        self.publish(Verified { about, standings, problems, ..Verified::of(Arc::new(report)) });
    }

    /// What a report on these sources is about.
    fn about(&mut self, sources: &Sources) -> About {
        About {
            facts: self.history(sources).facts,
            sources: sources.iter().map(|source| source.name().to_owned()).collect(),
            at: Timestamp::now(),
            manifests: self.known(sources),
            ..About::default()
        }
    }

    /// Reads, and tells how far it is.
    fn examine(&self, matter: &Matter<'_>) -> std::io::Result<Examined> {
        let counted = Counted::default();
        let (published, notify) = (&self.published, &self.ground.notify);
        std::thread::scope(|scope| {
            let (done, over) = bounded::<()>(0);
            let counted = &counted;
            let tell = move || {
                while over.recv_timeout(TELL) == Err(RecvTimeoutError::Timeout) {
                    let stage = Stage::Running {
                        objects: counted.objects.load(Ordering::Relaxed),
                        bytes: counted.bytes.load(Ordering::Relaxed),
                    };
                    published.store(Arc::new(published.load().in_stage(stage)));
                    notify.tell(Notice::Done);
                }
            };
            let telling = std::thread::Builder::new().name("verify-told".to_owned());
            let _ = telling.spawn_scoped(scope, tell);
            let examined = examine(matter, &self.before, counted, &self.cancel);
            drop(done);
            examined
        })
    }

    fn publish(&mut self, verified: Verified) {
        self.last = Some(self.published.swap(Arc::new(verified)));
        self.ground.notify.tell(Notice::Done);
    }
}

/// The keys that the analyst named for this workspace, and what is wrong with their files.
pub fn read_keys(folder: &Path) -> (Keys, Vec<String>) {
    let (mut all, mut problems) = (Keys::default(), Vec::new());
    let mut paths = match listed(folder) {
        Ok(paths) => paths,
        // No folder: no keys were named.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            problems.push(format!("{}: {error}", folder.display()));
            Vec::new()
        }
    };
    // Others are left behind where writing one was interrupted.
    paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
    paths.sort();
    for path in paths {
        let name = path.display().to_string();
        match read_file(&path) {
            Ok(bytes) => match all.read(&bytes) {
                Ok(left) => problems.extend(left.into_iter().map(|why| format!("{name}: {why}"))),
                Err(error) => problems.push(format!("{name}: {error}")),
            },
            Err(error) => problems.push(format!("{name}: {error}")),
        }
    }
    (all, problems)
}

fn listed(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

/// A file of keys, which is small.
pub fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(keys::LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
