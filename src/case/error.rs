//! What can go wrong with a workspace, named so that a person knows what to do.

use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    #[error(
        "{0:?} cannot name a workspace: use 1 to 64 letters, digits, '.', '_' or '-', not starting with '.'"
    )]
    Name(String),
    #[error("a workspace {0} exists already: open it, or choose another name")]
    Exists(String),
    #[error("there is no workspace {name} in {}", dir.display())]
    NoWorkspace { name: String, dir: PathBuf },
    #[error("{}: {detail}", path.display())]
    Info { path: PathBuf, detail: String },
    #[error(
        "{}: made by a newer trailcase (format {found}, this one knows {known}): open it with that one",
        path.display()
    )]
    Newer { path: PathBuf, found: u32, known: u32 },
    #[error("{}: {detail}: nothing was imported", path.display())]
    NotExport { path: PathBuf, detail: String },
    #[error("{}: {detail}: it was changed since it was exported, and nothing was imported", path.display())]
    Altered { path: PathBuf, detail: String },
    #[error("{}: {source}; nothing was written", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("the workspace {name} cannot be changed now ({mode})")]
    Busy { name: String, mode: String },
    #[error(
        "the workspace {name} is under legal hold ({reason}, by {who}): `trailcase workspace release {name} --reason TEXT` ends it"
    )]
    Hold { name: String, reason: String, who: String },
    #[error("{0}")]
    Refused(String),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl CaseError {
    /// For `map_err`: the journal of this workspace could not be written.
    pub(super) fn journal(name: &str) -> impl FnOnce(JournalError) -> Self {
        let name = name.to_owned();
        move |error| Self::Busy { name, mode: error.to_string() }
    }

    /// For `map_err`: the error, with the file it is about.
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// Why an action was not written. Nothing of it is in the journal; the same action may be given
/// again.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("the journal could not be written: {0}")]
    Io(#[from] io::Error),
    #[error(
        "the journal was changed by another program (expected {expected} bytes, found {found}): nothing is written to it; open the workspace again"
    )]
    Changed { expected: u64, found: u64 },
    #[error("an entry of {size} bytes is too long (at most {limit}): mark fewer records at once")]
    TooLong { size: usize, limit: usize },
    #[error("the entry cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}
