//! Walks every format and checks what all of them promise, so that a new one is checked by being
//! in the list.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod apart;
mod asked;
mod beyond;
mod chosen;
mod damage;
mod envelopes;
mod forged;
mod rows;
mod tuples;

use rows::{Kept, Rows, read};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use trailcase::event::{Kind, Place, ReasonKind, Role, State, Timestamp};
use trailcase::format::{Bytes, Context, Feed, Match, Probe, formats};

fn context() -> Context {
    // 2026-03-04T12:00:00Z
    let modified = Timestamp::from_seconds(1_772_625_600);
    Context { key: "fixture".to_owned(), modified, ..Context::default() }
}

/// The same of a fixture, whose name may tell what its lines do not.
fn context_of(file: &Path) -> Context {
    let key = file.file_name().unwrap().to_string_lossy().into_owned();
    Context { key, ..context() }
}

/// Format id, file, bytes.
fn fixtures() -> Vec<(&'static str, PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for format in formats() {
        let id: &'static str = &format.schema().id;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(id);
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(!files.is_empty(), "{id} has no fixture");
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            found.push((id, file, bytes));
        }
    }
    found
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().replace('.', "_")
}

fn table(rows: &Rows) -> String {
    let mut text = String::new();
    for row in &rows.kept {
        let frame = row.frame.unwrap();
        let time = row.time.as_deref().unwrap_or("no time");
        let assumed = if row.zone_assumed { " (zone assumed)" } else { "" };
        let (format, place) = (&row.format, frame.place);
        let records = row.records.map(|count| format!(" of {count} records")).unwrap_or_default();
        let at = format!("{place:?} @{}+{}{records}", frame.offset, frame.length);
        writeln!(text, "{time}{assumed} {format} {at}").unwrap();
        for (name, value) in &row.fields {
            writeln!(text, "    {name}: {value:?}").unwrap();
        }
    }
    if let Some((state, reason)) = &rows.end {
        writeln!(text, "{state}: {reason}").unwrap();
    }
    text
}

#[test]
fn fixtures_are_read_as_they_always_were() {
    for (id, file, bytes) in fixtures() {
        let rows = read(context_of(&file), &bytes, &[]);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("{id}__{}", name_of(&file)), table(&rows));
        });
    }
}

#[test]
fn a_fixture_is_its_own_format_and_surely_no_other() {
    for (id, file, bytes) in fixtures() {
        let rows = read(context(), &bytes, &[]);
        let own = rows.kept.iter().filter(|row| row.format == id).count();
        assert!(own * 2 > rows.kept.len(), "{}: {own} of {}", file.display(), rows.kept.len());
        for row in rows.kept.iter().filter(|row| row.format == id) {
            let text = String::from_utf8_lossy(&row.raw).into_owned();
            let probe = Probe::new(&text);
            for format in formats().iter().filter(|format| format.schema().id != id) {
                assert_ne!(format.probe(&probe), Match::Certain, "{id} as {}", format.schema().id);
            }
        }
    }
}

/// Fields that an envelope or the object's name may fill where no record does.
const LENT: [&str; 4] = ["account", "region", "instance", "interface"];

#[test]
fn every_field_is_filled_by_a_fixture() {
    let mut filled: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (id, file, bytes) in fixtures() {
        for row in
            read(context_of(&file), &bytes, &[]).kept.into_iter().filter(|row| row.format == id)
        {
            assert!(row.get("class").is_some() && row.get("outcome").is_some(), "{row:?}");
            filled.entry(id).or_default().extend(row.fields.into_iter().map(|(name, _)| name));
        }
    }
    for format in formats() {
        let schema = format.schema();
        let filled = &filled[&*schema.id];
        let empty: Vec<&str> = schema
            .fields
            .iter()
            .map(|field| &*field.name)
            .filter(|name| !filled.contains(*name) && !LENT.contains(name))
            .collect();
        assert!(empty.is_empty(), "{}: never filled: {empty:?}", schema.id);
    }
}

