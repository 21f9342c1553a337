//! What a bucket had, and what it says of itself.

use super::program::{run, text};
use super::proxy::{Fate, Proxy};
use super::server::{Server, free_port};
use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, DefaultRetention, ExpirationStatus, LifecycleExpiration,
    LifecycleRule, LifecycleRuleFilter, ObjectLockConfiguration, ObjectLockEnabled,
    ObjectLockLegalHoldStatus, ObjectLockMode, ObjectLockRetentionMode, ObjectLockRule,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use trailcase::case::{Settings, Workspaces};
use trailcase::cli::demo;
use trailcase::event::Timestamp;

const BUCKET: &str = "example-trail-logs";

/// A month of made-up logs with their digests in a bucket that keeps what is deleted.
struct Month {
    folder: tempfile::TempDir,
    server: Server,
}

impl Month {
    fn at(server: Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        demo::write_month(folder.path(), 2).unwrap();
        let month = Self { folder, server };
        let metadata = month.folder.path().join("meta").join(month.name());
        month.server.versioned_bucket(&month.name());
        month.server.put_folder(&month.name(), &month.bucket(), Some(&metadata));
        month
    }

    fn bucket(&self) -> PathBuf {
        let buckets = self.folder.path().join("buckets");
        std::fs::read_dir(buckets).unwrap().next().unwrap().unwrap().path()
    }

    fn name(&self) -> String {
        self.bucket().file_name().unwrap().to_str().unwrap().to_owned()
    }

    /// Keys with this in their names, in order.
    fn keys(&self, part: &str) -> Vec<String> {
        let mut all = Vec::new();
        below(&self.bucket(), &mut all);
        let root = self.bucket();
        let keys = all.iter().map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap());
        let mut keys: Vec<String> =
            keys.filter(|key| key.contains(part)).map(str::to_owned).collect();
        keys.sort();
        keys
    }

    fn verify(&self, more: &[&str]) -> (Option<i32>, Value) {
        let keys = self.folder.path().join("public-keys.json");
        let source = format!("s3://{}", self.name());
        let arguments = ["verify", &source, "--public-keys", keys.to_str().unwrap()];
        let arguments = [&arguments[..], &["--format", "json"], more].concat();
        let output = run(&self.server.endpoint(), &arguments);
        (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
    }
}

fn below(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { below(&path, all) } else { all.push(path) }
    }
}

/// A rule that has expired everything for years, as far as a bucket tells.
fn expiry(prefix: &str) -> BucketLifecycleConfiguration {
    let at = aws_sdk_s3::primitives::DateTime::from_secs(1_577_836_800);
    let rule = LifecycleRule::builder()
        .id("old logs")
        .filter(LifecycleRuleFilter::builder().prefix(prefix).build())
        .expiration(LifecycleExpiration::builder().date(at).build())
        .status(ExpirationStatus::Enabled)
        .build();
    BucketLifecycleConfiguration::builder().rules(rule.unwrap()).build().unwrap()
}

/// Kind, severity and detail of the findings about a key.
fn about<'a>(report: &'a Value, key: &str) -> Vec<(&'a str, &'a str, &'a str)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let of = findings.filter(|finding| finding["key"] == key);
    let text = |finding: &'a Value, name| finding[name].as_str().unwrap();
    of.map(|it| (text(it, "kind"), text(it, "severity"), text(it, "detail"))).collect()
}

