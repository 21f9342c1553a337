//! What earlier sessions left on the shelf, taken over instead of read.

use super::Listing;
use crate::event::ObjectId;
use crate::job::direct::Direct;
use crate::job::evidence::{Again, Located};
use crate::job::load::{Shared, Work};
use crate::job::shelf::{Kept, Offers};
use crate::job::spool::Spool;
use crate::store::NewObject;
use std::sync::Arc;

impl Listing {
    /// Takes an object over from the shelf; `None` if it has to be read.
    pub(super) fn take_over(&mut self, work: &Work) -> Option<()> {
        let offers = self.offers.as_mut()?;
        let zone = self.shared.options.zones.of(work.source.name());
        let Some(kept) = offers.take(&work.item, zone) else {
            if let Some(content) = offers.known(&work.item.path) {
                self.shared.differences.expect(&work.item.path, content);
            }
            return None;
        };
        let leaves = self.shared.take_over(work, offers, &kept);
        let segments = offers.decide(&kept, leaves.as_deref().unwrap_or_default());
        self.shared.store.restore(segments);
        leaves?;
        self.unchecked.push_back(work.id);
        Some(())
    }
}

impl Shared {
    /// Enters what is on the shelf about an object into the ledger; what its leaves are called now
    /// and where they stand. `None` if it has to be read.
    fn take_over(&self, work: &Work, offers: &Offers, kept: &Kept) -> Option<Vec<(ObjectId, u64)>> {
        let ledger = self.store.ledger();
        let (sha256, bytes) = kept.content()?;
        if kept.is_same() && !self.store.has_content(&sha256) {
            return None;
        }
        let again = Again::Item { source: Arc::clone(&work.source), item: Arc::clone(&work.item) };
        let folder = self.options.spool.as_deref();
        let copy = folder.and_then(|folder| Spool::of_object(folder, &sha256));
        let mut called: Vec<(ObjectId, u64)> = Vec::new();
        for (number, leaf) in offers.leaves(kept)?.into_iter().enumerate() {
            let order = work.order + number as u64;
            let (id, member) = match leaf.member {
                None => (work.id, None),
                Some((parent, label)) => {
                    let parent = Some(called.get(parent)?.0);
                    let path = format!("{}!{label}", work.item.path).into();
                    let id = ledger.open(NewObject { path, parent, order, bytes: 0 });
                    (id, Some(label.into()))
                }
            };
            let again = again.clone();
            let label = leaf.member.map_or("", |(_, label)| label);
            let run = copy.as_ref().and_then(|copy| copy.run(label)).map(Direct::Run);
            let direct = run.or(leaf.is_plain.then_some(Direct::File));
            let (outermost, behind) = (work.id, leaf.behind);
            let located = Located { again, outermost, member, behind, direct };
            self.evidence.locate(id, located);
            let is_outermost = leaf.member.is_none();
            let mut was = leaf.was;
            (was.bytes, was.unchecked) = (0, is_outermost);
            ledger.restore(id, was);
            called.push((id, order));
        }
        self.store.acquired(work.id, work.order, sha256, bytes);
        self.tell_lock(work);
        Some(called)
    }
}
