//! A part of time, open at either end or at both.

use super::Timestamp;

/// A half-open window of time: what happened outside it is not wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl Window {
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// Records without a time are in every window.
    pub fn holds(&self, at: Option<Timestamp>) -> bool {
        at.is_none_or(|at| {
            self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at < to)
        })
    }
}
