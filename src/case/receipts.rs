//! What evidence was when it was acquired: path, size and SHA-256 of every object that was read
//! whole, in lists that lie in the workspace's `acquired/`.
//!
//! A list is named by its own SHA-256, and an entry of the journal says that hash: so a list is in
//! the chain as if its lines stood there, and a journal stays fast to load with tens of thousands of
//! objects. A list has only what no earlier one has; the order of the entries is that in which an
//! object was read as what. One line is `{"path":…,"sha256":…,"bytes":…}`: a path may hold any
//! character.

use super::check::Marking;
use super::workspace::Workspace;
use super::{CaseError, Entry, Finding, FindingKind, Seq, What, files, hex, sha256_hex, unhex};
use super::{parcel, workspace};
use crate::event::{label, unlabel};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

pub(super) const FOLDER: &str = "acquired";
/// What stands behind the hash in the name of a list.
const END: &str = ".jsonl";
/// Bytes of a list, at most; with more there are several.
pub(super) const LONGEST: u64 = 32 << 20;

/// An object as a session read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub path: String,
    /// Of its bytes as they are stored.
    pub sha256: [u8; 32],
    pub bytes: u64,
}

impl Receipt {
    /// Path and hash: what is written down once.
    pub fn key(&self) -> (String, [u8; 32]) {
        (self.path.clone(), self.sha256)
    }
}

#[derive(Serialize, Deserialize)]
struct Line {
    path: String,
    sha256: String,
    bytes: u64,
}

/// What this workspace's own chain says of what its evidence was.
#[derive(Debug, Clone, Default)]
pub struct Custody<'a> {
    /// Entries that name a list, with its hash, in their order.
    pub lists: Vec<(Seq, &'a str)>,
    pub markings: Vec<Marking<'a>>,
}

impl<'a> Custody<'a> {
    /// Of the entries of a chain.
    pub(super) fn of(entries: impl Iterator<Item = &'a Arc<Entry>> + Clone) -> Self {
        let list = |entry: &'a Arc<Entry>| match &entry.what {
            What::Acquire { list, .. } => Some((entry.seq, list.as_str())),
            _ => None,
        };
        let markings = super::check::markings(entries.clone());
        Self { lists: entries.filter_map(list).collect(), markings }
    }

    /// The keys of all that is in the lists.
    pub fn known(&self, folder: &Path) -> HashSet<(String, [u8; 32])> {
        self.receipts(folder).0.into_iter().map(|(_, it)| it.key()).collect()
    }

    /// What the lists in a workspace's folder say, in the order of their entries, and which of them
    /// are not what the entries name.
    pub fn receipts(&self, folder: &Path) -> (Vec<(Seq, Receipt)>, Vec<Finding>) {
        let (mut receipts, mut findings) = (Vec::new(), Vec::new());
        for (seq, list) in &self.lists {
            match read(folder, list) {
                Ok(read) => receipts.extend(read.into_iter().map(|receipt| (*seq, receipt))),
                Err(wrong) => {
                    let text = format!(
                        "{FOLDER}/{list}{END}, the list of what was acquired that entry {seq} names, \
                         {wrong}: put it back from a copy of the workspace"
                    );
                    findings.push(Finding::new(FindingKind::Acquired, text));
                }
            }
        }
        (receipts, findings)
    }
}

/// The lines of a list, or what is wrong with it.
fn read(folder: &Path, list: &str) -> Result<Vec<Receipt>, String> {
    if !is_list(&format!("{list}{END}")) {
        return Err("has no name that a list can have".to_owned());
    }
    let path = folder.join(FOLDER).join(format!("{list}{END}"));
    // Names may be long, so that one line is more than the limit.
    let bytes = files::read_small(&path, 2 * LONGEST);
    let bytes = bytes.map_err(|error| format!("cannot be read ({error})"))?;
    if sha256_hex(&bytes) != list {
        return Err("is not what it was".to_owned());
    }
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let receipt = |line: &[u8]| {
        let Line { path, sha256, bytes } = serde_json::from_slice(line).ok()?;
        Some(Receipt { path, sha256: unhex(&sha256)?, bytes })
    };
    lines.map(receipt).collect::<Option<_>>().ok_or_else(|| "has other lines".to_owned())
}

