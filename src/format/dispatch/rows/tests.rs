//! Rows by their columns are rows by their lines.

mod nested;

use crate::event::{
    Cells, Dictionary, Entries, Entry, Frame, Reason, Row, Schema, Sink, Table, Time, Value,
};
use crate::format::{Context, Feed};
use proptest::prelude::*;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Keeps what it is told, as text.
#[derive(Default)]
struct Told {
    row: Vec<String>,
    rows: Vec<String>,
    /// What was said of entries of dictionaries.
    known: HashMap<(usize, Entry), String>,
    again: usize,
}

impl Row for Told {
    fn time(&mut self, time: Time) {
        self.row.retain(|put| !put.starts_with("time "));
        self.row.push(format!("time {time:?}"));
    }

    fn zone_assumed(&mut self) {
        self.row.push("assumed".to_owned());
    }

    fn put(&mut self, slot: usize, value: Value<'_>) {
        self.row.push(format!("{slot} {value:?}"));
    }

    fn put_entry(&mut self, slot: usize, entry: Entry, value: Value<'_>) {
        self.put(slot, value);
        self.known.insert((slot, entry), format!("{slot} {value:?}"));
    }

    fn put_again(&mut self, slot: usize, entry: Entry) -> bool {
        let put = self.known.get(&(slot, entry)).cloned();
        self.again += usize::from(put.is_some());
        self.row.extend(put.clone());
        put.is_some()
    }
}

impl Sink for Told {
    fn row(&mut self, _: &Arc<Schema>) -> &mut dyn Row {
        self.row.clear();
        self
    }

    fn commit(&mut self, schema: &Arc<Schema>, frame: Frame, raw: &[u8]) -> ControlFlow<()> {
        // Which of two columns comes first is seen only where both are for one field.
        self.row.sort_by_key(|put| put.split(' ').next().map(str::to_owned));
        let raw = String::from_utf8_lossy(raw);
        self.rows.push(format!("{} {frame:?} {raw} {:?}", schema.id, self.row));
        ControlFlow::Continue(())
    }

    fn abandon(&mut self, _: &Arc<Schema>) {}

    fn remark(&mut self, reason: Reason) {
        self.rows.push(format!("{reason:?}"));
    }
}

/// A column of rows, of which each has a value or nothing.
struct Made {
    key: String,
    text: String,
    bounds: Vec<u32>,
    /// In place of text, if all its values are whole numbers.
    numbers: Option<Vec<i64>>,
    places: Vec<u32>,
    /// All entries but the last stay.
    dictionary: Dictionary,
}

impl Made {
    fn new(name: &str, values: &[Option<String>]) -> Self {
        let mut distinct: Vec<&String> = Vec::new();
        let mut places = Vec::new();
        for value in values {
            let Some(value) = value else {
                places.push(Cells::NONE);
                continue;
            };
            let place = distinct.iter().position(|other| *other == value);
            if place.is_none() {
                distinct.push(value);
            }
            places.push(place.unwrap_or(distinct.len() - 1) as u32);
        }
        let (key, mut text, mut bounds) = (format!("{name:?}:"), String::new(), vec![0]);
        for value in &distinct {
            text += &[&key, &***value, ","].concat();
            bounds.push(text.len() as u32);
        }
        let numbers = distinct.iter().map(|value| value.parse().ok()).collect();
        let entries = distinct.len().saturating_sub(1) as u32;
        let dictionary = Dictionary { number: Dictionary::next_number(), entries, is_plain: false };
        Self { key, text, bounds, numbers, places, dictionary }
    }

    fn cells(&self) -> Cells<'_> {
        let entries = match &self.numbers {
            Some(numbers) => Entries::Numbers(numbers),
            None => Entries::Members { text: &self.text, bounds: &self.bounds },
        };
        Cells { key: &self.key, entries, dictionary: self.dictionary, places: &self.places }
    }
}

/// What comes of some rows behind a log's first one, by their columns and by their lines, and
/// whether the columns were enough.
fn both(first: &str, columns: &[Made], rows: usize, hidden: &[usize]) -> (Told, Told, bool) {
    let cells: Vec<Cells<'_>> = columns.iter().map(Made::cells).collect();
    both_of(first, &cells, rows, hidden)
}

