//! What is done about alarms, and where the sheet leads.

use super::saying::Saying;
use super::sheet::{Target, entity};
use super::verdict::VerdictPicker;
use super::{AlarmsView, Pane};
use crate::case::{Step as Decision, Ticket, What};
use crate::event::{Verdict, counted};
use crate::job::question::Question;
use crate::job::queue::Line;
use crate::job::scribe::{MAX_ROWS, Order, Rows};
use crate::job::triage::{self, Unfit};
use crate::query::quote;
use crate::store::RowRef;
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Tone};
use crate::ui::model::{Model, Seek};
use crate::ui::view::note::NoteEditor;
use crate::ui::view::{Base, Step};
use std::collections::HashSet;
use std::sync::Arc;

/// Makes it so, in the journal.
fn order(what: What) -> Step {
    Step::Effect(Effect::Order(Order::Step(what)))
}

impl AlarmsView {
    /// The alarms that a step is about: the selected ones, or the one under the cursor.
    fn subjects(&self, model: &Model) -> Vec<Arc<Ticket>> {
        let queue = &model.alarms.queue;
        if self.picked.is_empty() {
            return self.line(model).map(|line| Arc::clone(&line.ticket)).into_iter().collect();
        }
        let picked = queue.iter().filter(|it| self.picked.contains(&it.ticket.fingerprint));
        picked.map(|line| Arc::clone(&line.ticket)).collect()
    }

    pub(super) fn act_on_alarms(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        match action {
            Action::NextPane | Action::PreviousPane => {
                self.pane = if self.pane == Pane::Queue { Pane::Sheet } else { Pane::Queue };
            }
            Action::ShowDone => {
                self.all = !self.all;
                let text = if self.all { "done ones are listed too" } else { "open ones alone" };
                model.say(Tone::Info, text);
            }
            Action::SelectRow => self.pick(model),
            Action::ClearSelection => self.picked.clear(),
            Action::Escape if !self.picked.is_empty() => self.picked.clear(),
            Action::Escape if self.pane == Pane::Sheet => self.pane = Pane::Queue,
            Action::WidenAround | Action::NarrowAround => {
                if !self.sheet.widen(action == Action::WidenAround) {
                    model.say(Tone::Info, "no further");
                }
            }
            Action::Open => return Some(self.show_events(model)),
            Action::IncludeValue => return Some(self.follow(model)),
            Action::RaiseAlarm | Action::ReviewAlarms if !model.can_write() => {}
            Action::RaiseAlarm => return Some(vec![Saying::Raise.ask()]),
            Action::ReviewAlarms => return Some(vec![Saying::Review.ask()]),
            other => return self.decide(other, model),
        }
        Some(Vec::new())
    }

    /// Steps that are about alarms.
    fn decide(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        let is_step = matches!(
            action,
            Action::AckAlarm
                | Action::InvestigateAlarm
                | Action::WaitAlarm
                | Action::AssignAlarm
                | Action::CloseAlarm
                | Action::CloseAlike
                | Action::ReopenAlarm
                | Action::EscalateAlarm
                | Action::MergeAlarm
                | Action::SnoozeAlarm
                | Action::SuppressAlarm
                | Action::Bookmark
                | Action::AddNote
        );
        if !is_step {
            return None;
        }
        let on = self.subjects(model);
        if on.is_empty() {
            model.say(Tone::Info, "there is no alarm here");
            return Some(Vec::new());
        }
        if !model.can_write() {
            return Some(Vec::new());
        }
        Some(match action {
            Action::AckAlarm => self.fitting(on, Decision::Ack, model),
            Action::InvestigateAlarm => self.fitting(on, Decision::Investigate, model),
            Action::WaitAlarm => self.fitting(on, Decision::Wait, model),
            Action::EscalateAlarm => self.fitting(on, Decision::Escalate, model),
            Action::CloseAlarm => {
                self.picked.clear();
                vec![Step::Push(Box::new(VerdictPicker::new(on)))]
            }
            Action::CloseAlike => self.close_alike(on, model),
            Action::AssignAlarm => self.ask(on, Saying::Owner),
            Action::ReopenAlarm => self.reopen(on, model),
            Action::SnoozeAlarm => self.ask(on, Saying::Snooze),
            Action::SuppressAlarm => Saying::suppressing(&on, model),
            Action::MergeAlarm => self.merge(&on, model),
            Action::AddNote => {
                self.picked.clear();
                vec![Step::Push(Box::new(NoteEditor::about_alarms(on)))]
            }
            _ => self.exhibit(model),
        })
    }

