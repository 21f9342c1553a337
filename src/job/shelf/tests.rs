//! With a shelf, with any part of one, and without: the same answers.

use super::Place;
use crate::job::{Evidence, Load, Notify, Options};
use crate::source::packed::{gz, tar};
use crate::source::{Files, Limits, Source};
use crate::store::{Selection, Store};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const RECORD: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/USER","accountId":"111122223333"},"eventTime":"2026-03-04T10:00:TTZ","eventSource":"s3.amazonaws.com","eventName":"ListBuckets","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"aws-cli/2","requestParameters":null,"responseElements":null,"eventID":"c01bfe95-0d2a-4f6e-9a51-0000000000ID","eventType":"AwsApiCall","recipientAccountId":"111122223333"}"#;

fn records(ids: std::ops::Range<u32>, user: &str) -> Vec<u8> {
    let record = |id: u32| {
        let two = format!("{id:02}");
        RECORD.replace("ID\",", &format!("{two}\",")).replace("TT", &two).replace("USER", user)
    };
    let each: Vec<String> = ids.map(record).collect();
    format!(r#"{{"Records":[{}]}}"#, each.join(",")).into_bytes()
}

/// Evidence with duplicates, a conflict, a copy, an archive, a broken file and what is no log.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new() -> Self {
        let case = Self { folder: tempfile::tempdir().unwrap() };
        case.write("a.json", &records(0..6, "alice"));
        case.write("b.json.gz", &gz(&records(4..9, "alice")));
        case.write("c.json", &records(8..12, "mallory"));
        let inner = tar(&[("deep.json.gz", &gz(&records(12..14, "bob")))]);
        let outer = tar(&[("x.json", &records(14..16, "bob")), ("in.tar", &inner)]);
        case.write("d.tar.gz", &gz(&outer));
        case.write("e.json", &records(0..6, "alice"));
        let broken = gz(&records(16..30, "carol"));
        case.write("f.json.gz", &broken[..broken.len() / 2]);
        case.write("g.txt", b"nothing that is a log\n");
        case.write("h.log", b"2026-03-04T10:00:00Z level=info msg=hello\nnot like that\n");
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("evidence").join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.path("")).unwrap();
        fs::write(self.path(name), bytes).unwrap();
    }

    fn shelf(&self) -> PathBuf {
        self.folder.path().join("segments")
    }

    fn place(&self) -> Place {
        Place { folder: self.shelf(), writable: true }
    }

    fn load(&self, place: Option<Place>) -> Seen {
        self.load_and(place, |_| {})
    }

    /// Loads, does something more with the load when that is over, and waits for the end of it.
    fn load_and(&self, place: Option<Place>, more: impl FnOnce(&Load)) -> Seen {
        let source: Arc<dyn Source> =
            Arc::new(Files::new(self.path("").to_str().unwrap()).unwrap());
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let options = Options { threads: 2, shelf: place, ..Options::default() };
        let shared = (Arc::clone(&store), Arc::clone(&evidence));
        let load = Load::start(vec![source], shared.0, shared.1, options, Notify::nobody());
        let load = load.unwrap();
        let progress = Arc::clone(load.progress());
        let wait = || {
            while !progress.is_over() {
                std::thread::yield_now();
            }
        };
        wait();
        more(&load);
        wait();
        let told = load.differences();
        load.wait();
        Seen {
            rows: rows(&store, &evidence),
            objects: objects(&store),
            inflated: progress.report(std::time::Instant::now()).inflated,
            told,
        }
    }
}

/// Everything that a person could see of a load, and the bytes that were inflated for it.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    rows: Vec<String>,
    objects: Vec<String>,
    inflated: u64,
    /// What differs from the session before.
    told: Vec<String>,
}

impl Seen {
    fn same(&self, other: &Self) {
        assert_eq!(self.rows, other.rows);
        assert_eq!(self.objects, other.objects);
    }
}

