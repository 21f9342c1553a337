//! One workspace: what its folder says of itself, and where its parts are.

use super::journal::FILE as JOURNAL;
use super::parcel::EVIDENCE;
use super::workspaces::random_id;
use super::{CaseError, Holder, chains, files, sha256_hex, stamp};
use crate::event::{Time, Timestamp, Window, Zone};
use crate::shown::spelled;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The format this program writes, and the newest it reads.
pub(super) const FORMAT: u32 = 1;
pub(super) const FILE: &str = "workspace.json";
/// The folder for copies.
pub(super) const CACHE: &str = "cache";
/// The folder for events as they were read: may be deleted at any time.
pub(super) const SEGMENTS: &str = "segments";
/// What tokens of redacted records are made with.
const REDACTION_KEY: &str = "redaction.key";
const KEY_LIMIT: u64 = 4 << 10;
pub(super) const PUBLIC_KEYS: &str = "public-keys";
/// What stands behind the hash in the name of a file of keys.
pub(super) const KEYS: &str = ".json";
/// How the name of a copy begins that only saves time: what it is of can be read again.
pub const AGAIN: &str = "deep-";
const LIMIT: u64 = 16 << 20;

/// The content of `workspace.json`. Members of a newer version are kept when it is rewritten.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Info {
    pub format: u32,
    /// 128 random bits in hexadecimal: what the journal is bound to.
    pub id: String,
    pub name: String,
    #[serde(with = "stamp")]
    pub created: Timestamp,
    /// What to load, as absolute paths or URLs.
    pub sources: Vec<String>,
    #[serde(default)]
    pub settings: Settings,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The zone assumed for times that state none, such as `+01:00`; absent means UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Former versions are part of the evidence, where sources have some.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub versions: bool,
    /// What happened before this is not fetched from sources that lie elsewhere; RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// What happened from this on is not fetched either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Of sources for which that was said on their own, what holds in its place.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub windows: BTreeMap<String, Edges>,
    /// The same of the zone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub zones: BTreeMap<String, String>,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The edges of a window; RFC 3339.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl Edges {
    fn of(window: Window) -> Self {
        let digits = |at: Timestamp| if at.0 % Timestamp::SECOND == 0 { 0 } else { 9 };
        let text = |edge: Option<Timestamp>| edge.map(|at| at.to_rfc3339(digits(at)));
        Self { since: text(window.from), until: text(window.to) }
    }

    /// An edge that cannot be read leaves nothing out.
    fn window(&self) -> Window {
        let edge = |text: &Option<String>| Some(Time::parse_rfc3339(text.as_deref()?)?.at);
        Window { from: edge(&self.since), to: edge(&self.until) }
    }
}

impl Settings {
    /// The window of what is fetched, where nothing else was said of a source.
    pub fn window(&self) -> Window {
        let (since, until) = (self.since.clone(), self.until.clone());
        Edges { since, until }.window()
    }

    /// Sets the window of all sources.
    pub fn set_window(&mut self, window: Window) {
        self.windows.clear();
        let edges = Edges::of(window);
        (self.since, self.until) = (edges.since, edges.until);
    }

    /// The windows of single sources, by name.
    pub fn windows(&self) -> BTreeMap<String, Window> {
        self.windows.iter().map(|(source, edges)| (source.clone(), edges.window())).collect()
    }

    /// Sets the window of one source.
    pub fn set_window_of(&mut self, source: String, window: Window) {
        self.windows.insert(source, Edges::of(window));
    }

    /// What was said of a source holds as long as it is there.
    pub fn forget(&mut self, source: &str) {
        self.windows.remove(source);
        self.zones.remove(source);
    }

    /// The zones of single sources, by name. One that cannot be read is as if it were not there.
    pub fn zones(&self) -> BTreeMap<String, Zone> {
        let zones = self.zones.iter();
        zones.filter_map(|(name, text)| Some((name.clone(), Zone::parse(text).ok()?))).collect()
    }

    /// Sets the zone of one source.
    pub fn set_zone_of(&mut self, source: String, zone: Zone) {
        self.zones.insert(source, zone.to_string());
    }
}

/// Whether a workspace may be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    Writer,
    /// Another process writes.
    Held(Holder),
    /// The journal or `workspace.json` was changed or lost; the findings say where.
    Damaged,
    /// The folder or the disk refuses; the reason is for people.
    NotWritable(String),
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Writer => f.write_str("open"),
            Self::Held(holder) => write!(f, "read-only: {holder} writes to it"),
            Self::Damaged => f.write_str(
                "read-only: the journal is damaged; start a new workspace to go on, and keep this one",
            ),
            Self::NotWritable(reason) => write!(f, "read-only: {reason}"),
        }
    }
}

/// A workspace's folder. Cheap to clone and to send to another thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Workspace {
    path: PathBuf,
    info: Info,
    mode: Mode,
}

