//! Syslog messages as TCP carries them, each behind the number of its octets and a blank
//! (RFC 6587, 3.4.1): `94 <86>1 2026-…`. No line end need stand between them.

use super::{Carry, Item, LONGEST, Lines, Take, record};
use crate::event::Place;
use memchr::memchr_iter;
use std::ops::ControlFlow;

/// Digits of a count.
const DIGITS: usize = 8;

/// Cuts by the counts. Where one is wrong, nobody can tell where the next would stand: from there
/// on lines are records.
#[derive(Default)]
pub(in crate::format) struct Octets {
    carry: Carry,
    /// Where the record in hand began, and lines that ended before it.
    offset: u64,
    line: u64,
    /// What follows a count that is wrong.
    lines: Option<Lines>,
}

/// Whether the bytes are such messages and nothing else; the last may be cut off unless they are
/// the whole.
pub(in crate::format) fn are_counted(bytes: &[u8], whole: bool) -> bool {
    let mut rest = &bytes[ends(bytes)..];
    let mut messages = 0;
    while !rest.is_empty() {
        match length(rest) {
            Some(length) if length <= rest.len() => {
                messages += 1;
                rest = &rest[length..];
                rest = &rest[ends(rest)..];
            }
            // The last was cut off: several before it say that it is one.
            Some(_) => return messages > usize::from(whole),
            None if !whole && rest.len() <= DIGITS + 1 => break,
            None => return false,
        }
    }
    messages > 0 && (!whole || rest.is_empty())
}

/// Bytes of line ends, and of the zeros that some senders write, between messages.
fn ends(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\n' | b'\r' | 0)).count()
}

/// Bytes of the message that these begin with, its count among them. `None`: none does begin here.
fn length(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.iter().take(DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count();
    let (count, rest) = bytes.split_at_checked(digits).filter(|_| digits <= DIGITS)?;
    let count: usize = std::str::from_utf8(count).ok()?.parse().ok()?;
    let is_message = count > 2 && bytes[0] != b'0' && rest.starts_with(b" <");
    is_message.then_some(digits + 1 + count)
}

impl Octets {
    pub(super) fn push(&mut self, bytes: &[u8], take: &mut dyn Take) -> ControlFlow<()> {
        if let Some(lines) = &mut self.lines {
            return lines.push(bytes, take);
        }
        self.carry.bytes.extend_from_slice(bytes);
        let held = std::mem::take(&mut self.carry.bytes);
        let mut at = self.skip(&held, 0);
        while let Some(length) = length(&held[at..]).filter(|length| *length <= held.len() - at) {
            self.message(&held[at..at + length], take)?;
            at = self.skip(&held, at + length);
        }
        let rest = &held[at..];
        let may_begin = rest.len() <= DIGITS + 1 || length(rest).is_some_and(|it| it <= LONGEST);
        if may_begin {
            self.carry.bytes.extend_from_slice(rest);
            return ControlFlow::Continue(());
        }
        self.lines.insert(Lines::from(self.offset, self.line)).push(rest, take)
    }

    pub(super) fn finish(&mut self, take: &mut dyn Take) {
        let rest = std::mem::take(&mut self.carry.bytes);
        // There is nothing to stop: the object is over.
        if !rest.is_empty() {
            let _ = self.message(&rest, take);
        }
        if let Some(lines) = &mut self.lines {
            lines.finish(take);
        }
    }

    /// Goes over line ends; where the next message may begin.
    fn skip(&mut self, held: &[u8], at: usize) -> usize {
        let ends = &held[at..at + ends(&held[at..])];
        self.offset += ends.len() as u64;
        self.line += memchr_iter(b'\n', ends).count() as u64;
        at + ends.len()
    }

    fn message(&mut self, bytes: &[u8], take: &mut dyn Take) -> ControlFlow<()> {
        let start = (self.offset, Place::Line(self.line + 1));
        self.offset += bytes.len() as u64;
        self.line += memchr_iter(b'\n', bytes).count() as u64;
        let kept = bytes.trim_ascii_end();
        take.take(Item::Record(record(&Carry::default(), kept, start, None)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counted(message: &str) -> String {
        format!("{} {message}", message.len())
    }

    fn cut(text: &[u8], pieces: usize) -> Vec<(String, u64, Place)> {
        let mut found = Vec::new();
        let mut take = |item: Item<'_>| {
            if let Item::Record(record) = item {
                let text = String::from_utf8_lossy(record.bytes).into_owned();
                found.push((text, record.offset, record.place));
            }
            ControlFlow::Continue(())
        };
        let mut octets = Octets::default();
        for piece in text.chunks(pieces) {
            assert!(octets.push(piece, &mut take).is_continue());
        }
        octets.finish(&mut take);
        found
    }

    #[test]
    fn only_what_is_counted_to_the_end_is_so() {
        let two = [counted("<86>1 a b"), counted("<86>1 c\n")].concat();
        assert!(are_counted(two.as_bytes(), true));
        assert!(are_counted(&two.as_bytes()[..two.len() - 3], false));
        assert!(!are_counted(&two.as_bytes()[..two.len() - 3], true));
        let three = [counted("<86>1 z"), two.clone()].concat();
        assert!(are_counted(&three.as_bytes()[..three.len() - 3], true));
        for end in ["\n", "\r\n", "\0"] {
            assert!(are_counted([&three, end].concat().as_bytes(), true));
        }
        for text in ["", "8 <86>1 a b", "<86>1 a b", "12 monkeys", "5 <1>abc\n5 <1>abc", "0 <86>"] {
            assert!(!are_counted(text.as_bytes(), true), "{text}");
        }
    }

    #[test]
    fn after_a_wrong_count_lines_are_records() {
        let text = [&counted("<86>1 a"), "99999999999 x\ny\n"].concat();
        let place = Place::Line;
        for pieces in [1, 7, 100] {
            let expected = [
                ("7 <86>1 a".to_owned(), 0, place(1)),
                ("99999999999 x".to_owned(), 9, place(1)),
                ("y".to_owned(), 23, place(2)),
            ];
            assert_eq!(cut(text.as_bytes(), pieces), expected);
        }
    }

    #[test]
    fn line_ends_between_messages_are_of_none() {
        let text = [counted("<86>1 a"), counted("<86>1 b")].join("\r\n") + "\n";
        for pieces in [1, 4, 100] {
            let found = cut(text.as_bytes(), pieces);
            let place = |at: usize| (found[at].0.as_str(), found[at].1, found[at].2);
            assert_eq!(found.len(), 2);
            assert_eq!(place(0), ("7 <86>1 a", 0, Place::Line(1)));
            assert_eq!(place(1), ("7 <86>1 b", 11, Place::Line(2)));
        }
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(
            messages in prop::collection::vec("<8>[a-z0-9 \n<]{0,20}[a-z]", 1..5),
            pieces in 1..40usize,
        ) {
            let all: Vec<String> = messages.iter().map(|message| counted(message)).collect();
            let found = cut(all.concat().as_bytes(), pieces);
            let texts: Vec<&String> = found.iter().map(|(text, ..)| text).collect();
            prop_assert_eq!(texts, all.iter().collect::<Vec<_>>());
        }
    }
}
