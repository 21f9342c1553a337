//! The filter line while it is typed: parsed with every key, answered at once where columns are
//! enough, completed with fields and values.

use super::{Step, View};
use crate::event::noun;
use crate::query::ast::Field;
use crate::query::complete::{fields, insertion};
use crate::query::{Names, Query, Wanted, complete};
use crate::ui::action::Action;
use crate::ui::field::{FULL, Field as Line};
use crate::ui::keymap::Context;
use crate::ui::message::{Effect, Message, Tone};
use crate::ui::model::Model;
use crate::ui::pen::Pen;
use crate::ui::theme::Role;
use crate::ui::widget::lanes::grouped;
use ratatui::layout::Rect;
use std::ops::Range;
use std::sync::Arc;

/// Candidates listed below the line.
const MAX_LISTED: usize = 8;

#[derive(Debug)]
pub struct FilterLine {
    field: Line,
    /// What was in force before, to go back to.
    before: Arc<Query>,
    /// The bytes that a candidate replaces.
    span: Range<usize>,
    candidates: Vec<Candidate>,
    chosen: Option<usize>,
    /// The field whose values are wanted.
    values_of: Option<(String, String)>,
    /// Position in the history of filters, newest first.
    history: Option<usize>,
}

#[derive(Debug, Clone)]
struct Candidate {
    text: String,
    help: String,
}

impl FilterLine {
    pub fn new(model: &Model) -> Self {
        let text = &model.filter.query.text;
        let text =
            if text.is_empty() || text.ends_with(' ') { text.clone() } else { format!("{text} ") };
        let mut line = Self {
            field: Line::new(&text),
            before: Arc::clone(&model.filter.query),
            span: 0..0,
            candidates: Vec::new(),
            chosen: None,
            values_of: None,
            history: None,
        };
        line.complete(model);
        line
    }

    /// After the text changed: parse it, and ask if that costs no reading.
    fn changed(&mut self, model: &mut Model) -> Vec<Step> {
        self.history = None;
        let mut steps = self.preview(model);
        if let Some(field) = self.complete(model)
            && let Some(answer) = &model.answer
        {
            let selection = crate::store::Selection::all(answer.selection.snapshot());
            steps.push(Step::Effect(Effect::LookUpValues { selection, field }));
        }
        steps
    }

    fn preview(&mut self, model: &mut Model) -> Vec<Step> {
        match model.parse(self.field.text()) {
            Err(error) => {
                // What is only not finished yet is no mistake; Enter says it.
                let unfinished = error.span.end >= self.field.text().trim_end().len();
                model.filter.error = (!unfinished).then_some(error);
                Vec::new()
            }
            Ok(query) => {
                let reads = reads_records(&query, model);
                if reads {
                    model.filter.error = None;
                    let bytes: u64 = model.store.ledger().totals().inflated;
                    let size = crate::ui::widget::chrome::size(bytes);
                    let accepts = format!("reads up to {size}");
                    let hints = [(Action::Accept, accepts.as_str())];
                    let keymap = &model.look.keymap;
                    let told = query.advice().unwrap_or("this asks the records themselves");
                    let text = keymap.hinted(told, self.contexts(), &hints);
                    model.say(Tone::Info, text);
                    return Vec::new();
                }
                model.put(query).into_iter().map(Step::Effect).collect()
            }
        }
    }

    /// Finds candidates for what stands at the cursor; says which field's values are wanted.
    fn complete(&mut self, model: &Model) -> Option<String> {
        let completion = complete(self.field.text(), self.field.cursor());
        self.span = completion.span;
        self.chosen = None;
        self.candidates.clear();
        self.values_of = None;
        match completion.wanted {
            Wanted::Nothing => None,
            Wanted::Field { prefix } => {
                let found = fields(&model.filter.names, &prefix);
                let candidates = found.into_iter().take(MAX_LISTED);
                self.candidates = candidates
                    .map(|(text, help)| Candidate { text, help: help.to_owned() })
                    .collect();
                None
            }
            Wanted::Value { field, prefix } => {
                if model.filter.names.resolve(&field) == Some(Field::Object) {
                    self.fill_objects(model, &prefix);
                    return None;
                }
                let column = counted(&model.filter.names, &field)?;
                self.values_of = Some((column.clone(), prefix));
                self.fill_values(model);
                let known = model.values.as_ref().is_some_and(|values| values.field == column);
                (!known).then_some(column)
            }
        }
    }

