//! The folder of all workspaces: listing, making and opening them.

use super::lock::Lock;
use super::parcel::EVIDENCE;
use super::workspace::{self, FORMAT};
use super::{
    Action, CaseError, CaseState, DiskUse, Entry, Finding, Holder, Info, Journal, Mode, Settings,
    Strand,
};
use super::{Workspace, chain, chains, files, hex, journal, removal, stamp, unsaved};
use crate::event::Timestamp;
use rustix::rand::{GetRandomFlags, getrandom};
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

pub(super) const LOCK: &str = "lock";

/// The folder that holds a folder for each workspace.
#[derive(Debug, Clone)]
pub struct Workspaces {
    pub dir: PathBuf,
}

/// A workspace as opened, with everything its journal says.
#[derive(Debug)]
pub struct Opened {
    pub workspace: Workspace,
    /// There if the mode is [`Mode::Writer`]. Who has it has the lock.
    pub journal: Option<Journal>,
    /// The workspace's own chain, as far as it could be read.
    pub own: Strand,
    /// Colleagues' chains that were imported, in the order of their files.
    pub others: Vec<Strand>,
    /// What is wrong, to be told.
    pub findings: Vec<Finding>,
}

impl Opened {
    /// What all chains add up to.
    pub fn state(&self) -> CaseState {
        CaseState::of(std::iter::once(&self.own).chain(&self.others))
    }

    /// Writes an entry and returns when it is on the disk. The chains read before stay as they
    /// were.
    pub fn write(&mut self, action: &Action) -> Result<Arc<Entry>, CaseError> {
        let name = self.workspace.info().name.clone();
        let Some(journal) = &mut self.journal else {
            return Err(CaseError::Busy { name, mode: self.workspace.mode().to_string() });
        };
        let written = journal.append(action).and_then(|entry| {
            journal.sync()?;
            Ok(entry)
        });
        written.map_err(CaseError::journal(&name))
    }
}

/// One line of the list of workspaces. What could not be read is absent, and `problem` says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub name: String,
    pub path: PathBuf,
    pub created: Option<Timestamp>,
    /// When the journal was last written to.
    pub changed: Option<Timestamp>,
    pub sources: Vec<String>,
    /// Lines of the journal, unchecked.
    pub entries: u64,
    /// First 12 digits of the hash of the last entry; absent if there is none.
    pub head: Option<String>,
    pub holder: Option<Holder>,
    /// Whether it is under legal hold.
    pub hold: bool,
    pub disk: DiskUse,
    pub problem: Option<String>,
}

