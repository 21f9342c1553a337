//! `trailcase coverage`: what became of every evidence object, in numbers that add up.

pub(super) mod grid;
mod json;
mod named;
mod presence;
mod table;

use super::args::{Common, Coverage as Args, CoverageFormat};
use super::console::Console;
use super::error::CliError;
use super::session::{Origin, Session};
use super::status::Status;
use super::verify::{Hashes, of_session};
use crate::event::{Cancel, Timestamp, Zone};
use crate::job::naming::{Naming, OfSources};
use crate::source::typed;
use crate::store::{Object, Store, Totals};
use crate::verify::presence::{Given, Period, Presence, covered, look};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything that is printed.
struct Account {
    objects: Vec<Object>,
    totals: Totals,
    /// Events of each format.
    formats: BTreeMap<String, u64>,
    /// What sources are there, if it was asked for.
    presence: Option<Presence>,
    /// Objects with times that name no zone.
    zoneless: usize,
    /// What events name, if it was asked for.
    named: Option<OfSources>,
    store: Arc<Store>,
}

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    if args.workspace.is_some() && !args.sources.is_empty() {
        let text = "name sources, or a workspace with -w, not both";
        return Err(CliError::usage(text));
    }
    let window = (args.window.since.as_deref(), args.window.until.as_deref());
    let sources = args.sources.iter().map(|source| typed(source)).collect();
    let mut origin = Origin::new(common, sources, args.workspace.as_deref(), window)?;
    let mut session = Session::load(common, &mut origin, console)?;
    if args.trust.is_named() {
        let trust = (&args.trust, args.workspace.as_deref(), Hashes::Anew);
        of_session(common, &origin, trust, &mut session, console)?;
    }
    let ledger = session.store.ledger();
    let totals = ledger.totals();
    let objects = ledger.all();
    let mut formats: BTreeMap<String, u64> = BTreeMap::new();
    for (schema, events) in objects.iter().flat_map(|object| &object.formats) {
        *formats.entry(schema.id.to_string()).or_default() += events;
    }
    formats.retain(|_, events| *events > 0);
    let account = Account {
        presence: if args.gaps { presence_of(&session, &args.retention) } else { None },
        zoneless: ledger.ids(|object| object.zone_assumed > 0).len(),
        named: if args.fields { named_by(&session, &origin.sources) } else { None },
        store: Arc::clone(&session.store),
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

fn named_by(session: &Session, sources: &[String]) -> Option<OfSources> {
    let (snapshot, ledger) = (session.store.snapshot(), session.store.ledger());
    Naming::default().count(&snapshot, ledger, sources, || false)
}

/// The zones that were assumed, if there were any times that name none.
fn zones(zones: &BTreeMap<Zone, u64>) -> Option<String> {
    let zones: Vec<String> = zones.keys().map(ToString::to_string).collect();
    (!zones.is_empty()).then(|| zones.join(", "))
}

fn presence_of(session: &Session, asked: &[Period]) -> Option<Presence> {
    let periods = if asked.is_empty() { &Period::USUAL } else { asked };
    let covered = session.report.as_deref().map_or_else(Vec::new, covered);
    let given = Given { covered: &covered, periods, now: Timestamp::now() };
    look(&session.store.snapshot(), &given, &Cancel::new())
}

impl Account {
    /// With what is told of sources goes what it needs to name things.
    fn told<T>(&self, tell: impl FnOnce(&presence::Told<'_>) -> T) -> Option<T> {
        let presence = self.presence.as_ref()?;
        let zones = zones(&self.totals.zones).unwrap_or_default();
        let snapshot = self.store.snapshot();
        let ledger = self.store.ledger();
        Some(tell(&presence::Told {
            presence,
            ledger,
            snapshot: &snapshot,
            zoneless: (self.zoneless, &zones),
        }))
    }
}
