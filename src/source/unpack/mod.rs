//! Containers around logs, recognised by content and never by name: gzip, zstd, bzip2, xz, LZMA,
//! lz4, snappy, tar and zip, Parquet, and what nests of them. Compression adds nothing to a member's name; each archive adds
//! `!member`.
//!
//! Layers pull from each other: raw bytes (hashed as they pass) → inflate → archive → inflate →
//! leaf. Each layer inflates straight into the window of the next, so that a plain gzip file is
//! copied nowhere.

mod budget;
mod codecs;
mod gzip;
mod lzma;
mod mending;
mod names;
mod objects;
mod parquet;
mod raw;
mod sniff;
mod streams;
mod tar;
mod window;
mod xz;
mod zip;
mod zstd;

use super::Input;
use crate::event::{Cancel, Reason, ReasonKind, State, Table};
use budget::Budget;
use objects::Objects;
use raw::Raw;
use std::collections::BTreeSet;
use std::fs::File;
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;

/// Whether a file begins as a container does, or as something compressed; not if it cannot be
/// read.
pub fn is_packed(file: &File) -> bool {
    let (mut head, mut length) = ([0; sniff::HEAD], 0);
    while let Ok(count @ 1..) = file.read_at(&mut head[length..], length as u64) {
        length += count;
    }
    begins_packed(&head[..length])
}

/// The same of the first bytes of an object, of which [`HEAD`] are enough.
pub fn begins_packed(head: &[u8]) -> bool {
    sniff::sniff(head) != sniff::Content::Leaf
}

/// First bytes that say what an object is.
pub const HEAD: usize = sniff::HEAD;

/// What became of an object; `None` if it was read to its end.
pub type Outcome = Option<(State, Reason)>;

/// How much a container may unfold to. Everything is counted while reading; what headers declare
/// is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Inflated bytes of one member, or of one compressed object.
    pub member_bytes: u64,
    /// Inflated bytes of all layers of one outermost object together.
    pub total_bytes: u64,
    /// Inflated bytes for one stored byte, once more than `ratio_after` bytes are inflated.
    pub ratio: u64,
    pub ratio_after: u64,
    /// Members of one outermost object, at all depths.
    pub members: u64,
    /// Archives within each other.
    pub depth: u32,
    /// A zip or Parquet file that cannot be sought in (from a pipe, or within another container)
    /// is held in memory up to this many bytes.
    pub buffered_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            member_bytes: 4 << 30,
            total_bytes: 200 << 30,
            ratio: 200,
            ratio_after: 16 << 20,
            members: 1_000_000,
            depth: 2,
            buffered_bytes: 64 << 20,
        }
    }
}

/// How the members of an archive are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Each by itself, wherever it lies.
    Seek,
    /// Only past all that lies before it.
    Front,
}

/// Is told what is in an object, in the order of its bytes.
///
/// A plain or compressed object: `begin(None)`, `data`…, `end`. An archive: `archive(None)`, then
/// for each member `begin(Some(label))`, `data`…, `end`, or `left`, or for an archive within it
/// `archive(Some(label))` and its members. An outermost object that is not read at all (such as
/// 7-Zip) tells nothing: its outcome says why.
pub trait Visit {
    /// An archive was recognised: its members follow, as objects whose parent it is. `member` is
    /// `None` for the outermost object.
    fn archive(&mut self, member: Option<&str>, access: Access);

    /// Whether this object is a leaf as it is stored, whatever it holds: then it is told without
    /// a look at its compression.
    fn as_stored(&mut self, _member: Option<&str>) -> bool {
        false
    }

    /// A layer of compression was recognised: what is told next is within it, or in an archive
    /// that is. `is_slow` if inflating takes ten times as long as reading what comes out.
    fn inflating(&mut self, _is_slow: bool) {}

    /// What is told next is a table: each line a row, as a JSON object.
    fn rows(&mut self) {}

    /// A leaf begins; `Break` skips it, and then neither `data` nor `end` follows. `member` is
    /// `None` for the outermost object itself, else the label (`a.tar!b.log`).
    fn begin(&mut self, member: Option<&str>) -> ControlFlow<()>;

