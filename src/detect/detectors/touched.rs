//! Who touched the logs: any call that writes to the buckets, log groups, trails and keys that this
//! evidence comes from, as far as that is known.
//!
//! Known are the places that somebody named as sources, those that calls name which set up trails
//! and flow logs, and the buckets to which AWS's services are seen to deliver.

use super::asked::{Part, text};
use super::taking::Taking;
use super::told::{often, some};
use super::{Answer, Asked, Detector, Found, Given, Reads};
use crate::detect::sigma::{Level, Record};
use crate::event::{Outcome, noun};
use crate::store::{Bits, RowRef, Segment};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub(super) const DETECTOR: Detector = Detector {
    id: "logs-touched",
    rule: None,
    title: "Somebody wrote to where the logs are",
    description: "A call that changes a bucket, a log group, a trail or a key that logs of this \
                  evidence lie in or pass through. Services that deliver logs are no matter here.",
    level: Level::Medium,
    tags: &["attack.defense-evasion", "attack.t1562.008", "attack.t1070"],
    questions: &[
        "What did they change, and is it how it was: resource:\"*{resource}*\"",
        "Are there logs of the time afterwards (trailcase coverage --gaps)",
        "Do digests say that nothing was deleted (trailcase verify)",
    ],
    version: "2026-11-28",
    parameters: &[],
    reads: Some(Reads { rows, taking: |_| Taking::of_each(take) }),
    run,
};

/// Calls that say where logs go.
const SETTING_UP: [&str; 5] =
    ["CreateFlowLogs", "CreateTrail", "PutBucketLogging", "PutDeliveryChannel", "UpdateTrail"];

/// What such calls name, by the kind of it.
const MEMBERS: [(&str, &str); 10] = [
    ("bucket", "requestParameters.s3BucketName"),
    ("bucket", "requestParameters.deliveryChannel.s3BucketName"),
    ("bucket", "requestParameters.BucketLoggingStatus.LoggingEnabled.TargetBucket"),
    // An ARN, of a log group too.
    ("bucket", "requestParameters.CreateFlowLogsRequest.LogDestination"),
    ("group", "requestParameters.CreateFlowLogsRequest.LogGroupName"),
    ("group", "requestParameters.cloudWatchLogsLogGroupArn"),
    ("key", "requestParameters.kmsKeyId"),
    ("key", "responseElements.kmsKeyId"),
    ("trail", "requestParameters.name"),
    ("trail", "responseElements.trailARN"),
];

/// Who delivers logs.
const DELIVERERS: [&str; 4] = [
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "logging.s3.amazonaws.com",
];

fn is_asked(segment: &Segment) -> bool {
    segment.schema().id == "cloudtrail"
}

/// Those that succeeded: logs go nowhere because somebody asked in vain.
fn rows(part: &Part, _: &Given<'_>) -> Bits {
    if !is_asked(&part.segment) {
        return Bits::none(part.segment.len());
    }
    let set_up = part.rows("event", |name| SETTING_UP.contains(&name));
    set_up.and(&part.rows("outcome", |outcome| outcome == Outcome::Success.as_str()))
}

/// The places, each with its kind before it.
fn take(record: &Record<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for (kind, member) in MEMBERS {
        found.extend(record.first(member).map(|value| format!("{kind} {value}")));
    }
    found
}

/// Where logs are, by name.
#[derive(Default)]
struct Places {
    /// Buckets, log groups and keys.
    names: HashSet<String, RandomState>,
    /// Trails, whose names only calls of CloudTrail mean.
    trails: HashSet<String, RandomState>,
    /// Buckets that services were seen to deliver to, which may be for other things too: what is
    /// only added there touches no logs.
    seen: HashSet<String, RandomState>,
}

/// The name in what a call or an ARN says.
fn name_of(value: &str) -> &str {
    let mut parts = value.splitn(6, ':');
    let (arn, service, resource) = (parts.next(), parts.nth(1), parts.nth(2));
    let (Some("arn"), Some(service), Some(resource)) = (arn, service, resource) else {
        return value.strip_prefix("alias/").unwrap_or(value);
    };
    let name = match service {
        "s3" => resource.split('/').next(),
        "logs" => resource.strip_prefix("log-group:").and_then(|rest| rest.split(':').next()),
        "cloudtrail" => resource.strip_prefix("trail/"),
        "kms" => resource.strip_prefix("key/").or_else(|| resource.strip_prefix("alias/")),
        _ => None,
    };
    name.unwrap_or(value)
}

impl Places {
    fn add(&mut self, kind: &str, value: &str) {
        let name = name_of(value).to_owned();
        if !name.is_empty() {
            if kind == "trail" {
                self.trails.insert(name)
            } else {
                self.names.insert(name)
            };
        }
    }

