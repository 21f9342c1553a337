//! Records of an envelope of many that stands in another envelope: each is asked, shown and pinned
//! as itself, although all share the bytes of what is around them.

use crate::bench::{Bench, gzip, record, three, trail};
use serde_json::{Value, json};
use trailcase::event::base64;

/// Messages of a log group, as a subscription is given them.
fn subscription(records: &[Value]) -> String {
    let event = |(id, record): (usize, &Value)| json!({"id": id.to_string(), "timestamp": 1_772_618_400_000_u64, "message": record.to_string()});
    let events: Vec<Value> = records.iter().enumerate().map(event).collect();
    json!({
        "messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "trail-group",
        "logStream": "111122223333_CloudTrail_eu-west-1", "subscriptionFilters": ["all"],
        "logEvents": events,
    })
    .to_string()
}

fn packed(text: &str) -> String {
    base64::encode(&gzip(text.as_bytes()))
}

fn sns(message: &str) -> Value {
    json!({
        "Type": "Notification", "MessageId": "message-7", "Timestamp": "2026-03-04T11:00:00.000Z",
        "TopicArn": "arn:aws:sns:eu-west-1:111122223333:topic", "Message": message,
    })
}

fn sqs(body: &Value) -> Value {
    json!({"messageId": "m", "body": body.to_string(), "eventSource": "aws:sqs"})
}

fn kinesis(data: &str) -> Value {
    json!({"kinesis": {"data": data, "partitionKey": "p"}, "eventSource": "aws:kinesis"})
}

/// Envelopes around all three records.
fn around() -> Vec<(&'static str, Value)> {
    let many = subscription(&three());
    let trail = String::from_utf8(trail(&three())).unwrap();
    let event = json!({
        "version": "0", "id": "e", "detail-type": "x", "source": "own", "account": "111122223333",
        "time": "2026-03-04T11:00:00Z", "region": "eu-west-1", "resources": [],
        "detail": {"Records": three()},
    });
    let halves = || three().into_iter().map(|one| kinesis(&packed(&subscription(&[one]))));
    vec![
        ("lambda", json!({"awslogs": {"data": packed(&many)}})),
        ("sns", sns(&many)),
        ("sns, packed", sns(&json!({"awslogs": {"data": packed(&many)}}).to_string())),
        ("event", event),
        ("sqs", json!({"Records": [sqs(&sns(&trail))]})),
        ("kinesis", json!({"Records": [kinesis(&packed(&many))]})),
        ("kinesis, one each", json!({"Records": halves().collect::<Vec<_>>()})),
        ("sns of sqs", sns(&json!({"Records": [sqs(&sns(&many))]}).to_string())),
        ("sns of kinesis", sns(&json!({"Records": halves().collect::<Vec<_>>()}).to_string())),
        (
            "kinesis, one record each",
            json!({"Records": three().iter().map(|one| kinesis(&packed(&one.to_string()))).collect::<Vec<_>>()}),
        ),
    ]
}

#[test]
fn each_record_is_asked_as_itself() {
    for (name, text) in around() {
        let bench = Bench::new();
        bench.write("e.json", text.to_string().as_bytes());
        for (filter, expected) in [
            ("", "3\n"),
            ("requestParameters.deep.er:value-2", "1\n"),
            ("-requestParameters.deep.er:value-2", "2\n"),
            ("has:requestParameters.deep.er", "3\n"),
            ("value-2", "1\n"),
            ("event:* -value-2", "2\n"),
            ("/value-[13]/", "2\n"),
            ("\"AIDAEXAMPLE\"", "3\n"),
            ("nothing-such", "0\n"),
        ] {
            let said = bench.query(&[filter, "--count"]);
            assert_eq!((said.out.as_str(), said.code), (expected, 0), "{name}: {filter}");
        }
        let said = bench.query(&["--fields", "requestParameters.deep.er", "event:CreateUser"]);
        assert_eq!(said.lines()[1], "value-1", "{name}");
    }
}

#[test]
fn what_is_around_them_is_asked_too() {
    let around = around();
    for (name, filter) in [
        ("sns", "message-7"),
        ("sns", "\"sns:eu-west-1\""),
        ("sns", "trail-group"),
        ("sns, packed", "trail-group"),
        ("lambda", "trail-group"),
        ("event", "detail-type"),
        ("sns of sqs", "\"aws:sqs\""),
        ("kinesis", "kinesis.partitionKey:p"),
    ] {
        let (_, text) = around.iter().find(|(of, _)| *of == name).unwrap();
        let bench = Bench::new();
        bench.write("e.json", text.to_string().as_bytes());
        assert_eq!(bench.query(&[filter, "--count"]).out, "3\n", "{name}: {filter}");
    }
}

#[test]
fn interleaved_records_of_auditd_are_events_of_their_own_lines() {
    let bench = Bench::new();
    let line = |serial: u32, kind: &str, rest: &str| {
        format!("type={kind} msg=audit(1772620940.100:{serial}): {rest}\n")
    };
    let (one, other) = (line(300, "SYSCALL", "comm=\"curl\""), line(301, "SYSCALL", "comm=\"ls\""));
    let (cwd, elsewhere) = (line(300, "CWD", "cwd=\"/tmp\""), line(301, "CWD", "cwd=\"/root\""));
    let (single, cut) = (line(302, "USER_END", "res=success"), "type=PATH msg=aud".to_owned());
    let log = [&one, &other, &cwd, &single, &elsewhere, &cut].map(String::as_str).concat();
    bench.write("audit.log", log.as_bytes());
    let (ledger, _) = bench.coverage(&[]);
    let total = &ledger["total"];
    let numbers = ["events", "records", "parsed", "unparsed"].map(|name| total[name].as_u64());
    assert_eq!(numbers, [Some(4), Some(6), Some(5), Some(1)]);
    let raw = |filter: &str| {
        let said = bench.query(&["--format", "jsonl", "--fields", "raw", filter]);
        said.json().iter().map(|row| row["raw"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(raw("audit.comm:curl"), [(one + &cwd).trim_end()]);
    assert_eq!(raw("audit.comm:ls"), [(other + &elsewhere).trim_end()]);
    // What stands between its lines is not its own.
    for (filter, count) in [("curl root", "0\n"), ("curl tmp", "1\n"), ("ls tmp", "0\n")] {
        assert_eq!(bench.query(&[filter, "--count"]).out, count, "{filter}");
    }
}

#[test]
fn what_is_packed_is_looked_into_for_secrets() {
    let bench = Bench::new();
    let one = record(1, "2026-03-04T10:00:00Z", "PutParameter");
    let mut other = record(2, "2026-03-04T10:01:00Z", "PutParameter");
    other["requestParameters"] = json!({"description": "mail to dana.roe@example.com"});
    let many = subscription(&[one, other]);
    let counted = |name: &str, text: &str| {
        let file = bench.write(name, text.as_bytes());
        let said = bench.run(&["scan", &file, "--format", "json"]);
        let found: Value = serde_json::from_str(&said.out).unwrap();
        let source = &found["sources"][0];
        let mails = source["kinds"].as_array().unwrap().iter();
        let mut mails = mails.filter(|it| it["kind"] == "e-mail addresses");
        (source["records"].clone(), mails.next().map(|it| it["occurrences"].clone()))
    };
    let packed = json!({"awslogs": {"data": packed(&many)}}).to_string();
    assert_eq!(counted("packed.json", &packed), (json!(2), Some(json!(1))));
    assert_eq!(counted("plain.json", &many).1, Some(json!(1)));
}
