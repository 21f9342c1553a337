//! What is said of the incident that a case is about, one fact at a time.

use crate::event::classes::words;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

words! {
    /// A fact about an incident. Times are RFC 3339.
    Facet {
        Number = "number",
        Title = "title",
        Severity = "severity",
        /// Who may read it, in the words of the Traffic Light Protocol 2.0.
        Tlp = "tlp",
        /// Where the work on it is, by NIST SP 800-61.
        Status = "status",
        Summary = "summary",
        Occurred = "occurred",
        Detected = "detected",
        Acknowledged = "acknowledged",
        Contained = "contained",
        Closed = "closed",
        FirstExposure = "first-exposure",
        LastExposure = "last-exposure",
        /// `NAME, ROLE`; there can be several.
        Person = "person",
        /// What was done about it; there can be several.
        Action = "action",
        Lesson = "lesson",
        /// `COUNT KIND` of records that are affected; there can be several.
        Affected = "affected",
        /// `TIME WHOM` who has to be told by when; there can be several.
        Deadline = "deadline",
    }
}

impl Facet {
    /// Whether more than one can be true.
    pub const fn is_many(self) -> bool {
        matches!(self, Self::Person | Self::Action | Self::Lesson | Self::Affected | Self::Deadline)
    }

    /// Whether its text has to be a time.
    pub const fn is_time(self) -> bool {
        matches!(
            self,
            Self::Occurred
                | Self::Detected
                | Self::Acknowledged
                | Self::Contained
                | Self::Closed
                | Self::FirstExposure
                | Self::LastExposure
        )
    }
}

impl Serialize for Facet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Facet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::parse(&word)
            .ok_or_else(|| de::Error::custom(format_args!("no facet of an incident: {word:?}")))
    }
}
