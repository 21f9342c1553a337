//! What the shelf remembers of objects beside their rows: the hashes that they had when they were
//! read.

use super::index::Line;
use super::offers::numbers;
use std::path::Path;

/// An object as a session read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::job) struct Remembered {
    pub(in crate::job) path: String,
    pub(in crate::job) sha256: [u8; 32],
    pub(in crate::job) bytes: u64,
}

/// What every index in the folder says of objects, the oldest first. Another build of this program
/// may read the same bytes differently, but gives them the same hash: all of them count.
pub(in crate::job) fn remembered(folder: &Path) -> Vec<Remembered> {
    let mut all = Vec::new();
    for number in numbers(folder) {
        let path = super::plain(folder.join(format!("{number:04}.idx")));
        let Some(text) = path.and_then(|path| std::fs::read(path).ok()) else { continue };
        all.extend(Line::all(&text).into_iter().filter_map(|line| {
            let Line::Object(saved) = line else { return None };
            let sha256 = crate::case::unhex(&saved.sha256)?;
            Some(Remembered { path: saved.path, sha256, bytes: saved.bytes })
        }));
    }
    all
}
