//! Records that are JSON values: one after the other with or without line ends between, the
//! elements of one array, or the elements of an array that is a member of an envelope.
//!
//! Only structure is looked at: quotes, backslashes, colons and brackets. Whether a record is good
//! JSON is for its decoder to find out; but where a quote or bracket cannot be, the record is
//! damaged for certain, and [`damage`] finds out where it ends. What is refused here every decoder
//! refuses too, so that no byte is gone over again for each of many records.
//!
//! There is always at most one record in hand, from `start` to the next byte; [`Mode`] says where
//! in it that is. What an envelope has [`around`] its records is in hand like a record: its head
//! until the array opens, its tail until the envelope is closed. So every byte is in a record, in
//! a sound head or tail, or separates: blanks, commas, the brackets of the array.

mod around;
mod beside;
mod damage;
mod mending;
mod nesting;
mod piece;
#[cfg(test)]
mod tests;

use super::{Carry, Item, Take, ZEROS, record};
use crate::event::Place;
use damage::{Damage, Text};
use memchr::memchr3;
use nesting::{Inside, Nesting};
use piece::{Piece, Position};
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
    /// In a record that is no good JSON.
    Damaged,
    /// A string, a number, `true`, `null` as an element, outside strings.
    Scalar,
    /// After a top-level `[`, which may open an array or be the beginning of a line of text.
    Bracket,
    /// In a line of text among JSON values.
    Text,
    /// In a run of zero bytes among them.
    Zeros,
}

/// Cuts JSON into records.
pub(in crate::format) struct Json {
    /// The member whose array holds the records, if the object's values are envelopes.
    member: Option<&'static str>,
    /// Objects around that array.
    depth: usize,
    mode: Mode,
    /// Brackets around records: 0 for values one after the other, 1 in an array, 2 in an
    /// envelope's array.
    base: usize,
    /// Brackets open in the record.
    nesting: Nesting,
    /// The byte before that is no blank and stands outside strings; between records, simply the
    /// byte before.
    last: u8,
    damage: Option<Damage>,
    /// What is in hand is the tail of an envelope.
    tail: bool,
    /// Something in the envelope in hand was damaged.
    hurt: bool,
    /// The name of the first member of the first good record.
    first: Vec<u8>,
    position: Position,
    elements: u64,
    /// Every line is a row of a table.
    is_table: bool,
    /// Where the record in hand began.
    start: (u64, Place),
    carry: Carry,
}

const STRUCTURE: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'{' as usize] = true;
    table[b'}' as usize] = true;
    table[b'[' as usize] = true;
    table[b']' as usize] = true;
    table[b':' as usize] = true;
    table
};

impl Json {
    /// Elements of `member` are the records of values that have such an array; dots part the names
    /// of the members that it lies in.
    pub(in crate::format) fn new(member: Option<&'static str>) -> Self {
        Self {
            member: member.and_then(|path| path.rsplit('.').next()),
            depth: member.map_or(1, |path| path.split('.').count()),
            mode: Mode::Between,
            base: 0,
            nesting: Nesting::default(),
            last: b'\n',
            damage: None,
            tail: false,
            hurt: false,
            first: Vec::new(),
            position: Position::default(),
            elements: 0,
            is_table: false,
            start: (0, Place::Line(1)),
            carry: Carry::default(),
        }
    }

    /// Lines that are rows of a table: they are counted as such.
    pub(in crate::format) fn rows() -> Self {
        Self { is_table: true, ..Self::new(None) }
    }

    pub(in crate::format) fn push(&mut self, bytes: &[u8], take: &mut dyn Take) -> ControlFlow<()> {
        let mut piece = Piece::new(bytes);
        while piece.at < bytes.len() {
            match self.mode {
                Mode::Between => self.between(&mut piece, take)?,
                Mode::Record => self.inside(&mut piece, take)?,
                Mode::String => self.string(&mut piece),
                Mode::Escape => {
                    piece.at += 1;
                    self.mode = Mode::String;
                }
                Mode::Damaged => self.damaged(&mut piece, take)?,
                Mode::Scalar => self.scalar(&mut piece, take)?,
                Mode::Bracket => self.bracket(&mut piece),
                Mode::Text => self.text(&mut piece, take)?,
                Mode::Zeros => self.zeros(&mut piece, take)?,
            }
        }
        if self.in_record() {
            self.carry.add(&bytes[piece.from..]);
        }
        self.position.leave(bytes);
        ControlFlow::Continue(())
    }

