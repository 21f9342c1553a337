//! What is to be read: sources are listed, what earlier sessions left on the shelf is taken over,
//! and the rest goes to the readers.

mod refreshing;
mod shelved;
mod zoned;

use super::checking::Check;
use super::crew::{Streams, crew};
use super::{Asked, MEMBER_BITS, Shared, Task, Work};
use crate::event::scope::holds;
use crate::event::{Cancel, ObjectId, Reason, State};
use crate::job::Notice;
use crate::job::evidence::Again;
use crate::job::shelf::{Offers, Shelf, Spill};
use crate::source::{Elsewhere, Listed, Source};
use crate::store::{NewObject, Room, Tally};
use crossbeam_channel::{Receiver, Sender, select};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The share of the memory for events that may be taken by what can be read again from files.
const SPARE_SHARE: u64 = 2;

/// The thread that drives a load.
pub(super) struct Listing {
    shared: Arc<Shared>,
    /// Outermost objects listed so far, in this task and those before.
    outer: u64,
    sources: Vec<Arc<dyn Source>>,
    /// Outermost objects of earlier sessions that are still to be hashed again.
    unchecked: VecDeque<ObjectId>,
    offers: Option<Offers>,
    /// What is read beside all tasks.
    streams: Streams,
    /// Calls off the task under way.
    cancel: Cancel,
    /// What is on the shelf has been taken over, once and for all.
    settled: bool,
    /// What an earlier session found out about the rows still holds.
    recalled: bool,
    /// So many segments have been found to be what was written down.
    proven: usize,
}

/// What the thread waits for.
enum Event {
    Task(Asked),
    StreamOver,
}