#[test]
fn what_was_deleted_or_overwritten_is_told_and_what_is_left_of_it() {
    for server in Server::all() {
        let month = Month::at(server);
        assert_eq!(month.verify(&[]).1["verdict"], "valid");
        let logs = month.keys("_CloudTrail_");
        let digests = month.keys("CloudTrail-Digest_");
        let newest = digests.last().unwrap();
        let (gone, changed, same) = (&logs[0], &logs[1], &logs[2]);
        let path = |key: &str| month.bucket().join(key);
        let whole = std::fs::read(path(changed)).unwrap();
        month.server.delete(&month.name(), gone);
        month.server.delete(&month.name(), newest);
        month.server.put(&month.name(), changed, &std::fs::read(path(gone)).unwrap());
        month.server.put(&month.name(), same, &std::fs::read(path(same)).unwrap());
        assert!(!whole.is_empty());

        let (status, report) = month.verify(&[]);
        assert_eq!((status, &report["verdict"]), (Some(1), &"invalid".into()));
        let [(kind, severity, detail)] = about(&report, gone)[..] else { panic!("{report}") };
        assert_eq!((kind, severity), ("log_missing", "error"));
        assert!(detail.contains("; it was deleted at 20"), "{detail}");
        let left = format!("is still there: s3://{}/{gone}?versionId=", month.name());
        assert!(detail.contains(&left) && detail.ends_with("--versions brings it in"), "{detail}");
        let [(kind, severity, detail)] = about(&report, changed)[..] else { panic!("{report}") };
        assert_eq!((kind, severity), ("log_modified", "error"));
        assert!(detail.contains("; it was written anew at 20"), "{detail}");
        // The chain cannot show that its newest digest is gone; the bucket can.
        let [(kind, severity, detail)] = about(&report, newest)[..] else { panic!("{report}") };
        assert_eq!((kind, severity), ("object_deleted", "error"));
        assert!(detail.contains("no rule of the bucket does that"), "{detail}");
        let [(kind, severity, _)] = about(&report, same)[..] else { panic!("{report}") };
        assert_eq!((kind, severity), ("object_overwritten", "warning"));

        // Read too, what was delivered is known by its hash.
        let (_, report) = month.verify(&["--versions"]);
        for key in [gone, changed] {
            let [(_, "error", detail)] = about(&report, key)[..] else { panic!("{report}") };
            let delivered = format!("as it was delivered it is s3://{}/{key}?", month.name());
            assert!(detail.contains(&delivered), "{detail}");
        }
    }
}

#[test]
fn former_versions_are_objects_of_their_own() {
    for server in Server::all() {
        let log = |number: u8| {
            let text = format!("2026-03-04T10:00:0{number}Z");
            format!("{{\"time\":\"{text}\",\"message\":\"{number}\"}}\n").into_bytes()
        };
        server.versioned_bucket(BUCKET);
        for (key, number) in [("a", 1), ("a", 2), ("b", 3), ("a?versionId=b", 4)] {
            server.put(BUCKET, key, &log(number));
        }
        server.delete(BUCKET, "b");
        let query = |more: &[&str]| {
            let arguments = ["query", "s3://example-trail-logs", "--format", "jsonl"];
            let output = run(&server.endpoint(), &[&arguments[..], more].concat());
            let objects = text(&output.stdout).lines().map(|line| {
                let row: Value = serde_json::from_str(line).unwrap();
                let object = row["origin.object"].as_str().unwrap();
                (row["message"].as_str().unwrap().to_owned(), object.to_owned())
            });
            let (messages, objects): (String, Vec<String>) = objects.unzip();
            (messages, objects)
        };
        let root = "s3://example-trail-logs/";
        let (messages, objects) = query(&[]);
        assert_eq!(messages, "24");
        assert_eq!(objects, [format!("{root}a"), format!("{root}a?versionId=b?versionId=")]);
        let (messages, objects) = query(&["--versions"]);
        assert_eq!(messages, "1234");
        for (number, beginning) in [(0, "a?versionId="), (2, "b?versionId=")] {
            let version = objects[number].strip_prefix(&format!("{root}{beginning}")).unwrap();
            assert!(!version.is_empty() && !version.contains('?'), "{objects:?}");
        }
        assert_eq!(
            [&objects[1], &objects[3]],
            [&format!("{root}a"), &format!("{root}a?versionId=b?versionId=")]
        );
    }
}

