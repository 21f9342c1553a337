//! The thread that writes the workspace: the journal, the draft, where the analyst is.
//!
//! **An entry is in the journal before the screen says so.** It is brought to the disk at once,
//! and until then the state says `Saving`. An entry that cannot be written stays in memory, is
//! told, and is tried again; it counts as if it were written, since what is ordered next builds
//! upon it.

use super::exhibit::Pinner;
pub use super::order::{MAX_ROWS, Order, Rows, Subject, Typed};
use super::{Notice, Notify};
use crate::case::{Action, CaseState, Draft, Exhibit, Journal, Opened, What, Workspace};
use crate::event::Timestamp;
use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// How often what could not be written is tried again.
const RETRY: Duration = Duration::from_secs(2);

/// How safe the analyst's work is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// On the disk.
    Yes,
    /// Written; the disk has not said yet that it is there.
    Saving,
    /// So many entries could not be written.
    No { entries: usize, problem: String },
    /// Nothing can be written: the workspace is open for reading only, for this reason.
    ReadOnly(String),
}

/// The case as it stands.
#[derive(Debug, Clone)]
pub struct Desk {
    /// With the entries that could not be written yet.
    pub state: Arc<CaseState>,
    pub saved: Saved,
    /// What the case is read from.
    pub sources: Vec<String>,
    /// What the last order did, in words; new with each order.
    pub said: Option<Arc<String>>,
}

/// The writer's handle. Dropping it ends the session in the journal.
#[derive(Debug)]
pub struct Scribe {
    orders: Option<Sender<Order>>,
    desk: Arc<ArcSwap<Desk>>,
    done: Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

/// Who writes.
#[derive(Debug, Clone)]
pub struct Author {
    pub who: String,
    pub host: String,
}

impl Scribe {
    /// Takes over an opened workspace and notes that a session began with these `sources`.
    pub fn start(
        opened: Opened,
        author: Author,
        sources: Vec<String>,
        pinner: Pinner,
        notify: Notify,
    ) -> std::io::Result<Self> {
        let state = opened.state();
        let saved = match &opened.journal {
            Some(_) => Saved::Yes,
            None => Saved::ReadOnly(opened.workspace.mode().to_string()),
        };
        let desk = Desk {
            state: Arc::new(state),
            saved,
            sources: opened.workspace.info().sources.clone(),
            said: None,
        };
        let desk = Arc::new(ArcSwap::from_pointee(desk));
        let (orders, receiver) = unbounded();
        let (finished, done) = crossbeam_channel::bounded(1);
        let mut writer = Writer {
            workspace: opened.workspace,
            journal: opened.journal,
            author,
            pinner,
            notify,
            desk: Arc::clone(&desk),
            pending: VecDeque::new(),
        };
        let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(move || {
            let version = env!("CARGO_PKG_VERSION").to_owned();
            let start = What::SessionStart { version, sources, mode: "screen".to_owned() };
            writer.write(start, None);
            writer.run(&receiver);
            writer.write(What::SessionEnd, None);
            writer.sync();
            let _ = finished.send(());
        })?;
        Ok(Self { orders: Some(orders), desk, done, thread: Some(thread) })
    }

    pub fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // The thread ends only when this handle does.
            let _ = orders.send(order);
        }
    }

    pub fn desk(&self) -> Arc<Desk> {
        self.desk.load_full()
    }

    /// A way to send orders that outlives a borrow of the handle.
    pub fn sender(&self) -> Option<Sender<Order>> {
        self.orders.clone()
    }

    /// Ends the session and waits, at most this long, until everything is on the disk. Says
    /// whether it is.
    pub fn close(&mut self, wait: Duration) -> bool {
        if let Some(orders) = self.orders.take() {
            let _ = orders.send(Order::End);
        }
        let ended = self.done.recv_timeout(wait).is_ok();
        if ended && let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        ended
    }
}

impl Drop for Scribe {
    fn drop(&mut self) {
        self.close(Duration::from_secs(5));
    }
}

