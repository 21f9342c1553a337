//! What was shared with an account that is not ours: snapshots, images, buckets, keys, functions and
//! whatever else has a policy. Sharing with everybody is what rules are about.

use super::asked::{Part, text};
use super::strangers::is_account;
use super::taking::Taking;
use super::{Answer, Asked, Detector, Found, Given, Reads, told};
use crate::detect::Estate;
use crate::detect::sigma::{Level, Record};
use crate::event::{Outcome, noun};
use crate::store::{Bits, RowRef, Segment};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub(super) const DETECTOR: Detector = Detector {
    id: "foreign-share",
    rule: None,
    title: "Something was shared with an account that is not ours",
    description: "A call that shares something, or says who may use it, names an account that \
                  `accounts` does not list.",
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

/// How calls that share something begin.
const SHARING: [&str; 24] = [
    "AddLayerVersionPermission",
    "AddPermission",
    "AssociateResourceShare",
    "AuthorizeSnapshotAccess",
    "CreateGrant",
    "CreateResourceShare",
    "CreateRole",
    "CreateVpcPeeringConnection",
    "ModifyDBClusterSnapshotAttribute",
    "ModifyDBSnapshotAttribute",
    "ModifyImageAttribute",
    "ModifySnapshotAttribute",
    "ModifyVpcEndpointServicePermissions",
    "PutBucketAcl",
    "PutBucketPolicy",
    "PutBucketReplication",
    "PutDestinationPolicy",
    "PutKeyPolicy",
    "PutObjectAcl",
    "PutResourcePolicy",
    "SetQueueAttributes",
    "SetRepositoryPolicy",
    "SetTopicAttributes",
    "UpdateAssumeRolePolicy",
];

fn ours<'a>(given: &Given<'a>) -> Option<&'a Estate> {
    given.estate.filter(|estate| !estate.accounts().is_empty())
}

fn is_asked(segment: &Segment) -> bool {
    segment.schema().id == "cloudtrail"
}

/// Those that succeeded; none where nobody says which accounts are ours.
fn rows(part: &Part, given: &Given<'_>) -> Bits {
    if !is_asked(&part.segment) || ours(given).is_none() {
        return Bits::none(part.segment.len());
    }
    let sharing = part.rows("event", |name| SHARING.iter().any(|one| name.starts_with(one)));
    sharing.and(&part.rows("outcome", |outcome| outcome == Outcome::Success.as_str()))
}

/// The accounts that the call names.
fn take(record: &Record<'_>) -> Vec<String> {
    let mut found = Vec::new();
    record.each("requestParameters", &mut |text| found.extend(accounts(&given(text))));
    found.sort_unstable();
    found.dedup();
    found
}

/// Members of what is asked for that take sharing back, as JSON has them: what they are in, and their
/// names.
const TAKING_BACK: [(&str, &str); 4] = [
    ("", "valuesToRemove"),
    ("/createVolumePermission", "remove"),
    ("/launchPermission", "remove"),
    ("/ModifyVpcEndpointServicePermissionsRequest", "RemoveAllowedPrincipals"),
];

/// What is asked for, without what is taken back.
fn given(text: &str) -> Cow<'_, str> {
    if !TAKING_BACK.iter().any(|(_, name)| text.contains(name)) {
        return Cow::Borrowed(text);
    }
    let Ok(mut asked) = serde_json::from_str::<Value>(text) else { return Cow::Borrowed(text) };
    for (place, name) in TAKING_BACK {
        if let Some(Value::Object(members)) = asked.pointer_mut(place) {
            members.remove(name);
        }
    }
    Cow::Owned(asked.to_string())
}

/// Twelve digits that are no part of anything longer.
fn accounts(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.split(move |c| !is_part(c)).filter(|word| is_account(word)).map(str::to_owned)
}

fn run(asked: &Asked<'_>) -> Answer {
    let Some(estate) = ours(asked.given) else {
        return Answer::unable("no `accounts` are named in estate.toml");
    };
    let mut answer = asked.answer(is_asked);
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
            noun(number, "call names", "calls name"),
            told::some(told.iter().map(String::as_str)),
        );
        let who = [account.to_owned(), String::new()];
        answer.found.push(Found { who, events, why, ..Found::default() });
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_twelve_digits_alone() {
        let text = r#"{"Principal":{"AWS":["arn:aws:iam::444455556666:root","777788889999"]},
            "id":"snap-0123456789012","time":1234567890123,"v":"123456789012-x"}"#;
        assert_eq!(accounts(text).collect::<Vec<_>>(), ["444455556666", "777788889999"]);
        let record = Record::new(
            serde_json::json!({"requestParameters": {"bucketPolicy": {"Statement": [
                {"Principal": {"AWS": "arn:aws:iam::444455556666:user/a"}}]},
                "accountId": 444_455_556_666_u64}}),
            String::new(),
        );
        assert_eq!(take(&record), ["444455556666"]);
    }
    #[test]
    fn what_is_taken_back_is_not_shared() {
        let taken = |parameters| {
            let record = serde_json::json!({ "requestParameters": parameters });
            take(&Record::new(record, String::new()))
        };
        let items = |account: &str| serde_json::json!({"items": [{"userId": account}]});
        for member in ["createVolumePermission", "launchPermission"] {
            let back = serde_json::json!({"remove": items("444455556666")});
            assert!(taken(serde_json::json!({ member: back })).is_empty(), "{member}");
            let both = serde_json::json!({
                "add": items("777788889999"), "remove": items("444455556666"),
            });
            assert_eq!(taken(serde_json::json!({ member: both })), ["777788889999"], "{member}");
        }
        assert_eq!(
            taken(serde_json::json!({
                "attributeName": "restore",
                "valuesToAdd": ["777788889999"],
                "valuesToRemove": ["444455556666", "all"],
            })),
            ["777788889999"]
        );
        let request = serde_json::json!({
            "ServiceId": "vpce-svc-0a",
            "AddAllowedPrincipals": {"content": "arn:aws:iam::777788889999:root", "tag": 1},
            "RemoveAllowedPrincipals": {"content": "arn:aws:iam::444455556666:root", "tag": 1},
        });
        let request = serde_json::json!({"ModifyVpcEndpointServicePermissionsRequest": request});
        assert_eq!(taken(request), ["777788889999"]);
        // Elsewhere the word is no more than a word.
        let policy = serde_json::json!({"policy": "{\"remove\":\"444455556666\"}"});
        assert_eq!(taken(policy), ["444455556666"]);
    }
}
