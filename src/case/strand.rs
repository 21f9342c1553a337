//! One chain of entries as it was read: this workspace's own, or a colleague's beside it.

use super::Entry;
use std::sync::Arc;

/// A chain of entries, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Strand {
    /// Hash of the last entry.
    pub head: String,
    pub entries: Vec<Arc<Entry>>,
    /// The hash of each of `entries`. As each goes into the next, two chains with one hash in
    /// common have everything before it in common too.
    pub(super) hashes: Vec<String>,
}
