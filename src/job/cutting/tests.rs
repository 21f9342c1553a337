//! Passes over archives of every kind, whole, vanished and cancelled.

use super::*;
use crate::event::{Records, State};
use crate::job::{Load, Notify, Options, Plan};
use crate::query::{Filter, Lists, Names, NoMarks, Now, Record, parse};
use crate::source::packed::{self, gz};
use crate::source::{Input, Item, Limits, Listed, Locator, Source};
use crate::store::{Selection, Store};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// One object, which counts how often it is read again and how far.
#[derive(Default)]
struct Counting {
    name: &'static str,
    bytes: Vec<u8>,
    opened: AtomicUsize,
    read: Arc<AtomicU64>,
    /// Reading again fails after so many bytes, or cancels.
    gone: Option<u64>,
    cancel: Option<(u64, Cancel)>,
}

impl Source for Counting {
    fn name(&self) -> &str {
        self.name
    }

    fn list(&self, _: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        let _ = emit(Listed::Item(Item {
            path: self.name.into(),
            key: self.name.into(),
            bytes: Some(self.bytes.len() as u64),
            modified: None,
            locator: Locator::Stdin,
        }));
    }

    fn open(&self, _: &Item, _: &Cancel) -> Result<Input, Reason> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&self.bytes).unwrap();
        file.rewind().unwrap();
        Ok(Input::File(file))
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        if self.gone.is_none() && self.cancel.is_none() {
            return self.open(item, &Cancel::new());
        }
        if self.gone == Some(0) {
            return Err(Reason::new(ReasonKind::Vanished, "is gone"));
        }
        Ok(Input::Stream(Box::new(Failing {
            bytes: Cursor::new(self.bytes.clone()),
            read: Arc::clone(&self.read),
            gone: self.gone,
            cancel: self.cancel.clone(),
        })))
    }
}

struct Failing {
    bytes: Cursor<Vec<u8>>,
    read: Arc<AtomicU64>,
    gone: Option<u64>,
    cancel: Option<(u64, Cancel)>,
}

impl Read for Failing {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.gone.is_some_and(|gone| self.bytes.position() >= gone) {
            return Err(io::Error::other("the disk is gone"));
        }
        let most = into.len().min(4096);
        let count = self.bytes.read(&mut into[..most])?;
        let read = self.read.fetch_add(count as u64, Ordering::SeqCst) + count as u64;
        if let Some((after, cancel)) = &self.cancel
            && read > *after
        {
            cancel.cancel();
        }
        Ok(count)
    }
}

/// What a pass told.
#[derive(Default)]
struct Told {
    records: BTreeMap<RowRef, Vec<u8>>,
    lost: BTreeMap<RowRef, String>,
    passed: u64,
}

impl Take for Told {
    fn record(&mut self, wanted: &Wanted, bytes: &mut Bytes<'_>) {
        assert_eq!(self.records.insert(wanted.row, bytes.raw().to_vec()), None, "told once");
    }

    fn lost(&mut self, lost: Lost) {
        for row in lost.rows {
            assert_eq!(self.lost.insert(row, lost.error.to_string()), None, "told once");
        }
    }

    fn passed(&mut self, bytes: u64) {
        self.passed += bytes;
    }
}

struct Stage {
    evidence: Arc<Evidence>,
    snapshot: Arc<Snapshot>,
    source: Arc<Counting>,
}

impl Stage {
    fn new(source: Counting) -> Self {
        let source = Arc::new(source);
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let shared = (Arc::clone(&store), Arc::clone(&evidence));
        let sources: Vec<Arc<dyn Source>> = vec![Arc::clone(&source) as _];
        let options = Options { threads: 1, ..Options::default() };
        Load::start(sources, shared.0, shared.1, options, Notify::nobody()).unwrap().wait();
        let states = store.ledger().totals().states;
        assert!(states.keys().all(|state| *state == State::Read), "{states:?}");
        Self { evidence, snapshot: store.snapshot(), source }
    }

    fn rows(&self, text: &str) -> Vec<RowRef> {
        let mut names = Names::default();
        for format in crate::format::formats() {
            names.add(format.schema());
        }
        let query = parse(text, &names, Now::default()).unwrap();
        let filter = Filter::new(&query, &Lists::default()).unwrap();
        let all = Selection::all(&self.snapshot).window(0, usize::MAX);
        all.into_iter()
            .filter(|at| {
                let segment = self.snapshot.segment(*at);
                let raw = self.naive(*at);
                let record = Record::new(&raw, &crate::format::RecordPaths);
                filter.matches(segment, usize::from(at.row), &NoMarks, record)
            })
            .collect()
    }

