//! Rules of others over evidence of others, if `TRAILCASE_CORPUS` names their folder: what fires is
//! compared with what was worked out by hand.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use trailcase::detect::OWN;
use trailcase::detect::sigma::{self, Document, Record};

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

/// Of a rule of ours and a public one.
#[derive(serde::Deserialize)]
struct Pair {
    own: String,
    public: String,
}

#[derive(serde::Deserialize)]
struct Map {
    same: Vec<Pair>,
}

/// A public rule's tests: its id, an event, and whether it fires.
fn public_tests(corpus: &Path) -> Vec<(String, Value, bool)> {
    let text = std::fs::read_to_string(corpus.join("detections/panther.jsonl")).unwrap();
    let read = |line: &str| {
        let said: Value = serde_json::from_str(line).unwrap();
        let id = said["rule_id"].as_str().unwrap().to_owned();
        (id, said["log"].clone(), said["expected"].as_bool().unwrap())
    };
    text.lines().map(read).collect()
}

#[test]
fn rules_of_equal_meaning_say_the_same() {
    let Some(corpus) = std::env::var_os("TRAILCASE_CORPUS") else {
        println!("TRAILCASE_CORPUS names no corpus: nothing to compare");
        return;
    };
    let tests = public_tests(Path::new(&corpus));
    let map: Map = toml::from_str(include_str!("rule_map.toml")).unwrap();
    let mut wrong = Vec::new();
    let (mut mapped, mut compared) = (BTreeSet::new(), 0);
    for Pair { own, public } in &map.same {
        let file = format!("rules/{own}.yml");
        let (_, text) = OWN.iter().find(|(name, _)| *name == file).unwrap();
        let Document::Rule(rule) = sigma::read(text).unwrap().remove(0) else { panic!("{own}") };
        mapped.insert(own);
        let mut any = false;
        for (_, log, expected) in tests.iter().filter(|(id, ..)| id == public) {
            let record = Record::new(vec![log.clone()], log.to_string());
            any = true;
            compared += 1;
            if rule.matches(&record) != *expected {
                wrong.push(format!("{own}, {public}: {expected} is expected of {log}"));
            }
        }
        assert!(any, "{public} has no tests");
    }
    println!("{} rules compared on {compared} events", mapped.len());
    assert!(mapped.len() >= 15);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
