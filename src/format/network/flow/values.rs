//! Values as flow logs write them.

use crate::event::{Time, Timestamp};
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

/// A number in decimal digits.
#[inline]
pub(super) fn number(value: &str) -> Option<i64> {
    let bytes = value.as_bytes();
    if bytes.is_empty() || bytes.len() > 18 {
        return value.parse().ok();
    }
    let mut number = 0;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return value.parse().ok();
        }
        number = number * 10 + i64::from(digit);
    }
    Some(number)
}

/// An address. Most are IPv4, and are read here in one go.
#[inline]
pub(super) fn address(value: &str) -> Option<IpAddr> {
    v4(value.as_bytes()).map(IpAddr::V4).or_else(|| value.parse().ok())
}

#[inline]
fn v4(bytes: &[u8]) -> Option<Ipv4Addr> {
    let (mut whole, mut part, mut digits, mut dots) = (0u32, 0u32, 0, 0);
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            // A zero that others follow is no decimal number.
            if digits > 0 && part == 0 {
                return None;
            }
            part = part * 10 + u32::from(digit);
            digits += 1;
            if part > 255 {
                return None;
            }
        } else if *byte == b'.' && digits > 0 && dots < 3 {
            whole = whole << 8 | part;
            (part, digits) = (0, 0);
            dots += 1;
        } else {
            return None;
        }
    }
    (dots == 3 && digits > 0).then(|| Ipv4Addr::from_bits(whole << 8 | part))
}

/// A time in seconds; whoever converted the log may have made another number or text of it.
#[inline]
pub(super) fn time(value: &str) -> Option<Time> {
    match number(value) {
        Some(seconds @ 0..9_000_000_000) => {
            Some(Time::new(Timestamp(seconds * Timestamp::SECOND), 0))
        }
        _ => other_time(value),
    }
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
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_and_addresses_are_what_they_are_elsewhere(
            text in "[0-9]{0,20}|[-+0-9.]{0,16}|([0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9a-f:.]{0,20}",
        ) {
            prop_assert_eq!(number(&text), text.parse().ok());
            prop_assert_eq!(address(&text), text.parse().ok());
        }
    }

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
    }
}
