//! The proof of one record as a file.

use super::{Loop, paper};
use crate::event::Records;
use crate::job::paper::write_new;
use crate::job::proving::subject;
use crate::record::proof::proof;
use crate::store::{RowRef, Snapshot};
use std::sync::Arc;

/// Reads the record and writes the page.
pub(super) fn save(running: &Loop, snapshot: Arc<Snapshot>, at: RowRef, name: &str) {
    let session = &running.world.session;
    let verified = session.integrity.now();
    let (store, evidence) = (Arc::clone(&session.store), Arc::clone(&session.evidence));
    paper::save(running, ("proof", "proof"), name, move |path| {
        let (segment, row) = (snapshot.segment(at), usize::from(at.row));
        let report = verified.report.as_ref().ok_or("nothing was verified yet")?;
        let record = evidence.read(&segment.origin(row)).map_err(|error| error.to_string())?;
        let subject = subject(store.ledger(), segment, row, &record)
            .ok_or("its object is no longer among the evidence")?;
        write_new(path, proof(report, &subject).as_bytes())
    });
}
