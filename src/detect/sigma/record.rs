//! A record as rules ask for it: the values of a member by its path.
//!
//! What a rule sees of them is text: numbers and `true` as JSON has them; an object as compact
//! JSON; of an array each element, and all of it as JSON too. A member that is not there, null or an
//! empty text has no values.

use super::line::Line;
use super::logs::Logs;
use crate::event::paired;
use serde_json::Value;
use std::borrow::Cow;
use std::rc::Rc;

/// A record out of its envelopes.
pub struct Record<'a>(Form<'a>);

enum Form<'a> {
    /// JSON, and its bytes.
    Json(Value, String),
    /// Text, as these logs are asked.
    Line(Rc<Line<'a>>, &'static Logs),
}

impl<'a> Record<'a> {
    /// A record that is JSON, and its bytes.
    pub fn new(value: Value, text: String) -> Self {
        Self(Form::Json(value, text))
    }

    /// A record that is text, as these logs are asked.
    pub(super) fn of_line(line: &Rc<Line<'a>>, logs: &'static Logs) -> Self {
        Self(Form::Line(Rc::clone(line), logs))
    }

    /// Hands over the record's bytes and each of its texts, until one is enough.
    pub(super) fn anywhere(&self, is: &mut dyn FnMut(&str) -> bool) -> bool {
        match &self.0 {
            Form::Json(value, text) => is(text) || everything(value, is),
            Form::Line(line, _) => line.anywhere(is),
        }
    }

    fn walk(&self, path: &str, is: &mut dyn FnMut(&Value) -> bool) -> bool {
        match &self.0 {
            Form::Json(value, _) => walk(value, path, is),
            Form::Line(line, logs) => line.walk(logs, path, is),
        }
    }

    /// Hands over each value of the member, until one is enough. The answer is whether one was.
    pub(super) fn any(&self, path: &str, is: &mut dyn FnMut(&str) -> bool) -> bool {
        self.walk(path, &mut |value| texts(value, is))
    }

    /// Hands over every text and number in it with the name of its member, those in texts that are JSON
    /// themselves too; and each name as a text without one.
    pub(crate) fn members(&self, take: &mut dyn FnMut(&str, &str)) {
        if let Form::Json(value, _) = &self.0 {
            members("", value, WITHIN, take);
        }
    }

    /// Whether the member has a value.
    pub(super) fn has(&self, path: &str) -> bool {
        self.walk(path, &mut is_said)
    }

    /// Whether the member is there, whatever its value.
    pub(super) fn exists(&self, path: &str) -> bool {
        self.walk(path, &mut |_| true)
    }

    /// The record, if it is JSON.
    pub(crate) fn json(&self) -> Option<&Value> {
        match &self.0 {
            Form::Json(value, _) => Some(value),
            Form::Line(..) => None,
        }
    }

    /// The first of its values, for people to see.
    pub fn first(&self, path: &str) -> Option<String> {
        let mut first = None;
        self.any(path, &mut |text| {
            first.get_or_insert_with(|| text.to_owned());
            true
        });
        first
    }
}

/// Whether there is something in it.
fn is_said(value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(is_said),
        value => !value.is_null() && value != "",
    }
}

/// Finds the member in this value, through arrays; a name of a member may have dots itself.
pub(super) fn walk(value: &Value, path: &str, is: &mut dyn FnMut(&Value) -> bool) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(|element| walk(element, path, is)),
        Value::Object(members) => {
            if members.get(path).is_some_and(&mut *is) {
                return true;
            }
            path.match_indices('.').any(|(dot, _)| {
                let inner = members.get(&path[..dot]);
                inner.is_some_and(|inner| walk(inner, &path[dot + 1..], is))
            })
        }
        _ => false,
    }
}

/// Hands over a value as text, until one is enough.
fn texts(value: &Value, is: &mut dyn FnMut(&str) -> bool) -> bool {
    match value {
        Value::Array(elements) => {
            elements.iter().any(|element| texts(element, is)) || is(&value.to_string())
        }
        Value::Null => false,
        Value::String(text) if text.is_empty() => false,
        value => is(&text(value)),
    }
}

/// Hands over every text in a value, until one is enough.
pub(super) fn everything(value: &Value, is: &mut dyn FnMut(&str) -> bool) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(|element| everything(element, is)),
        Value::Object(members) => members.values().any(|member| everything(member, is)),
        Value::String(text) => is(text),
        _ => false,
    }
}

/// JSON in texts of JSON that is looked through.
const WITHIN: usize = 4;

fn members(name: &str, value: &Value, within: usize, take: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|it| members(name, it, within, take)),
        Value::Object(all) => {
            for (name, it) in all {
                take("", name);
                members(name, it, within, take);
            }
        }
        Value::String(text) => {
            take(name, text);
            let is_json = within > 0 && text.trim_start().starts_with(['{', '[']);
            if let Some(inner) = is_json.then(|| serde_json::from_str(&paired(text)).ok()).flatten()
            {
                members(name, &inner, within - 1, take);
            }
        }
        Value::Number(number) => take(name, &number.to_string()),
        Value::Null | Value::Bool(_) => {}
    }
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        value => Cow::Owned(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> Record<'static> {
        Record::new(serde_json::from_str(text).unwrap(), text.to_owned())
    }

    #[test]
    fn values_are_reached_through_arrays_and_dots() {
        let record = record(
            r#"{"a":{"b":[{"c":1},{"c":"two"},{"d":null}],"x.y":true},"e":{"f":{"g":"h"}},"n":null,"s":""}"#,
        );
        for (path, text, expected) in [
            ("a.b.c", "1", true),
            ("a.b.c", "two", true),
            ("a.x.y", "true", true),
            ("e", r#"{"f":{"g":"h"}}"#, true),
            ("a.b", r#"[{"c":1},{"c":"two"},{"d":null}]"#, true),
            ("a.b.d", "null", false),
            ("n", "null", false),
            ("z", "", false),
            ("s", "", false),
        ] {
            assert_eq!(record.any(path, &mut |value| value == text), expected, "{path} {text}");
        }
        assert!(
            record.has("a.b") && !record.has("n") && !record.has("a.b.d") && !record.has("a.z")
        );
        assert!(
            !record.has("s") && record.exists("s") && record.exists("n") && !record.exists("z")
        );
        assert!(record.anywhere(&mut |text| text == "two"));
    }
}
