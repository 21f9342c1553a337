//! `manifest.json`: what a workspace's evidence is, as far as it was known when it left: paths,
//! sizes and hashes. It says what belongs to the case also where the evidence did not come along.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::case) struct Manifest {
    pub(in crate::case) format: u32,
    /// The program that wrote it, with its version.
    pub(in crate::case) program: String,
    /// Id of the workspace.
    pub(in crate::case) workspace: String,
    /// Entries of its own chain, and the hash of the last.
    pub(in crate::case) entries: usize,
    pub(in crate::case) head: String,
    pub(in crate::case) objects: Vec<Listed>,
}

/// An evidence object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::case) struct Listed {
    /// As the sources name it.
    pub(in crate::case) path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::case) bytes: Option<u64>,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::case) modified: Option<String>,
    /// Of the bytes in this file; where they are not, that of the records marked in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::case) sha256: Option<String>,
    /// Its name in this file, if it is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::case) member: Option<String>,
    /// Why it is not, or is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::case) left: Option<String>,
}