#[test]
fn the_same_name_means_the_same_everywhere() {
    let mut known: BTreeMap<&str, (Kind, Role, bool)> = BTreeMap::new();
    for format in formats() {
        assert!(!format.help().is_empty() && !format.limits().is_empty());
        let mut names = BTreeSet::new();
        for field in &format.schema().fields {
            assert!(names.insert(&*field.name), "{} twice", field.name);
            let meaning = (field.kind, field.role, field.many);
            let first = known.entry(&field.name).or_insert(meaning);
            assert_eq!(*first, meaning, "{}", field.name);
            assert_eq!(field.kind == Kind::Ip, field.role == Role::Ip, "{}", field.name);
            // Lists are of texts.
            let is_text = matches!(field.kind, Kind::Str | Kind::Id | Kind::Ip);
            assert!(is_text || !field.many, "{}", field.name);
        }
    }
}

#[test]
fn frames_say_where_the_record_is_and_pieces_do_not_matter() {
    for (_, file, bytes) in fixtures() {
        let whole = read(context(), &bytes, &[]);
        for row in &whole.kept {
            let frame = row.frame.unwrap();
            let start = frame.offset as usize;
            let there = &bytes[start..start + frame.length as usize];
            let own = Bytes::new(there).record(frame.inner).filter(|_| frame.inner.is_woven());
            let own = own.map_or(there.to_vec(), |own| own.text.into_bytes());
            assert_eq!(row.raw, own, "{}", file.display());
        }
        for pieces in [&[1][..], &[7, 64, 3], &[1000, 1]] {
            // Detection holds back the first 64 KiB; only what comes after is cut.
            let padded = padded(&bytes);
            let (all, cut) = (read(context(), &padded, &[]), read(context(), &padded, pieces));
            assert_eq!(all.kept, cut.kept, "{} in {pieces:?}", file.display());
            assert_eq!(all.end, cut.end);
        }
    }
}

#[test]
fn what_comes_a_line_at_a_time_is_read_as_if_it_came_at_once() {
    for (format, file, bytes) in fixtures() {
        let context = context_of(&file);
        let at_once = read(context.clone(), &bytes, &[]).kept;
        let mut slowly = Rows::default();
        let mut feed = Feed::new(context);
        let mut come = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            for piece in [&line[..line.len() / 2], &line[line.len() / 2..]] {
                come += piece.len();
                assert!(feed.push(piece, &mut slowly).is_continue());
                // Lines that are one record come together.
                let within = |row: &Kept| {
                    let frame = row.frame.unwrap();
                    let end = frame.offset + u64::from(frame.length);
                    (frame.offset + 1..end).contains(&(come as u64))
                };
                if !at_once.iter().any(within) {
                    assert!(feed.rest(&mut slowly).is_continue());
                }
            }
        }
        feed.finish(&mut slowly);
        // The name of a file that comes without the rules of its banner is a row.
        slowly
            .kept
            .retain(|row| row.raw != b"/var/log/cfn-init.log" && row.raw != b"/var/log/squid.log");
        let differs = slowly.kept.iter().zip(&at_once).find(|(slow, fast)| slow != fast);
        assert_eq!(differs, None, "{format}: {}", file.display());
        assert_eq!(slowly.kept.len(), at_once.len(), "{format}: {}", file.display());
    }
}

/// Blanks before the first record push it over the end of what is looked at first.
fn padded(bytes: &[u8]) -> Vec<u8> {
    let copies = (64 * 1024 / bytes.len().max(1)) + 2;
    let mut padded = Vec::new();
    for _ in 0..copies {
        padded.extend_from_slice(bytes);
        padded.push(b'\n');
    }
    padded
}

