//! The worker that keeps the filter answered.
//!
//! Questions are drained before each pass, so that a burst of keys is one pass; an answer is
//! published after it, and says which question it is for. A filter that needs records is answered
//! from columns at once; the rest of the answer grows while the records are read, and what was
//! decided for the last few questions is kept for when they are asked again.

use super::alarmed::Alarmed;
use super::answer::{Answer, Axis, FormatLane, HowFar};
use super::decided::Decided;
use super::reading::{Found, Reading};
use super::shelf::Answers;
use super::watch::Watch;
use super::{Evidence, Notice, Notify, Options, Standings};
use crate::case::CaseState;
use crate::event::Timestamp;
use crate::query::Query;
use crate::store::{RowRef, Snapshot, Store};
use arc_swap::ArcSwapOption;
use crossbeam_channel::{Receiver, Sender, select, unbounded};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Time between two answers while records are read; the first hits do not wait for it.
const PUBLISH_EVERY: Duration = Duration::from_millis(250);

/// Questions whose answers are kept: the one in force, and those before it. A row takes three
/// bits in each.
const KEPT: usize = 4;

/// What the screen wants to know.
#[derive(Debug, Clone)]
pub struct Question {
    pub generation: u64,
    pub query: Arc<Query>,
    /// The case, if the filter asks for notes or tags.
    pub case: Option<Arc<CaseState>>,
    /// What is proven of objects, if the filter asks for that.
    pub standings: Option<Arc<Standings>>,
    /// Which records raised alarms, if the filter asks for that.
    pub alarmed: Option<Arc<Alarmed>>,
    /// The lists that the case watches for, as one filter that needs no records. They are read
    /// again when this is another allocation than before.
    pub watch: Option<Arc<Query>>,
    /// The part of the axis to count in; `None` is all there is.
    pub window: Option<(Timestamp, Timestamp)>,
    /// Columns of the axis.
    pub buckets: usize,
    /// The row around which hits are wanted first; else those at the top of the table.
    pub near: Option<RowRef>,
}

#[derive(Debug)]
enum Ask {
    Question(Question),
    /// There are more rows.
    Refresh,
    /// No more records are to be read for the question in force.
    Stop,
}

/// The worker's handle. Dropping it ends the worker.
#[derive(Debug)]
pub struct Search {
    asks: Option<Sender<Ask>>,
    newest: Arc<ArcSwapOption<Answer>>,
    thread: Option<JoinHandle<()>>,
}

impl Search {
    /// `options` say how many threads read records, and where answers are kept.
    pub fn start(
        store: Arc<Store>,
        evidence: Arc<Evidence>,
        options: &Options,
        notify: Notify,
    ) -> std::io::Result<Self> {
        let (asks, receiver) = unbounded();
        let newest = Arc::new(ArcSwapOption::empty());
        let worker = Worker {
            store,
            evidence,
            threads: options.threads,
            answers: options.shelf.clone().map(Answers::new),
            notify,
            newest: Arc::clone(&newest),
            question: None,
            kept: Vec::new(),
            watch: None,
            reading: None,
            published: Instant::now(),
            any_hits: false,
            stopped: false,
        };
        let thread = std::thread::Builder::new()
            .name("filter".to_owned())
            .spawn(move || worker.run(&receiver))?;
        Ok(Self { asks: Some(asks), newest, thread: Some(thread) })
    }

    pub fn ask(&self, question: Question) {
        self.send(Ask::Question(question));
    }

    /// More rows were loaded.
    pub fn refresh(&self) {
        self.send(Ask::Refresh);
    }

