//! `verify`, and what else says how far evidence is proven: exit codes, keys, proofs.

use crate::bench::{Bench, Said, gzip, tar};
use serde_json::Value;
use std::process::Command;
use trailcase::case::{Settings, Workspaces};
use trailcase::event::{Time, Timestamp};
use trailcase::verify::signing::{Chain, LogFile, Signer, Trail, public_keys_json};

fn at(text: &str) -> Timestamp {
    Time::parse_rfc3339(text).unwrap().at
}

/// Three hours of a trail, two logs each, in the folder of a bucket; the keys beside it.
pub(crate) struct Evidence {
    pub(crate) bench: Bench,
    /// Paths below the folder of evidence.
    digests: Vec<String>,
    pub(crate) logs: Vec<String>,
}

impl Evidence {
    pub(crate) fn new() -> Self {
        let bench = Bench::new();
        let signer = Signer::first(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).unwrap();
        std::fs::write(bench.path("keys.json"), public_keys_json(&[&signer])).unwrap();
        let trail = Trail {
            bucket: "a-bucket".to_owned(),
            prefix: None,
            organization: None,
            account: "111122223333".to_owned(),
            region: "eu-west-1".to_owned(),
            home: "eu-west-1".to_owned(),
            name: "main".to_owned(),
        };
        let mut chain = Chain::begin(trail.clone(), at("2026-03-04T10:00:00Z"));
        let (mut digests, mut logs) = (Vec::new(), Vec::new());
        for hour in 10..13 {
            let mut named = Vec::new();
            for minute in [20, 40] {
                let time = format!("2026-03-04T{hour}:{minute}:00Z");
                let text = format!(
                    r#"{{"Records":[{{"eventVersion":"1.08","eventID":"{hour:08}-0000-0000-0000-0000000000{minute}","eventTime":"{time}","eventSource":"iam.amazonaws.com","eventName":"GetUser","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.7","userIdentity":{{"type":"IAMUser","userName":"alice"}},"recipientAccountId":"111122223333"}}]}}"#
                );
                let key = trail.log_key(at(&time), &format!("Unique{hour:05}{minute:05}"));
                logs.push(format!("a-bucket/{key}"));
                bench.write(&format!("a-bucket/{key}"), &gzip(text.as_bytes()));
                named.push(LogFile::of(key, text.as_bytes()));
            }
            let end = at(&format!("2026-03-04T{}:00:00Z", hour + 1));
            let digest = chain.digest(&signer, end, &named).unwrap();
            let path = format!("a-bucket/{}", digest.key);
            bench.write(&path, &digest.gzip);
            bench.write(&format!("{path}.meta.json"), digest.head_object().as_bytes());
            digests.push(path);
        }
        Self { bench, digests, logs }
    }

    fn verify(&self, more: &[&str]) -> Said {
        let evidence = self.bench.evidence();
        let mut all = vec!["verify", &evidence, "--public-keys", "keys.json"];
        all.extend(more);
        self.bench.run(&all)
    }

    /// Kinds of the findings.
    fn kinds(&self, more: &[&str]) -> Vec<String> {
        let report: Value = serde_json::from_str(&self.verify(more).out).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
    }

    fn remove(&self, path: &str) {
        std::fs::remove_file(self.bench.path("evidence").join(path)).unwrap();
    }

    pub(crate) fn alter(&self, log: &str) {
        let path = self.bench.path("evidence").join(log);
        let text = r#"{"Records":[{"eventVersion":"1.08","eventTime":"2026-03-04T10:20:00Z","eventSource":"iam.amazonaws.com","eventName":"Altered","awsRegion":"eu-west-1"}]}"#;
        std::fs::write(path, gzip(text.as_bytes())).unwrap();
    }
}

