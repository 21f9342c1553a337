//! What a person can choose among before anything is listed: buckets, the folders of one by what
//! they stand for, log groups and their streams.
//!
//! Asks the service for names alone, and for few of them: who has to choose among thousands is
//! better off with a longer address.

use super::{Means, aws};
use crate::event::layout::{Level, Position};
use crate::event::scope::Scope;
use crate::event::{Cancel, Reason, Timestamp};

/// What addresses begin with: of buckets, and of log groups.
pub(super) const BUCKETS: &str = "s3://";
pub(super) const GROUPS: &str = "logs://";

/// What choices are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    Bucket,
    #[default]
    Folder,
    Group,
    Stream,
}

/// What lies directly below an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choices {
    /// The address; of folders it may be a pattern, and ends in a slash.
    pub below: String,
    pub kind: Kind,
    /// In the order in which they are shown.
    pub all: Vec<Choice>,
    /// Objects that lie there directly.
    pub objects: u64,
    /// There is more than was asked for.
    pub more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// As a [`label`](crate::event::label).
    pub name: String,
    /// What stands for it in an address.
    pub part: String,
    /// What it stands for in the layout of AWS.
    pub level: Level,
    /// When its newest event happened, if that was asked and it has any.
    pub last: Option<Timestamp>,
    /// Bytes that are stored.
    pub bytes: Option<u64>,
    /// What else the service says of it.
    pub about: String,
}

/// Tells what there is to choose among below an address such as `s3://`, `s3://BUCKET/PATTERN/`,
/// `logs://` or `logs://GROUP`, and tells it again as more of it is known.
///
/// # Errors
/// It is no such address, or the service does not say; the reason tells what to do.
pub fn choose(
    address: &str,
    means: &Means,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Choices),
) -> Result<(), Reason> {
    aws::choose(address, means, cancel, emit)
}

/// Where one begins to choose if an address was typed so far: the address up to its last folder, and
/// what the names begin with that are meant.
pub fn start(typed: &str) -> (String, String) {
    let Some(rest) = typed.strip_prefix(BUCKETS).filter(|rest| !rest.is_empty()) else {
        return (typed.to_owned(), String::new());
    };
    // Names of access points have a slash of their own.
    let bucket = rest.find(":accesspoint/").map_or(0, |at| at + ":accesspoint/".len());
    match rest[bucket..].rfind('/') {
        None => (format!("{typed}/"), String::new()),
        Some(at) => {
            let end = BUCKETS.len() + bucket + at + 1;
            (typed[..end].to_owned(), typed[end..].to_owned())
        }
    }
}

/// Whether an address may hold so much that somebody should choose among it before it is listed: it
/// names no bucket or log group, or not what service's logs of a bucket are meant.
pub fn is_wide(address: &str) -> bool {
    let Some(rest) = address.strip_prefix(BUCKETS) else { return address == GROUPS };
    let named = || Scope::of(rest).literal() == rest;
    // Wherever the bucket's name ends, no folder before `AWSLogs` means anything.
    named() && !Position::of(rest).is_of_service()
}

impl Choices {
    /// Whether all of them together are a source.
    pub fn is_whole(&self) -> bool {
        matches!(self.kind, Kind::Folder | Kind::Stream)
    }

    /// The sources that are these of them; without any, all that lies there.
    pub fn sources(&self, picked: &[&Choice]) -> Vec<String> {
        let below = self.below.as_str();
        let each = |one: &&Choice| match self.kind {
            Kind::Bucket | Kind::Group => format!("{below}{}", one.part),
            Kind::Stream if below.contains(":log-group:") => {
                format!("{below}:log-stream:{}", one.part)
            }
            Kind::Stream => format!("{below}:{}", one.part),
            Kind::Folder => format!("{below}{}/", one.part),
        };
        match (picked, self.kind) {
            ([], _) if self.is_whole() => vec![below.to_owned()],
            (_, Kind::Folder) => vec![format!("{below}{}/", pattern(picked))],
            // A stream stands for all whose names begin so.
            (_, Kind::Stream) => {
                let is_in = |one: &Choice, of: &Choice| {
                    one.part != of.part && one.part.starts_with(&of.part)
                };
                let alone = |one: &&&Choice| !picked.iter().any(|of| is_in(one, of));
                picked.iter().filter(alone).map(each).collect()
            }
            _ => picked.iter().map(each).collect(),
        }
    }

