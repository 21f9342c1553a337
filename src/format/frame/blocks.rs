//! Records that are one or several lines of text, where the lines say which belong together.

use super::{Carry, Item, KEPT, Record, Take, Thread, ZEROS, record, text_of, zeros};
use crate::event::Place;
use memchr::{memchr, memchr_iter};
use regex::bytes::Regex;
use std::ops::ControlFlow;

/// How lines make records.
#[derive(Debug, Clone, Default)]
pub enum Join {
    /// Each line is a record.
    #[default]
    Never,
    /// An indented line belongs to the one before.
    Indented,
    /// A line begins a record if this says so of the record so far and of the line, both without
    /// line end; otherwise it belongs to the record. Of what is longer than 64 KiB it is shown the
    /// beginning.
    Begins(fn(&[u8], &[u8]) -> bool),
    /// The same, where a line begins a record if this finds something in it.
    Found(Regex),
    /// A line that ends within double quotes goes on (RFC 4180).
    Quoted,
    /// Lines of one [`Thread`] belong together, also where others stand between them.
    Woven(Thread),
}

/// As much of a record as is shown to whoever says whether the next line belongs to it.
pub(in crate::format) const SHOWN: usize = 64 * 1024;

/// Zero bytes at the beginning of a line that are fewer than this may be something that was written.
const FEW: u64 = 8;

/// A quote that is not closed within so many bytes is none: damage, or somebody who wants the
/// rest of the log to be one record. The lines are records then, each by itself.
const QUOTED: usize = 256 * 1024;

/// Joins lines to records. Blank lines between records are dropped, those within one are kept.
pub(in crate::format) struct Blocks {
    join: Join,
    /// The lines of the record in hand, with their ends.
    record: Carry,
    /// Where the record began, and in which physical line, from 0.
    start: Start,
    /// What has come of the next line.
    line: Carry,
    /// Zero bytes that have come where that line would begin.
    zeros: u64,
    /// Where it began.
    next: Start,
    /// The record in hand has a quote that is not closed.
    quoted: bool,
}

#[derive(Clone, Copy, Default)]
struct Start {
    offset: u64,
    line: u64,
}

impl Blocks {
    pub(in crate::format) fn new(join: Join) -> Self {
        let (start, next) = Default::default();
        let (record, line) = Default::default();
        Self { join, record, start, line, zeros: 0, next, quoted: false }
    }

