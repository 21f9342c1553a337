//! Carries out orders, one after the other.

use super::super::exhibit::Pinner;
use super::super::{Notice, Notify};
use super::acquiring::Acquiring;
use super::pins::Pins;
use super::{Author, Desk, MAX_ROWS, Order, Rows, Subject, Typed};
use crate::case::{Action, Exhibit, Journal, Opened, What, Workspace};
use crate::event::{Timestamp, Window, Zone, counted};
use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// How often what could not be written is tried again.
const RETRY: Duration = Duration::from_secs(2);

pub(super) struct Writer {
    pub(super) workspace: Workspace,
    pub(super) journal: Option<Journal>,
    author: Author,
    pub(super) pinner: Pinner,
    pub(super) pins: Pins,
    notify: Notify,
    pub(super) desk: Arc<ArcSwap<Desk>>,
    /// Actions that could not be written yet, oldest first.
    pub(super) pending: VecDeque<Action>,
    /// Entries that were written, and may not be on the disk.
    pub(super) unsynced: usize,
    /// Why not everything is on the disk.
    pub(super) problem: Option<String>,
    /// What is pending, or was, lies in a file beside the journal.
    pub(super) is_aside: bool,
    /// The text of the draft file is an entry now, or was given up.
    pub(super) draft_is_over: bool,
    /// The newest draft, where it could not be kept yet.
    pub(super) late_draft: Option<Typed>,
    pub(super) acquiring: Acquiring,
}

impl Writer {
    pub(super) fn new(
        opened: Opened,
        author: Author,
        pinner: Pinner,
        notify: Notify,
        desk: Arc<ArcSwap<Desk>>,
    ) -> Self {
        let acquiring = Acquiring::new(&opened);
        Self {
            workspace: opened.workspace,
            journal: opened.journal,
            author,
            pinner,
            pins: Pins::default(),
            notify,
            desk,
            pending: VecDeque::new(),
            unsynced: 0,
            problem: None,
            is_aside: false,
            draft_is_over: false,
            late_draft: None,
            acquiring,
        }
    }

