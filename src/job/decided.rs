//! What is decided about each row for one question. Segments never change, so what is decided
//! once holds for as long as the question is asked, however many rows come after.

use super::marks::CaseMarks;
use super::plan::Plan;
use super::reading::{Found, Matter};
use super::shelf::{Answer, Answers};
use super::{Evidence, Question, lists};
use crate::case::CaseState;
use crate::query::{Doubt, Filter, Marks, NoMarks, Query};
use crate::store::{Bits, RowRef, Selection, Snapshot, Store};
use std::sync::Arc;

pub(super) struct Decided {
    query: Arc<Query>,
    case: Option<Arc<CaseState>>,
    filter: Result<Arc<Filter>, String>,
    marks: Arc<dyn Marks + Send>,
    parts: Vec<Part>,
    /// What an earlier session decided.
    before: Option<Answer>,
    /// Bytes that were read when the answer was last kept for later sessions.
    kept: u64,
    /// Bytes of the objects that were read to the end of what was open.
    pub(super) read: u64,
    /// Rows whose records could not be read.
    pub(super) unread: usize,
}

/// What is decided about one segment.
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
        let marks: Arc<dyn Marks + Send> = match &question.case {
            Some(case) => Arc::new(CaseMarks::new(Arc::clone(store), Arc::clone(case))),
            None => Arc::new(NoMarks),
        };
        let filter = lists::load(&question.query)
            .map_err(|error| error.to_string())
            .and_then(|lists| Filter::new(&question.query, &lists).map_err(|e| e.to_string()));
        let mut decided = Self {
            query: Arc::clone(&question.query),
            case: question.case.clone(),
            filter: filter.map(Arc::new),
            marks,
            parts: Vec::new(),
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
        self.needs_records() && self.case.is_none() && self.query.lists().is_empty()
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
        let case = match (&self.case, &question.case) {
            (None, None) => true,
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            _ => false,
        };
        let (old, new) = (&self.query, &question.query);
        let same = || old.node() == new.node() && old.lists().is_empty();
        case && (Arc::ptr_eq(old, new) || same())
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

    /// Asks the columns of segments that are new.
    pub(super) fn see(&mut self, snapshot: &Snapshot) {
        let Ok(filter) = &self.filter else { return };
        for segment in &snapshot.segments[self.parts.len()..] {
            let segment = &segment.for_a_pass();
            let failed = crate::query::failed(segment);
            let before = self.before.as_ref().and_then(|answer| answer.of(segment));
            self.parts.push(if filter.is_all() {
                Part { bits: None, open: None, failed }
            } else if let Some((bits, open)) = before {
                Part { bits: Some(bits), open, failed }
            } else if filter.needs_records() {
                let bounds = filter.bounds(segment, &*self.marks);
                let open = bounds.open();
                Part { bits: Some(bounds.certain), open: open.any().then_some(open), failed }
            } else {
                Part { bits: Some(filter.bits(segment, &*self.marks)), open: None, failed }
            });
        }
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
            let Some(part) = self.parts.get_mut(at.segment as usize) else { continue };
            let row = usize::from(at.row);
            if let Some(open) = &mut part.open {
                open.clear(row);
            }
            if hit && let Some(bits) = &mut part.bits {
                bits.set(row);
                hits = true;
            }
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
