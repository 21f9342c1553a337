//! Lines that were printed of log streams, records in scopes, counted messages, and whose they are.

use super::{LOGIN, TRAIL, around, quoted};
use crate::context;
use crate::rows::read;

#[test]
fn each_line_that_logs_tail_prints_is_a_record() {
    let id = "0a1b2c3d-1111-4222-8333-944455556666";
    let stream = "2026/03/04/[$LATEST]0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d";
    let lines = [
        "INIT_START Runtime Version: python:3.12.v1\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:x",
        &format!("START RequestId: {id} Version: $LATEST"),
        "hello",
        "Traceback:\n  File \"a.py\"\nmore",
        &format!("END RequestId: {id}"),
    ];
    let heads: [fn(usize, &str) -> String; 2] = [
        |at, stream| format!("2026-03-04T10:42:0{at}.000000+00:00 {stream} "),
        |at, _| format!("2026-03-04T10:42:0{at} "),
    ];
    for head in heads {
        let text = lines.iter().enumerate();
        let text: String = text.map(|(at, line)| head(at, stream) + line + "\n").collect();
        let rows = read(context(), text.as_bytes(), &[]);
        let found: Vec<_> = rows.kept.iter().map(|row| (&*row.format, row.get("event"))).collect();
        let [init, start, end] = ["INIT_START", "START", "END"].map(|name| ("lambda", Some(name)));
        assert_eq!(found, [init, start, ("lambda", None), ("lambda", None), end], "{text}");
        assert_eq!(rows.kept[2].get("message"), Some("hello"));
        assert_eq!(rows.kept[3].get("message"), Some(lines[3]));
        let time = |at: usize| rows.kept[at].time.as_deref().unwrap();
        assert!(time(3).starts_with("2026-03-04T10:42:03"), "{}", time(3));
    }
}

#[test]
fn a_log_stream_says_whose_its_lines_are() {
    let flow = "2 - eni-0aa 192.0.2.7 10.0.0.1 4444 22 6 5 300 1772620922 1772620982 REJECT OK";
    let named = "111122223333_CloudTrail_eu-west-1";
    for (stream, account, region) in
        [(named, Some("111122223333"), Some("eu-west-1")), ("x", None, None)]
    {
        let line = format!("2026-03-04T11:00:00.000000+00:00 {stream} {flow}\n");
        let rows = read(context(), line.repeat(3).as_bytes(), &[]);
        assert_eq!(rows.kept.len(), 3);
        for row in rows.kept {
            assert_eq!((row.get("account"), row.get("region")), (account, region), "{row:?}");
            let of_tail = |value: &String| value.contains("T11:00:00") || value == stream;
            assert!(!row.fields.iter().any(|(_, value)| of_tail(value)), "{row:?}");
        }
    }
}

#[test]
fn lines_of_other_programs_are_none_of_logs_tail() {
    for (line, format) in [
        (
            "2026-03-04T10:42:02.113456+00:00 web-1 sshd[811]: Failed password for alice from 192.0.2.7 port 40022 ssh2",
            "syslog",
        ),
        ("2026-03-04T10:42:02+00:00 web-1 [ERROR] Runtime.ImportModuleError: x", "plain"),
        ("2026-03-04T10:42:02 [ERROR] Runtime.ImportModuleError: x", "plain"),
        ("2026-03-04T10:42:02 INFO a b", "plain"),
        ("2026-03-04T10:42:02.113456+00:00 web-1 a b", "plain"),
    ] {
        let rows = read(context(), format!("{line}\n{line}\n").as_bytes(), &[]);
        assert_eq!(rows.kept.len(), 2, "{line}");
        for row in rows.kept {
            assert_eq!(row.format, format, "{line}: {row:?}");
            assert!(
                row.time.as_deref().is_some_and(|time| time.starts_with("2026-03-04T10:42:02"))
            );
        }
    }
}

