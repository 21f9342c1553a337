//! What is usual of whom an alarm is about: how long the thread of look-ups counts it, over CloudTrail,
//! flow records and a load balancer's log. Of each field the values that the most events have: no
//! other takes longer.
//!
//! `TRAILCASE_BENCH_EVENTS` says of how many events, one million if it does not.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start has nothing to measure")]

mod evidence;

use criterion::{Criterion, criterion_group, criterion_main};
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::sync::Arc;
use trailcase::cli::demo;
use trailcase::detect::sigma::Level;
use trailcase::detect::{About, Alarm};
use trailcase::event::Timestamp;
use trailcase::job::baseline::Wanted;
use trailcase::query::count;
use trailcase::store::{Selection, Snapshot};

const EVENTS: u64 = 1_000_000;

/// So few that `cargo test --benches` is quick.
const FEW: u64 = 2_000;

const FIELDS: [&str; 4] = ["principal", "src.ip", "key", "resource"];

/// An alarm of the last hour that is about the two most frequent values of each of these fields.
fn alarm(snapshot: &Arc<Snapshot>, fields: &[&'static str]) -> Alarm {
    let all = Selection::all(snapshot);
    let values = |field: &str| count(&all, field, 2).top.into_iter().map(|it| it.value).collect();
    let last = Timestamp(snapshot.span().unwrap().1);
    Alarm {
        fingerprint: String::new(),
        whom: None,
        made: BTreeSet::new(),
        about: About {
            id: String::new(),
            title: String::new(),
            author: String::new(),
            licence: String::new(),
            version: String::new(),
            level: Level::Low,
        },
        first: Some(last),
        last: Some(last),
        events: Vec::new(),
        entities: fields.iter().map(|field| (*field, values(field))).collect(),
        totals: BTreeMap::new(),
        blanks: Vec::new(),
        why: String::new(),
        findings: Vec::new(),
        over: None,
        curves: None,
    }
}

fn baselines(c: &mut Criterion) {
    let dir = tempfile::tempdir().unwrap();
    demo::write_mixed(dir.path(), evidence::size(EVENTS, FEW), 5_000).unwrap();
    let snapshot = evidence::load(dir.path());
    let mut group = c.benchmark_group("baseline");
    group.sample_size(10);
    for fields in FIELDS.iter().map(std::slice::from_ref).chain([&FIELDS[..]]) {
        let Some(wanted) = Wanted::new(&snapshot, &alarm(&snapshot, fields)) else { continue };
        let counted = wanted.counted();
        let events: u64 = counted.all.iter().map(|one| one.events).sum();
        let values = wanted.len();
        let name = if let [field] = fields { field } else { "all" };
        group.bench_function(format!("{name}: {values} values, {events} events"), |b| {
            b.iter(|| black_box(wanted.counted()));
        });
    }
    group.finish();
}

criterion_group!(benches, baselines);
criterion_main!(benches);
