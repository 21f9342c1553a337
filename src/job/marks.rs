//! What the analyst said about rows, what is proven of them, and which rows hold hostile text, as
//! the filter asks for it: `note:`, `tag:`, `alarm:`, `verified:` and `hazard:`.

use super::alarmed::Alarmed;
use super::exhibit::Address;
use super::integrity::Standings;
use crate::case::{CaseState, Marked, Spot};
use crate::event::ObjectId;
use crate::format::has_spelled;
use crate::query::{Mark, Marks};
use crate::shown::has_hazard;
use crate::store::{Bits, Cell, Column, Entry, Segment, Store};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What `hazard:` finds in a row that has it.
const HAZARD: &str = "hostile text";

/// The marks of a case at one moment.
pub struct CaseMarks {
    store: Arc<Store>,
    case: Arc<CaseState>,
    /// Positions among the marked records, by the object they are in.
    by_object: HashMap<ObjectId, Vec<usize>>,
    standings: Arc<Standings>,
    alarmed: Arc<Alarmed>,
}

impl CaseMarks {
    pub fn new(store: Arc<Store>, case: Arc<CaseState>, standings: Arc<Standings>) -> Self {
        let path = |marked: &Marked| match &marked.exhibit.member {
            Some(member) => format!("{}!{member}", marked.exhibit.object),
            None => marked.exhibit.object.clone(),
        };
        let paths: Vec<String> = case.work().marked().map(path).collect();
        let wanted: HashSet<&str> = paths.iter().map(String::as_str).collect();
        let ids = store.ledger().find_all(&wanted);
        let mut by_object: HashMap<ObjectId, Vec<usize>> = HashMap::new();
        for (position, path) in paths.iter().enumerate() {
            if let Some(&id) = ids.get(path.as_str()) {
                by_object.entry(id).or_default().push(position);
            }
        }
        Self { store, case, by_object, standings, alarmed: Arc::default() }
    }

    /// The same, knowing which records raised alarms.
    #[must_use]
    pub fn with(self, alarmed: Arc<Alarmed>) -> Self {
        Self { alarmed, ..self }
    }

