//! The file of a spool, piece by piece: what is written of each, and finding them all again.
//!
//! The file is a sequence of Zstandard frames (RFC 8878), so that any `zstd -dc` gives what was
//! copied. Between the frames that hold data stand skippable frames of our own, whose bytes are,
//! with numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `57 2A 4D 18`: a skippable frame |
//! | 4 | length of what follows |
//! | 1 | kind: `V` version, `F` frame, `L` leaf, `E` end |
//! | ... | by kind |
//! | 4 | CRC-32 of kind and what follows it |
//!
//! - `V`, once, at the beginning: the text `trailcase frames 1`.
//! - `F`, before each frame of data: where its first byte stands in the content (8), inflated
//!   length (4), stored length (4), CRC-32 of the stored bytes (4).
//! - `L`, where a leaf begins to be kept: where in the content (8), and from which of the leaf's
//!   bytes on (8); then its label, which is empty for the outermost object itself. The copy of a
//!   file that was followed has one, whose label is the name that the object was shown by.
//! - `E`, once, at the end, if there is one: length of the content (8), SHA-256 of the outermost
//!   object as acquired (32).
//!
//! A file without `E` was not finished: what stands before the first thing that does not check
//! out is good.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use zstd::bulk::Compressor;

/// Inflated bytes of a frame, at most.
pub(super) const FRAME: usize = 1 << 20;

/// Stored bytes of a frame, at most: what does not compress grows a little.
const STORED: usize = FRAME + (FRAME >> 6);

const SKIPPABLE: [u8; 4] = [0x57, 0x2a, 0x4d, 0x18];
const VERSION: &[u8] = b"trailcase frames 1";

/// Bytes around what a mark says: magic, length, kind, checksum.
const AROUND: usize = 4 + 4 + 1 + 4;

/// Longest mark that is believed: labels are as long as paths.
const LONGEST: usize = 64 << 10;

/// A frame of data and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// Where its first byte stands in the content.
    pub(super) at: u64,
    pub(super) inflated: u32,
    pub(super) stored: u32,
    /// Where its stored bytes begin in the file.
    pub(super) file: u64,
    check: u32,
}

/// What a mark says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    Version,
    Frame(Frame),
    Leaf { at: u64, from: u64, label: String },
    End { length: u64, sha256: [u8; 32] },
}

/// The first bytes of every file.
pub(super) fn version() -> Vec<u8> {
    let mut bytes = Vec::new();
    mark(&mut bytes, b'V', &[VERSION]);
    bytes
}

pub(super) fn leaf(into: &mut Vec<u8>, at: u64, from: u64, label: &str) {
    mark(into, b'L', &[&at.to_le_bytes(), &from.to_le_bytes(), label.as_bytes()]);
}

pub(super) fn end(into: &mut Vec<u8>, length: u64, sha256: &[u8; 32]) {
    mark(into, b'E', &[&length.to_le_bytes(), sha256]);
}

/// Appends a frame of data with its mark. `file` is where `into` will begin in the file.
pub(super) fn frame(
    into: &mut Vec<u8>,
    file: u64,
    at: u64,
    data: &[u8],
    compressor: &mut Compressor<'_>,
) -> io::Result<Frame> {
    let stored = compressor.compress(data)?;
    let check = sum(&stored);
    let (inflated, length) = (data.len() as u32, stored.len() as u32);
    let numbers = [inflated.to_le_bytes(), length.to_le_bytes(), check.to_le_bytes()];
    mark(into, b'F', &[&at.to_le_bytes(), numbers.as_flattened()]);
    let file = file + into.len() as u64;
    into.extend_from_slice(&stored);
    Ok(Frame { at, inflated, stored: length, file, check })
}

fn mark(into: &mut Vec<u8>, kind: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    into.extend_from_slice(&SKIPPABLE);
    into.extend_from_slice(&((AROUND - 8 + length) as u32).to_le_bytes());
    let begin = into.len();
    into.push(kind);
    for part in parts {
        into.extend_from_slice(part);
    }
    let check = sum(&into[begin..]);
    into.extend_from_slice(&check.to_le_bytes());
}

fn sum(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

impl Frame {
    /// Reads the frame's data again; `None` if it is not what was written.
    pub(super) fn read(&self, file: &File) -> io::Result<Option<Vec<u8>>> {
        let mut stored = vec![0; self.stored as usize];
        file.read_exact_at(&mut stored, self.file)?;
        if sum(&stored) != self.check {
            return Ok(None);
        }
        let data = zstd::bulk::decompress(&stored, self.inflated as usize)?;
        Ok((data.len() == self.inflated as usize).then_some(data))
    }
}

/// Goes through a file from mark to mark.
pub(super) struct Marks<'a> {
    file: &'a File,
    length: u64,
    at: u64,
}

impl<'a> Marks<'a> {
    pub(super) fn new(file: &'a File) -> io::Result<Self> {
        Ok(Self { file, length: file.metadata()?.len(), at: 0 })
    }

    /// The next mark; `None` at the end of what checks out.
    pub(super) fn next(&mut self) -> io::Result<Option<Mark>> {
        let mut head = [0; 8];
        if self.length - self.at < head.len() as u64 {
            return Ok(None);
        }
        self.file.read_exact_at(&mut head, self.at)?;
        let [a, b, c, d, length @ ..] = head;
        let length = u32::from_le_bytes(length) as usize;
        let ends = self.at + 8 + length as u64;
        if [a, b, c, d] != SKIPPABLE || !(5..=LONGEST).contains(&length) || ends > self.length {
            return Ok(None);
        }
        let mut body = vec![0; length];
        self.file.read_exact_at(&mut body, self.at + 8)?;
        let (said, check) = body.split_at(length - 4);
        if check != sum(said).to_le_bytes() {
            return Ok(None);
        }
        let Some(mark) = read(said, ends) else { return Ok(None) };
        self.at = ends;
        if let Mark::Frame(frame) = &mark {
            let ends = frame.file + u64::from(frame.stored);
            let fits = frame.inflated as usize <= FRAME && frame.stored as usize <= STORED;
            if ends > self.length || !fits {
                return Ok(None);
            }
            self.at = ends;
        }
        Ok(Some(mark))
    }

    /// Whether the file has nothing more than what was gone through.
    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.length
    }
}

/// What a mark says that ends here in the file.
fn read(said: &[u8], ends: u64) -> Option<Mark> {
    let (kind, mut rest) = said.split_first()?;
    let rest = &mut rest;
    Some(match kind {
        b'V' => return (*rest == VERSION).then_some(Mark::Version),
        b'F' => Mark::Frame(Frame {
            at: u64::from_le_bytes(take(rest)?),
            inflated: u32::from_le_bytes(take(rest)?),
            stored: u32::from_le_bytes(take(rest)?),
            check: u32::from_le_bytes(take(rest)?),
            file: ends,
        }),
        b'L' => Mark::Leaf {
            at: u64::from_le_bytes(take(rest)?),
            from: u64::from_le_bytes(take(rest)?),
            label: String::from_utf8(rest.to_vec()).ok()?,
        },
        b'E' => Mark::End { length: u64::from_le_bytes(take(rest)?), sha256: take(rest)? },
        _ => return None,
    })
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*taken)
}
