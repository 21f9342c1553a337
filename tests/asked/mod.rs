//! What somebody asked for and exported: rows of queries over CloudTrail, and the lines of web
//! servers in the tables of other products.

use crate::context;
use crate::rows::{Kept, read};

const ADDRESS: &str = "192.0.2.7";
const ROLE: &str = "arn:aws:sts::111122223333:assumed-role/ops/al=ice,x";

fn rows(text: &str) -> Vec<Kept> {
    let rows = read(context(), text.as_bytes(), &[]);
    assert_eq!(rows.end, None, "{text}");
    rows.kept
}

/// The only event of a text, which is denied to this principal.
fn denied(text: &str, principal: &str) -> Kept {
    let mut rows = rows(text);
    assert_eq!(rows.len(), 1, "{text}\n{rows:?}");
    let row = rows.remove(0);
    assert_eq!(row.format, "cloudtrail", "{text}");
    assert_eq!(row.time.as_deref().map(|time| &time[..19]), Some("2026-03-04T10:42:02"), "{text}");
    for (field, value) in [
        ("event", "GetObject"),
        ("outcome", "denied"),
        ("code", "AccessDenied"),
        ("src.ip", ADDRESS),
        ("principal", principal),
    ] {
        assert_eq!(row.get(field), Some(value), "{field}: {text}");
    }
    row
}

#[test]
fn a_line_of_a_server_in_a_table_is_that_line() {
    let line = r#"192.0.2.7 - bob [04/Mar/2026:10:42:02 +0000] ""POST /login HTTP/1.1"" 401 0 ""-"" ""x"""#;
    let call = r#"192.0.2.7 - - [04/Mar/2026:10:42:02 +0000] ""GET /x HTTP/1.1"" 200 5 0a1b2c3d-1111-4222-8333-944455556666"#;
    let tables = [
        ("Date,Host,Service,Message\n\"2026-03-04T11:00:00.000Z\",h,nginx,", "\n"),
        (
            "TenantId,\"TimeGenerated [UTC]\",Message,Type\nt,\"3/4/2026, 11:00:00.000 AM\",",
            ",AWSCloudWatch\n",
        ),
        ("TenantId,TimeGenerated,Message,Type\nt,2026-03-04T11:00:00Z,", ",AWSCloudWatch\n"),
        ("\"@timestamp\",message\n\"Mar 4, 2026 @ 11:00:00.000\",", "\n"),
    ];
    for (before, after) in tables {
        for (line, format, principal) in
            [(line, "access_log", Some("bob")), (call, "apigw_access", None)]
        {
            let text = format!("{before}\"{line}\"{after}");
            let rows = rows(&text);
            assert_eq!(rows.len(), 1, "{text}");
            assert_eq!(rows[0].format, format, "{text}");
            assert_eq!(rows[0].time.as_deref(), Some("2026-03-04T10:42:02Z"), "{text}");
            let address = rows[0].get("src.ip").or(rows[0].get("client.ip"));
            assert_eq!(address, Some(ADDRESS), "{text}");
            assert_eq!(rows[0].get("principal"), principal, "{text}");
        }
    }
}

#[test]
fn a_row_of_a_table_is_no_line_of_a_server() {
    let row = "t,2026-03-04T11:00:00Z,\"192.0.2.7 - bob [04/Mar/2026:10:42:02 +0000] \"\"GET / HTTP/1.1\"\" 200 5\"";
    assert_ne!(rows(&format!("{row}\n{row}\n"))[0].format, "access_log");
    // Commas part addresses, too.
    for list in ["192.0.2.7, 192.0.2.8", "192.0.2.7,unknown"] {
        let line = format!("{list} - bob [04/Mar/2026:10:42:02 +0000] \"GET / HTTP/1.1\" 200 5\n");
        assert_eq!(rows(&line)[0].format, "access_log", "{line}");
    }
}

#[test]
fn rows_of_sql_are_the_calls_that_they_were() {
    let user = format!(
        "{{type=AssumedRole, principalid=AROA:al, arn={ROLE}, accountid=111122223333, \
         invokedby=null, accesskeyid=ASIAEXAMPLE, username=null, sessioncontext={{\
         attributes={{mfaauthenticated=true, creationdate=2026-03-04T10:00:00Z}}, \
         sessionissuer={{type=Role, arn=arn:aws:iam::111122223333:role/ops}}}}}}"
    );
    for (header, time, parameters) in [
        (
            "eventtime,eventname,eventsource,sourceipaddress,useridentity,awsregion,errorcode,\
             recipientaccountid,requestparameters",
            "2026-03-04T10:42:02Z",
            r#"{""bucketName"":""prod""}"#,
        ),
        (
            "eventTime,eventName,eventSource,sourceIPAddress,userIdentity,awsRegion,errorCode,\
             recipientAccountId,requestParameters",
            "2026-03-04 10:42:02.000",
            "{bucketName=prod, key=a}",
        ),
    ] {
        let text = format!(
            "{header}\n\"{time}\",\"GetObject\",\"s3.amazonaws.com\",\"192.0.2.7\",\"{user}\",\
             \"eu-west-1\",\"AccessDenied\",\"111122223333\",\"{parameters}\"\n"
        );
        let row = denied(&text, ROLE);
        for (field, value) in [
            ("account", "111122223333"),
            ("key", "ASIAEXAMPLE"),
            ("session", "al=ice,x"),
            ("role", "arn:aws:iam::111122223333:role/ops"),
            ("userIdentity.sessionContext.attributes.mfaAuthenticated", "true"),
            ("requestParameters.bucketName", "prod"),
        ] {
            assert_eq!(row.get(field), Some(value), "{field}: {text}");
        }
    }
}

