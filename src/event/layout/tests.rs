use super::*;
use proptest::prelude::*;

const DAY: i64 = Timestamp::DAY;
const HOUR: i64 = Timestamp::HOUR;

fn at(text: &str) -> Timestamp {
    crate::event::Time::parse_rfc3339(text).unwrap().at
}

fn window(from: &str, to: &str) -> Window {
    let edge = |text: &str| (!text.is_empty()).then(|| at(text));
    Window { from: edge(from), to: edge(to) }
}

fn level(folders: &str) -> Option<Level> {
    Position::of(folders).level()
}

#[test]
fn folders_stand_for_what_services_mean() {
    for (folders, wanted) in [
        ("p/", None),
        ("p/AWSLogs/", Some(Level::Folder)),
        ("AWSLogs/o-ab12cd34ef/", Some(Level::Organization)),
        ("AWSLogs/o-ab12cd34ef/111122223333/", Some(Level::Account)),
        ("AWSLogs/111122223333/CloudTrail/", Some(Level::Service)),
        ("AWSLogs/111122223333/CloudTrail/eu-west-1/", Some(Level::Region)),
        ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/", Some(Level::Year)),
        ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/", Some(Level::Month)),
        ("AWSLogs/111122223333/Config/eu-west-1/2026/3/", Some(Level::Month)),
        ("AWSLogs/111122223333/Config/eu-west-1/2026/3/4/", Some(Level::Day)),
        ("AWSLogs/111122223333/Config/eu-west-1/2026/3/4/ConfigHistory/", Some(Level::Folder)),
        ("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/13/", Some(Level::Folder)),
        ("AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/04/23/", Some(Level::Hour)),
        // A name that looks like a year where none is due.
        ("AWSLogs/111122223333/WAFLogs/cloudfront/2024/", Some(Level::Folder)),
        ("AWSLogs/111122223333/WAFLogs/cloudfront/2024/2026/", Some(Level::Year)),
        ("AWSLogs/111122223333/network-firewall/flow/eu-west-1/", Some(Level::Region)),
        ("AWSLogs/111122223333/of-our-own/a/2026/", Some(Level::Year)),
        ("AWSLogs/alice/CloudTrail/", None),
        (
            "AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=03/day=04/hour=05/",
            Some(Level::Hour),
        ),
    ] {
        assert_eq!(level(folders), wanted, "{folders}");
    }
}

/// The folder that is left out of a key.
fn left<'a>(key: &'a str, from: &str, to: &str) -> Option<(&'a str, Need)> {
    left_out(key, window(from, to))
}

#[test]
fn what_a_window_cannot_need_is_left_out_as_a_whole() {
    let key = "p/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/a.json.gz";
    let year = "p/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/";
    assert_eq!(left(key, "2026-03-04T23:59:59Z", ""), None);
    assert_eq!(left(key, "2026-03-05T00:00:00Z", "").unwrap().1, Need::Before);
    assert_eq!(left(key, "2027-01-01T00:00:00Z", ""), Some((year, Need::Before)));
    // What happened on the day before may come on this one.
    assert_eq!(left(key, "", "2026-03-03T00:00:00.000000001Z"), None);
    assert_eq!(left(key, "", "2026-03-03T00:00:00Z").unwrap().1, Need::After);
    assert_eq!(undated(key), "p/AWSLogs/111122223333/CloudTrail/eu-west-1/");
    // Hours, where there are some.
    let key = "AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/03/04/10/a.log.gz";
    assert_eq!(left(key, "2026-03-04T10:59:00Z", "2026-03-04T11:00:00Z"), None);
    assert_eq!(left(key, "2026-03-04T11:00:00Z", "").unwrap().1, Need::Before);
    assert_eq!(left(key, "", "2026-03-04T09:30:00Z"), None);
    assert_eq!(left(key, "", "2026-03-04T09:00:00Z").unwrap().1, Need::After);
    // A finding of that time may come again much later, a snapshot too.
    for key in [
        "AWSLogs/111122223333/GuardDuty/eu-west-1/2026/03/04/a.jsonl.gz",
        "AWSLogs/111122223333/Config/eu-west-1/2026/3/4/ConfigSnapshot/a.json.gz",
    ] {
        assert_eq!(left(key, "", "2020-01-01T00:00:00Z"), None);
        assert_eq!(left(key, "2026-03-05T00:00:00Z", "").unwrap().1, Need::Before);
    }
    // Of what is not known nothing is left out.
    for key in [
        "2026/03/04/a.json",
        "AWSLogs/111122223333/of-our-own/eu-west-1/2026/03/04/a.json",
        "AWSLogs/alice/CloudTrail/eu-west-1/2026/03/04/a.json",
        "AWSLogs/111122223333/CloudTrail/eu-west-1/a.json",
        "AWSLogs/111122223333/WAFLogs/cloudfront/2024/a.json",
    ] {
        assert_eq!(left(key, "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"), None, "{key}");
    }
}

