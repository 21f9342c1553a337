//! The house keeps its order: imports point one way, files stay readable, every file says what
//! it is for.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::path::{Path, PathBuf};

/// Each module, and what it may import besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("event", &[]),
    ("shown", &[]),
    ("source", &["event"]),
    ("format", &["event"]),
    ("store", &["event"]),
    ("query", &["event", "store"]),
    ("verify", &["event", "source", "format", "store"]),
    ("detect", &["event", "store", "query", "verify"]),
    ("case", &["event", "shown"]),
    ("record", &["event", "shown", "store", "query", "verify", "detect", "case"]),
    (
        "job",
        &[
            "event", "shown", "source", "format", "store", "query", "verify", "detect", "case",
            "record",
        ],
    ),
    ("ui", &["event", "shown", "store", "query", "verify", "detect", "case", "record", "job"]),
    (
        "cli",
        &[
            "event", "shown", "source", "format", "store", "query", "verify", "detect", "case",
            "record", "job", "ui",
        ],
    ),
];

/// Files over this many lines are split by idea.
const MAX_LINES: usize = 600;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert!(found.len() > 20, "the sources are not where this test looks");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        (path.strip_prefix(&root).unwrap().to_owned(), text)
    };
    found.into_iter().map(read).collect()
}

/// The modules of ours that a text names after `crate::`, also within braces.
fn imports(text: &str) -> Vec<(usize, String)> {
    let word = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect()
    };
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let line = text[..at].lines().count().max(1);
        let rest = &text[at + "crate::".len()..];
        if let Some(inside) = rest.strip_prefix('{') {
            let end = inside.find('}').unwrap_or(inside.len());
            found.extend(inside[..end].split(',').map(|part| (line, word(part.trim()))));
        } else {
            found.push((line, word(rest)));
        }
    }
    found
}

#[test]
fn imports_point_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in all() {
        let module = path.iter().next().unwrap().to_str().unwrap();
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else { continue };
        for (line, import) in imports(&text) {
            let ours = LAYERS.iter().any(|(name, _)| *name == import);
            if ours && import != module && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{}:{line}: {module} imports {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_its_place_in_the_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            assert!(LAYERS.iter().any(|(layer, _)| *layer == name), "{name} has no layer");
        }
    }
}

#[test]
fn a_wrong_import_is_seen() {
    let text = "use crate::store::Bits;\nuse crate::{event, ui::app};\n";
    let found: Vec<String> = imports(text).into_iter().map(|(_, name)| name).collect();
    assert_eq!(found, ["store", "event", "ui"]);
}

#[test]
fn every_file_says_what_it_is_for_and_stays_readable() {
    let mut wrong = Vec::new();
    for (path, text) in all() {
        let lines = text.lines().count();
        if lines > MAX_LINES {
            wrong.push(format!("{}: {lines} lines", path.display()));
        }
        let tests = path.ends_with("tests.rs") || path.iter().any(|part| part == "tests");
        if !text.starts_with("//!") && !tests {
            wrong.push(format!("{}: does not say what it is for", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
