//! Which records are tagged, bookmarked or noted, found by where they are.

use super::{Exhibit, NoteKey, Spot};
use crate::event::Inner;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// A record and everything the analyst said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    pub exhibit: Arc<Exhibit>,
    pub tags: BTreeSet<String>,
    pub bookmark: bool,
    pub notes: BTreeSet<NoteKey>,
}

impl Marked {
    fn is_empty(&self) -> bool {
        self.tags.is_empty() && !self.bookmark && self.notes.is_empty()
    }
}

/// The object (by hash or by path), member, offset, length, way within.
type Key = (Object, Option<String>, u64, u64, Inner);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Object {
    Hash(String),
    Path(String),
}

fn key(object: Object, spot: &Spot<'_>) -> Key {
    (object, spot.member.map(str::to_owned), spot.offset, spot.length, spot.within.bare())
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marks {
    all: Vec<Marked>,
    index: HashMap<Key, usize>,
}

impl Marks {
    pub(super) fn get(&self, spot: &Spot<'_>) -> Option<&Marked> {
        self.find(spot).map(|at| &self.all[at]).filter(|marked| !marked.is_empty())
    }

    /// In the order in which they were first marked.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Marked> {
        self.all.iter().filter(|marked| !marked.is_empty())
    }

    /// The record's marks, to change them.
    pub(super) fn entry(&mut self, exhibit: &Arc<Exhibit>) -> &mut Marked {
        let spot = exhibit.spot();
        let at = self.find(&spot).unwrap_or(self.all.len());
        if at == self.all.len() {
            self.all.push(Marked {
                exhibit: Arc::clone(exhibit),
                tags: BTreeSet::new(),
                bookmark: false,
                notes: BTreeSet::new(),
            });
        }
        // A record marked while its object was loading learns the object's hash later.
        if self.all[at].exhibit.sha256.is_none() {
            self.all[at].exhibit = Arc::clone(exhibit);
        }
        if let Some(hash) = spot.sha256 {
            self.index.insert(key(Object::Hash(hash.to_owned()), &spot), at);
        }
        self.index.insert(key(Object::Path(spot.object.to_owned()), &spot), at);
        &mut self.all[at]
    }

    pub(super) fn forget_note(&mut self, note: NoteKey) {
        for marked in &mut self.all {
            marked.notes.remove(&note);
        }
    }

    fn find(&self, spot: &Spot<'_>) -> Option<usize> {
        if let Some(hash) = spot.sha256
            && let Some(at) = self.index.get(&key(Object::Hash(hash.to_owned()), spot))
        {
            return Some(*at);
        }
        let at = *self.index.get(&key(Object::Path(spot.object.to_owned()), spot))?;
        // The same path with other content is another object.
        let differs =
            matches!((&self.all[at].exhibit.sha256, spot.sha256), (Some(a), Some(b)) if a != b);
        (!differs).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{sample, sha256_hex};

    fn with(object: &str, content: Option<&str>) -> Arc<Exhibit> {
        let sha256 = content.map(|content| sha256_hex(content.as_bytes()));
        Arc::new(Exhibit { object: object.to_owned(), sha256, ..sample::exhibit(1) })
    }

    #[test]
    fn a_record_is_found_by_hash_where_known_and_else_by_path() {
        let mut marks = Marks::default();
        marks.entry(&with("a.json", None)).bookmark = true;
        assert!(marks.get(&with("a.json", Some("content")).spot()).is_some());
        marks.entry(&with("a.json", Some("content"))).tags.insert("t".to_owned());
        assert_eq!(marks.iter().count(), 1);

        let moved = marks.get(&with("moved.json", Some("content")).spot()).unwrap();
        assert!(moved.bookmark && moved.tags.contains("t"));
        assert!(moved.exhibit.sha256.is_some());

        assert_eq!(marks.get(&with("a.json", Some("other")).spot()), None);
        marks.entry(&with("a.json", Some("other"))).bookmark = true;
        assert_eq!(marks.iter().count(), 2);
    }

    #[test]
    fn another_place_is_another_record() {
        let mut marks = Marks::default();
        marks.entry(&with("a.zip", None)).bookmark = true;
        let here = with("a.zip", None);
        assert!(marks.get(&here.spot()).is_some());
        for spot in [
            Spot { member: Some("inner"), ..here.spot() },
            Spot { offset: 7_777, ..here.spot() },
            Spot { length: 7_777, ..here.spot() },
            Spot { within: Inner::at(&[2]), ..here.spot() },
        ] {
            assert_eq!(marks.get(&spot), None);
        }
    }
}
