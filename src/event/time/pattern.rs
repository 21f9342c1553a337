//! Times as a pattern says that they are written: the specifiers of `strftime`, as chrono has
//! them.

use super::{Civil, Time, Timestamp};
use chrono::format::{Fixed, Item, Numeric, Parsed, StrftimeItems, parse};
use chrono::{DateTime, Datelike, NaiveDateTime, Timelike};
use std::fmt::Write as _;

/// How times are written, such as `%Y-%m-%d %H:%M:%S%.f`.
#[derive(Debug, Clone)]
pub struct Pattern {
    items: Vec<Item<'static>>,
}

/// Why a text is no pattern of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPattern {
    /// The byte of the text where the fault is.
    pub at: usize,
    pub message: String,
}

/// A time as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// As it would be if it were UTC, unless it has an offset. The year is 0 if none is written.
    pub civil: Civil,
    /// Digits of the fraction of a second.
    pub digits: u8,
    /// Seconds east of UTC.
    pub offset: Option<i32>,
}

impl Pattern {
    pub fn new(text: &str) -> Result<Self, NoPattern> {
        let fail = |at, message: &str| Err(NoPattern { at, message: message.to_owned() });
        let mut from = 0;
        while let Some(at) = text[from..].find('%').map(|at| from + at) {
            match StrftimeItems::new(&text[at..]).next() {
                None | Some(Item::Error) => {
                    let length = text[at..].chars().take(2).map(char::len_utf8).sum::<usize>();
                    let given = &text[at..at + length];
                    return fail(
                        at,
                        &format!("{given:?} is no part of a time; such are %Y %m %d %H %M %S %z"),
                    );
                }
                Some(Item::Numeric(Numeric::Nanosecond, _)) => {
                    return fail(
                        at,
                        "%f counts nanoseconds; write %.f for a fraction with its point, %3f or %6f for one without",
                    );
                }
                Some(_) => from = at + if text[at..].starts_with("%%") { 2 } else { 1 },
            }
        }
        let items: Vec<Item<'static>> = StrftimeItems::new(text).map(Item::to_owned).collect();
        let pattern = Self { items };
        // What such a pattern writes says whether it can be read again.
        let sample = DateTime::from_timestamp(1_772_620_922, 0).unwrap_or_default();
        let mut written = String::new();
        let is_written = write!(written, "{}", sample.format_with_items(pattern.items.iter()));
        match is_written.ok().and_then(|()| pattern.read(&written)) {
            Some(_) => Ok(pattern),
            None => fail(0, "a time needs a day and a time of day: %Y-%m-%d and %H:%M:%S, or %s"),
        }
    }

    /// Reads all of the text; `None` if it is written otherwise.
    pub fn read(&self, text: &str) -> Option<Written> {
        let mut parsed = Parsed::new();
        parse(&mut parsed, text, self.items.iter()).ok()?;
        let digits = self.digits(text, parsed.nanosecond().unwrap_or(0));
        if parsed.timestamp().is_some() {
            let at = parsed.to_naive_datetime_with_offset(0).ok()?;
            return Some(Written { civil: civil(at)?, digits, offset: Some(0) });
        }
        let has_year = parsed.year().or(parsed.isoyear()).is_some()
            || parsed.year_mod_100().or(parsed.isoyear_mod_100()).is_some();
        if !has_year {
            // One that has a 29th of February.
            parsed.set_year(2000).ok()?;
        }
        if parsed.minute().is_some() && parsed.second().is_none() {
            parsed.set_second(0).ok()?;
        }
        let at = parsed.to_naive_date().ok()?.and_time(parsed.to_naive_time().ok()?);
        let civil = civil(at)?;
        let civil = if has_year { civil } else { Civil { year: 0, ..civil } };
        Some(Written { civil, digits, offset: parsed.offset() })
    }

    fn digits(&self, text: &str, nanos: u32) -> u8 {
        let fixed = self.items.iter().find_map(|item| match item {
            Item::Fixed(Fixed::Nanosecond3) => Some(3),
            Item::Fixed(Fixed::Nanosecond6) => Some(6),
            Item::Fixed(Fixed::Nanosecond9) => Some(9),
            Item::Fixed(Fixed::Nanosecond) => {
                let fraction = text.rsplit_once('.').map_or("", |(_, rest)| rest);
                Some(fraction.bytes().take_while(u8::is_ascii_digit).count().min(9) as u8)
            }
            _ => None,
        });
        let needed = |digits: &u8| nanos.is_multiple_of(10u32.pow(9 - u32::from(*digits)));
        fixed.or_else(|| [0, 3, 6].into_iter().find(needed)).unwrap_or(9)
    }
}

