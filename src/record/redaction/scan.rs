//! Counting what should not go around, without saying what it is.

use super::find::{Found, Wanted, find};
use super::kinds::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// Counts by kind; never what was found.
pub type Counts = BTreeMap<Kind, u64>;

/// What of personal data and of secrets stands in the bytes, however it is escaped: names only
/// where AWS writes who did something.
pub fn scan(bytes: &[u8]) -> Counts {
    let none = BTreeSet::new();
    let mut counts = Counts::new();
    for found in apart(find(bytes, Wanted { kinds: &|_| true, accounts: &none })) {
        *counts.entry(found.kind).or_default() += 1;
    }
    counts
}

/// Those that do not overlap: the first, and of those that begin together the longest.
pub(super) fn apart(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|it| (it.range.start, usize::MAX - it.range.end, it.kind));
    let mut end = 0;
    found.retain(|it| {
        let is_apart = it.range.start >= end && !it.range.is_empty();
        if is_apart {
            end = it.range.end;
        }
        is_apart
    });
    found
}
