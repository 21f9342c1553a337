//! What a journal can say: the closed list of entries.

use super::alarm::Ticket;
use super::exhibit::Exhibit;
use super::facet::Facet;
use super::stamp;
use super::triage::{Review, Step, Suppression};
use crate::event::Timestamp;
use crate::event::counted;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// An entry's number in its journal, from 1.
pub type Seq = u64;

/// A note's number in its workspace, from 1; never used again.
pub type NoteId = u64;

/// Something a person did, not yet written.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    pub at: Timestamp,
    pub who: String,
    pub host: String,
    pub what: What,
}

/// Something a person did, as it stands in the journal; times have milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: Seq,
    #[serde(with = "stamp")]
    pub at: Timestamp,
    pub who: String,
    pub host: String,
    #[serde(flatten)]
    pub what: What,
}

/// What was done. A newer program's kinds, and kinds of this list with members that do not fit,
/// are `Unknown`: shown, counted, and without effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// `mode` says how the program was used, such as `screen` or `query`.
    SessionStart {
        version: String,
        sources: Vec<String>,
        mode: String,
    },
    SessionEnd,
    NoteAdd {
        note: NoteId,
        text: String,
        on: Vec<Arc<Exhibit>>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        alarms: Vec<Arc<Ticket>>,
    },
    NoteEdit {
        note: NoteId,
        text: String,
    },
    NoteRemove {
        note: NoteId,
    },
    TagAdd {
        tag: String,
        on: Vec<Arc<Exhibit>>,
    },
    TagRemove {
        tag: String,
        on: Vec<Arc<Exhibit>>,
    },
    BookmarkAdd {
        on: Vec<Arc<Exhibit>>,
    },
    BookmarkRemove {
        on: Vec<Arc<Exhibit>>,
    },
    Filter {
        text: String,
    },
    SourceAdd {
        source: String,
    },
    SourceRemove {
        source: String,
    },
    /// From now on, events with a value of this list are marked. `sha256` is the list's then.
    WatchAdd {
        list: String,
        sha256: String,
    },
    WatchRemove {
        list: String,
    },
    /// From now on the public keys in a file of this SHA-256, which the workspace keeps, are
    /// believed; `file` is where they were taken from.
    KeysAdd {
        file: String,
        sha256: String,
        keys: u64,
    },
    Load(Totals),
    /// Objects were read that no earlier entry knows; `list` is the SHA-256 of the list of them.
    Acquire {
        list: String,
        objects: u64,
        bytes: u64,
    },
    Export {
        path: String,
        sha256: String,
        rows: u64,
    },
    /// A report about the evidence was written; `of` is what about.
    Report {
        of: String,
        path: String,
        sha256: String,
    },
    /// An alarm that a person raised.
    AlarmAdd {
        alarm: Arc<Ticket>,
    },
    /// Something was decided about these alarms.
    Triage {
        on: Vec<Arc<Ticket>>,
        #[serde(flatten)]
        step: Step,
    },
    /// From now on, such alarms are not shown; one that is about the same takes its place.
    Suppress(Suppression),
    /// Ends a suppression: such alarms are shown again.
    Unsuppress(Suppression),
    /// Somebody looked through the alarms.
    Review(Review),
    /// Something is said of the incident that this case is about. Of what can be there once, the
    /// last holds.
    Incident {
        facet: Facet,
        text: String,
    },
    /// From here on the workspace must not be deleted.
    Hold {
        reason: String,
    },
    /// Ends the hold.
    Release {
        reason: String,
    },
    /// A colleague's chain of `entries` entries, the last of which has this hash, came to lie
    /// beside this one: what stands after this entry was written knowing that.
    ChainAdd {
        head: String,
        entries: u64,
    },
    /// Withdraws the effect of the entry `of`; nothing is ever deleted.
    Undo {
        of: Seq,
    },
    /// Gives the entry `of`, which was undone, its effect again.
    Redo {
        of: Seq,
    },
    /// All members of the entry except those every entry has.
    #[serde(untagged)]
    Unknown(Map<String, Value>),
}

/// What a finished load came to, as in the coverage ledger:
/// `records = parsed + unparsed + duplicate + out_of_range`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub objects: u64,
    pub records: u64,
    pub parsed: u64,
    pub unparsed: u64,
    pub duplicate: u64,
    pub out_of_range: u64,
}

