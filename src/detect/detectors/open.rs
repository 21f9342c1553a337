//! Data that anybody got, or put there, without saying who they are: a bucket that is open, or one of
//! its objects.

use super::asked::text;
use super::names::is_nobody;
use super::told::often;
use super::{Answer, Asked, Detector, Found, Parameter};
use crate::detect::sigma::Level;
use crate::event::{Class, Outcome, noun};
use crate::store::{Bits, RowRef, Segment};
use std::collections::BTreeMap;

pub(super) const DETECTOR: Detector = Detector {
    id: "open-data",
    rule: None,
    title: "Anybody can read or write this data",
    description: "Requests that nobody had signed got data, or put some there: a bucket or an API \
                  that is open to all. A public web site is meant to be.",
    level: Level::Medium,
    tags: &["attack.collection", "attack.t1530", "attack.exfiltration"],
    questions: &[
        "Is it meant to be public, and is what is in it",
        "What was read: resource:\"*{place}*\" outcome:success class:data-read",
        "Since when, and who opened it: format:cloudtrail class:permission resource:\"*{place}*\"",
    ],
    version: "2026-11-28",
    parameters: &[Parameter {
        name: "least",
        default: 10.0,
        from: 1.0,
        to: 1e9,
        help: "requests that nobody had signed, at least",
    }],
    reads: None,
    run,
};

const BUCKET: &str = "requestParameters.bucketName";

/// Formats that say of whom they know nothing.
fn is_asked(segment: &Segment) -> bool {
    segment.schema().slot("principal.kind").is_some()
}

fn run(asked: &Asked<'_>) -> Answer {
    let mut answer = asked.answer(is_asked);
    if answer.evaluated == 0 {
        return Answer::unable("no event of this evidence says who got which data");
    }
    let mut found: BTreeMap<String, Vec<RowRef>> = BTreeMap::new();
    let (mut has_data, mut nowhere) = (false, 0);
    for part in asked.parts(is_asked) {
        let data = [Class::DataRead, Class::DataWrite].map(Class::as_str);
        let data = part.rows("class", |class| data.contains(&class));
        has_data |= data.any();
        let done = part.rows("outcome", |outcome| outcome == Outcome::Success.as_str());
        let kind = part.rows("principal.kind", |kind| kind.eq_ignore_ascii_case("anonymous"));
        let nobody: Bits = kind.or(&part.rows("principal", is_nobody));
        for row in part.visible(data.and(&done).and(&nobody)).iter() {
            match place(&part.segment, row) {
                Some(place) => found.entry(place).or_default().push(part.at(row)),
                None => nowhere += 1,
            }
        }
    }
    if !has_data {
        return Answer::unable(
            "there are no events of data that is read or written in this evidence",
        );
    }
    let requests = ("request of nobody", "requests of nobody");
    answer.leave_out(nowhere, requests, "they name nothing that was read or written");
    found.retain(|_, events| events.len() >= asked.count("least").max(1));
    for (place, events) in found {
        let number = events.len() as u64;
        let why = format!(
            "{number} {} that nobody had signed got through to {place}; calls: {}; from: {}",
            noun(number, "request", "requests"),
            often(asked, &events, "event"),
            often(asked, &events, "src.ip"),
        );
        let about = Some(("resource", place.clone()));
        let blanks = vec![("place", place.clone())];
        answer.found.push(Found {
            who: [place, String::new()],
            about,
            blanks,
            events,
            why,
            ..Found::default()
        });
    }
    answer
}

/// The bucket; elsewhere the first thing that is named.
fn place(segment: &Segment, row: usize) -> Option<String> {
    let bucket = text(segment, row, BUCKET);
    if !bucket.is_empty() {
        return Some(bucket);
    }
    let mut first = None;
    super::asked::each(segment, row, "resource", &mut |name| {
        let bucket = name.strip_prefix("arn:").and_then(|arn| arn.split_once(":s3:::"));
        let name = bucket.map_or(name, |(_, path)| path.split('/').next().unwrap_or(path));
        first.get_or_insert_with(|| name.to_owned());
    });
    first
}
