//! Disks that are full, really: a small file system in memory, mounted where only the program
//! under test sees it.

use crate::bench::{Bench, SIZE, trail};
use crate::session::Session;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

/// Runs the program in a namespace of its own in which `$1` is a file system with the options `$2`.
const MOUNT: &str = "mount -t tmpfs -o \"$2\" none \"$1\" && shift 2 && exec \"$0\" \"$@\"";

/// The bit of `CAP_SYS_ADMIN` in the sets of capabilities(7).
const MAY_MOUNT: u64 = 1 << 21;

/// Whether a file system can be mounted here. Whoever has the right to is not let off.
#[allow(clippy::print_stderr, reason = "a test that is left out says so")]
fn can_mount(bench: &Bench) -> bool {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", MOUNT, "true", ".", "size=64k"]);
    let tried = command.current_dir(bench.home.path()).output();
    let can = tried.as_ref().is_ok_and(|output| output.status.success());
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let rights = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap();
    let rights = u64::from_str_radix(rights.trim(), 16).unwrap();
    assert!(can || rights & MAY_MOUNT == 0, "{tried:?}");
    if !can {
        eprintln!("nothing can be mounted here; full disks are not tried: {tried:?}");
    }
    can
}

/// Starts the program with `folder`, of the bench's home, on a disk of its own.
fn start(bench: &Bench, folder: &str, options: &str, arguments: &[&str]) -> Session {
    fs::create_dir_all(bench.path(folder)).unwrap();
    let program = env!("CARGO_BIN_EXE_trailcase");
    let before = ["--map-root-user", "--mount", "sh", "-c", MOUNT, program, folder, options];
    let temporary = bench.path("temporary").display().to_string();
    let all = [&before, arguments].concat();
    Session::at(&bench.home, "unshare", &all, &[("TMPDIR", &temporary)], SIZE)
}

/// A path of the bench's home as the program sees it.
fn seen(bench: &Bench, session: &Session, name: &str) -> PathBuf {
    let path = bench.path(name);
    let path = path.strip_prefix("/").unwrap();
    PathBuf::from(format!("/proc/{}/root", session.pid())).join(path)
}

fn fill(path: &PathBuf) {
    let mut file = File::create(path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
}

#[test]
fn notes_wait_for_room_and_the_load_goes_on() {
    let bench = Bench::new();
    if !can_mount(&bench) {
        return;
    }
    let pipe = bench.path("pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    // A source that is slow: it has something still to come.
    let mut slow = OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
    let sources = ["open", "evidence", "pipe", "-w", "case", "--jobs", "1"];
    let mut session = start(&bench, "data", "size=1m", &sources);
    session.wait_for("≥120 of ≥120 events");
    session.send("nsafe\r");
    session.wait_for("note 1 on 1 record");
    let filler = seen(&bench, &session, "data/filler");
    fill(&filler);
    // Pasted, and more than what may be left of the journal's last page.
    session.send(&format!("n\x1b[200~urgent {}\x1b[201~\r", "x".repeat(4500)));
    session.wait_for("NOT SAVED");
    session.send(&format!("n\x1b[200~and then {}\x1b[201~\r", "x".repeat(4500)));
    session.wait_for("2 NOT SAVED");
    slow.write_all(trail(12, "GetUser").as_bytes()).unwrap();
    drop(slow);
    session.wait_for("180 of 180 events");
    session.send("Q");
    session.wait_for("NOT SAVED work would be lost; leave? (y/n)");
    session.send("n");
    session.wait_for("staying");
    fs::remove_file(&filler).unwrap();
    let journal = seen(&bench, &session, &Bench::in_case("journal.jsonl"));
    session.wait_until("the notes on the disk", |_| {
        fs::read_to_string(&journal).is_ok_and(|text| {
            text.contains(r#""note":2,"text":"urgent xx"#)
                && text.contains(r#""note":3,"text":"and then xx"#)
        })
    });
    session.wait_until("no NOT SAVED", |session| {
        let text = session.screen_text();
        let tabs = text.lines().next().unwrap_or_default();
        tabs.contains("saved") && !tabs.contains("NOT SAVED")
    });
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}

#[test]
fn no_room_for_temporary_files_is_told() {
    let bench = Bench::new();
    if !can_mount(&bench) {
        return;
    }
    let mut session = start(&bench, "temporary", "size=64k", &["demo"]);
    assert_eq!(session.wait_exit(), 2);
    session.wait_for("No space left on device");
    session.wait_for("name another folder with TMPDIR");
    session.assert_left_clean();
    let mut doctor = start(&bench, "data", "size=900k", &["doctor", "--workspace-dir", "data"]);
    assert_eq!(doctor.wait_exit(), 2);
    doctor.wait_for("not even notes can be written; make room");
    // A pipe is copied there to be read again; it is read all the same.
    let pipe = bench.path("pipe");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let mut writer = OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
    let mut session = start(&bench, "temporary", "nr_inodes=1", &["coverage", "pipe"]);
    writer.write_all(trail(10, "CreateUser").as_bytes()).unwrap();
    session.wait_for(" kB read");
    drop(writer);
    assert_eq!(session.wait_exit(), 0, "{}", session.screen_text());
    session.wait_for("parsed       60");
    session.wait_for("could not be copied to its end: ");
    session.wait_for("No space left on device");
}

/// Whoever leaves all the same is told on the way out what is lost, and so is a script.
#[test]
fn what_is_lost_by_leaving_is_told_when_the_screen_is_gone() {
    let bench = Bench::new();
    if !can_mount(&bench) {
        return;
    }
    let sources = ["open", "evidence", "-w", "case", "--jobs", "1"];
    let mut session = start(&bench, "data", "size=1m", &sources);
    session.wait_for("row 1 of 120");
    session.send("nsafe\r");
    // The notice that says so may give way at once to that of the disk.
    session.wait_for("note     safe");
    fill(&seen(&bench, &session, "data/filler"));
    // More than what may be left of the journal's last page.
    session.send(&format!("n\x1b[200~{}\nthe end\x1b[201~\r", "x".repeat(4500)));
    session.wait_for("1 NOT SAVED");
    session.send("nand this\r");
    session.wait_for("2 NOT SAVED");
    session.send("Q");
    session.wait_for("NOT SAVED work would be lost; leave? (y/n)");
    session.send("y");
    assert_eq!(session.wait_exit(), 3);
    session.wait_for("the end");
    session.wait_for("NOT SAVED: note 3 on 1 record");
    session.wait_for("and this");
    session.assert_left_clean();
}
