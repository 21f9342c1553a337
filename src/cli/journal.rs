//! Entries of a workspace's journal, written without a screen.

use super::error::CliError;
use super::screen::author;
use crate::case::{Action, CaseError, Mode, Opened, Receipt, What, Workspaces};
use crate::event::Timestamp;
use crate::job::Author;
use crate::store::Store;

/// Opens a workspace that this process may write to. One that another process writes is refused,
/// with its holder.
pub(super) fn open(workspaces: &Workspaces, name: &str) -> Result<Opened, CliError> {
    let opened = workspaces.open(name)?;
    if *opened.workspace.mode() == Mode::Writer {
        return Ok(opened);
    }
    let (name, mode) = (name.to_owned(), opened.workspace.mode().to_string());
    Err(CaseError::Busy { name, mode }.into())
}

/// Writes an entry; returns when it is on the disk.
pub(super) fn write(opened: &mut Opened, what: What) -> Result<(), CliError> {
    let Author { who, host } = author();
    opened.write(&Action { at: Timestamp::now(), who, host, what })?;
    Ok(())
}

/// Writes down what evidence was that was read whole, as far as the journal does not say it yet.
pub(super) fn acquire(opened: &mut Opened, store: &Store) -> Result<(), CliError> {
    let state = opened.state();
    let known = state.custody().known(opened.workspace.path());
    let read = store.ledger().acquisitions().into_iter();
    let read = read.map(|(path, sha256, bytes)| Receipt { path: path.to_string(), sha256, bytes });
    let new: Vec<Receipt> = read.filter(|it| !known.contains(&it.key())).collect();
    for what in opened.workspace.keep_receipts(&new)? {
        write(opened, what)?;
    }
    Ok(())
}
