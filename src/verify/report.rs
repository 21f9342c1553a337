//! What verification found out, for whoever shows, writes or asks it.

use super::covered::Span;
use super::digest::Digest;
use super::finding::{Finding, Kind, Verdict};
use super::logs::standing;
use super::objects::{Objects, Seen};
use super::signed::{Signed, signed};
use crate::event::classes::words;
use crate::event::{Standing, Timestamp};
use std::collections::BTreeMap;
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
    /// The logs that it names, see [`Report::logs_of`].
    pub logs: Vec<Match>,
    /// What it says, if it can be read.
    pub says: Option<Arc<Digest>>,
}

/// A log that a digest names, and an object that is it; two copies of one log are two matches, and a
/// former version that is what the digest names is one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// Number among those that the digest names.
    pub(super) listed: u32,
    /// Number of the object; `None` of a log that is missing.
    pub(super) object: Option<u32>,
    /// What is wrong with it.
    pub fault: Option<Kind>,
}

impl Match {
    pub fn is_missing(&self) -> bool {
        self.object.is_none()
    }
}

/// A log that a digest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogReport<'a> {
    pub key: String,
    /// Where it lies in the evidence, if it does.
    pub path: Option<&'a Arc<str>>,
    /// What is wrong with it.
    pub fault: Option<Kind>,
}

/// What became of a log file in the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fate {
    /// What is wrong with it.
    pub(super) fault: Option<Kind>,
    /// Number of the digest that names it.
    pub(super) digest: Option<u32>,
}

/// What is known of a log file in the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// What was judged.
    pub(super) objects: Objects,
    /// By number of the object.
    pub(super) fates: Vec<Option<Fate>>,
    /// Public keys that were known.
    pub keys: usize,
    /// Those that proved something, as PEM by their fingerprints.
    pub pems: BTreeMap<String, String>,
}

impl Report {
    /// Whether there was nothing to verify, and nothing else was found.
    pub fn is_empty(&self) -> bool {
        self.scopes.is_empty() && self.findings.is_empty()
    }

    /// Whether nothing of the evidence lay within what was asked about, so that nothing is known.
    pub fn is_idle(&self) -> bool {
        self.findings.is_empty() && self.is_uncounted()
    }

    /// Whether no digest and no log was judged.
    pub(super) fn is_uncounted(&self) -> bool {
        let Counts { digests, backfill, logs, .. } = self.counts;
        [digests, backfill, logs].iter().all(|tally| tally.found + tally.missing == 0)
    }

    /// The log files of the evidence, by their paths.
    pub fn logs(&self) -> impl Iterator<Item = (&Arc<str>, Judged)> {
        let judged = |number: usize| Some((&self.objects[number].path, self.judged(number)?));
        (0..self.objects.len()).filter_map(judged)
    }

    /// The log file of this path. Of several, as an archive may have them, the one that is
    /// trusted least: it is not known whose a record is.
    pub fn log(&self, path: &str) -> Option<Judged> {
        let judged = self.objects.find(path).filter_map(|number| self.judged(number));
        judged.max_by_key(|judged| judged.standing != Standing::Verified)
    }

    /// The logs that a digest of this report names.
    pub fn logs_of<'a>(
        &'a self,
        digest: &'a DigestReport,
    ) -> impl DoubleEndedIterator<Item = LogReport<'a>> + Clone {
        digest.logs.iter().filter_map(|log| {
            Some(LogReport {
                key: digest.says.as_ref()?.logs.get(log.listed as usize)?.key(),
                path: log.object.and_then(|number| Some(&self.objects.get(number as usize)?.path)),
                fault: log.fault,
            })
        })
    }

    /// The Regions whose keys signed the digests, and when.
    pub fn signed(&self) -> Signed {
        signed(&self.objects)
    }

    fn judged(&self, number: usize) -> Option<Judged> {
        let (object, fate) = (&self.objects[number], self.fates[number]?);
        let (Seen::Log { content, .. } | Seen::Former { content, .. }) = &object.seen else {
            return None;
        };
        Some(Judged {
            standing: standing(fate.fault),
            fault: fate.fault,
            digest: fate.digest.map(|number| number as usize),
            sha256: object.sha256,
            content: content.sha256,
        })
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
