//! What was listed, by its names: the only place where the names of a manifest lead.

use std::cmp::Ordering;
use std::collections::HashMap;

/// Files of one end that are looked at to find the one that is meant.
const MOST_ALIKE: usize = 64;

/// Objects by their paths, as labels.
#[derive(Debug, Default)]
pub struct Table {
    paths: Vec<String>,
    /// Sorted; each path once.
    by_path: Vec<usize>,
    /// Sorted from the last part of the path on.
    by_end: Vec<usize>,
    /// Folders that could not be looked into, or not to their end.
    closed: HashMap<String, usize>,
}

/// Where a name leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    At(usize),
    /// The name is of another place; this alone ends as it does.
    ByEnd(usize),
    /// So many end as it does.
    Several(usize),
    /// It may lie in this folder, into which nobody could look.
    Within(usize),
    Nowhere,
}

impl Table {
    /// The positions of `paths` are what names lead to. A path that ends in `/` is that of a folder
    /// which could not be looked into.
    pub fn new(paths: impl IntoIterator<Item = String>) -> Self {
        let mut closed = HashMap::new();
        let normal = |(at, path): (usize, String)| {
            let plain = normal(&path);
            if path.ends_with('/') {
                closed.insert(plain.clone(), at);
            }
            plain
        };
        let paths: Vec<String> = paths.into_iter().enumerate().map(normal).collect();
        let mut by_path: Vec<usize> = (0..paths.len()).collect();
        by_path.sort_by(|a, b| paths[*a].cmp(&paths[*b]));
        // Sources may overlap: the first stands for the others.
        by_path.dedup_by(|next, kept| paths[*next] == paths[*kept]);
        let mut by_end = by_path.clone();
        by_end.sort_unstable_by(|a, b| from_end(&paths[*a], &paths[*b]));
        Self { paths, by_path, by_end, closed }
    }

    pub fn path(&self, at: usize) -> &str {
        self.paths.get(at).map_or("", String::as_str)
    }

    /// The object of this path.
    pub fn at(&self, path: &str) -> Option<usize> {
        let at = self.by_path.binary_search_by(|at| self.paths[*at].as_str().cmp(path)).ok()?;
        self.by_path.get(at).copied()
    }

    /// Where the name leads from the folder, which ends in `/` or is empty.
    pub fn find(&self, folder: &str, name: &str) -> Met {
        let joined = joined(folder, name);
        if let Some(at) = self.at(&joined) {
            return Met::At(at);
        }
        if let Some(at) = self.closed_above(&joined) {
            return Met::Within(at);
        }
        // What stays in the folder is where it says, or not there.
        if !name.starts_with('/') && joined.starts_with(folder) && !joined.starts_with("../") {
            return Met::Nowhere;
        }
        self.by_end(folder, joined.trim_start_matches("../"))
    }

    /// The folder in which the path would lie, if nobody could look into that.
    fn closed_above(&self, path: &str) -> Option<usize> {
        if self.closed.is_empty() {
            return None;
        }
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        folders.rev().find_map(|folder| self.closed.get(folder).copied())
    }

    /// The object whose path ends most as the name does. One that has only its last part from it is
    /// meant if it lies in the folder itself, as files do that were copied into one.
    fn by_end(&self, folder: &str, name: &str) -> Met {
        let above = self.by_end.partition_point(|at| from_end(&self.paths[*at], name).is_lt());
        let alike = |at: Option<&usize>| at.map_or(0, |at| shared(&self.paths[*at], name));
        let before = alike(above.checked_sub(1).and_then(|at| self.by_end.get(at)));
        let most = before.max(alike(self.by_end.get(above)));
        if most == 0 {
            return Met::Nowhere;
        }
        // However many others end as it does.
        let end = last_parts(name, most);
        if let Some(at) = self.at(&format!("{folder}{end}")) {
            return Met::ByEnd(at);
        }
        if most == 1 {
            return Met::Nowhere;
        }
        let has_end = |at: &&usize| shared(&self.paths[**at], name) >= most;
        let (lower, upper) = self.by_end.split_at(above);
        let all = lower.iter().rev().take_while(has_end).chain(upper.iter().take_while(has_end));
        let all: Vec<usize> = all.take(MOST_ALIKE + 1).copied().collect();
        let is_inside = |at: &&usize| self.paths[**at].starts_with(folder);
        let mut inside = all.iter().filter(is_inside);
        match (inside.next(), inside.next(), &*all) {
            (Some(at), None, _) | (None, _, [at]) => Met::ByEnd(*at),
            _ => Met::Several(all.len()),
        }
    }

    /// The objects whose paths begin so, by their paths.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = usize> + 'a {
        let first = self.by_path.partition_point(|at| self.paths[*at].as_str() < folder);
        let below = self.by_path[first..].iter().copied();
        below.take_while(move |at| self.paths[*at].starts_with(folder))
    }
}

fn from_end(a: &str, b: &str) -> Ordering {
    a.rsplit('/').cmp(b.rsplit('/'))
}

/// Parts that both end with.
fn shared(a: &str, b: &str) -> usize {
    let pairs = a.rsplit('/').zip(b.rsplit('/'));
    pairs.take_while(|(a, b)| a == b && !a.is_empty()).count()
}

/// So many parts of the name, from its end.
fn last_parts(name: &str, count: usize) -> &str {
    let slash = name.rmatch_indices('/').nth(count.saturating_sub(1));
    slash.map_or(name, |(at, _)| &name[at + 1..])
}

/// The path that the name has from the folder, which ends in `/` or is empty.
pub fn joined(folder: &str, name: &str) -> String {
    if name.starts_with('/') { normal(name) } else { normal_in(folder, name) }
}

/// The folder of a path, with its `/`.
pub fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..=at])
}

/// The path without `.`, `..` and empty parts, as far as that can be told by the text alone.
pub fn normal(path: &str) -> String {
    normal_in("", path)
}

fn normal_in(folder: &str, path: &str) -> String {
    let is_absolute = folder.starts_with('/') || (folder.is_empty() && path.starts_with('/'));
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => drop(parts.pop()),
                _ if is_absolute => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let root = if is_absolute { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}
