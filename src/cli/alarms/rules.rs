//! Where rules come from: those of the product, and files and folders that somebody names.

use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::detect::{OWN, Ruleset};
use crate::ui::settings::{self, MAX_FILE};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders within each other.
const DEEPEST: usize = 16;

/// Reads the product's own rules, and those of files and folders.
///
/// A file that is no rule is left out and told; one that is not there ends the command.
pub(super) fn load(named: &[PathBuf], console: &Console) -> Result<(Ruleset, bool), CliError> {
    let mut rules = Ruleset::default();
    for (file, text) in OWN {
        if let Err(fault) = rules.add(file, text, "MIT OR Apache-2.0") {
            console.tell(&format!("{file}: {fault}"));
        }
    }
    let mut whole = true;
    for path in named {
        if !path.exists() {
            let text = format!("{}: no such file or folder; check the path", path.display());
            return Err(CliError::usage(text));
        }
        let mut files = Vec::new();
        find(path, DEEPEST, &mut files);
        if files.is_empty() {
            console.tell(&format!("{}: there are no rules in it (*.yml, *.yaml)", path.display()));
            whole = false;
        }
        for file in files {
            whole &= add(&mut rules, path, &file, console);
        }
    }
    Ok((rules, whole))
}

/// Adds the rules of one file; whether it is one.
fn add(rules: &mut Ruleset, root: &Path, file: &Path, console: &Console) -> bool {
    let label = file.display().to_string();
    let text = match settings::read(file) {
        Ok(Some(text)) => text,
        Ok(None) => return true,
        Err(problem) => {
            console.tell(&problem.to_string());
            return false;
        }
    };
    if let Err(fault) = rules.add(&label, &text, &licence(root, file)) {
        console.tell(&format!("{label}: {fault}; left out"));
        return false;
    }
    true
}

/// Files of rules in this folder, by their names; or the file itself.
fn find(path: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    if !path.is_dir() {
        files.push(path.to_owned());
        return;
    }
    let Ok(entries) = fs::read_dir(path) else { return };
    let mut all: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    all.sort();
    for path in all {
        let is_rule = path.extension().is_some_and(|it| it == "yml" || it == "yaml");
        if path.is_dir() && depth > 0 {
            find(&path, depth - 1, files);
        } else if is_rule && path.is_file() {
            files.push(path);
        }
    }
}

/// What the nearest file `LICENSE` says, from the rule's folder up to the one that was named and
/// the one around it.
fn licence(root: &Path, file: &Path) -> String {
    let top = root.parent().unwrap_or(root);
    for folder in file.ancestors().skip(1).take_while(|folder| folder.starts_with(top)) {
        let path = folder.join("LICENSE");
        let small = fs::metadata(&path).is_ok_and(|about| about.len() <= MAX_FILE);
        let Some(text) = small.then(|| fs::read_to_string(&path).ok()).flatten() else { continue };
        if text.contains("Detection Rule License") {
            return "DRL 1.1".to_owned();
        }
        let first =
            text.lines().map(|line| line.trim_matches(['#', ' '])).find(|line| !line.is_empty());
        return first.unwrap_or_default().chars().take(60).collect();
    }
    String::new()
}
