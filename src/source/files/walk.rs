//! The walk below a folder: in the byte order of whole keys, one folder's entries at a time, with
//! no descriptor held while objects are emitted.

use super::{Files, LEADS_OUTSIDE, reason, vanished};
use crate::event::{Cancel, Reason, ReasonKind, State, Timestamp, label};
use crate::source::{Ending, Item, Listed, Locator, Stamp};
use std::collections::HashSet;
use std::fs::{self, DirEntry, FileType, Metadata};
use std::io;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A directory by device and inode.
type Identity = (u64, u64);

/// One entry of a folder, before it is looked at closely.
struct Entry {
    path: PathBuf,
    /// What the key is sorted by: the name, with `/` behind it if it is a folder.
    name: String,
    kind: What,
}

enum What {
    Folder { linked: bool },
    File,
    Left(State, Reason),
}

/// A folder being listed: its entries still to come, last first.
struct Level {
    prefix: String,
    entries: Vec<Entry>,
    identity: Option<Identity>,
}

struct Walk<'a> {
    files: &'a Files,
    root: &'a Path,
    /// Open levels, outermost first: a link to one of them would be a cycle.
    levels: Vec<Level>,
    /// Folders already listed through a link. Listing each once keeps a web of links from
    /// growing without end.
    linked: HashSet<Identity>,
    emit: &'a mut dyn FnMut(Listed) -> ControlFlow<()>,
}

pub(super) fn walk(
    files: &Files,
    root: &Path,
    cancel: &Cancel,
    emit: &mut dyn FnMut(Listed) -> ControlFlow<()>,
) {
    let mut walk = Walk { files, root, levels: Vec::new(), linked: HashSet::new(), emit };
    let mut flow = walk.enter(&files.path, String::new(), None);
    while flow.is_continue() && !cancel.is_cancelled() {
        let Some(level) = walk.levels.last_mut() else { return };
        let Some(entry) = level.entries.pop() else {
            walk.levels.pop();
            continue;
        };
        let key = format!("{}{}", level.prefix, entry.name);
        flow = walk.entry(entry, key);
    }
}

impl Walk<'_> {
    fn entry(&mut self, entry: Entry, key: String) -> ControlFlow<()> {
        match entry.kind {
            What::Left(state, reason) => self.left(key, state, reason),
            What::Folder { linked } => self.folder(&entry.path, key, linked),
            What::File => match fs::metadata(&entry.path) {
                Ok(metadata) => self.file(entry.path, &key, &metadata),
                Err(error) => self.left(key, State::Failed, vanished(&error)),
            },
        }
    }

    fn file(&mut self, path: PathBuf, key: &str, metadata: &Metadata) -> ControlFlow<()> {
        let stamp = Stamp::of(metadata);
        let name: Arc<str> = self.files.join(key).into();
        (self.emit)(Listed::Item(Item {
            key: Ending::of(&name, key),
            path: name,
            bytes: Some(stamp.size),
            modified: Some(Timestamp(stamp.modified_nanos)),
            locator: Locator::File { path: path.into(), stamp },
        }))
    }

    fn folder(&mut self, path: &Path, key: String, linked: bool) -> ControlFlow<()> {
        let identity = match fs::metadata(path) {
            Ok(metadata) => (metadata.dev(), metadata.ino()),
            Err(error) => return self.left(key, State::Failed, vanished(&error)),
        };
        if linked {
            let above = self.levels.iter().any(|level| level.identity == Some(identity));
            if above || !self.linked.insert(identity) {
                let detail = "a link to a folder that is listed already";
                let reason = Reason::new(ReasonKind::Symlink, detail);
                return self.left(key, State::Skipped, reason);
            }
        }
        self.enter(path, key, Some(identity))
    }

    /// Reads a folder's entries and closes it again.
    fn enter(
        &mut self,
        path: &Path,
        prefix: String,
        identity: Option<Identity>,
    ) -> ControlFlow<()> {
        let identity = identity
            .or_else(|| fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino())));
        let listing = match fs::read_dir(path) {
            Ok(listing) => listing,
            Err(error) => {
                let reason = if prefix.is_empty() { reason(&error) } else { vanished(&error) };
                return self.left(prefix, State::Failed, reason);
            }
        };
        let mut entries = Vec::new();
        let mut broken = None;
        for entry in listing {
            match entry {
                Ok(entry) => entries.push(self.look(&entry)),
                Err(error) => {
                    broken = Some(error);
                    break;
                }
            }
        }
        // Last first, so that the next is popped off the end.
        entries.sort_unstable_by(|a, b| b.name.cmp(&a.name));
        self.levels.push(Level { prefix: prefix.clone(), entries, identity });
        match broken {
            Some(error) => {
                let detail = format!("the folder could not be listed to its end: {error}");
                self.left(prefix, State::Failed, Reason::new(ReasonKind::Io, detail))
            }
            None => ControlFlow::Continue(()),
        }
    }

    fn look(&self, entry: &DirEntry) -> Entry {
        let path = entry.path();
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => self.link(&path),
            Ok(kind) => what(kind, false),
            Err(error) => What::Left(State::Failed, vanished(&error)),
        };
        let mut name = label(entry.file_name().as_bytes());
        if let What::Folder { .. } = kind {
            name.push('/');
        }
        Entry { path, name, kind }
    }

    /// Where a link leads, if that is inside the root.
    fn link(&self, path: &Path) -> What {
        let skipped = |detail: &str| {
            What::Left(State::Skipped, Reason::new(ReasonKind::Symlink, detail.to_owned()))
        };
        match fs::canonicalize(path) {
            Ok(real) if !real.starts_with(self.root) => skipped(LEADS_OUTSIDE),
            Ok(real) => match fs::metadata(&real) {
                Ok(metadata) => what(metadata.file_type(), true),
                Err(error) => What::Left(State::Failed, vanished(&error)),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                skipped("a link that leads nowhere")
            }
            Err(error) => skipped(&format!("a link that cannot be followed: {error}")),
        }
    }

    fn left(&mut self, key: String, state: State, reason: Reason) -> ControlFlow<()> {
        let path = if key.is_empty() { self.files.name.clone() } else { self.files.join(&key) };
        (self.emit)(Listed::Left { path, key, bytes: None, state, reason })
    }
}

fn what(kind: FileType, linked: bool) -> What {
    if kind.is_dir() {
        What::Folder { linked }
    } else if kind.is_file() {
        What::File
    } else {
        let detail = "a pipe, socket or device; only files and folders are read below a folder";
        What::Left(State::Skipped, Reason::new(ReasonKind::Special, detail))
    }
}
