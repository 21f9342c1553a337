//! Writing a note. What is typed goes to the draft file each second until it is an entry on the
//! disk.

use super::{Step, View};
use crate::case::{Draft, NoteId, Ticket};
use crate::job::exhibit::summary;
use crate::job::scribe::{Order, Rows, Subject, Typed};
use crate::ui::action::Action;
use crate::ui::field::{FULL, Field};
use crate::ui::keymap::Context;
use crate::ui::layout::middle;
use crate::ui::message::{Effect, Message, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

#[derive(Debug)]
pub struct NoteEditor {
    field: Field,
    subject: Subject,
    /// The text is from the session before.
    kept: bool,
}

impl NoteEditor {
    pub fn new(model: &Model) -> Self {
        let rows = model.subjects();
        let subject = match model.snapshot() {
            Some(snapshot) if !rows.is_empty() => {
                Subject::Rows(Rows { snapshot: Arc::clone(snapshot), rows })
            }
            _ => Subject::Kept(Vec::new()),
        };
        Self { field: Field::lines(""), subject, kept: false }
    }

    /// Goes on with what was being typed when the last session ended.
    pub fn resume(draft: Draft) -> Self {
        let subject = match draft.note {
            Some(note) => Subject::Note(note),
            None if draft.alarms.is_empty() => Subject::Kept(draft.on),
            None => Subject::Alarms(draft.alarms),
        };
        Self { field: Field::lines(&draft.text), subject, kept: true }
    }

    /// The note is about the case as a whole.
    pub fn about_the_case() -> Self {
        Self { field: Field::lines(""), subject: Subject::Kept(Vec::new()), kept: false }
    }

    pub fn about_alarms(alarms: Vec<Arc<Ticket>>) -> Self {
        Self { field: Field::lines(""), subject: Subject::Alarms(alarms), kept: false }
    }

    pub fn edit(note: NoteId, text: &str) -> Self {
        Self { field: Field::lines(text), subject: Subject::Note(note), kept: false }
    }

    fn typed(&self, text: &str) -> Typed {
        Typed { text: text.to_owned(), subject: self.subject.clone() }
    }

    fn keep(&self) -> Vec<Step> {
        vec![Step::Effect(Effect::Draft(Some(self.typed(self.field.text()))))]
    }

    fn accept(&self, text: &str, model: &mut Model) -> Vec<Step> {
        let text = text.trim();
        if text.is_empty() {
            return vec![Step::Effect(Effect::Draft(None)), Step::Close];
        }
        model.cursor.picked.clear();
        vec![Step::Effect(Effect::Order(Order::Note(self.typed(text)))), Step::Close]
    }

    /// The text cut at its ends of lines and into lines of this width, as bytes, and where the
    /// cursor is among them: column and line.
    fn lines(&self, width: usize) -> (Vec<Range<usize>>, (usize, usize)) {
        let text = self.field.text();
        let mut lines = Vec::new();
        let mut cursor = (0, 0);
        let (mut start, mut columns) = (0, 0);
        for (at, c) in text.char_indices() {
            let wide = unicode_width::UnicodeWidthChar::width(c).unwrap_or(1).max(1);
            if c != '\n' && columns + wide > width {
                lines.push(start..at);
                (start, columns) = (at, 0);
            }
            if at == self.field.cursor() {
                cursor = (columns, lines.len());
            }
            columns += wide;
            if c == '\n' {
                lines.push(start..at);
                (start, columns) = (at + 1, 0);
            }
        }
        if self.field.cursor() == text.len() {
            cursor = (columns, lines.len());
        }
        lines.push(start..text.len());
        (lines, cursor)
    }

    /// Moves the cursor to the line above or below.
    fn step(&mut self, up: bool, body: Rect) {
        let (lines, (column, row)) = self.lines(Self::width(body));
        let row = if up { row.checked_sub(1) } else { Some(row + 1) };
        let Some(line) = row.and_then(|row| lines.get(row).cloned()) else { return };
        let text = self.field.text().get(line.clone()).unwrap_or_default();
        let mut columns = 0;
        let before = text.chars().take_while(|&c| {
            columns += unicode_width::UnicodeWidthChar::width(c).unwrap_or(1).max(1);
            columns <= column
        });
        self.field.go_to(line.start + before.map(char::len_utf8).sum::<usize>());
    }

    /// Columns of the text.
    fn width(body: Rect) -> usize {
        usize::from(Self::area(body).width.saturating_sub(5)).max(1)
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
            (Action::NewLine, "new line"),
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
            Action::Up | Action::Down => {
                self.step(action == Action::Up, model.frame().body);
                Vec::new()
            }
            other => {
                if self.field.act(other) {
                    self.keep()
                } else {
                    Vec::new()
                }
            }
        })
    }

    fn typed(&mut self, text: &str, model: &mut Model) -> Option<Vec<Step>> {
        if !self.field.insert(text) {
            model.say(Tone::Warning, FULL);
        }
        Some(self.keep())
    }

    fn hear(&mut self, message: &Message, model: &mut Model) -> Vec<Step> {
        match message {
            // An editor left without a change is no decision to write it.
            Message::Edited(Ok(text))
                if text.trim() == self.field.text().trim() && !self.field.is_empty() =>
            {
                model.say(Tone::Info, "the editor changed nothing");
                Vec::new()
            }
            Message::Edited(Ok(text)) => self.accept(&text.replace("\r\n", "\n"), model),
            Message::Edited(Err(problem)) => {
                model.say(Tone::Error, problem.clone());
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn draw(&self, _: &Model, body: Rect, pen: &mut Pen<'_>) {
        let area = Self::area(body);
        pen.clear(area);
        let about = |records: usize| match records {
            0 => "note on the case".to_owned(),
            1 => "note on one event".to_owned(),
            n => format!("note on {n} events"),
        };
        let (title, first) = match &self.subject {
            Subject::Note(note) => (format!("note {note}"), None),
            Subject::Alarms(alarms) => {
                let title = match alarms.len() {
                    1 => "note on one alarm".to_owned(),
                    n => format!("note on {n} alarms"),
                };
                (title, alarms.first().map(|first| first.title.clone()))
            }
            Subject::Kept(on) => (about(on.len()), on.first().map(|first| first.summary.clone())),
            Subject::Rows(Rows { snapshot, rows }) => {
                (about(rows.len()), rows.first().map(|&at| summary(snapshot, at)))
            }
        };
        let kept = if self.kept { ": unsaved text from the last session was kept" } else { "" };
        let inside = pen.frame(area, &format!("{title}{kept}"), true);
        if let Some(first) = first {
            pen.text(inside.x + 1, inside.y, inside.width.saturating_sub(2), &first, Role::Muted);
        }
        let (lines, (_, row)) = self.lines(Self::width(body));
        let rows = usize::from(inside.height.saturating_sub(1)).max(1);
        let top = (row + 1).saturating_sub(rows);
        for (index, line) in lines.into_iter().enumerate().skip(top).take(rows) {
            let y = inside.y + 1 + (index - top) as u16;
            let line = self.field.text().get(line).unwrap_or_default();
            pen.text(inside.x + 1, y, inside.width.saturating_sub(2), line, Role::Text);
        }
    }

    fn caret(&self, _: &Model, body: Rect) -> Option<(u16, u16)> {
        let area = Self::area(body);
        let (_, (column, row)) = self.lines(Self::width(body));
        let rows = usize::from(area.height.saturating_sub(3)).max(1);
        let top = (row + 1).saturating_sub(rows);
        Some((area.x + 2 + column as u16, area.y + 2 + (row - top) as u16))
    }
}

/// A note in one line: its first, and how many more there are.
pub fn headline(text: &str) -> Cow<'_, str> {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    match lines.count() {
        0 => Cow::Borrowed(first),
        1 => Cow::Owned(format!("{first} (+1 line)")),
        more => Cow::Owned(format!("{first} (+{more} lines)")),
    }
}
