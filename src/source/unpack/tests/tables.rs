//! Parquet files that another program wrote: what comes out of them, and of what is left of them.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/fixtures/containers/parquet/", $name))
    };
}

const FLAT: &[u8] = fixture!("flat-none.parquet");
const NESTED: &[u8] = fixture!("nested.parquet");
const TYPES: &[u8] = fixture!("types.parquet");
const PAGES: &[u8] = fixture!("pages.parquet");
const DELTA: &[u8] = fixture!("delta.parquet");
const LENGTHS: &[u8] = fixture!("lengths.parquet");
const INT96: &[u8] = fixture!("int96.parquet");

/// Rows of [`PAGES`], in groups of sixty, and of [`DELTA`].
const MANY: i64 = 150;

/// The rows as text, from a file and from a stream, and what became of them.
fn rows(bytes: &[u8]) -> (String, Outcome) {
    let (mut a, mut b) = (Told::default(), Told::default());
    let from_file = run(file(bytes), &Limits::default(), &mut a);
    let from_stream = run(stream(bytes), &Limits::default(), &mut b);
    assert_eq!(from_file, from_stream);
    assert_eq!(from_file.sha256, Some(Sha256::digest(bytes).into()));
    assert_eq!(a.bytes, b.bytes);
    (String::from_utf8(a.bytes).unwrap(), from_file.outcome)
}

fn whole(bytes: &[u8]) -> String {
    let (rows, outcome) = rows(bytes);
    assert_eq!(outcome, None);
    rows
}

fn told_of(outcome: Outcome) -> (State, ReasonKind, String) {
    let (state, reason) = outcome.unwrap();
    (state, reason.kind, reason.detail)
}

/// What was put into [`PAGES`] and [`DELTA`].
fn many(row: i64) -> Value {
    let mut value = json!({
        "seq": 1000 + row * row % 97,
        "d": row as f64 / 4.0,
        "b": row % 3 == 0,
        "l": (0..row % 4).collect::<Vec<_>>(),
    });
    if row % 5 != 0 {
        value["i"] = json!(row * 7919 % 1000 - 500);
    }
    if row % 7 != 0 {
        value["s"] = json!(format!("item-{:03}", row / 3));
    }
    value
}

fn parsed(rows: &str) -> Vec<Option<Value>> {
    rows.lines().map(|line| (!line.is_empty()).then(|| line.parse().unwrap())).collect()
}

#[test]
fn every_compression_gives_the_same_rows() {
    let expected = include_str!("../../../../tests/fixtures/containers/parquet/flat.rows");
    let all: [&[u8]; 5] = [
        FLAT,
        fixture!("flat-snappy.parquet"),
        fixture!("flat-gzip.parquet"),
        fixture!("flat-zstd.parquet"),
        fixture!("flat-lz4.parquet"),
    ];
    for bytes in all {
        assert_eq!(whole(bytes), expected);
    }
    let (rows, outcome) = rows(fixture!("flat-brotli.parquet"));
    let (state, kind, detail) = told_of(outcome);
    assert_eq!((state, kind), (State::Partial, ReasonKind::Unsupported));
    assert!(detail.contains("column n: its pages are compressed with Brotli"), "{detail}");
    assert_eq!(rows, "\n".repeat(6));
}

#[test]
fn lists_maps_and_what_is_missing_at_every_level() {
    let expected = include_str!("../../../../tests/fixtures/containers/parquet/nested.rows");
    assert_eq!(whole(NESTED), expected);
}

#[test]
fn values_of_every_type() {
    let expected = include_str!("../../../../tests/fixtures/containers/parquet/types.rows");
    assert_eq!(whole(TYPES), expected);
    let expected = include_str!("../../../../tests/fixtures/containers/parquet/int96.rows");
    assert_eq!(whole(INT96), expected);
}

#[test]
fn many_pages_groups_and_encodings() {
    let expected: Vec<Option<Value>> = (0..MANY).map(|row| Some(many(row))).collect();
    assert_eq!(parsed(&whole(PAGES)), expected);
    assert_eq!(parsed(&whole(DELTA)), expected);
    let lengths = parsed(&whole(LENGTHS));
    for (row, value) in lengths.into_iter().enumerate() {
        assert_eq!(value.unwrap().get("s"), many(row as i64).get("s"));
    }
}

#[test]
fn a_file_without_rows_is_whole() {
    assert_eq!(whole(fixture!("empty.parquet")), "");
}

