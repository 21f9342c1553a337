//! Typing the code of an MFA device: what is typed is shown as so many stars, and kept nowhere.

use super::sources::tail;
use super::{Step, View};
use crate::event::{Code, CodeWanted};
use crate::ui::action::Action;
use crate::ui::field::Field;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use ratatui::layout::Rect;

/// More is no code, whatever is pasted.
const LONGEST: usize = 32;

/// Columns beside the name of the device.
const BESIDE: u16 = 36;

pub struct CodePrompt {
    wanted: CodeWanted,
    field: Field,
}

impl CodePrompt {
    pub fn new(wanted: CodeWanted) -> Self {
        Self { wanted, field: Field::default() }
    }

    fn accept(&mut self, model: &mut Model) -> Vec<Step> {
        let typed = std::mem::take(&mut self.field);
        match Code::parse(typed.text()) {
            Ok(code) => {
                model.code = None;
                model.say(Tone::Info, "asking AWS for what the code is good for");
                vec![Step::Close, Step::Effect(Effect::GiveCode(code))]
            }
            Err(why) => {
                model.say(Tone::Error, why);
                Vec::new()
            }
        }
    }

    /// Whose code it is, as far as there is room.
    fn label(&self, body: Rect, ellipsis: &str) -> String {
        let room = usize::from(body.width.saturating_sub(BESIDE));
        format!("code of the MFA device {}: ", tail(&self.wanted.device, room, ellipsis))
    }
}

/// Says what is missing, and which key asks for it.
pub fn say_missing(model: &mut Model, wanted: &CodeWanted) {
    let hints = [(Action::GiveCode, "asks for it")];
    let text = model.look.keymap.hinted("no code of the MFA device", &[Context::Global], &hints);
    model.say(Tone::Warning, format!("{text}: {}", wanted.why));
}

impl View for CodePrompt {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Text]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[(Action::Accept, "give it"), (Action::Cancel, "not now")]
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        Some(match action {
            Action::Accept => self.accept(model),
            Action::Cancel | Action::Escape => {
                say_missing(model, &self.wanted);
                vec![Step::Close]
            }
            Action::Quit => return None,
            other => {
                self.field.act(other);
                Vec::new()
            }
        })
    }

    fn typed(&mut self, text: &str, _: &mut Model) -> Option<Vec<Step>> {
        if self.field.text().len() + text.len() <= LONGEST {
            self.field.insert(text);
        }
        Some(Vec::new())
    }

    fn draw(&self, _: &Model, body: Rect, pen: &mut Pen<'_>) {
        let area = line(body);
        pen.clear(area);
        let label = self.label(body, pen.theme.glyph(Glyph::Ellipsis));
        let used = pen.text(area.x + 1, area.y, area.width, &label, Role::HintKey);
        let stars = "*".repeat(self.field.text().chars().count());
        let width = area.width.saturating_sub(used + 2);
        pen.text(area.x + 1 + used, area.y, width, &stars, Role::Text);
    }

    fn caret(&self, model: &Model, body: Rect) -> Option<(u16, u16)> {
        let area = line(body);
        let label = self.label(body, model.look.theme.glyph(Glyph::Ellipsis)).chars().count();
        let before = self.field.text().get(..self.field.cursor()).unwrap_or_default();
        let column = (label + before.chars().count()) as u16;
        Some(((area.x + 1 + column).min(area.right().saturating_sub(1)), area.y))
    }
}

/// The body's last line.
fn line(body: Rect) -> Rect {
    Rect { y: body.bottom().saturating_sub(1), height: 1, ..body }
}
