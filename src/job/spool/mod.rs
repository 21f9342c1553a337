//! Copies of what cannot be read again, or only by inflating all that lies before it: a pipe,
//! members deep in an archive, the depths of a large compressed log.
//!
//! A copy is written while its object is loaded, as frames of 1 MiB that can be read each by
//! itself, and lies in the workspace's `cache/`; without a workspace it has no name. The way of
//! writing is described in [`block`]. Names are:
//!
//! - `stdin-ID.part.zst` while standard input is copied, `stdin-ID.zst` once it was whole; `pipe-…`
//!   for other pipes, `grown-…` for files that were followed. Their content is what was acquired.
//!   What no file holds any more of those is found again by the next session ([`with_copies`]).
//! - `deep-SHA256.zst`, by the hash of the outermost object: leaves of it, or what of them lies
//!   deep, one after the other; the labels of leaves are in the file. Until the object is read to
//!   its end it is `deep-PID-ID.part.zst`, of which a session that was killed leaves one behind:
//!   the next removes it.
//!
//! `stdin-ID.stream` and `stdin-ID.part` are copies of an older version: bytes as acquired.

mod block;
mod checking;
mod content;
mod kept;
mod outlived;
mod writing;

pub use checking::{Checked, Standing, check};
use content::{Content, Piece};
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use writing::Writing;

pub(super) use kept::tidy;
pub use kept::{Kept, kept};
pub(super) use outlived::remark;
pub use outlived::with_copies;

/// How names of copies end, and while they are not whole.
const WHOLE: &str = ".zst";
const PART: &str = ".part.zst";

/// What is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Stdin,
    Pipe,
    /// A file that grows, and that may be cut or removed by who writes it.
    Grown,
    /// What lies deep in an object.
    Deep,
}

/// A copy, to be read while it is written and after; cheap to clone.
#[derive(Debug, Clone)]
pub struct Spool {
    content: Arc<Content>,
    /// There while it is written.
    writing: Arc<Mutex<Option<Writing>>>,
    of: Of,
    /// Nothing if it is gone when the program is, however that ends.
    path: Option<PathBuf>,
}

/// The bytes of a leaf that a spool holds: from `from` on, and where the first of them stands
/// there.
#[derive(Debug, Clone)]
pub struct Run {
    pub(super) spool: Spool,
    pub(super) at: u64,
    pub(super) from: u64,
}

impl Spool {
    /// An empty copy in this folder, readable by its owner alone; without a folder it has no
    /// name. `stored` counts what goes to the disk.
    pub(super) fn create(
        folder: Option<&Path>,
        of: Of,
        stored: &Arc<AtomicU64>,
    ) -> io::Result<Self> {
        let unique = RandomState::new().build_hasher().finish();
        let name = format!("{}{:x}-{unique:x}{PART}", of.prefix(), std::process::id());
        let path = folder.map_or_else(std::env::temp_dir, Path::to_owned).join(name);
        let mut options = File::options();
        let file = options.read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        if folder.is_none() {
            std::fs::remove_file(&path)?;
        }
        Self::over(file, of, folder.map(|_| path), stored)
    }

    fn over(
        file: File,
        of: Of,
        path: Option<PathBuf>,
        stored: &Arc<AtomicU64>,
    ) -> io::Result<Self> {
        let content = Arc::new(Content::empty(file));
        let writing = Writing::start(Arc::clone(&content), Arc::clone(stored))?;
        Ok(Self { content, writing: Arc::new(Mutex::new(Some(writing))), of, path })
    }

    /// The copy at this path, as far as it is good.
    pub(super) fn open(path: PathBuf, of: Of) -> io::Result<Self> {
        let content = Arc::new(Content::of_file(File::open(&path)?)?);
        Ok(Self { content, writing: Arc::default(), of, path: Some(path) })
    }

    /// What an earlier session copied of the object with this hash, whose leaves are found with
    /// [`run`](Self::run).
    pub fn of_object(folder: &Path, sha256: &[u8; 32]) -> Option<Self> {
        let spool = Self::open(folder.join(deep_name(sha256)), Of::Deep).ok()?;
        (spool.content.ended == Some(*sha256)).then_some(spool)
    }

    /// Of a copy of an earlier session: the part of the leaf that it holds. The label of the
    /// outermost object itself is empty.
    pub fn run(&self, label: &str) -> Option<Run> {
        let leaf = self.content.leaf(label)?;
        Some(Run { spool: self.clone(), at: leaf.at, from: leaf.from })
    }

    /// Whether an earlier session saw the end of what it copied.
    fn is_whole(&self) -> bool {
        self.content.ended.is_some()
    }

    /// Bytes copied so far.
    pub(super) fn length(&self) -> u64 {
        self.content.length()
    }

