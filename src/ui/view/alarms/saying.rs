//! One line to be typed about alarms: why one is closed, until when it is left, who has it.

use super::acts::titles;
use crate::case::{Step as Decision, Suppression, Ticket, What};
use crate::event::{Timestamp, Verdict, counted};
use crate::job::reviewing::{Seen, review};
use crate::job::triage::{self, Manual, SUPPRESSED};
use crate::shown::is_blank;
use crate::ui::message::Tone;
use crate::ui::model::Model;
use crate::ui::view::Step;
use crate::ui::view::line::{Asks, Line};
use std::sync::Arc;

/// What the line is for.
#[derive(Debug, Clone)]
pub enum Saying {
    Close(Vec<Arc<Ticket>>, Verdict),
    Reopen(Vec<Arc<Ticket>>),
    /// The last of them stands for the others.
    Merge(Vec<Arc<Ticket>>, Arc<Ticket>),
    Owner(Vec<Arc<Ticket>>),
    Snooze(Vec<Arc<Ticket>>),
    /// Such alarms: the rule's, of who this one is about. So many of the queue would be hidden.
    Suppress(Suppression, usize),
    Raise,
    Review,
}

impl Saying {
    /// Lays the line over the screen.
    pub(super) fn ask(self) -> Step {
        Line::ask(self, "")
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
        // Whoever acts may have chosen the value: it stands for itself alone.
        let pattern = false;
        let what = Suppression { rule, about, pattern, owner, reason, until: Timestamp(0) };
        let hides = triage::hidden(&model.alarms.queue, &what).count();
        vec![Self::Suppress(what, hides).ask()]
    }

    /// The entry that this text makes; or what is wrong with it.
    fn made(&self, text: &str, model: &Model) -> Result<What, String> {
        let on_all = |on: &[Arc<Ticket>], step| Ok(What::Triage { on: on.to_vec(), step });
        match self {
            Self::Review => {
                let alarms = &model.alarms;
                let seen = Seen {
                    span: alarms.raised.snapshot.span(),
                    outside: model.store.ledger().totals().counts.out_of_range,
                    ..Seen::default()
                };
                let work = model.case.state().work();
                Ok(What::Review(review(&alarms.queue, work, seen, text)))
            }
            _ if is_blank(text) => Err("nothing is written without a word of why".to_owned()),
            Self::Close(on, verdict) => {
                on_all(on, Decision::Close { verdict: *verdict, reason: text.to_owned() })
            }
            Self::Reopen(on) => on_all(on, Decision::Reopen { reason: text.to_owned() }),
            Self::Merge(on, into) => {
                let (into, reason) = (into.fingerprint.clone(), text.to_owned());
                on_all(on, Decision::Merge { into, reason })
            }
            Self::Owner(on) => on_all(on, Decision::Assign { owner: text.to_owned() }),
            Self::Snooze(on) => {
                on_all(on, Decision::Snooze { until: triage::until(text, Timestamp::now())? })
            }
            Self::Suppress(what, _) => {
                let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
                let until = |text| triage::until(text, Timestamp::now());
                // Who begins with a digit means a time, and is told what is wrong with it.
                let says_when = first.starts_with(|c: char| c.is_ascii_digit());
                let (time, reason) =
                    if says_when { (first, rest.trim()) } else { (SUPPRESSED, text) };
                if is_blank(reason) {
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

impl Asks for Saying {
    fn label(&self) -> String {
        match self {
            Self::Close(on, verdict) => format!("{}: {verdict}, because: ", titles(on)),
            Self::Reopen(on) => format!("open {} again, because: ", titles(on)),
            Self::Merge(on, _) => format!("{}: the one here stands for it, because: ", titles(on)),
            Self::Owner(on) => format!("{}: who has it from now on: ", titles(on)),
            Self::Snooze(on) => format!("{}: leave it until (4h, 2d, 1w, a time): ", titles(on)),
            Self::Suppress(what, hides) => {
                let alarms = counted(*hides as u64, "alarm", "alarms");
                format!("hide {}, {alarms} now (UNTIL REASON, as 30d our scanner): ", what.words())
            }
            Self::Raise => {
                "raise an alarm (as high principal=alice at=10:05 call from the bank): ".to_owned()
            }
            Self::Review => "reviewed, with this to say of it (or nothing): ".to_owned(),
        }
    }

    fn entry(&self, text: &str, model: &Model) -> Result<Option<What>, String> {
        self.made(text, model).map(Some)
    }
}

/// An alarm that a person raises.
fn raised(text: &str, model: &Model) -> Result<Arc<Ticket>, String> {
    let now = Timestamp::now();
    let number = model.case.state().entries().len();
    Ok(Arc::new(Manual::read(text, now)?.ticket(number, now)))
}
