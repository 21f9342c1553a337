//! Looking a workspace over without changing anything: is it whole, unchanged, and private?

use super::chain::Chain;
use super::family::OWN;
use super::workspace::{KEYS, PUBLIC_KEYS, is_key_file, key_file};
use super::workspaces::LOCK;
use super::{
    CaseError, CaseState, Conflict, Custody, Entry, Finding, FindingKind, Hold, Seq, Strand, What,
};
use super::{chains, files, journal, sha256_hex, unsaved, workspace};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// Entries that could be read.
    pub entries: usize,
    /// How many of each kind.
    pub kinds: BTreeMap<String, usize>,
    /// Hash of the last entry. Who wrote it down elsewhere can tell whether entries were cut
    /// off the end, which the journal alone cannot.
    pub head: String,
    /// Colleagues' chains: file, entries, hash of the last.
    pub chains: Vec<(String, usize, String)>,
    pub hold: Option<Hold>,
    pub conflicts: Vec<Conflict>,
    pub findings: Vec<Finding>,
    /// The own chain and its file, then colleagues' with theirs.
    strands: Vec<(String, Strand)>,
}

/// The entry in whose hash a hash that was written down is found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The file of entries, such as `journal.jsonl`.
    pub file: String,
    pub hash: String,
    pub seq: Seq,
    /// Entries that came after it.
    pub later: usize,
}

/// A record of this object was marked when that had this hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marking<'a> {
    pub object: &'a str,
    pub sha256: &'a str,
    /// The first entry of this workspace's journal that says so.
    pub entry: Seq,
}

/// What entries of a chain say of the objects in which records were marked, by object and hash once
/// each.
pub(super) fn markings<'a>(entries: impl Iterator<Item = &'a Arc<Entry>>) -> Vec<Marking<'a>> {
    let mut met = HashSet::new();
    let markings = entries.flat_map(|entry| {
        entry.what.exhibits().iter().filter_map(|exhibit| {
            let sha256 = exhibit.sha256.as_deref()?;
            Some(Marking { object: &exhibit.object, sha256, entry: entry.seq })
        })
    });
    markings.filter(|marking| met.insert((marking.object, marking.sha256))).collect()
}

/// Bytes of the longest file of public keys; more than any can have.
const LONGEST_KEYS: u64 = 64 << 20;

/// Digits of a hash that are enough to find it by: as many as stand in the name of an export.
pub const HEAD_DIGITS: usize = 12;

/// Every session begins with an entry, so that only a workspace in which none ever began has none.
const EMPTY: &str = "journal.jsonl is empty, and every session begins with an entry: its entries are \
                     lost; put it back from a copy of the workspace, or delete the workspace if \
                     nothing was ever done in it";

impl CheckReport {
    /// Whether nothing was changed or lost.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| !finding.kind.is_damage())
    }
}

/// Checks the workspace in this folder, which may be in use: its chain of entries,
/// `workspace.json`, what was set aside, and who may read it. An error means that the folder
/// itself could not be read.
pub fn check(folder: &Path) -> Result<CheckReport, CaseError> {
    let mut report = CheckReport {
        entries: 0,
        kinds: BTreeMap::new(),
        head: String::new(),
        chains: Vec::new(),
        hold: None,
        conflicts: Vec::new(),
        findings: permissions(folder)?,
        strands: Vec::new(),
    };
    let info = match workspace::read(folder) {
        Err(error @ CaseError::Newer { .. }) => return Err(error),
        Err(error) => {
            report.findings.push(Finding::new(FindingKind::Info, error.to_string()));
            return Ok(report);
        }
        Ok(info) => info,
    };
    let path = folder.join(journal::FILE);
    let chain = journal::read(&path, &info.id).map_err(CaseError::at(&path))?;
    report.entries = chain.entries.len();
    if fs::metadata(&path).is_ok_and(|about| about.len() == 0) {
        report.findings.push(Finding::new(FindingKind::Missing, EMPTY));
    }
    let own = report.take(chain, journal::FILE);
    report.head.clone_from(&own.head);
    report.strands.push((journal::FILE.to_owned(), own));
    for kept in chains::read(folder)? {
        let name = kept.path.file_name().unwrap_or_default().to_string_lossy();
        let file = format!("{}/{name}", chains::FOLDER);
        let strand = report.take(kept.chain, &file);
        report.chains.push((file.clone(), strand.entries.len(), strand.head.clone()));
        report.strands.push((file, strand));
    }
    let strands: Vec<Strand> = report.strands.iter().map(|(_, strand)| strand.clone()).collect();
    let state = CaseState::of(&strands);
    report.kinds =
        state.kinds().into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
    report.hold = state.hold();
    report.conflicts = state.conflicts().to_vec();
    report.findings.extend(state.custody().receipts(folder).1);
    report.findings.extend(public_keys(&folder.join(PUBLIC_KEYS), &state)?);
    Ok(report)
}

