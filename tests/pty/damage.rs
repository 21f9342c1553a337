//! Journals that were changed or torn, and settings that are wrong: told, and nothing worse.

use crate::bench::Bench;

/// A workspace whose journal holds a note.
fn noted() -> Bench {
    let bench = Bench::new();
    let mut session = bench.open();
    session.send("nbefore\r");
    session.wait_for("note 1 on 1 record");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    bench
}

#[test]
fn one_changed_byte_is_found_and_nothing_is_written_any_more() {
    let bench = noted();
    let name = Bench::in_case("journal.jsonl");
    let changed = bench.read(&name).replace("\"before\"", "\"Before\"");
    bench.write(&name, &changed);
    let line = 1 + changed.lines().position(|line| line.contains("\"Before\"")).unwrap();
    let mut session = bench.again();
    session.wait_for("read-only");
    session.wait_for("120 of 120 events");
    session.send("!");
    session.wait_for(&format!("journal.jsonl line {line} (entry "));
    session.send("q");
    session.send("n");
    session.wait_for("not written: the workspace is read-only: the journal is damaged");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert_eq!(bench.read(&name), changed, "it stays as it was found");
}

#[test]
fn a_torn_last_line_is_set_aside_and_told() {
    let bench = noted();
    let name = Bench::in_case("journal.jsonl");
    let whole = bench.read(&name);
    bench.write(&name, &format!("{whole}{{\"seq\":9,\"at\":\"20"));
    let mut session = bench.again();
    session.wait_for("120 of 120 events");
    session.send("!");
    session.wait_for("journal.torn-1");
    session.send("q");
    session.send("nafter\r");
    session.wait_for("note 2 on 1 record");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
    assert_eq!(bench.read(&Bench::in_case("journal.torn-1")), "{\"seq\":9,\"at\":\"20");
    assert!(bench.read(&name).starts_with(&whole));
}

#[test]
fn wrong_settings_are_told_with_their_place_and_do_not_stop_anybody() {
    let bench = Bench::new();
    bench.write(
        "config/trailcase/keymaps/mine.toml",
        "schema = 1\nname = \"mine\"\ninherits = \"default\"\n[[bind]]\nkeys = \"j\"\ncommand = \"dwon\"\n",
    );
    bench.write("config/trailcase/themes/mine.toml", "schema = 1\nname = = \"mine\"\n");
    let open = ["open", "evidence", "--keymap", "mine", "--theme", "mine"];
    let mut session = bench.start(&open, &[]);
    session.wait_for("120 of 120 events");
    session.send("!");
    session.wait_for("keymaps/mine.toml:6:11");
    session.wait_for("themes/mine.toml:2:10");
    session.send("q");
    session.send("Q");
    assert_eq!(session.wait_exit(), 0);
}
