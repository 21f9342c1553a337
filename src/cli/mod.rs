//! The headless door: what is typed after `trailcase`, done without a screen.
//!
//! Data goes to standard output, everything else to standard error; what a shell is told at the
//! end is a [`Status`].

mod alarms;
mod args;
mod code;
mod completions;
mod console;
mod coverage;
pub mod demo;
mod doctor;
mod error;
mod formats;
mod home;
mod journal;
mod manual;
mod memory;
mod own;
mod query;
mod record;
mod scan;
mod screen;
mod session;
mod status;
mod styles;
mod told;
mod verify;
mod workspaces;

use crate::source;
use args::{Cli, Command, Common, Open};
use console::Console;
use error::CliError;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use screen::What;
use status::Status;
use std::process::ExitCode;

/// Files that are held open at most: segments, copies, and files that grow.
const OPEN_FILES: u64 = 65_536;

/// Lets this process open as many files as it may.
fn open_files() {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.map_or(OPEN_FILES, |most| most.min(OPEN_FILES));
    if limit.current.is_some_and(|current| current < most) {
        // With fewer, what cannot be opened is told.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(most), ..limit });
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    open_files();
    let cli = match Cli::of(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut console = Console::new(&cli.common);
    let done = run(&cli.common, cli.command, &mut console).and_then(|code| {
        console.flush()?;
        Ok(code)
    });
    match done {
        Ok(code) => code,
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            // What was found before the error stands above it.
            let _ = console.flush();
            error.tell(&console);
            error.status().into()
        }
    }
}

fn run(
    common: &Common,
    command: Option<Command>,
    console: &mut Console,
) -> Result<ExitCode, CliError> {
    let problems = match &command {
        Some(
            Command::Keymap(_)
            | Command::Theme(_)
            | Command::Doctor(_)
            | Command::Completions(_)
            | Command::Man,
        ) => Vec::new(),
        _ => own::install(),
    };
    // A screen tells them itself, among what else is wrong with settings.
    if !matches!(&command, None | Some(Command::Demo | Command::Open(_))) {
        for problem in &problems {
            console.tell(&problem.to_string());
        }
    }
    let status = match command {
        None => return screen::run(common, What::Pick, problems),
        Some(Command::Demo) => return screen::run(common, What::Demo, problems),
        Some(Command::Open(open)) => {
            let sources = open.sources.iter().map(|source| source::typed(source)).collect();
            let Open { workspace, indicators, public_keys, follow, window, .. } = open;
            let what = What::Open { sources, workspace, indicators, public_keys, follow, window };
            return screen::run(common, what, problems);
        }
        Some(Command::Query(query)) => query::run(common, &query, console)?,
        Some(Command::Alarms(alarms)) => alarms::run(common, &alarms, console)?,
        Some(Command::Record(asked)) => record::run(common, &asked, console)?,
        Some(Command::Scan(asked)) => scan::run(common, &asked, console)?,
        Some(Command::Coverage(coverage)) => coverage::run(common, &coverage, console)?,
        Some(Command::Verify(verify)) => verify::run(common, &verify, console)?,
        Some(Command::Workspace(workspace)) => workspaces::run(common, &workspace, console)?,
        Some(Command::Formats(formats)) => formats::run(common, &formats, console)?,
        Some(Command::Keymap(keymap)) => styles::keymap(&keymap, console)?,
        Some(Command::Theme(theme)) => styles::theme(common, &theme, console)?,
        Some(Command::Doctor(asked)) => doctor::run(common, &asked, console)?,
        Some(Command::Completions(asked)) => completions::run(&asked, console)?,
        Some(Command::Man) => manual::run(console)?,
    };
    Ok(status.into())
}

/// Help and version are answers; everything else that clap says is a mistake.
fn usage(error: &clap::Error) -> ExitCode {
    let mut console = Console::plain();
    let text = error.render().to_string();
    if error.use_stderr() {
        text.lines().for_each(|line| console.say(line));
        return Status::Usage.into();
    }
    let print = |console: &mut Console| {
        text.lines().try_for_each(|line| console.line(line))?;
        console.flush()
    };
    match print(&mut console) {
        Err(error) if !error.is_closed_pipe() => error.status().into(),
        _ => ExitCode::SUCCESS,
    }
}
