//! What raises alarms and what does not, and what comes first: small pieces of evidence, asked as
//! somebody would ask.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod found;
mod opened;

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

const ESTATE: &str = "accounts = [\"111122223333\"]\n";

/// What is printed of these records by a command of `alarms`.
fn printed(command: &[&str], records: &[Value], estate: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = records.iter().map(ToString::to_string).collect();
    fs::write(folder.path().join("evidence.jsonl"), lines.join("\n") + "\n").unwrap();
    fs::write(folder.path().join("estate.toml"), estate).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_trailcase"))
        .arg("alarms")
        .args(command)
        .arg(folder.path().join("evidence.jsonl"))
        .arg("--estate")
        .arg(folder.path().join("estate.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn alarms(records: &[Value], estate: &str) -> Vec<Value> {
    let told = printed(&["list", "--format", "jsonl"], records, estate);
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A call of a user of this name.
fn call(user: &str, source: &str, name: &str, request: &Value) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": "2026-03-04T10:00:00Z", "awsRegion": "eu-west-1",
        "eventSource": format!("{source}.amazonaws.com"), "eventName": name, "readOnly": false,
        "eventID": format!("00000000-0000-4000-8000-{:012}", user.len() * 1000 + name.len()),
        "eventType": "AwsApiCall", "recipientAccountId": "111122223333", "managementEvent": true,
        "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2", "requestParameters": request,
        "userIdentity": {
            "type": "IAMUser", "accountId": "111122223333", "userName": user,
            "arn": format!("arn:aws:iam::111122223333:user/{user}"),
        },
    })
}

/// The titles of the alarms of each of these calls, with how grave they are and why they were raised.
fn of_calls(calls: &[(&str, &str, Value)]) -> Vec<Vec<(String, String, String)>> {
    let user = |place: usize| format!("u{place:03}");
    let records: Vec<Value> = calls
        .iter()
        .enumerate()
        .map(|(place, (source, name, request))| {
            let mut record = call(&user(place), source, name, request);
            record["eventID"] = format!("00000000-0000-4000-8000-{place:012}").into();
            record
        })
        .collect();
    let mut found = vec![Vec::new(); calls.len()];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for alarm in alarms(&records, ESTATE) {
        for event in alarm["events"].as_array().unwrap() {
            let place: usize = event["id"].as_str().unwrap()[24..].parse().unwrap();
            let told = (text(&alarm["title"]), text(&alarm["severity"]), text(&alarm["why"]));
            found[place].push(told);
        }
    }
    found
}

/// Asserts of each call whether an alarm of this title is raised, and how grave it is.
fn check(title: &str, calls: &[(&str, &str, Value)], wanted: &[Option<&str>]) {
    let found = of_calls(calls);
    let of = |place: usize| {
        let one = found[place].iter().find(|(of, ..)| of == title);
        one.map(|(_, severity, _)| severity.as_str())
    };
    let wrong: Vec<String> = (0..calls.len())
        .filter(|place| of(*place) != wanted[*place])
        .map(|place| format!("{}: {:?}, not {:?}", calls[place].2, of(place), wanted[place]))
        .collect();
    assert!(wrong.is_empty(), "{title}\n{}", wrong.join("\n"));
}

const OWN: &str = "arn:aws:iam::111122223333:root";
const FOREIGN: &str = "arn:aws:iam::444455556666:root";

fn titles(records: &[Value]) -> Vec<String> {
    let mut all: Vec<String> = alarms(records, ESTATE)
        .iter()
        .map(|alarm| format!("{} x{}", alarm["title"].as_str().unwrap(), alarm["count"]))
        .collect();
    all.sort();
    all
}