    /// The record alone, read by itself.
    fn naive(&self, at: RowRef) -> Vec<u8> {
        self.evidence.read(&self.snapshot.segment(at).origin(usize::from(at.row))).unwrap()
    }

    fn cut(&self, rows: &[RowRef], cancel: &Cancel) -> (Told, Plan) {
        let plan = Plan::of(&self.evidence, &self.snapshot, rows);
        let mut told = Told::default();
        for pass in &plan.passes {
            cut(&self.evidence, &self.snapshot, pass, cancel, &mut told);
        }
        assert_eq!(told.records.len() + told.lost.len(), rows.len(), "every row is told");
        (told, plan)
    }
}

/// Archives of what was made here.
fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    packed::tar(&lent(members))
}

fn zip(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    packed::zip(&lent(members))
}

fn lent(members: &[(String, Vec<u8>)]) -> Vec<(&str, &[u8])> {
    members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect()
}

/// Members of JSON lines, whose times are not in the order of the archive.
fn members(count: usize, lines: usize) -> Vec<(String, Vec<u8>)> {
    let member = |n: usize| {
        let line = |l: usize| {
            let (minute, second) = ((n * 7 + l) % 60, (n + l * 11) % 60);
            format!(
                r#"{{"time":"2026-03-04T01:{minute:02}:{second:02}Z","message":"m{n:03}-{l}"}}"#
            )
        };
        let text: Vec<String> = (0..lines).map(line).collect();
        (format!("{n:03}.jsonl"), (text.join("\n") + "\n").into_bytes())
    };
    (0..count).map(member).collect()
}

