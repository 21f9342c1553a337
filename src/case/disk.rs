//! How much of the disk a workspace takes up, and for what.

use super::parcel::EVIDENCE;
use super::{chains, journal, receipts, workspace};
use std::fs;
use std::path::Path;

/// Bytes of a workspace's files, as long as they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DiskUse {
    /// The journal, the lists of what was acquired, colleagues' chains, and what was set aside.
    pub journal: u64,
    /// What cannot be read again.
    pub cache: u64,
    /// What can be made again at any time.
    pub segments: u64,
    /// Evidence that came along.
    pub evidence: u64,
    pub other: u64,
}

impl DiskUse {
    /// Of a workspace's folder; what cannot be looked at is not counted.
    pub fn of(folder: &Path) -> Self {
        let mut used = Self::default();
        for found in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = found.file_name();
            let bytes = below(&found);
            match name.to_str() {
                Some(chains::FOLDER | receipts::FOLDER) => used.journal += bytes,
                Some(name) if name == journal::FILE || name.starts_with("journal.torn-") => {
                    used.journal += bytes;
                }
                Some(workspace::CACHE) => used.cache += bytes,
                Some(workspace::SEGMENTS) => used.segments += bytes,
                Some(EVIDENCE) => used.evidence += bytes,
                _ => used.other += bytes,
            }
        }
        used
    }

    pub fn total(&self) -> u64 {
        self.journal + self.cache + self.segments + self.evidence + self.other
    }
}

/// Bytes of a file, or of all files below a folder; links are not followed.
fn below(found: &fs::DirEntry) -> u64 {
    let Ok(about) = found.metadata() else { return 0 };
    if !about.is_dir() {
        return about.len();
    }
    let (mut bytes, mut folders) = (0, vec![found.path()]);
    while let Some(folder) = folders.pop() {
        for found in fs::read_dir(folder).into_iter().flatten().flatten() {
            match found.metadata() {
                Ok(about) if about.is_dir() => folders.push(found.path()),
                Ok(about) => bytes += about.len(),
                Err(_) => {}
            }
        }
    }
    bytes
}
