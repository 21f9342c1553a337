//! What is known of an object that was fetched: a line of the index.

use crate::event::hex;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One object, as it was when it was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::source) struct Acquired {
    /// Such as `s3://bucket/key`.
    pub(in crate::source) address: String,
    /// What the service tells versions of it apart by.
    pub(in crate::source) etag: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::source) version: Option<String>,
    pub(in crate::source) bytes: u64,
    pub(in crate::source) sha256: String,
    /// When it was last written there, and when it was fetched; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::source) modified: Option<String>,
    #[serde(rename = "acquired")]
    pub(in crate::source) fetched: String,
    /// How it was put into writing, if the service has no objects and this is none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::source) form: Option<String>,
    /// What keeps it from being deleted there, as far as that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::source) lock: Option<Lock>,
    /// What its owner said of it, by lower-case name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(in crate::source) metadata: BTreeMap<String, String>,
}

/// What keeps an object from being deleted or overwritten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::source) struct Lock {
    /// Such as `COMPLIANCE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::source) mode: Option<String>,
    /// Up to when; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::source) until: Option<String>,
    /// Somebody has ordered to keep it, `ON` or `OFF`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::source) legal_hold: Option<String>,
}

impl std::fmt::Display for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let until = self.until.as_deref().unwrap_or("an unknown time");
        if let Some(mode) = &self.mode {
            write!(f, "retained until {until} in {mode} mode, ")?;
        }
        f.write_str(match self.legal_hold.as_deref() {
            Some("ON") => "under legal hold",
            Some(_) => "not under legal hold",
            None => "a legal hold is not told of",
        })
    }
}

impl Acquired {
    /// A line of the index. One that was cut short is as good as none, since its object is fetched
    /// again; a hash becomes a path, and has to be one.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let one: Self = serde_json::from_slice(line).ok()?;
        (one.is_growing() || one.hash().is_some()).then_some(one)
    }

    pub(super) fn hash(&self) -> Option<[u8; 32]> {
        hex::decode(&self.sha256)?.try_into().ok()
    }

    /// Whether it was not whole when this was said of it.
    pub(super) fn is_growing(&self) -> bool {
        self.sha256.is_empty()
    }
}
