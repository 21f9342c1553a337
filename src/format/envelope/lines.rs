//! Envelopes that are the beginning of a line of text.

use super::{Around, Fallback, Peeled};
use crate::event::Time;
use crate::format::detect::is_uuid;
use crate::format::key;
use std::borrow::Cow;

/// Takes off what a collector has put before the message.
pub(super) fn peel(line: &str) -> Option<Peeled<'_>> {
    let (stamp, rest) = line.split_once(' ')?;
    if !stamp.as_bytes().first()?.is_ascii_digit() {
        return None;
    }
    // All others give date, time and zone in one word.
    if matches!(stamp.len(), 20..=35) {
        let container = ["stdout ", "stderr "].iter().find_map(|stream| rest.strip_prefix(stream));
        if let Some(container) = container
            && let Some(payload) = of_container(line, container)
        {
            return Some(peeled(payload, Time::parse_rfc3339(stamp)?));
        }
        if stamp.len() == 24 && stamp.ends_with('Z') && !is_whole(rest) {
            let line = peeled(Cow::Borrowed(rest), Time::parse_rfc3339(stamp)?);
            return Some(Peeled { around: Around::Stamp, ..line });
        }
    }
    of_tail(stamp, rest)
}

/// A line that `aws logs tail` printed: `2026-03-04T10:42:02.113000+00:00 STREAM MESSAGE`, or
/// `2026-03-04T10:42:02 MESSAGE`, which is UTC too.
fn of_tail<'a>(stamp: &str, rest: &'a str) -> Option<Peeled<'a>> {
    let (time, stream, message) = match stamp.len() {
        SHORT => (Time::parse_rfc3339(&format!("{stamp}Z"))?, "", rest),
        25 | 32 if stamp.ends_with("+00:00") => {
            let (stream, message) = rest.split_once(' ')?;
            // What no name of a stream may hold, most lines of other collectors do.
            if stream.len() > STREAM || stream.contains([':', '*']) || stream.is_empty() {
                return None;
            }
            // The service knows milliseconds only; other programs print what looks alike.
            if stamp.len() == 32 && !stamp.ends_with("000+00:00") {
                return None;
            }
            (Time::parse_rfc3339(stamp)?, stream, message)
        }
        _ => return None,
    };
    let said = if stream.is_empty() { Fallback::default() } else { key::read(stream) };
    let fallback = Fallback { time: Some(time), ..said };
    let payload = Peeled::plain(Cow::Borrowed(message));
    Some(Peeled { fallback, around: Around::Tail, ..payload })
}

/// Bytes of a time without a zone.
const SHORT: usize = 19;

/// The longest name of a log stream.
const STREAM: usize = 512;

/// Whether the time is the line's own: Lambda writes one so, of a call that it ended.
fn is_whole(rest: &str) -> bool {
    let (id, message) = rest.split_at_checked(36).unwrap_or_default();
    is_uuid(id.as_bytes()) && message.starts_with(" Task timed out after ")
}

fn peeled(payload: Cow<'_, str>, time: Time) -> Peeled<'_> {
    Peeled {
        fallback: Fallback { time: Some(time), ..Fallback::default() },
        ..Peeled::plain(payload)
    }
}

/// The message of the lines that a container runtime (CRI) wrote, each with its head: `F` ends the
/// message, `P` is a part of it.
fn of_container<'a>(lines: &'a str, first: &'a str) -> Option<Cow<'a, str>> {
    let message = first.strip_prefix("F ").or_else(|| first.strip_prefix("P "))?;
    if !lines.contains('\n') {
        return Some(Cow::Borrowed(message));
    }
    let mut whole = String::with_capacity(lines.len());
    for line in lines.split('\n') {
        let rest = line.splitn(4, ' ').nth(3).unwrap_or(line);
        whole.push_str(rest.strip_suffix('\r').unwrap_or(rest));
    }
    Some(Cow::Owned(whole))
}

/// Whether a line begins a message that CloudWatch Logs exported to S3, or that a container wrote;
/// the other lines of a message come without a time, or behind a line that says that it is a part.
pub(in crate::format) fn begins_export(record: &[u8], line: &[u8]) -> bool {
    let last = record.rsplit(|byte| *byte == b'\n').next().unwrap_or(record);
    let part = [&b" stdout P "[..], b" stderr P "];
    let is_part = last.get(20..64.min(last.len())).is_some_and(|head| {
        part.iter().any(|part| head.windows(part.len()).any(|window| window == *part))
    });
    let head = &line[..line.len().min(HEAD)];
    let head = std::str::from_utf8(head)
        .unwrap_or_else(|error| std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or(""));
    // A time without a zone may as well be in the middle of a message that has one before it.
    let is_other = || is_short(head.as_bytes()) && !is_short(record);
    !is_part && peel(head).is_some() && !is_other()
}

/// What the head of a line takes at most.
const HEAD: usize = 64 + STREAM;

fn is_short(line: &[u8]) -> bool {
    line.get(SHORT) == Some(&b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(line: &str) -> Option<String> {
        peel(line).map(|peeled| peeled.payload.into_owned())
    }

    #[test]
    fn heads_of_collectors_are_taken_off() {
        for (line, expected) in [
            ("2026-03-04T10:42:02.113Z a b", Some("a b")),
            ("2026-03-04T10:42:02.113456789Z stdout F a b", Some("a b")),
            ("2026-03-04T10:42:02.113456789+01:00 stderr P a b", Some("a b")),
            ("2026-03-04T10:42:02.113000+00:00 2026/03/04/[$LATEST]0a1b a b", Some("a b")),
            ("2026-03-04T10:42:02.113000+00:00 db1.0 a b", Some("a b")),
            ("2026-03-04T10:42:02+00:00 db1.0 a b", Some("a b")),
            ("2026-03-04T10:42:02 a b", Some("a b")),
            ("2026-03-04T10:42:02.113000+00:00 sshd[1]: a", None),
            ("2026-03-04T10:42:02.113456+01:00 web-1 a", None),
            ("2026-03-04 10:42:02 a", None),
            ("2026-03-04T10:42:02Z a", None),
            ("Mar  4 10:42:02 web-1 sshd[1]: a", None),
            ("2026-13-04T10:42:02.113Z a", None),
            ("", None),
        ] {
            assert_eq!(payload(line).as_deref(), expected, "{line}");
        }
        let parts =
            "2026-03-04T10:42:02.113456789Z stdout P a b\n2026-03-04T10:42:02.2Z stdout F c";
        assert_eq!(payload(parts).as_deref(), Some("a bc"));
    }

    #[test]
    fn a_message_goes_on_until_the_next_begins() {
        let begins = |record: &str, line: &str| begins_export(record.as_bytes(), line.as_bytes());
        assert!(begins("x", "2026-03-04T10:42:02.113Z a"));
        assert!(!begins("x", "\tat main"));
        let stream = format!("2026/03/04/[$LATEST]{}", "0a".repeat(16));
        let tail = format!("2026-03-04T10:42:02.113000+00:00 {stream} a");
        assert!(begins(&tail, &tail));
        assert!(begins("2026-03-04T10:42:02 a", "2026-03-04T10:42:03 b"));
        assert!(!begins(&tail, "2026-03-04T10:42:03 b"));
        assert!(!begins(
            "2026-03-04T10:42:02.113456789Z stdout P a",
            "2026-03-04T10:42:02.113456789Z stdout F b"
        ));
        assert!(begins(
            "2026-03-04T10:42:02.113456789Z stdout F a",
            "2026-03-04T10:42:02.113456789Z stdout F b"
        ));
    }
}
