//! Columns and rows agree: random rows, random filters, and the naive evaluation as the judge.

use super::super::count::Count;
use super::*;
use crate::event::{FieldDef, Frame, Kind, ObjectId, Paths, Place, Row, Schema, Value, fields};
use crate::store::{Builder, Cell, Segment, Selection, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

const EVENTS: &[&str] = &["AssumeRole", "GetObject", "getObject", "PutObject", "a*b", "Müller"];
const NAMES: &[&str] =
    &["event", "resource", "src.ip", "src.port", "id", "format", "ip", "principal", "role", "x"];
const OUTCOMES: &[&str] = &["success", "failure", "denied"];

fn schema() -> Arc<Schema> {
    let fields = vec![
        fields::ID,
        fields::EVENT,
        fields::OUTCOME,
        fields::PRINCIPAL,
        fields::ROLE,
        fields::SRC_IP,
        fields::CLIENT_IP,
        fields::SRC_PORT,
        fields::BYTES_IN,
        fields::BYTES_OUT,
        fields::DURATION,
        fields::TIME_END,
        fields::RESOURCE,
        FieldDef::new("never", Kind::Str, Role::Text, "never set"),
    ];
    Arc::new(Schema { id: "made_up".into(), title: "Made up".into(), fields })
}

/// One made-up row; `raw` is its record, `key=value` pairs that [`Pairs`] reads.
#[derive(Debug, Clone)]
struct Made {
    time: Option<i64>,
    pick: [u8; 8],
    bytes: (Option<i64>, Option<i64>),
    raw: String,
}

fn made() -> impl Strategy<Value = Made> {
    let bytes = prop::option::of(prop_oneof![0i64..5000, any::<i64>()]);
    let raw = "(x\\.y=[a-cé]{1,2} )?(text|TEXT|Straße|STRASSE)?";
    (prop::option::weighted(0.8, 0i64..100), any::<[u8; 8]>(), (bytes.clone(), bytes), raw)
        .prop_map(|(time, pick, bytes, raw)| Made { time, pick, bytes, raw })
}

fn put(row: &mut dyn Row, made: &Made) {
    let [event, outcome, who, ip, client, port, id, more] = made.pick;
    if let Some(time) = made.time {
        row.time(Time::new(Timestamp(time * Timestamp::SECOND), 0));
        row.put(11, Value::Time(Time::new(Timestamp((time + 5) * Timestamp::SECOND), 0)));
    }
    match id % 3 {
        0 => row.put(0, Value::Str("11111111-2222-3333-4444-555555555555")),
        1 => row.put(0, Value::Str("ODD-ID")),
        _ => {}
    }
    if let Some(event) = EVENTS.get(usize::from(event) % 8) {
        row.put(1, Value::Str(event));
    }
    if let Some(outcome) = OUTCOMES.get(usize::from(outcome) % 4) {
        row.put(2, Value::Str(outcome));
    }
    match who % 4 {
        0 => row.put(3, Value::Str("alice")),
        1 => row.put(4, Value::Str("ALICE")),
        2 => row.put(3, Value::Str("bob")),
        _ => {}
    }
    if ip % 4 > 0 {
        row.put(5, Value::Ip([192, 0, 2, ip % 4].into()));
    }
    for last in 0..client % 3 {
        row.put(6, Value::Ip(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(last)])));
    }
    if port % 2 == 0 {
        row.put(7, Value::Int(i64::from(port)));
        row.put(10, Value::Float(f64::from(port) / 4.0));
    }
    if let Some(bytes) = made.bytes.0 {
        row.put(8, Value::Int(bytes));
    }
    if let Some(bytes) = made.bytes.1 {
        row.put(9, Value::Int(bytes));
    }
    for number in 0..more % 3 {
        row.put(12, Value::Str(["bucket", "key"][usize::from(number)]));
    }
}

fn build(rows: &[Made]) -> Option<Segment> {
    let mut builder = Builder::new(&schema());
    for (index, made) in rows.iter().enumerate() {
        put(&mut builder, made);
        let offset = index as u64;
        let frame = Frame::new(offset, 1, Place::Index(offset + 1));
        let object = (index % 3) as u32;
        builder.commit(ObjectId(object), object.into(), frame, offset);
    }
    builder.seal()
}

