//! A file that grows by whole pieces: a piece is in it entirely or not at all, also when the
//! disk is full.

use super::JournalError;
use std::fs::File;
use std::io::{self, Write};

/// What is asked of the file; a seam, so that tests can have a disk that fills up.
pub(super) trait Backing {
    fn size(&self) -> io::Result<u64>;
    /// Writes at the end.
    fn add(&mut self, bytes: &[u8]) -> io::Result<()>;
    fn cut(&mut self, size: u64) -> io::Result<()>;
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
}

#[derive(Debug)]
pub(super) struct Appending<B> {
    pub(super) backing: B,
    good: u64,
    /// A piece was written in part and could not be cut off yet.
    ragged: bool,
}

impl<B: Backing> Appending<B> {
    /// `good` bytes are in the file, and it is open for appending.
    pub(super) fn new(backing: B, good: u64) -> Self {
        Self { backing, good, ragged: false }
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
    }

    impl Backing for Disk {
        fn size(&self) -> io::Result<u64> {
            Ok(self.bytes.len() as u64)
        }

        fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
            let fits = bytes.len().min(self.room - self.bytes.len());
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
        file.backing = Disk { room: 100, stuck: false, bytes: file.backing.bytes };
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
    fn a_device_that_is_always_full_says_so_each_time() {
        let full = File::options().append(true).open("/dev/full").unwrap();
        let mut file = Appending::new(full, 0);
        for _ in 0..2 {
            let Err(JournalError::Io(error)) = file.push(b"piece\n") else { panic!("written") };
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        }
    }
}
