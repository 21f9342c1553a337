//! What is decoded apart is what it would have been in order: the same rows, remarks and end,
//! whatever is cut, and whatever the bytes are.

use crate::envelopes::around;
use crate::rows::{Rows, read, read_apart};
use crate::{context, fixtures, padded};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use std::collections::BTreeMap;
use trailcase::event::Reason;
use trailcase::format::{Context, Feed};

type Steps = Vec<(usize, bool, usize)>;

fn steps() -> impl Strategy<Value = Steps> {
    let size = prop_oneof![1..200usize, 1000..100_000usize];
    prop::collection::vec((size, any::<bool>(), 0..5000usize), 1..6)
}

fn sorted(mut remarks: Vec<Reason>) -> Vec<Reason> {
    remarks.sort_by_key(|remark| (remark.offset, remark.detail.clone()));
    remarks
}

fn is_the_same(context: &Context, bytes: &[u8], steps: &[(usize, bool, usize)]) -> Rows {
    let whole = read(context.clone(), bytes, &[]);
    let apart = read_apart(context.clone(), bytes, steps);
    let differs = whole.kept.iter().zip(&apart.kept).find(|(whole, apart)| whole != apart);
    assert_eq!(differs, None, "{steps:?}");
    assert_eq!(whole.kept.len(), apart.kept.len(), "{steps:?}");
    assert_eq!(whole.end, apart.end, "{steps:?}");
    assert_eq!(sorted(whole.remarks), sorted(apart.remarks.clone()), "{steps:?}");
    apart
}

/// A fixture, then others of any format: so that what is learned in one is asked for in another.
fn joined(which: &[prop::sample::Index]) -> Vec<u8> {
    let all = fixtures();
    let mut bytes = padded(&which[0].get(&all).2);
    for index in which {
        bytes.extend_from_slice(&index.get(&all).2);
        bytes.push(b'\n');
    }
    bytes
}

#[test]
fn every_fixture_gives_the_same_rows_in_pieces() {
    for (id, file, bytes) in fixtures() {
        let bytes = padded(&bytes);
        for steps in [&[(70_000, false, 0), (usize::MAX / 2, true, 0)][..], &[(900, true, 2000)]] {
            let rows = is_the_same(&context(), &bytes, steps);
            assert!(!rows.kept.is_empty(), "{id}: {}", file.display());
        }
    }
}

#[test]
fn most_records_are_decoded_apart() {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (id, file, bytes) in fixtures() {
        let mut rows = Rows::default();
        let mut feed = Feed::new(context());
        let bytes = padded(&bytes);
        assert!(feed.push(&bytes, &mut rows).is_continue());
        // What waits for lines of its own is there too.
        assert!(feed.rest(&mut rows).is_continue());
        let before = rows.kept.len();
        assert!(feed.is_settled(), "{id}: {}", file.display());
        assert!(feed.cut(&bytes, &mut rows).is_continue());
        let (at_once, all) = counts.entry(id).or_default();
        *at_once += rows.kept.len() - before;
        *all += before;
    }
    // What an event says of instances might be a header, and so might the name `target_addr`.
    for id in ["aws_event", "alb_health"] {
        counts.remove(id);
    }
    for (id, (at_once, all)) in counts {
        assert!(at_once * 4 < all, "{id}: {at_once} of {all} at once");
    }
}

#[test]
fn a_header_in_the_middle_counts_for_what_follows_it_alone() {
    let first = "version account-id srcaddr dstaddr start end action log-status\n";
    let second = "version account-id dstaddr srcaddr start end action log-status\n";
    let line = "2 111122223333 192.0.2.1 198.51.100.2 1772600000 1772600060 ACCEPT OK\n";
    let many = line.repeat(1500);
    let text = [first, &many, second, &many, first, line].concat();
    let rows = is_the_same(&context(), text.as_bytes(), &[(10_000, true, 3000)]);
    let sources: Vec<&str> = rows.kept.iter().filter_map(|row| row.get("src.ip")).collect();
    assert_eq!(sources.len(), 3001);
    assert_eq!(
        [sources[0], sources[1499], sources[1500]],
        ["192.0.2.1", "192.0.2.1", "198.51.100.2"]
    );
    assert_eq!([sources[2999], sources[3000]], ["198.51.100.2", "192.0.2.1"]);
}

