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

/// The text before the first such byte, which is ASCII, and what follows it. As `str::split_once`,
/// whose search is made for long texts.
#[inline]
pub(super) fn split_once(text: &str, mark: u8) -> Option<(&str, &str)> {
    debug_assert!(mark.is_ascii(), "a mark is a whole character");
    let at = memchr::memchr(mark, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

/// Whether the text spells out bytes that are no UTF-8, as decoders are given them. Logs whose
/// writers spell such bytes themselves in the same way are found too.
pub fn has_spelled(text: &str) -> bool {
    let upper = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    memchr::memmem::find_iter(text.as_bytes(), b"\\x").any(|at| {
        let digits = text.as_bytes().get(at + 2..at + 4);
        matches!(digits, Some([b'8'..=b'9' | b'A'..=b'F', low]) if upper(*low))
    })
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

    #[test]
    fn spelled_bytes_are_found() {
        for byte in 0x80..=u8::MAX {
            assert!(has_spelled(&of(&[b'a', byte, b'b'])) && has_spelled(&of(&[byte])));
        }
        for text in ["", "a", r"\x", r"\xF", r"\x41", r"\xfF", r"\xFf", r"\ xFF", r"\x4\xé"] {
            assert!(!has_spelled(text), "{text}");
        }
    }
}
