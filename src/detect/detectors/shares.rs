//! What was shared with an account that is not ours: snapshots, images, buckets, keys, functions and
//! whatever else has a policy. Sharing with everybody is told elsewhere.

use super::asked::{Part, text};
use super::taking::Taking;
use super::{Answer, Asked, Detector, Found, Given, Reads, grants, told};
use crate::detect::Estate;
use crate::detect::policy::Whom;
use crate::detect::sigma::{Level, Record};
use crate::event::noun;
use crate::store::{Bits, RowRef};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const DETECTOR: Detector = Detector {
    id: "foreign-share",
    rule: None,
    title: "Something was shared with an account that is not ours",
    description: "A call gives something to an account that `accounts` does not list: by a policy, \
                  by a list of S3, or by itself.",
    level: Level::Medium,
    tags: &["attack.exfiltration", "attack.t1537"],
    questions: &[
        "Whose account is it (some are of AWS itself, such as those that deliver logs)",
        "What is in it, and was it copied",
        "What else did they share: principal:\"{principal}\" class:permission",
    ],
    version: "2026-11-28",
    parameters: &[],
    reads: Some(Reads { rows, taking: |_| Taking::of_each(take) }),
    run,
};

fn ours<'a>(given: &Given<'a>) -> Option<&'a Estate> {
    given.estate.filter(|estate| !estate.accounts().is_empty())
}

/// Calls that succeeded; none where nobody says which accounts are ours.
fn rows(part: &Part, given: &Given<'_>) -> Bits {
    match ours(given) {
        Some(_) => grants::rows(part, None),
        None => Bits::none(part.segment.len()),
    }
}

/// The accounts to which the call gives something.
fn take(record: &Record<'_>) -> Vec<String> {
    let accounts = grants::given(record).grants.into_iter().filter_map(|grant| match grant.to {
        Whom::Account(account) => Some(account),
        Whom::Everybody => None,
    });
    let accounts: BTreeSet<String> = accounts.collect();
    accounts.into_iter().collect()
}

fn run(asked: &Asked<'_>) -> Answer {
    let Some(estate) = ours(asked.given) else {
        return Answer::unable("no `accounts` are named in estate.toml");
    };
    let mut answer = asked.answer(grants::is_asked);
    if answer.evaluated == 0 {
        return Answer::unable("there are no events of cloudtrail in this evidence");
    }
    let mut found: BTreeMap<&str, Vec<RowRef>> = BTreeMap::new();
    let said = asked.said.iter().filter(|((detector, _), _)| *detector == asked.detector.id);
    for ((_, at), accounts) in said {
        for account in accounts.iter().filter(|account| !estate.is_own_account(account)) {
            found.entry(account).or_default().push(*at);
        }
    }
    for (account, events) in found {
        let number = events.len() as u64;
        let of = |at: &RowRef| {
            let (segment, row) = (asked.snapshot.segment(*at), usize::from(at.row));
            let what = text(segment, row, "resource");
            format!("{} {what}", text(segment, row, "event")).trim_end().to_owned()
        };
        let told: Vec<String> = events.iter().map(of).collect();
        let why = format!(
            "{number} {} {account}, which is not among the accounts of estate.toml: {}",
            noun(number, "call gives something to", "calls give something to"),
            told::some(told.iter().map(String::as_str)),
        );
        let who = [account.to_owned(), String::new()];
        answer.found.push(Found { who, events, why, ..Found::default() });
    }
    answer
}
