//! Zstandard (RFC 8878): all frames, one after the other, as one stream.

use super::budget::Budget;
use super::mending::{Below, Fault, Mended, Pieces, Unpack};
use super::sniff::is_skippable_zstd;
use super::window::Window;
use crate::event::{Reason, ReasonKind};
use std::io;
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

const MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

pub(super) type Unzstd<'a, 'b> = Mended<'a, 'b, Frames>;

pub(super) struct Frames {
    decoder: Decoder<'static>,
    /// Between two frames, where the stream may end.
    between: bool,
}

impl<'a, 'b> Unzstd<'a, 'b> {
    /// Frames that ask for a window of more than 128 MiB are refused by the library.
    pub(super) fn new(input: &'a mut Window<'b>, budget: &'a Budget<'a>) -> Result<Self, Reason> {
        let decoder = Decoder::new().map_err(|error| refusal(&error))?;
        Ok(Self::of(Frames { decoder, between: true }, input, budget))
    }
}

impl Unpack for Frames {
    const PIECES: Pieces = Pieces { name: "zstd", magic: MAGIC, unpacks };

    fn unpack(&mut self, below: &mut Below<'_, '_>, into: &mut [u8]) -> Result<usize, Fault> {
        loop {
            below.budget.check_cancel().map_err(Fault::Whole)?;
            if self.between {
                below.end();
                let head = below.input.peek(4);
                if !head.is_empty() && !head.starts_with(MAGIC) && !is_skippable_zstd(head) {
                    return Err(damage(below, "what follows the last frame is not zstd"));
                }
            }
            let bytes = below.input.fill().map_err(Fault::Whole)?;
            let ended = bytes.is_empty();
            if ended && self.between {
                return Ok(0);
            }
            let mut source = InBuffer::around(bytes);
            let mut target = OutBuffer::around(into);
            let result = self.decoder.run(&mut source, &mut target);
            let (taken, given) = (source.pos, target.pos());
            below.consume(taken);
            match result {
                Ok(hint) => self.between = hint == 0,
                Err(error) => return Err(damage(below, &error.to_string())),
            }
            if given > 0 {
                return Ok(given);
            }
            if ended {
                let detail = "the zstd data ends in the middle";
                let reason = Reason::new(ReasonKind::Truncated, detail).at(below.flow.given);
                return Err(Fault::Piece(reason));
            }
            if taken == 0 {
                return Err(damage(below, "no progress"));
            }
        }
    }

    fn begin(&mut self) -> Result<(), Reason> {
        self.between = true;
        self.decoder.reinit().map_err(|error| refusal(&error))
    }
}

fn refusal(error: &io::Error) -> Reason {
    Reason::new(ReasonKind::Io, error.to_string())
}

fn damage(below: &Below<'_, '_>, what: &str) -> Fault {
    let detail = format!("the zstd data is damaged: {what}");
    Fault::Piece(Reason::new(ReasonKind::Corrupt, detail).at(below.flow.given))
}

/// Whether a frame that begins so is good, as far as these bytes go: they may be less than its first
/// block.
fn unpacks(bytes: &[u8]) -> bool {
    let (mut source, mut into) = (InBuffer::around(bytes), [0; 16 << 10]);
    let mut target = OutBuffer::around(&mut into[..]);
    Decoder::new().is_ok_and(|mut decoder| decoder.run(&mut source, &mut target).is_ok())
}
