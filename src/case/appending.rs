//! A file that grows by whole pieces: a piece is in it entirely or not at all, also when the
//! disk is full; and what is said to be on the disk was written there without an error.

use super::JournalError;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

/// What is asked of the file; a seam, so that tests can have a disk that fills up.
pub(super) trait Backing {
    fn size(&self) -> io::Result<u64>;
    /// Writes at the end.
    fn add(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn cut(&mut self, size: u64) -> io::Result<()>;
    /// Writes the same bytes once more where they are.
    fn again(&mut self, bytes: &[u8], at: u64) -> io::Result<()>;
    /// Brings what was written to the disk. What fails here is forgotten by the system: it counts
    /// as if it were on the disk.
    fn sync(&mut self) -> io::Result<()>;
}

impl Backing for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn cut(&mut self, size: u64) -> io::Result<()> {
        self.set_len(size)
    }

    fn again(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
        // A file that is open for appending takes bytes at its end alone.
        let flags = fcntl_getfl(&*self)?;
        fcntl_setfl(&*self, flags - OFlags::APPEND)?;
        let wrote = self.write_all_at(bytes, at);
        fcntl_setfl(&*self, flags)?;
        wrote
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

#[derive(Debug)]
pub(super) struct Appending<B> {
    backing: B,
    good: u64,
    /// The last of the good bytes, which may not be on the disk.
    unsynced: Vec<u8>,
    /// Bringing these to the disk failed.
    failed: bool,
    /// A piece was written in part and could not be cut off yet.
    ragged: bool,
}

impl<B: Backing> Appending<B> {
    /// `good` bytes are in the file, and it is open for appending.
    pub(super) fn new(backing: B, good: u64) -> Self {
        Self { backing, good, unsynced: Vec::new(), failed: false, ragged: false }
    }

    /// Adds the piece in one write. After an error nothing of it is in the file, or will be cut
    /// off before the next piece.
    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), JournalError> {
        if self.ragged {
            self.mend()?;
        }
        let found = self.backing.size()?;
        if found != self.good {
            return Err(JournalError::Changed { expected: self.good, found });
        }
        match self.backing.add(piece) {
            Ok(()) => {
                self.good += piece.len() as u64;
                self.unsynced.extend_from_slice(piece);
                Ok(())
            }
            Err(error) => {
                self.ragged = true;
                // The first error is the one to tell; this one comes again with the next piece.
                let _ = self.mend();
                Err(error.into())
            }
        }
    }

    /// Returns when every piece is on the disk. After an error nothing is known of those since the
    /// last success, and the system may have dropped them: the next call writes them once more.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        if self.failed {
            let found = self.backing.size()?;
            if found < self.good {
                let expected = self.good;
                return Err(io::Error::other(JournalError::Changed { expected, found }));
            }
            let at = self.good - self.unsynced.len() as u64;
            self.backing.again(&self.unsynced, at)?;
        }
        self.failed = true;
        self.backing.sync()?;
        self.failed = false;
        self.unsynced = Vec::new();
        Ok(())
    }

    fn mend(&mut self) -> io::Result<()> {
        if self.backing.size()? > self.good {
            self.backing.cut(self.good)?;
        }
        self.ragged = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Disk {
        bytes: Vec<u8>,
        room: usize,
        stuck: bool,
        /// What is on the disk, which bytes are still to go there, and whether that fails.
        safe: Vec<u8>,
        dirty: std::collections::BTreeSet<usize>,
        broken: bool,
    }

    impl Backing for Disk {
        fn size(&self) -> io::Result<u64> {
            Ok(self.bytes.len() as u64)
        }

        fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
            let fits = bytes.len().min(self.room - self.bytes.len());
            self.dirty.extend(self.bytes.len()..self.bytes.len() + fits);
            self.bytes.extend_from_slice(&bytes[..fits]);
            if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }

        fn cut(&mut self, size: u64) -> io::Result<()> {
            if self.stuck {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            self.bytes.truncate(size as usize);
            Ok(())
        }

        fn again(&mut self, bytes: &[u8], at: u64) -> io::Result<()> {
            let place = at as usize..at as usize + bytes.len();
            self.bytes[place.clone()].copy_from_slice(bytes);
            self.dirty.extend(place);
            Ok(())
        }

        fn sync(&mut self) -> io::Result<()> {
            let dirty = std::mem::take(&mut self.dirty);
            if self.broken {
                return Err(io::Error::other("broken"));
            }
            self.safe.resize(self.bytes.len(), 0);
            for at in dirty {
                self.safe[at] = self.bytes[at];
            }
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_leaves_no_half_piece_and_takes_it_later() {
        let mut file = Appending::new(Disk { room: 10, ..Disk::default() }, 0);
        file.push(b"first\n").unwrap();
        assert!(matches!(file.push(b"second\n"), Err(JournalError::Io(_))));
        assert_eq!(file.backing.bytes, b"first\n");
        file.backing.room = 100;
        file.push(b"second\n").unwrap();
        assert_eq!(file.backing.bytes, b"first\nsecond\n");
    }

    #[test]
    fn what_could_not_be_cut_off_is_cut_off_before_the_next_piece() {
        let mut file = Appending::new(Disk { room: 8, stuck: true, ..Disk::default() }, 0);
        file.push(b"first\n").unwrap();
        file.push(b"second\n").unwrap_err();
        assert_eq!(file.backing.bytes, b"first\nse");
        file.push(b"second\n").unwrap_err();
        (file.backing.room, file.backing.stuck) = (100, false);
        file.push(b"third\n").unwrap();
        assert_eq!(file.backing.bytes, b"first\nthird\n");
    }

    #[test]
    fn what_others_wrote_is_neither_cut_off_nor_built_upon() {
        let mut file = Appending::new(Disk { room: 100, ..Disk::default() }, 0);
        file.push(b"first\n").unwrap();
        file.backing.bytes.extend_from_slice(b"foreign\n");
        assert!(matches!(
            file.push(b"second\n"),
            Err(JournalError::Changed { expected: 6, found: 14 })
        ));
        assert_eq!(file.backing.bytes, b"first\nforeign\n");
    }

    #[test]
    fn what_the_system_forgot_after_an_error_is_written_once_more() {
        let mut file = Appending::new(Disk { room: 100, ..Disk::default() }, 0);
        file.push(b"first\n").unwrap();
        file.sync().unwrap();
        file.push(b"second\n").unwrap();
        file.backing.broken = true;
        file.sync().unwrap_err();
        file.push(b"third\n").unwrap();
        file.sync().unwrap_err();
        file.backing.broken = false;
        file.sync().unwrap();
        assert_eq!(file.backing.safe, b"first\nsecond\nthird\n");
        assert_eq!(file.backing.bytes, file.backing.safe);
        file.push(b"fourth\n").unwrap();
        file.sync().unwrap();
        assert_eq!(file.backing.safe, b"first\nsecond\nthird\nfourth\n");
    }

    #[test]
    fn a_file_is_written_again_in_its_place_and_grows_at_its_end() {
        use std::io::Read;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let file = File::options().append(true).create(true).open(&path).unwrap();
        let mut file = Appending::new(file, 0);
        file.push(b"first\n").unwrap();
        file.sync().unwrap();
        file.push(b"second\n").unwrap();
        file.failed = true;
        File::options().write(true).open(&path).unwrap().write_all_at(&[0; 7], 6).unwrap();
        file.sync().unwrap();
        file.push(b"third\n").unwrap();
        let mut text = String::new();
        File::open(&path).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "first\nsecond\nthird\n");
    }

    #[test]
    fn a_device_that_is_always_full_says_so_each_time() {
        let full = File::options().append(true).open("/dev/full").unwrap();
        let mut file = Appending::new(full, 0);
        for _ in 0..2 {
            let Err(JournalError::Io(error)) = file.push(b"piece\n") else { panic!("written") };
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        }
    }
}
