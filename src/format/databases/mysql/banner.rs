//! What a server writes at the head of its query logs, and again whenever they are flushed: its
//! version, where it listens, and the names of the columns. No record.

/// The third line, which names the columns.
const COLUMNS: &str = "Time                 Id Command    Argument";

/// Whether a line, or lines that were joined, is such a banner, or a part of one.
pub(super) fn is(record: &str) -> bool {
    let mut lines = record.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.next().is_some_and(is_line) && lines.all(is_line)
}

fn is_line(line: &str) -> bool {
    line.starts_with("Time ") && line.split_ascii_whitespace().eq(COLUMNS.split_ascii_whitespace())
        || line.starts_with("Tcp port: ")
        || line.starts_with("TCP Port: ")
        || is_first(line.as_bytes())
}

/// `/usr/sbin/mysqld, Version: 8.0.36 (Source distribution). started with:`
fn is_first(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    line.ends_with(b"started with:") && memchr::memmem::find(line, b", Version: ").is_some()
}

/// Whether the line begins a banner. Its other lines do not: what a statement of several lines says
/// may look like them.
pub(super) fn begins(line: &[u8]) -> bool {
    is_first(line)
}
