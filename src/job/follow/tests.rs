mod far;
mod others;
mod reach;
mod zones;

use super::*;
use crate::event::{Records, State};
use crate::source::{Files, Limits};
use crate::store::Selection;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A folder that is followed.
struct Bench {
    folder: tempfile::TempDir,
    cache: tempfile::TempDir,
    store: Arc<Store>,
    evidence: Arc<Evidence>,
    load: Arc<Load>,
    news: Receiver<()>,
    deliveries: Arc<Deliveries>,
    // Ends before what it works with.
    follow: Follow,
}

fn line(n: usize) -> String {
    format!("{{\"time\":\"2026-01-01T00:{:02}:{:02}Z\",\"message\":\"m-{n}\"}}\n", n / 60, n % 60)
}

fn lines(range: std::ops::Range<usize>) -> String {
    range.map(line).collect()
}

fn append(path: &Path, text: &str) {
    File::options()
        .append(true)
        .create(true)
        .open(path)
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
}

impl Bench {
    fn new(files: &[(&str, &str)]) -> Self {
        Self::over(files, |files| vec![Arc::new(files)])
    }

    /// With what is made of the folder as sources.
    fn over(files: &[(&str, &str)], sources: impl FnOnce(Files) -> Vec<Arc<dyn Source>>) -> Self {
        let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let sources = sources(Files::new(folder.path().to_str().unwrap()).unwrap());
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let spool = Some(cache.path().to_owned());
        let options = Options { threads: 1, watched: true, spool, ..Options::default() };
        let (told, news) = bounded(1);
        let notify = Notify::new(move |_| {
            let _ = told.try_send(());
        });
        let shared = (Arc::clone(&store), Arc::clone(&evidence));
        let load =
            Load::start(sources.clone(), shared.0, shared.1, options.clone(), notify.clone());
        let load = Arc::new(load.unwrap());
        let deliveries = Arc::<Deliveries>::default();
        let ground = Ground {
            deliveries: Arc::clone(&deliveries),
            sources: Arc::new(ArcSwap::from_pointee(sources)),
            store: Arc::clone(&store),
            evidence: Arc::clone(&evidence),
            load: Arc::clone(&load),
            options,
            notify,
            cancel: Cancel::new(),
        };
        let follow = Follow::start(ground).unwrap();
        Self { folder, cache, store, evidence, load, news, deliveries, follow }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits until these are the messages, in the order of time.
    fn wait_for(&self, messages: impl Iterator<Item = usize>) {
        let wanted: Vec<String> = messages.map(|n| format!("m-{n}")).collect();
        let given_up = Instant::now() + Duration::from_secs(30);
        while self.messages() != wanted {
            assert!(Instant::now() < given_up, "{:?} is not {wanted:?}", self.messages());
            let _ = self.news.recv_timeout(Duration::from_millis(100));
        }
        let totals = self.store.ledger().totals().counts;
        assert_eq!(totals.records, totals.parsed + totals.unparsed + totals.duplicate);
        assert_eq!(totals.events, self.store.snapshot().visible() as u64);
        self.check_records();
    }

    fn wait_until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let given_up = Instant::now() + Duration::from_secs(30);
        while !is_so(self) {
            assert!(Instant::now() < given_up, "{what}");
            let _ = self.news.recv_timeout(Duration::from_millis(100));
        }
    }

    fn has(&self, name: &str) -> bool {
        self.store.ledger().find(self.path(name).to_str().unwrap()).is_some()
    }

    /// Waits until everything that was asked for is read.
    fn settle(&self) {
        let given_up = Instant::now() + Duration::from_secs(30);
        while !self.load.progress().is_over() {
            assert!(Instant::now() < given_up, "{:?}", self.load.progress());
            let _ = self.news.recv_timeout(Duration::from_millis(100));
        }
    }

    fn messages(&self) -> Vec<String> {
        let snapshot = self.store.snapshot();
        let rows = Selection::all(&snapshot).window(0, usize::MAX);
        let value = |at| snapshot.segment(at).value(usize::from(at.row), "message").to_string();
        rows.into_iter().map(value).collect()
    }

    /// Every record can be read again, whatever became of its file.
    fn check_records(&self) {
        self.check_records_of("");
    }

    /// Those of objects whose names begin so.
    fn check_records_of(&self, name: &str) {
        let (snapshot, path) = (self.store.snapshot(), self.path(name));
        for at in Selection::all(&snapshot).window(0, usize::MAX) {
            let segment = snapshot.segment(at);
            let object = segment.origin(usize::from(at.row)).object;
            if !self.store.ledger().path(object).unwrap().starts_with(path.to_str().unwrap()) {
                continue;
            }
            let raw = self.evidence.read(&segment.origin(usize::from(at.row))).unwrap();
            let raw = String::from_utf8(raw).unwrap();
            let said = segment.value(usize::from(at.row), "message").to_string();
            assert!(raw.contains(&format!("\"{said}\"")), "{raw} does not say {said}");
        }
    }

