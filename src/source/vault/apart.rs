//! An object that arrives in parts, each to its place, and not in their order.

use super::Arrival;
use sha2::Digest;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Bytes that are read back at once.
const PIECE: usize = 1 << 20;

impl Arrival {
    /// The file, for whoever writes parts of it.
    pub(in crate::source) fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// The next so many bytes have been written: they count, and are hashed. They are given too.
    pub(in crate::source) fn take(
        &mut self,
        bytes: u64,
        mut see: impl FnMut(&[u8]),
    ) -> io::Result<()> {
        let (mut piece, end) = (vec![0; PIECE], self.bytes + bytes);
        while self.bytes < end {
            let length = usize::try_from(end - self.bytes).unwrap_or(PIECE).min(PIECE);
            let piece = &mut piece[..length];
            self.file.read_exact_at(piece, self.bytes)?;
            self.hash.update(&*piece);
            see(piece);
            self.bytes += piece.len() as u64;
        }
        Ok(())
    }
}
