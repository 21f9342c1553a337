use super::find::Wanted;
use super::scan::apart;
use super::*;
use crate::case::Raw;
use crate::record::incident::{Alarm, Exhibit, Note, Person, Severity};
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

/// An exhibit with this record and nothing else.
fn of_record(raw: &str) -> Incident {
    let exhibit = Exhibit { raw: Some(Raw(raw.as_bytes().to_vec())), ..Exhibit::default() };
    Incident { exhibits: vec![exhibit], ..Incident::default() }
}

fn raw(incident: &Incident) -> String {
    String::from_utf8(incident.exhibits[0].raw.clone().unwrap().0).unwrap()
}

/// By the usual fields, and by these.
fn redacted(incident: &Incident, fields: &[&str]) -> Incident {
    let mut redaction = Redaction::new(b"key of the workspace");
    redaction.fields.extend(fields.iter().map(|field| (*field).to_owned()));
    redaction.apply(incident).unwrap()
}

#[test]
fn the_human_of_an_assumed_role_is_one_token_wherever_it_stands() {
    let mut incident = of_record(
        r#"{"userIdentity":{"type":"AssumedRole","principalId":"AROAIOSFODNN7EXAMPLE:alice.roe",
        "arn":"arn:aws:sts::111122223333:assumed-role/Admin/alice.roe"},"note":"by alice.roe, AROAIOSFODNN7EXAMPLE:bob"}"#,
    );
    let arn = "arn:aws:sts::111122223333:assumed-role/Admin/alice.roe";
    incident.exhibits[0].principal = Some(arn.to_owned());
    incident.scope.principals = vec![arn.to_owned()];
    incident.alarms = vec![Alarm {
        who: Some("kim".to_owned()),
        entities: [("principal".to_owned(), vec!["carol".to_owned()])].into(),
        ..Alarm::default()
    }];
    incident.people = vec![Person {
        name: "Kim Ito".to_owned(),
        contact: Some("+49 30 1234567".to_owned()),
        ..Person::default()
    }];
    incident.notes = vec![Note {
        who: Some("kim".to_owned()),
        text: "carol told kim".to_owned(),
        ..Note::default()
    }];
    let safe = redacted(&incident, &[]);
    let json = serde_json::to_string(&safe).unwrap();
    for value in ["alice", "bob", "carol", "kim", "Kim", "1234567"] {
        assert!(!json.contains(value), "{value}: {json}");
    }
    let token = Redaction::new(b"key of the workspace").token(Kind::Name, "alice.roe");
    let record: Value = serde_json::from_str(&raw(&safe)).unwrap();
    let identity = &record["userIdentity"];
    assert_eq!(identity["principalId"], format!("AROAIOSFODNN7EXAMPLE:{token}"));
    let end = format!(":assumed-role/Admin/{token}");
    assert!(identity["arn"].as_str().unwrap().ends_with(&end), "{identity}");
    assert!(safe.exhibits[0].principal.as_ref().unwrap().ends_with(&end));
    assert!(safe.scope.principals[0].ends_with(&end));
    assert_eq!(safe.alarms[0].who, safe.notes[0].who);
}

#[test]
fn a_session_named_by_mail_is_the_token_of_the_mail() {
    let mail = "alice@corp.example";
    let safe = redacted(
        &of_record(&format!(
            r#"{{"a":"arn:aws:sts::111122223333:assumed-role/Role/{mail}","b":"AROAIOSFODNN7EXAMPLE:{mail}"}}"#
        )),
        &[],
    );
    let token = Redaction::new(b"key of the workspace").token(Kind::Email, mail);
    assert_eq!(raw(&safe).matches(&token).count(), 2, "{}", raw(&safe));
    assert!(!raw(&safe).contains("alice"));
}

