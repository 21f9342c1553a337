//! Records in which somebody switches a trail off: what makes a gap in a chain plausible.

use super::content::Content;
use crate::event::{Time, Timestamp};
use memchr::memmem::Finder;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::OnceLock;

/// A log longer than this is not looked into a second time.
pub const LONGEST: u64 = 256 << 20;

/// Calls after which a trail's chain ends: logging stops, or validation does.
const CALLS: [&str; 3] = ["StopLogging", "DeleteTrail", "UpdateTrail"];

/// Length of the longest of them.
const CARRY: usize = 11;

/// A call that ended a trail's chain and was not refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub at: Timestamp,
    pub event: String,
    /// Who did it, as the record says.
    pub principal: String,
    /// The trail's name or ARN, if the record has one.
    pub trail: Option<String>,
}

/// Looks for their names in content that comes in pieces.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    found: bool,
    /// The end of what came before.
    carry: Vec<u8>,
}

/// Whether the bytes have what each of the calls has in its name; two searches for one word each
/// take half the time of one for three.
fn may_name_any(bytes: &[u8]) -> bool {
    static WORDS: OnceLock<[Finder<'static>; 2]> = OnceLock::new();
    let words = WORDS.get_or_init(|| ["StopLogging", "teTrail"].map(Finder::new));
    words.iter().any(|word| word.find(bytes).is_some())
}

impl Mentions {
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        if self.found {
            return;
        }
        self.carry.extend_from_slice(&bytes[..bytes.len().min(CARRY)]);
        self.found |= may_name_any(&self.carry) || may_name_any(bytes);
        if bytes.len() > CARRY {
            self.carry.clear();
            self.carry.extend_from_slice(&bytes[bytes.len() - CARRY..]);
        } else {
            self.carry.drain(..self.carry.len().saturating_sub(CARRY));
        }
    }

    /// Whether any was there; ready for the next content.
    pub(super) fn finish(&mut self) -> bool {
        self.carry.clear();
        std::mem::take(&mut self.found)
    }
}

#[derive(Deserialize)]
struct Log<'a> {
    #[serde(rename = "Records", borrow)]
    records: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_time: String,
    event_name: String,
    error_code: Option<String>,
    user_identity: Option<Identity>,
    request_parameters: Option<Parameters>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    arn: Option<String>,
    user_name: Option<String>,
    principal_id: Option<String>,
    invoked_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    name: Option<String>,
    enable_log_file_validation: Option<bool>,
}

/// The calls in the content of a log file; none if it is not the content that was hashed.
pub fn read(bytes: &[u8], content: &Content) -> Vec<Stop> {
    use sha2::Digest;
    if <[u8; 32]>::from(sha2::Sha256::digest(bytes)) != content.sha256 {
        return Vec::new();
    }
    let Ok(log) = serde_json::from_slice::<Log<'_>>(bytes) else { return Vec::new() };
    log.records.into_iter().filter_map(|record| stop(record.get())).collect()
}

fn stop(record: &str) -> Option<Stop> {
    if !may_name_any(record.as_bytes()) {
        return None;
    }
    let record: Record = serde_json::from_str(record).ok()?;
    let validates = record.request_parameters.as_ref().and_then(|p| p.enable_log_file_validation);
    let ends = match record.event_name.as_str() {
        "UpdateTrail" => validates == Some(false),
        name => CALLS.contains(&name),
    };
    if !ends || record.error_code.is_some() {
        return None;
    }
    let who = record.user_identity;
    let who = who.and_then(|who| who.arn.or(who.user_name).or(who.principal_id).or(who.invoked_by));
    Some(Stop {
        at: Time::parse_rfc3339(&record.event_time)?.at,
        event: record.event_name,
        principal: who.unwrap_or_default(),
        trail: record.request_parameters.and_then(|parameters| parameters.name),
    })
}

impl Stop {
    /// Whether it is about the trail of this name.
    pub(super) fn is_of(&self, trail: &str) -> bool {
        self.trail.as_deref().is_none_or(|named| {
            named == trail || named.rsplit_once('/').is_some_and(|(_, last)| last == trail)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::content::Reader;

    #[test]
    fn a_call_is_found_across_pieces_and_counts_only_if_it_was_not_refused() {
        let record = |name: &str, more: &str| {
            format!(
                r#"{{"eventTime":"2026-03-04T10:00:00Z","eventName":"{name}","userIdentity":{{"arn":"a"}},"requestParameters":{{"name":"arn:aws:cloudtrail:x:1:trail/main"{more}}}}}"#
            )
        };
        let text = format!(
            r#"{{"Records":[{},{},{},{}]}}"#,
            record("StopLogging", ""),
            record("UpdateTrail", ""),
            record("UpdateTrail", r#","enableLogFileValidation":false"#),
            record("DeleteTrail", "}").replace("}}}", r#"},"errorCode":"AccessDenied"}"#),
        );
        let mut mentions = Mentions::default();
        for piece in text.as_bytes().chunks(5) {
            mentions.feed(piece);
        }
        assert!(mentions.finish());
        mentions.feed(b"StopLog");
        assert!(!mentions.finish());
        let mut reader = Reader::default();
        reader.feed(text.as_bytes(), &mut |_| {});
        let content = reader.finish(&mut |_| {});
        let found = read(text.as_bytes(), &content);
        let names: Vec<&str> = found.iter().map(|stop| stop.event.as_str()).collect();
        assert_eq!(names, ["StopLogging", "UpdateTrail"]);
        assert!(found[0].is_of("main") && !found[0].is_of("other"));
        assert_eq!(read(b"{}", &content), []);
    }
}