impl Workspace {
    pub(super) fn new(path: PathBuf, info: Info, mode: Mode) -> Self {
        Self { path, info, mode }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn info(&self) -> &Info {
        &self.info
    }

    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// Rewrites `workspace.json`; the format and the id stay what they are. Returns when it is on
    /// the disk.
    pub fn set_info(&mut self, sources: Vec<String>, settings: Settings) -> Result<(), CaseError> {
        let path = self.writable(FILE)?;
        let info = Info { sources, settings, ..self.info.clone() };
        write(&path, &info)?;
        self.info = info;
        Ok(())
    }

    /// Copies of what cannot be read again. Made when asked for.
    pub fn cache(&self) -> Result<PathBuf, CaseError> {
        let path = self.path.join(CACHE);
        if self.mode == Mode::Writer {
            files::make_folder(&path).map_err(CaseError::at(&path))?;
        }
        Ok(path)
    }

    /// Where events are kept as they were read, to be there sooner the next time.
    pub fn segments(&self) -> PathBuf {
        self.path.join(SEGMENTS)
    }

    /// What was fetched from elsewhere, as it was acquired.
    pub fn evidence(&self) -> PathBuf {
        self.path.join(EVIDENCE)
    }

    /// Public keys of CloudTrail that the analyst believes, as files.
    pub fn public_keys(&self) -> PathBuf {
        self.path.join(PUBLIC_KEYS)
    }

    /// Keeps a file of public keys, once however often it is named. Returns its path when it is on
    /// the disk.
    pub fn keep_public_keys(&self, bytes: &[u8]) -> Result<PathBuf, CaseError> {
        let folder = self.writable(PUBLIC_KEYS)?;
        files::make_folder(&folder).map_err(CaseError::at(&folder))?;
        let path = folder.join(key_file(&sha256_hex(bytes)));
        files::replace_durably(&path, bytes).map_err(CaseError::at(&path))?;
        Ok(path)
    }

    /// The key of this workspace's tokens for what is redacted: made when it is first asked for,
    /// and the same from then on, so that the same value has the same token in every record.
    pub fn redaction_key(&self) -> Result<Vec<u8>, CaseError> {
        let path = self.path.join(REDACTION_KEY);
        match files::read_small(&path, KEY_LIMIT) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => return read.map_err(CaseError::at(&path)),
        }
        let path = self.writable(REDACTION_KEY)?;
        let key = format!("{}{}", random_id()?, random_id()?).into_bytes();
        files::replace_durably(&path, &key).map_err(CaseError::at(&path))?;
        Ok(key)
    }

    /// The journal's bytes as they lie on the disk.
    pub fn journal_bytes(&self) -> Result<Vec<u8>, CaseError> {
        let path = self.path.join(JOURNAL);
        std::fs::read(&path).map_err(CaseError::at(&path))
    }

    /// The journals of colleagues as they lie on the disk, by the names of their files.
    pub fn chains_bytes(&self) -> Result<Vec<(String, Vec<u8>)>, CaseError> {
        chains::bytes(&self.path)
    }

    /// The path of a file of the workspace, if this process may write to it.
    pub(super) fn writable(&self, name: &str) -> Result<PathBuf, CaseError> {
        let path = self.path.join(name);
        if self.mode == Mode::Writer {
            return Ok(path);
        }
        let error = io::Error::new(io::ErrorKind::ReadOnlyFilesystem, self.mode.to_string());
        Err(CaseError::at(&path)(error))
    }
}

/// What a file of public keys of this SHA-256 is called.
pub(super) fn key_file(sha256: &str) -> String {
    format!("{sha256}{KEYS}")
}

/// Whether files of public keys are called so.
pub(super) fn is_key_file(name: &str) -> bool {
    let hash = name.strip_suffix(KEYS).unwrap_or_default();
    hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Writes `workspace.json`; returns when it is on the disk.
pub(super) fn write(path: &Path, info: &Info) -> Result<(), CaseError> {
    let json = serde_json::to_string_pretty(info);
    let mut json = spelled(json.map_err(|error| CaseError::at(path)(error.into()))?);
    json.push('\n');
    files::replace_durably(path, json.as_bytes()).map_err(CaseError::at(path))
}

/// Reads `workspace.json` from a workspace's folder.
pub(super) fn read(folder: &Path) -> Result<Info, CaseError> {
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    let path = folder.join(FILE);
    let bytes = files::read_small(&path, LIMIT).map_err(CaseError::at(&path))?;
    let unreadable = |error: serde_json::Error| CaseError::Info {
        path: path.clone(),
        detail: format!("not readable ({error}): put it back from a copy of the workspace"),
    };
    let Version { format: found } = serde_json::from_slice(&bytes).map_err(unreadable)?;
    if found > FORMAT {
        return Err(CaseError::Newer { path, found, known: FORMAT });
    }
    serde_json::from_slice(&bytes).map_err(unreadable)
}