#[test]
#[allow(clippy::too_many_lines, reason = "one table of calls")]
fn canaries_are_found_by_whatever_name_a_record_has_for_them() {
    let estate = "canaries = [\"db/canary\", \"/canary/param\", \"canary-files\", \"canary-table\", \
                  \"alias/canary-key\", \"canary-user\", \"arn:aws:s3:::files/canary-x.csv\", \"canary-member\"]\n";
    let calls = [
        (
            "secretsmanager",
            "GetSecretValue",
            json!({"secretId": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/canary-AbCdEf"}),
        ),
        ("ssm", "GetParameter", json!({"name": "/canary/param:3"})),
        ("ssm", "GetParameter", json!({"name": "/canary/param:label"})),
        (
            "ssm",
            "GetParameters",
            json!({"names": ["arn:aws:ssm:eu-west-1:111122223333:parameter/canary/param"]}),
        ),
        (
            "s3",
            "CopyObject",
            json!({"bucketName": "b", "key": "k", "x-amz-copy-source": "canary-files/a"}),
        ),
        (
            "s3",
            "CopyObject",
            json!({"bucketName": "b", "key": "k", "x-amz-copy-source": "/files%2Fcanary-x.csv"}),
        ),
        (
            "s3",
            "UploadPartCopy",
            json!({"bucketName": "b", "key": "k", "x-amz-copy-source": ["files/canary-x.csv"]}),
        ),
        (
            "dynamodb",
            "Scan",
            json!({"tableName": "arn:aws:dynamodb:eu-west-1:111122223333:table/canary-table"}),
        ),
        ("kms", "Decrypt", json!({"keyId": "arn:aws:kms:eu-west-1:111122223333:alias/canary-key"})),
        ("iam", "GetUser", json!({"arn": "arn:aws:iam::111122223333:user/path/canary-user"})),
        ("dynamodb", "PutItem", json!({"tableName": "t", "item": {"canary-member": 1}})),
        (
            "secretsmanager",
            "GetSecretValue",
            json!({"secretId": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/canary-2-AbCdEf"}),
        ),
        ("ssm", "GetParameter", json!({"name": "/canary/param2:3"})),
        ("s3", "GetObject", json!({"bucketName": "b", "key": "canary-files/a"})),
    ];
    let records: Vec<Value> = calls
        .iter()
        .enumerate()
        .map(|(place, (source, name, request))| {
            let mut record = call("u", source, name, request);
            record["eventID"] = format!("00000000-0000-4000-8000-{place:012}").into();
            record
        })
        .collect();
    let found = alarms(&records, estate);
    let of_canaries = found.iter().filter(|it| it["title"] == "A canary was touched");
    let events = of_canaries.flat_map(|it| it["events"].as_array().unwrap());
    let places: BTreeSet<usize> =
        events.map(|it| it["id"].as_str().unwrap()[24..].parse().unwrap()).collect();
    assert_eq!(places, (0..11).collect());
}

#[test]
fn whoever_is_watched_does_not_say_what_comes_first() {
    let session = |name: &str| {
        let mut record = call("x", "cloudtrail", "StopLogging", &json!({"name": "main"}));
        record["userIdentity"] = json!({
            "type": "AssumedRole", "accountId": "111122223333", "principalId": format!("AROAX:{name}"),
            "arn": format!("arn:aws:sts::111122223333:assumed-role/Admin/{name}"),
        });
        record
    };
    let key_of = |name: &str| call("al", "iam", "CreateAccessKey", &json!({"userName": name}));
    let priorities = |records: &[Value], estate: &str| -> BTreeSet<(String, u64)> {
        let of = |alarm: &Value| {
            (alarm["title"].as_str().unwrap().to_owned(), alarm["priority"].as_u64().unwrap())
        };
        alarms(records, estate).iter().map(of).collect()
    };
    let plain = priorities(&[session("s1")], ESTATE);
    assert!(plain.iter().any(|(_, priority)| *priority == 2), "{plain:?}");
    for name in ["sandbox-offline", "prod-public", "al@corp.example"] {
        assert_eq!(priorities(&[session(name)], ESTATE), plain, "{name}");
    }
    let plain = priorities(&[key_of("bert")], ESTATE);
    assert_eq!(priorities(&[key_of("demo-offline")], ESTATE), plain);
    // A role of this name lowers it; not if the evidence shows that it was made.
    let dev = || {
        let mut record = session("s1");
        record["userIdentity"]["arn"] =
            "arn:aws:sts::111122223333:assumed-role/dev-sandbox/s1".into();
        record
    };
    let of_stopping = |records: &[Value], estate: &str| {
        let all = priorities(records, estate).into_iter();
        let told: Vec<u64> =
            all.filter(|(title, _)| title.contains("stopped")).map(|(_, it)| it).collect();
        told
    };
    let made = |error: Option<&str>| {
        let mut record = call("eve", "iam", "CreateRole", &json!({"roleName": "dev-sandbox"}));
        record["errorCode"] = error.into();
        record
    };
    let plain_stopped = of_stopping(&[session("s1")], ESTATE);
    assert!(of_stopping(&[dev()], ESTATE) > plain_stopped);
    assert_eq!(of_stopping(&[dev(), made(None)], ESTATE), plain_stopped);
    assert!(of_stopping(&[dev(), made(Some("AccessDenied"))], ESTATE) > plain_stopped);
    let labelled = "[names]\n\"arn:aws:iam::111122223333:role/dev-sandbox\" = { label = \"play\", class = \"sandbox\" }\n";
    assert!(of_stopping(&[dev(), made(None)], labelled) > plain_stopped);
    // The owner may say so.
    let estate = "[names]\n\"111122223333\" = { label = \"play\", class = \"sandbox offline\" }\n";
    let told: BTreeMap<String, u64> =
        priorities(&[session("prod-public")], estate).into_iter().collect();
    assert!(told.values().all(|priority| *priority == 4), "{told:?}");
}
