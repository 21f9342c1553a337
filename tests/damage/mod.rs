//! What damage costs: objects that are cut off, records beyond the limits, bytes too few or too
//! many. The record it is in and no other, and nothing is lost.

use crate::rows::{Kept, Rows, read};
use crate::{context, fixtures, table};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use trailcase::event::{Place, ReasonKind, State};
use trailcase::format::Feed;

#[test]
fn an_array_that_is_cut_off_is_partial_and_keeps_what_was_whole() {
    let rows = read(context(), br#"[{"time":"2026-01-01T00:00:00Z"},{"time":"20"#, &[]);
    let (state, reason) = rows.end.unwrap();
    assert_eq!((state, reason.kind), (State::Partial, ReasonKind::Truncated));
    let formats: Vec<&str> = rows.kept.iter().map(|row| row.format.as_str()).collect();
    assert_eq!(formats, ["json_lines", "unparsed"]);
}

#[test]
fn records_beyond_the_limits_are_kept_by_place() {
    let long = format!("{{\"a\":\"{}\"}}\n{{\"b\":1}}\n", "x".repeat(9 << 20));
    for pieces in [&[usize::MAX][..], &[1 << 20]] {
        let rows = read(context(), long.as_bytes(), pieces);
        assert_eq!(rows.kept.len(), 2);
        assert_eq!(rows.kept[0].get("reason"), Some("longer than 8 MiB"));
        assert_eq!(rows.kept[0].frame.unwrap().length as usize, (9 << 20) + 8);
        assert_eq!(rows.kept[0].raw.len(), 4096);
        assert_eq!(rows.kept[1].format, "json_lines");
    }
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(500), "]".repeat(500));
    let rows = read(context(), deep.as_bytes(), &[]);
    assert_eq!(rows.kept[0].get("reason"), Some("nested deeper than 128"));
}

