//! Names of people, as fields that somebody configured hold them, and where they stand elsewhere.

use super::find::{Found, behind_escape, is_free};
use super::kinds::Kind;
use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;
use std::collections::BTreeSet;

/// Fields in which names of people stand in AWS's logs: those of CloudTrail.
pub const FIELDS: &[&str] = &["userName", "roleSessionName", "sourceIdentity"];

/// Characters from which on a name is also looked for where it is not in its field.
const SHORTEST: usize = 3;

/// The names of an incident, ready to be found.
pub(super) struct Names {
    search: Option<AhoCorasick>,
}

impl Names {
    pub(super) fn new(names: &BTreeSet<String>) -> Self {
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true);
        let search = if names.is_empty() { None } else { builder.build(names).ok() };
        Self { search }
    }

    pub(super) fn find(&self, bytes: &[u8], found: &mut Vec<Found>) {
        let Some(search) = &self.search else { return };
        for it in search.find_iter(bytes) {
            let range = it.range();
            // The beginning of a name is not taken for an escape's end.
            if behind_escape(bytes, range.clone()) == range.start
                && is_free(bytes, &range, Kind::Name)
            {
                let value = String::from_utf8_lossy(&bytes[range.clone()]).to_lowercase();
                found.push(Found { range, kind: Kind::Name, value });
            }
        }
    }
}

/// Adds the names that stand in these fields of a tree: members of this name, at any depth.
pub(super) fn gather(value: &Value, fields: &[String], names: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if fields.iter().any(|field| is_field(field, name)) {
                    texts(value, names);
                }
                if let (true, Value::String(raw)) = (name == "raw", value)
                    && let Ok(record) = serde_json::from_str::<Value>(raw)
                {
                    gather(&record, fields, names);
                }
                gather(value, fields, names);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, fields, names)),
        _ => {}
    }
}

/// Whether a member has the name of the field, or of its last part.
fn is_field(field: &str, name: &str) -> bool {
    let last = field.rsplit('.').next().unwrap_or(field);
    last.eq_ignore_ascii_case(name)
}

fn texts(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => names.extend(name(text)),
        Value::Array(values) => values.iter().for_each(|value| texts(value, names)),
        _ => {}
    }
}

/// The name in a value: of an ARN, its last part. What names nobody is none.
fn name(text: &str) -> Option<String> {
    let last = text.rsplit(['/', ':']).next().unwrap_or(text);
    let is_service = last.ends_with(".amazonaws.com") || last.starts_with("AWS");
    let is_instance = last
        .strip_prefix("i-")
        .is_some_and(|id| id.len() >= 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let digits = last.bytes().all(|byte| byte.is_ascii_digit());
    let nobody = is_service || is_instance || digits || last == "root" || last.contains('@');
    (!nobody && last.chars().count() >= SHORTEST && !is_token(last)).then(|| last.to_owned())
}

/// Whether a redaction made it.
fn is_token(text: &str) -> bool {
    let Some((prefix, digits)) = text.rsplit_once('-') else { return false };
    Kind::ALL.iter().any(|kind| kind.prefix() == prefix)
        && digits.len() == super::DIGITS
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
