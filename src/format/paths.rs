//! Nested members of a record by their path, also of a record in envelopes. Not on the load path:
//! this is how filters reach what is no column.

use super::envelope::ENVELOPES;
use super::generic::logfmt_values;
use super::hosts::audit_pairs;
use super::inside::opened;
use super::text;
use crate::event::Paths;
use crate::event::paired;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Reads paths such as `requestParameters.bucketName` in records of any format that is JSON, or
/// lines of pairs.
///
/// A member of the record itself has a dot before it. Arrays need no sign in the path: each element is asked. A member whose own name has dots is
/// found too, and so are a member of JSON that stands in a string and a name in a line of pairs. JSON nested deeper than 128
/// has no members.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecordPaths;

/// JSON in strings that is looked through.
const LAYERS: usize = 4;

/// Arrays and objects within each other, at most.
const DEEPEST: usize = 128;

impl Paths for RecordPaths {
    fn at(&self, raw: &[u8], path: &str) -> Vec<String> {
        let path = path.strip_prefix('.').unwrap_or(path);
        let mut found = Vec::new();
        layers(raw, |record| {
            if let Ok(value) = serde_json::from_str(&paired(record)) {
                collect(value, path, Room { layers: LAYERS, depth: DEEPEST }, &mut found);
            } else {
                found.extend(logfmt_values(record, path));
            }
            found.is_empty()
        });
        found
    }

    fn innermost(&self, raw: &[u8]) -> Option<Value> {
        let mut found = None;
        layers(raw, |record| {
            if let Some(value @ (Value::Object(_) | Value::Array(_))) = json(record) {
                found = Some(value);
            }
            true
        });
        found
    }

    fn text<'r>(&self, raw: &'r [u8]) -> Cow<'r, str> {
        layers(raw, |_| true)
    }

    fn pairs(&self, text: &str) -> Vec<(String, String)> {
        audit_pairs(text)
    }
}

/// Hands over the record, then what is in its envelopes one after the other, as long as more is
/// wanted. The answer is the last of them; what stands in the bytes as it is is not copied.
fn layers(raw: &[u8], mut more: impl FnMut(&str) -> bool) -> Cow<'_, str> {
    let mut record = text::of(raw);
    for _ in 0..ENVELOPES {
        if !more(&record) {
            return record;
        }
        let inner = match &record {
            Cow::Borrowed(text) => inner(text),
            Cow::Owned(text) => inner(text).map(|inner| Cow::Owned(inner.into_owned())),
        };
        let Some(inner) = inner else { return record };
        record = inner;
    }
    more(&record);
    record
}

/// What is in the envelope, if it is one. Only what may be one is looked into: lines are many.
fn inner(record: &str) -> Option<Cow<'_, str>> {
    if !matches!(record.as_bytes().first()?, b'{' | b'[' | b'"' | b'0'..=b'9') {
        return None;
    }
    // What holds many stands for itself.
    Some(opened(record)?.payload).filter(|inner| **inner != *record)
}

/// Reads JSON.
fn json(record: &str) -> Option<Value> {
    if !record.trim_start().starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(&paired(record)).ok()
}

/// What may still be looked through.
#[derive(Clone, Copy)]
struct Room {
    /// JSON in strings.
    layers: usize,
    /// Arrays and objects within each other.
    depth: usize,
}