    fn step(&mut self, on: Vec<Arc<Ticket>>, step: Decision) -> Vec<Step> {
        self.picked.clear();
        vec![order(What::Triage { on, step })]
    }

    /// The same, where it fits all of them.
    fn fitting(&mut self, on: Vec<Arc<Ticket>>, step: Decision, model: &mut Model) -> Vec<Step> {
        if fits(&on, &step, model) { self.step(on, step) } else { Vec::new() }
    }

    fn ask(&mut self, on: Vec<Arc<Ticket>>, saying: fn(Vec<Arc<Ticket>>) -> Saying) -> Vec<Step> {
        self.picked.clear();
        vec![saying(on).ask()]
    }

    fn reopen(&mut self, on: Vec<Arc<Ticket>>, model: &mut Model) -> Vec<Step> {
        if fits(&on, &Decision::Reopen { reason: String::new() }, model) {
            self.ask(on, Saying::Reopen)
        } else {
            Vec::new()
        }
    }

    /// As the alarm was closed that was closed last, by anybody in this case.
    fn close_alike(&mut self, on: Vec<Arc<Ticket>>, model: &mut Model) -> Vec<Step> {
        match last_closed(model) {
            Some((verdict, reason)) => self.step(on, Decision::Close { verdict, reason }),
            None => {
                model
                    .say(Tone::Info, "no alarm was closed yet, so that there is nothing to repeat");
                Vec::new()
            }
        }
    }

    /// The alarm under the cursor stands for the selected ones.
    fn merge(&mut self, on: &[Arc<Ticket>], model: &mut Model) -> Vec<Step> {
        let Some(line) = self.line(model) else { return Vec::new() };
        let into = line.ticket.fingerprint.clone();
        let target = Arc::clone(&line.ticket);
        let on: Vec<Arc<Ticket>> =
            on.iter().filter(|it| it.fingerprint != into).map(Arc::clone).collect();
        if on.is_empty() {
            let text = "select the alarms, then put the cursor on the one that stands for them";
            model.say(Tone::Info, text);
            return Vec::new();
        }
        if !fits(&on, &Decision::Merge { into, reason: String::new() }, model) {
            return Vec::new();
        }
        self.picked.clear();
        vec![Saying::Merge(on, target).ask()]
    }

    fn pick(&mut self, model: &Model) {
        let Some(line) = self.line(model) else { return };
        let fingerprint = line.ticket.fingerprint.clone();
        if !self.picked.remove(&fingerprint) {
            self.picked.insert(fingerprint);
        }
        self.cursor.act(Action::Down, self.listed.len());
        self.moved(model);
    }

    /// The alarm's events, or the row under the sheet's cursor, are exhibits from now on.
    fn exhibit(&mut self, model: &mut Model) -> Vec<Step> {
        let rows = match self.sheet.target().filter(|_| self.pane == Pane::Sheet) {
            Some(Target::Row(snapshot, at)) => {
                Some(Rows { snapshot: Arc::clone(snapshot), rows: vec![*at] })
            }
            _ => Some(self.events(model)),
        };
        let Some(mut rows) = rows.filter(|rows| !rows.rows.is_empty()) else {
            model.say(Tone::Info, "this alarm has no event on the evidence that is loaded");
            return Vec::new();
        };
        if rows.rows.len() > MAX_ROWS {
            let text = format!("the first {MAX_ROWS} of {} events are marked", rows.rows.len());
            model.say(Tone::Warning, text);
            rows.rows.truncate(MAX_ROWS);
        }
        self.picked.clear();
        vec![Step::Effect(Effect::Order(Order::Bookmark { rows, on: true }))]
    }

