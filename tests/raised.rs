//! What raises alarms and what does not, and what comes first: small pieces of evidence, asked as
//! somebody would ask.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

const ESTATE: &str = "accounts = [\"111122223333\"]\n";

/// What is printed of these records by a command of `alarms`.
fn printed(command: &[&str], records: &[Value], estate: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = records.iter().map(ToString::to_string).collect();
    fs::write(folder.path().join("evidence.jsonl"), lines.join("\n") + "\n").unwrap();
    fs::write(folder.path().join("estate.toml"), estate).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_trailcase"))
        .arg("alarms")
        .args(command)
        .arg(folder.path().join("evidence.jsonl"))
        .arg("--estate")
        .arg(folder.path().join("estate.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn alarms(records: &[Value], estate: &str) -> Vec<Value> {
    let told = printed(&["list", "--format", "jsonl"], records, estate);
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A call of a user of this name.
fn call(user: &str, source: &str, name: &str, request: &Value) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": "2026-03-04T10:00:00Z", "awsRegion": "eu-west-1",
        "eventSource": format!("{source}.amazonaws.com"), "eventName": name, "readOnly": false,
        "eventID": format!("00000000-0000-4000-8000-{:012}", user.len() * 1000 + name.len()),
        "eventType": "AwsApiCall", "recipientAccountId": "111122223333", "managementEvent": true,
        "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2", "requestParameters": request,
        "userIdentity": {
            "type": "IAMUser", "accountId": "111122223333", "userName": user,
            "arn": format!("arn:aws:iam::111122223333:user/{user}"),
        },
    })
}

/// The titles of the alarms of each of these calls, with how grave they are and why they were raised.
fn of_calls(calls: &[(&str, &str, Value)]) -> Vec<Vec<(String, String, String)>> {
    let user = |place: usize| format!("u{place:03}");
    let records: Vec<Value> = calls
        .iter()
        .enumerate()
        .map(|(place, (source, name, request))| {
            let mut record = call(&user(place), source, name, request);
            record["eventID"] = format!("00000000-0000-4000-8000-{place:012}").into();
            record
        })
        .collect();
    let mut found = vec![Vec::new(); calls.len()];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for alarm in alarms(&records, ESTATE) {
        for event in alarm["events"].as_array().unwrap() {
            let place: usize = event["id"].as_str().unwrap()[24..].parse().unwrap();
            let told = (text(&alarm["title"]), text(&alarm["severity"]), text(&alarm["why"]));
            found[place].push(told);
        }
    }
    found
}

/// Asserts of each call whether an alarm of this title is raised, and how grave it is.
fn check(title: &str, calls: &[(&str, &str, Value)], wanted: &[Option<&str>]) {
    let found = of_calls(calls);
    let of = |place: usize| {
        let one = found[place].iter().find(|(of, ..)| of == title);
        one.map(|(_, severity, _)| severity.as_str())
    };
    let wrong: Vec<String> = (0..calls.len())
        .filter(|place| of(*place) != wanted[*place])
        .map(|place| format!("{}: {:?}, not {:?}", calls[place].2, of(place), wanted[place]))
        .collect();
    assert!(wrong.is_empty(), "{title}\n{}", wrong.join("\n"));
}

/// A policy with these statements.
fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

const OWN: &str = "arn:aws:iam::111122223333:root";
const FOREIGN: &str = "arn:aws:iam::444455556666:root";

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

/// A finding of Inspector, with this state.
fn inspected(finding: &str, vulnerability: &str, state: &str, updated: &str) -> Value {
    json!({
        "awsAccountId": "111122223333", "description": "x", "firstObservedAt": "2026-03-04T10:00:00Z",
        "findingArn": format!("arn:aws:inspector2:eu-west-1:111122223333:finding/{finding}"),
        "lastObservedAt": "2026-03-04T10:00:00Z", "updatedAt": updated, "severity": "CRITICAL",
        "status": state, "title": format!("{vulnerability} - openssl"), "type": "PACKAGE_VULNERABILITY",
        "packageVulnerabilityDetails": {"vulnerabilityId": vulnerability},
        "resources": [{
            "details": {"awsEc2Instance": {"vpcId": "vpc-1", "subnetId": "subnet-1"}},
            "id": "i-0a", "type": "AWS_EC2_INSTANCE", "region": "eu-west-1",
        }],
    })
}

/// A finding of Security Hub with these members beside.
fn collected(finding: &str, more: &Value) -> Value {
    let mut record = json!({
        "SchemaVersion": "2018-10-08", "Id": finding, "GeneratorId": "tool", "AwsAccountId": "111122223333",
        "ProductArn": "arn:aws:securityhub:eu-west-1::product/acme/tool", "Types": ["TTPs/Initial Access"],
        "CreatedAt": "2026-03-04T10:00:00Z", "UpdatedAt": "2026-03-04T10:00:00Z",
        "Severity": {"Label": "HIGH"}, "Title": format!("Title of {finding}"), "Description": "d",
        "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::b"}],
        "Workflow": {"Status": "NEW"}, "RecordState": "ACTIVE",
    });
    record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    record
}

