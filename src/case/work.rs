//! The analyst's work as it stands: what the entries that were not undone add up to.

use super::alarms::Alarms;
use super::family::OWN;
use super::marks::Marks;
use super::{Entry, Exhibit, Facet, Marked, NoteId, Spot, Ticket, What};
use crate::event::Timestamp;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// A note as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub id: NoteId,
    /// The chain it was written in: 0 is this workspace's own, which alone can change it.
    pub chain: usize,
    pub text: String,
    pub author: String,
    pub created: Timestamp,
    /// When and by whom it was last edited.
    pub edited: Option<(Timestamp, String)>,
    /// The records it is about.
    pub on: Vec<Arc<Exhibit>>,
    /// The alarms it is about; a note about neither is about the whole case.
    pub alarms: Vec<Arc<Ticket>>,
}

/// A note among those of all chains: the chain it was written in, and its number there.
pub type NoteKey = (usize, NoteId);

/// Why a workspace must not be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub reason: String,
    pub who: String,
    pub at: Timestamp,
}

impl Hold {
    /// The hold that this entry sets, if it sets one.
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        let What::Hold { reason } = &entry.what else { return None };
        Some(Self { reason: reason.clone(), who: entry.who.clone(), at: entry.at })
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    notes: BTreeMap<NoteKey, Note>,
    /// Notes that were removed: somebody who did not know of that may have gone on with one.
    removed: BTreeMap<NoteKey, Note>,
    marks: Marks,
    filters: Vec<String>,
    sources: Vec<String>,
    watched: Vec<String>,
    alarms: Alarms,
    /// What was said of the incident, oldest first.
    incident: Vec<(Facet, String)>,
    hold: Option<Hold>,
}

impl Work {
    /// This workspace's own by number, which is also by time; then those of other chains.
    pub fn notes(&self) -> &BTreeMap<NoteKey, Note> {
        &self.notes
    }

    /// The legal hold, if there is one.
    pub fn hold(&self) -> Option<&Hold> {
        self.hold.as_ref()
    }

    /// Every record with a tag, a bookmark or a note, in the order in which they were first
    /// marked.
    pub fn marked(&self) -> impl Iterator<Item = &Marked> {
        self.marks.iter()
    }

    /// What was said about the record at this spot; cheap enough for each row on a screen.
    pub fn marks(&self, spot: &Spot<'_>) -> Option<&Marked> {
        self.marks.get(spot)
    }

    /// The tags in use, with the number of records of each.
    pub fn tags(&self) -> BTreeMap<&str, usize> {
        let mut tags = BTreeMap::new();
        for tag in self.marked().flat_map(|marked| &marked.tags) {
            *tags.entry(tag.as_str()).or_default() += 1;
        }
        tags
    }

    /// The filters used, newest first, each once.
    pub fn filters(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        self.filters.iter().rev().map(String::as_str).filter(move |text| seen.insert(*text))
    }

    /// The sources of the case, in the order in which they were added.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// The lists of indicators whose events are marked, in the order in which they were added.
    pub fn watched(&self) -> &[String] {
        &self.watched
    }

    /// What was decided about alarms.
    pub fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    /// What is said of the incident, in the order in which it was said: of what can be there once,
    /// the last alone.
    pub fn incident(&self) -> &[(Facet, String)] {
        &self.incident
    }

    /// Takes in an entry; `note` is the note it speaks of, if it does. One about a note that never
    /// was has no effect; one that was removed is there again once somebody goes on with it.
    pub(super) fn apply(&mut self, entry: &Entry, note: NoteKey) {
        match &entry.what {
            What::NoteAdd { text, on, alarms, .. } => {
                self.add_note(entry, note, text, (on, alarms));
            }
            What::NoteEdit { text, .. } => self.edit_note(entry, note, text),
            What::NoteRemove { .. } => {
                self.removed.extend(self.notes.remove(&note).map(|removed| (note, removed)));
                self.marks.forget_note(note);
                self.alarms.forget_note(note);
            }
            What::TagAdd { .. }
            | What::TagRemove { .. }
            | What::BookmarkAdd { .. }
            | What::BookmarkRemove { .. } => self.mark(&entry.what),
            What::Filter { text } => self.filters.push(text.clone()),
            // A colleague's paths are of another host.
            What::SourceAdd { .. }
            | What::SourceRemove { .. }
            | What::WatchAdd { .. }
            | What::WatchRemove { .. }
                if note.0 != OWN => {}
            What::SourceAdd { source } => {
                if !self.sources.contains(source) {
                    self.sources.push(source.clone());
                }
            }
            What::SourceRemove { source } => self.sources.retain(|known| known != source),
            What::WatchAdd { list, .. } => {
                if !self.watched.contains(list) {
                    self.watched.push(list.clone());
                }
            }
            What::WatchRemove { list } => self.watched.retain(|known| known != list),
            What::AlarmAdd { .. }
            | What::Triage { .. }
            | What::Suppress(_)
            | What::Unsuppress(_)
            | What::Review(_) => self.alarms.apply(entry),
            What::Incident { facet, text } => {
                self.incident.retain(|(known, _)| facet.is_many() || known != facet);
                self.incident.push((*facet, text.clone()));
            }
            What::Hold { .. } => self.hold = Hold::of(entry),
            What::Release { .. } => self.hold = None,
            What::SessionStart { .. }
            | What::SessionEnd
            | What::KeysAdd { .. }
            | What::Load(_)
            | What::Acquire { .. }
            | What::Export { .. }
            | What::Report { .. }
            | What::ChainAdd { .. }
            | What::Undo { .. }
            | What::Redo { .. }
            | What::Unknown(_) => {}
        }
    }

    /// Takes in what is said of records.
    fn mark(&mut self, what: &What) {
        match what {
            What::TagAdd { tag, on } => {
                for exhibit in on {
                    self.marks.entry(exhibit).tags.insert(tag.clone());
                }
            }
            What::TagRemove { tag, on } => {
                for exhibit in on {
                    self.marks.entry(exhibit).tags.remove(tag);
                }
            }
            What::BookmarkAdd { on } | What::BookmarkRemove { on } => {
                let bookmark = matches!(what, What::BookmarkAdd { .. });
                for exhibit in on {
                    self.marks.entry(exhibit).bookmark = bookmark;
                }
            }
            _ => {}
        }
    }

    fn edit_note(&mut self, entry: &Entry, key: NoteKey, text: &str) {
        if let Some(removed) = self.removed.remove(&key) {
            self.put_note(key, removed);
        }
        if let Some(note) = self.notes.get_mut(&key) {
            text.clone_into(&mut note.text);
            note.edited = Some((entry.at, entry.who.clone()));
        }
    }

    fn add_note(
        &mut self,
        entry: &Entry,
        key: NoteKey,
        text: &str,
        (on, alarms): (&[Arc<Exhibit>], &[Arc<Ticket>]),
    ) {
        let note = Note {
            id: key.1,
            chain: key.0,
            text: text.to_owned(),
            author: entry.who.clone(),
            created: entry.at,
            edited: None,
            on: on.to_vec(),
            alarms: alarms.to_vec(),
        };
        self.put_note(key, note);
    }

    fn put_note(&mut self, key: NoteKey, note: Note) {
        for exhibit in &note.on {
            self.marks.entry(exhibit).notes.insert(key);
        }
        self.alarms.note(key, &note.alarms);
        self.notes.insert(key, note);
    }
}