#[test]
fn the_head_of_a_record_that_is_too_long_says_when_and_what_it_was() {
    let long = "x".repeat(9 << 20);
    let trail = r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser"},"eventTime":"2026-03-04T10:00:07Z","eventSource":"s3.amazonaws.com","eventName":"A","awsRegion":"eu-west-1","eventID":"1"}"#;
    let head = trail.trim_end_matches('}');
    for (text, reason, time) in [
        (
            format!(
                r#"{{"Records":[{trail},{head},"requestParameters":{{"a":"{long}"}}}},{trail}]}}"#
            ),
            "longer than 8 MiB; cloudtrail by its head",
            Some("2026-03-04T10:00:07Z"),
        ),
        (
            format!(r#"{{"Records":[{head},"requestParameters":{{"a":"{long}"}}}}]}}"#),
            "longer than 8 MiB; cloudtrail by its head",
            Some("2026-03-04T10:00:07Z"),
        ),
        (
            format!(
                "2026-03-04T10:00:07Z web-1 app[1]: a\n2026-03-04T10:00:08Z web-1 app[1]: {long}\n"
            ),
            "longer than 8 MiB; syslog by its head",
            Some("2026-03-04T10:00:08Z"),
        ),
        (
            format!(
                "{{\"time\":\"2026-03-04T10:00:09Z\",\"a\":\"{long}\"}}\n{{\"time\":\"2026-03-04T10:00:00Z\"}}\n"
            ),
            "longer than 8 MiB; json_lines by its head",
            Some("2026-03-04T10:00:09Z"),
        ),
        (format!("{{\"a\":\"{long}\"}}\n{{\"a\":1}}\n"), "longer than 8 MiB", None),
        (format!("{long}\n"), "longer than 8 MiB", None),
    ] {
        let rows = read(context(), text.as_bytes(), &[]);
        let of = &text[..text.len().min(200)];
        let row = rows.kept.iter().find(|row| row.format == "unparsed").expect(of);
        assert_eq!(row.get("reason"), Some(reason), "{of}");
        assert_eq!(row.time.as_deref(), time, "{of}");
        let shown = row.get("message").unwrap();
        assert!(shown.len() >= 512 && text.contains(shown), "{of}");
    }
}

#[test]
fn damage_in_a_record_keeps_the_time_read_before_it() {
    let good = r#"{"eventVersion":"1.11","eventTime":"2026-03-04T10:00:00Z","eventName":"A","eventSource":"s3.amazonaws.com","awsRegion":"eu-west-1"}"#;
    let bad = r#"{"eventVersion":"1.11","eventTime":"2026-03-04T10:00:07Z","eventName":tru,"eventSource":"s3.amazonaws.com","awsRegion":"eu-west-1"}"#;
    let file = format!("{{\"Records\":[{good},{bad},{good}]}}");
    let rows = read(context(), file.as_bytes(), &[]);
    let formats: Vec<&str> = rows.kept.iter().map(|row| row.format.as_str()).collect();
    assert_eq!(formats, ["cloudtrail", "unparsed", "cloudtrail"]);
    assert_eq!(rows.kept[1].time.as_deref(), Some("2026-03-04T10:00:07Z"));
    assert!(rows.kept[1].get("reason").unwrap().starts_with("no good JSON: "));
}

const TRAIL_RECORD: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ana","accountId":"111122223333"},"eventTime":"2026-03-04T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1","requestParameters":{"bucketName":"records","key":"a/{b}[c].txt"},"responseElements":null,"resources":[{"ARN":"arn:aws:s3:::records","type":"AWS::S3::Bucket"},{"ARN":"arn:aws:s3:::records/a"}],"eventID":"0b2c"}"#;

#[test]
fn a_byte_too_few_or_too_many_costs_its_own_record_alone() {
    let good = TRAIL_RECORD;
    let joined = |middle: &str| format!("{{\"Records\":[{good},{middle},{good},{good}]}}");
    let lines = |middle: &str| format!("{good}\n{middle}\n{good}\n{good}\n");
    let spread = |text: &str| text.replace(",\"", ",\n    \"").replace("},", "\n  },");
    let apart = |middle: &str| spread(&joined(middle));
    let layouts: [&dyn Fn(&str) -> String; 3] = [&joined, &lines, &apart];
    let at = (0..good.len()).filter(|at| !good.as_bytes()[*at].is_ascii_alphanumeric());
    for (at, size) in at.flat_map(|at| [(at, 0), (at, 2)]) {
        let damaged = format!("{}{}{}", &good[..at], good[at..=at].repeat(size), &good[at + 1..]);
        for layout in layouts {
            let text = layout(&damaged);
            let rows = read(context(), text.as_bytes(), &[]);
            let events = rows.kept.iter().filter(|row| row.format == "cloudtrail").count();
            let broken = rows.kept.iter().filter(|row| row.format == "unparsed").count();
            assert!(events >= 3 && events + broken == rows.kept.len(), "{text}\n{}", table(&rows));
            assert!(broken <= 1 && rows.kept.len() >= 4, "{text}\n{}", table(&rows));
            assert_eq!(rows.end, None, "{text}");
            let cut = read(context(), text.as_bytes(), &[at + 30, 7]);
            assert_eq!(rows.kept, cut.kept);
        }
    }
}

#[test]
fn what_damage_joins_to_a_control_message_is_a_row() {
    let element = |message: &str| format!(r#"{{"id":"1","timestamp":1,"message":"{message}"}}"#);
    let head = r#"{"messageType":"CONTROL_MESSAGE","owner":"111122223333","logEvents":["#;
    let control = element("CWL CONTROL MESSAGE: Checking health of destination.");
    let kept = |text: &str| read(context(), text.as_bytes(), &[]).kept.len();
    assert_eq!(kept(&format!("{head}{control}]}}")), 0);
    assert_eq!(kept(&format!("{head}{control},{}]}}", element("a line of the log"))), 1);
    // The bracket that ends the array is missing.
    let data = format!(r#"{{"messageType":"DATA_MESSAGE","logEvents":[{}]}}"#, element("x"));
    assert!(kept(&format!("{head}{control}}}{data}")) > 0);
}

#[test]
fn a_damaged_record_in_the_text_of_an_envelope_is_a_row() {
    let good = r#"{"eventVersion":"1.11","eventTime":"2026-03-04T10:00:00Z","eventName":"A","eventSource":"s3.amazonaws.com","awsRegion":"eu-west-1"}"#;
    let bad = good.replace("eu-west-1\"}", "eu-west-1\"}}");
    let text = format!("{{\"Records\":[{good},{bad},{good}]}}");
    let message = text.replace('"', "\\\"");
    let notice = format!(
        r#"{{"Type":"Notification","TopicArn":"arn:aws:sns:eu-west-1:111122223333:t","Message":"{message}","Timestamp":"2026-03-04T10:00:01Z"}}"#
    );
    let rows = read(context(), notice.as_bytes(), &[]);
    let formats: Vec<&str> = rows.kept.iter().map(|row| row.format.as_str()).collect();
    assert_eq!(formats, ["cloudtrail", "cloudtrail", "unparsed", "cloudtrail"]);
}

#[test]
fn members_around_the_records_that_nobody_knows_are_told() {
    let file = r#"{"tack":5,"Records":[{"msg":"a"},{"msg":"b"}],"more":{"msg":"c"}}"#;
    let rows = read(context(), file.as_bytes(), &[]);
    let places: Vec<Place> = rows.kept.iter().map(|row| row.frame.unwrap().place).collect();
    assert_eq!(places, [Place::Index(1), Place::Index(2)]);
    assert_eq!(rows.end, None);
    let told: Vec<(ReasonKind, Option<u64>)> =
        rows.remarks.iter().map(|told| (told.kind, told.offset)).collect();
    assert_eq!(told, [(ReasonKind::Envelope, Some(0)), (ReasonKind::Envelope, Some(45))]);
    assert!(rows.remarks[0].detail.ends_with("tack") && rows.remarks[1].detail.ends_with("more"));
}

#[test]
fn what_looks_like_a_remark_of_another_format_is_a_row() {
    let lines = ["#Remark: x", "#Date: 2026-03-04", "#open x", "#path x", "Tcp port: 3306"];
    let log = |line: &str| {
        format!(
            "2026-03-04 10:42:02 INFO a\n2026-03-04 10:42:03 INFO b\n{line}\n2026-03-04 10:42:04 INFO c\n"
        )
    };
    for line in lines {
        for text in [log(line), format!("{{\"msg\":\"a\"}}\n{line}\n{{\"msg\":\"b\"}}\n")] {
            let rows = read(context(), text.as_bytes(), &[]);
            let is_there = |row: &Kept| String::from_utf8_lossy(&row.raw).contains(line);
            assert!(rows.kept.iter().any(is_there), "{text}: {:?}", rows.kept);
        }
    }
}

#[test]
fn a_message_of_the_journal_makes_no_entries() {
    let forged =
        "x\n\n__CURSOR=s=9\n__REALTIME_TIMESTAMP=1772620922113000\n_UID=0\nMESSAGE=made up";
    // A length whose first byte is zero, which is a line end of nothing.
    let forged = format!("{forged}{}", "-".repeat(256 - forged.len()));
    let length = u64::try_from(forged.len()).unwrap().to_le_bytes();
    let entry = |cursor: u8, message: &[u8]| {
        let head = format!("__CURSOR=s={cursor}\n__REALTIME_TIMESTAMP=1772620922113000\n");
        [head.as_bytes(), message, b"\n_PID=7\n\n"].concat()
    };
    let value = [b"MESSAGE\n", &length[..], forged.as_bytes()].concat();
    let bytes = [entry(1, b"MESSAGE=a"), entry(2, &value), entry(3, b"MESSAGE=b")].concat();
    let rows = read(context(), &bytes, &[]);
    let messages: Vec<_> = rows.kept.iter().map(|row| row.get("message")).collect();
    assert_eq!(messages, [Some("a"), Some(&*forged), Some("b")]);
}

#[test]
fn a_head_is_one_whatever_bytes_follow_it() {
    let klog = b"I0304 10:42:02.113456       1 a.go:1] one\nI0304 10:42:03.113456       1 a.go:1] t\xffo\nI0304 10:42:04.113456       1 a.go:1] three\n";
    let agent = b"2026-03-04 10:42:02 INFO [ssm-agent-worker] one\n2026-03-04 10:42:03 INFO [ssm-agent-worker] t\xffo\n2026-03-04 10:42:04 INFO [ssm-agent-worker] three\n";
    for text in [&klog[..], agent] {
        assert_eq!(read(context(), text, &[]).kept.len(), 3);
    }
}

#[test]
fn a_line_of_a_hundred_megabytes_is_not_held() {
    let mut rows = Rows::default();
    let mut feed = Feed::new(context());
    let piece = vec![b'x'; 4 << 20];
    assert!(feed.push(b"{\"msg\":\"", &mut rows).is_continue());
    for _ in 0..25 {
        assert!(feed.push(&piece, &mut rows).is_continue());
    }
    assert!(feed.push(b"\"}\n{\"msg\":\"after\"}\n", &mut rows).is_continue());
    assert_eq!(feed.finish(&mut rows), None);
    assert_eq!(rows.kept[0].frame.unwrap().length as usize, 25 * (4 << 20) + 10);
    assert_eq!(rows.kept[0].raw.len(), 4096);
    assert_eq!(rows.kept[1].get("message"), Some("after"));
}

/// Bytes of a fixture that is cut off at each of them.
const SHORT: usize = 1024;

/// Places in a longer one, beside those where its records begin and end.
const PLACES: usize = 250;

/// Where a fixture is cut off.
fn cuts(bytes: &[u8], whole: &Rows) -> BTreeSet<usize> {
    if bytes.len() <= SHORT {
        return (0..bytes.len()).collect();
    }
    let frames = whole.kept.iter().map(|row| row.frame.unwrap());
    let ends = frames.flat_map(|it| [it.offset, it.offset + u64::from(it.length)]);
    let around = ends.flat_map(|end| (end as usize).saturating_sub(2)..=end as usize + 2);
    let between = (0..bytes.len()).step_by(bytes.len() / PLACES + 1);
    around.chain(between).filter(|at| *at < bytes.len()).collect()
}

/// What was whole before the cut is as it was, and all before it is accounted for.
fn may_end(id: &str, file: &Path, bytes: &[u8]) {
    let whole = read(context(), bytes, &[]);
    for end in cuts(bytes, &whole) {
        let rows = read(context(), &bytes[..end], &[]);
        // What ended before the cut and is of its own format there is as it was.
        let cut = |row: &&Kept| {
            let frame = row.frame.unwrap();
            frame.offset + u64::from(frame.length) < end as u64 && row.format == id
        };
        let (before, after) = (whole.kept.iter().filter(cut), rows.kept.iter().filter(cut));
        if rows.end.as_ref().is_none_or(|(state, _)| *state != State::NotALog) {
            let before: Vec<u64> = before.map(|row| row.frame.unwrap().offset).collect();
            let after: Vec<u64> = after.map(|row| row.frame.unwrap().offset).collect();
            let known = before.iter().filter(|offset| after.contains(offset)).count();
            // Of a few lines the format may not show yet; never is more than one record lost.
            let lost = before.len() - known;
            assert!(lost <= 1, "{} cut at {end}: {before:?} {after:?}", file.display());
        }
        let accounted = !rows.kept.is_empty() || rows.end.is_some();
        let before_all = whole.kept.iter().all(|row| row.frame.unwrap().offset >= end as u64);
        let last = bytes[..end].trim_ascii_end().rsplit(|byte| *byte == b'\n').next();
        // The head of a slow query's block, which says nothing by itself.
        let only_a_time = last.is_some_and(|line| line.starts_with(b"# Time: "));
        assert!(accounted || before_all || only_a_time, "{} cut at {end}", file.display());
    }
}

#[test]
fn a_fixture_may_end_anywhere() {
    let all = fixtures();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some((id, file, bytes)) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            may_end(id, file, bytes);
        }
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        work();
        for other in others {
            other.join().unwrap();
        }
    });
}

