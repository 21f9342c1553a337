//! Segments of a session that has no workspace: in memory as long as there is room, and then in a
//! temporary file that has no name.

use crate::store::{Keeper, Pack, Room, Segment};
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// Puts segments down once those in memory have taken so many bytes.
pub(in crate::job) struct Spill {
    most: u64,
    room: Arc<Room>,
    held: AtomicU64,
    /// Nothing if there is no place for a file: then memory has to do.
    pack: OnceLock<Option<Arc<Pack>>>,
}

impl Spill {
    pub(in crate::job) fn new(most: u64, room: Arc<Room>) -> Self {
        Self { most, room, held: AtomicU64::new(0), pack: OnceLock::new() }
    }

    pub(super) fn room(&self) -> &Arc<Room> {
        &self.room
    }

    fn make(&self) -> io::Result<Arc<Pack>> {
        let unique = RandomState::new().hash_one(std::process::id());
        let path = std::env::temp_dir().join(format!("trailcase-{unique:016x}.seg"));
        let mut options = File::options();
        let file = options.read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        // Gone when the program is, however that ends.
        std::fs::remove_file(&path)?;
        Pack::new(file, Arc::clone(&self.room))
    }
}

impl Keeper for Spill {
    fn keep(&self, segment: &mut Segment) {
        let bytes = segment.heap() as u64;
        if self.held.load(Ordering::Relaxed) + bytes > self.most
            && let Some(pack) = self.pack.get_or_init(|| self.make().ok())
            && segment.save(pack).is_ok()
        {
            return;
        }
        self.held.fetch_add(bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Batch;

    #[test]
    fn what_does_not_fit_is_the_same_rows() {
        use crate::event::{Frame, Place, Sink, Value, Window};
        use crate::store::{NewObject, Store};
        let schema = crate::format::formats()[0].schema();
        let store = Store::new();
        store.set_keeper(Box::new(Spill::new(1, Room::new(0))));
        let new = NewObject { path: "o".into(), parent: None, order: 0, bytes: 0 };
        let id = store.ledger().open(new);
        let mut batch = Batch::new(&store, Window::default());
        batch.begin(id, 0);
        let slot = schema.slot("event").unwrap();
        for offset in 0..5u64 {
            batch.row(schema).put(slot, Value::Str(&format!("Event{offset}")));
            let frame = Frame::new(offset, 1, Place::Index(offset + 1));
            let _ = batch.commit(schema, frame, b"x");
        }
        batch.flush();
        let snapshot = store.snapshot();
        let segment = &snapshot.segments[0];
        assert!(segment.room().is_some_and(Room::is_full), "it is in a file");
        let before = segment.heap();
        for row in 0..5 {
            assert_eq!(segment.value(row, "event").to_string(), format!("Event{row}"));
        }
        assert!(segment.heap() > before);
        store.trim();
        assert!(store.snapshot().segments[0].heap() <= before);
    }
}
