//! Times as people type them and as they are pasted from logs: of the day that is looked at, as a
//! distance, as seconds since 1970, or with a date in the spellings that logs use.

use super::{Time, Timestamp};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Zones by names that mean several things, or another thing in summer: to be read as UTC would
/// be an error of hours.
const ZONES: [&str; 20] = [
    "CET", "CEST", "EET", "EEST", "WET", "WEST", "BST", "MSK", "IST", "JST", "EST", "EDT", "CST",
    "CDT", "MST", "MDT", "PST", "PDT", "AEST", "AEDT",
];

/// Words of a pasted line that may belong to its time.
const MOST_WORDS: usize = 7;

/// What a time that is not spelled out is completed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near {
    /// Where the analyst is: gives the day, and distances count from it.
    pub here: Timestamp,
    /// First and last event: the last one gives the year.
    pub span: (Timestamp, Timestamp),
}

/// Reads a time, or the time that a pasted line begins with. No zone means UTC.
pub fn read(text: &str, near: Near) -> Option<Timestamp> {
    let text = text.trim().trim_start_matches(['[', '(', '"', '\'']);
    let text = text.trim_end_matches([']', ')', '"', '\'']);
    if let Some(time) = whole(text, near) {
        return Some(time);
    }
    let mut ends: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).take(MOST_WORDS).collect();
    ends.reverse();
    ends.into_iter().find_map(|end| {
        let (time, rest) = text.split_at(end);
        // What looks like a part of the time and is none is a mistake, not the rest of a line.
        let is_time = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ':');
        let rest = rest.trim_start();
        let word = rest.split(' ').next().unwrap_or_default();
        let is_part = rest.starts_with(is_time) || ZONES.contains(&word);
        let time = time.trim_end_matches([']', ')', '"', '\'', ',', ':']);
        (!is_part).then(|| whole(time, near)).flatten()
    })
}

fn whole(text: &str, near: Near) -> Option<Timestamp> {
    distance(text, near.here)
        .or_else(|| since_1970(text))
        .or_else(|| dated(text))
        .or_else(|| named(text, near.span))
        .or_else(|| clock(&near.here.to_rfc3339(0)[..10], text, ""))
}

/// `+5m`, `-1h`.
fn distance(text: &str, here: Timestamp) -> Option<Timestamp> {
    let (sign, text) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let unit = match unit.trim() {
        "s" => Timestamp::SECOND,
        "m" | "min" => Timestamp::MINUTE,
        "h" => Timestamp::HOUR,
        "d" => Timestamp::DAY,
        _ => return None,
    };
    Some(here.saturating_add(number.parse::<i64>().ok()?.checked_mul(unit)? * sign))
}

/// Seconds with or without a fraction, or as many digits as milli-, micro- or nanoseconds have.
fn since_1970(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    match (whole.len(), fraction) {
        (9 | 10, fraction) if fraction.len() <= 9 => {
            let nanos: i64 = format!("{fraction:0<9}").parse().ok()?;
            Some(Timestamp::from_seconds(number)?.saturating_add(nanos))
        }
        (12 | 13, "") => Timestamp::from_millis(number),
        (15 | 16, "") => Timestamp::from_micros(number),
        (18 | 19, "") => Some(Timestamp(number)),
        _ => None,
    }
}

/// `2026-11-20T10:11:12Z` and what is like it: a space or nothing for the `T`, slashes, no
/// seconds, no time of day, a zone set apart; `20261120T1011Z` as in names of files.
fn dated(text: &str) -> Option<Timestamp> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (day, rest) = if digits == 8 {
        (format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..8]), &text[8..])
    } else {
        (text.get(..10)?.replace('/', "-"), text.get(10..)?)
    };
    let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest).trim_start();
    if rest.is_empty() {
        return clock(&day, "00:00", "");
    }
    let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ','));
    let (time, zone) = rest.split_at(end.unwrap_or(rest.len()));
    let zone = zone.trim_start();
    match time.len() {
        4 | 6 if digits == 8 => {
            let seconds = time.get(4..6).unwrap_or("00");
            clock(&day, &format!("{}:{}:{seconds}", &time[..2], &time[2..4]), zone)
        }
        _ => clock(&day, time, zone),
    }
}

