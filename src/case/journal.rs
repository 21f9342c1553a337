//! Writing the journal: one write per entry, so that a process that is killed has written an
//! entry or has not.
//!
//! One thread calls [`Journal::append`], tells that it is there, and brings the bytes to the disk
//! with [`Journal::sync`] before it says that they are safe.

use super::appending::Appending;
use super::chain::{self, Chain, End};
use super::lock::Lock;
use super::{Action, Entry, Finding, JournalError, Seq, files, stamp};
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

pub(super) const FILE: &str = "journal.jsonl";

/// The journal of a workspace, open for writing. Who has it has the workspace's lock.
#[derive(Debug)]
pub struct Journal {
    file: Appending<File>,
    next: Seq,
    head: String,
    _lock: Lock,
}

impl Journal {
    /// Writes the action as the next entry, in one write, without waiting for the disk.
    ///
    /// After an error the action is not in the journal, and may be given again.
    pub fn append(&mut self, action: &Action) -> Result<Arc<Entry>, JournalError> {
        let entry = self.numbered(action, 0);
        let (line, hash) = self.encode(&entry)?;
        self.file.push(&line)?;
        self.next += 1;
        self.head = hash;
        Ok(Arc::new(entry))
    }

    /// The entry that the action will be once `before` others, which wait too, are written; an error
    /// if it can never be written.
    pub fn entry(&self, action: &Action, before: usize) -> Result<Entry, JournalError> {
        let entry = self.numbered(action, before);
        self.encode(&entry)?;
        Ok(entry)
    }

    fn encode(&self, entry: &Entry) -> Result<(Vec<u8>, String), JournalError> {
        let (line, hash) = chain::encode(entry, &self.head)?;
        if line.len() > chain::MAX_LINE {
            return Err(JournalError::TooLong { size: line.len(), limit: chain::MAX_LINE });
        }
        Ok((line, hash))
    }

    fn numbered(&self, action: &Action, before: usize) -> Entry {
        Entry {
            seq: self.next + before as Seq,
            at: stamp::rounded(action.at),
            who: action.who.clone(),
            host: action.host.clone(),
            what: action.what.clone(),
        }
    }

    /// Returns when everything appended is on the disk (fdatasync). After an error nothing is known
    /// of what was appended since the last success; the next call brings that there once more.
    pub fn sync(&mut self) -> io::Result<()> {
        self.file.sync()
    }

    /// Hash of the last entry, in hexadecimal: it stands for the whole journal.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// The number that the next entry will have.
    pub(super) fn next_seq(&self) -> Seq {
        self.next
    }

    /// Goes on after what was read from `path`. What was torn is set aside first, and `chain`'s
    /// finding says where.
    pub(super) fn resume(path: &Path, chain: &mut Chain, lock: Lock) -> io::Result<Self> {
        let mut file = files::private().read(true).append(true).open(path)?;
        match chain.end {
            End::Whole => {}
            End::Unended => {
                file.write_all(b"\n")?;
                chain.good += 1;
            }
            End::Torn(_) => {
                let kept = set_aside(path, &mut file, chain.good)?;
                file.set_len(chain.good)?;
                file.sync_all()?;
                if let Some(torn) = chain.findings.last_mut() {
                    torn.text.push_str("; they are kept in ");
                    torn.text.push_str(&kept);
                }
            }
        }
        let file = Appending::new(file, chain.good);
        Ok(Self { file, next: chain.next, head: chain.head.clone(), _lock: lock })
    }
}

/// Makes an empty journal; an error if there is one.
pub(super) fn create(path: &Path) -> io::Result<()> {
    files::private().write(true).create_new(true).open(path)?.sync_all()
}

/// Opens a file of entries for reading.
pub(super) fn open(path: &Path) -> io::Result<File> {
    files::private().read(true).open(path)
}

/// Reads and checks the journal; one that is missing is a finding.
pub(super) fn read(path: &Path, id: &str) -> io::Result<Chain> {
    match open(path) {
        Ok(file) => Chain::read(BufReader::with_capacity(1 << 18, file), id),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut chain = Chain::read(io::empty(), id)?;
            let text = format!("{FILE} is missing: put it back from a copy of the workspace");
            chain.findings.push(Finding::new(super::FindingKind::Missing, text));
            Ok(chain)
        }
        Err(error) => Err(error),
    }
}

/// Copies what follows the first `good` bytes to a file of its own, whose name is returned.
fn set_aside(path: &Path, file: &mut File, good: u64) -> io::Result<String> {
    for number in 1u32.. {
        let name = format!("journal.torn-{number}");
        let kept = path.with_file_name(&name);
        match files::private().write(true).create_new(true).open(&kept) {
            Ok(mut to) => {
                file.seek(SeekFrom::Start(good))?;
                let copied = io::copy(&mut file.take(chain::MAX_LINE as u64), &mut to);
                if let Err(error) = copied.and_then(|_| to.sync_all()) {
                    fs::remove_file(&kept)?;
                    return Err(error);
                }
                files::sync_folder_of(&kept)?;
                return Ok(name);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
