//! Reads a corpus of public samples, if `TRAILCASE_CORPUS` names the folder above it, and compares
//! what comes out with what others say of them. `TRAILCASE_CORPUS_TYPE` names a type of samples
//! of which all that differs is told:
//!
//! ```text
//! TRAILCASE_CORPUS=... TRAILCASE_CORPUS_TYPE=alb_access cargo test --test corpus report -- --nocapture
//! ```
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

mod reading;
mod report;
#[path = "../rows/mod.rs"]
mod rows;
mod samples;
mod values;
mod words;

use report::Judged;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("TRAILCASE_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: TRAILCASE_CORPUS names no folder");
    }
    folder
}

/// What came of each sample; `None` if there is no corpus.
fn judged() -> Option<&'static [Judged]> {
    static JUDGED: LazyLock<Vec<Judged>> = LazyLock::new(|| {
        let folder = corpus().unwrap_or_default();
        samples::samples(&folder.join("corpus")).iter().map(Judged::new).collect()
    });
    corpus().map(|_| JUDGED.as_slice())
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
        let reading = reading::read_file(&file);
        assert_eq!(reading.ends, [], "{}", file.display());
        assert!(reading.rows.iter().all(|row| row.format == "cloudtrail"), "{}", file.display());
        events += reading.rows.len();
    }
    assert_eq!(events, 2_900);
}

#[test]
fn report() {
    let Some(all) = judged() else { return };
    println!("{}", report::summary(all));
    if let Ok(kind) = std::env::var("TRAILCASE_CORPUS_TYPE") {
        println!("{}", report::detail(all, &kind));
    }
}
