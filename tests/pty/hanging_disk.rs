//! A disk that hangs, really: a file system that is frozen for a while, as a network file system
//! is when its server does not answer.

use crate::bench::{Bench, SIZE};
use crate::session::Session;
use std::fs::{self, File};
use std::process::{Command, Output};

/// Runs the program in a namespace of its own in which `$1` is the file system in the file `$2`.
const MOUNT: &str = "mount -o loop \"$2\" \"$1\" && shift 2 && exec \"$0\" \"$@\"";

/// Bytes of the file system.
const DISK: u64 = 64 << 20;

/// Thaws the file system again, whatever becomes of the test: who writes to it cannot be killed.
struct Frozen<'a> {
    session: u32,
    path: &'a str,
}

impl<'a> Frozen<'a> {
    fn new(session: u32, path: &'a str) -> Self {
        let frozen = Self { session, path };
        let output = frozen.freeze("--freeze");
        assert!(output.status.success(), "{output:?}");
        frozen
    }

    fn freeze(&self, how: &str) -> Output {
        let mount = format!("--mount=/proc/{}/ns/mnt", self.session);
        Command::new("nsenter").args([&mount, "fsfreeze", how, self.path]).output().unwrap()
    }
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        self.freeze("--unfreeze");
    }
}

/// Makes a file system; whether one in a file can be mounted and frozen here.
#[allow(clippy::print_stderr, reason = "a test that is left out says so")]
fn can_freeze(bench: &Bench) -> bool {
    let disk = bench.path("disk");
    File::create(&disk).unwrap().set_len(DISK).unwrap();
    fs::create_dir_all(bench.path("data")).unwrap();
    let made = Command::new("mkfs.ext4").arg("-q").arg(&disk).output();
    let freeze = "fsfreeze --freeze \"$1\" && fsfreeze --unfreeze \"$1\"";
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", MOUNT, "sh", "data", "disk", "-c", freeze, "sh", "data"]);
    let tried = command.current_dir(bench.home.path()).output();
    let can = made.is_ok_and(|output| output.status.success())
        && tried.as_ref().is_ok_and(|output| output.status.success());
    if !can {
        eprintln!("nothing can be frozen here; hanging disks are not tried: {tried:?}");
    }
    can
}

#[test]
fn a_disk_that_hangs_holds_up_notes_and_nothing_else() {
    let bench = Bench::new();
    if !can_freeze(&bench) {
        return;
    }
    let program = env!("CARGO_BIN_EXE_trailcase");
    let arguments = ["--mount", "sh", "-c", MOUNT, program, "data", "disk"];
    let sources = ["open", "evidence", "-w", "case", "--workspace-dir", "data"];
    let all = [&arguments[..], &sources].concat();
    let mut session = Session::at(&bench.home, "unshare", &all, &[], SIZE);
    session.wait_for("row 1 of 120");
    session.wait_for("saved");
    let path = bench.path("data").display().to_string();
    let frozen = Frozen::new(session.pid(), &path);
    session.send("nsafe\r");
    session.wait_for("saving");
    // What needs no disk goes on: moving, filters, also those that read records, and the views.
    session.send("\x1b[B\x1b[B");
    session.wait_for("row 3 of 120");
    session.send("/\"ListBuckets\"\r");
    session.wait_for("\"ListBuckets\"");
    session.wait_for(" of 120 events");
    session.send("5");
    session.wait_for("sha256");
    assert!(!session.screen_text().contains("note 1 on 1 record"), "{}", session.screen_text());
    drop(frozen);
    session.wait_for("note 1 on 1 record");
    session.wait_for("saved");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}
