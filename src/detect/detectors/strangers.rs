//! Who came from an account that is not ours, and what of ours went into one: roles that were taken
//! over the boundary, in either direction.

use super::asked::{has_column, text};
use super::told::often;
use super::{Answer, Asked, Detector, Found};
use crate::detect::sigma::Level;
use crate::event::noun;
use crate::store::{RowRef, Segment};
use std::collections::BTreeMap;

pub(super) const DETECTOR: Detector = Detector {
    id: "foreign-account",
    rule: None,
    title: "Somebody crossed the boundary of our accounts",
    description: "A principal of an account that `accounts` does not list acted here, or one of \
                  ours took a role there.",
    level: Level::Medium,
    tags: &["attack.initial-access", "attack.t1199", "attack.lateral-movement"],
    questions: &[
        "Whose account is it, and who agreed to that: any:\"*{account}*\"",
        "What did they do here: principal.account:\"{account}\" outcome:success",
        "Since when is the role's trust policy as it is: event:UpdateAssumeRolePolicy",
    ],
    version: "2026-11-28",
    parameters: &[],
    reads: None,
    run,
};

fn is_asked(segment: &Segment) -> bool {
    has_column(segment, "principal.account") || has_column(segment, "requestParameters.roleArn")
}

fn run(asked: &Asked<'_>) -> Answer {
    let Some(estate) = asked.given.estate.filter(|estate| !estate.accounts().is_empty()) else {
        return Answer::unable("no `accounts` are named in estate.toml");
    };
    let mut answer = asked.answer(is_asked);
    if answer.evaluated == 0 {
        return Answer::unable("no event of this evidence says which account a principal is of");
    }
    let foreign = |account: &str| is_account(account) && !estate.is_own_account(account);
    let mut came: BTreeMap<String, Vec<RowRef>> = BTreeMap::new();
    let mut went: BTreeMap<String, Vec<RowRef>> = BTreeMap::new();
    for part in asked.parts(is_asked) {
        let of = |row: usize, name: &str| text(&part.segment, row, name);
        let rows = part.rows("principal.account", foreign);
        for row in part.visible(rows).iter() {
            came.entry(of(row, "principal.account")).or_default().push(part.at(row));
        }
        let role = "requestParameters.roleArn";
        let is_foreign = |arn: &str| account_of(arn).is_some_and(foreign);
        for row in part.visible(part.rows(role, is_foreign)).iter() {
            // What a stranger does with their own role is no matter of ours.
            let (arn, by) = (of(row, role), of(row, "principal.account"));
            let Some(account) = account_of(&arn).filter(|_| estate.is_own_account(&by)) else {
                continue;
            };
            if of(row, "event").starts_with("AssumeRole") {
                went.entry(account.to_owned()).or_default().push(part.at(row));
            }
        }
    }
    let ways = [("came", came), ("went", went)];
    for (way, accounts) in ways {
        for (account, events) in accounts {
            let number = events.len() as u64;
            let events_told = noun(number, "event", "events");
            let what = match way {
                "came" => format!("{number} {events_told} by principals of {account}"),
                _ => format!("{number} {events_told} in which ours took a role of {account}"),
            };
            let why = format!(
                "{what}, which is not among the accounts of estate.toml; calls: {}; outcomes: {}",
                often(asked, &events, "event"),
                often(asked, &events, "outcome"),
            );
            let blanks = vec![("account", account.clone())];
            let who = [account, way.to_owned()];
            answer.found.push(Found { who, blanks, events, why, ..Found::default() });
        }
    }
    answer
}

pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The account in an ARN.
fn account_of(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(3).filter(|account| is_account(account))
}
