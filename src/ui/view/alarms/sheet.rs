//! The sheet beside the queue: why an alarm was raised, what happened around it, what its rule asks,
//! what else is about the same, and what was said of it.
//!
//! It is made anew when the queue's cursor moves or something changes, and only drawn in between.

mod around;
mod drawing;
mod rows;
mod usual;

use super::curves::{self, Row};
use super::queue::{role_of, severity};
use crate::case::{CaseState, Kept, Ticket};
use crate::detect::{ENTITIES, Names};
use crate::event::counted;
use crate::job::baseline::Baselines;
use crate::job::is_same;
use crate::job::question::Question;
use crate::job::queue::Line;
use crate::job::raising::Raised;
use crate::job::triage;
use crate::store::{RowRef, Snapshot};
use crate::ui::model::Model;
use crate::ui::theme::Role;
use crate::ui::widget::list::ListCursor;
use rows::Rows;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Minutes before and after the alarm's first event, narrower to wider.
const AROUND: [i64; 6] = [0, 1, 5, 15, 60, 360];

/// Alarms about the same that are listed.
const RELATED: usize = 12;

/// Where a line of the sheet leads.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Row(Arc<Snapshot>, RowRef),
    Question(Question),
    /// Another alarm, by its fingerprint.
    Alarm(String),
    /// A field and its value.
    Entity(String, String),
}

#[derive(Debug, Clone)]
struct Entry {
    text: String,
    role: Role,
    target: Option<Target>,
    /// It stays one line, however narrow it is.
    is_cut: bool,
    part: Part,
}

/// What a line is a part of.
#[derive(Debug, Clone)]
enum Part {
    Text,
    /// Drawn in place of the text.
    Picture(Row),
    /// What is usual of the value of this number, in a line; the tail stands behind its name.
    Usual {
        number: usize,
        tail: String,
        is_open: bool,
    },
    /// The details of that.
    Detail(usize),
}

impl Entry {
    fn new(text: impl Into<String>, role: Role) -> Self {
        Self { text: text.into(), role, target: None, is_cut: false, part: Part::Text }
    }
}

#[derive(Debug)]
pub(super) struct Sheet {
    lines: Vec<Entry>,
    /// The lines as they are cut; of no width until they are.
    rows: Rows,
    cursor: ListCursor,
    /// Fields and values whose details are shown.
    unfolded: BTreeSet<String>,
    /// Position in [`AROUND`].
    around: usize,
    made_of: Option<MadeOf>,
}

/// What the lines say depends on.
#[derive(Debug)]
struct MadeOf {
    line: Line,
    around: usize,
    case: Arc<CaseState>,
    raised: Arc<Raised>,
    baselines: Option<Arc<Baselines>>,
}

impl PartialEq for MadeOf {
    fn eq(&self, other: &Self) -> bool {
        self.line == other.line
            && self.around == other.around
            && Arc::ptr_eq(&self.case, &other.case)
            && Arc::ptr_eq(&self.raised, &other.raised)
            && is_same(self.baselines.as_ref(), other.baselines.as_ref())
    }
}

impl Default for Sheet {
    fn default() -> Self {
        Self {
            lines: Vec::new(),
            rows: Rows::default(),
            cursor: ListCursor::default(),
            unfolded: BTreeSet::new(),
            around: 2,
            made_of: None,
        }
    }
}

impl Sheet {
    pub(super) fn top(&mut self) {
        self.cursor = ListCursor::default();
    }

    pub(super) fn cursor(&mut self) -> (&mut ListCursor, usize) {
        (&mut self.cursor, self.lines.len())
    }

    pub(super) fn target(&self) -> Option<&Target> {
        self.lines.get(self.cursor.within(self.lines.len()))?.target.as_ref()
    }

    /// Whether the cursor is on what has details, or on those.
    pub(super) fn is_foldable(&self) -> bool {
        let line = self.lines.get(self.cursor.within(self.lines.len()));
        line.is_some_and(|line| matches!(line.part, Part::Usual { .. } | Part::Detail(_)))
    }