#[test]
fn the_verdict_is_the_exit_code() {
    let evidence = Evidence::new();
    let said = evidence.verify(&[]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!((said.lines()[0], said.err.as_str()), ("valid: nothing to remark", ""));
    evidence.remove(&evidence.digests[2]);
    assert_eq!(evidence.verify(&[]).code, 3);
    assert_eq!(
        evidence.kinds(&["--format", "json"]),
        ["tail_uncovered", "log_unverifiable", "log_unverifiable"]
    );
    evidence.alter(&evidence.logs[0]);
    let said = evidence.verify(&[]);
    assert_eq!((said.code, said.lines()[0]), (1, "invalid: 1 error, 3 warnings"));
    assert!(said.out.contains("ERROR   log_modified"), "{}", said.out);
    let markdown = evidence.verify(&["--format", "markdown"]).out;
    assert!(markdown.contains("| error | log_modified |"), "{markdown}");
}

#[test]
fn without_keys_nothing_is_proven_and_what_to_do_is_said() {
    let evidence = Evidence::new();
    let said = evidence.bench.run(&["verify", &evidence.bench.evidence()]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("digest_key_unknown (3 of them)"), "{}", said.out);
    assert!(said.err.contains("list-public-keys"), "{}", said.err);
}

#[test]
fn a_file_that_holds_no_keys_is_refused_by_name() {
    let evidence = Evidence::new();
    let said = evidence.verify(&["--public-keys", "nowhere.json"]);
    assert!(said.code == 2 && said.err.contains("nowhere.json"), "{}", said.err);
    for (content, why) in
        [("", "is not what list-public-keys prints"), ("[]", "is not what list-public-keys prints")]
    {
        std::fs::write(evidence.bench.path("keys.json"), content).unwrap();
        let said = evidence.verify(&[]);
        assert_eq!(said.code, 2);
        assert!(
            said.err.contains("--public-keys keys.json") && said.err.contains(why),
            "{}",
            said.err
        );
    }
    // Of a time in which nothing was signed an empty list is the right answer.
    std::fs::write(evidence.bench.path("keys.json"), r#"{"PublicKeyList":[]}"#).unwrap();
    let said = evidence.verify(&[]);
    assert!(said.code == 1 && said.err.contains("has no key in it"), "{}", said.err);
    assert!(said.out.contains("digest_key_unknown"), "{}", said.out);
    // A key that was changed in the file is not believed.
    let signer = Signer::first(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")).unwrap();
    let keys = public_keys_json(&[&signer]).replace(signer.fingerprint(), &"0".repeat(32));
    std::fs::write(evidence.bench.path("keys.json"), keys).unwrap();
    let said = evidence.verify(&[]);
    assert!(said.code == 1 && said.err.contains("the file was changed"), "{}", said.err);
}

#[test]
fn an_archive_is_verified_as_it_is() {
    let evidence = Evidence::new();
    let read = |path: &String| std::fs::read(evidence.bench.path("evidence").join(path)).unwrap();
    let sidecars = evidence.digests.iter().map(|path| format!("{path}.meta.json"));
    let paths: Vec<String> =
        evidence.digests.iter().chain(&evidence.logs).cloned().chain(sidecars).collect();
    let members: Vec<(&str, Vec<u8>)> =
        paths.iter().map(|path| (path.as_str(), read(path))).collect();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, b)| (*name, &b[..])).collect();
    let file = evidence.bench.path("all.tar.gz");
    std::fs::write(&file, gzip(&tar(&members))).unwrap();
    let said = evidence.bench.run(&["verify", "all.tar.gz", "--public-keys", "keys.json"]);
    assert_eq!((said.code, said.lines()[0]), (0, "valid: nothing to remark"), "{}", said.out);
    let said = evidence.bench.run(&[
        "query",
        "all.tar.gz",
        "--public-keys",
        "keys.json",
        "format:cloudtrail",
        "--by",
        "standing",
    ]);
    assert_eq!(said.out, "6\tverified\n");
    check(&evidence, &["all.tar.gz"], 0);
    // `tar` would look for a host of that name.
    std::fs::rename(&file, evidence.bench.path("nohost:all.tar.gz")).unwrap();
    check(&evidence, &["nohost:all.tar.gz"], 0);
}

#[test]
fn where_there_is_nothing_to_verify_that_is_said() {
    let bench = Bench::with_trail();
    let said = bench.run(&["verify", &bench.evidence()]);
    assert_eq!((said.code, &said.lines()[0][..32]), (3, "incomplete: nothing was verified"));
    let said = bench.run(&["verify", &bench.evidence(), "--format", "json"]);
    assert_eq!(said.json()[0]["verdict"], "incomplete");
    let said = bench.run(&["verify", "nowhere"]);
    assert_eq!(said.code, 4);
    assert!(said.err.contains("nowhere"), "{}", said.err);
}

/// A time in which there is nothing is not one in which all is well.
#[test]
fn a_window_without_evidence_proves_nothing() {
    let evidence = Evidence::new();
    evidence.alter(&evidence.logs[0]);
    for window in [["--since", "2027-01-01"], ["--until", "2025-01-01"]] {
        let said = evidence.verify(&window);
        assert_eq!(
            (said.code, said.out.contains("nothing was verified")),
            (3, true),
            "{}",
            said.out
        );
    }
    let said = evidence.verify(&["--since", "2026-03-05", "--until", "2026-03-04"]);
    assert_eq!((said.code, said.err.contains("after --until")), (2, true), "{}", said.err);
}

#[test]
fn a_broken_manifest_is_in_the_headline() {
    let evidence = Evidence::new();
    std::fs::write(
        evidence.bench.path("evidence/SHA256SUMS"),
        format!("{}  gone\n", "0".repeat(64)),
    )
    .unwrap();
    let said = evidence.verify(&[]);
    assert_eq!(
        (said.code, said.lines()[0]),
        (1, "invalid: nothing to remark; 1 manifest: invalid")
    );
    let said = evidence.verify(&["--format", "markdown"]);
    assert!(
        said.out.contains("\n**invalid: nothing to remark; 1 manifest: invalid**"),
        "{}",
        said.out
    );
}

#[test]
fn what_digests_show_is_an_alarm_once_it_is_said_with_what_they_are_checked() {
    let evidence = Evidence::new();
    evidence.alter(&evidence.logs[3]);
    let folder = evidence.bench.evidence();
    let of_digests = |more: &[&str]| {
        let all = [&["alarms", "list", "--format", "jsonl", &folder], more].concat();
        let said = evidence.bench.run(&all);
        let found = said.json().into_iter().filter(|alarm| alarm["rule"] == "log-integrity");
        found.collect::<Vec<Value>>()
    };
    assert_eq!(of_digests(&[]), Vec::<Value>::new());
    let found = of_digests(&["--public-keys", "keys.json"]);
    assert_eq!(found.len(), 1);
    let why = found[0]["why"].as_str().unwrap();
    assert!(why.starts_with("1 finding log_modified of AWSLogs/111122223333/CloudTrail/"), "{why}");
    let fingerprint = found[0]["fingerprint"].as_str().unwrap();
    let show = ["alarms", "show", &folder, fingerprint, "--public-keys", "keys.json"];
    let said = evidence.bench.run(&show);
    assert!(said.code == 0 && said.out.contains("Digests show that logs are not"), "{}", said.err);
    let rules =
        |more: &[&str]| evidence.bench.run(&[&["alarms", "rules", &folder], more].concat()).out;
    let able = "Digests show that logs are not what they were: 1 alarm, 1 evaluated";
    assert!(rules(&["--public-keys", "keys.json"]).contains(able));
    let unable = "could not fire: digests were not verified here; --public-keys says with what";
    assert!(rules(&[]).contains(unable), "{}", rules(&[]));
    // A workspace that has the keys knows it by itself.
    let all = Workspaces::new(evidence.bench.path("cases"));
    drop(all.create("case", vec![folder.clone()], Settings::default(), Timestamp(0)).unwrap());
    let cases = evidence.bench.path("cases").display().to_string();
    let of_case = || {
        let list = ["alarms", "list", "-w", "case", "--workspace-dir", &cases, "--format", "jsonl"];
        let said = evidence.bench.run(&list);
        said.json().iter().filter(|alarm| alarm["rule"] == "log-integrity").count()
    };
    assert_eq!(of_case(), 0);
    let keys = all.public_keys("case").unwrap();
    std::fs::create_dir_all(&keys).unwrap();
    std::fs::copy(evidence.bench.path("keys.json"), keys.join("keys.json")).unwrap();
    assert_eq!(of_case(), 1);
}

#[test]
fn rows_carry_their_standing() {
    let evidence = Evidence::new();
    evidence.alter(&evidence.logs[3]);
    let rows = |more: &[&str]| {
        let mut all = vec!["--public-keys", "keys.json", "format:cloudtrail"];
        all.extend(more);
        evidence.bench.query(&all)
    };
    // The filter's word and the column's are the same.
    for by in ["standing", "verified"] {
        assert_eq!(rows(&["--by", by]).out, "5\tverified\n1\tmodified\n");
    }
    let standing = |row: &Value| row["standing"].as_str().unwrap().to_owned();
    let all: Vec<String> = rows(&["--format", "jsonl"]).json().iter().map(standing).collect();
    assert_eq!(all.iter().filter(|one| *one == "modified").count(), 1);
    let found = evidence.bench.query(&["--public-keys", "keys.json", "standing:modified"]);
    assert!(found.out.contains("Altered"), "{}", found.out);
    // Without keys nobody claims anything.
    assert_eq!(evidence.bench.query(&["verified:yes", "--count"]).out, "0\n");
    assert!(!evidence.bench.query(&["--format", "jsonl"]).out.contains("standing"));
}

/// Lets a shell run the script of a record's proof, in the folder where the program ran.
fn check(evidence: &Evidence, sources: &[&str], expected: i32) {
    let mut all = vec!["query"];
    all.extend(sources);
    all.extend(["--public-keys", "keys.json", "--format", "proof", "--limit", "1"]);
    all.push("principal:alice");
    let said = evidence.bench.run(&all);
    assert_eq!(said.code, 0, "{}", said.err);
    let (_, rest) = said.out.split_once("```sh\n").expect("a script");
    let (script, _) = rest.split_once("```\n").unwrap();
    let output = Command::new("sh")
        .args(["-c", script])
        .current_dir(evidence.bench.path("."))
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(expected), "{told}{script}");
    assert_eq!(told.contains("FAILED"), expected != 0, "{told}");
    assert!(told.contains("signature of the digest"), "{told}");
}

