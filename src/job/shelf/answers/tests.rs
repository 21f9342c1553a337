//! A question that was answered in one session, asked in the next.

use super::FILE;
use crate::job::shelf::Place;
use crate::job::{Evidence, Load, Notify, Options, Question, Search};
use crate::query::{Names, Now, parse};
use crate::source::{Files, Limits, Source};
use crate::store::Store;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// More than it takes to be worth keeping.
const LINES: usize = 6_000;

struct Case(tempfile::TempDir);

impl Case {
    /// Two objects.
    fn new() -> Self {
        let case = Self(tempfile::tempdir().unwrap());
        for (name, hour) in [("a.jsonl", 1), ("b.jsonl", 2)] {
            case.write(name, &lines(hour, LINES));
        }
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("evidence").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path("")).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn answers(&self) -> PathBuf {
        self.0.path().join("segments").join(FILE)
    }

    /// Opens the case, asks, and leaves: the rows that pass, and the bytes read for that.
    fn ask(&self, text: &str) -> (usize, u64) {
        let source: Arc<dyn Source> =
            Arc::new(Files::new(self.path("").to_str().unwrap()).unwrap());
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let place = Place { folder: self.0.path().join("segments"), writable: true };
        let options = Options { threads: 1, shelf: Some(place), ..Options::default() };
        let shared = (Arc::clone(&store), Arc::clone(&evidence));
        let notify = Notify::nobody();
        let load = Load::start(vec![source], shared.0, shared.1, options.clone(), notify).unwrap();
        load.wait();
        let (told, notices) = crossbeam_channel::unbounded();
        let notify = Notify::new(move |_| {
            let _ = told.send(());
        });
        let search = Search::start(store, evidence, &options, notify).unwrap();
        let query = Arc::new(parse(text, &Names::default(), Now::default()).unwrap());
        let (case, watch, window, near) = (None, None, None, None);
        let (standings, buckets) = (None, 9);
        search.ask(Question {
            generation: 1,
            query,
            case,
            standings,
            alarmed: None,
            watch,
            window,
            buckets,
            near,
        });
        loop {
            notices.recv().unwrap();
            let Some(answer) = search.answer().filter(|answer| answer.is_complete()) else {
                continue;
            };
            // What is kept is on the disk when this returns.
            drop(search);
            let read = answer.reading.map_or(0, |reading| reading.of_bytes);
            return (answer.selection.len(), read);
        }
    }
}

/// A line a tenth of a second; every third has the needle.
fn lines(hour: usize, count: usize) -> String {
    let line = |n: usize| {
        let (minute, second) = (n / 600, n % 600 / 10);
        let needle = if n.is_multiple_of(3) { "Needle" } else { "straw" };
        let filler = "x".repeat(80);
        format!(
            "{{\"time\":\"2026-03-04T{hour:02}:{minute:02}:{second:02}.{}Z\",\"message\":\"{needle}-{n} {filler}\"}}\n",
            n % 10
        )
    };
    (0..count).map(line).collect()
}

#[test]
fn what_was_found_is_there_in_the_next_session() {
    let case = Case::new();
    let (hits, read) = case.ask("needle");
    assert_eq!(hits, 2 * LINES.div_ceil(3));
    assert!(read > 1 << 20);
    assert_eq!(case.ask("needle"), (hits, 0));
    assert_eq!(case.ask("NEEDLE-5999").1, read, "another question");
    assert_eq!(case.ask("needle"), (hits, 0), "it is kept beside that");

    // Only what is new is read.
    case.write("c.jsonl", &lines(3, 30));
    let (more, read) = case.ask("needle");
    assert_eq!(more, hits + 10);
    assert!((1..10_000).contains(&read), "{read}");
    // What changed is not what was asked.
    case.write("a.jsonl", &lines(4, 3));
    assert_eq!(case.ask("needle").0, LINES.div_ceil(3) + 10 + 1);
}

#[test]
fn a_damaged_file_is_as_good_as_none() {
    let case = Case::new();
    let asked = case.ask("needle");
    let whole = fs::read(case.answers()).unwrap();
    let step = whole.len() / 12;
    for at in (0..whole.len()).step_by(step) {
        fs::write(case.answers(), &whole[..at]).unwrap();
        assert_eq!(case.ask("needle").0, asked.0, "cut at {at}");
        let mut flipped = whole.clone();
        flipped[at] ^= 4;
        fs::write(case.answers(), flipped).unwrap();
        assert_eq!(case.ask("needle").0, asked.0, "changed at {at}");
    }
    fs::remove_file(case.answers()).unwrap();
    fs::create_dir(case.answers()).unwrap();
    assert_eq!(case.ask("needle"), asked);
}

#[test]
fn times_are_part_of_the_question() {
    let case = Case::new();
    let (first, _) = case.ask("needle time:2026-03-04T01:00..2026-03-04T02:00");
    let (second, _) = case.ask("needle time:2026-03-04T01:00..2026-03-04T02:00:01");
    assert_eq!((first, second), (LINES.div_ceil(3), LINES.div_ceil(3) + 4));
}
