use crate::job::load::Options;
use crate::job::load::tests::{load_with, records};
use crate::source::packed::gz;
use crate::store::{Selection, Store};
use std::fmt::Write as _;
use std::path::Path;

/// All that a store says of its rows and objects.
fn table(store: &Store) -> Vec<String> {
    let snapshot = store.snapshot();
    let mut lines = Vec::new();
    for at in Selection::all(&snapshot).window(0, usize::MAX) {
        let (segment, row) = (snapshot.segment(at), usize::from(at.row));
        let mut line = format!("{:?} {:?}", segment.origin(row), segment.time(row));
        for field in &segment.schema().fields {
            write!(line, " {}", segment.value(row, &field.name)).unwrap();
        }
        lines.push(line);
    }
    for object in store.ledger().all() {
        lines.push(format!("{object:?}"));
    }
    lines
}

fn is_the_same(write: impl Fn(&Path)) -> usize {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let load = |threads| {
        let options = Options { threads, ..Options::default() };
        table(&load_with(folder.path(), options).0)
    };
    let alone = load(1);
    for threads in [2, 3, 2] {
        let together = load(threads);
        let differs = alone.iter().zip(&together).find(|(alone, together)| alone != together);
        assert_eq!(differs, None, "with {threads}");
        assert_eq!(alone.len(), together.len());
    }
    alone.len()
}

/// Control messages, events in envelopes, members that nobody knows, and damage.
fn stream() -> String {
    let control = r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: checking"}]}"#;
    let mut text = String::new();
    for n in 0..3000 {
        let account = if n % 7 == 0 { "111122223333" } else { "444455556666" };
        let more = if n % 900 == 5 { format!(r#","more{n}":1"#) } else { String::new() };
        write!(text, r#"{{"messageType":"DATA_MESSAGE","owner":"{account}","logEvents":["#)
            .unwrap();
        for line in 0..3 {
            let comma = if line > 0 { "," } else { "" };
            let at = 1_772_600_000_000_u64 + n * 10 + line;
            write!(
                text,
                r#"{comma}{{"id":"{n}","timestamp":{at},"message":"worker {line} began"}}"#
            )
            .unwrap();
        }
        writeln!(text, "]{more}}}").unwrap();
        if n % 500 == 250 {
            writeln!(text, "{control}").unwrap();
        }
        if n % 1000 == 700 {
            text.push_str(r#"{"level":"info","msg":"the quote is missing}"#);
        }
    }
    text
}

#[test]
fn what_several_threads_read_of_an_object_is_what_one_reads() {
    let rows = is_the_same(|folder| {
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
        write("a.json.gz", &gz(records(0..2000).as_bytes()));
        write("b.json", records(1500..2500).as_bytes());
        write("c.json", stream().as_bytes());
        let header = |ends: &str| format!("version {ends} start end action log-status\n");
        let line = "2 192.0.2.1 198.51.100.2 1772600000 1772600060 ACCEPT OK\n".repeat(6000);
        let flows = [&header("srcaddr dstaddr"), &*line, &header("dstaddr srcaddr"), &*line];
        write("d.log", flows.concat().as_bytes());
        let line =
            "Mar  4 10:00:00 web-1 sshd[7]: Failed password for root from 192.0.2.1 port 2 ssh2\n";
        write(
            "e.log",
            [&line.repeat(2000), "neither this\n", &line.repeat(2000)].concat().as_bytes(),
        );
    });
    assert!(rows > 2500 + 9000 + 12_000 + 4001, "{rows}");
}
