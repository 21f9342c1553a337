//! `coverage`: numbers that add up, for every object and in all.

use crate::bench::{Bench, gzip, record, three, trail, zip};
use serde_json::Value;
use trailcase::event::Timestamp;

const NUMBERS: [&str; 6] = ["events", "records", "parsed", "unparsed", "duplicate", "out_of_range"];

/// Checks every sum of the ledger.
fn check_sums(ledger: &Value) {
    let number = |of: &Value, name: &str| of[name].as_u64().unwrap();
    let objects = ledger["objects"].as_array().unwrap();
    let total = &ledger["total"];
    for one in objects.iter().chain([total]) {
        let parts = ["parsed", "unparsed", "duplicate", "out_of_range"];
        let sum: u64 = parts.iter().map(|name| number(one, name)).sum();
        assert_eq!(number(one, "records"), sum, "{one}");
    }
    for name in NUMBERS.iter().chain(&["bytes", "inflated"]) {
        let sum: u64 = objects.iter().map(|one| number(one, name)).sum();
        assert_eq!(number(total, name), sum, "{name}");
    }
    let states = ["read", "partial", "skipped", "failed", "not_a_log"];
    let sum: u64 = states.iter().map(|state| number(total, state)).sum();
    assert_eq!(number(total, "objects"), sum);
    assert_eq!(objects.len() as u64, sum);
}

fn object<'a>(ledger: &'a Value, end: &str) -> &'a Value {
    let objects = ledger["objects"].as_array().unwrap();
    objects.iter().find(|one| one["object"].as_str().unwrap().ends_with(end)).unwrap()
}

#[test]
fn every_object_is_accounted_for() {
    let bench = Bench::new();
    let plain = trail(&three());
    bench.write("a.json", &plain);
    bench.write("b.json.gz", &gzip(&trail(&[record(9, "2026-03-04T12:00:00Z", "Other")])));
    bench.write("copy.json", &plain);
    bench.write("overlap.json", &trail(&three()[..2]));
    bench.write("empty", b"");
    bench.write("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01");
    bench.write("logs.zip", &zip(&[("x/app.jsonl", b"{\"time\":\"2026-03-04T10:00:00Z\"}\n")]));
    bench.write("LICENSE", b"You may copy this.\nIt comes without warranty.\n");
    bench.write("notes.log", b"10:31 what is this\nnobody knows\n");
    let (ledger, code) = bench.coverage(&[]);
    check_sums(&ledger);
    assert_eq!(code, 0, "duplicates and pictures are no failures");
    let state = |end: &str| object(&ledger, end)["state"].as_str().unwrap().to_owned();
    assert_eq!(state("a.json"), "read");
    assert_eq!(state("copy.json"), "skipped");
    assert_eq!(state("empty"), "not_a_log");
    assert_eq!(state("picture.png"), "not_a_log");
    assert_eq!(state("LICENSE"), "not_a_log");
    assert_eq!(object(&ledger, "overlap.json")["duplicate"], 2);
    assert_eq!(object(&ledger, "notes.log")["unparsed"], 2);
    assert_eq!(object(&ledger, "a.json")["formats"], serde_json::json!({"cloudtrail": 3}));
    assert_eq!(object(&ledger, "copy.json")["reason"]["kind"], "same_object");
    let member = object(&ledger, "logs.zip!x/app.jsonl");
    assert_eq!(member["parent"], object(&ledger, "logs.zip")["object"]);
    assert_eq!((&member["bytes"], &member["sha256"]), (&0.into(), &Value::Null));
    let total = &ledger["total"];
    assert_eq!(total["time_first"], "2026-03-04T10:00:00Z");
    assert_eq!(total["time_last"], "2026-03-05T09:30:00Z");
    assert_eq!(total["zone_assumed"], Value::Null);
    let count: u64 = bench.query(&["--count"]).out.trim().parse().unwrap();
    assert_eq!(total["events"], count);
}

#[test]
fn records_out_of_the_time_asked_for_are_counted() {
    let bench = Bench::with_trail();
    let (ledger, code) = bench.coverage(&["--since", "2026-03-04T10:30", "--until", "2026-03-05"]);
    check_sums(&ledger);
    assert_eq!(
        (&ledger["total"]["out_of_range"], &ledger["total"]["parsed"]),
        (&2.into(), &1.into())
    );
    assert_eq!(code, 0);
}

#[test]
fn an_assumed_zone_is_said() {
    let bench = Bench::new();
    bench.write("auth.log", b"Mar  4 10:00:00 web1 sshd[7]: Accepted publickey for alice from 192.0.2.1 port 40000 ssh2\n");
    let (ledger, _) = bench.coverage(&["--zone", "+01:00"]);
    assert_eq!(ledger["total"]["zone_assumed"], "+01:00");
    assert!(ledger["total"]["time_first"].as_str().unwrap().ends_with("-03-04T09:00:00Z"));
}

