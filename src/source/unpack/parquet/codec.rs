//! How a page is compressed.

use super::damaged;
use crate::event::{Reason, ReasonKind};
use crate::source::unpack::budget::Budget;
use flate2::bufread::{MultiGzDecoder, ZlibDecoder};
use std::io::Read;

/// Bytes that are inflated between two looks at whether somebody called it off.
const PIECE: usize = 1 << 20;

/// What snappy and lz4 make of a byte at most, so that room that is asked for is needed.
const SNAPPY_MOST: usize = 32;
const LZ4_MOST: usize = 256;

const NONE: i64 = 0;

/// Appends what a page unfolds to, which is said to have `size` bytes.
pub(super) fn inflate(
    codec: i64,
    stored: &[u8],
    size: usize,
    into: &mut Vec<u8>,
    budget: &Budget<'_>,
) -> Result<(), Reason> {
    let start = into.len();
    match codec {
        NONE => into.extend_from_slice(stored),
        // A page without values.
        _ if size == 0 => {}
        1 => block(stored, (size, SNAPPY_MOST), into, snappy)?,
        2 if stored.starts_with(&[0x1f, 0x8b]) => {
            stream(MultiGzDecoder::new(stored), (stored.len(), size), into, budget)?;
        }
        2 => stream(ZlibDecoder::new(stored), (stored.len(), size), into, budget)?,
        5 => hadoop(stored, size, into)?,
        6 => {
            let decoder = zstd::stream::read::Decoder::with_buffer(stored);
            let decoder =
                decoder.map_err(|error| Reason::new(ReasonKind::Io, error.to_string()))?;
            stream(decoder, (stored.len(), size), into, budget)?;
        }
        7 => block(stored, (size, LZ4_MOST), into, lz4)?,
        _ => {
            let name = match codec {
                3 => "LZO".to_owned(),
                4 => "Brotli".to_owned(),
                other => format!("codec {other}"),
            };
            let detail = format!("its pages are compressed with {name}, which is not undone here");
            return Err(Reason::new(ReasonKind::Unsupported, detail));
        }
    }
    if into.len() - start == size { Ok(()) } else { Err(wrong()) }
}

/// Fills what it is given; the answer is how much of it.
type Undo = fn(&[u8], &mut [u8]) -> Option<usize>;

fn snappy(stored: &[u8], into: &mut [u8]) -> Option<usize> {
    snap::raw::Decoder::new().decompress(stored, into).ok()
}

fn lz4(stored: &[u8], into: &mut [u8]) -> Option<usize> {
    lz4_flex::block::decompress_into(stored, into).ok()
}

fn wrong() -> Reason {
    damaged("a page does not unfold to what it is said to be")
}

fn stream(
    mut reader: impl Read,
    (stored, size): (usize, usize),
    into: &mut Vec<u8>,
    budget: &Budget<'_>,
) -> Result<(), Reason> {
    let goal = into.len() + size;
    into.reserve(size.min(stored.saturating_mul(8)));
    while into.len() < goal {
        budget.check_cancel()?;
        let most = PIECE.min(goal - into.len()) as u64;
        match reader.by_ref().take(most).read_to_end(into) {
            Ok(0) => break,
            Ok(_) => {}
            Err(_) => return Err(wrong()),
        }
    }
    Ok(())
}

/// A block whose size has to be known, which is believed as far as so many bytes can unfold to it.
fn block(
    stored: &[u8],
    (size, most): (usize, usize),
    into: &mut Vec<u8>,
    undo: Undo,
) -> Result<(), Reason> {
    if size > stored.len().saturating_mul(most) {
        return Err(wrong());
    }
    let start = into.len();
    into.resize(start + size, 0);
    match undo(stored, &mut into[start..]) {
        Some(count) if count == size => Ok(()),
        _ => Err(wrong()),
    }
}

/// The older way of lz4: blocks behind their two sizes, or, as some have written it, one without.
fn hadoop(stored: &[u8], size: usize, into: &mut Vec<u8>) -> Result<(), Reason> {
    let start = into.len();
    let mut rest = stored;
    while let Some((sizes, behind)) = rest.split_first_chunk::<8>() {
        let number = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|i| sizes[at + i])) as usize;
        let (inflated, length) = (number(0), number(4));
        let room = size - (into.len() - start);
        let Some((one, others)) = behind.split_at_checked(length).filter(|_| inflated <= room)
        else {
            break;
        };
        if block(one, (inflated, LZ4_MOST), into, lz4).is_err() {
            break;
        }
        rest = others;
    }
    if rest.is_empty() && into.len() - start == size {
        return Ok(());
    }
    into.truncate(start);
    block(stored, (size, LZ4_MOST), into, lz4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_older_ways_of_lz4() {
        let text = b"the same and the same and the same and the same".repeat(3);
        let block = lz4_flex::block::compress(&text);
        let mut framed = Vec::new();
        for _ in 0..2 {
            framed.extend((text.len() as u32).to_be_bytes());
            framed.extend((block.len() as u32).to_be_bytes());
            framed.extend(&block);
        }
        let mut out = b"before".to_vec();
        hadoop(&framed, text.len() * 2, &mut out).unwrap();
        assert_eq!(out, [&b"before"[..], &text, &text].concat());
        out.clear();
        hadoop(&block, text.len(), &mut out).unwrap();
        assert_eq!(out, text);
        assert!(hadoop(&framed, text.len(), &mut Vec::new()).is_err());
    }
}
