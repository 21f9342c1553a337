//! Looking a workspace over without changing anything: is it whole, unchanged, and private?

use super::chain::Chain;
use super::workspaces::LOCK;
use super::{CaseError, CaseState, Conflict, Finding, FindingKind, Hold, Strand};
use super::{chains, journal, unsaved, workspace};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[derive(Debug, Clone, PartialEq, Eq)]
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
}

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
    let mut strands = vec![report.take(chain, journal::FILE)];
    for kept in chains::read(folder)? {
        let name = kept.path.file_name().unwrap_or_default().to_string_lossy();
        let file = format!("{}/{name}", chains::FOLDER);
        let strand = report.take(kept.chain, &file);
        report.chains.push((file, strand.entries.len(), strand.head.clone()));
        strands.push(strand);
    }
    report.head.clone_from(&strands[0].head);
    let state = CaseState::of(&strands);
    report.kinds =
        state.kinds().into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
    report.hold = state.hold();
    report.conflicts = state.conflicts().to_vec();
    Ok(report)
}

impl CheckReport {
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
