//! One line to be typed at the bottom: a time to go to, a tag, a file's name.

use super::{Step, View};
use crate::event::{Time, Timestamp};
use crate::job::scribe::{Order, Rows};
use crate::ui::action::Action;
use crate::ui::field::Field;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;
use std::sync::Arc;

/// What the line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    GoToTime,
    Tag,
    SaveRows,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::GoToTime => "go to time (10:42, +5m, 2026-03-04, or pasted): ",
            Self::Tag => "tag (again takes it off): ",
            Self::SaveRows => "save rows to (.jsonl or .csv; empty: rows.jsonl): ",
        }
    }
}

#[derive(Debug)]
pub struct Prompt {
    purpose: Purpose,
    field: Field,
}

impl Prompt {
    pub fn new(purpose: Purpose) -> Self {
        Self { purpose, field: Field::default() }
    }

    fn accept(&self, model: &mut Model) -> Vec<Step> {
        let text = match (self.field.text().trim(), self.purpose) {
            ("", Purpose::SaveRows) => "rows.jsonl",
            ("", _) => return vec![Step::Close],
            (text, _) => text,
        };
        let effects = match self.purpose {
            Purpose::GoToTime => go_to_time(text, model),
            Purpose::Tag => tag(text, model),
            Purpose::SaveRows => model.answer.as_ref().map(|answer| {
                let path = text.to_owned();
                vec![Effect::SaveRows { selection: answer.selection.clone(), path }]
            }),
        };
        match effects {
            Some(effects) => {
                let mut steps = vec![Step::Close];
                steps.extend(effects.into_iter().map(Step::Effect));
                steps
            }
            None => {
                model.say(Tone::Error, format!("{text} is no time; try 10:42, +5m or 2026-03-04"));
                Vec::new()
            }
        }
    }
}

fn tag(text: &str, model: &Model) -> Option<Vec<Effect>> {
    let snapshot = Arc::clone(model.snapshot()?);
    let rows = model.subjects();
    let has = |at| model.marks(&snapshot, at).is_some_and(|marked| marked.tags.contains(text));
    let on = !rows.iter().all(|&at| has(at));
    let rows = Rows { snapshot: Arc::clone(&snapshot), rows };
    Some(vec![Effect::Order(Order::Tag { rows, tag: text.to_owned(), on })])
}

fn go_to_time(text: &str, model: &mut Model) -> Option<Vec<Effect>> {
    let here = model.row_time().or(model.newest().map(|time| time.0))?;
    let time = read_time(text, Timestamp(here))?;
    let answer = model.answer.clone()?;
    Some(model.go_to(answer.selection.before_time(time.0)))
}

/// Reads a time as people write it: with a date, without one (the day of `here`), or as a
/// distance from `here`.
fn read_time(text: &str, here: Timestamp) -> Option<Timestamp> {
    if let Some(time) = Time::parse_rfc3339(text) {
        return Some(time.at);
    }
    if let Some(distance) = text.strip_prefix(['+', '-']) {
        let sign = if text.starts_with('-') { -1 } else { 1 };
        let (number, unit) = distance.split_at(distance.find(|c: char| !c.is_ascii_digit())?);
        let unit = match unit.trim() {
            "s" => Timestamp::SECOND,
            "m" | "min" => Timestamp::MINUTE,
            "h" => Timestamp::HOUR,
            "d" => Timestamp::DAY,
            _ => return None,
        };
        return Some(here.saturating_add(number.parse::<i64>().ok()?.checked_mul(unit)? * sign));
    }
    let day = here.to_rfc3339(0)[..10].to_owned();
    let full = match text.len() {
        4 if text.as_bytes()[1] == b':' => format!("{day}T0{text}:00"),
        5 => format!("{day}T{text}:00"),
        8.. if text.as_bytes().get(2) == Some(&b':') => format!("{day}T{text}"),
        10 if text.as_bytes().get(4) == Some(&b'-') => format!("{text}T00:00:00"),
        10 => return Timestamp::from_seconds(text.parse().ok()?),
        13 => return Timestamp::from_millis(text.parse().ok()?),
        16 => format!("{text}:00"),
        _ => return None,
    };
    Time::parse_rfc3339(&full).map(|time| time.at)
}

impl View for Prompt {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Text]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[(Action::Accept, "take"), (Action::Cancel, "leave")]
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
        let area = line(body);
        pen.clear(area);
        let label = self.purpose.label();
        let used = pen.text(area.x + 1, area.y, area.width, label, Role::HintKey);
        let width = area.width.saturating_sub(used + 2);
        let (range, _) = self.field.visible(width);
        let text = self.field.text().get(range).unwrap_or_default();
        pen.text(area.x + 1 + used, area.y, width, text, Role::Text);
    }

    fn caret(&self, _: &Model, body: Rect) -> Option<(u16, u16)> {
        let area = line(body);
        let label = self.purpose.label().len() as u16;
        let (_, column) = self.field.visible(area.width.saturating_sub(label + 2));
        Some((area.x + 1 + label + column, area.y))
    }
}

/// The body's last line.
fn line(body: Rect) -> Rect {
    Rect { y: body.bottom().saturating_sub(1), height: 1, ..body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let here = Time::parse_rfc3339("2026-03-04T10:40:00Z").unwrap().at;
        for (text, expected) in [
            ("10:42", "2026-03-04T10:42:00Z"),
            ("9:05", "2026-03-04T09:05:00Z"),
            ("10:42:07", "2026-03-04T10:42:07Z"),
            ("10:42:07.5", "2026-03-04T10:42:07Z"),
            ("+5m", "2026-03-04T10:45:00Z"),
            ("-1h", "2026-03-04T09:40:00Z"),
            ("2026-03-05", "2026-03-05T00:00:00Z"),
            ("2026-03-05T01:02", "2026-03-05T01:02:00Z"),
            ("2026-03-05T01:02:03+01:00", "2026-03-05T00:02:03Z"),
            ("1772620800", "2026-03-04T10:40:00Z"),
        ] {
            let read = read_time(text, here).map(|time| time.to_rfc3339(0));
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
        for text in ["", "x", "25:00", "+5", "+99999999999999999999d", "éé:é0", "1:2"] {
            assert_eq!(read_time(text, here), None, "{text}");
        }
    }
}
