//! What is done about alarms: the closed list of steps, and the states they lead to.
//!
//! An alarm is `new` until somebody says something of it. Closing asks for a verdict and a reason;
//! what was closed is opened again by another step, never by an edit.

use super::Ticket;
use super::like::is_like;
use super::stamp;
use crate::event::classes::words;
use crate::event::{Timestamp, Verdict};
use serde::{Deserialize, Serialize};

words! {
    /// Where an alarm stands.
    State {
        New = "new",
        Acked = "acked",
        Investigating = "investigating",
        Waiting = "waiting",
        /// It belongs to the incident of this case.
        Escalated = "escalated",
        /// Another alarm stands for it.
        Merged = "merged",
        /// Nobody is to see it until a time.
        Snoozed = "snoozed",
        /// A suppression hides it.
        Suppressed = "suppressed",
        Closed = "closed",
    }
}

impl State {
    /// Whether somebody still has to do something about it now.
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::New | Self::Acked | Self::Investigating | Self::Waiting | Self::Escalated
        )
    }
}

/// Something said of alarms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Whoever says so has seen it, and has it from now on.
    Ack,
    Investigate,
    /// Somebody else has to answer first.
    Wait,
    Assign {
        owner: String,
    },
    Close {
        verdict: Verdict,
        reason: String,
    },
    Reopen {
        reason: String,
    },
    Escalate,
    /// The alarm of this fingerprint stands for it.
    Merge {
        into: String,
        /// Empty in entries of before it was asked for.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    Snooze {
        #[serde(with = "stamp")]
        until: Timestamp,
    },
    /// A question of its rule's checklist is answered, or is not.
    Tick {
        question: String,
        /// An entry has the alarms it is about as `on`.
        #[serde(rename = "answered")]
        on: bool,
    },
}

impl Step {
    /// One line for people, of what was done. It quotes what was typed.
    pub fn summary(&self) -> String {
        match self {
            Self::Ack => "acknowledged".to_owned(),
            Self::Investigate => "under investigation".to_owned(),
            Self::Wait => "waiting for an answer".to_owned(),
            Self::Assign { owner } => format!("given to {owner}"),
            Self::Close { verdict, reason } => format!("closed as {verdict}: {reason}"),
            Self::Reopen { reason } => format!("opened again: {reason}"),
            Self::Escalate => "part of the incident".to_owned(),
            Self::Merge { into, reason } if reason.is_empty() => format!("merged into {into}"),
            Self::Merge { into, reason } => format!("merged into {into}: {reason}"),
            Self::Snooze { until } => format!("snoozed until {}", until.to_rfc3339(0)),
            Self::Tick { question, on: true } => format!("answered: {question}"),
            Self::Tick { question, on: false } => format!("not answered: {question}"),
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
const fn is_false(word: &bool) -> bool {
    !*word
}

/// Alarms of a rule that are not shown until a time, or those of them with certain entities. They
/// are counted all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// The id of the rule.
    pub rule: String,
    /// What an alarm has to be about, as field and value; nothing: any alarm of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<(String, String)>,
    /// Whether that value stands for many, as [`is_pattern`](super::is_pattern) says; in entries of
    /// before it is itself alone.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pattern: bool,
    pub owner: String,
    pub reason: String,
    #[serde(with = "stamp")]
    pub until: Timestamp,
}

impl Suppression {
    /// Whether it is about this alarm.
    pub fn hides(&self, ticket: &Ticket) -> bool {
        let is_about = |(field, value): &(String, String)| {
            if self.pattern {
                ticket.is_about_any(field, |own| is_like(field, value, own))
            } else {
                ticket.is_about(field, value)
            }
        };
        self.rule == ticket.rule && self.about.as_ref().is_none_or(is_about)
    }

    /// What it is known by.
    pub fn is_same(&self, other: &Self) -> bool {
        let key = |it: &Self| (it.rule.clone(), it.about.clone(), it.pattern);
        key(self) == key(other)
    }

    /// Such as `credential_scanner, principal arn:…`.
    pub fn words(&self) -> String {
        match &self.about {
            None => self.rule.clone(),
            Some((field, value)) => format!("{}, {field} {value}", self.rule),
        }
    }
}

/// Who looked through the alarms of a time, and what was open then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What was looked through: RFC 3339; absent: from the first event, or to the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    pub alarms: u64,
    pub open: u64,
    pub closed: u64,
    pub suppressed: u64,
    #[serde(default)]
    pub snoozed: u64,
    #[serde(default)]
    pub merged: u64,
    /// Events that the window left out, so that what they raise was not looked through.
    #[serde(default)]
    pub outside: u64,
    /// The edges of that window that were asked for; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Open alarms of which nobody had said anything, and the fingerprints of the first of them.
    #[serde(default)]
    pub untouched: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

#[cfg(test)]
mod tests {
    use crate::case::{Entry, What};

    #[test]
    fn what_was_merged_and_suppressed_before_reads_and_is_written_as_it_was() {
        let head = r#""seq":1,"at":"2026-03-04T10:00:00.000Z","who":"a","host":"b""#;
        for rest in [
            r#""what":"triage","on":[],"step":"merge","into":"ab""#,
            r#""what":"suppress","rule":"r","about":["principal","*"],"owner":"o","reason":"w","until":"2026-03-05T10:00:00.000Z""#,
        ] {
            let json = format!("{{{head},{rest}}}");
            let entry: Entry = serde_json::from_str(&json).unwrap();
            assert!(!matches!(entry.what, What::Unknown(_)), "{json}");
            if let What::Suppress(it) = &entry.what {
                assert!(!it.pattern, "a star stood for itself");
            }
            assert_eq!(serde_json::to_string(&entry).unwrap(), json);
        }
    }
}
