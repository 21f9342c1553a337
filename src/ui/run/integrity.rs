//! What the screen has done about integrity: the report as a file, and public keys.

use super::{Loop, paper};
use crate::event::counted;
use crate::job::Verified;
use crate::job::integrity::Stage;
use crate::job::paper::write_new;
use crate::job::public_keys::Place;
use crate::job::taking::{Taken, Taking};
use crate::record::integrity::{About, Form, file};
use crate::ui::message::{Message, Tone};
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

/// Takes public keys, from a file or from CloudTrail, and then verifies with them.
pub(super) fn add_keys(running: &mut Loop, name: &str) {
    match Place::of(Path::new(name)) {
        Place::File(path) => take(running, Place::File(running.world.from.join(path))),
        place @ Place::CloudTrail(_) => {
            running.keys_wanted.push(place);
            if !ask_cloudtrail(running) {
                let text = "CloudTrail is asked for public keys when the digests have been read";
                running.tell(Tone::Info, text.to_owned());
            }
        }
    }
}

/// Asks CloudTrail for the keys that are wanted, if it is known which digests they are for.
pub(super) fn ask_cloudtrail(running: &mut Loop) -> bool {
    let stage = running.world.session.integrity.now().stage;
    let is_known = matches!(stage, Stage::Over | Stage::Comparing { .. });
    let is_wanted = !running.keys_wanted.is_empty();
    // Without a code CloudTrail would refuse; it is asked once there is one.
    if is_known && is_wanted && running.world.session.aws().wants_code().is_none() {
        for place in std::mem::take(&mut running.keys_wanted) {
            running.tell(Tone::Info, "asking CloudTrail for public keys".to_owned());
            take(running, place);
        }
    }
    is_known
}

fn take(running: &Loop, place: Place) {
    let session = &running.world.session;
    let report = session.integrity.now().report.clone();
    let taking = Taking {
        aws: session.aws(),
        workspace: running.world.workspace.clone(),
        orders: session.scribe.sender(),
        signed: report.map(|report| report.signed()).unwrap_or_default(),
    };
    let told = running.told.0.clone();
    let tell = move |taken: Taken| {
        // Nobody listens once everything is left.
        let _ = told.send(news(&taken));
    };
    if let Err(error) = taking.start(place, tell) {
        running.tell(Tone::Error, format!("no keys are taken: no thread: {error}"));
    }
}

/// What is said of keys that were taken.
fn news(taken: &Taken) -> Message {
    let left = taken.left.join("; ");
    if taken.keys == 0 {
        return Message::Told(Tone::Error, left);
    }
    let keys = counted(taken.keys as u64, "public key", "public keys");
    let text = format!("{keys} kept in the workspace; verifying again");
    match left.as_str() {
        "" => Message::Verifying(Tone::Good, text),
        left => Message::Verifying(Tone::Warning, format!("{text}; {left}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::paper::sha256_of;
    use crate::verify::{Keys, Objects, Question, judge};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn verification_begins_anew_if_keys_were_taken_and_what_was_not_is_told() {
        let news = |keys, left: &[&str]| {
            news(&Taken { keys, left: left.iter().map(ToString::to_string).collect() })
        };
        let kept = "1 public key kept in the workspace; verifying again";
        assert!(matches!(news(1, &[]), Message::Verifying(Tone::Good, text) if text == kept));
        let more = "2 public keys kept in the workspace; verifying again; a; b";
        let with = news(2, &["a", "b"]);
        assert!(matches!(with, Message::Verifying(Tone::Warning, text) if text == more));
        assert!(matches!(news(0, &["a"]), Message::Told(Tone::Error, text) if text == "a"));
    }

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
