mod fields;
mod known;

use super::find::Wanted;
use super::scan::apart;
use super::*;
use crate::case::Raw;
use crate::record::incident::{Alarm, Exhibit, Note, Severity};
use proptest::prelude::*;
use serde_json::Value;

/// Everything of this kind.
fn found(text: &str, wanted: Kind) -> Vec<find::Found> {
    let none = BTreeSet::new();
    find::find(text.as_bytes(), Wanted { kinds: &|kind| kind == wanted, accounts: &none })
}

fn redaction() -> Redaction {
    let fields = ["userName", "principal", "roleSessionName"];
    let fields = fields.iter().map(|field| (*field).to_owned()).collect();
    Redaction { addresses: true, fields, ..Redaction::new(b"key of the workspace") }
}

fn incident() -> Incident {
    let raw = br#"{"userIdentity":{"arn":"arn:aws:iam::111122223333:user/dana","userName":"dana",
        "accessKeyId":"AKIAIOSFODNN7EXAMPLE"},"sourceIPAddress":"203.0.113.7",
        "requestParameters":{"url":"s3%3A%3Alogs-111122223333%2Fdana%40example.com"},
        "id":"7cbe4b3e-3d25-4b8f-a0aa-444455556666","text":"line\ndana@example.com\t2001:DB8:0::1"}"#;
    let exhibit = Exhibit {
        principal: Some("arn:aws:iam::111122223333:user/dana".to_owned()),
        address: Some("203.0.113.7".to_owned()),
        outcome: Some("success".to_owned()),
        object: "s3://logs-111122223333/x.json.gz".to_owned(),
        sha256: Some("ab".repeat(32)),
        raw: Some(Raw(raw.to_vec())),
        ..Exhibit::default()
    };
    let note = Note { text: "Dana (Dana@Example.com) did not.".to_owned(), ..Note::default() };
    Incident {
        title: Some("Key of dana used from 203.0.113.7".to_owned()),
        severity: Some(Severity::High),
        exhibits: vec![exhibit],
        alarms: vec![Alarm { notes: vec![note], ..Alarm::default() }],
        ..Incident::default()
    }
}

#[test]
fn the_same_value_has_the_same_token_everywhere() {
    let redaction = redaction();
    let redacted = redaction.apply(&incident()).unwrap();
    let json = serde_json::to_string(&redacted).unwrap();
    for value in
        ["111122223333\"", "111122223333:", "dana", "Dana", "203.0.113.7", "2001:DB8", "AKIA"]
    {
        assert!(!json.contains(value), "{value}: {json}");
    }
    let account = redaction.token(Kind::Account, "111122223333");
    let name = redaction.token(Kind::Name, "dana");
    let mail = redaction.token(Kind::Email, "dana@example.com");
    let address = redaction.token(Kind::Address, "203.0.113.7");
    let exhibit = &redacted.exhibits[0];
    assert_eq!(exhibit.principal, Some(format!("arn:aws:iam::{account}:user/{name}")));
    assert_eq!(exhibit.object, format!("s3://logs-{account}/x.json.gz"));
    assert_eq!(redacted.title, Some(format!("Key of {name} used from {address}")));
    assert_eq!(redacted.alarms[0].notes[0].text, format!("{name} ({mail}) did not."));
    let raw = String::from_utf8(exhibit.raw.clone().unwrap().0).unwrap();
    let record: Value = serde_json::from_str(&raw).unwrap();
    assert_eq!(record["userIdentity"]["userName"], name.as_str());
    assert_eq!(record["requestParameters"]["url"], format!("s3%3A%3Alogs-{account}%2F{mail}"));
    let address = redaction.token(Kind::Address, "2001:db8::1");
    assert_eq!(record["text"], format!("line\n{mail}\t{address}"));
    // A UUID that ends like an account is none, unless the account is known.
    assert_eq!(record["id"], "7cbe4b3e-3d25-4b8f-a0aa-444455556666");
    assert!(exhibit.redacted);
    assert_eq!(
        (&exhibit.sha256, &redacted.severity),
        (&Some("ab".repeat(32)), &Some(Severity::High))
    );
}

