//! Everything that went wrong so far in this session, newest first.

use super::{Step, View};
use crate::job::Saved;
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::layout::middle;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::wrap::wrapped;
use ratatui::layout::Rect;

#[derive(Debug, Default)]
pub struct Problems {
    top: usize,
}

impl View for Problems {
    fn contexts(&self) -> &'static [Context] {
        &[Context::List]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[(Action::Down, "on"), (Action::Escape, "close")]
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        match action {
            Action::Up | Action::PageUp => self.top = self.top.saturating_sub(1),
            Action::Down | Action::PageDown => {
                self.top = (self.top + 1).min(model.problems.len().saturating_sub(1));
            }
            Action::Escape | Action::Problems | Action::Open => return Some(vec![Step::Close]),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        let width = body.width.saturating_sub(8).max(1);
        let unsaved = match &model.case.desk.saved {
            Saved::No { entries, problem } => Some(format!("{entries} NOT SAVED: {problem}")),
            _ => None,
        };
        let newest = unsaved.iter().chain(model.problems.iter().rev());
        let newest = newest.skip(self.top).take(usize::from(body.height));
        let lines: Vec<&str> =
            newest.flat_map(|problem| wrapped(problem, usize::from(width))).collect();
        let height = (lines.len() as u16 + 2).max(3).min(body.height);
        let area = middle(body, width + 4, height);
        pen.clear(area);
        let inside = pen.frame(area, "problems, newest first", true);
        if model.problems.is_empty() && unsaved.is_none() {
            pen.text(inside.x + 1, inside.y, inside.width - 2, "none so far", Role::Success);
        }
        for (row, line) in lines.into_iter().take(usize::from(inside.height)).enumerate() {
            pen.named(inside.x + 1, inside.y + row as u16, width, line, Role::Warning);
        }
    }
}
