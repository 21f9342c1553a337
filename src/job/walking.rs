//! Reading objects again that lie in the same outermost object, all in one pass over it: what can
//! be read only from its front is not begun anew for each of its members.

use super::Evidence;
use crate::event::{Cancel, ObjectId, Reason, ReasonKind, RecordsError, State};
use crate::source::{Access, Leaves, Outcome, Visit, reread};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Is handed the objects of a walk, one after the other. Objects are numbered as they were asked
/// for.
pub(super) trait Walk {
    fn begin(&mut self, number: usize);

    /// The next inflated bytes of the object that began last. `Break` means that the rest of it is
    /// not wanted, which is no error.
    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()>;

    /// The object was read as far as it was wanted, or why not.
    fn end(&mut self, number: usize, read: Result<(), RecordsError>);
}

impl Evidence {
    /// Reads objects that have their outermost object in common, each from its first inflated
    /// byte for as long as it is wanted, in the order in which they lie there.
    ///
    /// `walk` is told the end of each object that was met. What comes back is why the others were
    /// not.
    pub(super) fn walk(&self, ids: &[ObjectId], cancel: &Cancel, walk: &mut dyn Walk) -> Reason {
        let unknown = || Reason::new(ReasonKind::Vanished, "was not read in this session");
        let ways: Option<Vec<_>> = ids.iter().map(|&id| self.find(id)).collect();
        let Some(ways) = ways else { return unknown() };
        let Some(first) = ways.first() else { return unknown() };
        let mut numbers = BTreeMap::new();
        for (number, way) in ways.iter().enumerate() {
            // Of members whose labels are the same, the one that lies first is the one that is met.
            numbers.entry(way.member.as_deref().unwrap_or_default()).or_insert(number);
        }
        let leaves = match first.member {
            None => Leaves::Outermost,
            Some(_) => Leaves::Members(numbers.keys().copied().collect()),
        };
        let input = match first.again.open() {
            Ok(input) => input,
            Err(reason) => return reason,
        };
        let mut path = Path { evidence: self, ids, numbers, at: 0, walk };
        let outcome = reread(input, &leaves, self.limits(), cancel, &mut path);
        let missing = || Reason::new(ReasonKind::Vanished, "is no longer in the archive");
        outcome.map_or_else(missing, |(_, reason)| reason)
    }
}

/// The way through an outermost object.
struct Path<'a> {
    evidence: &'a Evidence,
    ids: &'a [ObjectId],
    /// The objects still to come by their labels; the outermost object's is empty.
    numbers: BTreeMap<&'a str, usize>,
    /// The object that began last.
    at: usize,
    walk: &'a mut dyn Walk,
}

impl Path<'_> {
    fn end(&mut self, outcome: Outcome) {
        let read = match outcome {
            // An object that broke off while loading does so again, after its records.
            None => Ok(()),
            Some((_, reason)) if self.is_as_before(&reason) => Ok(()),
            Some((_, reason)) => Err(self.evidence.error(self.ids[self.at], &reason)),
        };
        self.walk.end(self.at, read);
    }

    fn is_as_before(&self, reason: &Reason) -> bool {
        let before = || self.evidence.fault(self.ids[self.at]);
        reason.kind == ReasonKind::Truncated
            || reason.kind == ReasonKind::Corrupt && before() == Some(ReasonKind::Corrupt)
    }
}

impl Visit for Path<'_> {
    fn archive(&mut self, _: Option<&str>, _: Access) {}

    fn begin(&mut self, member: Option<&str>) -> ControlFlow<()> {
        let Some(number) = self.numbers.remove(member.unwrap_or_default()) else {
            return ControlFlow::Break(());
        };
        self.at = number;
        self.walk.begin(number);
        ControlFlow::Continue(())
    }

    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.walk.data(bytes)
    }

    fn end(&mut self, _: u64, outcome: Outcome) {
        self.end(outcome);
    }

    fn left(&mut self, member: &str, state: State, reason: Reason) {
        if let Some(number) = self.numbers.remove(member) {
            self.at = number;
            self.end(Some((state, reason)));
        }
    }
}
