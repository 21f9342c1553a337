use super::*;
use crate::event::{Cancel, Reason, ReasonKind};
use crate::format::formats;
use crate::job::{Load, Options};
use crate::query::{Names, Now, parse};
use crate::source::{Input, Item, Limits, Listed, Locator, Source};
use crate::store::Selection;
use std::io::{Seek, Write};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Objects that can be loaded at any time, and read again only when their gate lets them pass.
#[derive(Default)]
struct Gated {
    objects: Vec<(String, String)>,
    /// Waited for before an object is read again; without one nobody waits.
    gate: Option<Receiver<()>>,
    opened: AtomicUsize,
    /// Names of objects that are no longer there.
    gone: &'static [&'static str],
}

impl Gated {
    fn lines(&self, item: &Item) -> &str {
        self.objects.iter().find(|(name, _)| **name == *item.path).map_or("", |(_, lines)| lines)
    }
}

impl Gated {
    fn file(&self, item: &Item) -> Input {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(self.lines(item).as_bytes()).unwrap();
        file.rewind().unwrap();
        Input::File(file)
    }
}

impl Source for Gated {
    fn name(&self) -> &'static str {
        "gated"
    }

    fn list(&self, _: &Cancel, emit: &mut dyn FnMut(Listed) -> ControlFlow<()>) {
        for (name, lines) in &self.objects {
            let _ = emit(Listed::Item(Item {
                path: name.as_str().into(),
                key: name.as_str().into(),
                bytes: Some(lines.len() as u64),
                modified: None,
                locator: Locator::Stdin,
            }));
        }
    }

    fn open(&self, item: &Item, _: &Cancel) -> Result<Input, Reason> {
        Ok(self.file(item))
    }

    fn reopen(&self, item: &Item) -> Result<Input, Reason> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        if self.gone.contains(&&*item.path) {
            return Err(Reason::new(ReasonKind::Vanished, "is gone"));
        }
        if let Some(gate) = &self.gate {
            // A gate that is gone is open.
            let _ = gate.recv();
        }
        Ok(self.file(item))
    }
}

