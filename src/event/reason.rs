//! Why something was not read, or not all of it: the words of the coverage ledger.

use super::classes::words;

words! {
    /// What became of an evidence object.
    State {
        /// Read to the end.
        Read = "read",
        /// Read in part; what was read is kept.
        Partial = "partial",
        /// Not read, on purpose.
        Skipped = "skipped",
        /// Could not be read.
        Failed = "failed",
        /// Read as far as it goes, and followed: more may come.
        Growing = "growing",
        /// Read, and it holds no log records (a digest, a control message, a picture).
        NotALog = "not_a_log",
    }
}

words! {
    ReasonKind {
        NotFound = "not_found",
        Permission = "permission",
        /// It is not known who asks, or not any more: another may be let in, or the same later.
        Credentials = "credentials",
        Io = "io",
        Vanished = "vanished",
        Changed = "changed",
        Growing = "growing",
        Truncated = "truncated",
        Corrupt = "corrupt",
        Empty = "empty",
        Binary = "binary",
        Unsupported = "unsupported",
        Encrypted = "encrypted",
        Nested = "nested_too_deep",
        Ratio = "ratio_limit",
        Size = "size_limit",
        Members = "member_limit",
        Symlink = "symlink",
        Special = "special_file",
        SameObject = "same_object",
        Digest = "digest",
        ControlMessage = "control_message",
        Notification = "notification",
        TestObject = "test_object",
        /// Events have no time, or one that could not be read.
        NoTime = "no_time",
        /// Times name a zone by a name that several have.
        Zone = "unclear_zone",
        Envelope = "envelope",
        Prose = "prose",
        Cancelled = "cancelled",
        /// The person asked for a window of time, and this lies outside of it.
        OutsideWindow = "outside_window",
    }
}

/// One reason, with what a person needs to act on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub kind: ReasonKind,
    /// A sentence for people, without the object's name.
    pub detail: String,
    /// Where in the inflated object, if it is known.
    pub offset: Option<u64>,
}

impl Reason {
    pub fn new(kind: ReasonKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), offset: None }
    }

    /// Whether what is wrong may be over by itself, or once a person has signed in again: what is
    /// asked for now and then is asked for again.
    pub fn may_pass(&self) -> bool {
        matches!(self.kind, ReasonKind::Io | ReasonKind::Credentials)
    }

    #[must_use]
    pub fn at(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.detail.is_empty() {
            f.write_str(self.kind.as_str())?;
        } else {
            f.write_str(&self.detail)?;
        }
        match self.offset {
            Some(offset) => write!(f, " (at byte {offset})"),
            None => Ok(()),
        }
    }
}
