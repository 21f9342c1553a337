//! One line to be typed about alarms: why one is closed, until when it is left, who has it.

use super::acts::titles;
use crate::case::{Step as Decision, Suppression, Ticket, What};
use crate::detect::sigma::Level;
use crate::event::{Timestamp, Verdict, counted};
use crate::job::scribe::Order;
use crate::job::triage::{self, SUPPRESSED};
use crate::ui::action::Action;
use crate::ui::field::Field;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::view::{Step, View};
use ratatui::layout::Rect;
use std::sync::Arc;

/// What the line is for.
#[derive(Debug, Clone)]
pub enum Saying {
    Close(Vec<Arc<Ticket>>, Verdict),
    Reopen(Vec<Arc<Ticket>>),
    Owner(Vec<Arc<Ticket>>),
    Snooze(Vec<Arc<Ticket>>),
    /// Such alarms: the rule's, of who this one is about. So many of the queue would be hidden.
    Suppress(Suppression, usize),
    Raise,
    Review,
}

impl Saying {
    fn label(&self) -> String {
        match self {
            Self::Close(on, verdict) => format!("{}: {verdict}, because: ", titles(on)),
            Self::Reopen(on) => format!("open {} again, because: ", titles(on)),
            Self::Owner(on) => format!("{}: who has it from now on: ", titles(on)),
            Self::Snooze(on) => format!("{}: leave it until (4h, 2d, a time): ", titles(on)),
            Self::Suppress(what, hides) => {
                let alarms = counted(*hides as u64, "alarm", "alarms");
                format!("hide {}, {alarms} now (UNTIL REASON, as 30d our scanner): ", what.words())
            }
            Self::Raise => {
                "raise an alarm (SEVERITY TITLE, as high call from the bank): ".to_owned()
            }
            Self::Review => "reviewed, with this to say of it (or nothing): ".to_owned(),
        }
    }

    /// Asks for what a suppression of alarms like this one needs.
    pub(super) fn suppressing(on: &[Arc<Ticket>], model: &mut Model) -> Vec<Step> {
        let [ticket] = on else {
            model.say(Tone::Info, "one alarm at a time says what is suppressed");
            return Vec::new();
        };
        let about = triage::about(ticket);
        let about = about.map(|(field, value)| (field.to_owned(), value.to_owned()));
        let rule = ticket.rule.clone();
        let (owner, reason) = (String::new(), String::new());
        let what = Suppression { rule, about, owner, reason, until: Timestamp(0) };
        let hides = triage::hidden(&model.alarms.queue, &what).count();
        vec![Say::ask(Self::Suppress(what, hides))]
    }

    /// The entry that this text makes; or what is wrong with it.
    fn entry(&self, text: &str, model: &Model) -> Result<What, String> {
        let on_all = |on: &[Arc<Ticket>], step| Ok(What::Triage { on: on.to_vec(), step });
        match self {
            Self::Review => {
                let alarms = &model.alarms;
                let span = alarms.raised.snapshot.span();
                Ok(What::Review(triage::review(&alarms.queue, span, text)))
            }
            _ if text.is_empty() => Err("nothing is written without a word of why".to_owned()),
            Self::Close(on, verdict) => {
                on_all(on, Decision::Close { verdict: *verdict, reason: text.to_owned() })
            }
            Self::Reopen(on) => on_all(on, Decision::Reopen { reason: text.to_owned() }),
            Self::Owner(on) => on_all(on, Decision::Assign { owner: text.to_owned() }),
            Self::Snooze(on) => {
                on_all(on, Decision::Snooze { until: triage::until(text, Timestamp::now())? })
            }
            Self::Suppress(what, _) => {
                let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
                let until = |text| triage::until(text, Timestamp::now());
                let says_when = until(first).is_ok();
                let (time, reason) =
                    if says_when { (first, rest.trim()) } else { (SUPPRESSED, text) };
                if reason.is_empty() {
                    return Err("say why such alarms are to be hidden".to_owned());
                }
                let owner = String::new();
                let (until, reason) = (until(time)?, reason.to_owned());
                Ok(What::Suppress(Suppression { owner, reason, until, ..what.clone() }))
            }
            Self::Raise => raised(text, model).map(|alarm| What::AlarmAdd { alarm }),
        }
    }
}

/// An alarm that a person raises: how grave, and what it is.
fn raised(text: &str, model: &Model) -> Result<Arc<Ticket>, String> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (level, title) = match Level::parse(first) {
        Some(level) => (level, rest.trim()),
        None => (Level::Medium, text),
    };
    if title.is_empty() {
        return Err("say what happened, after how grave it is".to_owned());
    }
    let number = model.case.state().entries().len();
    Ok(Arc::new(triage::raised(level, title, number, Timestamp::now())))
}

/// The line.
#[derive(Debug)]
pub struct Say {
    saying: Saying,
    field: Field,
}

impl Say {
    pub(super) fn ask(saying: Saying) -> Step {
        Step::Push(Box::new(Self { saying, field: Field::default() }))
    }

    fn accept(&self, model: &mut Model) -> Vec<Step> {
        match self.saying.entry(self.field.text().trim(), model) {
            Ok(what) => vec![Step::Close, Step::Effect(Effect::Order(Order::Step(what)))],
            Err(why) => {
                model.say(Tone::Error, why);
                Vec::new()
            }
        }
    }

    /// The label's lines and the line that is typed: the last of the body.
    fn areas(body: Rect) -> (Rect, Rect) {
        let typed = Rect { y: body.bottom().saturating_sub(1), height: 1, ..body };
        let label = Rect { y: body.bottom().saturating_sub(2), height: 1, ..body };
        (label, typed)
    }
}

impl View for Say {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Text]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[(Action::Accept, "write it"), (Action::Cancel, "leave")]
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        Some(match action {
            Action::Accept => self.accept(model),
            Action::Cancel | Action::Escape => vec![Step::Close],
            Action::Quit => return None,
            other => {
                self.field.act(other);
                Vec::new()
            }
        })
    }

    fn typed(&mut self, text: &str, _: &mut Model) -> Option<Vec<Step>> {
        self.field.insert(text);
        Some(Vec::new())
    }

    fn draw(&self, _: &Model, body: Rect, pen: &mut Pen<'_>) {
        let (label, typed) = Self::areas(body);
        pen.clear(label);
        pen.clear(typed);
        let width = label.width.saturating_sub(2);
        pen.text(label.x + 1, label.y, width, &self.saying.label(), Role::HintKey);
        let (range, _) = self.field.visible(width.saturating_sub(2));
        let text = self.field.text().get(range).unwrap_or_default();
        pen.text(typed.x + 1, typed.y, 2, "> ", Role::HintKey);
        pen.text(typed.x + 3, typed.y, width.saturating_sub(2), text, Role::Text);
    }

    fn caret(&self, _: &Model, body: Rect) -> Option<(u16, u16)> {
        let (_, typed) = Self::areas(body);
        let (_, column) = self.field.visible(typed.width.saturating_sub(4));
        Some((typed.x + 3 + column, typed.y))
    }
}
