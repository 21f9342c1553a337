//! Numbers and addresses, which are in every record: most of them are written in the usual way, and
//! are read here in one go.

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

/// An address.
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
}