impl Entry {
    /// The entry without these members, which are the line's and not its own. Only an unknown
    /// entry keeps members it does not name.
    #[must_use]
    pub(super) fn without(mut self, names: &[&str]) -> Self {
        if let What::Unknown(members) = &mut self.what {
            members.retain(|name, _| !names.contains(&name.as_str()));
        }
        self
    }
}

impl What {
    /// The word that stands in the journal.
    pub fn kind(&self) -> &str {
        match self {
            Self::SessionStart { .. } => "session_start",
            Self::SessionEnd => "session_end",
            Self::NoteAdd { .. } => "note_add",
            Self::NoteEdit { .. } => "note_edit",
            Self::NoteRemove { .. } => "note_remove",
            Self::TagAdd { .. } => "tag_add",
            Self::TagRemove { .. } => "tag_remove",
            Self::BookmarkAdd { .. } => "bookmark_add",
            Self::BookmarkRemove { .. } => "bookmark_remove",
            Self::Filter { .. } => "filter",
            Self::SourceAdd { .. } => "source_add",
            Self::SourceRemove { .. } => "source_remove",
            Self::WatchAdd { .. } => "watch_add",
            Self::WatchRemove { .. } => "watch_remove",
            Self::KeysAdd { .. } => "keys_add",
            Self::Load(_) => "load",
            Self::Acquire { .. } => "acquire",
            Self::Export { .. } => "export",
            Self::Report { .. } => "report",
            Self::AlarmAdd { .. } => "alarm_add",
            Self::Triage { .. } => "triage",
            Self::Suppress(_) => "suppress",
            Self::Unsuppress(_) => "unsuppress",
            Self::Review(_) => "review",
            Self::Incident { .. } => "incident",
            Self::Hold { .. } => "hold",
            Self::Release { .. } => "release",
            Self::ChainAdd { .. } => "chain_add",
            Self::Undo { .. } => "undo",
            Self::Redo { .. } => "redo",
            Self::Unknown(members) => members.get("what").and_then(Value::as_str).unwrap_or("?"),
        }
    }

    /// Whether the undo key takes it back: what an analyst says about records, alarms and the
    /// incident. The rest are facts (a session, a load, an export, a review), or have their own way
    /// back (filters, sources, lists).
    pub fn is_step(&self) -> bool {
        matches!(
            self,
            Self::NoteAdd { .. }
                | Self::NoteEdit { .. }
                | Self::NoteRemove { .. }
                | Self::TagAdd { .. }
                | Self::TagRemove { .. }
                | Self::BookmarkAdd { .. }
                | Self::BookmarkRemove { .. }
                | Self::AlarmAdd { .. }
                | Self::Triage { .. }
                | Self::Suppress(_)
                | Self::Unsuppress(_)
                | Self::Incident { .. }
        )
    }

    /// The records that it speaks of, with their bytes.
    pub fn exhibits(&self) -> &[Arc<Exhibit>] {
        match self {
            Self::NoteAdd { on, .. }
            | Self::TagAdd { on, .. }
            | Self::TagRemove { on, .. }
            | Self::BookmarkAdd { on }
            | Self::BookmarkRemove { on } => on,
            _ => &[],
        }
    }