    /// Reads no more records for the question in force; what was found stays. Says whether any were
    /// being read.
    pub fn stop(&self) -> bool {
        let reading = self.answer().and_then(|answer| answer.reading);
        let goes_on = reading.is_some_and(|reading| !reading.over && !reading.stopped);
        if goes_on {
            self.send(Ask::Stop);
        }
        goes_on
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
        self.asks = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the worker wakes up for.
enum Event {
    Ask(Ask),
    Found(Found),
    /// Everything planned is read.
    Over,
    /// Time for another answer.
    Due,
}

struct Worker {
    store: Arc<Store>,
    evidence: Arc<Evidence>,
    threads: usize,
    /// Those of earlier sessions, and for later ones.
    answers: Option<Answers>,
    notify: Notify,
    newest: Arc<ArcSwapOption<Answer>>,
    question: Option<Question>,
    /// The question in force is the last.
    kept: Vec<Decided>,
    watch: Option<Watch>,
    /// For the question in force.
    reading: Option<Reading>,
    published: Instant,
    /// Whether this reading has found any.
    any_hits: bool,
    /// No more is to be read for the question in force.
    stopped: bool,
}

impl Worker {
    fn run(mut self, asks: &Receiver<Ask>) {
        while let Some(event) = self.wait(asks) {
            match event {
                Event::Ask(first) => {
                    let mut other = self.take(first);
                    while let Ok(more) = asks.try_recv() {
                        other |= self.take(more);
                    }
                    self.answer(other);
                }
                Event::Found(mut found) => {
                    // What was not reached because it was stopped may be reached another time.
                    found.lost.take_if(|_| self.stopped);
                    let hits = self.kept.last_mut().is_some_and(|decided| decided.take(found));
                    let first = hits && !self.any_hits;
                    self.any_hits |= hits;
                    if first || self.published.elapsed() >= PUBLISH_EVERY {
                        self.publish(&self.store.snapshot());
                    }
                }
                Event::Over => {
                    if let (Some(decided), Some(read)) = (self.kept.last_mut(), &self.reading) {
                        decided.read += if self.stopped { read.bytes() } else { read.of_bytes() };
                    }
                    // Rows may have come that the plan did not know.
                    self.answer(true);
                }
                Event::Due => self.publish(&self.store.snapshot()),
            }
        }
    }

    fn wait(&self, asks: &Receiver<Ask>) -> Option<Event> {
        let Some(found) = self.reading.as_ref().and_then(Reading::found) else {
            return asks.recv().ok().map(Event::Ask);
        };
        let due = PUBLISH_EVERY.saturating_sub(self.published.elapsed());
        select! {
            recv(asks) -> ask => ask.ok().map(Event::Ask),
            recv(found) -> found => Some(found.map_or(Event::Over, Event::Found)),
            default(due) => Some(Event::Due),
        }
    }

    /// Takes what is asked; says whether it is something else than before.
    fn take(&mut self, ask: Ask) -> bool {
        let question = match ask {
            Ask::Question(question) => question,
            Ask::Refresh => return false,
            Ask::Stop => {
                self.reading.iter().for_each(Reading::stop);
                self.stopped = self.reading.is_some();
                return false;
            }
        };
        let same = self.kept.last().is_some_and(|decided| decided.answers(&question));
        if !same {
            self.stopped = false;
            if let Some(reading) = &self.reading {
                reading.stop();
            }
            let before = self.kept.iter().position(|decided| decided.answers(&question));
            let decided = match before {
                Some(position) => self.kept.remove(position),
                None => Decided::new(&question, &self.store, self.answers.as_mut()),
            };
            self.kept.push(decided);
            self.kept.drain(..self.kept.len().saturating_sub(KEPT));
        }
        match &question.watch {
            None => self.watch = None,
            Some(query) if self.watch.as_ref().is_some_and(|watch| watch.is_for(query)) => {}
            Some(query) => self.watch = Some(Watch::new(query)),
        }
        self.question = Some(question);
        !same
    }

    /// Answers from what is known, and reads for what is not. The reading before, if it is over
    /// or for another question, is waited for only after the answer.
    fn answer(&mut self, over: bool) {
        self.store.trim();
        let snapshot = self.store.snapshot();
        let before = if over { self.reading.take() } else { None };
        if self.reading.is_none() && !self.stopped {
            self.read(&snapshot);
        }
        self.publish(&snapshot);
        drop(before);
        if let (None, Some(decided), Some(answers)) =
            (&self.reading, self.kept.last_mut(), &mut self.answers)
        {
            decided.keep(&snapshot, answers);
        }
    }

    fn read(&mut self, snapshot: &Arc<Snapshot>) {
        self.any_hits = false;
        let near = self.question.as_ref().and_then(|question| question.near);
        let near = near.map(|at| snapshot.moves.now(at));
        let Some(decided) = self.kept.last_mut() else { return };
        decided.see(snapshot);
        let Some(matter) = decided.matter(snapshot, &self.evidence) else { return };
        let plan = decided.plan(snapshot, &self.evidence, near);
        if plan.is_empty() {
            return;
        }
        match Reading::start(&matter, plan, self.threads) {
            Ok(reading) => self.reading = Some(reading),
            Err(error) => decided.fail(format!("records cannot be read: no thread: {error}")),
        }
    }

    fn publish(&mut self, snapshot: &Arc<Snapshot>) {
        let (Some(question), Some(decided)) = (&self.question, self.kept.last_mut()) else {
            return;
        };
        decided.see(snapshot);
        let selection = decided.selection(snapshot);
        let axis = Axis::new(question.window, snapshot, question.buckets);
        let reading = decided.needs_records().then(|| {
            let (bytes, of_bytes) = self
                .reading
                .as_ref()
                .map_or((0, 0), |reading| (reading.bytes(), reading.of_bytes()));
            HowFar {
                bytes: decided.read + bytes,
                of_bytes: decided.read + of_bytes,
                over: self.reading.is_none() && !self.stopped,
                stopped: self.stopped,
            }
        });
        self.newest.store(Some(Arc::new(Answer {
            generation: question.generation,
            query: Arc::clone(&question.query),
            errors: decided.errors(snapshot),
            watched: self.watch.as_mut().map(|watch| watch.of(&selection, axis)),
            lanes: FormatLane::all(snapshot, &selection, axis),
            selection,
            axis,
            reading,
            unread: decided.unread,
            doubts: decided.doubts(),
            problem: decided.problem().cloned(),
        })));
        self.published = Instant::now();
        self.notify.tell(Notice::Selected);
    }
}

#[cfg(test)]
mod tests;
