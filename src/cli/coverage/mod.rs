//! `trailcase coverage`: what became of every evidence object, in numbers that add up.

mod gaps;
mod json;
mod table;

use super::args::{Common, Coverage as Args, CoverageFormat};
use super::console::Console;
use super::error::CliError;
use super::session::{Origin, Session};
use super::status::Status;
use crate::source::typed;
use crate::store::{Object, Totals};
use gaps::Gap;
use std::collections::BTreeMap;

/// Everything that is printed.
struct Account {
    objects: Vec<Object>,
    totals: Totals,
    /// Events of each format.
    formats: BTreeMap<String, u64>,
    /// The zone that times were read in which name none, if there were such times.
    zone: Option<String>,
    /// If they were asked for.
    gaps: Option<Vec<Gap>>,
}

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    if args.workspace.is_some() && !args.sources.is_empty() {
        let text = "name sources, or a workspace with -w, not both";
        return Err(CliError::usage(text));
    }
    let window = (args.window.since.as_deref(), args.window.until.as_deref());
    let sources = args.sources.iter().map(|source| typed(source)).collect();
    let mut origin = Origin::new(common, sources, args.workspace.as_deref(), window)?;
    let session = Session::load(common, &mut origin, console)?;
    let ledger = session.store.ledger();
    let totals = ledger.totals();
    let objects = ledger.all();
    let mut formats: BTreeMap<String, u64> = BTreeMap::new();
    for (schema, events) in objects.iter().flat_map(|object| &object.formats) {
        *formats.entry(schema.id.to_string()).or_default() += events;
    }
    formats.retain(|_, events| *events > 0);
    let account = Account {
        zone: totals.zone_assumed.then(|| origin.zone.clone()),
        gaps: args.gaps.then(|| gaps::find(&session.store.snapshot())),
        objects,
        totals,
        formats,
    };
    match args.format {
        CoverageFormat::Json => json::print(&account, console)?,
        CoverageFormat::Table => table::print(&account, console)?,
    }
    Ok(session.told(&origin, console))
}
