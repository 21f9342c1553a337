//! What a session adds to the shelf.

use super::index::{FoundRows, Line, SavedLeaf, SavedObject};
use super::offers::evidence;
use super::schemas::SavedSchema;
use super::{Met, Spill};
use crate::event::ObjectId;
use crate::source::Item;
use crate::store::{Keeper, Ledger, Pack, Room, Segment, Shelved, Snapshot, save_bits};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that have to stay free on the disk: the journal is worth more than any cache.
const SPARE: u64 = 256 << 20;

/// Writes a pair of files, which are made when there is something to write.
pub(in crate::job) struct Writer {
    folder: PathBuf,
    number: u32,
    build: String,
    seed: u64,
    room: Arc<Room>,
    /// For what cannot be written down.
    spill: Spill,
    pair: Mutex<State>,
}

enum State {
    /// Nothing has been written yet.
    Unmade,
    Open(Pair),
    /// This session adds nothing more, and why, until that was told.
    Closed(Option<io::Error>),
}

struct Pair {
    pack: Arc<Pack>,
    index: File,
    segments: u32,
}

impl Writer {
    pub(super) fn new(folder: &Path, number: u32, build: String, seed: u64, spill: Spill) -> Self {
        let (room, pair) = (Arc::clone(spill.room()), Mutex::new(State::Unmade));
        Self { folder: folder.to_owned(), number, build, seed, room, spill, pair }
    }

    /// Writes with the pair, unless there is none to be had. An error closes it: what is not
    /// written is read again some day.
    fn with<T>(&self, write: impl FnOnce(&mut Pair) -> io::Result<T>) -> Option<T> {
        let mut state = self.pair.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Unmade) {
            *state = self.make().map_or_else(|error| State::Closed(Some(error)), State::Open);
        }
        let State::Open(pair) = &mut *state else { return None };
        match write(pair) {
            Ok(written) => Some(written),
            Err(error) => {
                *state = State::Closed(Some(error));
                None
            }
        }
    }

    fn make(&self) -> io::Result<Pair> {
        std::fs::DirBuilder::new().mode(0o700).recursive(true).create(&self.folder)?;
        let file = |end: &str| {
            let path = self.folder.join(format!("{:04}.{end}", self.number));
            File::options().read(true).write(true).create_new(true).mode(0o600).open(path)
        };
        let pack = Pack::new(file("seg")?, Arc::clone(&self.room))?;
        let mut pair = Pair { pack, index: file("idx")?, segments: 0 };
        pair.add(&Line::head(&self.build, self.seed))?;
        Ok(pair)
    }

    /// The outermost object was read whole; these are all the objects that it holds, itself first,
    /// with what has to be passed to get to them.
    pub(in crate::job) fn object(&self, item: &Item, ledger: &Ledger, family: &[Met]) {
        let Some(stamp) = item.locator.stamp() else { return };
        let positions: HashMap<ObjectId, usize> =
            family.iter().enumerate().map(|(at, met)| (met.id, at)).collect();
        let leaf = |met: &Met| {
            let object = ledger.get(met.id)?;
            let label = |parent| Some((*positions.get(&parent)?, label(&object.path, &item.path)));
            SavedLeaf::new(&object, object.parent.and_then(label), met)
        };
        let Some(leaves) = family.iter().map(leaf).collect::<Option<Vec<_>>>() else { return };
        let Some(outermost) = family.first().and_then(|met| ledger.get(met.id)) else { return };
        let Some(sha256) = outermost.sha256 else { return };
        let saved = SavedObject {
            path: item.path.to_string(),
            stamp: (stamp.size, stamp.modified_nanos, stamp.changed_nanos, stamp.inode),
            order: outermost.order,
            sha256: crate::case::hex(&sha256),
            bytes: outermost.bytes,
            leaves,
        };
        self.with(|pair| pair.add(&Line::Object(Box::new(saved))));
    }

    /// Why nothing more is written, said once.
    pub(in crate::job) fn fault(&self) -> Option<String> {
        match &mut *self.pair.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Closed(error) => error.take().map(|error| match error.kind() {
                io::ErrorKind::StorageFull => "the disk is full, or nearly so".to_owned(),
                _ => error.to_string(),
            }),
            _ => None,
        }
    }

    /// Whether anything was written.
    pub(in crate::job) fn is_used(&self) -> bool {
        let state = self.pair.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(*state, State::Open(_))
    }

    /// Everything has been read, and this was found out about the rows.
    pub(in crate::job) fn found(&self, snapshot: &Snapshot, ledger: &Ledger) {
        let Some(evidence) = evidence(ledger) else { return };
        self.with(|pair| {
            make_sure_of_space(&pair.index)?;
            let mut rows = Vec::new();
            for (segment, overlay) in snapshot.segments.iter().zip(&snapshot.overlays) {
                // One that is nowhere: what was found out cannot be told of all.
                let Some(segment) = segment.shelved() else { return Ok(()) };
                let save = |bits: &Option<Arc<_>>| {
                    bits.as_ref().map(|bits| save_bits(&pair.pack, bits)).transpose()
                };
                let (hidden, conflict) = (save(&overlay.hidden)?, save(&overlay.conflict)?);
                rows.push(FoundRows { segment, hidden, conflict });
            }
            pair.add(&Line::Found { evidence, rows })
        });
    }
}

/// A member's label: its path without that of its outermost object and the mark between them.
fn label(path: &str, outermost: &str) -> String {
    path.get(outermost.len() + 1..).unwrap_or_default().to_owned()
}

impl Pair {
    fn add(&mut self, line: &Line) -> io::Result<()> {
        let text = line.spell().ok_or(io::ErrorKind::InvalidData)?;
        self.index.write_all(text.as_bytes())
    }
}

/// An error if the disk of this file has no more than the journal may need.
pub(in crate::job) fn make_sure_of_space(file: &File) -> io::Result<()> {
    let disk = rustix::fs::fstatvfs(file)?;
    // Some file systems do not say how large they are.
    let full = disk.f_blocks > 0 && disk.f_bavail.saturating_mul(disk.f_frsize) <= SPARE;
    if full { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
}

impl Keeper for Arc<Writer> {
    fn keep(&self, segment: &mut Segment) {
        let space = |pair: &mut Pair| {
            make_sure_of_space(&pair.index)?;
            Ok(Arc::clone(&pair.pack))
        };
        // Columns are written without the lock, so that readers do not wait for each other.
        let Some(pack) = self.with(space) else { return self.spill.keep(segment) };
        let saved = segment.save(&pack);
        let place = self.with(|pair| {
            let schema = SavedSchema::of(segment.schema());
            let directory = saved?;
            pair.add(&Line::Segment { schema, directory })?;
            pair.segments += 1;
            let position = pair.segments - 1;
            Ok(Shelved { pair: self.number, position, sum: directory.sum })
        });
        if let Some(place) = place {
            segment.set_shelved(place);
        }
    }
}
