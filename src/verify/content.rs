//! The bytes of one object in S3, as they are stored: hashed without their compression, and how
//! the compression ended.
//!
//! Only the first member of a gzip file counts (RFC 1952), as the hashes of CloudTrail are of one;
//! any byte after it is told. The wrapper is read here, and not by the inflating library, because
//! a damaged trailer behind right content is another finding than damaged content.

use crc32fast::Hasher;
use flate2::{Decompress, FlushDecompress, Status};
use sha2::{Digest, Sha256};

/// Inflated bytes of one object; what is longer is no log file.
const LONGEST: u64 = 4 << 30;

/// Inflated bytes given out at a time.
const PIECE: usize = 128 << 10;

/// A header longer than this is none.
const LONGEST_HEADER: usize = 64 << 10;

/// How an object is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    Gzip,
    /// All content is there; the trailer behind it is cut off or wrong.
    TrailerDamaged,
    /// Bytes follow the first member.
    Trailing,
    /// Not compressed.
    Plain,
    /// Cannot be inflated, or ends in the middle.
    Broken,
    /// It is there, and its bytes could not be read.
    Unread,
}

/// What is known of an object's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Content {
    /// Of the content without its compression, as far as it could be had.
    pub sha256: [u8; 32],
    pub packing: Packing,
    /// Bytes without compression.
    pub bytes: u64,
}

impl Content {
    /// Of an object that could not be read.
    pub const UNREAD: Self = Self { sha256: [0; 32], packing: Packing::Unread, bytes: 0 };
}

enum Stage {
    /// Bytes of the gzip header so far.
    Header(Vec<u8>),
    Plain,
    Deflate(Box<Decompress>),
    /// Bytes of the trailer so far.
    Trailer(Vec<u8>),
    /// What comes now is too much.
    Over,
    Broken,
}

/// Takes in an object piece by piece, and gives out what is in it.
pub struct Reader {
    stage: Stage,
    sha256: Sha256,
    crc32: Hasher,
    bytes: u64,
    packing: Packing,
    buffer: Vec<u8>,
    /// Of the object before, to be used again.
    spare: Option<Box<Decompress>>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            stage: Stage::Header(Vec::new()),
            sha256: Sha256::new(),
            crc32: Hasher::new(),
            bytes: 0,
            packing: Packing::Gzip,
            buffer: Vec::new(),
            spare: None,
        }
    }
}

impl Reader {
    /// For the next object, with the same buffers.
    pub fn again(&mut self) {
        let (buffer, spare) = (std::mem::take(&mut self.buffer), self.spare.take());
        *self = Self { buffer, spare, ..Self::default() };
    }

    /// Takes in stored bytes, and hands on what they unfold to.
    pub fn feed(&mut self, mut stored: &[u8], give: &mut dyn FnMut(&[u8])) {
        while !stored.is_empty() {
            match &mut self.stage {
                Stage::Header(so_far) => {
                    so_far.extend_from_slice(stored);
                    stored = &[];
                    self.header(give);
                }
                Stage::Plain => {
                    self.content(stored, give);
                    stored = &[];
                }
                Stage::Deflate(_) => stored = self.inflate(stored, give),
                Stage::Trailer(so_far) => {
                    let count = stored.len().min(8 - so_far.len());
                    so_far.extend_from_slice(&stored[..count]);
                    stored = &stored[count..];
                    if so_far.len() == 8 {
                        self.trailer();
                    }
                }
                Stage::Over => {
                    self.packing = Packing::Trailing;
                    return;
                }
                Stage::Broken => return,
            }
        }
    }

