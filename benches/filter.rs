//! Questions that a person asks with every keystroke: a filter, a count of values, a histogram,
//! and the rows for one screen; each on one thread.
//!
//! `TRAILCASE_BENCH_EVENTS` says of how many events, one million if it does not.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start has nothing to measure")]

mod evidence;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use trailcase::cli::demo;
use trailcase::event::Timestamp;
use trailcase::query::{self, Filter, Lists, Names, NoMarks, Now};
use trailcase::store::Selection;

const EVENTS: u64 = 1_000_000;

/// So few that `cargo test --benches` is quick.
const FEW: u64 = 2_000;

const FILTERS: &[(&str, &str)] = &[
    ("equal", "event:AssumeRole"),
    ("set", "event:(GetObject or PutObject or Decrypt)"),
    ("prefix", "event:Describe*"),
    ("network", "ip:192.0.2.0/24"),
    ("time", "time:last2h"),
    ("negated", "-event:Get* outcome:success"),
    ("contains, event", "event:*Object*"),
    ("contains, principal", "principal:*orders*"),
    ("contains, resource", "resource:*exports*"),
    ("contains, any", "any:*orders*"),
];

fn questions(c: &mut Criterion) {
    let events = evidence::size(EVENTS, FEW);
    let dir = tempfile::tempdir().unwrap();
    demo::write_cloudtrail(dir.path(), events, 5_000).unwrap();
    let snapshot = evidence::load(dir.path());
    let all = Selection::all(&snapshot);
    let (first, last) = snapshot.span().unwrap();
    let mut group = c.benchmark_group("filter");
    group.throughput(Throughput::Elements(events));
    for (name, line) in FILTERS {
        group.bench_function(*name, |b| {
            let filter = compile(line, Timestamp(last));
            b.iter(|| black_box(filter.select(&snapshot, &NoMarks)).len());
        });
    }
    for (name, line, list) in lists() {
        let query = query::parse(line, &Names::default(), Now::default()).unwrap();
        let compile = || {
            let mut lists = Lists::default();
            lists.add("list", &*list);
            Filter::new(&query, &lists).unwrap()
        };
        group.bench_function(format!("{name}, reading"), |b| b.iter(&compile));
        let filter = compile();
        group.bench_function(name, |b| {
            b.iter(|| black_box(filter.select(&snapshot, &NoMarks)).len());
        });
    }
    group.bench_function("count of principals", |b| b.iter(|| query::count(&all, "principal", 20)));
    group.bench_function("histogram", |b| {
        b.iter(|| query::histogram(&all, Timestamp(first), Timestamp(last + 1), 200));
    });
    group.finish();
    c.bench_function("window of 50 rows in the middle", |b| {
        b.iter(|| black_box(all.window(all.len() / 2, 50)));
    });
}

/// Lists of indicators: what a feed of addresses holds, names of any kind, and patterns.
fn lists() -> [(&'static str, &'static str, String); 4] {
    let lines = |count: u32, line: fn(u32) -> String| {
        (0..count).map(|n| line(n.wrapping_mul(2_654_435_761)) + "\n").collect::<String>()
    };
    let address = |n: u32| {
        let [a, b, c, d] = n.to_be_bytes();
        if n.is_multiple_of(4) { format!("{a}.{b}.{c}.0/24") } else { format!("{a}.{b}.{c}.{d}") }
    };
    let text = |n| format!("indicator-{n:08x}.example");
    let pattern = |n: u32| match n % 3 {
        0 => format!("*-{n:08x}.example"),
        1 => format!("bad-{n:08x}*"),
        _ => format!("*{n:08x}*"),
    };
    [
        ("list of 100,000 addresses", "ip:@list", lines(100_000, address)),
        ("list of 100,000 texts", "any:@list", lines(100_000, text)),
        ("list of 100,000 addresses, any", "any:@list", lines(100_000, address)),
        ("list of 1,000 patterns", "any:@list", lines(1_000, pattern)),
    ]
}

fn compile(line: &str, newest: Timestamp) -> Filter {
    let query = query::parse(line, &Names::default(), Now { newest: Some(newest) }).unwrap();
    Filter::new(&query, &Lists::default()).unwrap()
}

criterion_group!(benches, questions);
criterion_main!(benches);