/// Whether lists are called so.
pub(super) fn is_list(name: &str) -> bool {
    let hash = name.strip_suffix(END).unwrap_or_default();
    hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl Workspace {
    /// Writes lists of these, and returns, when they are on the disk, what the journal is to say of
    /// each.
    pub fn keep_receipts(&self, receipts: &[Receipt]) -> Result<Vec<What>, CaseError> {
        if receipts.is_empty() {
            return Ok(Vec::new());
        }
        let folder = self.writable(FOLDER)?;
        files::make_folder(&folder).map_err(CaseError::at(&folder))?;
        let at = CaseError::at;
        files::sync_folder_of(&folder).map_err(at(&folder))?;
        let (mut facts, mut lines, mut known) = (Vec::new(), Vec::new(), (0, 0));
        let mut keep = |lines: &mut Vec<u8>, (objects, bytes): (u64, u64)| {
            let list = sha256_hex(lines);
            let path = folder.join(format!("{list}{END}"));
            files::replace_durably(&path, lines).map_err(at(&path))?;
            lines.clear();
            facts.push(What::Acquire { list, objects, bytes });
            Ok::<_, CaseError>(())
        };
        for Receipt { path, sha256, bytes } in receipts {
            let line = Line { path: path.clone(), sha256: hex(sha256), bytes: *bytes };
            let written = serde_json::to_vec(&line);
            lines.extend(written.map_err(|error| at(&folder)(error.into()))?);
            lines.push(b'\n');
            known = (known.0 + 1, known.1 + bytes);
            if lines.len() as u64 >= LONGEST {
                keep(&mut lines, std::mem::take(&mut known))?;
            }
        }
        if !lines.is_empty() {
            keep(&mut lines, known)?;
        }
        Ok(facts)
    }
}

/// Where an object of this path lies now, if it came along with the workspace in this folder.
pub fn came_along(folder: &Path, path: &str) -> Option<String> {
    let is_local = path.starts_with('/') && !Path::new(path).starts_with(folder);
    let there = is_local.then(|| {
        let member = parcel::member_of(&unlabel(path));
        folder.join(OsStr::from_bytes(&member))
    })?;
    let there = std::path::absolute(there).ok().filter(|there| there.exists())?;
    Some(label(there.as_os_str().as_bytes()))
}

/// The folder of events as they were read, of a workspace's.
pub fn segments_of(folder: &Path) -> std::path::PathBuf {
    folder.join(workspace::SEGMENTS)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::case::{Settings, Workspaces};
    use std::fs;

    fn receipt(number: u8) -> Receipt {
        let path = format!("/evidence/{number}\n\"é\u{202e}.log");
        Receipt { path, sha256: [number; 32], bytes: u64::from(number) }
    }

    /// What is wrong, by a fold over the entries as they are written.
    fn told(folder: &Path, facts: &[What]) -> (Vec<(Seq, Receipt)>, Vec<Finding>) {
        let entries = facts.iter().cloned().enumerate();
        let entries = entries.map(|(at, what)| Arc::new(sample::entry(at as Seq + 7, what)));
        let entries: Vec<Arc<Entry>> = entries.collect();
        Custody::of(entries.iter()).receipts(folder)
    }

    #[test]
    fn what_was_kept_comes_back_or_is_missed() {
        let folder = tempfile::tempdir().unwrap();
        let all = Workspaces::new(folder.path());
        let opened = all.create("a", Vec::new(), Settings::default(), sample::at(0)).unwrap();
        let place = opened.workspace.path().to_owned();
        let mut facts = opened.workspace.keep_receipts(&[receipt(1), receipt(2)]).unwrap();
        facts.extend(opened.workspace.keep_receipts(&[receipt(3)]).unwrap());
        let What::Acquire { list, objects: 2, bytes: 3 } = &facts[0] else { panic!("{facts:?}") };
        let kept = vec![(7, receipt(1)), (7, receipt(2)), (8, receipt(3))];
        assert_eq!(told(&place, &facts), (kept, Vec::new()));

        let path = place.join(FOLDER).join(format!("{list}{END}"));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("\"bytes\":1", "\"bytes\":9")).unwrap();
        let (left, findings) = told(&place, &facts);
        assert_eq!(left, [(8, receipt(3))]);
        assert!(findings[0].text.contains("entry 7 names, is not what it was"), "{findings:?}");
        fs::remove_file(&path).unwrap();
        let (_, findings) = told(&place, &facts);
        assert!(findings[0].text.contains("cannot be read"), "{findings:?}");
        assert!(findings[0].kind.is_damage());

        let stray = What::Acquire { list: "../journal".to_owned(), objects: 1, bytes: 1 };
        let (_, findings) = told(&place, &[stray]);
        assert!(findings[0].text.contains("no name that a list can have"), "{findings:?}");
    }
}
