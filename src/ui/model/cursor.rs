//! The row the analyst is at: where it is, what it is about, and how it stays on its event when
//! answers change.

use super::{Follow, Model};
use crate::case::{Marked, Spot};
use crate::job::Answer;
use crate::job::exhibit::Address;
use crate::job::lookup::Record;
use crate::store::{Moves, RowRef, Segment, Snapshot, Store};
use crate::ui::message::{Effect, Tone};
use std::sync::Arc;

/// The row the analyst is at.
#[derive(Debug, Default)]
pub struct Cursor {
    pub at: Option<RowRef>,
    /// Its number among the selected rows.
    pub number: usize,
    /// Whether anybody moved it: until then it stays on the first row.
    pub moved: bool,
    /// Number of the first row on screen.
    pub top: usize,
    /// Where to go once the answer of this generation is there.
    pub seek: Option<(u64, Seek)>,
    /// Rows picked for a common note or tag.
    pub picked: Vec<RowRef>,
    /// Where the last session ended, until that record is loaded.
    pub resume: Option<Resume>,
}

/// A record to go to once it is there: the object's path, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Resume {
    pub object: String,
    pub offset: u64,
    /// Which record in its bytes; nothing for one that has them for itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<u64>,
}

impl Resume {
    fn find(&self, store: &Store, snapshot: &Snapshot) -> Option<RowRef> {
        let object = store.ledger().find(&self.object)?;
        snapshot.segments.iter().enumerate().find_map(|(number, segment)| {
            let rows = segment.rows_of(|id| id == object)?;
            let is_it = |row: &usize| {
                let origin = segment.origin(*row);
                let within = origin.inner.positions();
                origin.offset == self.offset && within.eq(self.within.iter().copied())
            };
            let row = rows.iter().find(is_it)?;
            Some(RowRef { segment: number as u32, row: row as u16 })
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seek {
    Row(RowRef),
    Time(i64),
}

impl Model {
    /// Where the record under the cursor is, for the next session.
    pub fn place(&self) -> Option<Resume> {
        let (segment, row) = self.row()?;
        let origin = segment.origin(row);
        let object = self.store.ledger().path(origin.object)?.to_string();
        let within = origin.inner.positions().collect();
        Some(Resume { object, offset: origin.offset, within })
    }

    pub fn snapshot(&self) -> Option<&Arc<Snapshot>> {
        self.answer.as_ref().map(|answer| answer.selection.snapshot())
    }

    /// The segment and row under the cursor.
    pub fn row(&self) -> Option<(&Arc<Segment>, usize)> {
        let at = self.cursor.at?;
        let snapshot = self.snapshot()?;
        Some((snapshot.segments.get(at.segment as usize)?, usize::from(at.row)))
    }

    /// The record that was read last: the one under the cursor, as soon as it rests. Without a
    /// row there is nothing that it could be of.
    pub fn read_record(&self) -> Option<&Arc<Record>> {
        self.record.as_ref().filter(|_| self.cursor.at.is_some())
    }

    /// The row whose record was read last.
    pub fn read_row(&self) -> Option<(RowRef, &Arc<Segment>, usize)> {
        let at = self.read_record()?.at;
        let segment = self.snapshot()?.segments.get(at.segment as usize)?;
        Some((at, segment, usize::from(at.row)))
    }

    /// Time of the row under the cursor.
    pub fn row_time(&self) -> Option<i64> {
        let (segment, row) = self.row()?;
        segment.time(row).map(|time| time.at.0)
    }

    /// The rows that an action is about: the picked ones, or the one under the cursor.
    pub fn subjects(&self) -> Vec<RowRef> {
        if self.cursor.picked.is_empty() {
            self.cursor.at.into_iter().collect()
        } else {
            self.cursor.picked.clone()
        }
    }

    /// Whether there are rows to mark, and what is said of them is written down. If not, it is
    /// said.
    pub fn can_mark(&mut self) -> bool {
        if self.subjects().is_empty() {
            self.say(Tone::Info, "no event here");
            return false;
        }
        self.can_write()
    }

    /// What the analyst said about a row.
    pub fn marks<'a>(&'a self, snapshot: &Snapshot, at: RowRef) -> Option<&'a Marked> {
        let work = self.case.state().work();
        work.marked().next()?;
        let segment = snapshot.segment(at);
        let origin = segment.origin(usize::from(at.row));
        let address = Address::of(self.store.ledger(), origin.object)?;
        work.marks(&Spot {
            object: &address.object,
            member: address.member.as_deref(),
            sha256: address.sha256.as_deref(),
            offset: origin.offset,
            length: u64::from(origin.length),
            within: origin.inner,
        })
    }

    /// Moves the cursor to a row by its number.
    pub fn go_to(&mut self, number: usize) -> Vec<Effect> {
        let Some(answer) = self.answer.clone() else { return Vec::new() };
        let total = answer.selection.len();
        if total == 0 {
            self.cursor.at = None;
            self.cursor.number = 0;
            self.cursor.top = 0;
            return Vec::new();
        }
        let number = number.min(total - 1);
        if self.follow == Follow::Newest && number + 1 < total {
            self.follow = Follow::Paused;
        }
        self.cursor.number = number;
        self.cursor.at = answer.selection.nth(number);
        self.scroll();
        self.look_up()
    }

    /// Keeps the cursor on screen.
    pub fn scroll(&mut self) {
        let page = self.page();
        let number = self.cursor.number;
        let total = self.answer.as_ref().map_or(0, |answer| answer.selection.len());
        // No empty lines below the last row while rows above are out of sight.
        let lowest = total.saturating_sub(page);
        self.cursor.top =
            self.cursor.top.min(number).min(lowest).max((number + 1).saturating_sub(page));
    }

    fn look_up(&self) -> Vec<Effect> {
        match (self.snapshot(), self.cursor.at) {
            (Some(snapshot), Some(at)) if self.record.as_ref().is_none_or(|r| r.at != at) => {
                vec![Effect::LookUpRecord { snapshot: Arc::clone(snapshot), at }]
            }
            _ => Vec::new(),
        }
    }

    /// What a row of an earlier answer is called in this one.
    pub fn now(&self, at: RowRef) -> RowRef {
        self.snapshot().map_or(at, |snapshot| snapshot.moves.now(at))
    }

    /// Rows that are known by older names are called what they are called now.
    fn rename(&mut self, moves: &Moves) {
        let Self { cursor, time, .. } = self;
        cursor.picked.iter_mut().chain(&mut cursor.at).for_each(|at| *at = moves.now(*at));
        if let Some((_, Seek::Row(at))) = &mut cursor.seek {
            *at = moves.now(*at);
        }
        if let Some((at, _)) = &mut time.around {
            *at = moves.now(*at);
        }
    }

    /// The row whose record was read last is called what it is called now.
    pub fn rename_record(&mut self) {
        let now = |record: &Arc<Record>| Some(self.now(record.at)).filter(|&at| at != record.at);
        if let Some((at, record)) = self.record.as_ref().and_then(|it| Some((now(it)?, it))) {
            self.record = Some(Arc::new(Record { at, ..(**record).clone() }));
        }
    }

    /// Takes in a new answer: the cursor stays on its event, or goes to the nearest after it.
    pub fn take(&mut self, answer: Arc<Answer>) -> Vec<Effect> {
        self.rename(&answer.selection.snapshot().moves);
        let selection = &answer.selection;
        let offset = self.cursor.number.saturating_sub(self.cursor.top);
        let seek = match self.cursor.seek {
            Some((generation, seek)) if answer.generation >= generation => Some(seek),
            Some(_) => None,
            None => self.cursor.at.map(Seek::Row),
        };
        let seek = seek.filter(|_| self.cursor.moved);
        let snapshot = selection.snapshot();
        let number = match seek {
            Some(Seek::Row(at)) if (at.segment as usize) < snapshot.segments.len() => {
                if selection.contains(at) {
                    selection.rank(at)
                } else {
                    selection.before(snapshot.segment(at).key(usize::from(at.row)))
                }
            }
            Some(Seek::Time(time)) => selection.before_time(time),
            _ => 0,
        };
        let number = if self.follow == Follow::Newest { usize::MAX } else { number };
        if answer.generation >= self.cursor.seek.map_or(0, |(generation, _)| generation)
            && answer.is_complete()
        {
            self.cursor.seek = None;
        }
        if let Some(problem) = &answer.problem {
            self.say(Tone::Error, problem.clone());
        }
        let is_new = self.answer.as_ref().is_none_or(|old| !Arc::ptr_eq(&old.query, &answer.query));
        for doubt in answer.doubts.iter().filter(|_| is_new) {
            self.say(Tone::Warning, doubt.to_string());
        }
        self.say_watched(answer.watched.as_ref());
        self.filter.learn(snapshot);
        let snapshot = Arc::clone(snapshot);
        self.answer = Some(answer);
        self.rename_record();
        if let Some(at) = self.cursor.resume.as_ref().and_then(|r| r.find(&self.store, &snapshot)) {
            self.cursor.resume = None;
            self.cursor.moved = true;
            self.cursor.at = Some(at);
            let rank = self.answer.as_ref().map_or(0, |answer| answer.selection.rank(at));
            self.cursor.top = rank.saturating_sub(self.page() / 2);
            return self.go_to(rank);
        }
        // The row keeps its place on the screen, whatever was added before it.
        self.cursor.top = number.saturating_sub(offset);
        self.go_to(number)
    }
}
