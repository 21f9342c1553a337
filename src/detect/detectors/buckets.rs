//! Data that was written to buckets that are not ours.

use super::asked::text;
use super::told::often;
use super::{Answer, Asked, Detector, Found};
use crate::detect::sigma::Level;
use crate::event::{Class, Outcome, noun};
use crate::store::{RowRef, Segment};
use std::collections::BTreeMap;

pub(super) const DETECTOR: Detector = Detector {
    id: "foreign-bucket",
    rule: None,
    title: "Data was written to a bucket that is not ours",
    description: "A call wrote objects into a bucket that `buckets` does not list: a copy that is \
                  out of reach.",
    level: Level::Medium,
    tags: &["attack.exfiltration", "attack.t1537", "attack.t1567.002"],
    questions: &[
        "Whose bucket is it",
        "What was read before: principal:\"{principal}\" class:data-read",
        "Does everybody write there: requestParameters.bucketName:\"{bucket}\"",
    ],
    version: "2026-11-28",
    parameters: &[],
    reads: None,
    run,
};

const BUCKET: &str = "requestParameters.bucketName";

fn is_asked(segment: &Segment) -> bool {
    segment.schema().id == "cloudtrail"
}

fn run(asked: &Asked<'_>) -> Answer {
    let Some(estate) = asked.given.estate.filter(|estate| !estate.buckets().is_empty()) else {
        return Answer::unable("no `buckets` are named in estate.toml");
    };
    let mut answer = asked.answer(is_asked);
    if answer.evaluated == 0 {
        return Answer::unable("there are no events of cloudtrail in this evidence");
    }
    let mut found: BTreeMap<String, Vec<RowRef>> = BTreeMap::new();
    let mut writes = false;
    for part in asked.parts(is_asked) {
        let written = part.rows("class", |class| class == Class::DataWrite.as_str());
        writes |= written.any();
        let done = part.rows("outcome", |outcome| outcome == Outcome::Success.as_str());
        let foreign = part.rows(BUCKET, |bucket| !estate.is_own_bucket(bucket));
        for row in part.visible(written.and(&done).and(&foreign)).iter() {
            found.entry(text(&part.segment, row, BUCKET)).or_default().push(part.at(row));
        }
    }
    if !writes {
        return Answer::unable("there are no data events that write in this evidence");
    }
    for (bucket, events) in found {
        let number = events.len() as u64;
        let why = format!(
            "{number} {} into {bucket}, which is not among the buckets of estate.toml; calls: {}",
            noun(number, "write", "writes"),
            often(asked, &events, "event"),
        );
        let blanks = vec![("bucket", bucket.clone())];
        let who = [bucket, String::new()];
        answer.found.push(Found { who, blanks, events, why, ..Found::default() });
    }
    answer
}
