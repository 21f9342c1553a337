//! Findings of other products: which are one alarm, and which are over.

use crate::{ESTATE, alarms, printed, titles};
use serde_json::{Value, json};

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
