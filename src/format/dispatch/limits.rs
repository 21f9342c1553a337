//! What is told where unfolding ends before there is nothing left to unfold.

use super::Whole;
use crate::event::{Inner, Reason, ReasonKind};
use crate::format::Probe;
use crate::format::envelope::{ENVELOPES, Unsound, unsound};

/// A record is in more envelopes than are taken off.
pub(super) fn envelopes(whole: Whole<'_>) -> Reason {
    let detail =
        format!("in more than {ENVELOPES} envelopes; what is in the innermost is not read");
    Reason::new(ReasonKind::Nested, detail).at(whole.frame.offset)
}

/// A record is an envelope whose payload does not come out.
pub(super) fn packed(probe: &Probe<'_>, whole: Whole<'_>) -> Option<Reason> {
    let (kind, what) = match unsound(probe)? {
        Unsound::Long => (ReasonKind::Size, "longer than 8 MiB"),
        Unsound::Damaged => (ReasonKind::Corrupt, "damaged"),
    };
    let detail = format!("its packed payload is {what} and is not read");
    Some(Reason::new(kind, detail).at(whole.frame.offset))
}

/// Some of so many records of an envelope of many cannot be told apart.
pub(super) fn apart(records: u64, whole: Whole<'_>) -> Option<Reason> {
    let detail = if whole.frame.inner.has_room() {
        (records > Inner::LAST).then(|| {
            format!("records behind the first {} of an envelope of many are asked by path and text, and shown, with all in it", Inner::LAST)
        })
    } else {
        Some(format!(
            "records in more than {0} envelopes of many are asked by path and text, and shown, with all in the one at depth {0}",
            Inner::DEEPEST
        ))
    };
    Some(Reason::new(ReasonKind::Nested, detail?).at(whole.frame.offset))
}
