//! Following files that grow: what is appended to them becomes rows while somebody looks on, and
//! files that appear in a folder are loaded.
//!
//! The sources are listed again and again, which works on any file system. A file is known by its
//! device and inode, whatever its names: one that was renamed is followed under its new name and not read twice, and what took
//! its place is another object, called like it with `#2` behind. A file that became shorter, or
//! that does not begin any more with what was read of it, ends there and goes on as another
//! object too. A line without its end waits for it, however long that takes.

mod appearing;
mod delivery;
mod looked;
mod open;
mod others;
mod room;
mod tail;
mod watching;

pub use delivery::{Deliveries, Delivery};

use super::evidence::{Again, Evidence, Located};
use super::{Load, Notice, Notify, Options};
use crate::event::{Cancel, ObjectId, Reason, ReasonKind, State};
use crate::source::{Identity, Item, Locator, Source};
use crate::store::{Batch, Store};
use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use looked::{Found, Looked, Place};
use others::{Others, Read};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tail::{Grown, Tail};
use watching::Watching;

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
    /// How long what comes is on its way.
    pub(super) deliveries: Arc<Deliveries>,
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
    load: Arc<Load>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Follow {
    pub(super) fn start(ground: Ground) -> io::Result<Self> {
        let (stop, stopped) = bounded(0);
        let (cancel, load) = (ground.cancel.clone(), Arc::clone(&ground.load));
        let follower = Follower {
            ground,
            tails: HashMap::new(),
            others: Others::default(),
            undecided: Vec::new(),
            located: 0,
            most_open: room::most_open(),
            is_first: true,
            generations: HashMap::new(),
            watching: Watching::default(),
        };
        let thread = std::thread::Builder::new().name("follow".to_owned());
        let thread = thread.spawn(move || follower.run(&stopped))?;
        load.await_more(true);
        Ok(Self { cancel, load, stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        self.cancel.cancel();
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.load.await_more(false);
    }
}

struct Follower {
    ground: Ground,
    /// Files that may grow.
    tails: HashMap<Identity, Tail>,
    /// Files with another matter, such as archives, and files on their way into the store.
    others: Others,
    /// Objects that are being read.
    undecided: Vec<ObjectId>,
    /// Objects of the evidence that were looked at.
    located: usize,
    /// So many may be held open.
    most_open: usize,
    is_first: bool,
    /// How many objects there were of each name.
    generations: HashMap<Arc<str>, u32>,
    /// Sources elsewhere.
    watching: Watching,
}

/// What one look comes to.
#[derive(Default)]
struct Round<'l> {
    /// There are new rows.
    grew: bool,
    /// Objects elsewhere to which something was appended, and their sources.
    appended: Vec<(ObjectId, String)>,
    /// Files that are not what was followed under their name.
    anew: Vec<&'l Found>,
    /// How many are held open, and how many more would be.
    open: usize,
    pressed: usize,
}

impl Follower {
    fn run(mut self, stopped: &Receiver<()>) {
        let store = Arc::clone(&self.ground.store);
        let mut batch = Batch::live(&store, self.ground.options.window);
        let mut sealed = Instant::now();
        let mut waits = false;
        let mut pause = LOOK_EVERY;
        while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(pause) {
            // A stream may never end.
            if !self.ground.load.progress().is_at_rest() {
                continue;
            }
            self.watching.look(&self.ground);
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
        let asked = self.ground.load.progress().tasks();
        self.decide(batch);
        let looked = Looked::at(&self.ground);
        let mut names = looked.by_identity();
        let began = Instant::now();
        let mut round = Round { open: self.open(), ..Round::default() };
        for (identity, tail) in std::mem::take(&mut self.tails) {
            if self.ground.cancel.is_cancelled() {
                self.tails.insert(identity, tail);
            } else if self.ground.store.ledger().is_gone(tail.id()) {
                tail.leave(&self.ground);
            } else if let Some(names) = names.remove(&identity) {
                self.see(tail, &names, batch, &mut round);
            } else {
                round.grew |= self.miss(tail, &looked, batch);
            }
        }
        batch.flush_tally();
        for (id, source) in round.appended {
            if let Some(object) = self.ground.store.ledger().get(id) {
                self.ground.deliveries.see(&source, &object, None);
            }
        }
        self.make_room(round.pressed, began);
        if asked == self.ground.load.progress().tasks() {
            self.appeared(&looked, round.anew);
        } else {
            // What else is new may be what was asked for meanwhile.
            self.load(&round.anew);
        }
        round.grew
    }

    /// Reads what was appended to a file that is there, under one name or several.
    fn see<'l>(
        &mut self,
        mut tail: Tail,
        names: &[&'l Found],
        batch: &mut Batch<'_>,
        round: &mut Round<'l>,
    ) {
        let here = names.iter().find(|found| tail.is_at(&found.path));
        let Some(&found) = here.or(names.first()) else { return };
        if here.is_none() {
            self.renamed(&mut tail, found);
        }
        let was_open = tail.is_open();
        match tail.grow(&self.ground, batch, found) {
            Grown::No => {}
            Grown::Rows => {
                round.grew = true;
                if tail.is_far() {
                    round.appended.push((tail.id(), tail.source().to_owned()));
                }
            }
            Grown::Other(why) => {
                round.grew |= tail.end(&self.ground, batch, why);
                self.others.loads(found);
                round.anew.push(found);
                return;
            }
            Grown::Packed => {
                self.others.read(tail.packed(&self.ground));
                return;
            }
        }
        if tail.is_open() && !was_open {
            if round.open >= self.most_open && tail.rest() {
                round.pressed += 1;
            } else {
                round.open += 1;
            }
        }
        self.tails.insert(found.stamp.identity(), tail);
    }

    /// Ends a file that was not found, if it is certainly gone; whether there are new rows.
    fn miss(&mut self, tail: Tail, looked: &Looked, batch: &mut Batch<'_>) -> bool {
        if !self.ground.sources.load().iter().any(|one| one.name() == tail.source()) {
            // It was taken out of the case, with what it held.
            return false;
        }
        if !tail.is_gone(looked) {
            self.tails.insert(tail.identity(), tail);
            return false;
        }
        let detail = if tail.is_kept() {
            "is gone; what it held is kept"
        } else {
            "is gone, and had not grown, so that there is no copy of it: its rows stay for this \
             session alone"
        };
        tail.end(&self.ground, batch, Reason::new(ReasonKind::Vanished, detail))
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
            if source.elsewhere().is_some() && self.ground.deliveries.is_expected(&item.path) {
                let written = item.modified.filter(|_| object.state != Some(State::Growing));
                self.ground.deliveries.see(source.name(), &object, written);
            }
            let Locator::File { path, stamp } = &item.locator else { continue };
            // What is kept of what lies elsewhere stays as it is.
            let grows = |grows: &[Item]| grows.iter().any(|one| one.path == item.path);
            if source.elsewhere().is_some_and(|far| !grows(&far.growing())) {
                continue;
            }
            let (identity, stamp) = (stamp.identity(), *stamp);
            // What was read anew takes the place of what it was before.
            let twin = self.tails.get(&identity).map(Tail::id);
            let is_twin = twin.is_some_and(|twin| !ledger.is_gone(twin));
            let copy = object.reason.as_ref().map(|reason| reason.kind);
            let may_grow = direct.is_some_and(|direct| direct.is_file());
            if may_grow && copy != Some(ReasonKind::SameObject) && !is_twin {
                let is_new = self.others.is_loading(path);
                self.others.follow(path);
                let place = Place::new(path.to_path_buf());
                let mut tail = Tail::new(&object, source, Arc::clone(&item), place, stamp);
                if is_new && open < MOST_KEPT.min(self.most_open) {
                    tail.keep(&self.ground, batch);
                    open += usize::from(tail.is_open());
                }
                if let Some(before) = self.tails.insert(identity, tail) {
                    before.leave(&self.ground);
                }
            } else {
                let (source, place) = (source.name().to_owned(), Place::new(path.to_path_buf()));
                let is_plain = may_grow || object.state == Some(State::Failed);
                self.others.read(Read { id, source, item, place, stamp, is_plain });
            }
        }
        self.undecided = later;
    }

    fn renamed(&self, tail: &mut Tail, found: &Found) {
        tail.renamed(&self.ground, found);
        let reason = Reason::new(ReasonKind::Changed, format!("is called {} now", found.item.path));
        tail::remark(&self.ground, tail.id(), reason);
    }
}

#[cfg(test)]
mod tests;
