//! A source whose times without a zone are to be read in another one.

use super::Listing;
use crate::event::{Cancel, ObjectId, State, Zone};
use crate::job::evidence::{Again, Located};
use crate::job::load::{Shared, Work};
use crate::source::{Item, Listed, Source};
use crossbeam_channel::Sender;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

impl Listing {
    /// Reads again what would be other rows in the zone that the source has by now. All else in it,
    /// and all other sources, stay as they are.
    pub(super) fn in_its_zone(&mut self, name: &str, sender: &Sender<Work>) {
        let shared = Arc::clone(&self.shared);
        let zone = shared.options.zones.of(name);
        let (stale, coming) = shared.in_another_zone(name, zone);
        if coming {
            shared.differences.say(format!(
                "{name} is still coming in, and what comes is read as it began; set its zone once \
                 it has come to its end"
            ));
        }
        let source = self.sources.iter().rev().find(|source| source.name() == name);
        if let Some(source) = source {
            shared.read_where_it_grows(source, &stale, &self.cancel);
        }
        let taken = shared.take_out(stale);
        if !taken.is_empty() {
            self.again(&taken, None, sender);
        }
    }
}

impl Shared {
    /// The outermost objects of the source of this name that would be other rows in this zone, but
    /// for what is being read; and whether there is any of that. What grows may yet be other rows.
    fn in_another_zone(&self, name: &str, zone: Zone) -> (Vec<ObjectId>, bool) {
        let ledger = self.store.ledger();
        let is_growing = |state| state == Some(State::Growing);
        let other = ledger.ids(|object| {
            object.is_other_in(zone) || is_growing(object.state) && object.zone != zone
        });
        let mut other: Vec<ObjectId> =
            other.into_iter().filter_map(|id| Some(ledger.outermost(id)?.id)).collect();
        other.dedup();
        let mine = self.of_source(name);
        other.retain(|id| mine.contains(id));
        let all = other.len();
        other.retain(|&id| ledger.get(id).is_some_and(|object| object.state.is_some()));
        let is_coming = other.len() < all;
        (other, is_coming)
    }

    /// Of files that grow, what they were is in copies; what they are by now is where they lie, and
    /// goes on to grow there.
    fn read_where_it_grows(&self, source: &Arc<dyn Source>, objects: &[ObjectId], cancel: &Cancel) {
        let ledger = self.store.ledger();
        let grows = |id: &ObjectId| {
            let object = ledger.get(*id).filter(|it| it.state == Some(State::Growing))?;
            Some((object.path, object.id))
        };
        let mut growing: HashMap<Arc<str>, ObjectId> = objects.iter().filter_map(grows).collect();
        if growing.is_empty() {
            return;
        }
        let mut see = |item: Item| {
            if let Some(outermost) = growing.remove(&item.path) {
                let (source, item) = (Arc::clone(source), Arc::new(item));
                let again = Again::Item { source, item };
                let (member, behind, direct) = (None, None, None);
                let located = Located { again, outermost, member, behind, direct };
                self.evidence.locate(outermost, located);
            }
        };
        if let Some(far) = source.elsewhere() {
            far.growing().into_iter().for_each(see);
            return;
        }
        source.list(cancel, &mut |listed| {
            if let Listed::Item(item) = listed {
                see(item);
            }
            if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }
}
