//! What is proven of the rows that a session loaded.

use super::keys::Named;
use crate::cli::args::{Common, Trust};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::home;
use crate::cli::session::{Origin, Session};
use crate::job::Standings;
use crate::job::integrity::read_keys;
use crate::verify::{Question, judge};
use std::sync::Arc;

/// Verifies what the session loaded.
pub(in crate::cli) fn of_session(
    common: &Common,
    origin: &Origin,
    (trust, workspace): (&Trust, Option<&str>),
    session: &mut Session,
    console: &Console,
) -> Result<(), CliError> {
    let (mut keys, mut problems) = (crate::verify::Keys::default(), Vec::new());
    if let Some(name) = workspace {
        (keys, problems) = read_keys(&home::workspaces(common)?.public_keys(name)?);
    }
    let named = Named::read(&trust.public_keys, &mut keys, console)?;
    if !home::is_any_elsewhere(&origin.sources) {
        home::who(trust.is_elsewhere(), &origin.means, console);
    }
    let opened = origin.sources.iter().map(|source| origin.open(source));
    let sources = opened.collect::<Result<Vec<_>, _>>()?;
    let metadata = super::metadata(trust, &origin.means)?;
    let examined = super::watched(&sources, &metadata, super::threads(common), console)?;
    problems.extend(examined.unread.iter().map(|(path, reason)| format!("{path}: {reason}")));
    for problem in problems {
        console.tell(&problem);
    }
    let objects = &examined.objects;
    named.fetch(objects, &origin.means.aws, &mut keys, console);
    let question = Question { objects, past: &[], keys: &keys, since: None, until: None };
    let report = judge(&question);
    named.tell_if_none(&keys, &report, console);
    session.standings = Arc::new(Standings::new(&report, session.store.ledger()));
    session.report = Some(Arc::new(report));
    Ok(())
}
