//! What a case keeps of an alarm: enough to say what was decided about what, also when the rule or
//! the evidence is not there any more.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Values of a field that a ticket keeps.
pub const VALUES: usize = 5;

/// An alarm as it was when something was said of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// What it is found again by: the same for the same rule and the same who.
    pub fingerprint: String,
    /// The id of the rule, or how it came without one.
    pub rule: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    pub title: String,
    /// Who wrote the rule, or the product that found it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub author: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub licence: String,
    /// Such as `high`.
    pub severity: String,
    /// RFC 3339; absent where its events have no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// Its events.
    pub count: u64,
    /// Values of its events by field, most frequent first; the first few.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub entities: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// The rule of alarms that a person raised.
pub const MANUAL: &str = "manual";

impl Ticket {
    /// The same with no more values than an entry needs.
    #[must_use]
    pub fn kept(mut self) -> Self {
        for values in self.entities.values_mut() {
            values.truncate(VALUES);
        }
        self
    }

    /// Whether one of its entities is this.
    pub fn is_about(&self, field: &str, value: &str) -> bool {
        self.entities.get(field).is_some_and(|values| values.iter().any(|one| one == value))
    }
}
