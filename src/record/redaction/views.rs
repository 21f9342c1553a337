//! Text as it reads: with escapes undone, and the way back to the bytes as they are.
//!
//! Logs hold text in text. `J\u00f6rg`, `a\/b` and `%C3%B6` are other bytes than what they say, so
//! that what is looked for is looked for in each reading. What a backslash stands before and that is
//! no escape of JSON stays as it is.

use std::borrow::Cow;
use std::ops::Range;

/// Levels of JSON within JSON that are undone.
const LEVELS: usize = 3;

/// A way to read bytes.
#[derive(Debug, Clone)]
pub(super) struct View<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// Where each byte begins in the bytes as they are, and where those end; nothing if they are the
    /// same.
    starts: Option<Vec<usize>>,
    /// Whether what is read here was spelled for an address of the web.
    pub(super) is_web: bool,
}

impl<'a> View<'a> {
    /// The bytes as they are.
    pub(super) const fn plain(bytes: &'a [u8]) -> Self {
        Self { bytes: Cow::Borrowed(bytes), starts: None, is_web: false }
    }

    /// The bytes as they are, and each other way in which they read differently.
    pub(super) fn all(bytes: &'a [u8]) -> Vec<Self> {
        let mut views = vec![View::plain(bytes)];
        for _ in 0..LEVELS {
            let Some(next) = views.last().and_then(View::unescaped) else { break };
            views.push(next);
        }
        let web = views.last().and_then(View::decoded);
        views.extend(web);
        views
    }

    /// The range in the bytes as they are of what is here.
    pub(super) fn back(&self, range: &Range<usize>) -> Range<usize> {
        let Some(starts) = &self.starts else { return range.clone() };
        let last = starts[range.end.saturating_sub(1).max(range.start)];
        // What one escape says may be several bytes.
        let end = starts[range.end..].iter().copied().find(|start| *start > last);
        starts[range.start]..end.unwrap_or(last)
    }

    /// With the escapes of JSON undone once, if there are any.
    pub(super) fn unescaped(&self) -> Option<View<'static>> {
        self.read(b'\\', escape, false)
    }

    /// With the octets of an address of the web undone, if there are any.
    pub(super) fn decoded(&self) -> Option<View<'static>> {
        self.read(b'%', octet, true)
    }

    /// Undoes what begins with this byte; `of` gives what it says, and its length.
    fn read(
        &self,
        mark: u8,
        of: fn(&[u8]) -> Option<(Said, usize)>,
        is_web: bool,
    ) -> Option<View<'static>> {
        if !self.bytes.contains(&mark) {
            return None;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut starts = Vec::with_capacity(self.bytes.len() + 1);
        let place = |at: usize| self.starts.as_ref().map_or(at, |starts| starts[at]);
        let (mut at, mut some) = (0, false);
        while let Some(&byte) = self.bytes.get(at) {
            let said = if byte == mark { of(&self.bytes[at..]) } else { None };
            let (said, length) = said.unwrap_or((Said::Byte(byte), 1));
            some |= length > 1;
            match said {
                Said::Byte(byte) => bytes.push(byte),
                Said::Char(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
            starts.resize(bytes.len(), place(at));
            at += length;
        }
        starts.push(place(at));
        some.then_some(View { bytes: Cow::Owned(bytes), starts: Some(starts), is_web })
    }
}

/// What an escape says.
enum Said {
    Byte(u8),
    Char(char),
}

/// An escape of JSON at the beginning, and its length.
fn escape(bytes: &[u8]) -> Option<(Said, usize)> {
    let byte = match *bytes.get(1)? {
        byte @ (b'"' | b'\\' | b'/') => byte,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return unicode(bytes),
        _ => return None,
    };
    Some((Said::Byte(byte), 2))
}

fn unicode(bytes: &[u8]) -> Option<(Said, usize)> {
    let unit = |at: usize| {
        let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
    };
    let first = unit(0)?;
    let pair = unit(6).map_or([first, 0], |second| [first, second]);
    let length = if (0xd800..0xdc00).contains(&first) { 2 } else { 1 };
    let c = char::decode_utf16(pair.into_iter().take(length)).next()?.ok()?;
    Some((Said::Char(c), 6 * length))
}

/// An octet as addresses of the web write it (RFC 3986).
fn octet(bytes: &[u8]) -> Option<(Said, usize)> {
    let digits = bytes.get(1..3)?;
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let text = str::from_utf8(digits).ok().filter(|_| is_hex)?;
    Some((Said::Byte(u8::from_str_radix(text, 16).ok()?), 3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What each view reads, and the bytes of this part of it.
    fn part(text: &str, wanted: &str) -> Vec<String> {
        let views = View::all(text.as_bytes());
        let found = views.iter().filter_map(|view| {
            let read = String::from_utf8_lossy(&view.bytes).into_owned();
            let at = read.find(wanted)?;
            Some(text[view.back(&(at..at + wanted.len()))].to_owned())
        });
        found.collect()
    }

    #[test]
    fn what_is_read_stands_where_it_is_written() {
        assert_eq!(part(r"a J\u00f6rg b", "Jörg"), [r"J\u00f6rg"]);
        assert_eq!(part(r"a\/b c", "a/b"), [r"a\/b"]);
        assert_eq!(part(r#"{\"x\":\"J\\u00f6rg\"}"#, "Jörg"), [r"J\\u00f6rg"]);
        assert_eq!(part("a%20J%C3%B6rg", "Jörg"), ["J%C3%B6rg"]);
        assert_eq!(part(r"\ud83d\ude00x", "😀"), [r"\ud83d\ude00"]);
        assert_eq!(part(r"C:\users\dana", "users"), ["users"]);
        assert_eq!(part(r"\ud83d \u12 \", "ud83d"), ["ud83d"]);
    }

    proptest! {
        #[test]
        fn whatever_was_escaped_is_found_again(
            before in "[a-z\\\\\"/%]{0,6}", word in "[a-zäöü\"/\\\\]{1,8}",
        ) {
            let escaped = serde_json::to_string(&format!("{before}\n{word}\n")).unwrap();
            let found = View::all(escaped.as_bytes()).iter().any(|view| {
                let read = String::from_utf8_lossy(&view.bytes).into_owned();
                read.contains(&format!("\n{word}\n"))
            });
            prop_assert!(found);
        }

        #[test]
        fn every_part_of_a_view_is_somewhere(bytes: Vec<u8>, text in "[\\\\u0-9a-f%\"n]{0,30}") {
            for bytes in [&bytes[..], text.as_bytes()] {
                for view in View::all(bytes) {
                    let mut end = 0;
                    for at in 0..view.bytes.len() {
                        let range = view.back(&(at..at + 1));
                        prop_assert!(range.start < range.end && range.end <= bytes.len());
                        prop_assert!(range.start >= end || range.end == end);
                        end = range.end;
                    }
                }
            }
        }
    }
}
