//! New files for others: only their owner can read them, nothing is written over, and their hash is
//! that of what can be read back.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

pub fn sha256_of(path: &Path) -> io::Result<String> {
    use sha2::{Digest, Sha256};
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(crate::case::hex(&hasher.finalize())),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// Writes a new file that only its owner can read; gives its hash, as it can be read back.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<String, String> {
    let mut options = File::options();
    let made = options.write(true).create_new(true).mode(0o600).open(path);
    let mut made = made.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => "is there already; choose another name".to_owned(),
        _ => error.to_string(),
    })?;
    made.write_all(bytes).and_then(|()| sha256_of(path)).map_err(|error| error.to_string())
}