impl Listing {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            outer: 0,
            sources: Vec::new(),
            unchecked: VecDeque::new(),
            offers: None,
            streams: Streams::new(),
            cancel: Cancel::new(),
            settled: false,
            recalled: false,
            proven: 0,
        }
    }

    /// Carries out one task after the other, until nobody can give another.
    pub(super) fn run(mut self, tasks: &Receiver<Asked>) {
        let options = &self.shared.options;
        let room = Room::new(options.memory.map_or(usize::MAX, |all| (all / SPARE_SHARE) as usize));
        // A part of what the evidence holds is not what others would look for on the shelf.
        if let Some(place) = options.shelf.as_ref().filter(|_| options.window.is_open()) {
            let spill = Spill::new(
                options.memory.map_or(u64::MAX, |all| all / SPARE_SHARE),
                Arc::clone(&room),
            );
            let Shelf { offers, writer } = Shelf::open(place, spill);
            self.shared.store.set_seed(offers.seed());
            self.offers = Some(offers);
            if let Some(writer) = writer {
                self.shared.store.set_keeper(Box::new(Arc::clone(&writer)));
                let _ = self.shared.writer.set(writer);
            }
        }
        if let (None, Some(most)) = (self.shared.writer.get(), options.memory) {
            self.shared.store.set_keeper(Box::new(Spill::new(most / SPARE_SHARE, room)));
        }
        while let Some(event) = self.wait(tasks) {
            match event {
                Event::Task(Asked { task, cancel }) => {
                    self.cancel = cancel;
                    self.carry_out(&task);
                }
                Event::StreamOver => self.streams.end(),
            }
            if tasks.is_empty() {
                self.end();
                let damaged = self.damaged(tasks);
                if !damaged.is_empty() {
                    self.shared.progress.begin();
                    self.carry_out(&Task::Again(self.shared.take_out(damaged), None));
                    self.end();
                }
            }
        }
    }

    /// The next task, or the end of a stream; until there is one, objects of earlier sessions are
    /// hashed again. Nothing once nobody can ask for more and everything is read.
    fn wait(&mut self, tasks: &Receiver<Asked>) -> Option<Event> {
        let (shared, over) = (Arc::clone(&self.shared), self.streams.over().clone());
        self.check(&|| shared.is_left() || !tasks.is_empty() || !over.is_empty());
        select! {
            recv(tasks) -> asked => match asked {
                _ if shared.is_left() => None,
                Ok(asked) => Some(Event::Task(asked)),
                Err(_) if self.streams.any() => over.recv().ok().map(|()| Event::StreamOver),
                Err(_) => None,
            },
            recv(over) -> _ => Some(Event::StreamOver),
        }
    }

    /// Hashes objects of earlier sessions again until something else is to be done.
    fn check(&mut self, stop: &dyn Fn() -> bool) {
        let shared = Arc::clone(&self.shared);
        while shared.options.watched && !stop() {
            let Some(id) = self.unchecked.pop_front() else { break };
            match shared.check(id, stop) {
                Check::Same => shared.store.ledger().checked(id),
                Check::Stopped => self.unchecked.push_front(id),
                Check::Unknown => {}
                Check::Other(why) => {
                    let was = shared.store.ledger().get(id);
                    if let Some(was) = was
                        && let Some(sha256) = was.sha256
                    {
                        shared.differences.expect(&was.path, (sha256, was.bytes));
                    }
                    shared.progress.begin();
                    self.carry_out(&Task::Again(shared.take_out(vec![id]), why));
                    self.end();
                }
            }
            if self.unchecked.is_empty() {
                shared.notify.tell(Notice::Loaded);
            }
        }
    }

    fn carry_out(&mut self, task: &Task) {
        let (shared, cancel) = (Arc::clone(&self.shared), self.cancel.clone());
        let at_hand = self.at_hand(task);
        crew(&shared, &cancel, |sender| {
            match task {
                Task::Open(sources) => self.open(sources, &at_hand, sender),
                Task::Pick(items) => self.pick(items, sender),
                Task::Again(objects, why) => self.again(objects, why.as_ref(), sender),
                Task::Refresh(name) => self.refresh(name, sender),
                Task::Remove(name) => self.remove(name, sender),
                Task::Zone(name) => self.in_its_zone(name, sender),
            }
            shared.progress.listing_over();
        });
        shared.progress.carried_out();
    }

    /// Objects of earlier sessions whose rows turn out not to be what was written down.
    fn damaged(&mut self, tasks: &Receiver<Asked>) -> Vec<ObjectId> {
        let (snapshot, ledger) = (self.shared.store.snapshot(), self.shared.store.ledger());
        let mut damaged = Vec::new();
        for (at, segment) in snapshot.segments.iter().enumerate() {
            if !tasks.is_empty() || self.shared.is_left() {
                break;
            }
            // Reading all of it once is enough; what fails later is found where it is read.
            let is_intact = || at < self.proven || segment.is_intact();
            if segment.shelved().is_some() && (segment.is_damaged() || !is_intact()) {
                // Those that were read again since are not in it any more. What grows is still being
                // written down, and comes again in the next session.
                let is_over = |id: &ObjectId| {
                    let object = ledger.outermost(*id);
                    object.is_some_and(|it| !it.gone && it.state != Some(State::Growing))
                };
                damaged.extend(segment.objects().filter(is_over));
            }
            self.proven = self.proven.max(at + 1);
        }
        damaged
    }

    /// Reads the sources; those of which something is `at_hand` already come last.
    fn open(&mut self, sources: &[Arc<dyn Source>], at_hand: &[String], sender: &Sender<Work>) {
        let shared = Arc::clone(&self.shared);
        let cancel = self.cancel.clone();
        let is_at_hand =
            |source: &&Arc<dyn Source>| at_hand.iter().any(|name| name == source.name());
        for source in sources.iter().filter(|source| !is_at_hand(source)) {
            source.list(&cancel, &mut |listed| {
                let order = self.next_order();
                self.take(source, listed, order, sender)
            });
            self.say_rest(source);
        }
        for source in sources.iter().filter(is_at_hand) {
            self.list_again(source, sender);
        }
        if let Some(offers) = &mut self.offers
            && !self.settled
            && !self.cancel.is_cancelled()
        {
            self.settled = true;
            let left = offers.left();
            let paths = left.iter().map(|(path, ..)| &**path).collect();
            let there = shared.store.ledger().find_all(&paths);
            for (path, events, sha256) in &left {
                // What belongs to a source that a person took away is not missed.
                let of = |source: &Arc<dyn Source>| {
                    let far = source.elsewhere();
                    holds(source.name(), path) && !far.is_some_and(|far| far.leaves_out(path))
                };
                if self.sources.iter().any(of) && !there.contains_key(&**path) {
                    shared.differences.gone(path, *events, *sha256);
                }
            }
            shared.store.restore(offers.end());
            let ledger = shared.store.ledger();
            let found = offers.found(&shared.store.snapshot(), ledger);
            self.recalled = found.is_some();
            match found {
                Some(found) => shared.store.recall(found),
                None => shared.store.look_through(),
            }
            shared.notify.tell(Notice::Loaded);
        }
    }

    /// Says what a limit left of a source, and what it would take to fetch that.
    pub(super) fn say_rest(&self, source: &Arc<dyn Source>) {
        let rest = source.elsewhere().map(Elsewhere::rest).unwrap_or_default();
        if !rest.is_nothing() {
            self.shared.differences.say(format!("{}: beyond the limit: {rest}", source.name()));
        }
    }

    /// The position in the listing of the next outermost object.
    fn next_order(&mut self) -> u64 {
        self.outer += 1;
        (self.outer - 1) << MEMBER_BITS
    }

    fn take(
        &mut self,
        source: &Arc<dyn Source>,
        listed: Listed,
        order: u64,
        sender: &Sender<Work>,
    ) -> ControlFlow<()> {
        let shared = Arc::clone(&self.shared);
        let ledger = shared.store.ledger();
        match listed {
            Listed::Left { path, bytes, state, reason, .. } => {
                let bytes = bytes.unwrap_or(0);
                let new = NewObject { path: path.into(), parent: None, order, bytes };
                ledger.close(ledger.open(new), state, Some(reason));
                shared.progress.listed(Some(0));
                shared.progress.done(Some(0));
            }
            Listed::Item(item) => {
                let bytes = item.bytes.unwrap_or(0);
                shared.progress.listed(item.bytes);
                let path = Arc::clone(&item.path);
                let id = ledger.open(NewObject { path, parent: None, order, bytes });
                let work = Work { id, order, source: Arc::clone(source), item: Arc::new(item) };
                if self.take_over(&work).is_some() {
                    shared.progress.done(work.item.bytes);
                } else {
                    self.send(work, sender);
                }
            }
        }
        let is_over = self.cancel.is_cancelled() || shared.is_removed(&**source);
        if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Hands an object to those who read it.
    fn send(&mut self, work: Work, sender: &Sender<Work>) {
        if work.item.bytes.is_some() {
            self.shared.send(work, sender, &self.cancel);
        } else {
            self.streams.read(&self.shared, &self.cancel, work);
        }
    }

    /// Reads objects again that have been taken out of the store.
    fn again(&mut self, objects: &[ObjectId], why: Option<&Reason>, sender: &Sender<Work>) {
        let shared = Arc::clone(&self.shared);
        let (store, evidence) = (&shared.store, &shared.evidence);
        for &object in objects {
            let Some(was) = store.ledger().get(object) else { continue };
            let (source, item) = match evidence.find(object).map(|located| located.again) {
                Some(Again::Item { source, item }) => (source, item),
                Some(Again::Spool(spool)) => spool.once_more(&was.path),
                None => continue,
            };
            let item = source.refresh(&item).map_or(item, Arc::new);
            let bytes = item.bytes.unwrap_or(0);
            let new = NewObject { path: was.path, parent: None, order: was.order, bytes };
            let id = store.ledger().open(new);
            if let Some(why) = why {
                let remarks = vec![why.clone()];
                store.ledger().add(id, Tally { remarks, ..Tally::default() });
            }
            shared.progress.listed(item.bytes);
            let work = Work { id, order: was.order, source, item };
            self.send(work, sender);
        }
    }

    /// Everything asked for has been read, unless there is a stream that goes on.
    fn end(&mut self) {
        if self.streams.any() {
            return;
        }
        let shared = &self.shared;
        if let Some(fault) = shared.writer.get().and_then(|writer| writer.fault()) {
            shared.differences.say(format!(
                "what was read is not kept for the next session, which will read it again: {fault}"
            ));
        }
        if !self.cancel.is_cancelled() {
            // While files are followed, evidence is never what it was for long.
            if let Some(writer) = shared.writer.get()
                && (writer.is_used() || !self.recalled)
                && !shared.awaits_more()
            {
                writer.found(&shared.store.snapshot(), shared.store.ledger());
            }
            let failed = shared.store.ledger().totals().states.contains_key(&State::Failed);
            let place = shared.options.shelf.as_ref().filter(|place| place.writable);
            if let (Some(offers), Some(place)) = (&self.offers, place) {
                offers.clear(place, failed, self.recalled);
            }
        }
        if !shared.awaits_more() {
            shared.store.rest();
        }
        shared.progress.over();
        shared.notify.tell(Notice::Loaded);
    }
}
