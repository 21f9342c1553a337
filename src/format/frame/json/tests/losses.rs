//! However an object is damaged, each of its bytes is in a record, is what separates records, or
//! is part of an envelope that is still good.

use super::{Seen, cut};
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;

const RECORDS: [&str; 7] = [
    r#"{"a":"v","b":{"c":"w"},"d":[{"e":1}],"f":"z"}"#,
    r#"{"a":"v","d":[{"e":{"g":[]}},{"e":2,"h":null}],"b":{"c":{"i":"{[\"x\"]}"}},"f":-1.5e3}"#,
    r#"{"a":"a, b","d":["p","q"],"f":true}"#,
    r#"{"a":1}"#,
    r#"{"a":"","f":"z"}"#,
    r#"{"other":[[1],[{}]],"a":{}}"#,
    r#"{"version":"0","detail-type":"t","detail":{"a":"v","d":[{"e":1}]},"resources":[]}"#,
];

const SUBSCRIBED: &str = r#"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"g","subscriptionFilters":["f"],"logEvents":["#;
const FILTERED: &str = r#"],"searchedLogStreams":[{"logStreamName":"s","searchedCompletely":true}],"nextToken":"t-1"}"#;

/// The members of those envelopes; no record has one of these.
const NAMES: [&str; 10] = [
    "",
    "Records",
    "events",
    "messageType",
    "owner",
    "logGroup",
    "subscriptionFilters",
    "logEvents",
    "searchedLogStreams",
    "nextToken",
];

/// One of the ways in which records come, and the member that holds them.
fn layout(way: usize, records: &[&str]) -> (String, Option<&'static str>) {
    let elements = records.join(",");
    let trail = format!("{{\"Records\":[{elements}]}}");
    let subscribed = format!("{SUBSCRIBED}{elements}]}}");
    match way {
        0 => (trail, Some("Records")),
        1 => (trail.repeat(2), Some("Records")),
        2 => (format!("{trail}\n{trail}\n"), Some("Records")),
        3 => (format!("{{\"events\":[{elements}{FILTERED}"), Some("events")),
        4 => (subscribed, Some("logEvents")),
        5 => (subscribed.repeat(2), Some("logEvents")),
        6 => (format!("[{elements}]"), None),
        7 => (records.join("\n"), None),
        _ => (records.concat(), None),
    }
}

const WAYS: usize = 9;

/// What is done to a byte.
#[derive(Debug, Clone, Copy)]
enum Blow {
    Delete,
    Double,
    Replace(u8),
}

fn blow() -> impl Strategy<Value = (Index, Blow)> {
    let what = prop_oneof![
        Just(Blow::Delete),
        Just(Blow::Double),
        prop::sample::select(&b"{}[]\",:\\ .;-'\n"[..]).prop_map(Blow::Replace),
    ];
    (any::<Index>(), what)
}

fn strike(text: &mut Vec<u8>, at: Index, blow: Blow) {
    let at = at.index(text.len());
    match blow {
        Blow::Delete => {
            text.remove(at);
        }
        Blow::Double => text.insert(at, text[at]),
        Blow::Replace(byte) => text[at] = byte,
    }
}

/// How long the longest good part of an envelope is that the text begins with: one that is an
/// object of known members between these two, and ends with this byte.
fn envelope(text: &str, before: &str, last: char, after: &str) -> Option<usize> {
    let is_good = |end: &usize| {
        let object = format!("{before}{}{after}", &text[..*end]);
        serde_json::from_str::<BTreeMap<String, serde_json::Value>>(&object)
            .is_ok_and(|members| members.keys().all(|name| NAMES.contains(&name.as_str())))
    };
    text.rmatch_indices(last).map(|(at, _)| at + 1).find(is_good)
}

/// What neither separates records nor is a good head or tail of an envelope.
fn unexplained(mut text: &str) -> Option<&str> {
    while let Some(first) = text.chars().next() {
        let length = match first {
            '{' => envelope(text, "", '[', "]}"),
            ']' => envelope(text, "{\"\":[", '}', "").or(Some(1)),
            ' ' | '\n' | ',' | '[' => Some(1),
            _ => None,
        };
        let Some(length) = length else { return Some(text) };
        text = &text[length..];
    }
    None
}

/// The first bytes that were lost, if any were.
fn lost<'a>(text: &'a str, records: &[Seen]) -> Option<&'a str> {
    let starts = records.iter().map(|(_, offset, ..)| *offset as usize).chain([text.len()]);
    let ends = records.iter().map(|(_, offset, length, ..)| (offset + length) as usize);
    [0].into_iter().chain(ends).zip(starts).find_map(|(from, to)| unexplained(&text[from..to]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_byte_is_lost(
        way in 0..WAYS,
        records in prop::collection::vec(prop::sample::select(&RECORDS[..]), 1..5),
        blows in prop::collection::vec(blow(), 1..4),
        pretty in any::<bool>(),
        sizes in prop::collection::vec(1usize..40, 1..4),
    ) {
        let (mut text, member) = layout(way, &records);
        if pretty {
            text = text.replace(",\"", ",\n  \"").replace("},", "},\n").replace(':', ": ");
        }
        let mut bytes = text.into_bytes();
        for (at, blow) in blows {
            strike(&mut bytes, at, blow);
        }
        let text = String::from_utf8_lossy(&bytes);
        let (records, end) = cut(&bytes, member, &[]);
        prop_assert_eq!(lost(&text, &records), None, "{:?} {}\n{:?}", end, text, records);
        prop_assert_eq!(cut(&bytes, member, &sizes), (records, end));
    }
}
