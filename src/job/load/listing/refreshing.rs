//! A source that is listed a second time: what came, what went and what changed.

use super::Listing;
use crate::event::{ObjectId, Reason, ReasonKind, State};
use crate::job::Notice;
use crate::job::evidence::Again;
use crate::job::load::crew::crew;
use crate::job::load::{Shared, Task, Work};
use crate::source::{Elsewhere, Item, Listed, Source};
use crate::store::{Object, Tally};
use crossbeam_channel::Sender;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

impl Listing {
    /// Takes a source out, and reads what stood back for something in it.
    pub(super) fn remove(&mut self, name: &str, sender: &Sender<Work>) {
        self.sources.retain(|source| source.name() != name);
        let mine = self.shared.of_source(name);
        let orphans = self.shared.store.retract(&mine);
        self.shared.notify.tell(Notice::Loaded);
        self.again(&orphans, None, sender);
    }

    /// Reads single items. What was read of an object that was written anew since is taken out, and
    /// that it is another is told, as where the whole source is listed again.
    pub(super) fn pick(&mut self, items: &[(Arc<dyn Source>, Item)], sender: &Sender<Work>) {
        let shared = Arc::clone(&self.shared);
        let ledger = shared.store.ledger();
        for (source, item) in items {
            // Somebody else may have brought it meanwhile.
            let now = source.refresh(item).unwrap_or_else(|| item.clone());
            let was = ledger.find(&item.path).and_then(|id| ledger.get(id));
            let listed = Listed::Item(now);
            if was.as_ref().is_some_and(|was| shared.is_still(was.id, &listed) || is_left(was)) {
                continue;
            }
            let (mut orphans, mut order) = (Vec::new(), None);
            if let Some(was) = &was {
                shared.expect(was);
                orphans = shared.store.retract(&[was.id]);
                order = Some(was.order);
            }
            let order = order.unwrap_or_else(|| self.next_order());
            if self.take(source, listed, order, sender).is_break() {
                return;
            }
            let was_read = was.is_some_and(|was| was.sha256.is_some());
            if let (true, Some(id)) = (was_read, ledger.find(&item.path)) {
                let detail = "was written anew since it was read, and was read again as it is now";
                let remarks = vec![Reason::new(ReasonKind::Changed, detail)];
                ledger.add(id, Tally { remarks, ..Tally::default() });
            }
            self.again(&orphans, None, sender);
        }
    }

    /// Lists a source again: what is still what it was stays.
    pub(super) fn refresh(&mut self, name: &str, sender: &Sender<Work>) {
        let source = self.sources.iter().rev().find(|source| source.name() == name).cloned();
        let Some(source) = source else { return };
        if self.shared.awaits_more() && source.elsewhere().is_none() {
            // Whoever follows knows which file is which, whatever it is called now.
            self.shared.differences.say(format!(
                "{name} is followed: what is new or changed becomes rows without being asked for"
            ));
            return;
        }
        self.list_again(&source, sender);
    }

    /// Takes up, of sources that lie elsewhere and are opened, what is at hand, so that it is there
    /// before the service has answered; gives their names. They are to be listed again.
    pub(super) fn at_hand(&mut self, task: &Task) -> Vec<String> {
        let shared = Arc::clone(&self.shared);
        let mut names = Vec::new();
        let Task::Open(sources) = task else { return names };
        self.sources.extend(sources.iter().cloned());
        // Who waits for the end anyway gets all in the order of the listing.
        for source in sources.iter().filter(|_| shared.options.watched) {
            let items = source.elsewhere().map(Elsewhere::at_hand).unwrap_or_default();
            if items.is_empty() {
                continue;
            }
            names.push(source.name().to_owned());
            let cancel = self.cancel.clone();
            crew(&shared, &cancel, |sender| {
                for item in items {
                    let order = self.next_order();
                    if self.take(source, Listed::Item(item), order, sender).is_break() {
                        break;
                    }
                }
            });
        }
        names
    }

    /// Lists a source of which objects were read: they are confirmed, read again or taken out, and
    /// others are added.
    pub(super) fn list_again(&mut self, source: &Arc<dyn Source>, sender: &Sender<Work>) {
        let shared = Arc::clone(&self.shared);
        let ledger = shared.store.ledger();
        let mine = shared.of_source(source.name()).into_iter();
        let known = mine.filter_map(|id| Some((ledger.path(id)?, id)));
        let mut known: HashMap<Arc<str>, ObjectId> = known.collect();
        let (mut stale, mut found) = (Vec::new(), Vec::new());
        let cancel = self.cancel.clone();
        source.list(&cancel, &mut |listed| {
            let path = listed.path();
            match known.remove(path) {
                Some(id) if shared.is_still(id, &listed) || shared.is_growing(id) => {
                    return ControlFlow::Continue(());
                }
                Some(id) => {
                    if let Some(was) = ledger.get(id) {
                        shared.expect(&was);
                    }
                    stale.push(id);
                    found.push((ledger.get(id).map(|object| object.order), listed));
                }
                // What has to be fetched is on its way meanwhile.
                None if must_be_fetched(&listed) => {
                    let order = self.next_order();
                    return self.take(source, listed, order, sender);
                }
                None => found.push((None, listed)),
            }
            if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if cancel.is_cancelled() || shared.is_removed(&**source) {
            return;
        }
        self.say_rest(source);
        for id in known.into_values() {
            if let Some(object) = ledger.get(id) {
                let events = ledger.events_in(id);
                // What never was read stood for what was wrong.
                if events > 0 || object.sha256.is_some() {
                    shared.differences.gone(&object.path, events, object.sha256);
                }
            }
            stale.push(id);
        }
        let orphans = if stale.is_empty() { Vec::new() } else { shared.store.retract(&stale) };
        for (order, listed) in found {
            let order = order.unwrap_or_else(|| self.next_order());
            if self.take(source, listed, order, sender).is_break() {
                return;
            }
        }
        self.again(&orphans, None, sender);
    }
}

/// Whether an object was left because a person said what is to be fetched, and is not what is new.
fn is_left(object: &Object) -> bool {
    let is_meant =
        |reason: &Reason| matches!(reason.kind, ReasonKind::Size | ReasonKind::OutsideWindow);
    object.state == Some(State::Skipped) && object.reason.as_deref().is_some_and(is_meant)
}

fn must_be_fetched(listed: &Listed) -> bool {
    matches!(listed, Listed::Item(item) if item.locator.is_elsewhere())
}

impl Shared {
    /// Whether an object is being followed, so that whatever comes into it becomes rows.
    fn is_growing(&self, id: ObjectId) -> bool {
        let object = self.store.ledger().get(id);
        self.awaits_more() && object.is_some_and(|it| it.state == Some(State::Growing))
    }

    /// What is read next of this object's path is held against it.
    fn expect(&self, was: &Object) {
        if let Some(sha256) = was.sha256 {
            self.differences.expect(&was.path, (sha256, was.bytes));
        }
    }

    /// Whether an object is what it was when it was read.
    fn is_still(&self, id: ObjectId, listed: &Listed) -> bool {
        let (Listed::Item(now), Some(located)) = (listed, self.evidence.find(id)) else {
            return false;
        };
        let Again::Item { item, .. } = located.again else { return true };
        let whole = self.store.ledger().get(id).is_some_and(|object| object.sha256.is_some());
        whole && item.locator == now.locator
    }
}