fn guarded(finding: &str, archived: bool, instance: &str) -> Value {
    json!({
        "schemaVersion": "2.0", "accountId": "111122223333", "region": "eu-west-1", "id": finding,
        "arn": format!("arn:aws:guardduty:eu-west-1:111122223333:detector/d/finding/{finding}"),
        "type": "UnauthorizedAccess:EC2/SSHBruteForce", "severity": 8, "title": "t", "description": "d",
        "createdAt": "2026-03-04T10:00:00Z", "updatedAt": "2026-03-04T10:00:00Z",
        "resource": {"resourceType": "Instance", "instanceDetails": {"instanceId": instance}},
        "service": {
            "serviceName": "guardduty", "detectorId": "d", "archived": archived, "count": 1,
            "action": {"actionType": "NETWORK_CONNECTION", "networkConnectionAction": {
                "remoteIpDetails": {"ipAddressV4": "203.0.113.9"}, "connectionDirection": "INBOUND"}},
        },
    })
}

fn titles(records: &[Value]) -> Vec<String> {
    let mut all: Vec<String> = alarms(records, ESTATE)
        .iter()
        .map(|alarm| format!("{} x{}", alarm["title"].as_str().unwrap(), alarm["count"]))
        .collect();
    all.sort();
    all
}

#[test]
fn different_findings_are_different_alarms() {
    let at = "2026-03-04T10:00:00Z";
    let found = titles(&[
        inspected("1", "CVE-2026-1", "ACTIVE", at),
        inspected("2", "CVE-2026-2", "ACTIVE", at),
        inspected("3", "CVE-2026-2", "ACTIVE", at),
    ]);
    assert_eq!(found, ["CVE-2026-1 - openssl x1", "CVE-2026-2 - openssl x2"]);
    let found = titles(&[
        guarded("1", false, "i-0a"),
        guarded("2", false, "i-0b"),
        guarded("3", false, "i-0a"),
    ]);
    let type_ = "UnauthorizedAccess:EC2/SSHBruteForce";
    assert_eq!(found, [format!("{type_} x1"), format!("{type_} x2")]);
    let found = titles(&[collected("a", &json!({})), collected("b", &json!({}))]);
    assert_eq!(found, ["Initial Access: Title of a x1", "Initial Access: Title of b x1"]);
    let macie = |finding: &str, bucket: &str, key: &str| {
        json!({
            "schemaVersion": "1.0", "id": finding, "accountId": "111122223333", "region": "eu-west-1",
            "type": "Policy:IAMUser/S3BucketPublic", "title": "t", "description": "d",
            "severity": {"score": 3, "description": "High"}, "createdAt": at, "updatedAt": at, "count": 1,
            "resourcesAffected": {"s3Bucket": {"arn": format!("arn:aws:s3:::{bucket}")},
                "s3Object": {"path": format!("{bucket}/{key}")}},
            "policyDetails": {"actor": {"userIdentity": {"type": "IAMUser", "iamUser": {
                "arn": "arn:aws:iam::111122223333:user/al"}}}},
            "category": "POLICY", "archived": false,
        })
    };
    let found = titles(&[macie("1", "b", "k"), macie("2", "c", "k"), macie("3", "b", "l")]);
    let type_ = "Policy:IAMUser/S3BucketPublic";
    assert_eq!(found, [format!("{type_} x1"), format!("{type_} x2")]);
}

