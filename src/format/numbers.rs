//! Numbers and addresses, which are in every record: most of them are written in the usual way, and
//! are read here in one go.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
    let bytes = value.as_bytes();
    v4(bytes).map(IpAddr::V4).or_else(|| v6(bytes).map(IpAddr::V6)).or_else(|| {
        // With the address of the other kind in it.
        let is_mixed = memchr::memchr2(b':', b'.', bytes).is_some_and(|at| bytes[at] == b':');
        if is_mixed { value.parse().ok() } else { None }
    })
}

#[inline]
fn v4(bytes: &[u8]) -> Option<Ipv4Addr> {
    let (mut whole, mut rest) = (0, bytes);
    for _ in 0..3 {
        let (part, behind) = part(rest)?;
        whole = whole << 8 | part;
        rest = behind.strip_prefix(b".")?;
    }
    let (last, behind) = part(rest)?;
    behind.is_empty().then(|| Ipv4Addr::from_bits(whole << 8 | last))
}

/// One of the four numbers of an address, and what follows it. A zero that digits follow is no
/// decimal number.
#[inline]
fn part(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let digit = |byte: u8| Some(u32::from(byte.wrapping_sub(b'0'))).filter(|digit| *digit <= 9);
    let (first, rest) = bytes.split_first()?;
    let first = digit(*first)?;
    let Some((second, behind)) = rest.split_first() else { return Some((first, rest)) };
    let Some(second) = digit(*second) else { return Some((first, rest)) };
    if first == 0 {
        return None;
    }
    let two = first * 10 + second;
    let Some((third, end)) = behind.split_first() else { return Some((two, behind)) };
    let Some(third) = digit(*third) else { return Some((two, behind)) };
    Some((two * 10 + third, end)).filter(|(part, _)| *part <= 255)
}

/// Groups of hexadecimal digits, of which one run may be left out.
fn v6(bytes: &[u8]) -> Option<Ipv6Addr> {
    let (mut groups, mut count, mut gap) = ([0; 8], 0, None);
    let mut rest = bytes;
    if let Some(behind) = rest.strip_prefix(b"::") {
        (gap, rest) = (Some(0), behind);
    }
    while let Some((group, behind)) = group(rest) {
        *groups.get_mut(count)? = group;
        count += 1;
        match behind {
            [] => {
                rest = behind;
                break;
            }
            [b':', b':', behind @ ..] if gap.is_none() => (gap, rest) = (Some(count), behind),
            [b':', behind @ ..] if !behind.is_empty() => rest = behind,
            _ => return None,
        }
    }
    let is_whole = match gap {
        Some(_) => count < 8,
        None => count == 8,
    };
    if !is_whole || !rest.is_empty() {
        return None;
    }
    if let Some(gap) = gap {
        groups[gap..].rotate_right(8 - count);
    }
    Some(Ipv6Addr::from(groups))
}

/// One to four hexadecimal digits, and what follows them.
#[inline]
fn group(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (mut group, mut at) = (0, 0);
    while let Some(digit) = bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16)) {
        group = group << 4 | digit;
        at += 1;
    }
    (1..=4).contains(&at).then(|| (group as u16, &bytes[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_and_addresses_are_what_they_are_elsewhere(
            text in "[0-9]{0,20}|[0-9]{7,10}[0-9/:x]|[-+0-9.]{0,16}|([0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9a-f:.]{0,20}|([0-9a-fA-F]{0,4}:){0,8}[0-9a-f]{0,4}|([0-9a-f]{1,4}:){1,4}(:[0-9a-f]{1,4}){0,4}:?",
        ) {
            prop_assert_eq!(number(&text), text.parse().ok());
            prop_assert_eq!(address(&text), text.parse().ok());
        }
    }
}
