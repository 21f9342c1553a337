//! The worker that keeps the filter answered.
//!
//! Questions are drained before each pass, so that a burst of keys is one pass; an answer is
//! published after it, and says which question it is for. Segments never change, so what was
//! decided about them is kept until the filter changes. A filter that needs records is answered
//! from columns first; the rows that are left are decided object by object, each read once.

use super::answer::{Answer, Axis, FormatLane, Reading};
use super::marks::CaseMarks;
use super::{Evidence, Notice, Notify};
use crate::case::CaseState;
use crate::event::{Cancel, ObjectId, Timestamp};
use crate::format::RecordPaths;
use crate::query::{Filter, Lists, Marks, NoMarks, Query, Record, histogram};
use crate::store::{Bits, Selection, Snapshot, Store};
use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, Sender, unbounded};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Time between two answers while records are read.
const PUBLISH_EVERY: Duration = Duration::from_millis(250);

/// Bytes of the longest list that `@FILE` reads.
const MAX_LIST: u64 = 64 << 20;

/// What the screen wants to know.
#[derive(Debug, Clone)]
pub struct Question {
    pub generation: u64,
    pub query: Arc<Query>,
    /// The case, if the filter asks for notes or tags.
    pub case: Option<Arc<CaseState>>,
    /// The part of the axis to count in; `None` is all there is.
    pub window: Option<(Timestamp, Timestamp)>,
    /// Columns of the axis.
    pub buckets: usize,
}

enum Ask {
    Question(Question),
    /// There are more rows.
    Refresh,
}

/// The worker's handle. Dropping it ends the worker.
#[derive(Debug)]
pub struct Search {
    asks: Option<Sender<Ask>>,
    newest: Arc<ArcSwapOption<Answer>>,
    /// Ends the reading of records; a new one for each question.
    stop: Cancel,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ask")
    }
}

impl Search {
    pub fn start(
        store: Arc<Store>,
        evidence: Arc<Evidence>,
        notify: Notify,
    ) -> std::io::Result<Self> {
        let (asks, receiver) = unbounded();
        let newest = Arc::new(ArcSwapOption::empty());
        let stop = Cancel::new();
        let worker = Worker {
            store,
            evidence,
            notify,
            newest: Arc::clone(&newest),
            question: None,
            filter: None,
            marks: Box::new(NoMarks),
            problem: None,
            segments: Vec::new(),
            done_bytes: 0,
            unread: 0,
        };
        let thread = std::thread::Builder::new()
            .name("filter".to_owned())
            .spawn(move || worker.run(&receiver))?;
        Ok(Self { asks: Some(asks), newest, stop, thread: Some(thread) })
    }

    pub fn ask(&self, question: Question) {
        self.send(Ask::Question(question));
    }

    /// More rows were loaded.
    pub fn refresh(&self) {
        self.send(Ask::Refresh);
    }

    fn send(&self, ask: Ask) {
        if let Some(asks) = &self.asks {
            // The worker ends only when this handle does.
            let _ = asks.send(ask);
        }
    }

