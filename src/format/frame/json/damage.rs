//! Where a record ends that is no good JSON.
//!
//! A strict reader would stop at the first byte that cannot be. Here the record still has to end
//! somewhere, and the next one must not suffer. From that byte on three things are followed:
//!
//! - **Brackets and strings**, forgivingly. A bracket that does not fit closes those inside which
//!   must have lost theirs, or nothing; a quote where no string can begin ends one. After either
//!   the count of brackets is in doubt.
//! - **The array around the record.** A `]` with nothing open ends it; in doubt only if no comma
//!   follows.
//! - **How records begin.** Those of one object mostly have the same first member. Its name behind
//!   a brace, and that behind a comma or a brace, is the next record, whatever brackets and quotes
//!   say.
//!
//! For example, the quote after `w` is missing:
//!
//! ```text
//! [{"a":"v","b":{"c":"w},"d":[1],"f":"z"},{"a":"x"}]
//!                          1            2 3
//! ```
//!
//! The string that begins before `w` seems to end before `d`, and hides a brace. 1: no quote can
//! stand here; the damage begins, and the count is in doubt. 2: this brace seems to close `b`, and
//! the record to go on. 3: with `{"a"` behind a comma another record begins. So the damaged one
//! ended before; the frame goes back to that brace (at most 64 bytes), hands the record to its
//! decoder, which refuses it, and goes on as if nothing had been.

use super::nesting::{Inside, Nesting};

/// Bytes of a record's beginning in which its first member's name is looked for, and bytes from
/// a brace to the end of that name.
pub(super) const NEAR: usize = 64;

/// Stands for a string that is the value of a member, where the last byte is asked for; no text
/// has such a byte.
const VALUE: u8 = 0xFF;

/// What stands for a string that begins after this byte: it is a value, or may be a name.
pub(super) fn after_string(last: u8) -> u8 {
    if last == b':' { VALUE } else { b'"' }
}

/// The state at a byte of a record in which something is wrong.
#[derive(Debug)]
pub(super) struct Damage {
    /// The name of the records' first member, with its quotes; empty if it is not known.
    first: Vec<u8>,
    /// What may turn out to be the beginning of the next record: a brace, blanks, and as much of
    /// the name of the first member as was found.
    seen: Vec<u8>,
    named: usize,
    text: Text,
    /// The byte before, the last one that is no blank, and the last such outside strings.
    before: u8,
    near: u8,
    last: u8,
    /// Brackets may have been lost, or taken for text.
    doubtful: bool,
    /// A bracket came that may end the array around the record.
    closed: bool,
}

/// Whether the next byte stands in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Outside,
    Inside,
    Escaped,
}

/// What a byte means for the record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Inside,
    /// The record ended before it.
    Ended,
    /// The record ended before the last bracket, which ended the array around it.
    EndedArray,
    /// The record ended before the bytes in [`Damage::seen`], of which it is the last.
    EndedBefore,
}

impl Damage {
    /// From a byte on at which the record can be no good JSON. `first` is the name of the first
    /// member that records have, with its quotes, or empty; `before` what stands before the byte,
    /// as far back as the name of a first member may reach; `last` the last byte outside strings
    /// that is no blank.
    pub(super) fn new(first: &[u8], before: &[u8], last: u8, text: Text) -> Self {
        let mut damage = Self {
            first: first.to_vec(),
            seen: Vec::new(),
            named: 0,
            text: Text::Inside,
            before: b' ',
            near: b' ',
            last,
            doubtful: false,
            closed: false,
        };
        // A quote that was missing is noticed one string later: when a name turns out to be no
        // string, the brace before it was in none either.
        for byte in before {
            if damage.begins_record(*byte, Inside::Nothing) {
                damage.forget();
            }
            damage.pass(*byte);
        }
        damage.text = text;
        damage
    }

    fn forget(&mut self) {
        self.seen.clear();
        self.named = 0;
    }

    fn pass(&mut self, byte: u8) {
        self.before = byte;
        if !byte.is_ascii_whitespace() {
            self.near = byte;
        }
    }

    pub(super) fn seen(&self) -> &[u8] {
        &self.seen
    }

    /// Whether the last bracket ended the array around the record, if nothing follows.
    pub(super) fn ends_array(&self) -> bool {
        self.closed
    }

    /// Whether the next byte stands outside strings, as far as one can tell.
    pub(super) fn is_outside(&self) -> bool {
        self.text == Text::Outside
    }

