//! What is said of the incident: a line a fact, and a prompt to say one.

use super::{Step, View};
use crate::case::{Facet, What};
use crate::job::scribe::Order;
use crate::ui::action::Action;
use crate::ui::field::Field;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// A line: what it is about, and what was said, if anything was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) facet: Facet,
    pub(super) text: Option<String>,
}

/// Everything that can be said. Of what there can be several, each, and room for one more.
pub(super) fn all(model: &Model) -> Vec<Fact> {
    let said = model.case.state().work().incident();
    let mut facts = Vec::new();
    for facet in Facet::ALL.iter().copied() {
        let own = said.iter().filter(|(known, _)| *known == facet);
        let own: Vec<&String> = own.map(|(_, text)| text).collect();
        let room = facet.is_many() || own.is_empty();
        let texts = own.into_iter().cloned().map(Some).chain(room.then_some(None));
        facts.extend(texts.map(|text| Fact { facet, text }));
    }
    facts
}

impl Fact {
    pub(super) fn line(&self) -> (String, Role) {
        match &self.text {
            Some(text) => (format!("{:<14} {text}", self.facet.as_str()), Role::Text),
            None => (format!("{:<14} -", self.facet.as_str()), Role::Muted),
        }
    }
}

/// How it is written.
fn form(facet: Facet) -> &'static str {
    match facet {
        Facet::Person => "NAME, ROLE",
        Facet::Affected => "COUNT KIND, as 1,204 customer addresses",
        Facet::Deadline => "24h WHOM, or TIME WHOM",
        Facet::Severity => "informational, low, medium, high, critical",
        Facet::Tlp => "clear, green, amber, amber+strict, red",
        Facet::Status => {
            "new, detection-and-analysis, containment-eradication-recovery, post-incident, closed"
        }
        facet if facet.is_time() => "as 2026-03-04T10:42:00Z",
        _ => "",
    }
}

/// The prompt. What can be there once begins with what was said.
#[derive(Debug)]
pub(super) struct Say {
    facet: Facet,
    field: Field,
}

impl Say {
    pub(super) fn new(fact: &Fact) -> Self {
        let before = fact.text.as_deref().filter(|_| !fact.facet.is_many()).unwrap_or_default();
        Self { facet: fact.facet, field: Field::new(before) }
    }

    fn accept(&self, model: &mut Model) -> Vec<Step> {
        if self.field.text().trim().is_empty() {
            return vec![Step::Close];
        }
        match self.facet.checked(self.field.text()) {
            Ok(text) => {
                let what = What::Incident { facet: self.facet, text };
                vec![Step::Close, Step::Effect(Effect::Order(Order::Step(what)))]
            }
            Err(why) => {
                model.say(Tone::Error, why);
                Vec::new()
            }
        }
    }
}

/// The two last lines of the body: what is asked, and what is typed.
fn areas(body: Rect) -> (Rect, Rect) {
    let typed = Rect { y: body.bottom().saturating_sub(1), height: 1, ..body };
    (Rect { y: body.bottom().saturating_sub(2), ..typed }, typed)
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
        let (label, typed) = areas(body);
        pen.clear(label);
        pen.clear(typed);
        let width = label.width.saturating_sub(2);
        let form = form(self.facet);
        let text = format!("{}{}{form}", self.facet, if form.is_empty() { "" } else { ": " });
        pen.text(label.x + 1, label.y, width, &text, Role::HintKey);
        let (range, _) = self.field.visible(width.saturating_sub(2));
        let text = self.field.text().get(range).unwrap_or_default();
        pen.text(typed.x + 1, typed.y, 2, "> ", Role::HintKey);
        pen.text(typed.x + 3, typed.y, width.saturating_sub(2), text, Role::Text);
    }

    fn caret(&self, _: &Model, body: Rect) -> Option<(u16, u16)> {
        let (_, typed) = areas(body);
        let (_, column) = self.field.visible(typed.width.saturating_sub(4));
        Some((typed.x + 3 + column, typed.y))
    }
}
