//! Detectors over events of CloudTrail, each on one thread, and all of them one after the other; and
//! rules with detectors, on all processors, over events of CloudTrail and over lines of a host. Rules in
//! the folder that `TRAILCASE_BENCH_RULES` names are asked too.
//!
//! `TRAILCASE_BENCH_EVENTS` says of how many events, one million if it does not.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start has nothing to measure")]

mod evidence;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::Path;
use trailcase::cli::demo;
use trailcase::detect::detectors::Said;
use trailcase::detect::{DETECTORS, Estate, Given, Ruleset};
use trailcase::event::Cancel;
use trailcase::job::detecting::detect;
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

/// Words that a few lines have, and many do not.
const WORDS: &str = "title: words\nid: words\nlogsource: {product: linux}\ndetection: {k1: ['Accepted password*203.0.113.'], \
    k2: {'|all': [sudo, tcpdump]}, condition: 1 of k*}\n";

/// Writes so many events into a folder.
type Written = fn(&Path, u64);

/// Lines of sshd, cron and an application, of which one in a thousand is about a password.
fn lines(dir: &Path, count: u64) {
    let mut out = BufWriter::new(File::create(dir.join("auth.log")).unwrap());
    for n in 0..count {
        let (minute, second) = (n / 60 % 60, n % 60);
        let text = match n % 1000 {
            0 => {
                format!("sshd[{n}]: Accepted password for deploy from 198.51.100.7 port 50133 ssh2")
            }
            at if at % 3 == 0 => {
                format!(
                    "sshd[{n}]: Failed password for root from 203.0.113.{} port 40101 ssh2",
                    n % 250
                )
            }
            at if at % 3 == 1 => format!("CRON[{n}]: (root) CMD (run-parts /etc/cron.hourly)"),
            _ => format!("shop[{n}]: order {n} was taken in {} ms and will be sent", n % 90),
        };
        writeln!(out, "Mar  4 10:{minute:02}:{second:02} web-1 {text}").unwrap();
    }
    out.flush().unwrap();
}

fn rules(c: &mut Criterion) {
    let events = evidence::size(EVENTS, FEW);
    let mut all = Ruleset::own();
    all.add("words.yml", WORDS, "").unwrap();
    for entry in
        std::env::var("TRAILCASE_BENCH_RULES").iter().flat_map(|dir| fs::read_dir(dir).unwrap())
    {
        let path = entry.unwrap().path();
        all.add(path.to_str().unwrap(), &fs::read_to_string(&path).unwrap(), "").unwrap();
    }
    let (given, cancel) = (Given::default(), Cancel::default());
    let mut group = c.benchmark_group("rules");
    group.throughput(Throughput::Elements(events)).sample_size(10);
    let write: [(&str, Written); 2] = [
        ("cloudtrail", |dir, events| drop(demo::write_cloudtrail(dir, events, 5_000).unwrap())),
        ("lines", lines),
    ];
    for (name, write) in write {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), events);
        let (snapshot, evidence) = evidence::with_records(dir.path(), 0);
        group.bench_function(name, |b| {
            b.iter(|| {
                let found = detect(&evidence, &snapshot, (&all, &given), 0, &cancel).unwrap();
                black_box(found.findings.hits.iter().map(Vec::len).sum::<usize>())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, detectors, rules);
criterion_main!(benches);
