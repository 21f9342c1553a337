//! What is asked of AWS from the screen, and what a person is asked first.

#[allow(dead_code, clippy::disallowed_methods, reason = "a server of other tests")]
#[path = "../aws/fake.rs"]
mod fake;

use crate::bench::Bench;
use crate::proving;
use fake::Fake;
use serde_json::json;
use std::io::Read;
use std::time::{Duration, Instant};

/// Made-up credentials, and nothing of the host.
const WHO: [(&str, &str); 4] = [
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
    // Who connects waits in its queue.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let bench = Bench::new();
    let named = ["open", "s3://logs", "-w", "case", "--endpoint-url", &endpoint];
    let mut session = bench.start(&named, &WHO);
    let (mut asked, _) = listener.accept().unwrap();
    assert!(asked.read(&mut [0]).unwrap() > 0);
    let begun = Instant::now();
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

/// A profile whose role takes a code.
fn locked() -> Bench {
    let bench = Bench::new();
    let config = "[profile locked]\nrole_arn=arn:aws:iam::123456789012:role/audit\n\
                  source_profile=base\nmfa_serial=arn:aws:iam::123456789012:mfa/me\n[profile base]\n";
    let credentials = "[base]\naws_access_key_id=AKIAIOSFODNN7BASE00\n\
                       aws_secret_access_key=bPxRfiCYEXAMPLEKEYbPxRfiCYEXAMPLEKEY0000\n";
    bench.write(".aws/config", config);
    bench.write(".aws/credentials", credentials);
    bench
}

/// Runs a query of a bucket with the profile, then says whether the terminal echoes.
const ASK: &str = "$0 query s3://logs --profile locked --endpoint-url http://127.0.0.1:9; \
                   stty -a | grep -o ' echo '; echo over";

const WANTED: &str = "code of the MFA device arn:aws:iam::123456789012:mfa/me: ";

#[test]
fn a_code_is_asked_for_and_never_shown() {
    let mut session = locked().shell(ASK, &WHO[2..]);
    session.wait_for(WANTED);
    session.send("12\r");
    session.wait_for("a code of an MFA device is six digits");
    session.wait_for(WANTED);
    session.send("49303\x7f2");
    session.wait_for(&format!("{WANTED}*****"));
    session.send("7\r");
    session.wait_for("nothing listens there: check the endpoint");
    session.wait_for(" echo ");
    session.wait_for("over");
    let log = String::from_utf8_lossy(session.log()).into_owned();
    assert!(!log.contains("4930") && !log.contains("27\r"), "{log}");
    assert_eq!(session.wait_exit(), 0);
}

#[test]
fn who_gives_no_code_is_told_how_to_and_has_the_terminal_back() {
    let mut session = locked().shell(ASK, &WHO[2..]);
    session.wait_for(WANTED);
    session.send("12\x03");
    session.wait_for("--mfa-code CODE");
    session.wait_for(" echo ");
    session.wait_for("over");
    assert_eq!(session.wait_exit(), 0);
}
