//! Writing such a file: members one after the other, hashed as they pass. The same workspace gives
//! the same bytes: no time of packing, no owner, and members in a fixed order.

use super::{SUMS, sums};
use crate::case::hex;
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};

/// Zstandard's own default: the rest is no smaller for the time it takes.
const LEVEL: i32 = 3;

pub(in crate::case) struct Packing<W: Write> {
    tar: tar::Builder<zstd::Encoder<'static, Hashing<W>>>,
    sums: Vec<u8>,
}

/// Passes bytes on, and knows the hash of what passed.
pub(in crate::case) struct Hashing<T> {
    inner: T,
    hash: Sha256,
    passed: u64,
}

impl<T> Hashing<T> {
    pub(in crate::case) fn new(inner: T) -> Self {
        Self { inner, hash: Sha256::new(), passed: 0 }
    }

    /// The hash in hexadecimal, and how many bytes it is of.
    pub(in crate::case) fn end(self) -> (String, u64) {
        (hex(&self.hash.finalize()), self.passed)
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.hash.update(&into[..read]);
        self.passed += read as u64;
        Ok(read)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let wrote = self.inner.write(bytes)?;
        self.hash.update(&bytes[..wrote]);
        self.passed += wrote as u64;
        Ok(wrote)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Write> Packing<W> {
    pub(in crate::case) fn new(to: W) -> io::Result<Self> {
        let mut zstd = zstd::Encoder::new(Hashing::new(to), LEVEL)?;
        zstd.include_checksum(true)?;
        Ok(Self { tar: tar::Builder::new(zstd), sums: Vec::new() })
    }

    /// Adds the next `size` bytes of the reader; gives their hash. Fewer are an error, after which
    /// the file is of no use. `time` is in seconds since 1970.
    pub(in crate::case) fn add(
        &mut self,
        name: &[u8],
        size: u64,
        time: u64,
        reader: impl Read,
    ) -> io::Result<String> {
        let mut reader = Hashing::new(reader.take(size));
        self.write(name, size, time, &mut reader)?;
        let (hash, passed) = reader.end();
        if passed < size {
            let text = "became shorter while it was copied";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text));
        }
        self.sums.extend_from_slice(&sums::line(&hash, name));
        Ok(hash)
    }

    fn write(&mut self, name: &[u8], size: u64, time: u64, reader: impl Read) -> io::Result<()> {
        use std::os::unix::ffi::OsStrExt;
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_mode(0o600);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(time);
        header.set_size(size);
        self.tar.append_data(&mut header, std::ffi::OsStr::from_bytes(name), reader)
    }

    /// Adds the hashes and ends the file; gives it back with its hash and size.
    pub(in crate::case) fn finish(mut self, time: u64) -> io::Result<(W, String, u64)> {
        let sums = std::mem::take(&mut self.sums);
        self.write(SUMS.as_bytes(), sums.len() as u64, time, sums.as_slice())?;
        let Hashing { inner, hash, passed } = self.tar.into_inner()?.finish()?;
        Ok((inner, hex(&hash.finalize()), passed))
    }
}
