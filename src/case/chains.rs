//! Colleagues' chains beside the journal: files of `chains/`, each named `HEAD-ID.jsonl` by the
//! first digits of its last hash and the id of the workspace it was written in. None is ever
//! rewritten; one that goes on where another ends takes its place.

use super::chain::Chain;
use super::digest::is_hex;
use super::{CaseError, files, journal};
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

pub(super) const FOLDER: &str = "chains";
const DIGITS: usize = 16;
const ID: usize = 32;
const END: &str = ".jsonl";

/// A chain that was imported earlier.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) path: PathBuf,
    /// Its findings name the file.
    pub(super) chain: Chain,
}

/// The name of the file of a chain.
pub(super) fn name(head: &str, id: &str) -> String {
    format!("{}-{id}{END}", head.get(..DIGITS).unwrap_or(head))
}

/// The id that such a name holds; nothing if it is no such name.
pub(super) fn id_of(name: &str) -> Option<&str> {
    let (head, id) = name.strip_suffix(END)?.split_once('-')?;
    (head.len() == DIGITS && is_hex(head.as_bytes()) && is_id(id)).then_some(id)
}

/// Whether this can be the id of a workspace.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == ID && is_hex(text.as_bytes())
}

/// Reads and checks every chain in a workspace's folder, in the order of their names.
pub(super) fn read(folder: &Path) -> Result<Vec<Kept>, CaseError> {
    let folder = folder.join(FOLDER);
    names(&folder)?.iter().map(|name| kept(&folder, name)).collect()
}

/// Every chain in a workspace's folder as it lies there, by name and in the order of these.
pub(super) fn bytes(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, CaseError> {
    let folder = folder.join(FOLDER);
    let read = |name: String| {
        let path = folder.join(&name);
        let mut bytes = Vec::new();
        let read = journal::open(&path).and_then(|mut file| file.read_to_end(&mut bytes));
        read.map_err(CaseError::at(&path))?;
        Ok((name, bytes))
    };
    names(&folder)?.into_iter().map(read).collect()
}

/// The names of the files of chains in their folder, which need not be there.
fn names(folder: &Path) -> Result<Vec<String>, CaseError> {
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(CaseError::at(folder))?,
    };
    let mut names = Vec::new();
    for found in listing {
        let found = found.map_err(CaseError::at(folder))?;
        names.extend(found.file_name().into_string().ok().filter(|name| id_of(name).is_some()));
    }
    names.sort();
    Ok(names)
}

fn kept(folder: &Path, name: &str) -> Result<Kept, CaseError> {
    let path = folder.join(name);
    let mut chain = read_one(&path, id_of(name).unwrap_or_default())?;
    for finding in &mut chain.findings {
        finding.file = format!("{FOLDER}/{name}");
    }
    Ok(Kept { path, chain })
}

/// Reads and checks a chain that was written in the workspace of this id.
pub(super) fn read_one(path: &Path, id: &str) -> Result<Chain, CaseError> {
    journal::open(path)
        .and_then(|file| Chain::read(BufReader::with_capacity(1 << 18, file), id))
        .map_err(CaseError::at(path))
}

/// Puts a chain that lies at `from`, on the same disk, into a workspace's folder; what is torn of
/// it is cut off. Returns when it is on the disk.
pub(super) fn put(folder: &Path, from: &Path, chain: &Chain, id: &str) -> Result<(), CaseError> {
    let folder = folder.join(FOLDER);
    files::make_folder(&folder).map_err(CaseError::at(&folder))?;
    let to = folder.join(name(&chain.head, id));
    let file = File::options().write(true).open(from).map_err(CaseError::at(from))?;
    file.set_len(chain.good)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(from, &to))
        .and_then(|()| files::sync_folder_of(&to))
        .map_err(CaseError::at(&to))
}
