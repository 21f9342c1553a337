use super::*;
use crate::event::{
    FieldDef, Frame, Kind, Place, Role, Schema, Sink, State, Time, Timestamp, Value, Window, fields,
};
use proptest::prelude::*;

fn schema() -> Arc<Schema> {
    let fields = vec![
        fields::ID,
        fields::EVENT,
        fields::SRC_IP,
        fields::RESOURCE,
        fields::BYTES_IN,
        fields::DURATION,
        fields::TIME_END,
        FieldDef::new("never", Kind::Str, Role::Text, "never set"),
    ];
    Arc::new(Schema { id: "test".into(), title: "Test".into(), fields })
}

#[derive(Debug, Clone)]
struct Record {
    time: Option<i64>,
    object: usize,
    id: Option<u8>,
    body: u8,
    event: Option<u8>,
    bytes: Option<i64>,
    resources: Vec<u8>,
}

fn record() -> impl Strategy<Value = Record> {
    (
        proptest::option::weighted(0.9, 0i64..20),
        0usize..3,
        proptest::option::of(0u8..20),
        0u8..2,
        proptest::option::of(0u8..5),
        proptest::option::of(any::<i64>()),
        proptest::collection::vec(0u8..4, 0..3),
    )
        .prop_map(|(time, object, id, body, event, bytes, resources)| Record {
            time,
            object,
            id,
            body,
            event,
            bytes,
            resources,
        })
}

/// Writes the records of each object in turn; a segment is sealed after every `seal` rows.
fn load(records: &[Record], seal: usize, object_order: &[usize]) -> Store {
    let store = Store::new();
    let schema = schema();
    let ids: Vec<ObjectId> = (0..3)
        .map(|number| {
            store.ledger().open(NewObject {
                path: format!("object{number}").into(),
                parent: None,
                order: number,
                bytes: 0,
            })
        })
        .collect();
    let mut batch = Batch::new(&store, Window::default());
    for &object in object_order {
        batch.begin(ids[object], object as u64);
        let mut rows = 0;
        for (offset, record) in records.iter().enumerate().filter(|(_, r)| r.object == object) {
            write(&mut batch, &schema, record, offset as u64);
            rows += 1;
            if rows % seal == 0 {
                batch.flush();
            }
        }
    }
    batch.flush();
    store
}

fn write(batch: &mut Batch<'_>, schema: &Arc<Schema>, record: &Record, offset: u64) {
    // A first try is abandoned half-way: nothing of it may stay.
    let row = batch.row(schema);
    row.time(Time::new(Timestamp(7), 3));
    row.put(1, Value::Str("abandoned"));
    row.put(3, Value::Str("abandoned"));
    batch.abandon(schema);
    let row = batch.row(schema);
    if let Some(time) = record.time {
        row.time(Time::new(Timestamp(time), 0));
    }
    if let Some(id) = record.id {
        let uuid = format!("c01bfe95-0d2a-4f6e-9a51-7b7a0e0c1d{id:02x}");
        row.put(0, Value::Str(if id < 10 { &uuid } else { "odd id" }));
    }
    if let Some(event) = record.event {
        row.put(1, Value::Str(&format!("Event{event}")));
        row.put(2, Value::Ip([10, 0, 0, event].into()));
    }
    if let Some(bytes) = record.bytes {
        row.put(4, Value::Int(bytes));
        row.put(5, Value::Float(bytes as f64));
        row.put(6, Value::Time(Time::new(Timestamp(bytes), 9)));
    }
    for resource in &record.resources {
        row.put(3, Value::Str(&format!("r{resource}")));
    }
    let frame = Frame::new(offset, 1, Place::Index(offset + 1));
    let _ = batch.commit(schema, frame, &[record.body]);
}

/// The rows that should be visible, in order: index into `records`.
fn expected(records: &[Record]) -> Vec<usize> {
    let key = |i: usize| (records[i].time.unwrap_or(i64::MAX), records[i].object, i);
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by_key(|&i| key(i));
    let mut seen = HashSet::new();
    order.retain(|&i| {
        let id = records[i].id.map(|id| id.min(10));
        id.is_none_or(|id| seen.insert((id, records[i].body)))
    });
    order
}