    /// Looks further around, or closer; whether it can.
    pub(super) fn widen(&mut self, wider: bool) -> bool {
        let next = if wider { self.around + 1 } else { self.around.wrapping_sub(1) };
        let can = next < AROUND.len();
        if can {
            self.around = next;
        }
        can
    }

    /// Makes it anew, unless it is of the same alarm and nothing was found or decided since.
    pub(super) fn refresh(&mut self, line: Option<&Line>, model: &Model) {
        let made_of = line.map(|line| MadeOf {
            line: line.clone(),
            around: self.around,
            case: Arc::clone(&model.case.desk.state),
            raised: Arc::clone(&model.alarms.raised),
            baselines: model.alarms.baselines(line).cloned(),
        });
        let before = std::mem::replace(&mut self.made_of, made_of);
        if before.is_some_and(|before| Some(&before) == self.made_of.as_ref()) {
            return;
        }
        self.lines.clear();
        if let Some(line) = line {
            self.fill(line, model);
        }
        self.rows = Rows::default();
    }

    /// Cuts the lines for this many columns of the screen, unless they are.
    pub(super) fn fit(&mut self, columns: u16) {
        let width = room(columns);
        if self.rows.width != width {
            self.rows = Rows::new(&self.lines, width);
        }
    }

    fn fill(&mut self, line: &Line, model: &Model) {
        let kept = model.case.state().work().alarms().get(&line.ticket.fingerprint);
        self.head(line, kept);
        self.rate(line, model);
        self.reason(line, model);
        self.checklist(line, kept, model);
        self.notes(kept, model);
        self.history(kept);
        self.usual(line, model);
        self.related(line, model);
        self.events(line, model);
    }

    fn say(&mut self, text: impl Into<String>, role: Role) {
        self.lines.push(Entry::new(text, role));
    }

    fn lead(&mut self, text: impl Into<String>, role: Role, target: Target) {
        let is_cut = matches!(target, Target::Row(..));
        self.lines.push(Entry { target: Some(target), is_cut, ..Entry::new(text, role) });
    }

    fn head(&mut self, line: &Line, kept: Option<&Kept>) {
        let ticket = &line.ticket;
        self.say(ticket.title.clone(), Role::Title);
        let (_, role) = severity(line.level());
        self.say(format!("{} severity, priority {} of 5", ticket.severity, line.priority), role);
        if let Some(asset) = &line.asset {
            self.say(format!("  by {}", asset.words()), Role::Muted);
        }
        self.say(triage::standing(line, kept), role_of(line.state));
        if let Some((verdict, reason)) = kept.and_then(|kept| kept.verdict.as_ref()) {
            self.say(format!("{verdict}: {reason}"), Role::Success);
        }
        if let Some(into) = kept.and_then(|kept| kept.into.as_ref()) {
            let text = format!("stands for it: alarm {into}");
            self.lead(text, Role::Link, Target::Alarm(into.clone()));
        }
    }

    /// Why it was raised, by whom, and what it is about.
    fn reason(&mut self, line: &Line, model: &Model) {
        let ticket = &line.ticket;
        self.say(format!("why: {}", ticket.why), Role::Text);
        if let Some(over) = &ticket.over {
            self.say(format!("over, as its product says: {over}"), Role::Success);
        }
        self.say(triage::by(ticket), Role::Muted);
        self.say(triage::span(ticket), Role::Text);
        let names = &model.alarms.raised.known.names;
        for field in ENTITIES {
            for value in ticket.entities.get(field).into_iter().flatten() {
                let target = Target::Entity(field.to_owned(), value.clone());
                self.lead(labelled(field, value, names, value), Role::Text, target);
            }
        }
        if line.raised.is_none() {
            self.say("not raised on the evidence that is loaded now", Role::Warning);
        }
    }

    /// The rate that it is about, with its averages: the evidence itself, so that it comes first, and
    /// is seen as a whole on a small screen.
    fn rate(&mut self, line: &Line, model: &Model) {
        let Some(curves) = model.alarms.curves(line) else { return };
        let [what, averages, z] = curves.words();
        self.say(what, Role::Header);
        for row in curves::rows(curves) {
            let entry = Entry::new("", Role::Text);
            self.lines.push(Entry { is_cut: true, part: Part::Picture(row), ..entry });
        }
        self.say(averages, Role::Muted);
        self.say(z, Role::Text);
    }

