//! The closed lists of an incident record.

use crate::event::classes::{words, words_in_files};

words! {
    /// How grave it is.
    Severity {
        Informational = "informational",
        Low = "low",
        Medium = "medium",
        High = "high",
        Critical = "critical",
    }
}

impl Severity {
    /// OCSF's `severity_id`, with its caption.
    pub const fn ocsf(self) -> (u8, &'static str) {
        match self {
            Self::Informational => (1, "Informational"),
            Self::Low => (2, "Low"),
            Self::Medium => (3, "Medium"),
            Self::High => (4, "High"),
            Self::Critical => (5, "Critical"),
        }
    }

    /// The severity of an `OpsItem`: 1 is the gravest, and there are four.
    pub const fn ops_item(self) -> u8 {
        match self {
            Self::Critical => 1,
            Self::High => 2,
            Self::Medium => 3,
            Self::Low | Self::Informational => 4,
        }
    }
}

words! {
    /// Who may see it: the Traffic Light Protocol of FIRST, version 2.0.
    Tlp {
        Clear = "clear",
        Green = "green",
        Amber = "amber",
        AmberStrict = "amber+strict",
        Red = "red",
    }
}

impl Tlp {
    /// As it is to be printed.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Clear => "TLP:CLEAR",
            Self::Green => "TLP:GREEN",
            Self::Amber => "TLP:AMBER",
            Self::AmberStrict => "TLP:AMBER+STRICT",
            Self::Red => "TLP:RED",
        }
    }
}

words! {
    /// How far the work is, by the phases of NIST SP 800-61 revision 2.
    Status {
        New = "new",
        DetectionAndAnalysis = "detection-and-analysis",
        Containment = "containment-eradication-recovery",
        PostIncident = "post-incident",
        Closed = "closed",
    }
}

impl Status {
    /// OCSF's `status_id` of an incident finding, with its caption.
    pub const fn ocsf(self) -> (u8, &'static str) {
        match self {
            Self::New => (1, "New"),
            Self::DetectionAndAnalysis | Self::Containment => (2, "In Progress"),
            Self::PostIncident => (4, "Resolved"),
            Self::Closed => (5, "Closed"),
        }
    }
}

words! {
    /// What an indicator is. `Other` is told, and matched by nothing.
    IndicatorKind {
        Address = "address",
        Domain = "domain",
        Url = "url",
        Email = "email",
        Sha256 = "sha256",
        Principal = "principal",
        AccessKey = "access-key",
        UserAgent = "user-agent",
        Resource = "resource",
        Other = "other",
    }
}

words_in_files!(Severity, Tlp, Status, IndicatorKind);