struct Writer {
    workspace: Workspace,
    journal: Option<Journal>,
    author: Author,
    pinner: Pinner,
    notify: Notify,
    desk: Arc<ArcSwap<Desk>>,
    /// Actions that could not be written yet, oldest first.
    pending: VecDeque<Action>,
}

impl Writer {
    fn run(&mut self, orders: &Receiver<Order>) {
        loop {
            let first = if self.pending.is_empty() {
                orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                orders.recv_timeout(RETRY)
            };
            match first {
                Ok(order) => {
                    let over = std::iter::once(order)
                        .chain(orders.try_iter())
                        .any(|order| self.carry_out(order).is_break());
                    if over {
                        self.flush();
                        return;
                    }
                    self.sync();
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.flush();
                    self.sync();
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.flush();
                    return;
                }
            }
        }
    }

    fn carry_out(&mut self, order: Order) -> ControlFlow<()> {
        match order {
            Order::End => return ControlFlow::Break(()),
            Order::Draft(typed) => self.draft(typed),
            Order::View(view) => {
                // A convenience: the next save may succeed.
                let _ = self.workspace.save_view(&view);
            }
            Order::Flush(done) => {
                self.sync();
                let _ = done.send(());
            }
            Order::Undo => self.undo(),
            Order::Redo => self.redo(),
            Order::Source { source, on } => self.source(source, on),
            Order::Fact(what) => self.write(what, None),
            other => {
                if let Some((what, said)) = self.step(other) {
                    self.write(what, Some(said));
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Changes what the case is read from: in the journal, then for the next session.
    fn source(&mut self, source: String, on: bool) {
        let info = self.workspace.info();
        let (mut sources, settings) = (info.sources.clone(), info.settings.clone());
        sources.retain(|known| *known != source);
        let what = if on {
            sources.push(source.clone());
            What::SourceAdd { source }
        } else {
            What::SourceRemove { source }
        };
        let mut said = what.summary();
        if self.journal.is_none() {
            said = format!(
                "{said}, for this session alone: the workspace is {}",
                self.workspace.mode()
            );
        } else {
            self.write(what, None);
            if let Err(error) = self.workspace.set_info(sources.clone(), settings) {
                said = format!("{said}, but the next session will not know: {error}");
            }
        }
        self.publish(|desk| desk.sources = sources);
        // Where it is not in the journal yet, the screen says NOT SAVED.
        self.say(said);
    }

    /// The entry for an order about records or notes, and what to say of it.
    fn step(&self, order: Order) -> Option<(What, String)> {
        let count = |records: usize| match records {
            0 => "the case".to_owned(),
            1 => "1 record".to_owned(),
            n => format!("{n} records"),
        };
        Some(match order {
            Order::Note(Typed { text, subject: Subject::Note(note) }) => {
                (What::NoteEdit { note, text }, format!("note {note} edited"))
            }
            Order::Note(Typed { text, subject }) => {
                let note = self.desk.load().state.next_note();
                let on = self.pinned(&subject);
                let said = format!("note {note} on {}", count(on.len()));
                (What::NoteAdd { note, text, on }, said)
            }
            Order::RemoveNote(note) => (What::NoteRemove { note }, format!("note {note} removed")),
            Order::Tag { rows, tag, on } => {
                let said = format!(
                    "tag {tag} {} {}",
                    if on { "on" } else { "off" },
                    count(rows.rows.len())
                );
                let on_records = self.pinner.pin(&rows);
                let what = if on {
                    What::TagAdd { tag, on: on_records }
                } else {
                    What::TagRemove { tag, on: on_records }
                };
                (what, said)
            }
            Order::Bookmark { rows, on } => {
                let records = self.pinner.pin(&rows);
                if on {
                    (
                        What::BookmarkAdd { on: records },
                        format!("bookmark on {}", count(rows.rows.len())),
                    )
                } else {
                    (
                        What::BookmarkRemove { on: records },
                        format!("bookmark off {}", count(rows.rows.len())),
                    )
                }
            }
            _ => return None,
        })
    }

    fn undo(&mut self) {
        let state = Arc::clone(&self.desk.load().state);
        match state.next_undo(&self.author.who) {
            Some(entry) => {
                let said = format!("undid: {}", entry.what.summary());
                self.write(What::Undo { of: entry.seq }, Some(said));
            }
            None => self.say("nothing to undo".to_owned()),
        }
    }

    fn redo(&mut self) {
        let state = Arc::clone(&self.desk.load().state);
        match state.next_redo(&self.author.who) {
            Some(entry) => {
                let said = format!("did again: {}", entry.what.summary());
                self.write(What::Redo { of: entry.seq }, Some(said));
            }
            None => self.say("nothing to do again".to_owned()),
        }
    }

    fn write(&mut self, what: What, said: Option<String>) {
        let Some(journal) = &self.journal else {
            if what.is_step() || matches!(what, What::Undo { .. } | What::Redo { .. }) {
                self.say(format!("not written: the workspace is {}", self.workspace.mode()));
            }
            return;
        };
        let Author { who, host } = self.author.clone();
        let action = Action { at: Timestamp::now(), who, host, what };
        let entry = journal.entry(&action, self.pending.len());
        self.pending.push_back(action);
        let mut state = Arc::clone(&self.desk.load().state);
        Arc::make_mut(&mut state).apply(Arc::new(entry));
        let saved = self.written();
        self.publish(|desk| {
            desk.state = state;
            desk.saved = saved;
        });
        if let (Some(said), true) = (said, self.pending.is_empty()) {
            self.say(said);
        }
    }

    /// Tries again to write what is waiting.
    fn flush(&mut self) {
        if self.journal.is_some() {
            let saved = self.written();
            self.publish(|desk| desk.saved = saved);
        }
    }

    /// Writes what is waiting, in order, and says how far that went.
    fn written(&mut self) -> Saved {
        let Some(journal) = &mut self.journal else { return self.desk.load().saved.clone() };
        while let Some(action) = self.pending.front() {
            if let Err(error) = journal.append(action) {
                let entries = self.pending.len();
                return Saved::No { entries, problem: error.to_string() };
            }
            self.pending.pop_front();
        }
        Saved::Saving
    }

    fn sync(&mut self) {
        let Some(journal) = &self.journal else { return };
        if self.desk.load().saved != Saved::Saving {
            return;
        }
        let saved = match journal.sync() {
            Ok(()) => Saved::Yes,
            Err(error) => Saved::No { entries: 0, problem: error.to_string() },
        };
        self.publish(|desk| desk.saved = saved);
    }

    fn pinned(&self, subject: &Subject) -> Vec<Arc<Exhibit>> {
        match subject {
            Subject::Rows(rows) => self.pinner.pin(rows),
            Subject::Kept(exhibits) => exhibits.clone(),
            Subject::Note(_) => Vec::new(),
        }
    }

    fn draft(&self, typed: Option<Typed>) {
        let kept = match typed {
            Some(Typed { text, subject }) => {
                let on = self.pinned(&subject);
                let note = if let Subject::Note(note) = subject { Some(note) } else { None };
                self.workspace.save_draft(&Draft { text, note, on })
            }
            None => self.workspace.clear_draft(),
        };
        if let (Err(error), true) = (kept, self.journal.is_some()) {
            self.say(format!("the draft is not saved: {error}"));
        }
    }

    fn say(&self, text: String) {
        self.publish(|desk| desk.said = Some(Arc::new(text)));
    }

    fn publish(&self, change: impl FnOnce(&mut Desk)) {
        let mut desk = (**self.desk.load()).clone();
        change(&mut desk);
        self.desk.store(Arc::new(desk));
        self.notify.tell(Notice::Journal);
    }
}

#[cfg(test)]
mod tests;
