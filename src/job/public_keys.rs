//! Public keys that the analyst names, in a file or at CloudTrail itself: read and judged before
//! anything is made of them, then kept in the workspace, where verification finds them from then on.

use super::integrity::read_file;
use crate::case::{CaseError, What, Workspace, sha256_hex};
use crate::event::{Cancel, Reason};
use crate::source::Aws;
use crate::source::aws::cloudtrail::{self, Wanted};
use crate::verify::{Keys, KeysError, Signed, keys};
use std::path::{Path, PathBuf};

/// What stands before a Region whose keys CloudTrail is asked for; before nothing, for all Regions
/// of the evidence.
pub const CLOUDTRAIL: &str = "cloudtrail://";

/// Where public keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    File(PathBuf),
    /// CloudTrail lists its keys: those of one Region, or of all that are in the evidence.
    CloudTrail(Option<String>),
}

impl Place {
    /// What a person named.
    pub fn of(name: &Path) -> Self {
        let region = name.to_str().and_then(|name| name.strip_prefix(CLOUDTRAIL));
        match region.map(|region| region.trim_end_matches('/')) {
            None => Self::File(name.to_owned()),
            Some("") => Self::CloudTrail(None),
            Some(region) => Self::CloudTrail(Some(region.to_owned())),
        }
    }
}

/// Asks CloudTrail for the keys of one Region, or of all, over the time in which they signed the
/// digests of the evidence. What is wrong with one Region costs no other.
pub fn fetch(
    aws: &Aws,
    region: Option<&str>,
    signed: &Signed,
    cancel: &Cancel,
) -> Vec<Result<KeyFile, KeyFileError>> {
    let wanted: Vec<Wanted> = signed
        .iter()
        .filter(|(known, _)| region.is_none_or(|region| region == **known))
        .map(|(region, &(from, to))| Wanted { region: region.clone(), from, to })
        .collect();
    if wanted.is_empty() || wanted.len() > REGIONS {
        let known = || signed.keys().cloned().collect::<Vec<_>>().join(", ");
        return vec![Err(match region {
            _ if !wanted.is_empty() => KeyFileError::TooMany(wanted.len()),
            None => KeyFileError::NoDigests,
            Some(region) => KeyFileError::NoRegion { region: region.to_owned(), known: known() },
        })];
    }
    let answers = cloudtrail::public_keys(aws, &wanted, cancel);
    let found = wanted.into_iter().zip(answers).map(|(Wanted { region, .. }, answer)| {
        let address = format!("{CLOUDTRAIL}{region}");
        match answer {
            Ok(bytes) => KeyFile::of(Path::new(&address), bytes),
            Err(reason) => Err(KeyFileError::Refused { address, reason }),
        }
    });
    found.collect()
}

/// Regions that are asked at most: where there are more, whoever made the evidence made them up.
const REGIONS: usize = 100;

/// A file with at least one key in it.
#[derive(Debug, Clone)]
pub struct KeyFile {
    /// Where it is, as people call that.
    pub name: String,
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
    #[error("{address}: {reason}")]
    Refused { address: String, reason: Reason },
    #[error("{CLOUDTRAIL}: not asked, for no digest in the evidence says of which Region it is")]
    NoDigests,
    #[error(
        "{CLOUDTRAIL}{region}: not asked, for no digest in the evidence is of that Region; there \
         are digests of: {known}"
    )]
    NoRegion { region: String, known: String },
    #[error(
        "{CLOUDTRAIL}: not asked, for the evidence has digests of {0} Regions, more than there are; \
         name one: {CLOUDTRAIL}REGION"
    )]
    TooMany(usize),
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
        Self::of(path, read_file(path).map_err(io)?)
    }

    /// Takes what a file, or what is as good as one, has in it.
    fn of(path: &Path, bytes: Vec<u8>) -> Result<Self, KeyFileError> {
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
        Ok(Self { name: path.display().to_string(), bytes, keys: found.len(), left })
    }

    /// What `aws cloudtrail list-public-keys` would have printed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
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
    fn files_and_cloudtrail_are_told_apart() {
        for (name, place) in [
            ("keys.json", Place::File("keys.json".into())),
            ("./cloudtrail:/x", Place::File("./cloudtrail:/x".into())),
            ("cloudtrail://", Place::CloudTrail(None)),
            ("cloudtrail://eu-west-1", Place::CloudTrail(Some("eu-west-1".to_owned()))),
            ("cloudtrail://eu-west-1/", Place::CloudTrail(Some("eu-west-1".to_owned()))),
        ] {
            assert_eq!(Place::of(Path::new(name)), place, "{name}");
        }
    }

    #[test]
    fn cloudtrail_is_not_asked_for_what_no_digest_needs() {
        let refused = |region: Option<&str>, signed: &Signed| {
            let fetched = fetch(&Aws::default(), region, signed, &Cancel::new());
            assert_eq!(fetched.len(), 1);
            fetched[0].as_ref().map(|_| ()).unwrap_err().to_string()
        };
        assert!(refused(None, &Signed::new()).contains("no digest in the evidence says"));
        let span = (Timestamp(0), Timestamp(1));
        let told = refused(Some("us-east-1"), &Signed::from([("eu-west-1".to_owned(), span)]));
        assert!(told.contains("digests of: eu-west-1"), "{told}");
        let many = (0..101).map(|number| (format!("eu-west-{number}"), span)).collect();
        let told = refused(None, &many);
        assert!(told.contains("digests of 101 Regions"), "{told}");
    }

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
