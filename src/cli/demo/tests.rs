//! The demo is the same each time, counts what it writes, and tells its story.

use super::*;
use crate::event::Timestamp;
use crate::verify::signing::Signer;
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::PathBuf;

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn hash(dir: &Path) -> Vec<u8> {
    let mut hasher = Sha256::new();
    for path in files(dir) {
        hasher.update(path.strip_prefix(dir).unwrap().to_str().unwrap());
        hasher.update(fs::read(&path).unwrap());
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        hasher.update(format!("{modified:?}"));
    }
    hasher.finalize().to_vec()
}

fn text(path: &Path) -> String {
    let mut bytes = fs::read(path).unwrap();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut inflated = Vec::new();
        MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut inflated).unwrap();
        bytes = inflated;
    }
    String::from_utf8(bytes).unwrap()
}

/// Every CloudTrail record, in the order of time.
fn records(dir: &Path) -> Vec<Value> {
    let is_trail = |path: &PathBuf| {
        let name = path.to_str().unwrap();
        ["/CloudTrail/", "sandbox-11h.json", "backup.dat", "copy-of-a-trail"]
            .iter()
            .any(|part| name.contains(part))
    };
    let mut records = Vec::new();
    for path in files(dir).iter().filter(|path| is_trail(path)) {
        let mut file: Value = serde_json::from_str(&text(path)).unwrap();
        records.append(file["Records"].as_array_mut().unwrap());
    }
    records.sort_by_key(|record| record["eventTime"].as_str().unwrap().to_owned());
    records
}

fn lines_of(dir: &Path, part: &str) -> Vec<String> {
    let named = |path: &PathBuf| path.to_str().unwrap().contains(part);
    let found = files(dir).into_iter().filter(named);
    found.flat_map(|path| text(&path).lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn the_same_bytes_each_time() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = write(one.path(), &Size::SMALL).unwrap();
    assert_eq!(first, write(two.path(), &Size::SMALL).unwrap());
    assert_eq!(hash(one.path()), hash(two.path()));
    assert_eq!(first.files, files(one.path()).len() as u64);
}

#[test]
fn counts_what_it_writes() {
    let dir = tempfile::tempdir().unwrap();
    let summary = write(dir.path(), &Size::SMALL).unwrap();
    let zip = File::open(dir.path().join("mailed/sandbox-flows-20260304.zip")).unwrap();
    let mut zip = zip::ZipArchive::new(zip).unwrap();
    let mut zipped = String::new();
    for number in 0..zip.len() {
        zip.by_index(number).unwrap().read_to_string(&mut zipped).unwrap();
    }
    let flows = lines_of(dir.path(), "/vpcflowlogs/");
    let flows = flows.iter().map(String::as_str).chain(zipped.lines());
    let counted = BTreeMap::from([
        ("cloudtrail", records(dir.path()).len()),
        ("vpc_flow", flows.filter(|line| !line.starts_with("version")).count()),
        ("alb", lines_of(dir.path(), "/elasticloadbalancing/").len()),
        ("guardduty", lines_of(dir.path(), "/GuardDuty/").len()),
        ("json_lines", lines_of(dir.path(), "app.jsonl").len()),
        ("syslog", lines_of(dir.path(), "auth.log").len()),
    ]);
    let counted = counted.into_iter().map(|(format, events)| (format, events as u64)).collect();
    assert_eq!(summary.events, counted);
}

#[test]
fn one_file_is_there_twice_and_one_is_cut() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &Size::SMALL).unwrap();
    let copy = fs::read(dir.path().join("mailed/copy-of-a-trail.json.gz")).unwrap();
    let same = files(dir.path()).iter().filter(|path| fs::read(path).unwrap() == copy).count();
    assert_eq!(same, 2);
    let cut = File::open(dir.path().join("mailed/interrupted.log.gz")).unwrap();
    let mut out = Vec::new();
    assert!(MultiGzDecoder::new(cut).read_to_end(&mut out).is_err());
    assert!(out.starts_with(b"version account-id "));
}

#[test]
fn the_chain_of_keys_holds() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &Size::SMALL).unwrap();
    let records = records(dir.path());
    let mut key = cast::user_key("ci-deploy");
    for role in ["deploy", "Admin"] {
        let taken = records.iter().find(|record| {
            record["userIdentity"]["accessKeyId"] == *key
                && record["sourceIPAddress"] == cast::INTRUDER
                && record["eventName"] == "AssumeRole"
        });
        let taken = taken.unwrap();
        let arn = taken["requestParameters"]["roleArn"].as_str().unwrap();
        assert!(arn.ends_with(&format!("role/{role}")));
        let issued = taken["responseElements"]["credentials"]["accessKeyId"].as_str().unwrap();
        issued.clone_into(&mut key);
    }
    let by_admin = records.iter().filter(|record| record["userIdentity"]["accessKeyId"] == *key);
    let names: Vec<&str> = by_admin.map(|record| record["eventName"].as_str().unwrap()).collect();
    for name in ["CreateUser", "CreateAccessKey", "StopLogging", "PutBucketPolicy", "RunInstances"]
    {
        assert!(names.contains(&name), "{name}");
    }
    let denied = records.iter().filter(|record| record["errorCode"] == "AccessDenied").count();
    assert!(denied >= 6);
}

