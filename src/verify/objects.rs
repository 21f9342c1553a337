//! What the evidence holds that digests are about: logs, digests, and the metadata of digests.
//!
//! There may be a million of them, so that nothing is kept here that a path says by itself.

use super::content::Content;
use super::digest::Digest;
use super::metadata::Metadata;
use super::stops::Stop;
use std::ops::Range;
use std::sync::Arc;

/// An object of the evidence as it was read.
#[derive(Debug, Clone)]
pub struct Object {
    /// What people and output call it, as the ledger does.
    pub path: Arc<str>,
    /// Where its name below the source's root begins in `path`.
    pub key_at: u32,
    /// Where the path of the outermost object, which this one is or is a member of, ends in `path`.
    pub outer_end: u32,
    /// SHA-256 of the outermost object as acquired.
    pub sha256: Option<[u8; 32]>,
    pub seen: Seen,
}

/// What was found in it.
#[derive(Debug, Clone)]
pub enum Seen {
    Log {
        content: Content,
        /// It may be worth a second look for [`Stop`]s.
        mentions: bool,
        stops: Box<[Stop]>,
    },
    Digest {
        content: Content,
        /// What it says, or why it is none.
        digest: Result<Arc<Digest>, Box<str>>,
    },
    Metadata(Box<Metadata>),
    /// A log that lay there before; `of_end` is where the path of the object ends of which it is a
    /// former version.
    Former {
        content: Content,
        of_end: u32,
    },
}

impl Object {
    /// Path of the outermost object.
    pub fn outer(&self) -> &str {
        self.path.get(..self.outer_end as usize).unwrap_or(&self.path)
    }
}

/// Objects in the order of their paths, shared by whoever has to do with them. Their numbers are
/// their places here.
#[derive(Debug, Clone, Default)]
pub struct Objects {
    all: Arc<[Object]>,
    left_out: LeftOut,
}

/// Whether a path was left out on purpose.
type IsLeftOut = dyn Fn(&str) -> bool + Send + Sync;

#[derive(Clone, Default)]
struct LeftOut(Option<Arc<IsLeftOut>>);

impl std::fmt::Debug for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LeftOut")
    }
}

impl Objects {
    /// Puts objects in their order; those of equal paths stay as they are.
    pub fn new(mut objects: Vec<Object>) -> Self {
        objects.sort_by(|one, other| one.path.cmp(&other.path));
        Self { all: objects.into(), left_out: LeftOut::default() }
    }

    /// What nobody looked for is not missed.
    #[must_use]
    pub fn leaving_out(self, is_left_out: Arc<IsLeftOut>) -> Self {
        Self { left_out: LeftOut(Some(is_left_out)), ..self }
    }

    /// Whether the object of this bucket and key was left out on purpose.
    pub(super) fn is_left_out(&self, bucket: &str, key: &str) -> bool {
        let LeftOut(is_left_out) = &self.left_out;
        is_left_out.as_ref().is_some_and(|is_left_out| is_left_out(&format!("s3://{bucket}/{key}")))
    }

    /// The numbers of the objects of this path: several where an archive has several members of
    /// one name.
    pub fn find(&self, path: &str) -> Range<usize> {
        let start = self.all.partition_point(|object| &*object.path < path);
        let same = self.all[start..].iter().take_while(|object| &*object.path == path);
        start..start + same.count()
    }

    /// The objects that the outermost object of this path is or holds.
    pub fn within<'a>(&'a self, outer: &'a str) -> impl Iterator<Item = &'a Object> {
        // What lies in an archive is told apart from it by a mark.
        let members = format!("{outer}!");
        let start = self.all.partition_point(|object| *object.path < *members);
        let inner = self.all[start..].iter().take_while(move |one| one.path.starts_with(&members));
        self.all[self.find(outer)].iter().chain(inner).filter(move |object| object.outer() == outer)
    }
}

impl std::ops::Deref for Objects {
    type Target = [Object];

    fn deref(&self) -> &[Object] {
        &self.all
    }
}

/// The very same objects, not equal ones.
impl PartialEq for Objects {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.all, &other.all)
    }
}

impl Eq for Objects {}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(path: &str, outer: &str) -> Object {
        Object {
            path: path.into(),
            key_at: 0,
            outer_end: outer.len() as u32,
            sha256: None,
            seen: Seen::Metadata(Box::default()),
        }
    }

    #[test]
    fn what_an_archive_holds_is_found_among_names_that_begin_alike() {
        let all = [
            ("a.zip", "a.zip"),
            ("a.zip b", "a.zip b"),
            ("a.zip!x", "a.zip"),
            ("a.zip!x", "a.zip"),
            // A file may be called so.
            ("a.zip!y", "a.zip!y"),
            ("a.zip.gz", "a.zip.gz"),
        ];
        let mut objects: Vec<Object> = all.map(|(path, outer)| object(path, outer)).into();
        objects.reverse();
        let objects = Objects::new(objects);
        let within = |outer| objects.within(outer).map(|one| &*one.path).collect::<Vec<_>>();
        assert_eq!(within("a.zip"), ["a.zip", "a.zip!x", "a.zip!x"]);
        assert_eq!(within("a.zip!y"), ["a.zip!y"]);
        assert_eq!(within("a"), [""; 0]);
        assert_eq!((objects.find("a.zip!x"), objects.find("b")), (2..4, 6..6));
    }
}
