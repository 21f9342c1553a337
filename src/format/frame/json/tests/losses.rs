//! However an object is damaged, each of its bytes is in a record, is what separates records, or
//! is part of an envelope that is still good.

use super::{Seen, cut};
use proptest::prelude::*;
use proptest::sample::Index;

/// What a byte was before the damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Record,
    Tail,
    /// Between records, or around all of them.
    Separator,
}

type Parts = Vec<(Part, String)>;

const RECORDS: [&str; 7] = [
    r#"{"a":"v","b":{"c":"w"},"d":[{"e":1}],"f":"z"}"#,
    r#"{"a":"v","d":[{"e":{"g":[]}},{"e":2,"h":null}],"b":{"c":{"i":"{[\"x\"]}"}},"f":-1.5e3}"#,
    r#"{"a":"a, b","d":["p","q"],"f":true}"#,
    r#"{"a":1}"#,
    r#"{"a":"","f":"z"}"#,
    r#"{"other":[[1],[{}]],"a":{}}"#,
    r#"{"version":"0","detail-type":"t","detail":{"a":"v","d":[{"e":1}]},"resources":[]}"#,
];

const FILTERED: &str = r#"],"searchedLogStreams":[{"logStreamName":"s","searchedCompletely":true}],"nextToken":"t-1"}"#;
const SUBSCRIBED: &str = r#"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"g","subscriptionFilters":["f"],"logEvents":["#;

/// The parts of one envelope or array.
fn around(head: &str, records: &[&str], tail: &str) -> Parts {
    let mut parts = vec![(Part::Head, head.to_owned())];
    for (at, record) in records.iter().enumerate() {
        if at > 0 {
            parts.push((Part::Separator, ",".to_owned()));
        }
        parts.push((Part::Record, (*record).to_owned()));
    }
    parts.push((Part::Tail, tail.to_owned()));
    parts
}

fn after_each(records: &[&str], separator: &str) -> Parts {
    let parts = records.iter().flat_map(|record| {
        [(Part::Record, (*record).to_owned()), (Part::Separator, separator.to_owned())]
    });
    parts.collect()
}

/// One of the ways in which records come, and the member that holds them.
fn layout(way: usize, records: &[&str]) -> (Parts, Option<&'static str>) {
    let twice = |mut parts: Parts, separator: &str| {
        let again = parts.clone();
        parts.push((Part::Separator, separator.to_owned()));
        parts.extend(again);
        parts
    };
    let trail = around("{\"Records\":[", records, "]}");
    match way {
        0 => (trail, Some("Records")),
        1 => (twice(trail, ""), Some("Records")),
        2 => (twice(trail, "\n"), Some("Records")),
        3 => (around("{\"events\":[", records, FILTERED), Some("events")),
        4 => (around(SUBSCRIBED, records, "]}"), Some("logEvents")),
        5 => (twice(around(SUBSCRIBED, records, "]}"), ""), Some("logEvents")),
        6 => (around("[", records, "]"), None),
        7 => (after_each(records, "\n"), None),
        _ => (after_each(records, ""), None),
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

/// The bytes, each with the number of its part.
fn damaged(parts: &Parts, blows: &[(Index, Blow)]) -> Vec<(u8, usize)> {
    let of_part = |(at, (_, text)): (usize, &(Part, String))| {
        text.bytes().map(move |byte| (byte, at)).collect::<Vec<_>>()
    };
    let mut bytes: Vec<(u8, usize)> = parts.iter().enumerate().flat_map(of_part).collect();
    for (at, blow) in blows {
        let at = at.index(bytes.len());
        match blow {
            Blow::Delete => {
                bytes.remove(at);
            }
            Blow::Double => bytes.insert(at, bytes[at]),
            Blow::Replace(byte) => bytes[at].0 = *byte,
        }
    }
    bytes
}

/// Whether the text is still what envelopes like this one have before or after their array.
fn is_good(part: Part, text: &str, original: &str) -> bool {
    let members = |text: &str| {
        let text = text.trim_start_matches([',', ' ', '\n']);
        let whole = match part {
            Part::Head => format!("{}[]}}", text.trim_end_matches(['[', ']', ',', ' ', '\n'])),
            _ => format!("{{\"\":[{text}"),
        };
        serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&whole)
            .map(|members| members.into_iter().map(|(name, _)| name).collect::<Vec<_>>())
    };
    let (found, known) = (members(text), members(original));
    text == original
        || found.is_ok_and(|found| {
            known.is_ok_and(|known| found.iter().all(|name| known.contains(name)))
        })
}

/// The first byte that was lost, if one was.
fn lost(parts: &Parts, bytes: &[(u8, usize)], records: &[Seen]) -> Option<usize> {
    let mut covered = vec![false; bytes.len()];
    for (_, offset, length, ..) in records {
        let start = *offset as usize;
        covered[start..start + *length as usize].fill(true);
    }
    let ends_envelope = |at: usize| {
        let before = bytes[..at].iter().rposition(|(byte, _)| !b" \n".contains(byte));
        bytes[at].0 == b'}' && before.is_some_and(|at| bytes[at].0 == b']' && !covered[at])
    };
    let bare =
        |at: &usize| !covered[*at] && !b" \n,[]".contains(&bytes[*at].0) && !ends_envelope(*at);
    let is_lost = |at: &usize| {
        let number = bytes[*at].1;
        let left = |at: &usize| !covered[*at] && bytes[*at].1 == number;
        let start = (0..*at).rev().take_while(left).last().unwrap_or(*at);
        let text: Vec<u8> = (start..bytes.len()).take_while(left).map(|at| bytes[at].0).collect();
        let (part, original) = &parts[number];
        !matches!(part, Part::Head | Part::Tail)
            || !is_good(*part, &String::from_utf8_lossy(&text), original)
    };
    (0..bytes.len()).filter(bare).find(is_lost)
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
        let (mut parts, member) = layout(way, &records);
        if pretty {
            for (_, text) in &mut parts {
                *text = text.replace(",\"", ",\n  \"").replace("},", "},\n").replace(':', ": ");
            }
        }
        let bytes = damaged(&parts, &blows);
        let text: Vec<u8> = bytes.iter().map(|(byte, _)| *byte).collect();
        let (records, end) = cut(&text, member, &[]);
        let lost = lost(&parts, &bytes, &records);
        prop_assert!(lost.is_none(), "{lost:?} {end:?}\n{}\n{records:?}", String::from_utf8_lossy(&text));
        prop_assert_eq!(cut(&text, member, &sizes), (records, end));
    }
}
