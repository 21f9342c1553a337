//! `query`: every option, and what its outputs promise.

use crate::bench::{Bench, gzip, read, record, three, trail};
use serde_json::Value;
use std::io::Read;
use std::process::Stdio;

#[test]
fn counts_groups_and_limits() {
    let bench = Bench::with_trail();
    for (arguments, expected) in [
        (vec!["--count"], "3\n"),
        (vec!["event:GetUser", "--count"], "2\n"),
        (vec!["-event:GetUser", "--count"], "1\n"),
        (vec!["event:Nothing", "--count"], "0\n"),
        (vec!["", "--count"], "3\n"),
        (vec!["--by", "event"], "2\tGetUser\n1\tCreateUser\n"),
        (vec!["--by", "event", "--limit", "1"], "2\tGetUser\n"),
        (vec!["--by", "format"], "3\tcloudtrail\n"),
        (vec!["event:GetUser", "--by", "outcome"], "1\tdenied\n1\tsuccess\n"),
        (vec!["--by", "ip"], "3\t203.0.113.7\n"),
        (vec!["--by", "IP", "event:CreateUser"], "1\t203.0.113.7\n"),
        (vec!["--by", "principal"], "3\tarn:aws:iam::111122223333:user/alice\n"),
        (vec!["--by", "requestParameters.deep.er", "--limit", "1"], "1\tvalue-1\n"),
        (vec!["--by", "origin.index", "event:CreateUser"], "1\t1\n"),
        (vec!["--since", "2026-03-05", "--count"], "1\n"),
        (vec!["--until", "2026-03-04T11:00", "--count"], "1\n"),
        (vec!["--since=2026-03-04T10:30", "--until=2026-03-05", "--count"], "1\n"),
        (vec!["time:last1h", "--count"], "1\n"),
        (vec!["origin.object:*.JSON", "--count"], "3\n"),
        (vec!["-origin.object:*.json", "--count"], "0\n"),
        (vec!["--since", "last1h", "--count"], "1\n"),
        (vec!["--since=last24h", "--until", "2026-03-05", "--count"], "2\n"),
        (vec!["--until", "09:30", "--count"], "2\n"),
        (vec!["--until", "last23h", "--count"], "1\n"),
        (vec!["/CreateU.er/", "--count"], "1\n"),
        (vec!["\"value-2\"", "--count"], "1\n"),
        (vec!["requestParameters.deep.er:VALUE-3", "--count"], "1\n"),
        (vec!["--jobs", "1", "value-3", "--count"], "1\n"),
    ] {
        let said = bench.query(&arguments);
        assert_eq!((said.out.as_str(), said.code), (expected, 0), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn the_table_is_aligned_and_in_the_order_of_time() {
    let bench = Bench::with_trail();
    let said = bench.query(&["--fields", "time,event,requestParameters.deep.er"]);
    let lines = said.lines();
    assert_eq!(
        lines,
        [
            "TIME                  EVENT       REQUESTPARAMETERS.DEEP.ER",
            "2026-03-04T10:00:00Z  GetUser     value-2",
            "2026-03-04T11:00:00Z  CreateUser  value-1",
            "2026-03-05T09:30:00Z  GetUser     value-3",
        ]
    );
    let usual = bench.query(&["--limit", "1"]);
    assert_eq!(usual.lines().len(), 2);
    for word in ["cloudtrail", "GetUser", "denied", "user/alice", "203.0.113.7"] {
        assert!(usual.out.contains(word), "{word}: {}", usual.out);
    }
}

#[test]
fn json_lines_say_where_each_record_is() {
    let bench = Bench::new();
    let plain = trail(&three());
    let path = bench.write("t.json.gz", &gzip(&plain));
    let said = bench.query(&["--format", "jsonl"]);
    let events = said.json();
    assert_eq!(events.len(), 3);
    let raw = bench.query(&["--format", "jsonl", "--fields", "raw"]).json();
    for (event, raw) in events.iter().zip(&raw) {
        let number = |name: &str| usize::try_from(event[name].as_u64().unwrap()).unwrap();
        let (from, length) = (number("origin.offset"), number("origin.length"));
        let own = std::str::from_utf8(&plain[from..from + length]).unwrap();
        assert_eq!(raw["raw"], own, "the record's own bytes");
        let parsed: Value = serde_json::from_str(own).unwrap();
        assert_eq!(event["event"], parsed["eventName"]);
        assert_eq!(event["time"], parsed["eventTime"]);
        assert_eq!(event["origin.object"], path.as_str());
        assert_eq!(event["origin.sha256"].as_str().unwrap().len(), 64);
        assert!(event["origin.index"].is_u64() && event.get("origin.line").is_none());
        assert!(event["outcome"].is_string());
        assert_eq!(raw.as_object().unwrap().len(), 1, "only what was asked for");
    }
}

#[test]
fn lines_are_counted_and_bytes_that_are_no_text_are_kept() {
    let bench = Bench::new();
    let line = b"{\"time\":\"2026-03-04T10:00:00Z\",\"user\":\"a\xff\"}";
    bench
        .write("app.jsonl", &[b"{\"time\":\"1970-01-01T00:00:00Z\"}\n", &line[..], b"\n"].concat());
    let said = bench.query(&["--format", "jsonl", "--fields", "origin.line,raw"]);
    let events = said.json();
    assert_eq!(events[0]["origin.line"], 1);
    assert_eq!(events[1]["origin.line"], 2);
    assert!(events[0].get("raw_base64").is_none());
    let base64 = events[1]["raw_base64"].as_str().unwrap();
    assert_eq!(trailcase::event::base64::decode(base64).unwrap(), line);
}

#[test]
fn arrays_are_always_arrays() {
    let bench = Bench::new();
    let mut one = record(1, "2026-03-04T10:00:00Z", "GetObject");
    one["resources"] = serde_json::json!([{"ARN": "arn:aws:s3:::one"}]);
    bench.write("t.json", &trail(&[one]));
    let said = bench.query(&["--format", "jsonl"]).json();
    assert!(said[0]["resource"].as_array().unwrap().contains(&"arn:aws:s3:::one".into()));
    assert!(said[0]["principal"].is_string());
}

#[test]
fn explaining_says_what_is_meant_and_what_it_costs() {
    let bench = Bench::with_trail();
    let said =
        bench.query(&["EVENT:getuser   time:10:00..11:00", "--explain", "--since=2026-03-01"]);
    assert_eq!(said.code, 0);
    for part in [
        "filter   event:getuser time:10:00..11:00",
        "time     from 2026-03-05T10:00:00Z, before 2026-03-05T11:00:00Z",
        "no records",
        "events   0 of 3",
        "command  trailcase query ",
        " --since=2026-03-01 'event:getuser time:10:00..11:00'",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    // Nothing before the first record that is wanted is read, and nothing after the last.
    let bytes = trail(&three()).len() - trail(&three()[..1]).len() - ",".len();
    let said = bench.query(&["event:GetUser \"value-2\"", "--explain"]);
    let cost = format!("2 records in 1 object, {:.1} kB ({bytes} bytes)", bytes as f64 / 1000.0);
    assert!(said.out.contains(&cost), "{}", said.out);
    assert!(!said.out.contains("advice"), "{}", said.out);
    let said = bench.query(&["\"value-*\"", "--explain"]);
    let advice = "advice   * is a character in free text; for any text write /a.*b/\n";
    assert!(said.out.contains(advice), "{}", said.out);
}

#[test]
fn the_command_that_explains_itself_runs() {
    let bench = Bench::with_trail();
    let said = bench.query(&["-event:CreateUser", "--explain"]);
    let line = said.lines().into_iter().find_map(|line| line.strip_prefix("command  ")).unwrap();
    let line = line.replacen("trailcase", env!("CARGO_BIN_EXE_trailcase"), 1);
    let shell = std::process::Command::new("sh").args(["-c", &format!("{line} --count")]).output();
    assert_eq!(String::from_utf8(shell.unwrap().stdout).unwrap(), "2\n");
}

#[test]
fn lists_are_read_from_files() {
    let bench = Bench::with_trail();
    std::fs::write(bench.path("bad.txt"), "# seen before\n198.51.100.9\n203.0.113.0/24\n").unwrap();
    assert_eq!(bench.query(&["ip:@bad.txt", "--count"]).out, "3\n");
    // What is no address is told, and the rest is used.
    std::fs::write(bench.path("odd.csv"), "address,why\n203.0.113[.]0/24,scan\n").unwrap();
    let said = bench.query(&["ip:@odd.csv", "--count"]);
    assert_eq!((said.code, said.out.trim() != "0"), (0, true), "{}", said.err);
    let told = "the list @odd.csv: 1 of 2 lines left out, not an address, network or range; \
                the first is line 1: address,why";
    assert!(said.err.contains(told), "{}", said.err);
    let said = bench.query(&["ip:@none.txt", "--count"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("the list @none.txt"), "{}", said.err);
}

#[test]
fn mistakes_are_shown_where_they_are() {
    let bench = Bench::with_trail();
    let said = bench.query(&["event:GetUser evnt:x"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    let lines: Vec<&str> = said.err.lines().collect();
    assert!(lines[0].starts_with("trailcase: the filter: "), "{}", said.err);
    assert_eq!(lines[1], "  event:GetUser evnt:x");
    assert_eq!(lines[2], "                ^^^^");
    assert_eq!(lines[3], "  did you mean event?");
    for (arguments, hint) in [
        (vec!["--fields", "evnt"], "did you mean event?"),
        (vec!["--fields", "ip"], "src.ip"),
        (vec!["--by", "nothing"], "formats list"),
        (vec!["--since", "noon"], "not a time"),
        (vec!["--since", "10:30..11:30"], "not with a span"),
        (vec!["--count", "--by", "event"], "cannot be used with"),
        (vec!["--by", "bytes"], "bytes.in or bytes.out"),
        (vec!["--by", "any"], "is every text field"),
        (vec!["--by", "tag"], "is what an analyst said"),
        (vec!["--cuont"], "--count"),
        (vec!["--zone", "CET"], "give an offset such as +02:00"),
        (vec!["--jobs", "0"], "0 is not in 1.."),
        (vec!["--format", "xml"], "jsonl"),
        (vec!["-w", "none"], "there is no workspace none"),
    ] {
        let said = bench.query(&arguments);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}");
        assert!(said.err.contains(hint), "{arguments:?}: {}", said.err);
    }
    assert_eq!(bench.run(&["query"]).code, 2);
    assert_eq!(bench.run(&["query", "athena://catalog", "--count"]).code, 2);
    assert_eq!(bench.run(&["nonsense"]).code, 2);
}

#[test]
fn matching_can_be_the_exit_code() {
    let bench = Bench::with_trail();
    assert_eq!(bench.query(&["event:GetUser", "--exit-match", "--count"]).code, 0);
    assert_eq!(bench.query(&["event:Nothing", "--exit-match", "--count"]).code, 1);
    let said = bench.query(&["event:Nothing"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert_eq!(said.err, "trailcase: no event matches\n");
}

#[test]
fn marks_that_nobody_can_know_are_a_mistake() {
    let bench = Bench::with_trail();
    let said = bench.query(&["tag:seen or -tag:other", "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("", 2));
    assert!(said.err.contains("name the workspace with -w"), "{}", said.err);
    let said = bench.query(&["chain:yes", "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("", 2));
    assert_eq!(bench.query(&["hazard:yes", "--count"]).out, "0\n");
}

#[test]
fn a_filter_without_quotes_is_told_and_not_half_applied() {
    let bench = Bench::with_trail();
    let said = bench.query(&["event:GetUser", "outcome:success", "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("", 2));
    assert!(said.err.contains("'event:GetUser outcome:success'"), "{}", said.err);
}

#[test]
fn rows_without_time_come_last() {
    let bench = Bench::new();
    let lines = b"{\"user\":\"none\"}\n{\"time\":\"2100-01-01T00:00:00Z\",\"user\":\"late\"}\n\
        {\"time\":\"1970-01-01T00:00:00Z\",\"user\":\"early\"}\n";
    bench.write("app.jsonl", lines);
    let said = bench.query(&["--fields", "principal", "--format", "jsonl"]);
    let order: Vec<Value> =
        said.json().into_iter().map(|event| event["principal"].clone()).collect();
    assert_eq!(order, ["early", "late", "none"]);
    assert_eq!(bench.query(&["--since", "2000-01-01", "--count"]).out, "2\n");
}

#[test]
fn sources_keep_their_order() {
    let bench = Bench::new();
    let one = |name: &str| {
        let line = format!("{{\"time\":\"2026-03-04T10:00:00Z\",\"user\":\"{name}\"}}\n");
        bench.write(&format!("{name}.jsonl"), line.as_bytes())
    };
    let (a, b) = (one("a"), one("b"));
    let fields = ["--fields", "principal", "--format", "csv"];
    let order = |first: &str, second: &str| {
        let said = bench.run(&[&["query", first, second], &fields[..]].concat());
        said.out.replace(['"', ','], "")
    };
    assert_eq!(order(&a, &b), "principal_escaped\na\nb\n");
    assert_eq!(order(&b, &a), "principal_escaped\nb\na\n");
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let bench = Bench::new();
    let line = "{\"time\":\"2026-03-04T10:00:00Z\",\"user\":\"alice\"}\n";
    bench.write("app.jsonl", line.repeat(40_000).as_bytes());
    for format in ["table", "jsonl", "csv"] {
        let evidence = bench.evidence();
        let mut command = bench.command(&["query", &evidence, "--format", format]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let said = child.wait_with_output().unwrap();
        assert_eq!((said.status.code(), said.stderr), (Some(0), Vec::new()), "{format}");
    }
}

#[test]
fn evidence_is_not_changed() {
    let bench = Bench::with_trail();
    let path = bench.path("evidence").join("trail.json");
    let before = (read(&path), std::fs::metadata(&path).unwrap().modified().unwrap());
    bench.query(&["\"value\"", "--format", "jsonl", "--fields", "raw"]);
    assert_eq!(before, (read(&path), std::fs::metadata(&path).unwrap().modified().unwrap()));
}

#[test]
fn a_published_attack_is_counted_in_one_step() {
    let Ok(corpus) = std::env::var("TRAILCASE_CORPUS") else { return };
    let bench = Bench::new();
    let evidence = format!("{corpus}/evidence/cloudtrail-attack");
    let said = bench.run(&["query", &evidence, "format:cloudtrail", "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("2900\n", 0), "{}", said.err);
}

#[test]
fn fields_that_the_evidence_brings_can_be_asked_for() {
    let bench = Bench::new();
    let flow = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets \
                bytes start end action log-status shiny-col\n\
                2 111122223333 eni-0a1b2c3d4e5f60718 10.0.0.5 10.0.0.7 443 40001 6 19 7119 1772625600 \
                1772625660 ACCEPT OK zebra7\n";
    bench.write("evidence/flow.log", flow.as_bytes());
    bench.write(
        "evidence/table.csv",
        b"when,Shiny Col,n\n2026-03-04T12:00:00Z,zebra8,1\n2026-03-04T12:00:01Z,zebra9,2\n",
    );
    let json = br#"{"time":"2026-03-04T12:00:00Z","message":"m","new":{"a":1},"shiny":"zebra9"}"#;
    bench.write("evidence/app.jsonl", json);
    for (arguments, expected) in [
        (vec!["vpc.shiny_col:zebra7", "--count"], "1\n"),
        (vec!["any:zebra7", "--count"], "1\n"),
        (vec!["zebra7", "--count"], "1\n"),
        (vec!["--by", "vpc.shiny_col"], "1\tzebra7\n"),
        (vec!["Shiny_Col:zebra8", "--count"], "1\n"),
        (vec!["has:Shiny_Col", "--by", "Shiny_Col"], "1\tzebra8\n1\tzebra9\n"),
        (vec![".shiny:zebra9", "--count"], "1\n"),
        (vec!["--by", ".shiny"], "1\tzebra9\n"),
    ] {
        let said = bench.query(&arguments);
        assert_eq!((said.out.as_str(), said.code), (expected, 0), "{arguments:?}: {}", said.err);
    }
    let said = bench.query(&["Shiny_Cow:zebra8", "--count"]);
    assert_eq!((said.out.as_str(), said.code), ("", 2));
    assert!(said.err.contains("there is no field `Shiny_Cow`"), "{}", said.err);
}

#[test]
fn a_column_of_one_format_is_a_member_of_records_that_no_format_knows() {
    let bench = Bench::with_trail();
    let own = r#"{"time":"2026-03-04T10:00:09Z","app":"proxy","userIdentity":{"arn":"arn:aws:iam::1:user/x"},"requestParameters":{"bucketName":"prod-77"}}"#;
    bench.write("app.jsonl", format!("{own}\n").as_bytes());
    bench.write("plain.log", b"2026-03-04T10:00:10Z requestParameters.bucketName prod-77\n");
    for (filter, count) in [
        ("requestParameters.bucketName:prod-77", "1\n"),
        ("userIdentity.arn:*user/x", "1\n"),
        ("has:requestParameters.bucketName format:json_lines", "1\n"),
        ("-requestParameters.bucketName:prod-77 format:json_lines", "0\n"),
    ] {
        let said = bench.run(&["query", "evidence", filter, "--count"]);
        assert_eq!((said.code, said.out.as_str()), (0, count), "{filter}: {}", said.err);
    }
}

#[test]
fn columns_decide_where_no_record_could_have_it_as_a_member() {
    let bench = Bench::with_trail();
    let filter = ["userIdentity.arn:*nobody*", "--explain"];
    let said = bench.query(&filter);
    assert!(said.out.contains("reads    no records; columns decide\n"), "{}", said.out);
    bench.write("evidence/app.jsonl", b"{\"time\":\"2026-03-04T10:00:09Z\",\"app\":\"proxy\"}\n");
    let said = bench.query(&filter);
    assert!(said.out.contains("reads    1 record in 1 object"), "{}", said.out);
}
