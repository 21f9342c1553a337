//! What GuardDuty says about the incident: findings as its export writes them, one a line.

use super::attack::{ADMIN, BACKDOOR, BASTION_ROLE};
use super::cast::{
    self, BASTION, BASTION_ID, BASTION_INTERFACE, HOME, INTRUDER, PRODUCTION, STOLEN_BUCKET, at,
    stamp,
};
use super::random::Random;
use serde_json::{Value, json};

struct Finding {
    kind: &'static str,
    severity: f64,
    title: &'static str,
    first: i64,
    last: i64,
    count: u64,
    resource: Value,
    action: Value,
}

/// Writes all findings; returns how many.
pub(super) fn write(random: &mut Random, out: &mut String) -> u64 {
    let findings = findings();
    for finding in &findings {
        out.push_str(&finding.json(random).to_string());
        out.push('\n');
    }
    findings.len() as u64
}

impl Finding {
    fn json(&self, random: &mut Random) -> Value {
        let (id, detector) = (random.hex(32), "d4b040365221be2b54a6264dcdemo001");
        json!({
            "schemaVersion": "2.0", "accountId": PRODUCTION, "region": HOME, "partition": "aws",
            "id": id,
            "arn": format!("arn:aws:guardduty:{HOME}:{PRODUCTION}:detector/{detector}/finding/{id}"),
            "type": self.kind,
            "resource": self.resource,
            "service": {
                "serviceName": "guardduty", "detectorId": detector, "action": self.action,
                "resourceRole": "TARGET", "additionalInfo": { "value": "{}", "type": "default" },
                "eventFirstSeen": stamp(self.first), "eventLastSeen": stamp(self.last),
                "archived": false, "count": self.count,
            },
            "severity": self.severity,
            "createdAt": format!("{}.000Z", stamp(self.last + 300).trim_end_matches('Z')),
            "updatedAt": format!("{}.000Z", stamp(self.last + 300).trim_end_matches('Z')),
            "title": self.title,
            "description": format!("{} The caller was {INTRUDER}.", self.title),
        })
    }
}

fn remote() -> Value {
    json!({
        "ipAddressV4": INTRUDER, "country": { "countryName": "Atlantis" },
        "organization": { "asn": "64500", "asnOrg": "Example Hosting", "isp": "Example Hosting", "org": "Example Hosting" },
    })
}

fn api(name: &str, service: &str) -> Value {
    json!({
        "actionType": "AWS_API_CALL",
        "awsApiCallAction": {
            "api": name, "serviceName": format!("{service}.amazonaws.com"), "callerType": "Remote IP",
            "remoteIpDetails": remote(), "affectedResources": {},
        },
    })
}

fn probed(port: u16, name: &str) -> Value {
    json!({
        "actionType": "NETWORK_CONNECTION",
        "networkConnectionAction": {
            "connectionDirection": "INBOUND", "protocol": "TCP", "blocked": false,
            "localIpDetails": { "ipAddressV4": BASTION },
            "localPortDetails": { "port": port, "portName": name },
            "remoteIpDetails": remote(), "remotePortDetails": { "port": 50_133, "portName": "Unknown" },
            "localNetworkInterface": BASTION_INTERFACE,
        },
    })
}

fn by_key(key: &str, principal: &str, name: &str, kind: &str) -> Value {
    json!({
        "resourceType": "AccessKey",
        "accessKeyDetails": {
            "accessKeyId": key, "principalId": principal, "userName": name, "userType": kind,
        },
    })
}

fn bastion() -> Value {
    json!({
        "resourceType": "Instance",
        "instanceDetails": {
            "instanceId": BASTION_ID, "instanceType": "t3.small",
            "networkInterfaces": [{
                "networkInterfaceId": BASTION_INTERFACE, "privateIpAddress": BASTION,
                "publicIp": "192.0.2.50", "vpcId": "vpc-0d3a0c0ffee123456",
                "subnetId": "subnet-0d3a0c0ffee654321",
                "securityGroups": [{ "groupName": "bastion", "groupId": "sg-0ba57100c0ffee123" }],
            }],
            "tags": [{ "key": "Name", "value": "bastion-1" }],
        },
    })
}

fn bucket(key: &str) -> Value {
    let mut resource = by_key(key, "AIDADEMOBACKUPSVC0001", BACKDOOR, "IAMUser");
    resource["resourceType"] = "S3Bucket".into();
    resource["s3BucketDetails"] = json!([{
        "arn": format!("arn:aws:s3:::{STOLEN_BUCKET}"), "name": STOLEN_BUCKET, "type": "Destination",
    }]);
    resource
}

fn finding(
    kind: &'static str,
    (severity, count): (f64, u64),
    title: &'static str,
    (first, last): (i64, i64),
    resource: Value,
    action: Value,
) -> Finding {
    Finding { kind, severity, title, first, last, count, resource, action }
}

fn findings() -> Vec<Finding> {
    let (admin, stolen) = (ADMIN.key(), cast::user_key(BACKDOOR));
    let carried = BASTION_ROLE.key();
    vec![
        finding(
            "Recon:EC2/Portscan",
            (5.0, 180),
            "Many ports of your instances were tried from one address.",
            (at(10, 31, 20), at(10, 33, 22)),
            bastion(),
            probed(22, "SSH"),
        ),
        finding(
            "UnauthorizedAccess:EC2/SSHBruteForce",
            (5.0, 99),
            "An instance is the target of password guessing over SSH.",
            (at(10, 33, 5), at(10, 39, 48)),
            bastion(),
            probed(22, "SSH"),
        ),
        finding(
            "Stealth:IAMUser/CloudTrailLoggingDisabled",
            (2.0, 1),
            "The trail org-main was stopped.",
            (at(10, 42, 2), at(10, 42, 2)),
            by_key(&admin, "AROADEMOADMIN00000001:maint", "Admin", "AssumedRole"),
            api("StopLogging", "cloudtrail"),
        ),
        finding(
            "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS",
            (8.0, 2),
            "Credentials of an instance were used from an address outside of AWS.",
            (at(10, 43, 10), at(10, 43, 26)),
            by_key(
                &carried,
                &format!("AROADEMOBASTION000001:{BASTION_ID}"),
                "bastion",
                "AssumedRole",
            ),
            api("GetSecretValue", "secretsmanager"),
        ),
        finding(
            "Exfiltration:S3/AnomalousBehavior",
            (8.0, 240),
            "A user read an unusual number of objects from a bucket.",
            (at(10, 46, 0), at(10, 57, 57)),
            bucket(&stolen),
            api("GetObject", "s3"),
        ),
        finding(
            "AttackSequence:S3/CompromisedData",
            (9.0, 1),
            "A sequence of actions shows that data of a bucket was taken and destroyed.",
            (at(10, 31, 7), at(11, 1, 30)),
            bucket(&stolen),
            api("DeleteObjects", "s3"),
        ),
    ]
}
