//! What calls of the evidence made, under names that whoever called chose: such a name says nothing of
//! how little it matters.

use super::detectors::parts;
use crate::event::Outcome;
use crate::store::{Cell, Segment, Snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// What follows `Create` in calls that make something for what was there before, and name that.
const OF_ANOTHER: [&str; 15] = [
    "AccessKey",
    "Alias",
    "DBClusterSnapshot",
    "DBSnapshot",
    "FlowLogs",
    "FunctionUrlConfig",
    "Grant",
    "Image",
    "InstanceExportTask",
    "LogStream",
    "LoginProfile",
    "PolicyVersion",
    "Session",
    "Snapshot",
    "Tags",
];

/// Whether the call made this resource, under a name that whoever called chose.
pub(super) fn makes(event: &str, resource: &str) -> bool {
    match event {
        "PutObject"
        | "CopyObject"
        | "CreateMultipartUpload"
        | "UploadPart"
        | "CompleteMultipartUpload" => resource.contains(":s3:::") && resource.contains('/'),
        _ => is_making(event),
    }
}

fn is_making(event: &str) -> bool {
    event
        .strip_prefix("Create")
        .is_some_and(|what| !OF_ANOTHER.iter().any(|known| what.starts_with(known)))
}

/// Users, roles, buckets and the like that visible calls made: by the last part of their names, the
/// accounts in which.
#[derive(Debug, Default)]
pub struct Made(BTreeMap<String, BTreeSet<String>>);

impl Made {
    /// What calls that succeeded made. Objects in buckets are not among it.
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for part in parts(snapshot, |segment| segment.schema().id == "cloudtrail") {
            let segment = &part.segment;
            let makes = |event: &str| is_making(event) && event != "CreateMultipartUpload";
            let calls = part.rows("event", makes);
            let done = part.rows("outcome", |outcome| outcome == Outcome::Success.as_str());
            for row in part.visible(calls.and(&done)).iter() {
                let account = texts(segment, row, "account").pop().unwrap_or_default();
                for name in texts(segment, row, "resource") {
                    all.entry(last(&name).to_owned()).or_default().insert(account.clone());
                }
            }
        }
        all.remove("");
        Self(all)
    }

    /// Whether this is one of them. A name without an account may be of any.
    pub(super) fn holds(&self, name: &str) -> bool {
        let Some(accounts) = self.0.get(last(name)) else { return false };
        match name.split(':').nth(4).filter(|account| !account.is_empty()) {
            Some(account) => accounts.contains(account) || accounts.contains(""),
            None => true,
        }
    }
}

/// What somebody chose of a name: the last part of a path or an ARN; of a session its role.
fn last(name: &str) -> &str {
    let session = name.split_once(":assumed-role/").and_then(|(_, rest)| rest.split('/').next());
    session.or_else(|| name.rsplit(['/', ':']).next()).unwrap_or(name)
}

fn texts(segment: &Segment, row: usize, field: &str) -> Vec<String> {
    match segment.value(row, field) {
        Cell::Text(text) => vec![text.to_owned()],
        Cell::List(items) => items.into_iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_makes_has_a_name_that_its_caller_chose() {
        for (event, resource, is_made) in [
            ("CreateUser", "demo-offline", true),
            ("CreateBucket", "prod-web", true),
            ("CreateAccessKey", "prod-admin", false),
            ("CreateLogStream", "prod-admin", false),
            ("CreateSnapshot", "vol-prod", false),
            ("DeleteBucket", "prod-web", false),
            ("PutObject", "arn:aws:s3:::b/prod-web", true),
            ("PutObject", "arn:aws:s3:::prod-web", false),
        ] {
            assert_eq!(makes(event, resource), is_made, "{event} {resource}");
        }
    }

    #[test]
    fn what_was_made_is_known_by_its_name_and_its_account() {
        let accounts = BTreeSet::from(["111122223333".to_owned()]);
        let made = Made(BTreeMap::from([("dev-sandbox".to_owned(), accounts)]));
        for (name, is_made) in [
            ("dev-sandbox", true),
            ("arn:aws:sts::111122223333:assumed-role/dev-sandbox/x", true),
            ("arn:aws:iam::111122223333:role/path/dev-sandbox", true),
            ("arn:aws:sts::444455556666:assumed-role/dev-sandbox/x", false),
            ("arn:aws:sts::111122223333:assumed-role/Admin/dev-sandbox", false),
            ("arn:aws:s3:::dev-sandbox", true),
            ("dev-sandbox-2", false),
        ] {
            assert_eq!(made.holds(name), is_made, "{name}");
        }
    }
}
