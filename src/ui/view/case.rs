//! The case: notes, marked records, and the journal they stand in.

mod beside;

use super::facts::{self, Fact};
use super::note::{NoteEditor, headline};
use super::prompt::{Prompt, Purpose};
use super::{Base, Step, View};
use crate::case::{Marked, Note};
use crate::event::{Time, spell};
use crate::job::scribe::Order;
use crate::ui::action::Action;
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::{Glyph, Role};
use crate::ui::widget::lanes::grouped;
use crate::ui::widget::list::ListCursor;
use crate::ui::widget::paragraph;
use ratatui::layout::Rect;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum List {
    #[default]
    Notes,
    Marked,
    Incident,
    Journal,
}

impl List {
    const ALL: [Self; 4] = [Self::Notes, Self::Marked, Self::Incident, Self::Journal];

    /// The list beside it; the last is beside the first.
    fn beside(self, action: Action) -> Self {
        let at = Self::ALL.iter().position(|list| *list == self).unwrap_or(0);
        let step = if action == Action::NextPane { 1 } else { Self::ALL.len() - 1 };
        Self::ALL[(at + step) % Self::ALL.len()]
    }
}

#[derive(Debug, Default)]
pub struct CaseView {
    list: List,
    cursor: ListCursor,
    /// What a record would be made of, as it was when somebody looked.
    matter: Vec<(String, Role)>,
}

impl CaseView {
    /// Somebody looks, or something was found or decided: what is counted of all alarms is counted
    /// then, and not at each drawing.
    pub fn look(&mut self, model: &Model) {
        self.matter = beside::matter(model);
    }

    fn len(&self, model: &Model) -> usize {
        let state = model.case.state();
        match self.list {
            List::Notes => state.work().notes().len(),
            List::Marked => state.work().marked().count(),
            List::Incident => facts::all(model).len(),
            List::Journal => state.entries().len(),
        }
    }

    fn fact(&self, model: &Model) -> Option<Fact> {
        let facts = (self.list == List::Incident).then(|| facts::all(model))?;
        facts.get(self.cursor.within(facts.len())).cloned()
    }

    fn note<'a>(&self, model: &'a Model) -> Option<&'a Note> {
        let notes = model.case.state().work().notes();
        (self.list == List::Notes).then(|| notes.values().nth(self.cursor.0)).flatten()
    }

    /// The note under the cursor, if it can be changed: it is of our own chain, and what is done
    /// to it is written down.
    fn own_note(&self, model: &mut Model) -> Option<Note> {
        let note = self.note(model)?.clone();
        if !model.can_write() {
            return None;
        }
        if note.chain == 0 {
            return Some(note);
        }
        let text =
            format!("this is {}'s note, in a chain of theirs: write one of your own", note.author);
        model.say(Tone::Info, text);
        None
    }

    fn marked<'a>(&self, model: &'a Model) -> Option<&'a Marked> {
        let work = model.case.state().work();
        match self.list {
            List::Notes => {
                let exhibit = self.note(model)?.on.first()?;
                work.marks(&exhibit.spot())
            }
            List::Marked => work.marked().nth(self.cursor.0),
            List::Incident | List::Journal => None,
        }
    }

    /// Goes to the record in the timeline.
    fn open(&self, model: &mut Model) -> Vec<Step> {
        let time = self.marked(model).and_then(|marked| model.case.time_of(&marked.exhibit));
        match time {
            Some(time) => {
                model.cursor.seek = Some((0, crate::ui::model::Seek::Time(time.at.0)));
                let mut steps = vec![Step::Show(Base::Timeline)];
                steps.extend(model.set_filter("").into_iter().map(Step::Effect));
                steps
            }
            None => {
                model.say(Tone::Info, "this is about no record with a time");
                Vec::new()
            }
        }
    }
}

