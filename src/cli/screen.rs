//! The commands that need a screen.

use super::args::Common;
use super::error::CliError;
use std::process::ExitCode;

/// What the screen shall begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// The list of workspaces.
    Pick,
    Open {
        sources: Vec<String>,
        workspace: Option<String>,
    },
    Demo,
}

/// Runs the screen until the person leaves it.
pub(super) fn run(_: &Common, what: What) -> Result<ExitCode, CliError> {
    let instead = match what {
        What::Open { sources, .. } if !sources.is_empty() => "trailcase query SOURCE FILTER",
        What::Open { .. } => "trailcase query -w NAME FILTER",
        What::Pick => "trailcase workspace list",
        What::Demo => "trailcase --help",
    };
    Err(CliError::usage(format!("the screen is not in this build; see `{instead}`")))
}
