//! Zstandard (RFC 8878): all frames, one after the other, as one stream.

use super::budget::{Budget, Flow};
use super::sniff::is_skippable_zstd;
use super::window::{Pull, Window};
use crate::event::{Reason, ReasonKind};
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

const MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

pub(super) struct Unzstd<'a, 'b> {
    input: &'a mut Window<'b>,
    budget: &'a Budget<'a>,
    flow: Flow,
    decoder: Decoder<'static>,
    /// Between two frames, where the stream may end.
    between: bool,
    fault: Option<Reason>,
}

impl<'a, 'b> Unzstd<'a, 'b> {
    /// Frames that ask for a window of more than 128 MiB are refused by the library.
    pub(super) fn new(input: &'a mut Window<'b>, budget: &'a Budget<'a>) -> Result<Self, Reason> {
        let decoder =
            Decoder::new().map_err(|error| Reason::new(ReasonKind::Io, error.to_string()))?;
        Ok(Self { input, budget, flow: Flow::default(), decoder, between: true, fault: None })
    }

    fn inflate(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        loop {
            self.budget.check_cancel()?;
            let at = self.flow.given;
            let corrupt = |what: &str| {
                let detail = format!("the zstd data is damaged: {what}");
                Reason::new(ReasonKind::Corrupt, detail).at(at)
            };
            if self.between {
                let head = self.input.peek(4);
                if !head.is_empty() && !head.starts_with(MAGIC) && !is_skippable_zstd(head) {
                    return Err(corrupt("what follows the last frame is not zstd"));
                }
            }
            let bytes = self.input.fill()?;
            let ended = bytes.is_empty();
            if ended && self.between {
                return Ok(0);
            }
            let mut source = InBuffer::around(bytes);
            let mut target = OutBuffer::around(into);
            let result = self.decoder.run(&mut source, &mut target);
            let (taken, given) = (source.pos, target.pos());
            self.input.consume(taken);
            self.flow.taken += taken as u64;
            match result {
                Ok(hint) => self.between = hint == 0,
                Err(error) => return Err(corrupt(&error.to_string())),
            }
            if given > 0 {
                self.budget.inflated(&mut self.flow, given).unwrap_or_else(|reason| {
                    self.fault = Some(reason);
                });
                return Ok(given);
            }
            if ended {
                let detail = "the zstd data ends in the middle";
                return Err(Reason::new(ReasonKind::Truncated, detail).at(at));
            }
            if taken == 0 {
                return Err(corrupt("no progress"));
            }
        }
    }
}

impl Pull for Unzstd<'_, '_> {
    fn pull(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        self.inflate(into).inspect_err(|reason| self.fault = Some(reason.clone()))
    }
}