    pub fn answer(&self) -> Option<Arc<Answer>> {
        self.newest.load_full()
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        self.stop.cancel();
        self.asks = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What is decided about one segment.
struct Part {
    /// Rows that pass; `None` means all.
    bits: Option<Bits>,
    /// Rows whose records have to be read.
    open: Option<Bits>,
    failed: Option<Bits>,
}

struct Worker {
    store: Arc<Store>,
    evidence: Arc<Evidence>,
    notify: Notify,
    newest: Arc<ArcSwapOption<Answer>>,
    question: Option<Question>,
    filter: Option<Filter>,
    marks: Box<dyn Marks + Send>,
    problem: Option<String>,
    segments: Vec<Part>,
    done_bytes: u64,
    unread: usize,
}

/// Rows of one object that need its records: segment, row, offset, length.
type Open = BTreeMap<ObjectId, Vec<(usize, usize, u64, u32)>>;

impl Worker {
    fn run(mut self, asks: &Receiver<Ask>) {
        while let Ok(first) = asks.recv() {
            self.take(first);
            while let Ok(more) = asks.try_recv() {
                self.take(more);
            }
            let snapshot = self.store.snapshot();
            self.decide(&snapshot);
            let reading = self.reading(&snapshot, false);
            self.publish(&snapshot, reading);
            if reading.is_some_and(|reading| !reading.over) {
                self.read(&snapshot, asks);
            }
        }
    }

    fn take(&mut self, ask: Ask) {
        let Ask::Question(question) = ask else { return };
        let same = self.question.as_ref().is_some_and(|old| {
            let case = |case: &Option<Arc<CaseState>>| case.as_ref().map(Arc::as_ptr);
            Arc::ptr_eq(&old.query, &question.query) && case(&old.case) == case(&question.case)
        });
        if !same {
            self.segments.clear();
            self.done_bytes = 0;
            self.unread = 0;
            self.marks = match &question.case {
                Some(case) => Box::new(CaseMarks::new(Arc::clone(&self.store), Arc::clone(case))),
                None => Box::new(NoMarks),
            };
            let filter = load_lists(&question.query)
                .and_then(|lists| Filter::new(&question.query, &lists).map_err(|e| e.to_string()));
            match filter {
                Ok(filter) => (self.filter, self.problem) = (Some(filter), None),
                Err(problem) => (self.filter, self.problem) = (None, Some(problem)),
            }
        }
        self.question = Some(question);
    }

    /// Asks the columns of segments that are new.
    fn decide(&mut self, snapshot: &Snapshot) {
        let Some(filter) = &self.filter else { return };
        for segment in &snapshot.segments[self.segments.len()..] {
            let failed = crate::query::failed(segment);
            let part = if filter.is_all() {
                Part { bits: None, open: None, failed }
            } else if filter.needs_records() {
                let bounds = filter.bounds(segment, &*self.marks);
                let open = bounds.open();
                Part { bits: Some(bounds.certain), open: open.any().then_some(open), failed }
            } else {
                Part { bits: Some(filter.bits(segment, &*self.marks)), open: None, failed }
            };
            self.segments.push(part);
        }
    }

    fn open(&self, snapshot: &Snapshot) -> Open {
        let mut open = Open::new();
        for (number, part) in self.segments.iter().enumerate() {
            for row in part.open.iter().flat_map(Bits::iter) {
                let origin = snapshot.segments[number].origin(row);
                let rows = open.entry(origin.object).or_default();
                rows.push((number, row, origin.offset, origin.length));
            }
        }
        open
    }

    fn reading(&self, snapshot: &Snapshot, stopped: bool) -> Option<Reading> {
        if !self.filter.as_ref()?.needs_records() {
            return None;
        }
        let left: u64 = self.open(snapshot).keys().map(|&id| self.size(id)).sum();
        let over = left == 0 || stopped;
        Some(Reading { bytes: self.done_bytes, of_bytes: self.done_bytes + left, over })
    }

    fn size(&self, id: ObjectId) -> u64 {
        self.store.ledger().get(id).map_or(1, |object| object.inflated.max(1))
    }

    /// Reads objects until all rows are decided or something else is asked.
    fn read(&mut self, snapshot: &Arc<Snapshot>, asks: &Receiver<Ask>) {
        let mut published = Instant::now();
        let open = self.open(snapshot);
        let mut left: u64 = open.keys().map(|&id| self.size(id)).sum();
        for (object, rows) in open {
            if !asks.is_empty() {
                return;
            }
            let size = self.size(object);
            if !self.read_object(snapshot, object, rows, asks) {
                return;
            }
            self.done_bytes += size;
            left -= size;
            if left == 0 || published.elapsed() > PUBLISH_EVERY {
                published = Instant::now();
                let of_bytes = self.done_bytes + left;
                let reading = Reading { bytes: self.done_bytes, of_bytes, over: left == 0 };
                self.publish(snapshot, Some(reading));
            }
        }
    }

    /// Decides the open rows of one object; says whether it came to the end.
    fn read_object(
        &mut self,
        snapshot: &Snapshot,
        object: ObjectId,
        mut rows: Vec<(usize, usize, u64, u32)>,
        asks: &Receiver<Ask>,
    ) -> bool {
        let Some(filter) = &self.filter else { return true };
        rows.sort_unstable_by_key(|&(_, _, offset, _)| offset);
        let mut decided: Vec<(usize, usize, bool)> = Vec::with_capacity(rows.len());
        let cancel = Cancel::new();
        let mut scan = Scan::new(&rows);
        let read = self.evidence.stream(object, &cancel, &mut |bytes| {
            if !asks.is_empty() {
                cancel.cancel();
                return ControlFlow::Break(());
            }
            scan.push(bytes, &mut |number, row, raw| {
                let record = Record { raw, paths: &RecordPaths };
                let hit = filter.matches(&snapshot.segments[number], row, &*self.marks, record);
                decided.push((number, row, hit));
            })
        });
        if cancel.is_cancelled() {
            return false;
        }
        if read.is_err() || decided.len() < rows.len() {
            self.unread += rows.len() - decided.len();
        }
        for (number, row, hit) in decided {
            if hit && let Some(bits) = &mut self.segments[number].bits {
                bits.set(row);
            }
        }
        for (number, row, _, _) in rows {
            if let Some(open) = &mut self.segments[number].open {
                open.clear(row);
            }
        }
        true
    }

    fn publish(&self, snapshot: &Arc<Snapshot>, reading: Option<Reading>) {
        let Some(question) = &self.question else { return };
        let none = |number: usize| Bits::none(snapshot.segments[number].len());
        let bits = |number: usize| match (&self.problem, self.segments.get(number)) {
            (None, Some(part)) => part.bits.clone(),
            _ => Some(none(number)),
        };
        let selection = Selection::new(snapshot, bits);
        let errors = Selection::new(snapshot, |number| {
            let part = self.segments.get(number);
            let failed = part.and_then(|part| part.failed.clone()).unwrap_or_else(|| none(number));
            Some(match part.and_then(|part| part.bits.as_ref()) {
                Some(bits) => failed.and(bits),
                None => failed,
            })
        });
        let (from, to) = question.window.unwrap_or_else(|| whole(snapshot));
        let buckets = question.buckets.max(1);
        let axis = Axis { from, to, buckets };
        let lanes = lanes(snapshot, &selection, axis);
        self.newest.store(Some(Arc::new(Answer {
            generation: question.generation,
            query: Arc::clone(&question.query),
            selection,
            errors,
            axis,
            lanes,
            reading,
            unread: self.unread,
            problem: self.problem.clone(),
        })));
        self.notify.tell(Notice::Selected);
    }
}

/// All the time there is, with the last event inside.
fn whole(snapshot: &Snapshot) -> (Timestamp, Timestamp) {
    let (first, last) = snapshot.span().unwrap_or((0, Timestamp::HOUR));
    let margin = ((i128::from(last) - i128::from(first)) / 200).max(1) as i64;
    (Timestamp(first), Timestamp(last.saturating_add(margin)))
}

fn lanes(snapshot: &Snapshot, selection: &Selection, axis: Axis) -> Vec<FormatLane> {
    let counted = histogram(selection, axis.from, axis.to, axis.buckets);
    let mut lanes: Vec<FormatLane> = counted
        .lanes
        .into_iter()
        .map(|lane| FormatLane { lane, selected: 0, span: None })
        .collect();
    // What no format reads has no times to speak of, and comes last.
    lanes.sort_by_key(|lane| lane.lane.format == "unparsed");
    for (number, segment) in snapshot.segments.iter().enumerate() {
        let id: &str = &segment.schema().id;
        let Some(lane) = lanes.iter_mut().find(|lane| lane.lane.format == id) else { continue };
        lane.selected += selection.count_in(number);
        lane.span = match (lane.span, segment.span()) {
            (Some((a, b)), Some((first, last))) => Some((a.min(first), b.max(last))),
            (old, new) => old.or(new),
        };
    }
    lanes
}

fn load_lists(query: &Query) -> Result<Lists, String> {
    let mut lists = Lists::default();
    for name in query.lists() {
        let told = |error: std::io::Error| format!("the list {name}: {error}");
        let size = std::fs::metadata(name).map_err(told)?.len();
        if size > MAX_LIST {
            return Err(format!("the list {name} is longer than {MAX_LIST} bytes"));
        }
        lists.add(name, &std::fs::read_to_string(name).map_err(told)?);
    }
    Ok(lists)
}

/// Cuts records out of a stream of pieces. Records are sorted by offset and do not overlap,
/// except that several rows may be of the same record.
struct Scan<'a> {
    rows: &'a [(usize, usize, u64, u32)],
    next: usize,
    /// Bytes of the stream before the current piece.
    at: u64,
    /// The beginning of a record that goes on in the next piece.
    held: Vec<u8>,
}

impl<'a> Scan<'a> {
    fn new(rows: &'a [(usize, usize, u64, u32)]) -> Self {
        Self { rows, next: 0, at: 0, held: Vec::new() }
    }

