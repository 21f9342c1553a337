//! What is ordered while nothing can be written. A byte at the journal's end that is not ours
//! stands for the full disk: until it is gone, nothing is added.

use super::*;
use crate::case::{Settings, Workspaces};
use crate::job::Evidence;
use crate::source::Limits;
use crate::store::Store;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

fn start(opened: Opened) -> Scribe {
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let author = Author { who: "alice".to_owned(), host: "bastion-1".to_owned() };
    Scribe::start(opened, author, Vec::new(), Pinner::new(store, evidence), Notify::nobody())
        .unwrap()
}

/// The desk once everything ordered so far is carried out.
fn after(scribe: &Scribe, orders: impl IntoIterator<Item = Order>) -> Arc<Desk> {
    let (done, is_done) = crossbeam_channel::bounded(1);
    orders.into_iter().chain([Order::Flush(done)]).for_each(|order| scribe.order(order));
    is_done.recv().unwrap();
    scribe.desk()
}

fn note(text: &str) -> Order {
    Order::Note(Typed { text: text.to_owned(), subject: Subject::Kept(Vec::new()) })
}

fn edit(note: u64, text: &str) -> Order {
    Order::Note(Typed { text: text.to_owned(), subject: Subject::Note(note) })
}

fn watch(list: &str) -> Order {
    Order::Fact(What::WatchAdd { list: list.to_owned(), sha256: String::new() })
}

fn notes(state: &CaseState) -> Vec<(u64, &str)> {
    state.work().notes().values().map(|note| (note.id, note.text.as_str())).collect()
}

fn spoil(journal: &Path) {
    OpenOptions::new().append(true).open(journal).unwrap().write_all(b"?").unwrap();
}

fn restore(journal: &Path) {
    let size = fs::metadata(journal).unwrap().len();
    OpenOptions::new().write(true).open(journal).unwrap().set_len(size - 1).unwrap();
}

#[test]
fn what_waits_counts_for_what_is_ordered_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let all = Workspaces::new(dir.path());
    let made = all.create("case", Vec::new(), Settings::default(), Timestamp(0)).unwrap();
    let mut scribe = start(made);
    let journal = dir.path().join("case/journal.jsonl");
    assert_eq!(after(&scribe, [note("one")]).saved, Saved::Yes);

    spoil(&journal);
    let written = fs::read(&journal).unwrap();
    let waiting = [note("two"), note("three"), edit(3, "THREE"), note("four"), Order::Undo];
    let desk = after(&scribe, waiting);
    assert!(matches!(desk.saved, Saved::No { entries: 5, .. }), "{:?}", desk.saved);
    let expected = [(1, "one"), (2, "two"), (3, "THREE")];
    assert_eq!(notes(&desk.state), expected);
    let desk = after(&scribe, [Order::Undo, Order::Redo, watch("bad.txt"), note("five")]);
    assert!(matches!(desk.saved, Saved::No { entries: 9, .. }), "{:?}", desk.saved);
    let expected = [&expected[..], &[(5, "five")]].concat();
    assert_eq!(notes(&desk.state), expected);
    assert_eq!(desk.state.work().watched(), ["bad.txt"]);
    assert_eq!(fs::read(&journal).unwrap(), written);

    restore(&journal);
    let desk = after(&scribe, [note("six")]);
    assert_eq!(desk.saved, Saved::Yes);
    let expected = [&expected[..], &[(6, "six")]].concat();
    assert_eq!(notes(&desk.state), expected);
    assert!(scribe.close(Duration::from_mins(1)));
    let opened = all.open("case").unwrap();
    assert_eq!(opened.findings, []);
    let state = opened.state();
    assert_eq!(notes(&state), expected);
    let before = desk.state.entries();
    assert_eq!(&state.entries()[..before.len()], before, "as they were shown");
}
