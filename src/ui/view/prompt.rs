//! One line to be typed at the bottom: a time to go to, a tag, a file's name.

use super::choose::Choose;
use super::{Step, View};
use crate::event::moment::{Near, read};
use crate::event::{Timestamp, Zone};
use crate::job::scribe::{Order, Rows};
use crate::job::session::is_elsewhere;
use crate::record::incident::{WRITERS, writer_of};
use crate::record::integrity::Form;
use crate::ui::action::Action;
use crate::ui::field::Field;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Message, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use ratatui::layout::Rect;
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

/// What the line is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    GoToTime,
    /// For a view that has times of its own.
    GoToTimeIn(Near),
    Tag,
    SaveRows,
    WatchList,
    AddSource,
    SaveReport,
    SaveProof,
    SaveRecord,
    PublicKeys,
    /// Of times in this source that name none.
    Zone(String),
}

impl Purpose {
    fn label(&self) -> &'static str {
        match self {
            Self::GoToTime | Self::GoToTimeIn(_) => {
                "go to time (10:42, +5m, 2026-03-04, or pasted): "
            }
            Self::Tag => "tag (again takes it off): ",
            Self::WatchList => "watch for the values of a file (again: no longer): ",
            Self::AddSource => "add a source (Tab at s3:// or logs:// shows what is there): ",
            Self::Zone(_) => "zone where the source names none (+02:00, -0530, UTC): ",
            Self::SaveReport => "write the report to (.md, .txt, .json): ",
            Self::SaveRecord => "write the record to (.md .html .json .csv; FOLDER/ [KEY]: all): ",
            Self::SaveProof => "write the proof of this record to: ",
            Self::PublicKeys => "public keys: a file, or cloudtrail:// to ask AWS: ",
            Self::SaveRows => "save rows to (.jsonl or .csv; empty: rows.jsonl): ",
        }
    }

    /// The label on a line of so many columns: without its hint, if that leaves no room to type.
    fn label_within(&self, columns: u16) -> Cow<'static, str> {
        let label = self.label();
        match label.split_once(" (") {
            Some((short, _)) if label.len() + ROOM > usize::from(columns) => {
                Cow::Owned(format!("{short}: "))
            }
            _ => Cow::Borrowed(label),
        }
    }
}

/// Columns to type in.
const ROOM: usize = 12;

#[derive(Debug)]
pub struct Prompt {
    purpose: Purpose,
    field: Field,
}

impl Prompt {
    pub fn new(purpose: Purpose) -> Self {
        Self { purpose, field: Field::default() }
    }

    /// Asks for the name of a file, with one typed already. If it is taken, another one follows.
    pub fn proposing(purpose: Purpose, name: &str) -> Vec<Step> {
        let prompt = Self { purpose, field: Field::new(name) };
        let look = Effect::Propose(name.to_owned());
        vec![Step::Push(Box::new(prompt)), Step::Effect(look)]
    }

    /// Lets the person choose at the address that was typed.
    fn choose(&self, model: &mut Model) -> Vec<Step> {
        let text = self.field.text().trim();
        if !is_elsewhere(text) {
            model.say(Tone::Info, "type s3:// or logs://, and what is there can be chosen");
            return Vec::new();
        }
        let mut steps = vec![Step::Close];
        steps.extend(Choose::at(text, model));
        steps
    }

    fn accept(&self, model: &mut Model) -> Vec<Step> {
        let text = match (self.field.text().trim(), &self.purpose) {
            ("", Purpose::SaveRows) => "rows.jsonl",
            ("", _) => return vec![Step::Close],
            (text, _) => text,
        };
        let effects = match &self.purpose {
            Purpose::GoToTimeIn(near) => {
                let Some(time) = read(text, *near) else { return no_time(text, model) };
                return vec![Step::Close, Step::GoTo(time)];
            }
            Purpose::GoToTime => go_to_time(text, model),
            Purpose::Tag => tag(text, model),
            Purpose::WatchList => Some(vec![Effect::WatchList(text.to_owned())]),
            Purpose::SaveReport => return save_report(text, model),
            Purpose::SaveProof => model.cursor.at.zip(model.snapshot()).map(|(at, snapshot)| {
                let (snapshot, path) = (Arc::clone(snapshot), text.to_owned());
                vec![Effect::SaveProof { snapshot, at, path }]
            }),
            Purpose::SaveRecord => return save_record(text, model),
            Purpose::Zone(source) => return set_zone(source, text, model),
            Purpose::PublicKeys => Some(vec![Effect::AddPublicKeys(text.to_owned())]),
            Purpose::AddSource if text.ends_with("://") => return self.choose(model),
            Purpose::AddSource => Some(vec![Effect::AddSource(text.to_owned())]),
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
            None => no_time(text, model),
        }
    }
}