struct Pairs;

impl Paths for Pairs {
    fn at(&self, raw: &[u8], path: &str) -> Vec<String> {
        let text = String::from_utf8_lossy(raw);
        let pairs = text.split(' ').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(name, _)| *name == path).map(|(_, value)| value.to_owned()).collect()
    }
}

/// Every third row is verified, every fifth tagged.
struct EveryThird;

impl Marks for EveryThird {
    fn object(&self, id: ObjectId) -> Option<Arc<str>> {
        ["logs/one.json", "logs/Two.zip!a b"].get(id.0 as usize).map(|path| Arc::from(*path))
    }

    fn each(&self, _: &Segment, row: usize, mark: Mark, say: &mut dyn FnMut(&str)) {
        match mark {
            Mark::Verified => say(if row.is_multiple_of(3) { "verified" } else { "modified" }),
            Mark::Tag if row.is_multiple_of(5) => say("urgent"),
            _ => {}
        }
    }
}

const TERMS: &[&str] = &[
    "event:GetObject",
    "event:get*",
    "event:a\\*b",
    "event:mÜLLER",
    "event:*",
    "-event:Get*",
    "event:(AssumeRole or *Object)",
    "event:*OBJ*",
    "event:(*t*b* or *üLL*)",
    "-event:*e*",
    "principal:(*LIC* or bob)",
    "resource:(*UCK* or *3)",
    "any:*-ID",
    "outcome:denied",
    "principal:alice",
    "role:alice",
    "ip:192.0.2.0/31",
    "ip:192.0.2.1",
    "ip:*.2.3",
    "ip:2001:db8::/127",
    "client.ip:2001:db8::1",
    "src.port>100",
    "src.port<=64",
    "src.port:8*",
    "src.port:(2 or 4)",
    "src.port>1.5",
    "bytes>2kB",
    "bytes<0",
    "bytes:*",
    "bytes.in>=1KiB",
    "bytes.out:17",
    "duration>10",
    "duration:0.5",
    "duration<=12.5",
    "time:00:00:10..00:00:50",
    "time>1970-01-01",
    "has:time",
    "time<00:01",
    "time_end:00:00:20..00:01:10",
    "resource:key",
    "resource:buck*",
    "any:*e*",
    "any:192.0.2.2",
    "any:odd-id",
    "id:11111111-2222-3333-4444-555555555555",
    "id:odd*",
    "id:*5555",
    "has:code",
    "has:id",
    "has:(role or resource)",
    "has:never",
    "has:client.ip",
    "never:x",
    "format:made_up",
    "format:other",
    "origin.object:LOGS/ONE.JSON",
    "origin.object:logs/*",
    "-origin.object:\"*zip!a b\"",
    "has:origin.object",
    "verified:yes",
    "verified:no",
    "verified:modified",
    "tag:urgent",
    "tag:no",
    "tag:yes",
    "has:tag",
    "note:no",
    "host:x",
    "text",
    "straße",
    "/T.XT/",
    "x.y:a",
    "x.y:*é",
    "has:x.y",
    "x.y>5",
    "account:1",
];

fn filter_text() -> impl Strategy<Value = String> {
    let term = prop::sample::select(TERMS).prop_map(str::to_owned);
    term.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|a| format!("-{a}")),
        ]
    })
}

fn compile(text: &str) -> Filter {
    let mut names = Names::default();
    names.add(&schema());
    let newest = Some(Timestamp(50 * Timestamp::SECOND));
    let query = parse(text, &names, Now { newest }).unwrap_or_else(|e| panic!("{text}: {e}"));
    Filter::new(&query, &Lists::default()).unwrap()
}

fn store(rows: &[Made], seal: usize) -> Store {
    let store = Store::new();
    for part in rows.chunks(seal) {
        if let Some(segment) = build(part) {
            store.append(segment);
        }
    }
    store
}

