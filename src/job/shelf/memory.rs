//! What the shelf remembers of objects beside their rows: the hashes that they had when they were
//! read.

use super::index::Line;
use super::offers::numbers;
use crate::case::Receipt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The indexes of a folder, opened: what they say can be read also after a session found nothing of
/// use in them and removed them.
#[derive(Debug, Default)]
pub(in crate::job) struct Memory(Vec<File>);

impl Memory {
    /// Opens every index that is there. Another build of this program may read the same bytes
    /// differently, but gives them the same hash: all of them count.
    pub(in crate::job) fn open(folder: &Path) -> Self {
        let path = |number| super::plain(folder.join(format!("{number:04}.idx")));
        let paths = numbers(folder).into_iter().filter_map(path);
        Self(paths.filter_map(|path| File::open(path).ok()).collect())
    }

    /// What they say of objects, the oldest first.
    pub(in crate::job) fn receipts(self) -> Vec<Receipt> {
        let mut all = Vec::new();
        for mut file in self.0 {
            let mut text = Vec::new();
            if file.read_to_end(&mut text).is_err() {
                continue;
            }
            all.extend(Line::all(&text).into_iter().filter_map(|line| {
                let Line::Object(saved) = line else { return None };
                let sha256 = crate::case::unhex(&saved.sha256)?;
                Some(Receipt { path: saved.path, sha256, bytes: saved.bytes })
            }));
        }
        all
    }
}
