//! The bytes of a Parquet file, to be read from anywhere.

use super::cut;
use crate::event::Reason;
use crate::source::unpack::raw::io_reason;
use std::fs::File;
use std::os::unix::fs::FileExt;

pub(in crate::source::unpack) enum Store<'a> {
    File { file: &'a File, size: u64 },
    Held(Vec<u8>),
}

impl<'a> Store<'a> {
    pub(in crate::source::unpack) fn file(file: &'a File) -> Result<Self, Reason> {
        let size = file.metadata().map_err(|error| io_reason(&error, 0))?.len();
        Ok(Self::File { file, size })
    }

    pub(super) fn size(&self) -> u64 {
        match self {
            Self::File { size, .. } => *size,
            Self::Held(bytes) => bytes.len() as u64,
        }
    }

    /// So many bytes from this one on, in place of what is in `into`. What is not there is not
    /// made room for.
    pub(super) fn read(&self, at: u64, count: u64, into: &mut Vec<u8>) -> Result<(), Reason> {
        into.clear();
        let end = at.checked_add(count).filter(|end| *end <= self.size());
        let end = end.ok_or_else(|| cut("what it points to lies behind its end"))?;
        match self {
            Self::Held(bytes) => into.extend_from_slice(&bytes[at as usize..end as usize]),
            Self::File { file, .. } => {
                into.resize(count as usize, 0);
                file.read_exact_at(into, at).map_err(|error| io_reason(&error, at))?;
            }
        }
        Ok(())
    }
}
