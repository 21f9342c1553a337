//! What somebody found an alarm or an incident to be, and what other systems call the same.
//!
//! The names of others are those of OCSF's `verdict_id` (schema 1.0 on), of Security Hub's
//! `VerificationState` (ASFF), of the alert resolutions of DFIR-IRIS, of `TheHive` 5's case statuses
//! with their impact, and of `rsigma`'s dispositions.

use super::classes::{words, words_in_files};

words! {
    /// What an alarm turned out to be; who closes one has to say it, with a reason.
    Verdict {
        /// It happened, and it did harm.
        TpImpact = "tp-impact",
        /// It happened, and it did none: it was stopped, or found in time.
        TpNoImpact = "tp-no-impact",
        /// It happened, and it was allowed.
        BenignAuthorised = "benign-authorised",
        /// It did not happen; the rule is wrong here.
        FalsePositive = "false-positive",
        /// Another alarm says the same.
        Duplicate = "duplicate",
        /// A test or an exercise.
        Test = "test",
        /// What there is does not decide it.
        InsufficientData = "insufficient-data",
    }
}

impl Verdict {
    /// In words for people.
    pub const fn help(self) -> &'static str {
        match self {
            Self::TpImpact => "true, and it did harm",
            Self::TpNoImpact => "true, without harm",
            Self::BenignAuthorised => "true, and it was allowed",
            Self::FalsePositive => "not what the rule says",
            Self::Duplicate => "another alarm says the same",
            Self::Test => "a test or an exercise",
            Self::InsufficientData => "there is too little to decide",
        }
    }

    /// Whether something unwanted did happen.
    pub const fn is_true_positive(self) -> bool {
        matches!(self, Self::TpImpact | Self::TpNoImpact)
    }

    /// OCSF's `verdict_id`, with its caption.
    pub const fn ocsf(self) -> (u8, &'static str) {
        match self {
            Self::FalsePositive => (1, "False Positive"),
            Self::TpImpact | Self::TpNoImpact => (2, "True Positive"),
            Self::BenignAuthorised => (5, "Benign"),
            Self::Test => (6, "Test"),
            Self::InsufficientData => (7, "Insufficient Data"),
            Self::Duplicate => (10, "Duplicate"),
        }
    }

    /// Security Hub's `VerificationState`; it has none for a duplicate.
    pub const fn asff(self) -> Option<&'static str> {
        match self {
            Self::TpImpact | Self::TpNoImpact => Some("TRUE_POSITIVE"),
            Self::BenignAuthorised | Self::Test => Some("BENIGN_POSITIVE"),
            Self::FalsePositive => Some("FALSE_POSITIVE"),
            Self::InsufficientData => Some("UNKNOWN"),
            Self::Duplicate => None,
        }
    }

    /// The resolution of an alert in DFIR-IRIS; a duplicate has the status `Merged` there.
    pub const fn iris(self) -> &'static str {
        match self {
            Self::TpImpact => "True Positive With Impact",
            Self::TpNoImpact => "True Positive Without Impact",
            Self::BenignAuthorised => "Legitimate",
            Self::FalsePositive => "False Positive",
            Self::Duplicate => "Merged",
            Self::Test => "Not Applicable",
            Self::InsufficientData => "Unknown",
        }
    }

    /// `TheHive`'s status of a case, and the status of its impact.
    pub const fn thehive(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::TpImpact => ("TruePositive", Some("WithImpact")),
            Self::TpNoImpact => ("TruePositive", Some("NoImpact")),
            Self::BenignAuthorised | Self::Test => ("Other", None),
            Self::FalsePositive => ("FalsePositive", None),
            Self::Duplicate => ("Duplicated", None),
            Self::InsufficientData => ("Indeterminate", None),
        }
    }

    /// The disposition of `rsigma`, where it has one.
    pub const fn rsigma(self) -> Option<&'static str> {
        match self {
            Self::TpImpact | Self::TpNoImpact => Some("true_positive"),
            Self::BenignAuthorised | Self::Test => Some("benign_true_positive"),
            Self::FalsePositive => Some("false_positive"),
            Self::Duplicate | Self::InsufficientData => None,
        }
    }
}

words_in_files!(Verdict);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_reads_back_as_itself() {
        for verdict in Verdict::ALL {
            let json = serde_json::to_string(verdict).unwrap();
            assert_eq!(json, format!("\"{verdict}\""));
            assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), *verdict);
        }
        assert!(serde_json::from_str::<Verdict>("\"maybe\"").is_err());
    }

    #[test]
    fn the_words_of_others_tell_ours_apart() {
        // With OCSF's alone, harm or none is lost: its writers say that beside it.
        let mut ids: Vec<u8> = Verdict::ALL.iter().map(|verdict| verdict.ocsf().0).collect();
        ids.dedup();
        assert_eq!(ids, [2, 5, 1, 10, 6, 7]);
        let mut iris: Vec<&str> = Verdict::ALL.iter().map(|verdict| verdict.iris()).collect();
        iris.sort_unstable();
        iris.dedup();
        assert_eq!(iris.len(), Verdict::ALL.len());
        // A test is no false alarm of the rule, wherever there is a word for it.
        assert_eq!(Verdict::Test.asff(), Some("BENIGN_POSITIVE"));
        assert_eq!(Verdict::Test.rsigma(), Verdict::BenignAuthorised.rsigma());
        let true_ones = Verdict::ALL.iter().filter(|verdict| verdict.is_true_positive());
        assert!(true_ones.clone().all(|verdict| verdict.thehive().0 == "TruePositive"));
        assert_eq!(true_ones.count(), 2);
    }
}
