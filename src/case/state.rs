//! The state of a case: a pure fold over its entries, with undo and redo.
//!
//! An undone entry counts as if it had never been made, and every other entry keeps its place:
//! that also gives a meaning to undoing an old entry that later ones build upon.

use super::{Entry, NoteId, Seq, What, Work};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaseState {
    entries: Vec<Arc<Entry>>,
    /// Positions in `entries` that have no effect now.
    undone: BTreeSet<usize>,
    /// Positions that may be done again, the next one last.
    redo: Vec<usize>,
    work: Work,
}

impl CaseState {
    /// The state after these entries; the same as applying one after the other, in one pass.
    pub fn fold(entries: impl IntoIterator<Item = Arc<Entry>>) -> Self {
        let mut state = Self::default();
        for entry in entries {
            state.take(entry);
        }
        state.work_again();
        state
    }

    /// Takes in the next entry. Undo and redo cost a pass over all entries, the rest nothing.
    pub fn apply(&mut self, entry: Arc<Entry>) {
        let again = matches!(entry.what, What::Undo { .. } | What::Redo { .. });
        if !again {
            self.work.apply(&entry);
        }
        self.take(entry);
        if again {
            self.work_again();
        }
    }

    /// What the analyst's work comes to.
    pub fn work(&self) -> &Work {
        &self.work
    }

    /// The journal, oldest first.
    pub fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    /// Whether the entry at this position of [`CaseState::entries`] was undone.
    pub fn is_undone(&self, position: usize) -> bool {
        self.undone.contains(&position)
    }

    /// The step that this person's undo key takes back: their latest that is not undone. Write
    /// `What::Undo { of: its seq }`.
    pub fn next_undo(&self, who: &str) -> Option<&Arc<Entry>> {
        let own = |(position, entry): &(usize, &Arc<Entry>)| {
            entry.what.is_step() && entry.who == who && !self.undone.contains(position)
        };
        self.entries.iter().enumerate().rev().find(own).map(|(_, entry)| entry)
    }

    /// The step that this person's redo key does again. Write `What::Redo { of: its seq }`.
    pub fn next_redo(&self, who: &str) -> Option<&Arc<Entry>> {
        self.redo.iter().rev().map(|at| &self.entries[*at]).find(|entry| entry.who == who)
    }

    /// A number for a new note, never used before, not even by a note that was undone.
    pub fn next_note(&self) -> NoteId {
        let numbers = self.entries.iter().filter_map(|entry| match &entry.what {
            What::NoteAdd { note, .. } => Some(*note),
            _ => None,
        });
        numbers.max().unwrap_or(0).saturating_add(1)
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
        let last = self.entries.iter().rev().find(bounds)?;
        matches!(last.what, What::SessionStart { .. }).then_some(last)
    }

    fn take(&mut self, entry: Arc<Entry>) {
        match entry.what {
            What::Undo { of } => {
                if let Some(at) = self.position(of)
                    && self.undone.insert(at)
                {
                    self.redo.push(at);
                }
            }
            What::Redo { of } => {
                if let Some(at) = self.position(of)
                    && self.undone.remove(&at)
                {
                    self.redo.retain(|other| *other != at);
                }
            }
            _ if entry.what.is_step() => {
                let entries = &self.entries;
                self.redo.retain(|at| entries[*at].who != entry.who);
            }
            _ => {}
        }
        self.entries.push(entry);
    }

    /// Where the entry of this number is. An undo is taken back by a redo, so both have no
    /// position here.
    fn position(&self, seq: Seq) -> Option<usize> {
        let at = self.entries.iter().rposition(|entry| entry.seq == seq)?;
        let what = &self.entries[at].what;
        (!matches!(what, What::Undo { .. } | What::Redo { .. })).then_some(at)
    }

    fn work_again(&mut self) {
        self.work = Work::default();
        for (position, entry) in self.entries.iter().enumerate() {
            if !self.undone.contains(&position) {
                self.work.apply(entry);
            }
        }
    }
}

#[cfg(test)]
mod tests;
