//! A file or a folder on the local disk. Listing holds no descriptors open, and opening never
//! leaves the folder that was named.

mod walk;

use super::{Input, Item, Listed, Locator, Source, SourceError, Stamp, scheme};
use crate::event::{Cancel, Reason, ReasonKind, Timestamp};
use rustix::fs::{Mode, OFlags};
use std::fs::{self, File, Metadata};
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// The files below an argument, or the one file that it names.
#[derive(Debug)]
pub struct Files {
    argument: String,
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
    /// Looks at the argument without reading it. A pipe or character device, such as
    /// `/dev/stdin`, is an object that can be read once.
    pub fn new(argument: &str) -> Result<Self, SourceError> {
        if argument.is_empty() {
            return Err(SourceError::Empty);
        }
        let path = Path::new(argument);
        let metadata = fs::metadata(path).map_err(|error| refusal(argument, &error))?;
        let kind = metadata.file_type();
        let named = || argument.to_owned();
        let kind = if kind.is_dir() {
            Kind::Folder(fs::canonicalize(path).map_err(|error| refusal(argument, &error))?)
        } else if kind.is_file() {
            Kind::File
        } else if kind.is_fifo() || kind.is_char_device() {
            Kind::Pipe
        } else {
            let kind = if kind.is_socket() { "socket" } else { "block device" };
            return Err(SourceError::Kind { argument: named(), kind });
        };
        Ok(Self { argument: named(), kind })
    }

    /// The argument joined with a key.
    fn join(&self, key: &str) -> String {
        let slash = if self.argument.ends_with('/') { "" } else { "/" };
        format!("{}{slash}{key}", self.argument)
    }

    /// A file argument's key: its own name.
    fn own_name(&self) -> String {
        let name = Path::new(&self.argument).file_name();
        name.map_or_else(|| self.argument.clone(), |name| name.to_string_lossy().into_owned())
    }

    fn single(&self) -> Result<Item, Reason> {
        let path = PathBuf::from(&self.argument);
        let (bytes, modified, locator) = if let Kind::Pipe = self.kind {
            (None, None, Locator::Pipe(path))
        } else {
            let metadata = fs::metadata(&path).map_err(|error| reason(&error))?;
            let stamp = stamp(&metadata);
            let modified = Timestamp(stamp.modified_nanos);
            (Some(stamp.size), Some(modified), Locator::File { path, stamp })
        };
        Ok(Item { path: self.argument.clone(), key: self.own_name(), bytes, modified, locator })
    }
}

impl Source for Files {
    fn name(&self) -> &str {
        &self.argument
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        if let Kind::Folder(root) = &self.kind {
            walk::walk(self, root, cancel, emit);
            return;
        }
        let _ = match self.single() {
            Ok(item) => emit(Listed::Item(item)),
            Err(reason) => emit(Listed::Left {
                path: self.argument.clone(),
                key: self.own_name(),
                state: crate::event::State::Failed,
                reason,
            }),
        };
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        let Locator::File { stamp: listed, .. } = &item.locator else {
            return Err(Reason::new(ReasonKind::Unsupported, "can be read only once"));
        };
        let input = self.open(item)?;
        if let Input::File(file) = &input {
            let metadata = file.metadata().map_err(|error| reason(&error))?;
            if stamp(&metadata) != *listed {
                let detail = "changed since it was loaded; load it again";
                return Err(Reason::new(ReasonKind::Changed, detail));
            }
        }
        Ok(input)
    }

    fn open(&self, item: &Item) -> Result<Input, Reason> {
        match &item.locator {
            Locator::Pipe(path) => {
                let file = File::open(path).map_err(|error| reason(&error))?;
                Ok(Input::Stream(Box::new(file)))
            }
            Locator::File { path, .. } => open_file(path, &self.kind).map(Input::File),
            Locator::Stdin => Err(Reason::new(ReasonKind::NotFound, "is not a file")),
        }
    }
}

/// Opens the file that the path leads to now, unless that is outside of what was named.
fn open_file(path: &Path, kind: &Kind) -> Result<File, Reason> {
    let real = fs::canonicalize(path).map_err(|error| vanished(&error))?;
    if let Kind::Folder(root) = kind
        && !real.starts_with(root)
    {
        return Err(Reason::new(ReasonKind::Symlink, "is now a link that leads outside"));
    }
    // Nothing is followed any more; and a pipe put in the file's place must not block.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = rustix::fs::open(&real, flags, Mode::empty())
        .map(File::from)
        .map_err(|error| vanished(&error.into()))?;
    let metadata = file.metadata().map_err(|error| reason(&error))?;
    if !metadata.is_file() {
        return Err(Reason::new(ReasonKind::Special, "is no longer a file"));
    }
    Ok(file)
}

fn stamp(metadata: &Metadata) -> Stamp {
    let nanos = |seconds: i64, nanos: i64| seconds.saturating_mul(1_000_000_000) + nanos;
    Stamp {
        size: metadata.size(),
        modified_nanos: nanos(metadata.mtime(), metadata.mtime_nsec()),
        changed_nanos: nanos(metadata.ctime(), metadata.ctime_nsec()),
        inode: metadata.ino(),
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
        (io::ErrorKind::PermissionDenied, _) => {
            let message = "no permission to read it; ask for read access".to_owned();
            SourceError::Io { argument, message }
        }
        _ => SourceError::Io { argument, message: error.to_string() },
    }
}

#[cfg(test)]
mod tests;
