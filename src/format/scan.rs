//! Going over JSON (RFC 8259) strictly and in one pass, without building anything. Whoever reads
//! decides member by member what to look at; the rest is only checked.

use crate::event::paired;
use std::borrow::Cow;

/// A place in JSON text. Nesting is followed no deeper than the `room` that callers pass down.
#[derive(Clone)]
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
}

/// Why the text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}")]
pub(super) struct Broken {
    what: &'static str,
    at: usize,
}

type Scanned<T> = Result<T, Broken>;

/// A value that is neither text, object nor array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain<'a> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'a str),
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Bytes gone over.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn broken<T>(&self, what: &'static str) -> Scanned<T> {
        Err(Broken { what, at: self.at })
    }

    /// The next byte that is no blank.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at)? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                byte => return Some(*byte),
            }
        }
    }

    /// Nothing but blanks may be left.
    pub(super) fn end(&mut self) -> Scanned<()> {
        if self.peek().is_some() { self.broken("more after the value") } else { Ok(()) }
    }

    /// Goes into the object or array whose bracket is next. The answer is the room in it.
    #[inline]
    pub(super) fn open(&mut self, room: usize) -> Scanned<usize> {
        let Some(room) = room.checked_sub(1) else {
            return self.broken("nested too deep");
        };
        self.at += 1;
        Ok(room)
    }

    /// The next member's name; `None`: the object is over.
    #[inline]
    pub(super) fn key(&mut self, first: bool) -> Scanned<Option<Cow<'a, str>>> {
        if self.more(b'}', first)? { self.name().map(Some) } else { Ok(None) }
    }

    /// The member's name that is next, with what parts it from the value.
    #[inline]
    pub(super) fn name(&mut self) -> Scanned<Cow<'a, str>> {
        if self.peek() != Some(b'"') {
            return self.broken("no name of a member");
        }
        let key = self.string()?;
        if self.peek() != Some(b':') {
            return self.broken("no `:` after the name of a member");
        }
        self.at += 1;
        Ok(key)
    }

    /// Goes over the text if it is what is next.
    #[inline]
    pub(super) fn pass(&mut self, text: &str) -> bool {
        let is_next = self.text.as_bytes()[self.at..].starts_with(text.as_bytes());
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    /// Whether the array, or the object that ends with `end`, goes on.
    #[inline]
    pub(super) fn more(&mut self, end: u8, first: bool) -> Scanned<bool> {
        match self.peek() {
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if first => Ok(true),
            Some(_) => self.broken("no `,` between values"),
            None => self.broken("the text ends within a value"),
        }
    }

    /// The string whose quote is next.
    #[inline]
    pub(super) fn string(&mut self) -> Scanned<Cow<'a, str>> {
        let start = self.at;
        if self.pass_string()? {
            let quoted = &self.text[start..self.at];
            let text = serde_json::from_str(&paired(quoted));
            return text.map(Cow::Owned).or_else(|_| self.broken("a bad escape in a string"));
        }
        Ok(Cow::Borrowed(&self.text[start + 1..self.at - 1]))
    }

    /// Goes over the string whose quote is next; whether it holds escapes.
    #[inline]
    fn pass_string(&mut self) -> Scanned<bool> {
        let bytes = self.text.as_bytes();
        let mut escapes = false;
        self.at += 1;
        loop {
            self.at = special(bytes, self.at);
            match bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escapes);
                }
                Some(b'\\') => {
                    self.escape()?;
                    escapes = true;
                }
                Some(_) => return self.broken("a control character in a string"),
                None => return self.broken("the text ends within a string"),
            }
        }
    }

    #[cold]
    fn escape(&mut self) -> Scanned<()> {
        let rest = &self.text.as_bytes()[self.at + 1..];
        self.at += match rest {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|c| c.is_ascii_hexdigit()) => 6,
            _ => return self.broken("a bad escape in a string"),
        };
        Ok(())
    }

    /// Reads a value that is neither text, object nor array.
    #[inline]
    pub(super) fn plain(&mut self) -> Scanned<Plain<'a>> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        let (value, length) = if rest.starts_with(b"true") {
            (Plain::Bool(true), 4)
        } else if rest.starts_with(b"false") {
            (Plain::Bool(false), 5)
        } else if rest.starts_with(b"null") {
            (Plain::Null, 4)
        } else if let Some(length) = number(rest) {
            (Plain::Number(&self.text[start..start + length]), length)
        } else {
            return self.broken("no value");
        };
        self.at += length;
        Ok(value)
    }

    /// Goes over a value. The answer is how it is written.
    pub(super) fn raw(&mut self, room: usize) -> Scanned<&'a str> {
        self.peek();
        let start = self.at;
        self.skip(room)?;
        Ok(&self.text[start..self.at])
    }

    /// Goes over a value.
    pub(super) fn skip(&mut self, room: usize) -> Scanned<()> {
        match self.peek() {
            Some(b'"') => self.pass_string().map(|_| ()),
            Some(b'{') => {
                let room = self.open(room)?;
                let mut first = true;
                while self.pass_key(first)? {
                    first = false;
                    self.skip(room)?;
                }
                Ok(())
            }
            Some(b'[') => {
                let room = self.open(room)?;
                let mut first = true;
                while self.more(b']', first)? {
                    first = false;
                    self.skip(room)?;
                }
                Ok(())
            }
            _ => self.plain().map(|_| ()),
        }
    }

    fn pass_key(&mut self, first: bool) -> Scanned<bool> {
        if !self.more(b'}', first)? {
            return Ok(false);
        }
        if self.peek() != Some(b'"') {
            return self.broken("no name of a member");
        }
        self.pass_string()?;
        if self.peek() != Some(b':') {
            return self.broken("no `:` after the name of a member");
        }
        self.at += 1;
        Ok(true)
    }
}

