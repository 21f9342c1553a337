//! The workspace for the screen: opened, or made for the sources; and what is fetched into it.

use super::absolute;
use crate::case::{Info, Opened, Workspaces};
use crate::cli::args::{Common, FetchWindow};
use crate::cli::error::CliError;
use crate::cli::home;
use crate::cli::verify::edges;
use crate::event::{Timestamp, Window};
use crate::source::{self, Means};
use std::io::IsTerminal;

/// The window of what is fetched; `None` if none is given: then that of the workspace holds.
pub(super) fn window(window: &FetchWindow) -> Result<Option<Window>, CliError> {
    let FetchWindow { since, until } = window;
    let (from, to) = edges(since.as_deref(), until.as_deref())?;
    Ok((from.is_some() || to.is_some()).then_some(Window { from, to }))
}

/// Sources that are opened as they are, and those of which the person chooses a part: they may hold
/// much, it was not said of what time, and the workspace does not have them already.
pub(super) fn parted(
    sources: Vec<String>,
    known: &[String],
    window: Option<Window>,
) -> (Vec<String>, Vec<String>) {
    let is_bare = |source: &str| source.ends_with("://");
    let is_wide = |source: &String| {
        source::is_wide(source) && (window.is_none() && !known.contains(source) || is_bare(source))
    };
    let (choose, open) = sources.into_iter().partition(is_wide);
    (open, choose)
}

/// Opens the workspace that was named, or makes one for the sources.
pub(super) fn open_workspace(
    workspaces: &Workspaces,
    sources: &[String],
    name: Option<String>,
    window: Option<Window>,
    (common, is_chosen): (&Common, bool),
) -> Result<(Opened, Vec<String>), CliError> {
    if sources.iter().any(|source| source == "-") && std::io::stdin().is_terminal() {
        return Err(CliError::usage(
            "- reads standard input, which is this terminal; pipe something in, or name a file",
        ));
    }
    let absolute: Vec<String> = sources.iter().map(|source| absolute(source)).collect();
    let exists = name.as_ref().is_some_and(|name| workspaces.dir.join(name).is_dir());
    if let (Some(name), true) = (&name, exists) {
        let mut opened = workspaces.open(name)?;
        let Info { sources: kept, mut settings, .. } = opened.workspace.info().clone();
        let before = settings.clone();
        if let Some(window) = window {
            settings.set_window(window);
        }
        settings.versions |= common.versions;
        let new: Vec<String> =
            absolute.into_iter().filter(|source| !kept.contains(source)).collect();
        check(&new)?;
        let mut all = kept.clone();
        all.extend(new);
        if (all != kept || settings != before) && opened.journal.is_some() {
            opened.workspace.set_info(all.clone(), settings)?;
        }
        if all.is_empty() && !is_chosen {
            let text = format!(
                "the workspace {name} has no sources; name some: trailcase open SOURCE -w {name}"
            );
            return Err(CliError::usage(text));
        }
        return Ok((opened, all));
    }
    if absolute.is_empty() && !is_chosen {
        return Err(CliError::usage("name a file or folder to open, or a workspace with -w"));
    }
    check(&absolute)?;
    let name = name.unwrap_or_else(|| workspaces.suggest_name(Timestamp::now()));
    let window = window.unwrap_or_default();
    Ok((home::made(workspaces, common, &name, absolute.clone(), window)?, absolute))
}

/// Refuses what is not there before a workspace is made of it. What a workspace has already is told
/// on the screen, since its events may be kept.
fn check(new: &[String]) -> Result<(), CliError> {
    for source in new.iter().filter(|source| *source != "-") {
        source::open(source, &Means::default())?;
    }
    Ok(())
}
