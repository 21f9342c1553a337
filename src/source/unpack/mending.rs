//! Going on behind damage in what is compressed piece by piece: Firehose and log shippers put whole
//! gzip members one after the other, others zstd frames, so what is wrong in one says nothing of the
//! next.
//!
//! Garbage may have been read past the end of its piece, so the next one is looked for a way back
//! from where that was noticed. What is read twice, and what is tried in vain, is limited by what was
//! read once, and so is all the work, whatever the bytes say.

use super::budget::{Budget, Flow};
use super::window::{Pull, Window};
use crate::event::{Reason, ReasonKind};
use memchr::memmem;

/// How far garbage may have been read: it ends soon.
const BACK: usize = 64 << 10;

/// Bytes of a piece that have to be good for it to be believed.
const TRIED: usize = 4 << 10;

/// Bytes behind the data of a piece, which say what it should be.
const TRAILER: u64 = 8;

/// Bytes that may be read in vain of any object, and what it takes to try one, in bytes.
const FREE: u64 = 1 << 20;
const TRIAL: u64 = 1 << 10;

/// What the pieces are.
pub(super) struct Pieces {
    /// What they are called, in front of `data`.
    pub(super) name: &'static str,
    /// What each begins with.
    pub(super) magic: &'static [u8],
    /// Whether what begins so unpacks, as far as the bytes go.
    pub(super) unpacks: fn(&[u8]) -> bool,
}

/// What unpacks the pieces, one after the other.
pub(super) trait Unpack {
    const PIECES: Pieces;

    /// Writes what comes next to the front of `into`; 0 means the end.
    fn unpack(&mut self, below: &mut Below<'_, '_>, into: &mut [u8]) -> Result<usize, Fault>;

    /// Begins with a new piece, whatever came of the last.
    fn begin(&mut self) -> Result<(), Reason>;
}

/// What stops the reading.
#[derive(Clone)]
pub(super) enum Fault {
    /// Something is wrong with one piece.
    Piece(Reason),
    Whole(Reason),
}

/// The compressed bytes: where a layer is in them, and what was wrong with them.
pub(super) struct Below<'a, 'b> {
    pub(super) input: &'a mut Window<'b>,
    pub(super) budget: &'a Budget<'a>,
    pub(super) flow: Flow,
    pieces: Pieces,
    /// Bytes consumed.
    at: u64,
    /// The last of them that belong to the piece at hand, but for its first.
    past: Vec<u8>,
    /// The first byte of a piece comes next.
    begins: bool,
    /// Bytes read in vain.
    spent: u64,
    /// The first damage that was passed, and how often that was done.
    passed: Option<(Reason, u64)>,
}

/// A layer of pieces as one stream. Damage ends it, unless what follows is [wanted](Pull::mend).
pub(super) struct Mended<'a, 'b, U> {
    below: Below<'a, 'b>,
    unpacker: U,
    fault: Option<Fault>,
    mends: bool,
    /// The last byte that was given.
    last: u8,
}

impl<'a, 'b, U: Unpack> Mended<'a, 'b, U> {
    pub(super) fn of(unpacker: U, input: &'a mut Window<'b>, budget: &'a Budget<'a>) -> Self {
        let below = Below {
            input,
            budget,
            flow: Flow::default(),
            pieces: U::PIECES,
            at: 0,
            past: Vec::new(),
            begins: true,
            spent: 0,
            passed: None,
        };
        Self { below, unpacker, fault: None, mends: false, last: b'\n' }
    }

    fn next(&mut self, into: &mut [u8]) -> Result<usize, Fault> {
        let given = self.unpacker.unpack(&mut self.below, into)?;
        if given > 0 {
            self.count(given);
        } else if let Some(reason) = self.below.passed().filter(|_| !into.is_empty()) {
            return Err(Fault::Whole(reason));
        }
        Ok(given)
    }

    fn count(&mut self, given: usize) {
        let counted = self.below.budget.inflated(&mut self.below.flow, given);
        self.fault = counted.err().map(Fault::Whole);
    }

    /// Goes on with the next piece. A record that is not whole must not run into the next, which
    /// begins a line: a byte is given, or none.
    fn pass(&mut self, fault: &Reason, into: &mut [u8]) -> Result<usize, Reason> {
        self.below.pass(fault)?;
        self.unpacker.begin()?;
        let Some(first) = into.first_mut().filter(|_| self.last != b'\n') else { return Ok(0) };
        *first = b'\n';
        self.count(1);
        Ok(1)
    }
}