fn archives(members: &[(String, Vec<u8>)]) -> [(&'static str, Vec<u8>); 6] {
    let packed = |(name, bytes): &(String, Vec<u8>)| (format!("{name}.gz"), gz(bytes));
    let packed: Vec<_> = members.iter().map(packed).collect();
    let (first, second) = members.split_at(members.len() / 2);
    let nested = [("a.zip".to_owned(), zip(first)), ("b.tar.gz".to_owned(), gz(&tar(second)))];
    [
        ("tar", tar(members)),
        ("tar.gz", gz(&tar(members))),
        ("tar.zst", ::zstd::encode_all(tar(&packed).as_slice(), 1).unwrap()),
        ("zip", zip(&packed)),
        ("nested.tar.gz", gz(&tar(&nested))),
        ("nested.zip", zip(&nested)),
    ]
}

#[test]
fn an_archive_is_opened_once_however_many_members_are_searched() {
    let members = members(120, 3);
    for (name, bytes) in archives(&members) {
        let stage = Stage::new(Counting { name, bytes, ..Counting::default() });
        // A text that is in every tenth member, and one that is everywhere.
        for (text, count) in [("/m..7-1/", 12), ("\"M1\" or \"m0\"", 360), ("\"m119-2\"", 1)] {
            let rows = stage.rows(text);
            assert_eq!(rows.len(), count, "{name} {text}");
            let before = stage.source.opened.load(Ordering::SeqCst);
            let (told, plan) = stage.cut(&rows, &Cancel::new());
            assert_eq!(stage.source.opened.load(Ordering::SeqCst) - before, 1, "{name} {text}");
            assert!(told.lost.is_empty(), "{name}: {:?}", told.lost);
            assert!(told.records.iter().all(|(at, raw)| *raw == stage.naive(*at)), "{name}");
            assert_eq!((told.passed, plan.bytes()), (plan.bytes(), told.passed), "{name}");
        }
    }
}

#[test]
fn what_has_to_be_passed_on_the_way_costs_and_is_counted() {
    let members = members(50, 4);
    let whole: usize = members.iter().map(|(_, bytes)| bytes.len()).sum();
    let last = members[49].1.len();
    for (name, bytes) in archives(&members) {
        let stage = Stage::new(Counting { name, bytes, ..Counting::default() });
        let plan = stage.cut(&stage.rows("\"m049-3\""), &Cancel::new()).1;
        // The line's end is no part of the record.
        let expected = if name.ends_with("zip") { last } else { whole } - 1;
        assert_eq!(plan.bytes(), expected as u64, "{name}");
    }
}

#[test]
fn an_archive_that_vanishes_while_it_is_read_tells_the_rows_that_were_not() {
    let members = members(400, 5);
    for gone in [0, 2000] {
        let bytes = gz(&tar(&members));
        let source = Counting { name: "a", bytes, gone: Some(gone), ..Counting::default() };
        let stage = Stage::new(source);
        let rows = Selection::all(&stage.snapshot).window(0, usize::MAX);
        assert_eq!(rows.len(), 2000);
        let told = stage.cut(&rows, &Cancel::new()).0;
        assert_eq!(told.records.is_empty(), gone == 0);
        assert!(!told.lost.is_empty());
        let why = if gone == 0 { "is gone" } else { "the disk is gone" };
        assert!(told.lost.values().all(|error| error.contains(why)), "{:?}", told.lost);
        let (_, error) = told.lost.iter().next_back().unwrap();
        assert!(error.starts_with("a!"), "{error}");
    }
}

#[test]
fn cancelling_ends_a_pass_also_between_wanted_members() {
    let straw = |n: u8| (format!("{n}.txt"), vec![b'x'; 8 << 20]);
    let mut all: Vec<_> = (0..3).map(straw).collect();
    all.extend(members(1, 1));
    for (name, bytes) in [("tar", tar(&all)), ("tar.gz", gz(&tar(&all)))] {
        let (after, size) = (bytes.len() as u64 / 4, bytes.len() as u64);
        let cancel = Cancel::new();
        let source =
            Counting { name, bytes, cancel: Some((after, cancel.clone())), ..Counting::default() };
        let stage = Stage::new(source);
        let segments = &stage.snapshot.segments;
        let last = segments.iter().position(|s| &*s.schema().id != "unparsed").unwrap();
        let told = stage.cut(&[RowRef { segment: last as u32, row: 0 }], &cancel).0;
        assert!(told.lost.values().all(|error| error.contains("cancelled")), "{:?}", told.lost);
        let read = stage.source.read.load(Ordering::SeqCst);
        assert!(read - after <= 512 << 10 && read < size, "{name}: {read} of {size}");
    }
}

/// Panics at one record.
struct Panicking(Told, usize);

impl Take for Panicking {
    fn record(&mut self, wanted: &Wanted, bytes: &mut Bytes<'_>) {
        assert!(self.0.records.len() < self.1, "this record is too much");
        self.0.record(wanted, bytes);
    }

    fn lost(&mut self, lost: Lost) {
        self.0.lost(lost);
    }
}

#[test]
fn a_panic_costs_what_is_left_and_every_row_is_told() {
    let bytes = gz(&tar(&members(10, 4)));
    let stage = Stage::new(Counting { name: "a", bytes, ..Counting::default() });
    let rows = Selection::all(&stage.snapshot).window(0, usize::MAX);
    let plan = Plan::of(&stage.evidence, &stage.snapshot, &rows);
    let mut take = Panicking(Told::default(), 14);
    cut(&stage.evidence, &stage.snapshot, &plan.passes[0], &Cancel::new(), &mut take);
    assert_eq!((take.0.records.len(), take.0.lost.len()), (14, 26));
    assert!(take.0.lost.values().all(|error| error.contains("please report this")));
}

proptest! {
    #[test]
    fn records_are_cut_out_whatever_the_pieces(
        parts in proptest::collection::vec((0u64..9, 0u32..20, 1usize..3, 0u32..30), 0..20),
        size in 1usize..40,
    ) {
        let mut wanted = Vec::new();
        let mut at = 0;
        let mut last = 0;
        for &(gap, length, shared, over) in &parts {
            at += gap;
            for _ in 0..shared {
                let row = RowRef { segment: 0, row: wanted.len() as u16 };
                // Lines of others may stand in it, or reach out of it.
                let length = if length == 0 { 0 } else { length + over };
                last = last.max(at + u64::from(length));
                wanted.push(Wanted { row, offset: at, length, inner: Inner::default() });
            }
            at += u64::from(length);
        }
        let bytes: Vec<u8> = (0..last.max(at)).map(|n| n as u8).collect();
        let mut found = Vec::new();
        let mut cutter = Cutter::new(wanted.clone());
        let mut keep = |wanted: &Wanted, bytes: &mut Bytes<'_>| {
            found.push((wanted.row, bytes.raw().to_vec()));
        };
        for piece in bytes.chunks(size) {
            if cutter.push(piece, &mut keep).is_break() {
                break;
            }
        }
        cutter.flush(&mut keep);
        let cut = |wanted: &Wanted| {
            let from = wanted.offset as usize;
            (wanted.row, bytes[from..from + wanted.length as usize].to_vec())
        };
        prop_assert_eq!(found, wanted.iter().map(cut).collect::<Vec<_>>());
    }
}