    /// One line for people. It quotes what was typed, so it is not yet safe to show.
    pub fn summary(&self) -> String {
        let records = |on: &[Arc<Exhibit>]| match on.len() {
            1 => "1 record".to_owned(),
            n => format!("{n} records"),
        };
        match self {
            Self::SessionStart { version, mode, .. } => {
                format!("session started, {mode}, version {version}")
            }
            Self::SessionEnd => "session ended".to_owned(),
            Self::NoteAdd { note, on, alarms, .. } => match (on.len(), alarms.as_slice()) {
                (0, []) => format!("note {note}"),
                (_, []) => format!("note {note} on {}", records(on)),
                (_, alarms) => format!("note {note} on {}", titles(alarms)),
            },
            Self::NoteEdit { note, .. } => format!("note {note} edited"),
            Self::NoteRemove { note } => format!("note {note} removed"),
            Self::TagAdd { tag, on } => format!("tag {tag} on {}", records(on)),
            Self::TagRemove { tag, on } => format!("tag {tag} off {}", records(on)),
            Self::BookmarkAdd { on } => format!("bookmark on {}", records(on)),
            Self::BookmarkRemove { on } => format!("bookmark off {}", records(on)),
            Self::Filter { text } => format!("filter {text}"),
            Self::SourceAdd { source } => format!("source {source} added"),
            Self::SourceRemove { source } => format!("source {source} removed"),
            Self::WatchAdd { list, .. } => format!("watching for {list}"),
            Self::WatchRemove { list } => format!("no longer watching for {list}"),
            Self::KeysAdd { file, keys, .. } => {
                format!("{} of {file} believed", counted(*keys, "public key", "public keys"))
            }
            Self::Load(totals) => {
                format!(
                    "loaded {} of {}",
                    counted(totals.records, "record", "records"),
                    counted(totals.objects, "object", "objects")
                )
            }
            Self::Acquire { objects: n, .. } => counted(*n, "object acquired", "objects acquired"),
            Self::Export { path, rows, .. } => {
                format!("{} exported to {path}", counted(*rows, "row", "rows"))
            }
            Self::Report { of, path, .. } => format!("report on {of} written to {path}"),
            Self::AlarmAdd { .. }
            | Self::Triage { .. }
            | Self::Suppress(_)
            | Self::Unsuppress(_)
            | Self::Review(_)
            | Self::Incident { .. } => self.decided(),
            Self::Hold { reason } => format!("legal hold: {reason}"),
            Self::Release { reason } => format!("legal hold ended: {reason}"),
            Self::ChainAdd { head, entries } => {
                let short = head.get(..12).unwrap_or(head);
                format!(
                    "a colleague's chain {short} of {} imported",
                    counted(*entries, "entry", "entries")
                )
            }
            Self::Undo { of } => format!("entry {of} undone"),
            Self::Redo { of } => format!("entry {of} done again"),
            Self::Unknown(_) => format!("{}: of a newer version, without effect here", self.kind()),
        }
    }

    /// What was decided about alarms and the incident, in one line.
    fn decided(&self) -> String {
        match self {
            Self::AlarmAdd { alarm } => format!("alarm raised by hand: {}", alarm.title),
            Self::Triage { on, step } => format!("{}: {}", titles(on), step.summary()),
            Self::Suppress(what) => format!(
                "alarms of {} suppressed until {}: {}",
                what.words(),
                what.until.to_rfc3339(0),
                what.reason
            ),
            Self::Unsuppress(what) => format!("alarms of {} shown again", what.words()),
            Self::Review(review) => {
                let alarms = counted(review.alarms, "alarm", "alarms");
                format!("review of {alarms}, {} open", review.open)
            }
            Self::Incident { facet, text } => format!("incident, {facet}: {text}"),
            _ => String::new(),
        }
    }
}

/// The title of an alarm, or how many there are.
fn titles(alarms: &[Arc<Ticket>]) -> String {
    match alarms {
        [one] => format!("alarm {}", one.title),
        all => counted(all.len() as u64, "alarm", "alarms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::sample;

    #[test]
    fn every_kind_reads_back_as_itself() {
        for (number, what) in sample::one_of_each().into_iter().enumerate() {
            let entry = sample::entry(number as u64 + 1, what);
            let json = serde_json::to_string(&entry).unwrap();
            assert!(json.contains(&format!(r#""what":"{}""#, entry.what.kind())), "{json}");
            assert_eq!(serde_json::from_str::<Entry>(&json).unwrap(), entry, "{json}");
        }
    }

    #[test]
    fn what_a_newer_version_wrote_is_kept_and_named() {
        let head = r#""seq":1,"at":"2026-03-04T10:00:00.000Z","who":"a","host":"b""#;
        for (rest, kind) in [
            (r#""what":"verdict","alarm":"A-1","deep":{"x":[1,2.5,null]}"#, "verdict"),
            (r#""what":"note_remove","note":{"id":"later"}"#, "note_remove"),
            (r#""what":7"#, "?"),
        ] {
            let json = format!("{{{head},{rest}}}");
            let entry: Entry = serde_json::from_str(&json).unwrap();
            assert!(matches!(entry.what, What::Unknown(_)), "{json}");
            assert_eq!(entry.what.kind(), kind);
            assert_eq!(serde_json::to_string(&entry).unwrap(), json);
        }
    }

    #[test]
    fn members_added_by_a_newer_version_do_not_hide_the_entry() {
        let json = r#"{"seq":1,"at":"2026-03-04T10:00:00Z","who":"a","host":"b","what":"note_edit","note":2,"text":"t","colour":"red"}"#;
        let entry: Entry = serde_json::from_str(json).unwrap();
        assert_eq!(entry.what, What::NoteEdit { note: 2, text: "t".to_owned() });
    }
}