impl Workspaces {
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Every workspace, by name, without checking journals. No folder is no workspaces.
    pub fn list(&self) -> Result<Vec<Summary>, CaseError> {
        let listing = match fs::read_dir(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            listing => listing.map_err(CaseError::at(&self.dir))?,
        };
        let mut all = Vec::new();
        for found in listing {
            let found = found.map_err(CaseError::at(&self.dir))?;
            match found.file_name().into_string() {
                Ok(name) if is_name(&name) && found.path().is_dir() => {
                    all.push(summary(name, found.path()));
                }
                _ => {}
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    /// A name that is free: `case-2026-03-04`, or that with a number.
    pub fn suggest_name(&self, now: Timestamp) -> String {
        let date = now.to_rfc3339(0);
        let name = format!("case-{}", date.get(..10).unwrap_or(&date));
        let numbered = (2u32..).map(|number| format!("{name}-{number}"));
        let free = |name: &String| self.dir.join(name).symlink_metadata().is_err();
        std::iter::once(name.clone()).chain(numbered).find(free).unwrap_or(name)
    }

    /// Makes a workspace and opens it. `sources` are absolute paths or URLs.
    pub fn create(
        &self,
        name: &str,
        sources: Vec<String>,
        settings: Settings,
        now: Timestamp,
    ) -> Result<Opened, CaseError> {
        let path = self.path_of(name)?;
        files::make_folder(&self.dir).map_err(CaseError::at(&self.dir))?;
        if path.symlink_metadata().is_ok() {
            return Err(CaseError::Exists(name.to_owned()));
        }
        let id = random_id()?;
        // Under a name that no workspace can have until it is complete: one that is cut off here
        // must not keep its name from the next.
        let unfinished = self.dir.join(format!(".new-{id}"));
        files::make_new_folder(&unfinished).map_err(CaseError::at(&unfinished))?;
        let info = Info {
            format: FORMAT,
            id,
            name: name.to_owned(),
            created: stamp::rounded(now),
            sources,
            settings,
            other: serde_json::Map::new(),
        };
        let journal = unfinished.join(journal::FILE);
        journal::create(&journal).map_err(CaseError::at(&journal))?;
        workspace::write(&unfinished.join(workspace::FILE), &info)?;
        // What another process has made meanwhile is not empty and stays.
        fs::rename(&unfinished, &path).map_err(CaseError::at(&path))?;
        files::sync_folder_of(&path).map_err(CaseError::at(&self.dir))?;
        self.open(name)
    }

    /// What a workspace says of itself, without opening it.
    pub fn info(&self, name: &str) -> Result<Info, CaseError> {
        workspace::read(&self.existing(name)?)
    }

    /// The folder of a workspace that is there.
    pub(super) fn existing(&self, name: &str) -> Result<PathBuf, CaseError> {
        let path = self.path_of(name)?;
        match fs::metadata(&path) {
            Ok(about) if about.is_dir() => Ok(path),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(CaseError::at(&path)(error))
            }
            _ => {
                let dir = self.dir.clone();
                Err(CaseError::NoWorkspace { name: name.to_owned(), dir })
            }
        }
    }

    /// Where a workspace keeps copies of what cannot be read again, if it has any.
    pub fn cache(&self, name: &str) -> Result<PathBuf, CaseError> {
        Ok(self.path_of(name)?.join(workspace::CACHE))
    }

    /// Where a workspace keeps what was fetched from elsewhere, if anything was.
    pub fn evidence(&self, name: &str) -> Result<PathBuf, CaseError> {
        Ok(self.path_of(name)?.join(EVIDENCE))
    }

    /// The public keys that a workspace's analysts believe.
    pub fn public_keys(&self, name: &str) -> Result<PathBuf, CaseError> {
        Ok(self.path_of(name)?.join(workspace::PUBLIC_KEYS))
    }

    /// Where a workspace keeps events as they were read, if it does.
    pub fn segments(&self, name: &str) -> Result<PathBuf, CaseError> {
        Ok(self.path_of(name)?.join(workspace::SEGMENTS))
    }

    /// Opens a workspace: for writing, if nobody else writes to it and its journal is sound, else
    /// for reading, and the mode says why.
    pub fn open(&self, name: &str) -> Result<Opened, CaseError> {
        let info = self.info(name)?;
        let path = self.path_of(name)?;
        let lock = Lock::take(&path.join(LOCK));
        let file = path.join(journal::FILE);
        let mut chain = journal::read(&file, &info.id).map_err(CaseError::at(&file))?;
        let refused = |error: &io::Error| Mode::NotWritable(error.to_string());
        let (mode, journal) = match lock {
            _ if chain.is_damaged() => (Mode::Damaged, None),
            Err(error) => (refused(&error), None),
            Ok(Err(holder)) => (Mode::Held(holder), None),
            Ok(Ok(lock)) => match resume(&path, &info.id, &mut chain, lock) {
                Ok(journal) => (Mode::Writer, Some(journal)),
                Err(error) => (refused(&error), None),
            },
        };
        if matches!(mode, Mode::Held(_)) {
            // What looks torn is what the other process is just writing.
            chain.findings.clear();
        }
        let mut findings = std::mem::take(&mut chain.findings);
        let mut others = Vec::new();
        for kept in chains::read(&path)? {
            findings.extend(kept.chain.findings.iter().cloned());
            others.push(kept.chain.into_strand());
        }
        let own = chain.into_strand();
        Ok(Opened { workspace: Workspace::new(path, info, mode), journal, own, others, findings })
    }

    /// The folder of the workspace of this name, whether it is there or not.
    pub fn path_of(&self, name: &str) -> Result<PathBuf, CaseError> {
        if is_name(name) { Ok(self.dir.join(name)) } else { Err(CaseError::Name(name.to_owned())) }
    }
}

/// Goes on with the journal, and with what an earlier session could not write into it.
fn resume(folder: &Path, id: &str, chain: &mut chain::Chain, lock: Lock) -> io::Result<Journal> {
    let file = folder.join(journal::FILE);
    let mut journal = Journal::resume(&file, chain, lock)?;
    if let Some(finding) = unsaved::take_up(folder, &mut journal, &chain.entries)? {
        let mut findings = std::mem::take(&mut chain.findings);
        *chain = journal::read(&file, id)?;
        findings.push(finding);
        chain.findings.splice(0..0, findings);
    }
    Ok(journal)
}

pub(super) fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=64).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(allowed)
}

/// From the system itself: a host may have no `/dev`.
pub(super) fn random_id() -> Result<String, CaseError> {
    let mut bytes = [0; 16];
    // 256 bytes and less come whole (getrandom(2)).
    getrandom(&mut bytes, GetRandomFlags::empty())
        .map_err(|error| CaseError::at(Path::new("random numbers"))(error.into()))?;
    Ok(hex(&bytes))
}

fn summary(name: String, path: PathBuf) -> Summary {
    let info = workspace::read(&path);
    let tail = tail(&path.join(journal::FILE));
    let problem = match (&info, &tail) {
        (Err(error), _) => Some(error.to_string()),
        (_, Err(error)) => Some(format!("{}: {error}", journal::FILE)),
        _ => None,
    };
    let info = info.ok();
    let (changed, entries, head) = tail.unwrap_or_default();
    Summary {
        name,
        created: info.as_ref().map(|info| info.created),
        changed,
        sources: info.map(|info| info.sources).unwrap_or_default(),
        entries,
        head,
        holder: Lock::holder(&path.join(LOCK)),
        hold: removal::is_held(&path),
        disk: DiskUse::of(&path),
        problem,
        path,
    }
}

/// When the journal last changed, how many lines it has, and the beginning of its last hash.
fn tail(path: &Path) -> io::Result<(Option<Timestamp>, u64, Option<String>)> {
    const LAST: u64 = 128;
    let mut file = files::private().read(true).open(path)?;
    let about = file.metadata()?;
    let changed = about.modified()?.duration_since(UNIX_EPOCH).ok();
    let changed = changed.and_then(|since| i64::try_from(since.as_nanos()).ok()).map(Timestamp);
    let mut lines = 0;
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            read => lines += memchr::memchr_iter(b'\n', &piece[..read]).count() as u64,
        }
    }
    let mut last = Vec::new();
    file.seek(SeekFrom::Start(about.len().saturating_sub(LAST)))?;
    file.take(LAST).read_to_end(&mut last)?;
    let head = last.strip_suffix(b"\n").and_then(chain::split).map(|(_, hash)| hash);
    Ok((changed, lines, head.and_then(|hash| hash.get(..12)).map(str::to_owned)))
}

#[cfg(test)]
mod tests;
