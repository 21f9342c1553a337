//! Detectors over logs as services write them: what each has to tell, whoever did it and wherever it
//! is written down.

use crate::bench::Bench;
use serde_json::{Value, json};
use std::fmt::Write;

/// A moment of 4 March 2026, so many seconds after midnight.
fn time(second: u32) -> String {
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("2026-03-04T{hour:02}:{minute:02}:{:02}Z", second % 60)
}

fn user(name: &str) -> Value {
    let arn = format!("arn:aws:iam::111122223333:user/{name}");
    json!({"type": "IAMUser", "arn": arn, "accountId": "111122223333", "userName": name})
}

/// A call to read an object, by whom, and what is other than usual.
fn call(number: u32, second: u32, by: &Value, more: &Value) -> Value {
    let mut event = json!({
        "eventVersion": "1.11", "eventTime": time(second), "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject", "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.9",
        "userAgent": "aws-cli/2", "userIdentity": by, "eventType": "AwsApiCall", "readOnly": true,
        "eventID": format!("00000000-0000-4000-8000-{number:012}"),
        "requestParameters": {"bucketName": "acme-data", "key": number.to_string()},
        "recipientAccountId": "111122223333",
    });
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

fn lines(events: &[Value]) -> String {
    events.iter().fold(String::new(), |mut text, event| {
        let _ = writeln!(text, "{event}");
        text
    })
}

/// The rows that are listed of these lines, cut at what they are about: title, count, about.
fn listed(name: &str, text: &str, estate: &str) -> Vec<(String, u64, String)> {
    let bench = Bench::new();
    let evidence = bench.write(name, text.as_bytes());
    let path = bench.path("estate.toml");
    std::fs::write(&path, estate).unwrap();
    let estate = path.display().to_string();
    let arguments = ["alarms", "list", &evidence, "--estate", &estate];
    let rows = bench.run(&arguments).out;
    let said = bench.run(&[&arguments[..], &["--format", "jsonl"]].concat());
    let heads = rows.lines().filter(|line| !line.starts_with("    "));
    let one = |(alarm, head): (Value, &str)| {
        let title = alarm["title"].as_str().unwrap().to_owned();
        let (_, about) = head.split_once(&title).unwrap();
        (title, alarm["count"].as_u64().unwrap(), about.trim().to_owned())
    };
    said.json().into_iter().zip(heads).map(one).collect()
}

/// What is listed with this title: count, and what it is about.
fn of(title: &str, all: Vec<(String, u64, String)>) -> Vec<(u64, String)> {
    all.into_iter().filter(|(of, ..)| of == title).map(|(_, count, about)| (count, about)).collect()
}

/// Who makes the call of this number.
type By<'a> = &'a dyn Fn(u32) -> Value;

const REFUSED: &str = "Many calls of one principal were refused";

#[test]
fn many_refused_calls_are_told_whoever_made_them() {
    let refused = json!({"errorCode": "AccessDenied"});
    let session = |number: u32| {
        let issuer = json!({"type": "Role", "arn": "arn:aws:iam::111122223333:role/Admin"});
        json!({
            "type": "AssumedRole", "principalId": format!("AROAX:s{number}"),
            "arn": format!("arn:aws:sts::111122223333:assumed-role/Admin/s{number}"),
            "accountId": "111122223333", "sessionContext": {"sessionIssuer": issuer},
        })
    };
    let user_id = "544894e8-80c1-707f-60e3-3ba6510dfac1";
    let stranger = "AIDAJ45Q7YFFAREXAMPLE";
    let cases: [(By<'_>, &str); 6] = [
        (
            &|_| json!({"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}),
            "203.0.113.9",
        ),
        (
            &|_| json!({"type": "AWSAccount", "principalId": stranger, "accountId": "444455556666"}),
            stranger,
        ),
        (&|_| json!({"type": "IdentityCenterUser", "onBehalfOf": {"userId": user_id}}), user_id),
        (&|_| json!({"type": "WebIdentityUser", "userName": "sub"}), "sub"),
        (&|_| json!({"type": "AWSService", "invokedBy": "x.amazonaws.com"}), "x.amazonaws.com"),
        // A session has a new name each time.
        (&|number| session(number / 4), "arn:aws:iam::111122223333:role/Admin"),
    ];
    for (by, who) in cases {
        let calls: Vec<Value> = (0..24).map(|at| call(at, 12 * at, &by(at), &refused)).collect();
        let found = of(REFUSED, listed("trail.jsonl", &lines(&calls), ""));
        assert_eq!(found, [(24, who.to_owned())]);
    }
}

#[test]
fn many_refused_calls_are_told_wherever_they_are_written_down() {
    let owner = "79a5".repeat(16);
    let s3 = |who: &str| {
        let line = |at: u32| {
            format!(
                "{owner} acme-data [04/Mar/2026:00:{:02}:{:02} +0000] 203.0.113.9 {who} R{at} \
                 REST.GET.OBJECT k \"GET /acme-data/k HTTP/1.1\" 403 AccessDenied 243 - 7 - \"-\" \
                 \"curl/8\" - Uo2mPlsWmVw= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader \
                 acme-data.s3.eu-west-1.amazonaws.com TLSv1.2 - -\n",
                at / 60,
                at % 60,
            )
        };
        (0..24).map(|at| line(at * 12)).collect::<String>()
    };
    let arn = "arn:aws:iam::444455556666:user/mallory";
    assert_eq!(of(REFUSED, listed("s3.log", &s3(arn), "")), [(24, arn.to_owned())]);
    let nobody = [(24, "203.0.113.9".to_owned())];
    assert_eq!(of(REFUSED, listed("s3.log", &s3("-"), "")), nobody);
    let audit = |at: u32| {
        json!({
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata",
            "auditID": format!("00000000-0000-4000-8000-{at:012}"), "stage": "ResponseComplete",
            "requestURI": "/api/v1/secrets", "verb": "list",
            "user": {"username": "system:anonymous", "groups": ["system:unauthenticated"]},
            "sourceIPs": ["203.0.113.9"], "objectRef": {"resource": "secrets", "apiVersion": "v1"},
            "responseStatus": {"metadata": {}, "code": 403, "reason": "Forbidden"},
            "requestReceivedTimestamp": time(12 * at), "stageTimestamp": time(12 * at),
        })
    };
    let audit: Vec<Value> = (0..24).map(audit).collect();
    assert_eq!(of(REFUSED, listed("audit.jsonl", &lines(&audit), "")), nobody);
}

/// As long as the rule was one of logs of CloudTrail, alarms were known so; decisions about them stay.
#[test]
fn alarms_about_refused_calls_are_known_as_they_were() {
    let bench = Bench::new();
    let refused = json!({"errorCode": "AccessDenied"});
    let calls: Vec<Value> = (0..24).map(|at| call(at, 12 * at, &user("alice"), &refused)).collect();
    let evidence = bench.write("trail.jsonl", lines(&calls).as_bytes());
    let said = bench.run(&["alarms", "list", &evidence, "--format", "jsonl"]).json();
    assert_eq!(said[0]["rule"], "5a4f3c52-0c5f-5d0b-8e53-1f8f1f0a7d20");
    assert_eq!(said[0]["fingerprint"], "2cc6494c174a5195");
}

const MUCH: &str = "Much more was taken than is usual";

/// What Alice takes in each of these hours, in megabytes.
fn taken(hours: &[u64]) -> String {
    let one = |(hour, megabytes): (u32, &u64)| {
        let bytes = json!({"bytesTransferredOut": megabytes * 1_000_000});
        let more = json!({"additionalEventData": bytes});
        call(hour, hour * 3600, &user("alice"), &more)
    };
    lines(&(0..).zip(hours).map(one).collect::<Vec<_>>())
}

#[test]
fn whoever_takes_much_for_long_is_told_all_the_same() {
    let alice = || "arn:aws:iam::111122223333:user/alice".to_owned();
    for hours in [5, 6, 12] {
        let found = of(MUCH, listed("trail.jsonl", &taken(&vec![50_000; hours]), ""));
        assert_eq!(found, [(hours as u64, alice())]);
    }
    let plateau = [[1; 10].as_slice(), &[5_000; 14]].concat();
    assert_eq!(of(MUCH, listed("trail.jsonl", &taken(&plateau), "")), [(14, alice())]);
}

const MANY: &str = "Requests became many more than was usual";

#[test]
fn a_principal_that_nobody_knows_and_that_asks_for_much_is_told() {
    let calls: Vec<Value> = (0..6000)
        .map(|at| call(at, at / 5, &user("new"), &json!({"eventName": "ListBuckets"})))
        .collect();
    let found = of(MANY, listed("trail.jsonl", &lines(&calls), ""));
    let who: Vec<&str> = found.iter().map(|(_, who)| who.as_str()).collect();
    assert_eq!(who, ["arn:aws:iam::111122223333:user/new"]);
}

#[test]
fn an_alarm_of_an_address_or_a_call_is_listed_as_one() {
    let steady = (0..100).map(|at| call(at, at * 60, &user("u0"), &json!({})));
    let spread =
        (0..58).map(|at| call(100 + at, 99 * 60 + at, &user(&format!("u{at}")), &json!({})));
    let calls: Vec<Value> = steady.chain(spread).collect();
    let found = of(MANY, listed("trail.jsonl", &lines(&calls), ""));
    let mut who: Vec<&str> = found.iter().map(|(_, who)| who.as_str()).collect();
    who.sort_unstable();
    assert_eq!(who, ["203.0.113.9", "GetObject"]);
}

#[test]
fn what_does_not_comply_is_listed_by_its_name() {
    let rule = "arn:aws:config:eu-west-1:111122223333:config-rule/config-rule-abcdef";
    let change = |number: u32, resource: &str| {
        json!({
            "version": "0", "id": format!("00000000-0000-4000-8000-{number:012}"),
            "detail-type": "Config Rules Compliance Change", "source": "aws.config",
            "account": "111122223333", "time": time(0), "region": "eu-west-1", "resources": [],
            "detail": {
                "resourceId": resource, "resourceType": "AWS::EC2::Instance",
                "awsRegion": "eu-west-1", "awsAccountId": "111122223333",
                "configRuleName": "no-open-ssh", "recordVersion": "1.0", "configRuleARN": rule,
                "messageType": "ComplianceChangeNotification",
                "newEvaluationResult": {"complianceType": "NON_COMPLIANT"},
            },
        })
    };
    let text = lines(&[change(1, "i-dev"), change(2, "i-prod")]);
    let found = listed("config.jsonl", &text, "");
    let mut who: Vec<&str> = found.iter().map(|(.., who)| who.as_str()).collect();
    who.sort_unstable();
    assert_eq!(who, ["i-dev", "i-prod"]);
}

#[test]
fn what_leaves_over_a_transit_gateway_leaves() {
    let head = "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id \
                tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id \
                tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id \
                tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start \
                end log-status type packets-lost-no-route packets-lost-blackhole \
                packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region flow-direction \
                pkt-src-aws-service pkt-dst-aws-service\n";
    let attachment = "tgw-attach-0a1b2c3d4e5f60718";
    let flow = |at: u32| {
        format!(
            "6 TransitGateway 111122223333 tgw-0a1b2c3d4e5f60718 {attachment} 111122223333 - \
             vpc-0a1b2c3d4e5f60718 - subnet-0a1b2c3d4e5f60718 - eni-0a1b2c3d4e5f60718 - euw1-az1 - - \
             10.0.0.5 198.51.100.9 44330 443 6 1000 300000000 {} {} OK IPv4 0 0 0 0 3 eu-west-1 \
             egress - -\n",
            1_772_582_400 + 60 * at,
            1_772_582_459 + 60 * at,
        )
    };
    let text = format!("{head}{}", (0..10).map(flow).collect::<String>());
    let found = listed("tgw.log", &text, "networks = [\"10.0.0.0/8\"]\n");
    let title = "Much was sent to networks that are not ours";
    assert_eq!(of(title, found), [(10, "10.0.0.5".to_owned())]);
}

#[test]
fn canaries_are_found_in_members_that_are_no_columns() {
    let canaries = "canaries = [\"canary-record-77\", \"/canary/two\", \"*canary_customers*\", \
                    \"198.51.100.0/24\", \"4111111111111111\"]\n";
    let asked = [
        json!({"tableName": "t", "key": {"id": "Canary-Record-77"}}),
        json!({"names": ["/x", "/canary/two"], "withDecryption": true}),
        json!({"sql": "select * from canary_customers"}),
        json!({"rules": [{"target": "198.51.100.7"}]}),
        json!({"card": 4_111_111_111_111_111_u64}),
        json!({"policy": "{\"Resource\":\"\\/canary\\/two\"}"}),
        json!({"tableName": "canary-record-778", "names": ["/canary/two/more"]}),
    ];
    let one = |(at, asked): (u32, &Value)| {
        call(at, at, &user("alice"), &json!({"requestParameters": asked}))
    };
    let calls: Vec<Value> = (0..).zip(&asked).map(one).collect();
    let found = listed("trail.jsonl", &lines(&calls), canaries);
    let mut counts: Vec<u64> =
        of("A canary was touched", found).iter().map(|(count, _)| *count).collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 1, 1, 1, 2]);
}

#[test]
fn data_that_anybody_can_read_is_told_once_a_bucket() {
    let nobody =
        json!({"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"});
    let read = |at: u32| {
        let bucket = if at < 30 { "acme-data" } else { "acme-more" };
        let asked = json!({"bucketName": bucket, "key": at.to_string()});
        call(at, at, &nobody, &json!({"requestParameters": asked}))
    };
    let mut calls: Vec<Value> = (0..60).map(read).collect();
    calls.push(call(99, 99, &nobody, &json!({"requestParameters": {"bucketName": "acme-few"}})));
    let found = of("Anybody can read or write this data", listed("t.jsonl", &lines(&calls), ""));
    assert_eq!(found, [(30, "acme-data".to_owned()), (30, "acme-more".to_owned())]);
}

#[test]
fn each_bucket_that_is_made_public_is_an_alarm() {
    let open = |at: u32| {
        let bucket = format!("acme-{at}");
        let allow = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"});
        let asked = json!({"bucketName": bucket, "bucketPolicy": {"Statement": [allow]}});
        let more = json!({"eventName": "PutBucketPolicy", "requestParameters": asked});
        call(at, at / 2, &user("alice"), &more)
    };
    let mut calls: Vec<Value> = (0..4).map(open).collect();
    // Once more the same one.
    calls.push(call(9, 9, &user("alice"), &{
        let mut again = open(1);
        let asked = again["requestParameters"].take();
        json!({"eventName": "PutBucketPolicy", "requestParameters": asked})
    }));
    let found = of("A bucket was made public", listed("trail.jsonl", &lines(&calls), ""));
    let counts: Vec<u64> = found.iter().map(|(count, _)| *count).collect();
    assert_eq!((counts.iter().sum::<u64>(), counts.len()), (5, 4), "{found:?}");
}