    /// What it was, after its last byte.
    pub fn finish(&mut self, give: &mut dyn FnMut(&[u8])) -> Content {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            // Too short for a header: no gzip.
            Stage::Header(so_far) if !so_far.starts_with(&[0x1f, 0x8b]) => {
                self.packing = Packing::Plain;
                self.content(&so_far, give);
            }
            Stage::Header(_) | Stage::Deflate(_) | Stage::Broken => self.packing = Packing::Broken,
            Stage::Trailer(_) => self.packing = Packing::TrailerDamaged,
            Stage::Plain | Stage::Over => {}
        }
        Content {
            sha256: std::mem::take(&mut self.sha256).finalize().into(),
            packing: self.packing,
            bytes: self.bytes,
        }
    }

    /// Looks whether the header is whole, and goes on behind it.
    fn header(&mut self, give: &mut dyn FnMut(&[u8])) {
        let Stage::Header(so_far) = &mut self.stage else { return };
        if so_far.len() < 2 {
            return;
        }
        let bytes = std::mem::take(so_far);
        if !bytes.starts_with(&[0x1f, 0x8b]) {
            self.packing = Packing::Plain;
            self.stage = Stage::Plain;
            return self.feed(&bytes, give);
        }
        match header_length(&bytes) {
            Ok(Some(length)) => {
                let mut inflate =
                    self.spare.take().unwrap_or_else(|| Box::new(Decompress::new(false)));
                inflate.reset(false);
                self.stage = Stage::Deflate(inflate);
                self.feed(&bytes[length..], give);
            }
            Ok(None) if bytes.len() <= LONGEST_HEADER => self.stage = Stage::Header(bytes),
            _ => self.stage = Stage::Broken,
        }
    }

    fn inflate<'a>(&mut self, stored: &'a [u8], give: &mut dyn FnMut(&[u8])) -> &'a [u8] {
        let Stage::Deflate(inflate) = &mut self.stage else { return stored };
        self.buffer.resize(PIECE, 0);
        let before = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(stored, &mut self.buffer, FlushDecompress::None);
        let taken = (inflate.total_in() - before.0) as usize;
        let given = (inflate.total_out() - before.1) as usize;
        let stuck = taken == 0 && given == 0;
        let buffer = std::mem::take(&mut self.buffer);
        self.content(&buffer[..given], give);
        self.buffer = buffer;
        match status {
            Ok(Status::StreamEnd) => {
                let trailer = Stage::Trailer(Vec::with_capacity(8));
                if let Stage::Deflate(inflate) = std::mem::replace(&mut self.stage, trailer) {
                    self.spare = Some(inflate);
                }
            }
            Ok(_) if !stuck && self.bytes <= LONGEST => {}
            _ => self.stage = Stage::Broken,
        }
        &stored[taken..]
    }

    fn content(&mut self, bytes: &[u8], give: &mut dyn FnMut(&[u8])) {
        self.sha256.update(bytes);
        if self.packing != Packing::Plain {
            self.crc32.update(bytes);
        }
        self.bytes += bytes.len() as u64;
        give(bytes);
    }

    fn trailer(&mut self) {
        let Stage::Trailer(trailer) = std::mem::replace(&mut self.stage, Stage::Over) else {
            return;
        };
        let mut expected = std::mem::take(&mut self.crc32).finalize().to_le_bytes().to_vec();
        expected.extend((self.bytes as u32).to_le_bytes());
        if trailer != expected {
            self.packing = Packing::TrailerDamaged;
        }
    }
}