#[test]
fn the_report_counts_and_never_quotes() {
    let redacted = redaction().apply(&incident()).unwrap();
    let scrub = redacted.scrub.unwrap();
    let counts: Vec<(&str, u64)> =
        scrub.counts.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(
        counts,
        [
            ("IP addresses", 4),
            ("access key ids", 1),
            ("account ids", 4),
            ("e-mail addresses", 3),
            ("names", 5)
        ]
    );
    assert!(!format!("{scrub:?}").contains("dana"));
}

#[test]
fn unique_ids_go_with_the_accounts_and_still_join() {
    let (user, role) = ("AIDACKCEVSQ6C2EXAMPLE", "AROACLKWSDQRAOEXAMPLE3");
    let mut incident = incident();
    let raw = format!(
        r#"{{"principalId":"{user}","role":"{role}:i-0a1b2c3d4e5f60718","key":"ASIAIOSFODNN7EXAMPLE"}}"#
    );
    incident.exhibits[0].raw = Some(Raw(raw.into_bytes()));
    incident.summary = Some(format!("{user} took {role}. AIDA, XAIDACKCEVSQ6C2EXAMPLE: no ids."));
    let redacted = redaction().apply(&incident).unwrap();
    let [user_token, role_token] = [user, role].map(|id| redaction().token(Kind::UniqueId, id));
    assert!(user_token.starts_with("id-"), "{user_token}");
    assert_eq!(
        redacted.summary,
        Some(format!("{user_token} took {role_token}. AIDA, XAIDACKCEVSQ6C2EXAMPLE: no ids."))
    );
    let raw = String::from_utf8(redacted.exhibits[0].raw.clone().unwrap().0).unwrap();
    let record: Value = serde_json::from_str(&raw).unwrap();
    assert_eq!(record["principalId"], user_token.as_str());
    assert_eq!(record["role"], format!("{role_token}:i-0a1b2c3d4e5f60718"));
    assert!(record["key"].as_str().unwrap().starts_with("key-"));
    assert_eq!(redacted.scrub.as_ref().unwrap().counts.get("unique ids"), Some(&4));
    assert_eq!(redaction().apply(&redacted).unwrap(), redacted);
    // Who leaves the accounts is told that ids stay.
    let open = Redaction { accounts: false, ..redaction() }.apply(&incident).unwrap();
    assert!(open.summary.unwrap().contains(user));
    let remarks = open.scrub.unwrap().remarks;
    assert!(remarks.iter().any(|it| it == "not replaced: unique ids"), "{remarks:?}");
}

#[test]
fn tokens_of_another_workspace_are_others() {
    let other = Redaction::new(b"another").token(Kind::Account, "111122223333");
    assert_ne!(redaction().token(Kind::Account, "111122223333"), other);
}

#[test]
fn words_of_closed_lists_are_not_names() {
    let mut incident = incident();
    incident.exhibits[0].principal = Some("user/high".to_owned());
    let redacted = redaction().apply(&incident).unwrap();
    assert_eq!(redacted.severity, Some(Severity::High));
}

#[test]
fn redacting_twice_changes_nothing_more() {
    let once = redaction().apply(&incident()).unwrap();
    let twice = redaction().apply(&once).unwrap();
    assert_eq!(once, twice);
}

#[test]
fn bytes_that_are_no_text_are_redacted_too() {
    let mut incident = incident();
    incident.exhibits[0].raw = Some(Raw(b"\xff 111122223333 \xfe".to_vec()));
    let redacted = redaction().apply(&incident).unwrap();
    let raw = redacted.exhibits[0].raw.clone().unwrap().0;
    let account = redaction().token(Kind::Account, "111122223333");
    assert_eq!(raw, [b"\xff ", account.as_bytes(), b" \xfe"].concat());
}

