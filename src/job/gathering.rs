//! An incident record's matter: what a case, its alarms and its evidence say, put together as plain
//! data. Nothing is invented: what nobody said and nothing shows stays empty.

mod alarms;
mod apart;
mod evidence;
mod exhibits;
mod facts;

use super::acquired::Changes;
use super::raising::Raised;
use super::{Standings, Zones};
use crate::case::CaseState;
use crate::event::{Time, Timestamp};
use crate::record::incident::{Incident, Note, Query, Workspace};
use crate::store::Store;
use crate::verify::Report;

/// Filters of the case that a record names.
const QUERIES: usize = 50;

/// What a record is made of.
pub struct Given<'a> {
    pub state: &'a CaseState,
    pub workspace: Workspace,
    pub store: &'a Store,
    /// What the sources are called.
    pub sources: &'a [String],
    /// In which zones times are read that name none, by now.
    pub zones: &'a Zones,
    pub raised: &'a Raised,
    /// What is proven, if anything was verified.
    pub report: Option<&'a Report>,
    pub standings: &'a Standings,
    /// Objects that are not what was acquired.
    pub changes: &'a Changes,
    /// What shows that the journal is not what was written.
    pub damage: &'a [String],
    /// When the case was last said something of. What the clock says does not matter, so that the same
    /// case gives the same record.
    pub as_of: Option<Timestamp>,
}

impl Given<'_> {
    /// The time at which suppressions hold and alarms sleep; nothing does before anything was said.
    fn at(&self) -> Timestamp {
        self.as_of.unwrap_or(Timestamp(0))
    }
}

/// The incident of a case.
pub fn gather(given: &Given<'_>) -> Incident {
    let mut incident = Incident { number: Some(1), ..Incident::default() };
    incident.workspace = given.workspace.clone();
    incident.as_of = given.as_of.map(|at| Time::new(at, 3));
    facts::take(given, &mut incident);
    let exhibits::Told { exhibits, objects, services } = exhibits::all(given);
    incident.exhibits = exhibits;
    let told = alarms::all(given, &incident.exhibits, &objects);
    alarms::times(given, &told, &mut incident.times);
    incident.scope = alarms::scope(&told, &incident.exhibits, services, &given.raised.known.names);
    incident.indicators = alarms::indicators(&told);
    (incident.verdict, incident.reason) = alarms::verdict(&told).unzip();
    incident.suppressions = apart::suppressions(given);
    incident.undecided = apart::undecided(given, &told);
    incident.alarms = told;
    facts::due(&mut incident);
    incident.clocks = evidence::clocks(given);
    incident.notes = notes(given, &incident);
    incident.queries = queries(given);
    incident.evidence = evidence::objects(given);
    incident.coverage = evidence::coverage(given, &incident.evidence);
    incident.coverage.remarks.extend(alarms::cut(given));
    let used = given.state.work().filters().count();
    if used > QUERIES {
        let text = format!("of {used} filters that were used the newest {QUERIES} are named");
        incident.coverage.remarks.push(text);
    }
    incident
}

/// A page for each exhibit that is proven, by the name of its file.
pub fn proofs(given: &Given<'_>, incident: &Incident) -> Vec<(String, Vec<u8>)> {
    exhibits::proofs(given, &incident.exhibits)
}

/// What the exhibits have in these fields, by field, as far as those are columns.
pub fn values(given: &Given<'_>, incident: &Incident, fields: &[String]) -> Vec<(String, String)> {
    exhibits::values(given, &incident.exhibits, fields)
}

/// Notes on the case as a whole, and those on records with the records' numbers; notes on alarms
/// are told there.
fn notes(given: &Given<'_>, incident: &Incident) -> Vec<Note> {
    let notes = given.state.work().notes().values();
    let own = notes.filter(|note| note.alarms.is_empty());
    own.map(|note| Note {
        number: Some(note.id),
        at: Some(Time::new(note.created, 3)),
        who: Some(note.author.clone()),
        text: note.text.clone(),
        exhibits: exhibits::numbers(&note.on, &incident.exhibits),
    })
    .collect()
}

/// The filters that were used, oldest first; of very many the newest.
fn queries(given: &Given<'_>) -> Vec<Query> {
    let used = given.state.work().filters().take(QUERIES);
    let mut queries: Vec<Query> = used.map(|text| Query { text: text.to_owned() }).collect();
    queries.reverse();
    queries
}

#[cfg(test)]
mod tests;