    /// `in_array`: the records are elements of an array.
    pub(super) fn step(&mut self, byte: u8, nesting: &mut Nesting, in_array: bool) -> Step {
        let begins_line = self.before == b'\n';
        if self.begins_record(byte, nesting.inside()) {
            return Step::EndedBefore;
        }
        self.pass(byte);
        match (self.text, byte) {
            (Text::Outside, _) => return self.bare(byte, begins_line, nesting, in_array),
            (Text::Inside, b'{') if begins_line && !in_array => return Step::Ended,
            (Text::Inside, b'\\') => self.text = Text::Escaped,
            (Text::Inside, b'"') => self.text = Text::Outside,
            (Text::Inside, _) => {}
            (Text::Escaped, _) => self.text = Text::Inside,
        }
        Step::Inside
    }

    fn bare(&mut self, byte: u8, begins_line: bool, nesting: &mut Nesting, in_array: bool) -> Step {
        let continues =
            matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'}' | b']' | b'"' | b',' | b':');
        if nesting.depth() == 0 && !in_array && begins_line && !continues {
            return Step::Ended;
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => return Step::Inside,
            // After the array comes no comma, unless that bracket was another array's.
            _ if self.closed && byte != b',' => return Step::EndedArray,
            b',' => self.closed = false,
            b'"' if matches!(self.last, b'{' | b'[' | b',' | b':') => {
                self.text = Text::Inside;
                self.last = after_string(self.last);
                return Step::Inside;
            }
            // No string can begin here: its first quote is missing, and this one ends it.
            b'"' => self.doubtful = true,
            b'{' if self.is_next(begins_line, nesting, in_array) => return Step::Ended,
            b'{' | b'[' => {
                if nesting.inside() == Inside::Object && self.last == b',' {
                    // No member begins so, but an element of an array around it does.
                    nesting.back_to_array();
                    self.doubtful = true;
                }
                nesting.open(byte);
            }
            b']' if nesting.depth() == 0 && in_array => {
                if !self.doubtful {
                    return Step::Ended;
                }
                self.closed = true;
            }
            b'}' | b']' => self.close(byte, nesting),
            b':' if nesting.inside() == Inside::Array || self.last == VALUE => {
                // The brace of the object that has this member is missing.
                nesting.open(b'{');
                self.doubtful = true;
            }
            _ => {}
        }
        self.last = byte;
        Step::Inside
    }

    /// A bracket that does not fit the innermost one is either too many, or those inside lost
    /// theirs. It ends the whole record only if nothing else would.
    fn close(&mut self, bracket: u8, nesting: &mut Nesting) {
        let mut closed = *nesting;
        closed.close(bracket);
        let fits = nesting.fits(bracket);
        self.doubtful |= !fits;
        if fits || closed.depth() > 0 || self.first.is_empty() {
            *nesting = closed;
        }
    }

    /// Whether a brace outside strings begins the next record. Where it is known how records
    /// begin, [`begins_record`](Self::begins_record) knows better, but after a bracket that may
    /// well have been the record's last, and at the beginning of a line.
    fn is_next(&self, begins_line: bool, nesting: &Nesting, in_array: bool) -> bool {
        let unknown = self.first.is_empty();
        match (nesting.inside(), in_array) {
            (Inside::Nothing, _) => matches!(self.last, b',' | b'}') && (unknown || !self.doubtful),
            (Inside::Object, false) if begins_line => self.last != b':',
            (Inside::Array, false) if begins_line => !matches!(self.last, b',' | b'['),
            (Inside::Object, _) => {
                unknown && matches!(self.last, b',' | b'}') && !nesting.has_array()
            }
            (Inside::Array | Inside::Depths, _) => false,
        }
    }

    /// Whether this byte ends the name of the first member of what begins like this record,
    /// where a missing quote or bracket hides that a record begins.
    fn begins_record(&mut self, byte: u8, inside: Inside) -> bool {
        if self.first.is_empty() {
            return false;
        }
        if byte == b'{' {
            let hidden = match inside {
                _ if self.text == Text::Inside => true,
                Inside::Array => self.doubtful,
                _ => self.last != b':',
            };
            self.forget();
            if hidden && matches!(self.near, b',' | b'}') {
                self.seen.push(byte);
            }
        } else if !self.seen.is_empty() {
            self.seen.push(byte);
            if self.first[self.named] == byte {
                self.named += 1;
            } else if self.named > 0 || !byte.is_ascii_whitespace() || self.seen.len() > NEAR {
                self.forget();
            }
        }
        self.named == self.first.len()
    }
}

/// The name of the first member of the object that the bytes begin with, in quotes.
pub(super) fn first_member(start: &[u8]) -> &[u8] {
    let start = &start[..start.len().min(NEAR)];
    let name = start.strip_prefix(b"{").unwrap_or(b"").trim_ascii_start();
    let ends = |byte: &u8| matches!(byte, b'"' | b'\\');
    match name.split_first() {
        Some((b'"', rest)) => match rest.iter().position(ends) {
            Some(end) if end > 0 && rest[end] == b'"' => &name[..end + 2],
            _ => b"",
        },
        _ => b"",
    }
}
