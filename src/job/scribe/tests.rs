//! What is ordered while nothing can be written. A byte at the journal's end that is not ours
//! stands for the full disk: until it is gone, nothing is added.

use super::*;
use crate::case::{Exhibit, Settings, Workspaces};
use crate::event::Timestamp;
use crate::job::Evidence;
use crate::source::Limits;
use crate::store::Store;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

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
    assert_ne!(scribe.close(Duration::from_mins(1)), Ended::Unknown);
    let opened = all.open("case").unwrap();
    assert_eq!(opened.findings, []);
    let state = opened.state();
    assert_eq!(notes(&state), expected);
    let before = desk.state.entries();
    assert_eq!(&state.entries()[..before.len()], before, "as they were shown");
}

struct Desktop {
    dir: tempfile::TempDir,
    all: Workspaces,
    scribe: Scribe,
    journal: PathBuf,
}

fn desktop() -> Desktop {
    let dir = tempfile::tempdir().unwrap();
    let all = Workspaces::new(dir.path());
    let made = all.create("case", Vec::new(), Settings::default(), Timestamp(0)).unwrap();
    let scribe = start(made);
    let journal = dir.path().join("case/journal.jsonl");
    Desktop { dir, all, scribe, journal }
}

fn typed(text: &str) -> Typed {
    Typed { text: text.to_owned(), subject: Subject::Kept(Vec::new()) }
}

fn draft(text: &str) -> Order {
    Order::Draft(Some(typed(text)))
}

impl Desktop {
    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join("case").join(name)
    }

    fn kept_draft(&self) -> Option<String> {
        let text = fs::read_to_string(self.file("draft")).ok()?;
        let draft: crate::case::Draft = serde_json::from_str(&text).unwrap();
        Some(draft.text)
    }
}

#[test]
fn a_draft_stays_until_its_note_is_in_the_journal() {
    let desk = desktop();
    after(&desk.scribe, [draft("one"), note("one"), Order::Draft(None)]);
    assert_eq!(desk.kept_draft(), None);

    spoil(&desk.journal);
    // No room for a file beside the journal either.
    fs::create_dir(desk.file("unsaved.jsonl")).unwrap();
    after(&desk.scribe, [draft("two"), note("two"), Order::Draft(None)]);
    assert_eq!(desk.kept_draft().as_deref(), Some("two"));
    // What is typed next does not take its place.
    after(&desk.scribe, [draft("three")]);
    assert_eq!(desk.kept_draft().as_deref(), Some("two"));
    fs::remove_dir(desk.file("unsaved.jsonl")).unwrap();
    after(&desk.scribe, []);
    assert_eq!(desk.kept_draft().as_deref(), Some("three"));

    restore(&desk.journal);
    assert_eq!(after(&desk.scribe, []).saved, Saved::Yes);
    assert_eq!(desk.kept_draft().as_deref(), Some("three"));
    after(&desk.scribe, [Order::Draft(None)]);
    assert_eq!(desk.kept_draft(), None);
}

#[test]
fn to_save_at_the_end_is_to_try_again_first() {
    let desk = desktop();
    spoil(&desk.journal);
    after(&desk.scribe, [note("one")]);
    restore(&desk.journal);
    assert_eq!(after(&desk.scribe, []).saved, Saved::Yes);
    assert!(fs::read_to_string(&desk.journal).unwrap().contains(r#""text":"one""#));
    assert!(!desk.file("unsaved.jsonl").exists());
}

#[test]
fn what_cannot_be_saved_until_the_end_is_there_the_next_time() {
    let mut desk = desktop();
    after(&desk.scribe, [note("one")]);
    spoil(&desk.journal);
    let before = after(&desk.scribe, [note("two"), edit(2, "TWO"), Order::Undo]);
    assert_eq!(desk.scribe.close(Duration::from_mins(1)), Ended::Aside);
    restore(&desk.journal);
    let opened = desk.all.open("case").unwrap();
    assert_eq!(notes(&opened.state()), [(1, "one"), (2, "two")]);
    assert_eq!(opened.findings.len(), 1, "{:?}", opened.findings);
    let (state, shown) = (opened.state(), before.state.entries());
    assert_eq!(&state.entries()[..shown.len()], shown, "as they were shown");
    assert!(opened.state().open_session().is_none(), "the session's end is there too");
}

#[test]
fn what_can_never_be_written_holds_up_nothing() {
    let desk = desktop();
    // A line feed takes two bytes in the journal.
    let raw = vec![b'\n'; 12 << 20];
    let exhibit = Arc::new(Exhibit {
        object: "a.log".to_owned(),
        member: None,
        sha256: None,
        offset: 0,
        length: raw.len() as u64,
        place: crate::event::Place::Line(1),
        time: None,
        zone: None,
        format: "unparsed".to_owned(),
        record_sha256: crate::case::sha256_hex(&raw),
        raw: crate::case::Raw(raw),
        inside: None,
        within: Vec::new(),
        summary: String::new(),
    });
    let subject = Subject::Kept(vec![exhibit; 3]);
    let huge = Typed { text: "huge".to_owned(), subject };
    let now = after(&desk.scribe, [draft("huge"), Order::Note(huge), note("two")]);
    assert_eq!(now.saved, Saved::Yes);
    assert_eq!(notes(&now.state), [(1, "two")]);
    let now = after(&desk.scribe, [Order::Note(typed("three"))]);
    assert_eq!(notes(&now.state), [(1, "two"), (2, "three")]);
}

#[test]
fn only_the_newest_draft_is_kept() {
    let (done, _) = crossbeam_channel::bounded(1);
    let all = vec![
        draft("a"),
        draft("b"),
        Order::Flush(done),
        draft("c"),
        note("c"),
        Order::Draft(None),
        draft("d"),
        Order::Undo,
        draft("e"),
    ];
    let kept: Vec<String> = writer::newest_drafts(all)
        .into_iter()
        .map(|order| match order {
            Order::Draft(typed) => typed.map_or_else(String::new, |typed| typed.text),
            Order::Flush(_) => "flush".to_owned(),
            Order::Note(typed) => format!("note {}", typed.text),
            _ => "undo".to_owned(),
        })
        .collect();
    assert_eq!(kept, ["b", "flush", "c", "note c", "undo", "e"]);
}
