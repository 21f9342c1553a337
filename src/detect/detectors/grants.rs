//! Calls that say who may use something: where in what is asked for the policy stands, the accounts, or
//! the list of an object in S3.
//!
//! Source: the API references of the services, whose names of members CloudTrail writes with a small
//! first letter. Sharing with everybody that rules tell of (snapshots, images, functions) is not told
//! here again.

use super::asked::Part;
use crate::detect::policy::{Grant, Policy, Whom, account, member};
use crate::detect::sigma::{Level, Record};
use crate::event::Outcome;
use crate::store::{Bits, Segment};
use serde_json::Value;

/// What a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Bucket,
    Role,
    Other,
}

/// Where it stands to whom something is given; paths are those of members.
enum Place {
    Policy(&'static str),
    /// Accounts, by themselves or in ARNs, however deep.
    Accounts(&'static str),
    /// The same; and `*` or `all` is everybody.
    Anybody(&'static str),
    /// Headers and XML of S3.
    List,
}

use Place::{Accounts, Anybody, List, Policy as At};
use Thing::{Bucket, Other, Role};

/// A call: of which service, or of any, what its name is, about what, and where it says to whom.
type Call = (&'static str, &'static str, Thing, &'static [Place]);

const CALLS: &[Call] = &[
    (
        "",
        "PutResourcePolicy",
        Other,
        &[At("policy"), At("resourcePolicy"), At("policyDocument"), At("policyInJson")],
    ),
    ("acm-pca", "PutPolicy", Other, &[At("policy")]),
    ("backup", "PutBackupVaultAccessPolicy", Other, &[At("policy")]),
    ("codeartifact", "PutDomainPermissionsPolicy", Other, &[At("policyDocument")]),
    ("codeartifact", "PutRepositoryPermissionsPolicy", Other, &[At("policyDocument")]),
    ("ds", "ShareDirectory", Other, &[Accounts("shareTarget")]),
    ("ec2", "CreateVpcPeeringConnection", Other, &[Accounts("")]),
    ("ec2", "ModifyImageAttribute", Other, &[Accounts("")]),
    ("ec2", "ModifySnapshotAttribute", Other, &[Accounts("")]),
    ("ec2", "ModifyVpcEndpointServicePermissions", Other, &[Accounts("")]),
    ("ecr", "PutRegistryPolicy", Other, &[At("policyText")]),
    ("ecr", "SetRepositoryPolicy", Other, &[At("policyText")]),
    ("elasticfilesystem", "PutFileSystemPolicy", Other, &[At("policy")]),
    ("es", "CreateDomain", Other, &[At("accessPolicies")]),
    ("es", "CreateElasticsearchDomain", Other, &[At("accessPolicies")]),
    ("es", "UpdateDomainConfig", Other, &[At("accessPolicies")]),
    ("es", "UpdateElasticsearchDomainConfig", Other, &[At("accessPolicies")]),
    ("events", "PutPermission", Other, &[Anybody("principal"), At("policy")]),
    ("glacier", "SetVaultAccessPolicy", Other, &[At("policy.policy")]),
    ("iam", "CreateRole", Role, &[At("assumeRolePolicyDocument")]),
    ("iam", "UpdateAssumeRolePolicy", Role, &[At("policyDocument")]),
    ("kms", "CreateGrant", Other, &[Accounts("granteePrincipal")]),
    ("kms", "CreateKey", Other, &[At("policy")]),
    ("kms", "PutKeyPolicy", Other, &[At("policy")]),
    ("kms", "ReplicateKey", Other, &[At("policy")]),
    ("lakeformation", "BatchGrantPermissions", Other, &[Accounts("entries")]),
    ("lakeformation", "GrantPermissions", Other, &[Accounts("principal")]),
    ("lambda", "AddLayerVersionPermission", Other, &[Anybody("principal")]),
    ("lambda", "AddPermission", Other, &[Accounts("principal")]),
    ("logs", "PutDestinationPolicy", Other, &[At("accessPolicy")]),
    ("mediastore", "PutContainerPolicy", Other, &[At("policy")]),
    ("ram", "AssociateResourceShare", Other, &[Accounts("principals")]),
    ("ram", "CreateResourceShare", Other, &[Accounts("principals")]),
    ("rds", "ModifyDBClusterSnapshotAttribute", Other, &[Accounts("valuesToAdd")]),
    ("rds", "ModifyDBSnapshotAttribute", Other, &[Accounts("valuesToAdd")]),
    ("redshift", "AuthorizeDataShare", Other, &[Accounts("consumerIdentifier")]),
    ("redshift", "AuthorizeEndpointAccess", Other, &[Accounts("account")]),
    ("redshift", "AuthorizeSnapshotAccess", Other, &[Accounts("accountWithRestoreAccess")]),
    ("s3", "CopyObject", Bucket, &[List]),
    ("s3", "CreateBucket", Bucket, &[List]),
    ("s3", "CreateMultipartUpload", Bucket, &[List]),
    ("s3", "PutAccessPointPolicy", Bucket, &[At("policy")]),
    ("s3", "PutBucketAcl", Bucket, &[List]),
    ("s3", "PutBucketPolicy", Bucket, &[At("bucketPolicy")]),
    ("s3", "PutBucketReplication", Other, &[Accounts("")]),
    ("s3", "PutMultiRegionAccessPointPolicy", Bucket, &[At("details.policy")]),
    ("s3", "PutObject", Bucket, &[List]),
    ("s3", "PutObjectAcl", Bucket, &[List]),
    ("ses", "PutIdentityPolicy", Other, &[At("policy")]),
    ("sns", "AddPermission", Other, &[Accounts("aWSAccountId")]),
    ("sns", "CreateTopic", Other, &[At("attributes.Policy")]),
    ("sns", "SetTopicAttributes", Other, &[At("attributeValue")]),
    ("sqs", "AddPermission", Other, &[Accounts("aWSAccountIds")]),
    ("sqs", "CreateQueue", Other, &[At("attributes.Policy")]),
    ("sqs", "SetQueueAttributes", Other, &[At("attributes.Policy")]),
    ("ssm", "ModifyDocumentPermission", Other, &[Anybody("accountIdsToAdd")]),
];

/// Calls of S3 that write data, of which there are many: they give something only if they have a header
/// that says so, and that is a column.
const WRITES: [&str; 3] = ["CopyObject", "CreateMultipartUpload", "PutObject"];
const HEADERS: [&str; 2] = ["requestParameters.x-amz-acl", "cloudtrail.s3_grantees"];

/// What a call gives, and to whom.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) grants: Vec<Grant>,
    /// Policies that could not be read.
    pub(super) unread: u64,
}

pub(super) fn is_asked(segment: &Segment) -> bool {
    segment.schema().id == "cloudtrail"
}

/// The calls about such a thing, or any, that succeeded.
pub(super) fn rows(part: &Part, thing: Option<Thing>) -> Bits {
    if !is_asked(&part.segment) {
        return Bits::none(part.segment.len());
    }
    let calls = part.rows("event", |event| {
        let mut about = CALLS.iter().filter(|(_, _, of, _)| thing.is_none_or(|it| it == *of));
        about.any(|(_, name, ..)| is_called(event, name))
    });
    let writes = part.rows("event", |event| WRITES.contains(&event));
    let plain =
        HEADERS.iter().fold(writes, |plain, name| plain.and_not(&part.rows(name, |_| true)));
    let done = part.rows("outcome", |outcome| outcome == Outcome::Success.as_str());
    calls.and(&done).and_not(&plain)
}

/// Whether an event is a call of this name: some have a version behind it.
fn is_called(event: &str, name: &str) -> bool {
    event
        .strip_prefix(name)
        .is_some_and(|rest| rest.bytes().next().is_none_or(|b| b.is_ascii_digit()))
}

/// What the call of this record gives.
pub(super) fn given(record: &Record<'_>) -> Given {
    let mut given = Given::default();
    let (Some(source), Some(event)) = (record.first("eventSource"), record.first("eventName"))
    else {
        return given;
    };
    let Some(asked) = record.json().and_then(|record| record.get("requestParameters")) else {
        return given;
    };
    let service = source.split('.').next().unwrap_or_default();
    let is_it =
        |(of, name, ..): &&Call| (of.is_empty() || *of == service) && is_called(&event, name);
    let Some((.., places)) = CALLS.iter().find(is_it) else { return given };
    let beside = record.json().and_then(|record| record.get("additionalEventData"));
    for place in *places {
        match place {
            At(path) => given.policy(at(asked, path)),
            Accounts(path) => given.accounts(at(asked, path), false),
            Anybody(path) => given.accounts(at(asked, path), true),
            List => [Some(asked), beside].into_iter().flatten().for_each(|it| given.list(it)),
        }
    }
    given
}

impl Given {
    fn grant(&mut self, to: Whom, what: &str) {
        self.grants.push(Grant { to, level: Level::High, what: what.to_owned() });
    }

    fn policy(&mut self, value: Option<&Value>) {
        let Some(value) = value else { return };
        if let Some(policy) = Policy::read(value) {
            self.grants.extend(policy.grants());
        } else if value.to_string().contains("Statement") {
            // It is cut off, or no JSON. Whom it names may have something of it.
            self.unread += 1;
            self.accounts(Some(value), false);
        }
    }

    fn accounts(&mut self, value: Option<&Value>, anybody: bool) {
        let mut found = Vec::new();
        let Some(value) = value else { return };
        texts(value, &mut |text| {
            if anybody && (text == "*" || text.eq_ignore_ascii_case("all")) {
                found.push(Whom::Everybody);
            }
            found.extend(accounts(text).map(Whom::Account));
        });
        for to in found {
            self.grant(to, "");
        }
    }

    /// Canned lists, headers with grantees, and the list as XML has it.
    fn list(&mut self, asked: &Value) {
        let Value::Object(members) = asked else { return };
        for (name, value) in members {
            let name = name.to_ascii_lowercase();
            let right = name.strip_prefix("x-amz-grant-");
            texts(value, &mut |text| {
                if name == "x-amz-acl" && CANNED.contains(&text) {
                    self.grant(Whom::Everybody, text);
                } else if let Some(right) = right {
                    text.split(',').for_each(|grantee| self.grantee(grantee, right));
                }
            });
        }
        let owner = at(asked, "AccessControlPolicy.Owner.ID").and_then(Value::as_str);
        let grants = at(asked, "AccessControlPolicy.AccessControlList.Grant");
        let grants = match grants {
            Some(Value::Array(all)) => all.iter().collect(),
            one => one.into_iter().collect::<Vec<_>>(),
        };
        for grant in grants {
            let right = at(grant, "Permission").and_then(Value::as_str).unwrap_or_default();
            for (member, kind) in [("URI", "uri"), ("ID", "id"), ("EmailAddress", "emailAddress")] {
                let named = at(grant, &format!("Grantee.{member}")).and_then(Value::as_str);
                if let Some(named) = named.filter(|it| Some(*it) != owner) {
                    self.grantee(&format!("{kind}={named}"), right);
                }
            }
        }
    }

    /// A grantee as headers have it, such as `id="…"`.
    fn grantee(&mut self, text: &str, right: &str) {
        let Some((kind, named)) = text.split_once('=') else { return };
        let named = named.trim_matches([' ', '"']);
        if kind.trim().eq_ignore_ascii_case("uri") {
            if GROUPS.iter().any(|group| named.ends_with(group)) {
                self.grant(Whom::Everybody, right);
            }
        } else if named != LOG_DELIVERY && !named.is_empty() {
            self.grant(Whom::Account(named.to_owned()), right);
        }
    }
}

/// Canned lists of S3 that let everybody in, or everybody who has an account of AWS.
const CANNED: [&str; 3] = ["public-read", "public-read-write", "authenticated-read"];

/// The groups of the same.
const GROUPS: [&str; 2] = ["groups/global/AllUsers", "groups/global/AuthenticatedUsers"];

/// Who delivers logs of CloudFront. Source: the CloudFront developer guide, "Standard logging".
const LOG_DELIVERY: &str = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0";

/// Members that take sharing back, in which nothing is given.
const TAKING_BACK: [&str; 3] = ["valuesToRemove", "remove", "RemoveAllowedPrincipals"];

/// Each text in a value, but of what is taken back.
fn texts(value: &Value, take: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Number(number) => take(&number.to_string()),
        Value::Array(all) => all.iter().for_each(|one| texts(one, take)),
        Value::Object(members) => {
            let given = members.iter().filter(|(name, _)| !TAKING_BACK.contains(&name.as_str()));
            given.for_each(|(_, one)| texts(one, take));
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// The member at a path, whatever the case of names; without a path the value itself.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut names = path.split('.').filter(|name| !name.is_empty());
    names.try_fold(value, |value, name| member(value.as_object()?, name))
}

/// Twelve digits that are no part of anything longer.
fn accounts(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.split(move |c| !is_part(c)).filter_map(account).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// To whom a call gives something, and what.
    fn told(source: &str, event: &str, request: &Value) -> Vec<String> {
        let record = json!({
            "eventSource": format!("{source}.amazonaws.com"),
            "eventName": event,
            "requestParameters": request,
        });
        let one = |grant: Grant| match grant.to {
            Whom::Everybody => format!("* {}", grant.what),
            Whom::Account(account) => format!("{account} {}", grant.what),
        };
        given(&Record::new(record, String::new())).grants.into_iter().map(one).collect()
    }

    #[test]
    fn accounts_are_twelve_digits_alone() {
        let text = "arn:aws:iam::444455556666:root,777788889999 snap-0123456789012 1234567890123 \
                    123456789012-x";
        assert_eq!(accounts(text).collect::<Vec<_>>(), ["444455556666", "777788889999"]);
        assert_eq!(
            told("ram", "CreateResourceShare", &json!({"principals": [444_455_556_666_u64]})),
            ["444455556666 "]
        );
    }

    #[test]
    fn what_is_taken_back_is_not_shared() {
        let items = |account: &str| json!({"items": [{"userId": account}]});
        for (event, part) in [
            ("ModifySnapshotAttribute", "createVolumePermission"),
            ("ModifyImageAttribute", "launchPermission"),
        ] {
            let request = json!({ part: {
                "add": items("777788889999"), "remove": items("444455556666"),
            }});
            assert_eq!(told("ec2", event, &request), ["777788889999 "], "{event}");
        }
        let request = json!({
            "valuesToAdd": ["777788889999"], "valuesToRemove": ["444455556666", "all"],
        });
        assert_eq!(told("rds", "ModifyDBSnapshotAttribute", &request), ["777788889999 "]);
        let request = json!({"ModifyVpcEndpointServicePermissionsRequest": {
            "AddAllowedPrincipals": {"content": "arn:aws:iam::777788889999:root", "tag": 1},
            "RemoveAllowedPrincipals": {"content": "arn:aws:iam::444455556666:root", "tag": 1},
        }});
        assert_eq!(told("ec2", "ModifyVpcEndpointServicePermissions", &request), ["777788889999 "]);
    }

    #[test]
    fn lists_of_s3_are_read_in_headers_and_in_xml() {
        let all = "http://acs.amazonaws.com/groups/global/AllUsers";
        let request = json!({
            "x-amz-acl": ["public-read"],
            "x-amz-grant-write": format!("uri=\"{all}\", id=\"ab\""),
        });
        assert_eq!(told("s3", "PutObjectAcl", &request), ["* public-read", "* write", "ab write"]);
        let grants = json!([
            {"Grantee": {"ID": "own"}, "Permission": "READ"},
            {"Grantee": {"EmailAddress": "a@b.example"}, "Permission": "READ"},
            {"Grantee": {"URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}, "Permission": "WRITE"},
            {"Grantee": {"ID": LOG_DELIVERY}, "Permission": "WRITE"},
        ]);
        let request = json!({"AccessControlPolicy": {
            "Owner": {"ID": "own"}, "AccessControlList": {"Grant": grants},
        }});
        assert_eq!(told("s3", "PutBucketAcl", &request), ["a@b.example READ"]);
    }

    #[test]
    fn a_call_is_known_by_its_name_and_its_service() {
        for (event, name, is_it) in [
            ("AddPermission20150331v2", "AddPermission", true),
            ("CreateKey", "CreateKey", true),
            ("CreateKeyPair", "CreateKey", false),
            ("Create", "CreateKey", false),
        ] {
            assert_eq!(is_called(event, name), is_it, "{event}");
        }
        assert!(told("iot", "AddPermission", &json!({"principal": "444455556666"})).is_empty());
    }

    #[test]
    fn a_policy_that_cannot_be_read_is_counted_and_whom_it_names_is_told() {
        let cut = "{\"Statement\":[{\"Principal\":{\"AWS\":\"444455556666\"}";
        let record = json!({
            "eventSource": "kms.amazonaws.com", "eventName": "PutKeyPolicy",
            "requestParameters": {"policy": cut},
        });
        let given = given(&Record::new(record, String::new()));
        assert_eq!((given.unread, given.grants.len()), (1, 1));
        assert!(told("sns", "SetTopicAttributes", &json!({"attributeValue": "hello"})).is_empty());
    }
}
