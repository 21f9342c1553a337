//! Loading gzipped CloudTrail and flow logs from a disk into queryable columns, with everything
//! that a person waits for: listing, inflating, hashing, decoding, sealing.
//!
//! `TRAILCASE_BENCH_EVENTS` says how many of each.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start has nothing to measure")]

mod evidence;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::path::Path;
use trailcase::cli::demo;

fn load(c: &mut Criterion) {
    let mut group = c.benchmark_group("load");
    group.sample_size(10);
    let mut one = |name: &str, events: u64, write: fn(&Path, u64)| {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), events);
        group.throughput(Throughput::Elements(events));
        group.bench_function(name, |b| b.iter(|| evidence::load(dir.path())));
    };
    one("cloudtrail", evidence::size(100_000, 2_000), |dir, events| {
        demo::write_cloudtrail(dir, events, 2_000).unwrap();
    });
    one("vpc_flow", evidence::size(500_000, 2_000), |dir, events| {
        demo::write_flow(dir, events, 10_000).unwrap();
    });
    group.finish();
}

criterion_group!(benches, load);
criterion_main!(benches);
