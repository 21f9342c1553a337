//! Writing the custody bundle of an incident: its files into a new folder, and a signature over
//! their hashes.

use crate::record::bundle::{Bundle, Parts, SUMS};
use crate::record::incident::{Incident, WRITERS};
use crate::record::signing::{Signer, sign};
use sha2::{Digest, Sha256};
use std::fs::{DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What goes into a bundle besides the record itself.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// The journal as it lies in the workspace; of a redacted record that with tokens in it.
    pub journal: Option<Vec<u8>>,
    /// Pages that prove exhibits, by name.
    pub proofs: Vec<(String, Vec<u8>)>,
    /// Files of public keys, by name.
    pub public_keys: Vec<(String, Vec<u8>)>,
    pub signing: Option<Signing>,
    /// Journals of colleagues that the record rests on too, by the names of their files.
    pub chains: Vec<(String, Vec<u8>)>,
}

/// Who signs, and with which key.
#[derive(Debug, Clone)]
pub struct Signing {
    pub who: String,
    pub key: PathBuf,
    /// A passphrase may be asked for on the terminal.
    pub may_ask: bool,
}

/// The files of public keys that a workspace keeps in this folder, and what is wrong with some.
pub fn public_keys(folder: &Path) -> (Vec<(String, Vec<u8>)>, Vec<String>) {
    let (mut keys, mut problems) = (Vec::new(), Vec::new());
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (keys, problems),
        Err(error) => return (keys, vec![format!("{}: {error}", folder.display())]),
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    // Others are left behind where writing one was interrupted.
    paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match std::fs::read(&path) {
            Ok(bytes) => keys.push((name, bytes)),
            Err(error) => problems.push(format!("{}: {error}; left out", path.display())),
        }
    }
    (keys, problems)
}

/// A bundle that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundled {
    pub files: usize,
    /// SHA-256 of the list of hashes, in hexadecimal: one number for all of it.
    pub sha256: String,
    pub signature: Option<PathBuf>,
    /// What is not in it.
    pub left_out: Vec<String>,
}

/// Writes the bundle into a folder that is not there yet. Until all of it is there and signed, it has
/// another name.
///
/// # Errors
/// What to tell. Nothing of the bundle is left.
pub fn write(folder: &Path, incident: &Incident, beside: &Beside) -> Result<Bundled, String> {
    let signing = beside.signing.as_ref();
    let signer = signing.map(|it| Signer::read(&it.who, &it.key)).transpose();
    let signer = signer.map_err(|error| error.to_string())?;
    let mut left_out = Vec::new();
    let mut records = Vec::new();
    for writer in WRITERS {
        let written = (writer.write)(incident);
        left_out.extend(written.left_out.iter().map(|what| format!("{}: {what}", writer.file)));
        records.push((writer.file.to_owned(), written.bytes));
    }
    let parts = Parts {
        incident: Some(incident),
        records,
        journal: beside.journal.as_deref(),
        public_keys: beside.public_keys.clone(),
        proofs: beside.proofs.clone(),
        chains: beside.chains.clone(),
        signer,
    };
    let bundle = Bundle::new(&parts);
    left_out.extend(bundle.left_out.iter().cloned());
    if folder.symlink_metadata().is_ok() {
        return Err(told(folder, &io::ErrorKind::AlreadyExists.into()));
    }
    let mut part = folder.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    make(&part).map_err(|error| told(&part, &error))?;
    let written = fill(&part, &bundle, signing)
        .and_then(|()| std::fs::rename(&part, folder).map_err(|error| told(folder, &error)));
    if let Err(problem) = written {
        // What was begun here is of no use to anybody.
        let _ = std::fs::remove_dir_all(&part);
        return Err(problem);
    }
    let sums = bundle.files.iter().find(|file| file.path == SUMS);
    let sha256 = sums.map(|file| crate::case::hex(&Sha256::digest(&file.bytes)));
    let signature = signing.map(|_| folder.join(format!("{SUMS}.sig")));
    let (files, sha256) = (bundle.files.len(), sha256.unwrap_or_default());
    Ok(Bundled { files, sha256, signature, left_out })
}

/// Writes the files into a folder, and signs them.
fn fill(folder: &Path, bundle: &Bundle, signing: Option<&Signing>) -> Result<(), String> {
    for file in &bundle.files {
        let path = folder.join(&file.path);
        put(&path, &file.bytes).map_err(|error| told(&path, &error))?;
    }
    let signed = signing.map(|it| sign(&it.key, &folder.join(SUMS), it.may_ask));
    signed.transpose().map_err(|error| error.to_string())?;
    Ok(())
}

fn told(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            format!("{} is there already; choose another name", path.display())
        }
        _ => format!("{}: {error}", path.display()),
    }
}

/// A folder that only its owner can read.
fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(folder)
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent()
        && !parent.is_dir()
    {
        make(parent)?;
    }
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
