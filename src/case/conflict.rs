//! What chains say of one thing that cannot both be meant: each changed it after they parted, and
//! neither knew of the other.

use super::family::Family;
use super::{CaseState, Entry, Exhibit, Facet, NoteId, Seq, Step, What, Work};
use crate::event::{Timestamp, Verdict};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Something that chains disagree about. The state has what was said last; nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Such as `note 3`.
    pub about: String,
    pub(super) is_about_hold: bool,
    /// The fingerprint of the alarm that it is about.
    pub alarm: Option<String>,
    /// One for each chain that said something, in their order.
    pub versions: Vec<Version>,
}

/// What one chain says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// 0 is this workspace's own.
    pub chain: usize,
    pub who: String,
    pub at: Timestamp,
    /// The note's text, or what became of it.
    pub text: String,
    /// Of an alarm: the verdict in this chain, and why.
    pub verdict: Option<(Verdict, String)>,
}

/// What an entry speaks of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Subject {
    Note(NoteId),
    Tag(String, Record),
    Bookmark(Record),
    /// By its fingerprint.
    Alarm(String),
    /// What is said of the incident, where only one thing can be true.
    Fact(Facet),
    /// Its rule, and what alarms have to be about.
    Suppression(String, Option<(String, String)>),
    Hold,
}

/// The object, by hash where it is known; member, offset and length.
type Record = (String, Option<String>, u64, u64);

/// The last entry of a chain about a subject.
struct Touch<'a> {
    entry: &'a Entry,
    exhibit: Option<&'a Arc<Exhibit>>,
}

/// A chain by itself.
struct Way<'a> {
    touched: HashMap<Subject, Touch<'a>>,
    work: Work,
    /// The heads it imported, with the number of the entry that says so.
    imported: Vec<(Seq, &'a str)>,
}

