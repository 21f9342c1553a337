//! The permissions that AWS is asked with: what a refusal names, and the policy that grants them.
//! All of them read.

use serde_json::{Value, json};

pub const LIST_BUCKETS: &str = "s3:ListAllMyBuckets";
pub const LIST_BUCKET: &str = "s3:ListBucket";
pub const LIST_VERSIONS: &str = "s3:ListBucketVersions";
pub const GET_OBJECT: &str = "s3:GetObject";
pub const GET_VERSION: &str = "s3:GetObjectVersion";
/// Nothing is asked by these: to whoever has them an object comes with what keeps it.
const GET_RETENTION: &str = "s3:GetObjectRetention";
const GET_LEGAL_HOLD: &str = "s3:GetObjectLegalHold";
/// What a bucket says of itself.
pub const GET_VERSIONING: &str = "s3:GetBucketVersioning";
pub const GET_LOCK: &str = "s3:GetBucketObjectLockConfiguration";
pub const GET_LIFECYCLE: &str = "s3:GetLifecycleConfiguration";
pub const GET_ENCRYPTION: &str = "s3:GetEncryptionConfiguration";
pub const GET_PAYER: &str = "s3:GetBucketRequestPayment";
/// It names no resource.
pub const LIST_KEYS: &str = "cloudtrail:ListPublicKeys";
/// Granted to whoever takes a role, so that it is in no policy of the role.
pub const ASSUME: &str = "sts:AssumeRole";
/// Needs no grant; it can only be refused by a denial.
pub const WHO: &str = "sts:GetCallerIdentity";
pub const DESCRIBE_LOG_GROUPS: &str = "logs:DescribeLogGroups";
pub const DESCRIBE_LOG_STREAMS: &str = "logs:DescribeLogStreams";
pub const FILTER_LOG_EVENTS: &str = "logs:FilterLogEvents";
pub const START_LIVE_TAIL: &str = "logs:StartLiveTail";
const DECRYPT: &str = "kms:Decrypt";

/// The IAM policy, with names to be filled in: `BUCKET`, `PREFIX`, `GROUP`, and the ARN of the key where
/// objects are encrypted with one.
pub fn document() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ListEvidence",
                "Effect": "Allow",
                "Action": [LIST_BUCKET, LIST_VERSIONS],
                "Resource": ["arn:aws:s3:::BUCKET"],
            },
            {
                "Sid": "ReadEvidence",
                "Effect": "Allow",
                "Action": [GET_OBJECT, GET_VERSION, GET_RETENTION, GET_LEGAL_HOLD],
                "Resource": ["arn:aws:s3:::BUCKET/PREFIX*"],
            },
            {
                "Sid": "AskAboutBucket",
                "Effect": "Allow",
                "Action": [GET_VERSIONING, GET_LOCK, GET_LIFECYCLE, GET_ENCRYPTION, GET_PAYER],
                "Resource": ["arn:aws:s3:::BUCKET"],
            },
            {
                "Sid": "ChooseAmong",
                "Effect": "Allow",
                "Action": [LIST_BUCKETS, DESCRIBE_LOG_GROUPS, DESCRIBE_LOG_STREAMS],
                "Resource": ["*"],
            },
            {
                "Sid": "ReadLogEvents",
                "Effect": "Allow",
                "Action": [FILTER_LOG_EVENTS, START_LIVE_TAIL],
                "Resource": ["arn:aws:logs:REGION:ACCOUNT:log-group:GROUP:*"],
            },
            {
                "Sid": "DecryptEvidence",
                "Effect": "Allow",
                "Action": [DECRYPT],
                "Resource": ["arn:aws:kms:REGION:ACCOUNT:key/KEY"],
                "Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
            },
            {
                "Sid": "ListPublicKeys",
                "Effect": "Allow",
                "Action": [LIST_KEYS],
                "Resource": ["*"],
            },
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_asked_for_is_granted_and_nothing_that_writes() {
        let document = document();
        let granted: Vec<&str> = document["Statement"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|statement| statement["Action"].as_array().unwrap())
            .map(|action| action.as_str().unwrap())
            .collect();
        let objects = [LIST_BUCKET, LIST_VERSIONS, GET_OBJECT, GET_VERSION];
        let locks = [GET_RETENTION, GET_LEGAL_HOLD];
        let bucket = [GET_VERSIONING, GET_LOCK, GET_LIFECYCLE, GET_ENCRYPTION, GET_PAYER];
        let choosing = [LIST_BUCKETS, DESCRIBE_LOG_GROUPS, DESCRIBE_LOG_STREAMS];
        let logs = [FILTER_LOG_EVENTS, START_LIVE_TAIL];
        let rest = [DECRYPT, LIST_KEYS];
        let all = [&objects[..], &locks, &bucket, &choosing, &logs, &rest].concat();
        assert_eq!(granted, all);
        let reads = ["List", "Get", "Decrypt", "Describe", "Filter", "StartLiveTail"];
        for action in granted {
            let (_, name) = action.split_once(':').unwrap();
            assert!(reads.iter().any(|read| name.starts_with(read)), "{action}");
        }
    }
}
