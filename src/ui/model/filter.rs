//! The filter in force: read, changed term by term, asked, and gone back to.

use super::{Model, Seek, Watch};
use crate::event::{Standing, Timestamp};
use crate::job::lookup::newest_event;
use crate::job::{Question, Verified};
use crate::query::ast::{Field, Node};
use crate::query::{Mark, Names, Now, ParseError, Query, parse};
use crate::store::{RowRef, Snapshot};
use crate::ui::message::{Effect, Tone};
use crate::ui::trail::Step;
use crate::ui::widget::lanes;
use std::sync::Arc;

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
    pub watch: Watch,
    /// The last session's filter, until the fields that it names are loaded.
    pub awaiting: Option<String>,
}

impl Filter {
    /// Takes up the names of fields that are new in the snapshot.
    pub(super) fn learn(&mut self, snapshot: &Snapshot) {
        for segment in snapshot.segments.iter().skip(self.named) {
            self.names.add(segment.schema());
        }
        self.named = self.named.max(snapshot.segments.len());
    }
}

impl Model {
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
                let unknown = marks(&query).find(|mark| *mark == Mark::Chain);
                if let Some(mark) = unknown {
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
        self.watch();
        if self.cursor.seek.is_none()
            && let Some(at) = self.cursor.at
        {
            self.cursor.seek = Some((self.filter.generation, Seek::Row(at)));
        } else if let Some((generation, _)) = &mut self.cursor.seek {
            *generation = self.filter.generation;
        }
        let wanted = match self.cursor.seek {
            Some((_, Seek::Row(at))) => Some(at),
            _ => self.cursor.at,
        };
        Effect::Ask(Question {
            generation: self.filter.generation,
            query: Arc::clone(&self.filter.query),
            case: self.asks_case().then(|| Arc::clone(&self.case.desk.state)),
            alarmed: self.asks_alarms().then(|| Arc::clone(&self.alarms.raised.alarmed)),
            standings: self.asks_standings().then(|| Arc::clone(&self.verified.standings)),
            watch: self.filter.watch.query.clone(),
            window: self.time.window,
            buckets: lanes::buckets(self.panes().lanes.width),
            near: self.cursor.moved.then_some(wanted).flatten(),
        })
    }

    /// Whether the filter asks for what the analyst said, for hostile text or for objects.
    pub fn asks_case(&self) -> bool {
        let asks = |field: &Field| match field {
            Field::Mark(mark) => !matches!(mark, Mark::Verified | Mark::Alarm),
            field => matches!(field, Field::Object),
        };
        self.filter.query.fields().any(asks)
    }

    /// Takes in what is proven by now.
    pub fn take_verified(&mut self, verified: &Arc<Verified>) -> Vec<Effect> {
        let changed = !Arc::ptr_eq(&self.verified.standings, &verified.standings);
        self.verified = Arc::clone(verified);
        if changed && self.asks_standings() { vec![self.ask()] } else { Vec::new() }
    }

    /// What is proven of a row.
    pub fn standing(&self, at: RowRef) -> Standing {
        let segment = self.snapshot().map(|snapshot| snapshot.segment(at));
        let object = segment.map(|segment| segment.origin(usize::from(at.row)).object);
        object.map_or(Standing::NotCovered, |object| self.verified.standings.of(object))
    }

    /// Whether the filter asks for what is proven.
    pub fn asks_standings(&self) -> bool {
        self.filter.query.fields().any(|field| matches!(field, Field::Mark(Mark::Verified)))
    }

    /// Whether the filter asks for what raised alarms.
    pub fn asks_alarms(&self) -> bool {
        self.filter.query.fields().any(|field| matches!(field, Field::Mark(Mark::Alarm)))
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

    /// Whether the rows on screen answer what is in force.
    pub fn is_current(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.generation == self.filter.generation)
    }
}

/// The marks that a filter asks for.
fn marks(query: &Query) -> impl Iterator<Item = Mark> {
    query
        .fields()
        .filter_map(|field| if let Field::Mark(mark) = field { Some(*mark) } else { None })
}

fn off(query: &Query) -> Vec<usize> {
    let terms = query.terms.iter().enumerate();
    terms.filter(|(_, term)| !term.enabled).map(|(index, _)| index).collect()
}
