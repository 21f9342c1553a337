//! Where evidence comes from and where workspaces are: pipes, folders that vanish, the list of
//! workspaces, tmux.

use crate::bench::{Bench, LOADED, SIZE};
use crate::session::Session;

#[test]
fn the_list_of_workspaces_opens_one() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("nhere\r");
    session.wait_for("note 1 on 1 record");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    let mut session = bench.start(&[], &[]);
    session.wait_for("trailcase: workspaces");
    session.wait_for("case");
    session.send("\r");
    session.wait_for("120 of 120 events");
    session.send("4");
    session.wait_for("here");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}

/// Whoever came through the list loses no more than others.
#[test]
fn a_hangup_after_the_list_keeps_the_text_being_typed() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    let mut session = bench.start(&[], &[]);
    session.wait_for("trailcase: workspaces");
    session.send("\r");
    session.wait_for("row 1 of 120");
    session.send("nhalf a thought");
    session.wait_for("half a thought");
    session.signal(rustix::process::Signal::HUP);
    assert_eq!(session.wait_exit(), 129);
    session.assert_left_clean();
    assert!(bench.read(&Bench::in_case("draft")).contains("half a thought"));
}

#[test]
fn no_workspaces_is_said_with_what_to_do() {
    let mut session = Bench::new().start(&[], &[]);
    assert_eq!(session.wait_exit(), 2);
    session.wait_for("there are no workspaces yet");
    session.assert_left_clean();
}

/// A home that is no folder can be written by nobody, not even by root.
#[test]
fn a_workspace_that_cannot_be_made_is_said_with_what_to_do() {
    let bench = Bench::new();
    for (arguments, home, folder) in [
        (vec!["open", "evidence"], "/dev/null", "/dev/null/trailcase/workspaces"),
        (vec!["open", "evidence", "--workspace-dir", "/dev/null/x"], "data", "/dev/null/x"),
    ] {
        let mut session = bench.start(&arguments, &[("XDG_DATA_HOME", home)]);
        assert_eq!(session.wait_exit(), 2);
        session.wait_for(&format!("{folder}: Not a directory"));
        session.wait_for("--workspace-dir");
        session.assert_left_clean();
    }
    let mut session = bench.start(&["demo"], &[("TMPDIR", "/dev/null")]);
    assert_eq!(session.wait_exit(), 2);
    session.wait_for("/dev/null");
    session.wait_for("TMPDIR");
}

#[test]
fn a_name_that_is_no_text_is_spelled_once() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new();
    let name = std::ffi::OsStr::from_bytes(b"evidence/a\x9b31m.json");
    std::fs::write(bench.home.path().join(name), "{\"Records\":[").unwrap();
    let mut session = bench.start(&["open", "evidence"], &[]);
    session.wait_for("1 of 3 objects not read whole");
    session.send("5");
    session.wait_for("evidence/a\\x9b31m.json");
    assert!(!session.screen_text().contains("\\\\x9b"), "{}", session.screen_text());
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}

#[test]
fn a_pipe_is_evidence_and_its_records_can_be_read_again_and_in_the_next_session() {
    let bench = Bench::new();
    let mut session = bench.shell("cat evidence/first.json | \"$0\" open - -w case", &[]);
    session.wait_for("60 of 60 events");
    session.send("\x1b[B\r");
    session.wait_for("requestParameters");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
    // Standard input is a keyboard now; its keys are keys.
    let mut session = bench.again();
    session.wait_for("60 of 60 events");
    session.wait_for("what came through a pipe (-) is read from its copy");
    session.send("\x1b[B\r");
    session.wait_for("requestParameters");
    session.send("5");
    session.wait_for("[5 Sources]");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}

