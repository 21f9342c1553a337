//! Segments that were written down are the same rows as before, and what is damaged is noticed.

use super::*;
use crate::store::pack::{Pack, Room};
use crate::store::segment::Directory;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// A row as a person could see it.
pub(super) type Seen = (Option<i64>, u64, String, bool);

/// The visible rows with everything in them.
pub(super) fn seen(store: &Store) -> Vec<Seen> {
    let snapshot = store.snapshot();
    let rows = Selection::all(&snapshot).window(0, usize::MAX);
    let row = |&at: &RowRef| {
        let (segment, row) = (snapshot.segment(at), usize::from(at.row));
        let cells = segment.fields().map(|(slot, field)| {
            let cell = segment.column(slot).get(row);
            if cell.is_absent() { String::new() } else { format!("{}={cell};", field.name) }
        });
        let origin = segment.origin(row);
        let text = format!("{}{:?}{}", cells.collect::<String>(), origin.place, origin.length);
        (segment.time(row).map(|time| time.at.0), origin.offset, text, snapshot.is_conflict(at))
    };
    rows.iter().map(row).collect()
}

/// Puts all segments of a store into a file; gives the blocks of their directories.
fn saved(store: &Store, room: usize) -> (File, Arc<Pack>, Vec<Block>) {
    let file = tempfile::tempfile().unwrap();
    let pack = Pack::new(file.try_clone().unwrap(), Room::new(room)).unwrap();
    let mut inner = store.lock();
    let segments = std::mem::take(&mut inner.snapshot.segments);
    let mut blocks = Vec::new();
    for segment in segments {
        let mut segment = Arc::into_inner(segment).expect("nobody else has it");
        blocks.push(segment.save(&pack).unwrap());
        inner.snapshot.segments.push(Arc::new(segment));
    }
    store.publish(&mut inner);
    drop(inner);
    (file, pack, blocks)
}

/// Lets go of the snapshot that readers see, so that segments can be taken apart.
fn unpublished(records: &[Record], seal: usize) -> Store {
    let store = load(records, seal, &[0, 1, 2]);
    store.published.store(Arc::default());
    store
}

/// Another session's store with these segments, in which only `objects` are what they were.
fn reopened(pack: &Arc<Pack>, blocks: &[Block], objects: &[u32]) -> Option<Store> {
    let store = Store::new();
    let known = objects.iter().map(|&number| {
        let path = format!("object{number}").into();
        let order = u64::from(number) + 10;
        let id = store.ledger().open(NewObject { path, parent: None, order, bytes: 0 });
        (number, (id, order))
    });
    let known = known.collect();
    let open = |&block: &Block| Directory::read(pack, block)?.open(pack, &schema(), &known);
    store.restore(blocks.iter().map(open).collect::<Option<Vec<_>>>()?);
    store.look_through();
    Some(store)
}