#[test]
fn a_damaged_page_costs_its_group_and_no_row_its_number() {
    let (mut damaged, mut astray) = (0, 0);
    let tail = PAGES.last_chunk::<8>().unwrap();
    let footer = u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]) as usize;
    for at in (4..PAGES.len() - 8 - footer).step_by(5) {
        let mut bytes = PAGES.to_vec();
        bytes[at] ^= 0x10;
        let (rows, outcome) = rows(&bytes);
        let rows = parsed(&rows);
        assert!(rows.len() <= MANY as usize);
        let read = rows.iter().flatten().count();
        let is_right = |(row, value): (usize, &Option<Value>)| {
            value.as_ref().is_none_or(|value| *value == many(row as i64))
        };
        // No checksum is over what stands before a page.
        astray += usize::from(!rows.iter().enumerate().all(is_right));
        let Some((_, reason)) = outcome else {
            assert_eq!(read, MANY as usize, "byte {at}");
            continue;
        };
        assert!(reason.detail.contains("row group"), "{reason}");
        damaged += usize::from(read >= 60 && reason.kind == ReasonKind::Corrupt);
    }
    assert!(damaged > 100 && astray * 20 < damaged, "{damaged}, {astray}");
}

#[test]
fn what_is_cut_off_says_so() {
    for bytes in [FLAT, NESTED, PAGES] {
        for length in (8..bytes.len()).step_by(3) {
            let (rows, outcome) = rows(&bytes[..length]);
            let (state, kind, _) = told_of(outcome);
            assert_eq!((state, kind, &*rows), (State::Failed, ReasonKind::Truncated, ""));
        }
    }
}

#[test]
fn what_is_encrypted_says_so() {
    let mut bytes = FLAT.to_vec();
    let end = bytes.len();
    bytes[end - 4..].copy_from_slice(b"PARE");
    let (state, kind, detail) = told_of(rows(&bytes).1);
    assert_eq!((state, kind), (State::Failed, ReasonKind::Encrypted));
    assert!(detail.contains("decrypt it"), "{detail}");
}

#[test]
fn within_containers_it_is_held_in_memory() {
    let expected = whole(FLAT);
    let zipped = zip(&[("a.parquet", FLAT), ("b", b"text")]);
    for packed in [gz(FLAT), gz(&tar(&[("a.parquet", FLAT)])), zipped] {
        let (lines, outcome) = told(&packed);
        assert_eq!(outcome, None);
        let begins = format!("={}", expected.chars().take(40).collect::<String>());
        assert!(lines.iter().any(|line| line.contains(&begins)), "{lines:?}");
    }
    let limits = Limits { buffered_bytes: 100, ..Limits::default() };
    let mut told = Told::default();
    let outcome = run(stream(FLAT), &limits, &mut told).outcome;
    assert_eq!(kind(&outcome), Some((State::Skipped, ReasonKind::Unsupported)));
    let outcome = run(file(FLAT), &limits, &mut told).outcome;
    assert_eq!(outcome, None, "a file is sought in");
}

#[test]
fn rows_count_against_the_limits() {
    let limit = |limits: Limits| {
        let outcome = run(file(PAGES), &limits, &mut Told::default()).outcome;
        kind(&outcome).map(|(_, kind)| kind)
    };
    let most = Limits { member_bytes: 1000, ..Limits::default() };
    assert_eq!(limit(most), Some(ReasonKind::Size));
    let most = Limits { total_bytes: 1000, ..Limits::default() };
    assert_eq!(limit(most), Some(ReasonKind::Size));
    let ratio = Limits { ratio: 0, ratio_after: 1000, ..Limits::default() };
    assert_eq!(limit(ratio), Some(ReasonKind::Ratio));
}

#[test]
fn it_can_be_called_off() {
    let cancel = Cancel::new();
    cancel.cancel();
    let outcome = unpack(file(PAGES), &Limits::default(), &cancel, &mut Told::default()).outcome;
    assert_eq!(kind(&outcome).unwrap().1, ReasonKind::Cancelled);
}

#[test]
fn it_is_read_again_as_it_was() {
    struct Whole(Vec<u8>);
    impl Visit for Whole {
        fn archive(&mut self, _: Option<&str>, _: Access) {}
        fn begin(&mut self, _: Option<&str>) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
        fn data(&mut self, bytes: &[u8]) -> ControlFlow<()> {
            self.0.extend_from_slice(bytes);
            ControlFlow::Continue(())
        }
        fn end(&mut self, _: u64, _: Outcome) {}
        fn left(&mut self, _: &str, _: State, _: Reason) {}
    }
    let mut again = Whole(Vec::new());
    let limits = Limits::default();
    reread(file(PAGES), &Leaves::Outermost, &limits, &Cancel::new(), &mut again);
    assert_eq!(String::from_utf8(again.0).unwrap(), whole(PAGES));
}

proptest! {
    #[test]
    fn no_damage_makes_it_panic(
        which in 0usize..7,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        footer in any::<bool>(),
    ) {
        let all = [FLAT, NESTED, TYPES, PAGES, DELTA, LENGTHS, INT96];
        let mut bytes = all[which].to_vec();
        let tail = if footer { bytes.len() / 2 } else { 4 };
        for (at, value) in changes {
            let at = tail + at.index(bytes.len() - tail);
            bytes[at] = value;
        }
        let limits = Limits { total_bytes: 16 << 20, ..Limits::default() };
        run(stream(&bytes), &limits, &mut Told::default());
    }
}