/// Lines that say how those behind them are read: the same columns in two orders, and a line of
/// both.
const HEADERS: [[&str; 3]; 6] = [
    [
        "#Fields: date time c-ip s-ip cs-method sc-status",
        "#Fields: date time s-ip c-ip cs-method sc-status",
        "2026-03-04 10:42:01 192.0.2.1 198.51.100.2 GET 200",
    ],
    [
        "#fields\tts\tuid\tid.orig_h\tid.resp_h\tproto",
        "#fields\tts\tuid\tid.resp_h\tid.orig_h\tproto",
        "1772620922.113000\tCxT7Wc2rQ\t192.0.2.1\t198.51.100.2\tudp",
    ],
    [
        "version account-id srcaddr dstaddr start end action log-status",
        "version account-id dstaddr srcaddr start end action log-status",
        "2 111122223333 192.0.2.1 198.51.100.2 1772600000 1772600060 ACCEPT OK",
    ],
    [
        "identity/LineItemId,lineItem/UsageAccountId,bill/PayerAccountId,lineItem/UsageStartDate",
        "identity/LineItemId,bill/PayerAccountId,lineItem/UsageAccountId,lineItem/UsageStartDate",
        "a1b2c3,111122223333,444455556666,2026-03-04T10:00:00Z",
    ],
    [
        "InvoiceID,PayerAccountId,LinkedAccountId,RecordType,UsageStartDate,UsageEndDate,Cost,Rate",
        "InvoiceID,PayerAccountId,LinkedAccountId,RecordType,UsageEndDate,UsageStartDate,Cost,Rate",
        "1,444455556666,111122223333,LineItem,2026-03-04 00:00:00,2026-03-05 00:00:00,3,4",
    ],
    [
        "Execution log for request aaaaaaaa-2151-4cfa-8889-38dffec3ec01",
        "Execution log for request bbbbbbbb-2151-4cfa-8889-38dffec3ec01",
        "Wed Mar 04 10:42:02 UTC 2026 : Starting execution for request: x",
    ],
];

/// In envelopes too, also where nothing of it is seen from outside: packed, or spelled by numbers.
#[test]
fn a_header_in_an_envelope_counts_for_what_follows_it_alone() {
    let spelled = |text: &str| {
        let letter = |c: char| format!("\\u{:04x}", u32::from(c));
        let message: String = text.chars().map(letter).collect();
        format!(
            r#"{{"Type":"Notification","TopicArn":"t","Message":"{message}","Timestamp":"2026-03-04T11:00:00.000Z"}}"#
        )
    };
    for [first, second, line] in HEADERS {
        let all = [first, second, line].map(|text| {
            let mut all = around(text);
            all.push(("spelled", spelled(text)));
            all
        });
        let [firsts, seconds, lines] = all;
        let mut differ = 0;
        for ((first, second), (name, line)) in firsts.iter().zip(&seconds).zip(&lines) {
            // The second header comes when all is settled.
            let [many, some] =
                [70_000, 8000].map(|size| format!("{line}\n").repeat(size / line.len()));
            let text = format!("{}\n{many}{}\n{some}", first.1, second.1);
            let rows = is_the_same(&context(), text.as_bytes(), &[(30_000, true, 3000)]);
            let (first, last) = (&rows.kept[0], rows.kept.last().unwrap());
            differ += usize::from(first.fields != last.fields || first.time != last.time);
            assert!(rows.kept.len() > 100, "{name}");
        }
        assert!(differ > 15, "{line}: {differ}");
    }
}

