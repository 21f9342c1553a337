//! The custody bundle: a record, its exhibits byte for byte, the journal, and what a stranger needs
//! to check all of it with `sha256sum` and `ssh-keygen` alone.
//!
//! It is a list of files. No path is made of what somebody else wrote: names are numbers or are
//! reduced to plain characters. `SHA256SUMS` lists everything but itself and its signature, which
//! [`signing`](super::signing) makes.

use super::incident::text::json_pretty;
use super::incident::{Exhibit, Incident};
use super::signing::Signer;
use crate::event::{counted, hex};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;

mod page;

/// The list of hashes; also what is signed.
pub const SUMS: &str = "SHA256SUMS";

/// The folder of colleagues' journals.
const CHAINS: &str = "chains/";

/// A file of a bundle: its path below the bundle's folder, with `/`, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    pub path: String,
    pub bytes: Vec<u8>,
}

/// What a bundle is made of. Exhibits bring their bytes in the incident.
#[derive(Debug, Clone, Default)]
pub struct Parts<'a> {
    pub incident: Option<&'a Incident>,
    /// The record in each of its formats, by the names of their files.
    pub records: Vec<(String, Vec<u8>)>,
    /// The journal as it lies in the workspace; of a redacted incident that with tokens in it.
    pub journal: Option<&'a [u8]>,
    /// Public keys with which digests were verified, and proofs of single records, by name.
    pub public_keys: Vec<(String, Vec<u8>)>,
    pub proofs: Vec<(String, Vec<u8>)>,
    /// Journals of colleagues that the record rests on too, by the names of their files.
    pub chains: Vec<(String, Vec<u8>)>,
    pub signer: Option<Signer>,
}

/// The bundle's files in the order of their paths, and what is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    pub files: Vec<Filed>,
    pub left_out: Vec<String>,
}

impl Bundle {
    /// The bundle of these parts. Of a redacted incident proofs do not go along: they say what was
    /// taken out.
    pub fn new(parts: &Parts<'_>) -> Self {
        let mut bundle = Self::default();
        let redacted = parts.incident.is_some_and(|incident| incident.scrub.is_some());
        for (name, bytes) in &parts.records {
            bundle.put("", name, bytes);
        }
        let exhibits = parts.incident.map_or_else(Vec::new, |it| bundle.exhibits(&it.exhibits));
        for (name, bytes) in &parts.public_keys {
            bundle.put("public-keys/", name, bytes);
        }
        match parts.journal {
            Some(journal) if redacted => {
                bundle.put("", page::REDACTED_JOURNAL, journal);
                let why = "the journal as it is: it says what was redacted; its entries with tokens are there";
                bundle.left_out.push(why.to_owned());
            }
            Some(journal) => bundle.put("", "journal.jsonl", journal),
            None => bundle.left_out.push("the journal: none was given".to_owned()),
        }
        for (name, bytes) in &parts.chains {
            let name = name.strip_suffix(".jsonl").unwrap_or(name);
            let ending = if redacted { "redacted.jsonl" } else { "jsonl" };
            bundle.put(CHAINS, &format!("{name}.{ending}"), bytes);
        }
        if redacted && !parts.proofs.is_empty() {
            let pages = counted(parts.proofs.len() as u64, "page of proof", "pages of proof");
            bundle.left_out.push(format!("{pages}: they say what was redacted"));
        } else {
            for (name, bytes) in &parts.proofs {
                bundle.put("proofs/", name, bytes);
            }
        }
        if let Some(signer) = &parts.signer {
            bundle.put("", "allowed_signers", signer.allowed().as_bytes());
        }
        let manifest = manifest(parts, &bundle, &exhibits);
        bundle.put("", "manifest.json", json_pretty(&manifest).as_bytes());
        let page = page::verify(parts, &bundle);
        bundle.put("", "VERIFY.md", page.as_bytes());
        bundle.files.sort_by(|one, other| one.path.cmp(&other.path));
        let sums = sums(&bundle.files);
        bundle.put("", SUMS, sums.as_bytes());
        bundle
    }

    /// Adds a file below a folder, by a name that is plain and not there yet.
    fn put(&mut self, folder: &str, name: &str, bytes: &[u8]) {
        let taken: BTreeSet<String> =
            self.files.iter().map(|file| file.path.to_ascii_lowercase()).collect();
        let name = plain(name);
        let mut path = format!("{folder}{name}");
        let mut number = 2;
        while taken.contains(&path.to_ascii_lowercase()) {
            path = format!("{folder}{number}-{name}");
            number += 1;
        }
        self.files.push(Filed { path, bytes: bytes.to_vec() });
    }

    /// Adds the exhibits' bytes; gives what the manifest says of each.
    fn exhibits(&mut self, exhibits: &[Exhibit]) -> Vec<Value> {
        let width = exhibits.len().to_string().len().max(3);
        let mut missing = 0;
        let mut listed = Vec::with_capacity(exhibits.len());
        for (nth, exhibit) in exhibits.iter().enumerate() {
            let number = nth + 1;
            let file = exhibit.raw.as_ref().map(|raw| {
                let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&raw.0).is_ok();
                let ending = if is_json { "json" } else { "txt" };
                let path = format!("exhibits/{number:0width$}.{ending}");
                self.files.push(Filed { path: path.clone(), bytes: raw.0.clone() });
                (path, sha256(&raw.0))
            });
            missing += u64::from(file.is_none());
            listed.push(entry(number, exhibit, file));
        }
        if missing > 0 {
            let records = counted(missing, "exhibit", "exhibits");
            self.left_out.push(format!("the bytes of {records}: they were not given"));
        }
        listed
    }
}

/// A name in plain characters, that is no path and nothing hidden.
fn plain(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    let name: String = name.chars().map(safe).take(100).collect();
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() { "file".to_owned() } else { name.to_owned() }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes))
}

/// As `sha256sum` writes it.
fn sums(files: &[Filed]) -> String {
    let mut sums = String::new();
    for file in files {
        let _ = writeln!(sums, "{}  {}", sha256(&file.bytes), file.path);
    }
    sums
}

fn entry(number: usize, it: &Exhibit, file: Option<(String, String)>) -> Value {
    let (file, sha256) = file.unzip();
    json!({
        "exhibit": format!("E{number}"),
        "file": file,
        "file_sha256": sha256,
        "redacted": it.redacted,
        "record_sha256": it.record_sha256,
        "object": it.object,
        "object_sha256": it.sha256,
        "member": it.member,
        "offset": it.offset,
        "length": it.length,
        "line": it.line,
        "index": it.index,
        "format": it.format,
        "standing": it.standing,
    })
}

fn manifest(parts: &Parts<'_>, bundle: &Bundle, exhibits: &[Value]) -> Value {
    let files = bundle.files.iter().map(|file| {
        json!({ "path": file.path, "bytes": file.bytes.len(), "sha256": sha256(&file.bytes) })
    });
    let files: Vec<Value> = files.collect();
    json!({
        "format": "trailcase-custody",
        "version": 1,
        "incident": parts.incident.map(Incident::uid),
        "as_of": parts.incident.and_then(|it| it.as_of).map(crate::event::Time::to_rfc3339),
        "tool": parts.incident.map(|it| &it.tool),
        "workspace": parts.incident.map(|it| &it.workspace),
        "signer": parts.signer.as_ref().map(|signer| &signer.name),
        "scrub": parts.incident.and_then(|it| it.scrub.as_ref()),
        "left_out": bundle.left_out,
        "exhibits": exhibits,
        "evidence": parts.incident.map(|it| &it.evidence),
        "files": files,
    })
}

#[cfg(test)]
mod tests;