/// What comes through a pipe is as new as a file that was just written.
#[test]
fn times_without_a_year_get_one_through_a_pipe_too() {
    let bench = Bench::new();
    let now = Timestamp::now();
    let year = now.civil().year;
    let line = "Jan  1 00:00:01 host1 app[77]: a\n";
    let expected = [year, year - 1].map(|year| format!("{year}-01-01T00:00:01Z"));
    let said = bench.pipe(&["query", "-", "--format", "jsonl"], line.as_bytes());
    let events = said.json();
    // The year may end while this runs.
    let is_expected = |time: &Value| expected.iter().any(|one| time == one);
    assert!(events.len() == 1 && is_expected(&events[0]["time"]), "{} {}", said.out, said.err);
    let packed = bench.pipe(&["query", "-", "--format", "jsonl"], &gzip(line.as_bytes())).json();
    assert!(is_expected(&packed[0]["time"]), "{packed:?}");
}

/// What a log that is cut short under its writer, or a crash, leaves behind.
#[test]
fn zero_bytes_before_and_in_a_log_hide_nothing() {
    let bench = Bench::new();
    let line = "Nov 26 22:00:01 host1 app[77]: a\n";
    let zeros = [0; 5000];
    bench.write("before.log", &[&zeros, line.as_bytes()].concat());
    bench.write("between.log", &[line.as_bytes(), &zeros, line.as_bytes()].concat());
    bench.write("none.log", &zeros);
    let (ledger, code) = bench.coverage(&[]);
    check_sums(&ledger);
    assert_eq!((&ledger["total"]["parsed"], &ledger["total"]["unparsed"]), (&3.into(), &2.into()));
    assert_eq!((&object(&ledger, "none.log")["state"], code), (&"not_a_log".into(), 0));
    let fields = ["format:unparsed", "--fields", "reason,origin.offset", "--format", "jsonl"];
    let said = bench.query(&fields).json();
    assert_eq!(said.len(), 2);
    for (row, offset) in said.iter().zip([0, line.len()]) {
        assert_eq!(row["reason"], "5000 zero bytes where a record would begin");
        assert_eq!(row["origin.offset"], offset);
    }
    let raw = bench.query(&["format:syslog", "--fields", "raw", "--format", "jsonl"]).json();
    assert!(raw.len() == 3 && raw.iter().all(|event| event["raw"] == line.trim_end()), "{raw:?}");
}

#[test]
fn events_without_a_time_are_said() {
    let bench = Bench::new();
    let times =
        ["2026-03-04T10:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "not a time"];
    let records: Vec<Value> =
        (1..).zip(times).map(|(id, time)| record(id, time, "GetUser")).collect();
    let file = trail(&records);
    bench.write("a.json", &file);
    bench.write(
        "b.jsonl",
        b"{\"time\":\"soon\",\"message\":\"a\"}\n{\"m\": \"broken\n{\"message\":\"b\"}\n",
    );
    let (ledger, _) = bench.coverage(&[]);
    check_sums(&ledger);
    let first = file.windows(4).position(|part| part == b"9999").unwrap() as u64;
    for (name, times, before) in [("a.json", 3, first), ("b.jsonl", 2, 1)] {
        let remarks = &object(&ledger, name)["remarks"];
        assert_eq!(remarks.as_array().map(Vec::len), Some(1), "{remarks}");
        assert_eq!(
            (&remarks[0]["times"], &remarks[0]["reason"]["kind"]),
            (&times.into(), &"no_time".into())
        );
        let offset = remarks[0]["reason"]["offset"].as_u64().unwrap();
        assert!(offset < before && before - offset < 400, "{remarks}");
    }
    let table = bench.run(&["coverage", &bench.evidence()]);
    assert!(table.out.contains("without a time that could be read"), "{}", table.out);
    assert_eq!(table.code, 0);
}

#[test]
fn gaps_are_found_on_request() {
    let bench = Bench::new();
    let minutes = [0, 1, 2, 3, 40, 41];
    let records: Vec<Value> = minutes
        .iter()
        .map(|minute| record(*minute, &format!("2026-03-04T10:{minute:02}:00Z"), "GetUser"))
        .collect();
    bench.write("t.json", &trail(&records));
    assert!(bench.coverage(&[]).0.get("gaps").is_none());
    let (ledger, _) = bench.coverage(&["--gaps"]);
    let gaps = ledger["gaps"].as_array().unwrap();
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0]["from"], "2026-03-04T10:03:00Z");
    assert_eq!(gaps[0]["seconds"], 37 * 60);
    let said = bench.run(&["coverage", &bench.evidence(), "--gaps"]);
    assert!(said.out.contains("10:03:00Z to 2026-03-04T10:40:00Z"), "{}", said.out);
}

/// A trail that was stopped, and on again; its account has no other source.
fn stopped() -> Bench {
    let bench = Bench::new();
    let minute = |minute: u32| format!("2026-03-04T10:{minute:02}:00Z");
    let mut records: Vec<Value> =
        [0, 1, 2, 3, 40, 41].map(|at| record(at, &minute(at), "GetUser")).into();
    for (at, event) in [(3, "StopLogging"), (4, "DeleteTrail"), (40, "StartLogging")] {
        let mut call = record(100 + at, &minute(at), event);
        call["eventSource"] = "cloudtrail.amazonaws.com".into();
        call["requestParameters"] = serde_json::json!({"name": "main\u{1b}[31m"});
        if event == "DeleteTrail" {
            call["errorCode"] = "AccessDenied".into();
        }
        records.push(call);
    }
    bench.write("t.json", &trail(&records));
    bench.write("app.jsonl", b"{\"time\":\"2026-03-04T10:50:00Z\",\"message\":\"x\"}\n");
    bench
}