    /// Where one chooses among what lies in these of them; without any, in all of them.
    pub fn inside(&self, picked: &[&Choice]) -> Option<String> {
        match (picked, self.kind) {
            ([one], Kind::Bucket) => Some(format!("{}{}/", self.below, one.part)),
            ([one], Kind::Group) => Some(format!("{}{}", self.below, one.part)),
            (_, Kind::Folder) => Some(format!("{}{}/", self.below, pattern(picked))),
            (_, Kind::Bucket | Kind::Group | Kind::Stream) => None,
        }
    }
}

/// What stands for these folders, or for all of them if there are none.
fn pattern(picked: &[&Choice]) -> String {
    // What means something in a pattern stands for anything there.
    let part = |one: &&Choice| one.part.replace(['{', '}', ','], "*");
    match picked {
        [] => "*".to_owned(),
        [one] => part(one),
        several => format!("{{{}}}", several.iter().map(part).collect::<Vec<_>>().join(",")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices(below: &str, kind: Kind, names: &[&str]) -> Choices {
        let one = |name: &&str| Choice {
            name: (*name).to_owned(),
            part: (*name).to_owned(),
            level: Level::Folder,
            last: None,
            bytes: None,
            about: String::new(),
        };
        let (below, all) = (below.to_owned(), names.iter().map(one).collect());
        Choices { below, kind, all, objects: 0, more: false }
    }

    #[test]
    fn one_begins_at_the_last_folder_that_was_typed() {
        for (typed, below, begins) in [
            ("s3://", "s3://", ""),
            ("s3://b", "s3://b/", ""),
            ("s3://b/", "s3://b/", ""),
            ("s3://b/AWSLogs/11", "s3://b/AWSLogs/", "11"),
            ("s3://arn:aws:s3:r:1:accesspoint/p", "s3://arn:aws:s3:r:1:accesspoint/p/", ""),
            ("s3://arn:aws:s3:r:1:accesspoint/p/a", "s3://arn:aws:s3:r:1:accesspoint/p/", "a"),
            ("logs://", "logs://", ""),
            ("logs:///aws/x", "logs:///aws/x", ""),
        ] {
            assert_eq!(start(typed), (below.to_owned(), begins.to_owned()), "{typed}");
        }
    }

    #[test]
    fn one_chooses_where_no_service_is_named() {
        for address in ["s3://", "logs://", "s3://b", "s3://b/x/AWSLogs/111122223333/"] {
            assert!(is_wide(address), "{address}");
        }
        let trail = "s3://b/AWSLogs/111122223333/CloudTrail/";
        for address in [trail, "s3://b/AWSLogs/*/", "logs://g", "/data", "-"] {
            assert!(!is_wide(address), "{address}");
        }
    }

    #[test]
    fn folders_become_one_source_and_all_else_one_each() {
        let is = |below: &str, kind, picked: &[usize], sources: &[&str], inside: Option<&str>| {
            let choices = choices(below, kind, &["a", "b{,}c"]);
            let picked: Vec<&Choice> = picked.iter().map(|at| &choices.all[*at]).collect();
            assert_eq!(choices.sources(&picked), sources);
            assert_eq!(choices.inside(&picked).as_deref(), inside);
        };
        let prefix = "s3://b/AWSLogs/";
        is(prefix, Kind::Folder, &[], &[prefix], Some("s3://b/AWSLogs/*/"));
        is(prefix, Kind::Folder, &[0], &["s3://b/AWSLogs/a/"], Some("s3://b/AWSLogs/a/"));
        let both = "s3://b/AWSLogs/{a,b***c}/";
        is(prefix, Kind::Folder, &[0, 1], &[both], Some(both));
        is("s3://", Kind::Bucket, &[0], &["s3://a"], Some("s3://a/"));
        is("s3://", Kind::Bucket, &[], &[], None);
        is("logs://", Kind::Group, &[0], &["logs://a"], Some("logs://a"));
        is("logs://g", Kind::Stream, &[], &["logs://g"], None);
        is("logs://g", Kind::Stream, &[0], &["logs://g:a"], None);
        let arn = "logs://arn:aws:logs:eu-west-1:111122223333:log-group:g";
        is(arn, Kind::Stream, &[0], &[&format!("{arn}:log-stream:a")], None);
    }
}