    fn push(
        &mut self,
        bytes: &[u8],
        found: &mut dyn FnMut(usize, usize, &[u8]),
    ) -> ControlFlow<()> {
        let end = self.at + bytes.len() as u64;
        while let Some(&(number, row, offset, length)) = self.rows.get(self.next) {
            let stop = offset + u64::from(length);
            let from = offset.saturating_sub(self.at) as usize;
            if stop > end {
                if offset < end {
                    self.held.extend_from_slice(&bytes[from.min(bytes.len())..]);
                }
                break;
            }
            let to = (stop - self.at) as usize;
            if self.held.is_empty() {
                found(number, row, &bytes[from..to]);
            } else {
                self.held.extend_from_slice(&bytes[..to]);
                found(number, row, &self.held);
                // Another row of the same record needs it again.
                let again = self.rows.get(self.next + 1).is_some_and(|next| next.2 == offset);
                if again {
                    self.held.truncate(self.held.len() - to);
                } else {
                    self.held.clear();
                }
            }
            self.next += 1;
        }
        self.at = end;
        if self.next < self.rows.len() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn records_are_cut_out_whatever_the_pieces(
            lengths in proptest::collection::vec((0u64..20, 1u32..30, any::<bool>()), 0..20),
            piece in 1usize..50,
        ) {
            let mut rows = Vec::new();
            let mut at = 0;
            for (row, &(gap, length, twice)) in lengths.iter().enumerate() {
                at += gap;
                for _ in 0..=usize::from(twice) {
                    rows.push((0, row, at, length));
                }
                at += u64::from(length);
            }
            let bytes: Vec<u8> = (0..at + 7).map(|n| n as u8).collect();
            let mut found = Vec::new();
            let mut scan = Scan::new(&rows);
            for piece in bytes.chunks(piece) {
                let flow = scan.push(piece, &mut |_, row, raw| found.push((row, raw.to_vec())));
                if flow.is_break() {
                    break;
                }
            }
            let cut = |&(_, row, offset, length): &(usize, usize, u64, u32)| {
                (row, bytes[offset as usize..][..length as usize].to_vec())
            };
            prop_assert_eq!(found, rows.iter().map(cut).collect::<Vec<_>>());
        }
    }
}
