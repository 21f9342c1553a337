//! Deleting a workspace, so that nothing that looks like one is left half: it is renamed first, to
//! a name that no list shows, and then removed.

use super::import::HIDDEN;
use super::lock::Lock;
use super::workspaces::{LOCK, random_id};
use super::{CaseError, CaseState, DiskUse, Workspaces, chains, journal, workspace};
use std::fs;
use std::io::{self, Read};
use std::path::Path;

impl Workspaces {
    /// Deletes a workspace, and says what it took up. Refused while somebody writes to it and under
    /// legal hold. Evidence outside its folder is not touched.
    pub fn delete(&self, name: &str) -> Result<DiskUse, CaseError> {
        let path = self.existing(name)?;
        let lock = Lock::take(&path.join(LOCK)).map_err(CaseError::at(&path))?;
        let _lock = lock.map_err(|holder| {
            let mode = format!("{holder} writes to it");
            CaseError::Busy { name: name.to_owned(), mode }
        })?;
        if let Some(hold) = state(&path)?.hold() {
            let (name, reason, who) = (name.to_owned(), hold.reason, hold.who);
            return Err(CaseError::Hold { name, reason, who });
        }
        let used = DiskUse::of(&path);
        let hidden = self.dir.join(format!("{HIDDEN}{}", random_id()?));
        fs::rename(&path, &hidden).map_err(CaseError::at(&path))?;
        super::files::sync_folder_of(&path).map_err(CaseError::at(&self.dir))?;
        fs::remove_dir_all(&hidden).map_err(CaseError::at(&hidden))?;
        self.sweep();
        Ok(used)
    }

    /// Removes what an import or a deletion left that was killed.
    pub(super) fn sweep(&self) {
        let Ok(listing) = fs::read_dir(&self.dir) else { return };
        for found in listing.flatten() {
            let name = found.file_name();
            if !name.to_str().is_some_and(|name| name.starts_with(HIDDEN)) {
                continue;
            }
            // Who is still at it has the lock. What cannot be removed is tried again next time.
            if let Ok(Ok(_lock)) = Lock::take(&found.path().join(LOCK)) {
                let _ = fs::remove_dir_all(found.path());
            }
        }
    }
}

/// Whether a workspace is under legal hold, as far as its journals can be read. Costs a look at
/// their bytes, unless one speaks of a hold.
pub(super) fn is_held(folder: &Path) -> bool {
    let chains = fs::read_dir(folder.join(chains::FOLDER)).into_iter().flatten().flatten();
    let mut journals = chains.map(|found| found.path()).collect::<Vec<_>>();
    journals.push(folder.join(journal::FILE));
    journals.iter().any(|path| speaks_of_hold(path).unwrap_or(true))
        && state(folder).is_ok_and(|state| state.hold().is_some())
}

fn speaks_of_hold(path: &Path) -> io::Result<bool> {
    const WORD: &[u8] = b"\"what\":\"hold\"";
    let mut file = journal::open(path)?;
    let (mut piece, mut kept) = (vec![0; 1 << 16], 0);
    loop {
        let read = file.read(&mut piece[kept..])?;
        if read == 0 {
            return Ok(false);
        }
        let end = kept + read;
        if memchr::memmem::find(&piece[..end], WORD).is_some() {
            return Ok(true);
        }
        // The word may go on in the next piece.
        kept = end.min(WORD.len() - 1);
        piece.copy_within(end - kept..end, 0);
    }
}

/// What the journals say, as far as they can be read: a damaged one may still hold.
fn state(folder: &Path) -> Result<CaseState, CaseError> {
    let id = workspace::read(folder).map(|info| info.id).unwrap_or_default();
    let path = folder.join(journal::FILE);
    let mut strands = vec![journal::read(&path, &id).map_err(CaseError::at(&path))?.into_strand()];
    match chains::read(folder) {
        Err(CaseError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
        kept => strands.extend(kept?.into_iter().map(|kept| kept.chain.into_strand())),
    }
    Ok(CaseState::of(&strands))
}
