//! Views: what fills the screen, and what lies over it. A view is given actions; what it does
//! not handle goes on to the one below, and at last to the [`App`](super::app::App).

pub mod alarms;
pub mod case;
pub mod choose;
pub mod code;
mod facts;
pub mod filter;
pub mod help;
pub mod integrity;
mod line;
pub mod note;
pub mod picker;
pub mod problems;
pub mod prompt;
pub mod sources;
pub mod timeline;
pub mod values;

use super::action::Action;
use super::keymap::{Context, Key};
use super::message::{Effect, Message};
use super::model::Model;
use super::mouse::Mouse;
use super::pen::Pen;
use crate::event::Timestamp;
use ratatui::layout::Rect;

/// The views on digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    Timeline,
    Alarms,
    Integrity,
    Case,
    Sources,
}

/// What a view wants.
pub enum Step {
    Effect(Effect),
    /// Lay this over the screen.
    Push(Box<dyn View>),
    /// Take me away.
    Close,
    Show(Base),
    /// Do this as if its key had been pressed.
    Act(Action),
    Ask(Asked),
    /// What is below is to go to this time.
    GoTo(Timestamp),
}

/// A question to be answered with y or n before something that is not undone with a key.
#[derive(Debug)]
pub struct Asked {
    pub text: String,
    /// What a yes does.
    pub yes: Effect,
    /// What is said to anything else.
    pub no: &'static str,
}

impl From<Effect> for Step {
    fn from(effect: Effect) -> Self {
        Self::Effect(effect)
    }
}

/// Turns effects into steps.
pub fn steps(effects: Vec<Effect>) -> Option<Vec<Step>> {
    Some(effects.into_iter().map(Step::Effect).collect())
}

pub trait View {
    /// Where keys are pressed while this view has them, the innermost first; `Global` is added.
    fn contexts(&self) -> &'static [Context];

    /// What is above the last line when this view has the keys: actions whose keys are hinted.
    fn hints(&self) -> &'static [(Action, &'static str)];

    /// Does what is asked; `None` if it is not this view's to do.
    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>>;

    /// Whether somebody types here, whom nothing else may take the keys from.
    fn is_typing(&self) -> bool {
        self.contexts().iter().any(|context| context.types())
    }

    /// A key that types.
    fn typed(&mut self, _text: &str, _model: &mut Model) -> Option<Vec<Step>> {
        None
    }

    /// The mouse did something; `None` if that is nothing to this view.
    fn point(&mut self, _mouse: Mouse, _model: &mut Model) -> Option<Vec<Step>> {
        None
    }

    /// A time was typed to which this view asked to go.
    fn go_to(&mut self, _at: Timestamp, _model: &mut Model) {}

    /// Something happened outside.
    fn hear(&mut self, _message: &Message, _model: &mut Model) -> Vec<Step> {
        Vec::new()
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>);

    /// Where the terminal's cursor is, if text is typed.
    fn caret(&self, _model: &Model, _body: Rect) -> Option<(u16, u16)> {
        None
    }
}

/// Characters that a key types, if it types.
pub fn typed_text(key: Key) -> Option<String> {
    key.typed().map(String::from)
}
