//! The worst that is known of an hour, and the words for it.

use crate::verify::{Cover, Finding, Kind, Severity};

/// The worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Wrong,
    Missing,
    Unlisted,
    Hole,
    Gap,
    Unverifiable,
    Tail,
    Verified,
    Empty,
}

impl State {
    pub const ALL: [Self; 9] = [
        Self::Wrong,
        Self::Missing,
        Self::Unlisted,
        Self::Hole,
        Self::Gap,
        Self::Unverifiable,
        Self::Tail,
        Self::Verified,
        Self::Empty,
    ];

    pub const fn words(self) -> &'static str {
        match self {
            Self::Wrong => "modified, or wrong",
            Self::Missing => "log missing",
            Self::Unlisted => "log that no digest names",
            Self::Hole => "hole: no digest",
            Self::Gap => "gap: chain starts anew",
            Self::Unverifiable => "not provable",
            Self::Tail => "after the last digest",
            Self::Verified => "verified",
            Self::Empty => "proven empty",
        }
    }

    pub const fn of_cover(cover: Cover) -> Self {
        match cover {
            Cover::Verified => Self::Verified,
            Cover::Empty => Self::Empty,
            Cover::LogModified => Self::Wrong,
            Cover::LogMissing => Self::Missing,
            Cover::Hole => Self::Hole,
            Cover::Gap => Self::Gap,
            Cover::Tail => Self::Tail,
            Cover::Unverifiable => Self::Unverifiable,
        }
    }

    /// What a finding makes of its hour. `None` where the time says it already, or where what
    /// was found proves nothing wrong.
    pub(super) fn of_finding(finding: &Finding) -> Option<Self> {
        let is_error = finding.severity == Severity::Error;
        match finding.kind {
            Kind::NoDigests
            | Kind::BucketRenamed
            | Kind::CoverageHole
            | Kind::LoggingGap
            | Kind::TailUncovered => None,
            Kind::DigestMissing => Some(Self::Hole),
            // A key that nobody named is no sign of anything; as a warning it is proven otherwise.
            Kind::DigestKeyUnknown
            | Kind::DigestKeyUnreadable
            | Kind::DigestAlgorithmUnsupported
            | Kind::LogAlgorithmUnsupported => is_error.then_some(Self::Unverifiable),
            Kind::DigestSignatureUnavailable | Kind::LogUnverifiable => Some(Self::Unverifiable),
            Kind::LogMissing => Some(Self::Missing),
            Kind::ObjectDeleted => is_error.then_some(Self::Missing),
            Kind::LogUnlisted => Some(Self::Unlisted),
            _ => is_error.then_some(Self::Wrong),
        }
    }

    /// Whether somebody should look at it.
    pub(super) fn is_trouble(self) -> bool {
        self <= Self::Tail
    }
}