    fn object(&self, name: &str) -> crate::store::Object {
        let ledger = self.store.ledger();
        let path = self.path(name).to_str().unwrap().to_owned();
        ledger.get(ledger.find(&path).unwrap_or_else(|| panic!("{name} is not there"))).unwrap()
    }

    fn remarks(&self, name: &str) -> String {
        let object = self.object(name);
        object.remarks.iter().map(|(reason, _)| reason.to_string()).collect::<Vec<_>>().join("; ")
    }
}

#[test]
fn what_is_appended_becomes_rows_and_a_line_waits_for_its_end() {
    let bench = Bench::new(&[("a.log", &lines(0..5)), ("still.log", &lines(100..103))]);
    bench.wait_for((0..5).chain(100..103));
    let whole = line(7);
    append(&bench.path("a.log"), &lines(5..7));
    append(&bench.path("a.log"), &whole[..20]);
    bench.wait_for((0..7).chain(100..103));
    let object = bench.object("a.log");
    assert_eq!((object.state, object.sha256), (Some(State::Growing), None));
    append(&bench.path("a.log"), &whole[20..]);
    bench.wait_for((0..8).chain(100..103));
    let object = bench.object("a.log");
    assert_eq!(object.bytes, lines(0..8).len() as u64);
    assert_eq!(object.inflated, object.bytes);
    let hash = crate::case::sha256_hex(lines(0..8).as_bytes());
    assert!(object.reason.unwrap().to_string().ends_with(&hash));
    assert_eq!(bench.object("still.log").state, Some(State::Read));
}

#[test]
fn a_renamed_file_is_read_once_and_what_takes_its_place_is_another_object() {
    let bench = Bench::new(&[("a.log", &lines(0..3))]);
    bench.wait_for(0..3);
    append(&bench.path("a.log"), &lines(3..5));
    bench.wait_for(0..5);
    append(&bench.path("a.log"), &lines(5..6));
    std::fs::rename(bench.path("a.log"), bench.path("a.log.1")).unwrap();
    append(&bench.path("a.log"), &lines(6..8));
    bench.wait_for(0..8);
    append(&bench.path("a.log"), &lines(8..9));
    bench.wait_for(0..9);
    assert!(bench.remarks("a.log").contains("a.log.1 now"), "{}", bench.remarks("a.log"));
    assert_eq!(bench.object("a.log#2").counts.records, 3);
    // What is removed is still there to be shown.
    std::fs::remove_file(bench.path("a.log.1")).unwrap();
    append(&bench.path("a.log"), &lines(9..10));
    bench.wait_for(0..10);
}

#[test]
fn a_file_that_was_cut_goes_on_as_another_object() {
    let bench = Bench::new(&[("a.log", &lines(0..3))]);
    bench.wait_for(0..3);
    append(&bench.path("a.log"), &lines(3..5));
    bench.wait_for(0..5);
    std::fs::write(bench.path("a.log"), lines(5..7)).unwrap();
    bench.wait_for(0..7);
    assert!(bench.remarks("a.log").contains("was cut to"), "{}", bench.remarks("a.log"));
    assert_eq!(bench.object("a.log").state, Some(State::Read));
    append(&bench.path("a.log"), &lines(7..9));
    bench.wait_for(0..9);
    assert_eq!(bench.object("a.log#2").state, Some(State::Growing));
    assert!(std::fs::read_dir(bench.cache.path()).unwrap().count() >= 2);
}

#[test]
fn a_file_that_was_copied_and_cut_gives_its_records_once() {
    let bench = Bench::new(&[("a.log", &lines(0..3))]);
    bench.wait_for(0..3);
    append(&bench.path("a.log"), &lines(3..5));
    bench.wait_for(0..5);
    std::fs::copy(bench.path("a.log"), bench.path("a.log.1")).unwrap();
    std::fs::write(bench.path("a.log"), lines(5..7)).unwrap();
    bench.wait_until("the copy", |bench| bench.has("a.log.1") && bench.has("a.log#2"));
    bench.wait_for(0..7);
    assert_eq!(bench.object("a.log.1").state, Some(State::Skipped));
}

#[test]
fn a_file_that_was_written_anew_is_not_taken_for_one_that_grew() {
    let bench = Bench::new(&[("a.log", &lines(0..3))]);
    bench.wait_for(0..3);
    // As long as before and longer, with other records.
    std::fs::write(bench.path("a.log"), lines(10..15)).unwrap();
    let given_up = Instant::now() + Duration::from_secs(30);
    while bench.messages().len() < 8 {
        assert!(Instant::now() < given_up, "{:?}", bench.messages());
        let _ = bench.news.recv_timeout(Duration::from_millis(100));
    }
    assert!(bench.remarks("a.log").contains("was written anew"), "{}", bench.remarks("a.log"));
    assert_eq!(bench.object("a.log#2").counts.records, 5);
}