proptest! {
    #[test]
    fn columns_agree_with_rows(rows in prop::collection::vec(made(), 1..80), text in filter_text()) {
        let segment = build(&rows).unwrap();
        let filter = compile(&text);
        let bounds = filter.bounds(&segment, &EveryThird);
        prop_assert_eq!(&bounds.possible, &filter.bits(&segment, &EveryThird));
        if !filter.needs_records() {
            prop_assert!(!bounds.open().any());
        }
        for row in 0..segment.len() {
            let made = &rows[segment.origin(row).offset as usize];
            let record = Record::new(made.raw.as_bytes(), &Pairs);
            let passes = filter.matches(&segment, row, &EveryThird, record);
            prop_assert!(passes || !bounds.certain.get(row), "{} row {}", text, row);
            prop_assert!(!passes || bounds.possible.get(row), "{} row {}", text, row);
        }
    }

    #[test]
    fn counts_and_histograms_agree_with_counting(
        rows in prop::collection::vec(made(), 1..80),
        text in prop::sample::select(&TERMS[..61]),
        name in prop::sample::select(NAMES),
        seal in 1usize..40,
        steps in 1usize..9,
    ) {
        let store = store(&rows, seal);
        let selection = compile(text).select(&store.snapshot(), &EveryThird);
        let (naive, without) = naive_counts(&selection, name);
        let counts = count(&selection, name, usize::MAX);
        let found: BTreeMap<String, (usize, _)> = counts
            .top.iter().map(|c| (c.value.clone(), (c.count, c.span))).collect();
        prop_assert_eq!(&found, &naive);
        prop_assert_eq!((counts.distinct, counts.without), (naive.len(), without));
        prop_assert!(counts.top.windows(2).all(|pair| pair[0].count >= pair[1].count));
        let few: Vec<Count> = counts.top.iter().take(2).cloned().collect();
        prop_assert_eq!(count(&selection, name, 2).top, few);

        let to = 60 * Timestamp::SECOND;
        let seen = histogram(&selection, Timestamp(0), Timestamp(to), steps);
        let mut expected = vec![(0, 0); steps];
        for (segment, row) in selected(&selection) {
            let Some(time) = segment.time(row).filter(|time| time.at.0 < to) else { continue };
            let bad = matches!(segment.value(row, "outcome"), Cell::Text("failure" | "denied"));
            let edge = |step: usize| to * step as i64 / steps as i64;
            let step = (0..steps).rfind(|step| edge(*step) <= time.at.0).unwrap();
            expected[step].0 += 1;
            expected[step].1 += usize::from(bad);
        }
        let lane = &seen.lanes[0];
        let found: Vec<_> = lane.rows.iter().copied().zip(lane.failed.iter().copied()).collect();
        prop_assert_eq!(found, expected);
    }
}

fn selected(selection: &Selection) -> impl Iterator<Item = (&Segment, usize)> {
    selection.snapshot().segments.iter().enumerate().flat_map(move |(number, segment)| {
        let chosen = move |row: &usize| selection.bits(number).is_none_or(|bits| bits.get(*row));
        (0..segment.len()).filter(chosen).map(move |row| (&**segment, row))
    })
}

type Naive = BTreeMap<String, (usize, Option<(Timestamp, Timestamp)>)>;

fn naive_counts(selection: &Selection, name: &str) -> (Naive, usize) {
    let mut counts = Naive::new();
    let mut without = 0;
    for (segment, row) in selected(selection) {
        let asked = |def: &&FieldDef| match name {
            "ip" => def.role == Role::Ip,
            _ => def.name == name,
        };
        let defs = segment.schema().fields.iter().filter(asked);
        let mut values: BTreeSet<String> = defs
            .flat_map(|def| match segment.value(row, &def.name) {
                Cell::Absent => Vec::new(),
                Cell::List(items) => items.into_iter().map(str::to_owned).collect(),
                cell => vec![cell.to_string()],
            })
            .collect();
        if name == "format" {
            values.insert(segment.schema().id.to_string());
        }
        without += usize::from(values.is_empty());
        for value in values {
            let entry = counts.entry(value).or_insert((0, None));
            entry.0 += 1;
            if let Some(time) = segment.time(row) {
                let (first, last) = entry.1.unwrap_or((time.at, time.at));
                entry.1 = Some((first.min(time.at), last.max(time.at)));
            }
        }
    }
    (counts, without)
}

