//! What is said of the incident that a case is about, one fact at a time.

use crate::event::Time;
use crate::event::classes::{words, words_in_files};

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
        /// `NAME, ROLE, MAIL`; there can be several.
        Person = "person",
        /// What was done about it; there can be several.
        Action = "action",
        Lesson = "lesson",
        /// `COUNT KIND` of records that are affected; there can be several.
        Affected = "affected",
        /// `TIME WHOM`, or `24h WHOM` from when it was detected: who has to be told by when; there
        /// can be several. `WHOM, told TIME` once they were.
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

    /// What this text may say, if it may: closed lists have their words, and times are RFC 3339.
    ///
    /// # Errors
    /// What to write instead.
    pub fn checked(self, text: &str) -> Result<String, String> {
        let text = text.trim();
        if self.is_time() {
            return match Time::parse_rfc3339(text) {
                Some(time) => Ok(time.to_rfc3339()),
                None => Err(format!("{text:?} is no time; write it as 2026-03-04T10:42:00Z")),
            };
        }
        let known: &[&str] = match self {
            Self::Severity => &["informational", "low", "medium", "high", "critical"],
            Self::Tlp => &["clear", "green", "amber", "amber+strict", "red"],
            Self::Status => &[
                "new",
                "detection-and-analysis",
                "containment-eradication-recovery",
                "post-incident",
                "closed",
            ],
            Self::Number if text.parse::<u64>().is_err() => {
                return Err(format!("{text:?} is no number"));
            }
            _ => return Ok(text.to_owned()),
        };
        let text = text.to_lowercase();
        if known.contains(&text.as_str()) {
            return Ok(text);
        }
        Err(format!("{text:?} is no {self}; it can be {}", known.join(", ")))
    }
}

words_in_files!(Facet);
