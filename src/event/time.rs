//! Instants: nanoseconds since 1970 in UTC, as an `i64` (1677 to 2262). Only this file and those
//! below it name chrono.

mod pattern;

pub use pattern::{NoPattern, Pattern, Written};

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

/// An instant with the precision in which its record states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Time {
    pub at: Timestamp,
    /// Digits of the fraction of a second, 0 to 9.
    pub digits: u8,
}

/// A date and a time of day in UTC, as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    pub year: i32,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub nanos: u32,
}

const SECOND: i64 = 1_000_000_000;

impl Timestamp {
    pub const SECOND: i64 = SECOND;
    pub const MINUTE: i64 = 60 * SECOND;
    pub const HOUR: i64 = 3600 * SECOND;
    pub const DAY: i64 = 86_400 * SECOND;

    pub fn from_seconds(seconds: i64) -> Option<Self> {
        seconds.checked_mul(SECOND).map(Self)
    }

    pub fn from_millis(millis: i64) -> Option<Self> {
        millis.checked_mul(1_000_000).map(Self)
    }

    pub fn from_micros(micros: i64) -> Option<Self> {
        micros.checked_mul(1_000).map(Self)
    }

    /// The instant of this date and time of day in UTC; `None` if there is no such day or time.
    /// A leap second counts as the second after.
    pub fn from_civil(civil: Civil) -> Option<Self> {
        let Civil { year, month, day, hour, minute, second, nanos } = civil;
        let date = NaiveDate::from_ymd_opt(year, month.into(), day.into())?;
        if hour > 23 || minute > 59 || second > 60 || nanos >= SECOND as u32 {
            return None;
        }
        let clock = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        let seconds = i64::from(date.to_epoch_days()) * 86_400 + clock;
        // Near both ends the seconds alone are beyond what the nanoseconds lead back into.
        let at = i128::from(seconds) * i128::from(SECOND) + i128::from(nanos);
        i64::try_from(at).ok().map(Self)
    }

    pub fn civil(self) -> Civil {
        let time = DateTime::<Utc>::from_timestamp_nanos(self.0);
        Civil {
            year: time.year(),
            month: time.month() as u8,
            day: time.day() as u8,
            hour: time.hour() as u8,
            minute: time.minute() as u8,
            second: time.second() as u8,
            nanos: time.nanosecond(),
        }
    }

    /// Now. Only the program's edges may ask; everything else is told.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
    }

    #[must_use]
    pub fn saturating_add(self, nanos: i64) -> Self {
        Self(self.0.saturating_add(nanos))
    }

    /// `2026-03-04T10:42:02.113Z`, with this many digits of fraction.
    pub fn to_rfc3339(self, digits: u8) -> String {
        let c = self.civil();
        let mut text = format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            c.year, c.month, c.day, c.hour, c.minute, c.second
        );
        push_fraction(&mut text, c.nanos, digits);
        text.push('Z');
        text
    }

    /// `10:42:02.113`, with this many digits of fraction.
    pub fn to_clock(self, digits: u8) -> String {
        let c = self.civil();
        let mut text = format!("{:02}:{:02}:{:02}", c.hour, c.minute, c.second);
        push_fraction(&mut text, c.nanos, digits);
        text
    }
}

fn push_fraction(text: &mut String, nanos: u32, digits: u8) {
    if digits > 0 {
        let all = format!("{nanos:09}");
        text.push('.');
        text.push_str(&all[..usize::from(digits.min(9))]);
    }
}

impl Time {
    pub const fn new(at: Timestamp, digits: u8) -> Self {
        Self { at, digits }
    }

    pub fn to_rfc3339(self) -> String {
        self.at.to_rfc3339(self.digits)
    }

    /// Reads `2026-03-04T10:42:02.113Z`; also a space for the `T`, a comma for the point, offsets
    /// `+01:00` and `+0100`, lower case, and no zone, which means UTC.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let b = text.as_bytes();
        if b.len() < 19 || b[4] != b'-' || b[7] != b'-' || b[13] != b':' || b[16] != b':' {
            return None;
        }
        if !matches!(b[10], b'T' | b't' | b' ') {
            return None;
        }
        let civil = Civil {
            year: i32::from(two(b, 0)?) * 100 + i32::from(two(b, 2)?),
            month: two(b, 5)?,
            day: two(b, 8)?,
            hour: two(b, 11)?,
            minute: two(b, 14)?,
            second: two(b, 17)?,
            nanos: 0,
        };
        let (nanos, digits, rest) = fraction(&b[19..])?;
        let at = Timestamp::from_civil(Civil { nanos, ..civil })?;
        let offset = zone(rest)?;
        Some(Self { at: Timestamp(at.0.checked_sub(offset * SECOND)?), digits })
    }
}

fn two(b: &[u8], at: usize) -> Option<u8> {
    let (tens, ones) = (b[at].wrapping_sub(b'0'), b[at + 1].wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| tens * 10 + ones)
}

/// Nanoseconds, digits given, and what follows them.
fn fraction(b: &[u8]) -> Option<(u32, u8, &[u8])> {
    if !matches!(b.first(), Some(b'.' | b',')) {
        return Some((0, 0, b));
    }
    let count = b[1..].iter().take_while(|c| c.is_ascii_digit()).count();
    if count == 0 {
        return None;
    }
    let kept = count.min(9);
    let number = b[1..=kept].iter().fold(0u32, |sum, c| sum * 10 + u32::from(c - b'0'));
    Some((number * 10u32.pow(9 - kept as u32), kept as u8, &b[1 + count..]))
}

/// Seconds east of UTC.
fn zone(b: &[u8]) -> Option<i64> {
    let sign = match b {
        [] | [b'Z' | b'z'] => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let (hours, minutes) = match b.len() {
        3 => (two(b, 1)?, 0),
        5 => (two(b, 1)?, two(b, 3)?),
        6 if b[3] == b':' => (two(b, 1)?, two(b, 4)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then(|| sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        Time::parse_rfc3339(text).map(Time::to_rfc3339)
    }

    #[test]
    fn reads_what_logs_write_and_keeps_its_precision() {
        for (text, expected) in [
            ("2023-07-10T12:20:00Z", "2023-07-10T12:20:00Z"),
            ("2018-08-26T14:17:23.186641Z", "2018-08-26T14:17:23.186641Z"),
            ("2026-01-01 00:00:00,5", "2026-01-01T00:00:00.5Z"),
            ("2026-01-01T01:30:00+01:30", "2026-01-01T00:00:00Z"),
            ("2026-01-01T01:30:00.1234567891-0100", "2026-01-01T02:30:00.123456789Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "2023-07-10",
            "2023-13-10T12:20:00Z",
            "2023-02-30T12:20:00Z",
            "9999-01-01T00:00:00Z",
            "2023-07-10T12:20:00.Z",
            "2023-07-10T12:20:00X",
            "2023-07-10T12:20:00+99:00",
            "2023-07-10T1é:20:00Z",
            "2023-07-10T/2:20:00Z",
            "2023-07-10T12:20:00+1",
            "2023-07-10T(2:20:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn civil_and_back() {
        for nanos in [0, 1, -1, 1_700_000_000_123_456_789, i64::MAX, i64::MIN] {
            let time = Timestamp(nanos);
            assert_eq!(Timestamp::from_civil(time.civil()), Some(time));
        }
    }
}
