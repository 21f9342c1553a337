//! The records within a record's bytes. Where an envelope of many stands in another envelope, its
//! records have no bytes of their own in the object; what is packed is not seen in its bytes; and
//! between the lines of one record there may be those of others.

use super::Probe;
use super::detect::{is_known_tail, records_member};
use super::dispatch::trimmed;
use super::envelope::{Around, ENVELOPES, Fallback, Head, Peeled, peel};
use super::frame::{Frames, Item, Join, Json, Take, strand};
use super::{formats, text};
use crate::event::{Inner, Place};
use std::borrow::Cow;
use std::ops::{ControlFlow, Range};
use std::sync::{Arc, LazyLock};

/// A record's bytes as they stand in the object, in which there may be an envelope of many. That is
/// opened once for all who ask for one of its records.
#[derive(Debug)]
pub struct Bytes<'r> {
    raw: &'r [u8],
    /// Envelopes of many, each within a record of the one before.
    levels: Vec<Level>,
}

/// A record within a record's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// The record, in whatever is around it alone.
    pub text: String,
    /// Each envelope around it, without what is in it; from the outermost inwards.
    pub around: Vec<Arc<str>>,
}

/// An envelope of many.
#[derive(Debug)]
struct Level {
    /// Of the record that it stands in, among those of the level before.
    position: u64,
    around: Vec<Arc<str>>,
    text: String,
    records: Vec<Range<u32>>,
}

/// Where any message is one of a log stream.
static IN_STREAM: LazyLock<Head> = LazyLock::new(|| Head { stream: true, ..Head::default() });

/// What is in the envelope that the text is, if it is one.
pub(super) fn opened(text: &str) -> Option<Peeled<'_>> {
    let probe = Probe::new(text);
    let peeled = peel(&probe, &IN_STREAM, &Fallback::default())?;
    let is_so = peeled.around != Around::Tail || is_known_tail(&probe, &peeled.payload);
    is_so.then_some(peeled)
}

impl<'r> Bytes<'r> {
    pub fn new(raw: &'r [u8]) -> Self {
        Self { raw, levels: Vec::new() }
    }

    /// The bytes as they stand in the object.
    pub fn raw(&self) -> &'r [u8] {
        self.raw
    }

    /// The record within. `None`: it is the bytes as they are, or is not found there, as no bytes
    /// do that are what they were when they were loaded.
    pub fn record(&mut self, inner: Inner) -> Option<Inside> {
        if inner == Inner::default() {
            return None;
        }
        if inner.is_woven() {
            let text = text::of(&woven(self.raw)?).into_owned();
            return Some(Inside { text, around: Vec::new() });
        }
        let mut above = 0;
        for (depth, position) in inner.positions().enumerate() {
            if self.levels.get(depth).is_none_or(|level| level.position != above) {
                self.levels.truncate(depth);
                let level = self.level(above)?;
                self.levels.push(level);
            }
            above = position;
        }
        self.levels.truncate(inner.positions().count());
        let mut text = self.text(above)?;
        let mut around: Vec<Arc<str>> =
            self.levels.iter().flat_map(|level| level.around.iter().cloned()).collect();
        if inner.is_packed() {
            text = Cow::Owned(unpacked(&text, &mut around)?);
        }
        Some(Inside { text: text.into_owned(), around })
    }

    /// The record at this position in the innermost level; without one, the bytes.
    fn text(&self, position: u64) -> Option<Cow<'_, str>> {
        let Some(level) = self.levels.last() else { return Some(text::of(self.raw)) };
        let range = level.records.get(usize::try_from(position).ok()?.checked_sub(1)?)?;
        level.text.get(range.start as usize..range.end as usize).map(Cow::Borrowed)
    }

    /// Opens the envelope of many in the record at this position.
    fn level(&self, position: u64) -> Option<Level> {
        let mut text = self.text(position)?.into_owned();
        let mut around = Vec::new();
        for _ in 0..ENVELOPES {
            text = next(&text, &mut around)?.0;
            let Some(member) = records_member(&Probe::new(&text)) else { continue };
            let records = records(&text, member);
            around.push(beside(&text, &records).into());
            return Some(Level { position, around, text, records });
        }
        None
    }
}

/// The lines that belong together with the first of these.
fn woven(raw: &[u8]) -> Option<Vec<u8>> {
    formats().iter().find_map(|format| match format.join() {
        Join::Woven(thread) => strand(raw, thread),
        _ => None,
    })
}

/// What is in the envelope, and whether it was packed.
fn next(text: &str, around: &mut Vec<Arc<str>>) -> Option<(String, bool)> {
    let peeled = opened(text)?;
    around.push(emptied(text, &peeled).into());
    Some((trimmed(&peeled.payload).to_owned(), peeled.packed))
}

/// What comes out of the first envelope that holds something packed.
fn unpacked(text: &str, around: &mut Vec<Arc<str>>) -> Option<String> {
    let (mut text, mut packed) = next(text, around)?;
    for _ in 0..ENVELOPES {
        if packed {
            return Some(text);
        }
        (text, packed) = next(&text, around)?;
    }
    None
}