proptest! {
    #[test]
    fn rows_come_in_order_whatever_the_segments(
        records in proptest::collection::vec(record(), 0..120),
        seal in 1usize..50,
        order in Just(vec![0usize, 1, 2]).prop_shuffle(),
        from in 0usize..120,
        count in 0usize..40,
    ) {
        let store = load(&records, seal, &order);
        let snapshot = store.snapshot();
        let all = Selection::all(&snapshot);
        let offset = |at: RowRef| {
            snapshot.segment(at).origin(usize::from(at.row)).offset as usize
        };
        let rows = all.window(0, usize::MAX);
        let wanted = expected(&records);
        prop_assert_eq!(rows.iter().map(|&at| offset(at)).collect::<Vec<_>>(), wanted.clone());
        prop_assert_eq!(all.len(), wanted.len());
        prop_assert_eq!(snapshot.visible(), wanted.len());
        let window: Vec<RowRef> = rows.iter().copied().skip(from).take(count).collect();
        prop_assert_eq!(all.window(from, count), window);
        for (number, &at) in rows.iter().enumerate() {
            prop_assert_eq!(all.rank(at), number);
            prop_assert_eq!(all.nth(number), Some(at));
        }
        // A filter: every row with an even offset.
        let even = Selection::new(&snapshot, |number| {
            let segment = &snapshot.segments[number];
            Some(Bits::from_fn(segment.len(), |row| segment.origin(row).offset.is_multiple_of(2)))
        });
        let wanted: Vec<usize> = wanted.into_iter().filter(|i| i % 2 == 0).collect();
        let rows = even.window(0, usize::MAX);
        prop_assert_eq!(rows.iter().map(|&at| offset(at)).collect::<Vec<_>>(), wanted.clone());
        for time in -1..21 {
            let before = wanted.iter().filter(|&&i| records[i].time.is_some_and(|t| t < time));
            prop_assert_eq!(even.before_time(time), before.count());
        }
    }

    #[test]
    fn columns_give_back_what_was_written(
        records in proptest::collection::vec(record(), 0..120), seal in 1usize..50,
    ) {
        let store = load(&records, seal, &[0, 1, 2]);
        let snapshot = store.snapshot();
        let mut rows = 0;
        for segment in &snapshot.segments {
            for row in 0..segment.len() {
                rows += 1;
                let record = &records[segment.origin(row).offset as usize];
                let event = record.event.map_or(String::new(), |e| format!("Event{e}"));
                prop_assert_eq!(segment.value(row, "event").to_string(), event);
                let ip = record.event.map_or(String::new(), |e| format!("10.0.0.{e}"));
                prop_assert_eq!(segment.value(row, "src.ip").to_string(), ip);
                let bytes = record.bytes.map_or(Cell::Absent, Cell::Int);
                prop_assert_eq!(segment.value(row, "bytes.in"), bytes);
                let duration = record.bytes.map_or(Cell::Absent, |b| Cell::Float(b as f64));
                prop_assert_eq!(segment.value(row, "duration"), duration);
                prop_assert_eq!(segment.value(row, "time_end").is_absent(), record.bytes.is_none());
                let mut resources: Vec<String> = Vec::new();
                for name in record.resources.iter().map(|r| format!("r{r}")) {
                    if !resources.contains(&name) {
                        resources.push(name);
                    }
                }
                prop_assert_eq!(segment.value(row, "resource").to_string(), resources.join(", "));
                prop_assert!(segment.value(row, "never").is_absent());
                prop_assert_eq!(segment.time(row).map(|t| t.at.0), record.time);
            }
        }
        prop_assert_eq!(rows, records.len());
    }

    #[test]
    fn the_ledger_accounts_for_every_record(
        records in proptest::collection::vec(record(), 0..120),
        order in Just(vec![0usize, 1, 2]).prop_shuffle(),
    ) {
        let store = load(&records, 7, &order);
        let totals = store.ledger().totals().counts;
        prop_assert_eq!(totals.records as usize, records.len());
        prop_assert_eq!(
            totals.records,
            totals.parsed + totals.unparsed + totals.duplicate + totals.out_of_range
        );
        prop_assert_eq!(totals.events as usize, expected(&records).len());
        for object in store.ledger().all() {
            let here = records.iter().filter(|r| r.object == object.id.0 as usize).count();
            prop_assert_eq!(object.counts.records as usize, here);
            let by_format: u64 = object.formats.iter().map(|(_, events)| events).sum();
            prop_assert_eq!(by_format, object.counts.events);
        }
    }
}

#[test]
fn the_same_object_twice_gives_its_records_once() {
    let record = |object, id| Record {
        time: Some(1),
        object,
        id,
        body: 0,
        event: None,
        bytes: None,
        resources: Vec::new(),
    };
    for later_first in [false, true] {
        let records: Vec<Record> =
            [0, 1].into_iter().flat_map(|o| [record(o, None), record(o, Some(1))]).collect();
        let order: &[usize] = if later_first { &[1, 0] } else { &[0, 1] };
        let store = load(&records, 1, order);
        for &object in order {
            store.acquired(ObjectId(object as u32), object as u64, [7; 32], 10);
        }
        let snapshot = store.snapshot();
        assert_eq!(snapshot.visible(), 2);
        assert!(
            Selection::all(&snapshot).window(0, 9).iter().all(|&at| {
                snapshot.segment(at).origin(usize::from(at.row)).object == ObjectId(0)
            })
        );
        let objects = store.ledger().all();
        assert_eq!(objects[0].counts.events, 2);
        assert_eq!(objects[1].counts, Counts::default());
        assert_eq!(objects[1].state, Some(State::Skipped));
        assert_eq!(objects[1].reason.as_ref().map(|r| r.kind), Some(ReasonKind::SameObject));
    }
}

