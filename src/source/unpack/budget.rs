//! What an object may still unfold to, shared by all layers that are reading it.

use super::Limits;
use crate::event::{Cancel, Reason, ReasonKind};
use std::cell::Cell;

pub(super) struct Budget<'a> {
    pub(super) limits: &'a Limits,
    cancel: &'a Cancel,
    /// Inflated bytes of all layers.
    inflated: Cell<u64>,
    members: Cell<u64>,
}

/// What one layer has taken in and given out.
#[derive(Debug, Default)]
pub(super) struct Flow {
    pub(super) taken: u64,
    pub(super) given: u64,
}

impl<'a> Budget<'a> {
    pub(super) fn new(limits: &'a Limits, cancel: &'a Cancel) -> Self {
        Self { limits, cancel, inflated: Cell::new(0), members: Cell::new(0) }
    }

    pub(super) fn check_cancel(&self) -> Result<(), Reason> {
        if self.cancel.is_cancelled() {
            return Err(Reason::new(ReasonKind::Cancelled, "cancelled"));
        }
        Ok(())
    }

    /// Counts what a layer inflated, and says so when it is too much.
    pub(super) fn inflated(&self, flow: &mut Flow, bytes: usize) -> Result<(), Reason> {
        let total = self.inflated.get() + bytes as u64;
        self.inflated.set(total);
        self.ratio(flow, bytes)?;
        let limit = self.limits.total_bytes;
        if total > limit {
            let detail = format!("unfolds to more than {limit} bytes");
            return Err(Reason::new(ReasonKind::Size, detail).at(flow.given));
        }
        Ok(())
    }

    /// Counts what came out, and compares it with what went in.
    pub(super) fn ratio(&self, flow: &mut Flow, bytes: usize) -> Result<(), Reason> {
        let limits = self.limits;
        flow.given += bytes as u64;
        if flow.given > limits.ratio_after && flow.given > flow.taken.saturating_mul(limits.ratio) {
            let detail = format!("inflates to more than {} times its size", limits.ratio);
            return Err(Reason::new(ReasonKind::Ratio, detail).at(flow.given));
        }
        Ok(())
    }

    /// Counts a member; an error when there are too many.
    pub(super) fn member(&self) -> Result<(), Reason> {
        self.check_cancel()?;
        let members = self.members.get() + 1;
        self.members.set(members);
        if members > self.limits.members {
            let detail = format!("has more than {} members", self.limits.members);
            return Err(Reason::new(ReasonKind::Members, detail));
        }
        Ok(())
    }
}
