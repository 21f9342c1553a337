//! Bundles of a case full of hostile text: whoever looks at a file of one with `cat` is safe.

use crate::bench::{Bench, read};
use crate::record::run;
use crate::triage::{CASE, case};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trailcase::case::{Action, Exhibit, Facet, Opened, Raw, What, sha256_hex};
use trailcase::event::{Place, Timestamp};
use trailcase::shown::{has_hazard, hostile::STRINGS};

fn texts() -> impl Iterator<Item = String> {
    STRINGS.iter().map(|raw| String::from_utf8_lossy(raw).into_owned())
}

/// A record of which everything is hostile.
fn exhibit(text: &str) -> Arc<Exhibit> {
    let raw = text.as_bytes().to_vec();
    Arc::new(Exhibit {
        inside: None,
        within: Vec::new(),
        object: format!("/logs/{text}.log"),
        member: Some(text.to_owned()),
        sha256: None,
        offset: 0,
        length: raw.len() as u64,
        place: Place::Line(1),
        time: None,
        zone: None,
        format: "plain".to_owned(),
        record_sha256: sha256_hex(&raw),
        raw: Raw(raw),
        summary: text.to_owned(),
    })
}

/// Notes, tags and what is said of the incident.
fn write(opened: &mut Opened) {
    for (note, text) in (1..).zip(texts()) {
        let on = vec![exhibit(&text)];
        let entries = [
            What::NoteAdd { note, text: text.clone(), on: on.clone(), alarms: Vec::new() },
            What::TagAdd { tag: text.clone(), on },
            What::Filter { text: text.clone() },
            What::Incident { facet: Facet::Lesson, text: text.clone() },
        ];
        for what in entries {
            let (who, host) = (text.clone(), text.clone());
            opened.write(&Action { at: Timestamp(0), who, host, what }).unwrap();
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Controls, and what reorders or hides text; of JSON all that is never shown as it is.
fn harmful(path: &Path) -> Option<String> {
    let text = String::from_utf8(read(path)).unwrap();
    let is_json = path.extension().is_some_and(|it| it == "json" || it == "jsonl");
    let is_bad = |line: &&str| {
        // What stands for controls is no control.
        let line: String =
            line.chars().filter(|c| !('\u{2400}'..='\u{2421}').contains(c)).collect();
        has_hazard(line.as_bytes())
    };
    let found = text
        .split('\n')
        .find(|line| if is_json { has_hazard(line.as_bytes()) } else { is_bad(line) });
    found.map(|line| format!("{}: {line:?}", path.display()))
}

fn bundled(bench: &Bench, name: &str, more: &[&str]) {
    let folder = bench.path(name);
    let to = folder.display().to_string();
    let said = run(bench, &[&["record", "--bundle", "-o", &to], more].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let all = files(&folder);
    let but_exhibits = all.iter().filter(|path| !path.starts_with(folder.join("exhibits")));
    let (mut looked, mut found) = (0, Vec::new());
    for path in but_exhibits {
        looked += 1;
        found.extend(harmful(path));
    }
    assert!(looked >= 14, "{all:?}");
    assert_eq!(found, [""; 0]);
}

#[test]
fn no_file_of_a_bundle_but_the_exhibits_lets_hostile_text_out() {
    let (bench, all) = case();
    let mut opened = all.open(CASE).unwrap();
    write(&mut opened);
    drop(opened);
    bundled(&bench, "b", &[]);
    bundled(&bench, "c", &["--redact"]);
}
