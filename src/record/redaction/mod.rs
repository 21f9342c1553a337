//! Redaction: a record that may be shared and can still be worked with. Who does something stays
//! the same one, but nobody learns who.
//!
//! What is found is replaced by a token, which is made of the value with a key that each workspace
//! has of its own (HMAC-SHA-256): the same value has the same token in every text and every
//! record of a workspace, so that joins survive, and without the key nobody can try values until
//! one fits. What is not found is not replaced: text within images, archives or base64, people's
//! names outside the configured fields. A record that is to be published is read by somebody first.

mod find;
mod kinds;
mod names;
#[cfg(test)]
mod tests;

pub use kinds::Kind;
pub use names::FIELDS;

use crate::event::{Standing, classes};
use crate::event::{Time, Verdict, base64, hex};
use crate::record::incident::{Incident, IndicatorKind, Scrub, Severity, Status, Tlp};
use aws_lc_rs::hmac;
use find::Found;
use names::Names;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Hexadecimal digits of a token: 40 bits. No run of so many is an account's number.
const DIGITS: usize = 10;

/// Counts by kind; never what was found.
pub type Counts = BTreeMap<Kind, u64>;

/// What a redaction takes out, and the key of its tokens.
#[derive(Debug, Clone)]
pub struct Redaction {
    key: hmac::Key,
    pub accounts: bool,
    pub addresses: bool,
    /// Members in which names of people stand, such as `userName`; also of the record itself, such
    /// as `principal`. The names are then replaced wherever they stand.
    pub fields: Vec<String>,
}

impl Redaction {
    /// Takes out e-mail addresses, keys, secrets, card and bank numbers, account ids, and names in
    /// [`FIELDS`]; addresses stay.
    pub fn new(key: &[u8]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            accounts: true,
            addresses: false,
            fields: FIELDS.iter().map(|field| (*field).to_owned()).collect(),
        }
    }

    /// The token of a value, such as `acct-3fa9c1d2e0`.
    pub fn token(&self, kind: Kind, value: &str) -> String {
        let input = format!("{}\0{value}", kind.prefix());
        let tag = hmac::sign(&self.key, input.as_bytes());
        let digits = hex::encode(tag.as_ref());
        format!("{}-{}", kind.prefix(), &digits[..DIGITS])
    }

    /// The incident with tokens in all its texts and in the bytes of its records, and in
    /// [`Incident::scrub`] how much was replaced.
    pub fn apply(&self, incident: &Incident) -> Result<Incident, serde_json::Error> {
        let mut tree = serde_json::to_value(incident)?;
        let mut all = BTreeSet::new();
        names::gather(&tree, &self.fields, &mut all);
        let mut pass = Pass { redaction: self, names: Names::new(&all), counts: Counts::new() };
        pass.value("", &mut tree);
        let counts = std::mem::take(&mut pass.counts);
        let mut redacted: Incident = serde_json::from_value(tree)?;
        redacted.scrub = Some(self.scrub(incident.scrub.as_ref(), &counts));
        Ok(redacted)
    }

    fn scrub(&self, before: Option<&Scrub>, counts: &Counts) -> Scrub {
        let mut scrub = before.cloned().unwrap_or_default();
        for (kind, count) in counts {
            *scrub.counts.entry(kind.as_str().to_owned()).or_default() += count;
        }
        let fields =
            if self.fields.is_empty() { "none".to_owned() } else { self.fields.join(", ") };
        scrub.remarks = vec![
            format!("names of people were looked for by these fields: {fields}"),
            "not looked into: what is encoded or compressed within a text".to_owned(),
            "hashes are of the evidence as acquired, not of redacted bytes".to_owned(),
        ];
        let stays = [(self.accounts, Kind::Account), (self.addresses, Kind::Address)];
        for (_, kind) in stays.into_iter().filter(|(taken, _)| !taken) {
            scrub.remarks.push(format!("not replaced: {kind}"));
        }
        scrub
    }

    fn takes(&self, kind: Kind) -> bool {
        match kind {
            Kind::Account => self.accounts,
            Kind::Address => self.addresses,
            _ => true,
        }
    }
}

/// What of personal data and of secrets stands in the bytes.
pub fn scan(bytes: &[u8]) -> Counts {
    let wanted = |kind| !matches!(kind, Kind::Account | Kind::Address | Kind::Name);
    let mut counts = Counts::new();
    for found in apart(find::find(bytes, &wanted)) {
        *counts.entry(found.kind).or_default() += 1;
    }
    counts
}

/// Those that do not overlap: the first, and of those that begin together the longest.
fn apart(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|it| (it.range.start, usize::MAX - it.range.end, it.kind));
    let mut end = 0;
    found.retain(|it| {
        let is_apart = it.range.start >= end;
        if is_apart {
            end = it.range.end;
        }
        is_apart
    });
    found
}

struct Pass<'a> {
    redaction: &'a Redaction,
    names: Names,
    counts: Counts,
}

impl Pass<'_> {
    /// Goes through a tree; `name` is the member that the value is of.
    fn value(&mut self, name: &str, value: &mut Value) {
        match value {
            Value::String(text) => {
                if !is_kept(name, text)
                    && let Some(safe) = self.bytes(text.as_bytes())
                {
                    *text = String::from_utf8_lossy(&safe).into_owned();
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.value(name, value)),
            Value::Object(members) => {
                let record = self.record(members);
                for (name, value) in members.iter_mut() {
                    if name != "raw_base64" {
                        self.value(name, value);
                    }
                }
                if record {
                    members.insert("redacted".to_owned(), Value::Bool(true));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Replaces within a record's bytes; whether there was something. Those that are text are
    /// replaced with the other texts.
    fn record(&mut self, members: &mut serde_json::Map<String, Value>) -> bool {
        if let Some(Value::String(text)) = members.get("raw") {
            let found = self.found(text.as_bytes());
            return !found.is_empty();
        }
        let Some(Value::String(text)) = members.get("raw_base64") else { return false };
        let Some(safe) = base64::decode(text).and_then(|bytes| self.bytes(&bytes)) else {
            return false;
        };
        members.insert("raw_base64".to_owned(), Value::String(base64::encode(&safe)));
        true
    }

    fn found(&self, bytes: &[u8]) -> Vec<Found> {
        let mut found = find::find(bytes, &|kind| self.redaction.takes(kind));
        self.names.find(bytes, &mut found);
        apart(found)
    }

    /// The bytes with tokens in them, or nothing if there is nothing to replace.
    fn bytes(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let found = self.found(bytes);
        if found.is_empty() {
            return None;
        }
        let mut safe = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for it in found {
            safe.extend_from_slice(&bytes[at..it.range.start]);
            safe.extend_from_slice(self.redaction.token(it.kind, &it.value).as_bytes());
            *self.counts.entry(it.kind).or_default() += 1;
            at = it.range.end;
        }
        safe.extend_from_slice(&bytes[at..]);
        Some(safe)
    }
}

/// Whether a text is a word of a closed list, a time or a hash, which names nobody.
fn is_kept(name: &str, text: &str) -> bool {
    let is_word = match name {
        "severity" => Severity::parse(text).is_some(),
        "tlp" => Tlp::parse(text).is_some(),
        "status" => Status::parse(text).is_some(),
        "verdict" => Verdict::parse(text).is_some(),
        "standing" => Standing::parse(text).is_some(),
        "kind" => IndicatorKind::parse(text).is_some(),
        "outcome" => classes::Outcome::parse(text).is_some(),
        "format" => true,
        _ => false,
    };
    let is_hash = || text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_word || is_hash() || Time::parse_rfc3339(text).is_some()
}
