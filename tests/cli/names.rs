//! Files whose names are no text: shown once spelled out, told apart, and found again.

use crate::bench::{Bench, record, trail};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// A byte that is no UTF-8, the same spelled out by whoever named the file, and a plain one.
const NAMES: [&[u8]; 3] = [b"a\x9b31m.json", b"a\\x9b31m.json", b"b\\c.json"];

/// What is shown of them.
const SHOWN: [&str; 3] = ["a\\x9b31m.json", "a\\\\x9b31m.json", "b\\c.json"];

/// One event in a file of each name, which is cut off so that messages name it.
fn bench() -> Bench {
    let bench = Bench::new();
    for (number, name) in (1..).zip(NAMES) {
        let path = bench.path("evidence").join(OsStr::from_bytes(name));
        let mut bytes = trail(&[record(number, "2026-03-04T10:00:00Z", "GetUser")]);
        bytes.truncate(bytes.len() - 1);
        std::fs::write(path, bytes).unwrap();
    }
    bench
}

#[test]
fn a_byte_that_is_no_text_is_spelled_once() {
    let bench = bench();
    let table = bench.query(&["--fields", "origin.object"]);
    let csv = bench.query(&["--fields", "origin.object", "--format", "csv"]);
    let by = bench.query(&["--by", "origin.object"]);
    let coverage = bench.run(&["coverage", &bench.evidence()]);
    for name in SHOWN {
        let name = format!("evidence/{name}");
        for text in [&table.out, &table.err, &csv.out, &by.out, &coverage.out, &coverage.err] {
            assert!(text.contains(&name), "{name}: {text}");
        }
    }
}

#[test]
fn the_name_of_an_object_can_be_turned_back_and_asked_for() {
    let bench = bench();
    let said = bench.query(&["--format", "jsonl", "--fields", "id,origin.object"]);
    let events = said.json();
    let mut names: Vec<Vec<u8>> = Vec::new();
    for event in &events {
        let object = event["origin.object"].as_str().unwrap();
        let plain = trailcase::event::unlabel(object);
        names.push(plain.rsplit(|byte| *byte == b'/').next().unwrap().to_vec());
        let again =
            bench.run(&["query", object, "--format", "jsonl", "--fields", "id,origin.object"]);
        // As it stands this one is the name of another.
        let expected = if object.ends_with("/a\\x9b31m.json") { &events[0] } else { event };
        assert_eq!(&again.json(), std::slice::from_ref(expected), "{}", again.err);
    }
    names.sort_unstable();
    let mut expected = NAMES.map(<[u8]>::to_vec);
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[test]
fn a_source_may_have_any_name() {
    let bench = bench();
    for name in NAMES {
        for command in [&["query", "--count"][..], &["coverage"], &["formats", "check"]] {
            let mut command = bench.command(command);
            command.arg(bench.path("evidence").join(OsStr::from_bytes(name)));
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(3), "{output:?}");
            assert!(String::from_utf8(output.stdout).unwrap().contains('1'));
        }
    }
}
