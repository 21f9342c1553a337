//! The same evidence in a bucket and on the disk, and what is fetched when.

use super::program::{rows, run, text};
use super::proxy::{Fate, Proxy};
use super::server::{Server, free_port};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use trailcase::case::{Settings, Workspaces, sha256_hex};
use trailcase::cli::demo;
use trailcase::event::Timestamp;

/// So many records, which say this.
fn log(message: &str, count: usize) -> Vec<u8> {
    let line = format!("{{\"time\":\"2026-03-04T10:00:00Z\",\"message\":\"{message}\"}}\n");
    line.repeat(count).into_bytes()
}

#[test]
fn the_same_evidence_gives_the_same_rows_and_the_same_verdict() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    demo::write_month(folder.path(), 30).unwrap();
    let buckets = folder.path().join("buckets");
    let bucket = std::fs::read_dir(&buckets).unwrap().next().unwrap().unwrap().path();
    let name = bucket.file_name().unwrap().to_str().unwrap().to_owned();
    server.bucket(&name);
    let metadata = folder.path().join("meta").join(&name);
    let count = server.put_folder(&name, &bucket, Some(&metadata));
    assert!(count > 100, "{count}");

    let (local, remote) = (bucket.to_str().unwrap(), format!("s3://{name}"));
    let query = |source: &str| run(&server.endpoint(), &["query", source, "--format", "jsonl"]);
    let (here, there) = (query(local), query(&remote));
    let who = "trailcase: AWS is asked as arn:aws:sts::123456789012:user/moto of account \
               123456789012, region us-east-1\n";
    assert_eq!(text(&there.stderr), who);
    let (here, there) = (rows(&here), rows(&there));
    assert!(here.len() > 100, "{}", here.len());
    assert_eq!(here, there);

    let keys = folder.path().join("public-keys.json");
    let verify = |source: &str, more: &[&str]| {
        let arguments = ["verify", source, "--public-keys", keys.to_str().unwrap()];
        let arguments = [&arguments[..], &["--format", "json"], more].concat();
        let output = run(&server.endpoint(), &arguments);
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let metadata = folder.path().join("meta");
    let here = verify(buckets.to_str().unwrap(), &["--metadata", metadata.to_str().unwrap()]);
    let mut there = verify(&remote, &[]);
    // A folder says nothing of itself.
    assert!(there.as_object_mut().unwrap().remove("source_facts").is_some());
    assert_eq!(here["verdict"], "valid");
    assert_eq!(here, there);
}

/// More than a page holds, and never one too few.
#[test]
fn three_thousand_objects_over_pages_and_a_prefix() {
    let Some(server) = Server::start() else { return };
    server.bucket("many");
    let object = |number: usize| {
        (format!("logs/{:02}/{number:04}.json", number % 7), log(&number.to_string(), 1))
    };
    server.put_all("many", (0..3000).map(object));
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let count = |source: &str| {
        let output = run(&proxy.endpoint, &["query", source, "--count"]);
        text(&output.stdout).trim().to_owned()
    };
    assert_eq!(count("s3://many"), "3000");
    assert_eq!(proxy.asked("list-type=2"), 3);
    assert_eq!(count("s3://many/logs/03/"), (3000_usize.div_ceil(7)).to_string());
    assert_eq!(count("s3://many/logs/0"), "3000");
}

/// Whatever the network does to an answer, it is had whole or told of.
#[test]
fn broken_answers_are_taken_up_where_they_ended() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    for name in ["a", "b", "c"] {
        server.put("logs", name, &log(name, 20_000));
    }
    // The first ends early, twice; the service has no time for the second at first.
    let proxy = Proxy::start(server.port, |line, before| match (line, before) {
        (line, 0) if line.starts_with("GET /logs/a") => Fate::Cut(300_000),
        (line, 1) if line.starts_with("GET /logs/a") => Fate::Cut(100_000),
        (line, 0 | 1) if line.starts_with("GET /logs/b") => {
            Fate::Say(503, "<Error><Code>SlowDown</Code><Message>Reduce</Message></Error>")
        }
        _ => Fate::Pass,
    });
    let output = run(&proxy.endpoint, &["query", "s3://logs", "--count"]);
    assert_eq!(text(&output.stdout).trim(), "60000");
    assert_eq!((proxy.asked("GET /logs/a"), proxy.asked("GET /logs/b")), (3, 3));
    // One that never comes whole is told, and costs no other.
    let proxy = Proxy::start(server.port, |line, _| match line {
        line if line.starts_with("GET /logs/a") => Fate::Cut(1000),
        _ => Fate::Pass,
    });
    let output = run(&proxy.endpoint, &["query", "s3://logs", "--count"]);
    assert_eq!(text(&output.stdout).trim(), "40000");
    let told = text(&output.stderr);
    assert!(told.contains("s3://logs/a: failed: it did not come whole"), "{told}");
    assert_eq!(output.status.code(), Some(3));
}

