//! A file of public keys that the analyst names: read and judged before anything is made of it, then
//! kept in the workspace, where verification finds it from then on.

use super::integrity::read_file;
use crate::case::{CaseError, What, Workspace, sha256_hex};
use crate::verify::{Keys, KeysError, keys};
use std::path::{Path, PathBuf};

/// A file with at least one key in it.
#[derive(Debug, Clone)]
pub struct KeyFile {
    bytes: Vec<u8>,
    /// How many keys there are in it.
    pub keys: usize,
    /// A sentence for each key that is not taken.
    pub left: Vec<String>,
}

/// Why a file of keys is not taken.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    /// What is no plain file could be waited for without end.
    #[error("{0}: is no file")]
    NoFile(PathBuf),
    #[error("{0}: is longer than any file of keys")]
    TooLong(PathBuf),
    #[error("{path}: {source}; save the keys with `aws cloudtrail list-public-keys`")]
    NoKeys { path: PathBuf, source: KeysError },
    #[error("{path}: {why}")]
    NoneTaken { path: PathBuf, why: String },
}

impl KeyFile {
    /// Reads what `aws cloudtrail list-public-keys` printed.
    ///
    /// # Errors
    /// The file cannot be read, or no key in it can be used.
    pub fn read(path: &Path) -> Result<Self, KeyFileError> {
        let io = |source| KeyFileError::Io { path: path.to_owned(), source };
        if !std::fs::metadata(path).map_err(io)?.is_file() {
            return Err(KeyFileError::NoFile(path.to_owned()));
        }
        let bytes = read_file(path).map_err(io)?;
        if bytes.len() as u64 >= keys::LONGEST {
            return Err(KeyFileError::TooLong(path.to_owned()));
        }
        let mut found = Keys::default();
        let left = found
            .read(&bytes)
            .map_err(|source| KeyFileError::NoKeys { path: path.to_owned(), source })?;
        if found.is_empty() {
            return Err(KeyFileError::NoneTaken { path: path.to_owned(), why: left.join("; ") });
        }
        Ok(Self { bytes, keys: found.len(), left })
    }

    /// Keeps the file in the workspace, under the hash of its content.
    pub fn keep(&self, workspace: &Workspace) -> Result<PathBuf, CaseError> {
        workspace.keep_public_keys(&self.bytes)
    }

    /// What the journal says of it; `file` is where it was.
    pub fn fact(&self, file: String) -> What {
        What::KeysAdd { file, sha256: sha256_hex(&self.bytes), keys: self.keys as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Settings, Workspaces};
    use crate::event::{Timestamp, base64};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn keys_are_kept_once_privately_and_only_if_they_are_keys() {
        let folder = tempfile::tempdir().unwrap();
        let workspaces = Workspaces::new(folder.path().join("cases"));
        let opened = workspaces.create("case", vec![], Settings::default(), Timestamp(0)).unwrap();
        let keys = opened.workspace.public_keys();
        let path = folder.path().join("keys.json");
        let write = |text: &str| std::fs::write(&path, text).unwrap();
        let value = base64::encode(b"some bytes");
        for (text, why) in [
            ("no JSON", "is not what list-public-keys prints"),
            (r#"{"PublicKeyList":[]}"#, "has no key in it"),
            (r#"{"PublicKeyList":[{"Value":"?"}]}"#, "is no base64"),
        ] {
            write(text);
            let error = KeyFile::read(&path).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        assert!(matches!(KeyFile::read(folder.path()), Err(KeyFileError::NoFile(_))));
        assert!(!keys.exists());
        let text = format!(r#"{{"PublicKeyList":[{{"Value":"{value}"}},{{"Value":"?"}}]}}"#);
        write(&text);
        let file = KeyFile::read(&path).unwrap();
        assert_eq!((file.keys, file.left.len()), (1, 1));
        for _ in 0..2 {
            let kept = file.keep(&opened.workspace).unwrap();
            assert_eq!(kept, keys.join(format!("{}.json", sha256_hex(text.as_bytes()))));
            assert_eq!(std::fs::read_to_string(&kept).unwrap(), text);
            assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(&keys).unwrap().count(), 1);
        let second = workspaces.open("case").unwrap();
        let error = file.keep(&second.workspace).unwrap_err().to_string();
        assert!(error.contains("read-only"), "{error}");
    }
}
