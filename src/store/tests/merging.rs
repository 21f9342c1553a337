//! Rows that come a few at a time are the same rows, however often their segments are merged.

use super::*;

/// Where the row of each record was when it came: its name then, its object and its offset.
type Named = Vec<(RowRef, ObjectId, u64)>;

/// Writes the records one at a time, as they are given; what rows were called meanwhile.
fn live(records: &[Record]) -> (Store, Named) {
    let store = Store::new();
    let schema = schema();
    for number in 0..3 {
        let path = format!("object{number}").into();
        store.ledger().open(NewObject { path, parent: None, order: number, bytes: 0 });
    }
    let mut batch = Batch::live(&store, Window::default());
    let mut named = Named::new();
    for (offset, record) in records.iter().enumerate() {
        let object = ObjectId(record.object as u32);
        batch.begin(object, record.object as u64);
        write(&mut batch, &schema, record, offset as u64);
        batch.flush();
        let snapshot = store.snapshot();
        let number = snapshot.segments.iter().rposition(|segment| !segment.is_empty()).unwrap();
        let segment = &snapshot.segments[number];
        for row in 0..segment.len() {
            let (object, offset) = segment.spot(row);
            named.push((RowRef { segment: number as u32, row: row as u16 }, object, offset));
        }
    }
    drop(batch);
    (store, named)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merged_rows_are_the_same_rows(
        records in proptest::collection::vec(record(), 0..220),
        gone in proptest::option::of(0u32..3),
        looks_again in any::<bool>(),
    ) {
        let plain = load(&records, 50, &[0, 1, 2]);
        let (store, named) = live(&records);
        for store in [&plain, &store] {
            if looks_again {
                store.rest();
            }
            if let Some(gone) = gone {
                store.retract(&[ObjectId(gone)]);
            }
        }
        prop_assert_eq!(saving::seen(&store), saving::seen(&plain));
        let counts = |store: &Store| -> Vec<Counts> {
            store.ledger().all().iter().map(|object| object.counts).collect()
        };
        prop_assert_eq!(counts(&store), counts(&plain));
        let snapshot = store.snapshot();
        let full = snapshot.segments.iter().filter(|segment| !segment.is_empty());
        prop_assert!(full.count() < 64);
        for (at, object, offset) in named {
            let now = snapshot.moves.now(at);
            prop_assert_eq!(snapshot.segment(now).spot(usize::from(now.row)), (object, offset));
        }
    }
}

#[test]
fn what_becomes_large_is_kept_and_stays() {
    struct Count(Arc<Mutex<Vec<usize>>>);
    impl Keeper for Count {
        fn keep(&self, segment: &mut Segment) {
            self.0.lock().unwrap().push(segment.len());
        }
    }
    let kept = Arc::new(Mutex::new(Vec::new()));
    let store = Store::new();
    store.set_keeper(Box::new(Count(Arc::clone(&kept))));
    let new = NewObject { path: "object".into(), parent: None, order: 0, bytes: 0 };
    let object = store.ledger().open(new);
    let schema = schema();
    let mut batch = Batch::live(&store, Window::default());
    batch.begin(object, 0);
    for offset in 0..30_000u64 {
        let time = Time::new(Timestamp(offset as i64), 9);
        batch.row(&schema).time(time);
        let frame = Frame::new(offset, 1, Place::Index(offset + 1));
        let _ = batch.commit(&schema, frame, b"x");
        if offset % 150 == 149 {
            batch.flush();
        }
    }
    drop(batch);
    assert_eq!(*kept.lock().unwrap(), [64 * 150, 64 * 150, 64 * 150]);
    let snapshot = store.snapshot();
    let full = snapshot.segments.iter().filter(|segment| !segment.is_empty());
    assert_eq!(full.count(), 3 + 200 - 3 * 64);
    assert_eq!(snapshot.visible(), 30_000);
}