proptest! {
    /// A naive twin: an object is left out if no instant at which what is in it can have happened
    /// lies in the window. And a folder that is needed whole, or not at all, agrees with every
    /// object in it.
    #[test]
    fn nothing_is_left_out_that_may_be_needed(
        hours in 0..24 * 800_i64,
        from in prop::option::of(0..24 * 60 * 800_i64),
        length in prop::option::of(1..60 * 24 * 40_i64),
        kind in 0..4_usize,
    ) {
        let epoch = at("2025-01-01T00:00:00Z").0;
        let minute = |minutes: i64| Timestamp(epoch + minutes * Timestamp::MINUTE);
        let window = Window {
            from: from.map(minute),
            to: length.map(|length| minute(from.unwrap_or(24 * 60 * 400) + length)),
        };
        let hour = Timestamp(epoch + hours * HOUR);
        let c = hour.civil();
        let day = Timestamp(epoch + hours / 24 * DAY);
        let root = "AWSLogs/111122223333";
        let (y, m, d, h) = (c.year, c.month, c.day, c.hour);
        // The key, and from when to when what is in it may have happened.
        let (key, first, end) = match kind {
            0 => (format!("{root}/CloudTrail/eu-west-1/{y}/{m:02}/{d:02}/a"), day.0 - DAY, day.0 + DAY),
            1 => (format!("{root}/vpcflowlogs/eu-west-1/{y}/{m:02}/{d:02}/{h:02}/a"), hour.0 - HOUR, hour.0 + HOUR),
            2 => (format!("{root}/elasticloadbalancing/eu-west-1/{y}/{m:02}/{d:02}/a"), day.0 - DAY, day.0 + DAY),
            _ => (format!("{root}/Config/eu-west-1/{y}/{m}/{d}/a"), i64::MIN, day.0 + DAY),
        };
        let needed = window.from.is_none_or(|from| end > from.0)
            && window.to.is_none_or(|to| first < to.0);
        prop_assert_eq!(left_out(&key, window).is_none(), needed, "{}", key);
        for (at, _) in key.match_indices('/') {
            match Position::of(&key[..=at]).need(window) {
                Need::All => prop_assert!(needed || window.is_open(), "{}", &key[..=at]),
                Need::Before | Need::After => prop_assert!(!needed, "{}", &key[..=at]),
                Need::Some => {}
            }
        }
    }
}

#[test]
fn regions_are_words_and_a_number() {
    for text in ["eu-west-1", "us-gov-west-1", "ap-southeast-12", "il-central-1"] {
        assert!(is_region(text), "{text}");
    }
    for text in ["", "1", "-1", "west-1", "eu-west", "eu-west-", "eu-west-123", "eu--west-1"] {
        assert!(!is_region(text), "{text}");
    }
    for text in
        ["e-west-1", "eu-w-1", "EU-west-1", "eu-west2-1", "eu-west1", "-eu-west-1", "é-west-1"]
    {
        assert!(!is_region(text), "{text}");
    }
}
