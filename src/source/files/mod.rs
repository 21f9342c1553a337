//! A file or a folder on the local disk. Listing holds no descriptors open, and opening never
//! leaves the folder that was named.

mod walk;

use super::pipe::Pipe;
use super::{Ending, Input, Item, Listed, Locator, Source, SourceError, Stamp, scheme};
use crate::event::{Cancel, Reason, ReasonKind, Timestamp, label, unlabel};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a link whose end is not below what was named is left.
pub const LEADS_OUTSIDE: &str = "a link that leads outside";

/// The files below an argument, or the one file that it names.
#[derive(Debug)]
pub struct Files {
    /// The label of the path, for people and output.
    name: String,
    path: PathBuf,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// The real path of the folder: what links may not lead out of.
    Folder(PathBuf),
    File,
    Pipe,
}

impl Files {
    /// Looks at what the argument, a label, names without reading it. A pipe or character device, such as
    /// `/dev/stdin`, is an object that can be read once.
    pub fn new(argument: &str) -> Result<Self, SourceError> {
        if argument.is_empty() {
            return Err(SourceError::Empty);
        }
        let path = path_of(argument);
        let metadata = fs::metadata(&path).map_err(|error| refusal(argument, &error))?;
        let kind = metadata.file_type();
        let kind = if kind.is_dir() {
            Kind::Folder(fs::canonicalize(&path).map_err(|error| refusal(argument, &error))?)
        } else if kind.is_file() {
            Kind::File
        } else if kind.is_fifo() || kind.is_char_device() {
            Kind::Pipe
        } else {
            let kind = if kind.is_socket() { "socket" } else { "block device" };
            return Err(SourceError::Kind { argument: argument.to_owned(), kind });
        };
        Ok(Self { name: argument.to_owned(), path, kind })
    }

    /// The file at this path under another name: a copy of what was named so.
    pub fn copy(name: &str, path: PathBuf) -> Self {
        Self { name: name.to_owned(), path, kind: Kind::File }
    }

    /// The source's name joined with a key.
    fn join(&self, key: &str) -> String {
        let slash = if self.name.ends_with('/') { "" } else { "/" };
        format!("{}{slash}{key}", self.name)
    }

    /// A file argument's key: its own name.
    fn own_name(&self) -> String {
        let name = self.path.file_name();
        name.map_or_else(|| self.name.clone(), |name| label(name.as_bytes()))
    }

    fn open_file(&self, path: &Path) -> Result<File, Reason> {
        // Most files are no links and lie behind none, which one call can tell; where it cannot,
        // or the system does not have it, the long way says why.
        if let Kind::Folder(root) = &self.kind
            && let Ok(below) = path.strip_prefix(&self.path)
            && let Ok(file) = open_plain(&root.join(below))
        {
            return only_file(file);
        }
        only_file(open_linked(path, &self.kind)?)
    }

    fn single(&self) -> Result<Item, Reason> {
        let path = &self.path;
        let (bytes, modified, locator) = if let Kind::Pipe = self.kind {
            (None, None, Locator::Pipe(path.clone()))
        } else {
            let metadata = fs::metadata(path).map_err(|error| reason(&error))?;
            let stamp = Stamp::of(&metadata);
            let modified = Timestamp(stamp.modified_nanos);
            let path = path.as_path().into();
            (Some(stamp.size), Some(modified), Locator::File { path, stamp })
        };
        let path: Arc<str> = self.name.as_str().into();
        let key = Ending::of(&path, &self.own_name());
        Ok(Item { path, key, bytes, modified, locator })
    }
}

impl Source for Files {
    fn name(&self) -> &str {
        &self.name
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        if let Kind::Folder(root) = &self.kind {
            walk::walk(self, root, cancel, emit);
            return;
        }
        let _ = match self.single() {
            Ok(item) => emit(Listed::Item(item)),
            Err(reason) => emit(Listed::Left {
                path: self.name.clone(),
                key: self.own_name(),
                bytes: None,
                state: crate::event::State::Failed,
                reason,
            }),
        };
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        let Locator::File { stamp: listed, .. } = &item.locator else {
            return Err(Reason::new(ReasonKind::Unsupported, "can be read only once"));
        };
        let input = self.open(item, &Cancel::new())?;
        if let Input::File(file) = &input {
            let metadata = file.metadata().map_err(|error| reason(&error))?;
            if !Stamp::of(&metadata).is_still(listed) {
                let detail = "changed since it was loaded; load it again";
                return Err(Reason::new(ReasonKind::Changed, detail));
            }
        }
        Ok(input)
    }

