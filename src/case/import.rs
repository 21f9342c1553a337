//! Taking in a workspace that came as a file: as one of its own, or as a colleague's chain beside
//! ours if it is a copy of a case that is here.

use super::chain::Chain;
use super::lock::Lock;
use super::workspaces::LOCK;
use super::workspaces::random_id;
use super::{
    Action, CaseError, Finding, Info, Mode, What, Workspaces, chains, files, journal, parcel,
    workspace,
};
use crate::event::{Timestamp, label, unlabel};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// How the name of a folder begins that is not a workspace yet, or no more.
pub(super) const HIDDEN: &str = ".trailcase-";

/// Where what is imported goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// To the workspace that it is a copy of, if there is one, else to a new one.
    Auto,
    /// To a new workspace of this name.
    New(&'a str),
    /// Beside the chain of this workspace.
    Into(&'a str),
}

/// Who imports, and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    pub who: &'a str,
    pub host: &'a str,
    pub at: Timestamp,
}

/// What was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    pub workspace: String,
    /// Whether it is a workspace of its own.
    pub is_new: bool,
    /// Entries of the chain it came with, and the hash of the last.
    pub entries: usize,
    pub head: String,
    /// Chains that were not here before.
    pub chains: usize,
    /// Sources of the case it came from; where evidence came along, where that is now.
    pub sources: Vec<String>,
    /// SHA-256 of the files of public keys that came with it. A workspace of its own believes them;
    /// one that was there does not take them.
    pub keys: Vec<String>,
    /// What is wrong with the journal.
    pub findings: Vec<Finding>,
}

/// A file unpacked beside the workspaces; gone when dropped, unless it became one.
struct Staging {
    path: PathBuf,
    _lock: Lock,
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next import or deletion.
        let _ = fs::remove_dir_all(&self.path);
    }
}

impl Workspaces {
    /// Takes in the file. After an error nothing has changed.
    pub fn import(
        &self,
        file: &Path,
        target: Target<'_>,
        by: By<'_>,
    ) -> Result<Imported, CaseError> {
        self.sweep();
        files::make_folder(&self.dir).map_err(CaseError::at(&self.dir))?;
        let staging = self.staging()?;
        // The lock is no member.
        let inside = staging.path.join("parcel");
        files::make_new_folder(&inside).map_err(CaseError::at(&inside))?;
        parcel::unpacking::unpack(file, &inside)?;
        let strange = |detail: &str| CaseError::NotExport {
            path: file.to_owned(),
            detail: detail.to_owned(),
        };
        if !inside.join(workspace::FILE).exists() || !inside.join(journal::FILE).exists() {
            return Err(strange("is no export of a workspace"));
        }
        let info = workspace::read(&inside)?;
        if !chains::is_id(&info.id) {
            return Err(strange("states an id that no workspace has"));
        }
        let own = chains::read_one(&inside.join(journal::FILE), &info.id)?;
        let keys = keys(&inside.join(workspace::PUBLIC_KEYS))?;
        let keys = keys.ok_or_else(|| strange("has public keys under the name of others"))?;
        let imported = match target {
            Target::New(name) => self.settle(&inside, info, own, name),
            Target::Into(name) => self.join(&inside, &info, own, name, by),
            Target::Auto => {
                let copies: Vec<String> = self.copies_of(&info.id)?;
                match copies.as_slice() {
                    [] => {
                        let name = info.name.clone();
                        self.settle(&inside, info, own, &name)
                    }
                    [name] => self.join(&inside, &info, own, name, by),
                    several => Err(CaseError::Refused(format!(
                        "there are several workspaces of this case ({}): choose one with --into, or \
                         a new name with --name",
                        several.join(", ")
                    ))),
                }
            }
        };
        imported.map(|imported| Imported { keys, ..imported })
    }

    fn staging(&self) -> Result<Staging, CaseError> {
        let path = self.dir.join(format!("{HIDDEN}{}", random_id()?));
        files::make_new_folder(&path).map_err(CaseError::at(&path))?;
        match Lock::take(&path.join(LOCK)).map_err(CaseError::at(&path))? {
            Ok(lock) => Ok(Staging { path, _lock: lock }),
            Err(holder) => {
                let (name, mode) = (path.display().to_string(), holder.to_string());
                Err(CaseError::Busy { name, mode })
            }
        }
    }

    /// The workspaces with this id.
    fn copies_of(&self, id: &str) -> Result<Vec<String>, CaseError> {
        let all = self.list()?.into_iter().map(|summary| summary.name);
        Ok(all.filter(|name| self.info(name).is_ok_and(|info| info.id == id)).collect())
    }

