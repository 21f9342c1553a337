//! Loading gzipped CloudTrail from a bucket, against the same files on the disk: a server on this
//! host answers, so that what is measured is what fetching costs the program. Then one large object
//! over connections that give only so much a second, and the memory that objects take of which
//! there are very many.
//!
//! `TRAILCASE_BENCH_EVENTS` says how many events, `TRAILCASE_BENCH_OBJECTS` how many objects.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
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

/// Loads a bucket into a store; what was fetched is gone afterwards.
fn fetch(means: Means) -> Arc<Store> {
    fetch_from("s3://logs", means)
}

fn fetch_from(source: &str, means: Means) -> Arc<Store> {
    let source: Arc<dyn Source> = Arc::from(open(source, &means).unwrap());
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let options = Options { means, ..Options::default() };
    let load = Load::start(vec![source], Arc::clone(&store), evidence, options, Notify::nobody());
    load.unwrap().wait();
    store
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
            let store = fetch(means(&endpoint));
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

fn memory() {
    let count: usize = std::env::var("TRAILCASE_BENCH_OBJECTS")
        .map_or(100_000, |text| text.replace('_', "").parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (bucket, local) = (Bucket::made(count), tempfile::tempdir().unwrap());
    bucket.write(local.path());
    let endpoint = bucket.serve();
    let means = || Means { vault: Vault::at(folder.path().to_owned()), ..means(&endpoint) };
    let tell = |what: &str, before: i64| {
        println!("{what}: {} B an object of {count}", (resident() - before) / count as i64);
    };
    let before = resident();
    let source = open("s3://logs", &means()).unwrap();
    let mut listed = 0;
    source.list(&Cancel::new(), &mut |_| {
        listed += 1;
        std::ops::ControlFlow::Continue(())
    });
    assert_eq!(listed, count);
    tell("listed", before);
    drop(source);
    // The same files on the disk, for comparison: what an object takes wherever it lies.
    let before = resident();
    let store = fetch_from(local.path().to_str().unwrap(), Means::default());
    tell("loaded from the disk", before);
    drop(store);
    let before = resident();
    let store = fetch(means());
    tell("fetched and loaded", before);
    drop(store);
    let before = resident();
    let store = fetch(means());
    tell("loaded from what was fetched", before);
    drop(store);
}
