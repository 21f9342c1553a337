//! What is asked of AWS from the screen, and what a person is asked first.

use crate::bench::Bench;
use crate::fake::Fake;
use crate::proving;
use serde_json::json;
use std::io::Read;
use std::time::{Duration, Instant};

/// Made-up credentials, and nothing of the host.
pub(crate) const WHO: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];

fn fake() -> Fake {
    Fake::start(|asked, _| match asked.region.as_str() {
        "eu-central-1" => (200, json!({"PublicKeyList": [{"Value": "c29tZSBieXRlcw=="}]})),
        _ => (400, json!({"__type": "AccessDeniedException"})),
    })
}

#[test]
fn cloudtrail_is_asked_for_keys_when_the_digests_are_known() {
    let (bench, fake) = (proving::bench(), fake());
    let named = ["open", "copy", "-w", "case", "--public-keys", "cloudtrail://"];
    let mut session =
        bench.start(&[&named[..], &["--endpoint-url", &fake.endpoint]].concat(), &WHO);
    session.wait_for("integrity: invalid: ");
    session.send("3");
    session.wait_for("1 public key known");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert_eq!(fake.asked().len(), 1);
    let journal = bench.read(&Bench::in_case("journal.jsonl"));
    assert!(journal.contains("\"cloudtrail://eu-central-1\""), "{journal}");
    let kept = std::fs::read_dir(bench.path(&Bench::in_case("public-keys"))).unwrap();
    assert_eq!(kept.count(), 1);
}

#[test]
fn the_screen_asks_cloudtrail_where_that_is_typed_and_says_what_it_refused() {
    let bench = proving::bench();
    let fake = Fake::start(|_, before| match before {
        0 => (400, json!({"__type": "AccessDeniedException"})),
        _ => (200, json!({"PublicKeyList": [{"Value": "c29tZSBieXRlcw=="}]})),
    });
    let named = ["open", "copy", "-w", "case", "--endpoint-url", &fake.endpoint];
    let mut session = bench.sized(&named, &WHO, (200, 30));
    session.wait_for("integrity: invalid: ");
    assert!(fake.asked().is_empty());
    session.send("3Acloudtrail://us-east-1\r");
    session.wait_for("not asked, for no digest in the evidence is of that Region");
    session.send("Acloudtrail://\r");
    session.wait_for("not allowed: this needs cloudtrail:ListPublicKeys");
    assert!(!bench.path(&Bench::in_case("public-keys")).exists());
    session.send("Acloudtrail://eu-central-1\r");
    session.wait_for("1 public key known");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
}

/// A person who leaves does not wait for a server.
#[test]
fn leaving_does_not_wait_for_a_server_that_is_silent() {
    // Where one chooses, letters are typed.
    let trail = "s3://logs/AWSLogs/111122223333/CloudTrail/";
    for (source, leave) in [(trail, "Q"), ("s3://logs", "\x03"), ("logs://", "\x03")] {
        // Who connects waits in its queue.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let bench = Bench::new();
        let named = ["open", source, "-w", "case", "--endpoint-url", &endpoint];
        let mut session = bench.start(&named, &WHO);
        let (mut asked, _) = listener.accept().unwrap();
        assert!(asked.read(&mut [0]).unwrap() > 0);
        let begun = Instant::now();
        session.send(leave);
        assert_eq!(session.wait_exit(), 0);
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }
}
