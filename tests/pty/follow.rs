//! Files that grow while somebody looks on.

use crate::bench::Bench;
use crate::session::Session;
use std::fs::{self, File};
use std::io::Write;

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
