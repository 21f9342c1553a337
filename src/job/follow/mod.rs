//! Following files that grow: what is appended to them becomes rows while somebody looks on, and
//! files that appear in a folder are loaded.
//!
//! The sources are listed again and again, which works on any file system. A file is known by its
//! device and inode, whatever its names: one that was renamed is followed under its new name and not read twice, and what took
//! its place is another object, called like it with `#2` behind. A file that became shorter, or
//! that does not begin any more with what was read of it, ends there and goes on as another
//! object too. A line without its end waits for it, however long that takes.

mod looked;
mod open;
mod room;
mod tail;

use super::evidence::{Again, Evidence, Located};
use super::{Load, Notice, Notify, Options};
use crate::event::{Cancel, ObjectId, Reason, ReasonKind};
use crate::source::{Identity, Locator, Source};
use crate::store::{Batch, Store};
use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use looked::{Found, Looked};
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tail::{Grown, Tail};

/// Time between two looks; a listing that takes long is not made more often than this share of
/// the time.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const LISTING_SHARE: u32 = 10;

/// Files that appear are copied at once, not when they grow, while no more than this are open.
const MOST_KEPT: usize = 64;

/// Rows wait for others at most this long.
const SEAL_EVERY: Duration = Duration::from_secs(1);

/// What following needs.
#[derive(Clone)]
pub(super) struct Ground {
    /// Those of the session as it is now.
    pub(super) sources: Arc<ArcSwap<Vec<Arc<dyn Source>>>>,
    pub(super) store: Arc<Store>,
    pub(super) evidence: Arc<Evidence>,
    pub(super) load: Arc<Load>,
    pub(super) options: Options,
    pub(super) notify: Notify,
    pub(super) cancel: Cancel,
}

impl std::fmt::Debug for Ground {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ground")
    }
}