#[test]
fn a_proof_can_be_checked_with_tools_that_others_made() {
    let evidence = Evidence::new();
    check(&evidence, &["evidence"], 0);
}

#[test]
fn a_proof_fails_in_the_hands_of_others_when_evidence_was_changed() {
    let evidence = Evidence::new();
    let said = evidence.bench.query(&[
        "--public-keys",
        "keys.json",
        "--format",
        "proof",
        "--limit",
        "1",
        "principal:alice",
    ]);
    let (_, rest) = said.out.split_once("```sh\n").expect("a script");
    let script = rest.split_once("```\n").unwrap().0.to_owned();
    let run = || {
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        told.lines()
            .filter(|line| line.starts_with("FAILED"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(run(), Vec::<String>::new());
    let path = evidence.bench.path("evidence").join(&evidence.digests[0]);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, gzip(b"{}")).unwrap();
    let failed = run();
    assert!(failed.iter().any(|line| line.contains("log file in its digest")), "{failed:?}");
    assert!(failed.iter().any(|line| line.contains("signature of the digest")), "{failed:?}");
    std::fs::write(&path, bytes).unwrap();
    evidence.alter(&evidence.logs[0]);
    assert_eq!(run().len(), 3, "object, record and content");
}

#[test]
fn what_is_not_proven_is_not_called_so() {
    let evidence = Evidence::new();
    evidence.alter(&evidence.logs[0]);
    let said =
        evidence.bench.query(&["--public-keys", "keys.json", "--format", "proof", "event:Altered"]);
    let why = "**Not proven**: its log file is modified: `its content is not what its digest names: \
               SHA-256 ";
    assert!(said.out.contains(why), "{}", said.out);
    assert!(!said.out.contains("```sh"));
}

#[test]
fn manifests_that_lie_in_the_evidence_are_compared_with_it() {
    let bench = Bench::new();
    bench.write("a.log", b"one\n");
    let sum = "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806";
    bench.write("SHA256SUMS", format!("{sum}  a.log\n").as_bytes());
    let said = bench.run(&["verify", &bench.evidence()]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("1 matches, 0 differ, 0 missing"), "{}", said.out);
    bench.write("a.log", b"two\n");
    let said = bench.run(&["verify", &bench.evidence(), "--format", "json"]);
    assert_eq!(said.code, 1);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["verdict"], "invalid");
    assert_eq!(report["manifests"]["manifests"][0]["counts"]["differs"], 1);
}

#[test]
fn hostile_names_and_metadata_reach_no_terminal() {
    let bench = Bench::new();
    let name = |trail: &str| {
        format!(
            "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/04/111122223333_CloudTrail-Digest_eu-west-1_{trail}_eu-west-1_20260304T110000Z.json.gz"
        )
    };
    let hostile = name("\u{1b}[2J\u{202e}a|b`c");
    bench.write(&hostile, &gzip(b"{\"digestS3Object\":\"\x1b]0;x\x07\"}"));
    bench.write(&format!("{hostile}.meta.json"), b"{\"Metadata\":{\"signature\":\"\\u001b[31m\"}}");
    // Deeper than any parser goes, and a promise of more than there is.
    let deep = format!("{{\"a\":{}", "[".repeat(200_000));
    bench.write(&name("deep"), &gzip(deep.as_bytes()));
    bench.write(&format!("{}.meta.json", name("deep")), deep.as_bytes());
    bench.write(&name("cut"), b"\x1f\x8b\x08\x1c\0\0\0\0\0\0\xff\xff");
    for format in ["text", "markdown", "json"] {
        let said = bench.run(&["verify", &bench.evidence(), "--format", format]);
        assert_eq!(said.code, 1, "{}", said.err);
        for text in [&said.out, &said.err] {
            let bad = text.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(bad, None, "{format}: {text:?}");
        }
        if format != "json" {
            assert!(!said.out.contains('\u{202e}'), "{format}");
        }
    }
}

#[test]
fn what_could_not_be_looked_into_is_told() {
    let bench = Bench::new();
    bench.write("all.zip", b"PK\x03\x04 and nothing that a zip has");
    let said = bench.run(&["verify", &bench.evidence()]);
    assert!(said.err.contains("all.zip"), "{}", said.err);
    assert_ne!(said.code, 0);
    let said = bench.pipe(&["verify", "-"], b"{}");
    assert!(said.err.contains("can be read only once"), "{}", said.err);
    assert_ne!(said.code, 0);
}
