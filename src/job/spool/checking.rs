//! Whether copies that are evidence are still what was copied: each is read to its end, and hashed
//! as what it is of was when it came.

use super::kept::{RAW_PART, RAW_WHOLE};
use super::{Of, PART, Spool, WHOLE};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::{self, Read};
use std::path::Path;

const PIECE: usize = 256 << 10;

/// What looking a copy over came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It has the hash of what was acquired.
    Whole,
    /// It was not written to its end, so there is no hash; what came can be read.
    Unfinished,
    /// An older version wrote it, without a hash.
    Unhashed,
    /// It is not what was copied.
    Damaged(String),
}

/// A copy that was looked over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Of its file, in the folder.
    pub name: String,
    /// Bytes that can be read.
    pub bytes: u64,
    pub standing: Standing,
}

/// Looks over the copies in a folder of what cannot be read again, by name; says of each
/// beforehand that it is its turn. What only saves time is left out: it is made again.
pub fn check(folder: &Path, turn: &mut dyn FnMut(&str)) -> io::Result<Vec<Checked>> {
    let files = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files?,
    };
    let mut names = Vec::new();
    for file in files {
        names.extend(file?.file_name().into_string().ok().filter(|name| of(name).is_some()));
    }
    names.sort_unstable();
    let checked = names.into_iter().filter_map(|name| {
        turn(&name);
        look(folder, name).transpose()
    });
    checked.collect()
}

/// What a file of this name is a copy of, if that is evidence.
fn of(name: &str) -> Option<Of> {
    let is_copy = [WHOLE, RAW_WHOLE, RAW_PART].iter().any(|end| name.ends_with(end));
    let all = [Of::Stdin, Of::Pipe, Of::Grown];
    all.into_iter().find(|of| is_copy && name.starts_with(of.prefix()))
}

/// Nothing if it is gone meanwhile, as one is that was needed no longer.
fn look(folder: &Path, name: String) -> io::Result<Option<Checked>> {
    let path = folder.join(&name);
    if !name.ends_with(WHOLE) {
        let bytes = std::fs::metadata(path)?.len();
        return Ok(Some(Checked { name, bytes, standing: Standing::Unhashed }));
    }
    let spool = match Spool::open(path, of(&name).unwrap_or(Of::Pipe)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        spool => spool?,
    };
    let mut hash = Sha256::new();
    let (mut reader, mut buffer, mut bytes) = (spool.reader(), vec![0; PIECE], 0);
    let fault = loop {
        match reader.read(&mut buffer) {
            Ok(0) => break None,
            Ok(count) => {
                hash.update(&buffer[..count]);
                bytes += count as u64;
            }
            Err(error) => break Some(error),
        }
    };
    let hash: [u8; 32] = hash.finalize().into();
    // What was cut off while it was written ends with the last frame that is good.
    let is_part = name.ends_with(PART);
    let standing = match (fault, spool.content.ended) {
        (Some(error), _) => Standing::Damaged(format!("after {bytes} bytes: {error}")),
        (None, Some(ended)) if ended == hash => Standing::Whole,
        (None, Some(_)) => Standing::Damaged("it has another hash than what was copied".to_owned()),
        (None, None) if is_part => Standing::Unfinished,
        (None, None) => {
            Standing::Damaged(format!("what follows its first {bytes} bytes cannot be read"))
        }
    };
    Ok(Some(Checked { name, bytes, standing }))
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("as it came"),
            Self::Unfinished => f.write_str("not written to its end; no hash"),
            Self::Unhashed => f.write_str("of an older version; no hash"),
            Self::Damaged(why) => write!(f, "DAMAGED: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::sync::Arc;

    /// A copy of this, whole or not; its name.
    fn copy(folder: &Path, of: Of, bytes: &[u8], whole: bool) -> String {
        let spool = Spool::create(Some(folder), of, &Arc::default()).unwrap();
        spool.add(bytes);
        spool.finish(whole.then(|| Sha256::digest(bytes).into()));
        let names = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
        let mut names = names.filter_map(|name| name.into_string().ok());
        names.find(|name| name.starts_with(of.prefix())).unwrap()
    }

    fn standing(folder: &Path) -> Standing {
        let mut checked = check(folder, &mut |_| {}).unwrap();
        assert_eq!(checked.len(), 1);
        checked.remove(0).standing
    }

    #[test]
    fn copies_are_as_they_came() {
        let folder = tempfile::tempdir().unwrap();
        let text: Vec<u8> = (0..700_000_u32).flat_map(u32::to_le_bytes).collect();
        let names = [
            copy(folder.path(), Of::Grown, b"", true),
            copy(folder.path(), Of::Pipe, &text, false),
            copy(folder.path(), Of::Stdin, &text, true),
        ];
        copy(folder.path(), Of::Deep, b"made again", true);
        fs::write(folder.path().join("stdin-1-2.stream"), "older").unwrap();
        let mut turns = Vec::new();
        let checked = check(folder.path(), &mut |name| turns.push(name.to_owned())).unwrap();
        let found: Vec<(&str, u64, &Standing)> =
            checked.iter().map(|one| (&*one.name, one.bytes, &one.standing)).collect();
        let length = text.len() as u64;
        let mut expected = vec![
            (&*names[0], 0, &Standing::Whole),
            (&*names[1], length, &Standing::Unfinished),
            (&*names[2], length, &Standing::Whole),
            ("stdin-1-2.stream", 5, &Standing::Unhashed),
        ];
        expected.sort_unstable_by_key(|(name, ..)| name.to_owned());
        assert_eq!(found, expected);
        assert_eq!(turns, expected.iter().map(|(name, ..)| *name).collect::<Vec<_>>());
        assert_eq!(check(&folder.path().join("none"), &mut |_| {}).unwrap(), []);
    }

    #[test]
    fn a_changed_byte_anywhere_in_a_whole_copy_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let name = copy(folder.path(), Of::Stdin, b"what came through a pipe", true);
        let path = folder.path().join(name);
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 0x10;
            fs::write(&path, &bytes).unwrap();
            assert!(matches!(standing(folder.path()), Standing::Damaged(_)), "byte {at}");
            fs::write(&path, &good[..at]).unwrap();
            assert!(matches!(standing(folder.path()), Standing::Damaged(_)), "cut at {at}");
        }
        fs::write(&path, &good).unwrap();
        assert_eq!(standing(folder.path()), Standing::Whole);
    }

    #[test]
    fn another_content_with_good_frames_is_told_by_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::create(Some(folder.path()), Of::Pipe, &Arc::default()).unwrap();
        spool.add(b"another");
        spool.finish(Some(Sha256::digest(b"what came").into()));
        let Standing::Damaged(why) = standing(folder.path()) else { panic!("not told") };
        assert!(why.contains("another hash"), "{why}");
    }
}
