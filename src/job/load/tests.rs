use super::*;
use crate::event::Records;
use crate::source::{Files, Input, Limits, Listed, Locator, Stamp};
use crate::store::Selection;
use crossbeam_channel::bounded;
use std::io::Write;
use std::ops::ControlFlow;

const RECORD: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333"},"eventTime":"2026-03-04T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"aws-cli/2","requestParameters":null,"responseElements":null,"eventID":"ID","eventType":"AwsApiCall","recipientAccountId":"111122223333"}"#;

pub(super) fn records(ids: std::ops::Range<u32>) -> String {
    let id = |n: u32| format!("c01bfe95-0d2a-4f6e-9a51-{n:012x}");
    let each: Vec<String> =
        ids.map(|n| RECORD.replace("\"ID\"", &format!("\"{}\"", id(n)))).collect();
    format!(r#"{{"Records":[{}]}}"#, each.join(","))
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ::tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn load(folder: &std::path::Path) -> (Arc<Store>, Arc<Evidence>) {
    load_with(folder, Options { threads: 2, ..Options::default() })
}

pub(super) fn load_with(folder: &std::path::Path, options: Options) -> (Arc<Store>, Arc<Evidence>) {
    let source: Arc<dyn Source> = Arc::new(Files::new(folder.to_str().unwrap()).unwrap());
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let load = Load::start(
        vec![source],
        Arc::clone(&store),
        Arc::clone(&evidence),
        options,
        Notify::nobody(),
    );
    load.unwrap().wait();
    (store, evidence)
}

#[test]
fn every_record_can_be_read_again_wherever_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("a.json", records(0..3).as_bytes());
    write("b.dat", &gzip(records(3..6).as_bytes()));
    let inner = tar(&[("deep.json.gz", &gzip(records(6..8).as_bytes()))]);
    write("c.bin", &gzip(&tar(&[("x/y.json", records(8..9).as_bytes()), ("in.tar", &inner)])));
    write("d.json", records(0..3).as_bytes());
    let (store, evidence) = load(folder.path());
    let snapshot = store.snapshot();
    let rows = Selection::all(&snapshot).window(0, 100);
    assert_eq!(rows.len(), 9);
    for at in rows {
        let segment = snapshot.segment(at);
        let row = usize::from(at.row);
        let raw = evidence.read(&segment.origin(row)).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&raw).unwrap();
        assert_eq!(json["eventID"], segment.value(row, "id").to_string());
    }
    let paths: Vec<String> = store
        .ledger()
        .all()
        .iter()
        .map(|o| o.path[folder.path().to_str().unwrap().len()..].to_owned())
        .collect();
    assert_eq!(
        paths,
        [
            "/a.json",
            "/b.dat",
            "/c.bin",
            "/c.bin!x/y.json",
            "/c.bin!in.tar",
            "/c.bin!in.tar!deep.json.gz",
            "/d.json"
        ]
    );
    let totals = store.ledger().totals();
    assert_eq!(totals.states[&State::Read], 6);
    assert_eq!(totals.states[&State::Skipped], 1, "the second copy of a.json");
    assert_eq!((totals.counts.records, totals.counts.parsed), (9, 9));
}

#[test]
fn a_changed_file_is_told_and_its_bytes_are_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    std::fs::write(&path, records(0..1)).unwrap();
    let (store, evidence) = load(folder.path());
    let snapshot = store.snapshot();
    let origin = snapshot.segments[0].origin(0);
    std::fs::write(&path, records(1..3)).unwrap();
    let error = evidence.read(&origin).unwrap_err();
    assert!(matches!(error, crate::event::RecordsError::Changed { .. }), "{error}");
}

