//! A page for each event that proves its record, as far as it is proven.

use super::select::Unread;
use super::view::View;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::job::proving::subject;
use crate::record::proof::proof;
use crate::store::Ledger;
use crate::verify::Report;

/// Prints the pages, a rule between them.
pub(super) fn print(
    (view, ledger): (&mut View<'_>, &Ledger),
    report: &Report,
    console: &mut Console,
    unread: &mut Unread,
) -> Result<(), CliError> {
    let mut first = true;
    view.each(true, unread, &mut |row| {
        // One that could not be read is told elsewhere.
        let Some(record) = row.record else { return Ok(()) };
        let Some(subject) = subject(ledger, row.segment, row.at, record) else { return Ok(()) };
        if !std::mem::take(&mut first) {
            console.exact(b"\n---\n")?;
        }
        console.exact(proof(report, &subject).trim_end().as_bytes())
    })
}