/// The next quote, backslash or control character from `at`, or the end. Strings are short, so
/// eight bytes at once in a register beat a call to a vector search.
#[inline]
fn special(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    // The lowest marked byte is exact; those above it may be marked falsely by the borrow.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & TOPS;
    let is = |word: u64, byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let marks = is(word, b'"') | is(word, b'\\') | below(word, 0x20);
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = &bytes[at.min(bytes.len())..];
    let found = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
    found.map_or(bytes.len(), |found| at + found)
}

/// Length of the number that the bytes begin with.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or(&[]);
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let start = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(start);
    if whole == 0 || whole > 1 && bytes[start] == b'0' {
        return None;
    }
    let mut at = start + whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign);
        if exponent == 0 {
            return None;
        }
        at += 1 + sign + exponent;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_json(text: &str) -> bool {
        let mut scan = Scan::new(text);
        scan.skip(100).and_then(|()| scan.end()).is_ok()
    }

    #[test]
    fn only_json_is_json() {
        for (text, good) in [
            ("{}", true),
            (" [ 1 , -0.5e+3 , \"a\\u00e9\\n\" , null , true , false ] ", true),
            ("{\"a\":{\"b\":[]}}", true),
            ("", false),
            ("01", false),
            ("1.", false),
            ("-", false),
            ("1e", false),
            ("[1,]", false),
            ("[,1]", false),
            ("{\"a\" 1}", false),
            ("{\"a\":1,}", false),
            ("{a:1}", false),
            ("[1}", false),
            ("nul", false),
            ("\"\\x\"", false),
            ("\"\\u12g4\"", false),
            ("\"a\nb\"", false),
            ("\"a", false),
            ("1 2", false),
        ] {
            assert_eq!(is_json(text), good, "{text}");
        }
    }

    #[test]
    fn half_of_a_pair_of_surrogates_is_no_reason_not_to_read() {
        let string = |text| Scan::new(text).string().unwrap().into_owned();
        assert_eq!(string(r#""a\ud83d b""#), "a\u{fffd} b");
        assert_eq!(string(r#""a\ud83d\ude00""#), "a\u{1f600}");
    }

    #[test]
    fn nesting_ends_somewhere() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_json(&nested(100)));
        assert!(!is_json(&nested(101)));
        assert!(!is_json(&"[".repeat(1_000_000)));
    }

    proptest! {
        #[test]
        fn json_is_what_serde_says_it_is(text in r#"[\[\]{}:,"\\ua0-9.eE+\- \n\x01é]{0,24}"#) {
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(is_json(&text), theirs, "{}", text);
        }

        #[test]
        fn strings_are_what_they_were(text in any::<String>()) {
            let quoted = serde_json::to_string(&text).unwrap();
            let mut scan = Scan::new(&quoted);
            prop_assert_eq!(scan.string().unwrap(), text);
            prop_assert_eq!(scan.at(), quoted.len());
        }

        #[test]
        fn the_next_special_byte_is_found(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let plain = |byte: &u8| *byte >= 0x20 && !matches!(byte, b'"' | b'\\');
            let expected = bytes.iter().position(|byte| !plain(byte)).unwrap_or(bytes.len());
            prop_assert_eq!(special(&bytes, 0), expected);
        }
    }
}
