//! People, fields that are asked for, and numbers among others.

use super::super::{Kind, Redaction, scan};
use super::{incident, redaction};
use crate::case::Raw;
use crate::record::incident::{Alarm, Exhibit, Incident, Note, Person};
use proptest::prelude::*;
use serde_json::Value;

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
    let id = Redaction::new(b"key of the workspace").token(Kind::UniqueId, "AROAIOSFODNN7EXAMPLE");
    assert_eq!(identity["principalId"], format!("{id}:{token}"));
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
fn an_account_in_groups_has_the_token_of_the_account() {
    let redaction = Redaction::new(b"key of the workspace");
    let token = redaction.token(Kind::Account, "111122223333");
    let safe = |text: &str| raw(&redacted(&of_record(text), &[]));
    assert_eq!(
        safe("account 1111-2222-3333, or 111122223333"),
        format!("account {token}, or {token}")
    );
    for other in ["6ba7b8ab-1111-2222-3333-00c04fd430c8", "1111-2222-3333-1", "2-1111-2222-3333"] {
        assert_eq!(safe(other), other);
    }
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
    let incident = incident();
    let exhibit = serde_json::to_string(&incident.exhibits[0]).unwrap();
    let journal = format!(
        "{{\"seq\":1,\"who\":\"kim\",\"what\":\"bookmark_add\",\"on\":[{exhibit}],\"hash\":\"{0}\"}}\n\
         {{\"seq\":2,\"who\":\"kim\",\"what\":\"note_add\",\"text\":\"kim asked dana\",\"hash\":\"{1}\"}}\n{{\"torn",
        "cd".repeat(32),
        "ab".repeat(32)
    );
    let redaction = Redaction::new(b"key of the workspace");
    let made = redaction.apply_all(&incident, &[journal.as_bytes()]).unwrap();
    let text = String::from_utf8(made.journals.into_iter().next().unwrap()).unwrap();
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

proptest! {
    #[test]
    fn a_value_of_a_field_is_replaced_however_it_is_spelled_and_all_else_stays(
        value in "q[a-zäöü😀\"/\\\\\n ]{0,12}", mark in proptest::collection::vec(0u8..3, 13),
    ) {
        // Each character as JSON allows it to be written.
        let spell = |(c, mark): (char, &u8)| match (mark, c) {
            (0, _) => {
                let units = c.encode_utf16(&mut [0; 2]).to_vec();
                units.iter().fold(String::new(), |text, unit| format!("{text}\\u{unit:04x}"))
            }
            (1, '/') => "\\/".to_owned(),
            _ => {
                let quoted = serde_json::to_string(&c).unwrap();
                quoted[1..quoted.len() - 1].to_owned()
            },
        };
        let spelled: String = value.chars().zip(mark.iter().cycle()).map(spell).collect();
        let record = format!(r#"{{"a":[1,"x y"],"badge":"{spelled}","b":{{"c":"{spelled}"}},"d":true}}"#);
        let before: Value = serde_json::from_str(&record).unwrap();
        let value = before["badge"].as_str().unwrap().to_owned();
        let safe = raw(&redacted(&of_record(&record), &["badge"]));
        let after: Value = serde_json::from_str(&safe).unwrap();
        let token = Redaction::new(b"key of the workspace").token(Kind::Name, &value.trim().to_lowercase());
        prop_assert_eq!(after["badge"].as_str(), Some(token.as_str()), "{}", safe);
        prop_assert_eq!((&after["a"], &after["d"]), (&before["a"], &before["d"]));
        if value.trim().chars().count() >= 3 && value == value.trim() && value.ends_with(char::is_alphabetic) {
            prop_assert_eq!(&after["b"]["c"], &after["badge"], "{}", safe);
        }
    }
}
