//! How the chains of one case hang together: what two of them begin with is one and the same,
//! and from where they part each goes its own way, as a branch.

use super::{Entry, NoteId, NoteKey, Seq, Strand, What};
use crate::event::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The branch that is this workspace's own chain, with all that others share with it.
pub(super) const OWN: usize = 0;

#[derive(Debug, Clone, PartialEq)]
struct Branch {
    /// The branch it left and the last entry it shares with that one; nothing for our own.
    fork: Option<(usize, Seq)>,
    /// The entry of this branch that makes the note of a number.
    notes: BTreeMap<NoteId, Seq>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Family {
    branches: Vec<Branch>,
    /// Where the entries are that entries of kind `chain_add` name by their hash.
    heads: HashMap<String, (usize, Seq)>,
}

/// An entry, and where it stands among those of all chains.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) entry: Arc<Entry>,
    pub(super) branch: usize,
    /// Its time, or that of an entry before it in its chain if that is later: no clock puts an
    /// entry before what it was built upon.
    pub(super) when: Timestamp,
}

impl Default for Family {
    fn default() -> Self {
        let own = Branch { fork: None, notes: BTreeMap::new() };
        Self { branches: vec![own], heads: HashMap::new() }
    }
}

impl Family {
    /// The chains, ours first, and each entry of theirs once: by time, then number, then hash, so
    /// that neither the order of the chains nor who looks matters.
    pub(super) fn of(strands: &[&Strand]) -> (Self, Vec<Placed>) {
        let mut family = Self::default();
        let mut known: HashMap<&str, (usize, Timestamp)> = HashMap::new();
        let mut all: Vec<(Placed, &str)> = Vec::new();
        let named: HashSet<&str> = strands.iter().copied().flat_map(named).collect();
        for (branch, strand) in strands.iter().enumerate() {
            let (mut fork, mut when, mut shared) = ((OWN, 0), Timestamp(i64::MIN), true);
            for (entry, hash) in strand.entries.iter().zip(&strand.hashes) {
                let here = known.get(hash.as_str()).filter(|_| shared);
                if let Some((owner, then)) = here {
                    (fork, when) = ((*owner, entry.seq), *then);
                    continue;
                }
                shared = false;
                when = when.max(entry.at);
                known.insert(hash, (branch, when));
                if named.contains(hash.as_str()) {
                    family.heads.insert(hash.clone(), (branch, entry.seq));
                }
                all.push((Placed { entry: Arc::clone(entry), branch, when }, hash));
            }
            if branch != OWN {
                family.branches.push(Branch { fork: Some(fork), notes: BTreeMap::new() });
            }
        }
        all.sort_by_key(|(placed, hash)| (placed.when, placed.entry.seq, *hash));
        (family, all.into_iter().map(|(placed, _)| placed).collect())
    }

    /// Forgets which notes were made, to begin from the first entry again.
    pub(super) fn begin(&mut self) {
        for branch in &mut self.branches {
            branch.notes.clear();
        }
    }

    /// How many chains there are.
    pub(super) fn len(&self) -> usize {
        self.branches.len()
    }

    /// The branch that holds the entry of this number in the chain that `branch` ends.
    pub(super) fn owner(&self, mut branch: usize, seq: Seq) -> usize {
        while let Some((parent, last)) = self.branches[branch].fork
            && seq <= last
        {
            branch = parent;
        }
        branch
    }

    /// Whether the entry of this number on the branch `holder` is in the chain that `branch` ends.
    pub(super) fn has(&self, branch: usize, holder: usize, seq: Seq) -> bool {
        self.owner(branch, seq) == holder
    }

    /// The number of the last entry that two chains share.
    pub(super) fn parting(&self, one: usize, other: usize) -> Seq {
        let others: HashMap<usize, Seq> = self.way(other).into_iter().collect();
        let shared = |(branch, last): (usize, Seq)| others.get(&branch).map(|end| last.min(*end));
        self.way(one).into_iter().filter_map(shared).max().unwrap_or(0)
    }

    /// The branches of a chain, with the last entry of each that is in it.
    fn way(&self, branch: usize) -> Vec<(usize, Seq)> {
        let mut way = vec![(branch, Seq::MAX)];
        let mut at = branch;
        while let Some((parent, last)) = self.branches[at].fork {
            let end = way.last().map_or(last, |(_, end)| last.min(*end));
            way.push((parent, end));
            at = parent;
        }
        way
    }

    /// Which note an entry of this branch means; an entry that makes one is remembered. One that
    /// makes a note of a number that its chain has already (notes that waited for a full disk were
    /// once given one number) makes a note of a new number, so that both are there.
    pub(super) fn note(&mut self, branch: usize, entry: &Entry) -> NoteKey {
        let (note, makes) = match &entry.what {
            What::NoteAdd { note, .. } => (*note, true),
            What::NoteEdit { note, .. } | What::NoteRemove { note } => (*note, false),
            _ => return (branch, 0),
        };
        let known = self.maker(&self.way(branch), note);
        if !makes {
            return (known.unwrap_or(branch), note);
        }
        let note = if known.is_some() { self.next_note(branch) } else { note };
        self.branches[branch].notes.insert(note, entry.seq);
        (branch, note)
    }

    /// The branch, of those of a chain, that has the note of this number.
    fn maker(&self, way: &[(usize, Seq)], note: NoteId) -> Option<usize> {
        let made = |(at, last): &&(usize, Seq)| {
            self.branches[*at].notes.get(&note).is_some_and(|seq| seq <= last)
        };
        way.iter().find(made).map(|(at, _)| *at)
    }

    /// A number that no note of the chain that `branch` ends has: the one after the highest, as
    /// long as there is one.
    pub(super) fn next_note(&self, branch: usize) -> NoteId {
        let way = self.way(branch);
        let highest = |(at, last): &(usize, Seq)| {
            let notes = self.branches[*at].notes.iter().rev();
            notes.filter(|(_, seq)| *seq <= last).map(|(note, _)| *note).next()
        };
        let highest = way.iter().filter_map(highest).max().unwrap_or(0);
        let free = || (1..NoteId::MAX).find(|note| self.maker(&way, *note).is_none());
        highest.checked_add(1).or_else(free).unwrap_or(NoteId::MAX)
    }

    /// Whether both chains had this note before they parted.
    pub(super) fn share_note(&self, one: usize, other: usize, note: NoteId) -> bool {
        let parting = self.parting(one, other);
        let made = |(at, last): (usize, Seq)| {
            self.branches[at].notes.get(&note).is_some_and(|seq| *seq <= last.min(parting))
        };
        self.way(one).into_iter().any(made)
    }

    /// Whether whoever wrote an entry after the one that names `head` knew the entry `seq` of the
    /// chain that `branch` ends.
    pub(super) fn knew(&self, head: &str, branch: usize, seq: Seq) -> bool {
        let head = self.heads.get(head);
        head.is_some_and(|(holder, last)| *last >= seq && self.has(branch, *holder, *last))
    }
}

/// The hashes that a chain names.
fn named(strand: &Strand) -> impl Iterator<Item = &str> {
    strand.entries.iter().filter_map(|entry| match &entry.what {
        What::ChainAdd { head, .. } => Some(head.as_str()),
        _ => None,
    })
}
