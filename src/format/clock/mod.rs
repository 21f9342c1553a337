//! Times as logs write them, which are no RFC 3339: read from the beginning of a text, with what
//! follows them. Whether a zone is stated is kept, since it has to be said where one was assumed.

mod yearless;

use crate::event::time::Civil;
use crate::event::{Row, Time, Timestamp};

pub(super) use yearless::{Yearless, bsd, klog};

/// A time as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// As it would be if it were UTC, unless its zone is stated.
    time: Time,
    pub(super) zoned: bool,
    /// The name of several zones that stands behind it.
    unclear: Option<&'static str>,
}

impl Stamp {
    /// A time of which it is known that it is UTC.
    pub(super) const fn utc(time: Time) -> Self {
        Self { time, zoned: true, unclear: None }
    }

    /// An instant that was read in this zone, in seconds east of UTC, because nothing states one.
    pub(super) fn assumed(time: Time, zone_seconds: i32) -> Self {
        let shift = i64::from(zone_seconds) * Timestamp::SECOND;
        Self {
            time: Time::new(time.at.saturating_add(shift), time.digits),
            zoned: false,
            unclear: None,
        }
    }

    /// A time that is read in this zone, in seconds east of UTC, if it states none itself.
    pub(super) fn stated(self, zone_seconds: i32) -> Self {
        Self::utc(self.time(zone_seconds))
    }

    /// The instant, where no zone means this many seconds east of UTC.
    pub(super) fn time(self, zone_seconds: i32) -> Time {
        let shift = if self.zoned { 0 } else { i64::from(zone_seconds) * Timestamp::SECOND };
        Time::new(self.time.at.saturating_add(-shift), self.time.digits)
    }

    /// A time with a name of several zones, which the format's own documentation tells apart: so
    /// many hours east of UTC.
    pub(super) fn named(self, hours: impl FnOnce(&str) -> Option<i64>) -> Self {
        let hours = self.unclear.and_then(hours);
        hours.and_then(|hours| self.shifted(hours * 3600)).unwrap_or(self)
    }

    /// The same text is UTC by the format's own documentation.
    pub(super) fn is_utc(self) -> Self {
        Self { zoned: true, ..self }
    }

    /// Makes it the event's time, and says so if its zone was assumed.
    pub(super) fn put(self, row: &mut dyn Row, zone_seconds: i32) {
        row.time(self.time(zone_seconds));
        if !self.zoned {
            row.zone_assumed();
            if let Some(name) = self.unclear {
                row.zone_unclear(name);
            }
        }
    }
}

/// A time as text in any of the forms below, or as a number.
pub(super) fn any(text: &str) -> Option<Stamp> {
    epoch(text).map(Stamp::utc).or_else(|| read(text).map(|(stamp, _)| stamp))
}

type Found<'a> = Option<(Stamp, &'a str)>;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What is left of their names when they are not cut off.
const ENDS: [&str; 12] =
    ["uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember"];

/// Any of the forms below, whichever the text begins with.
pub(super) fn read(text: &str) -> Found<'_> {
    let bytes = text.as_bytes();
    if bytes.first()?.is_ascii_uppercase() {
        return ctime(text).or_else(|| rfc2822(text)).or_else(|| worded(text));
    }
    // Most texts begin with none, and what their digits are followed by says so.
    let digits = bytes.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
    match (digits, bytes.get(digits)?) {
        (4, b'-') => iso(text),
        (4, b'/') => slashed(text),
        (8, _) => compact(text),
        (1 | 2, b'/') => clf(text).or_else(|| american(text)),
        (1 | 2, b' ' | b'-') => rfc2822(text),
        _ => None,
    }
}

/// `2026-03-04T10:42:02.113Z`; also a blank for the `T`, a comma for the point, one digit for the
/// hour behind two blanks, an offset behind a blank, ` UTC` and ` GMT`. Another name of a zone
/// says nothing for certain: the zone counts as not stated.
pub(super) fn iso(text: &str) -> Found<'_> {
    let mut line = Line(text);
    let (year, month, day) = line.date(b'-')?;
    line.one_of(b"Tt ")?;
    line.clock(year, month, day)
}

/// `2026/03/04 10:42:02.113`, as Go and nginx write it.
pub(super) fn slashed(text: &str) -> Found<'_> {
    let mut line = Line(text);
    let (year, month, day) = line.date(b'/')?;
    line.one_of(b" T-")?;
    line.clock(year, month, day)
}

/// `04/Mar/2026:10:42:02 +0100`, the form of the Common Log Format.
pub(super) fn clf(text: &str) -> Found<'_> {
    if let Some(found) = clf_as_ever(text) {
        return Some(found);
    }
    let mut line = Line(text);
    let day = line.number(1..=2)?;
    line.one_of(b"/")?;
    let month = line.month()?;
    line.one_of(b"/")?;
    let year = line.number(4..=4)?;
    line.one_of(b": ")?;
    line.clock(year, month, day)
}

