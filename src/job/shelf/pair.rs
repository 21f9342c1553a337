//! One pair of files on the shelf: its segments, until it is known of all objects in them what is
//! still what it was.

use super::index::{SavedLeaf, SavedObject};
use super::schemas::SavedSchema;
use crate::event::{ObjectId, Schema};
use crate::store::{Block, Directory, Pack, Segment, Shelved};
use std::collections::HashMap;
use std::sync::Arc;

/// A pair of whose rows less than this share is still wanted is not used: what is left is read
/// again, into a new one.
const LEAST_SHARE: u64 = 8;

/// The files of one session.
pub(super) struct Pair {
    pub(super) number: u32,
    pub(super) pack: Arc<Pack>,
    segments: Vec<Waiting>,
    /// The segments that hold rows of each leaf, and how many.
    holding: HashMap<u32, Vec<(usize, u64)>>,
    /// The leaves that were taken over, with what they are called now and where they stand.
    pub(super) known: HashMap<u32, (ObjectId, u64)>,
    /// Rows of the objects that are offered.
    wanted: u64,
    /// Nothing is taken over from it; it only tells what evidence was like.
    pub(super) is_spent: bool,
}

/// A segment that waits for all of its objects to be decided about.
struct Waiting {
    place: Shelved,
    schema: Option<Arc<Schema>>,
    /// Nothing if none of its rows is wanted.
    directory: Option<Directory>,
    undecided: usize,
    /// Position in its own session of the last object that was taken over.
    reached: u64,
}

impl Pair {
    pub(super) fn new(number: u32, pack: Arc<Pack>) -> Self {
        let (segments, holding, known) = Default::default();
        Self { number, pack, segments, holding, known, wanted: 0, is_spent: false }
    }

    pub(super) fn hold(&mut self, schema: SavedSchema, block: Block) {
        let schema = schema.schema();
        let directory = schema.as_ref().and_then(|_| Directory::read(&self.pack, block));
        let position = self.segments.len();
        let place = Shelved { pair: self.number, position: position as u32, sum: block.sum };
        for &(leaf, rows) in directory.iter().flat_map(Directory::objects) {
            self.holding.entry(leaf).or_default().push((position, rows));
        }
        self.segments.push(Waiting { place, schema, directory, undecided: 0, reached: 0 });
    }

    /// How many rows of a leaf are in each segment.
    fn rows(&self, leaf: &SavedLeaf) -> impl Iterator<Item = (&Arc<Schema>, u64)> {
        let segments = self.holding.get(&leaf.number).into_iter().flatten();
        segments.filter_map(|&(at, rows)| Some((self.segments[at].schema.as_ref()?, rows)))
    }

    pub(super) fn formats(&self, leaf: &SavedLeaf) -> Vec<(Arc<Schema>, u64)> {
        let mut formats: Vec<(Arc<Schema>, u64)> = Vec::new();
        for (schema, rows) in self.rows(leaf) {
            match formats.iter_mut().find(|(known, _)| known.id == schema.id) {
                Some((_, count)) => *count += rows,
                None => formats.push((Arc::clone(schema), rows)),
            }
        }
        formats
    }

    /// Whether every row of the object was written down.
    pub(super) fn has_all(&self, saved: &SavedObject) -> bool {
        let whole = |leaf: &SavedLeaf| {
            let rows: u64 = self.rows(leaf).map(|(_, rows)| rows).sum();
            rows == leaf.events()
        };
        saved.is_same() || saved.leaves.iter().all(whole)
    }

    /// The segments that hold rows of this object.
    pub(super) fn segments_of(&self, saved: &SavedObject) -> Vec<usize> {
        let leaves = saved.leaves.iter().filter_map(|leaf| self.holding.get(&leaf.number));
        let mut segments: Vec<usize> = leaves.flatten().map(|&(at, _)| at).collect();
        segments.sort_unstable();
        segments.dedup();
        segments
    }

    /// The object is offered: its segments wait for what becomes of it.
    pub(super) fn want(&mut self, saved: &SavedObject) {
        for at in self.segments_of(saved) {
            self.segments[at].undecided += 1;
        }
        self.wanted += saved.leaves.iter().map(SavedLeaf::events).sum::<u64>();
    }

    /// All objects that are offered are known. What holds no row of them is let go.
    pub(super) fn settle(&mut self) {
        let all: u64 = self.holding.values().flatten().map(|(_, rows)| rows).sum();
        self.is_spent = self.wanted.saturating_mul(LEAST_SHARE) < all;
        for waiting in self.segments.iter_mut().filter(|waiting| waiting.undecided == 0) {
            waiting.directory = None;
        }
    }

    /// Whether the object comes behind all others that were taken over in each of its segments, as
    /// it did when they were written: their rows are sorted by that.
    pub(super) fn reach(&mut self, saved: &SavedObject) -> bool {
        let mine = self.segments_of(saved);
        let in_order = mine.iter().all(|&at| self.segments[at].reached <= saved.order);
        if in_order {
            for at in mine {
                self.segments[at].reached = saved.order;
            }
        }
        in_order
    }

    /// One more object of this segment has been decided about.
    pub(super) fn decided(&mut self, segment: usize) -> Option<Segment> {
        let waiting = self.segments.get_mut(segment)?;
        waiting.undecided = waiting.undecided.checked_sub(1)?;
        if waiting.undecided > 0 {
            return None;
        }
        let (schema, directory) = (waiting.schema.as_ref()?, waiting.directory.take()?);
        if !directory.objects().iter().any(|(leaf, _)| self.known.contains_key(leaf)) {
            return None;
        }
        let mut opened = directory.open(&self.pack, schema, &self.known)?;
        opened.set_shelved(waiting.place);
        Some(opened)
    }
}
