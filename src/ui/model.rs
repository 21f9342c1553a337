//! What all views see: the newest answer, the filter, the cursor, the case.

use super::keymap::Keymap;
use super::layout::{Frame, Panes, Zoom};
use super::message::{Effect, Tone};
use super::theme::Theme;
use super::trail::{Step, Trail};
use super::widget::lanes;
use crate::case::{CaseState, Spot};
use crate::event::Timestamp;
use crate::job::exhibit::Address;
use crate::job::lookup::{Record, Values, newest_event};
use crate::job::scribe::{Desk, Saved};
use crate::job::{Answer, Question, Report};
use crate::query::ast::{Field, Node, Term};
use crate::query::{Mark, Names, Now, ParseError, Query, parse};
use crate::store::{RowRef, Segment, Snapshot, Store};
use ratatui::layout::Rect;
use std::sync::Arc;

/// How things look and which keys do what.
#[derive(Debug)]
pub struct Look {
    pub area: Rect,
    pub theme: Theme,
    pub keymap: Keymap,
}

/// The filter as it is in force.
#[derive(Debug, Default)]
pub struct Filter {
    pub query: Arc<Query>,
    /// Grows with every question.
    pub generation: u64,
    /// Why the text typed now is no filter.
    pub error: Option<ParseError>,
    pub names: Names,
    /// Segments whose fields are among the names.
    pub named: usize,
    /// The last session's filter, until the fields that it names are loaded.
    pub awaiting: Option<String>,
}

impl Filter {
    /// Takes up the names of fields that are new in the snapshot.
    fn learn(&mut self, snapshot: &Snapshot) {
        for segment in snapshot.segments.iter().skip(self.named) {
            self.names.add(segment.schema());
        }
        self.named = self.named.max(snapshot.segments.len());
    }
}

/// The row the analyst is at.
#[derive(Debug, Default)]
pub struct Cursor {
    pub at: Option<RowRef>,
    /// Its number among the selected rows.
    pub number: usize,
    /// Whether anybody moved it: until then it stays on the first row.
    pub moved: bool,
    /// Number of the first row on screen.
    pub top: usize,
    /// Where to go once the answer of this generation is there.
    pub seek: Option<(u64, Seek)>,
    /// Rows picked for a common note or tag.
    pub picked: Vec<RowRef>,
    /// Where the last session ended, until that record is loaded.
    pub resume: Option<Resume>,
}

/// A record to go to once it is there: the object's path, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Resume {
    pub object: String,
    pub offset: u64,
}

