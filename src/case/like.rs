//! Values that stand for many, compared as the filter compares them: `*` is any text, case does not
//! count, and in a field of addresses a network holds its addresses.

use std::net::IpAddr;

/// Whether the value says more than itself: it has a `*`, or is a network in a field of addresses.
pub fn is_pattern(field: &str, value: &str) -> bool {
    value.contains('*') || is_of_addresses(field) && network(value).is_some()
}

/// Whether a value of this field is one of those that the pattern stands for.
pub(super) fn is_like(field: &str, pattern: &str, value: &str) -> bool {
    let within = is_of_addresses(field).then(|| network(pattern)).flatten();
    if let (Some((first, last)), Ok(address)) = (within, value.parse::<IpAddr>()) {
        let address = number(address);
        return first <= address && address <= last;
    }
    fits(&parts(&pattern.to_lowercase()), &value.to_lowercase())
}

/// Whether what stands in the field are addresses.
pub fn is_of_addresses(field: &str) -> bool {
    field == "ip" || field.rsplit_once('.').is_some_and(|(_, last)| last == "ip")
}

/// Both families in one order, as a filter has them.
fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The first and the last address of `203.0.113.0/24` or `192.0.2.1-192.0.2.9`.
fn network(text: &str) -> Option<(u128, u128)> {
    if let Some((first, last)) = text.split_once('-') {
        let (first, last): (IpAddr, IpAddr) = (first.parse().ok()?, last.parse().ok()?);
        let is_range = first.is_ipv4() == last.is_ipv4() && first <= last;
        return is_range.then(|| (number(first), number(last)));
    }
    let (address, length) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let bits: u32 = if address.is_ipv4() { 32 } else { 128 };
    let free = bits.checked_sub(length.parse::<u8>().ok()?.into())?;
    let mask = u128::MAX.checked_shr(128 - free).unwrap_or(0);
    Some((number(address) & !mask, number(address) | mask))
}

/// What stands between the `*`; a backslash takes the meaning from `*`, `"` and another backslash.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '*' {
            parts.push(String::new());
            continue;
        }
        let meant = (c == '\\').then(|| chars.next_if(|next| matches!(next, '*' | '"' | '\\')));
        if let Some(last) = parts.last_mut() {
            last.push(meant.flatten().unwrap_or(c));
        }
    }
    parts
}

/// Whether the whole text is these parts with anything between them.
fn fits(parts: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = parts else {
        return parts.first().is_some_and(|only| only == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for part in middle {
        let Some(at) = rest.find(part.as_str()) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_one_by_its_star_or_its_network() {
        for (field, value, expected) in [
            ("principal", "*scanner*", true),
            ("principal", "scanner", false),
            ("principal", "a/b", false),
            ("src.ip", "203.0.113.0/24", true),
            ("src.ip", "192.0.2.1-192.0.2.9", true),
            ("src.ip", "2001:db8::/32", true),
            ("src.ip", "203.0.113.9", false),
            ("src.ip", "203.0.113.0/33", false),
            ("resource", "203.0.113.0/24", false),
        ] {
            assert_eq!(is_pattern(field, value), expected, "{field} {value}");
        }
    }
}
