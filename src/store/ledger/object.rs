//! An evidence object as the ledger has it: what it is, what became of it, and its numbers.

use crate::event::{ObjectId, Reason, ReasonKind, Schema, State, Zone};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// Different remarks kept for one object; further ones are counted with the last.
pub const MAX_REMARKS: usize = 20;

/// Numbers of one object, or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of the table.
    pub events: u64,
    pub records: u64,
    pub parsed: u64,
    pub unparsed: u64,
    /// Records that are in the table already, byte for byte.
    pub duplicate: u64,
    /// Records outside the time window asked for.
    pub out_of_range: u64,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.records += other.records;
        self.parsed += other.parsed;
        self.unparsed += other.unparsed;
        self.duplicate += other.duplicate;
        self.out_of_range += other.out_of_range;
    }
}

/// An evidence object: a file, or a member of an archive. There may be very many of which nothing
/// was read, so that what reading finds is kept apart; until then it finds nothing.
#[derive(Debug, Clone)]
pub struct Object {
    pub id: ObjectId,
    /// The source argument joined with the key; for members `!member` for each archive level.
    pub path: Arc<str>,
    /// The archive it is a member of.
    pub parent: Option<ObjectId>,
    /// Position in the listing; members follow their archive.
    pub order: u64,
    /// Bytes as acquired, or as listed; only outermost objects have them, so that archives count
    /// once.
    pub bytes: u64,
    /// `None` while it waits or is being read.
    pub state: Option<State>,
    pub reason: Option<Arc<Reason>>,
    /// Taken over from an earlier session, and not hashed again in this one yet.
    pub unchecked: bool,
    /// No longer among the evidence; only its number is still taken.
    pub gone: bool,
    /// Objects that are directly in it.
    pub members: u32,
    contents: Option<Box<Contents>>,
}

/// What reading an object finds.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// SHA-256 as acquired; only outermost objects have one, once they are read.
    pub sha256: Option<[u8; 32]>,
    /// Bytes after decompression.
    pub inflated: u64,
    /// Events by format.
    pub formats: Vec<(Arc<Schema>, u64)>,
    pub counts: Counts,
    /// First and last time of its events.
    pub span: Option<(i64, i64)>,
    /// What keeps it from being deleted where it came from, as far as it says so.
    pub lock: Option<Box<str>>,
    /// The zone that its times were read in which name none.
    pub zone: Zone,
    /// Its records whose times name none.
    pub zone_assumed: u64,
    /// What was passed over inside it, with how often; at most [`MAX_REMARKS`] different ones.
    pub remarks: Vec<(Reason, u64)>,
}

/// Of an object that was not read.
static NOTHING: Contents = Contents {
    sha256: None,
    inflated: 0,
    formats: Vec::new(),
    counts: Counts { events: 0, records: 0, parsed: 0, unparsed: 0, duplicate: 0, out_of_range: 0 },
    span: None,
    lock: None,
    zone: Zone::UTC,
    zone_assumed: 0,
    remarks: Vec::new(),
};

impl Deref for Object {
    type Target = Contents;

    fn deref(&self) -> &Contents {
        self.contents.as_deref().unwrap_or(&NOTHING)
    }
}

impl DerefMut for Object {
    fn deref_mut(&mut self) -> &mut Contents {
        self.contents.get_or_insert_default()
    }
}

impl Object {
    /// An object that is still to be read.
    pub fn new(id: ObjectId, new: NewObject) -> Self {
        Self {
            id,
            path: new.path,
            parent: new.parent,
            order: new.order,
            bytes: new.bytes,
            state: None,
            reason: None,
            unchecked: false,
            gone: false,
            members: 0,
            contents: None,
        }
    }

    /// Takes over what was found out about it, but its names and its place in the listing.
    pub(super) fn restore(&mut self, was: Self) {
        let Self { bytes, state, reason, unchecked, contents, .. } = was;
        (self.bytes, self.state, self.reason) = (bytes, state, reason);
        (self.unchecked, self.contents) = (unchecked, contents);
    }

    /// Nothing was found in it after all.
    pub(super) fn forget(&mut self) {
        if let Some(contents) = &mut self.contents {
            contents.counts = Counts::default();
            contents.formats.clear();
            contents.span = None;
            contents.zone_assumed = 0;
        }
    }

    /// Whether bytes that may be records were not read. What is no log, and what is left out on
    /// purpose because it is read elsewhere or is no file, is not missed.
    pub fn is_missed(&self) -> bool {
        let kind = self.reason.as_ref().map(|reason| reason.kind);
        match self.state {
            Some(State::Read | State::Growing | State::NotALog) => false,
            Some(State::Skipped) => !matches!(
                kind,
                Some(
                    ReasonKind::SameObject
                        | ReasonKind::Symlink
                        | ReasonKind::Special
                        | ReasonKind::OutsideWindow
                )
            ),
            Some(State::Partial | State::Failed) | None => true,
        }
    }

    /// Whether it would give other rows if times without a zone were read in this one. What could
    /// not be decoded may have such a time too, which nobody has counted.
    pub fn is_other_in(&self, zone: Zone) -> bool {
        self.zone != zone && (self.zone_assumed > 0 || self.counts.unparsed > 0)
    }

    pub(super) fn remark(&mut self, remark: Reason, times: u64) {
        let full = self.remarks.len() >= MAX_REMARKS;
        let same = |(known, _): &&mut (Reason, u64)| {
            known.kind == remark.kind && known.detail == remark.detail
        };
        // Parts of an object are read in any order, and are told of in that of its bytes.
        let place = |remark: &Reason| remark.offset.unwrap_or(u64::MAX);
        let known = match self.remarks.iter_mut().find(same) {
            None if full => self.remarks.last_mut(),
            known => known,
        };
        match known {
            Some((known, count)) => {
                *count += times;
                if place(&remark) < place(known) {
                    *known = remark;
                }
            }
            None => self.remarks.push((remark, times)),
        }
        self.remarks.sort_by_key(|(remark, _)| place(remark));
    }
}

/// What is known of an object before it is read.
#[derive(Debug, Clone)]
pub struct NewObject {
    pub path: Arc<str>,
    pub parent: Option<ObjectId>,
    pub order: u64,
    pub bytes: u64,
}

pub(super) fn add_format(formats: &mut Vec<(Arc<Schema>, u64)>, schema: &Arc<Schema>, events: u64) {
    match formats.iter_mut().find(|(known, _)| known.id == schema.id) {
        Some((_, count)) => *count += events,
        None => {
            // Most have but one.
            formats.reserve_exact(1);
            formats.push((Arc::clone(schema), events));
        }
    }
}
