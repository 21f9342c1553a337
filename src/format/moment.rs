//! Where a line of text says when it happened, whoever wrote it, and so which lines begin a record
//! and which go on with one.

use super::clock::{self, Stamp, Yearless};
use super::w3c;
use crate::event::Time;

/// Bytes of a line in which its time must begin.
const SOON: usize = 80;

/// Bytes of a line that are looked at for it.
const SEEN: usize = 160;

/// A time, as far as the line says it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum When {
    Stamp(Stamp),
    Yearless(Yearless),
    /// A time of day, of which the day is not said.
    Clock,
}

/// A line's time, with what stands around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment<'a> {
    pub(super) when: When,
    pub(super) before: &'a str,
    pub(super) after: &'a str,
}

/// The time that a line begins with or soon says: behind a bracket, an address, a level.
pub(super) fn find(line: &str) -> Option<Moment<'_>> {
    let mut starts = true;
    for (at, byte) in line.bytes().take(SOON).enumerate() {
        if starts && let Some((when, after)) = read(line, at) {
            let before = &line[..at];
            return is_head(before).then_some(Moment { when, before, after });
        }
        starts = MARKS[usize::from(byte)];
    }
    None
}

/// Whether what stands before a time is no sentence that mentions it.
fn is_head(before: &str) -> bool {
    if before.trim_end_matches('"').ends_with('=') {
        return true;
    }
    let most = if before.ends_with(['[', '(']) { 6 } else { 2 };
    before.split([' ', '\t']).filter(|word| !word.is_empty()).count() <= most
}

/// Which bytes may stand before a time.
static MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let all = b" \t[(|,;\"'=>";
    let mut at = 0;
    while at < all.len() {
        marks[all[at] as usize] = true;
        at += 1;
    }
    marks
};

/// The time that stands here.
fn read(line: &str, at: usize) -> Option<(When, &str)> {
    let text = line.get(at..)?;
    let first = *text.as_bytes().first()?;
    if !first.is_ascii_digit() && !first.is_ascii_uppercase() {
        return None;
    }
    if let Some((stamp, rest)) = clock::read(text) {
        return Some((When::Stamp(stamp), rest));
    }
    // What follows is less certain, and counts where it is all that a line begins with.
    let alone = at == 0 || at == 1 && line.starts_with('[');
    if first.is_ascii_digit() {
        return if alone { epoch(text).or_else(|| of_day(text)) } else { None };
    }
    if let Some((time, rest)) = clock::bsd(text) {
        return Some((When::Yearless(time), rest));
    }
    let klog = at == 0 && matches!(first, b'I' | b'W' | b'E' | b'F');
    let (time, rest) = clock::klog(&text[1..]).filter(|_| klog)?;
    Some((When::Yearless(time), rest))
}

/// Seconds or milliseconds since 1970, of this century.
fn epoch(text: &str) -> Option<(When, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let fraction = text[whole..].strip_prefix('.').map_or(0, |rest| digits(rest) + 1);
    let (number, rest) = text.split_at(whole + fraction);
    let is_now = matches!((whole, fraction), (10, 0 | 2..=10) | (13, 0)) && number >= "1";
    let ends = rest.starts_with([' ', '\t', ']', ',', '|', ':']);
    let time: Time = clock::epoch(number).filter(|_| is_now && ends)?;
    Some((When::Stamp(Stamp::utc(time)), rest))
}

/// `10:42:02.113`
fn of_day(text: &str) -> Option<(When, &str)> {
    let bytes = text.as_bytes();
    let two =
        |at: usize| bytes.get(at..at + 2).is_some_and(|two| two.iter().all(u8::is_ascii_digit));
    let is_one = two(0) && two(3) && two(6) && bytes[2] == b':' && bytes[5] == b':';
    let rest = text.get(8..).filter(|_| is_one)?;
    let fraction = rest.strip_prefix(['.', ',']).unwrap_or(rest);
    let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.starts_with([' ', '\t', ']', '|']).then_some((When::Clock, rest))
}

/// Whether a line begins a record of its own, where the lines of a record say so by their time
/// ([`Join::Begins`](super::Join)): what has none goes on with a record that has one.
pub(super) fn begins(record: &[u8], line: &[u8]) -> bool {
    let (record, line) = (seen(record), seen(line));
    let so_far = record.split('\n').next().unwrap_or("").trim_end();
    if let Some(within) = within_banner(record, line) {
        return !within;
    }
    if is_directive(line) || is_directive(so_far) {
        return true;
    }
    starts(line) || !starts(so_far)
}

/// As much of the lines as is looked at.
fn seen(bytes: &[u8]) -> &str {
    let bytes = &bytes[..bytes.len().min(SEEN)];
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
    }
}

/// Whether the line says by itself that it is a record.
fn starts(line: &str) -> bool {
    if line.starts_with("  ") || line.starts_with('\t') || is_trace(line) {
        return false;
    }
    find(line).is_some()
        || line.starts_with("{\"") && line.trim_end().ends_with('}')
        || line.starts_with("type=") && line.contains(" msg=audit(")
        || ["CEF:0|", "CEF:1|", "LEEF:1.0|", "LEEF:2.0|"].iter().any(|head| line.starts_with(head))
        || line.starts_with('[') && (line.contains("] [pid ") || line.contains("] [client "))
        || is_tagged(line)
}

fn is_tagged(line: &str) -> bool {
    tagged(line).is_some()
}

