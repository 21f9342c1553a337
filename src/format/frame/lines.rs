//! Records that are lines of text.

use super::{Carry, Item, KEPT, Record, Take, ZEROS, record, zeros};
use crate::event::Place;
use memchr::memchr;
use std::ops::ControlFlow;

/// Cuts at line ends, `\n` or `\r\n`. Blank lines are no records.
pub(in crate::format) struct Lines {
    /// Offset of the next byte.
    offset: u64,
    /// Physical lines ended before the next byte.
    line: u64,
    /// Where the record in hand began.
    start: (u64, Place),
    carry: Carry,
    /// Zero bytes that have come where the record in hand would begin.
    zeros: u64,
}

impl Lines {
    pub(in crate::format) fn new() -> Self {
        Self::from(0, 0)
    }

    /// Goes on where something else has cut so many bytes, in which so many lines ended.
    pub(super) fn from(offset: u64, line: u64) -> Self {
        let carry = Carry::default();
        Self { offset, line, start: (offset, Place::Line(line + 1)), carry, zeros: 0 }
    }

    pub(super) fn push(&mut self, bytes: &[u8], take: &mut dyn Take) -> ControlFlow<()> {
        let base = self.offset;
        self.offset += bytes.len() as u64;
        let mut from = self.pass_zeros(bytes, take)?;
        while let Some(found) = memchr(b'\n', &bytes[from..]) {
            let at = from + found + 1;
            self.line += 1;
            self.end(&bytes[from..at], base + at as u64, take)?;
            from = at + self.pass_zeros(&bytes[at..], take)?;
        }
        if from < bytes.len() {
            self.carry.add(&bytes[from..]);
        }
        ControlFlow::Continue(())
    }

    /// Whether a line has begun.
    pub(super) fn is_within(&self) -> bool {
        !self.carry.is_empty()
    }

    pub(super) fn finish(&mut self, take: &mut dyn Take) {
        // There is nothing to stop: the object is over.
        if !self.carry.is_empty() {
            let _ = self.end(&[], self.offset, take);
        }
        let _ = self.end_zeros(take);
    }

    /// Counts the zero bytes that a record would begin with, and ends them if another byte
    /// follows. The answer is how many of these bytes they are.
    fn pass_zeros(&mut self, bytes: &[u8], take: &mut dyn Take) -> ControlFlow<(), usize> {
        if !self.carry.is_empty() {
            return ControlFlow::Continue(0);
        }
        let count = zeros(bytes);
        self.zeros += count as u64;
        if count < bytes.len() {
            self.end_zeros(take)?;
        }
        ControlFlow::Continue(count)
    }

    /// Yields the zero bytes before the record in hand, which begins behind them.
    fn end_zeros(&mut self, take: &mut dyn Take) -> ControlFlow<()> {
        let length = std::mem::take(&mut self.zeros);
        if length == 0 {
            return ControlFlow::Continue(());
        }
        let (offset, place) = self.start;
        self.start.0 += length;
        let bytes = &[0; KEPT][..length.min(KEPT as u64) as usize];
        take.take(Item::Record(Record { bytes, offset, length, place, fault: Some(ZEROS) }))
    }

    /// Ends the record in hand with these last bytes; the next one begins at `next`.
    fn end(&mut self, last: &[u8], next: u64, take: &mut dyn Take) -> ControlFlow<()> {
        let start = std::mem::replace(&mut self.start, (next, Place::Line(self.line + 1)));
        if !self.carry.is_empty() {
            self.carry.add(last);
        }
        let mut item = record(&self.carry, last, start, None);
        let whole = item.bytes.len() as u64 == item.length;
        let mut kept = item.bytes;
        if whole {
            if start.0 == 0
                && let Some(rest) = kept.strip_prefix(b"\xEF\xBB\xBF")
            {
                kept = rest;
                item.offset = 3;
            }
            kept = kept.strip_suffix(b"\n").unwrap_or(kept);
            kept = kept.strip_suffix(b"\r").unwrap_or(kept);
            item.bytes = kept;
            item.length = kept.len() as u64;
        } else if last.ends_with(b"\n") {
            item.length -= 1 + u64::from(last.ends_with(b"\r\n"));
        }
        let blank = whole && kept.trim_ascii().is_empty();
        let flow = if blank { ControlFlow::Continue(()) } else { take.take(Item::Record(item)) };
        self.carry.clear();
        flow
    }
}
