//! The alarms of a case as they stand: what the steps that were not undone add up to.

use super::triage::{Review, State, Step, Suppression};
use super::{Entry, NoteKey, Ticket, What};
use crate::event::{Timestamp, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// An alarm of which something was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// As it was when something was said of it last.
    pub ticket: Arc<Ticket>,
    /// Raised by a person.
    pub by_hand: bool,
    /// Where it stands, but for what depends on the time: see [`Alarms::state`].
    state: State,
    /// Where it stood before somebody snoozed it.
    before: State,
    pub owner: Option<String>,
    pub verdict: Option<(Verdict, String)>,
    /// As it was when it was closed: what is more than that is news.
    pub closed_with: Option<Arc<Ticket>>,
    pub into: Option<String>,
    pub until: Option<Timestamp>,
    /// Answered questions of its checklist.
    pub ticked: BTreeSet<String>,
    pub notes: BTreeSet<NoteKey>,
    /// What was said of it, oldest first.
    pub history: Vec<Said>,
}

/// Something that was said of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub at: Timestamp,
    pub who: String,
    pub step: Step,
}

impl Kept {
    fn new(ticket: &Arc<Ticket>) -> Self {
        Self {
            ticket: Arc::clone(ticket),
            by_hand: false,
            state: State::New,
            before: State::New,
            owner: None,
            verdict: None,
            closed_with: None,
            into: None,
            until: None,
            ticked: BTreeSet::new(),
            notes: BTreeSet::new(),
            history: Vec::new(),
        }
    }

    /// When somebody first said that they have it.
    pub fn acknowledged(&self) -> Option<Timestamp> {
        let is_ack = |said: &&Said| !matches!(said.step, Step::Tick { .. } | Step::Snooze { .. });
        self.history.iter().find(is_ack).map(|said| said.at)
    }

    /// When it was closed last, if it is closed.
    pub fn closed(&self) -> Option<&Said> {
        let is_close = |said: &&Said| matches!(said.step, Step::Close { .. });
        self.history.iter().rev().find(is_close).filter(|_| self.state == State::Closed)
    }

    /// From here on it stands there: what was decided before is history.
    fn stands(&mut self, state: State) {
        self.state = state;
        (self.verdict, self.closed_with, self.into) = (None, None, None);
    }

    /// The same, and somebody has it: who says so, if nobody had it.
    fn is_taken(&mut self, state: State, who: &str) {
        self.stands(state);
        self.owner.get_or_insert_with(|| who.to_owned());
    }

    fn take(&mut self, entry: &Entry, step: &Step) {
        match step {
            Step::Ack => {
                self.stands(State::Acked);
                self.owner = Some(entry.who.clone());
            }
            Step::Investigate => self.is_taken(State::Investigating, &entry.who),
            Step::Wait => self.is_taken(State::Waiting, &entry.who),
            Step::Escalate => self.is_taken(State::Escalated, &entry.who),
            Step::Reopen { .. } => self.is_taken(State::Acked, &entry.who),
            Step::Assign { owner } => self.owner = Some(owner.clone()),
            Step::Close { verdict, reason } => {
                self.is_taken(State::Closed, &entry.who);
                self.verdict = Some((*verdict, reason.clone()));
                self.closed_with = Some(Arc::clone(&self.ticket));
            }
            Step::Merge { into, .. } => {
                self.stands(State::Merged);
                self.into = Some(into.clone());
            }
            Step::Snooze { until } => {
                if self.state != State::Snoozed {
                    self.before = self.state;
                }
                self.state = State::Snoozed;
                self.until = Some(*until);
            }
            Step::Tick { question, on: true } => {
                self.ticked.insert(question.clone());
            }
            Step::Tick { question, on: false } => {
                self.ticked.remove(question);
            }
        }
        self.history.push(Said { at: entry.at, who: entry.who.clone(), step: step.clone() });
    }
}

/// What the analysts said of alarms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alarms {
    /// Shared with the states before: each decision makes a new one.
    kept: BTreeMap<Arc<str>, Arc<Kept>>,
    suppressions: Vec<Suppression>,
    /// Who looked through them, and when; oldest first.
    pub reviews: Vec<(Timestamp, String, Review)>,
}

impl Alarms {
    pub fn get(&self, fingerprint: &str) -> Option<&Kept> {
        self.kept.get(fingerprint).map(|kept| &**kept)
    }

    /// By fingerprint.
    pub fn kept(&self) -> impl ExactSizeIterator<Item = &Kept> {
        self.kept.values().map(|kept| &**kept)
    }

    /// In the order in which they were made, ended ones among them.
    pub fn suppressions(&self) -> &[Suppression] {
        &self.suppressions
    }

    /// The suppression that hides an alarm at this time.
    pub fn suppressed(&self, ticket: &Ticket, now: Timestamp) -> Option<&Suppression> {
        self.suppressions.iter().rev().find(|it| it.until > now && it.hides(ticket))
    }

    /// Where an alarm stands at this time. What somebody decided about it counts for more than a
    /// suppression of its kind.
    pub fn state(&self, ticket: &Ticket, now: Timestamp) -> State {
        self.state_of(self.get(&ticket.fingerprint), ticket, now)
    }

    /// As [`Self::state`], where it is known what was said of it.
    pub fn state_of(&self, kept: Option<&Kept>, ticket: &Ticket, now: Timestamp) -> State {
        let state = kept.map_or(State::New, |kept| {
            let is_awake = kept.until.is_none_or(|until| until <= now);
            if kept.state == State::Snoozed && is_awake { kept.before } else { kept.state }
        });
        let is_anybodys = kept.is_some_and(|kept| kept.owner.is_some());
        let is_new = state == State::New && !is_anybodys;
        let is_hidden = is_new && self.suppressed(ticket, now).is_some();
        if is_hidden { State::Suppressed } else { state }
    }

    fn of(&mut self, ticket: &Arc<Ticket>) -> &mut Kept {
        let name = ticket.fingerprint.as_str().into();
        let kept = self.kept.entry(name).or_insert_with(|| Arc::new(Kept::new(ticket)));
        let kept = Arc::make_mut(kept);
        kept.ticket = Arc::clone(ticket);
        kept
    }

    pub(super) fn note(&mut self, note: NoteKey, alarms: &[Arc<Ticket>]) {
        for ticket in alarms {
            self.of(ticket).notes.insert(note);
        }
    }

    pub(super) fn forget_note(&mut self, note: NoteKey) {
        let has_it = self.kept.values_mut().filter(|kept| kept.notes.contains(&note));
        for kept in has_it {
            Arc::make_mut(kept).notes.remove(&note);
        }
    }

    /// Takes in an entry, if it is about alarms.
    pub(super) fn apply(&mut self, entry: &Entry) {
        match &entry.what {
            What::AlarmAdd { alarm } => self.of(alarm).by_hand = true,
            What::Triage { on, step } => {
                for ticket in on {
                    self.of(ticket).take(entry, step);
                }
            }
            What::Suppress(suppression) => {
                self.suppressions.retain(|known| !known.is_same(suppression));
                let mut suppression = suppression.clone();
                if suppression.owner.is_empty() {
                    suppression.owner.clone_from(&entry.who);
                }
                self.suppressions.push(suppression);
            }
            What::Unsuppress(suppression) => {
                self.suppressions.retain(|known| !known.is_same(suppression));
            }
            What::Review(review) => {
                self.reviews.push((entry.at, entry.who.clone(), review.clone()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
