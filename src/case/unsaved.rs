//! Entries that could not be written into the journal before the program ended: they are in a file
//! of their own beside it, one a line, and become part of the journal when it is opened next.

use super::journal::Journal;
use super::{Action, CaseError, Entry, Finding, FindingKind, Workspace, files};
use crate::event::{counted, noun};
use crate::shown::spelled;
use std::fs;
use std::io;
use std::path::Path;

const FILE: &str = "unsaved.jsonl";
const LIMIT: u64 = 1 << 30;

/// How names begin of files of entries that could not become part of the journal any more.
pub(super) const LEFT: &str = "unsaved-";

impl Workspace {
    /// Keeps entries that the journal cannot take now, the next one first; returns when they are
    /// on the disk.
    pub fn set_aside(&self, entries: &[Entry]) -> Result<(), CaseError> {
        let path = self.writable(FILE)?;
        let mut lines = String::new();
        for entry in entries {
            let line = serde_json::to_string(entry);
            lines += &spelled(line.map_err(|error| CaseError::at(&path)(error.into()))?);
            lines.push('\n');
        }
        files::replace_durably(&path, lines.as_bytes()).map_err(CaseError::at(&path))
    }

    /// Forgets what was set aside: the journal has it.
    pub fn clear_aside(&self) -> Result<(), CaseError> {
        let path = self.writable(FILE)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(CaseError::at(&path)(error))
            }
            _ => Ok(()),
        }
    }
}

/// Writes what an earlier session set aside into the journal, which has these entries, and says
/// so. An error means that it cannot be written now either, and lies where it was.
pub(super) fn take_up(
    folder: &Path,
    journal: &mut Journal,
    known: &[std::sync::Arc<Entry>],
) -> io::Result<Option<Finding>> {
    let path = folder.join(FILE);
    let bytes = match files::read_small(&path, LIMIT) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read?,
    };
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let entries: serde_json::Result<Vec<Entry>> = lines.map(serde_json::from_slice).collect();
    let Ok(mut entries) = entries else { return leave(&path, "cannot be read").map(Some) };
    // The program may have ended between writing them and clearing this.
    entries.retain(|entry| !known.iter().any(|known| **known == *entry));
    let count = entries.len();
    if entries.first().is_some_and(|first| first.seq != journal.next_seq()) {
        let why = format!(
            "holds {}, and the journal went on without {}",
            counted(count as u64, "entry", "entries"),
            noun(count as u64, "it", "them")
        );
        return leave(&path, &why).map(Some);
    }
    for Entry { at, who, host, what, .. } in entries {
        journal.append(&Action { at, who, host, what }).map_err(io::Error::other)?;
    }
    journal.sync()?;
    fs::remove_file(&path)?;
    let text = format!(
        "what could not be saved when a session ended is in the journal now; entries: {count}"
    );
    Ok((count > 0).then(|| Finding::new(FindingKind::SetAside, text)))
}

/// Gives the file a name that no later one takes.
fn leave(path: &Path, why: &str) -> io::Result<Finding> {
    let free = (1u32..).map(|number| format!("{LEFT}{number}.jsonl"));
    let mut free = free.filter(|name| path.with_file_name(name).symlink_metadata().is_err());
    let name = free.next().ok_or(io::ErrorKind::AlreadyExists)?;
    fs::rename(path, path.with_file_name(&name))?;
    Ok(Finding::new(FindingKind::SetAside, left(&name, why)))
}

