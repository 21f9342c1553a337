//! The small files beside the journal: where the analyst was (`view.json`), and what they were
//! typing (`draft`). They are conveniences: one that cannot be read is left out with a message.

use super::{CaseError, Exhibit, NoteId, Ticket, Workspace, files};
use crate::shown::spelled;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

pub(super) const VIEW: &str = "view.json";
const DRAFT: &str = "draft";
const LIMIT: u64 = 64 << 20;

/// Text being typed that no entry holds yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub text: String,
    /// The note being edited; absent for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteId>,
    /// The records that a new note is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Arc<Exhibit>>,
    /// The alarms that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<Arc<Ticket>>,
}

impl Workspace {
    /// Keeps where the analyst is, whatever the caller needs for that.
    pub fn save_view<T: Serialize>(&self, view: &T) -> Result<(), CaseError> {
        self.save(VIEW, view)
    }

    /// Where the analyst was, if it was kept; the error is a message, and no reason not to open.
    pub fn load_view<T: DeserializeOwned>(&self) -> Result<Option<T>, CaseError> {
        load(&self.path().join(VIEW))
    }

    /// Keeps what is being typed; call it each second while somebody types.
    pub fn save_draft(&self, draft: &Draft) -> Result<(), CaseError> {
        self.save(DRAFT, draft)
    }

    /// What was being typed when the last session ended, if anything.
    pub fn load_draft(&self) -> Result<Option<Draft>, CaseError> {
        load(&self.path().join(DRAFT))
    }

    /// Forgets the draft: its text is an entry now, or was given up.
    pub fn clear_draft(&self) -> Result<(), CaseError> {
        let path = self.writable(DRAFT)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(CaseError::at(&path)(error))
            }
            _ => Ok(()),
        }
    }

    fn save<T: Serialize>(&self, name: &str, value: &T) -> Result<(), CaseError> {
        let path = self.writable(name)?;
        serde_json::to_string(value)
            .map_err(io::Error::from)
            .and_then(|json| files::replace(&path, spelled(json).as_bytes()))
            .map_err(CaseError::at(&path))
    }
}

fn load<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, CaseError> {
    let bytes = match files::read_small(path, LIMIT) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(CaseError::at(path))?,
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| CaseError::Info {
        path: path.to_owned(),
        detail: format!("left out, for it is damaged: {error}"),
    })
}
