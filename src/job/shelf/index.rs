//! The lines of an index. Each is JSON behind its CRC-32 in eight hexadecimal digits; lines are
//! read up to the first that is not whole.

use super::Met;
use super::schemas::SavedSchema;
use crate::event::{ObjectId, Reason, ReasonKind, State, Zone};
use crate::source::Stamp;
use crate::store::{Block, Contents, Counts, NewObject, Object, Shelved};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What an index says of itself in its first line.
const FORMAT: u32 = 3;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Head {
        format: u32,
        build: String,
        /// Keys the hashes of records, which have to be comparable across sessions.
        seed: u64,
    },
    /// A segment with these columns; its directory is in this block of the pack.
    Segment {
        #[serde(flatten)]
        schema: SavedSchema,
        #[serde(with = "block")]
        directory: Block,
    },
    Object(Box<SavedObject>),
    /// What was found out about rows, once everything was read.
    Found {
        /// Of the objects that were there then.
        evidence: u64,
        rows: Vec<FoundRows>,
    },
    /// Stands in a file of its own.
    Answer(SavedAnswer),
}

/// What was decided about rows for one question.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SavedAnswer {
    pub(super) question: String,
    pub(super) parts: Vec<SavedPart>,
}

/// What was decided about the rows of a segment, as runs ([`Bits::runs`](crate::store::Bits)).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SavedPart {
    pub(super) segment: Shelved,
    pub(super) hits: Vec<u32>,
    /// Not decided: rows that are hidden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) open: Vec<u32>,
}

/// The rows of a segment that are duplicates, and those in conflict.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FoundRows {
    pub(super) segment: Shelved,
    #[serde(with = "blocks", default, skip_serializing_if = "Option::is_none")]
    pub(super) hidden: Option<Block>,
    #[serde(with = "blocks", default, skip_serializing_if = "Option::is_none")]
    pub(super) conflict: Option<Block>,
}

/// An outermost object and all that was found in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SavedObject {
    pub(super) path: String,
    /// Size, modified, changed (nanoseconds) and inode.
    pub(super) stamp: (u64, i64, i64, u64),
    pub(super) order: u64,
    pub(super) sha256: String,
    pub(super) bytes: u64,
    /// The object itself, then its members.
    pub(super) leaves: Vec<SavedLeaf>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SavedLeaf {
    /// Its number in the session that read it, which is what segments of the pair call it.
    pub(super) number: u32,
    /// The leaf it is a member of, and its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) member: Option<(usize, String)>,
    /// Inflated bytes that have to be passed to get there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) behind: Option<u64>,
    /// Its bytes lie in a file as they are.
    #[serde(rename = "plain", default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_plain: bool,
    pub(super) inflated: u64,
    pub(super) state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<SavedReason>,
    /// Records, parsed, unparsed, out of range, events: before duplicates were found.
    pub(super) counts: [u64; 5],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) span: Option<(i64, i64)>,
    /// The zone that its times were read in which name none, in seconds east of UTC.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) zone: i32,
    /// Its records whose times name none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) zone_assumed: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) remarks: Vec<(SavedReason, u64)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SavedReason(String, String, Option<u64>);

impl SavedReason {
    fn new(reason: &Reason) -> Self {
        Self(reason.kind.as_str().to_owned(), reason.detail.clone(), reason.offset)
    }

    fn reason(&self) -> Option<Reason> {
        let kind = ReasonKind::parse(&self.0)?;
        Some(Reason { kind, detail: self.1.clone(), offset: self.2 })
    }
}

impl SavedLeaf {
    pub(super) fn new(object: &Object, member: Option<(usize, String)>, met: &Met) -> Option<Self> {
        let counts = &object.counts;
        Some(Self {
            number: object.id.0,
            member,
            behind: met.behind,
            is_plain: met.is_plain,
            inflated: object.inflated,
            state: object.state?.as_str().to_owned(),
            reason: object.reason.as_deref().map(SavedReason::new),
            counts: [
                counts.records,
                counts.parsed + counts.duplicate,
                counts.unparsed,
                counts.out_of_range,
                counts.events + counts.duplicate,
            ],
            span: object.span,
            zone: object.zone.seconds(),
            zone_assumed: object.zone_assumed,
            remarks: object.remarks.iter().map(|(r, n)| (SavedReason::new(r), *n)).collect(),
        })
    }

    /// Rows that it gave.
    pub(super) fn events(&self) -> u64 {
        self.counts[4]
    }

