//! The same of rows whose members have others within them, which are told apart or not.

use super::both_of;
use crate::event::{Cells, Dictionary, Entries, Name, Nested, Within};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A column whose members are written once more, with what is known of what is within them.
struct Made {
    key: String,
    text: String,
    bounds: Vec<u32>,
    names: Vec<Name>,
    values: Vec<Within>,
    firsts: Vec<u32>,
    places: Vec<u32>,
    /// Names of objects that are told as they are written.
    whole: Vec<&'static str>,
}

impl Made {
    fn new(name: &str, whole: &[&'static str], rows: &[Map<String, Value>]) -> Self {
        let key = format!("{name:?}:");
        let mut made = Self {
            names: vec![Name { key: key.clone(), around: 0 }],
            key,
            text: String::new(),
            bounds: vec![0],
            values: Vec::new(),
            firsts: vec![0],
            places: Vec::new(),
            whole: whole.to_vec(),
        };
        for (place, row) in rows.iter().enumerate() {
            if let Some(value) = row.get(name) {
                made.text += &made.key;
                made.write(value, 0, made.whole.contains(&name));
                made.text.push(',');
            }
            made.bounds.push(made.text.len() as u32);
            made.firsts.push(made.values.len() as u32);
            made.places.push(place as u32);
        }
        made
    }

    fn write(&mut self, value: &Value, name: u32, is_whole: bool) {
        match value {
            Value::Object(members) if !is_whole => {
                for (at, (key, value)) in members.iter().enumerate() {
                    self.text.push(if at == 0 { '{' } else { ',' });
                    let is_whole = self.whole.contains(&&**key);
                    let key = format!("{key:?}:");
                    self.text += &key;
                    let known = Name { key, around: name };
                    let place = self.names.iter().skip(1).position(|name| *name == known);
                    let place = place.map_or(self.names.len(), |place| place + 1);
                    if place == self.names.len() {
                        self.names.push(known);
                    }
                    self.write(value, place as u32, is_whole);
                }
                self.text += if members.is_empty() { "{}" } else { "}" };
            }
            Value::Array(elements) if !is_whole => {
                for (at, value) in elements.iter().enumerate() {
                    self.text.push(if at == 0 { '[' } else { ',' });
                    self.write(value, name, false);
                }
                self.text += if elements.is_empty() { "[]" } else { "]" };
            }
            value => {
                let from = self.text.len() as u32;
                self.text += &value.to_string();
                let to = self.text.len() as u32;
                self.values.push(Within { name, from, to, place: Cells::NONE });
            }
        }
    }

    fn cells(&self) -> Cells<'_> {
        let Self { text, bounds, names, values, firsts, .. } = self;
        let entries =
            Entries::Nested(Nested { text, bounds, names, dictionaries: &[], values, firsts });
        let dictionary = Dictionary::default();
        Cells { key: &self.key, entries, dictionary, places: &self.places }
    }
}

/// Names at every level of events and items, and others.
const NAMES: [&str; 26] = [
    "actor",
    "user",
    "uid",
    "name",
    "session",
    "issuer",
    "account",
    "cloud",
    "region",
    "api",
    "service",
    "operation",
    "src_endpoint",
    "ip",
    "port",
    "resources",
    "evidences",
    "file",
    "path",
    "finding_info",
    "types",
    "traffic",
    "bytes",
    "unmapped",
    "resource_tags",
    "aws_created_by",
];

fn value() -> impl Strategy<Value = Value> {
    let plain = prop::sample::select(vec![
        json!("192.0.2.7"),
        json!("arn:aws:iam::111122223333:user/é\"\n"),
        json!("IAMUser:AIDA:bob"),
        json!(""),
        json!("-"),
        json!(443),
        json!(-1.5),
        json!(true),
        json!(null),
    ]);
    plain.prop_recursive(4, 24, 4, |inner| {
        let names = prop::sample::subsequence(NAMES.to_vec(), 0..6).prop_shuffle();
        let values = prop::collection::vec(inner.clone(), 6);
        prop_oneof![
            3 => (names, values).prop_map(|(names, values)| {
                names.into_iter().map(str::to_owned).zip(values).collect::<Map<_, _>>().into()
            }),
            1 => prop::collection::vec(inner, 0..3).prop_map(Value::Array),
        ]
    })
}

const EVENT: &str = r#"{"class_uid":6003,"category_uid":6,"metadata":{"uid":"a"},"time":1}"#;

const ITEM: &str = r#"{"line_item_usage_account_id":"1","line_item_usage_type":"a"}"#;

proptest! {
    #[test]
    fn values_within_members_are_those_of_the_lines(
        names in prop::sample::subsequence(NAMES.to_vec(), 1..NAMES.len()),
        values in prop::collection::vec(prop::collection::vec(value(), NAMES.len()), 3),
        whole in prop::sample::subsequence(NAMES.to_vec(), 0..8),
    ) {
        for first in [EVENT, ITEM] {
            let begun: Map<String, Value> = serde_json::from_str(first).unwrap();
            let rows = values.iter().map(|values| {
                let mut row = begun.clone();
                row.extend(names.iter().map(|name| (*name).to_owned()).zip(values.iter().cloned()));
                row
            });
            let rows: Vec<Map<String, Value>> = rows.collect();
            let columns: Vec<Made> =
                rows[0].keys().map(|name| Made::new(name, &whole, &rows)).collect();
            let cells: Vec<Cells<'_>> = columns.iter().map(Made::cells).collect();
            let (by_columns, by_lines, is_read) = both_of(first, &cells, rows.len(), &[]);
            prop_assert!(is_read);
            prop_assert_eq!(by_columns.rows, by_lines.rows);
        }
    }
}