fn rows(store: &Store, evidence: &Evidence) -> Vec<String> {
    use crate::event::Records;
    let snapshot = store.snapshot();
    let rows = Selection::all(&snapshot).window(0, usize::MAX);
    let row = |at: &crate::store::RowRef| {
        let (segment, row) = (snapshot.segment(*at), usize::from(at.row));
        let origin = segment.origin(row);
        let object = store.ledger().path(origin.object).unwrap();
        let cells = segment.fields().map(|(slot, field)| {
            let cell = segment.column(slot).get(row);
            if cell.is_absent() { String::new() } else { format!(" {}={cell}", field.name) }
        });
        let raw = evidence.read(&origin).map(|raw| String::from_utf8_lossy(&raw).into_owned());
        let conflict = snapshot.is_conflict(*at);
        let time = segment.time(row).map(crate::event::Time::to_rfc3339);
        let place = (origin.place, origin.offset, origin.length);
        format!("{time:?} {object} {place:?} {conflict}{} {raw:?}", cells.collect::<String>())
    };
    rows.iter().map(row).collect()
}

fn objects(store: &Store) -> Vec<String> {
    let ledger = store.ledger();
    let object = |object: crate::store::Object| {
        let parent = object.parent.and_then(|parent| ledger.path(parent));
        let formats: Vec<(&str, u64)> =
            object.formats.iter().map(|(schema, n)| (&*schema.id, *n)).collect();
        let mut formats: Vec<_> = formats.into_iter().filter(|(_, n)| *n > 0).collect();
        formats.sort_unstable();
        format!(
            "{} {parent:?} {:?} {} {} {:?} {:?} {formats:?} {:?} {:?} {} {:?}",
            object.path,
            object.sha256,
            object.bytes,
            object.inflated,
            object.state,
            object.reason,
            object.counts,
            object.span,
            object.zone_assumed,
            object.remarks
        )
    };
    ledger.all().into_iter().map(object).collect()
}

fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == end)).collect();
    files.sort();
    files
}

