//! Names of people, as fields hold them, and where they stand elsewhere.

use super::find::{Found, Wanted, behind_escape, find, is_free};
use super::kinds::Kind;
use super::members::{Member, members};
use super::people;
use super::views::View;
use crate::event::base64;
use aho_corasick::{AhoCorasick, BuildError};
use serde_json::Value;
use std::collections::BTreeSet;

/// Fields in which people stand, in a record of this program and in records of AWS. Each is a
/// member of this name, or a way to one.
pub const FIELDS: &[&str] = &[
    "userName",
    "roleSessionName",
    "sourceIdentity",
    "principalId",
    "principal",
    "principals",
    "session",
    "who",
    "alarms.owner",
    "history.owner",
    "suppressions.owner",
    "people.name",
    "people.contact",
];

/// Characters from which on a name is also looked for where it is not in its field, and digits of
/// those that are a number.
const SHORTEST: usize = 3;
const SHORTEST_NUMBER: usize = 5;

/// Names of members that are told to whoever mistyped one, at most.
const SEEN: usize = 20_000;

/// Whether a path is, or ends in, the field: whole names, whatever their case.
pub(super) fn is_of(path: &str, field: &str) -> bool {
    let Some(from) = path.len().checked_sub(field.len()) else { return false };
    let end = path.as_bytes()[from..].eq_ignore_ascii_case(field.as_bytes());
    end && (from == 0 || path.as_bytes()[from - 1] == b'.')
}

/// A field, and whether somebody asked for it: then all of its value is taken out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) is_asked: bool,
}

impl Field<'_> {
    /// Whether it is looked for in such a member: in what is no text only if somebody asked.
    pub(super) const fn is_for(self, bare: Option<usize>) -> bool {
        self.is_asked || bare.is_none()
    }
}

/// The field of a value.
pub(super) fn field_of<'a>(path: &str, fields: &'a [String]) -> Option<Field<'a>> {
    let fields = fields.iter().map(|name| {
        let is_asked = !FIELDS.contains(&name.as_str());
        Field { name, is_asked }
    });
    // Of what is asked for all that is in it counts.
    let dots = || path.match_indices('.').map(|(at, _)| &path[..at]);
    let is_in = |field: &Field<'_>| dots().any(|path| is_of(path, field.name));
    fields
        .filter(|field| is_of(path, field.name) || field.is_asked && is_in(field))
        // It counts for more than what is usual.
        .max_by_key(|field| field.is_asked)
}

/// Whether all of a field's value is a name. Of what AWS writes of who did something only the name
/// in it is.
pub(super) fn is_whole(text: &str, field: Field<'_>) -> bool {
    let text = text.trim();
    match people::names(text).as_slice() {
        [] => field.is_asked && !text.is_empty() && !is_token(text),
        names => *names == [text],
    }
}

/// The names in a field's value.
fn of_value(text: &str, field: Field<'_>) -> Vec<String> {
    let whole = is_whole(text, field).then_some(text.trim());
    let mut names = people::names(text);
    names.retain(|name| Some(*name) != whole);
    names.into_iter().chain(whole).map(str::to_owned).collect()
}

/// What a first look finds, for the second that replaces.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) names: BTreeSet<String>,
    /// Accounts.
    pub(super) accounts: BTreeSet<String>,
    /// Fields that have a value somewhere.
    pub(super) fields: BTreeSet<String>,
    /// Names of members that there are.
    pub(super) seen: BTreeSet<String>,
}