    /// Makes it a workspace of its own.
    fn settle(
        &self,
        inside: &Path,
        info: Info,
        own: Chain,
        name: &str,
    ) -> Result<Imported, CaseError> {
        let path = self.path_of(name)?;
        if path.symlink_metadata().is_ok() {
            return Err(CaseError::Refused(format!(
                "a workspace {name} exists already, and is another case: choose a name with --name"
            )));
        }
        let (from, to) = (workspace::FILE, inside.join(workspace::FILE));
        let sources = info.sources.iter().map(|source| here(source, inside, &path)).collect();
        let info = Info { name: name.to_owned(), sources, ..info };
        workspace::write(&to, &info)?;
        for folder in folders(inside)? {
            files::sync_folder_of(&folder.join(from)).map_err(CaseError::at(&folder))?;
        }
        super::export::place(inside, &path).map_err(CaseError::at(&path))?;
        let chains = 1 + chains::read(&path)?.len();
        let findings = own.findings.clone();
        let (entries, head) = (own.entries.len(), own.head);
        let (workspace, sources) = (name.to_owned(), info.sources);
        let keys = Vec::new();
        Ok(Imported { workspace, is_new: true, entries, head, chains, sources, keys, findings })
    }

    /// Puts its chains beside those of a workspace.
    fn join(
        &self,
        inside: &Path,
        info: &Info,
        own: Chain,
        name: &str,
        by: By<'_>,
    ) -> Result<Imported, CaseError> {
        let mut opened = self.open(name)?;
        if *opened.workspace.mode() != Mode::Writer {
            let (name, mode) = (name.to_owned(), opened.workspace.mode().to_string());
            return Err(CaseError::Busy { name, mode });
        }
        let folder = &opened.workspace.path().to_owned();
        let (entries, head, findings) = (own.entries.len(), own.head.clone(), own.findings.clone());
        let mut coming = vec![(inside.join(journal::FILE), info.id.clone(), own)];
        for kept in chains::read(inside)? {
            let file = kept.path.file_name().and_then(OsStr::to_str);
            let id = file.and_then(chains::id_of).unwrap_or_default().to_owned();
            coming.push((kept.path, id, kept.chain));
        }
        if let Some(finding) = coming
            .iter()
            .flat_map(|(_, _, chain)| &chain.findings)
            .find(|finding| finding.kind.is_damage())
        {
            return Err(CaseError::Refused(format!(
                "its journal is damaged ({finding}), so it cannot stand beside yours: import it as a \
                 workspace of its own with --name"
            )));
        }
        let mut added = 0;
        for (path, id, chain) in coming {
            let kept = chains::read(folder)?;
            let known = |strand: &[String]| strand.contains(&chain.head);
            if chain.entries.is_empty()
                || known(&opened.own.hashes)
                || kept.iter().any(|kept| known(&kept.chain.hashes))
            {
                continue;
            }
            chains::put(folder, &path, &chain, &id)?;
            let what =
                What::ChainAdd { head: chain.head.clone(), entries: chain.entries.len() as u64 };
            let (who, host) = (by.who.to_owned(), by.host.to_owned());
            opened.write(&Action { at: by.at, who, host, what })?;
            // What it goes on from is in it.
            for old in kept.iter().filter(|kept| chain.hashes.contains(&kept.chain.head)) {
                fs::remove_file(&old.path).map_err(CaseError::at(&old.path))?;
            }
            added += 1;
        }
        let ours = &opened.workspace.info().sources;
        let sources = info.sources.iter().filter(|source| !ours.contains(source));
        Ok(Imported {
            workspace: name.to_owned(),
            is_new: false,
            entries,
            head,
            chains: added,
            sources: sources.cloned().collect(),
            keys: Vec::new(),
            findings,
        })
    }
}

/// Where a source is now: below the workspace if its evidence came along.
fn here(source: &str, inside: &Path, path: &Path) -> String {
    if source == "-" || source.contains("://") {
        return source.to_owned();
    }
    let member = parcel::member_of(&unlabel(source));
    let member = Path::new(OsStr::from_bytes(&member));
    if member != Path::new(parcel::EVIDENCE) && inside.join(member).exists() {
        let there = std::path::absolute(path.join(member)).unwrap_or_else(|_| path.join(member));
        return label(there.as_os_str().as_bytes());
    }
    source.to_owned()
}

/// The hashes of files of public keys, which are their names; nothing if one is of another content.
fn keys(folder: &Path) -> Result<Option<Vec<String>>, CaseError> {
    let mut hashes = Vec::new();
    for name in super::export::names(folder)? {
        let path = folder.join(&name);
        let hash = super::sha256_hex(&fs::read(&path).map_err(CaseError::at(&path))?);
        if workspace::key_file(&hash) != name {
            return Ok(None);
        }
        hashes.push(hash);
    }
    Ok(Some(hashes))
}

/// A folder and all below it.
fn folders(root: &Path) -> Result<Vec<PathBuf>, CaseError> {
    let mut all = vec![root.to_owned()];
    let mut at = 0;
    while let Some(folder) = all.get(at).cloned() {
        for found in fs::read_dir(&folder).map_err(CaseError::at(&folder))? {
            let found = found.map_err(CaseError::at(&folder))?;
            if found.file_type().is_ok_and(|kind| kind.is_dir()) {
                all.push(found.path());
            }
        }
        at += 1;
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
