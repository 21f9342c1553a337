//! Public keys that CloudTrail itself lists.

use super::fake::{Asked, Fake};
use super::program::{run, text};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Output;
use trailcase::cli::demo;

/// A day and more of signed digests, and the keys that are listed for it.
struct Evidence {
    folder: tempfile::TempDir,
    keys: Vec<Value>,
}

impl Evidence {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        demo::write_month(folder.path(), 30).unwrap();
        let listed = std::fs::read(folder.path().join("public-keys.json")).unwrap();
        let listed: Value = serde_json::from_slice(&listed).unwrap();
        let keys = listed["PublicKeyList"].as_array().unwrap().clone();
        Self { folder, keys }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn verify(&self, fake: &Fake, keys: &str) -> (Value, Output) {
        let (buckets, metadata) = (self.path("buckets"), self.path("meta"));
        verify(fake, &buckets, &metadata, keys)
    }
}

fn verify(fake: &Fake, evidence: &Path, metadata: &Path, keys: &str) -> (Value, Output) {
    let paths = [evidence, metadata].map(|path| path.to_str().unwrap());
    let arguments = ["verify", paths[0], "--metadata", paths[1], "--public-keys", keys];
    let output = run(&fake.endpoint, &[&arguments[..], &["--format", "json"]].concat());
    let report = serde_json::from_slice(&output.stdout).unwrap();
    (report, output)
}

