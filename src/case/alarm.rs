//! What a case keeps of an alarm: enough to say what was decided about what, also when the rule or
//! the evidence is not there any more.

use super::sha256_hex;
use crate::event::counted;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Values of a field that a ticket keeps.
pub const VALUES: usize = 5;

/// Findings that a ticket keeps one by one.
const FINDINGS: usize = 64;

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
    /// What was found where no event says it: see [`kept_findings`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
    /// How many that were, of which `findings` may be one for all; 0 in tickets of before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub found: u64,
    /// Values of its events by field, most frequent first; the first few.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub entities: BTreeMap<String, Vec<String>>,
    /// Whom or what it is about, as field and value, where that is not the first of its principals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whom: Option<(String, String)>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What the product that found it says became of it, such as `CLOSED since 2026-03-05T10:00:00Z`, where
    /// that holds for all of it. Its state here is the analyst's all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
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

    /// How many findings it consists of, where that is known: tickets of before have one for very many.
    pub fn found(&self) -> Option<u64> {
        let all = self.findings.len() as u64;
        match self.found {
            0 if all == 1 => None,
            0 => Some(all),
            found => Some(found),
        }
    }

    /// How much it rests on, for people: `3 events`; where no event says it, `2 findings`.
    pub fn size(&self) -> String {
        match self.found() {
            _ if self.count > 0 || self.findings.is_empty() => {
                counted(self.count, "event", "events")
            }
            Some(found) => counted(found, "finding", "findings"),
            None => "findings".to_owned(),
        }
    }

    /// How much of it was not there at that time: events, and findings that are others. One alarm has
    /// either. Where that ticket is of a version that kept no findings, all of them are news.
    pub fn news_since(&self, then: &Self) -> u64 {
        let is_new = |finding: &&String| !then.findings.contains(finding);
        let findings = self.findings.iter().filter(is_new).count() as u64;
        self.count.saturating_sub(then.count) + findings
    }

    /// Whether it is about this, or one of its entities is.
    pub fn is_about(&self, field: &str, value: &str) -> bool {
        self.is_about_any(field, |own| own == value)
    }

    /// Whether it, or one of its entities, is about such a value of this field.
    pub fn is_about_any(&self, field: &str, is_such: impl Fn(&str) -> bool) -> bool {
        let whom = self.whom.iter().filter(|(of, _)| of == field).map(|(_, whom)| whom);
        let entities = self.entities.get(field).into_iter().flatten();
        whom.chain(entities).any(|value| is_such(value))
    }
}

/// Findings as a ticket keeps them: of each the first 16 digits of its SHA-256, sorted; of more than
/// 64 those of all of them together, so that whatever else is found can be told from it.
pub fn kept_findings(all: &[String]) -> Vec<String> {
    let mut each: BTreeSet<String> =
        all.iter().map(|finding| sha256_hex(finding.as_bytes())).collect();
    if each.len() > FINDINGS {
        each = BTreeSet::from([sha256_hex(each.into_iter().collect::<String>().as_bytes())]);
    }
    each.into_iter().map(|digits| digits[..16].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_size_is_that_of_events_or_else_of_findings() {
        let size = |count, keys: u64, found| {
            let all: Vec<String> = (0..keys).map(|key| key.to_string()).collect();
            Ticket { count, found, findings: kept_findings(&all), ..Ticket::default() }.size()
        };
        assert_eq!(size(0, 0, 0), "0 events");
        assert_eq!(size(1, 0, 0), "1 event");
        assert_eq!(size(0, 1, 1), "1 finding");
        assert_eq!(size(0, 65, 65), "65 findings");
        assert_eq!(size(2, 1, 1), "2 events");
        // Of tickets that do not say it, 65 are kept as one.
        assert_eq!(size(0, 3, 0), "3 findings");
        assert_eq!(size(0, 65, 0), "findings");
    }

    #[test]
    fn news_are_findings_that_were_not_there_however_many_there_are() {
        let ticket = |numbers: std::ops::Range<usize>| {
            let all: Vec<String> = numbers.map(|number| format!("object {number}")).collect();
            Ticket { findings: kept_findings(&all), ..Ticket::default() }
        };
        for (then, now, news) in [
            (0..2, 0..2, 0),
            (0..2, 0..5, 3),
            (0..2, 1..3, 1),
            (0..3, 1..2, 0),
            (0..0, 0..2, 2),
            (0..200, 0..200, 0),
            (0..200, 0..201, 1),
            (0..200, 1..201, 1),
            (0..64, 0..65, 1),
        ] {
            let found = ticket(now.clone()).news_since(&ticket(then.clone()));
            assert_eq!(found, news, "{then:?} {now:?}");
        }
        let [one, other] =
            [["a", "b"], ["b", "a"]].map(|all| kept_findings(&all.map(str::to_owned)));
        assert_eq!((&one, one.len(), one[0].len()), (&other, 2, 16));
        // As journals have them, which are compared with those of now.
        assert_eq!(ticket(0..2).findings, ["7591168325ee4e53", "89a87a902543bd81"]);
        assert_eq!(ticket(0..65).findings, ["15d68b66b46958f5"]);
    }
}