/// A table of which a line tells the columns, wherever that line stands: the record that tells is
/// read in order.
#[test]
fn what_tells_how_others_are_read_is_read_in_order() {
    let flow = |mark: &str| {
        let line = "6 TransitGateway 111122223333 tgw-0a1b2c3d tgw-attach-0a1b2c3d 111122223333 \
                    444455556666 vpc-0a1b2c3d vpc-0b1b2c3d subnet-0a1b2c3d subnet-0b1b2c3d \
                    eni-0a1b2c3d4e5f60718 eni-0b1b2c3d4e5f60718 euw1-az1 euw1-az2 \
                    tgw-attach-0b1b2c3d 10.0.0.5 10.1.0.5 40001 443 6 12 4200 1772625600 \
                    1772625660 OK IPv4 0 0 0 0 19 eu-west-1 ingress - S3";
        line.replace(' ', mark)
    };
    let own = "192.0.2.1 198.51.100.2 1772600000 1772600060 ACCEPT OK";
    let stamp = "2026-03-04T10:00:00.000Z";
    let fields = "#Fields: date time c-ip s-ip cs-method sc-status";
    let row = "2026-03-04 10:42:01 192.0.2.1 198.51.100.2 GET 200";
    let long = "x".repeat(600);
    let message =
        |text: &str| format!(r#"{{"log":{text:?},"stream":"stdout","time":"{stamp}","{long}":1}}"#);
    let old = "260304 10:42:02\t    8 Query\tselect 1";
    for (first, then) in [
        (flow(","), flow(",")),
        (flow("\t"), flow("\t")),
        (message(&flow("\t")), message(&flow("\t"))),
        (own.replace(' ', ","), own.replace(' ', ",")),
        (own.replace(' ', "\t"), own.replace(' ', "\t")),
        // Behind much else, and in parts.
        (format!("{stamp} {}", message(fields)), format!("{stamp} {}", message(row))),
        (
            format!("{stamp} stdout P #Fie\n{stamp} stdout F {}", &fields[4..]),
            format!("{stamp} stdout F {row}"),
        ),
        // Times that are only written where they change.
        (format!("{stamp} {old}"), format!("{stamp} \t\t    8 Query\tselect 2")),
        ("260304 10:42:02\t    8 Connect".to_owned(), "\t\t    8 Query\tselect 2".to_owned()),
    ] {
        let others = "{\"time\":\"2026-03-04T10:00:00Z\",\"n\":1}\n";
        for before in [others, "Nov 26 22:00:01 host1 app[77]: a\n", &format!("{then}\n")] {
            let many = before.repeat(70_000 / before.len());
            let text = format!("{many}{first}\n{}", format!("{then}\n").repeat(40));
            for steps in [
                [(70_000, false, 0), (usize::MAX / 2, true, 0)],
                [(66_000, true, 0), (300, true, 1)],
            ] {
                is_the_same(&context(), text.as_bytes(), &steps);
            }
        }
    }
}

/// What is read in order between others leaves the envelope of those before it, as it would.
#[test]
fn a_head_ends_where_it_would_in_order() {
    let event = r#"{"id":"1","timestamp":1772625600000,"message":"GET / 200"}"#;
    let envelope = |kind: &str, event: &str| {
        format!(
            r#"{{"messageType":"{kind}","owner":"111122223333","logGroup":"g","logStream":"eni-0a1b2c3d4e5f60718-all","logEvents":[{event}]}}"#
        )
    };
    let many = format!("{}\n", envelope("DATA_MESSAGE", event)).repeat(500);
    let control = r#"{"id":"","timestamp":1772625600000,"message":"CWL CONTROL MESSAGE: Checking health of destination"}"#;
    for behind in [
        format!("the column srcaddr\n[{event},{event}]\n"),
        format!("{}\n{control}\n[{event}]\n", envelope("CONTROL_MESSAGE", control)),
    ] {
        let text = [&*many, &behind].concat();
        for size in [usize::MAX / 2, 40] {
            is_the_same(&context(), text.as_bytes(), &[(70_000, true, 0), (size, true, 1)]);
        }
    }
}

/// A log that was cut short under a writer which goes on where it was begins with zeros; where a
/// crash kept pages from the disk they are in the middle.
#[test]
fn runs_of_zero_bytes_cost_no_record() {
    let line = "Nov 26 22:00:01 host1 app[77]: a\n";
    let json = "{\"time\":\"2026-03-04T10:00:00Z\",\"n\":1}\n";
    for line in [line, json] {
        for (before, zeros) in
            [(0, 1), (0, 5000), (0, 150_000), (3, 5000), (1, 9 << 20), (4000, 70)]
        {
            let (first, run) = (line.repeat(before), vec![0; zeros]);
            let bytes = [first.as_bytes(), &run, line.repeat(3000).as_bytes(), &run].concat();
            let rows = is_the_same(&context(), &bytes, &[(10_000, true, 3000)]);
            assert_eq!((rows.kept.len(), &rows.end), (before + 3002, &None), "{before} {zeros}");
            let runs = rows.kept.iter().filter(|row| row.format == "unparsed");
            let runs: Vec<_> = runs.map(|row| (row.get("reason"), row.frame.unwrap())).collect();
            let reason = format!("{zeros} zero bytes where a record would begin");
            let places = [first.len(), bytes.len() - zeros];
            assert_eq!(runs.len(), 2, "{before} {zeros}");
            for ((why, frame), place) in runs.into_iter().zip(places) {
                assert_eq!(why, Some(&*reason));
                assert_eq!((frame.offset, frame.length), (place as u64, zeros as u32));
            }
            let next = rows.kept[before + 1].frame.unwrap();
            assert_eq!(next.offset, (first.len() + zeros) as u64);
            assert_eq!(rows.kept[before + 1].raw, line.trim_end().as_bytes());
        }
    }
}

#[test]
fn zero_bytes_come_in_any_pieces() {
    let bytes = b"\0\0\0{\"a\":1}\n\0\0{\"a\":2}\n\0\0\0";
    let text = b"\0\0\0Nov 26 22:00:01 h a: b\n\0\0Nov 26 22:00:01 h a: b\n\0\0\0";
    for bytes in [&bytes[..], text] {
        let whole = read(context(), bytes, &[]);
        assert_eq!(whole.kept.len(), 5);
        for size in 1..bytes.len() {
            assert_eq!(read(context(), bytes, &[size]).kept, whole.kept, "{size}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        // Nothing of the crate stands beside this file, by which the place would be found.
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "proptest-regressions/formats/apart.txt",
        ))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_decoded_apart_is_what_it_is_in_order(
        which in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), prop_oneof![
                any::<u8>(),
                prop::sample::select(&b"{}[]\",:\\ x\n\0"[..]),
            ]),
            0..30,
        ),
        steps in steps(),
    ) {
        let mut bytes = joined(&which);
        // Where nothing is settled nothing is cut.
        let first = bytes.len().min(60_000);
        for (at, byte) in changes {
            let at = first + at.index(bytes.len() - first + 1);
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        is_the_same(&context(), &bytes, &steps);
    }
}
