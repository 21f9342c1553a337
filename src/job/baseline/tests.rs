use super::*;
use crate::detect::About;
use crate::detect::sigma::Level;
use crate::event::{Frame, Kind, Place, Schema, Sink, Time, Value, Window, fields};
use crate::store::{Batch, NewObject, Store};
use proptest::prelude::*;
use std::sync::LazyLock;

const HOUR: i64 = Timestamp::HOUR;

static TRAIL: LazyLock<Arc<Schema>> = LazyLock::new(|| {
    let fields = vec![fields::EVENT, fields::PRINCIPAL, fields::SRC_IP, fields::BYTES_OUT];
    Arc::new(Schema { id: "trail".into(), title: "Trail".into(), fields })
});

/// Only addresses are in it.
static FLOWS: LazyLock<Arc<Schema>> = LazyLock::new(|| {
    let fields = vec![fields::SRC_IP];
    Arc::new(Schema { id: "flows".into(), title: "Flows".into(), fields })
});

/// When, in nanoseconds, and what each field says.
type Event<'a> = (Option<i64>, &'a [(&'a str, &'a str)]);

fn snapshot(all: &[(&LazyLock<Arc<Schema>>, &[Event<'_>])]) -> Arc<Snapshot> {
    let store = Store::new();
    for (order, (schema, events)) in (0..).zip(all) {
        let path = order.to_string().into();
        let new = NewObject { path, parent: None, order, bytes: 0 };
        let mut batch = Batch::new(&store, Window::default());
        batch.begin(store.ledger().open(new), order);
        for (number, (at, said)) in (1..).zip(*events) {
            let row = batch.row(schema);
            if let Some(at) = at {
                row.time(Time::new(Timestamp(*at), 9));
            }
            for (name, value) in *said {
                let slot = schema.slot(name).unwrap();
                row.put(
                    slot,
                    match schema.fields[slot].kind {
                        Kind::Ip => Value::Ip(value.parse().unwrap()),
                        Kind::Int => Value::Int(value.parse().unwrap()),
                        _ => Value::Str(value),
                    },
                );
            }
            let frame = Frame { offset: number, length: 1, place: Place::Index(number) };
            let _ = batch.commit(schema, frame, &[0]);
        }
        batch.flush();
    }
    store.snapshot()
}

fn alarm(hours: (i64, i64), entities: &[(&'static str, &[&str])]) -> Alarm {
    let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    Alarm {
        fingerprint: "f".to_owned(),
        about: About {
            id: String::new(),
            title: String::new(),
            author: String::new(),
            licence: String::new(),
            version: String::new(),
            level: Level::Low,
        },
        first: Some(Timestamp(hours.0)),
        last: Some(Timestamp(hours.1)),
        events: Vec::new(),
        entities: entities.iter().map(|(field, all)| (*field, values(all))).collect(),
        totals: BTreeMap::new(),
        blanks: Vec::new(),
        why: String::new(),
        curves: None,
    }
}

fn lines(snapshot: &Arc<Snapshot>, alarm: &Alarm) -> Vec<String> {
    let counted = Wanted::new(snapshot, alarm).unwrap().counted();
    let of = |one: &Baseline| [vec![format!("{} {}", one.field, one.value)], one.lines()].concat();
    counted.all.iter().flat_map(of).chain(counted.rest()).collect()
}

#[test]
fn what_is_usual_is_told_against_the_hours_of_the_alarm() {
    let get = [("event", "Get"), ("principal", "al"), ("src.ip", "192.0.2.1"), ("bytes.out", "10")];
    let put = [("event", "Put"), ("principal", "al"), ("src.ip", "192.0.2.2")];
    let other = [("event", "Get"), ("principal", "bo")];
    let at = |hour: i64, minute: i64| Some(hour * HOUR + minute * Timestamp::MINUTE);
    let events: Vec<Event<'_>> = vec![
        (at(1, 0), &other),
        (at(2, 0), &get),
        (at(2, 1), &get),
        (at(2, 2), &get),
        (at(5, 59), &get),
        (at(8, 30), &put),
        (at(8, 31), &get),
        (at(9, 0), &put),
        (None, &get),
    ];
    // Flows begin earlier, but principals are not in them.
    let flows: Vec<Event<'_>> = vec![(at(0, 5), &[("src.ip", "192.0.2.9")])];
    let snapshot = snapshot(&[(&TRAIL, &events), (&FLOWS, &flows)]);
    let alarm = alarm(
        (8 * HOUR + 1, 9 * HOUR - 1),
        &[
            ("principal", &["al"]),
            ("src.ip", &["192.0.2.2", "192.0.2.9", "192.0.2.1", "192.0.2.3"]),
            ("event", &["Put"]),
        ],
    );
    assert_eq!(
        lines(&snapshot, &alarm),
        [
            "principal al",
            "8 events, 1 without a time, first 1970-01-01T02:00:00Z, last 1970-01-01T09:00:00Z",
            "in the 7 hours before 1970-01-01T08:00:00Z that its logs go back: 4 events in 2 of them, the \
         median of those 1, the most 3; 40 B sent in 2 of them, the median of those 10 B, the most 30 B",
            "in the hour of the alarm: 2 events; 10 B sent",
            "  event: 2 in those, 1 of them new: Put; 1 before",
            "  src.ip: 2 in those, 1 of them new: 192.0.2.2; 1 before",
            "src.ip 192.0.2.2",
            "2 events, first 1970-01-01T08:30:00Z, last 1970-01-01T09:00:00Z",
            "in the 7 hours before 1970-01-01T08:00:00Z that its logs go back: no event, it is new",
            "in the hour of the alarm: 1 event",
            "  event: 1 in those: Put",
            "  principal: 1 in those: al",
            "src.ip 192.0.2.9",
            "1 event, first 1970-01-01T00:05:00Z, last 1970-01-01T00:05:00Z",
            "in the 8 hours before 1970-01-01T08:00:00Z that its logs go back: 1 event in 1 of them",
            "in the hour of the alarm: 0 events",
            "2 other values of what it is about not counted here",
        ]
    );
}

#[test]
fn where_logs_begin_with_the_alarm_nothing_is_called_new_or_usual() {
    let get = [("event", "Get"), ("principal", "a\"l*")];
    let events: Vec<Event<'_>> = vec![(Some(HOUR + 1), &get), (Some(2 * HOUR), &get)];
    let snapshot = snapshot(&[(&TRAIL, &events)]);
    let alarm = alarm((HOUR + 1, 2 * HOUR), &[("principal", &["a\"l*"])]);
    assert_eq!(
        lines(&snapshot, &alarm)[1..],
        [
            "2 events, first 1970-01-01T01:00:00Z, last 1970-01-01T02:00:00Z",
            "nothing is known to be usual: its logs do not go back before 1970-01-01T01:00:00Z",
            "in the 2 hours of the alarm: 2 events in 2 of them, the median of those 1, the most 1",
            "  event: 1 in those: Get",
        ]
    );
}

#[test]
fn an_alarm_without_a_time_or_anybody_has_no_baseline() {
    let snapshot = snapshot(&[]);
    assert!(Wanted::new(&snapshot, &alarm((0, 0), &[("event", &["Put"])])).is_none());
    let timeless = Alarm { first: None, ..alarm((0, 0), &[("principal", &["al"])]) };
    assert!(Wanted::new(&snapshot, &timeless).is_none());
}

proptest! {
    #[test]
    fn shares_are_those_of_a_naive_count(
        mut minutes in proptest::collection::vec(0_i64..600, 1..40),
        (from, length) in (1_i64..9, 0_i64..200),
    ) {
        minutes.push(0);
        let said = [("principal", "al")];
        let at = |minute: &i64| (Some(minute * Timestamp::MINUTE), &said[..]);
        let events: Vec<Event<'_>> = minutes.iter().map(at).collect();
        let snapshot = snapshot(&[(&TRAIL, &events)]);
        let span = (from * HOUR + 1, from * HOUR + 1 + length * Timestamp::MINUTE);
        let counted = Wanted::new(&snapshot, &alarm(span, &[("principal", &["al"])])).unwrap().counted();
        let end = from + length / 60 + 1;
        let naive = |first: i64, end: i64| {
            let in_hour = |hour: i64| minutes.iter().filter(|at| **at / 60 == hour).count() as u64;
            let mut hours: Vec<u64> = (first..end).map(in_hour).filter(|count| *count > 0).collect();
            hours.sort_unstable();
            let middle = hours.get(hours.len().saturating_sub(1) / 2).copied().unwrap_or(0);
            let much = Much {
                active: hours.len() as u64,
                sum: hours.iter().sum(),
                median: middle,
                most: hours.iter().max().copied().unwrap_or(0),
            };
            Share { hours: (end - first) as u64, events: much, bytes: Much::default() }
        };
        prop_assert_eq!(counted.all[0].before, Some(naive(0, from)));
        prop_assert_eq!(counted.all[0].during, naive(from, end));
    }
}
