//! Times that name no zone, and what events name: headless.

use crate::bench::{Bench, three, trail};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use trailcase::case::{Settings, Workspaces};
use trailcase::event::{Timestamp, Zone};

const SYSLOG: &str = "\
Mar  4 10:00:00 web sshd[812]: Accepted publickey for alice from 192.0.2.10 port 50022 ssh2
Mar  4 10:00:05 web kernel: something of no matter
";

/// Two sources without zones, and a workspace that reads one of them two hours ahead of UTC.
fn bench() -> (Bench, [String; 2]) {
    let bench = Bench::new();
    let sources = ["web", "db"].map(|host| {
        let path = bench.write(&format!("{host}.log"), SYSLOG.replace("web", host).as_bytes());
        // Syslog's year is that of its file.
        let day = SystemTime::UNIX_EPOCH + Duration::from_secs(1_775_000_000);
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(day).unwrap();
        path
    });
    let mut settings = Settings::default();
    settings.set_zone_of(sources[0].clone(), Zone::parse("+2").unwrap());
    let workspaces = Workspaces::new(bench.path("cases"));
    workspaces.create("case", sources.to_vec(), settings, Timestamp(0)).unwrap();
    (bench, sources)
}

fn times(bench: &Bench, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["query", "--format", "jsonl", "--workspace-dir", "cases"];
    all.extend(arguments);
    let said = bench.run(&all);
    let event = |event: &Value| {
        let object =
            event["origin.object"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        format!("{object} {}", event["time"].as_str().unwrap())
    };
    said.json().iter().map(event).collect()
}

#[test]
fn a_workspace_reads_each_source_in_its_zone_unless_another_is_named_for_all() {
    let (bench, sources) = bench();
    let in_utc = [
        "web.log 2026-03-04T10:00:00Z",
        "db.log 2026-03-04T10:00:00Z",
        "web.log 2026-03-04T10:00:05Z",
        "db.log 2026-03-04T10:00:05Z",
    ];
    assert_eq!(times(&bench, &[&sources[0], &sources[1]]), in_utc);
    let ahead = [
        "web.log 2026-03-04T08:00:00Z",
        "web.log 2026-03-04T08:00:05Z",
        "db.log 2026-03-04T10:00:00Z",
        "db.log 2026-03-04T10:00:05Z",
    ];
    assert_eq!(times(&bench, &["-w", "case"]), ahead);
    assert_eq!(times(&bench, &["-w", "case", "--zone", "utc"]), in_utc);
    let shown = bench.run(&["workspace", "show", "case", "--workspace-dir", "cases"]).out;
    assert!(shown.contains(&format!("source   {}\n  zone     +02:00\n", sources[0])), "{shown}");
    assert_eq!(shown.matches("zone     ").count(), 2, "{shown}");
}

#[test]
fn coverage_counts_times_without_a_zone_by_the_zone_they_were_read_in() {
    let (bench, _) = bench();
    let arguments = ["coverage", "-w", "case", "--workspace-dir", "cases"];
    let table = bench.run(&arguments).out;
    for line in [
        "zone     2 times name none, read as UTC (assumed)",
        "zone     2 times name none, read as +02:00 (assumed)",
    ] {
        assert!(table.contains(line), "{table}");
    }
    let json = bench.run(&[&arguments[..], &["--format", "json"]].concat()).out;
    let ledger: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(ledger["total"]["zone_assumed"], "UTC, +02:00");
    assert_eq!(ledger["total"]["times_without_zone"], 4);
    assert_eq!(ledger["objects"][0]["zone_assumed"], "+02:00");
    assert_eq!(ledger["objects"][1]["times_without_zone"], 2);
    let gaps = bench.run(&[&arguments[..], &["--gaps"]].concat()).out;
    assert!(gaps.contains("times without a zone in 2 objects were read as UTC, +02:00"), "{gaps}");
}

#[test]
fn a_name_of_a_zone_is_refused_with_what_to_give() {
    let (bench, sources) = bench();
    for zone in ["Europe/Berlin", "CET", "+25", ""] {
        let said = bench.run(&["query", &sources[0], "--zone", zone]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{zone}");
        let wanted = if zone.len() > 2 && !zone.starts_with('+') {
            "give an offset such as +02:00"
        } else {
            "write UTC or +01:00"
        };
        assert!(said.err.contains(wanted), "{}", said.err);
    }
}

#[test]
fn a_source_that_is_taken_out_takes_its_zone_along() {
    let (bench, sources) = bench();
    let change = |verb: &str| {
        let arguments = ["workspace", verb, "case", &sources[0], "--workspace-dir", "cases"];
        let said = bench.run(&arguments);
        assert_eq!(said.code, 0, "{}", said.err);
    };
    change("remove-source");
    change("add-source");
    let first = times(&bench, &["-w", "case"]).into_iter().find(|time| time.starts_with("web"));
    assert_eq!(first.as_deref(), Some("web.log 2026-03-04T10:00:00Z"));
}

#[test]
fn what_events_name_is_told_for_each_source_and_format() {
    let (bench, [web, _]) = bench();
    bench.write("mixed/trail.json", &trail(&three()));
    bench.write("mixed/notes.log", b"10:31 what is this\nnobody knows\n");
    let mixed = bench.path("evidence/mixed").display().to_string();
    let said = bench.run(&["coverage", &web, &mixed, "--fields"]);
    let lines = said.lines();
    let at = lines.iter().position(|line| line.starts_with("what events name")).unwrap();
    let cells = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let row = |name: &str| {
        let found = lines[at..].iter().find(|line| line.trim_start().starts_with(name));
        cells(found.unwrap_or_else(|| panic!("no {name} in {}", said.out)))
    };
    assert_eq!(
        cells(lines[at + 1]).join(" "),
        "source and format events who from where what on what when outcome"
    );
    assert_eq!(row(&web)[1..], ["2", "50%", "50%", "50%", "0%", "100%", "50%"]);
    assert_eq!(row(&mixed)[1], "5");
    assert_eq!(row("unparsed")[1..], ["2", "0%", "0%", "0%", "0%", "0%", "0%"]);
    let (_, code) = (said.out.len(), said.code);
    assert_eq!(code, 0);
    let said = bench.run(&["coverage", &web, &mixed, "--fields", "--format", "json"]);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let fields = document["fields"].as_array().unwrap();
    let of = |name: &str| fields.iter().find(|one| one["source"] == name).unwrap();
    let trail = &of(&mixed)["formats"]["cloudtrail"];
    assert_eq!(
        (&trail["events"], &trail["who"], &trail["from_where"], &trail["what"], &trail["when"]),
        (&json!(3), &json!(3), &json!(3), &json!(3), &json!(3))
    );
    assert_eq!(of(&web)["outcome"], 1);
    assert_eq!(of(&mixed)["events"], 5);
    let plain = bench.coverage(&[]).0;
    assert_eq!(plain.get("fields"), None, "nobody asked");
}

#[test]
fn a_zone_whose_name_several_have_is_named() {
    let bench = Bench::new();
    let line = |zone: &str| {
        format!("2026-03-04 10:42:02 {zone} [811] app@shop LOG:  statement: select 1\n")
    };
    bench.write("pg.log", (line("IST").repeat(2) + &line("UTC") + &line("PST")).as_bytes());
    let (ledger, _) = bench.coverage(&[]);
    let object = &ledger["objects"][0];
    assert_eq!(object["times_without_zone"], 3, "{object}");
    let told: Vec<String> =
        object["remarks"].as_array().unwrap().iter().map(ToString::to_string).collect();
    for name in ["IST", "PST"] {
        let wanted = format!("{name} is the name of several zones");
        assert!(told.iter().any(|told| told.contains(&wanted)), "{told:?}");
    }
    assert_eq!(told.len(), 2);
}
