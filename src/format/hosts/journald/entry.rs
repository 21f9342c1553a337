//! One entry of the journal, from JSON or from the export format.

use crate::format::frame::DEEPEST;
use crate::format::scan::{Broken, Plain, Scan};
use memchr::memmem::find_iter;
use memchr::{memchr, memchr_iter};
use std::borrow::Cow;

/// The journal's fields that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Cursor,
    Time,
    Message,
    Priority,
    Facility,
    Identifier,
    Pid,
    Uid,
    Comm,
    Exe,
    CommandLine,
    Host,
    Boot,
    Unit,
    UserUnit,
    Transport,
    LoginUid,
    Session,
}

/// Names as the journal has them, in the order of [`Name`].
const NAMES: [&str; 18] = [
    "__CURSOR",
    "__REALTIME_TIMESTAMP",
    "MESSAGE",
    "PRIORITY",
    "SYSLOG_FACILITY",
    "SYSLOG_IDENTIFIER",
    "_PID",
    "_UID",
    "_COMM",
    "_EXE",
    "_CMDLINE",
    "_HOSTNAME",
    "_BOOT_ID",
    "_SYSTEMD_UNIT",
    "UNIT",
    "_TRANSPORT",
    "_AUDIT_LOGINUID",
    "_AUDIT_SESSION",
];

#[derive(Debug, Default)]
pub(super) struct Entry<'a> {
    values: [Option<Cow<'a, str>>; NAMES.len()],
}

impl<'a> Entry<'a> {
    /// The value of a field; empty if there is none.
    pub(super) fn get(&self, name: Name) -> &str {
        self.values[name as usize].as_deref().unwrap_or("")
    }

    fn set(&mut self, name: &str, value: Cow<'a, str>) {
        if let Some(at) = NAMES.iter().position(|known| *known == name) {
            // Of a field given twice the first counts.
            self.values[at].get_or_insert(value);
        }
    }

    /// An object of strings. A value of bytes that are no text is an array of numbers, one that is
    /// given twice an array of strings, and one that is very long null.
    pub(super) fn json(record: &'a str) -> Result<Self, Broken> {
        let mut entry = Self::default();
        let mut scan = Scan::new(record);
        let room = scan.open(DEEPEST)?;
        let mut first = true;
        while let Some(name) = scan.key(first)? {
            first = false;
            match scan.peek() {
                Some(b'"') => entry.set(&name, scan.string()?),
                Some(b'[') => {
                    let value = array(&mut scan, room)?;
                    entry.set(&name, value);
                }
                Some(b'{') => scan.skip(room)?,
                _ => match scan.plain()? {
                    Plain::Number(number) => entry.set(&name, Cow::Borrowed(number)),
                    Plain::Null | Plain::Bool(_) => {}
                },
            }
        }
        scan.end()?;
        Ok(entry)
    }

    /// Lines of `NAME=value`; a value that holds line ends stands below its name, behind its length
    /// as eight bytes.
    pub(super) fn export(record: &'a str) -> Self {
        let mut entry = Self::default();
        let mut rest = record;
        while !rest.is_empty() {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            if let Some((name, value)) = line.split_once('=') {
                entry.set(name, Cow::Borrowed(value.strip_suffix('\r').unwrap_or(value)));
                rest = after;
            } else if let Some((length, value)) = length(after).filter(|_| is_name(line)) {
                let end = end(value, length);
                entry.set(line, Cow::Borrowed(&value[..end]));
                rest = value[end..].strip_prefix('\n').unwrap_or(&value[end..]);
            } else {
                rest = after;
            }
        }
        entry
    }
}

/// The text of an array: of its numbers as bytes, or its first string.
fn array<'a>(scan: &mut Scan<'a>, room: usize) -> Result<Cow<'a, str>, Broken> {
    let room = scan.open(room)?;
    let (mut bytes, mut text) = (Vec::new(), None);
    let mut first = true;
    while scan.more(b']', first)? {
        first = false;
        match scan.peek() {
            Some(b'"') => {
                let value = scan.string()?;
                text.get_or_insert(value);
            }
            Some(b'[' | b'{') => scan.skip(room)?,
            _ => {
                if let Plain::Number(number) = scan.plain()? {
                    bytes.extend(number.parse::<u8>());
                }
            }
        }
    }
    Ok(text.unwrap_or_else(|| Cow::Owned(crate::format::text::of(&bytes).into_owned())))
}

/// Whether a line may be the name of a field.
pub(super) fn is_name(line: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=64).contains(&line.len()) && line.bytes().all(part)
}

/// Eight bytes, the lowest first, of text in which bytes that are none stand as `\xNN`.
fn length(text: &str) -> Option<(usize, &str)> {
    let (mut length, mut rest) = (0_u64, text);
    for at in 0..8 {
        let spelled = rest.strip_prefix("\\x").and_then(|hex| hex.get(..2));
        let spelled = spelled.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let (byte, size) = match spelled.filter(|byte| *byte >= 0x80) {
            Some(byte) => (byte, 4),
            None => (*rest.as_bytes().first().filter(|byte| byte.is_ascii())?, 1),
        };
        length |= u64::from(byte) << (8 * at);
        rest = rest.get(size..)?;
    }
    Some((usize::try_from(length).unwrap_or(usize::MAX), rest))
}

