//! Compares the values of records with what others say of them.

use crate::reading::Reading;
use crate::rows::Kept;
use crate::samples::{Said, Sample};
use crate::wanted::Depth;
use crate::words;
use std::net::IpAddr;
use trailcase::event::{Place, Role, Time};

/// One value that somebody else states.
pub(crate) struct Compared {
    pub(crate) field: String,
    pub(crate) record: u64,
    pub(crate) theirs: String,
    pub(crate) ours: Option<String>,
    pub(crate) agreed: bool,
}

pub(crate) fn compare(sample: &Sample, reading: &Reading, depth: Depth) -> Vec<Compared> {
    let mut all = Vec::new();
    for said in &sample.said {
        let row = find(reading, said);
        for (field, theirs) in &said.values {
            let places = words::fields(&sample.kind, field);
            let ours = row.and_then(|row| places.iter().find_map(|place| value(row, place)));
            if places.is_empty() || depth == Depth::Said && !is_said(field, ours.as_deref()) {
                continue;
            }
            let agreed = row.is_some_and(|row| same(&sample.kind, field, theirs, places, row));
            let (field, theirs) = (field.clone(), theirs.clone());
            all.push(Compared { field, record: said.record, theirs, ours, agreed });
        }
    }
    all
}

/// Whether a format for anything says something of this that can be wrong.
fn is_said(field: &str, ours: Option<&str>) -> bool {
    let ends = matches!(field, "outcome" | "disposition");
    words::FACTS.contains(&field) && ours.is_some_and(|ours| !(ends && ours == "unknown"))
}

/// The row of a record: at its line, or at its place in the order of records.
fn find<'r>(reading: &'r Reading, said: &Said) -> Option<&'r Kept> {
    reading.rows.iter().find(|row| match row.frame.map(|frame| frame.place) {
        Some(Place::Line(line)) => line == said.line,
        Some(Place::Index(index)) => index == said.record,
        None => false,
    })
}

fn value(row: &Kept, field: &str) -> Option<String> {
    if field == "time" {
        return row.time.clone();
    }
    let values = row.fields.iter().filter(|(name, _)| name == field);
    let values: Vec<&str> = values.map(|(_, value)| value.as_str()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn same(kind: &str, field: &str, theirs: &str, places: &[&str], row: &Kept) -> bool {
    let mut ours = places.iter().filter_map(|place| value(row, place));
    match field {
        "time" => ours.any(|ours| is_instant(&ours, theirs)),
        "src_ip" | "dst_ip" => ours.any(|ours| is_address(&ours, theirs)),
        "event" | "outcome" | "disposition" => {
            ours.any(|ours| words::is_called(kind, theirs, without_root(&ours, theirs)))
        }
        "status" => ours.any(|ours| ours == theirs) || is_status(row, theirs),
        "principal" => row.get("principal").is_some() && is_identity(row, theirs),
        "resource" => {
            let mut resources = row.of(&[Role::Resource]);
            resources.any(|ours| ours.contains(theirs)) || ours.any(|ours| ours.contains(theirs))
        }
        _ => ours.any(|ours| ours == theirs),
    }
}

/// Whether both are the same instant, in the precision of the one that states less.
fn is_instant(ours: &str, theirs: &str) -> bool {
    let (Some(ours), Some(theirs)) = (Time::parse_rfc3339(ours), Time::parse_rfc3339(theirs))
    else {
        return false;
    };
    let digits = ours.digits.min(theirs.digits);
    // Others turn nanoseconds into a number with a fraction, which cannot hold them, and round.
    let rounded = digits >= 6 && ours.at.0.abs_diff(theirs.at.0) <= 1_000;
    rounded || ours.at.to_rfc3339(digits) == theirs.at.to_rfc3339(digits)
}

fn is_address(ours: &str, theirs: &str) -> bool {
    let address = |text: &str| text.parse::<IpAddr>().ok();
    address(ours).is_some() && address(ours) == address(theirs)
}

/// A name of a domain may end in the dot of the root, or not.
fn without_root<'a>(ours: &'a str, theirs: &'a str) -> &'a str {
    if theirs.strip_suffix('.') == Some(ours) { theirs } else { ours }
}

/// Whether the record's own column of that name says so.
fn is_status(row: &Kept, theirs: &str) -> bool {
    row.fields.iter().any(|(name, value)| name.ends_with("status") && value == theirs)
}

/// Whether a name is one of those that the record gives to whoever acted: whole, or without the
/// domain that it is of.
fn is_identity(row: &Kept, theirs: &str) -> bool {
    let is = |ours: &str| ours == theirs || ours.split('@').next() == Some(theirs);
    if row.of(&[Role::Principal, Role::Key, Role::Session]).any(is) {
        return true;
    }
    let json: Option<serde_json::Value> = serde_json::from_slice(&row.raw).ok();
    json.is_some_and(|json| has_identity(&json, theirs, false))
}

/// Members of records that tell who acted.
const IDENTITIES: [&str; 4] = ["userIdentity", "accessKeyDetails", "actor", "user"];

fn has_identity(json: &serde_json::Value, name: &str, within: bool) -> bool {
    match json {
        serde_json::Value::String(text) => within && text == name,
        serde_json::Value::Array(all) => all.iter().any(|one| has_identity(one, name, within)),
        serde_json::Value::Object(members) => members.iter().any(|(key, value)| {
            has_identity(value, name, within || IDENTITIES.contains(&key.as_str()))
        }),
        _ => false,
    }
}

#[test]
fn what_is_the_same_is_told_from_what_only_looks_so() {
    assert!(is_instant("2026-01-01T00:00:00.123456Z", "2026-01-01T00:00:00.123Z"));
    assert!(is_instant("2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123457Z"));
    assert!(!is_instant("2026-01-01T00:00:00.123459Z", "2026-01-01T00:00:00.123457Z"));
    assert!(!is_instant("2026-01-01T00:00:00.124Z", "2026-01-01T00:00:00.123Z"));
    assert!(!is_instant("2026-01-01T00:00:01Z", "2026-01-01T00:00:00.123Z"));
    assert!(is_address("2001:db8::1", "2001:0db8:0:0:0:0:0:1"));
    assert!(!is_address("192.0.2.1", "192.0.2.10"));
    assert!(!is_address("-", "-"));
    let record = br#"{"user":{"name":"alice"},"host":{"name":"web"}}"#;
    let row = Kept { raw: record.to_vec(), ..Kept::default() };
    assert!(is_identity(&row, "alice"));
    assert!(!is_identity(&row, "web"));
}
