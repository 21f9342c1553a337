//! Values that stand for many, compared as the filter compares them: `*` is any text, case does not
//! count, and in a field of addresses a network holds its addresses.

use crate::event::network::{Network, number};
use crate::event::wild::fits;
use std::net::IpAddr;

/// Whether the value says more than itself: it has a `*`, or is a network in a field of addresses.
pub fn is_pattern(field: &str, value: &str) -> bool {
    value.contains('*') || is_of_addresses(field) && network(value).is_some()
}

/// Whether a value of this field is one of those that the pattern stands for.
pub(super) fn is_like(field: &str, pattern: &str, value: &str) -> bool {
    let within = is_of_addresses(field).then(|| network(pattern)).flatten();
    if let (Some(network), Ok(address)) = (within, value.parse::<IpAddr>()) {
        return network.holds(number(address));
    }
    let value = value.to_lowercase();
    match &parts(&pattern.to_lowercase())[..] {
        [only] => *only == value,
        parts => fits(parts, value.as_bytes()),
    }
}

/// Whether what stands in the field are addresses.
pub fn is_of_addresses(field: &str) -> bool {
    field == "ip" || field.rsplit_once('.').is_some_and(|(_, last)| last == "ip")
}

/// The network or range that the text is; one address alone is itself.
fn network(text: &str) -> Option<Network> {
    Network::parse(text).ok().filter(|_| text.contains(['/', '-']))
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
