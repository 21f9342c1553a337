//! The state of a case: a pure fold over the entries of its chains, with undo and redo.
//!
//! An undone entry counts as if it had never been made, and every other entry keeps its place:
//! that also gives a meaning to undoing an old entry that later ones build upon.
//!
//! Several chains are folded as one, in the order of time. What an entry refers to by a number is
//! in its own chain.

use super::conflict::{self, Conflict, Version};
use super::family::{Family, OWN, Placed};
use super::{Custody, Entry, Hold, NoteId, NoteKey, Seq, Strand, What, Work};
use crate::event::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaseState {
    entries: Vec<Arc<Entry>>,
    /// Where each of `entries` stands.
    places: Vec<Place>,
    family: Family,
    /// Positions in `entries` that have no effect now.
    undone: BTreeSet<usize>,
    /// Positions that may be done again, the next one last, with the branch that undid them.
    redo: Vec<(usize, usize)>,
    work: Work,
    conflicts: Vec<Conflict>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    branch: usize,
    when: Timestamp,
    /// The note that the entry speaks of, if it does.
    note: NoteKey,
}

impl CaseState {
    /// The state after these entries of one chain; the same as applying one after the other, in
    /// one pass.
    pub fn fold(entries: impl IntoIterator<Item = Arc<Entry>>) -> Self {
        let mut state = Self::default();
        for entry in entries {
            let when = state.when(&entry);
            state.take(Placed { entry, branch: OWN, when });
        }
        state.work_again();
        state
    }

