//! Counting what should not go around, without saying what it is.

use super::find::{Found, Wanted, find};
use super::kinds::Kind;
use super::members::members;
use super::personal;
use std::collections::{BTreeMap, BTreeSet};

/// Counts by kind; never what was found.
pub type Counts = BTreeMap<Kind, u64>;

/// What of personal data and of secrets stands in the bytes, however it is escaped: names only
/// where AWS writes who did something.
pub fn scan(bytes: &[u8]) -> Counts {
    counted(found(bytes))
}

/// The same of a record in this format: in those of applications also what stands in the usual
/// members for people.
pub fn scan_record(bytes: &[u8], format: &str) -> Counts {
    let mut found = found(bytes);
    if personal::is_application(format) {
        found.extend(personal::found(&members(bytes)));
    }
    counted(found)
}

fn found(bytes: &[u8]) -> Vec<Found> {
    find(bytes, Wanted { kinds: &|_| true, accounts: &BTreeSet::new() })
}

fn counted(found: Vec<Found>) -> Counts {
    let mut counts = Counts::new();
    for found in apart(found) {
        *counts.entry(found.kind).or_default() += 1;
    }
    counts
}

/// Those that do not overlap: the first, and of those that begin together the longest. What
/// overlaps a secret gives way to it, but for a name that has all of it in it.
pub(super) fn apart(found: Vec<Found>) -> Vec<Found> {
    let (mut secrets, mut all): (Vec<Found>, Vec<Found>) =
        found.into_iter().partition(|it| it.kind.is_secret());
    // Of those that begin together the first was read as it is written, and the others less so.
    secrets.sort_by_key(|it| it.range.start);
    separate(&mut secrets);
    all.retain(|it| {
        let next = secrets.partition_point(|secret| secret.range.end <= it.range.start);
        let mut overlapped =
            secrets[next..].iter().take_while(|secret| secret.range.start < it.range.end);
        overlapped.all(|secret| {
            let is_in = secret.range.start >= it.range.start && secret.range.end <= it.range.end;
            it.kind == Kind::Name && is_in
        })
    });
    all.append(&mut secrets);
    all.sort_by_key(|it| (it.range.start, usize::MAX - it.range.end, it.kind));
    separate(&mut all);
    all
}

/// Takes out what begins within one before it.
fn separate(found: &mut Vec<Found>) {
    let mut end = 0;
    found.retain(|it| {
        let is_apart = it.range.start >= end && !it.range.is_empty();
        if is_apart {
            end = it.range.end;
        }
        is_apart
    });
}
