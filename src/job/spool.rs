//! What can be read only once (a pipe) is copied to a file while it is loaded, so that its
//! records can be shown again.

use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How the name of a copy of standard input begins.
const STDIN: &str = "stdin-";

/// How the name of a copy ends that is whole, and of one that is not, or not yet.
const WHOLE: &str = "stream";
const PART: &str = "part";

/// A copy of a stream, as acquired.
#[derive(Debug, Clone)]
pub(super) struct Spool {
    file: Arc<File>,
    /// Nothing if it is gone when the program is, however that ends.
    path: Option<PathBuf>,
}

impl Spool {
    /// An empty copy in this folder, readable by its owner alone; without a folder it has no name.
    pub(super) fn create(folder: Option<&Path>, stdin: bool) -> io::Result<Self> {
        let unique = RandomState::new().build_hasher().finish();
        let kind = if stdin { STDIN } else { "pipe-" };
        let name = format!("{kind}{:x}-{unique:x}.{PART}", std::process::id());
        let path = folder.map_or_else(std::env::temp_dir, Path::to_owned).join(name);
        let mut options = File::options();
        let file = options.read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        if folder.is_none() {
            std::fs::remove_file(&path)?;
        }
        Ok(Self { file: Arc::new(file), path: folder.map(|_| path) })
    }

    /// The stream came to its end.
    pub(super) fn whole(&self) {
        if let Some(path) = &self.path {
            // Under its old name it counts as cut off, which is said when it is read.
            let _ = std::fs::rename(path, path.with_extension(WHOLE));
        }
    }

    /// Passes the stream on and copies what passes.
    pub(super) fn tee(&self, stream: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(Tee { stream, copy: Arc::clone(&self.file) })
    }

    /// The copy from its first byte; several readers do not disturb each other.
    pub(super) fn reader(&self) -> Box<dyn Read + Send> {
        Box::new(From { file: Arc::clone(&self.file), at: 0 })
    }
}

/// The copy of standard input that an earlier session left in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub path: PathBuf,
    /// Whether the session saw its end.
    pub whole: bool,
}

/// The newest copy of standard input in a workspace's folder for copies, if there is one.
pub fn kept(folder: &Path) -> Option<Kept> {
    let files = std::fs::read_dir(folder).ok()?.flatten();
    let copies = files.filter_map(|file| {
        let path = file.path();
        let end = path.extension().and_then(|end| end.to_str())?;
        let ours = file.file_name().to_str()?.starts_with(STDIN) && [WHOLE, PART].contains(&end);
        let whole = end == WHOLE;
        let modified = file.metadata().ok()?.modified().ok()?;
        ours.then_some((modified, Kept { path, whole }))
    });
    let newest = copies.max_by(|(a, one), (b, other)| (a, &one.path).cmp(&(b, &other.path)));
    newest.map(|(_, kept)| kept)
}

struct Tee {
    stream: Box<dyn Read + Send>,
    copy: Arc<File>,
}

impl Read for Tee {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        (&*self.copy).write_all(&buffer[..count])?;
        Ok(count)
    }
}

struct From {
    file: Arc<File>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_copy_of_standard_input_is_found_and_whether_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(kept(folder.path()), None);
        let copy = |stdin, text: &str| {
            let spool = Spool::create(Some(folder.path()), stdin).unwrap();
            let stream = Box::new(io::Cursor::new(text.to_owned()));
            io::copy(&mut spool.tee(stream), &mut io::sink()).unwrap();
            spool
        };
        copy(false, "a named pipe").whole();
        assert_eq!(kept(folder.path()), None);
        let found = |text: &str, whole| {
            let kept = kept(folder.path()).unwrap();
            assert_eq!(std::fs::read_to_string(&kept.path).unwrap(), text);
            assert_eq!(kept.whole, whole);
            kept.path
        };
        let first = copy(true, "first");
        let path = found("first", false);
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        File::options().append(true).open(path).unwrap().set_modified(long_ago).unwrap();
        first.whole();
        found("first", true);
        copy(true, "second").whole();
        found("second", true);
    }
}