    /// The object as it was when it had been read, without names; `None` if a word is unknown.
    pub(super) fn object(&self) -> Option<Object> {
        let new = NewObject { path: Arc::default(), parent: None, order: 0, bytes: 0 };
        let [records, parsed, unparsed, out_of_range, events] = self.counts;
        let remarks = self.remarks.iter().map(|(reason, n)| Some((reason.reason()?, *n)));
        let mut object = Object::new(ObjectId(self.number), new);
        object.state = Some(State::parse(&self.state)?);
        object.reason = match &self.reason {
            Some(reason) => Some(Arc::new(reason.reason()?)),
            None => None,
        };
        *object = Contents {
            sha256: None,
            inflated: self.inflated,
            formats: Vec::new(),
            counts: Counts { events, records, parsed, unparsed, duplicate: 0, out_of_range },
            span: self.span,
            lock: None,
            zone: Zone::of_seconds(self.zone),
            zone_assumed: self.zone_assumed,
            remarks: remarks.collect::<Option<_>>()?,
        };
        Some(object)
    }
}

impl SavedObject {
    /// Whether its rows are what they would be if times that name no zone were read in this one.
    pub(super) fn is_in(&self, zone: Zone) -> bool {
        let is_in = |leaf: &SavedLeaf| {
            leaf.zone == zone.seconds() || leaf.object().is_some_and(|was| !was.is_other_in(zone))
        };
        self.leaves.iter().all(is_in)
    }

    /// Without its device, which is not what it is in another session.
    pub(super) fn stamp(&self) -> Stamp {
        let (size, modified_nanos, changed_nanos, inode) = self.stamp;
        Stamp { size, modified_nanos, changed_nanos, inode, device: 0 }
    }

    /// Whether it gave no rows because its content is that of another object.
    pub(super) fn is_same(&self) -> bool {
        let reason = self.leaves.first().and_then(|leaf| leaf.reason.as_ref());
        reason.is_some_and(|reason| reason.0 == ReasonKind::SameObject.as_str())
    }
}

/// Whether a number is left out.
fn is_zero<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}

impl Line {
    pub(super) fn head(build: &str, seed: u64) -> Self {
        Self::Head { format: FORMAT, build: build.to_owned(), seed }
    }

    /// The seed of an index that this build wrote.
    pub(super) fn seed_of(&self, build: &str) -> Option<u64> {
        match self {
            Self::Head { format, build: wrote, seed } => {
                (*format == FORMAT && wrote == build).then_some(*seed)
            }
            _ => None,
        }
    }

    /// The line with its checksum and its end.
    pub(super) fn spell(&self) -> Option<String> {
        let json = serde_json::to_string(self).ok()?;
        Some(format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes())))
    }

    /// The lines of an index, up to the first that is not whole.
    pub(super) fn all(text: &[u8]) -> Vec<Self> {
        let lines = text.split_inclusive(|&byte| byte == b'\n');
        lines.map_while(Self::parse).collect()
    }

    fn parse(line: &[u8]) -> Option<Self> {
        let (sum, json) = line.strip_suffix(b"\n")?.split_at_checked(9)?;
        let (digits, space) = std::str::from_utf8(sum).ok()?.split_at_checked(8)?;
        let sum = u32::from_str_radix(digits, 16).ok()?;
        let whole = space == " " && sum == crc32fast::hash(json);
        if whole { serde_json::from_slice(json).ok() } else { None }
    }
}

/// A block as its three numbers.
mod block {
    use super::Block;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
    pub(super) fn serialize<S: Serializer>(block: &Block, out: S) -> Result<S::Ok, S::Error> {
        (block.at, block.length, block.sum).serialize(out)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(input: D) -> Result<Block, D::Error> {
        let (at, length, sum) = Deserialize::deserialize(input)?;
        Ok(Block { at, length, sum })
    }
}

/// As [`block`], if there is one.
mod blocks {
    use super::Block;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[allow(clippy::ref_option, reason = "the form that serde asks for")]
    pub(super) fn serialize<S: Serializer>(
        block: &Option<Block>,
        out: S,
    ) -> Result<S::Ok, S::Error> {
        block.map(|block| (block.at, block.length, block.sum)).serialize(out)
    }

    pub(super) fn deserialize<'a, D: Deserializer<'a>>(
        input: D,
    ) -> Result<Option<Block>, D::Error> {
        let block: Option<(u64, u32, u32)> = Deserialize::deserialize(input)?;
        Ok(block.map(|(at, length, sum)| Block { at, length, sum }))
    }
}
