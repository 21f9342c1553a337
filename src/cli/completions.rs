//! `trailcase completions`: what a shell needs to complete commands, options and their values.

use super::args::{Cli, Completions, Shell};
use super::console::Console;
use super::error::CliError;
use super::status::Status;
use clap::CommandFactory;
use clap_complete::generate;
use clap_complete::shells::{Bash, Fish, Zsh};

pub(super) fn run(asked: &Completions, console: &mut Console) -> Result<Status, CliError> {
    let mut command = Cli::command();
    let mut script = Vec::new();
    match asked.shell {
        Shell::Bash => generate(Bash, &mut command, "trailcase", &mut script),
        Shell::Zsh => generate(Zsh, &mut command, "trailcase", &mut script),
        Shell::Fish => generate(Fish, &mut command, "trailcase", &mut script),
    }
    script.strip_suffix(b"\n").unwrap_or(&script).split(|&byte| byte == b'\n').try_for_each(
        |line| {
            // The text is ours, and a shell has to get it as it is.
            console.exact(line)
        },
    )?;
    Ok(Status::Done)
}