/// Values are taken as they are written: a number may be larger than any that a computer has.
fn collect(value: &RawValue, path: &str, room: Room, found: &mut Vec<String>) {
    let raw = value.get();
    let Some(depth) = room.depth.checked_sub(1) else { return };
    let room = Room { depth, ..room };
    match raw.as_bytes().first() {
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
            for element in elements {
                collect(element, path, room, found);
            }
        }
        Some(b'{') if !path.is_empty() => {
            let members: BTreeMap<Cow<'_, str>, &RawValue> =
                serde_json::from_str(raw).unwrap_or_default();
            if let Some(value) = members.get(path) {
                collect(value, "", room, found);
            }
            for (dot, _) in path.match_indices('.') {
                if let Some(value) = members.get(&path[..dot]) {
                    collect(value, &path[dot + 1..], room, found);
                }
            }
        }
        Some(b'"') => {
            let Ok(text) = serde_json::from_str::<String>(raw) else { return };
            if path.is_empty() {
                found.push(text);
                return;
            }
            let Some(layers) = room.layers.checked_sub(1) else { return };
            if text.trim_start().starts_with(['{', '['])
                && let Ok(value) = serde_json::from_str(&paired(&text))
            {
                collect(value, path, Room { layers, ..room }, found);
            }
        }
        Some(b'{' | b'n') | None => {}
        Some(_) if path.is_empty() => found.push(raw.to_owned()),
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_out_of_its_envelopes() {
        let event = r#"{"detail-type":"x","source":"aws.s3","detail":{"eventName":"GetObject"}}"#;
        let record = RecordPaths.innermost(event.as_bytes()).unwrap();
        assert_eq!(record["eventName"], "GetObject");
        assert_eq!(RecordPaths.innermost(b"2026-03-04 a line"), None);
        let half =
            RecordPaths.innermost(br#"{"a":"x\\ud800","b":"\ud83d\ude00 \ud800!","c":"\\"}"#);
        assert_eq!(half.unwrap()["b"].as_str().unwrap().chars().last(), Some('!'));
        assert_eq!(RecordPaths.innermost(br#"{"a":"\ud800"#), None);
        let record =
            br#"{"a":"x\ud83d","b":[{"c":"\ud83d\ude00"}],"d":"{\"e\":\"\\udc00\",\"f\":1}"}"#;
        let at = |path| RecordPaths.at(record, path);
        assert_eq!(at("a"), ["x\u{fffd}"]);
        assert_eq!(at("b.c"), ["\u{1f600}"]);
        assert_eq!((at("d.e"), at("d.f")), (vec!["\u{fffd}".to_owned()], vec!["1".to_owned()]));
    }

    #[test]
    fn paths_reach_through_arrays_envelopes_and_strings() {
        let record = r#"{"a":{"b":[{"c":1},{"c":"two"},{"d":null}],"x.y":true},
            "policy":"{\"Statement\":[{\"Effect\":\"Allow\"}]}"}"#;
        let at = |path| RecordPaths.at(record.as_bytes(), path);
        assert_eq!(at("a.b.c"), ["1", "two"]);
        assert_eq!(at("a.x.y"), ["true"]);
        assert_eq!(at(".a.x.y"), ["true"]);
        let named = |path| RecordPaths.at(br#"{"new":[1,2],"x":{"new":3}}"#, path);
        assert_eq!(named(".new"), ["1", "2"]);
        assert_eq!(at("policy.Statement.Effect"), ["Allow"]);
        assert_eq!(at("a.b.d"), [""; 0]);
        assert_eq!(at("nothing"), [""; 0]);
        let inner = r#"{"detail-type":"x","detail":{"deep":{"er":"here"}}}"#;
        assert_eq!(RecordPaths.at(inner.as_bytes(), "deep.er"), ["here"]);
        let message = r#"{"timestamp":1,"message":"{\"k\":\"v\"}"}"#;
        assert_eq!(RecordPaths.at(message.as_bytes(), "k"), ["v"]);
        let line = b"2026-01-01T00:00:00.000Z {\"k\":\"v\"}";
        assert_eq!(RecordPaths.at(line, "k"), ["v"]);
        assert_eq!(RecordPaths.at(&vec![b'['; 100_000], "k"), [""; 0]);
        let deep = ["[".repeat(100_000), "]".repeat(100_000)].concat();
        assert_eq!(RecordPaths.at(deep.as_bytes(), "k"), [""; 0]);
    }

    #[test]
    fn numbers_are_what_is_written() {
        let record = br#"{"a":{"big":12345678901234567890123,"f":1.50,"n":-5,"e":1E3,"b":false}}"#;
        let at = |path| RecordPaths.at(record, path);
        assert_eq!(at("a.big"), ["12345678901234567890123"]);
        assert_eq!(at("a.f"), ["1.50"]);
        assert_eq!(at("a.n"), ["-5"]);
        assert_eq!(at("a.e"), ["1E3"]);
        assert_eq!(at("a.b"), ["false"]);
    }

    #[test]
    fn a_line_of_pairs_has_members_too() {
        let line =
            r#"time="2026-03-04T10:42:02Z" level=warn msg="a b=c" new.thing="x \"y\"" b=1 e="#;
        let at = |path| RecordPaths.at(line.as_bytes(), path);
        assert_eq!(at(".b"), ["1"]);
        assert_eq!(at("new.thing"), ["x \"y\""]);
        assert_eq!(at(".e"), [""; 0]);
        assert_eq!(RecordPaths.at(b"GET /x?b=1 200", ".b"), [""; 0]);
        let message = format!("{}", serde_json::json!({"timestamp": 1, "message": line}));
        assert_eq!(RecordPaths.at(message.as_bytes(), ".b"), ["1"]);
    }

    #[test]
    fn the_text_of_a_record_is_what_its_envelopes_hold() {
        let message = br#"{"timestamp":1,"message":"Mar  4 10:42:02 web-1 app: \"it\" went"}"#;
        let text = |raw| RecordPaths.text(raw).into_owned();
        assert_eq!(text(message), r#"Mar  4 10:42:02 web-1 app: "it" went"#);
        for (record, inner) in [
            ("a line", "a line"),
            ("{no json", "{no json"),
            ("2026-03-04T10:42:02.113Z GET /a", "GET /a"),
            ("2026-03-04T10:42:02.113Z {\"timestamp\":1,\"message\":\"GET /a\"}", "GET /a"),
            ("2026-03-04T10:42:02.113456789Z stdout F a b", "a b"),
            ("2026-03-04T10:42:02Z a", "2026-03-04T10:42:02Z a"),
        ] {
            assert_eq!(text(record.as_bytes()), inner, "{record}");
        }
        assert!(matches!(RecordPaths.text(b"2026-03-04T10:42:02.113Z a"), Cow::Borrowed("a")));
    }
}
