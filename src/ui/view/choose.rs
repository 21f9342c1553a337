//! What of an account is to be fetched, chosen before anything is: buckets and their folders, log
//! groups and their streams, level by level, and of what time.

mod column;
mod drawing;

use super::{Step, View};
use crate::event::layout::Level;
use crate::event::{ReasonKind, Timestamp, Window};
use crate::job::choosing::{Choices, Estimate, Kind, start};
use crate::query::ast::{Now, Op, Window as Span};
use crate::query::window;
use crate::ui::action::Action;
use crate::ui::field::Field;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Message, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use column::{Column, Found};
use ratatui::layout::Rect;
use std::collections::VecDeque;

#[derive(Debug)]
pub struct Choose {
    /// The address as it was typed.
    named: String,
    /// From the outside to the inside; the last has the keys. There is always one.
    columns: Vec<Column>,
    /// Where nothing is to be chosen, all of it is opened at once.
    is_opening: bool,
    /// Other addresses to choose at afterwards.
    rest: VecDeque<String>,
    window: Window,
    /// The window while it is typed.
    dates: Option<Field>,
    /// The time at which the service answered last.
    now: Option<Timestamp>,
    estimate: Option<Estimate>,
}

impl Choose {
    /// Lets a person choose from this address on.
    pub fn at(address: &str, model: &Model) -> Vec<Step> {
        Self::open(address, false, VecDeque::new(), model)
    }

    /// The same for sources that are about to be opened, one after the other: where there is nothing
    /// to choose, they are.
    pub fn opening(addresses: Vec<String>, model: &Model) -> Vec<Step> {
        let mut rest: VecDeque<String> = addresses.into();
        let Some(first) = rest.pop_front() else { return Vec::new() };
        Self::open(&first, true, rest, model)
    }

    fn open(named: &str, is_opening: bool, rest: VecDeque<String>, model: &Model) -> Vec<Step> {
        let (address, begins) = start(named);
        let effect = Effect::Choose(address.clone());
        let view = Self {
            named: named.to_owned(),
            columns: vec![Column::new(address, &begins)],
            is_opening,
            rest,
            window: model.case.window,
            dates: None,
            now: None,
            estimate: None,
        };
        vec![Step::Push(Box::new(view)), Step::Effect(effect)]
    }

    fn column(&self) -> &Column {
        &self.columns[self.columns.len() - 1]
    }

    fn column_mut(&mut self) -> &mut Column {
        let last = self.columns.len() - 1;
        &mut self.columns[last]
    }

    /// What would be opened now.
    fn sources(&self) -> Vec<String> {
        match self.column().found {
            // What cannot be looked at can be opened all the same, and says what is wrong.
            Found::Failed(_) | Found::Waits if self.columns.len() == 1 && self.is_address() => {
                vec![self.named.clone()]
            }
            _ => self.column().sources(),
        }
    }

    /// Whether what was typed names a source by itself.
    fn is_address(&self) -> bool {
        !self.named.ends_with("://")
    }

    fn go_inside(&mut self, address: String) -> Vec<Step> {
        self.columns.push(Column::new(address.clone(), ""));
        vec![Step::Effect(Effect::Choose(address))]
    }

    /// Goes back one level; what is there is known.
    fn go_back(&mut self) {
        if self.columns.len() > 1 {
            self.columns.pop();
        }
    }

    fn right(&mut self, model: &mut Model) -> Vec<Step> {
        if let Some(inside) = self.column().inside() {
            return self.go_inside(inside);
        }
        let text = match self.column().choices().map(|choices| choices.kind) {
            Some(Kind::Stream) => "there is nothing inside of a stream",
            Some(_) if self.column().means_something() => "one at a time can be looked into",
            _ => "there is nothing to look into",
        };
        model.say(Tone::Info, text);
        Vec::new()
    }

    fn accept(&mut self, model: &mut Model) -> Vec<Step> {
        let sources = self.sources();
        if sources.is_empty() {
            model.say(Tone::Info, "nothing is chosen");
            return Vec::new();
        }
        let mut effects = vec![Effect::ChooseNothing];
        let window = self.window;
        let is_own = window != model.case.window;
        effects.extend(sources.into_iter().map(|name| {
            if is_own { Effect::AddWithin { name, window } } else { Effect::AddSource(name) }
        }));
        self.close(effects, model)
    }

    fn leave(&mut self, model: &mut Model) -> Vec<Step> {
        model.say(Tone::Info, format!("{} is not opened", self.named));
        self.close(vec![Effect::ChooseNothing], model)
    }

    /// Closes, and goes on with the next address.
    fn close(&mut self, effects: Vec<Effect>, model: &Model) -> Vec<Step> {
        let mut steps = vec![Step::Close];
        steps.extend(effects.into_iter().map(Step::Effect));
        steps.extend(Self::opening(std::mem::take(&mut self.rest).into(), model));
        steps
    }

