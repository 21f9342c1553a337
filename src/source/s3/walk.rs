//! In what parts a prefix is listed: plainly, page by page, where nothing is known of its keys, and
//! folder by folder where they follow the layout of AWS, so that parts can be listed at one time
//! and what a window of time does not need is not listed at all.
//!
//! Whether there is a layout shows in the pages: **a bucket of other keys takes no request more
//! than it has pages.** Nothing here asks anybody.

use crate::event::Window;
use crate::event::layout::{self, Need, Position};
use crate::event::scope::{Fit, Scope};
use aws_sdk_s3::types::Object;
use std::collections::HashSet;
use std::iter;

/// Behind every key that begins with a folder's name.
pub(super) const END: char = char::MAX;

/// A page that lies in no more folders than this says that folders are large: each is worth
/// requests of its own.
const LARGE: usize = 2;

/// What of a bucket is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) scope: &'a Scope,
    pub(super) window: Window,
}

/// What is to be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Branch {
    /// What its keys begin with.
    pub(super) prefix: String,
    pub(super) after: After,
    /// Folders are only named, not gone into.
    pub(super) by_folder: bool,
    /// A folder in it that is listed by others, with all before it.
    done: Option<String>,
}

/// Where the next page of a branch begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum After {
    Start,
    Key(String),
    Token(String),
}

/// What has a key.
pub(super) trait Keyed {
    fn key(&self) -> &str;
}

impl Keyed for Object {
    fn key(&self) -> &str {
        self.key().unwrap_or_default()
    }
}

/// A page of a branch.
#[derive(Debug)]
pub(super) struct Page<T = Object> {
    pub(super) objects: Vec<T>,
    /// With the slash at the end; none unless the branch is listed by folder.
    pub(super) folders: Vec<String>,
    /// There is more, and what asks for it.
    pub(super) next: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { objects: Vec::new(), folders: Vec::new(), next: None }
    }
}

/// What a listing consists of, in the order of the keys.
#[derive(Debug)]
pub(super) enum Part<T = Object> {
    Object(T),
    /// A folder that the window does not need.
    Left(String, Need),
    Branch(Branch),
}

impl Branch {
    /// What is listed of a folder: the folders in it where their names are known, and nothing but
    /// the folder itself where the window does not need it. What is out of scope is not spoken of:
    /// the source's name says it.
    pub(super) fn of<T>(prefix: &str, after: After, wanted: Wanted<'_>) -> Vec<Part<T>> {
        let Wanted { scope, window } = wanted;
        let fit = scope.fit(prefix);
        if fit == Fit::None {
            return Vec::new();
        }
        if let Some((folder, need)) = layout::left_out(prefix, window) {
            return vec![Part::Left(folder.to_owned(), need)];
        }
        if let Some(named) = scope.named(prefix).filter(|_| fit == Fit::Some) {
            return named.iter().flat_map(|one| Self::of(one, After::Start, wanted)).collect();
        }
        let at = Position::of(prefix);
        let by_folder = fit == Fit::Some || at.is_inside() && at.need(window) == Need::Some;
        vec![Part::Branch(Self { prefix: prefix.to_owned(), after, by_folder, done: None })]
    }

    /// The folders directly below a prefix, and nothing in them.
    pub(super) fn folders(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), after: After::Start, by_folder: true, done: None }
    }

    /// Its next page.
    pub(super) fn on(&self, token: String) -> Self {
        Self { after: After::Token(token), ..self.clone() }
    }

    /// What the keys to be listed come behind, if that has to be said.
    pub(super) fn start_after(&self) -> Option<String> {
        match (&self.after, &self.done) {
            (After::Token(_), _) | (After::Start, None) => None,
            (After::Key(key), _) => Some(key.clone()),
            (After::Start, Some(folder)) => Some(format!("{folder}{END}")),
        }
    }

    /// What is to be done with a page of it.
    pub(super) fn parts<T: Keyed>(&self, page: Page<T>, wanted: Wanted<'_>) -> Vec<Part<T>> {
        let Wanted { scope, window } = wanted;
        let rest = match (page.next.clone(), self.by_folder) {
            (None, _) => Vec::new(),
            (Some(token), true) => {
                vec![Part::Branch(self.on(token))]
            }
            (Some(token), false) => self.rest(&page, token, wanted),
        };
        let mut parts = Vec::with_capacity(page.objects.len() + page.folders.len() + rest.len());
        // Keys behind the end that a folder is given here may still be in it.
        let is_done = |key: &str| self.done.as_deref().is_some_and(|done| key.starts_with(done));
        let mut folders = page.folders.into_iter().filter(|folder| !is_done(folder)).peekable();
        for object in page.objects {
            let key = object.key();
            if is_done(key) || !scope.has(key) {
                continue;
            }
            while let Some(folder) = folders.next_if(|folder| folder.as_str() < key) {
                parts.extend(Self::of(&folder, After::Start, wanted));
            }
            match layout::left_out(key, window) {
                None => parts.push(Part::Object(object)),
                Some((folder, need)) => parts.push(Part::Left(folder.to_owned(), need)),
            }
        }
        parts.extend(folders.flat_map(|folder| Self::of(&folder, After::Start, wanted)));
        parts.extend(rest);
        parts
    }

    /// What comes behind a page of a plain listing: the folders that its last key lies in, from
    /// the inside to the outside. All of them are in scope, for others are listed by folder.
    fn rest<T: Keyed>(&self, page: &Page<T>, token: String, wanted: Wanted<'_>) -> Vec<Part<T>> {
        let window = wanted.window;
        let keys = || page.objects.iter().map(T::key);
        let Some(last) = keys().next_back() else {
            return vec![Part::Branch(self.on(token))];
        };
        let begin = self.prefix.len();
        let inner = last.match_indices('/').map(|(at, _)| at + 1).filter(|end| *end > begin);
        let folders: Vec<&str> = iter::once(begin).chain(inner).map(|end| &last[..end]).collect();
        let is_whole = |at: usize| {
            let (folder, position) = (folders[at], Position::of(folders[at]));
            match position.need(window) {
                _ if !position.is_inside() => {
                    // Whatever lies in no layout is listed plainly, up to one that it leads to.
                    !folders[at..].iter().any(|folder| Position::of(folder).is_inside())
                }
                Need::Some => false,
                Need::Before | Need::After => true,
                Need::All => at + 1 == folders.len() || children(folder, keys()) > LARGE,
            }
        };
        let depth = (0..folders.len()).find(|at| is_whole(*at)).unwrap_or(folders.len() - 1);
        let mut rest = Vec::new();
        if depth == 0 {
            rest.push(Part::Branch(self.on(token)));
        } else {
            rest.extend(Self::of(folders[depth], After::Key(last.to_owned()), wanted));
        }
        for at in (0..depth).rev() {
            let (prefix, done) = (folders[at].to_owned(), Some(folders[at + 1].to_owned()));
            let by_folder = Position::of(folders[at]).is_inside();
            rest.push(Part::Branch(Self { prefix, after: After::Start, by_folder, done }));
        }
        rest
    }
}

/// How many folders in this one the keys lie in; all that lies elsewhere counts as one.
fn children<'a>(folder: &str, keys: impl Iterator<Item = &'a str>) -> usize {
    let child = |key: &'a str| {
        let (child, _) = key.strip_prefix(folder)?.split_once('/')?;
        Some(child)
    };
    keys.map(child).collect::<HashSet<_>>().len()
}

#[cfg(test)]
mod tests;