    fn fill_values(&mut self, model: &Model) {
        let Some((field, prefix)) = &self.values_of else { return };
        let Some(values) = model.values.as_ref().filter(|values| &values.field == field) else {
            return;
        };
        let prefix = prefix.trim_end_matches('*').to_lowercase();
        let fits = |value: &str| value.to_lowercase().contains(&prefix);
        self.candidates = values
            .counts
            .top
            .iter()
            .filter(|count| fits(&count.value))
            .take(MAX_LISTED)
            .map(|count| Candidate {
                text: insertion(&count.value),
                help: events(count.count as u64),
            })
            .collect();
    }

    /// Offers the objects that gave events, in the order of the listing.
    fn fill_objects(&mut self, model: &Model, prefix: &str) {
        let ledger = model.store.ledger();
        let prefix = prefix.trim_matches('*').to_lowercase();
        let found = ledger
            .ids(|object| object.counts.events > 0 && object.path.to_lowercase().contains(&prefix));
        let objects = found.into_iter().take(MAX_LISTED).filter_map(|id| ledger.get(id));
        self.candidates = objects
            .map(|object| Candidate {
                text: insertion(&object.path),
                help: events(object.counts.events),
            })
            .collect();
    }

    fn accept_candidate(&mut self, model: &mut Model) -> Vec<Step> {
        let index = self.chosen.unwrap_or(0);
        let Some(candidate) = self.candidates.get(index).cloned() else { return Vec::new() };
        let end = if candidate.text.ends_with(':') { "" } else { " " };
        self.field.replace(self.span.clone(), &format!("{}{end}", candidate.text));
        self.changed(model)
    }

    fn step_history(&mut self, back: bool, model: &mut Model) -> Vec<Step> {
        let filters: Vec<String> = model.case.state().work().filters().map(str::to_owned).collect();
        let next = match (self.history, back) {
            (None, true) => Some(0),
            (Some(at), true) => Some((at + 1).min(filters.len().saturating_sub(1))),
            (Some(at), false) => at.checked_sub(1),
            (None, false) => None,
        };
        let text =
            next.and_then(|at| filters.get(at)).map_or(self.before.text.as_str(), String::as_str);
        self.field.set(text);
        let steps = self.changed(model);
        self.history = next;
        steps
    }

    fn accept(&mut self, model: &mut Model) -> Vec<Step> {
        let text = self.field.text().trim().to_owned();
        if let Err(error) = model.parse(&text) {
            model.filter.error = Some(error);
            return Vec::new();
        }
        // The step in the trail is from what was in force before typing began.
        model.filter.query = Arc::clone(&self.before);
        let mut steps: Vec<Step> = model.set_filter(&text).into_iter().map(Step::Effect).collect();
        if let Some(advice) = model.filter.query.advice() {
            model.say(Tone::Info, advice);
        }
        if !text.is_empty() {
            let fact = crate::case::What::Filter { text };
            steps.push(Step::Effect(Effect::Order(crate::job::scribe::Order::Fact(fact))));
        }
        steps.push(Step::Close);
        steps
    }
}

/// The name under which a field's values are counted, if they can be.
fn counted(names: &Names, field: &str) -> Option<String> {
    match names.resolve(field)? {
        Field::Column(name) => Some(name),
        Field::Role(role) => Some(role.as_str().to_owned()),
        Field::Format => Some("format".to_owned()),
        _ => None,
    }
}