/// Finds what chains disagree about; costs nothing if there is one chain, else a fold for each.
pub(super) fn find(state: &CaseState) -> Vec<Conflict> {
    let family = state.family();
    if family.len() < 2 {
        return Vec::new();
    }
    let ways: Vec<Way<'_>> = (0..family.len()).map(|branch| Way::of(state, branch)).collect();
    let mut disputed: BTreeMap<&Subject, BTreeSet<usize>> = BTreeMap::new();
    for (one, mine) in ways.iter().enumerate() {
        for (other, theirs) in ways.iter().enumerate().skip(one + 1) {
            for subject in mine.touched.keys() {
                if differ(family, (one, mine), (other, theirs), subject) {
                    disputed.entry(subject).or_default().extend([one, other]);
                }
            }
        }
    }
    let told = |(subject, chains): (&Subject, BTreeSet<usize>)| {
        let version = |chain| ways.get(chain).and_then(|way: &Way<'_>| way.version(chain, subject));
        let versions = chains.into_iter().filter_map(version).collect();
        let exhibit = ways.iter().find_map(|way| way.touched.get(subject)?.exhibit);
        let is_about_hold = *subject == Subject::Hold;
        let alarm = match subject {
            Subject::Alarm(fingerprint) => Some(fingerprint.clone()),
            _ => None,
        };
        Conflict { about: subject.words(exhibit), is_about_hold, alarm, versions }
    };
    disputed.into_iter().map(told).collect()
}

/// Whether two chains that parted say different things of the subject, each without knowing what
/// the other said.
fn differ(
    family: &Family,
    (one, mine): (usize, &Way<'_>),
    (other, theirs): (usize, &Way<'_>),
    subject: &Subject,
) -> bool {
    let (Some(here), Some(there)) = (mine.touched.get(subject), theirs.touched.get(subject)) else {
        return false;
    };
    let parting = family.parting(one, other);
    let (last, their_last) = (here.entry.seq, there.entry.seq);
    let shared = match subject {
        Subject::Note(note) => family.share_note(one, other, *note),
        _ => true,
    };
    let knew = |way: &Way<'_>, own: Seq, branch, seq| {
        way.imported.iter().any(|(at, head)| *at < own && family.knew(head, branch, seq))
    };
    shared
        && last > parting
        && their_last > parting
        && !knew(mine, last, other, their_last)
        && !knew(theirs, their_last, one, last)
        && subject.value(&mine.work, here) != subject.value(&theirs.work, there)
}

impl Version {
    /// Whose chain it is, for people.
    pub const fn whose(&self) -> &'static str {
        if self.chain == 0 { "here" } else { "in a colleague's chain" }
    }

    /// Who says what, when and where, in a line.
    pub fn words(&self) -> String {
        format!("{}, {}, {}: {}", self.who, self.at.to_rfc3339(0), self.whose(), self.text)
    }
}

impl<'a> Way<'a> {
    fn of(state: &'a CaseState, branch: usize) -> Self {
        let entries: Vec<&Arc<Entry>> = state.chain(branch).collect();
        let by_number: HashMap<Seq, &Arc<Entry>> =
            entries.iter().map(|entry| (entry.seq, *entry)).collect();
        let mut way = Self { touched: HashMap::new(), work: Work::default(), imported: Vec::new() };
        for entry in &entries {
            let meant = match &entry.what {
                What::Undo { of } | What::Redo { of } => by_number.get(of).copied(),
                What::ChainAdd { head, .. } => {
                    way.imported.push((entry.seq, head));
                    None
                }
                _ => Some(*entry),
            };
            for (subject, exhibit) in meant.into_iter().flat_map(|meant| subjects(&meant.what)) {
                way.touched.insert(subject, Touch { entry, exhibit });
            }
        }
        way.work = CaseState::fold(entries.into_iter().cloned()).work().clone();
        way
    }

    fn version(&self, chain: usize, subject: &Subject) -> Option<Version> {
        let touch = self.touched.get(subject)?;
        Some(Version {
            chain,
            who: touch.entry.who.clone(),
            at: touch.entry.at,
            text: subject.value(&self.work, touch),
            verdict: subject.verdict(&self.work),
        })
    }
}

fn subjects(what: &What) -> Vec<(Subject, Option<&Arc<Exhibit>>)> {
    match what {
        What::NoteAdd { note, .. } | What::NoteEdit { note, .. } | What::NoteRemove { note } => {
            vec![(Subject::Note(*note), None)]
        }
        What::TagAdd { tag, on } | What::TagRemove { tag, on } => {
            on.iter().map(|one| (Subject::Tag(tag.clone(), record(one)), Some(one))).collect()
        }
        What::BookmarkAdd { on } | What::BookmarkRemove { on } => {
            on.iter().map(|one| (Subject::Bookmark(record(one)), Some(one))).collect()
        }
        What::Triage { step: Step::Tick { .. }, .. } => Vec::new(),
        What::Triage { on, .. } => {
            on.iter().map(|it| (Subject::Alarm(it.fingerprint.clone()), None)).collect()
        }
        What::Incident { facet, .. } if !facet.is_many() => vec![(Subject::Fact(*facet), None)],
        What::Suppress(it) | What::Unsuppress(it) => {
            vec![(Subject::Suppression(it.rule.clone(), it.about.clone()), None)]
        }
        What::Hold { .. } | What::Release { .. } => vec![(Subject::Hold, None)],
        _ => Vec::new(),
    }
}

fn record(exhibit: &Exhibit) -> Record {
    let object = exhibit.sha256.as_ref().unwrap_or(&exhibit.object);
    (object.clone(), exhibit.member.clone(), exhibit.offset, exhibit.length)
}

impl Subject {
    fn verdict(&self, work: &Work) -> Option<(Verdict, String)> {
        let Self::Alarm(fingerprint) = self else { return None };
        work.alarms().get(fingerprint)?.verdict.clone()
    }

    fn value(&self, work: &Work, touch: &Touch<'_>) -> String {
        let marked = || work.marks(&touch.exhibit?.spot());
        let (yes, text) = match self {
            Self::Note(note) => {
                let note = work.notes().get(&(0, *note));
                return note.map_or_else(|| "removed".to_owned(), |note| note.text.clone());
            }
            Self::Alarm(fingerprint) => {
                let kept = work.alarms().get(fingerprint);
                let said = kept.and_then(|kept| kept.history.last());
                return said.map_or_else(|| "new".to_owned(), |said| said.step.summary());
            }
            Self::Fact(facet) => {
                let said = work.incident().iter().find(|(known, _)| known == facet);
                return said.map_or_else(|| "not said".to_owned(), |(_, text)| text.clone());
            }
            Self::Suppression(rule, about) => {
                let mut all = work.alarms().suppressions().iter();
                let known = all.find(|it| it.rule == *rule && it.about == *about);
                return known.map_or_else(
                    || "ended".to_owned(),
                    |it| format!("until {}: {}", it.until.to_rfc3339(0), it.reason),
                );
            }
            Self::Tag(tag, _) => (marked().is_some_and(|marked| marked.tags.contains(tag)), "on"),
            Self::Bookmark(_) => (marked().is_some_and(|marked| marked.bookmark), "on"),
            Self::Hold => (work.hold().is_some(), "in force"),
        };
        if yes { text.to_owned() } else { "off".to_owned() }
    }

    fn words(&self, exhibit: Option<&Arc<Exhibit>>) -> String {
        let record = exhibit.map_or("a record", |exhibit| exhibit.summary.as_str());
        match self {
            Self::Note(note) => format!("note {note}"),
            Self::Tag(tag, _) => format!("tag {tag} on {record}"),
            Self::Bookmark(_) => format!("bookmark on {record}"),
            Self::Alarm(fingerprint) => format!("alarm {fingerprint}"),
            Self::Fact(facet) => format!("incident, {facet}"),
            Self::Suppression(rule, None) => format!("suppression of {rule}"),
            Self::Suppression(rule, Some((field, value))) => {
                format!("suppression of {rule}, {field} {value}")
            }
            Self::Hold => "legal hold".to_owned(),
        }
    }
}
