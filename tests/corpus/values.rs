//! Compares the values of records with what others say of them.

use crate::reading::Reading;
use crate::rows::Kept;
use crate::samples::{Said, Sample};
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

pub(crate) fn compare(sample: &Sample, reading: &Reading) -> Vec<Compared> {
    let mut all = Vec::new();
    for said in &sample.said {
        let row = find(reading, said);
        for (field, theirs) in &said.values {
            let places = words::fields(&sample.kind, field);
            if places.is_empty() {
                continue;
            }
            let ours = row.and_then(|row| places.iter().find_map(|place| value(row, place)));
            let agreed = row.is_some_and(|row| same(&sample.kind, field, theirs, places, row));
            let (field, theirs) = (field.clone(), theirs.clone());
            all.push(Compared { field, record: said.record, theirs, ours, agreed });
        }
    }
    all
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
            words::is_called(kind, theirs, ours.next().as_deref())
        }
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
    ours.at.to_rfc3339(digits) == theirs.at.to_rfc3339(digits)
}

fn is_address(ours: &str, theirs: &str) -> bool {
    let address = |text: &str| text.parse::<IpAddr>().ok();
    address(ours).is_some() && address(ours) == address(theirs)
}

/// Whether a name is one of those that the record gives to whoever acted.
fn is_identity(row: &Kept, theirs: &str) -> bool {
    let said = row.of(&[Role::Principal, Role::Key, Role::Session]);
    if said.into_iter().any(|ours| ours == theirs) {
        return true;
    }
    let json: Option<serde_json::Value> = serde_json::from_slice(&row.raw).ok();
    json.is_some_and(|json| has_identity(&json, theirs, false))
}

/// Members of records that tell who acted.
const IDENTITIES: [&str; 6] =
    ["userIdentity", "accessKeyDetails", "actor", "user", "impersonatedUser", "Principal"];

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
