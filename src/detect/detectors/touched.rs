//! Who touched the logs: any call that writes to the buckets, log groups, trails and keys that this
//! evidence comes from, as far as that is known.
//!
//! Known are the places that somebody named as sources, those that calls name which set up trails
//! and flow logs, and the buckets to which AWS's services are seen to deliver.

use super::asked::{Part, text};
use super::told::{often, some};
use super::{Answer, Asked, Detector, Found, Reads};
use crate::detect::sigma::{Level, Record};
use crate::event::noun;
use crate::query::Sought;
use crate::store::{Bits, RowRef, Segment};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const DETECTOR: Detector = Detector {
    id: "logs-touched",
    title: "Somebody wrote to where the logs are",
    description: "A call that changes a bucket, a log group, a trail or a key that logs of this \
                  evidence lie in or pass through. Services that deliver logs are no matter here.",
    level: Level::Medium,
    tags: &["attack.defense-evasion", "attack.t1562.008", "attack.t1070"],
    questions: &[
        "What did they change, and is it how it was: resource:*{resource}*",
        "Are there logs of the time afterwards: trailcase coverage --gaps",
        "Do digests say that nothing was deleted: trailcase verify",
    ],
    version: "2026-11-28",
    parameters: &[],
    reads: Some(Reads { rows, take }),
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

fn rows(part: &Part) -> Bits {
    if !is_asked(&part.segment) {
        return Bits::none(part.segment.len());
    }
    part.rows("event", |name| SETTING_UP.contains(&name))
}

/// The places, each with its kind before it.
fn take(record: &Record) -> Vec<String> {
    let mut found = Vec::new();
    for (kind, member) in MEMBERS {
        found.extend(record.first(member).map(|value| format!("{kind} {value}")));
    }
    found
}

/// Where logs are, as calls name it.
#[derive(Default)]
struct Places {
    /// Short names, and the ARNs of what has them.
    names: BTreeSet<String>,
    /// Names of trails, which only calls of CloudTrail mean.
    trails: BTreeSet<String>,
}

impl Places {
    fn add(&mut self, kind: &str, value: &str) {
        // Of an ARN the name is what counts.
        let last = |marks: &[&str]| {
            let at = marks.iter().find_map(|mark| Some(value.find(mark)? + mark.len()));
            at.map_or(value, |at| &value[at..]).to_owned()
        };
        let arns = match kind {
            "bucket" => {
                let bucket = last(&[":s3:::"]);
                let bucket = bucket.split('/').next().unwrap_or_default().to_owned();
                let arn = format!("arn:*:s3:::{bucket}");
                vec![format!("{arn}/*"), arn, bucket]
            }
            "group" => {
                let group = last(&[":log-group:"]);
                let group = group.trim_end_matches(":*").to_owned();
                let arn = format!("arn:*:log-group:{group}");
                vec![format!("{arn}:*"), arn, group]
            }
            "key" => {
                let key = last(&[":key/", ":alias/"]);
                vec![format!("arn:*:key/{key}"), key]
            }
            _ => {
                let trail = last(&[":trail/"]);
                self.trails.insert(trail.clone());
                vec![format!("arn:*:trail/{trail}")]
            }
        };
        // What is shorter is no name of anything.
        self.names.extend(arns.into_iter().filter(|name| name.len() > 2));
    }

    fn of(asked: &Asked<'_>) -> Self {
        let mut places = Self::default();
        for source in asked.given.sources {
            if let Some(rest) = source.strip_prefix("s3://") {
                places.add("bucket", rest);
            } else if let Some(rest) = source.strip_prefix("logs://") {
                places.add("group", rest.split('?').next().unwrap_or(rest));
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
                    places.add("bucket", &bucket);
                }
            }
        }
        places
    }
}

fn run(asked: &Asked<'_>) -> Answer {
    let mut answer = asked.answer(is_asked);
    if answer.evaluated == 0 {
        return Answer::unable("there are no events of cloudtrail in this evidence");
    }
    let places = Places::of(asked);
    if places.names.is_empty() {
        return Answer::unable(
            "nothing says which buckets, log groups and trails these logs are of",
        );
    }
    let sought = Sought::new(places.names.iter().map(String::as_str));
    let mut found: BTreeMap<[String; 2], (BTreeSet<String>, Vec<RowRef>)> = BTreeMap::new();
    for part in asked.parts(is_asked) {
        let of_trails = part.rows("event.source", |source| source == "cloudtrail.amazonaws.com");
        let mut rows = sought.rows(&part.segment);
        for column in ["requestParameters.name", "requestParameters.trailName"] {
            let named = part.rows(column, |name| places.trails.contains(name));
            rows = rows.or(&named.and(&of_trails));
        }
        let reads = part.rows("readOnly", |flag| flag == "true");
        let services = part.rows("principal.kind", |kind| kind == "aws_service");
        for row in part.visible(rows.and_not(&reads).and_not(&services)).iter() {
            let of = |name| text(&part.segment, row, name);
            let (role, by) = (of("role"), of("principal"));
            let who = [if role.is_empty() { by } else { role }, of("account")];
            let (touched, events) = found.entry(who).or_default();
            touched.extend(sought.found(&part.segment, row));
            events.push(part.at(row));
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
        answer.found.push(Found { who, events, why, ..Found::default() });
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_known_by_name_and_by_arn() {
        let mut places = Places::default();
        places.add("bucket", "acme-logs/prefix/");
        places.add("bucket", "arn:aws:s3:::flows/x");
        places.add("group", "arn:aws:logs:eu-west-1:111122223333:log-group:trail/all:*");
        places.add("key", "arn:aws:kms:eu-west-1:111122223333:key/abc-def");
        places.add("trail", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main");
        let sought = Sought::new(places.names.iter().map(String::as_str));
        for name in [
            "acme-logs",
            "arn:aws:s3:::acme-logs",
            "arn:aws:s3:::acme-logs/AWSLogs/x.json.gz",
            "flows",
            "trail/all",
            "arn:aws:logs:eu-west-1:111122223333:log-group:trail/all:log-stream:a",
            "abc-def",
            "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main",
        ] {
            assert!(sought.holds(name), "{name}");
        }
        assert!(!sought.holds("main") && !sought.holds("acme-logs-2"));
        assert!(places.trails.contains("main"));
    }
}
