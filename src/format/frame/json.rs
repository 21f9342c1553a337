//! Records that are JSON values: one after the other with or without line ends between, the
//! elements of one array, or the elements of an array that is a member of an envelope.
//!
//! Only structure is looked at: quotes, backslashes and brackets. Whether a record is good JSON
//! is for its decoder to find out.

use super::{Carry, DEEPEST, Item, Take, record};
use crate::event::Place;
use memchr::{memchr, memchr_iter, memchr3};
use std::ops::ControlFlow;

/// Where in a value the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// Between two records.
    Between,
    /// In a record, outside strings.
    Record,
    String,
    /// In a string, after a backslash.
    Escape,
    /// In a string, after a line end, which no string may hold.
    BrokenString,
    /// A number, `true`, `null` as an element.
    Scalar,
    /// After a top-level `[`, which may open an array or be the beginning of a line of text.
    Bracket,
    /// In a line of text among JSON values.
    Text,
    /// In an envelope, after the array of its records, outside strings.
    Tail,
    TailString,
    TailEscape,
}

/// Cuts JSON into records.
pub(in crate::format) struct Json {
    /// The member whose array holds the records, if the object's values are envelopes.
    member: Option<&'static str>,
    mode: Mode,
    /// Brackets open before the next byte, and brackets around records: 0 for values one after
    /// the other, 1 in an array, 2 in an envelope's array.
    depth: usize,
    base: usize,
    /// Offset of the first byte of the piece in hand.
    offset: u64,
    /// Line ends up to `counted` bytes into the piece in hand.
    lines: u64,
    counted: usize,
    elements: u64,
    /// Where the record in hand began, and the deepest nesting in it.
    start: (u64, Place),
    deepest: usize,
    carry: Carry,
}

const STRUCTURE: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'{' as usize] = true;
    table[b'}' as usize] = true;
    table[b'[' as usize] = true;
    table[b']' as usize] = true;
    table
};

/// A piece of the object: its bytes, where the record in hand begins in it, the next byte.
struct Piece<'a> {
    bytes: &'a [u8],
    /// As much of it as is UTF-8.
    text: &'a str,
    from: usize,
    at: usize,
}

/// Goes over the rest of a string in the usual case, that it holds neither escapes nor line ends
/// and is whole in this piece. Otherwise the piece stays where it was.
fn pass_string(piece: &mut Piece<'_>) -> bool {
    let rest = &piece.bytes[piece.at..];
    match memchr3(b'"', b'\\', b'\n', rest) {
        Some(found) if rest[found] == b'"' => {
            piece.at += found + 1;
            true
        }
        _ => false,
    }
}

impl Json {
    /// Elements of `member` are the records of values that have such an array.
    pub(in crate::format) fn new(member: Option<&'static str>) -> Self {
        Self {
            member,
            mode: Mode::Between,
            depth: 0,
            base: 0,
            offset: 0,
            lines: 0,
            counted: 0,
            elements: 0,
            start: (0, Place::Line(1)),
            deepest: 0,
            carry: Carry::default(),
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8], take: &mut dyn Take) -> ControlFlow<()> {
        let text = std::str::from_utf8(bytes).or_else(|error| {
            // Validated twice at most, and only where something is wrong.
            std::str::from_utf8(&bytes[..error.valid_up_to()])
        });
        let text = text.unwrap_or_default();
        let mut piece = Piece { bytes, text, from: 0, at: 0 };
        self.counted = 0;
        while piece.at < bytes.len() {
            match self.mode {
                Mode::Between => self.between(&mut piece, take)?,
                Mode::Record => self.inside(&mut piece, take)?,
                Mode::String | Mode::TailString => self.string(&mut piece, take)?,
                Mode::Escape => self.escape(&mut piece, Mode::String),
                Mode::TailEscape => self.escape(&mut piece, Mode::TailString),
                Mode::BrokenString => self.broken_string(&mut piece, take)?,
                Mode::Scalar => self.scalar(&mut piece, take)?,
                Mode::Bracket => self.bracket(&mut piece),
                Mode::Text => self.text(&mut piece, take)?,
                Mode::Tail => self.tail(&mut piece),
            }
        }
        if self.in_record() {
            self.carry.add(&bytes[piece.from..]);
        }
        self.count_lines(bytes, bytes.len());
        self.offset += bytes.len() as u64;
        ControlFlow::Continue(())
    }

