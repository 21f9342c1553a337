//! What is decided about each row for one question. Segments never change, so what is decided
//! once holds for as long as the question is asked, however many rows come after.

use super::alarmed::Alarmed;
use super::is_same;
use super::marks::CaseMarks;
use super::plan::Plan;
use super::reading::{Found, Matter};
use super::shelf::{Answer, Answers};
use super::{Evidence, Question, Standings, lists};
use crate::case::CaseState;
use crate::query::{Doubt, Filter, Marks, NoMarks, Query};
use crate::store::{Bits, Moves, RowRef, Segment, Selection, Snapshot, Store};
use std::sync::Arc;

pub(super) struct Decided {
    query: Arc<Query>,
    case: Option<Arc<CaseState>>,
    standings: Option<Arc<Standings>>,
    alarmed: Option<Arc<Alarmed>>,
    filter: Result<Arc<Filter>, String>,
    marks: Arc<dyn Marks + Send>,
    parts: Vec<Part>,
    /// What became of the rows of parts whose segments were merged.
    moves: Arc<Moves>,
    /// What an earlier session decided.
    before: Option<Answer>,
    /// Bytes that were read when the answer was last kept for later sessions.
    kept: u64,
    /// Bytes of the objects that were read to the end of what was open.
    pub(super) read: u64,
    /// Rows whose records could not be read.
    pub(super) unread: usize,
}

/// Whether it needs what others know about rows.
fn asks_marks(question: &Question) -> bool {
    question.case.is_some() || question.standings.is_some() || question.alarmed.is_some()
}

/// What is decided about one segment.
#[derive(Default)]
struct Part {
    /// Rows that pass; `None` means all.
    bits: Option<Bits>,
    /// Rows whose records have to be read.
    open: Option<Bits>,
    /// Rows that failed, whether they pass or not.
    failed: Option<Bits>,
}

impl Decided {
    pub(super) fn new(
        question: &Question,
        store: &Arc<Store>,
        answers: Option<&mut Answers>,
    ) -> Self {
        let marks: Arc<dyn Marks + Send> = if asks_marks(question) {
            let case = question.case.clone().unwrap_or_default();
            let standings = question.standings.clone().unwrap_or_default();
            let marks = CaseMarks::new(Arc::clone(store), case, standings);
            Arc::new(marks.with(question.alarmed.clone().unwrap_or_default()))
        } else {
            Arc::new(NoMarks)
        };
        let filter = lists::load(&question.query)
            .map_err(|error| error.to_string())
            .and_then(|lists| Filter::new(&question.query, &lists).map_err(|e| e.to_string()));
        let mut decided = Self {
            query: Arc::clone(&question.query),
            case: question.case.clone(),
            standings: question.standings.clone(),
            alarmed: question.alarmed.clone(),
            filter: filter.map(Arc::new),
            marks,
            parts: Vec::new(),
            moves: Arc::default(),
            before: None,
            kept: 0,
            read: 0,
            unread: 0,
        };
        if decided.is_lasting() {
            decided.before = answers.and_then(|answers| answers.find(&question.query));
        }
        decided
    }

    /// Whether the answer to the question depends on nothing but the rows, and needs records.
    fn is_lasting(&self) -> bool {
        let depends = self.case.is_some() || self.standings.is_some() || self.alarmed.is_some();
        self.needs_records() && !depends && self.query.lists().is_empty()
    }

    /// Keeps a whole answer for later sessions, if it is worth that.
    pub(super) fn keep(&mut self, snapshot: &Snapshot, answers: &mut Answers) {
        if self.unread > 0 || !self.is_lasting() || !answers.want(self.read - self.kept) {
            return;
        }
        self.kept = self.read;
        let parts = snapshot.segments.iter().zip(&self.parts).filter_map(|(segment, part)| {
            Some((&**segment, part.bits.as_ref()?, part.open.as_ref()))
        });
        answers.keep(&self.query, parts);
    }

