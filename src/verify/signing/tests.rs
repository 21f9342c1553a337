//! What is signed is what the guide says, and others than this program can check it.

use super::*;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use std::fs;
use std::process::Command;

fn at(hour: i64) -> Timestamp {
    Timestamp(1_772_582_400 * Timestamp::SECOND + hour * Timestamp::HOUR)
}

fn trail() -> Trail {
    Trail {
        bucket: "larkspur-trails".to_owned(),
        prefix: None,
        organization: None,
        account: "111122223333".to_owned(),
        region: "eu-central-1".to_owned(),
        home: "eu-west-1".to_owned(),
        name: "org-main".to_owned(),
    }
}

fn signer() -> Signer {
    Signer::first(at(0), at(24)).unwrap()
}

fn log(hour: i64) -> LogFile {
    let text = format!(
        r#"{{"Records":[{{"eventTime":"2026-03-04T0{hour}:20:00Z"}},{{"eventTime":"2026-03-04T0{hour}:10:00Z"}}]}}"#
    );
    LogFile::of(trail().log_key(at(hour), "AAAABBBBCCCCDDDD"), text.as_bytes())
}

fn member(digest: &SignedDigest, name: &str) -> Value {
    let mut text: Value = serde_json::from_str(&digest.text).unwrap();
    text[name].take()
}

/// The four lines, put together from the digest as it lies in the bucket.
fn signed_text(digest: &SignedDigest) -> String {
    let mut text = Vec::new();
    io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*digest.gzip), &mut text).unwrap();
    let read: Value = serde_json::from_slice(&text).unwrap();
    [
        read["digestEndTime"].as_str().unwrap(),
        &format!("{}/{}", digest.bucket, digest.key),
        &hex(&Sha256::digest(&text)),
        read["previousDigestSignature"].as_str().unwrap_or("null"),
    ]
    .join("\n")
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

#[test]
fn keys_of_objects_are_those_of_cloudtrail() {
    let trail = trail();
    assert_eq!(
        trail.log_key(at(3), "8GeFHf2Oyj7QikDF"),
        "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/03/04/111122223333_CloudTrail_eu-central-1_20260304T0300Z_8GeFHf2Oyj7QikDF.json.gz"
    );
    assert_eq!(
        trail.digest_key(at(25), false),
        "AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/03/05/111122223333_CloudTrail-Digest_eu-central-1_org-main_eu-west-1_20260305T010000Z.json.gz"
    );
    let organization = Some("o-example".to_owned());
    let far = Trail { prefix: Some("audit/ct".to_owned()), organization, ..trail };
    let key = far.digest_key(at(1), true);
    assert!(key.starts_with("audit/ct/AWSLogs/o-example/111122223333/CloudTrail-Digest/"));
    assert!(key.ends_with("_20260304T010000Z_backfill.json.gz"));
}

#[test]
fn a_signature_verifies_and_is_the_same_each_time() {
    let signer = signer();
    let digest = Chain::begin(trail(), at(0)).digest(&signer, at(1), &[log(0)]).unwrap();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, signer.public_key());
    key.verify(signed_text(&digest).as_bytes(), &bytes(&digest.signature)).unwrap();
    let again = Chain::begin(trail(), at(0)).digest(&signer, at(1), &[log(0)]).unwrap();
    assert_eq!(digest, again);
}

#[test]
fn openssl_verifies_it_too() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("left out: there is no openssl here");
        return;
    }
    let signer = signer();
    let mut chain = Chain::begin(trail(), at(0));
    chain.digest(&signer, at(1), &[]).unwrap();
    let digest = chain.digest(&signer, at(2), &[log(1)]).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    fs::write(path("key.der"), signer.public_key()).unwrap();
    fs::write(path("text"), signed_text(&digest)).unwrap();
    fs::write(path("signature"), bytes(&digest.signature)).unwrap();
    let openssl = |arguments: &[&str]| {
        let done = Command::new("openssl").args(arguments).current_dir(dir.path()).output();
        let done = done.unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    openssl(&[
        "rsa",
        "-RSAPublicKey_in",
        "-inform",
        "DER",
        "-in",
        "key.der",
        "-pubout",
        "-out",
        "key",
    ]);
    let said = openssl(&["dgst", "-sha256", "-verify", "key", "-signature", "signature", "text"]);
    assert_eq!(said, "Verified OK\n");
    let list: Value = serde_json::from_str(&public_keys_json(&[&signer])).unwrap();
    let value = list["PublicKeyList"][0]["Value"].as_str().unwrap();
    assert_eq!(openssl(&["base64", "-A", "-in", "key.der"]), value);
    assert!(openssl(&["dgst", "-md5", "key.der"]).trim_end().ends_with(signer.fingerprint()));
}

