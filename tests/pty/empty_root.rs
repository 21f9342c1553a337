//! A program that `cargo static` built, on a host that has nothing else: no library, no device, no
//! list of accounts, and no right to anything but the folder for temporary files.

use crate::bench::{Bench, SIZE, trail};
use crate::session::Session;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

struct Root {
    bench: Bench,
}

impl Root {
    /// A root with the program that `TRAILCASE_STATIC` names; without one nothing is tried.
    #[allow(clippy::print_stderr, reason = "a test that is left out says so")]
    fn new() -> Option<Self> {
        let Some(program) = std::env::var_os("TRAILCASE_STATIC").map(PathBuf::from) else {
            eprintln!("TRAILCASE_STATIC names no program; an empty root is not tried");
            return None;
        };
        let bench = Bench::new();
        bench.write("root/trail.json", &trail(10, "CreateUser"));
        fs::copy(&program, bench.path("root/trailcase")).unwrap();
        fs::create_dir(bench.path("root/tmp")).unwrap();
        fs::create_dir(bench.path("root/dev")).unwrap();
        for (name, mode) in [("", 0o755), ("root", 0o755), ("root/tmp", 0o1777)] {
            fs::set_permissions(bench.path(name), Permissions::from_mode(mode)).unwrap();
        }
        Some(Self { bench })
    }

    /// Starts the program there, as nobody if we may choose, else as whoever we are.
    fn start(&self, arguments: &[&str]) -> Session {
        let root = self.bench.path("root").display().to_string();
        let mut all = if rustix::process::geteuid().is_root() {
            vec!["chroot".to_owned(), "--userspec=65534:65534".to_owned(), root]
        } else {
            ["unshare".to_owned(), "--map-root-user".to_owned(), format!("--root={root}")].to_vec()
        };
        all.push("/trailcase".to_owned());
        all.extend(arguments.iter().map(|&argument| argument.to_owned()));
        all.extend(["--workspace-dir", "/tmp/cases"].map(str::to_owned));
        let arguments: Vec<&str> = all[1..].iter().map(String::as_str).collect();
        Session::at(&self.bench.home, &all[0], &arguments, &[], SIZE)
    }
}

#[test]
fn the_commands_need_nothing_of_the_host() {
    let Some(root) = Root::new() else { return };
    let mut query = root.start(&["query", "/trail.json", "event:CreateUser1*", "--count"]);
    assert_eq!(query.wait_exit(), 0, "{}", query.screen_text());
    query.wait_for("10");
    let mut doctor = root.start(&["doctor", "--format", "json"]);
    assert_eq!(doctor.wait_exit(), 0, "{}", doctor.screen_text());
    doctor.wait_for("hold: one writer at a time");
}

#[test]
fn the_screen_needs_nothing_of_the_host() {
    let Some(root) = Root::new() else { return };
    let mut session = root.start(&["open", "/trail.json", "-w", "case"]);
    session.wait_for("row 1 of 60");
    session.send("nout of nothing\r");
    session.wait_for("note 1 on 1 record");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
    assert!(root.bench.read("root/tmp/cases/case/journal.jsonl").contains("out of nothing"));
}
