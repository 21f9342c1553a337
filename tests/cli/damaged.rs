//! Evidence that is not there, not whole, or not what it seems.

use crate::bench::{Bench, gzip, record, three, trail, zip};
use std::os::unix::fs::symlink;

#[test]
fn what_is_not_there_is_told_and_the_rest_is_read() {
    let bench = Bench::with_trail();
    let evidence = bench.evidence();
    let said = bench.run(&["query", "/no/such/folder", &evidence, "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("3\n", 3));
    assert!(said.err.contains("/no/such/folder: failed: no such file or folder"), "{}", said.err);
    let said = bench.run(&["query", "/no/such/folder", "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("0\n", 4));
    let said = bench.run(&["query", &evidence, "./mistyped.json", "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("3\n", 3), "a path is no filter");
}

#[test]
fn what_vanished_is_in_the_ledger() {
    let bench = Bench::with_trail();
    let evidence = bench.evidence();
    let said = bench.run(&["coverage", &evidence, "gone.json", "--format", "json"]);
    let ledger: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&ledger["total"]["failed"], said.code), (&1.into(), 3));
    assert_eq!(ledger["objects"][1]["reason"]["kind"], "not_found");
    let arguments = ["query", "./gone.json", &evidence, "event:None", "--exit-match", "--count"];
    assert_eq!(bench.run(&arguments).code, 1, "no match is told before what is partial");
}

#[test]
fn links_that_lead_nowhere_are_left_and_told() {
    let bench = Bench::new();
    symlink("gone.json", bench.path("evidence").join("link.json")).unwrap();
    let said = bench.query(&["--count"]);
    assert_eq!((said.out.as_str(), said.code), ("0\n", 4));
    assert!(said.err.contains("link.json: skipped: a link that leads nowhere"), "{}", said.err);
}

/// None of it is a fault, and all of it may be evidence.
#[test]
fn what_is_left_out_is_told() {
    let bench = Bench::with_trail();
    let said = bench.query(&["--count"]);
    assert_eq!((said.out.as_str(), said.code, said.err.as_str()), ("3\n", 0, ""));
    std::fs::write(bench.path("one.log"), "outside").unwrap();
    for name in ["a.log", "b.log"] {
        symlink(bench.path("one.log"), bench.path("evidence").join(name)).unwrap();
    }
    let _socket = std::os::unix::net::UnixListener::bind(bench.path("evidence/s")).unwrap();
    bench.write("odd.jsonl", b"{\"time\":\"2026-03-04T10:00:00Z\"}\n{\"m\": \"broken\n{\"m\":1}\n");
    let said = bench.query(&["--count"]);
    assert_eq!((said.out.as_str(), said.code), ("6\n", 0), "{}", said.err);
    let told = [
        "2 links lead out of what was named and were not followed; name what they point to",
        "1 pipe, socket or device in what was named was not read; name a pipe to read it",
        "1 record could not be understood; format:unparsed shows it",
    ];
    let told = told.map(|line| format!("trailcase: {line}\n")).concat();
    assert_eq!(said.err, told);
}

#[test]
fn what_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::with_trail();
    let path = bench.write("secret.json", &trail(&[record(7, "2026-03-04T10:00:00Z", "X")]));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o0)).unwrap();
    // Who may read everything reads this too.
    let expected = if std::fs::File::open(&path).is_ok() { ("4\n", 0) } else { ("3\n", 3) };
    let said = bench.query(&["--count"]);
    assert_eq!((said.out.as_str(), said.code), expected, "{}", said.err);
}

#[test]
fn a_file_that_breaks_off_gives_what_it_has() {
    let bench = Bench::new();
    let records: Vec<_> =
        (0..500).map(|id| record(id, "2026-03-04T10:00:00Z", "GetUser")).collect();
    let whole = gzip(&trail(&records));
    bench.write("cut.json.gz", &whole[..whole.len() / 2]);
    let said = bench.query(&["--count"]);
    let count: u64 = said.out.trim().parse().unwrap();
    assert!((1..500).contains(&count), "{count}");
    assert_eq!(said.code, 3);
    assert!(said.err.contains("cut.json.gz: partial: "), "{}", said.err);
    let raw = bench.query(&["--format", "jsonl", "--fields", "id,raw", "event:GetUser"]);
    for event in raw.json() {
        assert!(event["raw"].as_str().unwrap().contains(event["id"].as_str().unwrap()));
    }
    let found = bench.query(&["\"value-0\"", "--count"]);
    assert_eq!((found.out.as_str(), found.code), ("1\n", 3), "records are read as far as they go");
}

#[test]
fn damage_at_the_very_start_is_nothing_read() {
    let bench = Bench::new();
    let mut bad = gzip(&trail(&three()));
    bad[10..40].fill(0xff);
    bench.write("bad.json.gz", &bad);
    let said = bench.query(&["--count"]);
    assert_eq!(said.out, "0\n");
    assert!(said.code == 4 || said.code == 3, "{}", said.err);
    assert!(said.err.contains("bad.json.gz: "), "{}", said.err);
}

#[test]
fn nothing_at_all_is_said_to_be_nothing() {
    let bench = Bench::new();
    let said = bench.query(&["--count"]);
    assert_eq!((said.out.as_str(), said.code), ("0\n", 4));
    assert!(said.err.contains("not one file"), "{}", said.err);
}

#[test]
fn what_is_no_log_is_read_and_holds_nothing() {
    let bench = Bench::new();
    bench.write("digest.json", b"{\"digestStartTime\":\"2026-03-04T09:00:00Z\",\"digestEndTime\":\"2026-03-04T10:00:00Z\",\"logFiles\":[]}");
    let said = bench.query(&["--count"]);
    assert_eq!((said.out.as_str(), said.code), ("0\n", 0), "{}", said.err);
}

#[test]
fn members_of_archives_are_evidence_of_their_own() {
    let bench = Bench::new();
    let inner = trail(&three());
    let path =
        bench.write("all.zip", &zip(&[("a/one.json", &inner), ("two.json.gz", &gzip(b"x"))]));
    let said = bench.query(&["event:CreateUser", "--format", "jsonl"]);
    let event = &said.json()[0];
    assert_eq!(event["origin.object"], format!("{path}!a/one.json"));
    let raw = bench.query(&["event:CreateUser", "--format", "jsonl", "--fields", "raw"]).json();
    let from = usize::try_from(event["origin.offset"].as_u64().unwrap()).unwrap();
    let length = usize::try_from(event["origin.length"].as_u64().unwrap()).unwrap();
    assert_eq!(raw[0]["raw"].as_str().unwrap().as_bytes(), &inner[from..from + length]);
}

#[test]
fn a_line_without_end_is_a_row_and_not_a_crash() {
    let bench = Bench::new();
    let mut bytes = b"{\"time\":\"2026-03-04T10:00:00Z\",\"user\":\"a\"}\n{\"x\":\"".to_vec();
    bytes.resize(bytes.len() + (100 << 20), b'A');
    bytes.extend_from_slice(b"\"}\n{\"time\":\"2026-03-04T11:00:00Z\",\"user\":\"b\"}\n");
    bench.write("long.jsonl", &bytes);
    let said = bench.query(&["--by", "format"]);
    assert_eq!((said.out.as_str(), said.code), ("2\tjson_lines\n1\tunparsed\n", 0), "{}", said.err);
    let said = bench.query(&["format:unparsed", "--fields", "reason"]);
    assert_eq!(said.lines()[1], "longer than 8 MiB");
    assert_eq!(bench.query(&["\"no such text\"", "--count"]).out, "0\n");
}

#[test]
fn json_as_deep_as_an_attacker_likes_is_unparsed() {
    let bench = Bench::new();
    let deep = format!("{{\"a\":{}1{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    let mut bytes = b"{\"time\":\"2026-03-04T10:00:00Z\"}\n".to_vec();
    bytes.extend_from_slice(deep.as_bytes());
    bench.write("deep.jsonl", &bytes);
    let said = bench.query(&["--count"]);
    assert_eq!((said.out.as_str(), said.code), ("2\n", 0), "{}", said.err);
    let said = bench.query(&["a.b.c:x", "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("0\n", 0), "{}", said.err);
    let trailed = format!("{{\"Records\":[{{\"a\":{}", "{\"a\":".repeat(100_000));
    bench.write("deep.json", trailed.as_bytes());
    assert!(bench.query(&["--count"]).code <= 3);
}

#[test]
fn a_damaged_member_of_gzip_takes_no_other_with_it() {
    let bench = Bench::new();
    let part = |from: u32| {
        let records = (from..from + 50).map(|id| record(id, "2026-03-04T10:00:00Z", "GetUser"));
        let lines: Vec<String> = records.map(|record| record.to_string() + "\n").collect();
        gzip(lines.concat().as_bytes())
    };
    let (first, mut second, third) = (part(0), part(50), part(100));
    let middle = second.len() / 2;
    second[middle] ^= 0x10;
    bench.write("parts.jsonl.gz", &[first, second, third].concat());
    let said = bench.query(&["--format", "jsonl", "--fields", "id,raw", "event:GetUser"]);
    let ids: Vec<String> =
        said.json().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    for id in (0..50).chain(100..150) {
        let id = record(id, "2026-03-04T10:00:00Z", "GetUser")["eventID"].clone();
        let count = ids.iter().filter(|known| **known == id).count();
        assert_eq!(count, 1, "{id}");
    }
    for event in said.json() {
        assert!(event["raw"].as_str().unwrap().contains(event["id"].as_str().unwrap()));
    }
    assert_eq!(said.code, 3);
    assert!(
        said.err.contains("parts.jsonl.gz: partial: the gzip data is damaged: "),
        "{}",
        said.err
    );
    assert!(said.err.contains("reading went on"), "{}", said.err);
    let found = bench.query(&["\"value-149\"", "--count"]);
    assert_eq!((found.out.as_str(), found.code), ("1\n", 3), "{}", found.err);
}
