//! A month of a trail: 720 digests that name 20,160 log files, 28 an hour, as a busy account has
//! them. What verification is compared with: the same bytes read, inflated and hashed on one
//! thread with the same libraries, which nobody who verifies can do without.
//!
//! `TRAILCASE_BENCH_HOURS` says how many hours.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start has nothing to measure")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trailcase::cli::demo;
use trailcase::event::Cancel;
use trailcase::job::examine::{Counted, Examined, Matter, examine};
use trailcase::source::{self, Source};
use trailcase::verify::{Keys, Question, Verdict, judge};

/// A month's; few where nothing is measured but that the benchmark still runs.
fn hours() -> u32 {
    if !std::env::args().any(|argument| argument == "--bench") {
        return 3;
    }
    std::env::var("TRAILCASE_BENCH_HOURS").map_or(720, |text| text.parse().unwrap())
}

/// Every object below a folder.
fn objects(dir: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Reads, inflates and hashes everything; answers how many bytes that were.
fn inflate_and_hash(objects: &[PathBuf]) -> u64 {
    let mut bytes = 0;
    let mut text = Vec::new();
    for path in objects {
        text.clear();
        let packed = fs::read(path).unwrap();
        MultiGzDecoder::new(&*packed).read_to_end(&mut text).unwrap();
        std::hint::black_box(Sha256::digest(&text));
        bytes += text.len() as u64;
    }
    bytes
}

/// Verifies everything on so many threads; answers how many log files are proven.
fn verify(dir: &Path, threads: usize) -> u64 {
    let open = |name: &str| {
        let path = dir.join(name).display().to_string();
        vec![Arc::<dyn Source>::from(source::open(&path, &source::Means::default()).unwrap())]
    };
    let (sources, metadata) = (open("buckets"), open("meta"));
    let matter = Matter { sources: &sources, metadata: &metadata, may_hold: &|_| true, threads };
    let examined =
        examine(&matter, &Examined::default(), &Counted::default(), &Cancel::default()).unwrap();
    let mut keys = Keys::default();
    keys.read(&fs::read(dir.join("public-keys.json")).unwrap()).unwrap();
    let objects = &examined.objects;
    let report = judge(&Question { objects, past: &[], keys: &keys, since: None, until: None });
    assert_eq!(report.verdict, Verdict::Valid);
    report.counts.logs.valid
}

fn month(c: &mut Criterion) {
    let dir = tempfile::tempdir().unwrap();
    demo::write_month(dir.path(), hours()).unwrap();
    let objects = objects(&dir.path().join("buckets"));
    let mut group = c.benchmark_group("digests");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(inflate_and_hash(&objects)));
    group.bench_function("inflate and hash, one thread", |b| b.iter(|| inflate_and_hash(&objects)));
    group.bench_function("verify, one thread", |b| b.iter(|| verify(dir.path(), 1)));
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    group.bench_function("verify, all threads", |b| b.iter(|| verify(dir.path(), all)));
    group.finish();
}

criterion_group!(benches, month);
criterion_main!(benches);