    /// The place that a call or an ARN means, if the call may touch logs there, and whether it is a trail by its mere name.
    fn find<'v>(&self, value: &'v str, adds: bool) -> Option<(&'v str, bool)> {
        let name = name_of(value);
        let is_trail = self.trails.contains(name);
        let is_seen = !adds && self.seen.contains(name);
        let is_known = is_trail || is_seen || self.names.contains(name);
        let is_mere = is_trail && name.len() == value.len() && !self.names.contains(name);
        is_known.then_some((name, is_mere))
    }

    fn of(asked: &Asked<'_>) -> Self {
        let mut places = Self::default();
        for source in asked.given.sources {
            if let Some(rest) = source.strip_prefix("s3://") {
                places.add("bucket", rest.split('/').next().unwrap_or_default());
            } else if let Some(rest) = source.strip_prefix("logs://") {
                places.add("group", group(rest));
            }
        }
        let said = asked.said.iter().filter(|((id, _), _)| *id == asked.detector.id);
        for place in said.flat_map(|(_, places)| places) {
            if let Some((kind, value)) = place.split_once(' ') {
                places.add(kind, value);
            }
        }
        for part in asked.parts(is_asked) {
            let delivered = part.rows("principal", |name| DELIVERERS.contains(&name));
            for row in part.visible(delivered).iter() {
                let bucket = text(&part.segment, row, "requestParameters.bucketName");
                if !bucket.is_empty() {
                    places.seen.insert(bucket);
                }
            }
        }
        places
    }
}

/// The log group that a source names: `GROUP`, `GROUP:STREAMS`, or an ARN.
fn group(source: &str) -> &str {
    if source.starts_with("arn:") { source } else { source.split(':').next().unwrap_or(source) }
}

fn run(asked: &Asked<'_>) -> Answer {
    let mut answer = asked.answer(is_asked);
    if answer.evaluated == 0 {
        return Answer::unable("there are no events of cloudtrail in this evidence");
    }
    let places = Places::of(asked);
    if places.names.is_empty() && places.trails.is_empty() && places.seen.is_empty() {
        return Answer::unable(
            "nothing says which buckets, log groups and trails these logs are of",
        );
    }
    let mut found: BTreeMap<[String; 2], (BTreeSet<String>, Vec<RowRef>)> = BTreeMap::new();
    for part in asked.parts(is_asked) {
        let of_trails = part.rows("event.source", |source| source == "cloudtrail.amazonaws.com");
        let reads = part.rows("readOnly", |flag| flag == "true");
        let services = part.rows("principal.kind", |kind| kind == "aws_service");
        let adds = part.rows("class", |class| class == "data-write");
        let all = Bits::all(part.segment.len());
        for row in part.visible(all.and_not(&reads).and_not(&services)).iter() {
            let mut touched = Vec::new();
            // What a call names in any of its members is a resource too.
            part.each(row, "resource", &mut |value| {
                let place = places.find(value, adds.get(row));
                let meant = place.filter(|(_, is_mere)| !is_mere || of_trails.get(row));
                touched.extend(meant.map(|(name, _)| name.to_owned()));
            });
            if !touched.is_empty() {
                let of = |name| text(&part.segment, row, name);
                let (role, by) = (of("role"), of("principal"));
                let who = [if role.is_empty() { by } else { role }, of("account")];
                let (all, events) = found.entry(who).or_default();
                all.extend(touched);
                events.push(part.at(row));
            }
        }
    }
    for (who, (touched, events)) in found {
        let number = events.len() as u64;
        let why = format!(
            "{number} {} where logs are: {} (calls: {}; outcomes: {})",
            noun(number, "call that writes", "calls that write"),
            some(touched.iter().map(String::as_str)),
            often(asked, &events, "event"),
            often(asked, &events, "outcome"),
        );
        // What else a call names, such as a role, is no log.
        let blanks = touched.first().map(|place| ("resource", place.clone())).into_iter().collect();
        answer.found.push(Found { who, blanks, events, why, ..Found::default() });
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_known_by_name_and_by_arn() {
        let mut places = Places::default();
        places.add("bucket", "arn:aws:s3:::flows/x");
        places.add("bucket", "acme-logs");
        places.add("group", group("trail/all:stream"));
        places.add("group", group("arn:aws:logs:eu-west-1:111122223333:log-group:other:*"));
        places.add("key", "arn:aws:kms:eu-west-1:111122223333:key/abc-def");
        places.add("key", "alias/logs");
        places.add("trail", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main");
        for (value, found) in [
            ("acme-logs", Some(("acme-logs", false))),
            ("arn:aws:s3:::acme-logs", Some(("acme-logs", false))),
            ("arn:aws-cn:s3:::acme-logs/AWSLogs/x:y.json.gz", Some(("acme-logs", false))),
            ("flows", Some(("flows", false))),
            ("arn:aws:logs:x:1:log-group:trail/all:log-stream:a", Some(("trail/all", false))),
            ("other", Some(("other", false))),
            ("abc-def", Some(("abc-def", false))),
            ("arn:aws:kms:x:1:alias/logs", Some(("logs", false))),
            ("arn:aws:cloudtrail:x:1:trail/main", Some(("main", false))),
            ("main", Some(("main", true))),
            ("acme-logs-2", None),
            ("arn:aws:dynamodb:x:1:table/main", None),
            ("arn:aws:s3", None),
        ] {
            assert_eq!(places.find(value, false), found, "{value}");
        }
        // What is only added to a bucket that is for other things too touches no logs.
        places.seen.insert("shared".to_owned());
        assert_eq!(places.find("shared", true), None);
        assert_eq!(places.find("arn:aws:s3:::shared/a", false), Some(("shared", false)));
    }
}
