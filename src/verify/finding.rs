//! What may be found wrong with a chain of digests: kinds, severities, and the verdict.
//!
//! A finding is about an object, then `key` names it, or about a span of time.

use crate::event::Timestamp;
use crate::event::classes::words;
use std::sync::Arc;

words! {
    /// How much a finding weighs.
    Severity {
        /// Worth knowing; proves nothing wrong.
        Info = "info",
        /// Something cannot be proven.
        Warning = "warning",
        /// Something is not what the chain says.
        Error = "error",
    }
}

words! {
    /// What is wrong.
    Kind {
        /// Logs, and no digest of their account and Region.
        NoDigests = "no_digests",
        /// A whole copy that lies under another bucket's name.
        BucketRenamed = "bucket_renamed",
        DigestMissing = "digest_missing",
        DigestFormat = "digest_format",
        DigestTrailingData = "digest_trailing_data",
        DigestMoved = "digest_moved",
        DigestUnlinked = "digest_unlinked",
        DigestAccountMismatch = "digest_account_mismatch",
        DigestAlgorithmUnsupported = "digest_alg_unsupported",
        DigestKeyUnknown = "digest_key_unknown",
        DigestKeyUnreadable = "digest_key_unreadable",
        DigestKeyExpired = "digest_key_expired",
        DigestSignatureInvalid = "digest_signature_invalid",
        DigestSignatureUnavailable = "digest_signature_unavailable",
        DigestMetadataMissing = "digest_metadata_missing",
        DigestMetadataSignatureMismatch = "digest_metadata_signature_mismatch",
        DigestPreviousHashMismatch = "digest_prev_hash_mismatch",
        DigestPreviousSignatureMismatch = "digest_prev_signature_mismatch",
        DigestTimeOverlap = "digest_time_overlap",
        /// Time that no digest covers although one did.
        CoverageHole = "coverage_hole",
        /// The chain starts anew: logging was off, or what came before was deleted.
        LoggingGap = "logging_gap",
        TailUncovered = "tail_uncovered",
        LogMissing = "log_missing",
        LogModified = "log_modified",
        LogFormat = "log_format",
        LogTrailingData = "log_trailing_data",
        LogGzipDamaged = "log_gzip_damaged",
        LogNotGzip = "log_not_gzip",
        LogAlgorithmUnsupported = "log_alg_unsupported",
        /// No digest names it although its time is covered.
        LogUnlisted = "log_unlisted",
        LogUnverifiable = "log_unverifiable",
        /// The source had it, and says that it was deleted.
        ObjectDeleted = "object_deleted",
        /// The source has what lay there before.
        ObjectOverwritten = "object_overwritten",
    }
}

words! {
    /// The verdict on everything that was looked at.
    Verdict {
        Valid = "valid",
        /// Nothing is wrong, but something could not be proven.
        Incomplete = "incomplete",
        Invalid = "invalid",
    }
}

/// One thing that is wrong, or that cannot be proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub kind: Kind,
    pub severity: Severity,
    /// The object's key in S3, without the bucket; `None` for what is about time.
    pub key: Option<Arc<str>>,
    /// The span of time that the finding is about, half open.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Number of the scope whose time it is; an object has a key that says where it belongs.
    pub scope: Option<usize>,
    /// A sentence for people.
    pub detail: Arc<str>,
}

impl Verdict {
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        match findings.into_iter().map(|finding| finding.severity).max() {
            Some(Severity::Error) => Self::Invalid,
            Some(Severity::Warning) => Self::Incomplete,
            _ => Self::Valid,
        }
    }
}
