//! `trailcase scan`: how much personal data and how many secrets stand in the records of each
//! source, and where the first is; never what they are.

use super::args::{Common, CoverageFormat, Scan as Args};
use super::console::Console;
use super::coverage::grid;
use super::error::CliError;
use super::session::{Origin, Session};
use super::status::Status;
use crate::event::{Cancel, Place as At, counted, grouped};
use crate::job::scanning::{OfSource, Scanned, scan_all};
use crate::record::redaction::Kind;
use crate::shown::{Mode, Place, show};
use crate::source::typed;
use serde_json::{Value, json};

/// Objects told one by one whose records could not be read again.
const TOLD: usize = 10;

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    if args.workspace.is_some() && !args.sources.is_empty() {
        return Err(CliError::usage("name sources, or a workspace with -w, not both"));
    }
    let window = (args.window.since.as_deref(), args.window.until.as_deref());
    let sources = args.sources.iter().map(|source| typed(source)).collect();
    let mut origin = Origin::new(common, sources, args.workspace.as_deref(), window)?;
    let session = Session::load(common, &mut origin, console)?;
    let threads = common.jobs.map_or(0, usize::from);
    let (snapshot, cancel) = (session.store.snapshot(), Cancel::new());
    let of = (&*snapshot, session.store.ledger());
    let found = scan_all(&session.evidence, of, &origin.sources, (threads, &cancel));
    let found = found.map_err(CliError::Threads)?;
    match args.format {
        CoverageFormat::Table => table(&found, console)?,
        CoverageFormat::Json => document(&found, console)?,
    }
    let mut status = session.told(&origin, console);
    for lost in found.unread.iter().take(TOLD) {
        let name = session.store.ledger().path(lost.object).unwrap_or_default();
        let records = counted(lost.rows.len() as u64, "record", "records");
        console.tell(&format!("{name}: {records} not looked into: {}", lost.error));
    }
    if !found.unread.is_empty() {
        status = status.max(Status::Partial);
    }
    Ok(status)
}

fn table(found: &Scanned, console: &mut Console) -> Result<(), CliError> {
    for (number, (source, of)) in found.sources.iter().enumerate() {
        if number > 0 {
            console.line("")?;
        }
        let records = counted(of.records, "record", "records");
        console.line(&format!("{source}: {records} looked into"))?;
        if of.kinds.is_empty() {
            console.line("  nothing of what is looked for")?;
            continue;
        }
        let rows = of.kinds.iter().map(|(kind, it)| {
            let (object, place) = &it.first;
            let first = format!("{object}, {place}");
            vec![kind.to_string(), grouped(it.records), grouped(it.occurrences), first]
        });
        grid::print(&["kind", " records", " times", "first"], &rows.collect::<Vec<_>>(), console)?;
    }
    Ok(())
}

fn document(found: &Scanned, console: &mut Console) -> Result<(), CliError> {
    let sources: Vec<Value> = found.sources.iter().map(|(source, of)| told(source, of)).collect();
    let unread: usize = found.unread.iter().map(|lost| lost.rows.len()).sum();
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let text = json!({ "sources": sources, "looked_for": kinds, "unread": unread }).to_string();
    if console.width().is_some() {
        let shown = show(&text, Mode { place: Place::Detail, glyphs: console.glyphs() });
        return console.exact(shown.as_str().as_bytes());
    }
    console.exact(text.as_bytes())
}

fn told(source: &str, of: &OfSource) -> Value {
    let kinds = of.kinds.iter().map(|(kind, it)| {
        let (object, place) = &it.first;
        let (name, number) = match place {
            At::Line(line) => ("line", line),
            At::Index(index) => ("index", index),
        };
        json!({
            "kind": kind.as_str(),
            "records": it.records,
            "occurrences": it.occurrences,
            "first": { "object": object, name: number },
        })
    });
    json!({ "source": source, "records": of.records, "kinds": kinds.collect::<Vec<_>>() })
}
