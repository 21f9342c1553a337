//! A made-up case for the tests: one entry of each kind, and a whole small journal.

use super::{
    Action, Entry, Exhibit, Facet, Raw, Review, Seq, Step, Suppression, Ticket, Totals, What,
    sha256_hex,
};
use crate::event::{Place, Timestamp, Verdict};
use std::sync::Arc;

pub(super) const ID: &str = "00112233445566778899aabbccddeeff";

/// 2026-03-04T10:00:00Z, and a second more for each step.
pub(super) fn at(step: u64) -> Timestamp {
    Timestamp((1_772_618_400 + step as i64) * Timestamp::SECOND)
}

pub(super) fn exhibit(number: u64) -> Exhibit {
    let raw = format!(
        r#"{{"eventTime":"2026-03-04T09:00:{number:02}Z","eventName":"ListBuckets","sourceIPAddress":"198.51.100.7"}}"#
    );
    Exhibit {
        object: "/evidence/trail/111122223333_CloudTrail.json.gz".to_owned(),
        member: None,
        sha256: Some(sha256_hex(b"trail")),
        offset: number * 200,
        length: raw.len() as u64,
        within: Vec::new(),
        place: Place::Line(number),
        time: Some(format!("2026-03-04T09:00:{number:02}Z")),
        zone: None,
        format: "cloudtrail".to_owned(),
        record_sha256: sha256_hex(raw.as_bytes()),
        raw: Raw(raw.into_bytes()),
        inside: None,
        summary: "ListBuckets from 198.51.100.7".to_owned(),
    }
}

pub(super) fn on(numbers: &[u64]) -> Vec<Arc<Exhibit>> {
    numbers.iter().map(|number| Arc::new(exhibit(*number))).collect()
}

/// An exhibit whose bytes are no text, in an archive, of an object not hashed yet.
fn packet() -> Arc<Exhibit> {
    let raw = vec![0xff, 0x00, 0x80, b'"', b'\n'];
    Arc::new(Exhibit {
        object: "/evidence/capture.zip".to_owned(),
        member: Some("day/one.pcap".to_owned()),
        sha256: None,
        place: Place::Index(7),
        length: raw.len() as u64,
        time: None,
        summary: "packet 7".to_owned(),
        format: "pcap".to_owned(),
        record_sha256: sha256_hex(&raw),
        raw: Raw(raw),
        ..exhibit(9)
    })
}

pub(super) fn ticket(number: u64) -> Arc<Ticket> {
    let who = vec![format!("arn:aws:iam::111122223333:user/u{number}")];
    Arc::new(Ticket {
        fingerprint: number.to_string(),
        rule: "root_used".to_owned(),
        title: format!("Alarm {number}"),
        severity: "high".to_owned(),
        count: number,
        entities: [("principal".to_owned(), who)].into(),
        ..Ticket::default()
    })
}

pub(super) fn suppression() -> Suppression {
    let who = "arn:aws:iam::111122223333:user/u4".to_owned();
    Suppression {
        rule: "root_used".to_owned(),
        about: Some(("principal".to_owned(), who)),
        pattern: false,
        owner: "alice".to_owned(),
        reason: "a known job".to_owned(),
        until: at(86_400),
    }
}

#[allow(clippy::too_many_lines, reason = "one of each")]
pub(super) fn one_of_each() -> Vec<What> {
    let text = str::to_owned;
    vec![
        What::SessionStart {
            version: text("0.1.0"),
            sources: vec![text("/evidence")],
            mode: text("screen"),
        },
        What::SourceAdd { source: text("/evidence") },
        What::SourceAdd { source: text("/more") },
        What::Load(Totals { objects: 2, records: 5, parsed: 4, unparsed: 1, ..Totals::default() }),
        What::Filter { text: text("ip:198.51.100.7 \"a b\"") },
        What::NoteAdd {
            note: 1,
            text: text("First seen \u{202e} here\n\"q\""),
            on: on(&[1, 2]),
            alarms: Vec::new(),
        },
        What::NoteEdit { note: 1, text: text("First seen here") },
        What::NoteAdd {
            note: 2,
            text: text("about the case"),
            on: Vec::new(),
            alarms: vec![ticket(1)],
        },
        What::NoteRemove { note: 2 },
        What::TagAdd { tag: text("exfil"), on: on(&[1, 3]) },
        What::TagRemove { tag: text("exfil"), on: on(&[3]) },
        What::BookmarkAdd { on: vec![Arc::new(exhibit(4)), packet()] },
        What::BookmarkRemove { on: on(&[4]) },
        What::Undo { of: 13 },
        What::Redo { of: 13 },
        What::SourceRemove { source: text("/more") },
        What::Export { path: text("/cases/out.jsonl"), sha256: sha256_hex(b"rows"), rows: 3 },
        What::WatchAdd { list: text("/cases/bad.txt"), sha256: sha256_hex(b"192.0.2.1") },
        What::WatchAdd { list: text("/cases/keys.txt"), sha256: sha256_hex(b"key") },
        What::WatchRemove { list: text("/cases/keys.txt") },
        What::KeysAdd { file: text("/cases/keys.json"), sha256: sha256_hex(b"{}"), keys: 2 },
        What::AlarmAdd { alarm: ticket(9) },
        What::Triage { on: vec![ticket(1), ticket(2)], step: Step::Ack },
        What::Triage {
            on: vec![ticket(2)],
            step: Step::Close { verdict: Verdict::FalsePositive, reason: text("our scanner") },
        },
        What::Triage { on: vec![ticket(3)], step: Step::Snooze { until: at(3_600) } },
        What::Triage {
            on: vec![ticket(3)],
            step: Step::Merge { into: text("1"), reason: text("the same call") },
        },
        What::Triage {
            on: vec![ticket(1)],
            step: Step::Tick { question: text("Who owns it?"), on: true },
        },
        What::Suppress(suppression()),
        What::Unsuppress(suppression()),
        What::Review(Review { alarms: 3, open: 1, closed: 2, ..Review::default() }),
        What::Incident { facet: Facet::Title, text: text("Keys of alice abroad") },
        What::Hold { reason: text("claim 7") },
        What::Release { reason: text("settled") },
        What::ChainAdd { head: sha256_hex(b"head"), entries: 4 },
        What::Acquire { list: sha256_hex(b""), objects: 2, bytes: 70 },
        unknown(),
        What::SessionEnd,
    ]
}

/// Of a kind that is not known.
fn unknown() -> What {
    let unknown = serde_json::json!({"what": "verdict", "alarm": "A-1", "reason": ["x", null, 1]});
    What::Unknown(unknown.as_object().cloned().unwrap_or_default())
}

pub(super) fn entry(seq: Seq, what: What) -> Entry {
    let Action { at, who, host, what } = action(seq, what);
    Entry { seq, at, who, host, what }
}

pub(super) fn action(step: u64, what: What) -> Action {
    Action { at: at(step), who: "alice".to_owned(), host: "bastion-1".to_owned(), what }
}

/// The bytes of a journal that holds these.
pub(super) fn journal(all: impl IntoIterator<Item = What>) -> Vec<u8> {
    chain(all.into_iter().enumerate().map(|(number, what)| entry(number as u64 + 1, what)))
}

/// The bytes of a journal of these entries.
pub(super) fn chain(all: impl IntoIterator<Item = Entry>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut prev = super::chain::genesis(ID);
    for entry in all {
        let (line, hash) = super::chain::encode(&entry, &prev).unwrap();
        bytes.extend_from_slice(&line);
        prev = hash;
    }
    bytes
}