/// A stream that gives what it is sent, and rests in between.
struct Slow(Mutex<Option<Receiver<&'static str>>>);

struct Sent(Receiver<&'static str>);

impl std::io::Read for Sent {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.0.recv_timeout(Duration::from_millis(20)) {
            Ok(text) => {
                buffer[..text.len()].copy_from_slice(text.as_bytes());
                Ok(text.len())
            }
            Err(crossbeam_channel::RecvTimeoutError::Timeout) => {
                Err(std::io::ErrorKind::Interrupted.into())
            }
            Err(crossbeam_channel::RecvTimeoutError::Disconnected) => Ok(0),
        }
    }
}

impl Source for Slow {
    fn name(&self) -> &'static str {
        "-"
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        crate::source::Stdin::new().list(cancel, emit);
    }

    fn open(&self, item: &Item) -> Result<Input, Reason> {
        let receiver = self.0.lock().unwrap().take();
        receiver
            .map(|sent| Input::Stream(Box::new(Sent(sent))))
            .ok_or(())
            .or_else(|()| self.reopen(item))
    }

    fn reopen(&self, _: &Item) -> Result<Input, Reason> {
        Err(Reason::new(ReasonKind::Unsupported, "can be read only once"))
    }
}

#[test]
fn what_a_stream_gave_is_shown_while_it_rests() {
    let (sender, receiver) = bounded(4);
    let (told, news) = bounded(1);
    let notify = Notify::new(move |_| {
        let _ = told.try_send(());
    });
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let source: Arc<dyn Source> = Arc::new(Slow(Mutex::new(Some(receiver))));
    let options = Options { threads: 1, watched: true, ..Options::default() };
    let load = Load::start(vec![source], Arc::clone(&store), evidence, options, notify).unwrap();
    let wait_for = |rows: usize| {
        while store.snapshot().visible() < rows {
            news.recv_timeout(Duration::from_secs(20)).expect("rows are shown while it rests");
        }
        assert_eq!(store.snapshot().visible(), rows);
        assert_eq!(store.ledger().totals().counts.records, rows as u64);
    };
    let report = || load.progress().report(Instant::now());
    sender.send("{\"time\":\"2026-01-01T00:00:00Z\",\"message\":\"one\"}\n").unwrap();
    wait_for(1);
    assert!(report().streams && !report().over);
    sender.send("{\"time\":\"2026-01-01T00:00:01Z\",\"message\":\"two\"}\n{\"time\"").unwrap();
    wait_for(2);
    sender.send(":\"2026-01-01T00:00:02Z\",\"message\":\"three\"}\n").unwrap();
    wait_for(3);
    drop(sender);
    let progress = Arc::clone(load.progress());
    load.wait();
    assert!(!progress.report(Instant::now()).streams);
    assert_eq!(store.snapshot().visible(), 3);
    assert_eq!(store.ledger().totals().states[&State::Read], 1);
}

/// So many records as JSON lines, about a mebibyte for each 1800 of them.
fn lines(ids: std::ops::Range<u32>) -> String {
    let filler = "x".repeat(200);
    let line = |n: u32| {
        format!(
            "{{\"time\":\"2026-01-01T00:00:00Z\",\"message\":\"m-{n}\",\"fill\":\"{filler}{}\"}}\n",
            "y".repeat(300)
        )
    };
    ids.map(line).collect()
}

/// Every row's record is the one with its own message, read one by one and all in passes.
fn check_records(store: &Arc<Store>, evidence: &Arc<Evidence>) {
    use crate::job::cutting::{Lost, Take, Wanted, cut};
    struct All<'a>(&'a crate::store::Snapshot, usize);
    impl All<'_> {
        fn check(&mut self, at: crate::store::RowRef, raw: &[u8]) {
            let json: serde_json::Value = serde_json::from_slice(raw).unwrap();
            let row = usize::from(at.row);
            let said = self.0.segment(at).value(row, "message").to_string();
            assert_eq!(json["message"], said);
            self.1 += 1;
        }
    }
    impl Take for All<'_> {
        fn record(&mut self, wanted: &Wanted, raw: &[u8]) {
            self.check(wanted.row, raw);
        }

        fn lost(&mut self, lost: Lost) {
            panic!("{lost:?}");
        }
    }
    let snapshot = store.snapshot();
    let rows = Selection::all(&snapshot).window(0, usize::MAX);
    let mut all = All(&snapshot, 0);
    for &at in rows.iter().step_by(997) {
        let origin = snapshot.segment(at).origin(usize::from(at.row));
        all.check(at, &evidence.read(&origin).unwrap());
    }
    all.1 = 0;
    let plan = crate::job::Plan::of(evidence, &snapshot, &rows);
    for pass in &plan.passes {
        cut(evidence, &snapshot, pass, &Cancel::new(), &mut all);
    }
    assert_eq!(all.1, rows.len());
}

