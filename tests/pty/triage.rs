//! From an alarm to a record that a stranger can verify, key by key.

use crate::bench::Bench;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const NOTE: &str = "asked the owner, who was on leave";

/// A trail that is stopped by somebody who made a key for another user before.
fn bench() -> Bench {
    let bench = Bench::new();
    let record = |minute: u32, source: &str, event: &str, parameters: Value| {
        json!({
            "eventVersion": "1.11",
            "eventTime": format!("2026-03-04T10:{minute:02}:00Z"),
            "eventSource": source,
            "eventName": event,
            "eventID": format!("00000000-0000-4000-8000-0000000000{minute:02}"),
            "awsRegion": "eu-central-1",
            "recipientAccountId": "111122223333",
            "sourceIPAddress": "203.0.113.66",
            "userIdentity": {
                "type": "IAMUser",
                "userName": "mallory",
                "arn": "arn:aws:iam::111122223333:user/mallory",
                "accountId": "111122223333",
                "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
            },
            "requestParameters": parameters,
        })
    };
    let records = json!({ "Records": [
        record(10, "s3.amazonaws.com", "ListBuckets", json!({})),
        record(20, "iam.amazonaws.com", "CreateAccessKey", json!({ "userName": "alice" })),
        record(30, "cloudtrail.amazonaws.com", "StopLogging", json!({ "name": "main" })),
    ]});
    bench.write("attack/trail.json", &records.to_string());
    bench
}

/// A key without a passphrase, if this host has OpenSSH.
fn key(bench: &Bench) -> Option<PathBuf> {
    let path = bench.path("id_test");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"])
        .arg(&path)
        .status();
    made.is_ok_and(|status| status.success()).then_some(path)
}

#[test]
fn an_alarm_becomes_a_record_that_others_accept_and_a_stranger_verifies() {
    let bench = bench();
    let key = key(&bench).expect("ssh-keygen; .ci/run installs it");
    let mut session =
        bench.sized(&["open", "attack", "-w", "case"], &[("USER", "anna")], (120, 36));
    session.wait_for("2 Alarms 2");
    session.send("2");
    session.wait_for("2 open alarms");
    session.wait_for("A trail was stopped, deleted or made to see less");
    session.send("a");
    session.wait_for("anna has it");
    session.send("f");
    session.wait_for("/ principal:arn:aws:iam::111122223333:user/mallory");
    session.wait_for("3 of 3 events");
    session.send("2");
    session.wait_for("/ every event");
    session.send("m");
    session.wait_for("bookmark on 1 record");
    session.send("n");
    session.wait_for("note on one alarm");
    session.send(&format!("{NOTE}\r"));
    session.wait_for("note 1 on 1 alarm");
    session.send("c");
    session.wait_for("what was it?");
    session.send("1");
    session.wait_for("tp-impact, because:");
    session.send("the trail was off for an hour\r");
    session.wait_for("closed as tp-impact: the trail was off for an hour");
    session.wait_for("1 open alarm, 1 done");
    session.send("e");
    session.wait_for("part of the incident");
    session.send("4\t\t");
    session.wait_for("the record would have");
    session.send("\x1b[B\r");
    session.wait_for("title");
    session.send("A trail was stopped\r");
    session.wait_for("incident, title: A trail was stopped");
    session.send("w");
    session.wait_for("write the record to");
    session.send("\x15record.html\r");
    session.wait_for("the record is in");
    session.send("w");
    session.wait_for("write the record to");
    session.send(&format!("\x15bundle/ {}\r", key.display()));
    session.wait_for("the bundle is in");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
    assert!(bench.read("record.html").contains(NOTE));
    let bundle = bench.path("bundle");
    verified(&bundle);
    judged(&bench, &bundle);
}

/// By the commands that its page names.
fn verified(bundle: &Path) {
    let sums = Command::new("sha256sum")
        .args(["--check", "--strict", "--quiet", "SHA256SUMS"])
        .current_dir(bundle)
        .output()
        .unwrap();
    assert!(sums.status.success(), "{sums:?}");
    let signed = Command::new("ssh-keygen")
        .args(["-Y", "verify", "-f", "allowed_signers", "-I", "anna", "-n", "custody@trailcase"])
        .args(["-s", "SHA256SUMS.sig"])
        .stdin(fs::File::open(bundle.join("SHA256SUMS")).unwrap())
        .current_dir(bundle)
        .output()
        .unwrap();
    assert!(signed.status.success(), "{signed:?}");
    let ops: Value =
        serde_json::from_slice(&fs::read(bundle.join("record.opsitem.json")).unwrap()).unwrap();
    assert!(ops["Title"].as_str().unwrap().contains("A trail was stopped"), "{ops}");
    let page = fs::read_to_string(bundle.join("VERIFY.md")).unwrap();
    assert!(page.contains("-I anna"), "{page}");
    let exhibit = fs::read_to_string(bundle.join("exhibits/001.json")).unwrap();
    assert!(exhibit.contains("StopLogging"), "{exhibit}");
}

/// By programs of others, where this host has them.
fn judged(bench: &Bench, bundle: &Path) {
    let Some(python) = std::env::var_os("TRAILCASE_JUDGES") else { return };
    let folder = bench.path("judged");
    fs::create_dir(&folder).unwrap();
    for entry in fs::read_dir(bundle).unwrap().flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().starts_with("record.") {
            fs::copy(entry.path(), folder.join(name)).unwrap();
        }
    }
    fs::write(folder.join("wanted"), format!("{NOTE}\n")).unwrap();
    let schema = bench.path("schema.json");
    fs::write(&schema, trailcase::record::incident::SCHEMA).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/records/judge.py");
    let output = Command::new(python).arg(script).arg(schema).arg(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines, ["judged 9"], "{}", String::from_utf8_lossy(&output.stderr));
}