    /// Yields the record that the object's end cut off. The answer is where that was.
    pub(super) fn finish(&mut self, take: &mut dyn Take) -> Option<u64> {
        if self.base == 1 && self.damage.as_ref().is_some_and(Damage::ends_array) {
            self.base = 0;
        }
        let open = match self.mode {
            Mode::Between | Mode::Text | Mode::Bracket | Mode::Zeros => false,
            Mode::Damaged => self.nesting.depth() > 0,
            _ => true,
        };
        let cut = open || self.base > 0;
        if self.in_record() {
            // Of a damaged record its decoder can say more.
            let whole = matches!(self.mode, Mode::Scalar | Mode::Damaged);
            let fault = (cut && !whole).then_some("the object ends within this record");
            // There is nothing to stop: the object is over.
            let _ = self.end(&Piece::new(&[]), 0, fault, take);
        }
        cut.then_some(self.position.offset)
    }

    /// Where a row of a table is that would begin with the next byte; `None` in the middle of
    /// something.
    pub(in crate::format) fn next_row(&self) -> Option<(u64, Place)> {
        let is_free = self.is_table && self.base == 0 && self.mode == Mode::Between;
        let Position { offset, lines, .. } = self.position;
        is_free.then_some((offset, Place::Index(lines + 1)))
    }

    /// Passes over a row of so many bytes, and its line end.
    pub(in crate::format) fn pass_row(&mut self, length: usize) {
        self.position.offset += length as u64 + 1;
        self.position.lines += 1;
        self.last = b'\n';
    }

    fn in_record(&self) -> bool {
        self.mode != Mode::Between
    }