    pub(super) fn run(&mut self, orders: &Receiver<Order>) {
        loop {
            let first = if self.problem.is_none() && self.late_draft.is_none() {
                orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                orders.recv_timeout(RETRY)
            };
            match first {
                Ok(order) => {
                    let all = std::iter::once(order).chain(orders.try_iter()).collect();
                    let mut all = newest_drafts(all).into_iter();
                    if all.any(|order| self.carry_out(order).is_break()) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.save();
        }
    }

    fn carry_out(&mut self, order: Order) -> ControlFlow<()> {
        let is_work = order.is_work();
        match order {
            Order::End => return ControlFlow::Break(()),
            Order::Draft(typed) => self.draft(typed),
            Order::View(view) => {
                // A convenience: the next save may succeed.
                let _ = self.workspace.save_view(&view);
            }
            Order::Flush(done) => {
                self.leave();
                let _ = done.send(());
            }
            Order::Undo => self.undo(),
            Order::Redo => self.redo(),
            Order::Source { source, on } => self.source(source, on),
            Order::Window { source, window } => self.window(source, window),
            Order::Zone { source, zone } => self.zone(source, zone),
            Order::Acquired => self.acquire(),
            Order::Fact(what) => {
                self.write(what, None);
            }
            Order::Step(what) => {
                let said = what.summary();
                self.write(what, Some(said));
            }
            Order::Note(typed) => self.note(typed),
            Order::RemoveNote(note) => {
                self.write(What::NoteRemove { note }, Some(format!("note {note} removed")));
            }
            Order::Tag { rows, tag, on } => self.tag(&rows, tag, on),
            Order::Bookmark { rows, on } => self.bookmark(&rows, on),
        }
        if is_work {
            self.publish(|desk| desk.carried_out += 1);
        }
        ControlFlow::Continue(())
    }

    /// Changes what the case is read from: in the journal, then for the next session.
    fn source(&mut self, source: String, on: bool) {
        let info = self.workspace.info();
        let (mut sources, mut settings) = (info.sources.clone(), info.settings.clone());
        sources.retain(|known| *known != source);
        settings.forget(&source);
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

    /// Of what time a source is fetched is a setting, for the next session.
    fn window(&mut self, source: String, window: Window) {
        let info = self.workspace.info();
        let (sources, mut settings) = (info.sources.clone(), info.settings.clone());
        settings.set_window_of(source, window);
        if self.journal.is_some()
            && let Err(error) = self.workspace.set_info(sources, settings)
        {
            self.say(format!("the next session will not know of what time is fetched: {error}"));
        }
    }

    /// In which zone a source is read is a setting too; where it is not kept, that is said, since
    /// everything in the source will have another time in the next session.
    fn zone(&mut self, source: String, zone: Zone) {
        let info = self.workspace.info();
        let (sources, mut settings) = (info.sources.clone(), info.settings.clone());
        let mut said = format!("{source}: times without a zone are read as {zone}");
        settings.set_zone_of(source, zone);
        if self.journal.is_none() {
            said = format!(
                "{said}, for this session alone: the workspace is {}",
                self.workspace.mode()
            );
        } else if let Err(error) = self.workspace.set_info(sources, settings) {
            said = format!("{said}, but the next session will not know: {error}");
        }
        self.say(said);
    }

    /// Writes a note. Its draft stays until the note is on the disk, or if it cannot be written.
    fn note(&mut self, Typed { text, subject }: Typed) {
        let (what, said) = match subject {
            Subject::Note(note) => (What::NoteEdit { note, text }, format!("note {note} edited")),
            subject => {
                if let Subject::Rows(rows) = &subject
                    && self.are_too_many(rows)
                {
                    return;
                }
                let note = self.desk.load().state.next_note();
                let on = self.pins.of(&subject, &self.pinner);
                let alarms = subject.alarms().to_vec();
                let said = match alarms.len() as u64 {
                    0 => format!("note {note} on {}", count(&on)),
                    alarms => format!("note {note} on {}", counted(alarms, "alarm", "alarms")),
                };
                (What::NoteAdd { note, text, on, alarms }, said)
            }
        };
        if self.write(what, Some(said)) {
            self.end_draft();
        }
    }

    fn tag(&mut self, rows: &Rows, tag: String, on: bool) {
        if self.are_too_many(rows) {
            return;
        }
        let records = self.pinner.pin(rows);
        let said = format!("tag {tag} {} {}", if on { "on" } else { "off" }, count(&records));
        let what = if on {
            What::TagAdd { tag, on: records }
        } else {
            What::TagRemove { tag, on: records }
        };
        self.write(what, Some(said));
    }

    fn bookmark(&mut self, rows: &Rows, on: bool) {
        if self.are_too_many(rows) {
            return;
        }
        let records = self.pinner.pin(rows);
        let said = format!("bookmark {} {}", if on { "on" } else { "off" }, count(&records));
        let what = if on {
            What::BookmarkAdd { on: records }
        } else {
            What::BookmarkRemove { on: records }
        };
        self.write(what, Some(said));
    }

    fn are_too_many(&self, rows: &Rows) -> bool {
        let many = rows.rows.len() > MAX_ROWS;
        if many {
            self.say(format!("not written: no more than {MAX_ROWS} records at once"));
        }
        many
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

    /// Writes an entry, or has it wait for the journal to take it. Says whether one of both: it
    /// may be one that can never be written.
    pub(super) fn write(&mut self, what: What, said: Option<String>) -> bool {
        let Some(journal) = &self.journal else {
            if what.is_step() || matches!(what, What::Undo { .. } | What::Redo { .. }) {
                self.say(format!("not written: the workspace is {}", self.workspace.mode()));
            }
            return false;
        };
        let Author { who, host } = self.author.clone();
        let action = Action { at: Timestamp::now(), who, host, what };
        let entry = match journal.entry(&action, self.pending.len()) {
            Ok(entry) => entry,
            Err(error) => {
                self.say(format!("not written: {error}"));
                return false;
            }
        };
        self.pending.push_back(action);
        let mut state = Arc::clone(&self.desk.load().state);
        Arc::make_mut(&mut state).apply(Arc::new(entry));
        self.flush();
        let saved = self.saved();
        self.publish(|desk| {
            desk.state = state;
            desk.saved = saved;
        });
        if let (Some(said), true) = (said, self.pending.is_empty()) {
            self.say(said);
        }
        true
    }

    pub(super) fn say(&self, text: String) {
        self.publish(|desk| desk.said = Some(Arc::new(text)));
    }

    pub(super) fn publish(&self, change: impl FnOnce(&mut Desk)) {
        let mut desk = (**self.desk.load()).clone();
        change(&mut desk);
        self.desk.store(Arc::new(desk));
        self.notify.tell(Notice::Journal);
    }
}

/// The orders without the drafts that a newer one makes needless: one that is kept takes time
/// from what is ordered after it. What is to be on the disk at some point stays, and the text of a
/// note, which may not be written.
pub(super) fn newest_drafts(all: Vec<Order>) -> Vec<Order> {
    let mut newer = false;
    let mut kept: Vec<Order> = all
        .into_iter()
        .rev()
        .filter(|order| match order {
            Order::Draft(_) => !std::mem::replace(&mut newer, true),
            Order::Note(_) | Order::Flush(_) | Order::End => {
                newer = false;
                true
            }
            _ => true,
        })
        .collect();
    kept.reverse();
    kept
}

/// How many records these are, and of how many not even the bytes could be kept.
fn count(records: &[Arc<Exhibit>]) -> String {
    let count = match records.len() {
        0 => "the case".to_owned(),
        1 => "1 record".to_owned(),
        n => format!("{n} records"),
    };
    match records.iter().filter(|record| record.raw.0.is_empty() && record.length > 0).count() {
        0 => count,
        bare => format!("{count}; without the bytes of {bare}, as the entry says"),
    }
}
