//! What was found, as plain data: exhibits, indicators, alarms, and what the evidence covers.

use super::decided::{Decision, StandIn, size};
use super::model::Note;
use super::moment;
use super::words::{IndicatorKind, Severity};
use crate::case::Raw;
use crate::event::{Standing, Time, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One record of the evidence, and what it says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exhibit {
    #[serde(with = "moment")]
    pub time: Option<Time>,
    /// The zone that its time was read in, such as `+02:00`, if the record names none.
    pub zone: Option<String>,
    /// What people call the source.
    pub source: Option<String>,
    /// The format's id, such as `cloudtrail`.
    pub format: Option<String>,
    pub event: Option<String>,
    pub principal: Option<String>,
    pub address: Option<String>,
    pub outcome: Option<String>,
    pub resource: Vec<String>,
    pub account: Option<String>,
    pub region: Option<String>,
    /// One line for people.
    pub message: Option<String>,
    /// The outermost object.
    pub object: String,
    /// The way into an archive.
    pub member: Option<String>,
    /// First byte of the record in the inflated innermost object.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
    /// Which record in these bytes it is: its positions in envelopes of many, from 1, the outermost
    /// first; nothing for one that has its bytes for itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<u64>,
    /// The line, or the record's number among those of its object, both from 1.
    pub line: Option<u64>,
    pub index: Option<u64>,
    /// SHA-256 of the object when the record was marked, in hexadecimal.
    pub sha256: Option<String>,
    /// SHA-256 of the record's bytes as they are in the evidence.
    pub record_sha256: Option<String>,
    pub standing: Option<Standing>,
    pub tags: Vec<String>,
    /// The record's bytes; of a redacted record those are not what `record_sha256` is of.
    #[serde(flatten)]
    pub raw: Option<Raw>,
    /// The record itself as text, where its bytes are those of an envelope around many, or packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<String>,
    /// Whether something in `raw` was replaced.
    pub redacted: bool,
}

impl Exhibit {
    /// `line 7`, `record 3`, or nothing.
    pub fn place(&self) -> Option<String> {
        let line = self.line.map(|line| format!("line {line}"));
        line.or_else(|| self.index.map(|index| format!("record {index}")))
    }

    /// The object, with the way into it.
    pub fn path(&self) -> String {
        match &self.member {
            Some(member) => format!("{}!{member}", self.object),
            None => self.object.clone(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    pub kind: IndicatorKind,
    pub value: String,
    #[serde(default)]
    pub remark: Option<String>,
    #[serde(default, with = "moment")]
    pub first: Option<Time>,
    #[serde(default, with = "moment")]
    pub last: Option<Time>,
}

/// An alarm, and what became of it. Rules under the Detection Rule License must be told with
/// title, author and licence wherever a match is shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Alarm {
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
    /// By field: the values of its events.
    pub entities: BTreeMap<String, Vec<String>>,
    /// What the rule asks.
    pub why: Option<String>,
    /// Such as `new`, `investigating`, `closed`.
    pub state: Option<String>,
    /// What stands for it, if something does.
    pub into: Option<StandIn>,
    /// Who has it.
    pub owner: Option<String>,
    pub verdict: Option<Verdict>,
    pub reason: Option<String>,
    /// Who brought it into this state, and when.
    pub who: Option<String>,
    #[serde(with = "moment")]
    pub at: Option<Time>,
    /// When somebody first took it, and when it was closed, if it is.
    #[serde(with = "moment")]
    pub acknowledged: Option<Time>,
    #[serde(with = "moment")]
    pub closed: Option<Time>,
    /// What was decided, oldest first: earlier verdicts too, and why it was opened again.
    pub history: Vec<Decision>,
    pub notes: Vec<Note>,
    /// What journals say of it that contradict each other, each without knowing of the other: then
    /// the verdict is only the one that was said last.
    pub disagreement: Vec<Position>,
    /// Numbers of exhibits.
    pub exhibits: Vec<u64>,
}

/// What one of two journals says of an alarm.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Position {
    pub who: Option<String>,
    #[serde(with = "moment")]
    pub at: Option<Time>,
    /// Whether it is that of the workspace, or of a colleague.
    pub own: bool,
    /// What was done last, such as `closed as tp-impact: the owner knows nothing of it`.
    pub did: String,
    pub verdict: Option<Verdict>,
    pub reason: Option<String>,
}

impl Position {
    /// Who says what in which journal, and why.
    pub fn words(&self) -> String {
        let (who, at) = (self.who.as_deref().unwrap_or("somebody"), moment::told(self.at));
        let at = at.as_deref().unwrap_or("not stated when");
        // What was done says why, but in a record of another origin.
        let why = self.reason.as_ref().filter(|reason| !self.did.contains(*reason));
        let why = why.map(|reason| format!(", because {reason}")).unwrap_or_default();
        format!("{who}, {at}, {}: {}{why}", self.journal(), self.did)
    }

    /// Where it says so.
    pub const fn journal(&self) -> &'static str {
        if self.own { "in the journal here" } else { "in a colleague's journal" }
    }
}

impl Alarm {
    /// All that journals say that contradict each other, in a line; nothing if none do.
    pub fn disputed(&self) -> Option<String> {
        let each: Vec<String> = self.disagreement.iter().map(Position::words).collect();
        (!each.is_empty()).then(|| each.join("; "))
    }

    /// What was decided in its order, in a line; nothing if nothing was.
    pub fn past(&self) -> Option<String> {
        let each: Vec<String> = self.history.iter().map(Decision::words).collect();
        (!each.is_empty()).then(|| each.join("; "))
    }

    /// `3 events`, or `2 findings` of one that has no event.
    pub fn size(&self) -> String {
        size(self.count, self.findings)
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        let rule = self.rule.title.as_deref().or(self.rule.id.as_deref());
        rule.unwrap_or(&self.fingerprint)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    pub id: Option<String>,
    pub version: Option<String>,
    pub title: Option<String>,
    pub author: Option<String>,
    pub licence: Option<String>,
}

/// An object of the evidence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Object {
    pub path: String,
    /// Of the bytes as acquired, in hexadecimal.
    pub sha256: Option<String>,
    /// As acquired.
    pub bytes: Option<u64>,
    /// Hash and size of what the record was made from, where that is not what was acquired.
    pub read_sha256: Option<String>,
    pub read_bytes: Option<u64>,
    pub standing: Option<Standing>,
    /// Such as `read`, `partial`, `skipped`.
    pub state: Option<String>,
    pub remark: Option<String>,
}

/// What the evidence covers, and what it does not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Coverage {
    pub counts: Vec<Count>,
    pub spans: Vec<Span>,
    pub remarks: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Count {
    /// Such as `records parsed`.
    pub what: String,
    pub count: u64,
}

/// A span of time of a source, and whether there is evidence for it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Span {
    pub of: String,
    #[serde(with = "moment")]
    pub from: Option<Time>,
    #[serde(with = "moment")]
    pub to: Option<Time>,
    /// Such as `verified`, `log_modified`, `gap`.
    pub state: String,
    /// What that means, of how many log files.
    pub meaning: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    pub text: String,
}
