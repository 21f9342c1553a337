//! What is whose, as `estate.toml` says it, and what detectors make of it.

use crate::bench::{Bench, Said, record, trail};
use serde_json::{Value, json};
use trailcase::case::{Settings, Workspaces};
use trailcase::event::Timestamp;

/// A policy that lets a stranger in, and two calls of somebody.
fn events() -> Vec<Value> {
    let mut shared = record(1, "2026-03-04T10:00:00Z", "PutBucketPolicy");
    shared["eventSource"] = "s3.amazonaws.com".into();
    shared["requestParameters"] = json!({"bucketName": "acme-data", "bucketPolicy": {"Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}]}});
    let mut seen = record(2, "2026-03-04T10:01:00Z", "GetObject");
    seen["sourceIPAddress"] = "198.51.100.9".into();
    vec![shared, seen, record(3, "2026-03-04T10:02:00Z", "GetUser")]
}

fn bench() -> (Bench, String) {
    let bench = Bench::new();
    let evidence = bench.write("trail.json", &trail(&events()));
    (bench, evidence)
}

fn rules(said: &Said) -> Vec<String> {
    let rule = |alarm: Value| alarm["rule"].as_str().unwrap().to_owned();
    said.json().into_iter().map(rule).filter(|rule| !rule.contains("-4")).collect()
}

const ESTATE: &str = r#"
accounts = ["111122223333"]
indicators = ["lists/bad.txt"]
"#;

#[test]
fn an_estate_says_who_is_a_stranger_and_what_is_bad() {
    let (bench, evidence) = bench();
    bench.write("own/lists/bad.txt", b"198.51.100.0/24  # seen before\n");
    let estate = bench.write("own/estate.toml", ESTATE.as_bytes());
    let run =
        |arguments: &[&str]| bench.run(&[arguments, &[&evidence, "--estate", &estate]].concat());
    let said = run(&["alarms", "list", "--format", "jsonl"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(rules(&said), ["indicator", "foreign-share"], "{}", said.out);
    let alarms = said.json();
    assert_eq!(alarms[0]["entities"]["src.ip"], json!(["198.51.100.9"]));
    assert!(alarms[1]["why"].as_str().unwrap().contains("444455556666"), "{}", alarms[1]);
    let told = run(&["alarms", "rules"]);
    for wanted in [
        "Something of a list of indicators was seen: 1 alarm, 3 evaluated",
        "A canary was touched: could not fire: no `canaries` are named in estate.toml",
        "detector foreign-share  by trailcase",
    ] {
        assert!(told.out.contains(wanted), "{wanted}: {}", told.out);
    }
}

#[test]
fn what_is_wrong_with_an_estate_is_told_with_its_place() {
    let (bench, evidence) = bench();
    let run = |estate: &str| bench.run(&["alarms", "rules", &evidence, "--estate", estate]);
    let estate = bench.write("own/estate.toml", ESTATE.as_bytes());
    let said = run(&estate);
    assert!(said.code == 2 && said.err.contains("bad.txt: no such file"), "{}", said.err);
    // What of it is right counts all the same.
    assert!(said.out.contains("not ours: 1 alarm"), "{}", said.out);
    let estate = bench.write("own/wrong.toml", b"accounts = [\"1\"]\ncanarys = []\n");
    let said = run(&estate);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("wrong.toml:1:13  \"1\" is no account"), "{}", said.err);
    assert!(said.err.contains("wrong.toml:2:1  unknown key \"canarys\"; did you mean"));
    assert!(said.out.contains("no `accounts` are named"), "{}", said.out);
    let said = run("/nowhere.toml");
    assert!(said.code == 2 && said.err.contains("/nowhere.toml: no such file"), "{}", said.err);
}

#[test]
fn a_workspace_has_an_estate_of_its_own() {
    let (bench, evidence) = bench();
    let folder = bench.path("cases");
    let dir = folder.display().to_string();
    let settings = Settings::default();
    drop(Workspaces::new(&folder).create("case-1", vec![evidence], settings, Timestamp(0)));
    let run = || {
        bench.run(&["alarms", "list", "--format", "jsonl", "-w", "case-1", "--workspace-dir", &dir])
    };
    assert_eq!(rules(&run()), [""; 0]);
    std::fs::write(folder.join("case-1/estate.toml"), "canaries = [\"GetUser\"]\n").unwrap();
    assert_eq!(rules(&run()), ["canary"]);
}

/// Two states of a bucket, the older one later in the file, and one of another that it is related to.
const ITEMS: &str = r#"{"fileVersion": "1.0", "configurationItems": [
    {"configurationItemCaptureTime": "2026-03-02T00:00:00.000Z", "resourceType": "AWS::S3::Bucket",
     "resourceId": "acme-data", "ARN": "arn:aws:s3:::acme-data", "awsAccountId": "111122223333",
     "relationships": [{"resourceId": "dev", "resourceName": "arn:aws:s3:::dev"}],
     "configurationItemStatus": "OK", "tags": {"Environment": "Production", "exposure": "internal"}},
    {"configurationItemCaptureTime": "2026-03-01T00:00:00.000Z", "resourceType": "AWS::S3::Bucket",
     "resourceId": "acme-data", "ARN": "arn:aws:s3:::acme-data", "awsAccountId": "111122223333",
     "configurationItemStatus": "OK", "tags": {"Environment": "dev", "owner": "team"}}
]}"#;

#[test]
fn tags_and_classes_say_what_comes_first() {
    let (bench, _) = bench();
    bench.write("config.json", ITEMS.as_bytes());
    let estate = bench.write("own/estate.toml", ESTATE.as_bytes());
    let evidence = bench.evidence();
    bench.write("own/lists/bad.txt", b"198.51.100.0/24");
    let sheet = |estate: &str| {
        let run = |words: &[&str]| bench.run(&[words, &["--estate", estate]].concat());
        let all = run(&["alarms", "list", &evidence, "--format", "jsonl"]).json();
        let share = all.iter().find(|alarm| alarm["rule"] == "foreign-share").unwrap();
        let fingerprint = share["fingerprint"].as_str().unwrap().to_owned();
        let shown = run(&["alarms", "show", &evidence, &fingerprint]).out;
        (run(&["alarms", "show", &evidence, &fingerprint, "--format", "json"]).json(), shown)
    };
    let (told, _) = sheet(&estate);
    let asset = told[0]["asset"].as_str().unwrap();
    assert!(
        asset.ends_with(
            ": sensitivity high (tag Environment=Production), reached from internal \
             (tag exposure=internal)"
        ),
        "{asset}"
    );
    assert_eq!(told[0]["priority"], 2, "{}", told[0]);

    // Whoever owns it knows better, and what it is called stands beside its name.
    let named = format!(
        "{ESTATE}[names]\n\"acme-data*\" = {{ label = \"old copy\", class = \"sandbox\" }}\n\
         \"203.0.113.0/24\" = {{ label = \"the office\" }}\n"
    );
    let estate = bench.write("own/estate.toml", named.as_bytes());
    let (told, shown) = sheet(&estate);
    let asset = told[0]["asset"].as_str().unwrap();
    assert!(asset.contains("sensitivity low (class sandbox)"), "{asset}");
    assert_eq!(told[0]["labels"]["203.0.113.7"], "the office");
    assert!(shown.contains("  src.ip     203.0.113.7  (the office)\n"), "{shown}");
}
