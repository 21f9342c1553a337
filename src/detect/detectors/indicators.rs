//! Events with a value of a list of indicators: the files that `indicators` in `estate.toml` names.

use super::{Answer, Asked, Detector, Found, told};
use crate::detect::sigma::Level;
use crate::event::noun;
use crate::store::RowRef;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const DETECTOR: Detector = Detector {
    id: "indicator",
    rule: None,
    title: "Something of a list of indicators was seen",
    description: "An address, a domain, a hash or a name that somebody has listed as bad.",
    level: Level::High,
    tags: &["attack.command-and-control"],
    questions: &[
        "What does the list say of it, and how old is that",
        "Did anything come of it: any:\"{indicator}\" outcome:success",
        "Who else was in touch with it: any:\"{indicator}\"",
    ],
    version: "2026-11-28",
    parameters: &[],
    reads: None,
    run,
};

fn run(asked: &Asked<'_>) -> Answer {
    if asked.given.lists.is_empty() {
        return Answer::unable("no lists of `indicators` are named in estate.toml");
    }
    let mut answer = asked.answer(|_| true);
    let doubts = asked.given.lists.iter().flat_map(|(_, list)| list.doubts());
    answer.left_out.extend(doubts.map(ToString::to_string));
    // Values are the same whatever the case in which they stand.
    let mut found: BTreeMap<String, (BTreeSet<&str>, Vec<RowRef>)> = BTreeMap::new();
    for part in asked.parts(|_| true) {
        for (name, list) in asked.given.lists {
            for row in part.visible(list.rows(&part.segment)).iter() {
                for value in list.found(&part.segment, row) {
                    let (lists, events) = found.entry(value.to_lowercase()).or_default();
                    lists.insert(name);
                    events.push(part.at(row));
                }
            }
        }
    }
    for (value, (lists, mut events)) in found {
        events.sort_unstable();
        events.dedup();
        let number = events.len() as u64;
        let noun = noun(number, "event", "events");
        let why = format!("{number} {noun} with {value}, which is in {}", told::some(lists));
        let blanks = vec![("indicator", value.clone())];
        let who = [value, String::new()];
        answer.found.push(Found { who, blanks, events, why, ..Found::default() });
    }
    answer
}
