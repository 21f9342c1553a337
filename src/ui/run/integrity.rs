//! What the screen has done about integrity: the report as a file, and files of public keys.

use super::Loop;
use super::files::write_new;
use crate::case::What;
use crate::job::public_keys::KeyFile;
use crate::job::scribe::Order;
use crate::record::integrity::{Form, file};
use crate::ui::message::{Message, Tone};
use crate::verify::Report;
use std::path::Path;
use std::sync::Arc;

/// Writes the report on a thread of its own: it may be long, and a disk may hang.
pub(super) fn save(running: &Loop, report: Arc<Report>, name: &str) {
    let path = running.world.from.join(name);
    let case = running.world.workspace.info().name.clone();
    let told = running.told.0.clone();
    let orders = running.world.session.scribe.sender();
    let work = move || {
        let message = match write(&report, &case, &path) {
            Ok(sha256) => {
                let told = format!("the report is in {}", path.display());
                let path = path.display().to_string();
                let fact = What::Report { of: "integrity".to_owned(), path, sha256 };
                if let Some(orders) = orders {
                    let _ = orders.send(Order::Fact(fact));
                }
                Message::Told(Tone::Good, told)
            }
            Err(problem) => Message::Told(Tone::Error, format!("{}: {problem}", path.display())),
        };
        let _ = told.send(message);
    };
    if let Err(error) = std::thread::Builder::new().name("save".to_owned()).spawn(work) {
        running.tell(Tone::Error, format!("the report is not saved: {error}"));
    }
}

/// Writes a new file that only its owner can read; gives its hash, as it can be read back.
fn write(report: &Report, case: &str, path: &Path) -> Result<String, String> {
    let form = Form::of(path).ok_or("the name has to end in .md, .txt or .json")?;
    write_new(path, file(report, case, form).as_bytes())
}

/// Keeps a file of public keys in the workspace, and verifies with it.
pub(super) fn add_keys(running: &Loop, name: &str) {
    let path = running.world.from.join(name);
    let kept = KeyFile::read(&path).map_err(|error| error.to_string()).and_then(|keys| {
        keys.keep(&running.world.workspace).map_err(|error| error.to_string())?;
        Ok(keys)
    });
    match kept {
        Ok(KeyFile { keys, left, .. }) => {
            let keys =
                if keys == 1 { "1 public key".to_owned() } else { format!("{keys} public keys") };
            let text = format!("{keys} kept in the workspace; verifying again");
            let (tone, text) = match left.len() {
                0 => (Tone::Good, text),
                _ => (Tone::Warning, format!("{text}; {}", left.join("; "))),
            };
            running.tell(tone, text);
            running.world.session.integrity.again();
        }
        Err(problem) => running.tell(Tone::Error, problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::run::files::sha256_of;
    use crate::verify::{Keys, Question, judge};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_report_is_private_and_takes_no_other_files_place() {
        let question = Question { objects: &[], keys: &Keys::default(), since: None, until: None };
        let report = judge(&question);
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.md", "a.txt", "a.json"] {
            let path = folder.path().join(name);
            let hash = write(&report, "case", &path).unwrap();
            assert_eq!(hash, sha256_of(&path).unwrap());
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            let again = write(&report, "case", &path).unwrap_err();
            assert!(again.contains("is there already"), "{again}");
        }
        assert!(write(&report, "case", &folder.path().join("a.pdf")).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
