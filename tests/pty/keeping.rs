//! The analyst's work survives whatever ends the program.

use crate::bench::{Bench, LOADED};
use crate::session::Session;
use rustix::process::{Pid, Resource, Rlimit, Signal};

/// Waits until a file of the workspace holds the text.
fn wait_for_file(session: &mut Session, bench: &Bench, name: &str, text: &str) {
    let path = Bench::in_case(name);
    session.wait_until(&format!("{text} in {name}"), |_| bench.read(&path).contains(text));
}

/// A filter, a row that is not the first, and a note on it.
fn investigate(session: &mut Session) {
    session.send("/event:CreateUser*\r");
    session.wait_for("60 of 120 events");
    session.send("\x1b[B\x1b[B\x1b[B");
    session.wait_for("row 4 of 60");
    session.send("n");
    session.wait_for("note on one event");
    session.send("who is this?\r");
    session.wait_for("note 1 on 1 record");
}

fn assert_is_there(session: &mut Session) {
    session.wait_for("60 of 120 events");
    session.wait_for("row 4 of 60");
    session.wait_for("event:CreateUser*");
    session.wait_for("who is this?");
}

#[test]
fn a_killed_session_goes_on_where_it_was() {
    let bench = Bench::new();
    let mut session = bench.open();
    investigate(&mut session);
    wait_for_file(&mut session, &bench, "view.json", "CreateUser");
    wait_for_file(&mut session, &bench, "view.json", "\"record\":{");
    session.signal(Signal::KILL);
    session.wait_exit();
    let mut session = bench.again();
    session.wait_for("the last session was cut off");
    assert_is_there(&mut session);
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
    let mut session = bench.again();
    assert_is_there(&mut session);
    assert!(!session.screen_text().contains("cut off"), "the session before ended by itself");
    session.send("4");
    session.wait_for("who is this?");
}

/// Fields that only the evidence brings are not known when a session begins.
#[test]
fn a_filter_on_a_field_of_the_format_is_there_again() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("/eventType:AwsApiCall requestParameters.path:/p1*\r");
    session.wait_for("22 of 120 events");
    wait_for_file(&mut session, &bench, "view.json", "AwsApiCall");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    let mut session = bench.again();
    session.wait_for("22 of 120 events");
    session.wait_for("/ eventType:AwsApiCall requestParameters.path:/p1*");
}

/// A note is in the journal before the screen says so.
#[test]
fn what_the_screen_says_is_written() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("nfirst\r");
    session.wait_for("note 1 on 1 record");
    session.signal(Signal::KILL);
    session.wait_exit();
    assert!(bench.read(&Bench::in_case("journal.jsonl")).contains("\"first\""));
}

#[test]
fn a_hangup_keeps_the_text_being_typed() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("nhalf a thought");
    session.wait_for("half a thought");
    session.signal(Signal::HUP);
    assert_eq!(session.wait_exit(), 129);
    session.assert_left_clean();
    assert!(bench.read(&Bench::in_case("draft")).contains("half a thought"));
}

#[test]
fn a_line_that_drops_keeps_the_text_being_typed() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("nhalf a thought");
    session.wait_for("half a thought");
    session.hang_up();
    assert_eq!(session.wait_exit(), 129);
    // The library of these tests types Enter as it lets go, which may arrive first.
    let kept = ["draft", "journal.jsonl"].map(|name| bench.read(&Bench::in_case(name)));
    assert!(kept.concat().contains("half a thought"));
}

#[test]
fn a_draft_survives_being_killed_and_is_still_about_its_record() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("\x1b[B");
    session.wait_for("row 2 of 120");
    session.send("nhalf a thought");
    wait_for_file(&mut session, &bench, "draft", "half a thought");
    // What it is about is read after the text is safe.
    wait_for_file(&mut session, &bench, "draft", "CreateUser01");
    session.signal(Signal::KILL);
    session.wait_exit();
    let mut session = bench.again();
    session.wait_for("this note was being typed when the last session ended");
    session.wait_for("half a thought");
    session.wait_for("note on one event: unsaved text from the last session was kept");
    session.send(", ended\r");
    session.wait_for("note 1 on 1 record");
    wait_for_file(&mut session, &bench, "journal.jsonl", "half a thought, ended");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert_eq!(bench.read(&Bench::in_case("draft")), "", "the draft is an entry now");
}

/// A foreign byte at the journal's end stands for a disk that takes nothing.
#[test]
fn what_could_not_be_saved_when_the_line_dropped_is_saved_by_the_next_session() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("nsafe\r");
    session.wait_for("note 1 on 1 record");
    let journal = Bench::in_case("journal.jsonl");
    wait_for_file(&mut session, &bench, "view.json", "\"record\":{");
    session.wait_for("saved");
    let whole = bench.read(&journal);
    bench.write(&journal, &format!("{whole}?"));
    session.send("nnot safe yet\r");
    session.wait_for("1 NOT SAVED");
    session.signal(Signal::HUP);
    assert_eq!(session.wait_exit(), 129);
    assert_eq!(bench.read(&journal), format!("{whole}?"));
    bench.write(&journal, &whole);
    let mut session = bench.again();
    session.wait_for("what could not be saved when a session ended is in the journal now");
    session.send("4");
    session.wait_for("not safe yet");
    assert!(bench.read(&journal).contains(r#""note":2,"text":"not safe yet""#));
    assert!(!session.screen_text().contains("unsaved text"), "it is no draft any more");
}

#[test]
fn the_second_to_open_a_workspace_reads_and_is_told_who_writes() {
    let bench = Bench::new();
    let mut first = bench.open();
    let mut second = bench.again();
    second.wait_for("read-only");
    second.wait_for(&format!("process {}", first.pid()));
    second.send("n");
    second.wait_for("not written: the workspace is read-only");
    second.send("Q");
    assert_eq!(second.wait_exit(), 0);
    first.send("nmine\r");
    first.wait_for("note 1 on 1 record");
}

/// Files may not grow over 2 kB until the limit is lifted, as on a disk that was full.
#[test]
fn a_full_disk_is_told_and_tried_again() {
    let bench = Bench::new();
    let script = "trap '' XFSZ; \"$0\" open evidence -w case; code=$?; echo over; exit $code";
    let mut session = bench.shell(script, &[]);
    session.wait_for(LOADED);
    let program = program_below(session.pid());
    let now = rustix::process::prlimit(
        Some(program),
        Resource::Fsize,
        Rlimit { current: Some(600), maximum: None },
    );
    let free = now.unwrap();
    session.send("nurgent\r");
    session.wait_for("NOT SAVED");
    session.send("Q");
    session.wait_for("NOT SAVED work would be lost; leave? (y/n)");
    session.send("n");
    session.wait_for("staying");
    rustix::process::prlimit(Some(program), Resource::Fsize, free).unwrap();
    wait_for_file(&mut session, &bench, "journal.jsonl", "\"urgent\"");
    session.wait_until("no NOT SAVED", |session| {
        let text = session.screen_text();
        let tabs = text.lines().next().unwrap_or_default();
        tabs.contains("saved") && !tabs.contains("NOT SAVED")
    });
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}

/// The process that the shell started.
fn program_below(shell: u32) -> Pid {
    let path = format!("/proc/{shell}/task/{shell}/children");
    let children = std::fs::read_to_string(path).unwrap();
    Pid::from_raw(children.split_whitespace().next().unwrap().parse().unwrap()).unwrap()
}