#[test]
fn each_names_the_one_before_and_what_was_delivered() {
    let (first, second) = (signer(), Signer::second(at(1), at(24)).unwrap());
    let mut chain = Chain::begin(trail(), at(0));
    let one = chain.digest(&first, at(1), &[log(0)]).unwrap();
    chain.move_to("larkspur-archive");
    let two = chain.digest(&second, at(2), &[]).unwrap();
    for name in ["Bucket", "Object"].map(|what| format!("previousDigestS3{what}")) {
        assert_eq!(member(&one, &name), Value::Null);
    }
    assert_eq!(member(&one, "previousDigestHashAlgorithm"), Value::Null);
    assert_eq!(member(&one, "newestEventTime"), "2026-03-04T00:20:00Z");
    assert_eq!(member(&one, "oldestEventTime"), "2026-03-04T00:10:00Z");
    assert_eq!(member(&one, "logFiles")[0]["s3Object"], log(0).key);
    assert_eq!(member(&two, "previousDigestS3Bucket"), "larkspur-trails");
    assert_eq!(member(&two, "previousDigestS3Object"), one.key);
    assert_eq!(member(&two, "previousDigestHashValue"), sha256(one.text.as_bytes()));
    assert_eq!(member(&two, "previousDigestSignature"), one.signature);
    assert_eq!(member(&two, "digestS3Bucket"), "larkspur-archive");
    assert_eq!(member(&two, "digestStartTime"), member(&one, "digestEndTime"));
    assert_eq!(member(&two, "digestPublicKeyFingerprint"), second.fingerprint());
    assert_eq!(member(&two, "newestEventTime"), Value::Null);
    assert_eq!(member(&two, "logFiles"), json!([]));
    assert_ne!(first.fingerprint(), second.fingerprint());
}

#[test]
fn after_a_restart_there_is_no_predecessor() {
    let mut chain = Chain::begin(trail(), at(0));
    chain.digest(&signer(), at(1), &[]).unwrap();
    chain.restart(at(3));
    let digest = chain.digest(&signer(), at(4), &[]).unwrap();
    assert_eq!(member(&digest, "digestStartTime"), "2026-03-04T03:00:00Z");
    assert_eq!(member(&digest, "previousDigestSignature"), Value::Null);
    assert!(signed_text(&digest).ends_with("\nnull"));
}

#[test]
fn a_backfill_stands_alone_and_says_when_it_was_made() {
    let mut chain = Chain::begin(trail(), at(0));
    let one = chain.digest(&signer(), at(1), &[]).unwrap();
    let late = chain.backfill(&signer(), (at(0), at(1)), &[log(0)], at(5)).unwrap();
    let two = chain.digest(&signer(), at(2), &[]).unwrap();
    assert_eq!(member(&two, "previousDigestS3Object"), one.key);
    assert_eq!(member(&late, "previousDigestS3Object"), Value::Null);
    let head: Value = serde_json::from_str(&late.head_object()).unwrap();
    assert_eq!(head["ContentLength"], late.gzip.len());
    assert_eq!(head["Metadata"]["signature"], late.signature);
    assert_eq!(head["Metadata"]["backfill-generation-timestamp"], "2026-03-04T05:00:00Z");
    let head: Value = serde_json::from_str(&one.head_object()).unwrap();
    assert_eq!(head["Metadata"].get("backfill-generation-timestamp"), None);
}
