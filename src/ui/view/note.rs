//! Writing a note. What is typed goes to the draft file each second until it is an entry.

use super::{Step, View};
use crate::case::NoteId;
use crate::job::exhibit::summary;
use crate::job::scribe::{Order, Rows};
use crate::store::RowRef;
use crate::ui::action::Action;
use crate::ui::field::Field;
use crate::ui::keymap::Context;
use crate::ui::layout::middle;
use crate::ui::message::{Effect, Message, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;
use std::sync::Arc;

#[derive(Debug)]
pub struct NoteEditor {
    field: Field,
    /// The rows it is about.
    rows: Vec<RowRef>,
    /// The note being changed, if it is not a new one.
    editing: Option<NoteId>,
}

impl NoteEditor {
    pub fn new(model: &Model) -> Self {
        Self { field: Field::default(), rows: model.subjects(), editing: None }
    }

    /// Goes on with text that was being typed when the last session ended.
    pub fn resume(text: &str, model: &Model) -> Self {
        Self { field: Field::new(text), rows: model.subjects(), editing: None }
    }

    /// The note is about the case as a whole.
    pub fn about_the_case(&mut self) {
        self.rows.clear();
    }

    pub fn edit(note: NoteId, text: &str) -> Self {
        Self { field: Field::new(text), rows: Vec::new(), editing: Some(note) }
    }

    fn order(&self, text: String, model: &Model) -> Option<Order> {
        if let Some(note) = self.editing {
            return Some(Order::EditNote { note, text });
        }
        let snapshot = Arc::clone(model.snapshot()?);
        Some(Order::Note { rows: Rows { snapshot, rows: self.rows.clone() }, text })
    }

    fn accept(&self, text: &str, model: &mut Model) -> Vec<Step> {
        let text = text.trim();
        if text.is_empty() {
            return vec![Step::Effect(Effect::Draft(None)), Step::Close];
        }
        match self.order(text.to_owned(), model) {
            Some(order) => {
                model.cursor.picked.clear();
                vec![
                    Step::Effect(Effect::Order(order)),
                    Step::Effect(Effect::Draft(None)),
                    Step::Close,
                ]
            }
            None => {
                model.say(Tone::Error, "nothing is loaded yet that a note could be about");
                Vec::new()
            }
        }
    }

    /// The text cut into lines of this width, and where the cursor is in them.
    fn wrapped(&self, width: usize) -> (Vec<&str>, (usize, usize)) {
        let text = self.field.text();
        let mut lines = Vec::new();
        let mut cursor = (0, 0);
        let mut start = 0;
        let mut columns = 0;
        for (at, c) in text.char_indices() {
            if at == self.field.cursor() {
                cursor = (columns, lines.len());
            }
            let wide = unicode_width::UnicodeWidthChar::width(c).unwrap_or(1).max(1);
            if columns + wide > width {
                lines.push(&text[start..at]);
                start = at;
                if at == self.field.cursor() {
                    cursor = (0, lines.len());
                }
                columns = 0;
            }
            columns += wide;
        }
        lines.push(&text[start..]);
        if self.field.cursor() == text.len() {
            cursor = (columns, lines.len() - 1);
        }
        (lines, cursor)
    }

    fn area(body: Rect) -> Rect {
        let area = middle(body, 90, 10);
        Rect { y: body.bottom().saturating_sub(area.height), ..area }
    }
}

impl View for NoteEditor {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Text]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[
            (Action::Accept, "write it"),
            (Action::Cancel, "give it up"),
            (Action::EditNoteExternal, "in $EDITOR"),
            (Action::DeleteWord, "delete a word"),
        ]
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        Some(match action {
            Action::Accept => self.accept(self.field.text(), model),
            Action::Cancel | Action::Escape => {
                vec![Step::Effect(Effect::Draft(None)), Step::Close]
            }
            Action::EditNoteExternal => {
                vec![Step::Effect(Effect::Edit(self.field.text().to_owned()))]
            }
            Action::Quit => return None,
            other => {
                if self.field.act(other) {
                    vec![Step::Effect(Effect::Draft(Some(self.field.text().to_owned())))]
                } else {
                    Vec::new()
                }
            }
        })
    }

    fn typed(&mut self, text: &str, _: &mut Model) -> Option<Vec<Step>> {
        self.field.insert(text);
        Some(vec![Step::Effect(Effect::Draft(Some(self.field.text().to_owned())))])
    }

    fn hear(&mut self, message: &Message, model: &mut Model) -> Vec<Step> {
        match message {
            Message::Edited(Ok(text)) => self.accept(text, model),
            Message::Edited(Err(problem)) => {
                model.say(Tone::Error, problem.clone());
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        let area = Self::area(body);
        pen.clear(area);
        let title = match (self.editing, self.rows.len()) {
            (Some(note), _) => format!("note {note}"),
            (None, 0) => "note on the case".to_owned(),
            (None, 1) => "note on one event".to_owned(),
            (None, n) => format!("note on {n} events"),
        };
        let inside = pen.frame(area, &title, true);
        if let (Some(&at), Some(snapshot)) = (self.rows.first(), model.snapshot()) {
            let text = summary(snapshot, at);
            pen.text(inside.x + 1, inside.y, inside.width.saturating_sub(2), &text, Role::Muted);
        }
        let width = usize::from(inside.width.saturating_sub(3)).max(1);
        let (lines, (_, row)) = self.wrapped(width);
        let rows = usize::from(inside.height.saturating_sub(1)).max(1);
        let top = (row + 1).saturating_sub(rows);
        for (index, line) in lines.iter().enumerate().skip(top).take(rows) {
            let y = inside.y + 1 + (index - top) as u16;
            pen.text(inside.x + 1, y, inside.width.saturating_sub(2), line, Role::Text);
        }
    }

    fn caret(&self, _: &Model, body: Rect) -> Option<(u16, u16)> {
        let area = Self::area(body);
        let width = usize::from(area.width.saturating_sub(5)).max(1);
        let (_, (column, row)) = self.wrapped(width);
        let rows = usize::from(area.height.saturating_sub(3)).max(1);
        let top = (row + 1).saturating_sub(rows);
        Some((area.x + 2 + column as u16, area.y + 2 + (row - top) as u16))
    }
}
