//! From a row of the table to an exhibit that outlives the session: where its record is, its
//! bytes, and their hash.

use super::Evidence;
use super::scribe::Rows;
use crate::case::{Exhibit, Raw, hex, sha256_hex};
use crate::event::{ObjectId, Records};
use crate::store::{Ledger, RowRef, Snapshot, Store};
use std::sync::Arc;

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

    /// An exhibit for each row. A record that cannot be read again is pinned without its bytes,
    /// and its summary says so.
    pub fn pin(&self, rows: &Rows) -> Vec<Arc<Exhibit>> {
        let pin = |at: &RowRef| self.exhibit(&rows.snapshot, *at).map(Arc::new);
        rows.rows.iter().filter_map(pin).collect()
    }

    fn exhibit(&self, snapshot: &Snapshot, at: RowRef) -> Option<Exhibit> {
        let segment = snapshot.segment(at);
        let row = usize::from(at.row);
        let origin = segment.origin(row);
        let Address { object, member, sha256 } = Address::of(self.store.ledger(), origin.object)?;
        let mut summary = summary(snapshot, at);
        let raw = self.evidence.read(&origin).unwrap_or_else(|error| {
            summary = format!("{summary} (its bytes could not be read: {error})");
            Vec::new()
        });
        Some(Exhibit {
            object,
            member,
            sha256,
            offset: origin.offset,
            length: u64::from(origin.length),
            place: origin.place,
            time: segment.time(row).map(super::super::event::time::Time::to_rfc3339),
            format: segment.schema().id.clone().into_owned(),
            record_sha256: sha256_hex(&raw),
            raw: Raw(raw),
            summary,
        })
    }
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