/// What is not fetched is told, object by object.
#[test]
fn no_more_is_fetched_than_was_allowed() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    for name in ["a", "b", "c"] {
        server.put("logs", name, &log(name, 1000));
    }
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let most = (log("a", 1000).len() * 2).to_string();
    let output = run(&proxy.endpoint, &["query", "s3://logs", "--count", "--fetch-limit", &most]);
    assert_eq!(text(&output.stdout).trim(), "2000");
    let told = text(&output.stderr);
    let left = "s3://logs/c: skipped: was not fetched";
    assert!(told.contains(left) && told.contains("--fetch-limit"), "{told}");
    assert!(told.contains("s3://logs: beyond the limit: 1 object, 46.0 kB, 1 request"), "{told}");
    assert_eq!(proxy.asked("GET /logs/c"), 0);
}

/// What a workspace has is not asked for again.
#[test]
fn a_workspace_fetches_only_what_is_new() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    server.put("logs", "a", &log("a", 10));
    let folder = tempfile::tempdir().unwrap();
    let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
    let workspaces = Workspaces::new(folder.path());
    let sources = vec!["s3://logs".to_owned()];
    drop(workspaces.create("case", sources, Settings::default(), Timestamp(0)).unwrap());
    let count = || {
        let place = folder.path().to_str().unwrap();
        let arguments = ["query", "-w", "case", "--count", "--workspace-dir", place];
        text(&run(&proxy.endpoint, &arguments).stdout).trim().to_owned()
    };
    let fetched = || ["a", "b"].map(|name| proxy.asked(&format!("GET /logs/{name}")));
    assert_eq!((count().as_str(), fetched()), ("10", [1, 0]));
    server.put("logs", "b", &log("b", 10));
    assert_eq!((count().as_str(), fetched()), ("20", [1, 1]));
    // An object that was written anew is another.
    server.put("logs", "a", &log("c", 7));
    assert_eq!((count().as_str(), fetched()), ("17", [2, 1]));
    // Without the service there is what was fetched before, and it is said.
    let place = folder.path().to_str().unwrap();
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let arguments = ["query", "-w", "case", "--count", "--workspace-dir", place];
    let output = run(&nowhere, &arguments);
    assert_eq!(text(&output.stdout).trim(), "17");
    let told = text(&output.stderr);
    assert!(told.contains("s3://logs: failed") && told.contains("fetched before"), "{told}");
    // All that was fetched is kept, under its hash and for its owner alone.
    let kept = folder.path().join("case/evidence/by-hash");
    for bytes in [log("a", 10), log("b", 10), log("c", 7)] {
        let path = kept.join(sha256_hex(&bytes));
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// What cannot be read as it is says what to do, object by object.
#[test]
fn archives_and_keys_are_told_with_what_brings_the_object() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    for name in ["archived", "deep", "foreign", "locked", "whole"] {
        server.put("logs", name, &log(name, 1));
    }
    let error = |code: &str, more: &str| -> &'static str {
        format!("<Error><Code>{code}</Code>{more}</Error>").leak()
    };
    let state = |tier: &str| {
        let more = format!(
            "<Message>The operation is not valid for the object's access tier</Message>\
             <StorageClass>INTELLIGENT_TIERING</StorageClass><AccessTier>{tier}</AccessTier>"
        );
        error("InvalidObjectState", &more)
    };
    let (archived, deep) = (state("ARCHIVE_ACCESS"), state("DEEP_ARCHIVE_ACCESS"));
    let foreign = "<Message>The object was stored using a form of Server Side Encryption. The \
                   correct parameters must be provided to retrieve the object.</Message>";
    let foreign = error("InvalidRequest", foreign);
    let locked = error("KMS.DisabledException", "<Message>the key is disabled.</Message>");
    let proxy = Proxy::start(server.port, move |line, _| {
        let of = |name: &str| line.starts_with(&format!("GET /logs/{name}"));
        match () {
            () if of("archived") => Fate::Say(403, archived),
            () if of("deep") => Fate::Say(403, deep),
            () if of("foreign") => Fate::Say(400, foreign),
            () if of("locked") => Fate::Say(400, locked),
            () => Fate::Pass,
        }
    });
    let output = run(&proxy.endpoint, &["query", "s3://logs", "--count"]);
    assert_eq!(text(&output.stdout).trim(), "1");
    let told = text(&output.stderr);
    for wanted in [
        "archived: failed: lies in the archive (INTELLIGENT_TIERING, ARCHIVE_ACCESS); `aws s3api \
         restore-object --bucket logs --key archived --restore-request '{}'` brings it back \
         within 5 hours",
        "DEEP_ARCHIVE_ACCESS); `aws s3api restore-object --bucket logs --key deep \
         --restore-request '{}'` brings it back within 12 hours",
        "foreign: failed: it is encrypted with a key that S3 does not have (SSE-C)",
        "locked: failed: its key is disabled",
    ] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
}

