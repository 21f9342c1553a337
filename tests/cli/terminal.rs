//! What a person sees who asks at a terminal: rows that fit, and nothing that acts on it.

use crate::bench::{Bench, three, trail};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::io::Read;

/// Runs the program in a terminal of so many columns; everything that was sent to it.
fn sent(bench: &Bench, columns: u16, arguments: &[&str]) -> String {
    let size = PtySize { rows: 24, cols: columns, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_trailcase"));
    command.args(arguments);
    command.env_clear();
    for (name, value) in [("HOME", "/nonexistent"), ("LANG", "C.UTF-8"), ("TERM", "xterm")] {
        command.env(name, value);
    }
    command.cwd(bench.path("evidence"));
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut bytes = Vec::new();
    // The terminal reports an error once nobody holds its other end.
    let _ = reader.read_to_end(&mut bytes);
    assert!(child.wait().unwrap().success());
    String::from_utf8(bytes).unwrap()
}

#[test]
fn rows_fit_the_terminal() {
    let bench = Bench::with_trail();
    for columns in [20, 40, 80, 120] {
        let text = sent(&bench, columns, &["query", "."]);
        assert_eq!(text.lines().count(), 4, "{text}");
        for line in text.lines() {
            let cells = line.trim_end_matches('\r').chars().count();
            assert!(cells <= usize::from(columns), "{columns}: {line:?}");
        }
    }
    assert!(sent(&bench, 120, &["query", "."]).contains("user/alice"));
}

#[test]
fn json_lines_are_exact_only_where_nobody_watches() {
    let bench = Bench::new();
    let mut records = three();
    records[0]["userAgent"] = "a\u{202e}b\u{9b}31m".into();
    bench.write("t.json", &trail(&records));
    let arguments = ["query", ".", "event:CreateUser", "--format", "jsonl", "--fields", "agent"];
    let text = sent(&bench, 80, &arguments);
    assert_eq!(text.trim_end(), "{\"agent\":\"a\\u{202e}b\\u{9b}31m\"}");
    let text = sent(&bench, 80, &["coverage", ".", "--format", "json"]);
    assert!(text.starts_with("{\"objects\":["), "{text}");
}