/// What is said of such a file.
pub(super) fn left(name: &str, why: &str) -> String {
    format!("{name} {why}: it was left by a session that could not save its work")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Opened, Settings, What, Workspaces, sample};
    use tempfile::TempDir;

    fn fresh() -> (TempDir, Workspaces, Opened) {
        let dir = tempfile::tempdir().unwrap();
        let all = Workspaces::new(dir.path());
        let mut opened =
            all.create("case", Vec::new(), Settings::default(), sample::at(0)).unwrap();
        opened.write(&note(1)).unwrap();
        (dir, all, opened)
    }

    fn note(note: u64) -> Action {
        sample::action(
            note,
            What::NoteAdd {
                note,
                text: format!("note {note}"),
                on: Vec::new(),
                alarms: Vec::new(),
            },
        )
    }

    /// Sets aside two entries that follow the first.
    fn set_aside(opened: &Opened) -> Vec<Entry> {
        let journal = opened.journal.as_ref().unwrap();
        let entries =
            [0, 1].map(|before| journal.entry(&note(2 + before as u64), before).unwrap()).to_vec();
        opened.workspace.set_aside(&entries).unwrap();
        entries
    }

    #[test]
    fn what_was_set_aside_is_taken_up_by_the_next_session() {
        let (dir, all, opened) = fresh();
        let entries = set_aside(&opened);
        drop(opened);
        let opened = all.open("case").unwrap();
        let there: Vec<&Entry> = opened.own.entries.iter().map(|entry| &**entry).collect();
        assert_eq!(there[1..], entries.iter().collect::<Vec<_>>());
        assert_eq!(opened.own.head, opened.journal.as_ref().unwrap().head());
        let text = opened.findings[0].to_string();
        assert!(text.ends_with("entries: 2"), "{text}");
        assert!(!dir.path().join("case").join(FILE).exists());
        drop(opened);
        assert_eq!(all.open("case").unwrap().findings, []);
    }

    #[test]
    fn what_is_set_aside_hides_and_reorders_nothing() {
        let (dir, _, opened) = fresh();
        let text = "a\u{9b}31m\u{202e}b\u{200b}c\u{7f}".to_owned();
        let what = What::NoteAdd { note: 2, text, on: Vec::new(), alarms: Vec::new() };
        let entry = sample::entry(2, what);
        opened.workspace.set_aside(std::slice::from_ref(&entry)).unwrap();
        let written = fs::read(dir.path().join("case").join(FILE)).unwrap();
        assert!(!crate::shown::has_hazard(written.trim_ascii_end()), "{written:?}");
        assert_eq!(serde_json::from_slice::<Entry>(&written).unwrap(), entry);
    }

    #[test]
    fn what_the_journal_has_already_is_not_written_twice() {
        let (_dir, all, mut opened) = fresh();
        let entries = set_aside(&opened);
        opened.write(&note(2)).unwrap();
        drop(opened);
        let opened = all.open("case").unwrap();
        assert_eq!(opened.own.entries.len(), 3);
        assert_eq!(*opened.own.entries[2], entries[1]);
    }

    #[test]
    fn what_does_not_follow_is_left_and_told() {
        let (dir, all, mut opened) = fresh();
        set_aside(&opened);
        opened.write(&sample::action(9, What::SessionEnd)).unwrap();
        drop(opened);
        let opened = all.open("case").unwrap();
        assert_eq!(opened.own.entries.len(), 2);
        let text = opened.findings[0].to_string();
        assert!(text.starts_with("unsaved-1.jsonl holds 2 entries, and"), "{text}");
        drop(opened);
        assert_eq!(all.open("case").unwrap().findings, [], "it is told once");
        let report = crate::case::check(&dir.path().join("case")).unwrap();
        assert!(report.is_sound());
        assert!(report.findings[0].text.starts_with("unsaved-1.jsonl "), "{:?}", report.findings);
    }

    #[test]
    fn what_cannot_be_taken_up_stays() {
        let (dir, all, opened) = fresh();
        drop(opened);
        let path = dir.path().join("case").join(FILE);
        fs::write(&path, "{ no entry").unwrap();
        let opened = all.open("case").unwrap();
        assert!(opened.findings[0].to_string().starts_with("unsaved-1.jsonl cannot be read"));
        assert!(opened.journal.is_some());
    }
}