    /// The events of the selected alarms, or of the one under the cursor, each once.
    fn events(&self, model: &Model) -> Rows {
        let queue = model.alarms.queue.iter();
        let is_one = |line: &&Line| self.picked.contains(&line.ticket.fingerprint);
        let lines: Vec<&Line> = if self.picked.is_empty() {
            self.line(model).into_iter().collect()
        } else {
            queue.filter(is_one).collect()
        };
        let mut known = HashSet::new();
        let events = lines.into_iter().flat_map(|line| model.alarms.events(line)).copied();
        let rows = events.filter(|at| known.insert(*at)).collect();
        Rows { snapshot: Arc::clone(&model.alarms.raised.snapshot), rows }
    }

    /// Goes to the timeline with a filter for who the alarm is about; coming back puts the filter
    /// back that was there.
    fn follow(&mut self, model: &mut Model) -> Vec<Step> {
        let target = self.sheet.target().filter(|_| self.pane == Pane::Sheet);
        let found = self.line(model).and_then(|line| {
            let (field, value) = entity(target, &line.ticket)?;
            Some((format!("{field}:{}", quote(&value)), self.first_event(model)))
        });
        let Some((term, first)) = found else {
            model.say(Tone::Info, "this alarm is about nobody who could be followed");
            return Vec::new();
        };
        self.leave(&term, first, model)
    }

    fn first_event(&self, model: &Model) -> Option<RowRef> {
        model.alarms.events(self.line(model)?).first().copied()
    }

    /// Shows the alarm's events in the timeline.
    fn show_events(&mut self, model: &mut Model) -> Vec<Step> {
        let first = self.first_event(model);
        let term = self.line(model).map(|line| format!("alarm:{}", line.ticket.fingerprint));
        match term.filter(|_| first.is_some()) {
            Some(term) => self.leave(&term, first, model),
            None => {
                model.say(Tone::Info, "this alarm has no event on the evidence that is loaded");
                Vec::new()
            }
        }
    }

    fn leave(&mut self, filter: &str, at: Option<RowRef>, model: &mut Model) -> Vec<Step> {
        let left = model.filter.query.text.clone();
        if let Some(at) = at {
            model.cursor.moved = true;
            model.cursor.seek = Some((0, Seek::Row(model.now(at))));
        }
        let effects = model.set_filter(filter);
        if model.filter.query.text == filter {
            self.followed = Some((left, filter.to_owned()));
        }
        let mut steps = vec![Step::Show(Base::Timeline)];
        steps.extend(effects.into_iter().map(Step::Effect));
        steps
    }

    pub(super) fn act_in_sheet(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        let (cursor, len) = self.sheet.cursor();
        if cursor.act(action, len) {
            return Some(Vec::new());
        }
        let is_fold = matches!(action, Action::Fold | Action::Unfold | Action::FoldAll);
        if is_fold || action == Action::Open && self.sheet.is_foldable() {
            if !self.sheet.fold(action, self.line(model), model) {
                model.say(Tone::Info, "there are no details of this line");
            }
            return Some(Vec::new());
        }
        let target = self.sheet.target().cloned();
        match (action, target) {
            (Action::Open, Some(Target::Row(_, at))) => Some(self.leave("", Some(at), model)),
            (Action::Open, Some(Target::Question(question))) => {
                Some(self.ask_events(&question, model))
            }
            (Action::Open, Some(Target::Entity(..))) => Some(self.follow(model)),
            (Action::Open, Some(Target::Alarm(fingerprint))) => {
                self.go_to(fingerprint, model);
                Some(Vec::new())
            }
            (Action::Open, None) => {
                model.say(Tone::Info, "this line leads nowhere");
                Some(Vec::new())
            }
            (Action::TickQuestion, Some(Target::Question(question))) => {
                Some(self.tick(question.text, model))
            }
            (Action::TickQuestion, _) => {
                model.say(Tone::Info, "put the cursor on a question");
                Some(Vec::new())
            }
            _ => None,
        }
    }

