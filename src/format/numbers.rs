//! Numbers and addresses, which are in every record: most of them are written in the usual way, and
//! are read here in one go.

use std::net::{IpAddr, Ipv4Addr};

/// A number in decimal digits.
#[inline]
pub(super) fn number(value: &str) -> Option<i64> {
    let mut bytes = value.as_bytes();
    if bytes.is_empty() || bytes.len() > 18 {
        return value.parse().ok();
    }
    let mut number = 0;
    // Such as the seconds of a time, of which every record has some.
    if let Some((first, rest)) = bytes.split_first_chunk()
        && let Some(eight) = eight_digits(*first)
    {
        (number, bytes) = (eight, rest);
    }
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return value.parse().ok();
        }
        number = number * 10 + i64::from(digit);
    }
    Some(number)
}

/// Eight digits at once: each step adds up neighbours, ones to tens, pairs to fours, fours to eight.
#[inline]
fn eight_digits(text: [u8; 8]) -> Option<i64> {
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    let digits = u64::from_le_bytes(text) ^ u64::from_ne_bytes([b'0'; 8]);
    // A byte over nine has its top bit set, or gets it with this; none of the rest carries.
    let over = digits.wrapping_add(u64::from_ne_bytes([0x76; 8]));
    if (digits | over) & TOPS != 0 {
        return None;
    }
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let eight = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) & 0xffff_ffff;
    Some(eight as i64)
}

/// An address.
#[inline]
pub(super) fn address(value: &str) -> Option<IpAddr> {
    let v4 = v4(value.as_bytes()).map(IpAddr::V4);
    v4.or_else(|| memchr::memchr(b':', value.as_bytes()).and_then(|_| value.parse().ok()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_and_addresses_are_what_they_are_elsewhere(
            text in "[0-9]{0,20}|[0-9]{7,10}[0-9/:x]|[-+0-9.]{0,16}|([0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9a-f:.]{0,20}",
        ) {
            prop_assert_eq!(number(&text), text.parse().ok());
            prop_assert_eq!(address(&text), text.parse().ok());
        }
    }
}