proptest! {
    #[test]
    fn segments_in_a_file_are_the_same_rows(
        records in proptest::collection::vec(record(), 0..120),
        seal in 1usize..50,
        room in prop_oneof![Just(0), Just(usize::MAX)],
        gone in proptest::sample::subsequence(vec![0usize, 1, 2], 0..3),
    ) {
        let wanted = seen(&load(&records, seal, &[0, 1, 2]));
        let store = unpublished(&records, seal);
        let (_file, pack, blocks) = saved(&store, room);
        prop_assert_eq!(seen(&store), wanted.clone());
        prop_assert_eq!(seen(&reopened(&pack, &blocks, &[0, 1, 2]).unwrap()), wanted);
        // What is gone by the next session is as if it had never been.
        let stays = |object: &usize| !gone.contains(object);
        let rest: Vec<Record> =
            records.iter().filter(|record| stays(&record.object)).cloned().collect();
        let objects: Vec<u32> = (0..3).filter(stays).map(|object| object as u32).collect();
        let again = reopened(&pack, &blocks, &objects).unwrap();
        let bare = |rows: Vec<Seen>| {
            let bare = |(time, _, _, conflict)| (time, conflict);
            rows.into_iter().map(bare).collect::<Vec<_>>()
        };
        prop_assert_eq!(bare(seen(&again)), bare(seen(&load(&rest, seal, &[0, 1, 2]))));
        // The same if it goes while somebody looks.
        let ids: Vec<ObjectId> = gone.iter().map(|&object| ObjectId(object as u32)).collect();
        store.retract(&ids);
        prop_assert_eq!(bare(seen(&store)), bare(seen(&again)));
        let totals = store.ledger().totals().counts;
        prop_assert_eq!(totals.events as usize, seen(&again).len());
        prop_assert_eq!(totals.records as usize, rest.len());
    }

    #[test]
    fn what_can_be_read_again_is_let_go_of(
        records in proptest::collection::vec(record(), 1..120), seal in 1usize..50,
    ) {
        let wanted = seen(&load(&records, seal, &[0, 1, 2]));
        let store = unpublished(&records, seal);
        let (_file, pack, _) = saved(&store, 0);
        prop_assert_eq!(pack.room().taken(), 0);
        prop_assert_eq!(seen(&store), wanted.clone());
        store.trim();
        prop_assert_eq!(pack.room().taken(), 0);
        prop_assert_eq!(seen(&store), wanted);
    }

    #[test]
    fn a_changed_byte_is_noticed_or_was_not_used(
        records in proptest::collection::vec(record(), 1..60),
        at in any::<proptest::sample::Index>(),
    ) {
        let store = unpublished(&records, 20);
        let wanted = seen(&load(&records, 20, &[0, 1, 2]));
        let (file, pack, blocks) = saved(&store, 0);
        let at = at.index(pack.size() as usize) as u64;
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[byte[0] ^ 0x10], at).unwrap();
        if let Some(again) = reopened(&pack, &blocks, &[0, 1, 2]) {
            let segments = again.snapshot().segments.clone();
            let intact = segments.iter().all(|segment| segment.is_intact());
            let rows = seen(&again);
            let damaged = segments.iter().any(|segment| segment.is_damaged());
            prop_assert!(damaged || rows == wanted);
            // What nobody asked for may be damaged too.
            prop_assert!(!(intact && damaged));
        }
    }
}

#[test]
fn an_object_left_out_as_the_same_is_wanted_when_its_twin_goes() {
    let record = Record {
        time: Some(1),
        object: 0,
        id: Some(1),
        body: 0,
        event: None,
        bytes: None,
        resources: Vec::new(),
    };
    let twin = Record { object: 1, ..record.clone() };
    let store = load(&[record, twin], 1, &[0, 1]);
    for object in [0, 1] {
        store.acquired(ObjectId(object), u64::from(object), [7; 32], 10);
    }
    assert!(store.has_content(&[7; 32]));
    assert_eq!(store.retract(&[ObjectId(0)]), [ObjectId(1)]);
    assert!(!store.has_content(&[7; 32]));
    assert_eq!(store.snapshot().visible(), 0);
    // The third, which had no records, stays.
    assert_eq!(store.ledger().all().len(), 1);
}

#[test]
fn what_was_taken_out_while_it_was_read_stands_for_nothing() {
    let record = |object| Record {
        time: Some(1),
        object,
        id: Some(object as u8),
        body: 0,
        event: None,
        bytes: None,
        resources: Vec::new(),
    };
    let store = load(&[record(0), record(1)], 1, &[0, 1]);
    store.retract(&[ObjectId(0)]);
    for object in [0, 1] {
        store.acquired(ObjectId(object), u64::from(object), [7; 32], 10);
    }
    assert_eq!(store.snapshot().visible(), 1);
    assert_eq!(store.ledger().get(ObjectId(1)).map(|object| object.counts.events), Some(1));
}
