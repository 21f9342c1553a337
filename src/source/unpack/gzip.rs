//! gzip (RFC 1952): all members, one after the other, as one stream.

use super::budget::Budget;
use super::mending::{Below, Fault, Mended, Pieces, Unpack};
use super::window::Window;
use crate::event::{Reason, ReasonKind};
use flate2::{Decompress, FlushDecompress, Status};

/// The largest window of deflate, as the exponent zlib wants.
const WINDOW_BITS: u8 = 15;

pub(super) type Gunzip<'a, 'b> = Mended<'a, 'b, Members>;

#[derive(Default)]
pub(super) struct Members {
    /// zlib checks the header and the checksum; a member has one of its own.
    member: Option<Decompress>,
    /// Members begun.
    begun: u64,
    /// What was found behind the bytes that were given last.
    fault: Option<Fault>,
}

impl<'a, 'b> Gunzip<'a, 'b> {
    pub(super) fn new(input: &'a mut Window<'b>, budget: &'a Budget<'a>) -> Self {
        Self::of(Members::default(), input, budget)
    }
}

impl Members {
    /// Starts the next member; `false` at the end of the stream.
    fn next(&mut self, below: &mut Below<'_, '_>) -> Result<bool, Fault> {
        let head = below.input.peek(2);
        if head.is_empty() {
            return below.input.fill().map(|_| false).map_err(Fault::Whole);
        }
        if !head.starts_with(&[0x1f, 0x8b]) {
            return padding(below).map(|()| false);
        }
        self.begun += 1;
        let limit = below.budget.limits.members;
        if self.begun > limit {
            let detail = format!("has more than {limit} gzip members");
            let reason = Reason::new(ReasonKind::Members, detail).at(below.flow.given);
            return Err(Fault::Whole(reason));
        }
        self.member = Some(Decompress::new_gzip(WINDOW_BITS));
        Ok(true)
    }
}

impl Unpack for Members {
    const PIECES: Pieces = Pieces { name: "gzip", magic: &[0x1f, 0x8b, 8], unpacks };

    fn unpack(&mut self, below: &mut Below<'_, '_>, into: &mut [u8]) -> Result<usize, Fault> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        loop {
            below.budget.check_cancel().map_err(Fault::Whole)?;
            if self.member.is_none() && !self.next(below)? {
                return Ok(0);
            }
            let Some(member) = &mut self.member else { return Ok(0) };
            let bytes = below.input.fill().map_err(Fault::Whole)?;
            let ended = bytes.is_empty();
            let before = (member.total_in(), member.total_out());
            let status = member.decompress(bytes, into, FlushDecompress::None);
            let taken = (member.total_in() - before.0) as usize;
            let given = (member.total_out() - before.1) as usize;
            below.consume(taken);
            match status {
                Ok(Status::StreamEnd) => {
                    below.end();
                    self.member = None;
                }
                Err(error) => {
                    let fault = damage(below, error.message(), given);
                    if given == 0 {
                        return Err(fault);
                    }
                    self.fault = Some(fault);
                }
                Ok(_) if given > 0 => {}
                Ok(_) if ended => {
                    let detail = "the gzip data ends in the middle";
                    let reason = Reason::new(ReasonKind::Truncated, detail).at(below.flow.given);
                    return Err(Fault::Piece(reason));
                }
                Ok(_) if taken == 0 => return Err(damage(below, None, 0)),
                Ok(_) => {}
            }
            if given > 0 {
                return Ok(given);
            }
        }
    }

    fn begin(&mut self) -> Result<(), Reason> {
        (self.member, self.fault) = (None, None);
        Ok(())
    }
}

/// Zeros after the last member are padding, as tapes and block devices leave it.
fn padding(below: &mut Below<'_, '_>) -> Result<(), Fault> {
    loop {
        let bytes = below.input.fill().map_err(Fault::Whole)?;
        let count = bytes.len();
        if count == 0 {
            return Ok(());
        }
        if bytes.iter().any(|byte| *byte != 0) {
            let detail = "what follows the gzip data is not gzip; all before it was read";
            let reason = Reason::new(ReasonKind::Corrupt, detail).at(below.flow.given);
            return Err(Fault::Piece(reason));
        }
        below.consume(count);
    }
}

/// What zlib says, behind so many bytes that are about to be given, means little to who does not know
/// it, but that a checksum is wrong.
fn damage(below: &Below<'_, '_>, said: Option<&str>, given: usize) -> Fault {
    let what = match said {
        Some("incorrect data check" | "incorrect length check") => {
            "its checksum does not match".to_owned()
        }
        _ => format!("what is from byte {} on could not be unpacked", below.at()),
    };
    let detail = format!("the gzip data is damaged: {what}");
    Fault::Piece(Reason::new(ReasonKind::Corrupt, detail).at(below.flow.given + given as u64))
}

/// Whether a member that begins so is good, as far as these bytes go.
fn unpacks(bytes: &[u8]) -> bool {
    // Bits of the header that nobody may set.
    if bytes.get(3).is_none_or(|flags| flags & 0xe0 != 0) {
        return false;
    }
    let (mut member, mut into) = (Decompress::new_gzip(WINDOW_BITS), [0; 16 << 10]);
    match member.decompress(bytes, &mut into, FlushDecompress::None) {
        Ok(Status::StreamEnd) => true,
        Ok(_) => member.total_out() > 0,
        Err(_) => false,
    }
}
