//! In what evidence differs from what an earlier session read: a person has to know, whoever
//! changed it.

use crate::case::hex;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Differences told one by one.
const TOLD: usize = 20;

/// What is found while a load goes on.
#[derive(Debug, Default)]
pub(super) struct Differences(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Hashes that an earlier session saw, of objects that have other sizes or times by now.
    before: HashMap<String, [u8; 32]>,
    waiting: Vec<String>,
    told: usize,
    /// Further ones that are only counted.
    more: usize,
}

impl Differences {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An earlier session read an object of this path, and found this hash.
    pub(super) fn expect(&self, path: &str, sha256: [u8; 32]) {
        self.state().before.insert(path.to_owned(), sha256);
    }

    /// The object of this path has been read.
    pub(super) fn read(&self, path: &str, sha256: [u8; 32]) {
        let mut state = self.state();
        if let Some(before) = state.before.remove(path).filter(|before| *before != sha256) {
            state.add(format!(
                "{path}: is not what an earlier session read; SHA-256 was {}, is {}",
                hex(&before),
                hex(&sha256)
            ));
        }
    }

    /// The object of this path, which gave so many events, is not there any more.
    pub(super) fn gone(&self, path: &str, events: u64, sha256: Option<[u8; 32]>) {
        let hash = sha256.map(|sha256| format!("; SHA-256 was {}", hex(&sha256)));
        let text = format!(
            "{path}: was there in an earlier session, with {events} events, and is gone{}",
            hash.unwrap_or_default()
        );
        self.state().add(text);
    }

    /// Something else that a person has to know of a load.
    pub(super) fn say(&self, text: String) {
        self.state().waiting.push(text);
    }

    /// What has been found since the last time.
    pub(super) fn take(&self, over: bool) -> Vec<String> {
        let mut state = self.state();
        if over && state.more > 0 {
            let text = format!(
                "{} more objects changed or are gone since an earlier session",
                std::mem::take(&mut state.more)
            );
            state.waiting.push(text);
        }
        std::mem::take(&mut state.waiting)
    }
}

impl State {
    fn add(&mut self, text: String) {
        if self.told < TOLD {
            self.told += 1;
            self.waiting.push(text);
        } else {
            self.more += 1;
        }
    }
}