    fn checklist(&mut self, line: &Line, kept: Option<&Kept>, model: &Model) {
        let questions = model.alarms.questions(line);
        if questions.is_empty() {
            return;
        }
        self.say("to find out", Role::Header);
        for question in questions {
            let is_ticked = kept.is_some_and(|kept| kept.ticked.contains(&question.text));
            let text = format!("[{}] {}", if is_ticked { 'x' } else { ' ' }, question.words());
            let role = if question.lacks.is_empty() { Role::Text } else { Role::Muted };
            self.lead(text, role, Target::Question(question.clone()));
        }
    }

    fn related(&mut self, line: &Line, model: &Model) {
        let queue = &model.alarms.queue;
        let Some(shared) = &model.alarms.shared else { return };
        let found = shared.with(&line.ticket, queue, RELATED);
        if found.count == 0 {
            return;
        }
        let count = found.count as u64;
        self.say(counted(count, "alarm about the same", "alarms about the same"), Role::Header);
        for (place, field, value) in &found.first {
            let other = &queue[*place];
            let text = format!("{} {}  ({field} {value})", other.state, other.ticket.title);
            let target = Target::Alarm(other.ticket.fingerprint.clone());
            self.lead(text, role_of(other.state), target);
        }
        if found.count > found.first.len() {
            self.say(format!("  and {} more", found.count - found.first.len()), Role::Muted);
        }
    }

    fn notes(&mut self, kept: Option<&Kept>, model: &Model) {
        let notes = model.case.state().work().notes();
        let own: Vec<_> = kept.iter().flat_map(|kept| &kept.notes).collect();
        if own.is_empty() {
            return;
        }
        self.say("notes", Role::Header);
        for note in own.into_iter().filter_map(|key| notes.get(key)) {
            let head =
                format!("note {} by {}, {}", note.id, note.author, note.created.to_rfc3339(0));
            self.say(head, Role::Muted);
            for text in note.text.split('\n') {
                self.say(text, Role::Text);
            }
        }
    }

    fn history(&mut self, kept: Option<&Kept>) {
        let Some(kept) = kept.filter(|kept| !kept.history.is_empty()) else { return };
        self.say("history", Role::Header);
        for said in &kept.history {
            let text = format!("{} {}: {}", said.at.to_rfc3339(0), said.who, said.step.summary());
            self.say(text, Role::Text);
        }
    }
}

/// Columns for text where the sheet has so many.
fn room(columns: u16) -> usize {
    usize::from(columns.saturating_sub(3)).max(1)
}

/// A value, as it is written here, with its field before it, and behind it what it is called.
fn labelled(field: &str, written: &str, names: &Names, value: &str) -> String {
    let label = names.label(value).map(|label| format!("  ({label})"));
    format!("{field:<10} {written}{}", label.unwrap_or_default())
}

/// What follows into the timeline: the value in the sheet's line, or who the alarm is about.
pub(super) fn entity(target: Option<&Target>, ticket: &Ticket) -> Option<(String, String)> {
    if let Some(Target::Entity(field, value)) = target {
        return Some((field.clone(), value.clone()));
    }
    triage::about(ticket).map(|(field, value)| (field.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_says_who_it_is_about() {
        let ticket = Ticket {
            entities: [("resource".to_owned(), vec!["arn:aws:s3:::b".to_owned()])].into(),
            ..Ticket::default()
        };
        assert_eq!(super::super::queue::who(&ticket), "b");
        let entities = [("src.ip".to_owned(), vec!["2001:db8::1".to_owned()])].into();
        let address = Ticket { entities, ..Ticket::default() };
        assert_eq!(super::super::queue::who(&address), "2001:db8::1");
        assert_eq!(
            entity(None, &ticket),
            Some(("resource".to_owned(), "arn:aws:s3:::b".to_owned()))
        );
    }
}
