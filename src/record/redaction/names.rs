//! Names of people, as fields hold them, and where they stand elsewhere.

use super::find::{Found, Wanted, behind_escape, find, is_free};
use super::kinds::Kind;
use super::known::{folded, mailbox, spellings};
use super::members::{Member, members};
use super::views::View;
use super::{people, personal};
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

/// Members in which people stand in journals and incident records, but not in records of AWS: who has
/// an alarm or a suppression, and the computer of an analyst.
const OWN: Field<'static> = Field { name: "owner", is_asked: false };
const HOST: Field<'static> = Field { name: "host", is_asked: false };

/// Characters from which on a secret is also looked for where nothing says that it is one.
const SHORTEST_SECRET: usize = 6;

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

/// The field of a value in a journal or an incident record.
pub(super) fn told_of<'a>(path: &str, text: &str, fields: &'a [String]) -> Option<Field<'a>> {
    let is_host = path == HOST.name && text != "localhost";
    let own = [(is_of(path, OWN.name), OWN), (is_host, HOST)];
    let own = own.into_iter().find_map(|(is_it, field)| is_it.then_some(field));
    field_of(path, fields).or(own)
}

/// The pair of a field and its value, as journals have it: whom something is about.
pub(super) fn pair(path: &str, values: &[Value]) -> Option<String> {
    let is_pair = is_of(path, "about") || is_of(path, "whom");
    match values {
        [Value::String(field), Value::String(_)] if is_pair => Some(below(path, field)),
        _ => None,
    }
}

/// The name in what a journal says of a person, `NAME, ROLE, MAIL`.
pub(super) fn said_of(entry: &serde_json::Map<String, Value>) -> Option<&str> {
    let is_person = entry.get("facet")?.as_str()? == "person";
    let name = entry.get("text")?.as_str()?.split(',').next()?.trim();
    (is_person && !name.is_empty()).then_some(name)
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
    /// Secrets that are long enough to be looked for.
    pub(super) secrets: BTreeSet<String>,
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
                self.names.extend(said_of(all).map(str::to_owned));
                let format = all.get("format").and_then(Value::as_str).unwrap_or_default();
                for (name, value) in all {
                    self.see(name);
                    match (name.as_str(), value.as_str()) {
                        ("raw" | "inside", Some(text)) => {
                            self.record(text.as_bytes(), format, fields);
                        }
                        ("raw_base64", Some(text)) => {
                            let bytes = base64::decode(text).unwrap_or_default();
                            self.record(&bytes, format, fields);
                        }
                        _ => self.take(&below(path, name), value, fields),
                    }
                }
            }
            Value::Array(values) => match (pair(path, values), values.get(1)) {
                (Some(path), Some(value)) => self.take(&path, value, fields),
                _ => values.iter().for_each(|value| self.take(path, value, fields)),
            },
            Value::String(text) => {
                self.value(told_of(path, text, fields), text, None);
                self.look(text.as_bytes());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn record(&mut self, bytes: &[u8], format: &str, fields: &[String]) {
        let is_application = personal::is_application(format);
        for Member { path, text, bare, .. } in members(bytes) {
            path.split('.').for_each(|name| self.see(name));
            self.value(field_of(&path, fields), &text, bare);
            let kind = || personal::of_member(&path, &text, bare.is_some());
            if is_application && kind() == Some(Kind::Name) {
                self.names.insert(text.trim().to_owned());
            }
        }
        self.look(bytes);
    }

    /// Takes what is known by what it looks like.
    fn look(&mut self, bytes: &[u8]) {
        let none = BTreeSet::new();
        let kinds = |kind| matches!(kind, Kind::Name | Kind::Account | Kind::Email | Kind::Secret);
        for found in find(bytes, Wanted { kinds: &kinds, accounts: &none }) {
            match found.kind {
                Kind::Name => self.names.insert(found.value),
                Kind::Account => self.accounts.insert(found.value),
                Kind::Email => {
                    mailbox(&found.value).is_some_and(|name| self.names.insert(name.to_owned()))
                }
                _ => is_sought(&found.value) && self.secrets.insert(found.value),
            };
        }
    }

    fn value(&mut self, field: Option<Field<'_>>, text: &str, bare: Option<usize>) {
        let Some(field) = field.filter(|field| field.is_for(bare)) else { return };
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

/// Whether a secret is looked for wherever it stands: it is no word and no number.
fn is_sought(secret: &str) -> bool {
    secret.chars().count() >= SHORTEST_SECRET
        && secret.chars().any(char::is_alphabetic)
        && !secret.chars().all(char::is_alphabetic)
}

/// A search, and what each of its patterns says.
struct Search {
    words: AhoCorasick,
    values: Vec<String>,
    kind: Kind,
}

impl Search {
    /// Nothing if there are no patterns.
    fn new(patterns: Vec<(String, String)>, kind: Kind) -> Result<Option<Self>, BuildError> {
        if patterns.is_empty() {
            return Ok(None);
        }
        let (patterns, values): (Vec<String>, Vec<String>) = patterns.into_iter().unzip();
        let mut builder = AhoCorasick::builder();
        let words = builder.ascii_case_insensitive(kind == Kind::Name).build(patterns)?;
        Ok(Some(Self { words, values, kind }))
    }
}

/// Names and secrets, ready to be found.
pub(super) struct Names {
    search: Vec<Search>,
    /// Names that are too short to be looked for in prose.
    short: Option<Search>,
}

impl Names {
    pub(super) fn new(gathered: &Gathered) -> Result<Self, BuildError> {
        let spelled = |name: &String| {
            let value = folded(&name.to_lowercase());
            spellings(name).into_iter().map(move |spelling| (spelling, value.clone()))
        };
        let names = gathered.names.iter().flat_map(spelled);
        let (long, short) = names.partition(|(name, _)| is_long(name));
        let secrets = gathered.secrets.iter().map(|it| (it.clone(), it.clone())).collect();
        let search = [Search::new(long, Kind::Name)?, Search::new(secrets, Kind::Secret)?];
        let short = Search::new(short, Kind::Name)?;
        Ok(Self { search: search.into_iter().flatten().collect(), short })
    }

    /// Adds every name and secret that stands alone somewhere in the bytes, overlapping ones too: of
    /// those that begin at one place the longest is to be taken. In records that are no JSON short
    /// ones count.
    pub(super) fn find(&self, bytes: &[u8], is_plain: bool, found: &mut Vec<Found>) {
        let short = self.short.iter().filter(|_| is_plain);
        let searches: Vec<&Search> = self.search.iter().chain(short).collect();
        if searches.is_empty() {
            return;
        }
        for view in View::all(bytes) {
            for Search { words, values, kind } in &searches {
                for it in words.find_overlapping_iter(&*view.bytes) {
                    let range = it.range();
                    // The beginning of a name is not taken for an escape's end.
                    if behind_escape(&view.bytes, range.clone()) == range.start
                        && is_free(&view.bytes, &range, Kind::Name)
                    {
                        let value = values[it.pattern().as_usize()].clone();
                        found.push(Found::new(view.back(&range), *kind, value));
                    }
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