#[test]
fn what_its_product_says_is_over_is_not_raised_and_is_counted() {
    let at = "2026-03-04T10:00:00Z";
    let closed = inspected("1", "CVE-2026-1", "CLOSED", at);
    let hidden = inspected("2", "CVE-2026-2", "SUPPRESSED", at);
    for (records, wanted) in [
        (
            vec![closed, hidden],
            "Amazon Inspector: 0 findings raise alarms; 1 finding left out: its product says CLOSED; \
             1 finding left out: its product says SUPPRESSED",
        ),
        (
            vec![guarded("1", true, "i-0a"), guarded("2", true, "i-0a")],
            "Amazon GuardDuty: 0 findings raise alarms; 2 findings left out: their product says \
             archived",
        ),
    ] {
        assert!(titles(&records).is_empty(), "{:?}", titles(&records));
        let told = printed(&["rules"], &records, ESTATE);
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    for state in [
        json!({"RecordState": "ARCHIVED"}),
        json!({"Workflow": {"Status": "RESOLVED"}}),
        json!({"Workflow": {"Status": "SUPPRESSED"}}),
        json!({"Compliance": {"Status": "PASSED"}}),
    ] {
        assert!(titles(&[collected("a", &state)]).is_empty(), "{state}");
    }
    for status in ["FAILED", "WARNING", "NOT_AVAILABLE"] {
        let found = titles(&[collected("a", &json!({"Compliance": {"Status": status}}))]);
        assert_eq!(found, ["posture: Initial Access x1"], "{status}");
    }
}

#[test]
fn a_finding_that_a_later_record_closes_says_so() {
    let (before, after) = ("2026-03-04T10:00:00Z", "2026-03-05T10:00:00Z");
    let closed = [
        inspected("1", "CVE-2026-1", "CLOSED", after),
        inspected("1", "CVE-2026-1", "ACTIVE", before),
    ];
    let found = alarms(&closed, ESTATE);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0]["count"].as_u64(), &found[0]["severity"]), (Some(1), &json!("critical")));
    let why = found[0]["why"].as_str().unwrap();
    assert!(why.contains("its product says CLOSED since 2026-03-05T10:00:00Z"), "{why}");
    assert_eq!(found[0]["product_says"], "CLOSED since 2026-03-05T10:00:00Z");
    assert_eq!(found[0]["state"], "new");
    let again = [
        inspected("1", "CVE-2026-1", "ACTIVE", after),
        inspected("1", "CVE-2026-1", "CLOSED", before),
    ];
    let why = alarms(&again, ESTATE)[0]["why"].as_str().unwrap().to_owned();
    assert!(!why.contains("its product says"), "{why}");
}

/// A change of an alarm of CloudWatch, at this minute.
fn changed(name: &str, state: &str, minute: u8) -> Value {
    let at = format!("2026-03-04T10:{minute:02}:00Z");
    json!({
        "version": "0", "id": format!("00000000-0000-4000-8000-0000000000{minute:02}"),
        "detail-type": "CloudWatch Alarm State Change", "source": "aws.cloudwatch",
        "account": "111122223333", "time": at, "region": "eu-west-1",
        "resources": [format!("arn:aws:cloudwatch:eu-west-1:111122223333:alarm:{name}")],
        "detail": {
            "alarmName": name,
            "state": {"value": state, "reason": format!("it is {state}"), "timestamp": at},
            "previousState": {"value": "INSUFFICIENT_DATA", "timestamp": "2026-03-04T09:00:00Z"},
            "configuration": {"metrics": []},
        },
    })
}

#[test]
fn an_alarm_of_cloudwatch_that_is_over_says_so() {
    let told = |changes: &[(&str, &str, u8)]| -> Vec<(u64, Value)> {
        let records: Vec<Value> =
            changes.iter().map(|(name, state, minute)| changed(name, state, *minute)).collect();
        let found = alarms(&records, ESTATE);
        found.iter().map(|it| (it["count"].as_u64().unwrap(), it["product_says"].clone())).collect()
    };
    let over = json!("OK since 2026-03-04T10:05:00Z");
    assert_eq!(told(&[("a", "OK", 5), ("a", "ALARM", 1)]), [(1, over)]);
    assert_eq!(told(&[("a", "ALARM", 1), ("b", "OK", 5)]), [(1, Value::Null)]);
    assert_eq!(told(&[("a", "OK", 1), ("a", "ALARM", 5)]), [(1, Value::Null)]);
    assert_eq!(told(&[("a", "ALARM", 1), ("a", "OK", 5), ("a", "ALARM", 7)]), [(2, Value::Null)]);
    assert_eq!(told(&[("a", "OK", 5), ("a", "INSUFFICIENT_DATA", 6)]), []);
}

