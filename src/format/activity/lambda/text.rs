//! What a line of a function's log says, where it is text: lines that the platform writes around
//! each call, and the heads that the runtimes of Node, Python, Java and .NET put before messages.

use crate::format::activity::level;
use crate::format::clock::{self, Stamp};

/// A line's parts; what it does not say is empty.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Line<'a> {
    pub(super) stamp: Option<Stamp>,
    /// The platform's word for what happens.
    pub(super) event: &'a str,
    pub(super) request: &'a str,
    pub(super) level: &'a str,
    pub(super) message: &'a str,
    /// The rest of a platform's line, in which there are labels and their values.
    pub(super) labels: &'a str,
    /// Something went wrong, and this is what the platform calls it.
    pub(super) error: &'a str,
}

/// Words that lines of the platform begin with, the request's id among what follows.
const CALLS: [&str; 3] = ["START", "END", "REPORT"];
const PHASES: [&str; 4] = ["INIT_START", "INIT_REPORT", "RESTORE_START", "RESTORE_REPORT"];
const EXTENSIONS: [&str; 3] = ["EXTENSION", "LOGS", "TELEMETRY"];

impl<'a> Line<'a> {
    /// `None`: neither the platform nor a runtime begins a line so.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        match line.as_bytes().first()? {
            b'A'..=b'Z' => platform(line),
            b'[' => python(line),
            b'0'..=b'9' => stamped(line),
            _ => None,
        }
    }

    /// The value behind a label, up to the next tab.
    pub(super) fn label(&self, label: &str) -> Option<&'a str> {
        let mut found = self.labels.match_indices(label);
        // Some labels are also the end of longer ones.
        let (at, _) = found.find(|(at, _)| {
            let before = self.labels[..*at].trim_end_matches(' ');
            let longer =
                ["Billed", "Init", "Restore", "Runtime"].iter().any(|word| before.ends_with(word));
            !longer && self.labels[at + label.len()..].starts_with(": ")
        })?;
        let value = &self.labels[at + label.len() + 2..];
        Some(value.split(['\t', '\n']).next().unwrap_or(value).trim())
    }

    /// The number behind a label, whatever its unit.
    pub(super) fn number(&self, label: &str) -> Option<f64> {
        let number: f64 = self.label(label)?.split(' ').next()?.parse().ok()?;
        number.is_finite().then_some(number)
    }
}

fn platform(line: &str) -> Option<Line<'_>> {
    let end = line.find([' ', '\t', ':']).unwrap_or(line.len());
    let (word, labels) = line.split_at(end);
    let rest = labels.trim_start();
    if CALLS.contains(&word) {
        let request = uuid(rest.strip_prefix("RequestId: ")?)?;
        return Some(Line { event: word, request, labels, ..Line::default() });
    }
    let phase = PHASES.contains(&word)
        && (rest.starts_with("Runtime Version: ") || rest.contains("Duration: "));
    if phase || EXTENSIONS.contains(&word) && rest.starts_with("Name: ") {
        return Some(Line { event: word, labels, ..Line::default() });
    }
    let rest = line.strip_prefix("RequestId: ")?;
    let request = uuid(rest)?;
    let message = rest[request.len()..].trim_start();
    let error = message.rsplit(['\n', ' ']).find(|word| word.starts_with("Runtime."));
    let known = message.starts_with("Error: ") || message.starts_with("Process exited");
    let event = if message.starts_with("Error") { "Error" } else { "Process exited" };
    let error = error.unwrap_or(event);
    known.then_some(Line { event, request, message, error, ..Line::default() })
}

/// `[INFO]<tab>time<tab>request<tab>message`, or `[ERROR] Exception: message`.
fn python(line: &str) -> Option<Line<'_>> {
    let (level, rest) = line.strip_prefix('[')?.split_once(']')?;
    level::severity(level)?;
    let Some(rest) = rest.strip_prefix('\t') else {
        // What a runtime writes of an exception that nobody caught.
        let message = rest.strip_prefix(' ').filter(|_| level == "ERROR")?;
        let error = message.split(':').next().filter(|name| is_name(name))?;
        return Some(Line { level, message, error, ..Line::default() });
    };
    let mut parts = rest.splitn(3, '\t');
    let (time, request, message) = (parts.next()?, parts.next()?, parts.next()?);
    let (stamp, "") = clock::iso(time)? else { return None };
    let request = uuid(request).unwrap_or("");
    Some(Line { stamp: Some(stamp), request, level, message, ..Line::default() })
}