#[test]
fn bytes_that_are_not_what_their_checksum_says_are_no_evidence() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    server.put("logs", "a", &log("a", 3));
    server.put("logs", "b", &log("b", 3));
    let proxy = Proxy::start(server.port, |line, _| {
        if line.starts_with("GET /logs/a") { Fate::Damage } else { Fate::Pass }
    });
    let output = run(&proxy.endpoint, &["query", "s3://logs", "--count"]);
    assert_eq!(text(&output.stdout).trim(), "3");
    let told = text(&output.stderr);
    assert!(told.contains("s3://logs/a: failed: its bytes are not what its checksum"), "{told}");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn who_pays_is_said_with_each_request_if_it_was_agreed_to() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    server.put("logs", "a", &log("a", 1));
    let header = "x-amz-request-payer: requester";
    let asks = ["HEAD /logs", "list-type=2", "GET /logs/a"];
    for (flags, times) in [(&[][..], 0), (&["--requester-pays"], 1)] {
        let proxy = Proxy::start(server.port, |_, _| Fate::Pass);
        let arguments = [&["query", "s3://logs", "--count"], flags].concat();
        assert_eq!(text(&run(&proxy.endpoint, &arguments).stdout).trim(), "1");
        for ask in asks {
            let asked = (proxy.asked(ask), proxy.asked_with(ask, header));
            assert_eq!(asked, (1, times), "{ask}");
        }
    }
}

/// Such a bucket refuses without saying why.
#[test]
fn a_refusal_says_that_one_may_have_to_pay() {
    let denied = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
    let payer = |who: &str| -> &'static str {
        let body = format!("<Payer>{who}</Payer>");
        format!("<RequestPaymentConfiguration>{body}</RequestPaymentConfiguration>").leak()
    };
    let told = |payer: Option<&'static str>, flags: &[&str]| {
        let proxy = Proxy::start(0, move |line, _| match payer {
            _ if line.starts_with("HEAD") => Fate::Say(403, ""),
            Some(payer) if line.contains("?requestPayment") => Fate::Say(200, payer),
            _ => Fate::Say(403, denied),
        });
        let arguments = [&["query", "s3://logs", "--count"], flags].concat();
        text(&run(&proxy.endpoint, &arguments).stderr).to_owned()
    };
    let agree = "--requester-pays agrees to it";
    let known = told(Some(payer("Requester")), &[]);
    assert!(known.contains(&format!("its bucket lets the requester pay: {agree}")), "{known}");
    let unknown = told(None, &[]);
    assert!(unknown.contains(&format!("if its bucket lets the requester pay, {agree}")));
    assert!(!told(Some(payer("BucketOwner")), &[]).contains(agree));
    assert!(!told(None, &["--requester-pays"]).contains(agree));
}

#[test]
fn an_object_that_is_written_between_listing_and_reading_is_told() {
    let Some(server) = Server::start() else { return };
    server.bucket("logs");
    server.put("logs", "a", &log("a", 1));
    let gone = "<Error><Code>PreconditionFailed</Code><Message>At least one</Message></Error>";
    let proxy = Proxy::start(server.port, move |line, _| match line {
        line if line.starts_with("GET /logs/a") => Fate::Say(412, gone),
        _ => Fate::Pass,
    });
    let output = run(&proxy.endpoint, &["query", "s3://logs"]);
    let told = text(&output.stderr);
    assert!(told.contains("s3://logs/a: failed: it was written anew"), "{told}");
}
