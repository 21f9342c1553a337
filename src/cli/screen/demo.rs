//! The screen over the made-up incident, in a folder that is gone afterwards.

use super::{Stage, show};
use crate::case::{Settings, Workspaces};
use crate::cli::args::Common;
use crate::cli::console::Console;
use crate::cli::demo;
use crate::cli::error::CliError;
use crate::event::Timestamp;
use crate::job::public_keys::KeyFile;
use crate::ui::settings::Problem;
use crate::ui::terminal::Capability;
use std::path::PathBuf;
use std::process::ExitCode;

/// The made-up incident, in a workspace that is gone afterwards.
pub(super) fn run(
    common: &Common,
    capability: Capability,
    problems: Vec<Problem>,
) -> Result<ExitCode, CliError> {
    let folder = demo_folder().map_err(|error| nowhere(&error))?;
    let evidence = folder.join("evidence");
    Console::new(common).say("making up an incident; the screen opens in a second");
    let done = std::fs::create_dir(&evidence)
        .and_then(|()| demo::write(&evidence, &demo::Size::DEMO))
        .map_err(|error| nowhere(&error))
        .and_then(|_| {
            let from = std::env::current_dir().unwrap_or_default();
            // Seen from its folder the evidence has a short name, the same each time.
            std::env::set_current_dir(&folder).map_err(|error| nowhere(&error))?;
            let sources = vec!["evidence".to_owned()];
            let workspaces = Workspaces::new(folder.join("workspaces"));
            let now = Timestamp::now();
            let opened = workspaces.create("demo", sources.clone(), Settings::default(), now)?;
            // In earnest somebody names them; here nobody would know where they are.
            let keys = KeyFile::read(&evidence.join(demo::PUBLIC_KEYS));
            let keys = keys.map_err(|error| CliError::usage(error.to_string()))?;
            keys.keep(&opened.workspace)?;
            let (facts, temporary) =
                (vec![keys.fact(format!("evidence/{}", demo::PUBLIC_KEYS))], Some(folder.clone()));
            let stage = Stage::enter(capability, problems)?;
            show(common, opened, &sources, Stage { from, facts, temporary, ..stage })
        });
    let left = std::env::set_current_dir(std::env::temp_dir());
    let removed = left.and_then(|()| std::fs::remove_dir_all(&folder));
    let code = done?;
    removed.map_err(|error| nowhere(&error))?;
    Ok(code)
}

/// The demo has no room.
fn nowhere(error: &std::io::Error) -> CliError {
    let base = std::env::temp_dir();
    CliError::usage(format!(
        "{}: {error}; the demo is written there: name another folder with TMPDIR",
        base.display()
    ))
}

/// A new folder that only its owner can read.
fn demo_folder() -> std::io::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let base = std::env::temp_dir();
    let mut last = std::io::Error::other("no free name");
    for number in 0..1000u32 {
        let path = base.join(format!("trailcase-demo-{}-{number}", std::process::id()));
        match std::fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            Err(error) => last = error,
        }
    }
    Err(last)
}
