//! An event whose record is text, as rules ask for it: by the names of the taxonomy, by those of its
//! columns, and by those that the record itself has.

use super::logs::Form;
use super::record::{Record, everything};
use super::rule::Rule;
use super::taxonomy::Cut;
use crate::store::{Cell, Segment};
use serde_json::{Map, Number, Value};

/// An event, with what was read again of it.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    pub segment: &'a Segment,
    pub row: usize,
    /// Its record out of its envelopes.
    pub text: &'a str,
    /// What is JSON in it.
    pub json: Option<&'a Value>,
    /// Names and values that stand in it; a name may come again.
    pub pairs: &'a [(String, String)],
}

impl Line<'_> {
    /// Texts in which words are looked for: the record; those of the JSON in it, with nothing escaped;
    /// and the command, which auditd writes as digits.
    pub fn texts(&self) -> Vec<String> {
        let mut texts = vec![self.text.to_owned()];
        if let Some(json) = self.json {
            everything(json, &mut |text| {
                texts.push(text.to_owned());
                false
            });
        }
        if let Cell::Text(command) = self.segment.value(self.row, "audit.command")
            && !self.text.contains(command)
        {
            texts.push(command.to_owned());
        }
        texts
    }

    /// As the rule asks for it; `None` if it asks for JSON.
    pub fn record(&self, rule: &Rule, texts: Vec<String>) -> Option<Record> {
        let (_, logs) = rule.logs?;
        let Form::Lines { names, has_pairs } = &logs.form else { return None };
        let mut members = match self.json {
            Some(Value::Object(members)) => members.clone(),
            _ => Map::new(),
        };
        if *has_pairs {
            for (name, value) in self.pairs {
                add(&mut members, name, Value::from(value.as_str()));
            }
        }
        for (slot, field) in self.segment.fields() {
            let known = *has_pairs && members.contains_key(&*field.name);
            if let Some(value) = value(self.segment.column(slot).get(self.row)).filter(|_| !known) {
                members.insert(field.name.to_string(), value);
            }
        }
        for name in *names {
            members.remove(name.rule);
        }
        for name in *names {
            self.cut(name.column, name.cut, &mut |value| add(&mut members, name.rule, value));
        }
        Some(Record::of_text(Value::Object(members), texts))
    }

    /// Hands over that part of what a column says.
    fn cut(&self, column: &str, cut: Cut, take: &mut dyn FnMut(Value)) {
        match self.segment.value(self.row, column) {
            Cell::Text(text) => cut.of(text).into_iter().for_each(|text| take(text.into())),
            cell => match value(cell) {
                Some(Value::Array(all)) => all.into_iter().for_each(take),
                other => other.into_iter().for_each(take),
            },
        }
    }
}

/// Adds a value to those that the member has.
fn add(members: &mut Map<String, Value>, name: &str, value: Value) {
    match members.get_mut(name) {
        None => drop(members.insert(name.to_owned(), value)),
        Some(Value::Array(all)) => all.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
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