fn reads_records(query: &Query, model: &Model) -> bool {
    let snapshot = model.snapshot();
    crate::query::Filter::new(query, &crate::query::Lists::default())
        .is_ok_and(|filter| snapshot.map_or(filter.needs_records(), |it| filter.reads(it)))
        || !query.lists().is_empty()
}

fn events(count: u64) -> String {
    format!("{} {}", grouped(count), noun(count, "event", "events"))
}

impl View for FilterLine {
    fn contexts(&self) -> &'static [Context] {
        &[Context::Text]
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[
            (Action::Accept, "filter"),
            (Action::Complete, "complete"),
            (Action::Cancel, "back to before"),
            (Action::DeleteToStart, "empty"),
        ]
    }

    fn act(&mut self, action: Action, model: &mut Model) -> Option<Vec<Step>> {
        Some(match action {
            Action::Accept if self.chosen.is_some() => self.accept_candidate(model),
            Action::Accept => self.accept(model),
            Action::Complete => self.accept_candidate(model),
            Action::Cancel | Action::Escape => {
                model.filter.error = None;
                let query = (*self.before).clone();
                let mut steps: Vec<Step> = model.put(query).into_iter().map(Step::Effect).collect();
                steps.push(Step::Close);
                steps
            }
            Action::Down if !self.candidates.is_empty() => {
                let last = self.candidates.len() - 1;
                self.chosen = Some(self.chosen.map_or(0, |at| (at + 1).min(last)));
                Vec::new()
            }
            Action::Up if self.chosen.is_some() => {
                self.chosen = self.chosen.and_then(|at| at.checked_sub(1));
                Vec::new()
            }
            Action::Up => self.step_history(true, model),
            Action::Down => self.step_history(false, model),
            Action::Quit => return None,
            other => {
                if self.field.act(other) {
                    self.changed(model)
                } else {
                    Vec::new()
                }
            }
        })
    }

    fn typed(&mut self, text: &str, model: &mut Model) -> Option<Vec<Step>> {
        let whole = self.field.insert(text);
        let steps = self.changed(model);
        if !whole {
            model.say(Tone::Warning, FULL);
        }
        Some(steps)
    }

    fn hear(&mut self, message: &Message, model: &mut Model) -> Vec<Step> {
        if matches!(message, Message::Values(_)) {
            self.fill_values(model);
        }
        Vec::new()
    }

    fn draw(&self, model: &Model, body: Rect, pen: &mut Pen<'_>) {
        let area = model.frame().query;
        let width = area.width.saturating_sub(4);
        pen.clear(Rect { x: area.x + 3, width, ..area });
        let (range, _) = self.field.visible(width);
        let text = self.field.text().get(range).unwrap_or_default();
        pen.text(area.x + 1, area.y, 2, "/ ", Role::Query);
        pen.text(area.x + 3, area.y, width, text, Role::Query);
        if self.candidates.is_empty() {
            return;
        }
        let column = self.span.start.min(usize::from(body.width / 2)) as u16;
        let height = self.candidates.len() as u16;
        let list = Rect {
            x: body.x + 2 + column,
            y: body.y,
            width: (body.width - column).saturating_sub(4).min(110),
            height: height.min(body.height),
        };
        // The whole lines, so that nothing of what is below is taken for a candidate.
        pen.clear(Rect { x: body.x, width: body.width, ..list });
        for (index, candidate) in self.candidates.iter().enumerate() {
            let y = list.y + index as u16;
            if y >= list.bottom() {
                break;
            }
            let role = if self.chosen == Some(index) { Role::RowCursor } else { Role::Completion };
            let used = pen.text(list.x + 1, y, list.width * 2 / 3, &candidate.text, role).max(24);
            let room = list.width.saturating_sub(used + 3);
            pen.text(list.x + used + 3, y, room, &candidate.help, Role::Muted);
        }
    }

    fn caret(&self, model: &Model, _: Rect) -> Option<(u16, u16)> {
        let area = model.frame().query;
        let (_, column) = self.field.visible(area.width.saturating_sub(4));
        Some((area.x + 3 + column, area.y))
    }
}