#[test]
fn each_record_of_open_telemetry_is_one() {
    let record = |second: u8, text: &str| {
        let text = quoted(text);
        format!(
            r#"{{"timeUnixNano":"177262200{second}000000000","severityText":"ERROR","body":{{"stringValue":{text}}},"traceId":"5b8aa5a2"}}"#
        )
    };
    let scope = |records: &[String]| {
        format!(r#"{{"scope":{{"name":"x"}},"logRecords":[{}]}}"#, records.join(","))
    };
    let resource = |name: &str, scopes: &[String]| {
        format!(
            r#"{{"resource":{{"attributes":[{{"key":"host.name","value":{{"stringValue":"{name}"}}}},{{"key":"cloud.account.id","value":{{"stringValue":"111122223333"}}}}]}},"scopeLogs":[{}]}}"#,
            scopes.join(",")
        )
    };
    let first =
        resource("a", &[scope(&[record(0, "one"), record(1, "two")]), scope(&[record(2, TRAIL)])]);
    let second = resource("b", &[scope(&[record(3, "four")])]);
    let line = format!(r#"{{"resourceLogs":[{first},{second}]}}"#);
    let rows = read(context(), format!("{line}\n{line}\n").as_bytes(), &[]);
    let found: Vec<_> = rows
        .kept
        .iter()
        .map(|row| {
            (
                &*row.format,
                row.get("message"),
                row.get("host"),
                row.get("account"),
                row.time.clone().unwrap(),
            )
        })
        .collect();
    let (account, time) =
        (Some("111122223333"), |second| format!("2026-03-04T11:00:0{second}.000000000Z"));
    let expected = [
        ("json_lines", Some("one"), Some("a"), account, time(0)),
        ("json_lines", Some("two"), Some("a"), account, time(1)),
        ("cloudtrail", None, None, account, "2026-03-04T10:42:02Z".to_owned()),
        ("json_lines", Some("four"), Some("b"), account, time(3)),
    ];
    assert_eq!(found, [expected.clone(), expected].concat());
    assert_eq!(rows.kept[0].get("severity"), Some("6"));
    let inside =
        trailcase::format::Bytes::new(&rows.kept[1].raw).record(rows.kept[1].frame.unwrap().inner);
    let inside = inside.unwrap();
    assert_eq!(inside.text, record(1, "two"));
    assert!(inside.around.iter().any(|text| text.contains("host.name")), "{:?}", inside.around);
}

#[test]
fn counted_messages_need_no_line_ends() {
    let one = LOGIN.replace("Mar  4", "<86>Mar  4");
    let counted = format!("{} {one}", one.len());
    let rows = read(context(), counted.repeat(3).as_bytes(), &[]);
    assert_eq!(rows.kept.len(), 3);
    for (at, row) in rows.kept.iter().enumerate() {
        assert_eq!(row.get("principal"), Some("alice"));
        let frame = row.frame.unwrap();
        assert_eq!(
            (frame.offset, frame.length),
            ((at * counted.len()) as u64, counted.len() as u32)
        );
    }
}

#[test]
fn half_of_a_pair_of_surrogates_leaves_the_rest_of_a_record() {
    let half = TRAIL.replace("GetObject\"", "GetObject\",\"userAgent\":\"a\\ud83d\"");
    for (name, text) in around(&half) {
        let rows = read(context(), text.as_bytes(), &[]);
        let found: Vec<_> = rows.kept.iter().map(|row| (&*row.format, row.get("agent"))).collect();
        assert_eq!(found, [("cloudtrail", Some("a\u{fffd}"))], "{name}: {text}");
    }
}

#[test]
fn containers_say_whose_their_records_are() {
    let line = "192.0.2.7 - - [04/Mar/2026:10:42:02 +0000] \"GET / HTTP/1.1\" 200 1";
    let text = quoted(line);
    for record in [
        format!(
            r#"{{"hits":{{"hits":[{{"_index":"i","_id":"1","_source":{{"@id":"1","@timestamp":"2026-03-04T11:00:00.000Z","@message":{text},"@owner":"111122223333","@log_group":"g"}}}}]}}}}"#
        ),
        format!(
            r#"{{"results":[[{{"field":"@message","value":{text}}},{{"field":"@log","value":"111122223333:/aws/x"}}]]}}"#
        ),
    ] {
        let rows = read(context(), record.as_bytes(), &[]);
        assert_eq!(rows.kept.len(), 1);
        assert_eq!(rows.kept[0].get("account"), Some("111122223333"), "{record}");
        assert_eq!(rows.kept[0].format, "access_log");
    }
}
