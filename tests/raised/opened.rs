//! What everybody may use by now, and what others were given: policies, lists, networks.

use crate::{FOREIGN, OWN, call, check, of_calls, titles};
use serde_json::{Value, json};

/// A policy with these statements.
fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

#[test]
fn a_bucket_is_public_by_what_its_policy_says_however_it_is_written() {
    let put = |statements: Value| {
        let request = json!({"bucketName": "b", "bucketPolicy": policy(&statements)});
        ("s3", "PutBucketPolicy", request)
    };
    let narrow = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
    let allow =
        |principal: Value| json!([{"Effect": "Allow", "Principal": principal, "Action": "s3:*"}]);
    let text = policy(&allow(json!("*"))).to_string();
    let encoded: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let encoded = encoded.concat();
    let calls = [
        put(allow(json!("*"))),
        put(
            json!([{"Effect": "Allow", "Condition": narrow, "Principal": "*", "Action": "s3:GetObject"}]),
        ),
        put(
            json!([{"Principal": "*", "Condition": narrow, "Effect": "Allow", "Action": "s3:GetObject"}]),
        ),
        put(allow(json!({"AWS": [OWN, "*"]}))),
        put(allow(json!({"CanonicalUser": "x", "AWS": "*"}))),
        put(json!({"Effect": "Allow", "NotPrincipal": {"AWS": OWN}, "Action": "s3:*"})),
        ("s3", "PutBucketPolicy", json!({"bucketName": "b", "bucketPolicy": text})),
        ("s3", "PutBucketPolicy", json!({"bucketName": "b", "bucketPolicy": encoded})),
        put(json!([{"Effect": "Deny", "Principal": "*", "Action": "s3:*"}])),
        put(json!([
            {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "s3:*"},
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*"},
        ])),
        put(json!([{
            "Effect": "Allow", "Principal": "*", "Action": "s3:*",
            "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
        }])),
        ("s3", "PutBucketAcl", json!({"bucketName": "b", "x-amz-acl": ["public-read-write"]})),
        ("s3", "PutObjectAcl", json!({"bucketName": "b", "key": "k", "x-amz-acl": "public-read"})),
        ("s3", "CreateBucket", json!({"bucketName": "b", "x-amz-acl": "public-read"})),
        (
            "s3",
            "PutBucketAcl",
            json!({"bucketName": "b", "AccessControlPolicy": {"AccessControlList": {
            "Grant": {"Grantee": {"xsi:type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"},
                "Permission": "READ"}}}}),
        ),
        ("s3", "PutBucketAcl", json!({"bucketName": "b", "x-amz-acl": "private"})),
    ];
    let (high, medium) = (Some("high"), Some("medium"));
    let wanted = [
        high, medium, medium, high, high, high, high, high, None, None, None, high, high, high,
        high, None,
    ];
    check("A bucket was made public", &calls, &wanted);
    let why = &of_calls(&calls[1..2])[0][0].2;
    assert!(why.contains("s3:GetObject") && why.contains("IpAddress aws:SourceIp"), "{why}");
}

#[test]
fn an_object_that_is_written_for_everybody_opens_its_bucket() {
    let all = "http://acs.amazonaws.com/groups/global/AllUsers";
    let put = |name: &'static str, header: &str, value: Value| {
        ("s3", name, json!({"bucketName": "b", "key": "k", header: value}))
    };
    let calls = [
        put("PutObject", "x-amz-acl", json!(["public-read"])),
        put("PutObject", "x-amz-acl", json!("public-read-write")),
        put("CopyObject", "x-amz-acl", json!("authenticated-read")),
        put("CreateMultipartUpload", "x-amz-acl", json!("public-read")),
        put("PutObject", "x-amz-grant-read", json!(format!("uri=\"{all}\""))),
        put("CopyObject", "x-amz-grant-full-control", json!([format!("id=\"x\", uri={all}")])),
        put("PutObject", "x-amz-acl", json!("bucket-owner-full-control")),
        put("PutObject", "x-amz-grant-read", json!("id=\"111122223333\"")),
        put("PutObject", "x-amz-storage-class", json!("STANDARD")),
    ];
    let wanted: Vec<Option<&str>> =
        (0..calls.len()).map(|place| (place < 6).then_some("high")).collect();
    check("A bucket was made public", &calls, &wanted);
    // As some events have it, beside what was asked.
    let mut beside = call("u", "s3", "PutObject", &json!({"bucketName": "b", "key": "k"}));
    beside["additionalEventData"] = json!({"x-amz-acl": "public-read"});
    let mut denied =
        call("u2", "s3", "PutObject", &json!({"bucketName": "b", "x-amz-acl": "public-read"}));
    denied["errorCode"] = "AccessDenied".into();
    assert_eq!(titles(&[beside, denied]), ["A bucket was made public x1"]);
}