/// Following under way. Dropping it ends it and waits.
#[derive(Debug)]
pub(super) struct Follow {
    cancel: Cancel,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Follow {
    pub(super) fn start(ground: Ground) -> io::Result<Self> {
        let (stop, stopped) = bounded(0);
        let cancel = ground.cancel.clone();
        let follower = Follower {
            ground,
            tails: HashMap::new(),
            others: HashSet::new(),
            undecided: Vec::new(),
            located: 0,
            most_open: room::most_open(),
            is_first: true,
            generations: HashMap::new(),
        };
        let thread = std::thread::Builder::new().name("follow".to_owned());
        let thread = thread.spawn(move || follower.run(&stopped))?;
        Ok(Self { cancel, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        self.cancel.cancel();
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Follower {
    ground: Ground,
    /// Files that may grow.
    tails: HashMap<Identity, Tail>,
    /// Files with another matter, such as archives, and files on their way into the store.
    others: HashSet<(PathBuf, Identity)>,
    /// Objects that are being read.
    undecided: Vec<ObjectId>,
    /// Objects of the evidence that were looked at.
    located: usize,
    /// So many may be held open.
    most_open: usize,
    is_first: bool,
    /// How many objects there were of each name.
    generations: HashMap<String, u32>,
}

impl Follower {
    fn run(mut self, stopped: &Receiver<()>) {
        let store = Arc::clone(&self.ground.store);
        let mut batch = Batch::new(&store, self.ground.options.window);
        let mut sealed = Instant::now();
        let mut waits = false;
        let mut pause = LOOK_EVERY;
        while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(pause) {
            // A stream may never end.
            if !self.ground.load.progress().is_at_rest() {
                continue;
            }
            let began = Instant::now();
            waits |= self.look(&mut batch);
            pause = LOOK_EVERY.max(began.elapsed() * LISTING_SHARE);
            if waits && sealed.elapsed() >= SEAL_EVERY {
                batch.flush();
                (waits, sealed) = (false, Instant::now());
                self.ground.notify.tell(Notice::Loaded);
            }
        }
        batch.flush();
        let ground = self.ground;
        self.tails.into_values().for_each(|tail| tail.leave(&ground));
    }

    /// One look at everything; whether there are new rows.
    fn look(&mut self, batch: &mut Batch<'_>) -> bool {
        self.decide(batch);
        let looked = Looked::at(&self.ground);
        let mut names = looked.by_identity();
        let (began, mut open, mut pressed) = (Instant::now(), self.open(), 0);
        let mut grew = false;
        for (identity, mut tail) in std::mem::take(&mut self.tails) {
            if self.ground.cancel.is_cancelled() {
                self.tails.insert(identity, tail);
                continue;
            }
            if self.ground.store.ledger().is_gone(tail.id()) {
                tail.leave(&self.ground);
                continue;
            }
            let names = names.remove(&identity).unwrap_or_default();
            let here = names.iter().find(|found| tail.is_at(&found.path));
            let Some(found) = here.or(names.first()) else {
                if !self.ground.sources.load().iter().any(|one| one.name() == tail.source()) {
                    // It was taken out of the case, with what it held.
                    continue;
                }
                if tail.is_gone(&looked) {
                    let gone = Reason::new(ReasonKind::Vanished, "is gone; what it held is kept");
                    grew |= tail.end(&self.ground, batch, gone);
                } else {
                    self.tails.insert(identity, tail);
                }
                continue;
            };
            if here.is_none() {
                self.renamed(&mut tail, found);
            }
            let was_open = tail.is_open();
            match tail.grow(&self.ground, batch, found) {
                Grown::No => {}
                Grown::Rows => grew = true,
                Grown::Other(why) => {
                    grew |= tail.end(&self.ground, batch, why);
                    self.load(found);
                    continue;
                }
            }
            if tail.is_open() && !was_open {
                if open >= self.most_open && tail.rest() {
                    pressed += 1;
                } else {
                    open += 1;
                }
            }
            self.tails.insert(identity, tail);
        }
        batch.flush_tally();
        self.make_room(pressed, began);
        self.appeared(&looked.found);
        self.is_first = false;
        grew
    }

    /// How many are held open.
    fn open(&self) -> usize {
        self.tails.values().filter(|tail| tail.is_open()).count()
    }

    /// Lets so many rest that have not grown since, those first that grew longest ago.
    fn make_room(&mut self, count: usize, since: Instant) {
        if count == 0 {
            return;
        }
        let idle = self.tails.values_mut().filter(|tail| tail.is_open() && tail.grew_at() < since);
        let mut idle: Vec<&mut Tail> = idle.collect();
        idle.sort_unstable_by_key(|tail| tail.grew_at());
        let rested = idle.into_iter().map(Tail::rest);
        let _ = rested.filter(|rests| *rests).take(count).count();
    }

    /// Looks at objects that were loaded since the last time: which of them may grow.
    fn decide(&mut self, batch: &mut Batch<'_>) {
        let count = self.ground.evidence.len();
        self.undecided.extend((self.located..count).map(|id| ObjectId(id as u32)));
        self.located = count;
        let ledger = self.ground.store.ledger();
        let (mut later, mut open) = (Vec::new(), self.open());
        for id in std::mem::take(&mut self.undecided) {
            let Some(object) =
                ledger.get(id).filter(|object| object.parent.is_none() && !object.gone)
            else {
                continue;
            };
            if object.state.is_none() {
                later.push(id);
                continue;
            }
            let Some(Located { again: Again::Item { source, item }, direct, .. }) =
                self.ground.evidence.find(id)
            else {
                continue;
            };
            let Locator::File { path, stamp } = &item.locator else { continue };
            let identity = stamp.identity();
            // What was read anew takes the place of what it was before.
            let twin = self.tails.get(&identity).map(Tail::id);
            let is_twin = twin.is_some_and(|twin| !ledger.is_gone(twin));
            let copy = object.reason.as_ref().map(|reason| reason.kind);
            let may_grow = direct.is_some_and(|direct| direct.is_file());
            if may_grow && copy != Some(ReasonKind::SameObject) && !is_twin {
                let (item, path, stamp) = (Arc::clone(&item), path.clone(), *stamp);
                let is_new = self.others.contains(&(path.clone(), identity));
                let mut tail = Tail::new(&object, source, item, path, stamp);
                if is_new && open < MOST_KEPT.min(self.most_open) {
                    tail.keep(&self.ground, batch);
                    open += usize::from(tail.is_open());
                }
                if let Some(before) = self.tails.insert(identity, tail) {
                    before.leave(&self.ground);
                }
            } else {
                self.others.insert((path.clone(), identity));
            }
        }
        self.undecided = later;
    }

    fn renamed(&self, tail: &mut Tail, found: &Found) {
        tail.renamed(&self.ground, found);
        let reason = Reason::new(ReasonKind::Changed, format!("is called {} now", found.item.path));
        tail::remark(&self.ground, tail.id(), reason);
    }

    /// Loads files that were not there before.
    fn appeared(&mut self, found: &[Found]) {
        let mut known: HashSet<Identity> = self.tails.keys().copied().collect();
        for found in found {
            if self.ground.cancel.is_cancelled() {
                return;
            }
            let identity = found.stamp.identity();
            let is_other = self.others.contains(&(found.path.clone(), identity));
            if known.contains(&identity) || is_other {
                continue;
            }
            // What could not be opened stands in the ledger all the same.
            if self.is_first && self.ground.store.ledger().find(&found.item.path).is_some() {
                self.others.insert((found.path.clone(), identity));
                continue;
            }
            known.insert(identity);
            self.load(found);
        }
    }

    /// Loads a file, under a name that no other object has.
    fn load(&mut self, found: &Found) {
        self.others.insert((found.path.clone(), found.stamp.identity()));
        let Found { source, item, .. } = found;
        let mut item = item.clone();
        if self.ground.store.ledger().find(&item.path).is_some() {
            let generation = self.generations.entry(item.path.clone()).or_insert(1);
            let name = loop {
                *generation += 1;
                let name = format!("{}#{generation}", item.path);
                if self.ground.store.ledger().find(&name).is_none() {
                    break name;
                }
            };
            item.path = name;
        }
        self.ground.load.pick(vec![(Arc::clone(source), item)]);
    }
}

#[cfg(test)]
mod tests;
