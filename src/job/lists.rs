//! Reads the files that a filter names with `@`; the same for the screen and without one.

use crate::case::sha256_hex;
use crate::query::{Lists, Query, Sought};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Bytes of the longest list.
const LONGEST: u64 = 64 << 20;

/// Why a list cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error("the list @{name}: {}; name a file that can be read", plain(error))]
    Unreadable { name: String, error: io::Error },
    #[error("the list @{0}: name a file of at most 64 MiB, one value a line")]
    NoList(String),
}

/// Why a file cannot be read; what is usual in words that fit into a line.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => error.to_string(),
    }
}

/// Loads every list that the query names, by paths from the working directory.
///
/// # Errors
/// The first list that is no file, too long, not UTF-8 or not readable.
pub fn load(query: &Query) -> Result<Lists, ListError> {
    let mut lists = Lists::default();
    for name in query.lists() {
        lists.add(name, read(name)?);
    }
    Ok(lists)
}

/// The values of a list, whose name is seen from this folder.
///
/// # Errors
/// It is no file, too long, not UTF-8 or not readable.
pub fn sought(folder: &Path, name: &str) -> Result<Sought, ListError> {
    let path = folder.join(name).display().to_string();
    Ok(Sought::list(name, &read(&path)?))
}

/// The hash of a list, if it is one that can be loaded.
pub fn sha256(name: &str) -> Result<String, ListError> {
    read(name).map(|text| sha256_hex(text.as_bytes()))
}

/// Pipes and devices are refused like what is too long: they may never end.
fn read(name: &str) -> Result<String, ListError> {
    let unreadable = |error| ListError::Unreadable { name: name.to_owned(), error };
    let no_list = || ListError::NoList(name.to_owned());
    if !fs::metadata(name).map_err(unreadable)?.is_file() {
        return Err(no_list());
    }
    let mut text = String::new();
    let file = File::open(name).map_err(unreadable)?;
    let length = file.take(LONGEST + 1).read_to_string(&mut text).map_err(unreadable)?;
    if length as u64 > LONGEST { Err(no_list()) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Names, Now, parse};

    fn loaded(path: &str) -> Result<Lists, String> {
        let text = format!("ip:@\"{path}\"");
        let query = parse(&text, &Names::default(), Now::default()).unwrap();
        assert_eq!(query.lists(), [path]);
        load(&query).map_err(|error| error.to_string())
    }

    #[test]
    fn files_are_read_and_what_may_not_end_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bad.txt").display().to_string();
        fs::write(&path, "192.0.2.1\n").unwrap();
        assert!(loaded(&path).is_ok());
        let refused = loaded("/dev/zero").unwrap_err();
        assert_eq!(refused, "the list @/dev/zero: name a file of at most 64 MiB, one value a line");
        let long = File::create(&path).unwrap();
        long.set_len(LONGEST + 1).unwrap();
        assert!(loaded(&path).unwrap_err().ends_with("one value a line"));
        fs::write(&path, b"\xff\n").unwrap();
        assert!(loaded(&path).unwrap_err().contains("UTF-8"));
        assert!(loaded("none.txt").unwrap_err().contains("name a file that can be read"));
    }
}
