//! The values of one field among the selected events: how many events have each, their share,
//! the first and the last.

use super::{Step, View};
use crate::query::{Count, quote};
use crate::ui::action::Action;
use crate::ui::field::Field;
use crate::ui::keymap::Context;
use crate::ui::layout::middle;
use crate::ui::message::Effect;
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use crate::ui::widget::lanes::grouped;
use crate::ui::widget::list::ListCursor;
use ratatui::layout::Rect;

#[derive(Debug)]
pub struct ValuesView {
    field: String,
    /// Narrows the list.
    typed: Field,
    cursor: ListCursor,
}

impl ValuesView {
    pub fn new(field: &str, model: &mut Model) -> (Self, Vec<Effect>) {
        model.values = None;
        let effects = model.answer.as_ref().map_or(Vec::new(), |answer| {
            let selection = answer.selection.clone();
            vec![Effect::LookUpValues { selection, field: field.to_owned() }]
        });
        (
            Self {
                field: field.to_owned(),
                typed: Field::default(),
                cursor: ListCursor::default(),
            },
            effects,
        )
    }

    /// The values that what was typed leaves, most frequent first.
    fn shown<'a>(&self, model: &'a Model) -> Vec<&'a Count> {
        let Some(values) = model.values.as_ref().filter(|values| values.field == self.field) else {
            return Vec::new();
        };
        let typed = self.typed.text().to_lowercase();
        let fits = |count: &&Count| count.value.to_lowercase().contains(&typed);
        values.counts.top.iter().filter(fits).collect()
    }

    /// A filter that keeps, or drops, the value under the cursor.
    fn choose(&self, include: bool, model: &mut Model) -> Vec<Step> {
        let Some(value) = self.shown(model).get(self.cursor.0).map(|count| count.value.clone())
        else {
            return Vec::new();
        };
        let minus = if include { "" } else { "-" };
        let term = format!("{minus}{}:{}", self.field, quote(&value));
        let mut steps = vec![Step::Close];
        steps.extend(model.add_term(&term).into_iter().map(Step::Effect));
        steps
    }
}

impl View for ValuesView {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Picker]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[
            (Action::Accept, "only this"),
            (Action::ExcludeValue, "all but this"),
            (Action::CopyValue, "copy"),
            (Action::Cancel, "close"),
            (Action::DeleteToStart, "empty"),
        ]
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        match action {
            _ if self.cursor.act(action, self.shown(model).len()) => {}
            Action::Accept => return Some(self.choose(true, model)),
            Action::ExcludeValue => return Some(self.choose(false, model)),
            Action::CopyValue => {
                let value =
                    self.shown(model).get(self.cursor.0).map(|count| count.value.clone())?;
                let text = crate::shown::show(&value, crate::shown::Mode::DETAIL).to_string();
                return Some(vec![Step::Effect(Effect::Copy { what: "the value", text })]);
            }
            Action::Cancel | Action::Escape => return Some(vec![Step::Close]),
            other if self.typed.act(other) => self.cursor = ListCursor::default(),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn typed(&mut self, text: &str, _: &mut Model) -> Option<Vec<Step>> {
        self.typed.insert(text);
        self.cursor = ListCursor::default();
        Some(Vec::new())
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        let area = middle(body, 110, body.height.saturating_sub(2));
        pen.clear(area);
        let inside = pen.frame(area, &format!("values of {}", self.field), true);
        let Some(values) = model.values.as_ref().filter(|values| values.field == self.field) else {
            pen.text(inside.x + 1, inside.y, inside.width - 2, "counting", Role::Placeholder);
            return;
        };
        let counts = &values.counts;
        let scope = format!(
            "{} different in {} selected events; {} have none",
            grouped(counts.distinct as u64),
            grouped(counts.rows as u64),
            grouped(counts.without as u64)
        );
        pen.text(inside.x + 1, inside.y, inside.width - 2, &scope, Role::Muted);
        let typed = self.typed.text();
        let line = [("narrow: ", Role::HintKey), (typed, Role::Text)];
        pen.line(inside.x + 1, inside.y + 1, inside.width - 2, &line);
        let shown = self.shown(model);
        let list = Rect { y: inside.y + 2, height: inside.height.saturating_sub(2), ..inside };
        let height = usize::from(list.height.saturating_sub(1)).max(1);
        let wide = list.width >= 90;
        header(pen, list, wide);
        let sight = self.cursor.sight(shown.len(), height);
        let top = sight.start;
        for (line, count) in shown.iter().enumerate().take(sight.end).skip(top) {
            let y = list.y + 1 + (line - top) as u16;
            draw_value(
                pen,
                Rect { y, height: 1, ..list },
                count,
                counts.rows,
                line == self.cursor.0,
                wide,
            );
        }
        if shown.len() < counts.distinct && typed.is_empty() {
            let text = format!("the {} most frequent", grouped(shown.len() as u64));
            pen.right(list.right() - 1, inside.y + 1, 40, &text, Role::Muted);
        }
    }

    fn caret(&self, _: &Model, body: Rect) -> Option<(u16, u16)> {
        let area = middle(body, 110, body.height.saturating_sub(2));
        let (_, column) = self.typed.visible(60);
        Some((area.x + 2 + 8 + column, area.y + 2))
    }
}

/// Widths of the numbers on the right.
const COUNT: u16 = 11;
const SHARE: u16 = 7;
const SPAN: u16 = 20;

fn header(pen: &mut Pen<'_>, list: Rect, wide: bool) {
    let mut right = list.right() - 1;
    if wide {
        pen.right(right, list.y, SPAN, "last", Role::Header);
        pen.right(right - SPAN, list.y, SPAN, "first", Role::Header);
        right -= SPAN * 2;
    }
    pen.right(right, list.y, SHARE, "share", Role::Header);
    pen.right(right - SHARE, list.y, COUNT, "events", Role::Header);
    pen.text(list.x + 2, list.y, 20, "value", Role::Header);
}

fn draw_value(
    pen: &mut Pen<'_>,
    area: Rect,
    count: &Count,
    rows: usize,
    is_cursor: bool,
    wide: bool,
) {
    let role = if is_cursor { Role::RowCursor } else { Role::Text };
    if is_cursor {
        pen.glyph(area.x, area.y, Glyph::Cursor, Role::RowCursor);
    }
    let mut right = area.right() - 1;
    if wide {
        if let Some((first, last)) = count.span {
            let text = |time: crate::event::Timestamp| time.to_rfc3339(0).replace('T', " ");
            pen.right(right, area.y, SPAN, &text(last)[..19], Role::Muted);
            pen.right(right - SPAN, area.y, SPAN, &text(first)[..19], Role::Muted);
        }
        right -= SPAN * 2;
    }
    let share = format!("{:.1}%", count.count as f64 * 100.0 / rows.max(1) as f64);
    pen.right(right, area.y, SHARE, &share, Role::Muted);
    pen.right(right - SHARE, area.y, COUNT, &grouped(count.count as u64), role);
    let width = (right - SHARE - COUNT).saturating_sub(area.x + 3);
    let value = if count.value.is_empty() { "(empty)" } else { &count.value };
    pen.text(area.x + 2, area.y, width, value, role);
}
