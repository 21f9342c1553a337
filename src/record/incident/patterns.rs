//! Indicators as patterns of STIX 2.1 (section 9), where the language has a word for the kind.

use super::IndicatorKind;
use std::net::IpAddr;

/// The pattern, if there is one.
pub(super) fn pattern(kind: IndicatorKind, value: &str) -> Option<String> {
    let quoted = quoted(value);
    let of = |path: &str| Some(format!("[{path} = {quoted}]"));
    match kind {
        IndicatorKind::Address => match address(value)? {
            (true, _) => of("ipv4-addr:value"),
            (false, _) => of("ipv6-addr:value"),
        },
        IndicatorKind::Domain => of("domain-name:value"),
        IndicatorKind::Url => of("url:value"),
        IndicatorKind::Email => of("email-addr:value"),
        IndicatorKind::Sha256 => {
            if is_sha256(value) {
                of("file:hashes.'SHA-256'")
            } else {
                None
            }
        }
        IndicatorKind::Principal => of("user-account:user_id"),
        IndicatorKind::AccessKey => Some(format!(
            "[user-account:account_type = 'aws-access-key' AND user-account:user_id = {quoted}]"
        )),
        IndicatorKind::UserAgent => {
            of("network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'")
        }
        IndicatorKind::Resource | IndicatorKind::Other => None,
    }
}

/// Whether an address or a network is of version 4, and its text.
pub(super) fn address(text: &str) -> Option<(bool, &str)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let is_v4 = address.parse::<IpAddr>().ok()?.is_ipv4();
    let most = if is_v4 { 32 } else { 128 };
    bits.is_none_or(|bits| bits <= most).then_some((is_v4, text))
}

/// Whether it is a SHA-256 in hexadecimal digits.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A string of the pattern language.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        let pattern = |value| pattern(IndicatorKind::Domain, value).unwrap();
        assert_eq!(pattern("a'] OR [x"), "[domain-name:value = 'a\\'] OR [x']");
        assert_eq!(pattern("a\\"), "[domain-name:value = 'a\\\\']");
    }

    #[test]
    fn an_address_is_one() {
        let pattern = |value| pattern(IndicatorKind::Address, value);
        assert_eq!(pattern("203.0.113.0/24").unwrap(), "[ipv4-addr:value = '203.0.113.0/24']");
        assert_eq!(pattern("2001:db8::1").unwrap(), "[ipv6-addr:value = '2001:db8::1']");
        assert_eq!(pattern("203.0.113.0/33"), None);
        assert_eq!(pattern("ip-3fa9c1d2aa"), None);
    }
}