/// A page for each key.
fn page(keys: &[Value], asked: &Asked) -> Value {
    let at = asked.input["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
    let mut page = json!({"PublicKeyList": keys.get(at).into_iter().collect::<Vec<_>>()});
    if at + 1 < keys.len() {
        page["NextToken"] = json!((at + 1).to_string());
    }
    page
}

#[test]
fn digests_are_valid_with_the_keys_that_cloudtrail_lists_page_by_page() {
    let evidence = Evidence::new();
    let keys = evidence.keys.clone();
    assert!(keys.len() > 1);
    // The service has no time at first.
    let fake = Fake::start(move |asked, before| match before {
        0 => (400, json!({"__type": "ThrottlingException", "message": "Rate exceeded"})),
        _ => (200, page(&keys, asked)),
    });
    let (report, output) = evidence.verify(&fake, "cloudtrail://");
    let told = text(&output.stderr);
    assert_eq!((&report["verdict"], output.status.code()), (&json!("valid"), Some(0)), "{told}");
    let (with_file, _) =
        evidence.verify(&fake, evidence.path("public-keys.json").to_str().unwrap());
    assert_eq!(report, with_file);
    let asked = fake.asked();
    assert_eq!(asked.len(), 2 * evidence.keys.len(), "{asked:?}");
    for one in &asked {
        assert_eq!(
            (one.operation.as_str(), one.service.as_str()),
            ("ListPublicKeys", "cloudtrail")
        );
        assert_eq!(one.key, "AKIAIOSFODNN7EXAMPLE");
        assert!(told.contains(&format!("cloudtrail://{}: ", one.region)), "{told}");
        // From the first of 30 digests, one each hour, to the last, with three hours around them.
        let time = |name: &str| one.input[name].as_i64().unwrap();
        assert_eq!(time("EndTime") - time("StartTime"), (29 + 3) * 3600);
    }
}

#[test]
fn one_region_is_asked_alone_and_one_without_digests_is_not() {
    let evidence = Evidence::new();
    let keys = evidence.keys.clone();
    let fake = Fake::start(move |asked, _| (200, page(&keys, asked)));
    let (report, output) = evidence.verify(&fake, "cloudtrail://ap-east-1");
    let told = text(&output.stderr);
    assert!(told.contains("no digest in the evidence is of that Region"), "{told}");
    assert!(report["verdict"] != "valid" && fake.asked().is_empty());
    let (_, region) = told.split_once("there are digests of: ").unwrap();
    let region = region.split([',', '\n']).next().unwrap();
    evidence.verify(&fake, &format!("cloudtrail://{region}"));
    let asked = fake.asked();
    assert!(!asked.is_empty() && asked.iter().all(|one| one.region == region), "{asked:?}");
}

#[test]
fn what_is_refused_names_the_permission_and_costs_no_report() {
    let evidence = Evidence::new();
    let fake = Fake::start(|_, _| {
        let message = "User is not authorized to perform: cloudtrail:ListPublicKeys";
        (400, json!({"__type": "AccessDeniedException", "Message": message}))
    });
    let (report, output) = evidence.verify(&fake, "cloudtrail://");
    let told = text(&output.stderr);
    assert!(told.contains("not allowed: this needs cloudtrail:ListPublicKeys on *"), "{told}");
    assert!(!told.contains("no public keys were named"), "{told}");
    assert_ne!(report["verdict"], "valid");
    let empty = Fake::start(|_, _| (200, json!({"PublicKeyList": []})));
    let (_, output) = evidence.verify(&empty, "cloudtrail://");
    let told = text(&output.stderr);
    assert!(told.contains("CloudTrail lists no key of"), "{told}");
}

/// What a service that is asked in JSON refuses with is told as that of a bucket is.
#[test]
fn refusals_say_what_to_do() {
    let evidence = Evidence::new();
    for (status, kind, message, wanted) in [
        (400, "ExpiredTokenException", "expired", "the credentials have expired: renew them"),
        (400, "UnrecognizedClientException", "invalid", "the credentials are not valid here"),
        (400, "InvalidSignatureException", "Signature expired: 1 < 2", "the clock of this host"),
        (500, "InternalFailure", "sorry", "it failed: try again later (InternalFailure: sorry)"),
    ] {
        let fake = Fake::start(move |_, _| (status, json!({"__type": kind, "message": message})));
        let (_, output) = evidence.verify(&fake, "cloudtrail://");
        let told = text(&output.stderr);
        assert!(told.contains(wanted) && told.contains(kind), "{told}");
        // What may pass is asked for again.
        assert_eq!(fake.asked().len(), if status == 500 { 4 } else { 1 }, "{kind}");
    }
}

/// Nobody is asked who was not named, and it is said that he can be.
#[test]
fn cloudtrail_is_asked_by_its_name_alone() {
    let evidence = Evidence::new();
    let fake = Fake::start(|_, _| (500, json!({})));
    let output = run(&fake.endpoint, &["verify", evidence.path("buckets").to_str().unwrap()]);
    let told = text(&output.stderr);
    assert!(told.contains("no public keys were named") && told.contains("cloudtrail://"), "{told}");
    assert!(fake.asked().is_empty());
    let source = run(&fake.endpoint, &["query", "cloudtrail://"]);
    assert!(text(&source.stderr).contains("is not supported in this version"));
    assert!(fake.asked().is_empty());
}

/// Rows have the standing that these keys prove.
#[test]
fn rows_are_verified_with_keys_of_cloudtrail() {
    let evidence = Evidence::new();
    let keys = evidence.keys.clone();
    let fake = Fake::start(move |asked, _| (200, page(&keys, asked)));
    let paths = [evidence.path("buckets"), evidence.path("meta")];
    let [buckets, metadata] = paths.each_ref().map(|path| path.to_str().unwrap());
    let arguments = ["query", buckets, "verified:yes", "--count", "--metadata", metadata];
    let count = |more: &[&str]| {
        let output = run(&fake.endpoint, &[&arguments[..], more].concat());
        text(&output.stdout).trim().parse::<u64>().unwrap()
    };
    assert_eq!(count(&[]), 0);
    assert!(count(&["--public-keys", "cloudtrail://"]) > 100);
}

/// A signed corpus of others, if there is one.
#[test]
fn the_corpus_is_valid_with_keys_of_cloudtrail() {
    let Some(corpus) = std::env::var_os("TRAILCASE_CORPUS").map(PathBuf::from) else {
        println!("LEFT OUT: TRAILCASE_CORPUS names no folder");
        return;
    };
    let case = corpus.join("digests/clean_two_regions");
    let listed = std::fs::read(case.join("public-keys.json")).unwrap();
    let listed: Value = serde_json::from_slice(&listed).unwrap();
    let keys = listed["PublicKeyList"].as_array().unwrap().clone();
    let fake = Fake::start(move |asked, _| (200, page(&keys, asked)));
    let about: Value =
        serde_json::from_slice(&std::fs::read(case.join("case.json")).unwrap()).unwrap();
    let paths = [case.join("buckets"), case.join("meta")];
    let [buckets, metadata] = paths.each_ref().map(|path| path.to_str().unwrap());
    let edges = ["start", "end"].map(|edge| about[edge].as_str().unwrap());
    let arguments = ["verify", buckets, "--metadata", metadata, "--public-keys", "cloudtrail://"];
    let window = ["--since", edges[0], "--until", edges[1], "--format", "json"];
    let output = run(&fake.endpoint, &[&arguments[..], &window].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["verdict"], "valid", "{}", text(&output.stderr));
    let regions: std::collections::BTreeSet<String> =
        fake.asked().into_iter().map(|one| one.region).collect();
    assert_eq!(regions.len(), 2);
}
