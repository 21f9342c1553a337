//! How a command ended, as shells are told.

use std::process::ExitCode;

/// Worse ones are greater: of several, the worst is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// Also when nothing was found.
    Done,
    /// Something is partial, was cancelled or could not be read.
    Partial,
    /// Evidence or a journal was found wrong, or `--exit-match` found nothing.
    Wrong,
    /// Nothing could be read.
    Nothing,
    /// Usage, configuration or filter.
    Usage,
}

impl Status {
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Wrong => 1,
            Self::Usage => 2,
            Self::Partial => 3,
            Self::Nothing => 4,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_wins() {
        let mut all =
            [Status::Partial, Status::Done, Status::Usage, Status::Wrong, Status::Nothing];
        all.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(all.map(Status::code), [2, 4, 1, 3, 0]);
    }
}