impl View for CaseView {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Case]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        match self.list {
            List::Notes => &[
                (Action::AddNote, "new note"),
                (Action::EditNote, "edit"),
                (Action::RemoveNote, "remove the note"),
                (Action::Open, "its record"),
                (Action::NextPane, "lists"),
                (Action::Undo, "undo"),
                (Action::Redo, "redo"),
            ],
            List::Marked => &[
                (Action::Open, "go to the record"),
                (Action::NextPane, "lists"),
                (Action::AddNote, "new note"),
                (Action::Undo, "undo"),
                (Action::Redo, "redo"),
            ],
            List::Incident => &[
                (Action::Open, "say it"),
                (Action::SaveRecord, "write the record"),
                (Action::NextPane, "lists"),
                (Action::Undo, "undo"),
                (Action::Redo, "redo"),
            ],
            List::Journal => &[
                (Action::SaveRecord, "write the record"),
                (Action::NextPane, "lists"),
                (Action::AddNote, "new note"),
                (Action::Undo, "undo"),
                (Action::Redo, "redo"),
            ],
        }
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        match action {
            _ if self.cursor.act(action, self.len(model)) => {}
            Action::NextPane | Action::PreviousPane => {
                self.list = self.list.beside(action);
                self.cursor = ListCursor::default();
            }
            Action::SaveRecord => return Some(Prompt::proposing(Purpose::SaveRecord, "record.md")),
            Action::Open | Action::EditNote if self.list == List::Incident => {
                let fact = self.fact(model).filter(|_| model.can_write());
                return Some(fact.iter().map(Fact::ask).collect());
            }
            Action::Open => return Some(self.open(model)),
            Action::AddNote if !model.can_write() => {}
            Action::AddNote => {
                model.cursor.picked.clear();
                let editor = NoteEditor::about_the_case();
                return Some(vec![Step::Push(Box::new(editor))]);
            }
            Action::EditNote => {
                self.note(model)?;
                let Some(note) = self.own_note(model) else { return Some(Vec::new()) };
                return Some(vec![Step::Push(Box::new(NoteEditor::edit(note.id, &note.text)))]);
            }
            Action::RemoveNote => {
                self.note(model)?;
                let Some(note) = self.own_note(model) else { return Some(Vec::new()) };
                return Some(vec![Step::Effect(Effect::Order(Order::RemoveNote(note.id)))]);
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        let state = model.case.state();
        let work = state.work();
        let tabs = [
            (List::Notes, format!("notes {}", work.notes().len())),
            (List::Marked, format!("marked records {}", work.marked().count())),
            (List::Incident, format!("incident {}", work.incident().len())),
            (List::Journal, format!("journal {}", grouped(state.entries().len() as u64))),
        ];
        let mut x = body.x + 1;
        for (list, name) in &tabs {
            let active = *list == self.list;
            let role = if active { Role::TabActive } else { Role::Tab };
            let text = if active { format!("[{name}]") } else { format!(" {name} ") };
            x += pen.text(x, body.y, body.width / 3, &text, role) + 1;
        }
        let wide = body.width >= 100;
        let below = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
        let (list, side) = if wide {
            let width = body.width / 2;
            (
                Rect { width, ..below },
                Rect { x: below.x + width, width: body.width - width, ..below },
            )
        } else {
            // What is short leaves its room to what is long.
            let height = (self.len(model).clamp(3, 1000) as u16).min(below.height / 2);
            (
                Rect { height, ..below },
                Rect { y: below.y + height, height: below.height - height, ..below },
            )
        };
        self.draw_list(model, list, pen);
        self.draw_side(model, side, pen);
    }
}

impl CaseView {
    fn draw_list(&self, model: &Model, area: Rect, pen: &mut Pen<'_>) {
        let lines = self.lines(model);
        let cursor = self.cursor.within(lines.len());
        let sight = self.cursor.sight(lines.len(), usize::from(area.height));
        let top = sight.start;
        for (index, (text, role)) in lines.iter().enumerate().take(sight.end).skip(top) {
            let y = area.y + (index - top) as u16;
            let is_cursor = index == cursor;
            if is_cursor {
                pen.glyph(area.x, y, Glyph::Cursor, Role::RowCursor);
            }
            let role = if is_cursor { Role::RowCursor } else { *role };
            pen.text(area.x + 2, y, area.width.saturating_sub(3), text, role);
        }
        if lines.is_empty() {
            let (text, base, hint) = match self.list {
                List::Notes => {
                    ("no notes yet", Context::Case, Some((Action::AddNote, "writes one")))
                }
                List::Marked => {
                    let hint = (Action::Bookmark, "marks one in the timeline");
                    ("no record is marked", Context::Timeline, Some(hint))
                }
                List::Incident | List::Journal => ("nothing was done yet", Context::Case, None),
            };
            let contexts = [base, Context::Global];
            let text = model.look.keymap.hinted(text, &contexts, hint.as_slice());
            let room = area.width.saturating_sub(3);
            pen.text(area.x + 2, area.y + 1, room, &text, Role::Placeholder);
        }
    }

