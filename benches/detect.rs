//! Detectors over events of CloudTrail, each on one thread, and all of them one after the other.
//!
//! `TRAILCASE_BENCH_EVENTS` says of how many events, one million if it does not.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start has nothing to measure")]

mod evidence;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use trailcase::cli::demo;
use trailcase::detect::detectors::Said;
use trailcase::detect::{DETECTORS, Estate, Given};
use trailcase::event::Cancel;
use trailcase::query::Sought;

const EVENTS: u64 = 1_000_000;

/// So few that `cargo test --benches` is quick.
const FEW: u64 = 2_000;

/// An estate that gives every detector something to do.
const ESTATE: &str = r#"
accounts = ["111122223333"]
networks = ["10.0.0.0/8"]
canaries = ["AKIAIOSFODNN7EXAMPLE", "arn:aws:s3:::canary/*", "192.0.2.99"]
"#;

fn detectors(c: &mut Criterion) {
    let events = evidence::size(EVENTS, FEW);
    let dir = tempfile::tempdir().unwrap();
    demo::write_cloudtrail(dir.path(), events, 5_000).unwrap();
    let snapshot = evidence::load(dir.path());
    let estate = Estate::read("estate.toml", ESTATE).unwrap();
    let list: Vec<String> = (0..10_000).map(|n| format!("198.18.{}.{}", n >> 8, n & 255)).collect();
    let lists = [("list".to_owned(), Sought::list("list", &list.join("\n")))];
    let sources = ["s3://trail-logs".to_owned()];
    let given = Given {
        estate: Some(&estate),
        lists: &lists,
        sources: &sources,
        verified: Some(&[]),
        ..Given::default()
    };
    let (said, cancel) = (Said::new(), Cancel::default());
    let mut group = c.benchmark_group("detectors");
    group.throughput(Throughput::Elements(events)).sample_size(10);
    for detector in DETECTORS {
        group.bench_function(detector.id, |b| {
            b.iter(|| black_box(detector.answer(&snapshot, (&given, &said), &cancel)).evaluated);
        });
    }
    group.bench_function("all", |b| {
        b.iter(|| {
            let answers =
                DETECTORS.iter().map(|one| one.answer(&snapshot, (&given, &said), &cancel));
            black_box(answers.map(|answer| answer.found.len()).sum::<usize>())
        });
    });
    group.finish();
}

criterion_group!(benches, detectors);
criterion_main!(benches);
