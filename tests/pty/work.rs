//! What one does all day: open, filter, copy, save, go back.

use crate::bench::Bench;

#[test]
fn a_folder_is_opened_filtered_and_left() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.wait_for("120 of 120 events");
    session.send("/");
    session.send("event:Crea");
    session.wait_for("CreateUser");
    session.send("\x15event:GetObject1* ip:203.0.113.0/24\r");
    session.wait_for("10 of 120 events");
    session.send("/\x15evnt:x\r");
    session.wait_for("did you mean event");
    session.send("\x07");
    session.wait_for("/ event:GetObject1* ip:203.0.113.0/24");
    session.send("C");
    session.wait_for("120 of 120 events");
    session.send("\x7f");
    session.wait_for("10 of 120 events");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
    assert!(!bench.path("evidence/first.json.tmp").exists());
    assert_eq!(std::fs::read_dir(bench.path("evidence")).unwrap().count(), 2, "only read");
}

/// What is copied is as harmless as what is shown.
#[test]
fn a_value_is_copied_spelled_out() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("\r");
    session.wait_for("userAgent");
    session.send(&"\x1b[B".repeat(16));
    session.wait_for("record \u{203a} userAgent");
    session.send("yv");
    session.wait_for("sent the value to the terminal's clipboard");
    let copied = session.oddities();
    // "agent␛]0;owned␇"
    assert_eq!(copied, ["copy YWdlbnTikJtdMDtvd25lZOKQhw=="]);
}

/// Bytes that are no text are not merged into one sign, and come back from their spelling.
#[test]
fn a_record_is_copied_with_every_byte_apart() {
    let bench = Bench::new();
    let record = b"Mar  4 10:00:00 web-1 app[7]: GET /\xe9 \x9b31m \xe9\xff end";
    std::fs::create_dir(bench.path("odd")).unwrap();
    std::fs::write(bench.path("odd/auth.log"), [&record[..], b"\n"].concat()).unwrap();
    let mut session = bench.start(&["open", "odd"], &[]);
    session.wait_for("row 1 of 1");
    session.send("\r");
    session.wait_for("sha256");
    session.send("yy");
    session.wait_for("sent the record to the terminal's clipboard");
    let copied = session.oddities();
    let text = "Mar  4 10:00:00 web-1 app[7]: GET /\\xe9 \\x9b31m \\xe9\\xff end";
    assert_eq!(copied, [format!("copy {}", trailcase::event::base64::encode(text.as_bytes()))]);
    assert_eq!(trailcase::shown::unshow(text), record);
}

#[test]
fn rows_are_saved_as_json_lines() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("/event:CreateUser0*\r");
    session.wait_for("10 of 120 events");
    session.send("w");
    session.wait_for("save rows to");
    session.send("\x15out.jsonl\r");
    session.wait_for("out.jsonl; events: 10");
    let saved = bench.read("out.jsonl");
    let rows: Vec<serde_json::Value> =
        saved.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 10);
    assert_eq!(rows[3]["event"], "CreateUser03");
    assert_eq!(rows[3]["agent"], "agent\u{1b}]0;owned\u{7}", "exact, for machines");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert!(bench.read(&Bench::in_case("journal.jsonl")).contains("out.jsonl"));
}

#[test]
fn marks_are_set_undone_and_found_in_the_case() {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("m");
    session.wait_for("bookmark on 1 record");
    session.send("u");
    session.wait_for("undid: ");
    session.send("U");
    session.wait_for("did again: ");
    session.send("Tsuspicious\r");
    session.wait_for("tag suspicious on 1 record");
    session.send("4\t");
    session.wait_for("suspicious");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
}

#[test]
fn a_note_of_several_lines_comes_from_the_editor() {
    let bench = Bench::new();
    bench.write("editor.sh", "printf 'second\\nthird\\n' >> \"$1\"\n");
    let editor = format!("sh {}", bench.path("editor.sh").display());
    let mut session = bench.start(&["open", "evidence", "-w", "case"], &[("VISUAL", &editor)]);
    session.wait_for("120 of 120 events");
    session.send("nfirst");
    session.wait_for("first");
    session.send("\x1bOS");
    session.wait_for("note 1 on 1 record");
    session.send("4");
    session.wait_for("firstsecond (+1 line)");
    session.wait_for(" third");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert!(bench.read(&Bench::in_case("journal.jsonl")).contains(r"firstsecond\nthird"));
}

/// Nothing of the evidence reaches the terminal as anything but text.
#[test]
fn a_whole_session_sends_nothing_but_text() {
    let bench = Bench::new();
    let mut session = bench.open();
    for keys in ["\r", "r", "q", "v", "\x07", "a", "5", "4", "1", "?", "q", ":", "\x07", "!"] {
        let frames = session.frames();
        session.send(keys);
        session.wait_until("another frame", |session| session.frames() > frames);
    }
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    session.assert_left_clean();
}