fn no_time(text: &str, model: &mut Model) -> Vec<Step> {
    let text = format!("{text} is no time; try 10:42, +5m, 2026-03-04 or a time from a log");
    model.say(Tone::Error, text);
    Vec::new()
}

/// A name is refused: which of its offsets holds is the person's to say.
fn set_zone(source: &str, text: &str, model: &mut Model) -> Vec<Step> {
    match Zone::parse(text) {
        Ok(zone) => {
            let source = source.to_owned();
            vec![Step::Close, Step::Effect(Effect::SetZone { source, zone })]
        }
        Err(why) => {
            model.say(Tone::Error, why.to_string());
            Vec::new()
        }
    }
}

/// Writes the incident record in the format that the name's ending says, or all of it.
fn save_record(text: &str, model: &mut Model) -> Vec<Step> {
    let is_folder = text.split(' ').next().is_some_and(|name| name.ends_with('/'));
    if !is_folder && writer_of(Path::new(text)).is_none() {
        let known: Vec<&str> =
            WRITERS.iter().filter_map(|writer| writer.file.strip_prefix("record")).collect();
        let text = format!("the name has to end in {}, or in / for a folder", known.join(" "));
        model.say(Tone::Error, text);
        return Vec::new();
    }
    vec![Step::Close, Step::Effect(Effect::SaveRecord { path: text.to_owned() })]
}

/// Writes the report that is there now.
fn save_report(text: &str, model: &mut Model) -> Vec<Step> {
    if Form::of(Path::new(text)).is_none() {
        model.say(Tone::Error, "the name has to end in .md, .txt or .json");
        return Vec::new();
    }
    let (verified, path) = (Arc::clone(&model.verified), text.to_owned());
    vec![Step::Close, Step::Effect(Effect::SaveReport { verified, path })]
}

fn tag(text: &str, model: &mut Model) -> Option<Vec<Effect>> {
    // The answer may have become another while the tag was typed.
    if !model.can_mark() {
        return Some(Vec::new());
    }
    let snapshot = Arc::clone(model.snapshot()?);
    let rows = model.subjects();
    let has = |at| model.marks(&snapshot, at).is_some_and(|marked| marked.tags.contains(text));
    let on = !rows.iter().all(|&at| has(at));
    let rows = Rows { snapshot: Arc::clone(&snapshot), rows };
    Some(vec![Effect::Order(Order::Tag { rows, tag: text.to_owned(), on })])
}

fn go_to_time(text: &str, model: &mut Model) -> Option<Vec<Effect>> {
    let answer = model.answer.clone()?;
    let (first, last) = model.snapshot()?.span()?;
    let here = Timestamp(model.row_time().unwrap_or(last));
    let time = read(text, Near { here, span: (Timestamp(first), Timestamp(last)) })?;
    let number = answer.selection.before_time(time.0);
    let behind =
        if number == answer.selection.len() { "; all of the rows are before it" } else { "" };
    model.say(Tone::Info, format!("at {}{behind}", time.to_rfc3339(0)));
    Some(model.go_to(number))
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
            Action::Complete if self.purpose == Purpose::AddSource => self.choose(model),
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

    fn hear(&mut self, message: &Message, _: &mut Model) -> Vec<Step> {
        if let Message::Free { proposed, free } = message
            && self.field.text() == proposed
        {
            self.field = Field::new(free);
        }
        Vec::new()
    }

    fn draw(&self, _: &Model, body: Rect, pen: &mut Pen<'_>) {
        let area = line(body);
        pen.clear(area);
        let label = self.purpose.label_within(area.width);
        let used = pen.text(area.x + 1, area.y, area.width, &label, Role::HintKey);
        let width = area.width.saturating_sub(used + 2);
        let (range, _) = self.field.visible(width);
        let text = self.field.text().get(range).unwrap_or_default();
        pen.text(area.x + 1 + used, area.y, width, text, Role::Text);
    }

    fn caret(&self, _: &Model, body: Rect) -> Option<(u16, u16)> {
        let area = line(body);
        let label = self.purpose.label_within(area.width).len() as u16;
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
    use crate::ui::layout::SMALLEST;

    #[test]
    fn there_is_room_to_type_on_the_smallest_screen() {
        let plain = [
            Purpose::GoToTime,
            Purpose::Tag,
            Purpose::SaveRows,
            Purpose::WatchList,
            Purpose::AddSource,
            Purpose::SaveReport,
            Purpose::SaveProof,
            Purpose::SaveRecord,
            Purpose::PublicKeys,
            Purpose::Zone(String::new()),
        ];
        for purpose in plain {
            let label = purpose.label_within(SMALLEST.0);
            assert!(label.is_ascii() && label.len() + 8 <= usize::from(SMALLEST.0), "{label}");
            assert!(label.ends_with(": "), "{label}");
            assert_eq!(purpose.label_within(80), purpose.label());
        }
    }
}