    fn between(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        let skipped = piece.bytes[piece.at..]
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b','))
            .count();
        if skipped > 0 {
            piece.at += skipped;
            self.last = piece.bytes[piece.at - 1];
        }
        let Some(&byte) = piece.bytes.get(piece.at) else {
            return ControlFlow::Continue(());
        };
        let offset = self.position.offset + piece.at as u64;
        // The byte order mark.
        if offset < 3 && self.base == 0 && matches!(byte, 0xEF | 0xBB | 0xBF) {
            piece.at += 1;
            return ControlFlow::Continue(());
        }
        if byte == b']' && self.base > 0 {
            piece.at += 1;
            self.end_array(piece);
            return ControlFlow::Continue(());
        }
        self.begin(piece, piece.at);
        // A value that may hold the array of records is no record.
        if byte == b'{'
            && (self.base > 0 || self.member.is_none())
            && let Some(rest) = piece.text.get(piece.at..)
            && let Some((length, flow)) = take.read(rest, self.start.0, self.start.1)
        {
            piece.at += length;
            self.last = b'}';
            self.learn(&piece.bytes[piece.from..]);
            return flow;
        }
        let begins_line = self.last == b'\n';
        self.mode = match byte {
            b'[' if self.base == 0 => Mode::Bracket,
            b'{' | b'[' => Mode::Record,
            _ if self.base > 0 => Mode::Scalar,
            0 => Mode::Zeros,
            b'"' if begins_line => Mode::Text,
            b'"' | b'}' | b']' | b':' => {
                self.damage = Some(Damage::new(&self.first, &[self.last], b',', Text::Outside));
                Mode::Damaged
            }
            _ => Mode::Text,
        };
        // What a record may begin with may also begin a bracket or a string in it.
        self.last = b',';
        if matches!(self.mode, Mode::Bracket | Mode::Text) {
            piece.at += 1;
        }
        ControlFlow::Continue(())
    }

    /// Begins a record at byte `from`.
    fn begin(&mut self, piece: &mut Piece<'_>, from: usize) {
        piece.from = from;
        self.nesting = Nesting::default();
        let place = if self.base > 0 {
            self.elements += 1;
            Place::Index(self.elements)
        } else {
            self.position.count_lines(piece.bytes, from);
            let line = self.position.lines + 1;
            if self.is_table { Place::Index(line) } else { Place::Line(line) }
        };
        self.start = (self.position.offset + from as u64, place);
    }

    fn inside(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        while let Some(&byte) = piece.bytes.get(piece.at) {
            if !STRUCTURE[usize::from(byte)] {
                if byte > b' ' {
                    self.last = byte;
                }
                piece.at += 1;
                continue;
            }
            match byte {
                b'"' if matches!(self.last, b'{' | b'[' | b',' | b':') => {
                    piece.at += 1;
                    self.last = damage::after_string(self.last);
                    if !piece.pass_string() {
                        self.mode = Mode::String;
                        return ControlFlow::Continue(());
                    }
                }
                b'{' | b'[' if self.may_open() => {
                    if byte == b'[' && self.nesting.depth() == self.depth && self.is_member(piece) {
                        return self.open(piece, take);
                    }
                    self.nesting.open(byte);
                    self.last = byte;
                    piece.at += 1;
                }
                // No member begins so, but an element does: the array goes on.
                b'{' if self.tail && self.last == b',' && self.nesting.depth() == self.depth => {
                    self.base = 2;
                    return self.end(piece, piece.at, None, take);
                }
                b':' if self.last == b'"' && self.nesting.inside() != Inside::Array => {
                    piece.at += 1;
                    self.last = byte;
                }
                b'}' | b']' if self.nesting.fits(byte) => {
                    piece.at += 1;
                    self.nesting.close(byte);
                    self.last = byte;
                    if self.nesting.depth() == 0 {
                        return self.end(piece, piece.at, None, take);
                    }
                }
                _ => {
                    self.damage(piece, Text::Outside);
                    return ControlFlow::Continue(());
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Whether an object or array can be here.
    fn may_open(&self) -> bool {
        match self.nesting.inside() {
            Inside::Object => self.last == b':',
            Inside::Array => matches!(self.last, b'[' | b','),
            Inside::Nothing | Inside::Depths => true,
        }
    }

    fn string(&mut self, piece: &mut Piece<'_>) {
        let Some(found) = memchr3(b'"', b'\\', b'\n', &piece.bytes[piece.at..]) else {
            piece.at = piece.bytes.len();
            return;
        };
        piece.at += found + 1;
        match piece.bytes[piece.at - 1] {
            b'"' if self.nesting.depth() == 0 => self.mode = Mode::Scalar,
            b'"' => self.mode = Mode::Record,
            b'\\' => self.mode = Mode::Escape,
            // No string may hold a line end.
            _ => self.damage(piece, Text::Inside),
        }
    }

    fn scalar(&mut self, piece: &mut Piece<'_>, take: &mut dyn Take) -> ControlFlow<()> {
        while let Some(&byte) = piece.bytes.get(piece.at) {
            match byte {
                b',' | b']' | b'{' => return self.end(piece, piece.at, None, take),
                b'"' if self.last == b',' => {
                    piece.at += 1;
                    self.last = byte;
                    self.mode = Mode::String;
                    return ControlFlow::Continue(());
                }
                b'"' | b'[' | b'}' | b':' => {
                    self.damage(piece, Text::Outside);
                    return ControlFlow::Continue(());
                }
                b' ' | b'\t' | b'\r' | b'\n' => piece.at += 1,
                _ => {
                    piece.at += 1;
                    self.last = byte;
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn bracket(&mut self, piece: &mut Piece<'_>) {
        match piece.bytes[piece.at] {
            b' ' | b'\t' | b'\r' | b'\n' => piece.at += 1,
            b'{' | b'[' | b'"' | b']' => {
                self.carry.clear();
                self.first.clear();
                self.base = 1;
                self.mode = Mode::Between;
            }
            _ => self.mode = Mode::Text,
        }
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
        let deep = self.nesting.too_deep().then_some("nested deeper than 128");
        let mut item = record(&self.carry, last, self.start, deep.or(fault));
        if self.mode == Mode::Zeros {
            item.fault = Some(ZEROS);
        }
        let whole = item.bytes.len() as u64 == item.length;
        let (damage, tail) = (self.damage.take(), std::mem::take(&mut self.tail));
        self.mode = Mode::Between;
        if tail
            && damage.is_none()
            && whole
            && let Some(flow) = self.pass_tail(&item, take)
        {
            // It is no record and needs no number.
            self.elements -= 1;
            self.carry.clear();
            return flow;
        }
        self.hurt |= damage.is_some() || item.fault.is_some();
        if damage.is_none() && self.first.is_empty() {
            self.first = damage::first_member(item.bytes).to_vec();
        }
        if tail {
            item.fault = item.fault.or(Some(around::UNKNOWN));
        } else if damage.is_some() && !item.bytes.starts_with(b"{") {
            item.fault = item.fault.or(Some("what is left of a damaged record"));
        }
        if whole {
            item.bytes = item.bytes.trim_ascii_end();
            if let Some(damage) = damage {
                let end: &[u8] = if damage.ends_array() { b"]" } else { b"," };
                item.bytes = item.bytes.strip_suffix(end).unwrap_or(item.bytes).trim_ascii_end();
            }
            item.length = item.bytes.len() as u64;
        }
        let flow = take.take(Item::Record(item));
        self.carry.clear();
        flow
    }
}