#[test]
fn files_that_appear_are_loaded_and_an_empty_one_may_grow() {
    let bench = Bench::new(&[("a.log", ""), ("b.log", &lines(0..2))]);
    bench.wait_for(0..2);
    append(&bench.path("a.log"), &lines(2..4));
    std::fs::create_dir(bench.path("deep")).unwrap();
    append(&bench.path("deep/c.log"), &lines(4..6));
    bench.wait_for(0..6);
    append(&bench.path("deep/c.log"), &lines(6..7));
    bench.wait_for(0..7);
    // What the files hold needs no copy when nobody looks on any more; what they lost does.
    std::fs::write(bench.path("a.log"), "").unwrap();
    drop(bench.follow);
    let copies = std::fs::read_dir(bench.cache.path()).unwrap();
    assert_eq!(copies.count(), 1);
}

#[test]
fn a_followed_source_that_is_listed_again_keeps_what_it_holds() {
    let bench = Bench::new(&[("a.log", &lines(0..3))]);
    bench.wait_for(0..3);
    append(&bench.path("b.log"), &lines(3..5));
    bench.wait_for(0..5);
    bench.settle();
    bench.load.refresh(bench.folder.path().to_str().unwrap());
    bench.settle();
    bench.wait_for(0..5);
    append(&bench.path("a.log"), &lines(5..6));
    append(&bench.path("b.log"), &lines(6..7));
    bench.wait_for(0..7);
}

#[test]
fn a_pipe_that_is_silent_does_not_keep_files_from_being_followed() {
    let place = tempfile::tempdir().unwrap();
    let pipe = place.path().join("pipe");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let source: Arc<dyn Source> = Arc::new(Files::new(pipe.to_str().unwrap()).unwrap());
    let bench =
        Bench::over(&[("a.log", &lines(0..2))], |files| vec![source, Arc::new(files) as Arc<_>]);
    bench.wait_for(0..2);
    append(&bench.path("b.log"), &lines(2..4));
    bench.wait_for(0..4);
    append(&bench.path("a.log"), &lines(4..5));
    std::fs::rename(bench.path("b.log"), bench.path("b.log.1")).unwrap();
    append(&bench.path("b.log"), &lines(5..6));
    bench.wait_for(0..6);
    let mut writer = File::options().write(true).open(&pipe).unwrap();
    writer.write_all(lines(6..7).as_bytes()).unwrap();
    bench.wait_for(0..7);
    assert!(!bench.load.progress().is_over());
    drop(writer);
    bench.settle();
    append(&bench.path("b.log"), &lines(7..8));
    bench.wait_for(0..8);
}

#[test]
fn a_file_of_two_names_is_read_once() {
    let bench = Bench::new(&[("b.log", "")]);
    std::fs::hard_link(bench.path("b.log"), bench.path("c.log")).unwrap();
    let place = tempfile::tempdir_in(bench.folder.path().parent().unwrap()).unwrap();
    std::fs::create_dir(place.path().join("pods")).unwrap();
    append(&place.path().join("pods/0.log"), &lines(0..2));
    std::os::unix::fs::symlink("pods/0.log", place.path().join("a.log")).unwrap();
    // Both names are there at once.
    std::fs::rename(place.path(), bench.path("k8s")).unwrap();
    bench.wait_for(0..2);
    append(&bench.path("k8s/a.log"), &lines(2..3));
    append(&bench.path("c.log"), &lines(3..4));
    bench.wait_for(0..4);
    append(&bench.path("b.log"), &lines(4..5));
    std::fs::remove_file(bench.path("k8s/pods/0.log")).unwrap();
    bench.wait_for(0..5);
}

#[test]
fn a_file_that_was_written_anew_with_the_same_size_is_another_object() {
    let bench = Bench::new(&[("a.log", &lines(0..2)), ("last-run.log", &line(10))]);
    bench.wait_for((0..2).chain(10..11));
    // Nothing but its times changes.
    let touched = File::options().append(true).open(bench.path("a.log")).unwrap();
    touched.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_772_600_000)).unwrap();
    std::fs::write(bench.path("last-run.log"), line(11)).unwrap();
    let is_there = |bench: &Bench| bench.messages() == ["m-0", "m-1", "m-10", "m-11"];
    bench.wait_until("a second object", is_there);
    append(&bench.path("last-run.log"), &line(12));
    bench.wait_until("it grows", |bench| bench.messages().len() == 5);
    // Now that it is held open.
    let text = std::fs::read_to_string(bench.path("last-run.log")).unwrap();
    std::fs::write(bench.path("last-run.log"), text.replace("m-1", "n-1")).unwrap();
    bench.wait_until("a third object", |bench| bench.messages().contains(&"n-12".to_owned()));
    assert!(bench.remarks("last-run.log").contains("was written anew"));
    assert!(bench.has("last-run.log#3") && !bench.has("a.log#2"));
    append(&bench.path("a.log"), &line(2));
    bench.wait_until("the other grows", |bench| bench.messages().contains(&"m-2".to_owned()));
    // It is what it was, and its records are at hand.
    bench.check_records_of("a.log");
}
