//! What was fetched from a service, kept as it was acquired: objects under their SHA-256, and an
//! index that says which object of the service each was, when, and what the service said of it.
//!
//! `by-hash/HASH` is an object, `objects.jsonl` the index; a line is written when its object is
//! whole and in its place. An object that is not what the index says of it counts as not there.

mod acquired;
mod apart;
mod growing;
mod index;

pub(super) use acquired::{Acquired, Lock};
pub(super) use growing::Growing;

use super::{Input, Locator, Stamp};
use crate::event::{Reason, ReasonKind, hex};
use index::Index;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

const INDEX: &str = "objects.jsonl";
const OBJECTS: &str = "by-hash";

/// Bytes that are read at once.
const PIECE: usize = 1 << 16;

/// What the names of temporary ones begin with; the number of the process follows.
const TEMPORARY: &str = "trailcase-fetched-";

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vault(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    /// Gone when nobody uses it any more.
    is_temporary: bool,
    /// Read when it is asked for.
    index: OnceLock<Mutex<Index>>,
    /// Numbers of objects on their way, for their names.
    next: AtomicU64,
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.is_temporary {
            // Where it was never made there is nothing to take away.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl Vault {
    /// In this folder, which is made when there is something to keep.
    pub fn at(folder: PathBuf) -> Self {
        Self::new(folder, false)
    }

    /// In a folder of its own that is gone with the last user.
    pub fn temporary() -> Self {
        let name = format!("{TEMPORARY}{}-{:016x}", std::process::id(), chance());
        Self::new(std::env::temp_dir().join(name), true)
    }

    fn new(folder: PathBuf, is_temporary: bool) -> Self {
        let (index, next) = (OnceLock::new(), AtomicU64::new(0));
        Self(Arc::new(Shared { folder, is_temporary, index, next }))
    }

    /// The object of this address and version, if it is there whole.
    pub(super) fn find(&self, address: &str, etag: &str, bytes: u64) -> Option<Locator> {
        let found = self.about(address)?;
        (found.etag == etag && found.bytes == bytes).then(|| self.there(&found))?
    }

    /// The object that was fetched last from this address, if it is there whole.
    pub(super) fn latest(&self, address: &str) -> Option<(Acquired, Locator)> {
        let about = self.about(address)?;
        let there = self.there(&about)?;
        Some((about, there))
    }

    /// What is known of the object that was fetched last from this address.
    pub(super) fn about(&self, address: &str) -> Option<Acquired> {
        self.index().get(address)
    }

    /// All that was fetched below this address and is there whole, in the order of the addresses.
    pub(super) fn below(&self, address: &str) -> Vec<(Acquired, Locator)> {
        let below = self.index().below(address);
        below.into_iter().filter_map(|one| self.whole(one)).collect()
    }

    /// The same of what grew while it was written, or still does.
    pub(super) fn grown(&self, address: &str) -> Vec<(Acquired, Locator)> {
        let grown = self.index().grown(address);
        grown.into_iter().filter_map(|one| self.whole(one)).collect()
    }

    fn whole(&self, one: Acquired) -> Option<(Acquired, Locator)> {
        if one.is_growing() {
            return self.settle(one);
        }
        let there = self.there(&one)?;
        Some((one, there))
    }

    /// How a whole object is found, if it is still there.
    fn there(&self, of: &Acquired) -> Option<Locator> {
        let sha256 = of.hash()?;
        let about = fs::symlink_metadata(self.path(of)).ok()?;
        let is_whole = about.is_file() && about.len() == of.bytes;
        is_whole.then(|| Locator::Kept { sha256, stamp: Stamp::of(&about) })
    }

    /// Where an object is kept.
    fn path(&self, of: &Acquired) -> PathBuf {
        if of.is_growing() {
            let name = hex::encode(&<[u8; 32]>::from(Sha256::digest(&of.address)));
            return self.0.folder.join(growing::FOLDER).join(name);
        }
        self.0.folder.join(OBJECTS).join(&of.sha256)
    }

    /// Opens an object that is kept, if it is still the file that was found.
    pub(super) fn open(&self, locator: &Locator) -> Result<Input, Reason> {
        match locator {
            Locator::Kept { sha256, stamp } => {
                open(&self.0.folder.join(OBJECTS).join(hex::encode(sha256)), stamp)
            }
            Locator::File { path, stamp } => open(path, stamp),
            _ => {
                let detail = "the copy in the workspace is gone; read the source again";
                Err(Reason::new(ReasonKind::Vanished, detail))
            }
        }
    }

    /// Somewhere to put an object that arrives.
    pub(super) fn begin(&self) -> io::Result<Arrival> {
        let folder = self.0.folder.join(OBJECTS);
        if self.0.is_temporary && !folder.exists() {
            sweep(&std::env::temp_dir());
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("arriving-{}-{number}", std::process::id()));
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Arrival { file, path, hash: Sha256::new(), bytes: 0, is_kept: false })
    }

    /// Puts an object that has arrived in its place, and says so in the index.
    pub(super) fn keep(&self, mut arrival: Arrival, of: Acquired) -> io::Result<PathBuf> {
        let sha256 = hex::encode(&<[u8; 32]>::from(arrival.hash.finalize_reset()));
        let acquired = Acquired { sha256, bytes: arrival.bytes, ..of };
        let path = self.path(&acquired);
        // The same bytes may be there already, and be read: another file in their place would be
        // taken for a change. What is there and is something else is not left.
        if !is_whole(&path, &acquired) {
            fs::rename(&arrival.path, &path)?;
            arrival.is_kept = true;
        }
        self.index().add(&acquired)?;
        Ok(path)
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        let index = || Mutex::new(Index::open(self.0.folder.join(INDEX)));
        self.0.index.get_or_init(index).lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the file holds what its name says, of an object that has been hashed.
fn is_whole(path: &Path, of: &Acquired) -> bool {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let Ok(file) = rustix::fs::open(path, flags, Mode::empty()).map(File::from) else {
        return false;
    };
    let is_long = file.metadata().is_ok_and(|about| about.is_file() && about.len() == of.bytes);
    let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE]);
    is_long
        && loop {
            match (&file).read(&mut piece) {
                Ok(0) => break hex::encode(&<[u8; 32]>::from(hash.finalize())) == of.sha256,
                Ok(count) => hash.update(&piece[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break false,
            }
        }
}

/// Takes away what programs left that were killed.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let is_dead = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str())?;
        let (process, _) = name.strip_prefix(TEMPORARY)?.split_once('-')?;
        let process = Pid::from_raw(process.parse().ok()?)?;
        Some(test_kill_process(process) == Err(Errno::SRCH))
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if is_dead(&path) == Some(true) {
            // Somebody else's stays, for it cannot be removed.
            let _ = fs::remove_dir_all(path);
        }
    }
}