    /// The state after the entries of all these chains, of which the first is the workspace's
    /// own. The order of the others does not matter, but for what they are numbered.
    pub fn of<'a>(strands: impl IntoIterator<Item = &'a Strand>) -> Self {
        let strands: Vec<&Strand> = strands.into_iter().collect();
        let (family, all) = Family::of(&strands);
        Self::folded(family, all)
    }

    fn folded(mut family: Family, all: Vec<Placed>) -> Self {
        family.begin();
        let mut state = Self { family, ..Self::default() };
        for placed in all {
            state.take(placed);
        }
        state.work_again();
        state
    }

    /// Takes in the next entry of the workspace's own chain. Undo and redo cost a pass over all
    /// entries, the rest nothing, unless there are other chains.
    pub fn apply(&mut self, entry: Arc<Entry>) {
        let when = self.when(&entry);
        if self.places.last().is_some_and(|last| last.when > when) {
            // Somebody's clock is ahead of ours.
            return self.insert(Placed { entry, branch: OWN, when });
        }
        let again = matches!(entry.what, What::Undo { .. } | What::Redo { .. });
        let note = self.take(Placed { entry: Arc::clone(&entry), branch: OWN, when });
        if again {
            self.work_again();
        } else {
            self.work.apply(&entry, note);
            self.conflicts = conflict::find(self);
        }
    }

    fn insert(&mut self, placed: Placed) {
        let mut all: Vec<Placed> = self
            .entries
            .iter()
            .zip(&self.places)
            .map(|(entry, place)| Placed {
                entry: Arc::clone(entry),
                branch: place.branch,
                when: place.when,
            })
            .collect();
        let at = all.partition_point(|other| other.when <= placed.when);
        all.insert(at, placed);
        *self = Self::folded(std::mem::take(&mut self.family), all);
    }

    /// When the next entry of our own chain counts as made.
    fn when(&self, entry: &Entry) -> Timestamp {
        let last = self.places.iter().rev().find(|place| place.branch == OWN);
        last.map_or(entry.at, |last| last.when.max(entry.at))
    }

    /// What the analyst's work comes to.
    pub fn work(&self) -> &Work {
        &self.work
    }

    /// The journal, oldest first.
    pub fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    /// How many chains there are, this workspace's own among them.
    pub fn chains(&self) -> usize {
        self.family.len()
    }

    /// The chain of the entry at this position of [`CaseState::entries`]; 0 is our own.
    pub fn chain_of(&self, position: usize) -> usize {
        self.places.get(position).map_or(OWN, |place| place.branch)
    }

    /// What chains say that cannot both be meant.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// What chains say of an alarm, if they contradict each other.
    pub fn disputed(&self, fingerprint: &str) -> &[Version] {
        let about = |conflict: &&Conflict| conflict.alarm.as_deref() == Some(fingerprint);
        self.conflicts.iter().find(about).map_or(&[], |conflict| &conflict.versions)
    }

    /// The legal hold, if there is one. While chains disagree whether, there is: the newest that
    /// one of them has not ended.
    pub fn hold(&self) -> Option<Hold> {
        let disputed = || self.conflicts.iter().any(|conflict| conflict.is_about_hold);
        let in_force = |branch| {
            self.chain(branch).fold(None, |hold, entry| match entry.what {
                What::Release { .. } => None,
                _ => Hold::of(entry).or(hold),
            })
        };
        let newest = || (0..self.chains()).filter_map(in_force).max_by_key(|hold: &Hold| hold.at);
        self.work.hold().cloned().or_else(|| if disputed() { newest() } else { None })
    }

    /// The entries of the chain that this branch ends, in their order.
    pub(super) fn chain(&self, branch: usize) -> impl Iterator<Item = &Arc<Entry>> + Clone {
        let all = self.entries.iter().zip(&self.places);
        all.filter(move |(entry, place)| self.family.has(branch, place.branch, entry.seq))
            .map(|(entry, _)| entry)
    }

    /// What this workspace's own chain says of what its evidence was.
    pub fn custody(&self) -> Custody<'_> {
        Custody::of(self.chain(OWN))
    }

    pub(super) fn family(&self) -> &Family {
        &self.family
    }

    /// Whether the entry at this position of [`CaseState::entries`] was undone.
    pub fn is_undone(&self, position: usize) -> bool {
        self.undone.contains(&position)
    }

    /// The step that this person's undo key takes back: their latest that is not undone. Write
    /// `What::Undo { of: its seq }`.
    pub fn next_undo(&self, who: &str) -> Option<&Arc<Entry>> {
        let own = |(position, entry): &(usize, &Arc<Entry>)| {
            entry.what.is_step()
                && entry.who == who
                && self.places[*position].branch == OWN
                && !self.undone.contains(position)
        };
        self.entries.iter().enumerate().rev().find(own).map(|(_, entry)| entry)
    }

    /// The step that this person's redo key does again. Write `What::Redo { of: its seq }`.
    pub fn next_redo(&self, who: &str) -> Option<&Arc<Entry>> {
        let own = self.redo.iter().rev().filter(|(branch, _)| *branch == OWN);
        own.map(|(_, at)| &self.entries[*at]).find(|entry| entry.who == who)
    }

    /// A number for a new note, never used before, not even by a note that was undone.
    pub fn next_note(&self) -> NoteId {
        self.family.next_note(OWN)
    }

    /// How many entries there are of each kind, undone or not.
    pub fn kinds(&self) -> BTreeMap<&str, usize> {
        let mut kinds = BTreeMap::new();
        for entry in &self.entries {
            *kinds.entry(entry.what.kind()).or_default() += 1;
        }
        kinds
    }

    /// The start of the last session, if that session did not end in order: it was killed, or
    /// it is running.
    pub fn open_session(&self) -> Option<&Arc<Entry>> {
        let bounds = |entry: &&Arc<Entry>| {
            matches!(entry.what, What::SessionStart { .. } | What::SessionEnd)
        };
        let last = self.chain(OWN).filter(bounds).last()?;
        matches!(last.what, What::SessionStart { .. }).then_some(last)
    }

    fn take(&mut self, placed: Placed) -> NoteKey {
        let Placed { entry, branch, when } = placed;
        match entry.what {
            What::Undo { of } => {
                if let Some(at) = self.position(branch, of)
                    && self.undone.insert(at)
                {
                    self.redo.push((branch, at));
                }
            }
            What::Redo { of } => {
                if let Some(at) = self.position(branch, of)
                    && self.undone.remove(&at)
                {
                    self.redo.retain(|(_, other)| *other != at);
                }
            }
            _ if entry.what.is_step() => {
                let entries = &self.entries;
                self.redo.retain(|(by, at)| *by != branch || entries[*at].who != entry.who);
            }
            _ => {}
        }
        let note = self.family.note(branch, &entry);
        self.entries.push(entry);
        self.places.push(Place { branch, when, note });
        note
    }

    /// Where the entry of this number of a chain is. An undo is taken back by a redo, so both
    /// have no position here.
    fn position(&self, branch: usize, seq: Seq) -> Option<usize> {
        let owner = self.family.owner(branch, seq);
        let same =
            |(entry, place): (&Arc<Entry>, &Place)| entry.seq == seq && place.branch == owner;
        let at = self.entries.iter().zip(&self.places).rposition(same)?;
        let what = &self.entries[at].what;
        (!matches!(what, What::Undo { .. } | What::Redo { .. })).then_some(at)
    }

    fn work_again(&mut self) {
        self.work = Work::default();
        for (position, (entry, place)) in self.entries.iter().zip(&self.places).enumerate() {
            if !self.undone.contains(&position) {
                self.work.apply(entry, place.note);
            }
        }
        self.conflicts = conflict::find(self);
    }
}

#[cfg(test)]
mod chains;
#[cfg(test)]
mod tests;
