//! The seven verdicts, one key each; the reason is asked for next.

use super::acts::titles;
use super::saying::Saying;
use crate::case::Ticket;
use crate::event::Verdict;
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::layout::middle;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use crate::ui::view::{Step, View};
use crate::ui::widget::list::ListCursor;
use ratatui::layout::Rect;
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct VerdictPicker {
    on: Vec<Arc<Ticket>>,
    cursor: ListCursor,
}

impl VerdictPicker {
    pub(super) fn new(on: Vec<Arc<Ticket>>) -> Self {
        Self { on, cursor: ListCursor::default() }
    }

    fn choose(&self, place: usize) -> Option<Vec<Step>> {
        let verdict = *Verdict::ALL.get(place)?;
        Some(vec![Step::Close, Saying::Close(self.on.clone(), verdict).ask()])
    }
}

impl View for VerdictPicker {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Picker]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[(Action::Accept, "take"), (Action::Down, "next"), (Action::Cancel, "leave it open")]
    }

    fn act(&mut self, action: Action, _: &mut Model) -> Option<Vec<Step>> {
        match action {
            _ if self.cursor.act(action, Verdict::ALL.len()) => {}
            Action::Accept => return self.choose(self.cursor.0),
            Action::Cancel | Action::Escape => return Some(vec![Step::Close]),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn typed(&mut self, text: &str, _: &mut Model) -> Option<Vec<Step>> {
        let digit = text.parse::<usize>().ok().and_then(|digit| digit.checked_sub(1));
        Some(digit.and_then(|place| self.choose(place)).unwrap_or_default())
    }

    fn draw(&self, _: &Model, body: Rect, pen: &mut Pen<'_>) {
        let area = middle(body, 70, Verdict::ALL.len() as u16 + 3);
        pen.clear(area);
        let inside = pen.frame(area, "what was it?", true);
        let width = inside.width.saturating_sub(2);
        pen.text(inside.x + 1, inside.y, width, &titles(&self.on), Role::Muted);
        for (place, verdict) in Verdict::ALL.iter().enumerate() {
            let y = inside.y + 1 + place as u16;
            let is_cursor = place == self.cursor.0;
            let role = if is_cursor { Role::RowCursor } else { Role::Text };
            if is_cursor {
                pen.glyph(inside.x, y, Glyph::Cursor, Role::RowCursor);
            }
            pen.text(inside.x + 2, y, 2, &format!("{}", place + 1), Role::HintKey);
            pen.text(inside.x + 4, y, 20, verdict.as_str(), role);
            let x = inside.x + 25;
            pen.text(x, y, inside.right().saturating_sub(x + 1), verdict.help(), Role::Muted);
        }
    }
}
