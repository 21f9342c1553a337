//! In what evidence differs from what was read before: a person has to know, whoever changed it.
//!
//! What goes on as logs do is no difference: a file that begins with all that was read of it has
//! grown, and what is there under another name was renamed.

use crate::case::hex;
use crate::event::counted;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Differences told one by one.
const TOLD: usize = 20;

/// What is found while a load goes on.
#[derive(Debug, Default)]
pub(super) struct Differences(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Hash and size of objects that have other sizes or times by now.
    before: HashMap<String, ([u8; 32], u64)>,
    /// Contents that are not where they were, and what is to be said if they are nowhere.
    lost: Vec<([u8; 32], String)>,
    waiting: Vec<String>,
    told: usize,
    /// Further ones that are only counted.
    more: usize,
}

impl Differences {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An object of this path was read before, and had this hash and size.
    pub(super) fn expect(&self, path: &str, (sha256, bytes): ([u8; 32], u64)) {
        self.state().before.insert(path.to_owned(), (sha256, bytes));
    }

    /// The object of this path has been read. `begins` says whether so many of its first bytes have
    /// a hash, unless that is called off: then nothing is known. Says of how many bytes that were
    /// read before it is a continuation.
    pub(super) fn read(
        &self,
        path: &str,
        (sha256, bytes): ([u8; 32], u64),
        begins: impl FnOnce(u64, [u8; 32]) -> Option<bool>,
    ) -> Option<u64> {
        let (before, length) = self.state().before.remove(path)?;
        if before == sha256 {
            return None;
        }
        if length < bytes && begins(length, before)? {
            return Some(length);
        }
        let text = format!(
            "{path}: is not what was read before; SHA-256 was {}, is {}",
            hex(&before),
            hex(&sha256)
        );
        self.state().lost.push((before, text));
        None
    }

    /// The object of this path, which gave so many events, is not there any more.
    pub(super) fn gone(&self, path: &str, events: u64, sha256: Option<[u8; 32]>) {
        let text = {
            let events = counted(events, "event", "events");
            format!("{path}: was there in an earlier session, with {events}, and is gone")
        };
        let mut state = self.state();
        match sha256 {
            Some(sha256) => {
                let text = format!("{text}; SHA-256 was {}", hex(&sha256));
                state.lost.push((sha256, text));
            }
            None => state.add(text),
        }
    }

    /// Something else that a person has to know of a load.
    pub(super) fn say(&self, text: String) {
        self.state().waiting.push(text);
    }

    /// What has been found since the last time. Once everything is read, `is_there` says whether a
    /// content is somewhere.
    pub(super) fn take(&self, over: bool, is_there: impl Fn(&[u8; 32]) -> bool) -> Vec<String> {
        let mut state = self.state();
        if over {
            state.settle(is_there);
        }
        std::mem::take(&mut state.waiting)
    }
}

impl State {
    fn settle(&mut self, is_there: impl Fn(&[u8; 32]) -> bool) {
        let mut renamed = 0;
        for (sha256, text) in std::mem::take(&mut self.lost) {
            if is_there(&sha256) { renamed += 1 } else { self.add(text) }
        }
        if renamed > 0 {
            let text = format!("objects that were read before have other names now: {renamed}");
            self.waiting.push(text);
        }
        if self.more > 0 {
            let more = std::mem::take(&mut self.more);
            self.waiting.push(format!(
                "{} or are gone",
                counted(more as u64, "more object changed", "more objects changed")
            ));
        }
    }

    fn add(&mut self, text: String) {
        if self.told < TOLD {
            self.told += 1;
            self.waiting.push(text);
        } else {
            self.more += 1;
        }
    }
}
