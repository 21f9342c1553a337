//! Files and folders that only their owner can read, and replacing a file in one step.

use rustix::fs::OFlags;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Options for a file of the workspace: mode 0600, and never through a symbolic link, which
/// somebody else may have placed in a shared folder.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600).custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    options
}

/// Makes the folder and what is missing above it, with mode 0700.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).recursive(true).create(path)
}

/// Makes the folder; an error if it is there.
pub(super) fn make_new_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

/// Puts these bytes in place of the file, so that a reader, or a process that is killed, finds
/// the old bytes or the new and never a part.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, false)
}

/// As [`replace`], and returns when the bytes are on the disk.
pub(super) fn replace_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, true)?;
    sync_folder_of(path)
}

fn put(path: &Path, bytes: &[u8], durably: bool) -> io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let written = (|| {
        let mut file = private().write(true).create(true).truncate(true).open(&new)?;
        file.write_all(bytes)?;
        if durably { file.sync_all() } else { Ok(()) }
    })();
    let placed = written.and_then(|()| fs::rename(&new, path));
    if placed.is_err() {
        // On a full disk its space is wanted; what cannot be removed is replaced next time.
        let _ = fs::remove_file(&new);
    }
    placed
}

/// Makes a new or renamed file's name last.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// The file's bytes, if there are at most `limit` of them.
pub(super) fn read_small(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    private().read(true).open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let text = format!("longer than {limit} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn replacing_is_private_and_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        replace(&path, b"one").unwrap();
        replace_durably(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(read_small(&path, 3).unwrap(), b"two");
        assert!(read_small(&path, 2).is_err());
    }

    #[test]
    fn links_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (target, link) = (dir.path().join("target"), dir.path().join("link"));
        fs::write(&target, b"theirs").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(read_small(&link, 100).is_err());
        replace(&link, b"ours").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"theirs");
        assert_eq!(fs::read(&link).unwrap(), b"ours");
    }
}