/// Former versions are part of the evidence from then on, and are kept like all of it.
#[test]
fn a_workspace_remembers_that_it_reads_former_versions() {
    let Some(server) = Server::start_ministack() else { return };
    server.versioned_bucket(BUCKET);
    for number in 1..3 {
        let line = format!("{{\"time\":\"2026-03-04T10:00:0{number}Z\"}}\n");
        server.put(BUCKET, "a", line.as_bytes());
    }
    let folder = tempfile::tempdir().unwrap();
    let workspaces = Workspaces::new(folder.path());
    let settings = Settings { versions: true, ..Settings::default() };
    let sources = vec!["s3://example-trail-logs".to_owned()];
    drop(workspaces.create("case", sources, settings, Timestamp(0)).unwrap());
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let place = folder.path().to_str().unwrap();
    for _ in 0..2 {
        let arguments = ["query", "-w", "case", "--count", "--workspace-dir", place];
        assert_eq!(text(&run(&proxy.endpoint, &arguments).stdout).trim(), "2");
    }
    assert_eq!(proxy.asked("GET /example-trail-logs/a?"), 2);
    // Without the service there is what was fetched before, former versions too.
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let arguments = ["query", "-w", "case", "--count", "--workspace-dir", place];
    assert_eq!(text(&run(&nowhere, &arguments).stdout).trim(), "2");
}

