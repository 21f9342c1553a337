//! What is proven of the rows that a session loaded.

use super::keys::Named;
use crate::cli::args::{Common, Trust};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::home;
use crate::cli::session::{Origin, Session};
use crate::event::counted;
use crate::job::Standings;
use crate::job::examine::{Before, Examined, Kept, Matter};
use crate::job::integrity::read_keys;
use crate::verify::{Question, judge};
use std::sync::Arc;

/// Whether log files are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Hashes {
    /// All of them.
    Anew,
    /// Those of which a workspace has no hash, or which changed since.
    Kept,
}

/// Verifies what the session loaded.
pub(in crate::cli) fn of_session(
    common: &Common,
    origin: &Origin,
    (trust, workspace, hashes): (&Trust, Option<&str>, Hashes),
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
    let kept = match workspace {
        Some(name) if hashes == Hashes::Kept => Some(kept(common, name)?),
        _ => None,
    };
    let before = kept.as_ref().map(|kept| kept.read(session.store.ledger())).unwrap_or_default();
    let threads = super::threads(common);
    let matter = Matter { sources: &sources, metadata: &metadata, may_hold: &|_| true, threads };
    let examined = super::watched(&matter, &before.examined, console)?;
    if let Some(kept) = kept {
        keep(&kept, &examined, before, console);
    }
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

/// Where a workspace keeps hashes.
fn kept(common: &Common, name: &str) -> Result<Kept, CliError> {
    let workspaces = home::workspaces(common)?;
    Ok(Kept::of(&workspaces.segments(name)?, &workspaces.info(name)?.id))
}

/// Says which log files were not hashed again, and keeps the hashes for the next command.
fn keep(kept: &Kept, examined: &Examined, before: Before, console: &Console) {
    if let Err(error) = kept.write(examined, &before) {
        console.tell(&format!("hashes are not kept for the next command: {error}"));
    }
    if let Some(remark) = before.remark {
        console.tell(&remark);
    }
    let taken = examined.taken;
    if let Some(since) = taken.since {
        let logs = counted(taken.logs, "log file was", "log files were");
        console.tell(&format!(
            "{logs} not hashed again: size, times and inode are what they were when that was done, \
             at {} or later; `trailcase verify` hashes everything",
            since.to_rfc3339(0)
        ));
    }
}
