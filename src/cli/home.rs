//! Where the workspaces are.

use super::args::Common;
use super::error::CliError;
use crate::case::Workspaces;
use std::path::PathBuf;

/// The folder that the person named, else the one in the user's data folder.
pub(super) fn workspaces(common: &Common) -> Result<Workspaces, CliError> {
    folder(common).map(Workspaces::new).ok_or_else(|| {
        CliError::usage(
            "this account has no home folder to keep workspaces in; set HOME, or name a folder \
             with --workspace-dir",
        )
    })
}

pub(super) fn folder(common: &Common) -> Option<PathBuf> {
    let named = common.workspace_dir.clone();
    named.or_else(|| {
        let dirs = directories::ProjectDirs::from("", "", "trailcase")?;
        Some(dirs.data_dir().join("workspaces"))
    })
}
