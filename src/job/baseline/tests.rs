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
            let frame = Frame::new(number, 1, Place::Index(number));
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
        whom: None,
        first: Some(Timestamp(hours.0)),
        last: Some(Timestamp(hours.1)),
        findings: Vec::new(),
        events: Vec::new(),
        entities: entities.iter().map(|(field, all)| (*field, values(all))).collect(),
        made: std::collections::BTreeSet::new(),
        totals: BTreeMap::new(),
        blanks: Vec::new(),
        why: String::new(),
        over: None,
        curves: None,
    }
}

fn lines(snapshot: &Arc<Snapshot>, alarm: &Alarm) -> Vec<String> {
    let counted = Wanted::new(snapshot, alarm).unwrap().counted();
    let of = |one: &Baseline| [vec![format!("{} {}", one.field, one.value)], one.lines()].concat();
    counted.all.iter().flat_map(of).chain(counted.rest()).collect()
}

fn short(snapshot: &Arc<Snapshot>, alarm: &Alarm) -> Vec<String> {
    Wanted::new(snapshot, alarm).unwrap().counted().all.iter().map(Baseline::line).collect()
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
        short(&snapshot, &alarm),
        [
            "since 02:00Z, 2 events/h (usual 1), 2 new, 10 B/h (usual 10 B)",
            "new since 08:30Z, 1 event/h",
            "since 00:05Z, 0 events/h (usual 1), nothing new",
        ]
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
        short(&snapshot, &alarm),
        ["since 01:00Z, 1 event/h (usual unknown)"],
        "of what is not known to be usual nothing is called new"
    );
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
fn a_line_tells_the_day_where_it_is_another_one() {
    let get = [("event", "Get"), ("principal", "al")];
    let events: Vec<Event<'_>> = vec![(Some(HOUR), &get), (Some(49 * HOUR), &get), (None, &get)];
    let all = snapshot(&[(&TRAIL, &events)]);
    let about = |hour: i64| alarm((hour * HOUR, hour * HOUR), &[("principal", &["al"])]);
    assert_eq!(short(&all, &about(49)), ["since 1970-01-01, 1 event/h (usual 1), nothing new"]);
    assert_eq!(short(&all, &about(2)), ["since 01:00Z, 0 events/h (usual 1), nothing new"]);
    let timeless: Vec<Event<'_>> = vec![(None, &get)];
    let bare = snapshot(&[(&TRAIL, &timeless)]);
    assert_eq!(short(&bare, &about(2)), ["1 event, 1 without a time, 0 events/h (usual unknown)"]);
}

#[test]
fn an_alarm_without_a_time_or_anybody_has_no_baseline() {
    let snapshot = snapshot(&[]);
    assert!(Wanted::new(&snapshot, &alarm((0, 0), &[("event", &["Put"])])).is_none());
    let timeless = Alarm { first: None, ..alarm((0, 0), &[("principal", &["al"])]) };
    assert!(Wanted::new(&snapshot, &timeless).is_none());
}

/// The minute, if it has one; whether it is of the one that is counted; what happened; bytes.
type Told = (Option<i64>, bool, usize, Option<u64>);

const NAMES: [&str; 4] = ["Get", "Put", "List", "Drop"];

fn naive(told: &[Told], hours: (i64, i64), first: i64) -> Baseline {
    let own: Vec<&Told> = told.iter().filter(|told| told.1).collect();
    let timed = || own.iter().filter_map(|told| Some((told.0?, told.2, told.3.unwrap_or(0))));
    let much = |mut all: Vec<u64>| {
        all.retain(|much| *much > 0);
        all.sort_unstable();
        Much {
            active: all.len() as u64,
            sum: all.iter().sum(),
            median: all.get(all.len().saturating_sub(1) / 2).copied().unwrap_or(0),
            most: all.last().copied().unwrap_or(0),
        }
    };
    let share = |first: i64, end: i64| {
        let of = |hour: i64| timed().filter(move |(at, ..)| at / 60 == hour);
        Share {
            hours: (end - first) as u64,
            events: much((first..end).map(|hour| of(hour).count() as u64).collect()),
            bytes: much((first..end).map(|hour| of(hour).map(|(.., sent)| sent).sum()).collect()),
        }
    };
    let often = |name: usize, from: i64, to: i64| {
        timed().filter(|(at, of, _)| *of == name && (from..to).contains(&(at / 60))).count()
    };
    let is_before = |name: &usize| often(*name, i64::MIN, hours.0) > 0;
    let here = |name: &usize| often(*name, hours.0, hours.1) > 0;
    let names = || 0..NAMES.len();
    let mut new: Vec<usize> = names().filter(|name| here(name) && !is_before(name)).collect();
    new.sort_by_key(|name| (std::cmp::Reverse(often(*name, hours.0, hours.1)), NAMES[*name]));
    let event = Variety {
        field: "event",
        before: names().filter(is_before).count(),
        during: names().filter(here).count(),
        new: new.into_iter().map(|name| NAMES[name].to_owned()).collect(),
    };
    let at = |minute: i64| Timestamp(minute * Timestamp::MINUTE);
    let seen = timed().map(|(minute, ..)| at(minute));
    let address = Variety { field: "src.ip", before: 0, during: 0, new: Vec::new() };
    Baseline {
        field: "principal",
        value: "al".to_owned(),
        events: own.len() as u64,
        timeless: own.iter().filter(|told| told.0.is_none()).count() as u64,
        seen: seen.clone().min().zip(seen.max()),
        hours: (at(hours.0 * 60), at(hours.1 * 60)),
        before: (first < hours.0).then(|| share(first, hours.0)),
        during: share(hours.0, hours.1),
        kinds: vec![event, address],
    }
}

proptest! {
    #[test]
    fn a_baseline_is_that_of_a_naive_count(
        told in proptest::collection::vec(
            (proptest::option::weighted(0.9, 0_i64..600), proptest::bool::weighted(0.7), 0..NAMES.len(),
             proptest::option::of(0_u64..2000)),
            1..60,
        ),
        (split, from, length) in (0_usize..60, 1_i64..9, 0_i64..200),
    ) {
        let bytes: Vec<String> =
            told.iter().map(|told| told.3.unwrap_or(0).to_string()).collect();
        let said: Vec<Vec<(&str, &str)>> = told
            .iter()
            .zip(&bytes)
            .map(|((_, is_own, name, sent), bytes)| {
                let who = if *is_own { "al" } else { "bo" };
                let mut said = vec![("principal", who), ("event", NAMES[*name])];
                said.extend(sent.map(|_| ("bytes.out", bytes.as_str())));
                said
            })
            .collect();
        let events: Vec<Event<'_>> = told
            .iter()
            .zip(&said)
            .map(|((at, ..), said)| (at.map(|at| at * Timestamp::MINUTE), said.as_slice()))
            .collect();
        // In two segments, which reach over the same hours.
        let (one, other) = events.split_at(split.min(events.len()));
        let snapshot = snapshot(&[(&TRAIL, one), (&TRAIL, other)]);
        let span = (from * HOUR + 1, from * HOUR + 1 + length * Timestamp::MINUTE);
        let counted = Wanted::new(&snapshot, &alarm(span, &[("principal", &["al"])])).unwrap().counted();
        let hours = (from, from + length / 60 + 1);
        let first = told.iter().filter_map(|told| Some(told.0? / 60)).min();
        // Of nobody's events it is not known which logs would name them.
        let first = first.filter(|_| told.iter().any(|told| told.1)).unwrap_or(i64::MAX);
        prop_assert_eq!(&counted.all[0], &naive(&told, hours, first));
    }
}
