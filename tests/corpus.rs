//! Reads a corpus of public samples, if `TRAILCASE_CORPUS` names its folder, and compares what
//! comes out with what others say of them.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

mod rows;

use rows::{Kept, Rows, read};
use std::path::{Path, PathBuf};
use trailcase::event::Timestamp;
use trailcase::format::Context;

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("TRAILCASE_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: TRAILCASE_CORPUS names no folder");
    }
    folder
}

fn read_file(path: &Path) -> Rows {
    let bytes = std::fs::read(path).unwrap();
    let context = Context {
        key: path.file_name().unwrap().to_string_lossy().into_owned(),
        modified: Some(Timestamp::from_seconds(1_750_000_000).unwrap()),
        zone_seconds: 0,
    };
    read(context, &bytes, &[])
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn the_attack_is_read_whole() {
    let Some(corpus) = corpus() else { return };
    let mut events = 0;
    for file in files(&corpus.join("evidence/cloudtrail-attack")) {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let rows = read_file(&file);
        assert_eq!(rows.end, None, "{}", file.display());
        assert!(rows.kept.iter().all(|row| row.format == "cloudtrail"), "{}", file.display());
        events += rows.kept.len();
    }
    assert_eq!(events, 2_900);
}

#[test]
fn every_sample_is_read_without_a_panic() {
    let Some(corpus) = corpus() else { return };
    for file in files(&corpus.join("corpus/raw")) {
        let rows = read_file(&file);
        let count = |id: &str| rows.kept.iter().filter(|row: &&Kept| row.format == id).count();
        let mut formats: Vec<&str> = rows.kept.iter().map(|row| row.format.as_str()).collect();
        formats.sort_unstable();
        formats.dedup();
        let counts: Vec<String> =
            formats.iter().map(|format| format!("{format} {}", count(format))).collect();
        println!(
            "{} {} {:?}",
            file.strip_prefix(&corpus).unwrap().display(),
            counts.join(", "),
            rows.end.map(|(state, reason)| format!("{state} {reason}"))
        );
    }
}
