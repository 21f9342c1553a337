//! What is proven of the rows: verified when the filter or the output asks for it, or somebody
//! names what signatures are checked with.

use super::column::Column;
use crate::cli::args::{Common, Query as Args, RowFormat, Trust};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::session::{Origin, Session};
use crate::cli::{home, session, verify};
use crate::job::Standings;
use crate::job::integrity::read_keys;
use crate::query::ast::Field;
use crate::query::{Mark, Query};
use crate::source::typed;
use crate::verify::{Question, judge};
use std::sync::Arc;

/// Whether the standing of rows is asked for.
pub(super) fn is_asked(query: &Query, columns: &[Column], args: &Args) -> bool {
    let trust = &args.trust;
    let by_filter = query.fields().any(|field| matches!(field, Field::Mark(Mark::Verified)));
    let named = !trust.public_keys.is_empty() || !trust.metadata.is_empty();
    by_filter || named || columns.contains(&Column::Standing) || args.format == RowFormat::Proof
}

/// Verifies what the session loaded.
pub(super) fn find(
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
    verify::read_keys(&trust.public_keys, &mut keys, console)?;
    let opened = origin.sources.iter().map(|source| origin.open(source));
    let sources = opened.collect::<Result<Vec<_>, _>>()?;
    let opened = trust.metadata.iter().map(|path| session::open(&typed(path.as_os_str())));
    let metadata = opened.collect::<Result<Vec<_>, _>>()?;
    let examined = verify::watched(&sources, &metadata, verify::threads(common), console);
    problems.extend(examined.unread.iter().map(|(path, reason)| format!("{path}: {reason}")));
    for problem in problems {
        console.tell(&problem);
    }
    let objects = examined.into_objects();
    let question = Question { objects: &objects, keys: &keys, since: None, until: None };
    let report = judge(&question);
    if keys.is_empty() && !report.digests.is_empty() {
        console.tell(verify::NO_KEYS);
    }
    session.standings = Arc::new(Standings::new(&report, session.store.ledger()));
    session.report = Some(Arc::new(report));
    Ok(())
}
