//! From a row of the table to what its proof is about.

use super::exhibit::Address;
use crate::event::Time;
use crate::record::proof::Subject;
use crate::store::{Ledger, Segment};
use sha2::{Digest, Sha256};

/// What is said of the record besides its place.
const SAYS: [&str; 4] = ["event", "principal", "src.ip", "id"];

/// The record of a row, whose bytes are these; `None` if its object is gone.
pub fn subject(ledger: &Ledger, segment: &Segment, row: usize, record: &[u8]) -> Option<Subject> {
    let origin = segment.origin(row);
    let address = Address::of(ledger, origin.object)?;
    let value = |name: &'static str| {
        let cell = segment.value(row, name);
        (!cell.is_absent()).then(|| (name, cell.to_string()))
    };
    let time = segment.time(row).map(|time| ("time", Time::to_rfc3339(time)));
    Some(Subject {
        path: ledger.path(origin.object)?.to_string(),
        archive: address.member.map(|_| address.object),
        place: origin.place.to_string(),
        offset: origin.offset,
        length: origin.length.into(),
        sha256: Sha256::digest(record).into(),
        says: time.into_iter().chain(SAYS.into_iter().filter_map(value)).collect(),
    })
}