    fn lines(&self, model: &Model) -> Vec<(String, Role)> {
        let state = model.case.state();
        match self.list {
            List::Notes => {
                let notes = state.work().notes().values();
                notes
                    .map(|note| {
                        let text = headline(&note.text);
                        if note.chain == 0 {
                            (format!("{:>3}  {text}", note.id), Role::Text)
                        } else {
                            (format!("{:>3}  {}: {text}", note.id, note.author), Role::Text)
                        }
                    })
                    .collect()
            }
            List::Marked => state
                .work()
                .marked()
                .map(|marked| {
                    let time = model.case.time_of(&marked.exhibit).map(Time::to_rfc3339);
                    let time = time.unwrap_or_else(|| "no time".to_owned());
                    (format!("{time}  {}", marked.exhibit.summary), Role::Text)
                })
                .collect(),
            List::Incident => facts::all(model).iter().map(Fact::line).collect(),
            List::Journal => state
                .entries()
                .iter()
                .enumerate()
                .map(|(position, entry)| {
                    let undone = state.is_undone(position);
                    // A colleague's entries have numbers of their own.
                    let chain = state.chain_of(position);
                    let theirs = if chain == 0 { String::new() } else { format!("+{chain}") };
                    let text = format!(
                        "{:>4}{theirs}  {}  {}  {}{}",
                        entry.seq,
                        entry.at.to_rfc3339(0),
                        entry.who,
                        entry.what.summary(),
                        if undone { "  (undone)" } else { "" }
                    );
                    (text, if undone { Role::Muted } else { Role::Text })
                })
                .collect(),
        }
    }

    fn draw_side(&self, model: &Model, area: Rect, pen: &mut Pen<'_>) {
        let mut lines: Vec<(String, Role)> = Vec::new();
        if let Some(note) = self.note(model) {
            lines.push((
                format!("note {} by {}, {}", note.id, note.author, note.created.to_rfc3339(0)),
                Role::Muted,
            ));
            lines.extend(note.text.split('\n').map(|line| (line.to_owned(), Role::Text)));
            lines.push((String::new(), Role::Text));
            for alarm in &note.alarms {
                lines.push((format!("about the alarm {}", alarm.title), Role::Header));
            }
            lines.push((
                match note.on.len() {
                    0 if !note.alarms.is_empty() => String::new(),
                    0 => "about the case".to_owned(),
                    1 => "about 1 record".to_owned(),
                    n => format!("about {n} records"),
                },
                Role::Header,
            ));
        }
        if let Some(marked) = self.marked(model) {
            let exhibit = &marked.exhibit;
            lines.push((exhibit.summary.clone(), Role::Text));
            let member =
                exhibit.member.as_ref().map_or(String::new(), |member| format!("!{member}"));
            lines.push((format!("from {}{member} {}", exhibit.object, exhibit.place), Role::Text));
            if let Some(hash) = &exhibit.sha256 {
                lines.push((format!("sha256 of the object {hash}"), Role::Muted));
            }
            lines.push((format!("sha256 of the record {}", exhibit.record_sha256), Role::Muted));
            lines.extend(beside::standing(model, exhibit));
            if !marked.tags.is_empty() {
                let tags: Vec<&str> = marked.tags.iter().map(String::as_str).collect();
                lines.push((format!("tags {}", tags.join(" ")), Role::RowMark));
            }
            lines.push((String::new(), Role::Text));
            if let Some(inside) = &exhibit.inside {
                lines.push((inside.clone(), Role::JsonString));
                lines.push(("is in the record as it is in the file:".to_owned(), Role::Muted));
            }
            lines.push((spell(&exhibit.raw.0), Role::JsonString));
        }
        if self.list == List::Incident {
            lines.extend(self.matter.iter().cloned());
        }
        lines.splice(0..0, beside::notices(model));
        pen.rule(area, "what it is about", false);
        let inside = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        paragraph::draw(pen, inside, &lines);
    }
}
