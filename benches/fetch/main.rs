//! Loading gzipped CloudTrail from a bucket, against the same files on the disk: a server on this
//! host answers, so that what is measured is what fetching costs the program. Then one large object
//! over connections that give only so much a second, and the memory that objects take of which
//! there are very many.
//!
//! `TRAILCASE_BENCH_EVENTS` says how many events, `TRAILCASE_BENCH_OBJECTS` how many objects.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a benchmark"
)]

#[path = "../evidence/mod.rs"]
mod evidence;
mod server;

use criterion::{Criterion, Throughput};
use server::Bucket;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;
use trailcase::cli::demo;
use trailcase::event::Cancel;
use trailcase::job::{Evidence, Load, Notify, Options};
use trailcase::source::{Aws, Limits, Listed, Means, Source, Vault, aws, open};
use trailcase::store::Store;

/// That of the program.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Who asks, which is read from the environment.
const CREDENTIALS: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];

fn main() {
    if CREDENTIALS.iter().any(|(name, value)| std::env::var(name).as_deref() != Ok(value)) {
        let again = Command::new(std::env::current_exe().unwrap())
            .args(std::env::args_os().skip(1))
            .envs(CREDENTIALS)
            .status();
        std::process::exit(again.unwrap().code().unwrap_or(1));
    }
    if let Ok(task) = std::env::var(TASK) {
        return measure(&task);
    }
    let mut criterion = Criterion::default().configure_from_args();
    load(&mut criterion);
    if std::env::args().any(|argument| argument == "--bench") {
        large();
        memory();
    }
    criterion.final_summary();
}

fn means(endpoint: &str) -> Means {
    let settings =
        aws::Settings { endpoint: Some(endpoint.to_owned()), ..aws::Settings::default() };
    Means { aws: Aws::new(settings), ..Means::default() }
}

/// Loads a source; what was fetched is gone afterwards unless the means keep it.
fn fetch(source: &str, means: Means) -> (Arc<Store>, Arc<Evidence>) {
    let source: Arc<dyn Source> = Arc::from(open(source, &means).unwrap());
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let options = Options { means, ..Options::default() };
    let (kept, found) = (Arc::clone(&store), Arc::clone(&evidence));
    let load = Load::start(vec![source], kept, found, options, Notify::nobody());
    load.unwrap().wait();
    (store, evidence)
}

fn load(c: &mut Criterion) {
    let events = evidence::size(200_000, 2_000);
    let dir = tempfile::tempdir().unwrap();
    // Some 130 kB each, as busy accounts have them.
    demo::write_cloudtrail(dir.path(), events, 2_000).unwrap();
    let endpoint = Bucket::of(dir.path()).serve();
    let mut group = c.benchmark_group("fetch");
    group.sample_size(10);
    group.throughput(Throughput::Elements(events));
    group.bench_function("from the disk", |b| b.iter(|| evidence::load(dir.path())));
    group.bench_function("from a bucket", |b| {
        b.iter(|| {
            let (store, _) = fetch("s3://logs", means(&endpoint));
            assert_eq!(store.snapshot().visible() as u64, events);
        });
    });
    group.finish();
}

fn large() {
    const BYTES: u64 = 256 << 20;
    for rate in [20_000_000, 100_000_000] {
        let endpoint = Bucket::large(BYTES, rate).serve();
        let source = open("s3://logs", &means(&endpoint)).unwrap();
        let (never, mut items) = (Cancel::new(), Vec::new());
        source.list(&never, &mut |listed| {
            items.extend(match listed {
                Listed::Item(item) => Some(item),
                Listed::Left { .. } => None,
            });
            std::ops::ControlFlow::Continue(())
        });
        let (before, begun) = (resident(), Instant::now());
        assert!(source.open(&items[0], &never).is_ok());
        let (taken, more) = (begun.elapsed().as_secs_f64(), resident() - before);
        println!(
            "one object of {} MB at {} MB/s a connection: {:.0} MB/s, {} kB of memory more",
            BYTES / 1_000_000,
            rate / 1_000_000,
            BYTES as f64 / taken / 1e6,
            more / 1000
        );
    }
}

/// Bytes in memory, as the system counts them.
fn resident() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<i64>().unwrap() * 1024
}

/// What is measured, each in a process of its own, so that nothing is left of what was before.
const PHASES: [&str; 4] = [
    "listed, not fetched",
    "fetched and loaded",
    "loaded from what was fetched",
    "loaded from disk",
];

/// What a process is told of its task.
const TASK: &str = "TRAILCASE_BENCH_TASK";

fn memory() {
    let count: usize = std::env::var("TRAILCASE_BENCH_OBJECTS")
        .map_or(100_000, |text| text.replace('_', "").parse().unwrap());
    let (vault, local) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bucket = Bucket::made(count);
    bucket.write(local.path());
    let endpoint = bucket.serve();
    for phase in PHASES {
        let (vault, local) = (vault.path().display(), local.path().display());
        let measured = Command::new(std::env::current_exe().unwrap())
            .env(TASK, format!("{phase}\n{endpoint}\n{vault}\n{local}"))
            // What is not needed any more is given back at once, and is not counted.
            .env("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0")
            .status();
        assert!(measured.unwrap().success());
    }
}

/// One phase.
fn measure(task: &str) {
    let [phase, endpoint, vault, local] = task.split('\n').collect::<Vec<_>>()[..] else {
        panic!()
    };
    let far = || Means { vault: Vault::at(vault.into()), ..means(endpoint) };
    // Threads, the client and whatever else is there once.
    drop(fetch(
        "s3://logs/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/01/01/111122223333_CloudTrail_eu-central-1_20260101T0000Z",
        means(endpoint),
    ));
    let before = resident();
    // Where the objects are is part of what is kept of them.
    let (store, _evidence) = match phase {
        "listed, not fetched" => fetch("s3://logs", Means { most: 0, ..far() }),
        "loaded from disk" => fetch(local, Means::default()),
        _ => fetch("s3://logs", far()),
    };
    let (took, count) = (resident() - before, store.ledger().len() as i64);
    let rows = store.snapshot().visible();
    println!("{phase}: {} B an object of {count}, with {rows} events", took / count);
}
