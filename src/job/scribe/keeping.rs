//! How what was written gets to the disk, and what becomes of it while it does not: it is tried
//! again, and the draft, or a file beside the journal, has the text until it is safe.

use super::writer::Writer;
use super::{Ended, Saved, Subject, Typed};
use crate::case::{CaseError, Draft, Entry};

impl Writer {
    /// How safe everything is.
    pub(super) fn saved(&self) -> Saved {
        if self.journal.is_none() {
            return Saved::ReadOnly(self.workspace.mode().to_string());
        }
        match &self.problem {
            Some(problem) => {
                let entries = self.pending.len() + self.unsynced;
                Saved::No { entries, problem: problem.clone() }
            }
            None if self.unsynced > 0 => Saved::Saving,
            None => Saved::Yes,
        }
    }

    /// Writes what is waiting, in order, as far as that goes.
    pub(super) fn flush(&mut self) {
        let Some(journal) = &mut self.journal else { return };
        while let Some(action) = self.pending.front() {
            if let Err(error) = journal.append(action) {
                self.problem = Some(error.to_string());
                return;
            }
            self.pending.pop_front();
            self.unsynced += 1;
        }
    }

    /// Tries again what could not be written, and brings what was to the disk.
    pub(super) fn save(&mut self) {
        self.flush();
        let Some(journal) = &mut self.journal else { return };
        if self.unsynced > 0 {
            match journal.sync() {
                Ok(()) => {
                    self.unsynced = 0;
                    self.problem.take_if(|_| self.pending.is_empty());
                }
                Err(error) => self.problem = Some(format!("the disk did not take it: {error}")),
            }
        }
        if self.pending.is_empty() && self.unsynced == 0 {
            self.settle();
        }
        if let Some(typed) = self.late_draft.clone() {
            self.keep(typed);
        }
        let saved = self.saved();
        if self.desk.load().saved != saved {
            self.publish(|desk| desk.saved = saved);
        }
    }

    /// Everything is on the disk: what kept it until then is of no use any more.
    fn settle(&mut self) {
        if std::mem::take(&mut self.is_aside)
            && let Err(error) = self.workspace.clear_aside()
        {
            self.say(format!("entries that are saved are set aside still: {error}"));
        }
        if std::mem::take(&mut self.draft_is_over)
            && let Err(error) = self.workspace.clear_draft()
        {
            self.say(format!("the draft stays: {error}"));
        }
    }

    /// All that can be done to have everything on the disk: the program may be about to end.
    pub(super) fn leave(&mut self) -> Ended {
        self.save();
        let kept = self.set_aside();
        match self.problem {
            None => Ended::Saved,
            Some(_) if kept && self.unsynced == 0 => Ended::Aside,
            Some(_) => Ended::Lost,
        }
    }

    /// Puts what the journal does not take into a file beside it. Says whether nothing is left
    /// that is in memory alone.
    fn set_aside(&mut self) -> bool {
        let Some(journal) = &self.journal else { return true };
        if self.pending.is_empty() {
            return true;
        }
        let entry = |(before, action)| journal.entry(action, before).ok();
        let entries: Vec<Entry> = self.pending.iter().enumerate().filter_map(entry).collect();
        let kept = self.workspace.set_aside(&entries).is_ok();
        self.is_aside |= kept;
        kept
    }

    /// Keeps what is being typed; nothing means that it is given up.
    pub(super) fn draft(&mut self, typed: Option<Typed>) {
        match typed {
            Some(typed) => self.keep(typed),
            None => self.end_draft(),
        }
    }

    /// The draft is needed only until everything is on the disk.
    pub(super) fn end_draft(&mut self) {
        self.pins.forget();
        self.late_draft = None;
        self.draft_is_over = true;
    }

    fn keep(&mut self, typed: Typed) {
        if self.journal.is_none() {
            return;
        }
        let told = self.late_draft.take().is_some();
        // The draft that is there may be all that a disk has of a note that waits.
        if self.draft_is_over && !self.set_aside() {
            self.late_draft = Some(typed);
            return;
        }
        self.draft_is_over = false;
        if let Err(error) = self.write_draft(&typed) {
            if !told {
                self.say(format!("the draft is not saved: {error}"));
            }
            self.late_draft = Some(typed);
        }
    }

    fn write_draft(&mut self, Typed { text, subject }: &Typed) -> Result<(), CaseError> {
        let note = if let Subject::Note(note) = subject { Some(*note) } else { None };
        let alarms = subject.alarms().to_vec();
        let mut draft = Draft { text: text.clone(), note, on: Vec::new(), alarms };
        if !self.pins.has(subject) {
            // Reading the records may take long, and the text does not wait for that.
            self.workspace.save_draft(&draft)?;
        }
        draft.on = self.pins.of(subject, &self.pinner);
        self.workspace.save_draft(&draft)
    }
}