fn civil(at: NaiveDateTime) -> Option<Civil> {
    // Chrono writes a leap second as one that has more than a second's nanoseconds.
    let (leap, nanos) = (at.nanosecond() / 1_000_000_000, at.nanosecond() % 1_000_000_000);
    Some(Civil {
        year: at.year(),
        month: u8::try_from(at.month()).ok()?,
        day: u8::try_from(at.day()).ok()?,
        hour: u8::try_from(at.hour()).ok()?,
        minute: u8::try_from(at.minute()).ok()?,
        second: u8::try_from(at.second() + leap).ok()?,
        nanos,
    })
}

impl Written {
    /// The instant, where no offset means `zone` seconds east of UTC and no year means the latest
    /// that is not after `modified`, but for a day.
    pub fn time(self, zone: i32, modified: Option<Timestamp>) -> Option<Time> {
        let shift = -i64::from(self.offset.unwrap_or(zone)) * Timestamp::SECOND;
        let in_year = |year| {
            let at = Timestamp::from_civil(Civil { year, ..self.civil })?;
            at.0.checked_add(shift).map(Timestamp)
        };
        let at = if self.civil.year == 0 {
            let modified = modified?;
            let latest = modified.saturating_add(Timestamp::DAY);
            let year = modified.civil().year + 1;
            // The 29th of February may be up to eight years away.
            (0..=9).filter_map(|back| in_year(year - back)).find(|at| *at <= latest)?
        } else {
            in_year(self.civil.year)?
        };
        Some(Time::new(at, self.digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(pattern: &str, text: &str) -> Option<String> {
        let written = Pattern::new(pattern).unwrap().read(text)?;
        let modified = Timestamp::from_seconds(1_772_625_600);
        written.time(3600, modified).map(Time::to_rfc3339)
    }

    #[test]
    fn times_are_read_as_the_pattern_says() {
        for (pattern, text, expected) in [
            ("%Y-%m-%d %H:%M:%S", "2026-03-04 10:42:02", "2026-03-04T09:42:02Z"),
            ("%Y-%m-%d %H:%M:%S%.f", "2026-03-04 10:42:02.100", "2026-03-04T09:42:02.100Z"),
            ("%Y-%m-%d %H:%M:%S,%3f", "2026-03-04 10:42:02,113", "2026-03-04T09:42:02.113Z"),
            ("%d/%m/%y %H:%M:%S %z", "04/03/26 10:42:02 -0500", "2026-03-04T15:42:02Z"),
            ("%d.%m.%Y %I:%M %p", "04.03.2026 10:42 PM", "2026-03-04T21:42:00Z"),
            ("%b %e %H:%M:%S", "Mar  4 10:42:02", "2026-03-04T09:42:02Z"),
            ("%b %e %H:%M:%S", "Mar  6 10:42:02", "2025-03-06T09:42:02Z"),
            ("%b %e %H:%M:%S", "Feb 29 10:42:02", "2024-02-29T09:42:02Z"),
            ("%s", "1772620922", "2026-03-04T10:42:02Z"),
            ("%Y%m%dT%H%M%SZ", "20260304T104202Z", "2026-03-04T09:42:02Z"),
        ] {
            assert_eq!(read(pattern, text).as_deref(), Some(expected), "{pattern} {text}");
        }
        for text in ["", "2026-03-04", "2026-03-04 10:42:02 x", "2026-13-04 10:42:02", "é"] {
            assert_eq!(read("%Y-%m-%d %H:%M:%S", text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_told_with_its_place() {
        for (pattern, at) in [("%Y-%m-%d %Q", 9), ("%%%", 2), ("%Y-%m-%d %H:%M:%S.%f", 18)] {
            assert_eq!(Pattern::new(pattern).unwrap_err().at, at, "{pattern}");
        }
        for pattern in ["", "é", "%H:%M:%S", "%Y-%m-%d", "%Y", "%H %Y-%m-%d"] {
            let error = Pattern::new(pattern).unwrap_err();
            assert!(error.message.contains("a day and a time of day"), "{pattern}: {error:?}");
        }
    }

    proptest! {
        #[test]
        fn any_pattern_and_text_is_survived(
            pattern in "(%[-0_]?[.:#]{0,3}[0-9]?[a-zA-Z%é]|[- :é]){0,8}",
            text in "[0-9A-Za-z:. é+-]{0,40}",
        ) {
            if let Ok(pattern) = Pattern::new(&pattern) {
                let _ = pattern.read(&text).and_then(|written| written.time(0, None));
            }
        }
    }
}
