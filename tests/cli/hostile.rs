//! Whatever logs, file names and arguments hold, nothing of it can act on a terminal or a
//! spreadsheet.

use crate::bench::{Bench, Said, gzip, three, trail};
use std::os::unix::ffi::OsStrExt;
use trailcase::shown::hostile;

/// Control characters but the line feed, of either set, and what reorders text.
fn is_harmful(c: char) -> bool {
    let reorders = matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c.is_control() && c != '\n') || reorders
}

fn assert_harmless(said: &Said, but: &[char]) {
    for text in [&said.out, &said.err] {
        let found = text.chars().find(|c| is_harmful(*c) && !but.contains(c));
        assert_eq!(found, None, "{text:?}");
    }
}

/// A bench whose JSON lines hold every hostile text as a value of several fields.
fn bench() -> Bench {
    let bench = Bench::new();
    let mut lines = Vec::new();
    for raw in hostile::STRINGS {
        let mut text = Vec::new();
        for &byte in *raw {
            match byte {
                b'"' | b'\\' => text.extend([b'\\', byte]),
                0..0x20 => text.extend(format!("\\u{byte:04x}").bytes()),
                _ => text.push(byte),
            }
        }
        lines.extend_from_slice(b"{\"time\":\"2026-03-04T10:00:00Z\"");
        for name in ["user", "action", "message"] {
            lines.extend(format!(",\"{name}\":\"").bytes());
            lines.extend_from_slice(&text);
            lines.push(b'"');
        }
        lines.extend_from_slice(b"}\n");
        // Also as a line of its own, which is no record of any format. Text has no zeros.
        lines.extend(raw.iter().filter(|byte| **byte != 0));
        lines.push(b'\n');
    }
    bench.write("app.jsonl", &lines);
    bench
}

#[test]
fn tables_and_counts_are_harmless() {
    let bench = bench();
    for arguments in [
        vec![],
        vec!["--fields", "principal,event,message,reason,raw,origin.object"],
        vec!["--glyphs", "ascii"],
        vec!["--format", "csv"],
        vec!["--format", "csv", "--fields", "raw,principal"],
    ] {
        let said = bench.query(&arguments);
        assert!(said.lines().len() > hostile::STRINGS.len(), "{arguments:?}: {}", said.err);
        assert_harmless(&said, &[]);
    }
    let by = bench.query(&["--by", "principal"]);
    assert!(by.lines().len() > 20);
    assert_harmless(&by, &['\t']);
}

#[test]
fn what_was_made_harmless_is_found() {
    let bench = Bench::new();
    let records: [(&str, &[u8]); 8] = [
        ("plain", br#"{"time":"2026-03-04T10:00:00Z","x":"a\\x41"}"#),
        ("escapes", br#"{"time":"2026-03-04T10:00:00Z","x":"\u001b[2J\u202e"}"#),
        ("a mark", b"{\"time\":\"2026-03-04T10:00:00Z\",\"x\":\"\xe2\x80\xae\"}"),
        ("a control", b"{\"time\":\"2026-03-04T10:00:00Z\",\"x\":\"\x1b[2J\"}"),
        ("no text", b"{\"time\":\"2026-03-04T10:00:00Z\",\"x\":\"\xff\xfe\"}"),
        ("a name", b"{\"time\":\"2026-03-04T10:00:00Z\",\"\xff\":\"x\"}"),
        ("plain line", b"Mar  4 10:00:00 web-1 sshd[7]: Invalid user bob from 192.0.2.7 port 1"),
        (
            "bad line",
            b"Mar  4 10:00:00 web-1 sshd[7]: Invalid user \xff\xfe\x80 from 192.0.2.7 port 1",
        ),
    ];
    for (name, record) in records {
        let mut file = record.to_vec();
        file.push(b'\n');
        bench.write("one.log", &file);
        let expected = if name.starts_with("plain") { "0" } else { "1" };
        let said = bench.query(&["hazard:yes", "--count"]);
        assert_eq!((name, said.out.trim()), (name, expected), "{}", said.err);
    }
}

#[test]
fn a_locale_without_unicode_gets_ascii() {
    let bench = bench();
    let evidence = bench.evidence();
    for arguments in [vec!["query", &evidence], vec!["coverage", &evidence], vec!["doctor"]] {
        let mut command = bench.command(&arguments);
        command.env("LANG", "C").env("TERM", "dumb");
        let output = command.output().unwrap();
        assert!(output.stdout.is_ascii() && output.stderr.is_ascii(), "{arguments:?}");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn no_cell_is_a_formula() {
    let bench = bench();
    let said = bench.query(&["--format", "csv", "--fields", "principal,event"]);
    let mut guarded = 0;
    for line in said.lines() {
        let inner = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap();
        let cells: Vec<&str> = inner.split("\",\"").collect();
        let first = |cell: &str| cell.trim_start_matches(' ').chars().next();
        let formula = |cell: &&str| first(cell).is_some_and(|c| "=+-@＝＋－＠\t\r".contains(c));
        assert!(!cells[..2].iter().any(formula), "{line}");
        if cells[0].starts_with('\'') {
            guarded += 1;
            assert_eq!(cells.last(), Some(&"1"), "{line}");
        }
    }
    assert!(guarded >= 8, "{guarded}");
}

#[test]
fn json_lines_are_exact() {
    let bench = bench();
    let said = bench.query(&["--format", "jsonl", "--fields", "principal"]);
    let values: Vec<String> = said
        .json()
        .iter()
        .filter_map(|event| event.get("principal")?.as_str().map(str::to_owned))
        .collect();
    for raw in hostile::STRINGS.iter().filter(|raw| !raw.is_empty()) {
        if let Ok(text) = std::str::from_utf8(raw) {
            assert!(values.iter().any(|value| value == text), "{text:?}");
        }
    }
}

#[test]
fn names_of_files_and_arguments_are_harmless() {
    let bench = Bench::with_trail();
    let hostile = b"a\x1b]0;t\x07\xe2\x80\xae\xc2\x9b31m\xff.json";
    let path = bench.path("evidence").join(std::ffi::OsStr::from_bytes(hostile));
    let whole = gzip(&trail(&three()));
    std::fs::write(path, &whole[..whole.len() - 9]).unwrap();
    let said = bench.query(&[]);
    assert_eq!(said.code, 3);
    assert_harmless(&said, &[]);
    let evidence = bench.evidence();
    let odd = "\u{1b}[31m\u{202e}";
    for arguments in [
        vec!["coverage", &evidence],
        vec!["query", &evidence, odd, "--explain"],
        vec!["query", &evidence, &format!("evnt:{odd}")],
        vec!["query", &evidence, "--fields", odd],
        vec!["query", &evidence, "--since", odd],
        vec!["query", odd, odd],
        vec!["formats", "show", odd],
        vec!["formats", "check", odd],
        vec!["keymap", "show", odd],
        vec!["theme", "check", odd],
        vec!["workspace", "show", odd],
        vec![odd],
    ] {
        let said = bench.run(&arguments);
        assert!(!said.err.is_empty() || said.code == 0, "{arguments:?}");
        assert_harmless(&said, &[]);
    }
}
