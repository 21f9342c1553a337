//! The members of an envelope after the array that holds its records.

use super::nesting::Nesting;

pub(super) struct Tail {
    nesting: Nesting,
    /// The last byte outside strings that is no blank.
    last: u8,
    in_string: bool,
    escaped: bool,
}

/// What ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Envelope,
    /// A record follows: the bracket before was not the array's last.
    Tail,
}

impl Default for Tail {
    /// After the bracket that ended the array.
    fn default() -> Self {
        let mut nesting = Nesting::default();
        nesting.open(b'{');
        Self { nesting, last: b']', in_string: false, escaped: false }
    }
}

impl Tail {
    /// Goes over these bytes, or as many as there are before the end: how many, and what ended.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> (usize, Option<Ended>) {
        for (at, &byte) in bytes.iter().enumerate() {
            if self.in_string {
                self.in_string = self.escaped || byte != b'"';
                self.escaped = !self.escaped && byte == b'\\';
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                // No member begins so, but an element does.
                b'{' if self.last == b',' && self.nesting.depth() == 1 => {
                    return (at, Some(Ended::Tail));
                }
                b'{' | b'[' => self.nesting.open(byte),
                b'}' | b']' => {
                    self.nesting.close(byte);
                    if self.nesting.depth() == 0 {
                        return (at + 1, Some(Ended::Envelope));
                    }
                }
                _ => {}
            }
            if byte > b' ' {
                self.last = byte;
            }
        }
        (bytes.len(), None)
    }
}