#[test]
fn what_stands_in_a_named_field_is_replaced_however_it_is_written() {
    for (record, kept) in [
        (r#"{"badge":"48213","x":1}"#, r#""x":1"#),
        (r#"{"badge": 48213 ,"x":1}"#, r#""x":1"#),
        (r#"{"badge":"jo","x":"jo-jo"}"#, "x"),
        (r#"{"badge":"J\u00f6rg","x":"J\u00f6rg, Jörg"}"#, "x"),
        (r#"{"badge":"a \"quoted\" name","x":1}"#, r#""x":1"#),
        (r#"{"badge":"team\/blue","x":"team/blue"}"#, "x"),
        (r#"{"badge":["one two","x9"],"x":1}"#, r#""x":1"#),
        (r#"{"badge":{"of":"jo"},"x":1}"#, r#""x":1"#),
        (r#"{"a":"{\"badge\":\"J\\u00f6rg\"}","badge":"J\u00f6rg","x":1}"#, r#""x":1"#),
    ] {
        let safe = raw(&redacted(&of_record(record), &["badge"]));
        let value: Value = serde_json::from_str(&safe).unwrap_or_else(|e| panic!("{safe}: {e}"));
        for part in ["48213", "\"jo\"", "rg", "quoted", "blue", "two", "x9"] {
            assert!(!safe.contains(part), "{part} in {safe}");
        }
        assert!(value["badge"].to_string().contains("name-"), "{safe}");
        assert!(safe.contains(kept), "{safe}");
    }
}

#[test]
fn what_looks_like_a_uuid_hides_no_account() {
    let safe = |text: &str| raw(&redacted(&of_record(text), &[]));
    assert!(!safe("logs-2024-111122223333").contains("111122223333"));
    assert!(!safe("x-1a2b-111122223333").contains("111122223333"));
    let uuid = "7cbe4b3e-3d25-4b8f-a0aa-111122223333";
    assert_eq!(safe(uuid), uuid);
    assert!(!safe(&format!("{uuid} of 111122223333")).contains("111122223333"));
}

#[test]
fn a_number_takes_no_neighbours_along() {
    for (text, kind) in [
        ("4111 1111 1111 1111 12 items", Kind::Card),
        ("order 7 4111 1111 1111 1111", Kind::Card),
        ("2026 4111-1111-1111-1111", Kind::Card),
        ("3782 822463 10005 9", Kind::Card),
        ("GB82 WEST 1234 5698 7654 32 PAID", Kind::Iban),
    ] {
        assert_eq!(scan(text.as_bytes()).get(&kind), Some(&1), "{text}");
    }
    // Numbers next to each other are no card, whatever their digits come to.
    let flow = "2 443 49152 6 10 8400 1700000000 1700000060 4111 1111 11 111111";
    assert_eq!(scan(flow.as_bytes()).get(&Kind::Card), None);
}

#[test]
fn the_longest_name_that_stands_alone_is_taken() {
    let mut incident = of_record(
        r#"{"userName":"dana","b":{"userName":"dana.roe"},"c":"dana.roe and dana.roex"}"#,
    );
    incident.summary = Some("dana.roex".to_owned());
    let safe = redacted(&incident, &[]);
    assert!(!raw(&safe).contains("dana"), "{}", raw(&safe));
    assert!(!safe.summary.unwrap().contains("dana"));
}

#[test]
fn a_field_that_is_nowhere_is_told_with_what_was_meant() {
    let incident = of_record(r#"{"requestParameters":{"groupName":"x"}}"#);
    let apply = |field: &str, known: &str| {
        let mut redaction = redaction();
        redaction.fields.push(field.to_owned());
        redaction.known = [known.to_owned()].into();
        redaction.apply(&incident)
    };
    let told = apply("groupNmae", "bytes").unwrap_err().to_string();
    assert!(told.contains("groupNmae") && told.contains("\"groupName\""), "{told}");
    let told = apply("requestParameters.groupNme", "bytes").unwrap_err().to_string();
    assert!(told.contains("\"groupName\""), "{told}");
    // What some format has is no mistake; that nothing here has it is told.
    let scrub = apply("bytes", "bytes").unwrap().scrub.unwrap();
    assert!(scrub.remarks.iter().any(|line| line.ends_with("these fields: bytes")), "{scrub:?}");
    assert!(apply("requestparameters.groupname", "bytes").is_ok());
}

#[test]
fn a_journal_has_the_tokens_of_its_record_and_says_that_it_is_no_chain() {
    let mut incident = incident();
    incident.workspace.head = Some("ab".repeat(32));
    let exhibit = serde_json::to_string(&incident.exhibits[0]).unwrap();
    let journal = format!(
        "{{\"seq\":1,\"who\":\"kim\",\"what\":\"bookmark_add\",\"on\":[{exhibit}],\"hash\":\"{0}\"}}\n\
         {{\"seq\":2,\"who\":\"kim\",\"what\":\"note_add\",\"text\":\"kim asked dana\"}}\n{{\"torn",
        "cd".repeat(32)
    );
    let redaction = Redaction::new(b"key of the workspace");
    let made = redaction.apply_all(&incident, Some(journal.as_bytes())).unwrap();
    let text = String::from_utf8(made.journal.unwrap()).unwrap();
    for value in ["kim", "dana", "111122223333"] {
        assert!(!text.contains(value), "{value}: {text}");
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        (&lines[0]["head"], &lines[0]["lines_left_out"]),
        (&"ab".repeat(32).into(), &1.into())
    );
    assert!(lines[0]["says"].as_str().unwrap().contains("cannot be verified"));
    assert_eq!(lines[1]["hash"], "cd".repeat(32));
    let token = redaction.token(Kind::Name, "dana");
    assert!(lines[2]["text"].as_str().unwrap().ends_with(&token), "{}", lines[2]);
    assert!(made.incident.title.unwrap().contains(&token));
}

#[test]
fn a_number_of_json_becomes_a_text_of_json() {
    let record =
        r#"{"account":111122223333,"m":"{\"account\":111122223333}","n":[4111111111111111,-1]}"#;
    let safe = raw(&redacted(&of_record(record), &[]));
    let value: Value = serde_json::from_str(&safe).unwrap_or_else(|e| panic!("{safe}: {e}"));
    let inner: Value = serde_json::from_str(value["m"].as_str().unwrap()).unwrap();
    assert_eq!(inner["account"], value["account"]);
    assert!(value["account"].as_str().unwrap().starts_with("acct-"), "{safe}");
    assert!(value["n"][0].as_str().unwrap().starts_with("card-") && value["n"][1] == -1, "{safe}");
}
