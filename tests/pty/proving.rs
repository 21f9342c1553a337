//! What is proven about the evidence: the grid, its problems, their rows, a report, and keys.

use crate::bench::{Bench, trail};
use serde_json::json;
use std::os::unix::fs::PermissionsExt;

const FOLDER: &str = "AWSLogs/111122223333";
const LOG: &str = "CloudTrail/eu-central-1/2026/03/04/\
                   111122223333_CloudTrail_eu-central-1_20260304T1035Z_aBcDeFgHiJkLmNoP.json";

/// The path of the digest of the hour that ends then.
fn digest_path(hour: u32) -> String {
    format!(
        "{FOLDER}/CloudTrail-Digest/eu-central-1/2026/03/04/\
         111122223333_CloudTrail-Digest_eu-central-1_main_eu-central-1_20260304T{hour:02}0000Z.json"
    )
}

fn digest(hour: u32) -> String {
    let logs = json!([{
        "s3Bucket": "logs", "s3Object": format!("{FOLDER}/{LOG}.gz"),
        "hashValue": "00", "hashAlgorithm": "SHA-256",
    }]);
    json!({
        "awsAccountId": "111122223333",
        "digestStartTime": format!("2026-03-04T{:02}:00:00Z", hour - 1),
        "digestEndTime": format!("2026-03-04T{hour:02}:00:00Z"),
        "digestS3Bucket": "logs", "digestS3Object": format!("{}.gz", digest_path(hour)),
        "digestPublicKeyFingerprint": "0123456789abcdef0123456789abcdef",
        "digestSignatureAlgorithm": "SHA256withRSA",
        "previousDigestS3Bucket": "logs",
        "previousDigestS3Object": format!("{}.gz", digest_path(hour - 1)),
        "previousDigestHashValue": "00", "previousDigestHashAlgorithm": "SHA-256",
        "previousDigestSignature": "00",
        "logFiles": if hour == 11 { logs } else { json!([]) },
    })
    .to_string()
}

/// Three hours of a trail, and the keys that nobody signed them with.
pub(crate) fn bench() -> Bench {
    let bench = Bench::new();
    for hour in 10..=12 {
        bench.write(&format!("copy/{}", digest_path(hour)), &digest(hour));
    }
    bench.write(&format!("copy/{FOLDER}/{LOG}"), &trail(10, "CreateUser"));
    bench.write("keys.json", r#"{"PublicKeyList":[{"Value":"c29tZSBieXRlcw=="}]}"#);
    bench
}

#[test]
fn problems_lead_to_rows_and_a_report() {
    let bench = bench();
    let mut session = bench.start(&["open", "copy", "-w", "case"], &[]);
    session.wait_for("integrity: invalid: ");
    session.send("3");
    session.wait_for("3 hours, 2026-03-04 09:00 to 2026-03-04 12:00 UTC");
    session.wait_for("without public keys no signature can be checked");
    session.wait_for("2026-03-04 09:00:00 to 10:00:00: not provable");
    session.send("\x1b[C");
    session.wait_for("2026-03-04 10:00:00 to 11:00:00: not provable");
    session.send("\t\x1b[F\r");
    session.wait_for("/ origin.object:");
    session.wait_for("60 of 60 events");
    session.send("3q\r");
    session.wait_for("/ account:111122223333 region:eu-central-1 time:2026-03-04T10:00:00Z..2026-");
    session.wait_for("60 of 60 events");
    session.send("3w");
    session.wait_for("write the report to (.md, .txt, .json): integrity-case.md");
    session.send("\r");
    session.wait_for("the report is in ");
    let report = bench.read("integrity-case.md");
    assert!(report.contains("- case: case\n") && report.contains("digest_key_unknown"), "{report}");
    let mode = std::fs::metadata(bench.path("integrity-case.md")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    session.send("w");
    session.wait_for("write the report to (.md, .txt, .json): integrity-case-2.md");
    session.send("\x15integrity-case.md\r");
    session.wait_for("is there already; choose another name");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert!(bench.read(&Bench::in_case("journal.jsonl")).contains("integrity-case.md"));
}

#[test]
fn public_keys_are_taken_from_the_screen_and_from_the_command_line() {
    let bench = bench();
    bench.write("none.json", "{}");
    let kept = bench.path(&Bench::in_case("public-keys"));
    let mut session = bench.start(&["open", "copy", "-w", "case"], &[]);
    session.wait_for("integrity: invalid: ");
    session.send("3Anone.json\r");
    session.wait_for("is not what list-public-keys prints");
    assert!(!kept.exists());
    session.send("Akeys.json\r");
    // What is said of it first gives way to the verdict.
    session.wait_for("1 public key known");
    session.wait_for("integrity: invalid: ");
    session.send("R");
    session.wait_for("integrity: invalid: ");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 1);

    let named = ["open", "copy", "-w", "other", "--public-keys", "keys.json"];
    let mut session = bench.start(&named, &[]);
    session.wait_for("integrity: invalid: ");
    session.send("3");
    session.wait_for("1 public key known");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    let mut session = bench.start(&["open", "copy", "--public-keys", "none.json"], &[]);
    session.wait_for("--public-keys none.json: is not what list-public-keys prints");
    assert_eq!(session.wait_exit(), 2);
}
