//! What ends a command early. Every message names the thing and says what to do.

use super::console::Console;
use super::status::Status;
use crate::case::CaseError;
use crate::query::ParseError;
use crate::source::SourceError;
use std::io;

#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// Arguments or settings that cannot be meant so.
    #[error("{0}")]
    Usage(String),
    #[error("the filter: {}", error.message)]
    Filter { text: String, error: ParseError },
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Case(#[from] CaseError),
    #[error("standard output: {0}")]
    Output(io::Error),
    #[error("the reading threads could not be started: {0}")]
    Threads(io::Error),
}

impl CliError {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// Whoever read our output has seen enough.
    pub(super) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    pub(super) fn status(&self) -> Status {
        match self {
            Self::Case(CaseError::Info { .. } | CaseError::Altered { .. }) => Status::Wrong,
            Self::Case(CaseError::Io { .. }) => Status::Nothing,
            Self::Case(CaseError::Write { .. }) | Self::Output(_) | Self::Threads(_) => {
                Status::Partial
            }
            Self::Usage(_) | Self::Filter { .. } | Self::Source(_) | Self::Case(_) => Status::Usage,
        }
    }

    /// Says it on standard error; for a filter with a caret under the place.
    pub(super) fn tell(&self, console: &Console) {
        console.tell(&self.to_string());
        let Self::Filter { text, error } = self else { return };
        console.say(&format!("  {text}"));
        let cells = |to: usize| console.show(text.get(..to).unwrap_or(text)).width();
        let (from, to) = (cells(error.span.start), cells(error.span.end));
        let carets = "^".repeat(to.saturating_sub(from).max(1));
        console.say(&format!("  {:from$}{carets}", ""));
        if let Some(suggestion) = &error.suggestion {
            console.say(&format!("  did you mean {suggestion}?"));
        }
    }
}
