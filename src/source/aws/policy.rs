//! The permissions that AWS is asked with: what a refusal names, and the policy that grants them.
//! All of them read.

use serde_json::{Value, json};

pub const LIST_BUCKET: &str = "s3:ListBucket";
pub const GET_OBJECT: &str = "s3:GetObject";
/// It names no resource.
pub const LIST_KEYS: &str = "cloudtrail:ListPublicKeys";
/// Granted to whoever takes a role, so that it is in no policy of the role.
pub const ASSUME: &str = "sts:AssumeRole";
/// Needs no grant; it can only be refused by a denial.
pub const WHO: &str = "sts:GetCallerIdentity";
const DECRYPT: &str = "kms:Decrypt";

/// The IAM policy, with names to be filled in: `BUCKET`, `PREFIX`, and the ARN of the key where
/// objects are encrypted with one.
pub fn document() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ListEvidence",
                "Effect": "Allow",
                "Action": [LIST_BUCKET],
                "Resource": ["arn:aws:s3:::BUCKET"],
            },
            {
                "Sid": "ReadEvidence",
                "Effect": "Allow",
                "Action": [GET_OBJECT],
                "Resource": ["arn:aws:s3:::BUCKET/PREFIX*"],
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
        assert_eq!(granted, [LIST_BUCKET, GET_OBJECT, DECRYPT, LIST_KEYS]);
        let reads = ["List", "Get", "Decrypt"];
        for action in granted {
            let (_, name) = action.split_once(':').unwrap();
            assert!(reads.iter().any(|read| name.starts_with(read)), "{action}");
        }
    }
}
