//! The second look, which replaces.

use super::Redaction;
use super::find::{Found, Wanted, find};
use super::kinds::Kind;
use super::members::{Member, members};
use super::names::{Names, below, field_of, is_whole, pair, told_of};
use super::scan::{Counts, apart};
use super::{known, personal, secrets};
use crate::case;
use crate::event::{Standing, Time, Verdict, base64, classes};
use crate::record::incident::{IndicatorKind, Severity, Status, Tlp};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

pub(super) struct Pass<'a> {
    redaction: &'a Redaction,
    names: Names,
    accounts: BTreeSet<String>,
    pub(super) counts: Counts,
}

impl<'a> Pass<'a> {
    pub(super) const fn new(
        redaction: &'a Redaction,
        names: Names,
        accounts: BTreeSet<String>,
    ) -> Self {
        Self { redaction, names, accounts, counts: Counts::new() }
    }

    /// Replaces in all texts of a tree, and in the records in it.
    pub(super) fn tree(&mut self, tree: &mut Value) {
        self.value("", tree);
    }

    /// `path` leads to the value.
    fn value(&mut self, path: &str, value: &mut Value) {
        match value {
            Value::String(text) => {
                if !is_kept(path, text) {
                    let mut found = self.found(text.as_bytes(), false);
                    let name = path.rsplit('.').next().unwrap_or_default();
                    if let Some((kind, range)) = secrets::of_member(name, text) {
                        found.push(Found::new(range.clone(), kind, text[range].to_owned()));
                    }
                    let field = told_of(path, text, &self.redaction.fields);
                    if field.is_some_and(|field| is_whole(text, field)) {
                        let name = text.trim().to_lowercase();
                        found.push(Found::new(0..text.len(), Kind::Name, name));
                    }
                    if let Some(safe) = self.replaced(text.as_bytes(), apart(found)) {
                        *text = String::from_utf8_lossy(&safe).into_owned();
                    }
                }
            }
            Value::Array(values) => match (pair(path, values), values.get_mut(1)) {
                (Some(path), Some(value)) => self.value(&path, value),
                _ => values.iter_mut().for_each(|value| self.value(path, value)),
            },
            Value::Object(members) => {
                let record = self.record(members);
                for (name, value) in members.iter_mut() {
                    if !matches!(&**name, "raw_base64" | "raw" | "inside") {
                        self.value(&below(path, name), value);
                    }
                }
                if record {
                    members.insert("redacted".to_owned(), Value::Bool(true));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Replaces within a record's bytes; whether there was something. Where the record is inside of
    /// what is packed, its bytes say what cannot be replaced: they are left out.
    fn record(&mut self, of: &mut Map<String, Value>) -> bool {
        let format = of.get("format").and_then(Value::as_str).unwrap_or_default();
        let is_application = personal::is_application(format);
        if let Some(Value::String(text)) = of.get("inside") {
            if let Some(safe) = self.bytes(text.as_bytes(), is_application) {
                let safe = String::from_utf8_lossy(&safe).into_owned();
                of.insert("inside".to_owned(), Value::String(safe));
            }
            of.remove("raw");
            of.remove("raw_base64");
            return true;
        }
        if let Some(Value::String(text)) = of.get("raw") {
            let Some(safe) = self.bytes(text.as_bytes(), is_application) else { return false };
            let safe = String::from_utf8_lossy(&safe).into_owned();
            of.insert("raw".to_owned(), Value::String(safe));
            return true;
        }
        let Some(Value::String(text)) = of.get("raw_base64") else { return false };
        let Some(safe) = base64::decode(text).and_then(|bytes| self.bytes(&bytes, is_application))
        else {
            return false;
        };
        of.insert("raw_base64".to_owned(), Value::String(base64::encode(&safe)));
        true
    }

    /// A record's bytes with tokens in them, or nothing if there is nothing to replace.
    fn bytes(&mut self, bytes: &[u8], is_application: bool) -> Option<Vec<u8>> {
        let members = members(bytes);
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
        let mut found = self.found(bytes, !is_json);
        for Member { path, range, text, bare } in &members {
            let field = field_of(path, &self.redaction.fields);
            if field.is_some_and(|field| field.is_for(*bare) && is_whole(text, field)) {
                found.push(Found::new(range.clone(), Kind::Name, text.trim().to_lowercase()));
            }
        }
        if is_application {
            found.extend(personal::found(&members));
        }
        if is_json {
            quoted(&mut found, &members);
        }
        self.replaced(bytes, apart(found))
    }

    fn found(&self, bytes: &[u8], is_plain: bool) -> Vec<Found> {
        let kinds = |kind| self.redaction.takes(kind);
        let mut found = find(bytes, Wanted { kinds: &kinds, accounts: &self.accounts });
        if self.redaction.takes(Kind::Account) {
            found.extend(known::accounts(bytes, &self.accounts));
        }
        self.names.find(bytes, is_plain, &mut found);
        found
    }

    fn replaced(&mut self, bytes: &[u8], found: Vec<Found>) -> Option<Vec<u8>> {
        if found.is_empty() {
            return None;
        }
        let mut safe = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for it in found {
            safe.extend_from_slice(&bytes[at..it.range.start]);
            let token = self.redaction.token(it.kind, &it.value);
            // A token is no number: it stands in quotes, spelled as they are that deep.
            let quote = it.bare.map_or_else(String::new, quote);
            safe.extend_from_slice(format!("{quote}{token}{quote}").as_bytes());
            *self.counts.entry(it.kind).or_default() += 1;
            at = it.range.end;
        }
        safe.extend_from_slice(&bytes[at..]);
        Some(safe)
    }
}

/// What stands in a number takes all of its place, in quotes.
fn quoted(found: &mut [Found], members: &[Member]) {
    let mut bare: Vec<&Member> = members.iter().filter(|member| member.bare.is_some()).collect();
    bare.sort_by_key(|member| member.range.start);
    for it in found {
        let next = bare.partition_point(|member| member.range.start <= it.range.start);
        let member = next.checked_sub(1).and_then(|at| bare.get(at));
        if let Some(member) = member.filter(|member| it.range.start < member.range.end) {
            (it.range, it.bare) = (member.range.clone(), member.bare);
        }
    }
}

/// A quote in JSON that is a text of JSON, so many times.
fn quote(depth: usize) -> String {
    (0..depth).fold("\"".to_owned(), |quote, _| quote.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether a text is a word of a closed list, a time or a hash, which names nobody.
fn is_kept(path: &str, text: &str) -> bool {
    let is_word = match path.rsplit('.').next().unwrap_or(path) {
        "severity" => Severity::parse(text).is_some(),
        "tlp" => Tlp::parse(text).is_some(),
        "status" => Status::parse(text).is_some(),
        "verdict" => Verdict::parse(text).is_some(),
        "standing" => Standing::parse(text).is_some(),
        "kind" => IndicatorKind::parse(text).is_some(),
        "outcome" => classes::Outcome::parse(text).is_some(),
        // Of alarms, and of objects.
        "state" => case::State::parse(text).is_some() || crate::event::State::parse(text).is_some(),
        "format" => true,
        // Words of a journal's entry.
        "what" | "step" | "facet" | "mode" => !path.contains('.'),
        _ => false,
    };
    let is_hash = || text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_word || is_hash() || Time::parse_rfc3339(text).is_some()
}
