//! Small numbers as Parquet writes levels and places in a dictionary: runs of one value, and
//! groups of eight that take as few bits as the largest needs.

use super::damaged;
use crate::event::Reason;
use std::ops::Range;

/// Numbers in these bytes of a page, which is given with each call.
#[derive(Debug, Clone)]
pub(super) struct Hybrid {
    at: usize,
    end: usize,
    width: u32,
    run: Run,
}

#[derive(Debug, Clone, Copy)]
enum Run {
    Same { value: u32, left: usize },
    Packed { bit: usize, left: usize },
}

impl Hybrid {
    pub(super) fn new(range: Range<usize>, width: u32) -> Result<Self, Reason> {
        if width > 32 {
            return Err(damaged(format!("numbers of {width} bits")));
        }
        let run = Run::Same { value: 0, left: 0 };
        Ok(Self { at: range.start, end: range.end, width, run })
    }

    /// Nothing but numbers of so many bits, without a word on how many.
    pub(super) fn packed(range: Range<usize>, width: u32) -> Self {
        let run = Run::Packed { bit: range.start * 8, left: usize::MAX };
        Self { at: range.end, end: range.end, width, run }
    }

    /// Appends the next numbers.
    pub(super) fn take(
        &mut self,
        page: &[u8],
        mut count: usize,
        into: &mut Vec<u32>,
    ) -> Result<(), Reason> {
        while count > 0 {
            match &mut self.run {
                Run::Same { left: 0, .. } | Run::Packed { left: 0, .. } => self.next(page)?,
                Run::Same { value, left } => {
                    let some = count.min(*left);
                    into.resize(into.len() + some, *value);
                    *left -= some;
                    count -= some;
                }
                Run::Packed { bit, left } => {
                    let some = count.min(*left);
                    let width = self.width as usize;
                    let end = bit.saturating_add(some * width);
                    if end > self.end * 8 {
                        return Err(short());
                    }
                    unpack(page, *bit, width, some, into);
                    (*bit, *left) = (end, *left - some);
                    count -= some;
                }
            }
        }
        Ok(())
    }

    fn next(&mut self, page: &[u8]) -> Result<(), Reason> {
        let page = &page[..self.end.min(page.len())];
        let head = varint(page, &mut self.at).ok_or_else(short)?;
        let count = usize::try_from(head >> 1).map_err(|_| short())?;
        let width = self.width as usize;
        if head & 1 == 1 {
            let left = count.saturating_mul(8);
            self.run = Run::Packed { bit: self.at * 8, left };
            // The last group may be cut off behind the last number.
            self.at = self.at.saturating_add(count.saturating_mul(width)).min(self.end);
            return Ok(());
        }
        let bytes = page.get(self.at..self.at + width.div_ceil(8)).ok_or_else(short)?;
        self.at += bytes.len();
        let value = bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
        self.run = Run::Same { value, left: count };
        Ok(())
    }
}

/// Appends numbers of so many bits, of which the first begins at this bit; all are there.
fn unpack(page: &[u8], bit: usize, width: usize, count: usize, into: &mut Vec<u32>) {
    let mask = ((1u64 << width) - 1) as u32;
    // So many are whole in eight bytes, in whichever bit of the first of those they begin.
    let whole = 57 / width.max(1);
    into.reserve(count);
    for first in (0..count).step_by(whole) {
        let bit = bit + first * width;
        let word = word(page, bit / 8) >> (bit % 8);
        let some = whole.min(count - first);
        into.extend((0..some).map(|index| (word >> (index * width)) as u32 & mask));
    }
}

/// The eight bytes from here on; behind the end all are zero.
#[inline]
pub(super) fn word(page: &[u8], at: usize) -> u64 {
    let rest = page.get(at..).unwrap_or_default();
    match rest.first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

pub(super) fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Some(value);
        }
    }
    None
}

pub(super) fn short() -> Reason {
    damaged("a page ends before its values")
}
