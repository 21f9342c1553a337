//! What verification found out, for whoever shows, writes or asks it.

use super::finding::{Finding, Kind, Verdict};
use crate::event::classes::words;
use crate::event::{Standing, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// A trail's digests for one account and Region; without a trail, logs that have no digests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    pub trail: Option<String>,
    pub account: String,
    pub region: String,
    pub organization: Option<String>,
    /// What was asked about, or what the evidence spans.
    pub window: (Timestamp, Timestamp),
}

words! {
    /// What is known of a span of time.
    Cover {
        /// An authentic digest on the chain names the logs that were delivered.
        Verified = "verified",
        /// One says that nothing was delivered.
        Empty = "empty",
        /// A digest is missing.
        Hole = "hole",
        /// The chain starts anew after it.
        Gap = "gap",
        /// After the last digest.
        Tail = "tail",
        /// There is a digest that cannot be proven, or there are logs and no digest.
        Unverifiable = "unverifiable",
    }
}

/// A span of time of a scope, half open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Number of the scope.
    pub scope: usize,
    pub from: Timestamp,
    pub to: Timestamp,
    pub cover: Cover,
}

words! {
    /// How a digest is proven, if it is.
    Proven {
        /// The signature in its metadata is right.
        Signature = "signature",
        /// The signature that its successor quotes is right.
        Quoted = "quoted_signature",
        /// Its authentic successor names its hash.
        Hash = "hash",
        No = "no",
    }
}

words! {
    /// What became of the link to the digest before.
    Link {
        Linked = "linked",
        /// The digest before is not there.
        Missing = "missing",
        /// It is there, and is not what this one says.
        Broken = "broken",
        /// None is named: the chain starts here.
        Start = "start",
        /// It is there, but it is not known whether this digest may be believed.
        Unknown = "unknown",
    }
}

/// One digest file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestReport {
    pub scope: usize,
    pub path: Arc<str>,
    /// Where it lies in S3, and where it says it does, without the bucket.
    pub key: String,
    pub bucket: Option<String>,
    /// Its time; of one that cannot be read its name says only the end.
    pub from: Option<Timestamp>,
    pub to: Timestamp,
    pub backfill: bool,
    pub proven: Proven,
    /// On the chain.
    pub linked: bool,
    /// SHA-256 of its content.
    pub sha256: [u8; 32],
    /// Of the key that signed it.
    pub fingerprint: Option<String>,
    /// What is signed, and the signature that proves it in hexadecimal digits, if one does.
    pub signed: Option<(String, String)>,
    pub previous: Option<String>,
    pub link: Link,
    pub logs: Vec<LogReport>,
}

/// A log that a digest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReport {
    pub key: Box<str>,
    /// Where it lies in the evidence, if it does.
    pub path: Option<Arc<str>>,
    /// What is wrong with it.
    pub fault: Option<Kind>,
}

/// What is known of a log file in the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub standing: Standing,
    /// What is wrong with it.
    pub fault: Option<Kind>,
    /// Number of the digest that names it.
    pub digest: Option<usize>,
    /// SHA-256 as acquired of the outermost object that was judged.
    pub sha256: Option<[u8; 32]>,
    /// SHA-256 of the content without compression.
    pub content: [u8; 32],
}

/// How many there are of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// In the evidence, within the window.
    pub found: u64,
    pub valid: u64,
    pub invalid: u64,
    /// Neither proven nor shown to be wrong.
    pub unverifiable: u64,
    /// Named and not there.
    pub missing: u64,
}

/// All tallies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub digests: Tally,
    pub backfill: Tally,
    pub logs: Tally,
    /// Logs that no digest names although their time is covered; they are among the invalid.
    pub unlisted: u64,
}

/// Everything that was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub verdict: Verdict,
    pub counts: Counts,
    /// Sorted by severity, kind, time and key.
    pub findings: Vec<Finding>,
    pub scopes: Vec<Scope>,
    /// By scope, then by time.
    pub coverage: Vec<Span>,
    /// By scope, then by time.
    pub digests: Vec<DigestReport>,
    /// By path in the evidence.
    pub logs: HashMap<Arc<str>, Judged>,
    /// Public keys that were known.
    pub keys: usize,
    /// Those that proved something, as PEM by their fingerprints.
    pub pems: BTreeMap<String, String>,
}

impl Report {
    /// Whether there was anything to verify.
    pub fn is_empty(&self) -> bool {
        self.scopes.is_empty()
    }
}

/// What no chain of digests can show, for every report.
pub const LIMITS: [&str; 4] = [
    "that the newest digests, or all of them, were deleted, but for time that is not covered",
    "what happened before a restart of the chain: whoever deletes the digests before it leaves a \
     restart behind",
    "events that the trail does not record (selectors, data events), or that were never delivered",
    "backfill digests that were deleted together with their logs",
];
