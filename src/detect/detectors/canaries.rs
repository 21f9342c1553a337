//! What nobody has a reason to touch, and somebody did: keys, principals, buckets, objects, secrets,
//! domains and addresses of `canaries` in `estate.toml`.

use super::{Answer, Asked, Detector, Found};
use crate::detect::Estate;
use crate::detect::sigma::Level;
use crate::event::noun;
use crate::query::Sought;
use crate::store::RowRef;
use std::collections::BTreeMap;

pub(super) const DETECTOR: Detector = Detector {
    id: "canary",
    title: "A canary was touched",
    description: "Nobody has a reason to use it: whoever did has looked around, or has what was \
                  left lying about for them.",
    level: Level::High,
    tags: &["attack.discovery", "attack.credential-access"],
    questions: &[
        "Who was it, and from where: any:\"{canary}\"",
        "What else did they do around then: principal:\"{principal}\"",
        "How did they come to know of it",
    ],
    version: "2026-11-28",
    parameters: &[],
    reads: None,
    run,
};

fn run(asked: &Asked<'_>) -> Answer {
    let canaries = asked.given.estate.map(Estate::canaries).unwrap_or_default();
    if canaries.is_empty() {
        return Answer::unable("no `canaries` are named in estate.toml");
    }
    let mut answer = asked.answer(|_| true);
    let all = Sought::new(canaries.iter().map(String::as_str));
    let each: Vec<Sought> = canaries.iter().map(|one| Sought::new([one.as_str()])).collect();
    let mut found: BTreeMap<&str, Vec<RowRef>> = BTreeMap::new();
    for part in asked.parts(|_| true) {
        for row in part.visible(all.rows(&part.segment)).iter() {
            for (canary, sought) in canaries.iter().zip(&each) {
                if !sought.found(&part.segment, row).is_empty() {
                    found.entry(canary).or_default().push(part.at(row));
                }
            }
        }
    }
    answer.found = found
        .into_iter()
        .map(|(canary, events)| {
            let number = events.len() as u64;
            let noun = noun(number, "event", "events");
            let why = format!("{number} {noun} with {canary}, which nobody has a reason to touch");
            let blanks = vec![("canary", canary.to_owned())];
            let who = [canary.to_owned(), String::new()];
            Found { who, blanks, events, why, ..Found::default() }
        })
        .collect();
    answer
}