    /// Why nothing more is copied.
    pub(super) fn fault(&self) -> Option<Arc<str>> {
        self.content.fault()
    }

    fn writing(&self) -> MutexGuard<'_, Option<Writing>> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to the copy. Never fails: once nothing can be written any more,
    /// [`fault`](Self::fault) says why.
    pub(super) fn add(&self, bytes: &[u8]) {
        if let Some(writing) = &mut *self.writing() {
            writing.add(bytes);
        }
    }

    /// What is added next are bytes of this leaf, from its byte `from` on. `None` once nothing
    /// can be written any more.
    pub(super) fn leaf(&self, label: &str, from: u64) -> Option<Run> {
        let mut writing = self.writing();
        let writing = writing.as_mut().filter(|_| self.fault().is_none())?;
        let at = writing.leaf(label, from);
        Some(Run { spool: self.clone(), at, from })
    }

    /// Of a stream that may go on for days: what was gathered for a second goes to the disk.
    pub(super) fn keep_safe(&self) {
        if let Some(writing) = &mut *self.writing() {
            writing.keep_safe();
        }
    }

    /// Ends the writing. `sha256` is that of the outermost object, if it was read whole: then the
    /// copy is found again in later sessions. Of a stream that was not whole, what came is; of
    /// what lies deep in an object, nothing is.
    pub(super) fn finish(&self, sha256: Option<[u8; 32]>) {
        let Some(writing) = self.writing().take() else { return };
        let whole = writing.finish(sha256);
        let Some(path) = &self.path else { return };
        // Under its old name it counts as cut off, which is said when it is read.
        let _ = match (self.of, sha256) {
            (Of::Deep, Some(sha256)) if whole => {
                std::fs::rename(path, path.with_file_name(deep_name(&sha256)))
            }
            (Of::Deep, _) => std::fs::remove_file(path),
            (Of::Stdin | Of::Pipe | Of::Grown, _) if whole => {
                std::fs::rename(path, whole_name(path))
            }
            (Of::Stdin | Of::Pipe | Of::Grown, _) => Ok(()),
        };
    }

    /// Ends a copy that nobody will need, or lets go of one that was finished. Who reads it still
    /// can.
    pub(super) fn discard(&self) {
        drop(self.writing().take());
        if let Some(path) = &self.path {
            // What stays is in nobody's way.
            let _ = std::fs::remove_file(path).or_else(|_| std::fs::remove_file(whole_name(path)));
        }
    }

    /// The copy from its first byte; several readers do not disturb each other.
    pub(super) fn reader(&self) -> Box<dyn Read + Send> {
        Box::new(FromFront { pieces: Pieces::new(self.clone()), at: 0 })
    }

    /// Passes the stream on and copies what passes.
    pub(super) fn tee(&self, stream: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(Tee { stream, spool: self.clone() })
    }
}

impl Of {
    fn prefix(self) -> &'static str {
        match self {
            Self::Stdin => "stdin-",
            Self::Pipe => "pipe-",
            Self::Grown => "grown-",
            Self::Deep => crate::case::AGAIN,
        }
    }
}

fn deep_name(sha256: &[u8; 32]) -> String {
    format!("{}{}{WHOLE}", Of::Deep.prefix(), crate::case::hex(sha256))
}

/// What a copy is called once it is whole.
fn whole_name(path: &Path) -> PathBuf {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = name.strip_suffix(PART).unwrap_or(name);
    path.with_file_name(format!("{stem}{WHOLE}"))
}

/// Reads here and there in a spool, and keeps the piece that was read last.
#[derive(Debug)]
pub(super) struct Pieces {
    spool: Spool,
    last: Piece,
}

impl Pieces {
    pub(super) fn new(spool: Spool) -> Self {
        Self { spool, last: Piece::default() }
    }

    pub(super) fn is_of(&self, spool: &Spool) -> bool {
        Arc::ptr_eq(&self.spool.content, &spool.content)
    }

    /// Some bytes from this one of the content on; none if there are no more.
    pub(super) fn at(&mut self, position: u64) -> io::Result<&[u8]> {
        if self.last.from(position).is_none() {
            self.last = self.spool.content.piece(position)?.unwrap_or_default();
        }
        Ok(self.last.from(position).unwrap_or_default())
    }
}

struct FromFront {
    pieces: Pieces,
    at: u64,
}

impl Read for FromFront {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.pieces.at(self.at)?;
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

struct Tee {
    stream: Box<dyn Read + Send>,
    spool: Spool,
}

impl Read for Tee {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(buffer);
        if let Ok(count) = read {
            self.spool.add(&buffer[..count]);
        }
        self.spool.keep_safe();
        read
    }
}

#[cfg(test)]
mod tests;
