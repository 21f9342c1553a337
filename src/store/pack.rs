//! A file that segments are written to, part by part, and read from when somebody asks.
//!
//! A pack only grows. Each part stands in a [`Block`] with a checksum; whoever holds the block
//! gets back the bytes that were written or a [`Fault`], never others.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Where bytes lie in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub at: u64,
    pub length: u32,
    /// CRC-32 of the bytes.
    pub sum: u32,
}

/// The bytes of a block are not there, or are not those that were written.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("its checksum is wrong")]
    Sum,
}

/// How many bytes of parts that can be read again from packs are in memory, and how many may be.
#[derive(Debug)]
pub struct Room {
    taken: AtomicUsize,
    limit: usize,
}

impl Room {
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { taken: AtomicUsize::new(0), limit })
    }

    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    pub fn is_full(&self) -> bool {
        self.taken() >= self.limit
    }

    pub(super) fn take(&self, bytes: usize) {
        self.taken.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn give_back(&self, bytes: usize) {
        self.taken.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// A file of blocks. Several threads may write to it and read from it.
#[derive(Debug)]
pub struct Pack {
    file: File,
    end: AtomicU64,
    room: Arc<Room>,
}

impl Pack {
    /// The file has to be open for reading, and for writing if something is to be added.
    pub fn new(file: File, room: Arc<Room>) -> io::Result<Arc<Self>> {
        let end = AtomicU64::new(file.metadata()?.len());
        Ok(Arc::new(Self { file, end, room }))
    }

    pub fn room(&self) -> &Arc<Room> {
        &self.room
    }

    /// Bytes of the file.
    pub fn size(&self) -> u64 {
        self.end.load(Ordering::Relaxed)
    }

    /// Adds bytes behind all others; returns where they begin.
    pub fn append(&self, bytes: &[u8]) -> io::Result<u64> {
        let at = self.end.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.file.write_all_at(bytes, at)?;
        Ok(at)
    }

    pub fn read(&self, block: Block) -> Result<Vec<u8>, Fault> {
        // A length that was never written must not be allocated.
        if block.at.saturating_add(u64::from(block.length)) > self.size() {
            return Err(Fault::Io(io::ErrorKind::UnexpectedEof.into()));
        }
        let mut bytes = vec![0; block.length as usize];
        self.file.read_exact_at(&mut bytes, block.at)?;
        if crc32fast::hash(&bytes) == block.sum { Ok(bytes) } else { Err(Fault::Sum) }
    }
}

impl Block {
    /// The block that these bytes make at this place.
    pub fn of(bytes: &[u8], at: u64) -> Self {
        Self { at, length: bytes.len() as u32, sum: crc32fast::hash(bytes) }
    }
}
