//! What web servers on hosts write: requests, and errors.

mod access;
mod error;
mod refused;

pub(super) use access::AccessLog;
pub(super) use error::ErrorLog;

use crate::format::{numbers, web};
use std::borrow::Cow;
use std::net::IpAddr;

/// What a web server escaped: `\"`, `\\`, `\t`, and bytes as `\x22`. Bytes that make no text stay
/// as they are written.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let (value, length) = match (byte, after) {
            (b'\\', [b'x', high, low, ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, 4),
                _ => (b'\\', 1),
            },
            (b'\\', [b'"', ..]) => (b'"', 2),
            (b'\\', [b'\\', ..]) => (b'\\', 2),
            (b'\\', [b't', ..]) => (b'\t', 2),
            (b'\\', [b'n', ..]) => (b'\n', 2),
            (b'\\', [b'r', ..]) => (b'\r', 2),
            _ => (*byte, 1),
        };
        bytes.push(value);
        rest = &rest[length..];
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// The addresses of a list such as X-Forwarded-For has them; none if it is no such list.
fn addresses(text: &str) -> impl Iterator<Item = IpAddr> {
    text.split([',', ' ']).filter_map(|part| address(part.trim()))
}

/// An address, perhaps with a port or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let host = || web::end(text).and_then(|(host, _)| numbers::address(host));
    numbers::address(text).or_else(host)
}

/// Whether a word may be the method of a request.
fn is_method(word: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-');
    (3..=32).contains(&word.len()) && word.bytes().all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_where_they_are_text() {
        assert_eq!(unescaped(r#"a \"b\" \x22c\x22 \\ \t"#), "a \"b\" \"c\" \\ \t");
        assert_eq!(unescaped(r"\xc3\xa9"), "é");
        assert_eq!(unescaped(r"\x16\x03\xff"), r"\x16\x03\xff");
        assert_eq!(unescaped(r"\x1"), r"\x1");
        let found: Vec<String> = addresses("192.0.2.1, 2001:db8::1, [2001:db8::2]:443, unknown, -")
            .map(|ip| ip.to_string())
            .collect();
        assert_eq!(found, ["192.0.2.1", "2001:db8::1", "2001:db8::2"]);
    }
}
