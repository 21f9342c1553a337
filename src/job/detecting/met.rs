//! A record that was read again, in whatever form a rule asks for it; made once for all that ask.

use super::Record;
use crate::detect::sigma::{self, Line, Rule, Words};
use crate::event::Paths;
use crate::format::{RecordPaths, audit_pairs, innermost_text};
use crate::store::{Cell, RowRef, Segment};
use serde_json::Value;
use std::borrow::Cow;

/// A row, and its record.
pub(super) struct Met<'a> {
    pub(super) at: RowRef,
    segment: &'a Segment,
    raw: &'a [u8],
    json: Form,
    read: Option<Read<'a>>,
    /// By log source.
    lines: Vec<(usize, Record)>,
}

/// A record as JSON.
enum Form {
    Unasked,
    /// It is none.
    None,
    Read(Box<Record>),
}

/// A record as text.
struct Read<'a> {
    text: Cow<'a, str>,
    json: Option<Value>,
    texts: Vec<String>,
}

impl<'a> Met<'a> {
    pub(super) fn new(at: RowRef, segment: &'a Segment, raw: &'a [u8]) -> Self {
        Self { at, segment, raw, json: Form::Unasked, read: None, lines: Vec::new() }
    }

    /// Whether somebody asked for JSON, and it is none.
    pub(super) fn lacks_json(&self) -> bool {
        matches!(self.json, Form::None)
    }

    /// The record, if it is JSON.
    pub(super) fn json(&mut self) -> Option<&Record> {
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

    /// Whether each rule may hold, by the words that it needs.
    pub(super) fn may_hold(&mut self, words: &Words) -> Vec<bool> {
        let texts = &self.read().texts;
        words.may_hold(&texts.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The record, as this rule asks for it.
    pub(super) fn of(&mut self, rule: &Rule) -> Option<&Record> {
        if sigma::asks_json(rule) {
            return self.json();
        }
        let source = sigma::log_source(rule)?;
        if let Some(place) = self.lines.iter().position(|(of, _)| *of == source) {
            return Some(&self.lines[place].1);
        }
        let (segment, row) = (self.segment, usize::from(self.at.row));
        let read = self.read();
        let pairs =
            if *segment.schema().id == *"auditd" { audit_pairs(&read.text) } else { Vec::new() };
        let (text, json) = (&*read.text, read.json.as_ref());
        let line = Line { segment, row, text, json, pairs: &pairs };
        let record = line.record(rule, read.texts.clone())?;
        self.lines.push((source, record));
        self.lines.last().map(|(_, record)| record)
    }

    fn read(&mut self) -> &Read<'a> {
        let (segment, raw, row) = (self.segment, self.raw, usize::from(self.at.row));
        self.read.get_or_insert_with(|| {
            let text = innermost_text(raw);
            // A line without a brace has no JSON in it.
            let json = memchr::memchr(b'{', text.as_bytes());
            let json = json.and_then(|_| RecordPaths.innermost(text.as_bytes()));
            let line = Line { segment, row, text: &text, json: json.as_ref(), pairs: &[] };
            let texts = line.texts();
            Read { text, json, texts }
        })
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
