//! How much of a source is fetched at most, and what that left.

use super::{Item, Locator};
use crate::event::{counted, size};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Bytes of one page of a log group's events: `FilterLogEvents`.
const PAGE: u64 = 1_000_000;

/// What has to be fetched of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    pub objects: u64,
    /// The same of stretches of time of log groups.
    pub stretches: u64,
    /// The bytes of both; of a stretch they are a guess from what its group holds in all.
    pub bytes: u64,
    /// Requests that it takes, at least.
    pub requests: u64,
}

impl Amount {
    pub fn is_nothing(self) -> bool {
        self.objects == 0 && self.stretches == 0
    }

    /// Adds what is to be fetched as well.
    pub fn add(&mut self, item: &Item) {
        let bytes = item.bytes.unwrap_or(0);
        self.bytes = self.bytes.saturating_add(bytes);
        // An object is one request; a stretch comes in pages.
        let requests = if matches!(item.locator, Locator::Logs) {
            self.stretches += 1;
            bytes.div_ceil(PAGE).max(1)
        } else {
            self.objects += 1;
            1
        };
        self.requests = self.requests.saturating_add(requests);
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { objects, stretches, bytes, requests } = *self;
        let parts =
            [(objects, "object", "objects"), (stretches, "stretch of time", "stretches of time")];
        let some = parts.into_iter().filter(|(count, ..)| *count > 0);
        some.map(|(count, one, many)| counted(count, one, many))
            .try_for_each(|part| write!(f, "{part}, "))?;
        let about = if stretches > 0 { "about " } else { "" };
        let (bytes, requests) = (size(bytes), counted(requests, "request", "requests"));
        write!(f, "{about}{bytes}, {requests} or more")
    }
}

/// A limit on bytes that are fetched in one session, which a person may lift. However often a source
/// is listed, and whoever does it, no more than this is fetched.
#[derive(Debug)]
pub(super) struct Limit {
    most: AtomicU64,
    spent: AtomicU64,
    rest: Mutex<Amount>,
}

impl Limit {
    pub(super) fn new(most: u64) -> Self {
        Self { most: AtomicU64::new(most), spent: AtomicU64::new(0), rest: Mutex::default() }
    }

    /// Bytes that are fetched at most.
    pub(super) fn most(&self) -> u64 {
        self.most.load(Ordering::Relaxed)
    }

    /// Bytes that may be fetched yet.
    pub(super) fn left(&self) -> u64 {
        self.most().saturating_sub(self.spent.load(Ordering::Relaxed))
    }

    /// So many were.
    pub(super) fn spend(&self, bytes: u64) {
        self.spent.fetch_add(bytes, Ordering::Relaxed);
    }

    /// All of it is fetched, when it is listed the next time.
    pub(super) fn lift(&self) {
        self.most.store(u64::MAX, Ordering::Relaxed);
    }

    /// Remembers what the newest listing left.
    pub(super) fn leave(&self, rest: Amount) {
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = rest;
    }

    pub(super) fn rest(&self) -> Amount {
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
