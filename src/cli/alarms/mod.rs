//! `trailcase alarms`: what rules and detectors find in the evidence, what is decided about it, and
//! what became of each.

mod baselines;
mod case;
mod curves;
pub(super) mod estate;
mod list;
mod named;
mod review;
pub(super) mod rules;
mod show;
mod suppress;
mod told;
mod triage;

use super::args::{Alarms as Args, AlarmsOf, Common};
use super::console::Console;
use super::error::CliError;
use super::home;
use super::session::{Origin, Session};
use super::status::Status;
use super::verify::{Hashes, of_session};
use crate::detect::{Given, Known, Ruleset};
use crate::event::{Cancel, noun};
use crate::job::Zones;
use crate::job::detecting::{Detected, detect};
use crate::source::typed;
use crate::store::Snapshot;
use crate::verify::presence::covered;
use std::path::Path;
use std::sync::Arc;

/// Objects told one by one whose records could not be read again.
const TOLD: usize = 10;

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    match args {
        Args::List(args) => list::run(common, args, console),
        Args::Show(args) => show::run(common, args, console),
        Args::Rules { of } => {
            let found = Found::new(common, of, console)?;
            told::print(&found, common.jobs.map_or(0, usize::from), console)?;
            Ok(found.status)
        }
        Args::Suppress(args) => suppress::run(common, args, console),
        Args::Suppressions(args) => suppress::list(common, args, console),
        Args::Unsuppress(args) => suppress::end(common, args, console),
        Args::Review(args) => review::run(common, args, console),
        step => triage::run(common, step, console),
    }
}

/// What evidence is asked: rules, and what is whose.
pub(super) struct Asked {
    pub(super) rules: Ruleset,
    owned: estate::Loaded,
    /// No rule was left out.
    is_whole: bool,
}

impl Asked {
    /// What is wrong is said before anything is read.
    pub(super) fn new(common: &Common, of: &AlarmsOf, console: &Console) -> Result<Self, CliError> {
        let (rules, is_whole) = rules::load(&of.rules, &|text| console.tell(text))?;
        let owned = estate::load(common, of, &|text| console.tell(text))?;
        Ok(Self { rules, owned, is_whole })
    }

    /// That something was left out is a mistake of whoever named it.
    pub(super) fn status(&self) -> Status {
        if self.is_whole && !self.owned.is_partial { Status::Done } else { Status::Usage }
    }

    pub(super) fn detect(
        &self,
        common: &Common,
        origin: &Origin,
        session: &Session,
    ) -> Result<Detected, CliError> {
        let covered = session.report.as_deref().map_or_else(Vec::new, covered);
        let given = Given {
            estate: self.owned.estate.as_ref(),
            lists: &self.owned.lists,
            sources: &origin.sources,
            verified: session.report.as_ref().map(|report| &*report.findings),
            chains: session.report.as_ref().map_or(&[], |report| &*report.scopes),
            covered: &covered,
        };
        let (asked, threads) = ((&self.rules, &given), common.jobs.map_or(0, usize::from));
        let snapshot = session.store.snapshot();
        detect(&session.evidence, &snapshot, asked, threads, &Cancel::default())
            .map_err(CliError::Threads)
    }
}

/// The evidence, and what the rules said of it.
pub(super) struct Found {
    pub(super) session: Session,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) rules: Ruleset,
    /// What is known of what alarms are about.
    pub(super) known: Known,
    pub(super) detected: Detected,
    /// In which zones times are read that name none.
    pub(super) zones: Zones,
    pub(super) status: Status,
}

impl Found {
    /// Of evidence that is verified first, if it is said with what, or the workspace knows it.
    fn new(common: &Common, of: &AlarmsOf, console: &mut Console) -> Result<Self, CliError> {
        let knows_keys = match &of.workspace {
            Some(name) => has_files(&home::workspaces(common)?.public_keys(name)?),
            None => false,
        };
        let is_verified = of.trust.is_named() || knows_keys;
        Self::of(common, of, is_verified.then_some(Hashes::Kept), console)
    }

    /// The same, verified or not.
    pub(super) fn of(
        common: &Common,
        of: &AlarmsOf,
        verified: Option<Hashes>,
        console: &mut Console,
    ) -> Result<Self, CliError> {
        if of.workspace.is_some() && !of.sources.is_empty() {
            return Err(CliError::usage("name sources, or a workspace with -w, not both"));
        }
        let asked = Asked::new(common, of, console)?;
        let window = (of.window.since.as_deref(), of.window.until.as_deref());
        let sources = of.sources.iter().map(|source| typed(source)).collect();
        let mut origin = Origin::new(common, sources, of.workspace.as_deref(), window)?;
        let mut session = Session::load(common, &mut origin, console)?;
        if let Some(hashes) = verified {
            let trust = (&of.trust, of.workspace.as_deref(), hashes);
            of_session(common, &origin, trust, &mut session, console)?;
        }
        let snapshot = session.store.snapshot();
        let detected = asked.detect(common, &origin, &session)?;
        let mut status = session.told(&origin, console).max(asked.status());
        if unread(&session, &detected, console) {
            status = status.max(Status::Partial);
        }
        let zones = origin.zones.clone();
        let known = Known::new(asked.owned.estate.as_ref(), &snapshot);
        let rules = asked.rules;
        Ok(Self { session, snapshot, rules, known, detected, zones, status })
    }
}

/// Whether there is anything in a folder, which need not be there.
fn has_files(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some())
}

/// Tells of records that the rules could not be asked of; whether there are any.
pub(super) fn unread(session: &Session, detected: &Detected, console: &Console) -> bool {
    for lost in detected.unread.iter().take(TOLD) {
        let name = session.store.ledger().path(lost.object).unwrap_or_default();
        let records = lost.rows.len();
        let told = noun(records as u64, "record", "records");
        console.tell(&format!("{name}: {records} {told} not read again: {}", lost.error));
    }
    if detected.unread.len() > TOLD {
        let more: usize = detected.unread[TOLD..].iter().map(|lost| lost.rows.len()).sum();
        console.tell(&format!("records of other objects not read again: {more}"));
    }
    if detected.unasked > 0 {
        let noun = noun(detected.unasked, "record", "records");
        console.tell(&format!(
            "rules that need the record were not asked of {} {noun}: no JSON",
            detected.unasked
        ));
    }
    !detected.unread.is_empty() || detected.unasked > 0
}
