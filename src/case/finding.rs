//! What a look at a workspace found wrong, in words for people.

use super::{Seq, journal};
use crate::event::classes::words;
use std::fmt;

words! {
    FindingKind {
        /// An entry's bytes are not the bytes its hash was made from.
        Hash = "hash",
        /// An entry does not follow the entry before it.
        Prev = "prev",
        /// An entry's number is not one more than the number before.
        Seq = "seq",
        /// A line of the journal is no entry.
        Unreadable = "unreadable",
        /// The journal is not there, or there is nothing in it.
        Missing = "missing",
        /// Writing the last entry was interrupted; not tampering.
        Torn = "torn",
        /// `workspace.json` cannot be used.
        Info = "workspace_json",
        /// Other people of this host can read or change the workspace.
        Permissions = "permissions",
        /// The bytes kept of a record are not those that were hashed when it was marked.
        Exhibit = "exhibit",
        /// A copy of what cannot be read again is not what was copied.
        Copy = "copy",
        /// A file of public keys is not what was named.
        PublicKeys = "public_keys",
        /// A file of public keys that was named is no longer there: it is not believed any more.
        NoPublicKeys = "no_public_keys",
        /// A list of what was acquired is not what the journal names, or is gone.
        Acquired = "acquired",
        /// A hash that was written down is in no chain of the workspace.
        Head = "head",
        /// Bytes that were set aside earlier.
        SetAside = "set_aside",
    }
}

impl FindingKind {
    /// Whether the workspace cannot be trusted as it is; it then opens for reading only.
    pub fn is_damage(self) -> bool {
        !matches!(self, Self::Torn | Self::Permissions | Self::SetAside | Self::NoPublicKeys)
    }
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub kind: FindingKind,
    /// The file of entries it is about, such as `journal.jsonl`.
    pub file: String,
    /// Physical line of that file, from 1, if it is about one.
    pub line: Option<u64>,
    /// The entry's number, as it states it or as it should be.
    pub seq: Option<Seq>,
    /// What is wrong and what to do, without the place.
    pub text: String,
}

impl Finding {
    pub(super) fn new(kind: FindingKind, text: impl Into<String>) -> Self {
        Self { kind, file: journal::FILE.to_owned(), line: None, seq: None, text: text.into() }
    }

    pub(super) fn at(kind: FindingKind, line: u64, seq: Seq, text: impl Into<String>) -> Self {
        Self { line: Some(line), seq: Some(seq), ..Self::new(kind, text) }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.seq) {
            (Some(line), Some(seq)) => {
                write!(f, "{} line {line} (entry {seq}): {}", self.file, self.text)
            }
            _ => f.write_str(&self.text),
        }
    }
}