    /// Whether the question asks the same. What a list holds may have changed since.
    pub(super) fn answers(&self, question: &Question) -> bool {
        let case = is_same(self.case.as_ref(), question.case.as_ref());
        let standings = is_same(self.standings.as_ref(), question.standings.as_ref())
            && is_same(self.alarmed.as_ref(), question.alarmed.as_ref());
        let (old, new) = (&self.query, &question.query);
        let same = || old.node() == new.node() && old.lists().is_empty();
        case && standings && (Arc::ptr_eq(old, new) || same())
    }

    /// Gives up on an answer.
    pub(super) fn fail(&mut self, problem: String) {
        self.filter = Err(problem);
        self.parts.clear();
    }

    /// Why the question has no answer.
    pub(super) fn problem(&self) -> Option<&String> {
        self.filter.as_ref().err()
    }

    pub(super) fn doubts(&self) -> Vec<Doubt> {
        self.filter
            .as_ref()
            .map_or_else(|_| Vec::new(), |filter| filter.doubts().cloned().collect())
    }

    pub(super) fn needs_records(&self) -> bool {
        self.filter.as_ref().is_ok_and(|filter| filter.needs_records())
    }

    /// Asks the columns of segments that are new. What was read of rows that were merged into one
    /// of these is not read again.
    pub(super) fn see(&mut self, snapshot: &Snapshot) {
        let seen = self.parts.len();
        for segment in &snapshot.segments[seen..] {
            let Some(part) = self.ask(&segment.for_a_pass()) else { return };
            self.parts.push(part);
        }
        if Arc::ptr_eq(&self.moves, &snapshot.moves) {
            return;
        }
        self.moves = Arc::clone(&snapshot.moves);
        for number in (0..seen).filter(|&number| snapshot.segments[number].is_empty()) {
            let Part { bits, open, .. } = std::mem::take(&mut self.parts[number]);
            if let Some(bits) = bits.filter(|_| self.needs_records()) {
                self.carry_over(number as u32, &bits, open.as_ref());
            }
        }
    }

    /// What was decided about the rows of a part holds where they are now.
    fn carry_over(&mut self, segment: u32, bits: &Bits, open: Option<&Bits>) {
        for row in (0..bits.len()).filter(|&row| open.is_none_or(|open| !open.get(row))) {
            self.decide(RowRef { segment, row: row as u16 }, bits.get(row));
        }
    }

    /// Whether a row passes; it is no longer open.
    fn decide(&mut self, at: RowRef, hit: bool) {
        let at = self.moves.now(at);
        let Some(part) = self.parts.get_mut(at.segment as usize) else { return };
        let row = usize::from(at.row);
        if let Some(open) = &mut part.open {
            open.clear(row);
        }
        if let Some(bits) = part.bits.as_mut().filter(|_| hit) {
            bits.set(row);
        }
    }

    fn ask(&self, segment: &Segment) -> Option<Part> {
        let filter = self.filter.as_ref().ok()?;
        let failed = crate::query::failed(segment);
        if filter.is_all() {
            return Some(Part { bits: None, open: None, failed });
        }
        if let Some((bits, open)) = self.before.as_ref().and_then(|answer| answer.of(segment)) {
            return Some(Part { bits: Some(bits), open, failed });
        }
        Some(if filter.needs_records() {
            let bounds = filter.bounds(segment, &*self.marks);
            let open = bounds.open();
            Part { bits: Some(bounds.certain), open: open.any().then_some(open), failed }
        } else {
            Part { bits: Some(filter.bits(segment, &*self.marks)), open: None, failed }
        })
    }

    /// The records that are still to be read.
    pub(super) fn plan(
        &self,
        snapshot: &Snapshot,
        evidence: &Evidence,
        near: Option<RowRef>,
    ) -> Plan {
        Plan::new(evidence, snapshot, |number| self.parts.get(number)?.open.as_ref(), near)
    }

    /// What a reading has to know; `None` if records decide nothing.
    pub(super) fn matter(
        &self,
        snapshot: &Arc<Snapshot>,
        evidence: &Arc<Evidence>,
    ) -> Option<Matter> {
        if !self.needs_records() {
            return None;
        }
        let filter = Arc::clone(self.filter.as_ref().ok()?);
        let (snapshot, evidence) = (Arc::clone(snapshot), Arc::clone(evidence));
        Some(Matter { snapshot, filter, marks: Arc::clone(&self.marks), evidence })
    }

