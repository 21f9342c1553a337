//! Killed at any moment of loading, sealing and note-taking, again and again over one workspace:
//! what the screen has said is true afterwards.
//!
//! `TRAILCASE_KILLS` says how often; without it a few times.

use crate::bench::Bench;
use crate::session::Session;
use flate2::{Compression, write::GzEncoder};
use regex::Regex;
use rustix::process::Signal;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};
use trailcase::cli::demo;

/// Kills of a run in which nobody asks for more.
const FEW: u64 = 12;

/// A number below `below`, the same in every run.
fn drawn(round: u64, what: &str, below: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (round, what).hash(&mut hasher);
    hasher.finish() % below
}

/// Many files, and an archive whose second member lies so deep that it is copied.
fn evidence() -> Bench {
    let bench = Bench::new();
    demo::write_cloudtrail(&bench.path("evidence/trail"), 3_000, 300).unwrap();
    demo::write_flow(&bench.path("evidence/flow"), 9_000, 3_000).unwrap();
    let log = |lines: usize| {
        let line = |number: usize| {
            let (at, long) = (number % 60, "x".repeat(1000));
            format!("Mar  4 10:{:02}:{at:02} web-1 app[7]: {number} {long}\n", number / 60 % 60)
        };
        (0..lines).map(line).collect::<String>()
    };
    let file = File::create(bench.path("evidence/deep.tar.gz")).unwrap();
    let mut tar = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
    for (name, lines) in [("first.log", 9_000), ("second.log", 1_000)] {
        let bytes = log(lines).into_bytes();
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
    bench
}

/// What the program prints of all of the evidence: every row, and the ledger.
fn told(bench: &Bench, of: &[&str]) -> [String; 2] {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailcase"));
        command.args(arguments).args(of).arg("--workspace-dir").arg(workspaces(bench));
        let output = command.env("HOME", bench.path("")).output().unwrap();
        let problems = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{command:?}: {problems}");
        String::from_utf8(output.stdout).unwrap()
    };
    [run(&["query", "--format", "jsonl"]), run(&["coverage", "--format", "json"])]
}

fn workspaces(bench: &Bench) -> std::path::PathBuf {
    bench.path("data/trailcase/workspaces")
}

/// Between two sessions: the events on the disk are deleted, or cut off, or a file of the evidence
/// was written again as it was; mostly nothing.
fn meddle(bench: &Bench, round: u64) {
    let segments = bench.path(&Bench::in_case("segments"));
    match drawn(round, "meddle", 6) {
        0 | 1 => drop(fs::remove_dir_all(segments)),
        2 => {
            for entry in fs::read_dir(segments).into_iter().flatten() {
                let file = File::options().write(true).open(entry.unwrap().path()).unwrap();
                let length = file.metadata().unwrap().len();
                file.set_len(drawn(round, "cut", length + 1)).unwrap();
            }
        }
        3 => {
            let file = File::options().write(true).open(bench.path("evidence/deep.tar.gz"));
            file.unwrap().set_modified(SystemTime::now()).unwrap();
        }
        _ => {}
    }
}

/// Takes notes until the moment has come, and then kills; the notes of which the screen has said
/// that they are there, by their numbers, with their texts as far as these are known.
fn work(bench: &Bench, round: u64, lasts: Duration) -> BTreeMap<u64, Option<String>> {
    let confirmed = Regex::new(r"note (\d+) on 1 record").unwrap();
    let newest = |session: &Session| -> u64 {
        let text = session.screen_text();
        confirmed.captures(&text).map_or(0, |found| found[1].parse().unwrap())
    };
    let rows = Regex::new("row [1-9]").unwrap();
    let moment = Instant::now() + lasts;
    let jobs = (1 + drawn(round, "jobs", 2)).to_string();
    let args = ["open", "evidence", "-w", "case", "--jobs", &jobs];
    let mut session = bench.start(&args, &[]);
    let (mut shown, mut last, mut typed) = (BTreeMap::new(), 0, None);
    if session.is_so_before(moment, |session| rows.is_match(&session.screen_text())) {
        for number in 0.. {
            // A note that was being typed when the last session was killed comes first.
            let keys = if number == 0 && session.screen_text().contains("being typed when") {
                "\r".to_owned()
            } else {
                let text = format!("note {number} of round {round}");
                let keys = format!("\x1b[Bn{text}\r");
                typed = Some(text);
                keys
            };
            session.send(&keys);
            if !session.is_so_before(moment, |session| newest(session) > last) {
                break;
            }
            last = newest(&session);
            shown.insert(last, typed.take());
        }
    }
    session.signal(Signal::KILL);
    let status = session.wait_exit();
    assert_eq!(status, 1, "it was there to be killed; screen:\n{}", session.screen_text());
    if newest(&session) > last {
        shown.insert(newest(&session), typed);
    }
    shown
}

/// The notes of the journal by their numbers.
fn journal(bench: &Bench) -> BTreeMap<u64, String> {
    let text = bench.read(&Bench::in_case("journal.jsonl"));
    let entries = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let notes = entries.filter(|entry| entry["what"] == "note_add");
    notes
        .map(|note| (note["note"].as_u64().unwrap(), note["text"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn whatever_moment_it_is_killed_at_nothing_shown_is_lost() {
    let asked = std::env::var("TRAILCASE_KILLS").ok();
    let rounds = asked.map_or(FEW, |text| text.parse().unwrap());
    let bench = evidence();
    let begun = Instant::now();
    let folder = bench.path("evidence").display().to_string();
    let whole = told(&bench, &[&folder]);
    // Two loads and the printing take about three times as long as a load.
    let span = begun.elapsed();
    let mut shown = BTreeMap::new();
    for round in 0..rounds {
        meddle(&bench, round);
        let lasts = span.mul_f64(drawn(round, "moment", 1000) as f64 / 1000.0);
        shown.append(&mut work(&bench, round, lasts));
        let folder = bench.path(&Bench::in_case(""));
        if !folder.join("workspace.json").exists() {
            // Killed before it was made.
            continue;
        }
        if shown.is_empty() && bench.read(&Bench::in_case("journal.jsonl")).is_empty() {
            // Killed before the session's first entry, of which a check says that there is none.
            continue;
        }
        let report = trailcase::case::check(&folder).unwrap();
        assert_eq!(report.findings, [], "round {round}");
        let written = journal(&bench);
        for (number, text) in &shown {
            let found = written.get(number);
            assert!(found.is_some(), "round {round}: note {number} was shown and is not there");
            assert!(text.is_none() || text.as_ref() == found, "round {round}: {text:?}, {found:?}");
        }
        let [rows, ledger] = told(&bench, &["-w", "case"]);
        assert!(rows == whole[0], "round {round}: {} rows", rows.lines().count());
        assert_eq!(ledger, whole[1], "round {round}");
    }
    assert!(!shown.is_empty(), "no note in {rounds} rounds");
    let mut session = bench.again();
    session.wait_for("the last session was cut off");
    session.send("4\x1b[F");
    let (number, text) = journal(&bench).pop_last().unwrap();
    session.wait_for(&format!("{number}  {text}"));
}