impl<U: Unpack> Pull for Mended<'_, '_, U> {
    fn pull(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        loop {
            let given = match self.fault.take() {
                Some(Fault::Piece(reason)) if self.mends => match self.pass(&reason, into) {
                    Ok(0) => continue,
                    given => given.map_err(Fault::Whole),
                },
                Some(fault) => Err(fault),
                None => self.next(into),
            };
            let fault = match given {
                Ok(given) => {
                    self.last = into[..given].last().copied().unwrap_or(self.last);
                    return Ok(given);
                }
                Err(fault) => fault,
            };
            self.fault = Some(fault.clone());
            match fault {
                Fault::Piece(_) if self.mends => {}
                Fault::Piece(reason) | Fault::Whole(reason) => return Err(reason),
            }
        }
    }

    fn mend(&mut self) -> bool {
        self.mends = true;
        self.below.input.mend();
        true
    }
}

impl Below<'_, '_> {
    /// The bytes consumed so far.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// A piece has ended.
    pub(super) fn end(&mut self) {
        self.past.clear();
        self.begins = true;
    }

    /// Consumes the first of the bytes that are there.
    pub(super) fn consume(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        let first = usize::from(std::mem::take(&mut self.begins));
        let from = first.max(count.saturating_sub(BACK)).min(count);
        self.past.extend_from_slice(self.input.peek(0).get(from..count).unwrap_or_default());
        if self.past.len() > 4 * BACK {
            self.past.drain(..self.past.len() - BACK);
        }
        self.flow.taken += count as u64;
        self.skip(count);
    }

    fn skip(&mut self, count: usize) {
        self.at += count as u64;
        self.input.consume(count);
    }

    /// Goes to the next piece that is good; `fault` says what is wrong with this one. If there is
    /// none, what comes back is what is wrong with the whole.
    fn pass(&mut self, fault: &Reason) -> Result<(), Reason> {
        let noticed = self.at;
        let found = self.begins_here() || {
            let past = std::mem::take(&mut self.past);
            self.go_back(&past[past.len().saturating_sub(BACK)..]);
            self.find()?
        };
        self.end();
        if !found {
            return Err(self.passed().unwrap_or_else(|| fault.clone()));
        }
        let (name, at) = (self.pieces.name, self.at);
        let what = match at.saturating_sub(noticed) {
            lost if lost > TRAILER => {
                format!(
                    "{lost} bytes from byte {noticed} could not be unpacked; reading went on at byte {at}"
                )
            }
            _ => format!("a part before byte {at} is not what was written; reading went on there"),
        };
        let detail = format!("the {name} data is damaged: {what}");
        let reason = Reason { kind: ReasonKind::Corrupt, detail, offset: fault.offset };
        self.passed.get_or_insert((reason, 0)).1 += 1;
        Ok(())
    }

    /// The damage that was passed.
    fn passed(&self) -> Option<Reason> {
        let (reason, count) = self.passed.clone()?;
        let more = match count {
            0 | 1 => return Some(reason),
            2 => "one more place".to_owned(),
            _ => format!("{} more places", count - 1),
        };
        Some(Reason { detail: format!("{}; and so at {more}", reason.detail), ..reason })
    }

    /// Puts these bytes, the last that were consumed, back, unless that was done too often.
    fn go_back(&mut self, back: &[u8]) {
        let count = back.len() as u64;
        if self.spent + count <= FREE + self.at {
            self.spent += count;
            self.at -= count;
            self.input.unread(back);
        }
    }

    /// Goes to where the next good piece begins; `false` at the end, or if it takes too much.
    fn find(&mut self) -> Result<bool, Reason> {
        let magic = self.pieces.magic;
        loop {
            self.budget.check_cancel()?;
            let bytes = self.input.peek(magic.len());
            if bytes.len() < magic.len() {
                let count = bytes.len();
                self.skip(count);
                return self.input.fill().map(|_| false);
            }
            match memmem::find(bytes, magic) {
                None => {
                    let count = bytes.len() + 1 - magic.len();
                    self.skip(count);
                }
                Some(before) => {
                    self.skip(before);
                    if self.begins_here() {
                        return Ok(true);
                    }
                    if self.spent > FREE + self.at {
                        return Ok(false);
                    }
                    self.skip(1);
                }
            }
        }
    }

    /// Whether a good piece comes next.
    fn begins_here(&mut self) -> bool {
        let bytes = self.input.peek(TRIED);
        let bytes = &bytes[..bytes.len().min(TRIED)];
        if !bytes.starts_with(self.pieces.magic) {
            return false;
        }
        let is_good = (self.pieces.unpacks)(bytes);
        self.spent += if is_good { 0 } else { TRIAL + bytes.len() as u64 };
        is_good
    }
}