#[test]
#[allow(clippy::too_many_lines, reason = "one table of calls")]
fn canaries_are_found_by_whatever_name_a_record_has_for_them() {
    let estate = "canaries = [\"db/canary\", \"/canary/param\", \"canary-files\", \"canary-table\", \
                  \"alias/canary-key\", \"canary-user\", \"arn:aws:s3:::files/canary-x.csv\", \"canary-member\"]\n";
    let calls = [
        (
            "secretsmanager",
            "GetSecretValue",
            json!({"secretId": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/canary-AbCdEf"}),
        ),
        ("ssm", "GetParameter", json!({"name": "/canary/param:3"})),
        ("ssm", "GetParameter", json!({"name": "/canary/param:label"})),
        (
            "ssm",
            "GetParameters",
            json!({"names": ["arn:aws:ssm:eu-west-1:111122223333:parameter/canary/param"]}),
        ),
        (
            "s3",
            "CopyObject",
            json!({"bucketName": "b", "key": "k", "x-amz-copy-source": "canary-files/a"}),
        ),
        (
            "s3",
            "CopyObject",
            json!({"bucketName": "b", "key": "k", "x-amz-copy-source": "/files%2Fcanary-x.csv"}),
        ),
        (
            "s3",
            "UploadPartCopy",
            json!({"bucketName": "b", "key": "k", "x-amz-copy-source": ["files/canary-x.csv"]}),
        ),
        (
            "dynamodb",
            "Scan",
            json!({"tableName": "arn:aws:dynamodb:eu-west-1:111122223333:table/canary-table"}),
        ),
        ("kms", "Decrypt", json!({"keyId": "arn:aws:kms:eu-west-1:111122223333:alias/canary-key"})),
        ("iam", "GetUser", json!({"arn": "arn:aws:iam::111122223333:user/path/canary-user"})),
        ("dynamodb", "PutItem", json!({"tableName": "t", "item": {"canary-member": 1}})),
        (
            "secretsmanager",
            "GetSecretValue",
            json!({"secretId": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/canary-2-AbCdEf"}),
        ),
        ("ssm", "GetParameter", json!({"name": "/canary/param2:3"})),
        ("s3", "GetObject", json!({"bucketName": "b", "key": "canary-files/a"})),
    ];
    let records: Vec<Value> = calls
        .iter()
        .enumerate()
        .map(|(place, (source, name, request))| {
            let mut record = call("u", source, name, request);
            record["eventID"] = format!("00000000-0000-4000-8000-{place:012}").into();
            record
        })
        .collect();
    let found = alarms(&records, estate);
    let of_canaries = found.iter().filter(|it| it["title"] == "A canary was touched");
    let events = of_canaries.flat_map(|it| it["events"].as_array().unwrap());
    let places: BTreeSet<usize> =
        events.map(|it| it["id"].as_str().unwrap()[24..].parse().unwrap()).collect();
    assert_eq!(places, (0..11).collect());
}

#[test]
fn whoever_is_watched_does_not_say_what_comes_first() {
    let session = |name: &str| {
        let mut record = call("x", "cloudtrail", "StopLogging", &json!({"name": "main"}));
        record["userIdentity"] = json!({
            "type": "AssumedRole", "accountId": "111122223333", "principalId": format!("AROAX:{name}"),
            "arn": format!("arn:aws:sts::111122223333:assumed-role/Admin/{name}"),
        });
        record
    };
    let key_of = |name: &str| call("al", "iam", "CreateAccessKey", &json!({"userName": name}));
    let priorities = |records: &[Value], estate: &str| -> BTreeSet<(String, u64)> {
        let of = |alarm: &Value| {
            (alarm["title"].as_str().unwrap().to_owned(), alarm["priority"].as_u64().unwrap())
        };
        alarms(records, estate).iter().map(of).collect()
    };
    let plain = priorities(&[session("s1")], ESTATE);
    assert!(plain.iter().any(|(_, priority)| *priority == 2), "{plain:?}");
    for name in ["sandbox-offline", "prod-public", "al@corp.example"] {
        assert_eq!(priorities(&[session(name)], ESTATE), plain, "{name}");
    }
    let plain = priorities(&[key_of("bert")], ESTATE);
    assert_eq!(priorities(&[key_of("demo-offline")], ESTATE), plain);
    // A role of this name lowers it; not if the evidence shows that it was made.
    let dev = || {
        let mut record = session("s1");
        record["userIdentity"]["arn"] =
            "arn:aws:sts::111122223333:assumed-role/dev-sandbox/s1".into();
        record
    };
    let of_stopping = |records: &[Value], estate: &str| {
        let all = priorities(records, estate).into_iter();
        let told: Vec<u64> =
            all.filter(|(title, _)| title.contains("stopped")).map(|(_, it)| it).collect();
        told
    };
    let made = |error: Option<&str>| {
        let mut record = call("eve", "iam", "CreateRole", &json!({"roleName": "dev-sandbox"}));
        record["errorCode"] = error.into();
        record
    };
    let plain_stopped = of_stopping(&[session("s1")], ESTATE);
    assert!(of_stopping(&[dev()], ESTATE) > plain_stopped);
    assert_eq!(of_stopping(&[dev(), made(None)], ESTATE), plain_stopped);
    assert!(of_stopping(&[dev(), made(Some("AccessDenied"))], ESTATE) > plain_stopped);
    let labelled = "[names]\n\"arn:aws:iam::111122223333:role/dev-sandbox\" = { label = \"play\", class = \"sandbox\" }\n";
    assert!(of_stopping(&[dev(), made(None)], labelled) > plain_stopped);
    // The owner may say so.
    let estate = "[names]\n\"111122223333\" = { label = \"play\", class = \"sandbox offline\" }\n";
    let told: BTreeMap<String, u64> =
        priorities(&[session("prod-public")], estate).into_iter().collect();
    assert!(told.values().all(|priority| *priority == 4), "{told:?}");
}