    /// Takes a piece of the answer; says whether there are hits in it.
    pub(super) fn take(&mut self, found: Found) -> bool {
        let mut hits = false;
        let lost = found.lost.map(|lost| lost.rows).unwrap_or_default();
        self.unread += lost.len();
        let lost = lost.into_iter().map(|row| (row, false));
        for (at, hit) in found.decided.into_iter().chain(lost) {
            self.decide(at, hit);
            hits |= hit;
        }
        hits
    }

    /// The rows that pass, as far as they are decided.
    pub(super) fn selection(&self, snapshot: &Arc<Snapshot>) -> Selection {
        Selection::new(snapshot, |number| match self.parts.get(number) {
            Some(part) => part.bits.clone(),
            None => Some(Bits::none(snapshot.segments[number].len())),
        })
    }

    /// Of these, the rows that failed or were denied.
    pub(super) fn errors(&self, snapshot: &Arc<Snapshot>) -> Selection {
        Selection::new(snapshot, |number| {
            let part = self.parts.get(number);
            let failed = part.and_then(|part| part.failed.clone());
            let failed = failed.unwrap_or_else(|| Bits::none(snapshot.segments[number].len()));
            Some(match part.and_then(|part| part.bits.as_ref()) {
                Some(bits) => failed.and(bits),
                None => failed,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Frame, Place, Schema, Sink, Time, Timestamp, Window, fields};
    use crate::query::{Names, Now, parse};
    use crate::source::Limits;
    use crate::store::{Batch, NewObject};

    #[test]
    fn what_reading_decided_holds_when_segments_are_merged() {
        let store = Arc::new(Store::new());
        let evidence = Evidence::new(Arc::clone(&store), Limits::default());
        let schema = Schema { id: "t".into(), title: "T".into(), fields: vec![fields::EVENT] };
        let schema = Arc::new(schema);
        let new = NewObject { path: "o".into(), parent: None, order: 0, bytes: 0 };
        let object = store.ledger().open(new);
        let mut batch = Batch::live(&store, Window::default());
        batch.begin(object, 0);
        let mut write = |rows: std::ops::Range<u64>| {
            for offset in rows {
                batch.row(&schema).time(Time::new(Timestamp(offset as i64), 9));
                let frame = Frame::new(offset, 1, Place::Line(offset + 1));
                let _ = batch.commit(&schema, frame, b"x");
                batch.flush();
            }
            store.snapshot()
        };
        let query = Arc::new(parse("needle", &Names::default(), Now::default()).unwrap());
        let (case, watch, window, near) = (None, None, None, None);
        let (standings, alarmed, buckets) = (None, None, 1);
        let question = Question {
            generation: 1,
            query,
            case,
            standings,
            alarmed,
            watch,
            window,
            buckets,
            near,
        };
        let mut decided = Decided::new(&question, &store, None);

        // Rows 0 to 49 are read; of 20 to 29 that is told when they have moved already.
        let before = write(0..50);
        decided.see(&before);
        let rows = Selection::all(&before).window(0, 50);
        let found = |from: usize, to: usize| Found {
            decided: (from..to).map(|row| (rows[row], row % 3 == 0)).collect(),
            lost: None,
        };
        assert!(decided.take(found(0, 20)));
        assert!(decided.take(found(30, 50)));
        let after = write(50..140);
        assert!(after.segments.iter().filter(|segment| !segment.is_empty()).count() < 64);
        decided.see(&after);
        assert!(decided.take(found(20, 30)));
        assert_eq!(decided.selection(&after).len(), 17);
        assert_eq!(decided.plan(&after, &evidence, None).records(), 90);

        // One who comes later has everything to read.
        let mut other = Decided::new(&question, &store, None);
        other.see(&after);
        assert_eq!(other.selection(&after).len(), 0);
        assert_eq!(other.plan(&after, &evidence, None).records(), 140);
    }
}