#[test]
fn what_lies_deep_is_copied_and_read_from_the_copy() {
    let folder = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let small = records(0..2);
    let archive = tar(&[
        ("first.json", small.as_bytes()),
        ("large.log", lines(0..18_000).as_bytes()),
        ("deep.log", lines(18_000..18_010).as_bytes()),
    ]);
    std::fs::write(folder.path().join("a.tgz"), gzip(&archive)).unwrap();
    std::fs::write(folder.path().join("b.gz"), gzip(lines(20_000..52_000).as_bytes())).unwrap();
    std::fs::write(folder.path().join("c.gz"), gzip(lines(60_000..60_100).as_bytes())).unwrap();
    let spool = Some(cache.path().to_owned());
    let options = Options { threads: 2, watched: true, spool, ..Options::default() };
    let (store, evidence) = load_with(folder.path(), options);
    let object = |name: &str| {
        let path = folder.path().join(name).to_str().unwrap().to_owned();
        store.ledger().get(store.ledger().find(&path).unwrap()).unwrap()
    };
    let from = |name: &str| {
        let direct = evidence.find(object(name).id).unwrap().direct;
        direct.map(|direct| direct.reach().start)
    };
    assert_eq!(from("a.tgz!first.json"), None);
    assert_eq!(from("a.tgz!large.log"), Some((8 << 20) - small.len() as u64));
    assert_eq!(from("a.tgz!deep.log"), Some(0));
    assert_eq!(from("b.gz"), Some(16 << 20));
    assert_eq!(from("c.gz"), None);
    let only_logs = Selection::all(&store.snapshot()).len();
    assert_eq!(only_logs, 2 + 18_010 + 32_000 + 100);
    // In a later session they are found by hash and label.
    let names = std::fs::read_dir(cache.path()).unwrap();
    assert_eq!(names.count(), 2);
    let copy = crate::job::spool::Spool::of_object(cache.path(), &object("a.tgz").sha256.unwrap());
    let run = copy.unwrap().run("deep.log").unwrap();
    evidence.reach(object("a.tgz!deep.log").id, crate::job::direct::Direct::Run(run));
    // Without the archives, the depths are still there.
    let snapshot = store.snapshot();
    std::fs::remove_file(folder.path().join("a.tgz")).unwrap();
    for at in Selection::all(&snapshot).window(0, usize::MAX) {
        let origin = snapshot.segment(at).origin(usize::from(at.row));
        if origin.object == object("a.tgz!deep.log").id {
            let raw = evidence.read(&origin).unwrap();
            assert!(raw.starts_with(b"{\"time\"") && raw.ends_with(b"}"));
        }
    }
}

#[test]
fn records_are_the_same_from_the_front_from_copies_and_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let archive = tar(&[
        ("large.log", lines(0..18_000).as_bytes()),
        ("deep.log", lines(18_000..18_010).as_bytes()),
    ]);
    std::fs::write(folder.path().join("a.tgz"), gzip(&archive)).unwrap();
    std::fs::write(folder.path().join("plain.log"), lines(20_000..40_000)).unwrap();
    for watched in [false, true] {
        let options = Options { threads: 2, watched, ..Options::default() };
        let (store, evidence) = load_with(folder.path(), options);
        assert_eq!(store.snapshot().visible(), 38_010);
        check_records(&store, &evidence);
    }
}

#[test]
fn a_full_disk_costs_no_record_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("b.gz"), gzip(lines(0..32_000).as_bytes())).unwrap();
    let spool = Some(folder.path().join("no-such-folder"));
    let options = Options { threads: 1, watched: true, spool, ..Options::default() };
    let (store, evidence) = load_with(folder.path(), options);
    check_records(&store, &evidence);
    let objects = store.ledger().all();
    assert_eq!(objects[0].state, Some(State::Read));
    let remark = objects[0].remarks[0].0.to_string();
    assert!(
        remark.starts_with("what lies deep in it could not be copied: No such file"),
        "{remark}"
    );
}

