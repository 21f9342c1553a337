//! Integers as the differences from one to the next, in blocks of which each part takes as few
//! bits as its largest needs.

use super::damaged;
use super::hybrid::{short, varint, word};
use super::thrift::unzigzag;
use crate::event::Reason;
use std::ops::Range;

#[derive(Debug, Clone)]
pub(super) struct Delta {
    at: usize,
    end: usize,
    /// Parts of a block, and values of a part.
    parts: usize,
    each: usize,
    /// Values that were not given so far.
    left: u64,
    /// The next value.
    value: i64,
    least: i64,
    /// Where the widths of the block's parts stand, and which is next.
    widths: usize,
    part: usize,
    /// The next difference, its width, and how many more there are in its part.
    bit: usize,
    width: usize,
    in_part: usize,
}

impl Delta {
    pub(super) fn new(page: &[u8], range: Range<usize>) -> Result<Self, Reason> {
        let page = &page[..range.end.min(page.len())];
        let mut at = range.start;
        let mut number = || varint(page, &mut at).ok_or_else(short);
        let (block, parts, left, first) = (number()?, number()?, number()?, number()?);
        let wrong = || damaged("differences in blocks of no good size");
        let parts = usize::try_from(parts).ok().filter(|parts| (1..=512).contains(parts));
        let parts = parts.ok_or_else(wrong)?;
        let block = usize::try_from(block).ok().filter(|block| *block <= 1 << 24);
        let each = block.ok_or_else(wrong)? / parts;
        if each == 0 || each % 8 != 0 {
            return Err(wrong());
        }
        Ok(Self {
            at,
            end: range.end,
            parts,
            each,
            left,
            value: unzigzag(first),
            least: 0,
            widths: 0,
            part: parts,
            bit: 0,
            width: 0,
            in_part: 0,
        })
    }

    /// Appends the next values.
    pub(super) fn take(
        &mut self,
        page: &[u8],
        count: usize,
        into: &mut Vec<i64>,
    ) -> Result<(), Reason> {
        for _ in 0..count {
            self.left = self.left.checked_sub(1).ok_or_else(short)?;
            into.push(self.value);
            if self.left == 0 {
                continue;
            }
            if self.in_part == 0 {
                self.next_part(page)?;
            }
            let difference = bits(page, self.bit, self.width);
            self.bit += self.width;
            self.in_part -= 1;
            let step = self.least.wrapping_add(difference as i64);
            self.value = self.value.wrapping_add(step);
        }
        Ok(())
    }

    /// Where they end, if none was taken so far.
    pub(super) fn end(&self, page: &[u8]) -> Result<usize, Reason> {
        let mut walk = self.clone();
        walk.left = walk.left.saturating_sub(1);
        while walk.left > 0 {
            walk.next_part(page)?;
            walk.left = walk.left.saturating_sub(walk.in_part as u64);
        }
        Ok(walk.at)
    }

    fn next_part(&mut self, page: &[u8]) -> Result<(), Reason> {
        let page = &page[..self.end.min(page.len())];
        if self.part == self.parts {
            self.least = unzigzag(varint(page, &mut self.at).ok_or_else(short)?);
            (self.widths, self.part) = (self.at, 0);
            self.at += self.parts;
        }
        let width = *page.get(self.widths + self.part).ok_or_else(short)?;
        self.width = usize::from(width);
        if self.width > 64 {
            return Err(damaged(format!("differences of {width} bits")));
        }
        let bytes = self.each / 8 * self.width;
        // Behind its last value a part may be cut off.
        let needed = (self.each as u64).min(self.left) as usize * self.width;
        if self.at.saturating_add(needed.div_ceil(8)) > page.len() {
            return Err(short());
        }
        (self.bit, self.in_part) = (self.at * 8, self.each);
        self.at = (self.at + bytes).min(self.end);
        self.part += 1;
        Ok(())
    }
}

fn bits(page: &[u8], bit: usize, width: usize) -> u64 {
    if width == 0 {
        return 0;
    }
    let (at, shift) = (bit / 8, bit % 8);
    let low = word(page, at) >> shift;
    let high = if shift + width > 64 { word(page, at + 8) << (64 - shift) } else { 0 };
    (low | high) & (u64::MAX >> (64 - width))
}