/// Public keys are what proofs rest on: each file has to be what its name says, and those that the
/// journal says were named are told if they are gone.
fn public_keys(folder: &Path, state: &CaseState) -> Result<Vec<Finding>, CaseError> {
    let (mut findings, mut found) = (Vec::new(), HashSet::new());
    let mut tell = |kind, text: String| findings.push(Finding::new(kind, text));
    let listed = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        listed => Some(listed.map_err(CaseError::at(folder))?),
    };
    for entry in listed.into_iter().flatten() {
        let path = entry.map_err(CaseError::at(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let shown = format!("{PUBLIC_KEYS}/{name}");
        if !is_key_file(&name) {
            // What is left of a writing that was interrupted is not read.
            if name.ends_with(KEYS) {
                tell(
                    FindingKind::PublicKeys,
                    format!("{shown} was not put there by this program: remove it"),
                );
            }
            continue;
        }
        let wrong = match files::read_small(&path, LONGEST_KEYS) {
            Ok(bytes) if key_file(&sha256_hex(&bytes)) == name => {
                found.insert(name);
                continue;
            }
            Ok(_) => "is not the file that was named".to_owned(),
            Err(error) => format!("cannot be read ({error})"),
        };
        tell(FindingKind::PublicKeys, format!("{shown} {wrong}: put it back from a copy"));
    }
    // Colleagues' keys are not taken over with their entries.
    let own = state.entries().iter().enumerate().filter(|(at, _)| state.chain_of(*at) == OWN);
    let named = own.filter_map(|(_, entry)| match &entry.what {
        What::KeysAdd { file, sha256, .. } => Some((key_file(sha256), file)),
        _ => None,
    });
    let missing: BTreeMap<String, &String> =
        named.filter(|(name, _)| !found.contains(name)).collect();
    for (name, file) in missing {
        let shown = format!("{PUBLIC_KEYS}/{name}");
        let text = format!("{shown}, which was {file}, is not there: its keys are not believed");
        tell(FindingKind::NoPublicKeys, text);
    }
    Ok(findings)
}

impl CheckReport {
    /// The first thing wrong in each file of entries: what stands before it there is as it was
    /// written.
    pub fn breaks(&self) -> impl Iterator<Item = &Finding> {
        let mut met = HashSet::new();
        let in_chain = |finding: &&Finding| finding.line.is_some() && finding.kind.is_damage();
        self.findings.iter().filter(in_chain).filter(move |finding| met.insert(&*finding.file))
    }

    /// Where the hash of an entry, or its first [`HEAD_DIGITS`] digits or more, is in the chains.
    pub fn anchor(&self, digits: &str) -> Option<Anchor> {
        let digits = digits.to_ascii_lowercase();
        self.strands.iter().find_map(|(file, strand)| {
            if strand.hashes.is_empty() && strand.head.starts_with(&digits) {
                let (file, hash) = (file.clone(), strand.head.clone());
                return Some(Anchor { file, hash, seq: 0, later: 0 });
            }
            let at = strand.hashes.iter().position(|hash| hash.starts_with(&digits))?;
            let (file, hash) = (file.clone(), strand.hashes[at].clone());
            let later = strand.hashes.len() - at - 1;
            Some(Anchor { file, hash, seq: strand.entries[at].seq, later })
        })
    }

    /// What this workspace's own chain says of what its evidence was.
    pub fn custody(&self) -> Custody<'_> {
        let entries = self.strands.first().into_iter().flat_map(|(_, own)| &own.entries);
        Custody::of(entries)
    }

    /// Adds what somebody else found in the workspace's folder.
    pub fn add(&mut self, kind: FindingKind, text: String) {
        self.findings.push(Finding::new(kind, text));
    }

    /// What is wrong with a chain, and with the records that its entries hold.
    fn take(&mut self, chain: Chain, file: &str) -> Strand {
        self.findings.extend(chain.findings.iter().cloned());
        let strand = chain.into_strand();
        for entry in &strand.entries {
            for exhibit in entry.what.exhibits().iter().filter(|exhibit| !exhibit.is_intact()) {
                let text = format!(
                    "{file} entry {}: the bytes kept of {} are not those that were marked",
                    entry.seq, exhibit.summary
                );
                self.findings.push(Finding::new(FindingKind::Exhibit, text));
            }
        }
        strand
    }
}

fn permissions(folder: &Path) -> Result<Vec<Finding>, CaseError> {
    let at = CaseError::at;
    let mut findings = Vec::new();
    let mut look = |name: &str, mode: u32| {
        if mode & 0o077 != 0 {
            let text = format!(
                "{name} is open to other people of this host (mode {:o}): chmod go= it",
                mode & 0o777
            );
            findings.push(Finding::new(FindingKind::Permissions, text));
        }
    };
    let about = fs::metadata(folder).map_err(at(folder))?;
    look("the workspace's folder", about.permissions().mode());
    let mut kept = Vec::new();
    for found in fs::read_dir(folder).map_err(at(folder))? {
        let found = found.map_err(at(folder))?;
        let name = found.file_name().to_string_lossy().into_owned();
        match found.metadata() {
            Ok(about) if name != LOCK => look(&name, about.permissions().mode()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(at(&found.path())(error));
            }
            _ => {}
        }
        if name.starts_with("journal.torn-") {
            let text =
                format!("{name} holds the beginning of an entry whose writing was interrupted");
            kept.push(Finding::new(FindingKind::SetAside, text));
        }
        if name.starts_with(unsaved::LEFT) {
            let text = unsaved::left(&name, "holds entries that are not in the journal");
            kept.push(Finding::new(FindingKind::SetAside, text));
        }
    }
    findings.append(&mut kept);
    findings.sort_by(|a, b| a.text.cmp(&b.text));
    Ok(findings)
}
