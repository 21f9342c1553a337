//! Files that are out of reach for a while, and more than can be held open.

use super::*;
use crate::source::{Input, Item, Listed};
use std::ops::ControlFlow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A folder that cannot be listed, or files that cannot be opened, for a while.
pub(super) struct Flaky {
    files: Files,
    is_away: AtomicBool,
    pub(super) is_shut: AtomicBool,
    listed: AtomicUsize,
}

impl Flaky {
    pub(super) fn new(files: Files, is_shut: bool) -> Arc<Self> {
        let (is_away, listed) = Default::default();
        Arc::new(Self { files, is_away, is_shut: AtomicBool::new(is_shut), listed })
    }
}

impl Source for Flaky {
    fn name(&self) -> &str {
        self.files.name()
    }

    fn list(&self, cancel: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        self.listed.fetch_add(1, Ordering::Relaxed);
        if !self.is_away.load(Ordering::Relaxed) {
            return self.files.list(cancel, emit);
        }
        let (path, key) = (self.name().to_owned(), String::new());
        let reason = Reason::new(ReasonKind::Io, "stale file handle");
        let _ = emit(Listed::Left { path, key, bytes: None, state: State::Failed, reason });
    }

    fn open(&self, item: &Item, cancel: &Cancel) -> Result<Input, Reason> {
        if self.is_shut.load(Ordering::Relaxed) {
            return Err(Reason::new(ReasonKind::Io, "too many open files"));
        }
        self.files.open(item, cancel)
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.files.reopen(item)
    }

    fn refresh(&self, item: &Item) -> Option<Item> {
        self.files.refresh(item)
    }
}

#[test]
fn what_is_out_of_reach_for_a_while_is_not_gone_and_not_another() {
    let flaky = OnceLock::new();
    let bench = Bench::over(&[("a.log", &lines(0..2)), ("b.log", &lines(2..4))], |files| {
        let flaky = flaky.get_or_init(|| Flaky::new(files, false));
        vec![Arc::clone(flaky) as Arc<_>]
    });
    let flaky = flaky.get().unwrap();
    let looks = |bench: &Bench, count: usize| {
        let before = flaky.listed.load(Ordering::Relaxed);
        let after = |_: &Bench| flaky.listed.load(Ordering::Relaxed) >= before + count;
        bench.wait_until("it is looked at", after);
    };
    bench.wait_for(0..4);
    append(&bench.path("a.log"), &lines(4..5));
    bench.wait_for(0..5);
    flaky.is_away.store(true, Ordering::Relaxed);
    looks(&bench, 3);
    flaky.is_away.store(false, Ordering::Relaxed);
    append(&bench.path("a.log"), &lines(5..6));
    bench.wait_for(0..6);
    flaky.is_shut.store(true, Ordering::Relaxed);
    append(&bench.path("b.log"), &lines(6..7));
    bench.wait_until("it is told", |bench| {
        bench.remarks("b.log").contains("cannot be read further for now: too many open files")
    });
    looks(&bench, 3);
    flaky.is_shut.store(false, Ordering::Relaxed);
    bench.wait_for(0..7);
    assert!(!bench.has("a.log#2") && !bench.has("b.log#2"));
    assert!(!bench.remarks("a.log").contains("gone"), "{}", bench.remarks("a.log"));
    assert_eq!(bench.object("b.log").remarks.len(), 1, "{}", bench.remarks("b.log"));
}

#[test]
fn more_files_grow_than_are_held_open() {
    let name = |n: usize| format!("{n}.log");
    let texts: Vec<_> = (0..6).map(|n| (name(n), lines(n..n + 1))).collect();
    let files: Vec<_> = texts.iter().map(|(name, text)| (&**name, &**text)).collect();
    let bench = Bench::new(&files);
    bench.wait_for(0..6);
    for round in 1..4 {
        for n in 0..6 {
            append(&bench.path(&name(n)), &line(round * 6 + n));
        }
        bench.wait_for(0..(round + 1) * 6);
    }
    // What is not held open is copied all the same.
    (0..6).for_each(|n| std::fs::write(bench.path(&name(n)), "").unwrap());
    append(&bench.path(&name(0)), &line(24));
    bench.wait_for(0..25);
    assert!(bench.has("0.log#2"));
    assert_eq!(bench.object("5.log").state, Some(State::Read));
    assert_eq!(std::fs::read_dir(bench.cache.path()).unwrap().count(), 6);
}
