//! What the screen has done about integrity: the report as a file, and files of public keys.

use super::files::write_new;
use super::{Loop, paper};
use crate::job::Verified;
use crate::job::public_keys::KeyFile;
use crate::job::scribe::Order;
use crate::record::integrity::{About, Form, file};
use crate::ui::message::{Message, Tone};
use crate::ui::terminal::TerminalError;
use crate::verify::Report;
use std::path::Path;
use std::sync::Arc;

/// Writes the report.
pub(super) fn save(running: &Loop, verified: Arc<Verified>, name: &str) {
    let case = Some(running.world.workspace.info().name.clone());
    let about = About { case, ..verified.about.clone() };
    paper::save(running, ("integrity", "report"), name, move |path| match &verified.report {
        Some(report) => write(report, &about, path),
        None => Err("nothing was verified so far".to_owned()),
    });
}

/// Writes a new file that only its owner can read; gives its hash, as it can be read back.
fn write(report: &Report, about: &About, path: &Path) -> Result<String, String> {
    let form = Form::of(path).ok_or("the name has to end in .md, .txt or .json")?;
    let mut text = Vec::new();
    file(report, about, form, &mut text).map_err(|error| error.to_string())?;
    write_new(path, &text)
}

/// Keeps a file of public keys in the workspace, and verifies with it.
pub(super) fn add_keys(running: &mut Loop, name: &str) -> Result<(), TerminalError> {
    let path = running.world.from.join(name);
    let kept = KeyFile::read(&path).map_err(|error| error.to_string()).and_then(|keys| {
        keys.keep(&running.world.workspace).map_err(|error| error.to_string())?;
        Ok(keys)
    });
    match kept {
        Ok(file) => {
            running.world.session.scribe.order(Order::Fact(file.fact(path.display().to_string())));
            let KeyFile { keys, left, .. } = file;
            let keys =
                if keys == 1 { "1 public key".to_owned() } else { format!("{keys} public keys") };
            let text = format!("{keys} kept in the workspace; verifying again");
            let (tone, text) = match left.len() {
                0 => (Tone::Good, text),
                _ => (Tone::Warning, format!("{text}; {}", left.join("; "))),
            };
            again(running, tone, text)
        }
        Err(problem) => {
            running.tell(Tone::Error, problem);
            Ok(())
        }
    }
}

/// Says that verification begins anew, then lets it begin: the verdict must not come first.
pub(super) fn again(running: &mut Loop, tone: Tone, text: String) -> Result<(), TerminalError> {
    running.update(Message::Verifying(tone, text))?;
    running.world.session.integrity.again();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::run::files::sha256_of;
    use crate::verify::{Keys, Objects, Question, judge};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_report_is_private_and_takes_no_other_files_place() {
        let (objects, keys) = (Objects::default(), Keys::default());
        let report = judge(&Question {
            objects: &objects,
            past: &[],
            keys: &keys,
            since: None,
            until: None,
        });
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.md", "a.txt", "a.json"] {
            let path = folder.path().join(name);
            let hash = write(&report, &About::default(), &path).unwrap();
            assert_eq!(hash, sha256_of(&path).unwrap());
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            let again = write(&report, &About::default(), &path).unwrap_err();
            assert!(again.contains("is there already"), "{again}");
        }
        assert!(write(&report, &About::default(), &folder.path().join("a.pdf")).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
