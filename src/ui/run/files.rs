//! The few files that the screen itself touches: the note in an external editor, what a terminal
//! could not take, and the hash of what was saved.

use super::Loop;
use crate::ui::message::Message;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Bytes of a note that an editor may give back.
const MAX_NOTE: u64 = 1 << 20;

pub(super) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(bytes)
}

/// The text that an editor left.
///
/// # Errors
/// What to tell: the file cannot be read, is too long or no text. It is not cut.
pub(super) fn read_note(path: &Path) -> Result<String, String> {
    let told = |error: io::Error| format!("{}: {error}", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(told)?;
    file.take(MAX_NOTE + 1).read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 > MAX_NOTE {
        return Err(format!("{}: longer than 1 MiB; make it shorter", path.display()));
    }
    String::from_utf8(bytes).map_err(|_| format!("{}: is no UTF-8 text", path.display()))
}

/// Looks for a free name on a thread of its own, since a disk may hang: what was typed meanwhile
/// stands, and no file's place is taken when it is written.
pub(super) fn propose(running: &Loop, proposed: String) {
    let (from, told) = (running.world.from.clone(), running.told.0.clone());
    let look = move || {
        let free = free(&from, &proposed);
        // Nobody listens once everything is left.
        let _ = told.send(Message::Free { proposed, free });
    };
    // Without a thread the name stays as it was proposed.
    let _ = std::thread::Builder::new().name("propose".to_owned()).spawn(look);
}

/// The name, or if something in this folder has it, the same with the first number that is free.
fn free(folder: &Path, name: &str) -> String {
    const MOST: u32 = 1000;
    let is_free = |name: &String| folder.join(name).symlink_metadata().is_err();
    let (stem, end) = name.rfind('.').map_or((name, ""), |at| name.split_at(at));
    let numbered = (2..MOST).map(|number| format!("{stem}-{number}{end}"));
    std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_has_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| std::fs::write(folder.path().join(name), "").unwrap();
        assert_eq!(free(folder.path(), "proof.md"), "proof.md");
        make("proof.md");
        assert_eq!(free(folder.path(), "proof.md"), "proof-2.md");
        std::os::unix::fs::symlink("nowhere", folder.path().join("proof-2.md")).unwrap();
        assert_eq!(free(folder.path(), "proof.md"), "proof-3.md");
        make("report");
        assert_eq!(free(folder.path(), "report"), "report-2");
    }

    #[test]
    fn a_note_is_taken_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("note.md");
        for (length, taken) in [(0, true), (MAX_NOTE, true), (MAX_NOTE + 1, false)] {
            write_private(&path, &vec![b'a'; length as usize]).unwrap();
            let read = read_note(&path);
            assert_eq!(read.is_ok_and(|text| text.len() as u64 == length), taken, "{length}");
        }
        write_private(&path, b"\xff").unwrap();
        assert!(read_note(&path).is_err_and(|why| why.ends_with("is no UTF-8 text")));
    }
}