/// A time, a request, and a level and a message behind tabs or blanks.
fn stamped(line: &str) -> Option<Line<'_>> {
    let (stamp, rest) = clock::iso(line)?;
    // Node and .NET part with tabs; what runs before there is a request says `undefined`.
    if let Some(rest) = rest.strip_prefix('\t') {
        let mut parts = rest.splitn(3, '\t');
        let (request, level, message) = (parts.next()?, parts.next()?, parts.next()?);
        level::severity(level)?;
        let known = request == "undefined" || request.is_empty() || uuid(request).is_some();
        let request = uuid(request).unwrap_or("");
        let line = Line { stamp: Some(stamp), request, level, message, ..Line::default() };
        return known.then_some(line);
    }
    let rest = rest.strip_prefix(' ')?;
    let request = uuid(rest)?;
    let message = rest[request.len()..].trim_start();
    let line = Line { stamp: Some(stamp), request, message, ..Line::default() };
    if message.starts_with("Task timed out") {
        return Some(Line { event: "Task timed out", error: "Task timed out", ..line });
    }
    // As the pattern for Log4j has it that the guide gives.
    let (level, message) = message.split_once(' ')?;
    level::severity(level)?;
    Some(Line { level, message: message.trim_start(), ..line })
}

/// The id that the text begins with.
fn uuid(text: &str) -> Option<&str> {
    let id = text.get(..36)?;
    let fits = id.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    fits.then_some(id)
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte))
}

/// Whether a line begins a record. What a runtime writes of an error goes on in further lines,
/// indented, or as the languages have it; behind a line of the platform nothing does but the
/// trace of a report.
pub(super) fn begins(so_far: &[u8], line: &[u8]) -> bool {
    const GO_ON: [&[u8]; 8] =
        [b" ", b"\t", b"\xC2\xA0", b"Traceback (most recent", b"Caused by: ", b"}", b"]", b")"];
    let word = so_far.split(|byte| b" \t:".contains(byte)).next().unwrap_or_default();
    if word == b"REPORT" {
        return !line.starts_with(b"XRAY TraceId: ");
    }
    if word == b"RequestId" {
        return !line.starts_with(b"Runtime.");
    }
    let of_platform = |names: &[&str]| names.iter().any(|name| name.as_bytes() == word);
    if of_platform(&CALLS) || of_platform(&PHASES) || of_platform(&EXTENSIONS) {
        return true;
    }
    let indented = |line: &[u8]| line.starts_with(b" ") || line.starts_with(b"\xC2\xA0");
    let last = so_far.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    // The exception stands behind its traceback.
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    let is_exception = indented(last)
        && std::str::from_utf8(name).is_ok_and(is_name)
        && memchr::memmem::find(so_far, b"Traceback (most recent").is_some();
    !is_exception && !GO_ON.iter().any(|start| line.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0a1b2c3d-1111-4222-8333-944455556666";

    #[test]
    fn labels_are_told_from_longer_ones() {
        let text = format!(
            "REPORT RequestId: {ID}\tDuration: 1.5 ms\tBilled Duration: 2 ms \tInit Duration: 90.1 ms"
        );
        let line = Line::read(&text).unwrap();
        assert_eq!((line.event, line.request), ("REPORT", ID));
        assert_eq!(line.number("Duration"), Some(1.5));
        assert_eq!(line.number("Billed Duration"), Some(2.0));
        assert_eq!(line.number("Init Duration"), Some(90.1));
        assert_eq!(line.number("Memory Size"), None);
        let text = format!("REPORT RequestId: {ID}  Billed Duration: 2 ms  Duration: 1 ms");
        assert_eq!(Line::read(&text).unwrap().number("Duration"), Some(1.0));
    }

    #[test]
    fn what_only_begins_so_is_no_line_of_a_function() {
        for text in [
            "START RequestId: none Version: 1",
            "STARTED",
            "RequestId: 0a1b2c3d",
            "INIT_START now",
            "[INFO] hello",
            "[WARNING]\tsoon\tx\ty",
            "2026-03-04T10:42:02Z\tx\tINFO\ty",
            "2026-03-04 10:42:02 INFO y",
            "2026-03-04T10:42:02Z",
            "é",
            "",
        ] {
            assert_eq!(Line::read(text), None, "{text}");
        }
    }

    #[test]
    fn lines_of_an_error_belong_together() {
        let begins = |so_far: &str, line: &str| begins(so_far.as_bytes(), line.as_bytes());
        let error = "[ERROR]\tt\tr\tfailed\nTraceback (most recent call last):\n  File \"a.py\"";
        assert!(!begins(error, "ValueError: no"));
        assert!(!begins("[ERROR] ValueError: no", "Traceback (most recent call last):"));
        assert!(!begins("REPORT RequestId: x", "XRAY TraceId: 1-0a1b-0c1d\tSegmentId: 0"));
        assert!(begins("START RequestId: x", "  indented output"));
        assert!(begins("hello", "ValueError: no"));
    }
}
