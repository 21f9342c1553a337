//! LZMA alone, as `lzma` and `xz --format=lzma` write it: a header of 13 bytes and the data, with
//! no magic, no checksum and, if the header states a size, no mark at the end.

use super::streams::{Below, Stream};
use lzma_rust2::{Action, LzmaStream};
use std::io::{self, BufRead, ErrorKind, Read};

/// What the decoder may take, in KiB: a dictionary of 128 MiB, twice what `lzma -9` asks for, and
/// what is around it. It grows with what is decoded, whatever the header declares.
const MEMORY: u32 = (128 << 10) + 1024;

pub(super) struct Unlzma<'a, 'b> {
    below: Below<'a, 'b>,
    data: LzmaStream,
    /// What went wrong after the last bytes that were given.
    failed: Option<io::Error>,
}

/// Whether these are the first bytes of such a file. The properties are those that every encoder
/// writes unasked, the dictionary has a size that encoders give it, the size is none or one that a
/// file can have, and the first byte of the data is always zero.
pub(super) fn is_lzma(head: &[u8]) -> bool {
    let Some(&[properties, a, b, c, d, ref size @ .., first]) = head.first_chunk::<14>() else {
        return false;
    };
    let dictionary = u32::from_le_bytes([a, b, c, d]);
    let size = u64::from_le_bytes(*size);
    // A power of two, or one and a half of it.
    let round = dictionary.is_power_of_two()
        || dictionary.count_ones() == 2 && dictionary & (dictionary >> 1) != 0;
    properties == 0x5d
        && dictionary >= 4096
        && (round || dictionary == u32::MAX)
        && (size == u64::MAX || size < 1 << 38)
        && first == 0
}

impl Read for Unlzma<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        while !self.data.is_finished() {
            let input = if self.data.has_output() { &[] } else { self.below.fill_buf()? };
            let ended = input.is_empty() && !self.data.has_output();
            let action = if ended { Action::Finish } else { Action::Run };
            let before = (self.data.total_in(), self.data.total_out());
            let result = self.data.process(input, into, action).map_err(told);
            let taken = (self.data.total_in() - before.0) as usize;
            let given = (self.data.total_out() - before.1) as usize;
            self.below.consume(taken);
            if given > 0 {
                self.failed = result.err();
                return Ok(given);
            }
            result?;
            if taken == 0 && !self.data.is_finished() {
                return Err(if ended {
                    ErrorKind::UnexpectedEof.into()
                } else {
                    io::Error::new(ErrorKind::InvalidData, "no progress")
                });
            }
        }
        if self.data.unused_input().is_empty() {
            Ok(0)
        } else {
            Err(io::Error::new(ErrorKind::InvalidData, "something follows its end"))
        }
    }
}

fn told(error: io::Error) -> io::Error {
    if error.kind() == ErrorKind::OutOfMemory {
        let message =
            "a dictionary of more than 128 MiB, which is not read here; unpack it first (xz -dk)";
        return io::Error::new(ErrorKind::Unsupported, message);
    }
    error
}

impl<'a, 'b> Stream<'a, 'b> for Unlzma<'a, 'b> {
    const NAME: &'static str = "LZMA";
    const MAGIC: &'static [u8] = &[0x5d, 0, 0];

    fn begin(below: Below<'a, 'b>) -> Self {
        Self { below, data: LzmaStream::new_mem_limit(MEMORY, None), failed: None }
    }

    fn below(&self) -> &Below<'a, 'b> {
        &self.below
    }

    fn end(self) -> Below<'a, 'b> {
        self.below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header with this dictionary and size, and the first byte of the data.
    fn head(properties: u8, dictionary: u32, size: u64, first: u8) -> Vec<u8> {
        let (dictionary, size) = (dictionary.to_le_bytes(), size.to_le_bytes());
        [&[properties], &dictionary[..], &size, &[first, 1, 2, 3]].concat()
    }

    #[test]
    fn only_what_an_encoder_writes_is_recognised() {
        for (dictionary, size) in [
            (1 << 12, 5),
            (1 << 23, u64::MAX),
            (3 << 22, 0),
            (1 << 26, 1 << 37),
            (u32::MAX, u64::MAX),
        ] {
            assert!(is_lzma(&head(0x5d, dictionary, size, 0)), "{dictionary} {size}");
        }
        for (properties, dictionary, size, first) in [
            (0x5c, 1 << 23, u64::MAX, 0),
            (0x5d, 1 << 11, u64::MAX, 0),
            (0x5d, 5 << 21, u64::MAX, 0),
            (0x5d, 1 << 23, 1 << 38, 0),
            (0x5d, 1 << 23, u64::MAX, 1),
        ] {
            let head = head(properties, dictionary, size, first);
            assert!(!is_lzma(&head), "{head:?}");
        }
        assert!(!is_lzma(b"]\0\0\x80\0"));
        assert!(!is_lzma(b"] is a bracket, and this is a line of text\n"));
    }
}
