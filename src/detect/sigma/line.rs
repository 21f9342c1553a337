//! An event whose record is text, as rules ask for it: by the names of the taxonomy, by those of its
//! columns, and by those that the record itself has.

use super::logs::{Form, Logs};
use super::record::{self, Record, everything};
use super::rule::Rule;
use super::taxonomy::{Cut, Name, RELAYED};
use crate::event::Paths;
use crate::store::{Cell, Segment};
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::rc::Rc;

/// An event, with what was read again of it. It is read once for all rules, and taken apart as far as
/// they ask: of most lines nothing is.
pub struct Line<'a> {
    segment: &'a Segment,
    row: usize,
    paths: &'a dyn Paths,
    /// The record out of its envelopes.
    text: Cow<'a, str>,
    json: OnceCell<Option<Value>>,
    others: OnceCell<Vec<String>>,
    pairs: OnceCell<Vec<(String, String)>>,
}

impl<'a> Line<'a> {
    /// The event in this row of a segment, whose record these bytes are.
    pub fn new(paths: &'a dyn Paths, (segment, row): (&'a Segment, usize), raw: &'a [u8]) -> Self {
        let text = paths.text(raw);
        let (json, others, pairs) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { segment, row, paths, text, json, others, pairs }
    }

    /// As the rule asks for it; `None` if it asks for JSON.
    pub fn record(self: &Rc<Self>, rule: &Rule) -> Option<Record<'a>> {
        let (_, logs) = rule.logs?;
        matches!(logs.form, Form::Lines { .. }).then(|| Record::of_line(self, logs))
    }

    /// The record, out of its envelopes.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Hands over each text in which words are looked for, until one is enough: the record, and what
    /// does not stand in it as it is meant.
    pub(super) fn anywhere(&self, is: &mut dyn FnMut(&str) -> bool) -> bool {
        is(&self.text) || self.others().iter().any(|text| is(text))
    }

    /// Hands over texts so that every word that is in one of those [`anywhere`](Self::anywhere) is in one
    /// of these: texts of JSON in which nothing is escaped stand in the record.
    pub(super) fn written(&self, take: &mut dyn FnMut(&str)) {
        take(&self.text);
        let is_escaped = || memchr::memchr(b'\\', self.text.as_bytes()).is_some();
        if self.command().is_some() || self.may_be_json() && is_escaped() {
            self.others().iter().for_each(|text| take(text));
        }
    }

    /// Whether there may be JSON in it: not without a brace.
    fn may_be_json(&self) -> bool {
        memchr::memchr(b'{', self.text.as_bytes()).is_some()
    }

    fn json(&self) -> Option<&Value> {
        let read = || self.may_be_json().then(|| self.paths.innermost(self.text.as_bytes()))?;
        self.json.get_or_init(read).as_ref()
    }

    /// The command, which auditd writes as digits, also where somebody hands it on.
    fn command(&self) -> Option<&str> {
        let said =
            ["audit.command", "syslog.command"].map(|name| self.segment.value(self.row, name));
        said.into_iter().find_map(|cell| match cell {
            Cell::Text(command) if !self.text.contains(command) => Some(command),
            _ => None,
        })
    }

    /// The texts of the JSON in the record, with nothing escaped; and the command.
    fn others(&self) -> &[String] {
        self.others.get_or_init(|| {
            let mut texts = Vec::new();
            if let Some(json) = self.json() {
                everything(json, &mut |text| {
                    texts.push(text.to_owned());
                    false
                });
            }
            texts.extend(self.command().map(str::to_owned));
            texts
        })
    }

    /// Hands over what is called so, until one is enough: by the logs' names for it, by those that the
    /// record has, by those of columns.
    pub(super) fn walk(&self, logs: &Logs, path: &str, is: &mut dyn FnMut(&Value) -> bool) -> bool {
        let json = self.json().and_then(Value::as_object);
        let inner = |dot: usize| Some((json?.get(&path[..dot])?, &path[dot + 1..]));
        self.member(logs, path).is_some_and(|value| is(&value))
            || path.match_indices('.').any(|(dot, _)| {
                inner(dot).is_some_and(|(value, path)| record::walk(value, path, is))
            })
    }

    /// What has just this name.
    fn member(&self, logs: &Logs, name: &str) -> Option<Value> {
        let Form::Lines { names, has_pairs } = &logs.form else { return None };
        let is_relayed = logs.is_relayed(&self.segment.schema().id);
        let known: &[Name] = if is_relayed { RELAYED } else { names };
        let (mut found, mut is_known) = (None, false);
        for one in known.iter().filter(|one| one.rule == name) {
            is_known = true;
            self.cut(one.column, one.cut, &mut |value| add(&mut found, value));
        }
        if is_known {
            return found;
        }
        if *has_pairs {
            let pairs = self.pairs.get_or_init(|| self.paths.pairs(self.paired(is_relayed)));
            for (_, value) in pairs.iter().filter(|(of, _)| of == name) {
                add(&mut found, value.as_str().into());
            }
        }
        found
            .or_else(|| value(self.segment.value(self.row, name)))
            .or_else(|| self.json()?.as_object()?.get(name).cloned())
    }

    /// Where names and values stand.
    fn paired(&self, is_relayed: bool) -> &str {
        match self.segment.value(self.row, "message") {
            Cell::Text(message) if is_relayed => message,
            _ => &self.text,
        }
    }

    /// Hands over that part of what a column says.
    fn cut(&self, column: &str, cut: Cut, take: &mut dyn FnMut(Value)) {
        match (self.segment.value(self.row, column), cut) {
            (Cell::Absent, _) => {}
            (_, Cut::Said(word)) => take(word.into()),
            (Cell::Text(text), _) => cut.of(text).into_iter().for_each(|text| take(text.into())),
            (cell, _) => match value(cell) {
                Some(Value::Array(all)) => all.into_iter().for_each(take),
                other => other.into_iter().for_each(take),
            },
        }
    }
}

/// Adds a value to those that were found.
fn add(found: &mut Option<Value>, value: Value) {
    *found = Some(match found.take() {
        None => value,
        Some(Value::Array(mut all)) => {
            all.push(value);
            Value::Array(all)
        }
        Some(one) => Value::Array(vec![one, value]),
    });
}

/// What a cell says; `None` if nothing.
fn value(cell: Cell<'_>) -> Option<Value> {
    Some(match cell {
        Cell::Absent => return None,
        Cell::Text(text) => Value::from(text),
        Cell::Ip(address) => Value::from(address.to_string()),
        Cell::Id(id) => Value::from(id.to_string()),
        Cell::Int(number) => Value::from(number),
        Cell::Float(number) => Value::Number(Number::from_f64(number)?),
        Cell::Time(time) => Value::from(time.to_rfc3339()),
        Cell::List(items) => Value::Array(items.into_iter().map(Value::from).collect()),
    })
}
