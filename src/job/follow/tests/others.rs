//! Files that are not followed line by line: packed ones, and copies of others.

use super::reach::Flaky;
use super::*;
use crate::job::follow::others::Next;
use crate::source::Listed;
use crate::source::packed::gz;
use std::ops::ControlFlow;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

fn write(bench: &Bench, name: &str, bytes: &[u8]) {
    std::fs::write(bench.path(name), bytes).unwrap();
}

fn state(bench: &Bench, name: &str) -> Option<State> {
    if bench.has(name) { bench.object(name).state } else { None }
}

#[test]
fn a_file_that_was_the_same_as_another_is_followed_once_it_grows() {
    let bench = Bench::new(&[("a-1.log", &lines(0..2)), ("a.log", &lines(0..2))]);
    bench.wait_for(0..2);
    append(&bench.path("a.log"), &line(2));
    bench.wait_for([0, 0, 1, 1, 2].into_iter());
    append(&bench.path("a.log"), &line(3));
    bench.wait_for([0, 0, 1, 1, 2, 3].into_iter());
    assert!(!bench.has("a.log#2"));
    assert_eq!(state(&bench, "a.log"), Some(State::Growing));
}

#[test]
fn what_is_packed_is_read_once_it_is_there_and_again_when_it_changed() {
    let before = gz(lines(0..3).as_bytes());
    let bench = Bench::new(&[("a.log", &line(20))]);
    bench.wait_for(20..21);
    bench.settle();
    write(&bench, "0.gz", &before[..before.len() / 2]);
    write(&bench, "new.gz", b"");
    bench.wait_until("half of it is read", |bench| {
        state(bench, "0.gz") == Some(State::Partial) && state(bench, "new.gz").is_some()
    });
    write(&bench, "0.gz", &before);
    bench.wait_for((0..3).chain(20..21));
    assert_eq!(state(&bench, "0.gz"), Some(State::Read));
    // In its place, and in that of nothing.
    write(&bench, "new.gz", &gz(lines(10..12).as_bytes()));
    bench.wait_for((0..3).chain(10..12).chain(20..21));
    std::fs::remove_file(bench.path("0.gz")).unwrap();
    write(&bench, "0.gz", &gz(lines(4..7).as_bytes()));
    bench.wait_for((4..7).chain(10..12).chain(20..21));
    assert!(bench.remarks("0.gz").contains("changed"), "{}", bench.remarks("0.gz"));
    assert!(!bench.has("0.gz#2") && !bench.has("new.gz#2"));
}

#[test]
fn what_could_not_be_opened_is_read_when_it_changed() {
    let flaky = OnceLock::new();
    let bench = Bench::over(&[("a.log", &line(0)), ("b.log", &line(1))], |files| {
        let flaky = flaky.get_or_init(|| Flaky::new(files, true));
        vec![Arc::clone(flaky) as Arc<_>]
    });
    bench.wait_until("it failed", |bench| state(bench, "b.log") == Some(State::Failed));
    flaky.get().unwrap().is_shut.store(false, Ordering::Relaxed);
    append(&bench.path("a.log"), &line(2));
    bench.wait_for([0, 2].into_iter());
    append(&bench.path("b.log"), &line(3));
    bench.wait_for(0..4);
    append(&bench.path("b.log"), &line(4));
    bench.wait_for(0..5);
    assert!(!bench.has("a.log#2") && !bench.has("b.log#2"));
}

#[test]
fn many_files_that_appear_together_are_one_task() {
    let bench = Bench::new(&[("a.log", &line(0))]);
    bench.wait_for(0..1);
    bench.settle();
    let place = tempfile::tempdir_in(bench.folder.path().parent().unwrap()).unwrap();
    for n in 1..40 {
        append(&place.path().join(format!("{n}.log")), &line(n));
    }
    std::fs::rename(place.path(), bench.path("more")).unwrap();
    bench.wait_for(0..40);
    bench.settle();
    assert_eq!(bench.load.progress().tasks(), 2);
}

#[test]
fn what_never_rests_is_read_all_the_same_but_not_all_the_time() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let source: Arc<dyn Source> = Arc::new(Files::new(file.path().to_str().unwrap()).unwrap());
    let mut found = None;
    source.list(&Cancel::new(), &mut |listed| {
        if let Listed::Item(item) = listed
            && let Locator::File { path, stamp } = &item.locator
        {
            let (source, path, stamp) = (Arc::clone(&source), path.to_path_buf(), *stamp);
            found = Some(Found { source, item, path, stamp });
        }
        ControlFlow::Continue(())
    });
    let mut found = found.unwrap();
    let mut others = Others::default();
    let mut looks = |others: &mut Others| {
        let look = |_: &u32| {
            found.stamp.size += 1;
            !matches!(others.look(&found, || true), Next::Nothing)
        };
        let looks = (1..1000).find(look).unwrap();
        let (item, place) = (Arc::new(found.item.clone()), Place::new(found.path.clone()));
        let (id, source, stamp) = (ObjectId(7), found.source.name().to_owned(), found.stamp);
        (looks, Read { id, source, item, place, stamp, is_plain: false })
    };
    for _ in 0..3 {
        let (count, read) = looks(&mut others);
        assert!((250..260).contains(&count), "{count}");
        others.read(read);
    }
    // What may be followed is read at once, and then less and less often.
    let (_, read) = looks(&mut others);
    others.follow(&read.place.path);
    others.read(Read { is_plain: true, ..read });
    let mut plain = || {
        let (count, read) = looks(&mut others);
        others.read(Read { is_plain: true, ..read });
        count
    };
    assert_eq!([plain(), plain(), plain(), plain()], [1, 2, 4, 8]);
}
