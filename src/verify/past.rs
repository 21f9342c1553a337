//! What a source had and has no more: findings of its own, and what is added to those of digests.
//!
//! CloudTrail writes an object once and deletes none, so that of its own only a rule of the bucket
//! explains a deletion. Copies that somebody makes in place, as to encrypt them anew, overwrite
//! objects with what they were: that proves nothing wrong.

use super::address::{self, Named};
use super::content::Content;
use super::finding::{Kind, Severity};
use super::judge::Judge;
use super::objects::{Object, Objects, Seen};
use crate::event::Timestamp;
use crate::source::{Cause, End, Past};
use std::collections::HashMap;

/// What there was, by the keys of the objects.
pub(super) struct Pasts<'a> {
    all: &'a [Past],
    by_key: HashMap<&'a str, Vec<&'a Past>>,
    /// Numbers of former versions that were read.
    former: HashMap<&'a str, Vec<usize>>,
    objects: &'a Objects,
}

impl<'a> Pasts<'a> {
    pub(super) fn of(all: &'a [Past], objects: &'a Objects) -> Self {
        let (mut by_key, mut former): (HashMap<_, Vec<_>>, HashMap<_, Vec<_>>) = Default::default();
        for past in all {
            by_key.entry(past.key.as_str()).or_default().push(past);
        }
        for (number, object) in objects.iter().enumerate() {
            if let Some(key) = former_key(object) {
                former.entry(key).or_default().push(number);
            }
        }
        Self { all, by_key, former, objects }
    }

    /// The former versions of this key that were read.
    pub(super) fn read(&self, key: &str) -> impl Iterator<Item = (usize, &'a Content)> {
        let numbers = self.former.get(key).into_iter().flatten();
        numbers.filter_map(|number| match &self.objects[*number].seen {
            Seen::Former { content, .. } => Some((*number, content)),
            _ => None,
        })
    }

    /// What is to be added where an object of this key is missing, or is not what a digest names;
    /// of a log with the hash that it should have.
    pub(super) fn still(&self, key: &str, named: Option<[u8; 32]>) -> String {
        let fits = named.and_then(|named| self.read(key).find(|(_, one)| one.sha256 == named));
        let past = self.by_key.get(key).into_iter().flatten();
        let ended = past.map(|past| ended(past)).collect::<Vec<_>>().join("; ");
        let left = match fits {
            Some((number, _)) => {
                format!("as it was delivered it is {}", self.objects[number].path)
            }
            None => self.left(key),
        };
        [ended, left].iter().filter(|part| !part.is_empty()).fold(String::new(), |mut all, part| {
            all.push_str("; ");
            all.push_str(part);
            all
        })
    }

    /// The newest of what is left, and how it is brought in.
    fn left(&self, key: &str) -> String {
        if self.read(key).next().is_some() {
            return "no former version is what its digest names".to_owned();
        }
        let mut past = self.by_key.get(key).into_iter().flatten().peekable();
        if past.peek().is_none() {
            return String::new();
        }
        past.find_map(|past| left(past)).unwrap_or_else(|| NOTHING.to_owned())
    }
}

const NOTHING: &str = "no former version is left";

/// Key of the object that this one is a former version of.
fn former_key(object: &Object) -> Option<&str> {
    match object.seen {
        Seen::Former { of_end, .. } => object.path.get(object.key_at as usize..of_end as usize),
        _ => None,
    }
}

fn ended(past: &Past) -> String {
    let at = |at: Option<Timestamp>| {
        at.map_or("once".to_owned(), |at| format!("at {}", at.to_rfc3339(0)))
    };
    match &past.end {
        End::Overwritten(when) => format!("it was written anew {}", at(*when)),
        End::Deleted(when, cause) => {
            let cause = match cause {
                Cause::Rule(rule) => format!(", when the bucket's rule {rule} does that"),
                Cause::NoRule => ", and no rule of the bucket does that".to_owned(),
                Cause::Unknown => ", and it is not known whether a rule does that".to_owned(),
            };
            format!("it was deleted {}{cause}", at(*when))
        }
    }
}

/// Whether a rule deleted it so soon that it is no rule for logs: whoever may make rules can delete
/// by one.
fn is_short(past: &Past) -> bool {
    let End::Deleted(Some(at), Cause::Rule(_)) = past.end else { return false };
    let written = past.versions.first().and_then(|version| version.written);
    written.is_none_or(|written| at < written.saturating_add(KEPT))
}

/// Time that logs are kept at least, by most rules that there are for keeping them.
const KEPT: i64 = 90 * Timestamp::DAY;

fn left(past: &Past) -> Option<String> {
    let [first, rest @ ..] = past.versions.as_slice() else { return None };
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    let path = &first.path;
    Some(format!("a former version is still there: {path}{more}; --versions brings it in"))
}

/// Findings that say of a key what the past would say again.
const SAID: [Kind; 8] = [
    Kind::DigestMissing,
    Kind::LogMissing,
    Kind::LogModified,
    Kind::LogFormat,
    Kind::LogTrailingData,
    Kind::LogGzipDamaged,
    Kind::LogNotGzip,
    Kind::LogAlgorithmUnsupported,
];

impl<'a> Judge<'a> {
    /// Tells what was deleted or overwritten, unless a digest was missing it.
    pub(super) fn pasts(&mut self) {
        let all: &'a [Past] = self.pasts.all;
        for past in all {
            let is_said = SAID.iter().any(|kind| self.is_told(*kind, &past.key));
            if is_said || !self.is_past_asked(past) {
                continue;
            }
            let is_trails = address::read(&past.path).is_some();
            let is_short = is_trails && is_short(past);
            let (kind, severity) = match &past.end {
                End::Deleted(_, Cause::Rule(_)) if !is_short => {
                    (Kind::ObjectDeleted, Severity::Info)
                }
                End::Deleted(_, Cause::NoRule) if is_trails => {
                    (Kind::ObjectDeleted, Severity::Error)
                }
                End::Deleted(..) => (Kind::ObjectDeleted, Severity::Warning),
                End::Overwritten(_) if is_trails => (Kind::ObjectOverwritten, Severity::Warning),
                End::Overwritten(_) => (Kind::ObjectOverwritten, Severity::Info),
            };
            let left = left(past).unwrap_or_else(|| NOTHING.to_owned());
            let short = if is_short { "; it was kept for less than 90 days" } else { "" };
            self.tell(kind, severity, &past.key, format!("{}{short}; {left}", ended(past)));
        }
    }

    /// Whether its time, by its name or else by when it was written, is asked about.
    fn is_past_asked(&self, past: &Past) -> bool {
        let stamp = match address::read(&past.path).map(|address| address.named) {
            Some(Named::Log(name)) => name.stamp,
            Some(Named::Digest(name)) => Some((name.stamp, name.stamp)),
            None => None,
        };
        let written = past.versions.first().and_then(|version| version.written);
        let Some((from, to)) = stamp.or(written.map(|at| (at, at))) else { return true };
        self.question.since.is_none_or(|since| since <= to)
            && self.question.until.is_none_or(|until| from <= until)
    }
}
