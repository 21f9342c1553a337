//! What earlier sessions left on the shelf, offered object by object.

use super::Place;
use super::index::{FoundRows, Line, SavedLeaf, SavedObject};
use super::pair::Pair;
use crate::event::{ObjectId, Zone};
use crate::source::Item;
use crate::store::{Bits, Block, Ledger, Overlay, Pack, Room, Segment, Snapshot};
use crate::store::{Object, Shelved, read_bits};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::Arc;

/// Pairs in use, at most. With more, everything is read once again, into one.
const MOST_PAIRS: usize = 64;

/// Everything that can be taken over, until it is known what is still what it was.
pub(in crate::job) struct Offers {
    pairs: Vec<Pair>,
    by_path: HashMap<String, Kept>,
    found: Option<Found>,
    /// Known once all pairs were looked at.
    seed: Option<u64>,
    next: u32,
    /// Something that is known here was met in the evidence.
    met: bool,
}

/// What the last session found out about rows.
struct Found {
    pair: usize,
    evidence: u64,
    rows: Vec<FoundRows>,
}

/// An object of an earlier session.
pub(in crate::job) struct Kept {
    pair: usize,
    saved: SavedObject,
}

/// One of the objects in an object, as it was when it had been read.
pub(in crate::job) struct Leaf<'a> {
    pub(in crate::job) was: Object,
    /// The position of the leaf it is a member of, and its label.
    pub(in crate::job) member: Option<(usize, &'a str)>,
    pub(in crate::job) behind: Option<u64>,
    /// Its bytes lie in a file as they are.
    pub(in crate::job) is_plain: bool,
}

impl Offers {
    /// Reads all indexes of the folder that this build wrote, the newest first: what they say of an
    /// object takes the place of what older ones do.
    pub(super) fn open(place: &Place, build: &str, room: &Arc<Room>) -> Self {
        let numbers = numbers(&place.folder);
        let mut offers = Self {
            pairs: Vec::new(),
            by_path: HashMap::new(),
            found: None,
            seed: None,
            next: numbers.last().map_or(1, |last| last + 1),
            met: false,
        };
        for &number in numbers.iter().rev() {
            // A pair that cannot be read is as if it were not there.
            let _ = offers.add(&place.folder, number, build, room);
        }
        offers.seed.get_or_insert_with(|| RandomState::new().hash_one(offers.next));
        if place.writable && numbers.len() > MOST_PAIRS {
            offers.pairs.iter_mut().for_each(|pair| pair.is_spent = true);
        }
        offers
    }

    pub(super) fn next_number(&self) -> u32 {
        self.next
    }

    /// What the hashes of records are keyed with.
    pub(in crate::job) fn seed(&self) -> u64 {
        self.seed.unwrap_or_default()
    }

    fn add(&mut self, folder: &Path, number: u32, build: &str, room: &Arc<Room>) -> Option<()> {
        let text = std::fs::read(super::plain(folder.join(format!("{number:04}.idx")))?).ok()?;
        let mut lines = Line::all(&text).into_iter();
        let seed = lines.next()?.seed_of(build)?;
        if *self.seed.get_or_insert(seed) != seed {
            return None;
        }
        let file = super::plain(folder.join(format!("{number:04}.seg")))?;
        let pack = Pack::new(File::open(file).ok()?, Arc::clone(room)).ok()?;
        let mut pair = Pair::new(number, pack);
        let (mut objects, mut found) = (Vec::new(), None);
        for line in lines {
            match line {
                Line::Head { .. } | Line::Answer(_) => {}
                Line::Segment { schema, directory } => pair.hold(schema, directory),
                Line::Object(saved) => objects.push(*saved),
                Line::Found { evidence, rows } => {
                    found = Some(Found { pair: self.pairs.len(), evidence, rows });
                }
            }
        }
        self.found = self.found.take().or(found);
        // Of an object that was read twice in one session, the later is what counts.
        for saved in objects.into_iter().rev() {
            if !self.by_path.contains_key(&saved.path) && pair.has_all(&saved) {
                pair.want(&saved);
                self.by_path.insert(saved.path.clone(), Kept { pair: self.pairs.len(), saved });
            }
        }
        pair.settle();
        self.pairs.push(pair);
        Some(())
    }

    /// What is known of this object, if it is still what it was, stands where it stood, and is read
    /// in this zone.
    pub(in crate::job) fn take(&mut self, item: &Item, zone: Zone) -> Option<Kept> {
        let stamp = item.locator.stamp()?;
        let kept = self.by_path.get(&*item.path)?;
        self.met = true;
        let pair = &mut self.pairs[kept.pair];
        let is_same = kept.saved.stamp().is_still(stamp) && !pair.is_spent;
        if is_same && kept.saved.is_in(zone) && pair.reach(&kept.saved) {
            self.by_path.remove(&*item.path)
        } else {
            None
        }
    }

    /// Hash and size of what is known of the object of this path, whatever it is now.
    pub(in crate::job) fn known(&self, path: &str) -> Option<([u8; 32], u64)> {
        self.by_path.get(path)?.content()
    }

    /// What was not taken over so far: path, events and hash.
    pub(in crate::job) fn left(&self) -> Vec<(String, u64, Option<[u8; 32]>)> {
        let left = self.by_path.values().map(|kept| {
            let events = kept.saved.leaves.iter().map(SavedLeaf::events).sum();
            (kept.saved.path.clone(), events, kept.content().map(|(sha256, _)| sha256))
        });
        let mut left: Vec<_> = left.collect();
        left.sort_unstable();
        left
    }