/// An envelope without what is in it.
fn emptied(text: &str, peeled: &Peeled<'_>) -> String {
    let parts = peeled.at.clone().and_then(|at| Some((text.get(..at.start)?, text.get(at.end..)?)));
    match parts {
        Some((before, behind)) => format!("{before}null{behind}"),
        None => text.strip_suffix(&*peeled.payload).unwrap_or_default().to_owned(),
    }
}

/// An envelope of many without its records.
fn beside(text: &str, records: &[Range<u32>]) -> String {
    let mut rest = String::new();
    let mut from = 0;
    for record in records {
        let between = text.get(from..record.start as usize).unwrap_or_default();
        let is_apart = |c: char| c == ',' || c.is_ascii_whitespace();
        rest.push_str(if from > 0 { between.trim_matches(is_apart) } else { between });
        from = record.end as usize;
    }
    rest.push_str(text.get(from..).unwrap_or_default());
    rest
}

/// Where the records of an envelope of many are, as they are counted when it is loaded.
fn records(text: &str, member: &'static str) -> Vec<Range<u32>> {
    let mut found = Found(Vec::new());
    let mut frames = Frames::Json(Box::new(Json::new(Some(member))));
    if frames.push(text.as_bytes(), &mut found).is_continue() {
        frames.finish(&mut found);
    }
    found.0
}

struct Found(Vec<Range<u32>>);

impl Found {
    fn add(&mut self, offset: u64, length: u64) -> ControlFlow<()> {
        let end = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
        self.0.push(end(offset)..end(offset.saturating_add(length)));
        ControlFlow::Continue(())
    }
}

impl Take for Found {
    fn take(&mut self, item: Item<'_>) -> ControlFlow<()> {
        match item {
            Item::Record(record) => self.add(record.offset, record.length),
            Item::Head(_) | Item::Around { .. } => ControlFlow::Continue(()),
        }
    }

    fn read(&mut self, text: &str, offset: u64, _: Place) -> Option<(usize, ControlFlow<()>)> {
        let length = Probe::first(text)?.record.len();
        Some((length, self.add(offset, length as u64)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::base64;

    fn sns(message: &str) -> String {
        let message = serde_json::to_string(message).unwrap();
        format!(r#"{{"TopicArn":"t","Message":{message},"MessageId":"m"}}"#)
    }

    fn packed(data: &str) -> String {
        format!(r#"{{"awslogs":{{"data":"{}"}}}}"#, base64::encode(data.as_bytes()))
    }

    #[test]
    fn each_record_is_found_with_what_is_around_it() {
        let many = r#"{"owner":"o","logEvents":[{"id":"1"}, {"id":"2"}],"tail":1}"#;
        let text = sns(many);
        let mut bytes = Bytes::new(text.as_bytes());
        let top = Inner::default();
        let around = [
            r#"{"TopicArn":"t","Message":null,"MessageId":"m"}"#,
            r#"{"owner":"o","logEvents":[],"tail":1}"#,
        ];
        for (position, record) in [(2, r#"{"id":"2"}"#), (1, r#"{"id":"1"}"#)] {
            let inside = bytes.record(top.then(position)).unwrap();
            assert_eq!(inside.text, record);
            assert_eq!(inside.around.iter().map(|text| &**text).collect::<Vec<_>>(), around);
        }
        assert_eq!(bytes.record(top), None);
        assert_eq!(bytes.record(top.then(3)), None);
        assert_eq!(bytes.record(top.packed()), None);
        assert_eq!(Bytes::new(b"a line").record(top.then(1)), None);
    }

    #[test]
    fn what_is_packed_or_within_a_record_of_many_is_found() {
        let lone = packed(r#"{"a":1}"#);
        let inside = Bytes::new(lone.as_bytes()).record(Inner::default().packed()).unwrap();
        assert_eq!((inside.text.as_str(), inside.around.len()), (r#"{"a":1}"#, 1));
        let many = |records: [&str; 2]| format!(r#"{{"Records":[{},{}]}}"#, records[0], records[1]);
        let one = sns(&many([r#"{"a":1}"#, r#"{"a":2}"#]));
        let two = sns(&many([&lone, &one]));
        let mut bytes = Bytes::new(two.as_bytes());
        let way = |positions: &[u64]| positions.iter().fold(Inner::default(), |i, p| i.then(*p));
        for (inner, record) in [
            (way(&[2, 2]), r#"{"a":2}"#),
            (way(&[1]).packed(), r#"{"a":1}"#),
            (way(&[1]), lone.as_str()),
            (way(&[2, 1]), r#"{"a":1}"#),
            (way(&[2]), one.as_str()),
        ] {
            assert_eq!(bytes.record(inner).unwrap().text, record);
        }
        assert_eq!(bytes.record(way(&[1, 1])), None);
    }
}
