//! Files that were not there before, or are other files now.

use super::looked::{Found, Looked};
use super::others::Next;
use super::{Follower, tail};
use crate::event::{Reason, ReasonKind};
use crate::source::Identity;
use std::collections::HashSet;
use std::sync::Arc;

impl Follower {
    /// Loads files that were not there before, with those that are other files now, and reads
    /// again what changed as a whole.
    pub(super) fn appeared<'l>(&mut self, looked: &'l Looked, mut new: Vec<&'l Found>) {
        if self.ground.cancel.is_cancelled() {
            return;
        }
        if std::mem::take(&mut self.is_first) {
            self.pass_over(looked);
        }
        let coming = new.iter().map(|found| found.stamp.identity());
        let mut known: HashSet<Identity> = self.tails.keys().copied().chain(coming).collect();
        // Sources may have files in common.
        let mut paths = HashSet::new();
        let mut changed = Vec::new();
        for found in &looked.found {
            let identity = found.stamp.identity();
            if known.contains(&identity) || !paths.insert(&found.path) {
                continue;
            }
            match self.others.look(found, || found.is_packed()) {
                Next::Nothing => {}
                Next::Again(id) => changed.push(id),
                Next::Load => {
                    known.insert(identity);
                    new.push(found);
                }
            }
        }
        self.load(&new);
        if !changed.is_empty() {
            let detail = "changed since it was read, and was read again as it is now";
            self.ground.load.anew(changed, Reason::new(ReasonKind::Changed, detail));
        }
        for id in self.others.tidy(looked) {
            let detail = "is gone; its events stay, and its records cannot be shown any more";
            tail::remark(&self.ground, id, Reason::new(ReasonKind::Vanished, detail));
        }
    }

    /// What was not to be loaded stands in the ledger all the same.
    fn pass_over(&mut self, looked: &Looked) {
        let names = looked.found.iter().map(|found| &*found.item.path).collect();
        let known = self.ground.store.ledger().find_all(&names);
        for found in &looked.found {
            let is_followed = self.tails.contains_key(&found.stamp.identity());
            let is_known = is_followed || self.others.has(&found.path);
            if !is_known && known.contains_key(&*found.item.path) {
                self.others.leave(found);
            }
        }
    }

    /// Loads files, under names that no other objects have.
    pub(super) fn load(&mut self, new: &[&Found]) {
        if new.is_empty() {
            return;
        }
        let ledger = self.ground.store.ledger();
        let names = new.iter().map(|found| &*found.item.path).collect();
        let taken = ledger.find_all(&names);
        let mut items = Vec::new();
        for Found { source, item, .. } in new {
            let mut item = item.clone();
            if taken.contains_key(&*item.path) {
                let generation = self.generations.entry(item.path.clone()).or_insert(1);
                item.path = loop {
                    *generation += 1;
                    let name = format!("{}#{generation}", item.path);
                    if ledger.find(&name).is_none() {
                        break name.into();
                    }
                };
            }
            items.push((Arc::clone(source), item));
        }
        self.ground.load.pick(items);
    }
}
