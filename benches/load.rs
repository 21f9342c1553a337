//! Loading gzipped CloudTrail and flow logs from a disk into queryable columns, with everything
//! that a person waits for: listing, inflating, hashing, decoding, sealing. Then one giant object,
//! compressed and not, on one thread and on all processors.
//!
//! `TRAILCASE_BENCH_EVENTS` says how many events of each. `TRAILCASE_BENCH_PARQUET` names a folder of
//! Parquet files, which nothing here can write; they are loaded on one thread.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start has nothing to measure")]

mod evidence;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flate2::read::MultiGzDecoder;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
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

fn giant(c: &mut Criterion) {
    let events = evidence::size(500_000, 2_000);
    let dir = tempfile::tempdir().unwrap();
    let (packed, plain) = (dir.path().join("packed"), dir.path().join("plain"));
    demo::write_cloudtrail(&packed, events, events).unwrap();
    fs::create_dir(&plain).unwrap();
    let mut file = File::create(plain.join("trail.json")).unwrap();
    let mut inflated = MultiGzDecoder::new(File::open(only_file(&packed)).unwrap());
    let bytes = std::io::copy(&mut inflated, &mut file).unwrap();
    let mut group = c.benchmark_group("giant");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(bytes));
    for (what, dir) in [("gzip", &packed), ("plain", &plain)] {
        for (threads, on) in [(1, "one thread"), (0, "all processors")] {
            let name = format!("{what}, {on}");
            group.bench_function(name, |b| b.iter(|| evidence::load_on(dir, threads)));
        }
    }
    group.finish();
}

/// The file below a folder in which there is one alone.
fn only_file(dir: &Path) -> PathBuf {
    let mut path = dir.to_owned();
    while path.is_dir() {
        path = fs::read_dir(path).unwrap().next().unwrap().unwrap().path();
    }
    path
}

fn parquet(c: &mut Criterion) {
    let Some(dir) = std::env::var_os("TRAILCASE_BENCH_PARQUET") else { return };
    let mut group = c.benchmark_group("parquet");
    group.sample_size(10);
    group.bench_function("one thread", |b| b.iter(|| evidence::load_on(Path::new(&dir), 1)));
    group.finish();
}

criterion_group!(benches, load, giant, parquet);
criterion_main!(benches);
