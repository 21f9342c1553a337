//! `scan`: how much of each kind stands in each source, and never what.

use crate::bench::{Bench, gzip, record, trail};
use serde_json::Value;

/// Two sources: a trail, of which one record has a lot in it, and a text log.
fn bench() -> (Bench, [String; 2]) {
    let bench = Bench::new();
    let mut one = record(1, "2026-03-04T10:00:00Z", "PutParameter");
    one["requestParameters"] = serde_json::json!({
        "description": "dana.roe@example.com or +49 30 1234567, 4111 1111 1111 1111",
        "value": "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "more": "dana.roe@example.com",
    });
    let two = record(2, "2026-03-04T10:01:00Z", "GetUser");
    let trail = gzip(&trail(&[two, one]));
    let log = b"2026-03-04T10:02:00Z INFO started\n2026-03-04T10:03:00Z INFO mail to J\\u00f6rg@example.com\n";
    let sources = [bench.write("a/trail.json.gz", &trail), bench.write("b/app.log", log)];
    (bench, sources)
}

fn kind<'a>(source: &'a Value, name: &str) -> &'a Value {
    let kinds = source["kinds"].as_array().unwrap();
    kinds.iter().find(|it| it["kind"] == name).unwrap_or(&Value::Null)
}

#[test]
fn each_kind_is_counted_by_source_and_no_value_is_printed() {
    let (bench, [trail, log]) = bench();
    let said = bench.run(&["scan", &trail, &log, "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let found: Value = serde_json::from_str(&said.out).unwrap();
    let sources = found["sources"].as_array().unwrap();
    assert_eq!((sources.len(), sources[0]["records"].as_u64()), (2, Some(2)), "{found}");
    for (name, occurrences) in [
        ("e-mail addresses", 2),
        ("telephone numbers", 1),
        ("card numbers", 1),
        ("secret access keys", 1),
    ] {
        let it = kind(&sources[0], name);
        assert_eq!(
            (it["records"].as_u64(), it["occurrences"].as_u64()),
            (Some(1), Some(occurrences)),
            "{name}: {found}"
        );
        assert_eq!(it["first"]["index"], 2, "{name}: {found}");
    }
    assert_eq!(kind(&sources[1], "e-mail addresses")["first"]["line"], 2, "{found}");
    assert_eq!(found["unread"], 0);

    let table = bench.run(&["scan", &trail, &log]);
    assert_eq!(table.code, 0, "{}", table.err);
    for value in ["dana", "4111", "wJalr", "rg@", "1234567"] {
        assert!(!table.out.contains(value) && !said.out.contains(value), "{value}: {}", table.out);
    }
    for told in ["trail.json.gz: 2 records looked into", "e-mail addresses", "app.log, line 2"] {
        assert!(table.out.contains(told), "{told}: {}", table.out);
    }
}

#[test]
fn a_source_with_nothing_is_told_too_and_one_that_is_not_there() {
    let bench = Bench::new();
    let clean = bench.write("clean.log", b"2026-03-04T10:02:00Z INFO started\n");
    let said = bench.run(&["scan", &clean]);
    assert!(said.code == 0 && said.out.contains("nothing of what is looked for"), "{}", said.out);
    let none = bench.path("none").display().to_string();
    assert_ne!(bench.run(&["scan", &none]).code, 0);
    assert_eq!(bench.run(&["scan"]).code, 2);
}

#[test]
fn the_answer_does_not_depend_on_the_threads() {
    let (bench, [trail, log]) = bench();
    let scan = |jobs: &str| bench.run(&["scan", &trail, &log, "--format", "json", "--jobs", jobs]);
    assert_eq!(scan("1").out, scan("4").out);
}
