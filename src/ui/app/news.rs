//! What the app does with what happened outside: answers, loading, the journal.

use super::{App, as_steps};
use crate::event::noun;
use crate::job::Report;
use crate::job::integrity::Stage;
use crate::job::scribe::Desk;
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Message, Tone};
use crate::ui::model::Notice;
use crate::ui::view::{Base, Step, View};
use crate::ui::widget::chrome;
use crate::verify::Verdict;
use std::sync::Arc;

/// Whether it changes what the view of alarms shows; the journal may only have come to the disk.
fn concerns_alarms(message: &Message, is_decided: bool) -> bool {
    match message {
        Message::Raised(_) | Message::Answer(_) | Message::Baselines(_) => true,
        Message::Desk(_) => is_decided,
        _ => false,
    }
}

impl App {
    pub(super) fn hear(&mut self, message: &Message) -> Vec<Step> {
        let before = Arc::clone(&self.model.case.desk.state);
        let mut steps = self.take_in(message);
        let is_decided = !Arc::ptr_eq(&before, &self.model.case.desk.state);
        steps.extend(self.timeline.hear(message, &mut self.model));
        let is_of_use = match self.base {
            Base::Alarms => concerns_alarms(message, is_decided),
            Base::Case => matches!(message, Message::Raised(_) | Message::Desk(_)),
            _ => false,
        };
        if is_of_use {
            self.look();
        }
        steps.extend(self.integrity.hear(message, &mut self.model));
        steps.extend(self.case.hear(message, &mut self.model));
        self.over.retain_mut(|view| {
            let mut heard = view.hear(message, &mut self.model);
            let before = heard.len();
            // It is this view that closes, whatever lies above it.
            heard.retain(|step| !matches!(step, Step::Close));
            let stays = heard.len() == before;
            steps.extend(heard);
            stays
        });
        steps
    }

    fn take_in(&mut self, message: &Message) -> Vec<Step> {
        let model = &mut self.model;
        match message {
            Message::Answer(answer) => {
                let mut effects = model.take(answer.clone());
                effects.extend(model.resume_filter());
                as_steps(effects)
            }
            Message::Loaded(report) => {
                let over = report.over && model.load.is_none_or(|old| !old.over);
                let held = |load: &Report| load.transfer.held.is_some();
                if held(report) && !model.load.as_ref().is_some_and(held) {
                    // What keeps it is told where this stands; problems are listed elsewhere too.
                    model.notice.take_if(|said| said.tone != Tone::Error);
                }
                model.load = Some(*report);
                if over {
                    self.say_loaded();
                }
                as_steps(self.model.resume_filter())
            }
            Message::Record(record) => {
                model.record = Some(record.clone());
                model.rename_record();
                Vec::new()
            }
            Message::Values(values) => {
                model.values = Some(values.clone());
                Vec::new()
            }
            Message::Named(named) => {
                model.named = Some(named.clone());
                Vec::new()
            }
            Message::Baselines(baselines) => {
                model.alarms.baselines = Some(baselines.clone());
                Vec::new()
            }
            Message::Desk(desk) => self.take_desk(desk),
            Message::Verified(verified) => {
                let effects = model.take_verified(verified);
                self.answer_verifying();
                self.say_verified();
                as_steps(effects)
            }
            Message::Raised(raised) => as_steps(model.take_raised(raised)),
            Message::Told(tone, text) => {
                model.say(*tone, text.clone());
                Vec::new()
            }
            Message::Verifying(tone, text) => {
                model.say(*tone, text.clone());
                self.verifying_said = Some(text.clone());
                // The verdict must not come before it is said that one will.
                vec![Step::Effect(Effect::Verify)]
            }
            other => self.hear_of_services(other),
        }
    }

    /// What the journal has by now.
    fn take_desk(&mut self, desk: &Arc<Desk>) -> Vec<Step> {
        let model = &mut self.model;
        let said = desk
            .said
            .clone()
            .filter(|said| model.case.desk.said.as_ref().is_none_or(|old| !Arc::ptr_eq(old, said)));
        let changed = !Arc::ptr_eq(&model.case.desk.state, &desk.state);
        model.case.desk = desk.clone();
        if changed {
            model.requeue();
        }
        if let Some(said) = said {
            model.say(Tone::Good, said.as_str());
        }
        let watches = model.watch();
        if watches || changed && model.asks_case() {
            vec![Step::Effect(model.ask())]
        } else {
            Vec::new()
        }
    }

    /// Says once of each verdict that there are errors; the view of it says so all the time.
    fn say_verified(&mut self) {
        let model = &mut self.model;
        let (about, report) = (&model.verified.about, model.verified.report.as_ref());
        let Some(report) = report.filter(|report| about.verdict(report) == Verdict::Invalid) else {
            self.verdict_said.clear();
            return;
        };
        let text = format!("integrity: {}", about.headline(report));
        if self.verdict_said == text {
            return;
        }
        self.verdict_said.clone_from(&text);
        if self.base != Base::Integrity {
            let hints = [(Action::ViewIntegrity, "shows them")];
            let text = model.look.keymap.hinted(&text, &[Context::Global], &hints);
            model.say(Tone::Error, text);
        }
    }

    /// Who ordered a verification is told how it ended, unless something else was said since. What is
    /// told is an answer too: manifests may change a verdict once more.
    fn answer_verifying(&mut self) {
        let model = &mut self.model;
        let verified = &model.verified;
        let is_over = !matches!(verified.stage, Stage::Running { .. } | Stage::Comparing { .. });
        if !is_over || self.verifying_said.is_none() {
            return;
        }
        if self.verifying_said.as_ref() != model.notice.as_ref().map(|notice| &notice.text) {
            self.verifying_said = None;
            return;
        }
        let (tone, text) = match &verified.report {
            None => (Tone::Info, "nothing to verify: no digest is among the evidence".to_owned()),
            Some(report) => {
                let tone = match verified.about.verdict(report) {
                    Verdict::Valid => Tone::Good,
                    Verdict::Incomplete => Tone::Warning,
                    Verdict::Invalid => Tone::Error,
                };
                (tone, format!("integrity: {}", verified.about.headline(report)))
            }
        };
        self.verifying_said = Some(text.clone());
        model.notice = Some(Notice { tone, text });
    }

    fn say_loaded(&mut self) {
        let totals = self.model.store.ledger().totals();
        let counts = totals.counts;
        let text = format!(
            "loaded; {} {} unparsed, {} of {} {} not read whole",
            chrome::grouped(counts.unparsed),
            noun(counts.unparsed, "record", "records"),
            chrome::grouped(totals.missed),
            chrome::grouped(totals.objects),
            noun(totals.objects, "object", "objects"),
        );
        let clean = counts.unparsed == 0 && totals.missed == 0;
        let grave = |tone| matches!(tone, Tone::Warning | Tone::Error);
        if self.model.notice.as_ref().is_some_and(|said| clean || grave(said.tone)) {
            // Sources tells it too; what else was just said is told nowhere else.
            return;
        }
        self.model.notice =
            Some(Notice { tone: if clean { Tone::Good } else { Tone::Warning }, text });
    }
}