#[test]
fn rows_of_a_table_are_counted_and_read_again_as_rows() {
    let table = include_bytes!("../../../tests/fixtures/containers/parquet/flow.parquet");
    let case = Case { folder: tempfile::tempdir().unwrap() };
    case.write("a.parquet", table);
    case.write("b.tar.gz", &gz(&tar(&[("in.parquet", &table[..]), ("x.json", b"{\"time\":1}")])));
    let bare = case.load(None);
    assert_eq!(bare.rows.len(), 5 + 5 + 1, "{bare:#?}");
    let is_fifth = |row: &&String| {
        row.contains("Index(5)") && row.contains(r#""{\"version\":5,"#) && row.contains("NODATA")
    };
    assert_eq!(bare.rows.iter().filter(is_fifth).count(), 2, "{bare:#?}");
    case.load(Some(case.place())).same(&bare);
    let again = case.load(Some(case.place()));
    again.same(&bare);
    assert_eq!(again.inflated, 0);
}

#[test]
fn what_was_read_once_is_not_read_again() {
    let case = Case::new();
    let bare = case.load(None);
    assert!(bare.rows.len() > 15 && bare.objects.len() > 10, "{bare:#?}");
    let first = case.load(Some(case.place()));
    first.same(&bare);
    let second = case.load(Some(case.place()));
    second.same(&bare);
    assert_eq!(second.inflated, 0);
    assert_eq!(files(&case.shelf(), "seg").len(), 1, "nothing was added");
    // Another one who may only read, and a folder that is none.
    let read_only = Place { folder: case.shelf(), writable: false };
    assert_eq!(case.load(Some(read_only)).inflated, 0);
    let none = Place { folder: case.path("a.json"), writable: true };
    let none = case.load(Some(none));
    none.same(&bare);
    assert!(none.told.len() == 1 && none.told[0].contains("is not kept"), "{:?}", none.told);
}

#[test]
fn only_what_is_new_or_changed_is_read() {
    let case = Case::new();
    case.load(Some(case.place()));
    let step = |what: &str, most: u64| {
        let bare = case.load(None);
        let again = case.load(Some(case.place()));
        again.same(&bare);
        assert!(again.inflated <= most, "{what}: {} of {most} bytes", again.inflated);
        let settled = case.load(Some(case.place()));
        settled.same(&bare);
        assert_eq!(settled.inflated, 0, "{what}");
    };
    let length = |name: &str| fs::metadata(case.path(name)).unwrap().len();
    step("nothing", 0);
    case.write("aa.json", &records(3..5, "alice"));
    step("an object between others", length("aa.json"));
    case.write("c.json", &records(8..13, "mallory"));
    let changed = case.load(Some(Place { writable: false, ..case.place() })).told;
    assert!(changed.len() == 1 && changed[0].contains("c.json: is not what"), "{changed:?}");
    step("another content", length("c.json"));
    fs::remove_file(case.path("b.json.gz")).unwrap();
    step("one less", 0);
    // What stood for its copy goes, so the copy has to be read.
    fs::remove_file(case.path("a.json")).unwrap();
    step("the first of two copies", length("e.json"));
    fs::remove_file(case.path("d.tar.gz")).unwrap();
    case.write("d.tar.gz", b"no archive any more 10:00");
    step("no archive any more", length("d.tar.gz"));
}

#[test]
fn what_was_found_out_about_rows_counts_once() {
    let case = Case::new();
    let bare = case.load(Some(case.place()));
    let more = case.folder.path().join("more");
    fs::create_dir(&more).unwrap();
    let again = case.load_and(Some(case.place()), |load| {
        let more = Files::new(more.to_str().unwrap()).unwrap();
        load.open(vec![Arc::new(more)]);
    });
    again.same(&bare);
}

#[test]
fn what_was_found_out_about_rows_is_not_taken_for_that_of_others() {
    let case = Case::new();
    let bare = case.load(Some(case.place()));
    // Read again, and killed before anything was found out about the new rows.
    let (name, text) = (case.path("b.json.gz"), gz(&records(4..9, "alice")));
    fs::remove_file(&name).unwrap();
    fs::write(name, text).unwrap();
    case.load(Some(case.place()));
    let index = files(&case.shelf(), "idx").remove(1);
    let text = fs::read_to_string(&index).unwrap();
    let (before, last) = text.trim_end().rsplit_once('\n').unwrap();
    assert!(last.contains("found"), "{last}");
    fs::write(index, format!("{before}\n")).unwrap();
    for _ in 0..2 {
        let again = case.load(Some(case.place()));
        again.same(&bare);
        assert_eq!(again.inflated, 0);
    }
}

#[test]
fn an_object_that_comes_before_others_costs_no_more_than_itself() {
    let case = Case::new();
    // As one that appears while files are followed.
    case.load_and(Some(case.place()), |load| {
        case.write("aa.json", &records(3..5, "alice"));
        load.refresh(case.path("").to_str().unwrap());
    });
    let bare = case.load(None);
    let again = case.load(Some(case.place()));
    again.same(&bare);
    assert_eq!(again.inflated, 0);
}

#[test]
fn what_is_mostly_out_of_date_is_not_kept() {
    let case = Case::new();
    case.load(Some(case.place()));
    for name in ["a.json", "b.json.gz", "c.json", "d.tar.gz", "e.json", "f.json.gz"] {
        case.write(name, &records(0..40, name));
    }
    case.load(Some(case.place()));
    assert_eq!(files(&case.shelf(), "seg").len(), 2);
    let bare = case.load(None);
    let again = case.load(Some(case.place()));
    again.same(&bare);
    assert!(again.told.is_empty(), "{:?}", again.told);
    let left = files(&case.shelf(), "seg");
    let left: Vec<_> = left.iter().map(|path| path.file_name().unwrap()).collect();
    assert_eq!(left, ["0002.seg", "0003.seg"], "what was left of the first is in the third");
    let settled = case.load(Some(case.place()));
    settled.same(&bare);
    assert_eq!(settled.inflated, 0);
}

#[test]
fn what_grew_or_was_renamed_is_no_difference() {
    let case = Case::new();
    case.load(Some(case.place()));
    let mut log = fs::read(case.path("h.log")).unwrap();
    log.extend_from_slice(b"2026-03-04T10:00:02Z level=info msg=more\n");
    case.write("h.log", &log);
    let grown = case.load(Some(case.place()));
    assert!(grown.told.is_empty(), "{:?}", grown.told);
    assert!(
        grown.objects.iter().any(|object| object.contains("bytes that were read of it before"))
    );
    // As a rotation does.
    fs::rename(case.path("h.log"), case.path("h.log.1")).unwrap();
    case.write("h.log", b"2026-03-04T10:00:03Z level=info msg=new\n");
    let rotated = case.load(Some(case.place()));
    assert_eq!(rotated.told, ["objects that were read before have other names now: 1"]);
    // Longer than before, and not what it was.
    log[30] ^= 1;
    log.push(b'\n');
    case.write("h.log.1", &log);
    let changed = case.load(Some(case.place())).told;
    assert!(changed.len() == 1 && changed[0].contains("h.log.1: is not what"), "{changed:?}");
}

#[test]
fn what_is_out_of_reach_for_once_is_not_read_again() {
    let case = Case::new();
    let bare = case.load(Some(case.place()));
    let (there, away) = (case.path(""), case.folder.path().join("away"));
    assert_eq!(bare.told, Vec::<String>::new());
    fs::rename(&there, &away).unwrap();
    fs::create_dir(&there).unwrap();
    // As a folder on another host that is not mounted looks.
    let none = case.load(Some(case.place()));
    assert_eq!((none.rows.len(), none.objects.len()), (0, 0));
    assert_eq!(none.told.len(), 8, "{:?}", none.told);
    assert!(none.told[0].contains("a.json: was there in an earlier session, with 6 events"));
    fs::remove_dir_all(&there).unwrap();
    fs::rename(&away, &there).unwrap();
    let again = case.load(Some(case.place()));
    again.same(&bare);
    assert_eq!(again.inflated, 0);
}

#[test]
fn many_small_additions_are_read_into_one() {
    let case = Case::new();
    for number in 0..70 {
        let log = format!("2026-03-04T10:00:00Z level=info msg={number}\n");
        case.write(&format!("z{number}.log"), log.as_bytes());
        case.load(Some(case.place()));
    }
    assert!(files(&case.shelf(), "idx").len() <= 64);
    let settled = case.load(Some(case.place()));
    settled.same(&case.load(None));
    assert_eq!(settled.inflated, 0);
}

#[test]
fn segments_are_of_no_use_on_other_terms() {
    let case = Case::new();
    let bare = case.load(Some(case.place()));
    let index = files(&case.shelf(), "idx").remove(0);
    let text = fs::read_to_string(&index).unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    let json = head[9..].replacen("\"build\":\"", "\"build\":\"older-", 1);
    let head = format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()));
    fs::write(&index, head + rest).unwrap();
    let again = case.load(Some(case.place()));
    again.same(&bare);
    assert!(again.inflated > 0);
    assert_eq!(files(&case.shelf(), "idx").len(), 1, "the files of the older build are gone");
    assert_eq!(case.load(Some(case.place())).inflated, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_part_of_a_shelf_gives_the_same_answers(
        end in prop_oneof![Just("idx"), Just("seg")],
        at in any::<proptest::sample::Index>(),
        cut in any::<bool>(),
        bit in 0u8..8,
    ) {
        let case = Case::new();
        let bare = case.load(Some(case.place()));
        let file = files(&case.shelf(), end).remove(0);
        let mut bytes = fs::read(&file).unwrap();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << bit;
        }
        fs::write(&file, bytes).unwrap();
        case.load(Some(case.place())).same(&bare);
        case.load(Some(case.place())).same(&bare);
    }
}
