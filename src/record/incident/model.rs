//! An incident as plain data: everything that a record says, and nothing of where it was taken from.
//!
//! What is not known is `None` or empty, and writers say `not stated`. The minimum of members is
//! that of NIST SP 800-61r2 (by phase), SP 800-86 (evidence) and SP 800-92 (sources, clocks); an
//! exhibit answers what AU-3 of SP 800-53 asks of an audit record: what, when, where, from where,
//! with what outcome, and who.

use super::decided::{Mentions, Suppression};
use super::found::{Alarm, Coverage, Exhibit, Indicator, Object, Query};
use super::moment;
use super::words::{Severity, Status, Tlp};
use crate::event::{Time, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An incident, its evidence and the work on it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Incident {
    /// Its number in its workspace, from 1.
    pub number: Option<u64>,
    pub title: Option<String>,
    pub severity: Option<Severity>,
    pub tlp: Option<Tlp>,
    pub status: Option<Status>,
    /// What the verdicts on its alarms come to.
    pub verdict: Option<Verdict>,
    /// Why that verdict.
    pub reason: Option<String>,
    pub people: Vec<Person>,
    pub times: Times,
    /// In which zones times were read that name none. Those of this record are in UTC.
    pub clocks: Vec<Clock>,
    pub summary: Option<String>,
    pub scope: Scope,
    /// The timeline. An exhibit's number is its place here, from 1.
    pub exhibits: Vec<Exhibit>,
    pub indicators: Vec<Indicator>,
    pub alarms: Vec<Alarm>,
    /// The suppressions in force, with what each hides.
    pub suppressions: Vec<Suppression>,
    /// What was raised and nobody said anything of.
    pub undecided: Mentions,
    /// Notes on the incident; those on alarms and exhibits are there.
    pub notes: Vec<Note>,
    pub actions: Vec<Action>,
    pub lessons: Vec<String>,
    pub notification: Option<Notification>,
    /// The evidence manifest.
    pub evidence: Vec<Object>,
    pub coverage: Coverage,
    pub queries: Vec<Query>,
    pub workspace: Workspace,
    pub tool: Tool,
    /// When the case was last said something of: what this record tells was so then.
    #[serde(with = "moment")]
    pub as_of: Option<Time>,
    /// What was taken out of this record, if anything was.
    pub scrub: Option<Scrub>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    pub name: String,
    /// Such as `incident lead`, `analyst`, `reporter`.
    pub role: Option<String>,
    /// An address for mail.
    pub contact: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Times {
    #[serde(with = "moment")]
    pub occurred: Option<Time>,
    #[serde(with = "moment")]
    pub detected: Option<Time>,
    #[serde(with = "moment")]
    pub acknowledged: Option<Time>,
    #[serde(with = "moment")]
    pub contained: Option<Time>,
    #[serde(with = "moment")]
    pub closed: Option<Time>,
}

impl Times {
    /// The times with their names, in the order in which they should come.
    pub const fn all(&self) -> [(&'static str, Option<Time>); 5] {
        [
            ("occurred", self.occurred),
            ("detected", self.detected),
            ("acknowledged", self.acknowledged),
            ("contained", self.contained),
            ("closed", self.closed),
        ]
    }
}

/// As what the times of a source were read that name no zone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Clock {
    pub source: String,
    /// Such as `+01:00`.
    pub zone: String,
    /// Records whose times name none.
    pub records: u64,
}

/// What was touched.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    pub accounts: Vec<String>,
    pub regions: Vec<String>,
    /// Services of AWS, such as `iam.amazonaws.com`.
    pub services: Vec<String>,
    pub principals: Vec<String>,
    pub addresses: Vec<String>,
    pub resources: Vec<String>,
    /// What its owner calls some of it, such as `10.1.0.7: office, class corp`.
    pub labels: Vec<String>,
}

impl Scope {
    /// What is in it, with names for people.
    pub fn all(&self) -> [(&'static str, &[String]); 7] {
        [
            ("accounts", &self.accounts),
            ("regions", &self.regions),
            ("services", &self.services),
            ("principals", &self.principals),
            ("addresses", &self.addresses),
            ("resources", &self.resources),
            ("known as", &self.labels),
        ]
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    pub number: Option<u64>,
    #[serde(with = "moment")]
    pub at: Option<Time>,
    pub who: Option<String>,
    pub text: String,
    /// Numbers of exhibits.
    pub exhibits: Vec<u64>,
}

/// Something that was done about it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Action {
    #[serde(with = "moment")]
    pub at: Option<Time>,
    pub who: Option<String>,
    pub what: String,
}

/// Who has to be told of what, and by when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notification {
    pub affected: Vec<Affected>,
    #[serde(with = "moment")]
    pub first_exposure: Option<Time>,
    #[serde(with = "moment")]
    pub last_exposure: Option<Time>,
    pub deadlines: Vec<Deadline>,
}

/// Records of a kind that were exposed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Affected {
    pub kind: String,
    pub count: Option<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deadline {
    /// Who is to be told.
    pub whom: String,
    /// Hours from detection.
    pub hours: Option<u64>,
    /// By when: as it was said, or as the hours come to.
    #[serde(with = "moment")]
    pub due: Option<Time>,
    /// When they were told; nobody was, if it is not stated.
    #[serde(with = "moment")]
    pub done: Option<Time>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Workspace {
    pub name: Option<String>,
    pub id: Option<String>,
    /// Hash of the last entry that says something of the case, and how many there are up to it.
    pub head: Option<String>,
    pub entries: Option<u64>,
}

/// What wrote the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

impl Default for Tool {
    fn default() -> Self {
        let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        Self { name: name.to_owned(), version: version.to_owned() }
    }
}

/// What was replaced by tokens: how much of each kind, and never what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scrub {
    pub counts: BTreeMap<String, u64>,
    /// What was not looked into.
    pub remarks: Vec<String>,
}

impl Incident {
    /// What others know it by: the same for the same incident of the same workspace.
    pub fn uid(&self) -> String {
        let workspace = self.workspace.id.as_deref().or(self.workspace.name.as_deref());
        let number = self.number.map_or_else(|| "-".to_owned(), |number| number.to_string());
        format!("trailcase:{}:incident:{number}", workspace.unwrap_or("-"))
    }

    /// `Incident 7: title`, not yet safe to show.
    pub fn heading(&self) -> String {
        let number = self.number.map_or_else(String::new, |number| format!(" {number}"));
        let title = self.title.as_deref().unwrap_or("title not stated");
        format!("Incident{number}: {title}")
    }

    /// When it began, as well as it is known.
    pub fn began(&self) -> Option<Time> {
        let first = |times: &mut dyn Iterator<Item = Time>| times.min_by_key(|time| time.at);
        let Times { occurred, detected, .. } = self.times;
        occurred
            .or_else(|| first(&mut self.exhibits.iter().filter_map(|exhibit| exhibit.time)))
            .or_else(|| first(&mut self.alarms.iter().filter_map(|alarm| alarm.first)))
            .or(detected)
            .or(self.as_of)
    }
}
