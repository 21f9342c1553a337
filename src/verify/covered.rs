//! What is known of a span of time: whether an authentic digest on the chain is about it, and
//! whether the log files that the digest names are here, and what they were.
//!
//! **That a chain is unbroken proves its digests, not what they name.** So time is `verified` only
//! where every log file is right.

use super::finding::Kind;
use super::report::DigestReport;
use crate::event::classes::words;
use crate::event::{Standing, Timestamp, counted};

words! {
    /// What is known of a span of time.
    Cover {
        /// An authentic digest on the chain names the logs that were delivered, and all are right.
        Verified = "verified",
        /// One says that nothing was delivered.
        Empty = "empty",
        /// There is one, and a log that it names is not what it says.
        LogModified = "log_modified",
        /// There is one, and a log that it names is not there.
        LogMissing = "log_missing",
        /// A digest is missing.
        Hole = "hole",
        /// The chain starts anew after it.
        Gap = "gap",
        /// After the last digest.
        Tail = "tail",
        /// There is a digest that cannot be proven, or a log that cannot be compared with it; or
        /// there are logs and no digest.
        Unverifiable = "unverifiable",
    }
}

impl Cover {
    /// Whether an authentic digest on the chain is about the time.
    pub const fn is_chained(self) -> bool {
        matches!(self, Self::Verified | Self::Empty | Self::LogModified | Self::LogMissing)
    }

    /// What it means, for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Verified => {
                "an authentic digest of the chain names the logs that were delivered, and they are \
                 right"
            }
            Self::Empty => "an authentic digest of the chain says that nothing was delivered",
            Self::LogModified => {
                "an authentic digest of the chain names the logs that were delivered, and not all \
                 are what it says"
            }
            Self::LogMissing => {
                "an authentic digest of the chain names the logs that were delivered, and not all \
                 are here"
            }
            Self::Hole => {
                "a hole: no digest of the chain covers it, although one did; it was deleted, \
                 changed, or not copied"
            }
            Self::Gap => {
                "a gap, after which the chain starts anew: logging was off, or digests and logs \
                 were deleted"
            }
            Self::Tail => {
                "after the newest digest: not yet delivered, not copied, logging stopped, or deleted"
            }
            Self::Unverifiable => {
                "not provable: nothing vouches for the digest, or its logs cannot be compared with \
                 it, or there are logs and no digest"
            }
        }
    }
}

/// The log files that digests on the chain name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Named {
    /// All of them.
    pub named: u64,
    pub modified: u64,
    pub missing: u64,
    /// Named by a hash that is not known.
    pub unverifiable: u64,
    /// Not among the evidence, on purpose.
    pub left_out: u64,
}

impl Named {
    /// Those of a digest; `is_left_out` says of one that is not here, by its number, whether that
    /// is on purpose.
    pub(super) fn of(digest: &DigestReport, is_left_out: impl Fn(usize) -> bool) -> Self {
        let mut named = Self::default();
        // There may be several copies of a log: the worst counts.
        for copies in digest.logs.chunk_by(|one, next| one.listed == next.listed) {
            named.named += 1;
            let standings = || copies.iter().map(|copy| super::logs::standing(copy.fault));
            let is_missing = copies.iter().any(|copy| copy.fault == Some(Kind::LogMissing));
            if standings().any(|standing| standing == Standing::Modified) {
                named.modified += 1;
            } else if is_missing && copies[0].is_missing() && is_left_out(copies[0].listed as usize)
            {
                named.left_out += 1;
            } else if is_missing {
                named.missing += 1;
            } else if standings().any(|standing| standing != Standing::Verified) {
                named.unverifiable += 1;
            }
        }
        named
    }

    pub fn add(&mut self, more: Self) {
        self.named += more.named;
        self.modified += more.modified;
        self.missing += more.missing;
        self.unverifiable += more.unverifiable;
        self.left_out += more.left_out;
    }

    /// What is known of time of which one digest names these.
    pub(super) const fn cover(&self) -> Cover {
        match self {
            Self { named: 0, .. } => Cover::Empty,
            Self { modified: 1.., .. } => Cover::LogModified,
            Self { missing: 1.., .. } => Cover::LogMissing,
            Self { unverifiable: 1.., .. } => Cover::Unverifiable,
            _ => Cover::Verified,
        }
    }

    /// `3 of 412 log files modified, 1 missing`.
    pub fn words(&self) -> String {
        if self.named == 0 {
            return "no log file was delivered, as the digests say".to_owned();
        }
        let parts = [
            (self.modified, "modified"),
            (self.missing, "missing"),
            (self.unverifiable, "not comparable"),
            (self.left_out, "left out on purpose"),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let mut parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
        let all = counted(self.named, "log file", "log files");
        match parts.first_mut() {
            None if self.named == 1 => return format!("{all}, which is what its digest names"),
            None => return format!("all {all} are what the digests name"),
            Some(first) => {
                let (count, what) = first.split_once(' ').unwrap_or_default();
                *first = format!("{count} of {all} {what}");
            }
        }
        parts.join(", ")
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
    /// The log files that its digests name; of a digest that lies partly in the window, all.
    pub logs: Named,
}

impl Span {
    /// What is known of it: of what the chain covers, of how many log files what.
    pub fn words(&self) -> String {
        if self.cover.is_chained() || self.logs.named > 0 {
            return format!("digest chain unbroken; {}", self.logs.words());
        }
        self.cover.meaning().to_owned()
    }
}
