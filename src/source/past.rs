//! What a source had: objects that were deleted or overwritten, and what it still has of them.

use crate::event::Timestamp;

/// An object that is not, or not any more, what its name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// What people call the object, and its name below the source's root; as of an
    /// [`Item`](super::Item).
    pub path: String,
    pub key: String,
    pub end: End,
    /// What is left of it, the newest first.
    pub versions: Vec<Version>,
}

/// How it ended, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Deleted(Option<Timestamp>, Cause),
    Overwritten(Option<Timestamp>),
}

/// Why an object was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// A rule of the source does that; its name, and when.
    Rule(String),
    /// No rule of the source does.
    NoRule,
    /// The rules are not known.
    Unknown,
}

/// A former version that can still be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// What people call it, where it is listed as an object of its own.
    pub path: String,
    pub written: Option<Timestamp>,
}
