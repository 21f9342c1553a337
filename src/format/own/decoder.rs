//! Reading records as a definition says.

use super::json::{self, Node};
use super::moment::Clock;
use super::regexes::shown;
use super::table::Table;
use crate::event::{Class, Outcome, Row, Schema, Value};
use crate::format::members::{Scalar, put};
use crate::format::{Context, DecodeError, Decoded, Decoder, Probe, put_class, put_outcome};
use regex::{CaptureLocations, Regex};
use std::sync::Arc;

/// What a definition comes to.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) schema: Arc<Schema>,
    pub(super) sniff: Sniff,
    /// What is no record.
    pub(super) skip: Option<Regex>,
    pub(super) shape: Shape,
    pub(super) uses: Vec<Use>,
    /// Fields that are the same in every record.
    pub(super) constants: Vec<(usize, String)>,
    /// Values that mean that there is none.
    pub(super) null: Vec<String>,
    /// Slots of what every event has, and what they are unless the record says otherwise.
    pub(super) class: (usize, Class),
    pub(super) outcome: (usize, Outcome),
}

/// What a record of the format must have; nothing if a pattern that matches is enough.
#[derive(Debug, Default)]
pub(super) struct Sniff {
    pub(super) prefix: Option<String>,
    pub(super) regex: Option<Regex>,
    pub(super) members: Vec<String>,
}

/// How a record is taken apart.
#[derive(Debug)]
pub(super) enum Shape {
    /// By the first pattern that matches.
    Text(Vec<Pattern>),
    Json(Node),
}

#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) regex: Regex,
    /// Groups, and what each is for.
    pub(super) uses: Vec<(usize, usize)>,
}

/// What becomes of a value.
#[derive(Debug)]
pub(super) enum Use {
    Time(Clock),
    Class(Option<Table<Class>>),
    Outcome(Option<Table<Outcome>>),
    Field {
        slot: usize,
        /// What parts the values, where one text holds several.
        split: Option<String>,
        table: Option<Table<String>>,
        /// How it is written, if it is a time.
        clock: Option<Clock>,
    },
}

impl Sniff {
    pub(super) fn is_empty(&self) -> bool {
        self.prefix.is_none() && self.regex.is_none() && self.members.is_empty()
    }

    /// Whether the record has what can be seen without going over its members.
    fn holds(&self, record: &str) -> bool {
        self.prefix.as_ref().is_none_or(|prefix| record.starts_with(&**prefix))
            && self.regex.as_ref().is_none_or(|regex| regex.is_match(shown(record)))
    }
}

impl Rules {
    fn skips(&self, record: &str) -> bool {
        self.skip.as_ref().is_some_and(|skip| skip.is_match(shown(record)))
    }

    pub(super) fn recognises(&self, probe: &Probe<'_>) -> bool {
        let record = probe.record;
        if self.skips(record) || !self.sniff.holds(record) {
            return false;
        }
        match &self.shape {
            Shape::Json(_) => {
                probe.is_object() && self.sniff.members.iter().all(|name| probe.has(name))
            }
            Shape::Text(_) if !self.sniff.is_empty() => true,
            Shape::Text(patterns) => patterns.iter().any(|pattern| {
                let found = pattern.regex.find(shown(record));
                found.is_some_and(|found| !found.is_empty())
            }),
        }
    }

    /// Why a record is not recognised, in words.
    pub(super) fn refusal(&self, probe: &Probe<'_>) -> String {
        let record = probe.record;
        let missing = self.sniff.members.iter().find(|name| !probe.has(name));
        let why = if self.skips(record) {
            "`skip` takes it for no record".to_owned()
        } else if let Some(prefix) =
            self.sniff.prefix.as_ref().filter(|p| !record.starts_with(&***p))
        {
            format!("it does not begin with {prefix:?}")
        } else if !self.sniff.holds(record) {
            "the `regex` of [sniff] does not match".to_owned()
        } else if matches!(self.shape, Shape::Json(_)) && !probe.is_object() {
            "it is no JSON object".to_owned()
        } else if let Some(name) = missing {
            format!("it has no member {name:?}")
        } else {
            "no pattern matches".to_owned()
        };
        format!("the example is not recognised: {why}")
    }
}

/// Reads the records of one object.
pub(super) struct Reader {
    rules: Arc<Rules>,
    context: Context,
    /// Where the groups of each pattern are, of the record in hand.
    groups: Vec<CaptureLocations>,
}

impl Reader {
    pub(super) fn new(rules: &Arc<Rules>, context: &Context) -> Self {
        let groups = match &rules.shape {
            Shape::Text(patterns) => {
                patterns.iter().map(|pattern| pattern.regex.capture_locations()).collect()
            }
            Shape::Json(_) => Vec::new(),
        };
        Self { rules: Arc::clone(rules), context: context.clone(), groups }
    }
}