    /// The next bytes of the leaf. `Break` means that the rest is not wanted, which is no error.
    fn data(&mut self, bytes: &[u8]) -> ControlFlow<()>;

    /// The next rows of a table. Who has no use for columns is given their lines as
    /// [`data`](Self::data).
    fn table(&mut self, table: &Table<'_>) -> ControlFlow<()> {
        table.lines(&mut |bytes| self.data(bytes))
    }

    /// Little or nothing has come for a while, and more may: told again and again for as long as
    /// nothing comes, of a stream that is no container.
    fn rest(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// The leaf is over after this many inflated bytes. An outcome of `None` means that it was
    /// read to its end, or as far as it was wanted.
    fn end(&mut self, inflated: u64, outcome: Outcome);

    /// A member that is not read (encrypted, a link, nested too deep), or an archive within the
    /// archive that broke off. Folders are not mentioned.
    fn left(&mut self, member: &str, state: State, reason: Reason);
}

/// What is known of an outermost object after unpacking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// SHA-256 of the object as acquired; `None` if it could not be read to its last byte.
    pub sha256: Option<[u8; 32]>,
    /// Bytes as acquired, as far as they were read.
    pub bytes: u64,
    /// Of the outermost object itself; an archive with bad members is itself read to the end.
    pub outcome: Outcome,
}

/// Reads an object once, tells what is in it, and hashes all of its bytes, also those that no
/// container claims.
pub fn unpack(input: Input, limits: &Limits, cancel: &Cancel, visit: &mut dyn Visit) -> Unpacked {
    let budget = Budget::new(limits, cancel);
    let mut raw = Raw::new(input, &budget);
    let mut outcome = Objects::new(&budget, visit).outermost(&mut raw);
    if let Err(reason) = raw.drain() {
        outcome.get_or_insert_with(|| stopped(reason, raw.bytes()));
    }
    Unpacked { bytes: raw.bytes(), sha256: raw.sha256(), outcome }
}

/// The same, but a plain or compressed object that holds no archive is read, and hashed, only if
/// the visitor wanted it as it is stored.
pub fn members(input: Input, limits: &Limits, cancel: &Cancel, visit: &mut dyn Visit) -> Unpacked {
    let budget = Budget::new(limits, cancel);
    let mut raw = Raw::new(input, &budget);
    let is_wanted = visit.as_stored(None);
    let mut objects = Objects::new(&budget, visit);
    let mut outcome = objects.outermost(&mut raw);
    if (is_wanted || objects.met_archive())
        && let Err(reason) = raw.drain()
    {
        outcome.get_or_insert_with(|| stopped(reason, raw.bytes()));
    }
    Unpacked { bytes: raw.bytes(), sha256: raw.sha256(), outcome }
}

/// Leaves of an object that was unpacked before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaves<'a> {
    /// The outermost object itself.
    Outermost,
    /// Members, by their labels as [`Visit::begin`] was given them.
    Members(BTreeSet<&'a str>),
}

/// Reads leaves again, all in one pass and in the order of the object's bytes, and no further than
/// to the end of the last of them. Members of a zip file are found by seeking, others by reading
/// up to them. Nothing is hashed.
///
/// The visitor is told of the leaves that are asked for, and may be told of others, which it
/// skips. A leaf of which it is told neither the end nor why it was left was not there; the
/// outcome is that of the outermost object, as far as it was read.
pub fn reread(
    input: Input,
    leaves: &Leaves<'_>,
    limits: &Limits,
    cancel: &Cancel,
    visit: &mut dyn Visit,
) -> Outcome {
    let budget = Budget::new(limits, cancel);
    let mut raw = Raw::unhashed(input, &budget);
    Objects::wanting(&budget, visit, leaves).outermost(&mut raw)
}

/// The outcome of an object that broke off after so many good bytes.
fn stopped(reason: Reason, good: u64) -> (State, Reason) {
    let state = if good == 0 && reason.kind != ReasonKind::Cancelled {
        State::Failed
    } else {
        State::Partial
    };
    (state, reason)
}

#[cfg(test)]
mod tests;