#[test]
fn a_source_is_listed_again_and_taken_out_while_somebody_looks() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, bytes: &[u8]| std::fs::write(path(name), bytes).unwrap();
    std::fs::create_dir(path("one")).unwrap();
    std::fs::create_dir(path("two")).unwrap();
    write("one/a.json", records(0..3).as_bytes());
    write("one/b.json", records(3..6).as_bytes());
    write("two/copy.json", records(0..3).as_bytes());
    let open = |name: &str| -> Arc<dyn Source> {
        Arc::new(Files::new(path(name).to_str().unwrap()).unwrap())
    };
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let (told, news) = bounded(1);
    let notify = Notify::new(move |_| {
        let _ = told.try_send(());
    });
    let shared = (Arc::clone(&store), Arc::clone(&evidence));
    let load =
        Load::start(vec![open("one")], shared.0, shared.1, Options::default(), notify).unwrap();
    let settle = || {
        while !load.progress().is_over() {
            news.recv_timeout(Duration::from_secs(10)).expect("the load ends");
        }
        let totals = store.ledger().totals();
        let counts = totals.counts;
        assert_eq!(counts.events as usize, store.snapshot().visible());
        (totals.objects, counts.events, counts.duplicate)
    };
    assert_eq!(settle(), (2, 6, 0));
    load.refresh(open("one").name());
    assert_eq!(settle(), (2, 6, 0), "nothing is new");
    load.open(vec![open("two")]);
    assert_eq!(settle(), (3, 6, 0), "the copy gives nothing");
    write("one/b.json", records(4..8).as_bytes());
    write("one/c.json", records(7..9).as_bytes());
    load.refresh(open("one").name());
    assert_eq!(settle(), (4, 8, 1));
    std::fs::remove_file(path("one/a.json")).unwrap();
    load.refresh(open("one").name());
    assert_eq!(settle(), (3, 8, 1), "now the copy gives its records");
    load.remove(open("one").name());
    assert_eq!(settle(), (1, 3, 0));
    load.again(store.ledger().ids(|_| true));
    assert_eq!(settle(), (1, 3, 0));
    load.remove(open("two").name());
    assert_eq!(settle(), (0, 0, 0));
}

/// A folder of files whose times never change.
struct Still(Files);
impl Still {
    fn still(item: &Item) -> Item {
        let Locator::File { path, stamp } = &item.locator else { return item.clone() };
        let stamp = Stamp { modified_nanos: 0, changed_nanos: 0, ..*stamp };
        Item { locator: Locator::File { path: path.clone(), stamp }, ..item.clone() }
    }
}
impl Source for Still {
    fn name(&self) -> &str {
        self.0.name()
    }
    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        self.0.list(cancel, &mut |listed| match listed {
            Listed::Item(item) => emit(Listed::Item(Self::still(&item))),
            left @ Listed::Left { .. } => emit(left),
        });
    }
    fn open(&self, item: &Item) -> Result<Input, Reason> {
        self.0.open(item)
    }
    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.0.open(item)
    }
}

#[test]
fn bytes_that_changed_behind_the_same_times_are_found_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    std::fs::write(&path, records(0..3)).unwrap();
    let place = Place { folder: folder.path().join("segments"), writable: true };
    let load = |watched| {
        let source: Arc<dyn Source> = Arc::new(Still(Files::new(path.to_str().unwrap()).unwrap()));
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let shelf = Some(place.clone());
        let options = Options { shelf, watched, ..Options::default() };
        let (told, news) = bounded(100);
        let notify = Notify::new(move |_| {
            let _ = told.try_send(());
        });
        let load = Load::start(vec![source], Arc::clone(&store), evidence, options, notify);
        (load.unwrap(), store, news)
    };
    load(false).0.wait();
    // Of the same length, and with other bytes.
    std::fs::write(&path, records(0..3).replace("ListBuckets", "DropBuckets")).unwrap();
    let (load, store, news) = load(true);
    let event = || {
        let snapshot = store.snapshot();
        let row = Selection::all(&snapshot).window(0, 1);
        row.first().map(|&at| snapshot.segment(at).value(0, "event").to_string())
    };
    while event().as_deref() != Some("DropBuckets") || !load.progress().is_over() {
        news.recv_timeout(Duration::from_secs(10)).expect("it is found");
    }
    let objects = store.ledger().all();
    assert_eq!(objects.len(), 1);
    assert_eq!(objects[0].remarks[0].0.kind, ReasonKind::Changed);
    assert!(!objects[0].unchecked);
}
