//! What a source says of an object besides its bytes.

use super::{Shared, Work};
use crate::event::{Reason, ReasonKind, State};

/// What became of an object, as its source means it: where it was asked what there is, nothing is
/// an answer, and was read like any other.
pub(super) fn meant(work: &Work, (state, reason): (State, Reason)) -> (State, Reason) {
    match work.source.elsewhere().and_then(|far| far.silence(&work.item)) {
        Some(silence) if reason.kind == ReasonKind::Empty => {
            (State::Read, Reason::new(ReasonKind::Empty, silence))
        }
        _ => (state, reason),
    }
}

impl Shared {
    /// Enters into the ledger what keeps the object from being deleted where it came from.
    pub(super) fn tell_lock(&self, work: &Work) {
        if let Some(said) = work.source.elsewhere().and_then(|far| far.lock(&work.item)) {
            self.store.ledger().lock(work.id, said);
        }
    }
}
