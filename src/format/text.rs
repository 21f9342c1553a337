//! Bytes that claim to be text: what is no UTF-8 is kept visible, byte by byte.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The bytes as text, each byte that is no UTF-8 as `\xNN`. Inside JSON the backslash is doubled,
/// so that the value read from it shows `\xNN` too.
pub(super) fn of(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let json = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let mark = if matches!(json, Some(b'{' | b'[' | b'"')) { "\\\\x" } else { "\\x" };
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(text, "{mark}{byte:02X}");
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_bytes_stay_visible() {
        assert_eq!(of(b"plain"), "plain");
        assert_eq!(of(b"a\xffb\xe2\x82"), r"a\xFFb\xE2\x82");
        assert_eq!(of(b"{\"a\":\"\xff\"}"), r#"{"a":"\\xFF"}"#);
    }
}