impl Resume {
    fn find(&self, store: &Store, snapshot: &Snapshot) -> Option<RowRef> {
        let object = store.ledger().find(&self.object)?;
        snapshot.segments.iter().enumerate().find_map(|(number, segment)| {
            let rows = segment.objects().any(|id| id == object).then(|| segment.rows_of(object))?;
            let row = rows.iter().find(|&row| segment.origin(row).offset == self.offset)?;
            Some(RowRef { segment: number as u32, row: row as u16 })
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seek {
    Row(RowRef),
    Time(i64),
}

/// The part of time on screen.
#[derive(Debug, Default)]
pub struct Time {
    /// `None` is all there is.
    pub window: Option<(Timestamp, Timestamp)>,
    /// Windows left by zooming in.
    pub before: Vec<Option<(Timestamp, Timestamp)>>,
    /// Where a brush began.
    pub brush: Option<i64>,
    pub scale: lanes::Scale,
    /// Minutes around an event, while that is what is shown.
    pub around: Option<(RowRef, i64)>,
}

/// The workspace and what is written in it.
#[derive(Debug)]
pub struct Case {
    pub name: String,
    pub desk: Arc<Desk>,
    /// What the sources are called on a command line.
    pub arguments: Vec<String>,
}

impl Case {
    pub fn state(&self) -> &CaseState {
        &self.desk.state
    }

    /// Whether something written is not yet safe.
    pub fn is_unsaved(&self) -> bool {
        matches!(self.desk.saved, Saved::No { .. })
    }
}

/// Something said on the last line.
#[derive(Debug, Clone)]
pub struct Notice {
    pub tone: Tone,
    pub text: String,
}

/// Everything that views draw from.
#[derive(Debug)]
pub struct Model {
    pub look: Look,
    pub store: Arc<Store>,
    pub answer: Option<Arc<Answer>>,
    pub filter: Filter,
    pub cursor: Cursor,
    pub time: Time,
    pub trail: Trail,
    pub zoom: Zoom,
    pub load: Option<Report>,
    pub record: Option<Arc<Record>>,
    pub values: Option<Arc<Values>>,
    pub case: Case,
    pub notice: Option<Notice>,
    /// Everything that went wrong so far.
    pub problems: Vec<String>,
}

impl Model {
    pub fn new(look: Look, store: Arc<Store>, case: Case) -> Self {
        Self {
            look,
            store,
            answer: None,
            filter: Filter::default(),
            cursor: Cursor::default(),
            time: Time::default(),
            trail: Trail::default(),
            zoom: Zoom::None,
            load: None,
            record: None,
            values: None,
            case,
            notice: None,
            problems: Vec::new(),
        }
    }

    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        let text = text.into();
        if matches!(tone, Tone::Warning | Tone::Error) && self.problems.last() != Some(&text) {
            self.problems.push(text.clone());
        }
        self.notice = Some(Notice { tone, text });
    }

    /// Where the record under the cursor is, for the next session.
    pub fn place(&self) -> Option<Resume> {
        let (segment, row) = self.row()?;
        let origin = segment.origin(row);
        let object = self.store.ledger().path(origin.object)?.to_string();
        Some(Resume { object, offset: origin.offset })
    }

    // ---- where things stand ----

    /// Lines between the query and the body.
    pub fn advice_lines(&self) -> u16 {
        if self.filter.error.is_some() { 2 } else { 0 }
    }

    pub fn frame(&self) -> Frame {
        Frame::new(self.look.area, self.advice_lines())
    }

    pub fn panes(&self) -> Panes {
        let lanes = self.answer.as_ref().map_or(1, |answer| answer.lanes.len());
        Panes::new(self.frame().body, lanes, self.zoom)
    }

    /// Rows of the table on screen.
    pub fn page(&self) -> usize {
        usize::from(self.panes().table.height.saturating_sub(1)).max(1)
    }

    // ---- the filter ----

    /// Reads text as a filter against what is loaded.
    pub fn parse(&self, text: &str) -> Result<Query, ParseError> {
        parse(text, &self.filter.names, Now { newest: self.newest() })
    }

    pub fn newest(&self) -> Option<Timestamp> {
        newest_event(&self.store.snapshot())
    }

    /// Puts a filter into force, with a step in the trail to go back to.
    pub fn set_filter(&mut self, text: &str) -> Vec<Effect> {
        match self.parse(text) {
            Err(error) => {
                self.say(Tone::Error, error.message.clone());
                self.filter.error = Some(error);
                Vec::new()
            }
            Ok(query) => {
                let here = self.here();
                let next = Step { filter: text.to_owned(), off: Vec::new(), ..here.clone() };
                self.trail.go(here, next);
                self.time.around = None;
                let unknown = [Mark::Verified, Mark::Alarm, Mark::Chain];
                if let Some(mark) = marks(&query).into_iter().find(|mark| unknown.contains(mark)) {
                    let text = format!("this version does not know {mark}: no event has one");
                    self.say(Tone::Warning, text);
                }
                self.put(query)
            }
        }
    }

    /// Puts a filter into force without a step of its own: while typing, or to restore.
    pub fn put(&mut self, query: Query) -> Vec<Effect> {
        self.filter.error = None;
        self.filter.awaiting = None;
        self.filter.query = Arc::new(query);
        vec![self.ask()]
    }

    /// Puts the last session's filter into force as soon as its fields are known.
    pub fn resume_filter(&mut self) -> Vec<Effect> {
        let Some(text) = self.filter.awaiting.clone() else { return Vec::new() };
        self.filter.learn(&self.store.snapshot());
        match self.parse(&text) {
            Ok(query) => self.put(query),
            Err(error) if self.load.is_some_and(|load| load.over) => {
                self.filter.awaiting = None;
                let text = format!("the last session's filter {text}: {}", error.message);
                self.say(Tone::Warning, text);
                Vec::new()
            }
            Err(_) => Vec::new(),
        }
    }

    /// Adds a term to the filter in force.
    pub fn add_term(&mut self, term: &str) -> Vec<Effect> {
        let text = self.filter.query.print();
        let there =
            |node: &Node| self.filter.query.terms.iter().any(|t| t.enabled && t.node == *node);
        if self.parse(term).is_ok_and(|query| query.terms.iter().all(|t| there(&t.node))) {
            self.say(Tone::Info, format!("the filter says {term} already"));
            return Vec::new();
        }
        let text = if text.is_empty() { term.to_owned() } else { format!("{text} {term}") };
        self.set_filter(&text)
    }

    /// Switches a top-level term off or on.
    pub fn toggle_term(&mut self, index: usize) -> Vec<Effect> {
        let mut query = (*self.filter.query).clone();
        let Some(term) = query.terms.get_mut(index) else {
            self.say(Tone::Info, format!("the filter has no term {}", index + 1));
            return Vec::new();
        };
        term.enabled = !term.enabled;
        let here = self.here();
        let mut next = here.clone();
        next.off = off(&query);
        self.trail.go(here, next);
        self.put(query)
    }

    /// The question for what is in force now.
    pub fn ask(&mut self) -> Effect {
        self.filter.generation += 1;
        if self.cursor.seek.is_none()
            && let Some(at) = self.cursor.at
        {
            self.cursor.seek = Some((self.filter.generation, Seek::Row(at)));
        } else if let Some((generation, _)) = &mut self.cursor.seek {
            *generation = self.filter.generation;
        }
        Effect::Ask(Question {
            generation: self.filter.generation,
            query: Arc::clone(&self.filter.query),
            case: self.asks_marks().then(|| Arc::clone(&self.case.desk.state)),
            window: self.time.window,
            buckets: lanes::buckets(self.panes().lanes.width),
        })
    }

    /// Whether the filter asks for what the analyst said, or for hostile text.
    pub fn asks_marks(&self) -> bool {
        !marks(&self.filter.query).is_empty()
    }

    pub fn here(&self) -> Step {
        Step {
            filter: self.filter.query.text.clone(),
            off: off(&self.filter.query),
            window: self.time.window,
            cursor: self.cursor.at,
        }
    }

    /// Goes to a step of the trail.
    pub fn restore(&mut self, step: &Step) -> Vec<Effect> {
        let Ok(mut query) = self.parse(&step.filter) else { return Vec::new() };
        for &index in &step.off {
            if let Some(term) = query.terms.get_mut(index) {
                term.enabled = false;
            }
        }
        self.time.window = step.window;
        self.time.around = None;
        self.cursor.seek = step.cursor.map(|at| (0, Seek::Row(at)));
        self.put(query)
    }

    // ---- rows ----

    pub fn snapshot(&self) -> Option<&Arc<Snapshot>> {
        self.answer.as_ref().map(|answer| answer.selection.snapshot())
    }

    /// The segment and row under the cursor.
    pub fn row(&self) -> Option<(&Arc<Segment>, usize)> {
        let at = self.cursor.at?;
        let snapshot = self.snapshot()?;
        Some((snapshot.segments.get(at.segment as usize)?, usize::from(at.row)))
    }

    /// The row whose record was read last: the one under the cursor, as soon as it rests.
    pub fn read_row(&self) -> Option<(RowRef, &Arc<Segment>, usize)> {
        let at = self.record.as_ref()?.at;
        let segment = self.snapshot()?.segments.get(at.segment as usize)?;
        Some((at, segment, usize::from(at.row)))
    }

    /// Time of the row under the cursor.
    pub fn row_time(&self) -> Option<i64> {
        let (segment, row) = self.row()?;
        segment.time(row).map(|time| time.at.0)
    }

    /// The rows that an action is about: the picked ones, or the one under the cursor.
    pub fn subjects(&self) -> Vec<RowRef> {
        if self.cursor.picked.is_empty() {
            self.cursor.at.into_iter().collect()
        } else {
            self.cursor.picked.clone()
        }
    }

    /// What the analyst said about a row.
    pub fn marks<'a>(&'a self, snapshot: &Snapshot, at: RowRef) -> Option<&'a crate::case::Marked> {
        let work = self.case.state().work();
        work.marked().next()?;
        let segment = snapshot.segment(at);
        let origin = segment.origin(usize::from(at.row));
        let address = Address::of(self.store.ledger(), origin.object)?;
        work.marks(&Spot {
            object: &address.object,
            member: address.member.as_deref(),
            sha256: address.sha256.as_deref(),
            offset: origin.offset,
            length: u64::from(origin.length),
        })
    }

    /// Moves the cursor to a row by its number.
    pub fn go_to(&mut self, number: usize) -> Vec<Effect> {
        let Some(answer) = self.answer.clone() else { return Vec::new() };
        let total = answer.selection.len();
        if total == 0 {
            self.cursor.at = None;
            self.cursor.number = 0;
            self.cursor.top = 0;
            return Vec::new();
        }
        let number = number.min(total - 1);
        self.cursor.number = number;
        self.cursor.at = answer.selection.nth(number);
        self.scroll();
        self.look_up()
    }

    /// Keeps the cursor on screen.
    pub fn scroll(&mut self) {
        let page = self.page();
        let number = self.cursor.number;
        let total = self.answer.as_ref().map_or(0, |answer| answer.selection.len());
        // No empty lines below the last row while rows above are out of sight.
        let lowest = total.saturating_sub(page);
        self.cursor.top =
            self.cursor.top.min(number).min(lowest).max((number + 1).saturating_sub(page));
    }

    fn look_up(&self) -> Vec<Effect> {
        match (self.snapshot(), self.cursor.at) {
            (Some(snapshot), Some(at)) if self.record.as_ref().is_none_or(|r| r.at != at) => {
                vec![Effect::LookUpRecord { snapshot: Arc::clone(snapshot), at }]
            }
            _ => Vec::new(),
        }
    }

    /// Takes in a new answer: the cursor stays on its event, or goes to the nearest after it.
    pub fn take(&mut self, answer: Arc<Answer>) -> Vec<Effect> {
        let selection = &answer.selection;
        let offset = self.cursor.number.saturating_sub(self.cursor.top);
        let seek = match self.cursor.seek {
            Some((generation, seek)) if answer.generation >= generation => Some(seek),
            Some(_) => None,
            None => self.cursor.at.map(Seek::Row),
        };
        let seek = seek.filter(|_| self.cursor.moved);
        let snapshot = selection.snapshot();
        let number = match seek {
            Some(Seek::Row(at)) if (at.segment as usize) < snapshot.segments.len() => {
                if selection.contains(at) {
                    selection.rank(at)
                } else {
                    selection.before(snapshot.segment(at).key(usize::from(at.row)))
                }
            }
            Some(Seek::Time(time)) => selection.before_time(time),
            _ => 0,
        };
        if answer.generation >= self.cursor.seek.map_or(0, |(generation, _)| generation)
            && answer.is_complete()
        {
            self.cursor.seek = None;
        }
        if let Some(problem) = &answer.problem {
            self.say(Tone::Error, problem.clone());
        }
        self.filter.learn(snapshot);
        let snapshot = Arc::clone(snapshot);
        self.answer = Some(answer);
        if let Some(at) = self.cursor.resume.as_ref().and_then(|r| r.find(&self.store, &snapshot)) {
            self.cursor.resume = None;
            self.cursor.moved = true;
            self.cursor.at = Some(at);
            let rank = self.answer.as_ref().map_or(0, |answer| answer.selection.rank(at));
            self.cursor.top = rank.saturating_sub(self.page() / 2);
            return self.go_to(rank);
        }
        // The row keeps its place on the screen, whatever was added before it.
        self.cursor.top = number.saturating_sub(offset);
        self.go_to(number)
    }

    /// Whether the rows on screen answer what is in force.
    pub fn is_current(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.generation == self.filter.generation)
    }
}

/// The marks that a filter asks for.
fn marks(query: &Query) -> Vec<Mark> {
    let mark = |field: &Field| if let Field::Mark(mark) = field { Some(*mark) } else { None };
    let of_term = |term: &Term| match term {
        Term::Is { field, .. } | Term::Compare { field, .. } => mark(field).into_iter().collect(),
        Term::Has(fields) => fields.iter().filter_map(mark).collect(),
        _ => Vec::new(),
    };
    query.leaves().into_iter().flat_map(of_term).collect()
}

fn off(query: &Query) -> Vec<usize> {
    let terms = query.terms.iter().enumerate();
    terms.filter(|(_, term)| !term.enabled).map(|(index, _)| index).collect()
}