/// `Mar  4 2026 10:42:02.113 UTC`, as Cisco writes it, and `Mar 4, 2026 10:42:02 AM` of Java, also
/// with a comma behind the year; `March 04, 2026, 10:42:02 (UTC+01:00)` of the consoles of AWS.
pub(super) fn worded(text: &str) -> Found<'_> {
    let mut line = Line(text);
    let month = line.month()?;
    let rest = line.0.strip_prefix(ENDS[month as usize - 1]);
    line.0 = rest.unwrap_or(line.0);
    line.blanks()?;
    let day = line.number(1..=2)?;
    line.one_of(b", ")?;
    line.0 = line.0.trim_start_matches(' ');
    let year = line.number(4..=4)?;
    line.one_of(b" ,")?;
    line.clock(year, month, day)
}

/// `3/4/2026 10:42:02 AM`, also with a comma before the time: that noon parts the day tells in which order month and day stand.
pub(super) fn american(text: &str) -> Found<'_> {
    let mut line = Line(text);
    let month = line.number(1..=2)?;
    line.one_of(b"/")?;
    let day = line.number(1..=2)?;
    line.one_of(b"/")?;
    let year = line.number(4..=4)?;
    // As the portal of Azure writes it.
    let _ = line.one_of(b",");
    line.one_of(b" ")?;
    let mut clock = line;
    clock.time_of_day()?;
    clock.fraction()?;
    clock.half()?;
    line.clock(year, month, day)
}

/// The same in the only width that servers write it in: of every line of their logs it is read.
fn clf_as_ever(text: &str) -> Found<'_> {
    let bytes = text.as_bytes().first_chunk::<26>()?;
    let two = |at: usize| {
        let (tens, ones) = (bytes[at].wrapping_sub(b'0'), bytes[at + 1].wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| tens * 10 + ones)
    };
    let marks = [(2, b'/'), (6, b'/'), (11, b':'), (14, b':'), (17, b':'), (20, b' ')];
    if marks.iter().any(|(at, mark)| bytes[*at] != *mark) {
        return None;
    }
    let month = MONTHS.iter().position(|month| month.as_bytes() == &bytes[3..6])? as u8 + 1;
    let year = i32::from(two(7)?) * 100 + i32::from(two(9)?);
    let (day, hour, minute, second) = (two(0)?, two(12)?, two(15)?, two(18)?);
    let at = Timestamp::from_civil(Civil { year, month, day, hour, minute, second, nanos: 0 })?;
    let (hours, minutes) = (two(22).filter(|hours| *hours < 24)?, two(24).filter(|m| *m < 60)?);
    let offset = i64::from(hours) * 3600 + i64::from(minutes) * 60;
    let sign = [b'+', b'-'].iter().position(|sign| *sign == bytes[21])?;
    let offset = if sign == 1 { -offset } else { offset };
    let rest =
        text.get(26..).filter(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))?;
    let stamp = Stamp { time: Time::new(at, 0), zoned: false, unclear: None };
    Some((stamp.shifted(offset)?, rest))
}

/// `20260304 10:42:02`, as `MariaDB`'s audit plugin writes it.
pub(super) fn compact(text: &str) -> Found<'_> {
    let mut line = Line(text);
    let (year, month, day) = (line.number(4..=4)?, line.number(2..=2)?, line.number(2..=2)?);
    line.one_of(b" T")?;
    line.clock(year, month, day)
}

/// `Wed Mar  4 10:42:02.123456 2026`, also with the name of a zone before the year, as Java has it.
pub(super) fn ctime(text: &str) -> Found<'_> {
    let mut line = Line(text);
    line.weekday()?;
    line.blanks()?;
    let month = line.month()?;
    line.blanks()?;
    let day = line.number(1..=2)?;
    line.blanks()?;
    let clock = line;
    line.time_of_day()?;
    line.fraction()?;
    let (mut zoned, mut unclear) = (false, None);
    if let Some((offset, rest)) = line.zone() {
        (zoned, unclear, line.0) = (offset.is_ok(), offset.err(), rest);
    }
    line.blanks()?;
    let year = line.number(4..=4)?;
    let (stamp, _) = Line(clock.0).clock(year, month, day)?;
    // What stands behind the time is the year, not a zone.
    let zone = Line(line.0).zone().filter(|_| line.0.starts_with(" +") || line.0.starts_with(" -"));
    match zone {
        Some((offset, rest)) => Some((stamp.shifted(offset.ok()?)?, rest)),
        None => Some((Stamp { zoned, unclear, ..stamp }, line.0)),
    }
}