/// Times with the month's name, in any order: `20/Nov/2026:10:11:12 +0000`, `Nov 20 10:11:12`,
/// `Fri, 20 Nov 2026 10:11:12 GMT`. Without a year it is the last event's.
fn named(text: &str, span: (Timestamp, Timestamp)) -> Option<Timestamp> {
    let spaced = match text.as_bytes() {
        [_, _, b'/', _, _, _, b'/', _, _, _, _, b':', ..] => {
            format!("{} {}", text.get(..11)?.replace('/', " "), text.get(12..)?)
        }
        _ => text.to_owned(),
    };
    let (mut year, mut month, mut day, mut time, mut zone) = (None, None, None, None, "");
    for word in spaced.split([' ', ',']).filter(|word| !word.is_empty()) {
        let lower = word.to_ascii_lowercase();
        let numeric = word.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(at) = MONTHS.iter().position(|name| lower == *name) {
            month = Some(at + 1);
        } else if numeric && word.len() == 4 {
            year = word.parse::<i32>().ok();
        } else if numeric && word.len() <= 2 {
            day = word.parse::<u8>().ok();
        } else if time.is_none() && word.contains(':') {
            time = Some(word);
        } else if !DAYS.contains(&lower.as_str()) {
            zone = word;
        }
    }
    let (month, day, time) = (month?, day?, time?);
    let of = |year: i32| clock(&format!("{year:04}-{month:02}-{day:02}"), time, zone);
    if let Some(year) = year {
        return of(year);
    }
    let (first, last) = span;
    let here = of(last.civil().year)?;
    // Logs that run over New Year: what would lie behind all of them is of the year before.
    let before = of(last.civil().year - 1).filter(|time| *time >= first && here > last);
    Some(before.unwrap_or(here))
}

/// `10:42`, `9:05:07.5`, on this day; `zone` as logs write it behind.
fn clock(day: &str, time: &str, zone: &str) -> Option<Timestamp> {
    let padded = if time.find(':') == Some(1) { format!("0{time}") } else { time.to_owned() };
    let seconds = if padded.len() == 5 { ":00" } else { "" };
    let zone = if matches!(zone, "UTC" | "GMT") { "Z" } else { zone };
    Time::parse_rfc3339(&format!("{day}T{padded}{seconds}{zone}")).map(|time| time.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near() -> Near {
        let at = |text| Time::parse_rfc3339(text).unwrap().at;
        Near {
            here: at("2026-03-04T10:40:00Z"),
            span: (at("2025-12-20T00:00:00Z"), at("2026-11-30T10:00:00Z")),
        }
    }

    #[test]
    fn times_are_read_as_people_type_them() {
        for (text, expected) in [
            ("10:42", "2026-03-04T10:42:00Z"),
            ("9:05", "2026-03-04T09:05:00Z"),
            ("10:42:07", "2026-03-04T10:42:07Z"),
            ("10:42:07.5", "2026-03-04T10:42:07Z"),
            ("+5m", "2026-03-04T10:45:00Z"),
            ("-1h", "2026-03-04T09:40:00Z"),
            ("2026-03-05", "2026-03-05T00:00:00Z"),
            ("2026-03-05T01:02", "2026-03-05T01:02:00Z"),
            ("2026-03-05 1:02", "2026-03-05T01:02:00Z"),
        ] {
            let read = read(text, near()).map(|time| time.to_rfc3339(0));
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn times_are_read_as_logs_write_them() {
        let expected = "2026-11-20T10:11:12Z";
        for text in [
            "2026-11-20T10:11:12Z",
            "2026-11-20t11:11:12.345+01:00",
            "2026-11-20T10:11:12+0000",
            "2026-11-20 10:11:12",
            "2026-11-20 10:11:12,345",
            "2026-11-20 10:11:12 UTC",
            "2026-11-20 10:11:12 +0000",
            "2026/11/20 10:11:12",
            "20261120T101112Z",
            "20/Nov/2026:10:11:12 +0000",
            "[20/Nov/2026:12:11:12 +0200] \"GET / HTTP/1.1\" 200",
            "Nov 20 10:11:12",
            "Nov 20 10:11:12.345",
            "nov 20 10:11:12 host sshd[812]: Accepted publickey for anna",
            "Fri Nov 20 10:11:12 UTC 2026",
            "Fri, 20 Nov 2026 10:11:12 GMT",
            "1795169472",
            "1795169472.345",
            "1795169472345",
            "1795169472345678",
            "1795169472345678901",
            "\"2026-11-20T10:11:12Z\"",
            "2026-11-20T10:11:12Z eni-0 ACCEPT",
        ] {
            let read = read(text, near()).map(|time| time.to_rfc3339(0));
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
        for (text, expected) in [
            ("Nov  4 01:02:03", "2026-11-04T01:02:03Z"),
            ("Dec 31 23:59:59", "2025-12-31T23:59:59Z"),
            ("Dec 1 00:00:00", "2026-12-01T00:00:00Z"),
            ("20260304T1205Z", "2026-03-04T12:05:00Z"),
        ] {
            let read = read(text, near()).map(|time| time.to_rfc3339(0));
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "x",
            "25:00",
            "+5",
            "+99999999999999999999d",
            "éé:é0",
            "1:2",
            "2026-03-04 25:00",
            "Nov 31 10:11:12",
            "Foo 20 10:11:12",
            "20/Nov/2026",
            "12345",
            "2026-11-20 10:11:12 CET",
            "Nov 20 10:11:12 CEST",
        ] {
            assert_eq!(read(text, near()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_not(text in "\\PC{0,30}|[0-9TZ:/. +NovDec-]{0,30}") {
            let _ = read(&text, near());
        }

        #[test]
        fn what_is_written_is_read(nanos in 0i64..4_000_000_000_000_000_000) {
            let time = Timestamp(nanos);
            prop_assert_eq!(read(&time.to_rfc3339(9), near()), Some(time));
        }
    }
}
