//! The incident record as a file, or all of it as a bundle.

use super::{Loop, paper};
use crate::case::{Told, Workspace as Folder, damage};
use crate::event::counted;
use crate::job::acquired::{Acquired, changes};
use crate::job::bundling::{Beside, Signing, public_keys, write};
use crate::job::gathering::{Given, gather, proofs};
use crate::job::paper::write_new;
use crate::job::raising::Raised;
use crate::job::{Desk, Evidence, Saved, Verified, Zones};
use crate::record::incident::{Workspace, writer_of};
use crate::store::Store;
use crate::ui::message::Tone;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the record is made of, as it is now.
struct Matter {
    desk: Arc<Desk>,
    store: Arc<Store>,
    evidence: Arc<Evidence>,
    raised: Arc<Raised>,
    verified: Arc<Verified>,
    workspace: Folder,
    zones: Zones,
    who: String,
}

/// Writes the record. `named` is the name of a file, or `FOLDER/` with the key that signs behind it.
pub(super) fn save(running: &Loop, named: &str) {
    let session = &running.world.session;
    let matter = Matter {
        desk: session.scribe.desk(),
        store: Arc::clone(&session.store),
        evidence: Arc::clone(&session.evidence),
        raised: session.raising.now(),
        verified: session.integrity.now(),
        workspace: running.world.workspace.clone(),
        zones: session.zones(),
        who: running.world.author.who.clone(),
    };
    if matches!(matter.desk.saved, Saved::No { .. }) {
        let text = "NOT SAVED: a record would say what the journal does not";
        return running.tell(Tone::Error, text.to_owned());
    }
    let Some((folder, key)) = folder(named) else {
        paper::save(running, ("incident", "record"), named, move |path| matter.file(path));
        return;
    };
    let key = key.map(|key| running.world.from.join(key));
    paper::save(running, ("incident", "bundle"), &folder, move |path| matter.bundle(path, key));
}

/// `FOLDER/ KEY`.
fn folder(named: &str) -> Option<(String, Option<PathBuf>)> {
    let (folder, key) = match named.split_once("/ ") {
        Some((folder, key)) => (folder, Some(home(key.trim()))),
        None => (named.strip_suffix('/')?, None),
    };
    Some((folder.to_owned(), key))
}

/// A path that a person may begin with `~/`.
fn home(path: &str) -> PathBuf {
    let home = path.strip_prefix("~/").zip(std::env::var_os("HOME"));
    home.map_or_else(|| PathBuf::from(path), |(rest, home)| PathBuf::from(home).join(rest))
}

impl Matter {
    /// Hands on what a record is made of.
    fn given<T>(&self, journal: &[u8], take: impl FnOnce(&Given<'_>) -> T) -> T {
        let info = self.workspace.info();
        let told = Told::of(journal);
        let damage = damage(journal, &info.id);
        let state = &self.desk.state;
        let acquired = Acquired::of(self.workspace.path(), &state.custody());
        let changes = changes(&acquired, &self.store, &self.evidence, 0);
        take(&Given {
            state,
            workspace: Workspace {
                name: Some(info.name.clone()),
                id: Some(info.id.clone()),
                head: told.head,
                entries: Some(told.entries),
            },
            store: &self.store,
            sources: &self.desk.sources,
            zones: &self.zones,
            raised: &self.raised,
            report: self.verified.report.as_deref(),
            standings: &self.verified.standings,
            changes: &changes,
            damage: &damage,
            as_of: told.at,
        })
    }

    fn journal(&self) -> Result<Vec<u8>, String> {
        self.workspace.journal_bytes().map_err(|error| error.to_string())
    }

    fn file(&self, path: &Path) -> Result<String, String> {
        let writer = writer_of(path).ok_or("the name has none of the endings of a record")?;
        let written = (writer.write)(&self.given(&self.journal()?, gather));
        write_new(path, &written.bytes)
    }

    fn bundle(&self, path: &Path, key: Option<PathBuf>) -> Result<String, String> {
        let journal = self.journal()?;
        let (incident, proofs) = self.given(&journal, |given| {
            let incident = gather(given);
            let proofs = proofs(given, &incident);
            (incident, proofs)
        });
        let (public_keys, problems) = public_keys(&self.workspace.public_keys());
        if !problems.is_empty() {
            let problems = counted(problems.len() as u64, "file of keys", "files of keys");
            return Err(format!("{problems} cannot be read"));
        }
        // A passphrase cannot be typed while the screen is there.
        let sign = |key| Signing { who: self.who.clone(), key, may_ask: false };
        let signing = key.map(sign);
        let chains = self.workspace.chains_bytes().map_err(|error| error.to_string())?;
        let beside = Beside { journal: Some(journal), proofs, public_keys, signing, chains };
        write(path, &incident, &beside).map(|bundled| bundled.sha256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_with_a_key_or_without() {
        assert_eq!(folder("record.md"), None);
        assert_eq!(folder("b/"), Some(("b".to_owned(), None)));
        let key = Some(PathBuf::from("/k/id"));
        assert_eq!(folder("out/b/ /k/id"), Some(("out/b".to_owned(), key)));
    }
}
