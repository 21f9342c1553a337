//! A record that was read again, in whatever form a rule asks for it; made once for all that ask.

use super::Record;
use crate::detect::detectors::Taking;
use crate::detect::sigma::{self, Line, May, Rule, Words};
use crate::event::Paths;
use crate::format::RecordPaths;
use crate::store::{Cell, RowRef, Segment};
use serde_json::Value;
use std::rc::Rc;

/// A row, and its record.
pub(super) struct Met<'a> {
    pub(super) at: RowRef,
    segment: &'a Segment,
    raw: &'a [u8],
    json: Form,
    /// Somebody needs JSON, whatever the record is.
    is_needed: bool,
    line: Option<Rc<Line<'a>>>,
    /// By log source.
    lines: Vec<(usize, Record<'a>)>,
}

/// A record as JSON.
enum Form {
    Unasked,
    /// It is none.
    None,
    Read(Box<Record<'static>>),
}

impl<'a> Met<'a> {
    pub(super) fn new(at: RowRef, segment: &'a Segment, raw: &'a [u8]) -> Self {
        Self {
            at,
            segment,
            raw,
            json: Form::Unasked,
            is_needed: false,
            line: None,
            lines: Vec::new(),
        }
    }

    /// The record, in its envelopes of one.
    pub(super) fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether somebody asked for JSON, and it is none.
    pub(super) fn lacks_json(&self) -> bool {
        self.is_needed && matches!(self.json, Form::None)
    }

    /// The record, which somebody needs as JSON.
    pub(super) fn json(&mut self) -> Option<&Record<'a>> {
        self.is_needed = true;
        self.members()
    }

    /// What a detector takes from it.
    pub(super) fn taken(&mut self, taking: &Taking<'_>) -> Option<Vec<String>> {
        let record = match taking.words() {
            None => self.json(),
            Some(words) if words.may_be_in(self.line().text()) => self.members(),
            Some(_) => None,
        };
        record.map(|record| taking.take(record)).filter(|taken| !taken.is_empty())
    }

    /// The record, if it is JSON.
    fn members(&mut self) -> Option<&Record<'a>> {
        if matches!(self.json, Form::Unasked) {
            self.json = match RecordPaths.innermost(self.raw) {
                None => Form::None,
                Some(value) => {
                    let id = match self.segment.value(usize::from(self.at.row), "id") {
                        Cell::Id(id) => id.to_string(),
                        Cell::Text(text) => text.to_owned(),
                        _ => String::new(),
                    };
                    let value = element(&value, &id).cloned().unwrap_or(value);
                    let text = String::from_utf8_lossy(self.raw).into_owned();
                    Form::Read(Box::new(Record::new(value, text)))
                }
            };
        }
        match &self.json {
            Form::Read(record) => Some(record),
            Form::Unasked | Form::None => None,
        }
    }

    /// Which rules may hold, by the words that they need.
    pub(super) fn may_hold<'w>(&mut self, words: &'w Words) -> May<'w> {
        words.may_hold(self.line())
    }

    /// The record, as this rule asks for it.
    pub(super) fn of(&mut self, rule: &Rule) -> Option<&Record<'a>> {
        if sigma::asks_json(rule) {
            return self.json();
        }
        let source = sigma::log_source(rule)?;
        if let Some(place) = self.lines.iter().position(|(of, _)| *of == source) {
            return Some(&self.lines[place].1);
        }
        let record = self.line().record(rule)?;
        self.lines.push((source, record));
        self.lines.last().map(|(_, record)| record)
    }

    fn line(&mut self) -> &Rc<Line<'a>> {
        let (segment, raw, row) = (self.segment, self.raw, usize::from(self.at.row));
        self.line.get_or_insert_with(|| Rc::new(Line::new(&RecordPaths, (segment, row), raw)))
    }
}

/// Of many records in one envelope the one with this id.
fn element<'v>(value: &'v Value, id: &str) -> Option<&'v Value> {
    let has_id = |element: &&Value| {
        let members = element.as_object().into_iter().flat_map(|members| members.values());
        members.into_iter().any(|member| member == id)
    };
    let members = value.as_object().filter(|_| !id.is_empty())?.values();
    members.filter_map(Value::as_array).flatten().find(has_id)
}