/// The program that a line begins with, its process, and what follows: a line of syslog without
/// the time and the host.
pub(super) fn tagged(line: &str) -> Option<(&str, &str, &str)> {
    let (tag, message) = line.split_once("]: ")?;
    let (program, pid) = tag.split_once('[')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let is = !program.is_empty()
        && program.chars().all(is_name)
        && !pid.is_empty()
        && pid.bytes().all(|byte| byte.is_ascii_digit());
    is.then_some((program, pid, message))
}

/// Lines of a stack trace or a dump, which may quote times.
fn is_trace(line: &str) -> bool {
    let line = line.trim_start();
    ["at ", "Caused by", "...", "}", ")", "Traceback ", "File \"", "# "]
        .iter()
        .any(|beginning| line.starts_with(beginning))
}

/// A line of nothing but dashes, as stands around the names of files that were joined to one.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim_end();
    line.len() >= 10 && line.bytes().all(|byte| matches!(byte, b'-' | b'=' | b'*'))
}

/// The name of a file alone.
pub(super) fn is_path(line: &str) -> bool {
    let line = line.trim();
    let line = line.strip_prefix("==> ").and_then(|rest| rest.strip_suffix(" <==")).unwrap_or(line);
    line.starts_with("/var/log/") && !line.contains([' ', '\t'])
}

/// Whether the line belongs to the banner that the record is; `None` if there is no banner.
fn within_banner(record: &str, line: &str) -> Option<bool> {
    let mut lines = record.lines();
    let [first, second, third] = [lines.next(), lines.next(), lines.next()];
    match (first.is_some_and(is_rule), second, third) {
        (true, None, _) if is_path(line) => Some(true),
        (true, Some(_), None) if is_rule(line) => Some(true),
        (true, ..) => Some(false),
        _ if is_rule(line) || is_path(line) => Some(false),
        _ => None,
    }
}

/// Whether the line directs how others are to be read: `#Fields: ...` of the W3C, `#fields` of Zeek.
fn is_directive(line: &str) -> bool {
    line.starts_with('#') && (w3c::directive(line).is_some() || is_zeek(line))
}

/// `#fields` of Zeek's tables, and what stands beside it.
pub(super) fn is_zeek(line: &str) -> bool {
    const NAMES: [&str; 9] = [
        "separator",
        "set_separator",
        "empty_field",
        "unset_field",
        "path",
        "open",
        "close",
        "fields",
        "types",
    ];
    let Some(rest) = line.strip_prefix('#') else { return false };
    rest.split_once([' ', '\t']).is_some_and(|(name, _)| NAMES.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_time_is_found_behind_brackets_addresses_and_levels() {
        for (line, before, after) in [
            ("2026-03-04 10:42:02,113 INFO x", "", " INFO x"),
            ("[04/Mar/2026:10:42:02 +0100] x", "[", "] x"),
            ("192.0.2.1:65276 [29/Feb/2024:15:01:18.909] a", "192.0.2.1:65276 [", "] a"),
            ("INFO  [2026-03-04 10:42:02,113] a", "INFO  [", "] a"),
            ("1,2026/03/04 22:47:26,0162,SYSTEM", "1,", ",0162,SYSTEM"),
            ("1772620922.113    310 192.0.2.1 TCP_MISS", "", "    310 192.0.2.1 TCP_MISS"),
            ("[1772620922] SERVICE ALERT", "[", "] SERVICE ALERT"),
            ("10:42:02.113 [main] x", "", " [main] x"),
            ("I0304 10:42:02.113456       1 a.go:12] x", "", "       1 a.go:12] x"),
            ("Mar  4 10:42:02 Installed: x", "", " Installed: x"),
        ] {
            let found = find(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((found.before, found.after), (before, after), "{line}");
        }
        for line in
            ["", "no time", "10:42:02", "version 1.2.3", "123456789012 is long", "May the 4th", "é"]
        {
            assert_eq!(find(line).map(|found| found.before), None, "{line}");
        }
    }

    #[test]
    fn lines_go_on_with_what_has_a_time() {
        let timed = b"2026-03-04 10:42:02 ERROR boom";
        for (record, line, begins_one) in [
            (&timed[..], "2026-03-04 10:42:03 INFO on", true),
            (timed, "java.lang.IllegalStateException: x", false),
            (timed, "\tat a.b.C(C.java:1)", false),
            (timed, "Caused by: x at 2026-03-04 10:42:02", false),
            (timed, "    2026-03-04 10:42:02 quoted", false),
            (timed, "--------------------", true),
            (b"--------------------", "/var/log/messages", false),
            (b"--------------------\n/var/log/messages", "--------------------", false),
            (b"--------------------\n/var/log/messages\n--------------------", "no time", true),
            (b"no time", "none either", true),
            (b"#Fields: a b", "#Date: 2026-03-04 10:42:02", true),
            (timed, "#fields\ta", true),
            (timed, "# a remark", false),
            (timed, "type=SYSCALL msg=audit(1772620922.113:90): arch=c000003e", true),
            (timed, "{\"a\":1}", true),
        ] {
            assert_eq!(begins(record, line.as_bytes()), begins_one, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_survived(record in ".{0,40}", line in r"[0-9A-Za-z:./ ,\[\]é#-]{0,90}") {
            let _ = find(&line);
            let _ = begins(record.as_bytes(), line.as_bytes());
        }
    }
}
