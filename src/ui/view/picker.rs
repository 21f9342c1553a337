//! A list that is narrowed by typing: all actions, the fields, the terms of the filter.

use super::values::ValuesView;
use super::{Step, View};
use crate::event;
use crate::ui::action::Action;
use crate::ui::field::Field;
use crate::ui::keymap::Context;
use crate::ui::layout::middle;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::ranking::rank;
use crate::ui::theme::{Glyph, Role};
use crate::ui::widget::list::ListCursor;
use ratatui::layout::Rect;

/// What choosing an item does.
#[derive(Debug, Clone)]
enum Choice {
    Act(Action),
    CountBy(String),
    ToggleTerm(usize),
}

#[derive(Debug, Clone)]
struct Item {
    name: String,
    help: String,
    choice: Choice,
}

#[derive(Debug)]
pub struct Picker {
    title: &'static str,
    items: Vec<Item>,
    typed: Field,
    /// Positions in `items` that fit, best first.
    ranked: Vec<usize>,
    cursor: ListCursor,
    /// Where the chosen action will be pressed: for the keys shown.
    contexts: Vec<Context>,
}

impl Picker {
    fn new(title: &'static str, items: Vec<Item>) -> Self {
        let ranked = (0..items.len()).collect();
        Self {
            title,
            items,
            typed: Field::default(),
            ranked,
            cursor: ListCursor::default(),
            contexts: Vec::new(),
        }
    }

    /// Every action, found by its name or its help.
    pub fn palette(contexts: &[Context]) -> Self {
        let typing = |action: &&Action| action.area() != crate::ui::action::Area::Text;
        let mut actions: Vec<Action> = Action::ALL.iter().filter(typing).copied().collect();
        // Enter at once must not be the end of everything.
        actions.sort_by_key(|action| *action == Action::Quit);
        let items = actions.into_iter().map(|action| Item {
            name: action.as_str().to_owned(),
            help: action.help().to_owned(),
            choice: Choice::Act(action),
        });
        let mut picker = Self::new("actions", items.collect());
        picker.contexts = contexts.to_vec();
        picker
    }

    /// Every field that what is loaded may have.
    pub fn fields(model: &Model) -> Self {
        let present = |name: &str| {
            let answer = model.answer.as_ref();
            answer.is_some_and(|answer| {
                let snapshot = answer.selection.snapshot();
                let mut fields = snapshot.segments.iter().flat_map(|s| &s.schema().fields);
                fields.any(|def| def.name == name || name == "ip" && def.role == event::Role::Ip)
            })
        };
        let names = model.filter.names.beginning("");
        let items = names.into_iter().filter(|(name, _)| *name == "format" || present(name));
        let items = items.map(|(name, help)| Item {
            name: name.to_owned(),
            help: help.to_owned(),
            choice: Choice::CountBy(name.to_owned()),
        });
        Self::new("count events by a field", items.collect())
    }

    /// The top-level terms of the filter.
    pub fn terms(model: &Model) -> Self {
        let query = &model.filter.query;
        let items = query.terms.iter().enumerate().map(|(index, term)| Item {
            name: query.text.get(term.node.span.clone()).unwrap_or_default().to_owned(),
            help: if term.enabled { "on" } else { "off" }.to_owned(),
            choice: Choice::ToggleTerm(index),
        });
        Self::new("switch a term off or on", items.collect())
    }

    fn narrow(&mut self) {
        let texts: Vec<String> =
            self.items.iter().map(|item| format!("{} {}", item.name, item.help)).collect();
        let typed = self.typed.text();
        self.ranked = if typed.is_empty() {
            (0..self.items.len()).collect()
        } else {
            rank(typed, texts.iter().map(String::as_str)).into_iter().map(|r| r.index).collect()
        };
        self.cursor = ListCursor::default();
    }

    fn choose(&self, model: &mut Model) -> Vec<Step> {
        let item = self.ranked.get(self.cursor.0).and_then(|&index| self.items.get(index));
        let Some(item) = item else { return Vec::new() };
        let mut steps = vec![Step::Close];
        match &item.choice {
            Choice::Act(action) => steps.push(Step::Act(*action)),
            Choice::ToggleTerm(index) => {
                steps.extend(model.toggle_term(*index).into_iter().map(Step::Effect));
            }
            Choice::CountBy(field) => {
                let (view, effects) = ValuesView::new(field, model);
                steps.push(Step::Push(Box::new(view)));
                steps.extend(effects.into_iter().map(Step::Effect));
            }
        }
        steps
    }
}

impl View for Picker {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Picker]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[(Action::Accept, "take"), (Action::Down, "next"), (Action::Cancel, "close")]
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        match action {
            _ if self.cursor.act(action, self.ranked.len()) => {}
            Action::Accept => return Some(self.choose(model)),
            Action::Cancel | Action::Escape => return Some(vec![Step::Close]),
            other if self.typed.act(other) => self.narrow(),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn typed(&mut self, text: &str, _: &mut Model) -> Option<Vec<Step>> {
        self.typed.insert(text);
        self.narrow();
        Some(Vec::new())
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        let height = (self.items.len() as u16 + 3).min(body.height);
        let area = middle(body, 100, height.max(6));
        pen.clear(area);
        let inside = pen.frame(area, self.title, true);
        let line = [("> ", Role::HintKey), (self.typed.text(), Role::Text)];
        pen.line(inside.x + 1, inside.y, inside.width.saturating_sub(2), &line);
        let rows = usize::from(inside.height.saturating_sub(1)).max(1);
        let sight = self.cursor.sight(self.ranked.len(), rows);
        let top = sight.start;
        for (line, &index) in self.ranked.iter().enumerate().take(sight.end).skip(top) {
            let item = &self.items[index];
            let y = inside.y + 1 + (line - top) as u16;
            let is_cursor = line == self.cursor.0;
            let role = if is_cursor { Role::RowCursor } else { Role::Text };
            if is_cursor {
                pen.glyph(inside.x, y, Glyph::Cursor, Role::RowCursor);
            }
            let wide = (inside.width * 2 / 5).max(20);
            pen.text(inside.x + 2, y, wide, &item.name, role);
            let mut right = inside.right().saturating_sub(1);
            if let Choice::Act(action) = item.choice
                && let Some(key) = model.look.keymap.hint(action, &self.contexts)
            {
                right -= pen.right(right, y, 16, &key, Role::HintKey) + 1;
            }
            let x = inside.x + 3 + wide;
            pen.text(x, y, right.saturating_sub(x), &item.help, Role::Muted);
        }
        if self.ranked.is_empty() {
            let text = "nothing is called like that";
            pen.text(inside.x + 2, inside.y + 1, inside.width - 3, text, Role::Placeholder);
        }
    }

    fn caret(&self, _: &Model, body: Rect) -> Option<(u16, u16)> {
        let height = (self.items.len() as u16 + 3).min(body.height);
        let area = middle(body, 100, height.max(6));
        let (_, column) = self.typed.visible(60);
        Some((area.x + 4 + column, area.y + 1))
    }
}