    /// The object itself, then its members; nothing if the index makes no sense.
    pub(in crate::job) fn leaves<'a>(&self, kept: &'a Kept) -> Option<Vec<Leaf<'a>>> {
        let pair = &self.pairs[kept.pair];
        let leaf = |saved: &'a SavedLeaf| {
            let mut was = saved.object()?;
            was.formats = pair.formats(saved);
            let member = saved.member.as_ref().map(|(parent, label)| (*parent, label.as_str()));
            Some(Leaf { was, member, behind: saved.behind, is_plain: saved.is_plain })
        };
        kept.saved.leaves.iter().map(leaf).collect()
    }

    /// The leaves of this object are called so from now on (as many as there are, or none if it is
    /// not taken over). Returns the segments that are complete with it.
    pub(in crate::job) fn decide(
        &mut self,
        kept: &Kept,
        leaves: &[(ObjectId, u64)],
    ) -> Vec<Segment> {
        let pair = &mut self.pairs[kept.pair];
        if !kept.saved.is_same() {
            let numbers = kept.saved.leaves.iter().map(|leaf| leaf.number);
            pair.known.extend(numbers.zip(leaves.iter().copied()));
        }
        let segments = pair.segments_of(&kept.saved);
        segments.into_iter().filter_map(|segment| pair.decided(segment)).collect()
    }

    /// Nothing more is offered: what was not taken is gone. Returns the segments that waited for
    /// that.
    pub(in crate::job) fn end(&mut self) -> Vec<Segment> {
        let left: Vec<Kept> = self.by_path.drain().map(|(_, kept)| kept).collect();
        left.iter().flat_map(|kept| self.decide(kept, &[])).collect()
    }

    /// What the last session found out about the rows of this snapshot; nothing, if that was about
    /// other evidence.
    pub(in crate::job) fn found(
        &self,
        snapshot: &Snapshot,
        ledger: &Ledger,
    ) -> Option<Vec<(usize, Overlay)>> {
        let found = self.found.as_ref()?;
        if evidence(ledger)? != found.evidence {
            return None;
        }
        let about: HashMap<Shelved, &FoundRows> =
            found.rows.iter().map(|rows| (rows.segment, rows)).collect();
        // The same evidence may lie in other segments, of which nothing was found out.
        let rows = |segment: &Arc<Segment>| about.get(&segment.shelved()?).copied();
        let there = snapshot.segments.iter().map(rows).collect::<Option<Vec<_>>>()?;
        let there = there.into_iter().enumerate();
        let there = there.filter(|(_, rows)| rows.hidden.is_some() || rows.conflict.is_some());
        let overlay = |(at, rows): (usize, &FoundRows)| {
            let len = snapshot.segments[at].len();
            let bits = |block: Option<Block>| -> Option<Option<Arc<Bits>>> {
                let Some(block) = block else { return Some(None) };
                Some(Some(Arc::new(read_bits(&self.pairs[found.pair].pack, block, len)?)))
            };
            Some((at, Overlay { hidden: bits(rows.hidden)?, conflict: bits(rows.conflict)? }))
        };
        there.map(overlay).collect()
    }

    /// Removes the files of sessions that are of no use: those of other builds, and those
    /// of which nothing was taken over. Where nothing was met that is known here, or `failed` says
    /// that something could not be read, evidence may be out of reach for once: what is known of
    /// it stays. What the last session found out about rows is kept if it was `recalled`.
    pub(in crate::job) fn clear(&self, place: &Place, failed: bool, recalled: bool) {
        let found = self.found.as_ref().filter(|_| recalled).map(|found| found.pair);
        let out_of_reach = failed || !self.met;
        let pairs = self.pairs.iter().enumerate();
        let kept =
            pairs.filter(|&(at, pair)| out_of_reach || !pair.known.is_empty() || found == Some(at));
        let kept: HashSet<u32> = kept.map(|(_, pair)| pair.number).collect();
        for number in numbers(&place.folder) {
            if number < self.next && !kept.contains(&number) {
                for end in ["idx", "seg"] {
                    // What stays is looked at again next time.
                    let _ = std::fs::remove_file(place.folder.join(format!("{number:04}.{end}")));
                }
            }
        }
    }
}

impl Kept {
    /// Hash and size of the object as acquired.
    pub(in crate::job) fn content(&self) -> Option<([u8; 32], u64)> {
        Some((crate::case::unhex(&self.saved.sha256)?, self.saved.bytes))
    }

    /// Whether it gave no rows because its content is that of another object.
    pub(in crate::job) fn is_same(&self) -> bool {
        self.saved.is_same()
    }
}

/// The pairs' numbers, ascending.
pub(super) fn numbers(folder: &Path) -> Vec<u32> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let number = |file: std::fs::DirEntry| {
        let name = file.file_name().into_string().ok()?;
        let (number, end) = name.split_once('.')?;
        ["idx", "seg"].contains(&end).then(|| number.parse().ok()).flatten()
    };
    let mut numbers: Vec<u32> = files.filter_map(number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Tells apart what evidence there is: all objects that were read whole, in order. Nothing, if
/// there are rows of others.
pub(super) fn evidence(ledger: &Ledger) -> Option<u64> {
    let mut sum = crc32fast::Hasher::new();
    let (mut count, mut whole) = (0u64, true);
    for object in ledger.all() {
        if object.parent.is_none() {
            whole = object.sha256.is_some();
        }
        if !whole && object.counts.events > 0 {
            return None;
        }
        if let Some(sha256) = object.sha256 {
            count += 1;
            sum.update(object.path.as_bytes());
            sum.update(&sha256);
        }
    }
    Some(count << 32 | u64::from(sum.finalize()))
}