#[test]
fn what_silence_means_is_told_of_every_lane() {
    let bench = stopped();
    assert!(bench.coverage(&[]).0.get("presence").is_none());
    let (ledger, _) = bench.coverage(&["--gaps"]);
    let presence = &ledger["presence"];
    assert_eq!(presence["newest"], "2026-03-04T10:50:00Z");
    let lanes = presence["lanes"].as_array().unwrap();
    let lane = lanes.iter().find(|lane| lane["format"] == "cloudtrail").unwrap();
    assert_eq!((&lane["account"], &lane["region"]), (&"111122223333".into(), &"eu-west-1".into()));
    assert_eq!((&lane["events"], &lane["usual_seconds"]), (&9.into(), &60.0.into()));
    assert_eq!(lane["hours"], serde_json::json!({"with": 1, "without": 0, "proven_empty": 0}));
    assert_eq!(lane["lag_seconds"], serde_json::json!({"usual": 300, "longest": 900}));
    assert_eq!((&lane["end"]["state"], &lane["gaps"]), (&"not_yet_delivered".into(), &1.into()));
    assert_eq!(ledger["gaps"][0]["basis"], "inferred");
    let state = |source: &str| {
        let all = presence["expected"].as_array().unwrap();
        all.iter().find(|found| found["source"] == source).unwrap()["state"].clone()
    };
    assert_eq!((state("CloudTrail"), state("GuardDuty")), ("present".into(), "absent".into()));
    let clock = &presence["clock"]["formats"];
    let of = |format: &str| clock[format]["clock"].as_str().unwrap().to_owned();
    assert_eq!((of("cloudtrail"), of("json_lines")), ("aws".to_owned(), "writer".to_owned()));
}

#[test]
fn who_stopped_a_trail_is_told_with_the_record() {
    let bench = stopped();
    let (ledger, _) = bench.coverage(&["--gaps"]);
    let switched = ledger["presence"]["switched"].as_array().unwrap();
    let of = |name: &str| switched.iter().map(|one| one[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("event"), ["StopLogging", "DeleteTrail"]);
    assert_eq!(of("outcome"), ["success", "denied"]);
    assert_eq!(of("index"), [7, 8]);
    assert!(switched[0]["object"].as_str().unwrap().ends_with("t.json"));
    assert_eq!(switched[0]["by"], "arn:aws:iam::111122223333:user/alice");
    assert_eq!(switched[0]["again"]["time"], "2026-03-04T10:40:00Z");
    assert_eq!(switched[1]["again"], Value::Null);
    let said = bench.run(&["coverage", &bench.evidence(), "--gaps"]);
    for part in ["off, and on again", "DeleteTrail (CloudTrail), denied", "StartLogging", "main"] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    assert!(!said.out.contains('\u{1b}'), "{}", said.out);
}

#[test]
fn retention_is_compared_with_what_is_asked_for() {
    let bench = Bench::new();
    let times = ["2025-11-20T10:00:00Z", "2026-03-04T10:00:00Z"];
    let records: Vec<Value> = (1..).zip(times).map(|(id, at)| record(id, at, "GetUser")).collect();
    bench.write("t.json", &trail(&records));
    let reached = |arguments: &[&str]| {
        let (ledger, code) = bench.coverage(arguments);
        assert_eq!(code, 0);
        let periods = ledger["presence"]["retention"]["all"]["periods"].as_array().unwrap().clone();
        periods.iter().map(|it| it["reached"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(reached(&["--gaps"]), [true, false], "90 days, and 12 months");
    assert_eq!(reached(&["--gaps", "--retention", "3mo,104d,105d"]), [true, true, false]);
    let said = bench.run(&["coverage", &bench.evidence(), "--gaps", "--retention", "105d"]);
    assert!(said.out.contains("1 d short"), "{}", said.out);
    for wrong in [&["--gaps", "--retention", "soon"][..], &["--retention", "90d"]] {
        let evidence = bench.evidence();
        let mut all = vec!["coverage", &evidence];
        all.extend(wrong);
        assert_eq!(bench.run(&all).code, 2, "{wrong:?}");
    }
}

#[test]
fn people_see_sums_and_what_is_odd() {
    let bench = Bench::with_trail();
    bench.write("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let said = bench.run(&["coverage", &bench.evidence()]);
    assert_eq!(said.code, 0);
    for part in ["objects  2", "records  3", "cloudtrail   3", "picture.png: not_a_log: "] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    assert!(!said.out.contains("trail.json"), "what is plainly read is not listed");
    assert_eq!(bench.run(&["coverage"]).code, 2);
    assert_eq!(bench.run(&["coverage", "-w", "x", "y"]).code, 2);
}