    pub(super) fn push(&mut self, bytes: &[u8], take: &mut dyn Take) -> ControlFlow<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = self.pass_zeros(rest, take)?;
            let end = memchr(b'\n', rest).map(|at| at + 1);
            let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
            self.line.add(line);
            if end.is_some() {
                self.end_line(take)?;
            }
            rest = after;
        }
        ControlFlow::Continue(())
    }

    /// Yields the record in hand, if a line ends there.
    pub(super) fn rest(&mut self, take: &mut dyn Take) -> ControlFlow<()> {
        if self.line.is_empty() && !self.quoted {
            self.end(take)
        } else {
            ControlFlow::Continue(())
        }
    }

    pub(super) fn finish(&mut self, take: &mut dyn Take) {
        // There is nothing to stop: the object is over.
        if !self.line.is_empty() {
            let _ = self.end_line(take);
        }
        let _ = if self.quoted { self.part(take) } else { self.end(take) };
        let _ = self.end_zeros(take);
    }

    /// Counts the zero bytes that a line would begin with. The answer is what follows them.
    fn pass_zeros<'a>(
        &mut self,
        bytes: &'a [u8],
        take: &mut dyn Take,
    ) -> ControlFlow<(), &'a [u8]> {
        if !self.line.is_empty() {
            return ControlFlow::Continue(bytes);
        }
        let count = zeros(bytes);
        self.zeros += count as u64;
        if self.zeros > 0 && count < bytes.len() {
            if self.zeros < FEW && !self.record.is_empty() && self.is_joining() {
                // They may be part of a number in a record of several lines.
                let zeros = std::mem::take(&mut self.zeros) as usize;
                self.line.add(&[0; FEW as usize][..zeros]);
            } else {
                self.end_zeros(take)?;
            }
        }
        ControlFlow::Continue(&bytes[count..])
    }

    fn is_joining(&self) -> bool {
        matches!(self.join, Join::Begins(_) | Join::Found(_))
    }

    fn end_zeros(&mut self, take: &mut dyn Take) -> ControlFlow<()> {
        let length = std::mem::take(&mut self.zeros);
        if length == 0 {
            return ControlFlow::Continue(());
        }
        if self.quoted {
            self.part(take)?;
        } else {
            self.end(take)?;
        }
        let Start { offset, line } = self.next;
        self.next.offset += length;
        let (bytes, place) =
            (&[0; KEPT][..length.min(KEPT as u64) as usize], Place::Line(line + 1));
        take.take(Item::Record(Record { bytes, offset, length, place, fault: Some(ZEROS) }))
    }

    /// The next line is whole: it belongs to the record in hand, or begins another.
    fn end_line(&mut self, take: &mut dyn Take) -> ControlFlow<()> {
        if self.quoted && !self.line.is_whole() {
            // Whether a quote is closed in what is not kept of it, nobody can tell.
            self.part(take)?;
        }
        let bare = text_of(&self.line.bytes);
        let begins = match &self.join {
            _ if self.record.is_empty() => true,
            Join::Never | Join::Woven(_) => true,
            Join::Indented => !bare.starts_with(b" ") && !bare.starts_with(b"\t"),
            Join::Begins(begins) => begins(shown(text_of(&self.record.bytes)), shown(bare)),
            Join::Found(begins) => begins.is_match(shown(bare)),
            Join::Quoted => !self.quoted,
        };
        let blank = self.line.is_whole() && bare.trim_ascii().is_empty();
        // Where every line is a record, a blank one is none.
        let joined = !begins || blank && matches!(self.join, Join::Begins(_) | Join::Found(_));
        if !joined || self.record.is_empty() {
            self.end(take)?;
            self.start = self.next;
        }
        if joined || !blank {
            if matches!(self.join, Join::Quoted) && self.line.is_whole() {
                self.quoted ^= memchr_iter(b'"', &self.line.bytes).count() % 2 == 1;
            }
            if !(blank && self.record.is_empty()) {
                self.record.join(&self.line);
            }
        }
        self.next.offset += self.line.length;
        self.next.line += 1;
        self.line.clear();
        if self.quoted && self.record.length > QUOTED as u64 {
            self.part(take)
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Yields the record in hand.
    fn end(&mut self, take: &mut dyn Take) -> ControlFlow<()> {
        self.quoted = false;
        if self.record.is_empty() {
            return ControlFlow::Continue(());
        }
        let Start { offset, line } = self.start;
        let mut item = record(&self.record, &[], (offset, Place::Line(line + 1)), None);
        if item.bytes.len() as u64 == item.length {
            trim(&mut item);
        }
        let flow = take.take(Item::Record(item));
        self.record.clear();
        flow
    }

    /// Yields the lines in hand as records, each by itself: the quote that joins them is none.
    fn part(&mut self, take: &mut dyn Take) -> ControlFlow<()> {
        self.quoted = false;
        let lines = std::mem::take(&mut self.record);
        let mut start = self.start;
        for line in lines.bytes.split_inclusive(|byte| *byte == b'\n') {
            let (offset, length) = (start.offset, line.len() as u64);
            let place = Place::Line(start.line + 1);
            start = Start { offset: offset + length, line: start.line + 1 };
            let mut item = Record { bytes: line, offset, length, place, fault: None };
            trim(&mut item);
            if !item.bytes.is_empty() {
                take.take(Item::Record(item))?;
            }
        }
        ControlFlow::Continue(())
    }
}

/// Takes line ends, and blank lines at the end, off a whole record; at the beginning of an object
/// the byte order mark.
fn trim(item: &mut Record<'_>) {
    if item.offset == 0
        && let Some(rest) = item.bytes.strip_prefix(b"\xEF\xBB\xBF")
    {
        item.bytes = rest;
        item.offset = 3;
    }
    while let [rest @ .., b'\n' | b'\r'] = item.bytes {
        item.bytes = rest;
    }
    item.length = item.bytes.len() as u64;
}

fn shown(line: &[u8]) -> &[u8] {
    &line[..line.len().min(SHOWN)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Text, offset and line of each record.
    fn cut(join: Join, text: &[u8], pieces: usize) -> Vec<(String, u64, Place)> {
        let mut found = Vec::new();
        let mut take = |item: Item<'_>| {
            if let Item::Record(record) = item {
                let text = String::from_utf8_lossy(record.bytes).into_owned();
                found.push((text, record.offset, record.place));
            }
            ControlFlow::Continue(())
        };
        let mut blocks = Blocks::new(join);
        for piece in text.chunks(pieces.max(1)) {
            assert!(blocks.push(piece, &mut take).is_continue());
        }
        blocks.finish(&mut take);
        found
    }

    fn texts(join: Join, text: &str) -> Vec<String> {
        cut(join, text.as_bytes(), 7).into_iter().map(|(text, ..)| text).collect()
    }

    fn numbered(_: &[u8], line: &[u8]) -> bool {
        line.first().is_some_and(u8::is_ascii_digit)
    }

    #[test]
    fn lines_belong_to_the_record_that_they_go_on_with() {
        let text = "x\n1 a\n  b\n\nc\r\n\n2 d\n\n\n3 e";
        let begins = Join::Begins(numbered);
        let found = Join::Found(Regex::new(r"^\d").unwrap());
        for begins in [begins.clone(), found] {
            assert_eq!(texts(begins, text), ["x", "1 a\n  b\n\nc", "2 d", "3 e"]);
        }
        assert_eq!(texts(Join::Indented, text), ["x", "1 a\n  b", "c", "2 d", "3 e"]);
        assert_eq!(texts(Join::Never, text), ["x", "1 a", "  b", "c", "2 d", "3 e"]);
        let placed = cut(begins, text.as_bytes(), 3);
        assert_eq!((placed[1].1, placed[1].2), (2, Place::Line(2)));
        assert_eq!((placed[3].1, placed[3].2), (21, Place::Line(10)));
    }

    #[test]
    fn a_quote_joins_lines_until_it_is_closed() {
        let text = "a,\"b\nc\"\nd,\"e\"\"f\"\n";
        assert_eq!(texts(Join::Quoted, text), ["a,\"b\nc\"", "d,\"e\"\"f\""]);
        assert_eq!(texts(Join::Quoted, "a,\"b\nc\n\nd\n"), ["a,\"b", "c", "d"]);
        let long = format!("a\"\n{}b\n", "line\n".repeat(QUOTED / 4));
        assert_eq!(texts(Join::Quoted, &long).len(), QUOTED / 4 + 2);
    }

    #[test]
    fn a_line_beyond_the_limits_loses_no_other() {
        let long = format!("b,\"{}\n", "x".repeat(crate::format::LONGEST));
        let text = format!("a,\"open\n{long}c\nd\n");
        let mut found = Vec::new();
        let mut take = |item: Item<'_>| {
            if let Item::Record(record) = item {
                found.push((record.length, record.fault.is_some()));
            }
            ControlFlow::Continue(())
        };
        let mut blocks = Blocks::new(Join::Quoted);
        assert!(blocks.push(text.as_bytes(), &mut take).is_continue());
        blocks.finish(&mut take);
        assert_eq!(found, [(7, false), (long.len() as u64, true), (1, false), (1, false)]);
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(text in r#"[12a" \n\r\x00]{0,60}"#, pieces in 1..9usize) {
            let found = Join::Found(Regex::new("^[12]").unwrap());
            for join in [Join::Never, Join::Indented, Join::Quoted, Join::Begins(numbered), found] {
                let whole = cut(join.clone(), text.as_bytes(), usize::MAX);
                prop_assert_eq!(&cut(join, text.as_bytes(), pieces), &whole);
                let bytes: usize = whole.iter().map(|(text, ..)| text.replace(['\r', '\n'], "").len()).sum();
                let blank = |line: &&str| !line.trim_matches(['\r', ' ']).is_empty();
                let meant: usize = text.split('\n').filter(blank).map(|line| line.replace('\r', "").len()).sum();
                prop_assert!(bytes >= meant.saturating_sub(text.matches(' ').count()), "{:?}", whole);
            }
        }
    }
}
