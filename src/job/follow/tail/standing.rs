//! Whether a file that did not get longer is still what was read of it.

use super::{Grown, Tail, io, rewritten};
use crate::event::Reason;
use crate::job::follow::looked::Found;
use crate::job::follow::{Ground, open};
use crate::source::{Item, Stamp};
use sha2::Digest;
use std::fs::File;
use std::sync::Arc;

/// What is held open and has other times is compared as a whole up to this size, and by its end
/// beyond.
const WHOLE: u64 = 64 << 20;

impl Tail {
    /// It is as long as it was; if its times are others, it may have been written anew.
    pub(super) fn stays(&mut self, ground: &Ground, now: &Found) -> Grown {
        if now.stamp == self.seen {
            return Grown::No;
        }
        match self.stands(ground) {
            Ok(None) => Grown::No,
            Ok(Some(false)) => Grown::Other(rewritten()),
            Ok(Some(true)) => {
                (self.seen, self.fault) = (now.stamp, None);
                let item = Item { path: self.item.path.clone(), ..now.item.clone() };
                self.item = Arc::new(item);
                self.locate(ground);
                Grown::No
            }
            Err(reason) => {
                self.fails(ground, &reason);
                Grown::No
            }
        }
    }

    /// Whether it holds what was read of it; nothing if that was called off.
    fn stands(&self, ground: &Ground) -> Result<Option<bool>, Reason> {
        let same = |file: &File, sha256: Option<[u8; 32]>| {
            let Some(sha256) = sha256 else { return Ok(Some(true)) };
            let now = open::hash(file, self.read, &ground.cancel).map_err(io)?;
            Ok(now.map(|now| now == sha256))
        };
        match &self.open {
            Some(open) if self.read > WHOLE => open.is_same(self.read).map(Some).map_err(io),
            Some(open) => same(&open.file, Some(open.hash.clone().finalize().into())),
            None => self.reopen()?.map_or(Ok(Some(false)), |file| same(&file, self.sha256)),
        }
    }

    /// The stamp of what is held open, if nothing came since it was read.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        let stamp = Stamp::of(&self.open.as_ref()?.file.metadata().ok()?);
        (stamp.size == self.read).then_some(stamp)
    }
}