/// An object of JSON lines, one a second from this hour on; every third has the needle.
fn object(name: &str, hour: usize) -> (String, String) {
    let line = |n: usize| {
        let needle = if n.is_multiple_of(3) { "Needle" } else { "straw" };
        format!(r#"{{"time":"2026-03-04T{hour:02}:00:{n:02}Z","message":"{needle}-{n}"}}"#)
    };
    let lines: Vec<String> = (0..30).map(line).collect();
    (name.to_owned(), lines.join("\n") + "\n")
}

struct Stage {
    store: Arc<Store>,
    evidence: Arc<Evidence>,
    search: Search,
    notices: Receiver<()>,
    watch: Option<Arc<Query>>,
}

impl Stage {
    fn new(threads: usize) -> Self {
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let (sender, notices) = unbounded();
        let notify = Notify::new(move |_| {
            let _ = sender.send(());
        });
        let shared = (Arc::clone(&store), Arc::clone(&evidence));
        let options = Options { threads, ..Options::default() };
        let search = Search::start(shared.0, shared.1, &options, notify).unwrap();
        Self { store, evidence, search, notices, watch: None }
    }

    fn load(&self, source: &Arc<Gated>) {
        let shared = (Arc::clone(&self.store), Arc::clone(&self.evidence));
        let source: Arc<dyn Source> = Arc::clone(source) as _;
        let options = Options { threads: 1, ..Options::default() };
        Load::start(vec![source], shared.0, shared.1, options, Notify::nobody()).unwrap().wait();
    }

    fn ask(&self, generation: u64, text: &str, near: Option<RowRef>) {
        let mut names = Names::default();
        for format in formats() {
            names.add(format.schema());
        }
        let query = Arc::new(parse(text, &names, Now::default()).unwrap());
        let (case, watch, window) = (None, self.watch.clone(), None);
        let standings = None;
        let buckets = 10;
        self.search.ask(Question {
            generation,
            query,
            case,
            standings,
            alarmed: None,
            watch,
            window,
            buckets,
            near,
        });
    }

    /// The first answer that is as wanted.
    fn answer(&self, wanted: impl Fn(&Answer) -> bool) -> Arc<Answer> {
        loop {
            if let Some(answer) = self.search.answer().filter(|answer| wanted(answer)) {
                return answer;
            }
            self.notices.recv_timeout(Duration::from_secs(20)).expect("there is an answer");
        }
    }

    fn complete(&self, generation: u64) -> Arc<Answer> {
        self.answer(|answer| answer.generation == generation && answer.is_complete())
    }
}

fn rows(selection: &Selection) -> Vec<RowRef> {
    selection.window(0, 1000)
}

#[test]
fn the_answer_is_the_same_on_any_number_of_threads() {
    let objects = (0..9).map(|n| object(&format!("{n}.jsonl"), n)).collect();
    let source = Arc::new(Gated { objects, ..Gated::default() });
    for threads in [1, 4] {
        let stage = Stage::new(threads);
        stage.load(&source);
        stage.ask(1, "\"needle\" or message:straw-7", None);
        let answer = stage.complete(1);
        let selected = rows(&answer.selection);
        let snapshot = stage.store.snapshot();
        let wanted = |at: &RowRef| {
            let text = snapshot.segment(*at).value(usize::from(at.row), "message").to_string();
            text.starts_with("Needle") || text == "straw-7"
        };
        let all = rows(&Selection::all(&snapshot));
        assert_eq!(all.len(), 270);
        assert_eq!(selected, all.into_iter().filter(wanted).collect::<Vec<_>>());
        assert_eq!(answer.unread, 0);
        let bytes = answer.reading.expect("records were read");
        assert_eq!(bytes.bytes, bytes.of_bytes);
    }
}

#[test]
fn what_is_decided_stays_decided() {
    let source = |n| Arc::new(Gated { objects: vec![object("a", n)], ..Gated::default() });
    let opened = |source: &Gated| source.opened.load(Ordering::SeqCst);
    let (first, second) = (source(1), source(2));
    let stage = Stage::new(2);
    stage.load(&first);
    stage.ask(1, "\"needle\"", None);
    assert_eq!(stage.complete(1).selection.len(), 10);
    // More rows: only they are read.
    stage.load(&second);
    stage.search.refresh();
    let answer = stage.answer(|answer| answer.selection.len() == 20 && answer.is_complete());
    assert_eq!((opened(&first), opened(&second)), (1, 1));
    assert_eq!(answer.reading.map(|far| far.bytes), answer.reading.map(|far| far.of_bytes));
    // Another question, and the same one again in other words.
    stage.ask(2, "message:*-4", None);
    assert_eq!(stage.complete(2).selection.len(), 2);
    stage.ask(3, " \"needle\"  ", None);
    assert_eq!(stage.complete(3).selection.len(), 20);
    assert_eq!((opened(&first), opened(&second)), (1, 1));
}

#[test]
fn hits_near_the_cursor_come_first_and_while_the_rest_is_read() {
    let stage = Stage::new(1);
    let (gate, waiting) = unbounded();
    let objects = (0..3).map(|n| object(&format!("{n}.jsonl"), n)).collect();
    let source = Arc::new(Gated { objects, gate: Some(waiting), ..Gated::default() });
    stage.load(&source);
    let snapshot = stage.store.snapshot();
    let last = rows(&Selection::all(&snapshot)).pop();
    stage.ask(1, "\"needle\"", last);
    gate.send(()).unwrap();
    let answer = stage.answer(|answer| !answer.selection.is_empty());
    assert!(!answer.is_complete());
    let far = answer.reading.unwrap();
    assert!(0 < far.bytes && far.bytes < far.of_bytes, "{far:?}");
    let name = |at: &RowRef| {
        let origin = snapshot.segment(*at).origin(usize::from(at.row));
        stage.store.ledger().path(origin.object).unwrap().to_string()
    };
    assert!(rows(&answer.selection).iter().all(|at| name(at) == "2.jsonl"));
    drop(gate);
    assert_eq!(stage.complete(1).selection.len(), 30);
}

#[test]
fn another_question_is_answered_at_once_and_ends_the_reading() {
    let stage = Stage::new(1);
    let (gate, waiting) = unbounded();
    let objects = (0..5).map(|n| object(&format!("{n}.jsonl"), n)).collect();
    let source = Arc::new(Gated { objects, gate: Some(waiting), ..Gated::default() });
    stage.load(&source);
    stage.ask(1, "\"needle\"", None);
    stage.answer(|answer| answer.generation == 1);
    // The reader stands at the gate of the first object.
    stage.ask(2, "message:*-4", None);
    assert_eq!(stage.complete(2).selection.len(), 5);
    drop(gate);
    drop(stage);
    assert!(source.opened.load(Ordering::SeqCst) <= 1);
}

#[test]
fn what_is_stopped_stays_stopped_until_something_else_is_asked() {
    let stage = Stage::new(1);
    let (gate, waiting) = unbounded();
    let objects = (0..5).map(|n| object(&format!("{n}.jsonl"), n)).collect();
    let source = Arc::new(Gated { objects, gate: Some(waiting), ..Gated::default() });
    stage.load(&source);
    stage.ask(1, "\"needle\"", None);
    gate.send(()).unwrap();
    stage.answer(|answer| answer.selection.len() == 10);
    assert!(stage.search.stop());
    let answer = stage.answer(|answer| answer.reading.is_some_and(|reading| reading.stopped));
    assert!(!answer.is_complete() && answer.unread == 0);
    // Only now that the worker knows it may the readers go on.
    drop(gate);
    stage.ask(2, "\"needle\"", None);
    let answer = stage.answer(|answer| answer.generation == 2);
    assert!(!answer.is_complete() && answer.selection.len() < 50 && answer.unread == 0);
    assert!(!stage.search.stop(), "it is stopped already");
    stage.ask(3, "", None);
    stage.complete(3);
    stage.ask(4, "\"needle\"", None);
    assert_eq!(stage.complete(4).selection.len(), 50);
}

#[test]
fn zooming_does_not_begin_again() {
    let source = Arc::new(Gated { objects: vec![object("a", 1)], ..Gated::default() });
    let stage = Stage::new(1);
    stage.load(&source);
    stage.ask(1, "\"needle\"", None);
    stage.complete(1);
    stage.ask(2, "\"needle\"", None);
    assert_eq!(stage.complete(2).selection.len(), 10);
    assert_eq!(source.opened.load(Ordering::SeqCst), 1);
}

#[test]
fn what_cannot_be_read_again_is_counted_once_and_not_tried_for_ever() {
    let objects = (0..3).map(|n| object(&format!("{n}"), n)).collect();
    let source = Arc::new(Gated { objects, gone: &["1"], ..Gated::default() });
    let stage = Stage::new(2);
    stage.load(&source);
    stage.ask(1, "\"needle\"", None);
    let answer = stage.complete(1);
    assert_eq!((answer.selection.len(), answer.unread), (20, 30));
    stage.search.refresh();
    stage.ask(2, "\"needle\"", None);
    assert_eq!(stage.complete(2).unread, 30);
    assert_eq!(source.opened.load(Ordering::SeqCst), 3);
}

#[test]
fn what_is_watched_for_is_found_as_rows_come_and_among_those_that_pass() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("bad.txt").display().to_string();
    std::fs::write(&list, "Needle-3\nstraw-7\nneedle-3\n").unwrap();
    let watch = |list: &str| {
        let text = format!("any:@\"{list}\"");
        Some(Arc::new(parse(&text, &Names::default(), Now::default()).unwrap()))
    };
    let mut stage = Stage { watch: watch(&list), ..Stage::new(1) };
    let source = |n| Arc::new(Gated { objects: vec![object("a", n)], ..Gated::default() });
    stage.load(&source(1));
    stage.ask(1, "", None);
    let found = |answer: &Answer| answer.watched.as_ref().map(|w| w.selection.len());
    assert_eq!(found(&stage.complete(1)), Some(2));
    stage.load(&source(2));
    stage.search.refresh();
    let answer = stage.answer(|answer| answer.selection.len() == 60);
    assert_eq!(found(&answer), Some(4));
    let watched = answer.watched.as_ref().unwrap();
    assert_eq!((watched.lane.selected, watched.lane.lane.rows.iter().sum::<usize>()), (4, 4));
    stage.ask(2, "message:needle*", None);
    assert_eq!(found(&stage.complete(2)), Some(2));
    // A list that is gone costs the marks and nothing else.
    stage.watch = watch("none.txt");
    stage.ask(3, "", None);
    let answer = stage.complete(3);
    assert_eq!((found(&answer), answer.selection.len()), (Some(0), 60));
    assert!(answer.watched.as_ref().is_some_and(|w| w.problem.is_some()));
    stage.watch = None;
    stage.ask(4, "", None);
    assert_eq!(found(&stage.complete(4)), None);
}