#[test]
fn a_pipe_that_is_silent_can_be_stopped_and_left() {
    let bench = Bench::new();
    let (pipe, mode) = (bench.path("pipe"), rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR);
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    for stop in ["", "\x18"] {
        let mut session = bench.start(&["open", "pipe", "-w", "case"], &[]);
        session.wait_for("rows appear here as they are read");
        session.send(stop);
        if !stop.is_empty() {
            session.wait_for("no events were found");
        }
        session.send("Q");
        assert_eq!(session.wait_exit(), 0);
        session.assert_left_clean();
    }
}

#[test]
fn what_a_slow_pipe_gave_is_there_while_it_goes_on() {
    let bench = Bench::new();
    bench.write("one.jsonl", "{\"time\":\"2026-01-01T00:00:00Z\",\"message\":\"lonely\"}\n");
    // What holds the pipe open ends with the program, which is the last to read from it.
    let script = "(cat one.jsonl; while sleep 0.1; do echo || exit; done) | \"$0\" open - -w case";
    let mut session = bench.shell(script, &[]);
    session.wait_for("lonely");
    session.wait_for("1 of \u{2265}1 events");
    session.wait_for("loading, ");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}

#[test]
fn evidence_that_vanishes_is_missed_by_name() {
    let bench = Bench::new();
    let mut session = bench.open();
    std::fs::remove_dir_all(bench.path("evidence")).unwrap();
    session.send("G");
    session.wait_for("row 120 of 120");
    session.send("\r");
    session.wait_for("problem");
    session.wait_for("gone");
    session.wait_for("GetObject59");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
}

#[test]
fn evidence_that_changed_is_not_shown_as_the_record() {
    let bench = Bench::new();
    let mut session = bench.open();
    bench.write("evidence/second.json", &crate::bench::trail(11, "PutObject"));
    session.send("G");
    session.wait_for("row 120 of 120");
    session.send("\r");
    session.wait_for("problem");
    assert!(!session.screen_text().contains("PutObject"));
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
}

#[test]
fn inside_tmux() {
    let bench = Bench::new();
    let program = env!("CARGO_BIN_EXE_trailcase");
    let found = std::process::Command::new("tmux").arg("-V").output();
    if !found.is_ok_and(|output| output.status.success()) {
        // A host without tmux has nothing to show here.
        return;
    }
    let inside = format!("{program} open evidence -w case; echo left $?; exec cat");
    let socket = bench.path("tmux").display().to_string();
    let args = ["-S", &socket, "-f", "/dev/null", "new-session", &inside];
    let environment = [("LC_ALL", "C.UTF-8"), ("SHELL", "/bin/sh")];
    let mut session = Session::at(&bench.home, "tmux", &args, &environment, SIZE);
    session.wait_for(LOADED);
    session.send("/event:CreateUser0*\r");
    session.wait_for("10 of 120 events");
    session.send("Q");
    session.wait_for("left 0");
    assert!(!session.screen_text().contains("events"), "the screen before is back");
    let kill = std::process::Command::new("tmux").args(["-S", &socket, "kill-server"]).status();
    assert!(kill.unwrap().success());
    session.wait_exit();
}

/// A slip of the finger is no case.
#[test]
fn a_source_that_is_not_there_is_refused_before_a_workspace_is_made() {
    let bench = Bench::new();
    let mut session = bench.start(&["open", "evidence", "typo", "-w", "new"], &[]);
    assert_eq!(session.wait_exit(), 2);
    session.wait_for("typo: no such file or folder");
    assert!(!bench.path("data/trailcase/workspaces/new").exists());
    // Nor is it added to one that is there.
    let mut session = bench.open();
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    let mut session = bench.start(&["open", "typo", "-w", "case"], &[]);
    assert_eq!(session.wait_exit(), 2);
    session.wait_for("typo: no such file or folder");
    assert!(!bench.read(&Bench::in_case("workspace.json")).contains("typo"));
    // What the workspace was made of is told when it is gone, and the screen opens.
    std::fs::rename(bench.path("evidence"), bench.path("elsewhere")).unwrap();
    let mut session = bench.again();
    session.send("5");
    session.wait_for("why: no such file or folder");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}
