//! Reads a corpus of public samples, if `TRAILCASE_CORPUS` names its folder, and compares what
//! comes out with what others say of them.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

mod rows;

use rows::{Kept, Rows, read};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use trailcase::event::{Time, Timestamp};
use trailcase::format::Context;

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("TRAILCASE_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: TRAILCASE_CORPUS names no folder");
    }
    folder
}

fn read_file(path: &Path) -> Rows {
    let bytes = std::fs::read(path).unwrap();
    let context = Context {
        key: path.file_name().unwrap().to_string_lossy().into_owned(),
        modified: Some(Timestamp::from_seconds(1_750_000_000).unwrap()),
        ..Context::default()
    };
    read(context, &bytes, &[])
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn the_attack_is_read_whole() {
    let Some(corpus) = corpus() else { return };
    let mut events = 0;
    for file in files(&corpus.join("evidence/cloudtrail-attack")) {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let rows = read_file(&file);
        assert_eq!(rows.end, None, "{}", file.display());
        assert!(rows.kept.iter().all(|row| row.format == "cloudtrail"), "{}", file.display());
        events += rows.kept.len();
    }
    assert_eq!(events, 2_900);
}

#[test]
fn every_sample_is_read_without_a_panic() {
    let Some(corpus) = corpus() else { return };
    for file in files(&corpus.join("corpus/raw")) {
        let rows = read_file(&file);
        let count = |id: &str| rows.kept.iter().filter(|row: &&Kept| row.format == id).count();
        let mut formats: Vec<&str> = rows.kept.iter().map(|row| row.format.as_str()).collect();
        formats.sort_unstable();
        formats.dedup();
        let counts: Vec<String> =
            formats.iter().map(|format| format!("{format} {}", count(format))).collect();
        println!(
            "{} {} {:?}",
            file.strip_prefix(&corpus).unwrap().display(),
            counts.join(", "),
            rows.end.map(|(state, reason)| format!("{state} {reason}"))
        );
    }
}

/// Types of samples that the formats here are to read whole.
const OURS: [&str; 17] = [
    "alb_access",
    "auth_log",
    "sshd_authlog_message",
    "syslog",
    "vpcflow_",
    "guardduty_finding",
    "cloudtrail_array",
    "cloudtrail_eventbridge",
    "cloudtrail_insight",
    "cloudtrail_json",
    "cloudtrail_jsonl",
    "cloudtrail_lookup_events",
    "cloudtrail_network_activity",
    "cloudwatch_logs_filter_log_events",
    "cloudwatch_logs_s3_export",
    "cloudwatch_logs_subscription",
    "cloudtrail_records_file",
];

/// Where we differ: `User child is on pid` names no user; what is expected of two samples has
/// another year than the samples have.
const KNOWN: [(&str, &str); 3] = [
    ("raw/sshd_authlog_message/002.log", "principal"),
    ("raw/cloudtrail_json/023.json", "time"),
    ("raw/cloudtrail_json/024.json", "time"),
];

/// Samples that are no good JSON as they were printed.
fn is_damaged(name: &str) -> bool {
    let text = Path::new(name).extension().is_some_and(|extension| extension == "txt");
    name.starts_with("raw/cloudtrail") && text
}

fn ours(name: &str) -> bool {
    let kind = name.split('/').nth(1).unwrap_or("");
    !is_damaged(name) && OURS.iter().any(|ours| kind.starts_with(ours))
}

#[test]
fn as_many_records_as_the_origin_says() {
    let Some(corpus) = corpus() else { return };
    let list = std::fs::read_to_string(corpus.join("corpus/provenance.csv")).unwrap();
    let mut wrong = Vec::new();
    for line in list.lines().skip(1) {
        let mut cells = line.split(',');
        let mut next = || cells.next().unwrap();
        let (name, _, count) = (next(), next(), next());
        if !ours(name) {
            continue;
        }
        let rows = read_file(&corpus.join("corpus").join(name));
        let unparsed = rows.kept.iter().filter(|row| row.format == "unparsed").count();
        if rows.kept.len().to_string() != count || unparsed > 0 {
            wrong.push(format!("{name}: {} for {count}, unparsed {unparsed}", rows.kept.len()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn values_are_what_others_say() {
    let Some(corpus) = corpus() else { return };
    let mut wrong = Vec::new();
    for file in files(&corpus.join("corpus/expected")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
        let name = expected["raw"].as_str().unwrap();
        if !ours(name) {
            continue;
        }
        let rows = read_file(&corpus.join("corpus").join(name));
        for record in expected["records"].as_array().unwrap() {
            let at = record["record"].as_u64().unwrap() as usize - 1;
            let Some(row) = rows.kept.get(at) else {
                wrong.push(format!("{name}: no record {at}"));
                continue;
            };
            compare(name, record, row, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What others call an event or its end, by type of sample, and what it may be called here; a
/// word that is not in the table is to be the same. Of sshd they call any message of a connection
/// a success, whatever it says, so that their outcome is not compared.
const WORDS: [(&str, &str, &[&str]); 8] = [
    ("vpcflow", "allowed", &["success"]),
    ("vpcflow", "blocked", &["denied"]),
    ("sshd", "connection", &[]),
    ("sshd", "negotiate", &["Unable to negotiate with", "ssh_dispatch_run_fatal"]),
    ("sshd", "session", &["Starting session", "Postponed"]),
    ("sshd", "sshd:session", &["session opened", "granted access"]),
    ("sshd", "failure", &[]),
    ("sshd", "success", &[]),
];

/// Where others take another time of the record: of a request its answer, of a finding its
/// revision.
const TIMES: [(&str, &str); 2] =
    [("alb_access", "time_end"), ("guardduty_finding", "guardduty.updated_at")];

/// Time, event and outcome.
fn compare_words(name: &str, record: &serde_json::Value, row: &Kept, wrong: &mut Vec<String>) {
    let kind = name.split('/').nth(1).unwrap_or("");
    let theirs = |field: &str| record.get(field).and_then(serde_json::Value::as_str);
    let instant = |text: &str| Time::parse_rfc3339(text).map(|time| time.at.0 / 1_000);
    if let Some(expected) = theirs("time") {
        let other = TIMES.iter().find(|(of, _)| *of == kind).and_then(|(_, field)| row.get(field));
        let time = other.or(row.time.as_deref());
        if time.and_then(instant) != instant(expected) && !KNOWN.contains(&(name, "time")) {
            wrong.push(format!("{name}: time {time:?}, not {expected}"));
        }
    }
    for (field, ours) in [("event", "event"), ("outcome", "outcome"), ("disposition", "outcome")] {
        let Some(said) = theirs(field) else { continue };
        let words = WORDS.iter().find(|(of, word, _)| kind.starts_with(of) && *word == said);
        let value = row.get(ours);
        let same = match words {
            Some((_, _, may)) => may.is_empty() || value.is_some_and(|value| may.contains(&value)),
            None => value == Some(said),
        };
        if !same {
            wrong.push(format!("{name}: {ours} {value:?}, not {said}"));
        }
    }
}

fn compare(name: &str, record: &serde_json::Value, row: &Kept, wrong: &mut Vec<String>) {
    let plain = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let pairs = [
        ("src_ip", "src.ip"),
        ("dst_ip", "dst.ip"),
        ("src_port", "src.port"),
        ("dst_port", "dst.port"),
        ("account", "account"),
        ("region", "region"),
    ];
    for (theirs, ours) in pairs {
        let Some(expected) = record.get(theirs).map(plain) else { continue };
        let address = |text: &str| text.parse::<IpAddr>().ok();
        let same = row.get(ours).is_some_and(|value| {
            value == expected || address(value).is_some() && address(value) == address(&expected)
        });
        if !same && !KNOWN.contains(&(name, theirs)) {
            wrong.push(format!("{name}: {ours} {:?}, not {expected}", row.get(ours)));
        }
    }
    compare_words(name, record, row, wrong);
    // A name is right if it is one of the record's own strings, and its principal is said.
    if let Some(expected) = record.get("principal").map(plain) {
        let known = row.fields.iter().any(|(_, value)| value.contains(&expected));
        let known = known || KNOWN.contains(&(name, "principal"));
        if !known || row.get("principal").is_none() && !KNOWN.contains(&(name, "principal")) {
            wrong.push(format!("{name}: principal {:?}, not {expected}", row.get("principal")));
        }
    }
}
