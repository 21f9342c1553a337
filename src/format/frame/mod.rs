//! Cutting a stream of bytes into records. Frames are push parsers: each byte is looked at once,
//! and only a record that straddles two pieces is copied.

mod blocks;
mod json;
mod lines;
mod octets;
mod weave;

use crate::event::Place;
use std::ops::ControlFlow;

pub use blocks::Join;
pub(super) use blocks::{Blocks, SHOWN};
pub(super) use json::Json;
pub(super) use lines::Lines;
pub(super) use octets::{Octets, are_counted};
pub use weave::Thread;
pub(super) use weave::{Weave, strand};

/// The longest record that is read; longer ones are kept by place and length alone.
pub const LONGEST: usize = 8 * 1024 * 1024;

/// Bytes kept of a record that is longer than [`LONGEST`]: most say in as many when they were.
const KEPT: usize = 4096;

/// The fault of such a record.
pub(super) const TOO_LONG: &str = "longer than 8 MiB";

/// The fault of a record that is a run of zero bytes where a record would begin: what a writer
/// that does not append leaves behind when its log is cut short under it, and what a file system
/// leaves of a page that a crash kept from the disk. What follows is a record by itself.
pub(super) const ZEROS: &str = "zero bytes";

/// How many zero bytes the bytes begin with.
pub(super) fn zeros(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| **byte == 0).count()
}

/// Nesting of JSON beyond which a record is not read.
pub(super) const DEEPEST: usize = 128;

/// What a frame yields.
pub(super) enum Item<'a> {
    /// The members of an envelope before the array that holds its records, up to and with the
    /// opening bracket.
    Head(&'a [u8]),
    Record(Record<'a>),
    /// A good part of an envelope, with members that no envelope is known to have.
    Around {
        offset: u64,
        length: u64,
        members: Vec<String>,
    },
}

impl Item<'_> {
    fn around(part: &Record<'_>, members: Vec<String>) -> Self {
        Item::Around { offset: part.offset, length: part.length, members }
    }
}

pub(super) struct Record<'a> {
    /// The record's bytes; only the first 4096 if it is longer than 8 MiB, and without lines of
    /// others that stand between its own.
    pub(super) bytes: &'a [u8],
    pub(super) offset: u64,
    pub(super) length: u64,
    pub(super) place: Place,
    /// Why no decoder should try.
    pub(super) fault: Option<&'static str>,
}

impl Record<'_> {
    /// Whether not all of the bytes between its first and its last are its own.
    pub(super) fn is_woven(&self) -> bool {
        self.fault.is_none() && self.bytes.len() as u64 != self.length
    }
}

/// Takes what a frame yields, and says whether to go on.
pub(super) trait Take {
    fn take(&mut self, item: Item<'_>) -> ControlFlow<()>;

    /// Reads the record that the text begins with, before it is cut. The answer is its length;
    /// `None` if it must be cut first.
    fn read(
        &mut self,
        _text: &str,
        _offset: u64,
        _place: Place,
    ) -> Option<(usize, ControlFlow<()>)> {
        None
    }
}

impl<F: FnMut(Item<'_>) -> ControlFlow<()>> Take for F {
    fn take(&mut self, item: Item<'_>) -> ControlFlow<()> {
        self(item)
    }
}

/// How an object is cut.
pub(super) enum Frames {
    Lines(Lines),
    Blocks(Blocks),
    Weave(Box<Weave>),
    Json(Box<Json>),
    Octets(Octets),
}

impl Frames {
    /// Cuts text into records of one line, or of several.
    pub(super) fn text(join: Join) -> Self {
        match join {
            Join::Never => Self::Lines(Lines::new()),
            Join::Woven(thread) => Self::Weave(Box::new(Weave::new(thread))),
            join => Self::Blocks(Blocks::new(join)),
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8], take: &mut dyn Take) -> ControlFlow<()> {
        match self {
            Self::Lines(lines) => lines.push(bytes, take),
            Self::Blocks(blocks) => blocks.push(bytes, take),
            Self::Weave(weave) => weave.push(bytes, take),
            Self::Json(json) => json.push(bytes, take),
            Self::Octets(octets) => octets.push(bytes, take),
        }
    }

    /// Yields what is whole, as far as nothing but what follows could say otherwise.
    pub(super) fn rest(&mut self, take: &mut dyn Take) -> ControlFlow<()> {
        match self {
            Self::Blocks(blocks) => blocks.rest(take),
            Self::Weave(weave) => weave.rest(take),
            Self::Lines(_) | Self::Json(_) | Self::Octets(_) => ControlFlow::Continue(()),
        }
    }

    /// Yields what is left. The answer is where the object was cut off, if it was.
    pub(super) fn finish(&mut self, take: &mut dyn Take) -> Option<u64> {
        match self {
            Self::Lines(lines) => {
                lines.finish(take);
                None
            }
            Self::Blocks(blocks) => {
                blocks.finish(take);
                None
            }
            Self::Weave(weave) => {
                weave.finish(take);
                None
            }
            Self::Json(json) => json.finish(take),
            Self::Octets(octets) => {
                octets.finish(take);
                None
            }
        }
    }
}

/// The bytes of a record that began in an earlier piece.
#[derive(Default)]
struct Carry {
    bytes: Vec<u8>,
    length: u64,
    last: u8,
}

impl Carry {
    fn add(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.last = bytes.last().copied().unwrap_or(self.last);
        if self.length > LONGEST as u64 {
            self.bytes.truncate(KEPT);
            let room = KEPT.saturating_sub(self.bytes.len()).min(bytes.len());
            self.bytes.extend_from_slice(&bytes[..room]);
            self.bytes.shrink_to(KEPT);
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Adds what was carried of the bytes that follow.
    fn join(&mut self, next: &Self) {
        self.add(&next.bytes);
        if !next.is_whole() {
            self.length += next.length - next.bytes.len() as u64;
            self.bytes.truncate(KEPT);
        }
    }

    /// Whether all bytes are there.
    fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.length
    }

    /// Gives back the last `count` bytes.
    fn shorten(&mut self, count: usize) {
        self.length = self.length.saturating_sub(count as u64);
        self.bytes.truncate(usize::try_from(self.length).unwrap_or(usize::MAX));
    }

    fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.length = 0;
    }
}

/// A line without its end.
fn text_of(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A record made of what was carried over or, if nothing was, of `bytes`.
fn record<'a>(
    carry: &'a Carry,
    bytes: &'a [u8],
    (offset, place): (u64, Place),
    fault: Option<&'static str>,
) -> Record<'a> {
    let (bytes, length) =
        if carry.is_empty() { (bytes, bytes.len() as u64) } else { (&*carry.bytes, carry.length) };
    let long = length > LONGEST.min(bytes.len()) as u64;
    let bytes = if long { &bytes[..bytes.len().min(KEPT)] } else { bytes };
    let fault = if long { Some(TOO_LONG) } else { fault };
    Record { bytes, offset, length, place, fault }
}