    /// Yields the record that the object's end cut off. The answer is where that was.
    pub(super) fn finish(&mut self, take: &mut dyn Take) -> Option<u64> {
        let cut = !matches!(self.mode, Mode::Between | Mode::Text | Mode::Bracket) || self.base > 0;
        if self.in_record() {
            let fault = cut.then_some("the object ends within this record");
            let fault = if self.mode == Mode::Scalar { None } else { fault };
            // There is nothing to stop: the object is over.
            let _ = self.end(&Piece { bytes: &[], text: "", from: 0, at: 0 }, 0, fault, take);
        }
        cut.then_some(self.offset)
    }

    fn in_record(&self) -> bool {
        !matches!(self.mode, Mode::Between | Mode::Tail | Mode::TailString | Mode::TailEscape)
    }

    fn between(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        let skipped = piece.bytes[piece.at..]
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b','))
            .count();
        piece.at += skipped;
        let Some(&byte) = piece.bytes.get(piece.at) else {
            return ControlFlow::Continue(());
        };
        let offset = self.offset + piece.at as u64;
        // The byte order mark.
        if offset < 3 && self.base == 0 && matches!(byte, 0xEF | 0xBB | 0xBF) {
            piece.at += 1;
            return ControlFlow::Continue(());
        }
        if byte == b']' && self.base > 0 {
            self.mode = if self.base == 2 { Mode::Tail } else { Mode::Between };
            self.depth = self.base - 1;
            self.base = 0;
            piece.at += 1;
            return ControlFlow::Continue(());
        }
        self.begin(piece);
        // A value that may hold the array of records is no record.
        if byte == b'{'
            && (self.base > 0 || self.member.is_none())
            && let Some(rest) = piece.text.get(piece.at..)
            && let Some((length, flow)) = take.read(rest, self.start.0, self.start.1)
        {
            piece.at += length;
            return flow;
        }
        self.mode = match byte {
            b'[' if self.base == 0 => Mode::Bracket,
            b'{' | b'[' => Mode::Record,
            b'"' if self.base > 0 => Mode::Record,
            _ if self.base > 0 => Mode::Scalar,
            _ => Mode::Text,
        };
        if self.mode != Mode::Record {
            piece.at += 1;
        }
        ControlFlow::Continue(())
    }

    fn begin(&mut self, piece: &mut Piece<'_>) {
        piece.from = piece.at;
        self.depth = self.base;
        self.deepest = 0;
        let place = if self.base > 0 {
            self.elements += 1;
            Place::Index(self.elements)
        } else {
            self.count_lines(piece.bytes, piece.at);
            Place::Line(self.lines + 1)
        };
        self.start = (self.offset + piece.at as u64, place);
    }

    fn count_lines(&mut self, bytes: &[u8], to: usize) {
        // Elements are known by their index, so that their lines need not be counted.
        if self.base == 0 && self.counted < to {
            self.lines += memchr_iter(b'\n', &bytes[self.counted..to]).count() as u64;
            self.counted = to;
        }
    }

    fn inside(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        let bytes = piece.bytes;
        while let Some(&byte) = bytes.get(piece.at) {
            if !STRUCTURE[usize::from(byte)] {
                piece.at += 1;
                continue;
            }
            match byte {
                b'"' => {
                    piece.at += 1;
                    if self.depth == self.base || !pass_string(piece) {
                        self.mode = Mode::String;
                        return ControlFlow::Continue(());
                    }
                }
                b'{' | b'[' => {
                    if byte == b'{' && self.base == 0 && self.depth > 0 && self.is_new(piece) {
                        return self.end(piece, piece.at, Some("it does not end"), take);
                    }
                    if byte == b'[' && self.depth == 1 && self.base == 0 && self.is_member(piece) {
                        return self.open(piece, take);
                    }
                    self.depth += 1;
                    self.deepest = self.deepest.max(self.depth - self.base);
                    piece.at += 1;
                }
                _ => {
                    piece.at += 1;
                    self.depth -= 1;
                    if self.depth == self.base {
                        return self.end(piece, piece.at, None, take);
                    }
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn string(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        let tail = self.mode == Mode::TailString;
        let Some(found) = memchr3(b'"', b'\\', b'\n', &piece.bytes[piece.at..]) else {
            piece.at = piece.bytes.len();
            return ControlFlow::Continue(());
        };
        piece.at += found + 1;
        match piece.bytes[piece.at - 1] {
            b'"' if tail => self.mode = Mode::Tail,
            b'"' if self.depth == self.base => return self.end(piece, piece.at, None, take),
            b'"' => self.mode = Mode::Record,
            b'\\' => self.mode = if tail { Mode::TailEscape } else { Mode::Escape },
            _ if self.base == 0 && !tail => self.mode = Mode::BrokenString,
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn escape(&mut self, piece: &mut Piece<'_>, back: Mode) {
        piece.at += 1;
        self.mode = back;
    }

    /// A string went over a line end. If the next line begins like a record, it is one.
    fn broken_string(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        if piece.bytes[piece.at] == b'{' {
            return self.end(piece, piece.at, Some("a string in it does not end"), take);
        }
        self.mode = Mode::String;
        ControlFlow::Continue(())
    }

    fn scalar(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        let ends = |byte: &u8| matches!(byte, b',' | b']' | b'\n');
        let found = piece.bytes[piece.at..].iter().position(ends);
        self.until(found, piece, take)
    }

    /// Ends the record at the byte found, or takes all there is.
    fn until(
        &mut self,
        found: Option<usize>,
        piece: &mut Piece<'_>,
        take: &mut dyn Take,
    ) -> ControlFlow<()> {
        piece.at = found.map_or(piece.bytes.len(), |found| piece.at + found);
        if found.is_some() {
            self.end(piece, piece.at, None, take)
        } else {
            ControlFlow::Continue(())
        }
    }

    fn bracket(&mut self, piece: &mut Piece<'_>) {
        match piece.bytes[piece.at] {
            b' ' | b'\t' | b'\r' | b'\n' => piece.at += 1,
            b'{' | b'[' | b'"' | b']' => {
                self.carry.clear();
                self.base = 1;
                self.mode = Mode::Between;
            }
            _ => self.mode = Mode::Text,
        }
    }

    fn text(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        let found = memchr(b'\n', &piece.bytes[piece.at..]);
        self.until(found, piece, take)
    }

    fn tail(&mut self, piece: &mut Piece<'_>) {
        while let Some(&byte) = piece.bytes.get(piece.at) {
            piece.at += 1;
            match byte {
                b'"' => {
                    self.mode = Mode::TailString;
                    return;
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.mode = Mode::Between;
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// The bytes of the record in hand before the next byte, the last 64 of them.
    fn before(&self, piece: &Piece<'_>) -> ([u8; 64], usize) {
        let mut last = [0; 64];
        let here = &piece.bytes[piece.from..piece.at];
        let mut free = last.len();
        for part in [here, &self.carry.bytes] {
            let count = part.len().min(free);
            last[free - count..free].copy_from_slice(&part[part.len() - count..]);
            free -= count;
        }
        (last, free)
    }

    /// Whether the bracket opens the array of the envelope's records.
    fn is_member(&self, piece: &Piece<'_>) -> bool {
        let Some(member) = self.member else {
            return false;
        };
        let (last, free) = self.before(piece);
        last[free..]
            .trim_ascii_end()
            .strip_suffix(b":")
            .and_then(|rest| rest.trim_ascii_end().strip_suffix(b"\""))
            .and_then(|rest| rest.strip_suffix(member.as_bytes()))
            .is_some_and(|rest| rest.ends_with(b"\""))
    }

    /// Whether the brace begins a line and cannot belong to what stands before it.
    fn is_new(&self, piece: &Piece<'_>) -> bool {
        let (last, free) = self.before(piece);
        let before = &last[free..];
        before.ends_with(b"\n")
            && !matches!(before.trim_ascii_end().last(), None | Some(b':' | b',' | b'['))
    }

    fn open(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        piece.at += 1;
        let last = &piece.bytes[piece.from..piece.at];
        if !self.carry.is_empty() {
            self.carry.add(last);
        }
        let head = record(&self.carry, last, self.start, None);
        let flow = take.take(Item::Head(head.bytes));
        self.carry.clear();
        self.count_lines(piece.bytes, piece.at);
        (self.base, self.depth, self.mode) = (2, 2, Mode::Between);
        flow
    }

    /// Ends the record in hand before byte `to`.
    fn end(
        &mut self,
        piece: &Piece<'_>,
        to: usize,
        fault: Option<&'static str>,
        take: &mut dyn Take,
    ) -> ControlFlow<()> {
        let last = &piece.bytes[piece.from..to];
        if !self.carry.is_empty() {
            self.carry.add(last);
        }
        let fault = if self.deepest > DEEPEST { Some("nested deeper than 128") } else { fault };
        let mut item = record(&self.carry, last, self.start, fault);
        if item.bytes.len() as u64 == item.length {
            item.bytes = item.bytes.trim_ascii_end();
            item.length = item.bytes.len() as u64;
        }
        self.mode = Mode::Between;
        let flow = take.take(Item::Record(item));
        self.carry.clear();
        flow
    }
}