/// Former versions are left where the window does not need them, like what there is now.
#[test]
fn dates_outside_of_the_window_are_not_listed_with_their_versions_either() {
    const TRAIL: &str = "AWSLogs/111122223333/CloudTrail/eu-central-1";
    for server in Server::all() {
        server.versioned_bucket(BUCKET);
        for round in 0..2 {
            let objects = (1..=9).map(|day| {
                let line = format!("{{\"time\":\"2026-02-0{day}T10:00:0{round}Z\"}}\n");
                (format!("{TRAIL}/2026/02/0{day}/a.json"), line.into_bytes())
            });
            server.put_all(BUCKET, objects);
        }
        server.delete(BUCKET, &format!("{TRAIL}/2026/02/05/a.json"));
        let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
        let query = ["query", "s3://example-trail-logs/AWSLogs/", "--count", "--versions"];
        let window = ["--since", "2026-02-04", "--until", "2026-02-06"];
        let output = run(&proxy.endpoint, &[&query[..], &window].concat());
        assert_eq!(text(&output.stdout).trim(), "4", "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("2 ranges of dates outside of the window"));
        let asked = |day: u8| proxy.asked(&format!("2026%2F02%2F0{day}%2F"));
        assert_eq!(
            [1, 3, 4, 5, 6, 7].map(|day| asked(day) > 0),
            [false, false, true, true, true, false]
        );
    }
}

/// A listing with former versions has told what was deleted, and is not made twice.
#[test]
fn what_ended_is_not_asked_for_where_versions_were_listed() {
    let Some(server) = Server::start_ministack() else { return };
    let month = Month::at(server);
    let gone = &month.keys("_CloudTrail_")[0];
    month.server.delete(&month.name(), gone);
    let source = format!("s3://{}", month.name());
    let keys = month.folder.path().join("public-keys.json");
    let verify = ["verify", &source, "--public-keys", keys.to_str().unwrap(), "--format", "json"];
    let asked = |arguments: &[&str]| {
        let proxy = Proxy::start(month.server.port, |_, _| Fate::Pass);
        let output = run(&proxy.endpoint, arguments);
        (proxy.asked("?versions"), output.stdout)
    };
    let (once, _) = asked(&["query", &source, "--count", "--versions"]);
    let (beside, _) = asked(&verify);
    let (with, report) = asked(&[&verify[..], &["--versions"]].concat());
    assert!(once > 0 && beside > 0);
    assert_eq!(with, once);
    let report: Value = serde_json::from_slice(&report).unwrap();
    let [(_, _, detail)] = about(&report, gone)[..] else { panic!("{report}") };
    assert!(detail.contains("it was deleted at 20"), "{detail}");
}

/// Pages end where they like, also within a key.
#[test]
fn a_history_of_many_pages_is_whole() {
    for server in Server::all() {
        server.versioned_bucket(BUCKET);
        let line =
            |n: usize| format!("{{\"time\":\"2026-03-04T10:00:00Z\",\"n\":{n}}}\n").into_bytes();
        for round in 0..3 {
            let objects = (0..700).map(|n| (format!("{n:04}"), line(n * 3 + round)));
            server.put_all(BUCKET, objects);
        }
        let count = |more: &[&str]| {
            let arguments = ["query", "s3://example-trail-logs", "--count"];
            let output = run(&server.endpoint(), &[&arguments[..], more].concat());
            text(&output.stdout).trim().to_owned()
        };
        assert_eq!((count(&[]), count(&["--versions"])), ("700".to_owned(), "2100".to_owned()));
    }
}

#[test]
fn a_rule_of_the_bucket_explains_what_it_deletes() {
    for server in Server::all() {
        let month = Month::at(server);
        month.server.ask(|client| {
            let put = client.put_bucket_lifecycle_configuration().bucket(month.name());
            put.lifecycle_configuration(expiry("AWSLogs/")).send()
        });
        let newest = month.keys("CloudTrail-Digest_").pop().unwrap();
        month.server.delete(&month.name(), &newest);
        let (_, report) = month.verify(&[]);
        let [(kind, severity, detail)] = about(&report, &newest)[..] else { panic!("{report}") };
        // Whoever makes a rule deletes by it: what is gone so soon was not kept.
        assert_eq!((kind, severity), ("object_deleted", "warning"));
        assert!(detail.contains("the bucket's rule \"old logs\" does that"), "{detail}");
        assert!(detail.contains("kept for less than 90 days"), "{detail}");
    }
}

#[test]
fn a_bucket_says_what_it_is() {
    // What moto says of versioning is not what S3 says, nor what both say of who pays.
    let Some(server) = Server::start_ministack() else { return };
    let retention = DefaultRetention::builder().mode(ObjectLockRetentionMode::Compliance).days(365);
    let rule = ObjectLockRule::builder().default_retention(retention.build()).build();
    let lock = ObjectLockConfiguration::builder()
        .object_lock_enabled(ObjectLockEnabled::Enabled)
        .rule(rule)
        .build();
    server.ask(|client| {
        client.create_bucket().bucket(BUCKET).object_lock_enabled_for_bucket(true).send()
    });
    server.ask(|client| {
        client.put_object_lock_configuration().bucket(BUCKET).object_lock_configuration(lock).send()
    });
    server.ask(|client| {
        let put = client.put_bucket_lifecycle_configuration().bucket(BUCKET);
        put.lifecycle_configuration(expiry("AWSLogs/")).send()
    });
    server.put(BUCKET, "AWSLogs/a", b"{\"time\":\"2026-03-04T10:00:00Z\"}\n");
    let arguments = ["verify", "s3://example-trail-logs/AWSLogs/", "--format", "json"];
    let payer =
        "<RequestPaymentConfiguration><Payer>Requester</Payer></RequestPaymentConfiguration>";
    let proxy = Proxy::start(server.port, move |line, _| {
        if line.contains("?requestPayment") { Fate::Say(200, payer) } else { Fate::Pass }
    });
    let report = run(&proxy.endpoint, &arguments).stdout;
    let report: Value = serde_json::from_slice(&report).unwrap();
    let told = &report["source_facts"][0];
    assert_eq!(told["source"], "s3://example-trail-logs/AWSLogs/");
    let facts = told["facts"].as_array().unwrap().iter();
    let said = |fact: &'_ Value| (fact["name"].to_string(), fact["value"].to_string());
    let wanted = [
        ("versioning", "enabled"),
        ("object lock", "on; what is written is kept for 365 days by default, in COMPLIANCE mode"),
        (
            "lifecycle",
            "rule \"old logs\" (below AWSLogs/): expires objects on 2020-01-01T00:00:00Z",
        ),
        ("encryption", "AES256 by default"),
        ("payer", "the requester: each request and each byte is billed to you"),
        ("former objects", "none"),
    ];
    let wanted = wanted.map(|(name, value)| said(&json!({ "name": name, "value": value })));
    assert_eq!(facts.map(said).collect::<Vec<_>>(), wanted);
}

/// What keeps an object from being deleted comes with it, and is known without asking again.
#[test]
fn an_object_is_known_with_what_keeps_it() {
    let Some(server) = Server::start_ministack() else { return };
    server.ask(|client| {
        client.create_bucket().bucket(BUCKET).object_lock_enabled_for_bucket(true).send()
    });
    for (key, is_kept) in [("kept.jsonl", true), ("plain.jsonl", false)] {
        let line = format!("{{\"time\":\"2026-03-04T10:00:00Z\",\"message\":\"{key}\"}}\n");
        server.ask(|client| {
            let put = client.put_object().bucket(BUCKET).key(key).body(line.into_bytes().into());
            let until = aws_sdk_s3::primitives::DateTime::from_secs(4_102_444_800);
            if !is_kept {
                return put.send();
            }
            let put = put.object_lock_mode(ObjectLockMode::Compliance);
            put.object_lock_retain_until_date(until)
                .object_lock_legal_hold_status(ObjectLockLegalHoldStatus::On)
                .send()
        });
    }
    let folder = tempfile::tempdir().unwrap();
    let workspaces = Workspaces::new(folder.path());
    let sources = vec!["s3://example-trail-logs".to_owned()];
    drop(workspaces.create("case", sources, Settings::default(), Timestamp(0)).unwrap());
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let place = folder.path().to_str().unwrap();
    let arguments = ["coverage", "-w", "case", "--workspace-dir", place, "--format", "json"];
    for _ in 0..2 {
        let told: Value = serde_json::from_slice(&run(&proxy.endpoint, &arguments).stdout).unwrap();
        let lock = |number: usize| &told["objects"][number]["object_lock"];
        let kept = "retained until 2100-01-01T00:00:00Z in COMPLIANCE mode, under legal hold";
        assert_eq!((lock(0), lock(1)), (&kept.into(), &Value::Null), "{told}");
    }
    assert_eq!(proxy.asked("GET /example-trail-logs/kept"), 1);
    assert_eq!(proxy.asked("?retention") + proxy.asked("?legal-hold"), 0);
}

/// Everything is gone, and the bucket says what there was.
#[test]
fn a_prefix_of_which_all_was_deleted_is_no_silence() {
    for server in Server::all() {
        let month = Month::at(server);
        let keys = month.keys("");
        for key in &keys {
            month.server.delete(&month.name(), key);
        }
        let (status, report) = month.verify(&[]);
        assert_eq!((status, &report["verdict"]), (Some(1), &"invalid".into()), "{report}");
        assert_eq!(report["findings"].as_array().unwrap().len(), keys.len());
    }
}

#[test]
fn what_may_not_be_known_is_told_with_its_permission() {
    let Some(server) = Server::start() else { return };
    let month = Month::at(server);
    let denied = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
    let asks =
        ["versioning", "versions", "object-lock", "lifecycle", "encryption", "requestPayment"];
    let proxy = Proxy::start(month.server.port, move |line, _| {
        if asks.iter().any(|what| line.contains(&format!("?{what}"))) {
            Fate::Say(403, denied)
        } else {
            Fate::Pass
        }
    });
    let keys = month.folder.path().join("public-keys.json");
    let source = format!("s3://{}", month.name());
    let arguments = ["verify", &source, "--public-keys", keys.to_str().unwrap()];
    let output = run(&proxy.endpoint, &arguments);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}");
    for permission in [
        "s3:GetBucketVersioning",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetEncryptionConfiguration",
        "s3:GetBucketRequestPayment",
        "s3:ListBucketVersions",
    ] {
        assert!(told.contains(&format!("this needs {permission} on {source}/")), "{told}");
    }
    // What is asked for and refused costs nothing else.
    let output = run(&proxy.endpoint, &["query", &source, "--count", "--versions"]);
    assert_ne!(text(&output.stdout).trim(), "0");
    assert!(text(&output.stderr).contains("former versions were not listed: not allowed"));
}

#[test]
fn a_bucket_without_versions_has_no_past() {
    let Some(server) = Server::start_ministack() else { return };
    server.bucket(BUCKET);
    server.put(BUCKET, "a", b"{\"time\":\"2026-03-04T10:00:00Z\"}\n");
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let output = run(&proxy.endpoint, &["verify", "s3://example-trail-logs"]);
    let told = text(&output.stdout);
    assert!(told.contains("never enabled: what is overwritten or deleted"), "{told}");
    assert_eq!(proxy.asked("?versions"), 0);
}
