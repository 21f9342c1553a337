//! The bytes in hand, and where in the object they are.

use memchr::{memchr_iter, memchr3};

/// A piece of the object: its bytes, where the record in hand begins in it, the next byte.
pub(super) struct Piece<'a> {
    pub(super) bytes: &'a [u8],
    /// As much of it as is UTF-8.
    pub(super) text: &'a str,
    pub(super) from: usize,
    pub(super) at: usize,
}

impl<'a> Piece<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let text = std::str::from_utf8(bytes).or_else(|error| {
            // Validated twice at most, and only where something is wrong.
            std::str::from_utf8(&bytes[..error.valid_up_to()])
        });
        Self { bytes, text: text.unwrap_or_default(), from: 0, at: 0 }
    }

    /// Goes over the rest of a string in the usual case, that it holds neither escapes nor line
    /// ends and is whole in this piece. Otherwise the piece stays where it was.
    #[inline]
    pub(super) fn pass_string(&mut self) -> bool {
        let rest = &self.bytes[self.at..];
        match memchr3(b'"', b'\\', b'\n', rest) {
            Some(found) if rest[found] == b'"' => {
                self.at += found + 1;
                true
            }
            _ => false,
        }
    }
}

/// Where the piece in hand is.
#[derive(Default)]
pub(super) struct Position {
    /// Offset of its first byte.
    pub(super) offset: u64,
    /// Line ends up to `counted` bytes into it.
    pub(super) lines: u64,
    counted: usize,
}

impl Position {
    pub(super) fn count_lines(&mut self, bytes: &[u8], to: usize) {
        if self.counted < to {
            self.lines += memchr_iter(b'\n', &bytes[self.counted..to]).count() as u64;
            self.counted = to;
        }
    }

    /// Goes on to the next piece.
    pub(super) fn leave(&mut self, bytes: &[u8]) {
        self.count_lines(bytes, bytes.len());
        self.offset += bytes.len() as u64;
        self.counted = 0;
    }
}