/// Which bytes are in a row.
fn covered(rows: &Rows, length: usize) -> Vec<bool> {
    let mut covered = vec![false; length];
    for frame in rows.kept.iter().filter_map(|row| row.frame) {
        let start = frame.offset as usize;
        covered[start..start + frame.length as usize].fill(true);
    }
    covered
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn damage_never_panics(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        pieces in prop::collection::vec(1usize..5000, 1..5),
    ) {
        let all = fixtures();
        let (_, _, bytes) = which.get(&all);
        let mut bytes = bytes.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let whole = read(context(), &bytes, &[]);
        let cut = read(context(), &bytes, &pieces);
        prop_assert_eq!(whole.kept, cut.kept);
    }

    #[test]
    fn what_was_in_a_record_is_in_one_when_bytes_are_damaged(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), prop::sample::select(&b"{}[]\",:\\ x\n"[..]), 0..3usize),
            1..4,
        ),
    ) {
        let mut all = fixtures();
        all.retain(|(_, _, bytes)| matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[')));
        let (_, _, bytes) = which.get(&all);
        let before = covered(&read(context(), bytes, &[]), bytes.len());
        let mut marked: Vec<(u8, bool)> = bytes.iter().copied().zip(before).collect();
        for (at, byte, copies) in changes {
            let at = at.index(marked.len());
            let new = if copies == 1 { (byte, marked[at].1) } else { marked[at] };
            marked.splice(at..=at, std::iter::repeat_n(new, copies));
        }
        let damaged: Vec<u8> = marked.iter().map(|(byte, _)| *byte).collect();
        let rows = read(context(), &damaged, &[]);
        let told = !rows.remarks.is_empty() || rows.end.is_some();
        let after = covered(&rows, damaged.len());
        let lost = marked.iter().zip(after).position(|((byte, record), after)| {
            *record && !after && !b" \r\n,[]}".contains(byte)
        });
        prop_assert!(told || lost.is_none(), "{lost:?}\n{}", String::from_utf8_lossy(&damaged));
    }

    #[test]
    fn any_bytes_are_accounted_for(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let rows = read(context(), &bytes, &[]);
        prop_assert!(rows.end.is_some() || !rows.kept.is_empty());
    }
}

#[test]
fn a_cell_of_which_nothing_is_left_is_no_value() {
    let text =
        "#Fields: date time c-ip cs-method sc-status\n2026-03-04 10:42:01 192.0.2.1 [2] 331\n";
    let rows = read(context(), text.as_bytes(), &[]);
    assert_eq!(rows.kept[0].get("code"), Some("331"), "{:?}", rows.kept);
    assert_eq!(rows.kept[0].get("event"), None);
}
