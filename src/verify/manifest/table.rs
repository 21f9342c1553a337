//! What was listed, by its names: the only place where the names of a manifest lead.

use std::cmp::Ordering;
use std::collections::HashMap;

/// Files of one end that are looked at to find the one that is meant.
const MOST_ALIKE: usize = 64;

/// Objects by their paths, as labels.
#[derive(Debug, Default)]
pub struct Table {
    paths: Vec<String>,
    by_path: HashMap<String, usize>,
    /// Sorted from the last part of the path on.
    by_end: Vec<usize>,
}

/// Where a name leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    At(usize),
    /// The name is of another place; this alone ends as it does.
    ByEnd(usize),
    /// So many end as it does.
    Several(usize),
    Nowhere,
}

impl Table {
    /// The positions of `paths` are what names lead to.
    pub fn new(paths: impl IntoIterator<Item = String>) -> Self {
        let paths: Vec<String> = paths.into_iter().map(|path| normal(&path)).collect();
        let mut by_path = HashMap::with_capacity(paths.len());
        for (at, path) in paths.iter().enumerate() {
            // Sources may overlap.
            by_path.entry(path.clone()).or_insert(at);
        }
        let mut by_end: Vec<usize> = by_path.values().copied().collect();
        by_end.sort_unstable_by(|a, b| from_end(&paths[*a], &paths[*b]));
        Self { paths, by_path, by_end }
    }

    pub fn path(&self, at: usize) -> &str {
        self.paths.get(at).map_or("", String::as_str)
    }

    /// The object of this path.
    pub fn at(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// Where the name leads from the folder, which ends in `/` or is empty.
    pub fn find(&self, folder: &str, name: &str) -> Met {
        let joined = if name.starts_with('/') { normal(name) } else { normal_in(folder, name) };
        if let Some(at) = self.at(&joined) {
            return Met::At(at);
        }
        // What stays in the folder is where it says, or not there.
        if !name.starts_with('/') && joined.starts_with(folder) && !joined.starts_with("../") {
            return Met::Nowhere;
        }
        self.by_end(folder, joined.trim_start_matches("../"))
    }

    /// The object whose path ends most as the name does. One that has only its last part from it is
    /// meant if it lies in the folder itself, as files do that were copied into one.
    pub fn by_end(&self, folder: &str, name: &str) -> Met {
        let above = self.by_end.partition_point(|at| from_end(&self.paths[*at], name).is_lt());
        let alike = |at: Option<&usize>| at.map_or(0, |at| shared(&self.paths[*at], name));
        let before = alike(above.checked_sub(1).and_then(|at| self.by_end.get(at)));
        let most = before.max(alike(self.by_end.get(above)));
        if most == 0 {
            return Met::Nowhere;
        }
        let has_end = |at: &&usize| shared(&self.paths[**at], name) >= most;
        let (lower, upper) = self.by_end.split_at(above);
        let all = lower.iter().rev().take_while(has_end).chain(upper.iter().take_while(has_end));
        let all: Vec<usize> = all.take(MOST_ALIKE + 1).copied().collect();
        let is_inside = |at: &&usize| {
            let rest = self.paths[**at].strip_prefix(folder);
            rest.is_some_and(|rest| most > 1 || !rest.contains('/'))
        };
        let mut inside = all.iter().filter(is_inside);
        match (inside.next(), inside.next(), &*all) {
            (Some(at), None, _) => Met::ByEnd(*at),
            (None, _, [at]) if most > 1 => Met::ByEnd(*at),
            (None, ..) if most == 1 => Met::Nowhere,
            _ => Met::Several(all.len()),
        }
    }

    /// The objects whose paths begin so.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.by_end.iter().copied().filter(move |at| self.paths[*at].starts_with(folder))
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
