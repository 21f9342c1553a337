//! From a row of the table to an exhibit that outlives the session: where its record is, its
//! bytes, and their hash.

use super::Evidence;
use super::order::{MAX_ROWS, Rows};
use crate::case::{Exhibit, ROOM, Raw, hex, sha256_hex};
use crate::event::time::Time;
use crate::event::{ObjectId, Records};
use crate::format::{Bytes, LONGEST};
use crate::store::{Ledger, RowRef, Segment, Snapshot, Store};
use std::sync::Arc;

/// What is said of a record that has no room.
const FULL: &str = "its bytes are not kept: there are too many with those marked before it";

/// Makes exhibits.
#[derive(Clone)]
pub struct Pinner {
    store: Arc<Store>,
    evidence: Arc<Evidence>,
}

/// The outermost object's path and hash, and the way into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub object: String,
    pub member: Option<String>,
    pub sha256: Option<String>,
}

impl Address {
    /// Where an object of the ledger is, in words that outlive the session.
    pub fn of(ledger: &Ledger, id: ObjectId) -> Option<Self> {
        let inner = ledger.path(id)?;
        let outer = ledger.outermost(id)?;
        let member = inner.strip_prefix(&*outer.path).and_then(|rest| rest.strip_prefix('!'));
        Some(Self {
            object: outer.path.to_string(),
            member: member.map(str::to_owned),
            sha256: outer.sha256.map(|hash| hex(&hash)),
        })
    }
}

impl std::fmt::Debug for Pinner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pinner")
    }
}

impl Pinner {
    pub fn new(store: Arc<Store>, evidence: Arc<Evidence>) -> Self {
        Self { store, evidence }
    }

    /// Path, SHA-256 and bytes of all that was acquired whole in this session.
    pub(super) fn acquisitions(&self) -> Vec<(Arc<str>, [u8; 32], u64)> {
        self.store.ledger().acquisitions()
    }

    /// An exhibit for each of the first [`MAX_ROWS`] rows, all of which have room in one entry. A
    /// record that cannot be read again, that is longer than any that is decoded, or that has no
    /// room beside those before it is pinned without its bytes, and its summary says so.
    pub fn pin(&self, rows: &Rows) -> Vec<Arc<Exhibit>> {
        let mut room = ROOM;
        let pin = |at: &RowRef| {
            let exhibit = self.exhibit(&rows.snapshot, *at, room)?;
            room = room.saturating_sub(exhibit.written_size()?);
            Some(Arc::new(exhibit))
        };
        rows.rows.iter().take(MAX_ROWS).filter_map(pin).collect()
    }

    /// The zone that was assumed for the time of a record that names none.
    fn zone(&self, segment: &Segment, row: usize) -> Option<String> {
        let (object, _) = segment.is_zone_assumed(row).then(|| segment.spot(row))?;
        Some(self.store.ledger().get(object)?.zone.to_string())
    }

    fn exhibit(&self, snapshot: &Snapshot, at: RowRef, room: usize) -> Option<Exhibit> {
        let segment = snapshot.segment(at);
        let row = usize::from(at.row);
        let origin = segment.origin(row);
        let Address { object, member, sha256 } = Address::of(self.store.ledger(), origin.object)?;
        let exhibit = Exhibit {
            object,
            member,
            sha256,
            offset: origin.offset,
            length: u64::from(origin.length),
            within: origin.inner.positions().collect(),
            place: origin.place,
            time: segment.time(row).map(Time::to_rfc3339),
            zone: self.zone(segment, row),
            format: segment.schema().id.clone().into_owned(),
            record_sha256: sha256_hex(&[]),
            raw: Raw(Vec::new()),
            inside: None,
            summary: cut(summary(snapshot, at)),
        };
        let length = origin.length as usize;
        if length > LONGEST {
            let why = format!("{length} bytes, which are too long to be kept");
            return Some(exhibit.without_bytes(&why));
        }
        if length > room {
            return Some(exhibit.without_bytes(FULL));
        }
        match self.evidence.read(&origin) {
            Ok(raw) => {
                let record_sha256 = sha256_hex(&raw);
                let inside = Bytes::new(&raw).record(origin.inner).map(|inside| inside.text);
                let whole = Exhibit { record_sha256, raw: Raw(raw), inside, ..exhibit };
                let fits = whole.written_size().is_some_and(|size| size <= room);
                Some(if fits { whole } else { whole.without_bytes(FULL) })
            }
            Err(error) => {
                let why = format!("its bytes could not be read: {error}");
                Some(exhibit.without_bytes(&why))
            }
        }
    }
}

/// A summary is for people, and a record's message may be all of the record.
fn cut(mut summary: String) -> String {
    const LENGTH: usize = 1000;
    if let Some((end, _)) = summary.char_indices().nth(LENGTH) {
        summary.truncate(end);
        summary.push('…');
    }
    summary
}

/// One line for people: event, who, from where.
pub fn summary(snapshot: &Snapshot, at: RowRef) -> String {
    let segment = snapshot.segment(at);
    let row = usize::from(at.row);
    let value = |name: &str| segment.value(row, name).to_string();
    let who = [value("principal"), value("interface"), value("host")];
    let who = who.into_iter().find(|text| !text.is_empty());
    let parts = [Some(value("event")), who, Some(value("src.ip"))];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { value("message") } else { parts.join(" ") }
}

#[cfg(test)]
mod tests;
