use super::*;
use proptest::prelude::*;

#[test]
fn times_are_read_with_what_follows_them() {
    for (text, expected, zoned, rest) in [
        ("2026-03-04T10:42:02.113Z x", "2026-03-04T10:42:02.113Z", true, " x"),
        ("2026-03-04 10:42:02,113 [main]", "2026-03-04T10:42:02.113Z", false, " [main]"),
        ("2026-03-04 10:42:02 UTC:a", "2026-03-04T10:42:02Z", true, ":a"),
        ("2026-03-04 10:42:02 CET:a", "2026-03-04T09:42:02Z", true, ":a"),
        ("2026-07-04 10:42:02 CEST", "2026-07-04T08:42:02Z", true, ""),
        ("2026-03-04 10:42:02 IST:a", "2026-03-04T10:42:02Z", false, ":a"),
        ("2026-03-04 10:42:02 WARN a", "2026-03-04T10:42:02Z", false, " WARN a"),
        ("2026-03-04  0:42:02 12 [Note]", "2026-03-04T00:42:02Z", false, " 12 [Note]"),
        ("2026-03-04T10:42:02.5+01:00, b", "2026-03-04T09:42:02.5Z", true, ", b"),
        ("2026-03-04 10:42:02.7112+00", "2026-03-04T10:42:02.7112Z", true, ""),
        ("2026/03/04 10:42:02 [error] 1#1", "2026-03-04T10:42:02Z", false, " [error] 1#1"),
        ("04/Mar/2026:10:42:02 +0100] \"", "2026-03-04T09:42:02Z", true, "] \""),
        ("20260304 10:42:02,host", "2026-03-04T10:42:02Z", false, ",host"),
        ("Wed Mar  4 10:42:02.123456 2026] x", "2026-03-04T10:42:02.123456Z", false, "] x"),
        ("Wed Mar  4 10:42:02 2026 +01:00", "2026-03-04T09:42:02Z", true, ""),
        ("Wed Mar  4 10:42:02 PST 2026", "2026-03-04T10:42:02Z", false, ""),
        ("Wed Mar  4 10:42:02 UTC 2026", "2026-03-04T10:42:02Z", true, ""),
        ("Wed, 4 Mar 2026 10:42:02 GMT|", "2026-03-04T10:42:02Z", true, "|"),
        ("04-Mar-2026 10:42:02.113 INFO", "2026-03-04T10:42:02.113Z", false, " INFO"),
        ("Mar  4 2026 10:42:02.113 UTC: %SYS", "2026-03-04T10:42:02.113Z", true, ": %SYS"),
        ("3/4/2026, 12:42:02.000 AM x", "2026-03-04T00:42:02.000Z", false, " x"),
        ("Mar 4, 2026 12:42:02 AM org.x", "2026-03-04T00:42:02Z", false, " org.x"),
        ("March 04, 2026, 10:42:02 (UTC+01:00) x", "2026-03-04T09:42:02Z", true, " x"),
        ("May 4, 2026, 10:42:02 (UTC-00:30)", "2026-05-04T11:12:02Z", true, ""),
        (
            "Mar 4, 2026, 10:42:02 (UTC(UTC+01:00))",
            "2026-03-04T10:42:02Z",
            false,
            " (UTC(UTC+01:00))",
        ),
        ("3/4/2026 1:42:02 PM x", "2026-03-04T13:42:02Z", false, " x"),
        ("2026-03-04 10:42:02 AMQ", "2026-03-04T10:42:02Z", false, " AMQ"),
    ] {
        let (stamp, left) = read(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((stamp.time(0).to_rfc3339().as_str(), stamp.zoned), (expected, zoned), "{text}");
        assert_eq!(left, rest, "{text}");
    }
    for text in [
        "",
        "2026-13-04 10:42:02",
        "2026-03-04",
        "Wednesday",
        "04/Mar/2026",
        "é",
        "20260304",
        "3/4/2026 1:42:02",
        "Marchand 4, 2026, 10:42:02",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn a_zone_is_assumed_only_where_none_is_stated() {
    let time = |text, zone| read(text).unwrap().0.time(zone).to_rfc3339();
    assert_eq!(time("2026-03-04 10:42:02", 7200), "2026-03-04T08:42:02Z");
    assert_eq!(time("2026-03-04 10:42:02Z", 7200), "2026-03-04T10:42:02Z");
}

#[test]
fn a_year_that_is_not_said_is_that_of_the_last_change_or_the_one_before() {
    let modified = Time::parse_rfc3339("2026-03-04T12:00:00Z").map(|time| time.at);
    let time = |found: Option<(Yearless, &str)>, zone| {
        found.and_then(|(found, _)| found.time(modified, zone)).map(Time::to_rfc3339)
    };
    let said = |text: &str| Some(text.to_owned());
    assert_eq!(time(bsd("Mar  4 10:42:02 x"), 0), said("2026-03-04T10:42:02Z"));
    assert_eq!(time(bsd("Mar  4 10:42:02.5"), 7200), said("2026-03-04T08:42:02.5Z"));
    assert_eq!(time(bsd("Mar  6 10:42:02"), 0), said("2025-03-06T10:42:02Z"));
    assert_eq!(time(bsd("Feb 29 10:42:02"), 0), said("2024-02-29T10:42:02Z"));
    assert_eq!(
        time(klog("0304 10:42:02.113456  1 a.go:1] x"), 0),
        said("2026-03-04T10:42:02.113456Z")
    );
    assert_eq!(bsd("Feb 30 10:42:02"), None);
    assert_eq!(bsd("Mar  4").or_else(|| klog("03:04")), None);
    assert_eq!(bsd("Mar 4 10:42:02").and_then(|(found, _)| found.time(None, 0)), None);
}

#[test]
fn numbers_are_times_of_their_size() {
    for (text, expected) in [
        ("1700000000", "2023-11-14T22:13:20Z"),
        ("1700000000123", "2023-11-14T22:13:20.123Z"),
        ("1700000000123456", "2023-11-14T22:13:20.123456Z"),
        ("1700000000.5", "2023-11-14T22:13:20.5Z"),
        ("1.7e9", "2023-11-14T22:13:20.000000Z"),
    ] {
        assert_eq!(epoch(text).map(Time::to_rfc3339).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(epoch("yesterday"), None);
    assert_eq!(epoch("NaN"), None);
}

proptest! {
    #[test]
    fn any_text_is_survived(text in r"[0-9]{0,4}[-/ A-Za-z:.,+0-9é]{0,30}") {
        let _ = read(&text);
        let _ = epoch(&text);
    }

    #[test]
    fn what_rfc3339_reads_is_read_the_same(text in r"20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-5][0-9]([.][0-9]{1,10})?(Z|[+-][01][0-9]:?[0-5][0-9])") {
        let ours = iso(&text).map(|(stamp, rest)| (stamp.time(0), rest));
        prop_assert_eq!(ours, Time::parse_rfc3339(&text).map(|time| (time, "")));
    }
}
