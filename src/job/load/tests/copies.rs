//! What lies deep in evidence is copied while it loads, and records are the same wherever they
//! are read from.

use super::*;

/// So many records as JSON lines, about a mebibyte for each 1800 of them.
fn lines(ids: std::ops::Range<u32>) -> String {
    let filler = "x".repeat(200);
    let line = |n: u32| {
        format!(
            "{{\"time\":\"2026-01-01T00:00:00Z\",\"message\":\"m-{n}\",\"fill\":\"{filler}{}\"}}\n",
            "y".repeat(300)
        )
    };
    ids.map(line).collect()
}

/// Every row's record is the one with its own message, read one by one and all in passes.
fn check_records(store: &Arc<Store>, evidence: &Arc<Evidence>) {
    use crate::format::Bytes;
    use crate::job::cutting::{Lost, Take, Wanted, cut};
    struct All<'a>(&'a crate::store::Snapshot, usize);
    impl All<'_> {
        fn check(&mut self, at: crate::store::RowRef, raw: &[u8]) {
            let json: serde_json::Value = serde_json::from_slice(raw).unwrap();
            let row = usize::from(at.row);
            let said = self.0.segment(at).value(row, "message").to_string();
            assert_eq!(json["message"], said);
            self.1 += 1;
        }
    }
    impl Take for All<'_> {
        fn record(&mut self, wanted: &Wanted, bytes: &mut Bytes<'_>) {
            self.check(wanted.row, bytes.raw());
        }

        fn lost(&mut self, lost: Lost) {
            panic!("{lost:?}");
        }
    }
    let snapshot = store.snapshot();
    let rows = Selection::all(&snapshot).window(0, usize::MAX);
    let mut all = All(&snapshot, 0);
    for &at in rows.iter().step_by(997) {
        let origin = snapshot.segment(at).origin(usize::from(at.row));
        all.check(at, &evidence.read(&origin).unwrap());
    }
    all.1 = 0;
    let plan = crate::job::Plan::of(evidence, &snapshot, &rows);
    for pass in &plan.passes {
        cut(evidence, &snapshot, pass, &Cancel::new(), &mut all);
    }
    assert_eq!(all.1, rows.len());
}

#[test]
fn what_lies_deep_is_copied_and_read_from_the_copy() {
    let folder = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let small = records(0..2);
    let archive = tar(&[
        ("first.json", small.as_bytes()),
        ("large.log", lines(0..18_000).as_bytes()),
        ("deep.log", lines(18_000..18_010).as_bytes()),
    ]);
    std::fs::write(folder.path().join("a.tgz"), gz(&archive)).unwrap();
    std::fs::write(folder.path().join("b.gz"), gz(lines(20_000..52_000).as_bytes())).unwrap();
    std::fs::write(folder.path().join("c.gz"), gz(lines(60_000..60_100).as_bytes())).unwrap();
    let spool = Some(cache.path().to_owned());
    let options = Options { threads: 2, watched: true, spool, ..Options::default() };
    let (store, evidence) = load_with(folder.path(), options);
    let object = |name: &str| {
        let path = folder.path().join(name).to_str().unwrap().to_owned();
        store.ledger().get(store.ledger().find(&path).unwrap()).unwrap()
    };
    let from = |name: &str| {
        let direct = evidence.find(object(name).id).unwrap().direct;
        direct.map(|direct| direct.reach().start)
    };
    assert_eq!(from("a.tgz!first.json"), None);
    assert_eq!(from("a.tgz!large.log"), Some((8 << 20) - small.len() as u64));
    assert_eq!(from("a.tgz!deep.log"), Some(0));
    assert_eq!(from("b.gz"), Some(16 << 20));
    assert_eq!(from("c.gz"), None);
    let only_logs = Selection::all(&store.snapshot()).len();
    assert_eq!(only_logs, 2 + 18_010 + 32_000 + 100);
    // In a later session they are found by hash and label.
    let names = std::fs::read_dir(cache.path()).unwrap();
    assert_eq!(names.count(), 2);
    let copy = crate::job::spool::Spool::of_object(cache.path(), &object("a.tgz").sha256.unwrap());
    let run = copy.unwrap().run("deep.log").unwrap();
    evidence.reach(object("a.tgz!deep.log").id, crate::job::direct::Direct::Run(run));
    // Without the archives, the depths are still there.
    let snapshot = store.snapshot();
    std::fs::remove_file(folder.path().join("a.tgz")).unwrap();
    for at in Selection::all(&snapshot).window(0, usize::MAX) {
        let origin = snapshot.segment(at).origin(usize::from(at.row));
        if origin.object == object("a.tgz!deep.log").id {
            let raw = evidence.read(&origin).unwrap();
            assert!(raw.starts_with(b"{\"time\"") && raw.ends_with(b"}"));
        }
    }
}

#[test]
fn records_are_the_same_from_the_front_from_copies_and_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let archive = tar(&[
        ("large.log", lines(0..18_000).as_bytes()),
        ("deep.log", lines(18_000..18_010).as_bytes()),
    ]);
    std::fs::write(folder.path().join("a.tgz"), gz(&archive)).unwrap();
    std::fs::write(folder.path().join("plain.log"), lines(20_000..40_000)).unwrap();
    for watched in [false, true] {
        let options = Options { threads: 2, watched, ..Options::default() };
        let (store, evidence) = load_with(folder.path(), options);
        assert_eq!(store.snapshot().visible(), 38_010);
        check_records(&store, &evidence);
    }
}

#[test]
fn a_full_disk_costs_no_record_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("b.gz"), gz(lines(0..32_000).as_bytes())).unwrap();
    let spool = Some(folder.path().join("no-such-folder"));
    let options = Options { threads: 1, watched: true, spool, ..Options::default() };
    let (store, evidence) = load_with(folder.path(), options);
    check_records(&store, &evidence);
    let objects = store.ledger().all();
    assert_eq!(objects[0].state, Some(State::Read));
    let remark = objects[0].remarks[0].0.to_string();
    assert!(
        remark.starts_with("what lies deep in it could not be copied: No such file"),
        "{remark}"
    );
}

#[test]
fn the_depths_of_a_table_are_read_from_the_copy() {
    let table = include_bytes!("../../../../tests/fixtures/containers/parquet/deep.parquet");
    let folder = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep.parquet");
    std::fs::write(&path, table).unwrap();
    let spool = Some(cache.path().to_owned());
    let options = Options { threads: 2, watched: true, spool, ..Options::default() };
    let (store, evidence) = load_with(folder.path(), options);
    let object = store.ledger().find(path.to_str().unwrap()).unwrap();
    let direct = evidence.find(object).unwrap().direct.unwrap();
    assert_eq!(direct.reach().start, 16 << 20);
    let snapshot = store.snapshot();
    let rows = Selection::all(&snapshot).window(0, usize::MAX);
    assert_eq!(rows.len(), 30_000);
    for (at, index) in rows.iter().zip(1..) {
        let origin = snapshot.segment(*at).origin(usize::from(at.row));
        assert_eq!(origin.place, crate::event::Place::Index(index));
    }
    check_records(&store, &evidence);
    // The next session finds the copy.
    let sha256 = store.ledger().get(object).unwrap().sha256.unwrap();
    assert!(crate::job::spool::Spool::of_object(cache.path(), &sha256).unwrap().run("").is_some());
}
