//! What is known from one place and stands in another, in another spelling.

use super::super::{Kind, Redaction, scan, scan_record};
use crate::case::Raw;
use crate::record::incident::{Exhibit, Incident, Note};
use serde_json::Value;

/// An exhibit with this record of this format, and a note.
fn of(format: &str, raw: &str, note: &str) -> Incident {
    let raw = Some(Raw(raw.as_bytes().to_vec()));
    let exhibit = Exhibit { raw, format: Some(format.to_owned()), ..Exhibit::default() };
    let note = Note { text: note.to_owned(), ..Note::default() };
    Incident { exhibits: vec![exhibit], notes: vec![note], ..Incident::default() }
}

fn redaction() -> Redaction {
    Redaction::new(b"key of the workspace")
}

/// The record and the note when they are redacted.
fn redacted(format: &str, raw: &str, note: &str) -> (String, String) {
    let made = redaction().apply(&of(format, raw, note)).unwrap();
    let raw = made.exhibits[0].raw.clone().unwrap().0;
    (String::from_utf8(raw).unwrap(), made.notes[0].text.clone())
}

#[test]
fn a_known_account_is_one_token_in_any_spelling() {
    let token = redaction().token(Kind::Account, "111122223333");
    for text in ["1111 2222 3333", "1111.2222.3333", "11112222-3333", "1111-2222-3333"] {
        let (_, note) = redacted("cloudtrail", r#"{"a":"111122223333"}"#, text);
        assert_eq!(note, token, "{text}");
    }
    let (_, note) = redacted("cloudtrail", r#"{"a":"111122223333"}"#, "x111122223333y");
    assert_eq!(note, format!("x{token}y"));
    let (_, note) = redacted("cloudtrail", r#"{"a":"b"}"#, "1111 2222 3333, x111122223333y");
    assert_eq!(note, "1111 2222 3333, x111122223333y");
}

#[test]
fn a_known_name_is_one_token_however_its_parts_are_put_together() {
    let token = redaction().token(Kind::Name, "bob smith");
    for text in ["Bob_Smith", "bob-smith", "BobSmith", "BOB SMITH", "bob.smith"] {
        let (_, note) = redacted("cloudtrail", r#"{"userName":"bob smith"}"#, text);
        assert_eq!(note, token, "{text}");
        assert_eq!(redaction().token(Kind::Name, "bob-smith"), token);
    }
    let (_, note) = redacted("cloudtrail", r#"{"userName":"bob smith"}"#, "bobsmithers, bob jones");
    assert_eq!(note, "bobsmithers, bob jones");
}

#[test]
fn somebody_with_an_address_for_mail_is_known_by_name_too() {
    let raw = r#"{"arn":"arn:aws:sts::111122223333:assumed-role/R/erika.musterfrau@corp.example"}"#;
    let (_, note) = redacted("cloudtrail", raw, "ERIKA.MUSTERFRAU or Erika Musterfrau did");
    let token = redaction().token(Kind::Name, "erika.musterfrau");
    assert_eq!(note, format!("{token} or {token} did"));
    let (_, note) = redacted("cloudtrail", r#"{"m":"no-reply@x.example"}"#, "no-reply");
    assert_eq!(note, "no-reply");
}

#[test]
fn numbers_of_telephones_and_of_social_security_are_found_in_their_usual_forms() {
    for (text, kind) in [
        ("call 0049-170-1234567 now", Some(Kind::Phone)),
        ("call 0049 (170) 1234567", Some(Kind::Phone)),
        ("SSN 123-45-6789", Some(Kind::Ssn)),
        ("ssn: 123456789", Some(Kind::Ssn)),
        ("his 123-45-6789.", Some(Kind::Ssn)),
        ("1a2b3c4d-0049-4170-8123-12345678901a", None),
        ("0012345678901", None),
        ("000-12-3456 or 912-12-3456", None),
        ("2026-123-45-6789", None),
        ("id 123456789", None),
    ] {
        let found: Vec<Kind> = scan(text.as_bytes()).into_keys().collect();
        assert_eq!(found, kind.into_iter().collect::<Vec<_>>(), "{text}");
    }
    let token = redaction().token(Kind::Phone, "+491701234567");
    assert_eq!(redacted("plain", "x", "0049-170-1234567").1, token);
}

#[test]
fn members_for_people_count_in_records_of_applications_alone() {
    let raw = r#"{"user":"mhuber","name":"Maria Huber","buyer":{"name":"John Q Public","addressLine1":"12 Main Street","postalCode":90210},"logger":{"name":"core"}}"#;
    let (safe, note) = redacted("json_lines", raw, "mhuber is Maria Huber, core is core");
    let value: Value = serde_json::from_str(&safe).unwrap_or_else(|e| panic!("{safe}: {e}"));
    for part in ["mhuber", "Maria", "Public", "Main", "90210"] {
        assert!(!safe.contains(part), "{part}: {safe}");
    }
    let token = redaction().token(Kind::Name, "mhuber");
    assert_eq!(value["user"], token.as_str());
    assert_eq!(value["logger"]["name"], "core");
    assert!(value["buyer"]["postalCode"].as_str().unwrap().starts_with("person-"), "{safe}");
    assert!(note.starts_with(&token) && note.ends_with("core is core"), "{note}");
    let counts = scan_record(raw.as_bytes(), "json_lines");
    assert_eq!((counts[&Kind::Name], counts[&Kind::Personal]), (3, 2));
    // In a service's the same members are those of things.
    let of_service = r#"{"name":"Maria Huber","street":"x"}"#;
    assert_eq!(redacted("cloudtrail", of_service, "").0, of_service);
    assert!(scan_record(of_service.as_bytes(), "cloudtrail").is_empty());
}

#[test]
fn whoever_a_journal_names_is_a_name_there_and_everywhere() {
    let incident = of("cloudtrail", r#"{"a":1,"owner":"amazon"}"#, "Zaphod Beeblebrox of amazon");
    let journal = concat!(
        r#"{"seq":1,"who":"kim","host":"laptop-kim","what":"triage","on":[],"step":"assign","owner":"Zaphod Beeblebrox"}"#,
        "\n",
        r#"{"seq":2,"who":"kim","host":"laptop-kim","what":"suppress","rule":"r","about":["principal","arthur"],"owner":"Trillian Astra","reason":"told by Ford Prefect on laptop-kim"}"#,
        "\n",
        r#"{"seq":3,"who":"kim","host":"laptop-kim","what":"incident","facet":"person","text":"Ford Prefect, lead"}"#,
        "\n",
    );
    let made = redaction().apply_all(&incident, &[journal.as_bytes()]).unwrap();
    let text = String::from_utf8(made.journals[0].clone()).unwrap();
    for part in ["Zaphod", "Trillian", "Ford", "kim", "laptop", "arthur"] {
        assert!(!text.contains(part), "{part}: {text}");
    }
    let token = redaction().token(Kind::Name, "zaphod beeblebrox");
    assert_eq!(made.incident.notes[0].text, format!("{token} of amazon"));
    let host = redaction().token(Kind::Name, "laptop-kim");
    assert_eq!(text.matches(&format!("\"host\":\"{host}\"")).count(), 3, "{text}");
    let remarks = made.incident.scrub.unwrap().remarks;
    assert!(remarks.iter().any(|it| it.contains("their computers")), "{remarks:?}");
}

#[test]
fn a_secret_is_looked_for_where_nothing_says_that_it_is_one() {
    let raw = r#"{"password":"Tr0ub4dor&3","secretName":"x"}"#;
    let (safe, note) = redacted("json_lines", raw, "she typed Tr0ub4dor&3 twice");
    let token = redaction().token(Kind::Secret, "Tr0ub4dor&3");
    assert_eq!(safe, format!(r#"{{"password":"{token}","secretName":"x"}}"#));
    assert_eq!(note, format!("she typed {token} twice"));
}
