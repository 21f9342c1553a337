//! Along a chain from its newest digest to its oldest: which digests are linked, and what time
//! they leave uncovered.

use super::proofs::{Digests, Entry};
use super::sites::Sites;
use crate::event::Timestamp;

/// One trail's digests for one account and Region.
pub(super) struct Chain {
    /// Numbers of the digests that are authentic and were come by, newest first.
    pub(super) linked: Vec<usize>,
    /// Digests that lie between two linked ones and that the chain passes by.
    pub(super) passed: Vec<usize>,
    /// Digests that name a predecessor which is not there.
    pub(super) orphans: Vec<usize>,
    /// Between the chain's digests, newest first.
    pub(super) seams: Vec<Seam>,
}

/// What is between two digests of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seam {
    pub(super) older: usize,
    pub(super) newer: usize,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    pub(super) kind: SeamKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SeamKind {
    /// One ends where the next starts.
    Close,
    Overlap,
    Hole,
    /// The newer one names no predecessor.
    Restart,
}

/// Walks one chain. `members` are the numbers of its digests, without backfill.
pub(super) fn walk(digests: &Digests<'_>, sites: &Sites<'_>, members: &[usize]) -> Chain {
    let mut order: Vec<usize> = members.to_vec();
    order.sort_by_key(|number| {
        let entry = &digests.entries[*number];
        (end(entry), std::cmp::Reverse(&*entry.spot.key), *number)
    });
    let mut walk = Walk {
        digests,
        chain: Chain { linked: vec![], passed: vec![], orphans: vec![], seams: vec![] },
    };
    // Positions in `order` below this one were not visited yet.
    let mut below = order.len();
    let mut next = None;
    while let Some(at) = next.take().or_else(|| below.checked_sub(1)) {
        let passed = order.get(at + 1..below).unwrap_or_default();
        walk.pass(passed);
        below = at;
        let number = order[at];
        if digests.entries[number].proof.is_none() {
            continue;
        }
        walk.link(number);
        let predecessors = digests.predecessors(number, sites);
        let has_previous = digests.entries[number].digest.is_ok_and(|d| d.previous.is_some());
        if predecessors.is_empty() && has_previous {
            walk.chain.orphans.push(number);
        }
        let authentic = |at: &usize| digests.entries[*at].proof.is_some();
        // One that is not older by its stamp is no predecessor, whatever is said.
        next = predecessors
            .into_iter()
            .filter(authentic)
            .find_map(|previous| order[..at].iter().rposition(|number| *number == previous));
    }
    walk.chain
}

/// When a digest's time ends.
pub(super) fn end(entry: &Entry<'_>) -> Timestamp {
    time(entry).map_or(entry.name.stamp, |(_, end)| end)
}

/// When a digest's time starts; where that is not known, when it ends.
pub(super) fn start(entry: &Entry<'_>) -> Timestamp {
    time(entry).map_or(entry.name.stamp, |(start, _)| start)
}

/// A digest's time, if it can be known. One that is not proven says what it likes: it is judged
/// where its name puts it, else it could take itself out of what is asked about.
pub(super) fn time(entry: &Entry<'_>) -> Option<(Timestamp, Timestamp)> {
    let digest = entry.digest.ok()?;
    let believed = entry.proof.is_some() || digest.end == entry.name.stamp;
    // Whatever is signed, no time ends before it starts.
    believed.then_some((digest.start.min(digest.end), digest.end))
}

struct Walk<'a, 'b> {
    digests: &'a Digests<'b>,
    chain: Chain,
}

impl Walk<'_, '_> {
    fn pass(&mut self, numbers: &[usize]) {
        let usable = |number: &&usize| self.digests.entries[**number].is_usable();
        self.chain.passed.extend(numbers.iter().filter(usable));
    }

    fn link(&mut self, older: usize) {
        if let Some(&newer) = self.chain.linked.last() {
            let (before, after) = (&self.digests.entries[older], &self.digests.entries[newer]);
            let (from, to) = (end(before), start(after));
            let restarts = after.digest.is_ok_and(|digest| digest.previous.is_none());
            let kind = match from.cmp(&to) {
                std::cmp::Ordering::Greater => SeamKind::Overlap,
                _ if restarts => SeamKind::Restart,
                std::cmp::Ordering::Equal => SeamKind::Close,
                std::cmp::Ordering::Less => SeamKind::Hole,
            };
            self.chain.seams.push(Seam { older, newer, from, to, kind });
        }
        self.chain.linked.push(older);
    }
}
