//! The queue of alarms: what the rules found, what was decided, and which of them the filter leaves.

use super::Model;
use crate::detect::detectors::Curves;
use crate::event::Timestamp;
use crate::job::baseline::{Baselines, Wanted};
use crate::job::question::Question;
use crate::job::queue::{Line, Told, decide, queue};
use crate::job::raising::{Pass, Raised};
use crate::job::triage::Shared;
use crate::store::RowRef;
use crate::ui::message::{Effect, Tone};
use std::sync::Arc;

/// What the view of alarms draws from.
#[derive(Debug, Default)]
pub struct Alarms {
    pub raised: Arc<Raised>,
    /// What comes first at the top.
    pub queue: Vec<Line>,
    /// What the queue was made of.
    queued: Arc<Vec<Told>>,
    /// Its alarms by what they are about, once somebody looked.
    pub shared: Option<Shared>,
    /// Of each line whether one of its events is among those that the filter leaves, as it was when
    /// somebody looked.
    pub sifted: Vec<bool>,
    /// What was counted last.
    pub baselines: Option<Arc<Baselines>>,
    /// The alarm, and the version of the store, of which that was asked last.
    pub baseline_asked: Option<(String, u64)>,
}

impl Alarms {
    /// Alarms that somebody has to look at.
    pub fn open(&self) -> usize {
        self.queue.iter().filter(|line| line.is_open()).count()
    }

    /// The alarm's events on the evidence that the rules were asked of.
    pub fn events(&self, line: &Line) -> &[RowRef] {
        let alarm = line.raised.and_then(|place| self.raised.alarms.get(place));
        alarm.map_or(&[], |alarm| &alarm.events)
    }

    /// The rate that it is about, if it is about one.
    pub fn curves(&self, line: &Line) -> Option<&Curves> {
        self.raised.alarms.get(line.raised?)?.curves.as_ref()
    }

    /// What is to be counted of it; nothing of what has no events here.
    pub fn wanted(&self, line: &Line) -> Option<Wanted> {
        Wanted::new(&self.raised.snapshot, self.raised.alarms.get(line.raised?)?)
    }

    /// What is usual of whom it is about, as far as that was counted.
    pub fn baselines(&self, line: &Line) -> Option<&Arc<Baselines>> {
        let fingerprint = &line.ticket.fingerprint;
        self.baselines.as_ref().filter(|counted| counted.fingerprint == *fingerprint)
    }

    /// Whether what was asked was counted.
    pub fn is_counted(&self) -> bool {
        let counted = self.baselines.as_ref().map(|it| (it.fingerprint.as_str(), it.version));
        self.baseline_asked.as_ref().is_none_or(|(of, version)| counted == Some((of, *version)))
    }

    /// What its rule asks.
    pub fn questions(&self, line: &Line) -> &[Question] {
        let told = line.raised.and_then(|place| self.raised.told.get(place));
        told.map_or(&[], |told| &told.questions)
    }
}

impl Model {
    /// Takes in what the rules found.
    pub fn take_raised(&mut self, raised: &Arc<Raised>) -> Vec<Effect> {
        for problem in &raised.problems {
            if !self.problems.contains(problem) {
                self.say(Tone::Warning, problem.clone());
            }
        }
        let changed = !Arc::ptr_eq(&self.alarms.raised.alarmed, &raised.alarmed);
        self.alarms.raised = Arc::clone(raised);
        if raised.pass != Pass::Running {
            self.requeue();
        }
        if changed && self.asks_alarms() { vec![self.ask()] } else { Vec::new() }
    }

    /// Puts the queue in order anew, after something was found or decided, or somebody comes back to
    /// it: what was left until a time may be due.
    pub fn requeue(&mut self) {
        let alarms = self.case.state().work().alarms();
        let Alarms { raised, queue: lines, queued, shared, .. } = &mut self.alarms;
        let Raised { told, known, .. } = &**raised;
        let now = Timestamp::now();
        if !Arc::ptr_eq(queued, told) || !decide(lines, alarms, now) {
            *lines = queue(told, alarms, known, now);
            *queued = Arc::clone(told);
            *shared = None;
        }
    }

    /// Finds out which alarms the filter leaves, and which are about the same; needed only while
    /// somebody looks at them. What is not raised on this evidence has no events, and is left by no
    /// filter.
    pub fn sift(&mut self) {
        let is_all = self.filter.query.text.trim().is_empty();
        let answer = self.answer.as_ref().filter(|_| !is_all);
        let leaves = |line: &Line| {
            let Some(answer) = answer else { return true };
            let moves = &answer.selection.snapshot().moves;
            let events = self.alarms.events(line);
            events.iter().any(|at| answer.selection.contains(moves.now(*at)))
        };
        self.alarms.sifted = self.alarms.queue.iter().map(leaves).collect();
        let Alarms { queue, shared, .. } = &mut self.alarms;
        shared.get_or_insert_with(|| Shared::new(queue));
    }
}