#[test]
fn the_same_id_with_other_bytes_is_a_conflict_and_both_stay() {
    let record = |body| Record {
        time: Some(1),
        object: 0,
        id: Some(3),
        body,
        event: None,
        bytes: None,
        resources: Vec::new(),
    };
    let store = load(&[record(0), record(1), record(0)], 2, &[0]);
    let snapshot = store.snapshot();
    let rows = Selection::all(&snapshot).window(0, 9);
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|&at| snapshot.is_conflict(at)));
}

#[test]
fn revisions_of_one_thing_are_no_conflict() {
    let revised = FieldDef::new("updated", Kind::Time, Role::Time, "when").revises();
    let schema = Arc::new(Schema {
        id: "finding".into(),
        title: "Finding".into(),
        fields: vec![fields::ID, revised],
    });
    let store = Store::new();
    let new = NewObject { path: "o".into(), parent: None, order: 0, bytes: 0 };
    let id = store.ledger().open(new);
    let mut batch = Batch::new(&store, Window::default());
    batch.begin(id, 0);
    for (offset, (updated, raw)) in [(1, "a"), (2, "b"), (1, "a"), (2, "c")].iter().enumerate() {
        let row = batch.row(&schema);
        row.put(0, Value::Str("same"));
        row.put(1, Value::Time(Time::new(Timestamp(*updated), 0)));
        let frame = Frame::new(offset as u64, 1, Place::Index(1));
        let _ = batch.commit(&schema, frame, raw.as_bytes());
    }
    batch.flush();
    let snapshot = store.snapshot();
    let rows = Selection::all(&snapshot).window(0, 9);
    let shown: Vec<(u16, bool)> =
        rows.iter().map(|&at| (at.row, snapshot.is_conflict(at))).collect();
    assert_eq!(shown, [(0, false), (1, true), (3, true)]);
}

#[test]
fn a_record_that_repeats_a_member_leaves_one_value_and_room_for_the_rest() {
    let store = Store::new();
    let schema = schema();
    let new = NewObject { path: "o".into(), parent: None, order: 0, bytes: 0 };
    let id = store.ledger().open(new);
    let mut batch = Batch::new(&store, Window::default());
    batch.begin(id, 0);
    for round in 0..2 {
        let row = batch.row(&schema);
        for n in 0..70_000u32 {
            row.put(1, Value::Str(&format!("Event{n}")));
            row.put(2, Value::Ip(std::net::Ipv4Addr::from_bits(n).into()));
        }
        let frame = Frame::new(round, 1, Place::Index(1));
        let _ = batch.commit(&schema, frame, b"x");
    }
    batch.flush();
    let snapshot = store.snapshot();
    let segment = &snapshot.segments[0];
    assert_eq!(segment.value(1, "event"), Cell::Text("Event69999"));
    assert_eq!(segment.value(1, "src.ip").to_string(), "0.1.17.111");
    let Column::Dict(dict) = segment.column(1) else { unreachable!("text is a dictionary") };
    assert_eq!(dict.distinct(), 1);
}

#[test]
fn an_event_of_several_records_counts_all_of_them() {
    let store = Store::new();
    let schema = schema();
    let new = NewObject { path: "o".into(), parent: None, order: 0, bytes: 0 };
    let id = store.ledger().open(new);
    let window = Window { from: Some(Timestamp(10)), to: None };
    let mut batch = Batch::new(&store, window);
    batch.begin(id, 0);
    // What is said of a row that is thrown away is forgotten with it.
    batch.row(&schema).records(9);
    batch.abandon(&schema);
    for (time, records) in [(20, Some(3)), (5, Some(2)), (30, None)] {
        let row = batch.row(&schema);
        row.time(Time::new(Timestamp(time), 0));
        if let Some(records) = records {
            row.records(records);
        }
        let frame = Frame::new(time as u64, 1, Place::Line(1));
        let _ = batch.commit(&schema, frame, b"x");
    }
    batch.flush();
    let counts = store.ledger().totals().counts;
    assert_eq!((counts.events, counts.records), (2, 6));
    assert_eq!((counts.parsed, counts.out_of_range), (4, 2));
}

mod merging;
mod saving;