fn row(time: i64, pick: [u8; 8], bytes: (Option<i64>, Option<i64>), raw: &str) -> Made {
    Made { time: Some(time), pick, bytes, raw: raw.to_owned() }
}

/// Three rows whose answers are known without any evaluator.
fn known() -> Vec<Made> {
    vec![
        row(10, [0, 2, 0, 1, 2, 0, 0, 2], (Some(900), Some(200)), "x.y=a Straße AKIA1"),
        row(20, [1, 0, 1, 2, 0, 1, 1, 0], (None, Some(5_000)), "x.y=7 plain TEXT"),
        row(30, [7, 3, 3, 0, 0, 80, 2, 0], (None, None), "nothing \u{212a}"),
    ]
}

#[test]
fn filters_mean_what_the_language_says() {
    let segment = build(&known()).unwrap();
    let raw = [&b"x.y=a Stra\xc3\x9fe AKIA1"[..], b"x.y=7 plain TEXT", b"nothing \xe2\x84\xaa"];
    let record = |row: usize| Record::new(raw[row], &Pairs);
    for (text, expected) in [
        ("", &[0, 1, 2][..]),
        ("event:assumerole", &[0]),
        ("-event:AssumeRole", &[1, 2]),
        ("-event:*", &[2]),
        ("event:*r*e or outcome:success", &[0, 1]),
        ("principal:ALICE", &[0, 1]),
        ("ip:192.0.2.0/30", &[0, 1]),
        ("ip:2001:db8::/64", &[0]),
        ("ip:192.0.2.1 ip:2001:db8::1", &[0]),
        ("bytes>1kB", &[0, 1]),
        ("bytes<=1100", &[0]),
        ("bytes:1100", &[0]),
        ("src.port<80", &[0]),
        ("-src.port<80", &[1, 2]),
        ("time:00:00:10..00:00:20", &[0]),
        ("time>=00:00:20", &[1, 2]),
        ("has:bytes", &[0, 1]),
        ("resource:bucket", &[0]),
        ("text", &[1]),
        ("STRAßE", &[0]),
        ("k", &[0]),
        ("/TEXT$/ or /akia/", &[1]),
        ("/(?i)akia\\d/", &[0]),
        ("x.y:a", &[0]),
        ("x.y>5", &[1]),
        ("-has:x.y", &[2]),
        ("verified:yes", &[0]),
        ("origin.object:*.JSON", &[0]),
        ("-origin.object:logs/*", &[2]),
        ("-verified:yes -tag:urgent", &[1, 2]),
        ("event:GetObject text", &[1]),
        ("event:GetObject or text", &[1]),
    ] {
        let filter = compile(text);
        let passes = |row: &usize| filter.matches(&segment, *row, &EveryThird, record(*row));
        assert_eq!((0..3).filter(passes).collect::<Vec<_>>(), expected, "{text}");
        if !filter.needs_records() {
            let found: Vec<usize> = filter.bits(&segment, &EveryThird).iter().collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}

#[test]
fn columns_narrow_what_has_to_be_read() {
    let segment = build(&known()).unwrap();
    let bounds = compile("event:GetObject text").bounds(&segment, &NoMarks);
    assert_eq!(bounds.open().iter().collect::<Vec<_>>(), [1]);
    assert_eq!(bounds.cost(&segment), 1);
    let bounds = compile("event:GetObject or -text").bounds(&segment, &NoMarks);
    assert_eq!(bounds.open().iter().collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn lists_are_given_or_asked_for() {
    let query = parse("ip:@bad event:Get*", &Names::default(), Now::default()).unwrap();
    let missing = Filter::new(&query, &Lists::default()).unwrap_err();
    assert_eq!(missing, MissingList("bad".to_owned()));
    let mut lists = Lists::default();
    lists.add("bad", "# known\n192.0.2.0/24\n\n 198.51.100.7 \n");
    let segment = build(&known()).unwrap();
    let query = parse("ip:@bad", &Names::default(), Now::default()).unwrap();
    let found = Filter::new(&query, &lists).unwrap().bits(&segment, &NoMarks);
    assert_eq!(found.iter().collect::<Vec<_>>(), [0, 1]);
}