/// Where a value of this length ends, which is before a line end. A byte that is no text is four
/// here, and so may be what a program has written that way itself: of the ends that are possible it
/// is the last, so that nobody makes fields by what stands in a message. Where none is possible,
/// the value goes on to the next name.
fn end(value: &str, length: usize) -> usize {
    if length >= value.len() {
        return value.len();
    }
    let (mut spelled, mut counted, mut last) = (0, 0, None);
    let line_ends = memchr_iter(b'\n', value.as_bytes()).chain([value.len()]);
    for at in line_ends {
        spelled += spelled_in(&value.as_bytes()[counted..at]);
        counted = at;
        if at.saturating_sub(3 * spelled) > length {
            break;
        }
        if at >= length && (at - length).is_multiple_of(3) && (at - length) / 3 <= spelled {
            last = Some(at);
        }
    }
    let begins = |at: &usize| {
        let line = value[at + 1..].split('\n').next().unwrap_or("");
        line.split_once('=').is_some_and(|(name, _)| is_name(name))
    };
    let next_name = || value.match_indices('\n').map(|(at, _)| at).find(begins);
    last.or_else(next_name).unwrap_or(value.len())
}

/// Bytes of text that may each stand for one that is none.
fn spelled_in(text: &[u8]) -> usize {
    let digits = |at: usize| text.get(at + 2..at + 4);
    find_iter(text, b"\\x")
        .filter(|at| {
            matches!(digits(*at), Some([b'8' | b'9' | b'A'..=b'F', b'0'..=b'9' | b'A'..=b'F']))
        })
        .count()
}

/// Whether what comes next belongs to a value that stands behind its length, as far as the record
/// so far is shown: what is in a message may look like another entry.
pub(super) fn is_within_value(record: &[u8]) -> bool {
    let mut rest = record;
    while !rest.is_empty() {
        let line_end = memchr(b'\n', rest);
        let (line, after) = rest.split_at(line_end.unwrap_or(rest.len()));
        let after = after.get(1..).unwrap_or_default();
        rest = after;
        if std::str::from_utf8(line).is_ok_and(is_name) {
            let Some((length, value)) = after.split_first_chunk::<8>() else { return true };
            let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
            let Some(behind) = value.get(length..) else { return true };
            rest = behind.get(1..).unwrap_or_default();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_of_bytes_and_of_several_lines_are_read() {
        let entry =
            Entry::json(r#"{"MESSAGE":[104,105,255],"_PID":["7","8"],"_EXE":null}"#).unwrap();
        assert_eq!((entry.get(Name::Message), entry.get(Name::Pid)), (r"hi\xFF", "7"));
        assert_eq!(entry.get(Name::Exe), "");
        let text = "__CURSOR=s=1\nMESSAGE\n\u{5}\0\0\0\0\0\0\0a\nb=c\n_PID=7";
        let entry = Entry::export(text);
        assert_eq!((entry.get(Name::Message), entry.get(Name::Pid)), ("a\nb=c", "7"));
        // A byte that is no text is four here.
        let entry = Entry::export("MESSAGE\n\u{3}\0\0\0\0\0\0\0a\n\\xFF\n_PID=7");
        assert_eq!((entry.get(Name::Message), entry.get(Name::Pid)), ("a\n\\xFF", "7"));
        // Of the ends that its length leaves open it is the last.
        let forged = "MESSAGE\n\u{d}\0\0\0\0\0\0\0a\\xFF\n_PID=1\\xFF\n_PID=7";
        let entry = Entry::export(forged);
        assert_eq!((entry.get(Name::Message), entry.get(Name::Pid)), ("a\\xFF\n_PID=1\\xFF", "7"));
        assert_eq!(length("\\xFF\u{1}\0\0\0\0\0\0x"), Some((0x1FF, "x")));
    }

    #[test]
    fn a_value_of_several_lines_holds_no_entry() {
        let head = b"__CURSOR=a\nMESSAGE\n\x0f\0\0\0\0\0\0\0";
        let record = |value: &[u8]| [&head[..], value].concat();
        assert!(is_within_value(&record(b"")) && is_within_value(&record(b"a\n__CURSOR=b")));
        assert!(!is_within_value(&record(b"a\n__CURSOR=b\nc=d")));
        assert!(!is_within_value(&record(b"a\n__CURSOR=b\nc=d\n_PID=1\n")));
        assert!(!is_within_value(b"__CURSOR=a\nMESSAGE=b\n"));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in r#"[A-Z_=\n\x00-\x05\\xéF"\[\]{}:,0-9]{0,60}"#) {
            let _ = Entry::export(&text);
            let _ = Entry::json(&text);
            is_within_value(text.as_bytes());
        }
    }
}