#[test]
fn what_is_no_log_says_what_it_is() {
    for (bytes, kind) in [
        (&b""[..], ReasonKind::Empty),
        (b" \n\n", ReasonKind::Empty),
        (b"\x89PNG\r\n\x1a\n\0\0", ReasonKind::Binary),
        (b"\x01\x02\x00\x04", ReasonKind::Binary),
        (&[0; 5000], ReasonKind::Binary),
        (&vec![0; 200_000], ReasonKind::Binary),
        (b"\0N\0o\0v\0 \x002\x006\0\n\0N\0o", ReasonKind::Binary),
        (b"N\0o\0v\0 \x002\x006\0\n\0N\0o\0", ReasonKind::Binary),
        (br#"{"awsAccountId":"1","digestStartTime":"a","digestEndTime":"b"}"#, ReasonKind::Digest),
        (br#"{"ContentLength":712,"Metadata":{"signature":"92eb","signature-algorithm":"SHA256withRSA"}}"#, ReasonKind::Digest),
        (b"{\n \"PublicKeyList\": [\n  {\"Value\": \"MIIB\", \"Fingerprint\": \"045b\"}\n ]\n}\n", ReasonKind::Digest),
        (br#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE"}]}"#, ReasonKind::ControlMessage),
        (br#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3"}]}"#, ReasonKind::Notification),
        (br#"{"Type":"SubscriptionConfirmation","MessageId":"m","Token":"t","TopicArn":"arn:aws:sns:eu-west-1:111122223333:t","Message":"You have chosen to subscribe","SubscribeURL":"https://x","Timestamp":"2026-03-04T10:42:02Z","SignatureVersion":"1","Signature":"s","SigningCertURL":"https://x"}"#, ReasonKind::ControlMessage),
        (br#"{"Messages":[{"MessageId":"m","Body":"{\"Type\":\"UnsubscribeConfirmation\",\"MessageId\":\"m\",\"Token\":\"t\",\"TopicArn\":\"arn:aws:sns:eu-west-1:111122223333:t\",\"Message\":\"x\",\"SubscribeURL\":\"https://x\",\"Timestamp\":\"2026-03-04T10:42:02Z\"}"}]}"#, ReasonKind::ControlMessage),
        (b"Enable AccessLog for ELB: front at 2026", ReasonKind::TestObject),
    ] {
        let rows = read(context(), bytes, &[]);
        let (state, reason) = rows.end.unwrap();
        assert_eq!((state, reason.kind), (State::NotALog, kind));
        assert_eq!(rows.kept, [] as [Kept; 0]);
    }
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_are_no_data() {
    let lines = "\u{feff}{\"time\":\"2026-01-01T00:00:00Z\",\"msg\":\"a\"}\r\n{\"msg\":\"b\"}\r\n";
    let file = "\u{feff}[\r\n  {\"msg\":\"a\"},\r\n  {\"msg\":\"b\"}\r\n]\r\n";
    for (text, first) in [(lines, Place::Line(1)), (file, Place::Index(1))] {
        for pieces in [&[][..], &[1], &[3, 5]] {
            let rows = read(context(), text.as_bytes(), pieces);
            let messages: Vec<_> = rows.kept.iter().map(|row| row.get("message")).collect();
            assert_eq!(messages, [Some("a"), Some("b")], "{text}");
            assert!(rows.kept.iter().all(|row| row.raw.ends_with(b"}") && row.raw[0] == b'{'));
            assert_eq!(rows.kept[0].frame.unwrap().place, first);
            assert_eq!(rows.end, None);
        }
    }
}

#[test]
fn a_file_of_no_records_is_read_to_its_end() {
    for text in ["{\"Records\":[]}", "{\"Records\": [ ] }\r\n", "[]", "\u{feff}{\"Records\":[]}"] {
        let rows = read(context(), text.as_bytes(), &[]);
        assert_eq!((rows.kept.len(), rows.end), (0, None), "{text}");
    }
}

#[test]
fn of_members_given_twice_the_last_counts() {
    let record = r#"{"eventVersion":"1.11","eventTime":"2026-03-04T10:00:00Z","eventName":"First",
        "eventSource":"s3.amazonaws.com","awsRegion":"eu-west-1","eventName":"Second",
        "sourceIPAddress":"192.0.2.1","sourceIPAddress":"192.0.2.2","eventType":"AwsApiCall"}"#;
    let file = format!("{{\"Records\":[{record}]}}");
    for pieces in [&[][..], &[64]] {
        let rows = read(context(), file.as_bytes(), pieces);
        assert_eq!(rows.kept.len(), 1);
        assert_eq!(rows.kept[0].get("event"), Some("Second"));
        assert_eq!(rows.kept[0].get("src.ip"), Some("192.0.2.2"));
    }
}

#[test]
fn what_is_passed_over_among_records_is_said() {
    let control = r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE"}]}"#;
    let data = r#"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"g","logStream":"s","logEvents":[{"id":"1","timestamp":1772625600000,"message":"{\"msg\":\"x\"}"}]}"#;
    let rows = read(context(), format!("{control}{data}").as_bytes(), &[]);
    assert_eq!((rows.kept.len(), rows.end), (1, None));
    let kinds: Vec<ReasonKind> = rows.remarks.iter().map(|reason| reason.kind).collect();
    assert_eq!(kinds, [ReasonKind::ControlMessage]);

    let digest = r#"{"awsAccountId":"1","digestStartTime":"a","digestEndTime":"b"}"#;
    let notice = r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3"}]}"#;
    let lines = format!("{{\"msg\":\"a\"}}\n{digest}\n{notice}\n{{\"msg\":\"b\"}}\n");
    let rows = read(context(), lines.as_bytes(), &[]);
    assert_eq!((rows.kept.len(), rows.end), (2, None));
    let kinds: Vec<ReasonKind> = rows.remarks.iter().map(|reason| reason.kind).collect();
    assert_eq!(kinds, [ReasonKind::Digest, ReasonKind::Notification]);
}

#[test]
fn what_says_more_than_a_confirmation_of_sns_is_a_record() {
    let text = r#"{"Type":"SubscriptionConfirmation","Token":"t","TopicArn":"t","SubscribeURL":"https://x","time":"2026-03-04T10:42:02Z","user":"alice"}"#;
    let rows = read(context(), text.as_bytes(), &[]);
    assert_eq!((rows.kept.len(), rows.end), (1, None));
}

#[test]
fn the_name_of_the_object_fills_what_lines_leave_open() {
    let key = "AWSLogs/o-ab12cd34ef/111122223333/vpcflowlogs/eu-west-1/2026/03/04/a.log";
    let text = "interface-id srcaddr dstaddr start end action log-status\n\
        eni-0a1b2c3d 192.0.2.1 192.0.2.2 1772625600 1772625660 ACCEPT OK\n";
    let rows = read(Context { key: key.to_owned(), ..context() }, text.as_bytes(), &[]);
    assert_eq!(rows.kept[0].get("account"), Some("111122223333"));
    assert_eq!(rows.kept[0].get("region"), Some("eu-west-1"));
    let text = "account-id srcaddr dstaddr start end action log-status\n\
        444455556666 192.0.2.1 192.0.2.2 1772625600 1772625660 ACCEPT OK\n";
    let rows = read(Context { key: key.to_owned(), ..context() }, text.as_bytes(), &[]);
    assert_eq!(rows.kept[0].get("account"), Some("444455556666"));
    // Records of JSON, whether they are cut first or read in one pass, say it themselves or not.
    let flow = |more: &str| {
        format!(
            "{{{more}\"srcaddr\":\"192.0.2.1\",\"dstaddr\":\"192.0.2.2\",\"start\":1772625600,\"end\":1772625660,\"action\":\"ACCEPT\"}}\n"
        )
    };
    let text = flow("") + &flow("\"account-id\":\"444455556666\",");
    let rows = read(Context { key: key.to_owned(), ..context() }, text.as_bytes(), &[]);
    let of = |row: &Kept| [row.get("account"), row.get("region")].map(|v| v.map(str::to_owned));
    let said = |account: &str| [Some(account.to_owned()), Some("eu-west-1".to_owned())];
    assert_eq!(
        rows.kept.iter().map(of).collect::<Vec<_>>(),
        [said("111122223333"), said("444455556666")]
    );
}

#[test]
fn a_port_probe_keeps_every_address() {
    let text = r#"{"schemaVersion":"2.0","id":"a","type":"Recon:EC2/PortProbe","severity":2,"updatedAt":"2026-03-04T10:00:00Z","service":{"detectorId":"d","action":{"portProbeAction":{"portProbeDetails":[{"remoteIpDetails":{"ipAddressV4":"192.0.2.1"}},{"remoteIpDetails":{"ipAddressV4":"192.0.2.2"}}]}}}}"#;
    let rows = read(context(), text.as_bytes(), &[]);
    let row = &rows.kept[0];
    let all: Vec<&str> = row
        .fields
        .iter()
        .filter(|(name, _)| name == "guardduty.remote_ip")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!((row.get("src.ip"), all), (Some("192.0.2.1"), vec!["192.0.2.1", "192.0.2.2"]));
}

#[test]
fn a_time_on_a_line_of_its_own_is_no_message() {
    let log = "2026-03-04T10:42:03.113456+00:00\nErrors in file /x.trc:\nORA-01017: denied\n\
               2026-03-04T10:42:04.113456+00:00\n\n  WARN from 192.0.2.7\n\
               2026-03-04T10:42:05.113456+00:00\n";
    let rows = read(context(), log.as_bytes(), &[]);
    let said = |row: &Kept| row.get("message").unwrap_or("").to_owned();
    let messages: Vec<String> = rows.kept.iter().map(said).collect();
    let last = "2026-03-04T10:42:05.113456+00:00";
    assert_eq!(messages, ["Errors in file /x.trc:", "from 192.0.2.7", last]);
    assert_eq!(rows.kept[1].get("plain.level"), Some("WARN"));
}

#[test]
fn a_text_without_a_time_is_no_log_and_a_log_with_a_nul_is_one() {
    let read = |bytes: &[u8]| read(context(), bytes, &[bytes.len()]);
    let licence = "You may copy this in 2026.\nIt comes without warranty.\n";
    let note = "# Notes\n\nSee LICENSE. What is here:\n\n- version 2.0 of the guide\n- INFORMATION on 3 hosts\n";
    for prose in [licence, note] {
        let end = read(prose.as_bytes()).end;
        assert_eq!(
            end.map(|(state, reason)| (state, reason.kind)),
            Some((State::NotALog, ReasonKind::Prose))
        );
    }
    for line in [
        "START RequestId: abcdefab-cdef-abcd-efab-cdefabcdefab Version: $LATEST",
        "END RequestId: abcdefab-cdef-abcd-efab-cdefabcdefab",
        "REPORT RequestId: abcdefab-cdef-abcd-efab-cdefabcdefab\tDuration: 1.23 ms\tBilled Duration: 2 ms",
        "INIT_START Runtime Version: nodejs:18.v30",
        "ERROR could not reach the database",
        "[WARN] disk nearly full",
    ] {
        let rows = read(line.as_bytes());
        assert_eq!((rows.kept.len(), rows.end), (1, None), "{line}");
        let known = ["lambda", "plain", "unparsed"];
        assert!(known.contains(&&*rows.kept[0].format), "{line}: {}", rows.kept[0].format);
    }
    let log = b"{\"time\":\"2026-03-04T10:00:00Z\",\"message\":\"a\0b\"}\n{\"time\":\"2026-03-04T10:00:01Z\",\"message\":\"c\"}\n";
    let found = read(log);
    assert!(found.end.is_none());
    assert_eq!(found.kept.len(), 2);
}

fn of(text: &str, key: &str) -> Rows {
    read(Context { key: key.to_owned(), ..context() }, text.as_bytes(), &[])
}

fn kept_as(rows: &Rows) -> Vec<&str> {
    rows.kept.iter().map(|row| row.format.as_str()).collect()
}

#[test]
fn a_column_in_quotes_that_is_new_leaves_an_access_log_of_s3_what_it_is() {
    let owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
    let line = format!(
        "{owner} photos [04/Mar/2026:10:42:39 +0000] 203.0.113.78 - 891CE47D2EXAMPLE \
         REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 1 2 38 3 \"-\" \"curl/8 \"x\"\" - s9lz= SigV4 \
         TLS_AES_128_GCM_SHA256 AuthHeader photos.s3.amazonaws.com TLSv1.3 - - eu-west-1 \"a new one\"\n"
    );
    let rows = of(&line.repeat(3), "x.log");
    assert_eq!(kept_as(&rows), ["s3_access"; 3]);
    let row = &rows.kept[0];
    let wanted = ["curl/8 \"x\"", "SigV4", "TLSv1.3", "eu-west-1", "a new one"];
    let names =
        ["agent", "s3.signature_version", "s3.tls_version", "s3.source_region", "s3.column_28"];
    assert_eq!(names.map(|name| row.get(name).unwrap_or_default()), wanted, "{row:?}");
}

#[test]
fn the_original_goes_before_what_a_pipeline_made_of_it() {
    let line = "Mar  4 10:42:02 web-1 sshd[811]: Accepted publickey for alice from 192.0.2.7 port 50022 ssh2";
    let text = serde_json::to_string(line).unwrap();
    for original in
        [format!(r#""event":{{"original":{text}}}"#), format!(r#""event.original":{text}"#)]
    {
        for time in ["", r#""@timestamp":"2026-03-04T10:42:03Z","#] {
            let source = format!(r#"{{{time}"message":"a login",{original}}}"#);
            let hit = format!(r#"{{"_index":"logs","_id":"1","_source":{source}}}"#);
            for text in
                [format!("{hit}\n{hit}\n"), format!(r#"{{"hits":{{"hits":[{hit},{hit}]}}}}"#)]
            {
                let rows = of(&text, "x.json");
                assert_eq!(kept_as(&rows), ["syslog"; 2], "{text}");
                assert_eq!(rows.kept[0].get("src.ip"), Some("192.0.2.7"), "{text}");
            }
        }
    }
}

#[test]
fn the_output_of_a_command_is_a_log_if_its_content_is_one() {
    let key =
        "out/0a1b2c3d-1111-2222-3333-444455556666/i-0a1b2c3d4e5f60718/awsrunShellScript/stdout";
    let line = "Mar  4 10:42:02 web-1 sshd[811]: Accepted publickey for alice from 192.0.2.7 port 50022 ssh2\n";
    let rows = of(&line.repeat(3), key);
    assert_eq!(kept_as(&rows), ["syslog"; 3]);
    assert_eq!(rows.kept[0].get("instance"), Some("i-0a1b2c3d4e5f60718"));
    let rows = of(&format!("{line}total 4\ndrwxr-xr-x 2 root root\n"), key);
    assert_eq!(kept_as(&rows), ["ssm"; 3]);
    assert_eq!(kept_as(&of("uid=0(root)\n", key)), ["ssm"]);
}

#[test]
fn a_time_out_by_itself_is_of_a_function() {
    let line = "2026-03-04T10:42:02.113Z 0a1b2c3d-1111-4222-8333-944455556666 Task timed out after 3.00 seconds\n\n";
    for text in [line.to_owned(), format!("2026-03-04T10:42:02.200Z {line}").repeat(2)] {
        let rows = of(&text, "x.log");
        assert!(
            !rows.kept.is_empty() && kept_as(&rows).iter().all(|is| *is == "lambda"),
            "{rows:?}",
            rows = rows.kept
        );
        assert_eq!(rows.kept[0].time.as_deref(), Some("2026-03-04T10:42:02.113Z"));
        assert_eq!(rows.kept[0].get("request"), Some("0a1b2c3d-1111-4222-8333-944455556666"));
    }
}

#[test]
fn a_cluster_of_opensearch_says_whose_it_is() {
    let record = |name: &str| {
        format!(
            r#"{{"audit_cluster_name":"{name}","audit_category":"FAILED_LOGIN","audit_format_version":4,"@timestamp":"2026-03-04T10:42:02.113+00:00"}}"#
        )
    };
    let account =
        |name: &str| of(&record(name), "x.json").kept[0].get("account").map(str::to_owned);
    assert_eq!(account("111122223333:shop").as_deref(), Some("111122223333"));
    assert_eq!(account("shop:111122223333"), None);
    assert_eq!(account("shop"), None);
}

#[test]
fn line_ends_of_old_part_records_where_there_are_no_others() {
    let line = |n: u32| {
        format!(
            "Mar  4 10:42:0{n} web-1 sshd[811]: Accepted publickey for alice from 192.0.2.{n} port 50022 ssh2"
        )
    };
    let lines = [line(1), line(2), line(3)];
    for end in ["", "\r"] {
        let text = lines.join("\r") + end;
        let rows = of(&text, "x.log");
        assert_eq!(kept_as(&rows), ["syslog"; 3]);
        for (row, line) in rows.kept.iter().zip(&lines) {
            assert_eq!(row.raw, line.as_bytes());
            let at = row.frame.unwrap().offset as usize;
            assert!(text[at..].starts_with(line));
        }
    }
    // What draws over its line has a line of its own at least.
    assert_eq!(of(&(lines.join("\r") + "\n"), "x.log").kept.len(), 1);
    // The first 64 KiB decide, and CR means nothing any more behind another end.
    let long = (line(1) + "\r").repeat(900);
    for pieces in [&[][..], &[1], &[1000, 7]] {
        let text = format!("{long}{}\n{}\r{}\n", line(2), line(3), line(4));
        let rows = read(context(), text.as_bytes(), pieces);
        assert_eq!(rows.kept.len(), 902);
        assert!(rows.kept[901].raw.contains(&b'\r'));
    }
}

#[test]
fn a_line_that_goes_on_in_an_event_of_its_own_is_of_the_database() {
    let event = |id: u32, message: &str| {
        let message = serde_json::to_string(message).unwrap();
        format!(r#"{{"id":"{id}","timestamp":1772620922113,"message":{message}}}"#)
    };
    let one = "2026-03-04 10:42:02 UTC:192.0.2.7(50022):app@shop:[811]:LOG:  statement: select 1,";
    let events = [event(1, one), event(2, "\t  2 from t"), event(3, one)].join(",");
    let text = format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/aws/rds/instance/shop-1/postgresql","logStream":"shop-1.0","logEvents":[{events}]}}"#
    );
    let rows = of(&text, "x.json");
    assert_eq!(kept_as(&rows), ["postgresql"; 3]);
    assert_eq!(rows.kept[1].get("message"), Some("  2 from t"));
    assert!(rows.kept[1].time.is_some());
}

#[test]
fn a_notification_of_s3_among_messages_of_a_queue_is_told() {
    let flow = r#"{"version":"0","id":"6a7e8feb","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2","account":"111122223333","time":"2026-03-04T10:42:02Z","region":"eu-west-1","resources":[],"detail":{"instance-id":"i-0a1b2c3d4e5f60718","state":"running"}}"#;
    let one = r#"{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"2026-03-04T10:42:02.000Z","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}"#;
    let notice = format!(r#"{{"Records":[{one}]}}"#);
    let message = |body: &str| {
        let body = serde_json::to_string(body).unwrap();
        format!(r#"{{"MessageId":"m","ReceiptHandle":"r","MD5OfBody":"d","Body":{body}}}"#)
    };
    let flows = message(flow);
    let notice = message(&notice);
    for text in [
        format!(r#"{{"Messages":[{flows},{notice},{flows}]}}"#),
        format!("{flows}\n{notice}\n{flows}\n"),
    ] {
        let rows = of(&text, "x.json");
        let told = rows.remarks.iter().filter(|it| it.kind == ReasonKind::Notification).count();
        assert_eq!((rows.kept.len(), told), (2, 1), "{text} {:?}", rows.remarks);
    }
}
