//! Files that are not followed line by line: what is packed, copies of others, what could not be
//! read; and files on their way into the store. What changed is read again as a whole.

use super::looked::{Found, Looked, Place};
use crate::event::ObjectId;
use crate::source::{Item, Stamp};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Looks that have to find a file as it is before it is read again. It is twice as many each
/// time, so that what is written all the time is not read all the time; and what never rests is
/// read after as many.
const FIRST_PATIENCE: u32 = 1;
const MOST_PATIENCE: u32 = 256;

#[derive(Default)]
pub(super) struct Others(HashMap<PathBuf, Other>);

struct Other {
    stage: Stage,
    /// As it was at the last look.
    seen: Stamp,
    /// Looks since it changed first, and those since it changed last.
    waited: u32,
    still: u32,
    patience: u32,
}

enum Stage {
    /// It is packed, and may still be written.
    Arriving,
    /// It was given to those who read.
    Loading,
    /// It is not wanted.
    Left,
    Read(Box<Read>),
}

/// What is known of a file that was read.
pub(super) struct Read {
    pub(super) id: ObjectId,
    pub(super) source: String,
    pub(super) item: Arc<Item>,
    pub(super) place: Place,
    /// As it was then.
    pub(super) stamp: Stamp,
    /// It is no container as far as is known, and may be followed once it is read again: that it
    /// rests is not waited for.
    pub(super) is_plain: bool,
}

/// What is to be done with a file.
pub(super) enum Next {
    Nothing,
    Load,
    Again(ObjectId),
}

impl Others {
    /// A file is there that nobody follows.
    pub(super) fn look(&mut self, found: &Found, is_packed: impl FnOnce() -> bool) -> Next {
        let stamp = found.stamp;
        let Some(other) = self.0.get_mut(&found.path) else {
            let is_packed = is_packed();
            self.enter(found, if is_packed { Stage::Arriving } else { Stage::Loading });
            return if is_packed { Next::Nothing } else { Next::Load };
        };
        let rests = std::mem::replace(&mut other.seen, stamp) == stamp;
        let (next, is_plain) = match &other.stage {
            Stage::Arriving => (Next::Load, false),
            Stage::Read(read) if read.stamp != stamp => (Next::Again(read.id), read.is_plain),
            Stage::Loading | Stage::Left | Stage::Read(_) => return Next::Nothing,
        };
        other.waited += 1;
        other.still = if rests || is_plain { other.still + 1 } else { 0 };
        if other.still < other.patience && other.waited < MOST_PATIENCE {
            return Next::Nothing;
        }
        if let Next::Again(_) = next {
            other.patience = (other.patience * 2).min(MOST_PATIENCE);
        }
        (other.stage, other.waited, other.still) = (Stage::Loading, 0, 0);
        next
    }

    /// It will be an object of its own.
    pub(super) fn loads(&mut self, found: &Found) {
        self.enter(found, Stage::Loading);
    }

    /// It is among the evidence, and was left out by the analyst.
    pub(super) fn leave(&mut self, found: &Found) {
        self.enter(found, Stage::Left);
    }

    pub(super) fn has(&self, path: &Path) -> bool {
        self.0.contains_key(path)
    }

    /// Whether it was given to those who read.
    pub(super) fn is_loading(&self, path: &Path) -> bool {
        self.0.get(path).is_some_and(|other| matches!(other.stage, Stage::Loading))
    }

    pub(super) fn read(&mut self, read: Read) {
        let seen = read.stamp;
        let patience = self.0.get(&read.place.path).map_or(FIRST_PATIENCE, |other| other.patience);
        let path = read.place.path.clone();
        self.0.insert(
            path,
            Other { stage: Stage::Read(Box::new(read)), seen, waited: 0, still: 0, patience },
        );
    }

    /// It is followed.
    pub(super) fn follow(&mut self, path: &Path) {
        self.0.remove(path);
    }

    /// Forgets those that are gone; the objects that they were.
    pub(super) fn tidy(&mut self, looked: &Looked) -> Vec<ObjectId> {
        let there = looked.paths();
        let mut gone = Vec::new();
        self.0.retain(|path, other| {
            if there.contains(path.as_path()) {
                return true;
            }
            let Stage::Read(read) = &other.stage else { return false };
            let identity = read.stamp.identity();
            let is_gone = looked.is_gone(&read.source, &read.item, identity, &read.place);
            gone.extend(is_gone.then_some(read.id));
            !is_gone
        });
        gone
    }

    fn enter(&mut self, found: &Found, stage: Stage) {
        let (seen, waited, still, patience) = (found.stamp, 0, 0, FIRST_PATIENCE);
        self.0.insert(found.path.clone(), Other { stage, seen, waited, still, patience });
    }
}