#[test]
fn the_intruder_is_in_every_source_and_dresses_up() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &Size::SMALL).unwrap();
    for part in ["vpcflowlogs", "elasticloadbalancing", "GuardDuty", "auth.log", "app.jsonl"] {
        let lines = lines_of(dir.path(), part);
        assert!(lines.iter().any(|line| line.contains(cast::INTRUDER)), "{part}");
    }
    for line in lines_of(dir.path(), "app.jsonl") {
        serde_json::from_str::<Value>(&line).unwrap();
    }
    let agents: Vec<Value> =
        records(dir.path()).iter().map(|record| record["userAgent"].clone()).collect();
    assert!(agents.iter().any(|agent| agent.as_str().unwrap().contains('\u{1b}')));
    let web = lines_of(dir.path(), "elasticloadbalancing");
    assert!(web.iter().any(|line| line.contains('\u{202e}')));
    assert!(web.iter().any(|line| line.contains(r"\x1b[2J")));
    assert!(web.iter().all(|line| !line.contains('\u{1b}')));
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&text(path)).unwrap()
}

/// The SHA-256 of a file's uncompressed bytes, in hex.
fn hash_of(path: &Path) -> String {
    crate::case::hex(&Sha256::digest(text(path)))
}

/// Whether the digest's signature, as it lies beside it, is one of the keys'.
fn is_signed(dir: &Path, path: &Path) -> bool {
    use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    let digest = json(path);
    let said = |name: &str| digest[name].as_str().unwrap_or("null").to_owned();
    let key = path.strip_prefix(dir).unwrap().to_str().unwrap();
    assert_eq!(said("digestS3Object"), key);
    let hash = hash_of(path);
    let signed = [
        said("digestEndTime"),
        format!("{}/{key}", said("digestS3Bucket")),
        hash,
        said("previousDigestSignature"),
    ];
    let head = json(&dir.join(format!("metadata/{key}.meta.json")));
    let hex = head["Metadata"]["signature"].as_str().unwrap().to_owned();
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    let signature: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
    let (from, until) = (Timestamp(i64::MIN), Timestamp(i64::MAX));
    let keys = [Signer::first(from, until).unwrap(), Signer::second(from, until).unwrap()];
    let key = keys.iter().find(|key| key.fingerprint() == said("digestPublicKeyFingerprint"));
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.unwrap().public_key())
        .verify(signed.join("\n").as_bytes(), &signature)
        .is_ok()
}

#[test]
fn digests_prove_the_trail_but_for_what_the_story_did_to_it() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &Size::SMALL).unwrap();
    let below = |part: &str| {
        let has = |path: &PathBuf| path.to_str().unwrap().contains(part);
        files(&dir.path().join("AWSLogs")).into_iter().filter(has).collect::<Vec<_>>()
    };
    let digests = below("/CloudTrail-Digest/");
    assert!(digests.iter().all(|path| is_signed(dir.path(), path)));
    let mut named = BTreeMap::new();
    let (mut empty, mut begins, mut gone) = (0, 0, Vec::new());
    for path in &digests {
        let digest = json(path);
        let logs = digest["logFiles"].as_array().unwrap();
        empty += u32::from(logs.is_empty());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        named.extend(logs.iter().map(|log| (text(&log["s3Object"]), text(&log["hashValue"]))));
        match digest["previousDigestS3Object"].as_str() {
            Some(key) if !dir.path().join(key).exists() => gone.push(key.to_owned()),
            Some(_) => {}
            None => begins += 1,
        }
    }
    // Seven chains of the second trail; the first trail's begins twice.
    assert_eq!((digests.len(), begins), (7 * 16 - 1 + 16, 7 + 2));
    assert!(empty > 30 && gone.len() == 1 && gone[0].contains("us-east-1"), "{gone:?}");
    let (mut right, mut changed, mut unnamed) = (0, Vec::new(), Vec::new());
    for path in below("/CloudTrail/") {
        let key = path.strip_prefix(dir.path()).unwrap().to_str().unwrap().to_owned();
        let hash = hash_of(&path);
        match named.remove(&key) {
            Some(said) if said == hash => right += 1,
            Some(_) => changed.push(key),
            None => unnamed.push(key),
        }
    }
    assert_eq!((right, changed.len(), named.len()), (92, 1, 2));
    assert!(changed[0].contains("111122223333_CloudTrail_eu-west-1_20260304T1105Z"));
    // One that nobody delivered, and one that only the deleted digest names.
    assert!(unnamed[0].contains("CloudTrail_eu-west-1_20260304T1405Z"), "{unnamed:?}");
    assert!(unnamed[1].contains("CloudTrail_us-east-1_20260304T1105Z"), "{unnamed:?}");
    assert_eq!(unnamed.len(), 2);
    // What is no longer in the bucket was mailed.
    for mailed in ["mailed/sandbox-11h.json", "mailed/backup.dat"] {
        let hash = hash_of(&dir.path().join(mailed));
        assert!(named.values().any(|said| *said == hash));
    }
}

#[test]
fn large_sets_have_as_many_events_as_asked() {
    let dir = tempfile::tempdir().unwrap();
    let trail = write_cloudtrail(&dir.path().join("trail"), 1_234, 100).unwrap();
    assert_eq!((trail.events["cloudtrail"], trail.files), (1_234, 13));
    assert_eq!(records(&dir.path().join("trail")).len(), 1_234);
    let flow = write_flow(&dir.path().join("flow"), 250, 100).unwrap();
    assert_eq!((flow.events["vpc_flow"], flow.files), (250, 3));
    assert_eq!(lines_of(&dir.path().join("flow"), ".log.gz").len(), 253);
    let mixed = write_mixed(&dir.path().join("mixed"), 1_000, 50).unwrap();
    let counted = BTreeMap::from([("cloudtrail", 400), ("vpc_flow", 500), ("alb", 100)]);
    assert_eq!((mixed.events, mixed.files), (counted, 8 + 2 + 1));
}
