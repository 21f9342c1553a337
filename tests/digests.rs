//! Verifies a corpus of signed chains, clean and tampered with, if `TRAILCASE_CORPUS` names its
//! folder, and compares what comes out with what was expected by whoever tampered.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Kind, key, severity and span of each finding.
fn findings(report: &Value) -> BTreeSet<[String; 5]> {
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or("").to_owned();
    let all = report["findings"].as_array().unwrap().iter();
    all.map(|one| ["kind", "key", "severity", "from", "to"].map(|name| text(one, name))).collect()
}

/// Runs the program on a case; the report, and the exit code.
fn verify(case: &Path) -> (Value, i32) {
    let about = json(&case.join("case.json"));
    let output = Command::new(env!("CARGO_BIN_EXE_trailcase"))
        .arg("verify")
        .arg(case.join("buckets"))
        .arg("--metadata")
        .arg(case.join("meta"))
        .arg("--public-keys")
        .arg(case.join("public-keys.json"))
        .args(["--since", about["start"].as_str().unwrap()])
        .args(["--until", about["end"].as_str().unwrap()])
        .args(["--format", "json"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.stdout.is_empty(), "{said}");
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code().unwrap())
}

#[test]
fn every_case_is_judged_as_expected() {
    let Some(corpus) = std::env::var_os("TRAILCASE_CORPUS").map(PathBuf::from) else {
        println!("skipped: TRAILCASE_CORPUS names no folder");
        return;
    };
    let mut cases = 0;
    for case in std::fs::read_dir(corpus.join("digests")).unwrap() {
        let case = case.unwrap().path();
        let expected = json(&case.join("expected.json"));
        let (report, code) = verify(&case);
        let name = case.display();
        assert_eq!(report["verdict"], expected["verdict"], "{name}");
        assert_eq!(findings(&report), findings(&expected), "{name}");
        let expected = match report["verdict"].as_str().unwrap() {
            "valid" => 0,
            "invalid" => 1,
            _ => 3,
        };
        assert_eq!(code, expected, "{name}");
        cases += 1;
    }
    assert!(cases >= 35, "{cases}");
}
