//! Incident records without a screen: every format, what is said first, redaction and bundles.

use crate::bench::{Bench, Said};
use crate::triage::{CASE, case};
use serde_json::Value;
use std::fs;
use trailcase::case::What;

fn run(bench: &Bench, command: &[&str]) -> Said {
    let folder = bench.path("cases").display().to_string();
    let place = ["-w", CASE, "--workspace-dir", folder.as_str()];
    bench.run(&[command, &place].concat())
}

/// An alarm that was closed as harmful, and the fingerprint.
fn close_one(bench: &Bench) -> String {
    let said = run(bench, &["alarms", "list", "--format", "jsonl"]);
    let first: Value = serde_json::from_str(said.out.lines().next().unwrap()).unwrap();
    let fingerprint = first["fingerprint"].as_str().unwrap().to_owned();
    let reason = "the owner says that it was not them";
    let close = ["alarms", "close", &fingerprint, "--verdict", "tp-impact", "--reason", reason];
    assert_eq!(run(bench, &close).code, 0);
    let note = ["alarms", "note", &fingerprint, "--text", "mail from bo@example.com"];
    assert_eq!(run(bench, &note).code, 0);
    fingerprint
}

#[test]
fn what_was_said_and_decided_is_in_every_format() {
    let (bench, all) = case();
    let fingerprint = close_one(&bench);
    let said = run(
        &bench,
        &["record", "--format", "json", "--set", "title=Keys abroad", "--set", "severity=HIGH"],
    );
    assert_eq!(said.code, 0, "{}", said.err);
    let record: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (record["title"].as_str(), record["severity"].as_str()),
        (Some("Keys abroad"), Some("high"))
    );
    assert_eq!(record["alarms"][0]["fingerprint"], fingerprint.as_str());
    assert_eq!(record["alarms"][0]["verdict"], "tp-impact");
    let opened = all.open(CASE).unwrap();
    assert_eq!(record["workspace"]["head"], opened.own.head.as_str(), "nothing was written since");
    drop(opened);
    for writer in trailcase::record::incident::WRITERS {
        let said = run(&bench, &["record", "--format", writer.id]);
        assert_eq!(said.code, 0, "{}: {}", writer.id, said.err);
        assert!(said.out.contains("bo@example.com"), "{}: {}", writer.id, said.out);
    }
}

#[test]
fn wrong_words_are_told_and_nothing_is_written_for_them() {
    let (bench, all) = case();
    for (asked, told) in [
        (vec!["record", "--set", "severity=grave"], "informational, low, medium, high, critical"),
        (vec!["record", "--set", "tittle=x"], "nothing that is said of an incident"),
        (vec!["record", "--set", "occurred=yesterday"], "is no time"),
        (vec!["record", "--format", "pdf"], "possible values"),
        (vec!["record", "--sign", "key"], "--bundle"),
    ] {
        let said = run(&bench, &asked);
        assert_eq!(said.code, 2, "{asked:?}: {}", said.err);
        assert!(said.err.contains(told), "{asked:?}: {}", said.err);
    }
    assert_eq!(all.open(CASE).unwrap().own.entries.len(), 0);
}

#[test]
fn a_file_is_new_and_the_journal_has_its_hash() {
    let (bench, all) = case();
    let path = bench.path("record.md").display().to_string();
    assert_eq!(run(&bench, &["record", "-o", &path]).code, 0);
    let said = run(&bench, &["record", "-o", &path]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("is there already"), "{}", said.err);
    let hash = trailcase::case::sha256_hex(&fs::read(&path).unwrap());
    let opened = all.open(CASE).unwrap();
    let last = opened.own.entries.last().unwrap();
    assert!(
        matches!(&last.what, What::Report { of, sha256, .. } if of == "incident" && *sha256 == hash),
        "{last:?}"
    );
}

#[test]
fn what_is_redacted_has_the_same_token_in_every_record_and_no_journal_goes_along() {
    let (bench, _) = case();
    close_one(&bench);
    let folder = bench.path("shared").display().to_string();
    let said = run(&bench, &["record", "--bundle", "--redact", "-o", &folder]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("replaced by tokens"), "{}", said.err);
    let mut tokens = Vec::new();
    for entry in fs::read_dir(&folder).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        let text = fs::read_to_string(entry.path()).unwrap();
        assert!(!text.contains("bo@example.com"), "{}", entry.path().display());
        tokens.extend(text.split_once("mail from ").map(|(_, rest)| rest[..15].to_owned()));
    }
    assert!(tokens.len() > 5 && tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
    assert!(!bench.path("shared").join("journal.jsonl").exists());
    let sums = std::process::Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(&folder)
        .status();
    assert!(sums.unwrap().success());
}

#[test]
fn somebody_else_at_work_keeps_no_record_from_being_written() {
    let (bench, all) = case();
    let holder = all.open(CASE).unwrap();
    let path = bench.path("record.md").display().to_string();
    let said = run(&bench, &["record", "-o", &path]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("the journal does not say so"), "{}", said.err);
    assert!(fs::read_to_string(&path).unwrap().contains("# Incident"));
    // What is said of the incident is an entry, or nothing.
    let said = run(&bench, &["record", "--set", "title=x"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
    drop(holder);
}
