//! Copies that earlier sessions left in a workspace's folder: finding that of standard input, and
//! removing what nobody will finish.

use super::{Of, PART, Spool, WHOLE};
use crate::event::{Cancel, Reason, ReasonKind, Timestamp};
use crate::source::{Files, Input, Item, Listed, Locator, Source};
use rustix::process::{Pid, test_kill_process};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// How copies of an older version end, whole and not: bytes as acquired.
pub(super) const RAW_WHOLE: &str = ".stream";
pub(super) const RAW_PART: &str = ".part";

/// The copy of standard input that an earlier session left in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub path: PathBuf,
    /// Whether the session saw its end.
    pub whole: bool,
    /// In the way of an older version.
    is_raw: bool,
}

/// The newest copy of standard input in a workspace's folder for copies, if there is one.
pub fn kept(folder: &Path) -> Option<Kept> {
    let files = std::fs::read_dir(folder).ok()?.flatten();
    let copies = files.filter_map(|file| {
        let (path, name) = (file.path(), file.file_name());
        let name = name.to_str().filter(|name| name.starts_with(Of::Stdin.prefix()))?;
        let ends = [(WHOLE, false), (RAW_WHOLE, true), (RAW_PART, true)];
        let (_, is_raw) = ends.into_iter().find(|(end, _)| name.ends_with(end))?;
        let modified = file.metadata().ok()?.modified().ok()?;
        Some((modified, path, is_raw))
    });
    let (_, path, is_raw) = copies.max()?;
    let whole = if is_raw {
        path.to_str().is_some_and(|path| path.ends_with(RAW_WHOLE))
    } else {
        Spool::open(path.clone(), Of::Stdin).ok()?.is_whole()
    };
    Some(Kept { path, whole, is_raw })
}

impl Kept {
    /// The copy as a source, under the name of what was copied.
    pub fn source(self, name: &str) -> Arc<dyn Source> {
        if self.is_raw {
            return Arc::new(Files::copy(name, self.path));
        }
        Arc::new(Copied { name: name.to_owned(), path: self.path, spool: None })
    }
}

/// A stream from its copy.
struct Copied {
    name: String,
    path: PathBuf,
    /// The copy, if this session made it.
    spool: Option<Spool>,
}

impl Spool {
    /// What was copied to its end in this session, to be read once more under its name.
    pub(in crate::job) fn once_more(&self, name: &str) -> (Arc<dyn Source>, Arc<Item>) {
        let spool = self.clone();
        let path = self.path.clone().unwrap_or_default();
        let copied = Copied { name: name.to_owned(), path, spool: Some(spool) };
        let item = Arc::new(copied.item(self));
        (Arc::new(copied), item)
    }
}

impl Copied {
    fn item(&self, spool: &Spool) -> Item {
        Item {
            path: self.name.as_str().into(),
            key: self.name.as_str().into(),
            bytes: Some(spool.length()),
            modified: Some(self.modified()),
            locator: Locator::Pipe(self.path.clone()),
        }
    }

    /// When its last bytes came, for times without a year; one without a name is of this session.
    fn modified(&self) -> Timestamp {
        let since = std::fs::metadata(&self.path).and_then(|about| about.modified()).ok();
        let since = since.and_then(|modified| modified.duration_since(UNIX_EPOCH).ok());
        let nanos = since.and_then(|since| i64::try_from(since.as_nanos()).ok());
        nanos.map_or_else(Timestamp::now, Timestamp)
    }

    fn spool(&self) -> Result<Spool, Reason> {
        if let Some(spool) = &self.spool {
            return Ok(spool.clone());
        }
        Spool::open(self.path.clone(), Of::Stdin)
            .map_err(|error| Reason::new(ReasonKind::Io, format!("its copy: {error}")))
    }
}

impl Source for Copied {
    fn name(&self) -> &str {
        &self.name
    }

    fn list(&self, _: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        let (path, key) = (self.name.clone(), self.name.clone());
        let _ = match self.spool() {
            Ok(spool) => emit(Listed::Item(self.item(&spool))),
            Err(reason) => {
                let state = crate::event::State::Failed;
                emit(Listed::Left { path, key, bytes: None, state, reason })
            }
        };
    }

    fn open(&self, _: &Item, _: &Cancel) -> Result<Input, Reason> {
        Ok(Input::Stream(self.spool()?.reader()))
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.open(item, &Cancel::new())
    }
}

/// Removes copies that were begun by a program that is gone and cannot be found again.
pub(in crate::job) fn tidy(folder: &Path) {
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = file.file_name();
        let name = name.to_str().unwrap_or_default();
        let begun = name.strip_prefix(Of::Deep.prefix()).filter(|name| name.ends_with(PART));
        let pid = begun.and_then(|begun| i32::from_str_radix(begun.split('-').next()?, 16).ok());
        let pid = pid.and_then(Pid::from_raw);
        if pid.is_some_and(|pid| test_kill_process(pid) == Err(rustix::io::Errno::SRCH)) {
            // What cannot be removed is in nobody's way.
            let _ = std::fs::remove_file(file.path());
        }
    }
}