/// `Wed, 4 Mar 2026 10:42:02 +0000`, with or without the name of the day.
pub(super) fn rfc2822(text: &str) -> Found<'_> {
    let mut line = Line(text);
    if line.weekday().is_some() {
        line.one_of(b",")?;
        line.blanks()?;
    }
    let day = line.number(1..=2)?;
    line.one_of(b" -")?;
    let month = line.month()?;
    line.one_of(b" -")?;
    let year = line.number(4..=4)?;
    line.one_of(b" :")?;
    line.clock(year, month, day)
}

/// A number whose size tells its unit: seconds below 1e11, then milliseconds, microseconds,
/// nanoseconds; with a fraction always seconds.
pub(super) fn epoch(text: &str) -> Option<Time> {
    if let Ok(number) = text.parse::<i64>() {
        let (at, digits) = match number.unsigned_abs() {
            0..100_000_000_000 => (Timestamp::from_seconds(number)?, 0),
            100_000_000_000..100_000_000_000_000 => (Timestamp::from_millis(number)?, 3),
            100_000_000_000_000..100_000_000_000_000_000 => (Timestamp::from_micros(number)?, 6),
            _ => (Timestamp(number), 9),
        };
        return Some(Time::new(at, digits));
    }
    if let Some((whole, fraction)) = text.split_once('.')
        && let Ok(seconds) = whole.parse::<i64>()
        && let Some((nanos, digits, "")) = fraction_of(fraction)
    {
        let at = Timestamp::from_seconds(seconds)?.saturating_add(i64::from(nanos));
        return Some(Time::new(at, digits));
    }
    let micros = text.parse::<f64>().ok()? * 1e6;
    let fits = micros.is_finite() && micros.abs() < 9e15;
    let at = fits.then(|| Timestamp::from_micros(micros.round() as i64)).flatten()?;
    Some(Time::new(at, 6))
}

impl Stamp {
    fn shifted(self, offset: i64) -> Option<Self> {
        let at = self.time.at.0.checked_sub(offset.checked_mul(Timestamp::SECOND)?)?;
        Some(Self { time: Time::new(Timestamp(at), self.time.digits), zoned: true, unclear: None })
    }
}

/// Each of these is the name of several zones.
const UNCLEAR: [&str; 10] = ["BST", "IST", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"];

/// What is left of a text.
#[derive(Clone, Copy)]
struct Line<'a>(&'a str);

impl<'a> Line<'a> {
    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<i32> {
        let given = self.0.bytes().take(*digits.end()).take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.0.split_at(given);
        self.0 = rest;
        let number = number.bytes().fold(0, |number, digit| number * 10 + i32::from(digit - b'0'));
        (given >= *digits.start()).then_some(number)
    }

    fn one_of(&mut self, bytes: &[u8]) -> Option<()> {
        let first = self.0.as_bytes().first().filter(|byte| bytes.contains(byte))?;
        debug_assert!(first.is_ascii());
        self.0 = &self.0[1..];
        Some(())
    }

    fn blanks(&mut self) -> Option<()> {
        self.one_of(b" ")?;
        self.0 = self.0.trim_start_matches(' ');
        Some(())
    }

    fn date(&mut self, mark: u8) -> Option<(i32, i32, i32)> {
        let year = self.number(4..=4)?;
        self.one_of(&[mark])?;
        let month = self.number(1..=2)?;
        self.one_of(&[mark])?;
        Some((year, month, self.number(1..=2)?))
    }

    fn month(&mut self) -> Option<i32> {
        let month = match self.0.as_bytes().first_chunk::<3>()?.map(|byte| byte | 0x20) {
            [b'j', b'a', b'n'] => 1,
            [b'f', b'e', b'b'] => 2,
            [b'm', b'a', b'r'] => 3,
            [b'a', b'p', b'r'] => 4,
            [b'm', b'a', b'y'] => 5,
            [b'j', b'u', b'n'] => 6,
            [b'j', b'u', b'l'] => 7,
            [b'a', b'u', b'g'] => 8,
            [b's', b'e', b'p'] => 9,
            [b'o', b'c', b't'] => 10,
            [b'n', b'o', b'v'] => 11,
            [b'd', b'e', b'c'] => 12,
            _ => return None,
        };
        self.0 = &self.0[3..];
        Some(month)
    }

    fn weekday(&mut self) -> Option<()> {
        let name = self.0.get(..3)?;
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(&name).then_some(())?;
        self.0 = &self.0[3..];
        Some(())
    }

    fn time_of_day(&mut self) -> Option<(u8, u8, u8)> {
        self.0 = self.0.trim_start_matches(' ');
        let hour = self.number(1..=2)?;
        self.one_of(b":")?;
        let minute = self.number(2..=2)?;
        self.one_of(b":")?;
        let second = self.number(2..=2)?;
        Some((u8::try_from(hour).ok()?, u8::try_from(minute).ok()?, u8::try_from(second).ok()?))
    }