impl Gathered {
    /// Looks into a tree; `path` leads to it.
    pub(super) fn take(&mut self, path: &str, value: &Value, fields: &[String]) {
        match value {
            Value::Object(all) => {
                for (name, value) in all {
                    self.see(name);
                    self.take(&below(path, name), value, fields);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.take(path, value, fields)),
            Value::String(text) => self.text(path, text, fields),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, path: &str, text: &str, fields: &[String]) {
        match path.rsplit('.').next() {
            Some("raw" | "inside") => self.record(text.as_bytes(), fields),
            Some("raw_base64") => {
                let bytes = base64::decode(text).unwrap_or_default();
                self.record(&bytes, fields);
            }
            _ => {
                self.value(path, text, None, fields);
                self.look(text.as_bytes());
            }
        }
    }

    fn record(&mut self, bytes: &[u8], fields: &[String]) {
        for Member { path, text, bare, .. } in members(bytes) {
            path.split('.').for_each(|name| self.see(name));
            self.value(&path, &text, bare, fields);
        }
        self.look(bytes);
    }

    /// Takes what is known by what it looks like.
    fn look(&mut self, bytes: &[u8]) {
        let none = BTreeSet::new();
        let kinds = |kind| matches!(kind, Kind::Name | Kind::Account);
        for found in find(bytes, Wanted { kinds: &kinds, accounts: &none }) {
            let all = if found.kind == Kind::Name { &mut self.names } else { &mut self.accounts };
            all.insert(found.value);
        }
    }

    fn value(&mut self, path: &str, text: &str, bare: Option<usize>, fields: &[String]) {
        let Some(field) = field_of(path, fields).filter(|field| field.is_for(bare)) else { return };
        self.fields.insert(field.name.to_owned());
        // A word such as `true` is nobody's, wherever else it stands.
        if bare.is_none() || text.parse::<f64>().is_ok() {
            self.names.extend(of_value(text, field));
        }
    }

    fn see(&mut self, name: &str) {
        if self.seen.len() < SEEN && !self.seen.contains(name) {
            self.seen.insert(name.to_owned());
        }
    }
}

pub(super) fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Names, ready to be found.
pub(super) struct Names {
    search: Option<AhoCorasick>,
    /// Those that are too short to be looked for in prose.
    short: Option<AhoCorasick>,
}

impl Names {
    pub(super) fn new(names: &BTreeSet<String>) -> Result<Self, BuildError> {
        let (long, short): (Vec<&str>, Vec<&str>) =
            names.iter().map(String::as_str).partition(|name| is_long(name));
        let search = |names: &[&str]| {
            let mut builder = AhoCorasick::builder();
            let made = builder.ascii_case_insensitive(true);
            if names.is_empty() { Ok(None) } else { made.build(names).map(Some) }
        };
        Ok(Self { search: search(&long)?, short: search(&short)? })
    }

    /// Adds every name that stands alone somewhere in the bytes, overlapping ones too: of those that
    /// begin at one place the longest is to be taken. In records that are no JSON short ones count.
    pub(super) fn find(&self, bytes: &[u8], is_plain: bool, found: &mut Vec<Found>) {
        let short = self.short.as_ref().filter(|_| is_plain);
        let searches: Vec<&AhoCorasick> = self.search.iter().chain(short).collect();
        if searches.is_empty() {
            return;
        }
        for view in View::all(bytes) {
            for it in searches.iter().flat_map(|search| search.find_overlapping_iter(&*view.bytes))
            {
                let range = it.range();
                // The beginning of a name is not taken for an escape's end.
                if behind_escape(&view.bytes, range.clone()) == range.start
                    && is_free(&view.bytes, &range, Kind::Name)
                {
                    let value = String::from_utf8_lossy(&view.bytes[range.clone()]).to_lowercase();
                    found.push(Found::new(view.back(&range), Kind::Name, value));
                }
            }
        }
    }
}

/// Whether a name is long enough to be looked for everywhere.
fn is_long(name: &str) -> bool {
    let length = name.chars().count();
    let digits = name.bytes().all(|byte| byte.is_ascii_digit());
    length >= if digits { SHORTEST_NUMBER } else { SHORTEST }
}

/// Whether a redaction made it.
pub(super) fn is_token(text: &str) -> bool {
    let Some((prefix, digits)) = text.rsplit_once('-') else { return false };
    Kind::ALL.iter().any(|kind| kind.prefix() == prefix)
        && digits.len() == super::DIGITS
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