    fn count(&mut self, model: &mut Model) -> Vec<Step> {
        let sources = self.sources();
        if sources.is_empty() {
            model.say(Tone::Info, "nothing is chosen that could be counted");
            return Vec::new();
        }
        let window = self.window;
        self.estimate = Some(Estimate { sources: sources.clone(), window, ..Estimate::default() });
        vec![Step::Effect(Effect::Count { sources, window })]
    }

    /// Does an action while the dates are typed.
    fn date(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        let field = self.dates.as_mut()?;
        match action {
            Action::Accept => match read(field.text(), self.now) {
                Ok(window) => {
                    self.window = window;
                    self.dates = None;
                }
                Err(why) => model.say(Tone::Error, why),
            },
            Action::Cancel | Action::Escape => self.dates = None,
            Action::Quit => return None,
            other => {
                field.act(other);
            }
        }
        Some(Vec::new())
    }

    fn wants_credentials(&self) -> bool {
        let found = &self.column().found;
        matches!(found, Found::Failed(reason) if reason.kind == ReasonKind::Credentials)
    }

    /// What comes of what is known now: into a folder that is the only one, and out of here if it
    /// shows that there is nothing to choose.
    fn go_on(&mut self, model: &mut Model) -> Vec<Step> {
        if let Some(inside) = self.column().only() {
            return self.go_inside(inside);
        }
        // Once there are credentials it is asked again.
        if !self.is_opening || self.wants_credentials() {
            return Vec::new();
        }
        self.is_opening = false;
        // Who has begun to say what is wanted is not overtaken.
        if self.is_typing() || self.window != model.case.window {
            return Vec::new();
        }
        let is_worth = |choices: &Choices| {
            choices.all.iter().any(|one| one.level != Level::Folder || one.name == "AWSLogs")
        };
        if !self.is_address() || self.column().choices().is_some_and(is_worth) {
            return Vec::new();
        }
        let named = vec![Effect::ChooseNothing, Effect::AddSource(self.named.clone())];
        self.close(named, model)
    }
}

/// A window as people type it; nothing is all of the time.
fn read(text: &str, now: Option<Timestamp>) -> Result<Window, String> {
    if text.trim().is_empty() {
        return Ok(Window::default());
    }
    let span = window::parse(text, Op::Is, Now { newest: now })?;
    if span == Span::NONE {
        return Err(format!("{text}: name a day or a time, such as 2026-03-04..2026-03-06"));
    }
    let from = Some(span.from).filter(|from| from.0 != i64::MIN);
    let to = Some(span.to).filter(|to| to.0 != i64::MAX);
    Ok(Window { from, to })
}

impl View for Choose {
    fn contexts(&self) -> &'static [Context] {
        if self.dates.is_some() { &[Context::Text] } else { &[Context::Choose, Context::Picker] }
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        if self.dates.is_some() {
            return &[(Action::Accept, "take"), (Action::Cancel, "leave")];
        }
        &[
            (Action::Accept, "open"),
            (Action::SelectRow, "pick"),
            (Action::Right, "into"),
            (Action::Left, "back"),
            (Action::FetchWindow, "dates"),
            (Action::Estimate, "how much"),
            (Action::Cancel, "close"),
        ]
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        if self.dates.is_some() {
            return self.date(action, model);
        }
        match action {
            Action::Accept => return Some(self.accept(model)),
            Action::Cancel | Action::Escape => return Some(self.leave(model)),
            Action::SelectRow => self.column_mut().toggle(),
            Action::Right => return Some(self.right(model)),
            Action::Left => self.go_back(),
            Action::Estimate => return Some(self.count(model)),
            Action::FetchWindow => self.dates = Some(Field::new(&drawing::typed(self.window))),
            other if self.column_mut().act(other) => {}
            _ => return None,
        }
        Some(Vec::new())
    }

    fn typed(&mut self, text: &str, _: &mut Model) -> Option<Vec<Step>> {
        match &mut self.dates {
            Some(field) => drop(field.insert(text)),
            None => self.column_mut().typed(text),
        }
        Some(Vec::new())
    }

    fn hear(&mut self, message: &Message, model: &mut Model) -> Vec<Step> {
        match message {
            Message::Offer(offer) => {
                let is_last = self.columns.last().is_some_and(|last| last.address == offer.address);
                let was_waiting = !matches!(self.column().found, Found::There(_));
                for column in &mut self.columns {
                    column.take(offer);
                }
                self.now = Some(offer.at);
                if is_last && was_waiting { self.go_on(model) } else { Vec::new() }
            }
            Message::CodeTaken(_) if self.wants_credentials() => {
                vec![Step::Effect(Effect::Choose(self.column().address.clone()))]
            }
            Message::Estimated(estimate) => {
                let is_asked = self.estimate.as_ref().is_some_and(|asked| {
                    asked.sources == estimate.sources && asked.window == estimate.window
                });
                if is_asked {
                    self.estimate = Some(estimate.clone());
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn is_typing(&self) -> bool {
        self.dates.is_some() || !self.column().typed.is_empty()
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        drawing::draw(self, model, body, pen);
    }

    fn caret(&self, _: &Model, body: Rect) -> Option<(u16, u16)> {
        Some(drawing::caret(self, body))
    }
}