    /// The texts of a mark that the analyst made.
    fn texts<'a>(&'a self, marked: &'a Marked, mark: Mark) -> Vec<&'a str> {
        let work = self.case.work();
        match mark {
            Mark::Note => {
                let notes = marked.notes.iter().filter_map(|id| work.notes().get(id));
                notes.map(|note| note.text.as_str()).collect()
            }
            Mark::Tag => marked.tags.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

impl Marks for CaseMarks {
    fn object(&self, id: ObjectId) -> Option<Arc<str>> {
        self.store.ledger().path(id)
    }

    fn each(&self, segment: &Segment, row: usize, mark: Mark, say: &mut dyn FnMut(&str)) {
        if mark == Mark::Hazard {
            let hostile = |slot| match segment.column(slot).get(row) {
                Cell::Text(text) => is_hostile(text),
                Cell::List(items) => items.into_iter().any(is_hostile),
                _ => false,
            };
            if segment.fields().any(|(slot, _)| hostile(slot)) {
                say(HAZARD);
            }
            return;
        }
        let origin = segment.origin(row);
        if mark == Mark::Verified {
            return say(self.standings.of(origin.object).as_str());
        }
        if mark == Mark::Alarm {
            return self.alarmed.texts(&origin).for_each(say);
        }
        let Some(address) = Address::of(self.store.ledger(), origin.object) else { return };
        let spot = Spot {
            object: &address.object,
            member: address.member.as_deref(),
            sha256: address.sha256.as_deref(),
            offset: origin.offset,
            length: u64::from(origin.length),
            within: origin.inner,
        };
        if let Some(marked) = self.case.work().marks(&spot) {
            self.texts(marked, mark).into_iter().for_each(say);
        }
    }

    fn rows(&self, segment: &Segment, mark: Mark, test: &mut dyn FnMut(&str) -> bool) -> Bits {
        let mut rows = Bits::none(segment.len());
        if mark == Mark::Hazard {
            return if test(HAZARD) { hazards(segment) } else { rows };
        }
        if mark == Mark::Verified {
            let mut wanted = |object| test(self.standings.of(object).as_str());
            let wanted: HashSet<ObjectId> = segment.objects().filter(|id| wanted(*id)).collect();
            if segment.objects().all(|id| wanted.contains(&id)) {
                return Bits::all(segment.len());
            }
            return segment.rows_of(|id| wanted.contains(&id)).unwrap_or(rows);
        }
        if mark == Mark::Alarm {
            for object in segment.objects() {
                let records = self.alarmed.among(object, test);
                if records.is_empty() {
                    continue;
                }
                let Some(here) = segment.rows_of(|id| id == object) else { continue };
                let is_one = |row: &usize| records.has(&segment.origin(*row));
                here.iter().filter(is_one).for_each(|row| rows.set(row));
            }
            return rows;
        }
        let marked: Vec<&Marked> = self.case.work().marked().collect();
        for object in segment.objects() {
            let Some(positions) = self.by_object.get(&object) else { continue };
            let Some(here) = segment.rows_of(|id| id == object) else { continue };
            for marked in positions.iter().filter_map(|&position| marked.get(position)) {
                if self.texts(marked, mark).into_iter().any(&mut *test) {
                    let spot = marked.exhibit.spot();
                    let same = |row: &usize| {
                        let origin = segment.origin(*row);
                        origin.offset == spot.offset && origin.inner.bare() == spot.within
                    };
                    here.iter().filter(same).for_each(|row| rows.set(row));
                }
            }
        }
        rows
    }
}

/// Whether the text has something in it that is not shown as it is, or that was no text in the
/// record and is spelled out already.
fn is_hostile(text: &str) -> bool {
    has_hazard(text.as_bytes()) || has_spelled(text)
}

/// The rows with a text that has to be made harmless; each distinct text is looked at once.
fn hazards(segment: &Segment) -> Bits {
    let mut rows = Bits::none(segment.len());
    for (slot, _) in segment.fields() {
        if let Column::Dict(dict) = segment.column(slot) {
            rows = rows.or(&dict.select(|entry| match entry {
                Entry::Text(text) => is_hostile(text),
                Entry::List(items) => items.into_iter().any(is_hostile),
                Entry::Ip(_) => false,
            }));
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Entry, Exhibit, Raw, What, sha256_hex};
    use crate::event::{Frame, Inner, Place, Schema, Sink, Timestamp, Value, Window, fields};
    use crate::query::{Filter, Lists, Names, Now, parse};
    use crate::store::{Batch, NewObject, RowRef, Selection};

    fn exhibit(offset: u64) -> Arc<Exhibit> {
        Arc::new(Exhibit {
            object: "logs.tar".to_owned(),
            member: Some("a.log".to_owned()),
            sha256: None,
            offset,
            length: 1,
            within: Vec::new(),
            place: Place::Line(offset + 1),
            time: None,
            zone: None,
            format: "test".to_owned(),
            record_sha256: sha256_hex(b"x"),
            raw: Raw(b"x".to_vec()),
            inside: None,
            summary: String::new(),
        })
    }

    fn entry(seq: u64, what: What) -> Arc<Entry> {
        let (who, host) = ("mk".to_owned(), "bastion".to_owned());
        Arc::new(Entry { seq, at: Timestamp(0), who, host, what })
    }

    #[test]
    #[allow(clippy::too_many_lines, reason = "one store, and all that is said of its rows")]
    fn rows_are_found_by_what_was_said_of_them() {
        let store = Arc::new(Store::new());
        let schema = Arc::new(Schema {
            id: "test".into(),
            title: "Test".into(),
            fields: vec![fields::EVENT, fields::RESOURCE],
        });
        let open = |path: &str, parent, order| {
            let new = NewObject { path: path.into(), parent, order, bytes: 0 };
            store.ledger().open(new)
        };
        let archive = open("logs.tar", None, 0);
        let member = open("logs.tar!a.log", Some(archive), 1);
        let mut batch = Batch::new(&store, Window::default());
        batch.begin(member, 1);
        for offset in 0..6 {
            let row = batch.row(&schema);
            row.put(0, Value::Str(if offset == 4 { "a\u{202e}b" } else { "plain" }));
            row.put(1, Value::Str(if offset == 5 { "\u{1b}[2J" } else { "plain" }));
            let frame = Frame::new(offset, 1, Place::Line(offset + 1));
            let _ = batch.commit(&schema, frame, b"x");
        }
        batch.flush();
        let case = CaseState::fold([
            entry(
                1,
                What::NoteAdd {
                    note: 1,
                    text: "First look".to_owned(),
                    on: vec![exhibit(1)],
                    alarms: Vec::new(),
                },
            ),
            entry(2, What::TagAdd { tag: "exfil".to_owned(), on: vec![exhibit(1), exhibit(3)] }),
        ]);
        let marks = CaseMarks::new(Arc::clone(&store), case.into(), Arc::default());
        let snapshot = store.snapshot();
        for (text, expected) in [
            ("note:yes", &[1][..]),
            ("note:first*", &[1]),
            ("note:other", &[]),
            ("tag:exfil", &[1, 3]),
            ("tag:no", &[0, 2, 4, 5]),
            ("hazard:yes", &[4, 5]),
            ("tag:exfil -note:yes", &[3]),
            ("origin.object:logs.tar!* tag:exfil", &[1, 3]),
        ] {
            let query = parse(text, &Names::default(), Now::default()).unwrap();
            let filter = Filter::new(&query, &Lists::default()).unwrap();
            let selection: Selection = filter.select(&snapshot, &marks);
            let found: Vec<u64> = selection
                .window(0, 9)
                .iter()
                .map(|&at| snapshot.segment(at).origin(usize::from(at.row)).offset)
                .collect();
            assert_eq!(found, expected, "{text}");
            // The row by row way says the same.
            let segment = &snapshot.segments[0];
            for mark in [Mark::Note, Mark::Tag, Mark::Hazard] {
                let rows = marks.rows(segment, mark, &mut |_| true);
                for row in 0..segment.len() {
                    let mut said = false;
                    marks.each(segment, row, mark, &mut |_| said = true);
                    assert_eq!(rows.get(row), said, "{mark} {row}");
                }
            }
        }
    }

    #[test]
    fn records_of_one_envelope_are_told_apart() {
        let store = Arc::new(Store::new());
        let fields = vec![fields::EVENT];
        let schema = Arc::new(Schema { id: "test".into(), title: "Test".into(), fields });
        let new = NewObject { path: "logs.tar".into(), parent: None, order: 0, bytes: 0 };
        let object = store.ledger().open(new);
        let mut batch = Batch::new(&store, Window::default());
        batch.begin(object, 1);
        for position in 1..=3 {
            batch.row(&schema);
            let inner = Inner::at(&[position]).packed();
            let _ =
                batch.commit(&schema, Frame { inner, ..Frame::new(0, 1, Place::Line(1)) }, b"x");
        }
        batch.flush();
        let second = Exhibit { member: None, within: vec![2], ..(*exhibit(0)).clone() };
        let tagged = What::TagAdd { tag: "t".to_owned(), on: vec![Arc::new(second)] };
        let case = CaseState::fold([entry(1, tagged)]);
        let snapshot = store.snapshot();
        let segment = &snapshot.segments[0];
        let row = |position: u64| {
            let is_it = |row: &usize| segment.origin(*row).inner.positions().eq([position]);
            (0..segment.len()).find(is_it).unwrap()
        };
        let third = RowRef { segment: 0, row: row(3) as u16 };
        let alarmed = Arc::new(Alarmed::of_rows(&snapshot, &[third]));
        let marks = CaseMarks::new(Arc::clone(&store), case.into(), Arc::default()).with(alarmed);
        for (mark, position) in [(Mark::Tag, 2), (Mark::Alarm, 3)] {
            let rows = marks.rows(segment, mark, &mut |_| true);
            assert_eq!(rows.iter().collect::<Vec<_>>(), [row(position)], "{mark}");
            for each in 0..segment.len() {
                let mut said = false;
                marks.each(segment, each, mark, &mut |_| said = true);
                assert_eq!(rows.get(each), said, "{mark} {each}");
            }
        }
    }
}
