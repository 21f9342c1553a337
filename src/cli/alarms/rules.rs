//! Where rules come from: those of the product, and files and folders that somebody names.

use crate::cli::error::CliError;
use crate::detect::{OWN, Ruleset};
use crate::ui::settings::{self, MAX_FILE, Places};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

/// Whom something is told.
pub(in crate::cli) type Tell<'a> = &'a dyn Fn(&str);

/// Folders within each other.
const DEEPEST: usize = 16;

/// Reads the product's own rules, those in the folders `rules` of the configuration, and those of
/// files and folders.
///
/// What is no rule is left out and told; a file that is not there ends the command. In which
/// order they are named does not count, and a file that is named twice is read once.
pub(in crate::cli) fn load(named: &[PathBuf], tell: Tell<'_>) -> Result<(Ruleset, bool), CliError> {
    let mut rules = Ruleset::default();
    let mut whole = true;
    for (file, text) in OWN {
        whole &= take(&mut rules, (file, text), "MIT OR Apache-2.0", tell);
    }
    let kept: Vec<PathBuf> = Places::of_system().folders("rules");
    let mut named = named.to_vec();
    named.sort();
    let mut known = BTreeSet::new();
    let all = kept.iter().map(|path| (path, false)).chain(named.iter().map(|path| (path, true)));
    for (path, is_named) in all {
        if !path.exists() {
            let text = format!("{}: no such file or folder; check the path", path.display());
            return Err(CliError::usage(text));
        }
        let mut found = Found::default();
        found.look(path, DEEPEST);
        for problem in &found.problems {
            tell(problem);
        }
        whole &= found.broken.is_empty();
        for (file, why) in found.broken {
            tell(&format!("{file}: {why}; left out"));
            rules.refuse(file, why);
        }
        // A folder of the configuration waits for rules; one that is named has some.
        let is_void = is_named && found.files.is_empty();
        if is_void {
            tell(&format!("{}: there are no rules in it (*.yml, *.yaml)", path.display()));
        }
        whole &= found.problems.is_empty() && !is_void;
        for file in found.files {
            if !known.insert(file.canonicalize().unwrap_or_else(|_| file.clone())) {
                continue;
            }
            whole &= add(&mut rules, path, &file, tell);
        }
    }
    for told in rules.repeated() {
        tell(told);
    }
    whole &= rules.repeated().is_empty();
    Ok((rules, whole))
}

/// Adds the rules of one file; whether it has no others.
fn add(rules: &mut Ruleset, root: &Path, file: &Path, tell: Tell<'_>) -> bool {
    let label = file.display().to_string();
    let text = match settings::read(file) {
        Ok(Some(text)) => text,
        Ok(None) => return true,
        Err(problem) => {
            tell(&problem.to_string());
            rules.refuse(label, problem.message);
            return false;
        }
    };
    take(rules, (&label, &text), &licence(root, file), tell)
}

/// Adds the rules of this text; whether it is a file of rules alone.
fn take(rules: &mut Ruleset, (file, text): (&str, &str), licence: &str, tell: Tell<'_>) -> bool {
    let added = rules.add(file, text, licence);
    for refused in added.err().unwrap_or_default() {
        tell(&format!("{refused}; left out"));
    }
    added.is_ok()
}

/// Files of rules, by their names, and what could not be looked at.
#[derive(Debug, Default)]
struct Found {
    files: Vec<PathBuf>,
    problems: Vec<String>,
    /// Files of rules of which not even that can be said what they are, and why.
    broken: Vec<(String, String)>,
}

impl Found {
    /// Finds the files in this folder; or the file itself.
    fn look(&mut self, path: &Path, depth: usize) {
        if !path.is_dir() {
            self.files.push(path.to_owned());
            return;
        }
        let mut left_out = |path: &Path, why: &dyn Display| {
            self.problems.push(format!("{}: {why}; left out", path.display()));
        };
        if depth == 0 {
            return left_out(path, &format_args!("more than {DEEPEST} folders within each other"));
        }
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return left_out(path, &format_args!("cannot be read: {error}")),
        };
        let mut all = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => all.push(entry.path()),
                Err(error) => left_out(path, &format_args!("an entry cannot be read: {error}")),
            }
        }
        all.sort();
        for path in all {
            let is_rule = path.extension().is_some_and(|it| it == "yml" || it == "yaml");
            match fs::metadata(&path) {
                Ok(about) if about.is_dir() => self.look(&path, depth - 1),
                Ok(about) if is_rule && about.is_file() => self.files.push(path),
                // A file of another name is nobody's rule, whatever it is.
                Ok(_) => {}
                Err(error) if is_rule => {
                    let why = format!("cannot be read: {error}");
                    self.broken.push((path.display().to_string(), why));
                }
                Err(error) => {
                    self.problems
                        .push(format!("{}: cannot be read: {error}; left out", path.display()));
                }
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_with_a_fault_is_none_whoever_wrote_it() {
        let mut rules = Ruleset::default();
        let tell: Tell<'_> = &|_| {};
        assert!(!take(&mut rules, ("rules/own.yml", "title: t\n"), "MIT", tell));
        assert!(OWN.iter().all(|file| take(&mut rules, *file, "MIT", tell)));
    }
}
