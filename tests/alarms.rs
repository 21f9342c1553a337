//! Rules of others over evidence of others, if `TRAILCASE_CORPUS` names their folder: what fires is
//! compared with what was worked out by hand.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Ids of the events that each rule fired on.
fn fired(corpus: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO_BIN_EXE_trailcase"))
        .args(["alarms", "list", "--format", "jsonl"])
        .arg(corpus.join("evidence/cloudtrail-attack"))
        .arg("--rules")
        .arg(corpus.join("sigma-aws/rules"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut fired: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let alarm: Value = serde_json::from_slice(line).unwrap();
        let events = alarm["events"].as_array().unwrap();
        assert_eq!(alarm["count"].as_u64().unwrap() as usize, events.len());
        assert!(alarm["author"].is_string() && alarm["licence"].is_string());
        let ids = events.iter().map(|event| event["id"].as_str().unwrap().to_owned());
        fired.entry(alarm["rule"].as_str().unwrap().to_owned()).or_default().extend(ids);
    }
    fired
}

#[test]
fn rules_fire_on_the_events_that_they_are_for_and_on_no_other() {
    let Some(corpus) = std::env::var_os("TRAILCASE_CORPUS") else {
        println!("TRAILCASE_CORPUS names no corpus: nothing to compare");
        return;
    };
    let corpus = Path::new(&corpus);
    let expected = std::fs::read(corpus.join("sigma-aws/expected-hits.json")).unwrap();
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    let fired = fired(corpus);
    let none = BTreeSet::new();
    let mut wrong = Vec::new();
    let rules = expected.as_object().unwrap();
    assert!(rules.len() > 50);
    for (rule, about) in rules {
        let hits: BTreeSet<String> = about["hits"]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| id.as_str().unwrap().to_owned())
            .collect();
        let found = fired.get(rule).unwrap_or(&none);
        if *found != hits {
            let more: Vec<_> = found.difference(&hits).collect();
            let less: Vec<_> = hits.difference(found).collect();
            wrong.push(format!("{rule} {}: more {more:?}, less {less:?}", about["title"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
