//! Rules of others over evidence of others, if `TRAILCASE_CORPUS` names their folder: what fires is
//! compared with what was worked out by hand.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use trailcase::detect::detectors::detector;
use trailcase::detect::sigma::{self, Document, Record};
use trailcase::detect::{DETECTORS, OWN};

/// Every alarm of this evidence, with this file or folder of settings.
fn alarms(evidence: &Path, option: &str, settings: &Path) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_trailcase"))
        .args(["alarms", "list", "--format", "jsonl"])
        .arg(evidence)
        .arg(option)
        .arg(settings)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

/// Ids of the events that each rule fired on.
fn fired(evidence: &Path, rules: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut fired: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for alarm in alarms(evidence, "--rules", rules) {
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
    let fired = fired(&corpus.join("evidence/cloudtrail-attack"), &corpus.join("sigma-aws/rules"));
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

#[test]
fn detectors_say_what_was_worked_out_by_other_means() {
    let Some(corpus) = std::env::var_os("TRAILCASE_CORPUS") else {
        println!("TRAILCASE_CORPUS names no corpus: nothing to compare");
        return;
    };
    let evidence = Path::new(&corpus).join("evidence/cloudtrail-attack");
    let folder = tempfile::tempdir().unwrap();
    let estate = folder.path().join("estate.toml");
    let text =
        "accounts = [\"123837392027\"]\nnetworks = [\"10.0.0.0/8\"]\nbuckets = [\"stratus-*\"]\n";
    std::fs::write(&estate, text).unwrap();
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for alarm in alarms(&evidence, "--estate", &estate) {
        let rule = alarm["rule"].as_str().unwrap().to_owned();
        if detector(&rule).is_some() {
            found.entry(rule).or_default().push(alarm["count"].as_u64().unwrap());
        }
    }
    for counts in found.values_mut() {
        counts.sort_unstable();
    }
    // Counted from the records by a script of a few lines; what takes a share back is none. Bursts of
    // refused calls have the id of the rule that they were. The other detectors have nothing to say of
    // one busy hour.
    let wanted = [
        ("5a4f3c52-0c5f-5d0b-8e53-1f8f1f0a7d20", vec![15, 29]),
        ("error-burst", vec![39, 104]),
        ("foreign-share", vec![1, 1, 3]),
        ("logs-touched", vec![23]),
        ("request-rate", vec![382]),
    ];
    let wanted = wanted.map(|(detector, counts)| (detector.to_owned(), counts));
    assert_eq!(found, BTreeMap::from(wanted));
}

/// Of a rule or a detector of ours, by its file or its id, and a public rule.
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

/// Whether a rule or a detector of ours holds for an event.
fn holds(own: &str) -> Box<dyn Fn(&Value) -> bool> {
    let file = format!("rules/{own}.yml");
    if let Some((_, text)) = OWN.iter().find(|(name, _)| *name == file) {
        let Document::Rule(rule) = sigma::read(text).remove(0).unwrap() else { panic!("{own}") };
        return Box::new(move |log| rule.matches(&Record::new(log.clone(), log.to_string())));
    }
    let id = DETECTORS.iter().find(|detector| detector.id == own).unwrap().id;
    Box::new(move |log| {
        let folder = tempfile::tempdir().unwrap();
        let evidence = folder.path().join("evidence.jsonl");
        std::fs::write(&evidence, format!("{log}\n")).unwrap();
        alarms(&evidence, "--jobs", Path::new("1")).iter().any(|alarm| alarm["rule"] == id)
    })
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
        let holds = holds(own);
        mapped.insert(own);
        let mut any = false;
        for (_, log, expected) in tests.iter().filter(|(id, ..)| id == public) {
            any = true;
            compared += 1;
            if holds(log) != *expected {
                wrong.push(format!("{own}, {public}: {expected} is expected of {log}"));
            }
        }
        assert!(any, "{public} has no tests");
    }
    println!("{} rules compared on {compared} events", mapped.len());
    assert!(mapped.len() >= 15);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const MEMBERS: [&str; 6] =
    ["eventName", "errorCode", "userAgent", "userIdentity.type", "readOnly", "requestParameters.x"];
const VALUES: [&str; 9] = ["null", "''", "A", "a*", "'*b'", "AB", "'true'", "'\\*'", "K?"];

/// A rule over these members, in which some are left out.
fn rule(dice: &mut Dice, number: usize) -> String {
    let mut search = |name: &str| {
        let mut lines = format!("    {name}:\n");
        for _ in 0..=dice.below(2) {
            let (member, value) = (dice.one(&MEMBERS), dice.one(&VALUES));
            let modifier = if matches!(value, "null" | "''") {
                ""
            } else {
                dice.one(&["", "", "|contains", "|startswith"])
            };
            let line = format!(
                "        {member}{modifier}:\n            - {value}\n            - {}\n",
                dice.one(&VALUES[2..])
            );
            // No member twice in one search.
            if !lines.contains(&format!(" {member}{modifier}:")) {
                lines.push_str(&line);
            }
        }
        lines
    };
    let searches = format!("{}{}", search("one"), search("other"));
    let condition = dice.one(&[
        "one",
        "one and not other",
        "one or other",
        "not one",
        "1 of them and not other",
    ]);
    format!(
        "title: r{number}\nid: r{number}\nlogsource:\n    product: aws\n    service: cloudtrail\ndetection:\n{searches}    condition: {condition}\n"
    )
}

fn event(dice: &mut Dice, number: usize) -> Value {
    let mut event = serde_json::json!({
        "eventVersion": "1.11", "eventTime": "2026-03-04T10:00:00Z", "eventSource": "x.amazonaws.com",
        "awsRegion": "eu-west-1", "eventID": format!("00000000-0000-4000-8000-{number:012}"),
        "eventType": "AwsApiCall", "userIdentity": {},
    });
    let values = ["", "A", "ab", "aB", "Ab*", "true", "Kx", "xKb", "é"];
    for member in ["eventName", "errorCode", "userAgent", "readOnly"] {
        match dice.below(4) {
            0 => {}
            1 => event[member] = Value::Null,
            _ => event[member] = dice.one(&values).into(),
        }
    }
    if dice.below(3) > 0 {
        event["userIdentity"]["type"] = dice.one(&values).into();
    }
    if dice.below(3) > 0 {
        event["requestParameters"] =
            serde_json::json!({"x": [dice.one(&values), dice.one(&values)]});
    }
    if dice.below(8) == 0 {
        event["eventCategory"] = "Insight".into();
    }
    event
}

#[test]
fn columns_say_what_records_say() {
    let mut dice = Dice(7);
    let folder = tempfile::tempdir().unwrap();
    let events: Vec<Value> = (0..400).map(|number| event(&mut dice, number)).collect();
    let lines: String =
        events.iter().flat_map(|event| [event.to_string(), "\n".to_owned()]).collect();
    std::fs::write(folder.path().join("events.jsonl"), lines).unwrap();
    std::fs::create_dir(folder.path().join("rules")).unwrap();
    let rules: Vec<String> = (0..150).map(|number| rule(&mut dice, number)).collect();
    for (number, text) in rules.iter().enumerate() {
        std::fs::write(folder.path().join(format!("rules/{number:03}.yml")), text).unwrap();
    }
    let mut fired = fired(&folder.path().join("events.jsonl"), &folder.path().join("rules"));
    let mut any = 0;
    for (number, text) in rules.iter().enumerate() {
        let Document::Rule(rule) = sigma::read(text).remove(0).unwrap() else { panic!("{text}") };
        assert_eq!(rule.defect(), None, "{text}");
        let id = |event: &Value| event["eventID"].as_str().unwrap().to_owned();
        let holds =
            |event: &&Value| rule.matches(&Record::new((*event).clone(), event.to_string()));
        let wanted: BTreeSet<String> = events.iter().filter(holds).map(id).collect();
        any += wanted.len();
        let found = fired.remove(&format!("r{number}")).unwrap_or_default();
        let wrong: Vec<&Value> = events
            .iter()
            .filter(|event| wanted.contains(&id(event)) != found.contains(&id(event)))
            .collect();
        assert!(wrong.is_empty(), "{text}\n{}", wrong[0]);
    }
    assert!(any > 1000);
}

#[test]
fn each_event_of_an_envelope_is_asked() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cloudtrail/sns.json");
    let ask = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailcase"));
        let output = command.args(arguments).arg(&fixture).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let events = ask(&["query", "--format", "jsonl", "--fields", "event"]);
    let names: BTreeSet<String> = events
        .lines()
        .filter_map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["event"].as_str().map(str::to_owned)
        })
        .collect();
    assert!(names.len() > 1, "{events}");
    let folder = tempfile::tempdir().unwrap();
    for name in &names {
        // What is no column has to be read.
        let text = format!(
            "title: t\nid: {name}\nlogsource:\n    product: aws\n    service: cloudtrail\ndetection:\n    s:\n        eventName|re: '^{name}$'\n    condition: s\n"
        );
        std::fs::write(folder.path().join(format!("{name}.yml")), text).unwrap();
    }
    let rules = folder.path().display().to_string();
    let told = ask(&["alarms", "list", "--format", "jsonl", "--rules", &rules]);
    let fired: BTreeSet<String> = told
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["rule"].as_str().unwrap().to_owned()
        })
        .filter(|rule| names.contains(rule))
        .collect();
    assert_eq!(fired, names);
}