#[test]
fn a_role_is_open_by_what_its_trust_says() {
    let trust = |name, statements: Value| {
        let member =
            if name == "CreateRole" { "assumeRolePolicyDocument" } else { "policyDocument" };
        let request = json!({"roleName": "r", member: policy(&statements).to_string()});
        ("iam", name, request)
    };
    let of = |effect: &str, principal: Value| json!([{"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}]);
    let calls = [
        trust("UpdateAssumeRolePolicy", of("Allow", json!({"AWS": [OWN, "*"]}))),
        trust("CreateRole", of("Allow", json!("*"))),
        trust("UpdateAssumeRolePolicy", of("Deny", json!("*"))),
        trust("CreateRole", of("Allow", json!({"Service": "ec2.amazonaws.com"}))),
    ];
    check("A role may be taken by anybody", &calls, &[Some("high"), Some("high"), None, None]);
}

#[test]
fn a_policy_allows_everything_by_what_it_says() {
    let put = |statement: Value| {
        let request = json!({"roleName": "r", "policyDocument": policy(&statement).to_string()});
        ("iam", "PutRolePolicy", request)
    };
    let allow = |action: Value| json!([{"Action": action, "Effect": "Allow", "Resource": "*"}]);
    let calls = [
        put(allow(json!("*"))),
        put(allow(json!(["iam:*", "*"]))),
        put(allow(json!("*:*"))),
        put(json!({"Effect": "Allow", "Action": ["*"], "Resource": ["*"]})),
        put(json!([{"Effect": "Allow", "NotAction": "s3:x", "Resource": "*"}])),
        put(json!([{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/*"}])),
        put(json!([
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*"},
        ])),
        put(allow(json!("s3:*"))),
        put(allow(json!(["s3:GetObject", "iam:*"]))),
        (
            "sso",
            "PutInlinePolicyToPermissionSet",
            json!({"inlinePolicy": policy(&allow(json!("*"))).to_string()}),
        ),
    ];
    let (high, medium) = (Some("high"), Some("medium"));
    let wanted = [high, high, high, high, medium, medium, None, None, high, high];
    check("A policy was written that allows everything", &calls, &wanted);
}

#[test]
fn very_wide_networks_are_everybody() {
    let ingress = |range: Value| {
        let items = json!({"items": [{"ipProtocol": "tcp", "ipRanges": {"items": [range]}}]});
        ("ec2", "AuthorizeSecurityGroupIngress", json!({"groupId": "sg-1", "ipPermissions": items}))
    };
    let v4 = |network: &str| ingress(json!({"cidrIp": network}));
    let v6 = |network: &str| ingress(json!({"cidrIpv6": network}));
    let modified = |network: &str| {
        let rule =
            json!({"SecurityGroupRuleId": "sgr-1", "SecurityGroupRule": {"CidrIpv4": network}});
        let request = json!({"GroupId": "sg-1", "SecurityGroupRule": rule});
        ("ec2", "ModifySecurityGroupRules", json!({"ModifySecurityGroupRulesRequest": request}))
    };
    let calls = [
        v4("0.0.0.0/0"),
        v4("0.0.0.0/1"),
        v4("128.0.0.0/1"),
        v4("64.0.0.0/7"),
        v6("::/0"),
        v6("2000::/3"),
        v6("2600::/15"),
        modified("128.0.0.0/1"),
        v4("10.0.0.0/8"),
        v4("224.0.0.0/4"),
        v4("0.0.0.0/10"),
        v6("fc00::/7"),
        v6("2001::/16"),
        v6("2001:db8::/32"),
        modified("203.0.113.0/24"),
    ];
    let wanted: Vec<Option<&str>> =
        (0..calls.len()).map(|place| (place < 8).then_some("medium")).collect();
    check("A security group was opened to everybody", &calls, &wanted);
}

#[test]
fn a_permission_set_of_administrators_is_told() {
    let attach = |policy: &str| {
        let policy = format!("arn:aws:iam::aws:policy/{policy}");
        let request = json!({"permissionSetArn": "arn:aws:sso:::permissionSet/x/y", "managedPolicyArn": policy});
        ("sso", "AttachManagedPolicyToPermissionSet", request)
    };
    let calls = [
        attach("AdministratorAccess"),
        attach("IAMFullAccess"),
        attach("PowerUserAccess"),
        attach("ReadOnlyAccess"),
    ];
    let high = Some("high");
    check("Somebody was made an administrator", &calls, &[high, high, high, None]);
}

#[test]
fn whatever_has_a_policy_may_be_open_to_everybody() {
    let open =
        policy(&json!([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]));
    let text = open.to_string();
    let calls = [
        ("kms", "PutKeyPolicy", json!({"keyId": "k", "policy": text})),
        ("kms", "CreateKey", json!({"policy": text})),
        ("sqs", "SetQueueAttributes", json!({"queueUrl": "q", "attributes": {"Policy": text}})),
        ("sqs", "CreateQueue", json!({"queueName": "q", "attributes": {"Policy": text}})),
        (
            "sns",
            "SetTopicAttributes",
            json!({"topicArn": "t", "attributeName": "Policy", "attributeValue": text}),
        ),
        ("sns", "CreateTopic", json!({"name": "t", "attributes": {"Policy": text}})),
        ("ecr", "SetRepositoryPolicy", json!({"repositoryName": "r", "policyText": text})),
        ("lambda", "AddPermission20150331v2", json!({"functionName": "f", "principal": "*"})),
        ("secretsmanager", "PutResourcePolicy", json!({"secretId": "s", "resourcePolicy": text})),
        (
            "ec2",
            "ModifySnapshotAttribute",
            json!({"snapshotId": "s", "createVolumePermission": {"add": {"items": [{"group": "all"}]}}}),
        ),
        (
            "rds",
            "ModifyDBSnapshotAttribute",
            json!({"dBSnapshotIdentifier": "s", "attributeName": "restore", "valuesToAdd": ["all"]}),
        ),
        ("events", "PutPermission", json!({"action": "events:PutEvents", "principal": "*"})),
        ("ssm", "ModifyDocumentPermission", json!({"name": "d", "accountIdsToAdd": ["All"]})),
        (
            "rds",
            "ModifyDBInstance",
            json!({"dBInstanceIdentifier": "d", "publiclyAccessible": true}),
        ),
    ];
    for (place, alarms) in of_calls(&calls).iter().enumerate() {
        let titles: Vec<&str> = alarms.iter().map(|(title, ..)| title.as_str()).collect();
        let is_public = |title: &&str| {
            title.contains("everybody") || title.contains("with all") || title.contains("internet")
        };
        assert!(titles.iter().any(is_public), "{} {titles:?}", calls[place].2);
    }
}

#[test]
#[allow(clippy::too_many_lines, reason = "one table of calls")]
fn what_is_shared_with_another_account_is_told_and_what_is_denied_to_it_is_not() {
    let of = |effect: &str| {
        policy(
            &json!([{"Effect": effect, "Principal": {"AWS": FOREIGN}, "Action": "*", "Resource": "*"}]),
        )
    };
    let text = of("Allow").to_string();
    let other = "b".repeat(64);
    let calls = [
        (
            "ssm",
            "ModifyDocumentPermission",
            json!({"name": "d", "accountIdsToAdd": ["444455556666"]}),
        ),
        (
            "events",
            "PutPermission",
            json!({"action": "events:PutEvents", "principal": "444455556666"}),
        ),
        (
            "elasticfilesystem",
            "PutFileSystemPolicy",
            json!({"fileSystemId": "fs-1", "policy": text}),
        ),
        ("backup", "PutBackupVaultAccessPolicy", json!({"backupVaultName": "v", "policy": text})),
        ("s3", "PutAccessPointPolicy", json!({"name": "ap", "policy": text})),
        (
            "redshift",
            "AuthorizeDataShare",
            json!({"dataShareArn": "x", "consumerIdentifier": "444455556666"}),
        ),
        (
            "lakeformation",
            "GrantPermissions",
            json!({"principal": {"dataLakePrincipalIdentifier": "444455556666"}}),
        ),
        ("glacier", "SetVaultAccessPolicy", json!({"vaultName": "v", "policy": {"policy": text}})),
        (
            "ds",
            "ShareDirectory",
            json!({"directoryId": "d", "shareTarget": {"id": "444455556666"}}),
        ),
        ("ecr", "PutRegistryPolicy", json!({"policyText": text})),
        ("kms", "CreateKey", json!({"policy": text})),
        ("sqs", "CreateQueue", json!({"queueName": "q", "attributes": {"Policy": text}})),
        ("sns", "CreateTopic", json!({"name": "q", "attributes": {"Policy": text}})),
        (
            "s3",
            "PutBucketAcl",
            json!({"bucketName": "b", "AccessControlPolicy": {
            "AccessControlList": {"Grant": [{"Grantee": {"xsi:type": "CanonicalUser", "ID": other}}]},
            "Owner": {"ID": "a".repeat(64)}}}),
        ),
        (
            "s3",
            "CreateBucket",
            json!({"bucketName": "b", "x-amz-grant-read": format!("id=\"{other}\"")}),
        ),
        ("s3", "PutBucketPolicy", json!({"bucketName": "b", "bucketPolicy": of("Allow")})),
        (
            "lambda",
            "AddPermission20150331v2",
            json!({"functionName": "f", "principal": "444455556666"}),
        ),
        ("sqs", "AddPermission", json!({"queueUrl": "q", "aWSAccountIds": ["444455556666"]})),
        ("kms", "CreateGrant", json!({"keyId": "k", "granteePrincipal": FOREIGN})),
        ("ram", "CreateResourceShare", json!({"name": "x", "principals": ["444455556666"]})),
        // Nothing of theirs.
        ("s3", "PutBucketPolicy", json!({"bucketName": "b", "bucketPolicy": of("Deny")})),
        ("kms", "PutKeyPolicy", json!({"keyId": "444455556666", "policy": of("Deny").to_string()})),
        (
            "s3",
            "PutBucketAcl",
            json!({"bucketName": "b", "AccessControlPolicy": {
            "AccessControlList": {"Grant": [{"Grantee": {"ID": "a".repeat(64)}}]},
            "Owner": {"ID": "a".repeat(64)}}}),
        ),
    ];
    let wanted: Vec<Option<&str>> =
        (0..calls.len()).map(|place| (place < 20).then_some("medium")).collect();
    check("Something was shared with an account that is not ours", &calls, &wanted);
}