    /// Runs the filter that a question ends with.
    fn ask_events(&mut self, question: &Question, model: &mut Model) -> Vec<Step> {
        let known = question.filter.as_ref().filter(|filter| model.parse(filter).is_ok());
        match known {
            Some(filter) => self.leave(filter, None, model),
            None if !question.lacks.is_empty() => {
                model.say(Tone::Info, format!("not asked: {}", question.lack()));
                Vec::new()
            }
            None => {
                model.say(Tone::Info, "this question has no filter that can be asked here");
                Vec::new()
            }
        }
    }

    fn tick(&mut self, question: String, model: &mut Model) -> Vec<Step> {
        if !model.can_write() {
            return Vec::new();
        }
        let Some(line) = self.line(model) else { return Vec::new() };
        let kept = model.case.state().work().alarms().get(&line.ticket.fingerprint);
        let on = !kept.is_some_and(|kept| kept.ticked.contains(&question));
        let alarms = vec![Arc::clone(&line.ticket)];
        vec![order(What::Triage { on: alarms, step: Decision::Tick { question, on } })]
    }

    /// Puts the cursor on another alarm, whatever is listed.
    fn go_to(&mut self, fingerprint: String, model: &mut Model) {
        let queue = &model.alarms.queue;
        let Some(place) = queue.iter().position(|it| it.ticket.fingerprint == fingerprint) else {
            model.say(Tone::Info, format!("alarm {fingerprint} is not known here"));
            return;
        };
        if !model.alarms.sifted.get(place).copied().unwrap_or(true) {
            model.say(Tone::Info, "that alarm has no event in the filter");
            return;
        }
        self.all |= !queue[place].is_open();
        self.at = Some(fingerprint);
        self.pane = Pane::Queue;
        self.sheet.top();
    }
}

/// Whether the step fits all of these alarms; why it does not is said.
fn fits(on: &[Arc<Ticket>], step: &Decision, model: &mut Model) -> bool {
    let names: HashSet<&str> = on.iter().map(|ticket| ticket.fingerprint.as_str()).collect();
    let queue = &model.alarms.queue;
    let lines = queue.iter().filter(|line| names.contains(line.ticket.fingerprint.as_str()));
    let lines: Vec<&Line> = lines.collect();
    let alarms = model.case.state().work().alarms();
    let Some((fingerprint, why)) = triage::unfit(step, &lines, (alarms, queue)) else {
        return true;
    };
    let is_many = on.len() > 1 && names.contains(fingerprint);
    let told = why.words(if is_many { "one of them" } else { "it" });
    let hint: &[_] = match why {
        Unfit::Closed(_) => &[(Action::ReopenAlarm, "does")],
        _ => &[],
    };
    let text = model.look.keymap.hinted(&told, &[Context::Alarms, Context::Global], hint);
    model.say(Tone::Info, text);
    false
}

/// How the alarm was closed that was closed last.
fn last_closed(model: &Model) -> Option<(Verdict, String)> {
    let kept = model.case.state().work().alarms().kept();
    let last = kept.filter_map(|kept| Some((kept.closed()?.at, kept.verdict.as_ref()?)));
    last.max_by_key(|(at, _)| *at).map(|(_, verdict)| verdict.clone())
}

/// How many alarms there are of these, in words.
pub(super) fn titles(on: &[Arc<Ticket>]) -> String {
    match on {
        [one] => one.title.clone(),
        all => counted(all.len() as u64, "alarm", "alarms"),
    }
}
