//! What one core decodes, format by format: the fixtures of each, repeated to some megabytes, from
//! bytes to fields, with everything but keeping them. `cargo bench --bench decode -- waf` measures
//! one.
//!
//! What is below 100 MB/s has one of three reasons, told here since each is a choice.
//!
//! - Text and JSON that no format is sure of (`plain`, `json_lines`, `logfmt`, `csv`, `unparsed`, a
//!   table in `w3c` without its header) is shown to every format there is, record by record, since
//!   what one of them knows must not be taken for something else: a few microseconds, as many for a
//!   line of 20 bytes as for one of 200.
//! - What is in an envelope (`group.json`, `subscription.json`, `export.log`, `sns.json` and others)
//!   is read twice or more: the envelope, the text in it without its escapes, and the record, of
//!   which it is found out anew whose it is. That is one to two microseconds and more for a record:
//!   under 100 MB/s only where records are short.
//! - Records of 20 to 120 bytes of text cost a third of a microsecond to a whole one whatever is in
//!   them (`mysql_general`, `redshift_user`, `ssm`, `apigw_access/clf.log`, `apigw_execution`): each
//!   is looked at for where it ends, and whether it is its format's.
//!
//! JSON of 300 bytes and more that is in no envelope reaches 300 to 700 MB/s, but where nearly every
//! value has a few bytes (`journald`, `ocsf/others`, `cloudwatch_alarm/history`: 170 to 260). Events in EventBridge's envelope reach 160 to 340.
//! Columns in text reach 400 and more in the logs of which there is most (flow logs, S3, ALB), 280
//! to 330 in those of NLB and CloudFront, and 100 to 250 in others: it is paid by the value, about
//! 20 ns, and a value is read, put into its kind and often told apart once more, as an ARN is; a
//! short line has little else. `w3c/iis` holds two tables, and of the copies only the last header is
//! kept: the lines of the first fit no table there, which says nothing of real files.
//!
//! Two builds beside it halve all of these numbers, and so do neighbours of a virtual machine: take the
//! best of several runs, or count instructions.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot start has nothing to measure")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::fs;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use trailcase::event::{Frame, Place, Reason, Row, Schema, Sink, Time, Timestamp, Value};
use trailcase::format::{Context, Feed, formats};

/// Bytes of a fixture's copies.
const SIZE: usize = 4 << 20;

/// Takes events and keeps nothing but a sum, for which every value has to be there.
#[derive(Default)]
struct Nowhere(u64);

impl Row for Nowhere {
    fn time(&mut self, time: Time) {
        self.0 = self.0.wrapping_add(time.at.0.cast_unsigned());
    }

    fn put(&mut self, slot: usize, value: Value<'_>) {
        let sum = match value {
            Value::Str(text) => text.len() as u64,
            Value::Int(number) => number.cast_unsigned(),
            Value::Float(number) => number.to_bits(),
            Value::Ip(address) => u64::from(address.is_ipv4()),
            Value::Time(time) => time.at.0.cast_unsigned(),
        };
        self.0 = self.0.wrapping_add(sum ^ slot as u64);
    }
}

impl Sink for Nowhere {
    fn row(&mut self, _: &Arc<Schema>) -> &mut dyn Row {
        self
    }

    fn commit(&mut self, _: &Arc<Schema>, _: Frame, raw: &[u8]) -> ControlFlow<()> {
        self.0 = self.0.wrapping_add(raw.len() as u64);
        ControlFlow::Continue(())
    }

    fn abandon(&mut self, _: &Arc<Schema>) {}

    fn remark(&mut self, _: Reason) {}
}

/// Where the records of a file are.
#[derive(Default)]
struct Places(Nowhere, Vec<Frame>);

impl Sink for Places {
    fn row(&mut self, _: &Arc<Schema>) -> &mut dyn Row {
        &mut self.0
    }

    fn commit(&mut self, _: &Arc<Schema>, frame: Frame, _: &[u8]) -> ControlFlow<()> {
        self.1.push(frame);
        ControlFlow::Continue(())
    }

    fn abandon(&mut self, _: &Arc<Schema>) {}

    fn remark(&mut self, _: Reason) {}
}

fn read(bytes: &[u8], sink: &mut dyn Sink) {
    let modified = Timestamp::from_seconds(1_772_625_600);
    let mut feed = Feed::new(Context { modified, ..Context::default() });
    let _ = feed.push(bytes, sink);
    black_box(feed.finish(sink));
}

/// The file and its records over and over: what stands before them, such as the header of a table,
/// stands once, as it does in a long file. Arrays are repeated with all that is around them.
fn copies(file: &Path) -> Vec<u8> {
    let mut copies = fs::read(file).unwrap();
    let mut places = Places::default();
    read(&copies, &mut places);
    let frames = places.1;
    let mut records = Vec::new();
    for frame in &frames {
        let from = frame.offset as usize;
        records.extend_from_slice(&copies[from..from + frame.length as usize]);
        records.push(b'\n');
    }
    let are_lines = frames.iter().all(|frame| matches!(frame.place, Place::Line(_)));
    let again = if are_lines && !frames.is_empty() { records } else { copies.clone() };
    while copies.len() < SIZE {
        copies.push(b'\n');
        copies.extend_from_slice(&again);
    }
    copies
}

fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    group.sample_size(10).warm_up_time(Duration::from_millis(300));
    group.measurement_time(Duration::from_secs(1));
    for format in formats() {
        let folder = Path::new("tests/fixtures").join(&*format.schema().id);
        let mut files: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let bytes = copies(&file);
            let name = file.strip_prefix("tests/fixtures").unwrap().display().to_string();
            group.throughput(Throughput::Bytes(bytes.len() as u64));
            group.bench_function(name, |b| {
                b.iter(|| {
                    let mut nowhere = Nowhere::default();
                    read(&bytes, &mut nowhere);
                    nowhere.0
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
