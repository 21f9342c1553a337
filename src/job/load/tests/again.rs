//! Sources that are listed and read a second time: what came, what went and what changed.

use super::streams::Slow;
use super::*;

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
    fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason> {
        self.0.open(item, cancel)
    }
    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.0.open(item, &Cancel::new())
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

#[test]
fn what_came_through_a_pipe_stays_when_the_file_of_the_same_bytes_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    std::fs::write(&path, records(0..3)).unwrap();
    let file: Arc<dyn Source> = Arc::new(Files::new(path.to_str().unwrap()).unwrap());
    let text: &'static str = Box::leak(records(0..3).into_boxed_str());
    let (pen, sent) = bounded(1);
    pen.send(text).unwrap();
    drop(pen);
    let pipe: Arc<dyn Source> = Arc::new(Slow(Mutex::new(Some(sent))));
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let shared = (Arc::clone(&store), Arc::clone(&evidence));
    let sources = vec![Arc::clone(&file), pipe];
    let load =
        Load::start(sources, shared.0, shared.1, Options::default(), Notify::nobody()).unwrap();
    let settle = || {
        while !load.progress().is_over() {
            std::thread::yield_now();
        }
        let visible = store.snapshot().visible();
        assert_eq!(store.ledger().totals().counts.events as usize, visible);
        visible
    };
    assert_eq!(settle(), 3);
    load.remove(file.name());
    assert_eq!(settle(), 3);
    let snapshot = store.snapshot();
    for at in Selection::all(&snapshot).window(0, 9) {
        let origin = snapshot.segment(at).origin(usize::from(at.row));
        assert_eq!(store.ledger().path(origin.object).as_deref(), Some("-"));
        assert!(evidence.read(&origin).is_ok());
    }
}

/// Two files with duplicates, a shelf, and an empty folder.
struct Shelved(tempfile::TempDir);
impl Shelved {
    fn new() -> Self {
        let shelved = Self(tempfile::tempdir().unwrap());
        for name in ["one", "none"] {
            std::fs::create_dir(shelved.0.path().join(name)).unwrap();
        }
        let write = |name: &str, ids| {
            std::fs::write(shelved.0.path().join("one").join(name), records(ids)).unwrap();
        };
        write("a.json", 0..6);
        write("b.json", 4..9);
        shelved
    }
    fn open(&self, name: &str) -> Arc<dyn Source> {
        Arc::new(Files::new(self.0.path().join(name).to_str().unwrap()).unwrap())
    }
    /// Events and duplicates, then those after the empty folder was opened too.
    fn load(&self) -> [(u64, u64); 2] {
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let place = Some(Place { folder: self.0.path().join("segments"), writable: true });
        let (options, notify) = (Options { shelf: place, ..Options::default() }, Notify::nobody());
        let sources = vec![self.open("one")];
        let load = Load::start(sources, Arc::clone(&store), evidence, options, notify).unwrap();
        let settle = || {
            while !load.progress().is_over() {
                std::thread::yield_now();
            }
            let counts = store.ledger().totals().counts;
            assert_eq!(counts.records, counts.parsed + counts.duplicate);
            assert_eq!(counts.events, store.snapshot().visible() as u64);
            (counts.events, counts.duplicate)
        };
        let before = settle();
        load.open(vec![self.open("none")]);
        [before, settle()]
    }
}

#[test]
fn what_an_earlier_session_found_out_is_recalled_once() {
    let shelved = Shelved::new();
    assert_eq!(shelved.load(), [(9, 2); 2]);
    assert_eq!(shelved.load(), [(9, 2); 2]);
}

#[test]
fn what_is_damaged_on_the_shelf_is_read_again_once() {
    let shelved = Shelved::new();
    shelved.load();
    let pack = shelved.0.path().join("segments/0001.seg");
    let (bytes, index) = (std::fs::read(&pack).unwrap(), pack.with_extension("idx"));
    let lines = std::fs::read(&index).unwrap();
    for at in (0..bytes.len()).step_by(bytes.len() / 24) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        std::fs::remove_dir_all(pack.parent().unwrap()).unwrap();
        std::fs::create_dir(pack.parent().unwrap()).unwrap();
        std::fs::write(&pack, damaged).unwrap();
        std::fs::write(&index, &lines).unwrap();
        assert_eq!(shelved.load(), [(9, 2); 2], "byte {at}");
    }
}

#[test]
fn what_finds_duplicates_is_kept_while_more_is_awaited() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), records(0..6)).unwrap();
    let source: Arc<dyn Source> = Arc::new(Files::new(folder.path().to_str().unwrap()).unwrap());
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let (options, notify) = (Options::default(), Notify::nobody());
    let load = Load::start(vec![], Arc::clone(&store), evidence, options, notify).unwrap();
    let settle = || {
        while !load.progress().is_over() {
            std::thread::yield_now();
        }
        store.heap().1
    };
    load.await_more(true);
    load.open(vec![Arc::clone(&source)]);
    assert!(settle() > 0);
    load.await_more(false);
    load.refresh(source.name());
    assert_eq!(settle(), 0);
}