impl Decoder for Reader {
    fn decode(&mut self, record: &str, row: &mut dyn Row) -> Result<Decoded, DecodeError> {
        let rules = &*self.rules;
        if rules.skips(record) {
            return Ok(Decoded::NotARecord);
        }
        if !rules.sniff.holds(record) {
            return Err(DecodeError::NotMine);
        }
        let mut event = Event { rules, context: &self.context, row, class: None, outcome: None };
        match &rules.shape {
            Shape::Json(root) => {
                if !record.starts_with('{') {
                    return Err(DecodeError::NotMine);
                }
                match json::read(record, root, &rules.sniff.members, &mut event) {
                    Ok(true) => {}
                    Ok(false) => return Err(DecodeError::NotMine),
                    Err(error) => return Err(broken(format!("no good JSON: {error}"))),
                }
            }
            Shape::Text(patterns) => {
                let record = shown(record);
                let mut all = patterns.iter().zip(&mut self.groups);
                let found = all.find_map(|(pattern, groups)| {
                    let found = pattern.regex.captures_read(groups, record)?;
                    // What matches nothing of a record says nothing of whose it is.
                    let is_ours = !found.is_empty() || !rules.sniff.is_empty();
                    is_ours.then_some((pattern, &*groups))
                });
                let Some((pattern, groups)) = found else {
                    let is_ours = !rules.sniff.is_empty();
                    let reason = "no pattern of its format matches it";
                    return Err(if is_ours { broken(reason) } else { DecodeError::NotMine });
                };
                for (group, used) in &pattern.uses {
                    if let Some((from, to)) = groups.get(*group) {
                        event.take(*used, Scalar::Text(&record[from..to]));
                    }
                }
            }
        }
        event.end();
        Ok(Decoded::Event)
    }

    fn again(&self) -> Box<dyn Decoder> {
        Box::new(Self::new(&self.rules, &self.context))
    }
}

fn broken(reason: impl Into<String>) -> DecodeError {
    DecodeError::Broken { reason: reason.into(), time: None }
}

/// The event in hand.
pub(super) struct Event<'r> {
    rules: &'r Rules,
    context: &'r Context,
    row: &'r mut dyn Row,
    class: Option<Class>,
    outcome: Option<Outcome>,
}

impl Event<'_> {
    /// Takes a value for the use of this number.
    pub(super) fn take(&mut self, used: usize, scalar: Scalar<'_>) {
        let text = match scalar {
            Scalar::Text(text) | Scalar::Number(text) => text,
            Scalar::Bool(true) => "true",
            Scalar::Bool(false) => "false",
        };
        if text.is_empty() || self.rules.null.iter().any(|null| null == text) {
            return;
        }
        match &self.rules.uses[used] {
            Use::Time(clock) => {
                if let Some(stamp) = clock.read(text, self.context) {
                    stamp.put(self.row, self.context.zone_seconds);
                }
            }
            Use::Class(table) => {
                let said = || Class::parse(&text.to_ascii_lowercase());
                self.class = table.as_ref().map_or_else(said, |table| table.find(text).copied());
            }
            Use::Outcome(table) => {
                let said = || Outcome::parse(&text.to_ascii_lowercase());
                self.outcome = table.as_ref().map_or_else(said, |table| table.find(text).copied());
            }
            Use::Field { slot, split: None, table, clock } => {
                self.put(*slot, table.as_ref(), clock.as_ref(), (text, scalar));
            }
            Use::Field { slot, split: Some(mark), table, clock } => {
                for part in text.split(&**mark).map(str::trim) {
                    let value = (part, Scalar::Text(part));
                    self.put(*slot, table.as_ref(), clock.as_ref(), value);
                }
            }
        }
    }

    fn put(
        &mut self,
        slot: usize,
        table: Option<&Table<String>>,
        clock: Option<&Clock>,
        (text, scalar): (&str, Scalar<'_>),
    ) {
        let field = &self.rules.schema.fields[slot];
        match (table, clock) {
            (Some(table), _) => {
                if let Some(meaning) = table.find(text) {
                    put(self.row, field, slot, Scalar::Text(meaning));
                }
            }
            (None, Some(clock)) => {
                if let Some(stamp) = clock.read(text, self.context) {
                    self.row.put(slot, Value::Time(stamp.time(self.context.zone_seconds)));
                }
            }
            (None, None) => put(self.row, field, slot, scalar),
        }
    }

    fn end(self) {
        let Self { rules, row, class, outcome, .. } = self;
        for (slot, text) in &rules.constants {
            put(row, &rules.schema.fields[*slot], *slot, Scalar::Text(text));
        }
        put_class(row, rules.class.0, class.unwrap_or(rules.class.1));
        put_outcome(row, rules.outcome.0, outcome.unwrap_or(rules.outcome.1));
    }
}