    fn refresh(&self, item: &Item) -> Option<Item> {
        let Locator::File { path, .. } = &item.locator else { return None };
        let stamp = Stamp::of(&fs::metadata(path).ok()?);
        let locator = Locator::File { path: path.clone(), stamp };
        let modified = Some(Timestamp(stamp.modified_nanos));
        Some(Item { bytes: Some(stamp.size), modified, locator, ..item.clone() })
    }

    fn open(&self, item: &Item, _: &Cancel) -> Result<Input, Reason> {
        match &item.locator {
            Locator::Pipe(path) => {
                // A pipe that nobody writes to yet is waited for while reading.
                let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
                let file = rustix::fs::open(path, flags, Mode::empty())
                    .map(File::from)
                    .map_err(|error| reason(&error.into()))?;
                Ok(Input::Stream(Box::new(Pipe(file))))
            }
            Locator::File { path, .. } => self.open_file(path).map(Input::File),
            Locator::Stdin | Locator::S3 { .. } | Locator::Logs | Locator::Kept { .. } => {
                Err(Reason::new(ReasonKind::NotFound, "is not a file"))
            }
        }
    }
}

/// The label of the path that a person typed. What output calls an object can be typed too,
/// unless something is there under the name as it stands.
pub fn typed(argument: &OsStr) -> String {
    if let Some(text) = argument.to_str()
        && Path::new(argument).symlink_metadata().is_err()
        && path_of(text).symlink_metadata().is_ok()
    {
        return text.to_owned();
    }
    label(argument.as_bytes())
}

/// The path of this label.
pub fn path_of(label: &str) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(&unlabel(label)))
}

/// Opens the file at a path that no link is part of; a pipe put in its place must not block.
fn open_plain(path: &Path) -> Result<File, Errno> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let links = ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    openat2(CWD, path, flags, Mode::empty(), links).map(File::from)
}

/// Opens the file that the path leads to now, unless that is outside of what was named.
fn open_linked(path: &Path, kind: &Kind) -> Result<File, Reason> {
    let real = fs::canonicalize(path).map_err(|error| vanished(&error))?;
    if let Kind::Folder(root) = kind
        && !real.starts_with(root)
    {
        return Err(Reason::new(ReasonKind::Symlink, "is now a link that leads outside"));
    }
    // Nothing is followed any more.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = rustix::fs::open(&real, flags, Mode::empty());
    file.map(File::from).map_err(|error| vanished(&error.into()))
}

fn only_file(file: File) -> Result<File, Reason> {
    let metadata = file.metadata().map_err(|error| reason(&error))?;
    if !metadata.is_file() {
        return Err(Reason::new(ReasonKind::Special, "is no longer a file"));
    }
    Ok(file)
}

impl Stamp {
    pub fn of(metadata: &Metadata) -> Self {
        let nanos = |seconds: i64, nanos: i64| seconds.saturating_mul(1_000_000_000) + nanos;
        Self {
            size: metadata.size(),
            modified_nanos: nanos(metadata.mtime(), metadata.mtime_nsec()),
            changed_nanos: nanos(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
            device: metadata.dev(),
        }
    }
}

fn reason(error: &io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::NotFound => Reason::new(ReasonKind::NotFound, "does not exist"),
        io::ErrorKind::PermissionDenied => {
            Reason::new(ReasonKind::Permission, "no permission to read it")
        }
        _ => Reason::new(ReasonKind::Io, error.to_string()),
    }
}

/// The reason for something that was there when it was listed.
fn vanished(error: &io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            Reason::new(ReasonKind::Vanished, "was there when the folder was listed, and is gone")
        }
        _ => reason(error),
    }
}

fn refusal(argument: &str, error: &io::Error) -> SourceError {
    let argument = argument.to_owned();
    match (error.kind(), scheme(&argument)) {
        (io::ErrorKind::NotFound, Some(scheme)) => {
            SourceError::Scheme { scheme: scheme.to_owned(), argument }
        }
        (io::ErrorKind::NotFound, None) => SourceError::NotFound { argument },
        (io::ErrorKind::PermissionDenied, _) => SourceError::Permission { argument },
        _ => SourceError::Io { argument, message: error.to_string() },
    }
}

#[cfg(test)]
mod tests;
