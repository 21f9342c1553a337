//! What can be read only once (a pipe) is copied to a file while it is loaded, so that its
//! records can be shown again.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// A copy of a stream, as acquired.
#[derive(Debug, Clone)]
pub(super) struct Spool(Arc<File>);

impl Spool {
    pub(super) fn new(file: File) -> Self {
        Self(Arc::new(file))
    }

    /// Passes the stream on and copies what passes.
    pub(super) fn tee(&self, stream: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(Tee { stream, copy: Arc::clone(&self.0) })
    }

    /// The copy from its first byte; several readers do not disturb each other.
    pub(super) fn reader(&self) -> Box<dyn Read + Send> {
        Box::new(From { file: Arc::clone(&self.0), at: 0 })
    }
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
