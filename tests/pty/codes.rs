//! The code of an MFA device, where a role is only given against one: on the terminal for what has
//! no screen, and else on the screen.

use crate::asking::WHO;
use crate::bench::Bench;
use crate::proxy::{Fate, Proxy};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};
use trailcase::event::Timestamp;

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

const LIST: &str = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a.json</Key>\
                    <LastModified>2026-03-04T10:00:00.000Z</LastModified><ETag>&quot;a&quot;</ETag>\
                    <Size>50</Size></Contents></ListBucketResult>";

const OBJECT: &str = "{\"time\":\"2026-03-04T10:00:00Z\",\"message\":\"found\"}\n";

const REFUSED: &str = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>\
                       MultiFactorAuthentication failed with invalid MFA one time pass code.\
                       </Message></Error></ErrorResponse>";

const NONE: &str = "<Error><Code>AccessDenied</Code><Message>No</Message></Error>";

/// What a role gives until so long from now.
fn given(good_for: Duration) -> &'static str {
    let until = (SystemTime::now() + good_for).duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let until = Timestamp(i64::try_from(until.as_nanos()).unwrap()).to_rfc3339(0);
    format!(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAIOSFODNN7ROLE000\
         </AccessKeyId><SecretAccessKey>bPxRfiCYEXAMPLEKEY</SecretAccessKey><SessionToken>token\
         </SessionToken><Expiration>{until}</Expiration></Credentials></AssumeRoleResult>\
         </AssumeRoleResponse>"
    )
    .leak()
}

/// A service that gives the role against these codes, each once, and then the bucket. What the
/// first gives is over soon.
fn service(codes: &'static [&str]) -> Proxy {
    Proxy::start(0, move |line, before| {
        let code = codes.iter().position(|code| line.ends_with(&format!("TokenCode={code}")));
        match line {
            line if line.starts_with("Action=AssumeRole") => match code {
                Some(0) if before == 0 && codes.len() > 1 => {
                    Fate::Say(200, given(Duration::from_secs(65)))
                }
                Some(_) if before == 0 => Fate::Say(200, given(Duration::from_hours(1))),
                _ => Fate::Say(403, REFUSED),
            },
            line if line.starts_with("HEAD /logs") => Fate::Say(200, ""),
            line if line.contains("list-type=2") => Fate::Say(200, LIST),
            line if line.starts_with("GET /logs/a.json") => Fate::Say(200, OBJECT),
            _ => Fate::Say(403, NONE),
        }
    })
}

/// No file below the folder holds the text.
fn is_in_no_file(folder: &Path, text: &str) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            is_in_no_file(&path, text);
        } else {
            let bytes = std::fs::read(&path).unwrap_or_default();
            let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}

const OPEN: &[&str] = &["open", "s3://logs", "-w", "case", "--profile", "locked"];

#[test]
fn the_screen_asks_for_the_code_and_goes_on_with_what_waited_for_it() {
    assert_eq!(OBJECT.len(), 50);
    let (bench, service) = (locked(), service(&["493027"]));
    let named = [OPEN, &["--endpoint-url", &service.endpoint]].concat();
    let mut session = bench.sized(&named, &WHO[2..], (160, 30));
    session.wait_for(WANTED);
    session.wait_for("is only given against a code");
    session.send("12\r");
    session.wait_for("a code of an MFA device is six digits");
    session.send("000111\r");
    session.wait_for("was not taken: give the next one that it shows");
    session.wait_for(WANTED);
    session.send("49303\x7f2");
    session.wait_for(&format!("{WANTED}*****"));
    session.send("7\r");
    session.wait_for("row 1 of 1");
    session.send("5");
    session.wait_for("1 object,");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert_eq!(service.bodies("TokenCode=493027").len(), 1);
    let log = String::from_utf8_lossy(session.log()).into_owned();
    for code in ["493027", "000111"] {
        assert!(!log.contains(code), "{log}");
        is_in_no_file(bench.home.path(), code);
    }
}

#[test]
fn who_has_no_code_goes_on_without_and_is_told_which_key_asks() {
    let (bench, service) = (locked(), service(&["493027"]));
    let named = [
        "open",
        "evidence",
        "-w",
        "case",
        "--profile",
        "locked",
        "--endpoint-url",
        &service.endpoint,
    ];
    let mut session = bench.sized(&named, &WHO[2..], (160, 30));
    session.wait_for("row 1 of 120");
    session.send("M");
    session.wait_for("nothing waits for a code");
    session.send("5As3://logs\r");
    session.wait_for(WANTED);
    session.send("\x1b");
    session.wait_for(
        "no code of the MFA device; M asks for it: the role arn:aws:iam::123456789012:role",
    );
    session.send("M");
    session.wait_for(WANTED);
    session.send("493 027\r");
    session.wait_for("3 objects,");
    session.send("1");
    session.wait_for("of 121");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
}

/// What was given against the first code ends while the bucket is followed.
#[test]
fn when_what_a_code_gave_ends_another_is_asked_for() {
    let (bench, service) = (locked(), service(&["493027", "885511"]));
    let named = [OPEN, &["--follow", "--endpoint-url", &service.endpoint]].concat();
    let mut session = bench.sized(&named, &WHO[2..], (160, 30));
    session.wait_for(WANTED);
    session.send("493027\r");
    session.wait_for("row 1 of 1");
    let end = Instant::now() + Duration::from_mins(1);
    assert!(session.is_so_before(end, |session| session.screen_text().contains(WANTED)));
    session.send("885511\r");
    session.wait_for("the code was taken");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert_eq!(service.bodies("TokenCode=885511").len(), 1);
}