#[test]
fn what_was_asked_of_a_log_group_is_the_call_that_it_was() {
    let cells = [
        ("@timestamp", "2026-03-04 10:42:02.000"),
        ("eventName", "GetObject"),
        ("userIdentity.arn", ROLE),
        ("sourceIPAddress", ADDRESS),
        ("errorCode", "AccessDenied"),
        ("requestParameters.bucketName", "prod"),
        ("@ptr", "p"),
    ];
    let fields: Vec<String> = cells
        .iter()
        .map(|(name, value)| format!(r#"{{"field":"{name}","value":"{value}"}}"#))
        .collect();
    let members: Vec<String> =
        cells.iter().map(|(name, value)| format!(r#""{name}":"{value}""#)).collect();
    let names = cells.map(|(name, _)| name).join(",");
    let values = cells.map(|(_, value)| format!("\"{value}\"")).join(",");
    for text in [
        format!(r#"{{"results":[[{}]],"status":"Complete"}}"#, fields.join(",")),
        format!("[{{{}}}]", members.join(",")),
        format!("{names}\n{values}\n"),
    ] {
        let row = denied(&text, ROLE);
        assert_eq!(row.get("requestParameters.bucketName"), Some("prod"), "{text}");
        assert_eq!(row.get("resource"), Some("prod"), "{text}");
    }
}

#[test]
fn each_row_that_lake_answered_is_an_event() {
    let row = |second: u32, name: &str| {
        format!(
            r#"[{{"eventTime":"2026-03-04 10:42:0{second}.000"}},{{"eventName":"{name}"}},{{"sourceIPAddress":"192.0.2.7"}},{{"errorCode":"AccessDenied"}},{{"userIdentity":"{{type=AssumedRole, arn={ROLE}}}"}}]"#
        )
    };
    let text = format!(
        r#"{{"QueryStatus":"FINISHED","QueryStatistics":{{"ResultsCount":2}},"QueryResultRows":[{},{}]}}"#,
        row(2, "GetObject"),
        row(3, "PutObject")
    );
    let found = rows(&text);
    let found: Vec<_> = found
        .iter()
        .map(|row| (&*row.format, row.time.as_deref(), row.get("event"), row.get("outcome")))
        .collect();
    let expected = |time, event| ("cloudtrail", Some(time), Some(event), Some("denied"));
    assert_eq!(
        found,
        [
            expected("2026-03-04T10:42:02.000Z", "GetObject"),
            expected("2026-03-04T10:42:03.000Z", "PutObject")
        ]
    );
    denied(
        &format!(r#"{{"QueryStatus":"FINISHED","QueryResultRows":[{}]}}"#, row(2, "GetObject")),
        ROLE,
    );
}

/// A column that was not asked for says nothing.
#[test]
fn a_call_went_well_only_where_it_was_asked_whether_it_did() {
    for (header, cells, outcome) in [
        ("eventTime,eventName,sourceIPAddress", "", "unknown"),
        ("eventTime,eventName,sourceIPAddress,errorCode", ",", "success"),
    ] {
        let text = format!("{header}\n2026-03-04T10:42:02Z,GetObject,192.0.2.7{cells}\n");
        let rows = rows(&text);
        assert_eq!((&*rows[0].format, rows[0].get("outcome")), ("cloudtrail", Some(outcome)));
    }
}

#[test]
fn what_is_counted_is_no_call() {
    for text in [
        "eventName,sourceIPAddress,@timestamp,count(*)\nGetObject,192.0.2.7,2026-03-04 10:42:02,5\nx,192.0.2.8,2026-03-04 10:42:02,6\n",
        r#"{"results":[[{"field":"eventName","value":"GetObject"},{"field":"sourceIPAddress","value":"192.0.2.7"},{"field":"n","value":"5"}]]}"#,
    ] {
        assert!(rows(text).iter().all(|row| row.format != "cloudtrail"), "{text}");
    }
}

#[test]
fn the_event_history_of_the_console_is_cloudtrail() {
    for text in [
        "User name,AWS access key,Event name,Event time,Event source,Read-only,AWS Region,\
         Source IP address,User agent,Error code,Resources,Request ID,Event ID\n\
         alice,AKIAEXAMPLE,GetObject,\"March 04, 2026, 10:42:02 (UTC+00:00)\",s3.amazonaws.com,\
         true,us-east-1,192.0.2.7,Mozilla/5.0,AccessDenied,\
         \"[{\"\"resourceType\"\":\"\"AWS::S3::Bucket\"\",\"\"resourceName\"\":\"\"prod\"\"}]\",r1,e1\n",
        "Event ID,Event time,User name,Event name,Resource type,Resource name,AWS access key,\
         AWS Region,Error code,Source IP address,Event source,Read only,User agent,Request ID\n\
         e1,2026-03-04T10:42:02Z,alice,GetObject,AWS::S3::Bucket,prod,AKIAEXAMPLE,us-east-1,\
         AccessDenied,192.0.2.7,s3.amazonaws.com,true,ua,r1\n",
    ] {
        let row = denied(text, "alice");
        for (field, value) in [("key", "AKIAEXAMPLE"), ("resource", "prod"), ("request", "r1")] {
            assert_eq!(row.get(field), Some(value), "{field}: {text}");
        }
    }
}

#[test]
fn a_collector_of_splunk_takes_what_others_would_keep() {
    // Without a format that is sure of it, an event is one of many members.
    let rows = rows(r#"{"event":{"name":"x"},"time":1772622122}"#);
    assert_eq!((rows.len(), &*rows[0].format), (1, "json_lines"));
}
