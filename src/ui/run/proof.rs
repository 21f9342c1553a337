//! The proof of one record as a file.

use super::Loop;
use super::files::write_new;
use crate::case::What;
use crate::event::Records;
use crate::job::proving::subject;
use crate::job::scribe::Order;
use crate::record::proof::proof;
use crate::store::{RowRef, Snapshot};
use crate::ui::message::{Message, Tone};
use std::sync::Arc;

/// Reads the record and writes the page, on a thread of its own: a disk may hang.
pub(super) fn save(running: &Loop, snapshot: Arc<Snapshot>, at: RowRef, name: &str) {
    let session = &running.world.session;
    let (path, verified) = (running.world.from.join(name), session.integrity.now());
    let (store, evidence) = (Arc::clone(&session.store), Arc::clone(&session.evidence));
    let (told, orders) = (running.told.0.clone(), session.scribe.sender());
    let work = move || {
        let (segment, row) = (snapshot.segment(at), usize::from(at.row));
        let written = (|| {
            let report = verified.report.as_ref().ok_or("nothing was verified yet")?;
            let record = evidence.read(&segment.origin(row)).map_err(|error| error.to_string())?;
            let subject = subject(store.ledger(), segment, row, &record)
                .ok_or("its object is no longer among the evidence")?;
            write_new(&path, proof(report, &subject).as_bytes())
        })();
        let message = match written {
            Ok(sha256) => {
                let told = format!("the proof is in {}", path.display());
                let path = path.display().to_string();
                let fact = What::Report { of: "proof".to_owned(), path, sha256 };
                if let Some(orders) = orders {
                    let _ = orders.send(Order::Fact(fact));
                }
                Message::Told(Tone::Good, told)
            }
            Err(problem) => Message::Told(Tone::Error, format!("{}: {problem}", path.display())),
        };
        let _ = told.send(message);
    };
    if let Err(error) = std::thread::Builder::new().name("save".to_owned()).spawn(work) {
        running.tell(Tone::Error, format!("the proof is not saved: {error}"));
    }
}
