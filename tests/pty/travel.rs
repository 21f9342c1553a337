//! A case that changes under the hand: sources that come and go, and a colleague's work beside
//! one's own.

use crate::bench::Bench;
use std::process::Command;
use trailcase::case::{Action, What, Workspaces};
use trailcase::event::Timestamp;

/// The journal's kinds, in order.
fn kinds(bench: &Bench) -> Vec<String> {
    let text = bench.read(&Bench::in_case("journal.jsonl"));
    let line = |line| -> serde_json::Value { serde_json::from_str(line).unwrap() };
    text.lines().map(|text| line(text)["what"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn sources_come_go_and_are_read_again() {
    let bench = Bench::new();
    let more = bench.read("evidence/first.json").replace("CreateUser", "DeleteUser");
    let more = more.replace("2026-", "2025-");
    let mut session = bench.open();
    session.wait_for("120 of 120 events");
    bench.write("more/third.json", &more.replace("00000000-0000", "00000000-1111"));
    session.send("5A");
    session.wait_for("add a source (Tab at s3:// or logs:// shows what is there): ");
    session.send("nothing\r");
    session.wait_for("no such file or folder");
    session.send("Amore/\r");
    session.wait_for("objects (3)");
    session.wait_for("more added");
    session.wait_for("more/third.json");
    session.send("Amore/\r");
    session.wait_for("is a source of the case already");
    // A file that comes later is found when it is looked for.
    bench.write("more/fourth.log", "Mar  4 10:00:00 web-1 app[7]: hello\n");
    session.send("R");
    session.wait_for("looking for what is new or changed in ");
    session.send("\x1b[F");
    session.send("R");
    session.wait_for("objects (4)");
    session.send("D");
    session.wait_for("out of the case? (y/n)");
    session.send("y");
    session.wait_for("more removed");
    session.wait_for("objects (2)");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert_eq!(kinds(&bench).iter().filter(|kind| kind.starts_with("source_")).count(), 2);
    assert!(!bench.read(&Bench::in_case("workspace.json")).contains("more"));
}

#[test]
fn what_a_colleague_wrote_stands_beside_ones_own() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.wait_for("120 of 120 events");
    session.send("nfirst seen here\r");
    session.wait_for("note 1 on 1 record");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);

    let here = Workspaces::new(bench.path("data/trailcase/workspaces"));
    let there = Workspaces::new(bench.path("theirs"));
    let run = |arguments: &[&str], all: &Workspaces| {
        let done = Command::new(env!("CARGO_BIN_EXE_trailcase"))
            .arg("workspace")
            .args(arguments)
            .args(["--workspace-dir", all.dir.to_str().unwrap()])
            .current_dir(bench.path(""))
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    run(&["export", "case", "-o", "one.tar.zst"], &here);
    run(&["import", "one.tar.zst"], &there);
    for (all, who, text) in [(&here, "alice", "at nine"), (&there, "bob", "at eight\nsays bob")] {
        let mut opened = all.open("case").unwrap();
        let mut write = |what| {
            let (at, who, host) = (Timestamp::now(), who.to_owned(), "bastion-1".to_owned());
            opened.write(&Action { at, who, host, what }).unwrap();
        };
        write(What::NoteEdit { note: 1, text: text.to_owned() });
        write(What::NoteAdd {
            note: 2,
            text: format!("of {who}"),
            on: Vec::new(),
            alarms: Vec::new(),
        });
    }
    run(&["hold", "case", "--reason", "claim 7"], &there);
    run(&["export", "case", "-o", "two.tar.zst"], &there);
    run(&["import", "two.tar.zst"], &here);

    let mut session = bench.start(&["open", "-w", "case"], &[]);
    session.wait_for("120 of 120 events");
    session.send("4");
    for text in
        ["notes 3", "2  bob: of bob", "conflict: note 1", "alice, ", ": at eight", "claim 7"]
    {
        session.wait_for(text);
    }
    session.send("\x1b[F");
    session.send("x");
    session.wait_for("this is bob's note");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    let mut session = bench.start(&[], &[]);
    session.wait_for("legal hold");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
}