fn both_of(first: &str, cells: &[Cells<'_>], rows: usize, hidden: &[usize]) -> (Told, Told, bool) {
    let mut lengths = vec![0; rows];
    for column in cells {
        column.measure(&mut lengths);
    }
    for (row, length) in lengths.iter_mut().enumerate() {
        *length = if hidden.contains(&row) { 0 } else { Table::length_of(*length) };
    }
    let table = Table::new(cells, &lengths);
    let begun = || {
        let mut feed = Feed::new(Context { is_table: true, ..Context::default() });
        let mut told = Told::default();
        let flow = feed.push(format!("{first}\n").as_bytes(), &mut told);
        assert!(flow.is_continue() && feed.hurry(&mut told).is_continue());
        (feed, told)
    };
    let (mut feed, mut by_lines) = begun();
    let _ = table.lines(&mut |bytes| feed.push(bytes, &mut by_lines));
    feed.finish(&mut by_lines);
    let (mut feed, mut by_columns) = begun();
    let flow = feed.table(&table, &mut by_columns);
    if flow.is_none() {
        let _ = table.lines(&mut |bytes| feed.push(bytes, &mut by_columns));
    }
    feed.finish(&mut by_columns);
    (by_columns, by_lines, flow.is_some())
}

const FLOW: &str = r#"{"version":2,"account_id":"123456789012","interface_id":"eni-0a","srcaddr":"192.0.2.1","dstaddr":"10.0.0.1","srcport":1,"dstport":2,"start":1772600000,"end":1772600060,"bytes":7,"action":"ACCEPT","log_status":"OK"}"#;

const FINDING: &str = r#"{"class_uid":6003,"category_uid":6,"class_name":"API Activity","metadata":{"uid":"a"},"time":1}"#;

const NAMES: [&str; 18] = [
    "version",
    "account_id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "pkt_srcaddr",
    "srcport",
    "bytes",
    "start",
    "end",
    "action",
    "log_status",
    "flow_direction",
    "instance_tag",
    "tgw_id",
    "packets_lost_no_route",
    "Start",
    "other\"\n",
];

/// A value as a table may have it: of the kind that a flow log has there, or of any.
fn value() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "\"10.0.0.1\"", "\"192.0.2.7\"", "\"::1\"", "1772600000", "\"1772600000\"", "1", "6",
            "\"ACCEPT\"", "\"REJECT\"", "\"OK\"", "\"NODATA\"", "\"egress\"", "\"-\"", "\"\"",
            "\"2026-03-04T12:00:00.123Z\"", "\"2026-03-04 12:00:00\"", "\"unknown\"", "\"eni-1\"",
        ]).prop_map(|text| Some(text.to_owned())),
        1 => prop::sample::select(vec![
            "null", "true", "-7", "1.50", "3e2", "12345678901234567890123", "[]", "[1,\"x\"]",
            "{}", "{\"a\":[{\"b\":null}]}", "\"\\u00e9\\n\\\"\"", "\"//4=\"", "\"%41\"", "1e999",
        ]).prop_map(|text| Some(text.to_owned())),
        1 => Just(None),
    ]
}

/// A column of any values, or of whole numbers.
fn column() -> impl Strategy<Value = Vec<Option<String>>> {
    let number = prop::sample::select(vec![
        "0",
        "1",
        "6",
        "-7",
        "1772600000",
        "1772600000123",
        "999999999999999999",
        "1000000000000000000",
        "-9223372036854775808",
        "9223372036854775807",
    ]);
    let number = prop::option::weighted(0.9, number.prop_map(str::to_owned));
    prop_oneof![
        3 => prop::collection::vec(value(), 5),
        1 => prop::collection::vec(number, 5),
    ]
}

proptest! {
    #[test]
    fn by_columns_and_by_lines_rows_are_the_same(
        names in prop::sample::subsequence(NAMES.to_vec(), 8..NAMES.len()).prop_shuffle(),
        values in prop::collection::vec(column(), NAMES.len()),
        hidden in prop::collection::vec(0usize..12, 0..2),
    ) {
        let columns: Vec<Made> =
            names.iter().zip(&values).map(|(name, values)| Made::new(name, values)).collect();
        let (by_columns, by_lines, _) = both(FLOW, &columns, 5, &hidden);
        prop_assert_eq!(by_columns.rows, by_lines.rows);
    }
}

#[test]
fn rows_of_flows_are_read_by_their_columns() {
    let record: serde_json::Map<String, serde_json::Value> = serde_json::from_str(FLOW).unwrap();
    let columns: Vec<Made> =
        record.iter().map(|(name, value)| Made::new(name, &[Some(value.to_string())])).collect();
    let (by_columns, by_lines, is_read) = both(FLOW, &columns, 1, &[]);
    assert!(is_read);
    assert_eq!(by_columns.rows, by_lines.rows);
    assert!(by_columns.rows[1].starts_with("vpc_flow "), "{}", by_columns.rows[1]);
}

#[test]
fn what_a_dictionary_has_is_told_once() {
    for (first, column, values) in [
        (FLOW, "interface_id", ["\"eni-0a\"", "\"eni-0b\""]),
        (FLOW, "srcaddr", ["\"192.0.2.1\"", "\"192.0.2.2\""]),
        (FINDING, "class_name", ["\"API Activity\"", "\"Base Event\""]),
    ] {
        let record: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(first).unwrap();
        let mut columns: Vec<Made> = Vec::new();
        for (name, value) in &record {
            columns.push(Made::new(name, &[0; 5].map(|_| Some(value.to_string()))));
        }
        columns.retain(|made| made.key != format!("{column:?}:"));
        // The last entry does not stay.
        let rows = [0, 0, 1, 0, 1].map(|place: usize| Some(values[place].to_owned()));
        columns.push(Made::new(column, &rows));
        let (by_columns, by_lines, is_read) = both(first, &columns, 5, &[]);
        assert!(is_read);
        assert_eq!(by_columns.rows, by_lines.rows);
        assert_eq!((by_columns.again, by_lines.again), (2, 0), "{column}");
    }
}

#[test]
fn rows_of_findings_are_read_by_their_columns() {
    let finding = include_str!("../../../../tests/fixtures/ocsf/lake.jsonl");
    let record: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(finding.lines().next().unwrap()).unwrap();
    let columns: Vec<Made> = record
        .iter()
        .map(|(name, value)| Made::new(name, &[Some(value.to_string()), None]))
        .collect();
    let line = serde_json::to_string(&record).unwrap();
    let (by_columns, by_lines, is_read) = both(&line, &columns, 2, &[]);
    assert!(is_read);
    assert_eq!(by_columns.rows, by_lines.rows);
    let second = &by_columns.rows[1];
    assert!(second.starts_with("ocsf ") && second.contains(&line), "{second}");
}