/// Length of a gzip header; `None` while it is not whole.
fn header_length(bytes: &[u8]) -> Result<Option<usize>, ()> {
    let Some(&[_, _, method, flags]) = bytes.first_chunk::<4>() else { return Ok(None) };
    if method != 8 || flags & 0xe0 != 0 {
        return Err(());
    }
    let mut at = 10;
    if flags & 4 != 0 {
        let Some(&[low, high]) = bytes.get(at..).and_then(<[u8]>::first_chunk) else {
            return Ok(None);
        };
        at += 2 + usize::from(u16::from_le_bytes([low, high]));
    }
    // A file's name and a comment, each up to a zero.
    for flag in [8, 16] {
        if flags & flag != 0 {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(length) = memchr::memchr(0, rest) else { return Ok(None) };
            at += length + 1;
        }
    }
    if flags & 2 != 0 {
        let Some(&sum) = bytes.get(at..).and_then(<[u8]>::first_chunk::<2>) else {
            return Ok(None);
        };
        if crc32fast::hash(&bytes[..at]) as u16 != u16::from_le_bytes(sum) {
            return Err(());
        }
        at += 2;
    }
    Ok((at <= bytes.len()).then_some(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use std::io::{Read, Write};

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn read(stored: &[u8], piece: usize) -> (Content, Vec<u8>) {
        let mut reader = Reader::default();
        let mut given = Vec::new();
        for piece in stored.chunks(piece.max(1)) {
            reader.feed(piece, &mut |bytes| given.extend_from_slice(bytes));
        }
        let content = reader.finish(&mut |bytes| given.extend_from_slice(bytes));
        (content, given)
    }

    #[test]
    fn each_kind_of_damage_is_told_apart() {
        let packed = gzip(b"hello");
        let packing = |stored: &[u8]| read(stored, 3).0.packing;
        assert_eq!(packing(&packed), Packing::Gzip);
        assert_eq!(packing(&[&packed[..], b"x"].concat()), Packing::Trailing);
        assert_eq!(packing(&[packed.clone(), packed.clone()].concat()), Packing::Trailing);
        assert_eq!(packing(&packed[..packed.len() - 1]), Packing::TrailerDamaged);
        assert_eq!(packing(&packed[..packed.len() - 9]), Packing::Broken);
        assert_eq!(packing(b"{}"), Packing::Plain);
        assert_eq!(packing(b""), Packing::Plain);
        assert_eq!(packing(b"\x1f"), Packing::Plain);
        assert_eq!(packing(b"\x1f\x8b\x08"), Packing::Broken);
        let mut wrong = packed.clone();
        *wrong.last_mut().unwrap() ^= 1;
        assert_eq!(packing(&wrong), Packing::TrailerDamaged);
        assert_eq!(read(&wrong, 9).1, b"hello");
    }

    proptest! {
        #[test]
        fn pieces_and_headers_of_any_length_read_the_same(
            content in prop::collection::vec(any::<u8>(), 0..3000),
            piece in 1usize..200,
            name in prop::option::of("[a-z]{1,40}"),
            extra in prop::option::of(prop::collection::vec(any::<u8>(), 0..60)),
        ) {
            let mut builder = flate2::GzBuilder::new();
            if let Some(name) = name { builder = builder.filename(name).comment("c"); }
            if let Some(extra) = extra { builder = builder.extra(extra); }
            let mut encoder = builder.write(Vec::new(), Compression::fast());
            encoder.write_all(&content).unwrap();
            let stored = encoder.finish().unwrap();
            let (found, given) = read(&stored, piece);
            prop_assert_eq!(found.packing, Packing::Gzip);
            prop_assert_eq!(&given, &content);
            prop_assert_eq!(found.sha256, <[u8; 32]>::from(Sha256::digest(&content)));
        }

        #[test]
        fn damage_anywhere_does_no_harm(
            content in prop::collection::vec(any::<u8>(), 0..300),
            at in any::<prop::sample::Index>(),
            bit in 0u8..8,
            cut in any::<prop::sample::Index>(),
        ) {
            let mut stored = gzip(&content);
            let at = at.index(stored.len());
            stored[at] ^= 1 << bit;
            let (found, given) = read(&stored, 7);
            if matches!(found.packing, Packing::Gzip) {
                // Then another reader takes it for the same.
                let mut other = Vec::new();
                flate2::read::GzDecoder::new(&stored[..]).read_to_end(&mut other).unwrap();
                prop_assert_eq!(given, other);
            }
            let cut = cut.index(stored.len());
            prop_assert_ne!(read(&stored[..cut], 7).0.packing, Packing::Gzip);
        }
    }
}
