//! What nobody has a reason to touch, and somebody did: keys, principals, buckets, objects, secrets,
//! domains and addresses of `canaries` in `estate.toml`. They are looked for in every column, and in
//! every member of records that are JSON.

use super::asked::Part;
use super::meant::meant;
use super::taking::{Taking, Words};
use super::{Answer, Asked, Detector, Found, Given, Reads};
use crate::detect::Estate;
use crate::detect::sigma::Level;
use crate::event::noun;
use crate::query::Sought;
use crate::store::{Bits, RowRef};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const DETECTOR: Detector = Detector {
    id: "canary",
    rule: None,
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
    reads: Some(Reads { rows, taking }),
    run,
};

/// Formats of which columns have everything: their records are lines, or rows of a table.
const FLAT: [&str; 14] = [
    "access_log",
    "alb",
    "alb_connection",
    "billing_dbr",
    "clb",
    "cloudfront",
    "csv",
    "cur",
    "nlb",
    "s3_access",
    "syslog",
    "tgw_flow",
    "vpc_flow",
    "w3c",
];

fn canaries<'g>(given: &Given<'g>) -> &'g [String] {
    given.estate.map(Estate::canaries).unwrap_or_default()
}

fn rows(part: &Part, given: &Given<'_>) -> Bits {
    let is_flat = FLAT.contains(&&*part.segment.schema().id);
    let length = part.segment.len();
    if is_flat || canaries(given).is_empty() { Bits::none(length) } else { Bits::all(length) }
}

/// Canaries, and what finds them.
struct Wanted<'g> {
    canaries: &'g [String],
    all: Sought,
    each: Vec<Sought>,
}

impl<'g> Wanted<'g> {
    fn new(canaries: &'g [String]) -> Self {
        let all = Sought::new(canaries.iter().map(String::as_str));
        let each = canaries.iter().map(|one| Sought::new([one.as_str()])).collect();
        Self { canaries, all, each }
    }

    fn words(&self) -> Words {
        Words::of(self.canaries.iter().map(String::as_str))
    }

    /// Hands over each canary that columns of visible rows have or mean, with the row.
    fn touched(&self, part: &Part, words: &Words, take: &mut dyn FnMut(&'g str, RowRef)) {
        let named = |name: &str| {
            part.rows(name, |text| {
                let mut is_meant = false;
                if words.may_be_in(text) {
                    self.meant("", text, &mut |_| is_meant = true);
                }
                is_meant
            })
        };
        let all = self.all.rows(&part.segment);
        let rows = NAMING.iter().fold(all, |rows, name| rows.or(&named(name)));
        for row in part.visible(rows).iter() {
            for (canary, sought) in self.canaries.iter().zip(&self.each) {
                if !sought.found(&part.segment, row).is_empty() {
                    take(canary, part.at(row));
                }
            }
            for name in NAMING {
                part.each(row, name, &mut |text| {
                    self.meant("", text, &mut |canary| take(canary, part.at(row)));
                });
            }
        }
    }

    /// Hands over each canary that the text of this member means.
    fn meant(&self, member: &str, text: &str, take: &mut dyn FnMut(&'g str)) {
        meant(member, text, &mut |name| {
            if self.all.holds(name) {
                let held = self.canaries.iter().zip(&self.each);
                held.filter(|(_, it)| it.holds(name)).for_each(|(canary, _)| take(canary));
            }
        });
    }
}

/// Columns whose values may mean a canary by another name.
const NAMING: [&str; 2] = ["resource", "url"];

/// The canaries that a record has as one of its members.
fn taking<'g>(given: &Given<'g>) -> Taking<'g> {
    let wanted = Wanted::new(canaries(given));
    Taking::of_some(wanted.words(), move |record| {
        let mut found = BTreeSet::new();
        record.members(&mut |member, text| {
            wanted.meant(member, text, &mut |canary| _ = found.insert(canary.to_owned()));
        });
        found.into_iter().collect()
    })
}

fn run(asked: &Asked<'_>) -> Answer {
    let canaries = canaries(asked.given);
    if canaries.is_empty() {
        return Answer::unable("no `canaries` are named in estate.toml");
    }
    let mut answer = asked.answer(|_| true);
    let wanted = Wanted::new(canaries);
    let words = wanted.words();
    let mut found: BTreeMap<&str, BTreeSet<RowRef>> = BTreeMap::new();
    let mut searched = 0;
    for part in asked.parts(|_| true) {
        searched += part.visible(rows(&part, asked.given)).count() as u64;
        wanted.touched(&part, &words, &mut |canary, at| {
            found.entry(canary).or_default().insert(at);
        });
    }
    let said = asked.said.iter().filter(|((detector, _), _)| *detector == asked.detector.id);
    for ((_, at), held) in said {
        for canary in canaries.iter().filter(|canary| held.contains(canary)) {
            found.entry(canary).or_default().insert(*at);
        }
    }
    let flat = answer.evaluated - searched;
    answer.remarks.push(format!(
        "looked for in every column, and in every member of the records of {searched} {}; those of the \
         other {flat} have none but columns",
        noun(searched, "event", "events"),
    ));
    answer.found = found
        .into_iter()
        .map(|(canary, events)| {
            let number = events.len() as u64;
            let noun = noun(number, "event", "events");
            let why = format!("{number} {noun} with {canary}, which nobody has a reason to touch");
            let blanks = vec![("canary", canary.to_owned())];
            let who = [canary.to_owned(), String::new()];
            Found { who, blanks, events: events.into_iter().collect(), why, ..Found::default() }
        })
        .collect();
    answer
}
