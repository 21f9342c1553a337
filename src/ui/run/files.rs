//! The few files that the screen itself touches: the note in an external editor, what a terminal
//! could not take, and the hash of what was saved.

use std::io::{Read, Write};
use std::path::Path;

/// Bytes of a note that an editor may give back.
const MAX_NOTE: u64 = 1 << 20;

pub(super) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(bytes)
}

pub(super) fn read_note(path: &Path) -> Result<String, String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(told)?;
    file.take(MAX_NOTE).read_to_end(&mut bytes).map_err(told)?;
    String::from_utf8(bytes).map_err(|_| format!("{}: is no UTF-8 text", path.display()))
}

pub(super) fn sha256_of(path: &Path) -> std::io::Result<String> {
    use sha2::{Digest, Sha256};
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(crate::case::hex(&hasher.finalize())),
            count => hasher.update(&buffer[..count]),
        }
    }
}
