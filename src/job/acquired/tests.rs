//! A file is what it was, or it is told what it was and what it is.

use super::*;
use crate::case::{Marking, hex, sha256_hex};
use crate::job::shelf::Place;
use crate::job::{Evidence, Load, Notify, Options};
use crate::source::{Files, Limits};
use crate::store::Store;
use std::fs;
use std::path::PathBuf;

/// Evidence that was read in one or more sessions.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new(files: &[(&str, &str)]) -> Self {
        let case = Self { folder: tempfile::tempdir().unwrap() };
        for (name, text) in files {
            case.write(name, text);
        }
        case.load();
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("evidence").join(name)
    }

    fn label(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn segments(&self) -> PathBuf {
        self.folder.path().join("segments")
    }

    fn sources(&self) -> Vec<Arc<dyn Source>> {
        let folder = self.folder.path().join("evidence");
        vec![Arc::new(Files::new(folder.to_str().unwrap()).unwrap())]
    }

    fn load(&self) {
        let store = Arc::new(Store::new());
        let evidence = Arc::new(Evidence::new(Arc::clone(&store), Limits::default()));
        let place = Place { folder: self.segments(), writable: true };
        let options = Options { threads: 1, shelf: Some(place), ..Options::default() };
        Load::start(self.sources(), store, evidence, options, Notify::nobody()).unwrap().wait();
    }

    /// What is found, by the path below the evidence.
    fn compare(&self, marked: &[Marking<'_>]) -> Vec<(String, Standing, Vec<Acquisition>)> {
        let custody = Custody { lists: Vec::new(), markings: marked.to_vec() };
        let acquired = Acquired::of(self.folder.path(), &custody);
        let (mut found, mut last) = (Vec::new(), Far::default());
        let root = self.label("");
        let tell = &mut |compared: Option<Compared>, far| {
            last = far;
            if let Some(Compared { path, was, standing }) = compared {
                found.push((path.strip_prefix(&root).unwrap().to_owned(), standing, was));
            }
        };
        acquired.compare(&self.sources(), 2, &Cancel::new(), tell).unwrap();
        assert!(last.objects == last.of_objects, "{last:?}");
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    fn standings(&self, marked: &[Marking<'_>]) -> Vec<(String, Standing)> {
        self.compare(marked).into_iter().map(|(path, standing, _)| (path, standing)).collect()
    }
}

fn differs(text: &str) -> Standing {
    Standing::Differs(unhex(&sha256_hex(text.as_bytes())).unwrap(), text.len() as u64)
}

#[test]
fn files_are_what_they_were_or_told() {
    let case = Case::new(&[
        ("a.log", "one\ntwo\n"),
        ("b.log", "one\nthree\n"),
        ("c.log", "one\nfour\n"),
        ("d/e.log", "one\nfive\n"),
        ("f.log", "one\nsix\n"),
    ]);
    assert!(case.standings(&[]).iter().all(|(_, standing)| *standing == Standing::Same));
    case.write("b.log", "one\nthree\nand more\n");
    // As long as before.
    case.write("c.log", "one\nf0ur\n");
    fs::remove_dir_all(case.path("d")).unwrap();
    case.write("f.log", "one\n");
    case.write("new.log", "never read\n");
    let found = case.compare(&[]);
    let standings: Vec<_> = found.iter().map(|(path, standing, _)| (&**path, standing)).collect();
    assert_eq!(
        standings,
        [
            ("a.log", &Standing::Same),
            ("b.log", &Standing::Longer(9)),
            ("c.log", &differs("one\nf0ur\n")),
            ("d/e.log", &Standing::Gone),
            ("f.log", &differs("one\n")),
        ]
    );
    for (path, before) in [(2, "one\nfour\n"), (3, "one\nfive\n"), (4, "one\nsix\n")] {
        let was = &found[path].2[0];
        assert_eq!((hex(&was.sha256), was.entry), (sha256_hex(before.as_bytes()), None));
        assert_eq!(was.bytes, Some(before.len() as u64));
    }
}

#[test]
fn what_cannot_be_read_is_not_gone() {
    let case = Case::new(&[("a.log", "one\n"), ("b.log", "two\n")]);
    fs::remove_file(case.path("a.log")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", case.path("a.log")).unwrap();
    let found = case.standings(&[]);
    assert!(matches!(&found[0].1, Standing::Unread(why) if why.kind == ReasonKind::Symlink));
    assert_eq!(found[1].1, Standing::Same);
}

#[test]
fn a_marked_record_binds_its_object_also_where_the_shelf_says_otherwise() {
    let case = Case::new(&[("a.log", "one\ntwo\n"), ("b.log", "one\n")]);
    let (a, first) = (case.label("a.log"), sha256_hex(b"one\ntwo\n"));
    let marked = [Marking { object: &a, sha256: &first, entry: 7 }];
    assert!(case.standings(&marked).iter().all(|(_, standing)| *standing == Standing::Same));

    // It grew: a later session read more, and what was marked is still there.
    case.write("a.log", "one\ntwo\nthree\n");
    case.load();
    assert_eq!(case.standings(&marked)[0].1, Standing::Same);

    // It was written anew between two sessions.
    case.write("a.log", "0ne\ntwo\n");
    case.load();
    let found = case.compare(&marked);
    assert_eq!(found[0].1, differs("0ne\ntwo\n"));
    let was = &found[0].2[0];
    assert_eq!((hex(&was.sha256), was.entry, was.bytes), (first.clone(), Some(7), Some(8)));

    // Nothing is left on the shelf.
    fs::remove_dir_all(case.segments()).unwrap();
    assert_eq!(case.standings(&marked), [("a.log".to_owned(), differs("0ne\ntwo\n"))]);
    case.write("a.log", "one\ntwo\n");
    assert_eq!(case.standings(&marked), [("a.log".to_owned(), Standing::Same)]);
}

#[test]
fn a_call_to_stop_is_heard() {
    let case = Case::new(&[("a.log", "one\n")]);
    let acquired = Acquired::of(case.folder.path(), &Custody::default());
    let cancel = Cancel::new();
    cancel.cancel();
    let mut told = Vec::new();
    let tell = &mut |compared, _| told.extend(compared);
    acquired.compare(&case.sources(), 1, &cancel, tell).unwrap();
    assert_eq!(told, [], "what was not listed is not gone");
}
