//! Which records raise alarms, for a filter that asks for it: rules and detectors are asked first.

use crate::cli::alarms::{Asked, unread};
use crate::cli::args::{AlarmsOf, Common, Query as Args};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::session::{Origin, Session};
use crate::cli::status::Status;
use crate::detect::alarms;
use crate::job::alarmed::Alarmed;
use crate::query::ast::Field;
use crate::query::{Mark, Query};

/// What is to be asked.
pub(super) struct Asking(Asked);

impl Asking {
    /// `None` if the filter does not ask for alarms. What is wrong with rules is said before anything is
    /// read.
    pub(super) fn new(
        query: &Query,
        (common, args): (&Common, &Args),
        console: &Console,
    ) -> Result<Option<Self>, CliError> {
        let is_alarm = |field: &Field| matches!(field, Field::Mark(Mark::Alarm));
        if query.fields().any(is_alarm) {
            let of = AlarmsOf {
                workspace: args.workspace.clone(),
                rules: args.rules.clone(),
                estate: args.estate.clone(),
                ..AlarmsOf::default()
            };
            return Asked::new(common, &of, console).map(Self).map(Some);
        }
        if args.rules.is_empty() && args.estate.is_none() {
            return Ok(None);
        }
        let text = "--rules and --estate say what alarm: asks; the filter does not ask alarm:";
        Err(CliError::usage(text))
    }

    /// The records that raise alarms, and what became of asking.
    pub(super) fn raise(
        &self,
        (common, origin): (&Common, &Origin),
        session: &Session,
        console: &Console,
    ) -> Result<(Alarmed, Status), CliError> {
        let Self(asked) = self;
        let snapshot = session.store.snapshot();
        let detected = asked.detect(common, origin, session)?;
        let mut status = asked.status();
        if unread(session, &detected, console) {
            status = status.max(Status::Partial);
        }
        let all = alarms(&snapshot, &asked.rules, &detected.findings);
        Ok((Alarmed::new(&snapshot, &all), status))
    }
}
