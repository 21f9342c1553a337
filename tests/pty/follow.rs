//! Files that grow while somebody looks on.

use crate::bench::Bench;
use crate::session::Session;
use std::fs::{self, File};
use std::io::{Read, Write};

fn lines(range: std::ops::Range<usize>) -> String {
    let line = |n: usize| {
        format!(
            "{{\"time\":\"2026-03-04T10:{:02}:{:02}Z\",\"message\":\"line-{n:03}\"}}\n",
            n / 60,
            n % 60
        )
    };
    range.map(line).collect()
}

fn append(bench: &Bench, name: &str, text: &str) {
    let mut options = File::options();
    let mut file = options.append(true).create(true).open(bench.path(name)).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn bench() -> Bench {
    let bench = Bench::new();
    fs::remove_dir_all(bench.path("evidence")).unwrap();
    bench.write("evidence/app.log", &lines(0..50));
    bench
}

fn wait_for_last(session: &mut Session, row: usize) {
    session.wait_for(&format!("row {row} of {row}"));
    session.wait_for(&format!("line-{:03}", row - 1));
}

#[test]
fn what_grows_is_followed_paused_and_followed_again() {
    let bench = bench();
    let mut session = bench.start(&["open", "evidence", "-w", "case", "--follow"], &[]);
    wait_for_last(&mut session, 50);
    session.wait_for("following");
    append(&bench, "evidence/app.log", &lines(50..60));
    wait_for_last(&mut session, 60);
    // Upwards is away from what is new.
    session.send("\x1b[A");
    session.wait_for("1 newer");
    session.wait_for("row 59 of 60");
    append(&bench, "evidence/app.log", &lines(60..70));
    session.wait_for("11 newer");
    session.wait_for("row 59 of 70");
    session.send("\x1b[F");
    wait_for_last(&mut session, 70);
    session.wait_until("no row is newer", |s| !s.screen_text().contains("newer"));
    // Rotated and cut short, as those who write logs do it.
    fs::rename(bench.path("evidence/app.log"), bench.path("evidence/app.log.1")).unwrap();
    append(&bench, "evidence/app.log", &lines(70..80));
    wait_for_last(&mut session, 80);
    bench.write("evidence/app.log", "");
    append(&bench, "evidence/app.log", &lines(80..82));
    wait_for_last(&mut session, 82);
    session.send("F");
    session.wait_for("the cursor stays where it is");
    append(&bench, "evidence/app.log", &lines(82..90));
    session.wait_for("row 82 of 90");
    session.send("5");
    session.wait_for("growing");
    session.wait_for("90 records = 90 parsed");
    session.wait_for("app.log#3");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}

#[test]
fn a_key_begins_to_follow() {
    let bench = bench();
    let mut session = bench.start(&["open", "evidence", "-w", "case"], &[]);
    session.wait_for("row 1 of 50");
    append(&bench, "evidence/app.log", &lines(50..60));
    session.send("F");
    wait_for_last(&mut session, 60);
    append(&bench, "evidence/more.log", &lines(60..65));
    wait_for_last(&mut session, 65);
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
}

/// Waits until the copies hold this record, as `zstd -dc` would show it.
fn wait_for_copy(session: &mut Session, bench: &Bench, text: &str) {
    let folder = bench.path(&Bench::in_case("cache"));
    session.wait_until("the copy is on the disk", |_| {
        let copies = fs::read_dir(&folder).into_iter().flatten().flatten();
        copies.into_iter().any(|copy| {
            let mut bytes = Vec::new();
            // A copy that is still written ends anywhere.
            let _ = zstd::Decoder::new(File::open(copy.path()).unwrap())
                .and_then(|mut copy| copy.read_to_end(&mut bytes));
            String::from_utf8_lossy(&bytes).contains(text)
        })
    });
}

/// How many events the workspace has, on the screen and for a command.
fn assert_count(bench: &Bench, count: usize) {
    let mut session = bench.start(&["open", "-w", "case"], &[]);
    session.wait_for(&format!(" of {count}"));
    session.send("5");
    session.wait_for(&format!("{count} records = {count} parsed"));
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
}

#[test]
fn what_was_shown_of_a_file_that_was_cut_is_there_after_a_kill() {
    let bench = bench();
    let mut session = bench.start(&["open", "evidence", "-w", "case", "--follow"], &[]);
    wait_for_last(&mut session, 50);
    append(&bench, "evidence/app.log", &lines(50..80));
    wait_for_last(&mut session, 80);
    wait_for_copy(&mut session, &bench, "line-079");
    bench.write("evidence/app.log", "");
    append(&bench, "evidence/app.log", &lines(80..90));
    wait_for_last(&mut session, 90);
    session.signal(rustix::process::Signal::KILL);
    session.wait_exit();
    assert_count(&bench, 90);
    assert_count(&bench, 90);
}

#[test]
fn what_was_shown_of_a_file_that_is_gone_is_there_the_next_time() {
    let bench = bench();
    let mut session = bench.start(&["open", "evidence", "-w", "case", "--follow"], &[]);
    wait_for_last(&mut session, 50);
    append(&bench, "evidence/app.log", &lines(50..80));
    wait_for_last(&mut session, 80);
    fs::remove_file(bench.path("evidence/app.log")).unwrap();
    append(&bench, "evidence/app.log", &lines(80..85));
    wait_for_last(&mut session, 85);
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert_count(&bench, 85);
}

#[test]
fn what_appeared_and_was_cut_is_there_and_what_stands_in_files_is_not_copied() {
    let bench = bench();
    let mut session = bench.start(&["open", "evidence", "-w", "case", "--follow"], &[]);
    wait_for_last(&mut session, 50);
    append(&bench, "evidence/app.log", &lines(50..80));
    wait_for_last(&mut session, 80);
    fs::rename(bench.path("evidence/app.log"), bench.path("evidence/app.log.1")).unwrap();
    append(&bench, "evidence/app.log", &lines(80..110));
    wait_for_last(&mut session, 110);
    wait_for_copy(&mut session, &bench, "line-109");
    bench.write("evidence/app.log", "");
    append(&bench, "evidence/app.log", &lines(110..111));
    wait_for_last(&mut session, 111);
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    let copies = fs::read_dir(bench.path(&Bench::in_case("cache"))).unwrap();
    assert_eq!(copies.count(), 1);
    assert_count(&bench, 111);
}
