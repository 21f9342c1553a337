//! Values as flow logs write them.

use crate::event::{Time, Timestamp};
use crate::format::numbers::number;
use std::borrow::Cow;

/// A time in seconds; whoever converted the log may have made another number or text of it.
#[inline]
pub(super) fn time(value: &str) -> Option<Time> {
    number(value).and_then(second).or_else(|| other_time(value))
}

/// The same of a number.
#[inline]
pub(super) fn time_of(number: i64) -> Option<Time> {
    second(number).or_else(|| other_time_of(number))
}

#[cold]
fn other_time_of(number: i64) -> Option<Time> {
    other_time(&number.to_string())
}

#[inline]
fn second(number: i64) -> Option<Time> {
    let is_second = (0..9_000_000_000).contains(&number);
    is_second.then(|| Time::new(Timestamp(number * Timestamp::SECOND), 0))
}

#[cold]
fn other_time(value: &str) -> Option<Time> {
    let stamp = crate::format::clock::any(value)?;
    Some(stamp.is_utc().time(0))
}

/// Text in which `%XX` stands for a byte.
pub(super) fn unescaped(value: &str) -> Cow<'_, str> {
    if !value.contains('%') {
        return Cow::Borrowed(value);
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (*first, digit(0), digit(1)) {
            bytes.push((high * 16 + low) as u8);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    Cow::Owned(crate::format::text::of(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_others_convert_them() {
        for (text, expected) in [
            ("1772625600", "2026-03-04T12:00:00Z"),
            ("1772625600123", "2026-03-04T12:00:00.123Z"),
            ("2026-03-04T12:00:00Z", "2026-03-04T12:00:00Z"),
            ("2026-03-04 12:00:00.000", "2026-03-04T12:00:00.000Z"),
        ] {
            assert_eq!(time(text).map(Time::to_rfc3339).as_deref(), Some(expected));
        }
        assert_eq!(time("x"), None);
        for number in [0, 1_772_625_600, 1_772_625_600_123, -5, i64::MAX] {
            assert_eq!(time_of(number), time(&number.to_string()));
        }
    }
}