fn chance() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}

/// An object on its way; removed unless it is kept.
#[derive(Debug)]
pub(super) struct Arrival {
    file: File,
    path: PathBuf,
    hash: Sha256,
    pub(super) bytes: u64,
    is_kept: bool,
}

impl Arrival {
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        if !self.is_kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Opens a file, if it is still the one that was found.
pub(super) fn open(path: &Path, stamp: &Stamp) -> Result<Input, Reason> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = rustix::fs::open(path, flags, Mode::empty()).map(File::from);
    let file = file.map_err(|error| Reason::new(ReasonKind::Vanished, error.to_string()))?;
    let about = file.metadata().map_err(|error| Reason::new(ReasonKind::Io, error.to_string()))?;
    if !Stamp::of(&about).is_still(stamp) {
        let detail = "the copy in the workspace was changed; read the source again";
        return Err(Reason::new(ReasonKind::Changed, detail));
    }
    Ok(Input::File(file))
}

/// Why nothing could be kept.
pub(super) fn full(error: &io::Error) -> Reason {
    Reason::new(ReasonKind::Io, format!("it could not be kept on this host: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn acquired(etag: &str) -> Acquired {
        Acquired {
            address: "s3://logs/a".to_owned(),
            etag: etag.to_owned(),
            version: None,
            bytes: 0,
            sha256: String::new(),
            modified: None,
            fetched: "2026-03-04T10:00:00Z".to_owned(),
            form: None,
            lock: None,
            metadata: BTreeMap::from([("signature".to_owned(), "ab".to_owned())]),
        }
    }

    fn put(vault: &Vault, etag: &str, bytes: &[u8]) -> PathBuf {
        let mut arrival = vault.begin().unwrap();
        arrival.write(bytes).unwrap();
        vault.keep(arrival, acquired(etag)).unwrap()
    }

    #[test]
    fn the_same_bytes_from_elsewhere_do_not_change_what_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::at(folder.path().to_owned());
        let keep = |address: &str| {
            let mut arrival = vault.begin().unwrap();
            arrival.write(b"the same").unwrap();
            let of = Acquired { address: address.to_owned(), ..acquired("1") };
            vault.keep(arrival, of).unwrap()
        };
        keep("s3://logs/a");
        let found = vault.find("s3://logs/a", "1", 8).unwrap();
        let path = keep("s3://logs/b");
        assert!(vault.open(&found).is_ok());
        // Another file of that name is not taken for it.
        fs::write(&path, "not that").unwrap();
        keep("s3://logs/c");
        let Input::File(mut file) =
            vault.open(&vault.find("s3://logs/c", "1", 8).unwrap()).unwrap()
        else {
            panic!("is no file")
        };
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "the same");
    }

    #[test]
    fn what_was_kept_is_found_again_by_version_and_only_whole() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::at(folder.path().join("evidence"));
        assert_eq!(vault.find("s3://logs/a", "1", 3), None);
        let path = put(&vault, "1", b"abc");
        let again = Vault::at(folder.path().join("evidence"));
        for vault in [&vault, &again] {
            let there = vault.find("s3://logs/a", "1", 3).unwrap();
            assert!(matches!(vault.open(&there), Ok(Input::File(_))));
            assert_eq!(vault.find("s3://logs/a", "2", 3), None);
            assert_eq!(vault.about("s3://logs/a").unwrap().metadata["signature"], "ab");
        }
        // A newer version takes its place; the object stays.
        put(&vault, "2", b"abcd");
        assert!(vault.find("s3://logs/a", "1", 3).is_none() && path.exists());
        let there = vault.find("s3://logs/a", "2", 4).unwrap();
        fs::write(vault.path(&vault.about("s3://logs/a").unwrap()), "x").unwrap();
        assert_eq!(vault.find("s3://logs/a", "2", 4), None);
        assert_eq!(vault.open(&there).err().map(|it| it.kind), Some(ReasonKind::Changed));
    }

    #[test]
    fn what_does_not_arrive_whole_leaves_nothing_and_temporary_ones_go() {
        let vault = Vault::temporary();
        let folder = vault.0.folder.clone();
        let mut arrival = vault.begin().unwrap();
        arrival.write(b"half").unwrap();
        drop(arrival);
        assert_eq!(fs::read_dir(folder.join(OBJECTS)).unwrap().count(), 0);
        let other = vault.clone();
        drop(vault);
        assert!(folder.exists());
        drop(other);
        assert!(!folder.exists());
    }

    #[test]
    fn what_killed_programs_left_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let dead = child.id();
        child.wait().unwrap();
        let name = |process: u32| folder.path().join(format!("{TEMPORARY}{process}-ab"));
        let kept = [name(std::process::id()), folder.path().join(format!("{TEMPORARY}x-ab"))];
        for path in kept.iter().chain([&name(dead)]) {
            fs::create_dir_all(path.join(OBJECTS)).unwrap();
        }
        sweep(folder.path());
        assert!(!name(dead).exists());
        assert!(kept.iter().all(|path| path.exists()));
    }

    #[test]
    fn an_index_that_lies_leads_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let line = |sha256: &str| {
            let one = Acquired { sha256: sha256.to_owned(), ..acquired("1") };
            serde_json::to_string(&one).unwrap()
        };
        let text = format!("{}\nno json\n{}", line("../../../etc/passwd"), &line("ab")[..20]);
        fs::write(folder.path().join(INDEX), text).unwrap();
        assert_eq!(Vault::at(folder.path().to_owned()).about("s3://logs/a"), None);
    }
}
