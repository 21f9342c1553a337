//! Something to be said in one line, at the bottom of the body: what it is about, and below that what
//! is typed.

use super::{Step, View};
use crate::case::What;
use crate::job::scribe::Order;
use crate::ui::action::Action;
use crate::ui::field::Field;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;

/// What the line is for.
pub(super) trait Asks {
    fn label(&self) -> String;

    /// The entry that this text makes, or `None` if it makes none.
    ///
    /// # Errors
    /// What is wrong with it, to be told.
    fn entry(&self, text: &str, model: &Model) -> Result<Option<What>, String>;
}

#[derive(Debug)]
pub(super) struct Line<T> {
    asks: T,
    field: Field,
}

impl<T: Asks + 'static> Line<T> {
    /// Lays the line over the screen, with this text typed already.
    pub(super) fn ask(asks: T, before: &str) -> Step {
        Step::Push(Box::new(Self { asks, field: Field::new(before) }))
    }

    fn accept(&self, model: &mut Model) -> Vec<Step> {
        match self.asks.entry(self.field.text().trim(), model) {
            Ok(what) => {
                let order = what.map(|what| Step::Effect(Effect::Order(Order::Step(what))));
                std::iter::once(Step::Close).chain(order).collect()
            }
            Err(why) => {
                model.say(Tone::Error, why);
                Vec::new()
            }
        }
    }
}

/// The two last lines of the body.
fn areas(body: Rect) -> (Rect, Rect) {
    let typed = Rect { y: body.bottom().saturating_sub(1), height: 1, ..body };
    (Rect { y: body.bottom().saturating_sub(2), ..typed }, typed)
}

impl<T: Asks + 'static> View for Line<T> {
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
        pen.text(label.x + 1, label.y, width, &self.asks.label(), Role::HintKey);
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
