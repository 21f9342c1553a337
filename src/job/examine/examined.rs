//! What was read of the evidence, and what its files were then.

use crate::event::{Reason, Timestamp};
use crate::source::{Item, Stamp};
use crate::verify::{Object, Objects, Seen};
use std::sync::Arc;

/// What was read.
#[derive(Debug, Default)]
pub struct Examined {
    pub objects: Objects,
    /// By their paths.
    pub(super) wholes: Vec<Whole>,
    /// What could not be read, by path, with the reason.
    pub unread: Vec<(String, Reason)>,
    pub taken: Taken,
    pub cancelled: bool,
}

/// An outermost object that was read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) path: Arc<str>,
    /// What its file was when it was listed.
    pub(super) stamp: Stamp,
    /// As acquired; nothing where its end was of no concern.
    pub(super) sha256: Option<[u8; 32]>,
    /// When reading it began.
    pub(super) at: Timestamp,
}

/// What was not read again, since its files are what they were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Log files.
    pub logs: u64,
    /// When the first of them was read.
    pub since: Option<Timestamp>,
}

impl Examined {
    /// The object, if its file is what it was when it was read.
    pub(super) fn still(&self, item: &Item) -> Option<&Whole> {
        let stamp = item.locator.stamp()?;
        self.whole(&item.path).filter(|whole| whole.stamp == *stamp)
    }

    pub(super) fn whole(&self, path: &str) -> Option<&Whole> {
        let at = self.wholes.binary_search_by(|whole| (*whole.path).cmp(path));
        at.ok().and_then(|at| self.wholes.get(at))
    }
}

/// What is found as it is read.
#[derive(Default)]
pub(super) struct Found {
    pub(super) objects: Vec<Object>,
    pub(super) wholes: Vec<Whole>,
    pub(super) unread: Vec<(String, Reason)>,
    taken: Taken,
}

impl Found {
    /// An object is still what it was `before`; the names of what is in it begin there.
    pub(super) fn take_over(&mut self, before: &Examined, whole: &Whole, key_at: u32) {
        let old = self.objects.len();
        let objects = before.objects.within(&whole.path);
        self.objects.extend(objects.map(|object| Object { key_at, ..object.clone() }));
        let logs = self.objects[old..].iter().filter(|one| matches!(one.seen, Seen::Log { .. }));
        let logs = logs.count() as u64;
        if logs > 0 {
            self.taken.logs += logs;
            let since = self.taken.since.map_or(whole.at, |since| since.min(whole.at));
            self.taken.since = Some(since);
        }
        self.wholes.push(whole.clone());
    }

    pub(super) fn examined(mut self, cancelled: bool) -> Examined {
        self.wholes.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        self.unread.sort_by(|one, other| one.0.cmp(&other.0));
        let Self { objects, wholes, unread, taken } = self;
        Examined { objects: Objects::new(objects), wholes, unread, taken, cancelled }
    }
}
