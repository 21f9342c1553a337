//! What was decided about alarms beside their verdicts: the way there, what stands for them, what
//! hides others, and what nobody looked at.

use super::found::Rule;
use super::moment;
use super::words::Severity;
use crate::event::{Time, Verdict, counted};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something that was decided about an alarm.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Decision {
    #[serde(with = "moment")]
    pub at: Option<Time>,
    pub who: Option<String>,
    /// Such as `opened again: it was not ours`.
    pub did: String,
    pub verdict: Option<Verdict>,
    pub reason: Option<String>,
    /// Who has it from then on, if that was decided.
    pub owner: Option<String>,
}

impl Decision {
    /// When who did what, and why.
    pub fn words(&self) -> String {
        let at = moment::told(self.at).unwrap_or_else(|| "not stated when".to_owned());
        // What was done says all of it, but in a record of another origin.
        let is_new = |text: &&str| !self.did.contains(*text);
        let verdict = self.verdict.map(Verdict::as_str).filter(is_new);
        let verdict = verdict.map(|verdict| format!(", as {verdict}")).unwrap_or_default();
        let reason = self.reason.as_deref().filter(is_new);
        let reason = reason.map(|reason| format!(", because {reason}")).unwrap_or_default();
        let owner = self.owner.as_deref().filter(is_new);
        let owner = owner.map(|owner| format!(", given to {owner}")).unwrap_or_default();
        let who = self.who.as_deref().unwrap_or("somebody");
        format!("{at} {who}: {}{verdict}{reason}{owner}", self.did)
    }
}

/// The alarm that stands for another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StandIn {
    pub fingerprint: String,
    pub title: Option<String>,
    /// Why it does.
    pub reason: Option<String>,
}

impl StandIn {
    pub fn words(&self) -> String {
        let title = self.title.as_deref().unwrap_or("title not stated");
        let reason = self.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        format!("{title}, {}{reason}", self.fingerprint)
    }
}

/// Alarms of a rule that nobody is to see until a time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Suppression {
    /// The id of the rule, and what its alarms are called.
    pub rule: String,
    pub title: Option<String>,
    /// What an alarm has to be about, as field and value; nothing: any alarm of the rule.
    pub about: BTreeMap<String, String>,
    /// Who answers for it.
    pub owner: Option<String>,
    pub reason: Option<String>,
    #[serde(with = "moment")]
    pub until: Option<Time>,
    /// Who wrote it down, and when.
    pub who: Option<String>,
    #[serde(with = "moment")]
    pub at: Option<Time>,
    pub hides: Mentions,
}

/// Alarms by name; of very many the gravest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mentions {
    pub total: u64,
    pub alarms: Vec<Mention>,
}

impl Mentions {
    /// How many are not named.
    pub fn rest(&self) -> u64 {
        self.total.saturating_sub(self.alarms.len() as u64)
    }
}

/// An alarm by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mention {
    pub fingerprint: String,
    pub rule: Rule,
    pub severity: Option<Severity>,
    #[serde(with = "moment")]
    pub first: Option<Time>,
    #[serde(with = "moment")]
    pub last: Option<Time>,
    /// Events that it rests on.
    pub count: u64,
    /// Findings that it rests on, where no event says it.
    pub findings: Option<u64>,
}

/// `3 events`, or `2 findings` of an alarm that has no event.
pub(super) fn size(count: u64, findings: Option<u64>) -> String {
    match findings {
        Some(findings) if count == 0 => counted(findings, "finding", "findings"),
        _ => counted(count, "event", "events"),
    }
}
