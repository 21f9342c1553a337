//! Objects that grow while they are written, in `growing/`: the index has no hash of one until a
//! later session finds that nobody writes it any more, and moves it to the others.

use super::{Acquired, OBJECTS, Vault};
use crate::event::hex;
use crate::source::{Locator, Stamp};
use rustix::fs::{FlockOperation, flock};
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

pub(super) const FOLDER: &str = "growing";

/// Bytes hashed at once.
const PIECE: usize = 64 << 10;

impl Vault {
    /// An object that grows from now on.
    pub(in crate::source) fn grow(&self, of: &Acquired) -> io::Result<Growing> {
        let path = self.path(of);
        DirBuilder::new().recursive(true).mode(0o700).create(self.0.folder.join(FOLDER))?;
        let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path)?;
        flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        self.index().add(of)?;
        Ok(Growing { file, path })
    }

    /// What grows below this address, as it is now.
    pub(in crate::source) fn growing(&self, address: &str) -> Vec<(Acquired, Locator)> {
        let growing = self.index().grown(address).into_iter().filter(Acquired::is_growing);
        growing.filter_map(|of| as_it_is(self.path(&of), of)).collect()
    }

    /// One that grew, as it is: among the others if nobody writes it any more.
    pub(super) fn settle(&self, of: Acquired) -> Option<(Acquired, Locator)> {
        let path = self.path(&of);
        let mut file = File::open(&path).ok()?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            return as_it_is(path, of);
        }
        let (sha256, bytes) = hash(&mut file).ok()?;
        let settled = Acquired { bytes, sha256, ..of.clone() };
        let place = self.path(&settled);
        let moved = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(self.0.folder.join(OBJECTS))
            .and_then(|()| fs::rename(&path, &place))
            .and_then(|()| self.index().add(&settled));
        // Where nothing can be written it stays what it was.
        if moved.is_err() {
            return as_it_is(path, of);
        }
        let there = self.there(&settled)?;
        Some((settled, there))
    }
}

/// An object with its length as it is now.
fn as_it_is(path: PathBuf, of: Acquired) -> Option<(Acquired, Locator)> {
    let about = fs::symlink_metadata(&path).ok()?;
    let locator = Locator::File { path: path.into(), stamp: Stamp::of(&about) };
    Some((Acquired { bytes: about.len(), ..of }, locator))
}

/// The hash of what is in a file, and its length.
fn hash(file: &mut File) -> io::Result<(String, u64)> {
    let (mut hash, mut length, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok((hex::encode(&<[u8; 32]>::from(hash.finalize())), length)),
            read => {
                hash.update(&piece[..read]);
                length += read as u64;
            }
        }
    }
}

/// An object that grows; locked, so that other sessions know.
#[derive(Debug)]
pub(in crate::source) struct Growing {
    file: File,
    path: PathBuf,
}

impl Growing {
    pub(in crate::source) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    pub(in crate::source) fn locator(&self) -> io::Result<Locator> {
        let stamp = Stamp::of(&self.file.metadata()?);
        Ok(Locator::File { path: self.path.clone().into(), stamp })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acquired() -> Acquired {
        Acquired {
            address: "logs://audit/live-1".to_owned(),
            etag: String::new(),
            version: None,
            bytes: 0,
            sha256: String::new(),
            modified: None,
            fetched: "2026-03-04T10:00:00Z".to_owned(),
            form: None,
            lock: None,
            metadata: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn what_grew_is_among_the_others_when_nobody_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::at(folder.path().join("evidence"));
        let mut growing = vault.grow(&acquired()).unwrap();
        growing.write(b"one\n").unwrap();
        let there = || {
            let other = Vault::at(folder.path().join("evidence"));
            let (about, _) = other.below("logs://audit/").pop().unwrap();
            let text = fs::read_to_string(other.path(&about)).unwrap();
            (about.sha256, text)
        };
        assert_eq!(there(), (String::new(), "one\n".to_owned()));
        assert_eq!(vault.growing("logs://audit/").pop().map(|(about, ..)| about.bytes), Some(4));
        growing.write(b"two\n").unwrap();
        drop(growing);
        let sha256 = hex::encode(&<[u8; 32]>::from(Sha256::digest("one\ntwo\n")));
        assert_eq!(there(), (sha256.clone(), "one\ntwo\n".to_owned()));
        assert!(Vault::at(folder.path().join("evidence")).growing("logs://").is_empty());
        assert_eq!(there(), (sha256, "one\ntwo\n".to_owned()));
        assert_eq!(fs::read_dir(folder.path().join("evidence/growing")).unwrap().count(), 0);
    }
}
