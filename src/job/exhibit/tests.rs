//! Records that are too long for an entry of the journal, alone or together.

use super::*;
use crate::job::{Load, Notify, Options};
use crate::source::{Files, Limits, Source};
use crate::store::Selection;

/// Exhibits of all records of a file, in the order of time.
fn pinned(text: &[u8]) -> Vec<Arc<Exhibit>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.log"), text).unwrap();
    let source: Arc<dyn Source> = Arc::new(Files::new(folder.path().to_str().unwrap()).unwrap());
    let store = Arc::new(Store::new());
    let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
    let (to, of) = (Arc::clone(&store), Arc::clone(&evidence));
    Load::start(vec![source], to, of, Options::default(), Notify::nobody()).unwrap().wait();
    let snapshot = store.snapshot();
    let rows = Selection::all(&snapshot).window(0, usize::from(u16::MAX));
    Pinner::new(store, evidence).pin(&Rows { snapshot, rows })
}

/// A line of syslog with these bytes as its message.
fn line(second: usize, message: &[u8]) -> Vec<u8> {
    let head = format!("2026-03-04T10:00:{second:02}Z host app: ");
    [head.as_bytes(), message, b"\n"].concat()
}

#[test]
fn records_have_room_in_one_entry_together() {
    // By its beginning it is text. What follows takes six times as much in the journal.
    let (start, long) = (vec![b'x'; 100_000], vec![1; 3 << 20]);
    let mut text = line(0, &start);
    text.extend((1..6).flat_map(|second| line(second, &long)));
    text.extend(line(9, b"short"));
    let pinned = pinned(&text);
    let kept: Vec<bool> = pinned.iter().map(|exhibit| !exhibit.raw.0.is_empty()).collect();
    assert_eq!(kept, [true, true, true, true, false, false, true]);
    assert!(pinned[4].summary.ends_with("marked before it)"), "{}", pinned[4].summary);
    assert!(pinned.iter().all(|exhibit| exhibit.is_intact() && exhibit.summary.len() < 2000));
    let size: usize = pinned.iter().map(|exhibit| exhibit.written_size().unwrap()).sum();
    assert!(size <= ROOM, "{size}");
}

#[test]
fn a_record_that_is_not_decoded_for_its_length_is_kept_by_its_place() {
    let pinned =
        pinned(&[line(1, b"one"), line(2, &vec![b'x'; LONGEST]), line(3, b"two")].concat());
    let bare: Vec<_> = pinned.iter().filter(|exhibit| exhibit.raw.0.is_empty()).collect();
    let [bare] = &bare[..] else { panic!("{}", bare.len()) };
    assert!(bare.length > LONGEST as u64);
    assert!(bare.summary.ends_with("which are too long to be kept)"), "{}", bare.summary);
    assert_eq!(pinned.len(), 3);
}

#[test]
fn no_more_records_are_kept_than_one_step_may_mark() {
    let text: Vec<u8> = (0..MAX_ROWS + 5).flat_map(|n| line(n % 60, b"x")).collect();
    assert_eq!(pinned(&text).len(), MAX_ROWS);
}

#[test]
fn a_record_of_many_in_an_envelope_is_kept_with_itself() {
    let message = r#"{\"Records\":[{\"time\":\"2026-03-04T10:00:00Z\",\"a\":1},{\"time\":\"2026-03-04T10:00:01Z\",\"a\":2}]}"#;
    let text = format!(r#"{{"TopicArn":"t","Message":"{message}"}}"#);
    let pinned = pinned(text.as_bytes());
    let inside: Vec<_> = pinned.iter().filter_map(|exhibit| exhibit.inside.as_deref()).collect();
    let records =
        [r#"{"time":"2026-03-04T10:00:00Z","a":1}"#, r#"{"time":"2026-03-04T10:00:01Z","a":2}"#];
    assert_eq!(inside, records);
    assert!(pinned.iter().all(|exhibit| exhibit.is_intact() && exhibit.raw.0 == text.as_bytes()));
    assert_eq!(self::pinned(records[0].as_bytes())[0].inside, None);
}
