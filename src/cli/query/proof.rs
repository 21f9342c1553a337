//! A page for each event that proves its record, as far as it is proven.

use super::select::Unread;
use super::view::{Row, View};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::record::proof::{Subject, proof};
use crate::verify::Report;
use sha2::{Digest, Sha256};

/// Prints the pages, a rule between them.
pub(super) fn print(
    view: &mut View<'_>,
    report: &Report,
    console: &mut Console,
    unread: &mut Unread,
) -> Result<(), CliError> {
    let mut first = true;
    view.each(true, unread, &mut |row| {
        let Some(subject) = subject(row) else { return Ok(()) };
        if !std::mem::take(&mut first) {
            console.exact(b"\n---\n")?;
        }
        console.exact(proof(report, &subject).trim_end().as_bytes())
    })
}

/// The record of a row; `None` if it could not be read, which is told elsewhere.
fn subject(row: &Row<'_>) -> Option<Subject> {
    let origin = row.segment.origin(row.at);
    let record = row.record?;
    let time = row.segment.time(row.at).map(crate::event::Time::to_rfc3339);
    let value = |name: &'static str| {
        let cell = row.segment.value(row.at, name);
        (!cell.is_absent()).then(|| (name, cell.to_string()))
    };
    let says = time.map(|time| ("time", time)).into_iter();
    let says = says.chain(["event", "principal", "src.ip", "id"].into_iter().filter_map(value));
    Some(Subject {
        path: row.object.path.to_string(),
        archive: row.object.archive.as_ref().map(ToString::to_string),
        place: origin.place.to_string(),
        offset: origin.offset,
        length: origin.length.into(),
        sha256: Sha256::digest(record).into(),
        says: says.collect(),
    })
}
