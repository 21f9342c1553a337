//! What is put around records for transport and by products that export them: the record within
//! is read as what it is, and keeps its own time.

mod streams;

use crate::context;
use crate::rows::{Rows, read};
use trailcase::event::base64;

const TRAIL: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333"},"eventTime":"2026-03-04T10:42:02Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","eventID":"0a1b2c3d-0000-4000-8000-000000000001","eventType":"AwsApiCall"}"#;
const LOGIN: &str =
    "Mar  4 10:42:02 web-1 sshd[811]: Failed password for alice from 192.0.2.7 port 40022 ssh2";
const NODE: &str = r#"{"level":"info","msg":"GET /","ts":"2026-03-04T10:42:02Z"}"#;

/// Text within a JSON string.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn formats(text: &str) -> Vec<String> {
    let rows: Rows = read(context(), text.as_bytes(), &[]);
    rows.kept.iter().map(|row| row.format.clone()).collect()
}

/// Envelopes: `TEXT` stands for the record as a string, `JSON` for an object as it is or text as a
/// string, `SOURCE` for what such a product keeps of it, `PACKED` for base64, `CELL` for a quoted
/// cell, `LINE` for the record as it is.
const ENVELOPES: [(&str, &str); 44] = [
    (
        "SNS",
        r#"{"Type":"Notification","MessageId":"m","TopicArn":"arn:aws:sns:eu-west-1:111122223333:t","Message":TEXT,"Timestamp":"2026-03-04T11:00:00.000Z"}"#,
    ),
    ("SQS", r#"{"Messages":[{"MessageId":"m","ReceiptHandle":"r","MD5OfBody":"0","Body":TEXT}]}"#),
    (
        "SQS to Lambda",
        r#"{"Records":[{"messageId":"m","receiptHandle":"r","body":TEXT,"attributes":{},"eventSource":"aws:sqs","awsRegion":"eu-west-1"}]}"#,
    ),
    (
        "Kinesis to Lambda",
        r#"{"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","data":"PACKED"},"eventSource":"aws:kinesis","eventVersion":"1.0"}]}"#,
    ),
    (
        "Kinesis",
        r#"{"Records":[{"SequenceNumber":"1","Data":"PACKED","PartitionKey":"1"}],"NextShardIterator":"x"}"#,
    ),
    (
        "FilterLogEvents",
        r#"{"events":[{"logStreamName":"s","timestamp":1772625600000,"message":TEXT,"ingestionTime":1772625601000,"eventId":"1"}],"searchedLogStreams":[]}"#,
    ),
    (
        "subscription",
        r#"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"g","logStream":"s","subscriptionFilters":["f"],"logEvents":[{"id":"1","timestamp":1772625600000,"message":TEXT}]}"#,
    ),
    ("export", "2026-03-04T11:00:00.000Z LINE\n"),
    (
        "Insights",
        r#"{"results":[[{"field":"@timestamp","value":"2026-03-04 11:00:00.000"},{"field":"@message","value":TEXT},{"field":"@ptr","value":"p"}]],"statistics":{"recordsMatched":1.0},"status":"Complete"}"#,
    ),
    ("Insights as CSV", "@timestamp,@message\n2026-03-04 11:00:00.000,CELL\n"),
    (
        "OpenSearch",
        r#"{"took":1,"timed_out":false,"_shards":{"total":1},"hits":{"total":{"value":1},"max_score":1.0,"hits":[{"_index":"i","_id":"1","_score":1.0,"_source":SOURCE}]}}"#,
    ),
    (
        "Elastic",
        r#"{"@timestamp":"2026-03-04T11:00:00.000Z","ecs":{"version":"8.0"},"event":{"original":TEXT,"ingested":"2026-03-04T11:00:01.000Z"}}"#,
    ),
    (
        "Splunk",
        r#"{"preview":false,"offset":0,"result":{"_raw":TEXT,"_time":"2026-03-04T11:00:00.000+00:00","_indextime":"1772622000","host":"web-1","sourcetype":"x"}}"#,
    ),
    (
        "Splunk results",
        r#"{"preview":false,"init_offset":0,"results":[{"_raw":TEXT,"_time":"2026-03-04T11:00:00.000+00:00"}]}"#,
    ),
    ("Splunk collector", r#"{"time":1772622000.5,"host":"web-1","sourcetype":"x","event":JSON}"#),
    ("Splunk as CSV", "_time,_raw,host\n2026-03-04T11:00:00.000+00:00,CELL,web-1\n"),
    (
        "Datadog",
        r#"{"data":[{"id":"a","type":"log","attributes":{"message":TEXT,"timestamp":"2026-03-04T11:00:00.000Z","service":"s","host":"web-1","status":"info","tags":[],"attributes":{}}}],"meta":{}}"#,
    ),
    (
        "Datadog, of what sends no service",
        r#"{"data":[{"id":"a","type":"log","attributes":{"message":TEXT,"timestamp":"2026-03-04T11:00:00.000Z","status":"info","tags":[]}}],"meta":{}}"#,
    ),
    (
        "Datadog, of what sends JSON",
        r#"{"data":[{"id":"a","type":"log","attributes":{"message":"","timestamp":"2026-03-04T11:00:00.000Z","status":"info","tags":[],"attributes":JSON}}],"meta":{}}"#,
    ),
    (
        "Datadog, of what says little",
        r#"{"data":[{"id":"a","type":"log","attributes":{"timestamp":"2026-03-04T11:00:00.000Z","service":"s","message":TEXT,"attributes":{}}}]}"#,
    ),
    (
        "Datadog's archive",
        r#"{"_id":"a","date":"2026-03-04T11:00:00.000Z","host":"web-1","service":"s","source":"s","status":"info","tags":["env:prod"],"attributes":{},"message":TEXT}"#,
    ),
    (
        "Datadog's archive, of what sends JSON",
        r#"{"_id":"a","date":"2026-03-04T11:00:00.000Z","service":"s","source":"s","status":"info","tags":["env:prod"],"attributes":JSON}"#,
    ),
    (
        "Datadog as CSV",
        "\"Date\",\"Host\",\"Service\",\"@eventName\",\"Message\"\n\"2026-03-04T11:00:00.000Z\",\"web-1\",\"s\",\"e\",CELL\n",
    ),
    (
        "Datadog as CSV in small letters",
        "date,host,service,message\n2026-03-04T11:00:00.000Z,web-1,s,CELL\n",
    ),
    (
        "Logstash 8",
        r#"{"_index":"i","_id":"1","_source":{"@timestamp":"2026-03-04T11:00:00.000Z","@version":"1","host":{"name":"web-1"},"log":{"file":{"path":"/var/log/x"}},"event":{"original":TEXT},"message":TEXT}}"#,
    ),
    (
        "Logstash, of no file",
        r#"{"@timestamp":"2026-03-04T11:00:00.000Z","@version":"1","message":TEXT,"type":"x"}"#,
    ),
    (
        "Fluentd",
        r#"{"took":1,"hits":{"hits":[{"_index":"i","_id":"1","_source":{"@timestamp":"2026-03-04T11:00:00.000Z","log":TEXT}}]}}"#,
    ),
    (
        "Logstash",
        r#"{"_index":"i","_id":"1","_source":{"@timestamp":"2026-03-04T11:00:00.000Z","@version":"1","message":TEXT,"host":"web-1","path":"/var/log/x"}}"#,
    ),
    (
        "Fluent Bit",
        r#"{"_index":"i","_id":"1","_source":{"@timestamp":"2026-03-04T11:00:00.000Z","log":TEXT,"stream":"stdout","kubernetes":{}}}"#,
    ),
    (
        "OpenSearch, of any pipeline",
        r#"{"hits":{"hits":[{"_index":"i","_id":"1","_source":{"@timestamp":"2026-03-04T11:00:00.000Z","message":TEXT,"tags":["x"]}}]}}"#,
    ),
    ("Kibana as CSV", "@timestamp,host,message\n\"Mar 4, 2026 @ 11:00:00.000\",web-1,CELL\n"),
    ("any pipeline as CSV", "@timestamp,message\n2026-03-04T11:00:00.000Z,CELL\n"),
    (
        "Sentinel's groups",
        "\"TimeGenerated [UTC]\",Message,\"ExtractedTime [UTC]\",Type\n\
         2026-03-04T11:00:00.000Z,CELL,2026-03-04T11:00:00.000Z,AWSCloudWatch\n",
    ),
    (
        "a centralized group",
        r#"{"messageType":"DATA_MESSAGE","owner":"999999999999","logGroup":"g","logStream":"s","subscriptionFilters":["f"],"logEvents":[{"id":"1","timestamp":1772625600000,"message":TEXT,"extractedFields":{"@aws.account":"111122223333","@aws.region":"eu-west-1"}}]}"#,
    ),
    ("Firehose", r#"{"requestId":"r","timestamp":1772625600000,"records":[{"data":"PACKED"}]}"#),
    (
        "Firehose to Lambda",
        r#"{"invocationId":"i","deliveryStreamArn":"a","region":"eu-west-1","records":[{"recordId":"1","approximateArrivalTimestamp":1772625600000,"data":"PACKED"}]}"#,
    ),
    ("Splunk collector, of no source", r#"{"time":"1772622000.500","event":JSON}"#),
    ("Lake", r#"{"QueryStatus":"FINISHED","QueryResultRows":[[{"eventJson":TEXT}]]}"#),
    ("Lake as CSV", "eventJson\nCELL\n"),
    ("Docker", r#"{"log":TEXT,"stream":"stdout","time":"2026-03-04T11:00:00.000Z"}"#),
    ("logs tail", "2026-03-04T11:00:00.000000+00:00 web-1.0 LINE\n"),
    ("logs tail, short", "2026-03-04T11:00:00 LINE\n"),
    (
        "OpenTelemetry",
        r#"{"resourceLogs":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"web-1"}}]},"scopeLogs":[{"scope":{"name":"x"},"logRecords":[{"timeUnixNano":"1772622000000000000","body":{"stringValue":TEXT}}]}]}]}"#,
    ),
    ("container", "2026-03-04T11:00:00.000000001Z stdout F LINE\n"),
];

/// The record in each of them.
pub(crate) fn around(record: &str) -> Vec<(&'static str, String)> {
    let text = quoted(record);
    let is_json = record.starts_with('{');
    let shipped = format!(
        r#"{{"@timestamp":"2026-03-04T11:00:00.000Z","message":{text},"agent":{{}},"input":{{}}}}"#
    );
    let stands = [
        ("TEXT", text.clone()),
        ("JSON", if is_json { record.to_owned() } else { text }),
        ("SOURCE", if is_json { record.to_owned() } else { shipped }),
        ("PACKED", base64::encode(record.as_bytes())),
        ("CELL", format!("\"{}\"", record.replace('"', "\"\""))),
        ("LINE", record.to_owned()),
    ];
    let fill = |template: &str| {
        let found = stands.iter().find(|(name, _)| template.contains(name));
        found.map(|(name, value)| template.replace(name, value)).unwrap()
    };
    ENVELOPES.iter().map(|(name, template)| (*name, fill(template))).collect()
}

#[test]
fn what_is_in_an_envelope_is_read_as_what_it_is() {
    for (record, format) in [(TRAIL, "cloudtrail"), (LOGIN, "syslog")] {
        for (name, text) in around(record) {
            let rows = read(context(), text.as_bytes(), &[]);
            let found: Vec<&str> = rows.kept.iter().map(|row| row.format.as_str()).collect();
            assert_eq!(found, [format], "{name} around {format}: {text}\n{:?}", rows.kept);
            assert_eq!(rows.kept[0].get("src.ip"), Some("192.0.2.7"), "{name}");
            let time = rows.kept[0].time.as_deref();
            assert_eq!(time, Some("2026-03-04T10:42:02Z"), "{name}");
            assert_eq!(rows.end, None, "{name}");
        }
    }
}

#[test]
fn a_centralized_group_says_whose_its_messages_are() {
    let flow = "2 - eni-0aa 192.0.2.7 10.0.0.1 4444 22 6 5 300 1772620922 1772620982 REJECT OK";
    let all = around(flow);
    let (_, text) = all.iter().find(|(name, _)| *name == "a centralized group").unwrap();
    let rows = read(context(), text.as_bytes(), &[]);
    assert_eq!(rows.kept[0].get("account"), Some("111122223333"));
    assert_eq!(rows.kept[0].get("region"), Some("eu-west-1"));
    for line in [
        "GET / hello",
        "a=1 b=2",
        NODE,
        "192.0.2.7 - - [04/Mar/2026:10:42:02 +0000] \"GET / HTTP/1.1\" 200 1",
    ] {
        let all = around(line);
        let (_, text) = all.iter().find(|(name, _)| *name == "a centralized group").unwrap();
        let rows = read(context(), text.as_bytes(), &[]);
        assert_eq!(rows.kept[0].get("account"), Some("111122223333"), "{line}");
        assert_eq!(rows.kept[0].get("region"), Some("eu-west-1"), "{line}");
    }
}

/// Such a time looks like the one that an export to S3 puts before each line.
#[test]
fn a_time_that_a_line_begins_with_is_its_own_where_an_envelope_has_said_one() {
    const ID: &str = "0a1b2c3d-1111-4222-8333-944455556666";
    let timeout = format!("2026-03-04T10:42:02.113Z {ID} Task timed out after 3.00 seconds");
    let refused = format!("2026-03-04T10:42:02.113Z {ID} ERROR refused");
    let login = "2026-03-04T10:42:02.113Z web-1 sshd[811]: Failed password for alice from 192.0.2.7 port 40022 ssh2";
    let silent = [
        "SQS",
        "SQS to Lambda",
        "Kinesis to Lambda",
        "Kinesis",
        "Firehose",
        "Firehose to Lambda",
        "Lake",
        "Lake as CSV",
    ];
    for (record, format) in [(&*timeout, "lambda"), (&refused, "lambda"), (login, "syslog")] {
        for (name, text) in around(record).into_iter().filter(|(name, _)| !silent.contains(name)) {
            let rows = read(context(), text.as_bytes(), &[]);
            assert_eq!(rows.kept.len(), 1, "{name}: {text}");
            let row = &rows.kept[0];
            assert_eq!(row.format, format, "{name}: {text}");
            assert_eq!(row.time.as_deref(), Some("2026-03-04T10:42:02.113Z"), "{name}");
            let request = Some(ID).filter(|_| format == "lambda");
            let found = (row.get("outcome"), row.get("request"));
            assert_eq!(found, (Some("failure"), request), "{name}");
        }
    }
    // What is known without is what was exported once, though with it it may look like syslog.
    let start = format!("START RequestId: {ID} Version: 1");
    for (record, format) in [(TRAIL, "cloudtrail"), (&start, "lambda")] {
        for (name, text) in around(&format!("2026-03-04T10:42:02.113Z {record}")) {
            assert_eq!(formats(&text), [format], "{name}: {text}");
        }
    }
}

#[test]
fn the_host_of_logstash_may_be_an_object() {
    let all = around("<13>Mar  4 10:42:02 sshd[811]: x");
    let (_, text) = all.iter().find(|(name, _)| *name == "Logstash 8").unwrap();
    let rows = read(context(), text.as_bytes(), &[]);
    assert_eq!(rows.kept[0].get("host"), Some("web-1"), "{:?}", rows.kept);
}

#[test]
fn what_is_opened_has_no_fewer_envelopes_than_anybody_puts_around_it() {
    let sns = |text: &str| {
        format!(r#"{{"TopicArn":"arn:aws:sns:eu-west-1:1:t","Message":{}}}"#, quoted(text))
    };
    let deep = (0..8).fold(TRAIL.to_owned(), |text, _| sns(&text));
    assert_eq!(formats(&deep), ["cloudtrail"]);
}

#[test]
fn records_of_aws_that_are_kept_as_columns_are_what_they_were() {
    let trail = "TimeGenerated [UTC],EventVersion,EventName,EventSource,AWSRegion,SourceIpAddress,\
                 UserIdentityArn,UserIdentityType,ErrorCode,RecipientAccountId,TenantId,Type\n\
                 \"3/4/2026, 10:42:02.000 AM\",1.08,GetObject,s3.amazonaws.com,eu-west-3,192.0.2.7,\
                 arn:aws:iam::111122223333:user/u,IAMUser,AccessDenied,111122223333,t,AWSCloudTrail\n";
    let flow = "TimeGenerated [UTC],Version,AccountId,InterfaceId,SrcAddr,DstAddr,SrcPort,DstPort,\
                Protocol,Packets,Bytes,Start [UTC],End [UTC],Action,LogStatus,Type\n\
                \"3/4/2026, 10:50:02.000 AM\",2,111122223333,eni-0aa,192.0.2.7,10.0.0.1,4444,22,6,5,\
                300,\"3/4/2026, 10:42:02.000 AM\",\"3/4/2026, 10:43:02.000 AM\",REJECT,OK,AWSVPCFlow\n";
    let finding = "TimeGenerated,AccountId,Region,Id,Arn,ActivityType,SchemaVersion,Severity,Title,\
                   Partition,ResourceDetails,ServiceDetails,TimeCreated,Type\n\
                   2026-03-04T10:52:02Z,111122223333,eu-west-1,1f,\
                   arn:aws:guardduty:eu-west-1:111122223333:detector/d/finding/1f,\
                   Recon:EC2/Portscan,2.0,5,A scan,aws,\"{\"\"resourceType\"\":\"\"Instance\"\"}\",\
                   \"{\"\"serviceName\"\":\"\"guardduty\"\",\"\"action\"\":{}}\",2026-03-04T10:42:02Z,AWSGuardDuty\n";
    let (denied, no_principal) = (Some("denied"), None);
    for (text, format, outcome, principal) in [
        (trail, "cloudtrail", denied, Some("arn:aws:iam::111122223333:user/u")),
        (flow, "vpc_flow", denied, no_principal),
        (finding, "guardduty", None, no_principal),
    ] {
        let rows = read(context(), text.as_bytes(), &[]);
        assert_eq!(rows.kept.len(), 1, "{format}: {:?}", rows.kept);
        let row = &rows.kept[0];
        assert_eq!((row.format.as_str(), row.get("account")), (format, Some("111122223333")));
        assert_eq!(row.get("principal"), principal, "{format}");
        assert!(outcome.is_none() || row.get("outcome") == outcome, "{format}");
        assert!(row.time.as_deref().is_some_and(|time| time.starts_with("2026-03-04T10:42:02")));
    }
}

#[test]
fn a_hostile_payload_makes_no_record_of_a_log_that_has_its_own() {
    let message = quoted(TRAIL);
    for text in [
        format!(r#"{{"@timestamp":"2026-03-04T10:00:00Z","level":"info","message":{message}}}"#),
        format!(
            r#"{{"time":"2026-03-04T10:00:00Z","user":"alice","msg":{message},"agent":"curl"}}"#
        ),
        format!(r#"{{"ts":1,"body":{message},"_raw":"x"}}"#),
        format!(r#"{{"ts":1,"service":"shop","attributes":{{"a":1}},"message":{message}}}"#),
        format!("2026-03-04T10:00:00Z INFO user said {TRAIL}"),
        // Encoders of Java and Python write in Logstash's form.
        format!(
            r#"{{"@timestamp":"2026-03-04T10:00:00Z","@version":"1","message":{message},"logger_name":"a.B","thread_name":"main","level":"INFO","level_value":20000}}"#
        ),
        format!(
            r#"{{"@timestamp":"2026-03-04T10:00:00Z","@version":"1","message":{message},"host":"h","path":"/app/a.py","tags":[],"type":"logstash","level":"INFO","logger_name":"a"}}"#
        ),
        format!(r#"{{"@timestamp":"2026-03-04T10:00:00Z","level":"info","log":{message}}}"#),
        format!(
            r#"{{"timestamp":"2026-03-04T10:00:00Z","service":"shop","attributes":{{}},"user":"alice","message":{message}}}"#
        ),
        format!(
            r#"{{"_id":"1","date":"2026-03-04T10:00:00Z","status":"paid","attributes":{TRAIL}}}"#
        ),
    ] {
        assert!(!formats(&text).contains(&"cloudtrail".to_owned()), "{text}");
    }
}

/// The record as a message of a log stream.
fn in_stream(record: &str) -> String {
    let message = quoted(record);
    format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"g","logStream":"s","logEvents":[{{"id":"1","timestamp":1772625600000,"message":{message}}}]}}"#
    )
}

#[test]
fn a_message_of_a_stream_is_no_stream_itself() {
    let forged = quoted(TRAIL);
    let message = format!(
        r#"{{"timestamp":"2026-03-04T10:42:02Z","level":"info","user":"alice","message":{forged}}}"#
    );
    let rows = read(context(), in_stream(&message).as_bytes(), &[]);
    assert_eq!(rows.kept.len(), 1);
    assert_eq!(rows.kept[0].format, "json_lines");
    assert_eq!(rows.kept[0].get("principal"), Some("alice"));
}

#[test]
fn a_stream_may_come_packed() {
    for (text, format) in [(TRAIL, "cloudtrail"), (LOGIN, "syslog")] {
        let packed = base64::encode(in_stream(text).as_bytes());
        let records = [
            format!(r#"{{"awslogs":{{"data":"{packed}"}}}}"#),
            format!(
                r#"{{"Records":[{{"kinesis":{{"data":"{packed}"}},"eventSource":"aws:kinesis"}}]}}"#
            ),
        ];
        for record in records {
            let rows = read(context(), record.as_bytes(), &[]);
            assert_eq!(rows.kept.len(), 1, "{record}");
            assert_eq!(rows.kept[0].format, format, "{record}");
            assert_eq!(rows.kept[0].time.as_deref(), Some("2026-03-04T10:42:02Z"), "{record}");
        }
    }
}

#[test]
fn an_envelope_around_what_nobody_knows_is_read_itself() {
    for (name, text) in around(NODE) {
        // What other columns say would be lost.
        let tables = ["Datadog as CSV", "Kibana", "any pipeline as", "Sentinel's groups"];
        let is_table = tables.iter().any(|table| name.starts_with(table));
        let own = match name {
            // Any program may begin its lines so.
            "logs tail, short" => "plain",
            _ if is_table => "csv",
            _ => "json_lines",
        };
        assert_eq!(formats(&text), [own], "{name}: {text}");
    }
}

#[test]
fn parts_of_a_containers_message_are_one_record() {
    let text = "2026-03-04T11:00:00.000000001Z stdout F {\"msg\":\"a\"}\n\
        2026-03-04T11:00:00.000000002Z stdout P {\"msg\":\n\
        2026-03-04T11:00:00.000000003Z stdout F \"b\"}\n\
        2026-03-04T11:00:00.000000004Z stderr F {\"msg\":\"c\"}\n";
    let rows = read(context(), text.as_bytes(), &[]);
    let messages: Vec<_> = rows.kept.iter().map(|row| row.get("message")).collect();
    assert_eq!(messages, [Some("a"), Some("b"), Some("c")]);
    assert_eq!(rows.kept[1].time.as_deref(), Some("2026-03-04T11:00:00.000000002Z"));
}

/// A notification around a text.
fn sns(message: &str) -> String {
    let message = quoted(message);
    format!(r#"{{"Type":"Notification","TopicArn":"t","Message":{message}}}"#)
}

#[test]
fn a_limit_of_unfolding_is_told() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;
    use trailcase::event::ReasonKind;
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let packed = |bytes: &[u8]| format!(r#"{{"awslogs":{{"data":"{}"}}}}"#, base64::encode(bytes));
    // A list in a string needs no quotes that are quoted again, so that 17 do not take gigabytes.
    let event = |inner: &str| format!(r#"{{"detail-type":"x","source":"own","detail":{inner}}}"#);
    let wrapped = |times: usize| (0..times).fold(TRAIL.to_owned(), |text, _| event(&text));
    let long = vec![b' '; (8 << 20) + 1];
    let whole = gzip(TRAIL.as_bytes());
    let many = |inner: &str| sns(&format!(r#"{{"Records":[{inner}]}}"#));
    let nested = |times: usize| (0..times).fold(TRAIL.to_owned(), |text, _| many(&text));
    for (text, told) in [
        (sns(TRAIL), None),
        (wrapped(16), None),
        (
            wrapped(17),
            Some((
                ReasonKind::Nested,
                "in more than 16 envelopes; what is in the innermost is not read",
            )),
        ),
        (packed(&whole), None),
        (
            packed(&gzip(&long)),
            Some((ReasonKind::Size, "its packed payload is longer than 8 MiB and is not read")),
        ),
        (
            packed(&whole[..whole.len() - 9]),
            Some((ReasonKind::Corrupt, "its packed payload is damaged and is not read")),
        ),
        (nested(3), None),
        (
            nested(4),
            Some((
                ReasonKind::Nested,
                "records in more than 3 envelopes of many are asked by path and text, and shown, with all in the one at depth 3",
            )),
        ),
    ] {
        let rows = read(context(), format!("{text}\n{text}\n").as_bytes(), &[]);
        assert_eq!(rows.kept.len(), 2);
        let told: Vec<_> = told.into_iter().flat_map(|told| [told, told]).collect();
        let remarks: Vec<_> = rows.remarks.iter().map(|it| (it.kind, it.detail.as_str())).collect();
        assert_eq!(remarks, told, "{}", &text[..text.len().min(99)]);
        assert!(rows.remarks.iter().all(|it| it.offset.is_some()));
    }
}