#[test]
fn what_should_not_go_around_is_counted() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    for (text, kind) in [
        ("mail dana.roe@example.com!".to_owned(), Some(Kind::Email)),
        ("x\\ndana%40example.co.uk".to_owned(), Some(Kind::Email)),
        ("ASIAIOSFODNN7EXAMPLE".to_owned(), Some(Kind::AccessKey)),
        (format!("\"secretAccessKey\": \"{secret}\""), Some(Kind::SecretKey)),
        (format!("{{\\\"SecretAccessKey\\\":\\\"{secret}\\\"}}"), Some(Kind::SecretKey)),
        (format!("aws_secret_access_key = {secret}\n"), Some(Kind::SecretKey)),
        (format!("\"sessionToken\":\"{}\"", "A".repeat(120)), Some(Kind::SessionToken)),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----".to_owned(),
            Some(Kind::PrivateKey),
        ),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc_-".to_owned(), Some(Kind::Jwt)),
        ("4111 1111 1111 1111".to_owned(), Some(Kind::Card)),
        ("378282246310005".to_owned(), Some(Kind::Card)),
        ("GB82 WEST 1234 5698 7654 32".to_owned(), Some(Kind::Iban)),
        ("4111 1111 1111 1112".to_owned(), None),
        ("GB82WEST12345698765433".to_owned(), None),
        ("1772620922113".to_owned(), None),
        ("XAKIAIOSFODNN7EXAMPLE".to_owned(), None),
        ("git@host".to_owned(), None),
        (secret.to_owned(), None),
    ] {
        let counts = scan(text.as_bytes());
        let found: Vec<Kind> = counts.keys().copied().collect();
        assert_eq!(found, kind.into_iter().collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn what_only_looks_like_an_address_stays() {
    for text in
        ["version 1.2.3.4.5", "10:42:02", "std::fmt", "a:b:c", "300.1.1.1", "AWS::IAM::Role"]
    {
        let found = found(text, Kind::Address);
        assert_eq!(found, [], "{text}");
    }
    for text in [
        "ip-10-0-0-1.ec2",
        "::ffff:203.0.113.7",
        "ip:2001:db8::1.",
        "at 2001:db8::, ",
        "[2001:db8::1]:443",
        "203.0.113.7:443",
    ] {
        let found = found(text, Kind::Address);
        assert_eq!(apart(found).len(), 1, "{text}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_fail(bytes: Vec<u8>, text in "[a-z@.%\\\\0-9:un-]{0,60}") {
        let mut incident = incident();
        incident.summary = Some(text.clone());
        incident.exhibits[0].raw = Some(Raw(bytes.clone()));
        prop_assert!(redaction().apply(&incident).is_ok());
        let _ = (scan(&bytes), scan(text.as_bytes()));
    }

    #[test]
    fn an_account_is_found_wherever_it_stands(
        before in "[^0-9]{0,8}[ :/\"]", after in "[ :/\"][^0-9]{0,8}",
    ) {
        let text = format!("{before}111122223333{after}");
        let found = found(&text, Kind::Account);
        prop_assert_eq!(apart(found).len(), 1);
    }
}

#[test]
fn a_record_inside_its_bytes_is_redacted_and_the_bytes_are_left_out() {
    let mut incident = incident();
    let raw = incident.exhibits[0].raw.take().unwrap();
    incident.exhibits[0].inside = Some(String::from_utf8(raw.0).unwrap());
    incident.exhibits[0].raw = Some(Raw(br#"{"awslogs":{"data":"H4sIAAAA"}}"#.to_vec()));
    let redacted = redaction().apply(&incident).unwrap();
    let exhibit = &redacted.exhibits[0];
    assert!(exhibit.raw.is_none() && exhibit.redacted);
    let inside = exhibit.inside.as_ref().unwrap();
    assert!(inside.contains("userName") && !inside.contains("dana"), "{inside}");
}
