//! gzip (RFC 1952): all members, one after the other, as one stream.

use super::budget::{Budget, Flow};
use super::window::{Pull, Window};
use crate::event::{Reason, ReasonKind};
use flate2::{Decompress, FlushDecompress, Status};

/// The largest window of deflate, as the exponent zlib wants.
const WINDOW_BITS: u8 = 15;

pub(super) struct Gunzip<'a, 'b> {
    input: &'a mut Window<'b>,
    budget: &'a Budget<'a>,
    flow: Flow,
    /// zlib checks the header and the checksum; a member has one of its own.
    member: Option<Decompress>,
    members: u64,
    fault: Option<Reason>,
}

impl<'a, 'b> Gunzip<'a, 'b> {
    pub(super) fn new(input: &'a mut Window<'b>, budget: &'a Budget<'a>) -> Self {
        Self { input, budget, flow: Flow::default(), member: None, members: 0, fault: None }
    }

    /// Starts the next member; `false` at the end of the stream.
    fn next_member(&mut self) -> Result<bool, Reason> {
        let head = self.input.peek(2);
        if head.is_empty() {
            return self.input.fill().map(|_| false);
        }
        if !head.starts_with(&[0x1f, 0x8b]) {
            return self.padding().map(|()| false);
        }
        self.members += 1;
        if self.members > self.budget.limits.members {
            let detail = format!("has more than {} gzip members", self.budget.limits.members);
            return Err(Reason::new(ReasonKind::Members, detail).at(self.flow.given));
        }
        self.member = Some(Decompress::new_gzip(WINDOW_BITS));
        Ok(true)
    }

    /// Zeros after the last member are padding, as tapes and block devices leave it.
    fn padding(&mut self) -> Result<(), Reason> {
        loop {
            let bytes = self.input.fill()?;
            let count = bytes.len();
            if count == 0 {
                return Ok(());
            }
            if bytes.iter().any(|byte| *byte != 0) {
                let detail = "what follows the gzip data is not gzip; all before it was read";
                return Err(Reason::new(ReasonKind::Corrupt, detail).at(self.flow.given));
            }
            self.input.consume(count);
        }
    }

    fn inflate(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        loop {
            self.budget.check_cancel()?;
            if self.member.is_none() && !self.next_member()? {
                return Ok(0);
            }
            let Some(member) = &mut self.member else { return Ok(0) };
            let at = self.flow.given;
            let bytes = self.input.fill()?;
            let ended = bytes.is_empty();
            let before = (member.total_in(), member.total_out());
            let status = member.decompress(bytes, into, FlushDecompress::None);
            let taken = (member.total_in() - before.0) as usize;
            let given = (member.total_out() - before.1) as usize;
            self.input.consume(taken);
            self.flow.taken += taken as u64;
            match status {
                Ok(Status::StreamEnd) => self.member = None,
                Err(error) => {
                    let what = error.message().unwrap_or("invalid data");
                    self.fault = Some(corrupt(what, at + given as u64));
                }
                Ok(_) if ended && given == 0 => {
                    let detail = "the gzip data ends in the middle";
                    return Err(Reason::new(ReasonKind::Truncated, detail).at(at));
                }
                Ok(_) if taken == 0 && given == 0 => {
                    return Err(corrupt("no progress", at));
                }
                Ok(_) => {}
            }
            if given > 0 {
                self.budget.inflated(&mut self.flow, given).unwrap_or_else(|reason| {
                    self.fault = Some(reason);
                });
                return Ok(given);
            }
            if let Some(fault) = &self.fault {
                return Err(fault.clone());
            }
        }
    }
}

impl Pull for Gunzip<'_, '_> {
    fn pull(&mut self, into: &mut [u8]) -> Result<usize, Reason> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        self.inflate(into).inspect_err(|reason| self.fault = Some(reason.clone()))
    }
}

fn corrupt(what: &str, offset: u64) -> Reason {
    Reason::new(ReasonKind::Corrupt, format!("the gzip data is damaged: {what}")).at(offset)
}