    fn fraction(&mut self) -> Option<(u32, u8)> {
        let bytes = self.0.as_bytes();
        let digit = bytes.get(1).is_some_and(u8::is_ascii_digit);
        if !matches!(bytes.first(), Some(b'.' | b',')) || !digit {
            return Some((0, 0));
        }
        let (nanos, digits, rest) = fraction_of(&self.0[1..])?;
        // Behind a comma there may as well be another number.
        let count = self.0.len() - 1 - rest.len();
        if bytes[0] == b',' && !matches!(count, 3 | 6 | 9) {
            return Some((0, 0));
        }
        self.0 = rest;
        Some((nanos, digits))
    }

    /// ` AM` or ` PM`: whether it is the second half of the day.
    fn half(&mut self) -> Option<bool> {
        // Newer versions of Java put a narrow blank before it.
        let name = self.0.strip_prefix([' ', '\u{202f}'])?;
        let second = match name.get(..2)? {
            "AM" | "am" => false,
            "PM" | "pm" => true,
            _ => return None,
        };
        let rest = &name[2..];
        if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        self.0 = rest;
        Some(second)
    }

    /// The time of day, and the zone behind it.
    fn clock(mut self, year: i32, month: i32, day: i32) -> Found<'a> {
        let (mut hour, minute, second) = self.time_of_day()?;
        let (nanos, digits) = self.fraction()?;
        if let Some(second_half) = self.half().filter(|_| (1..=12).contains(&hour)) {
            hour = hour % 12 + if second_half { 12 } else { 0 };
        }
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        let at = Timestamp::from_civil(Civil { year, month, day, hour, minute, second, nanos })?;
        let stamp = Stamp { time: Time::new(at, digits), zoned: false, unclear: None };
        match self.zone() {
            Some((Ok(offset), rest)) => Some((stamp.shifted(offset)?, rest)),
            Some((Err(name), rest)) => Some((Stamp { unclear: Some(name), ..stamp }, rest)),
            None => Some((stamp, self.0)),
        }
    }

    /// Seconds east of UTC and what follows; in their place a name that says nothing for certain.
    fn zone(self) -> Option<(Result<i64, &'static str>, &'a str)> {
        let text = self.0.strip_prefix(' ').unwrap_or(self.0);
        match text.as_bytes().first()? {
            b'(' => {
                let (offset, rest) =
                    Line(text.strip_prefix("(UTC").filter(|it| it.starts_with(['+', '-']))?)
                        .zone()?;
                Some((offset, rest.strip_prefix(')')?))
            }
            b'Z' | b'z' if !text[1..].starts_with(|c: char| c.is_ascii_alphanumeric()) => {
                Some((Ok(0), &text[1..]))
            }
            sign @ (b'+' | b'-') => {
                let mut line = Line(&text[1..]);
                let hours = line.number(2..=2).filter(|hours| *hours < 24)?;
                let colon = line.one_of(b":").is_some();
                let minutes = line.number(2..=2);
                if colon && minutes.is_none() || minutes.is_some_and(|minutes| minutes > 59) {
                    return None;
                }
                let ends = !line.0.starts_with(|c: char| c.is_ascii_alphanumeric());
                let seconds = i64::from(hours) * 3600 + i64::from(minutes.unwrap_or(0)) * 60;
                let seconds = if *sign == b'-' { -seconds } else { seconds };
                ends.then_some((Ok(seconds), line.0))
            }
            b'A'..=b'Z' => {
                let length = text.bytes().take_while(u8::is_ascii_uppercase).count();
                let (name, rest) = text.split_at(length);
                let ends = !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
                let hours = match name {
                    "UTC" | "GMT" | "WET" => 0,
                    "CET" | "WEST" => 1,
                    "CEST" | "EET" => 2,
                    "EEST" | "MSK" => 3,
                    "SGT" | "HKT" => 8,
                    "JST" => 9,
                    "AEST" => 10,
                    "AEDT" => 11,
                    _ => {
                        let name = UNCLEAR.iter().find(|known| **known == name)?;
                        return ends.then_some((Err(*name), rest));
                    }
                };
                ends.then_some((Ok(hours * 3600), rest))
            }
            _ => None,
        }
    }
}

/// Nanoseconds, digits kept, and what follows the digits that the text begins with.
fn fraction_of(text: &str) -> Option<(u32, u8, &str)> {
    let count = text.bytes().take_while(u8::is_ascii_digit).count();
    let kept = count.min(9);
    let number: u32 = text.get(..kept).filter(|digits| !digits.is_empty())?.parse().ok()?;
    Some((number * 10u32.pow(9 - kept as u32), kept as u8, &text[count..]))
}

#[cfg(test)]
mod tests;
