//! What the analyst said about rows, and what is proven of them, for filters that ask for it.

use crate::case::CaseState;
use crate::cli::args::Common;
use crate::cli::error::CliError;
use crate::cli::home;
use crate::cli::session::Session;
use crate::job::alarmed::Alarmed;
use crate::job::marks::CaseMarks;
use crate::query::ast::Field;
use crate::query::{Mark, Marks, NoMarks, Query};
use std::sync::Arc;

/// The case that the filter's marks are in, or an empty one for what needs no workspace; `None`
/// if columns answer everything. A mark that nobody here
/// can know is a mistake: no rows would be the wrong answer.
pub(super) fn case(
    query: &Query,
    common: &Common,
    workspace: Option<&str>,
) -> Result<Option<CaseState>, CliError> {
    let mut asked = None;
    for field in query.fields() {
        let mark = match field {
            Field::Mark(mark) => *mark,
            Field::Object => {
                asked = asked.or_else(|| Some(CaseState::default()));
                continue;
            }
            _ => continue,
        };
        match (mark, workspace) {
            (Mark::Note | Mark::Tag, None) => {
                let text =
                    format!("{mark}: asks for an analyst's work; name the workspace with -w");
                return Err(CliError::usage(text));
            }
            (Mark::Note | Mark::Tag, Some(name)) => {
                let opened = home::workspaces(common)?.open(name)?;
                asked = Some(opened.state());
            }
            (Mark::Hazard | Mark::Verified | Mark::Alarm, _) => {
                asked = asked.or_else(|| Some(CaseState::default()));
            }
            (Mark::Chain, _) => {
                return Err(CliError::usage(format!("this version does not know {mark}:")));
            }
        }
    }
    Ok(asked)
}

/// The marks of this case; `alarmed` are the records that raised alarms, if that is asked.
pub(super) fn of(
    case: Option<CaseState>,
    session: &Session,
    alarmed: Option<Alarmed>,
) -> Arc<dyn Marks + Send> {
    let Some(case) = case else { return Arc::new(NoMarks) };
    let standings = Arc::clone(&session.standings);
    let marks = CaseMarks::new(Arc::clone(&session.store), Arc::new(case), standings);
    Arc::new(marks.with(Arc::new(alarmed.unwrap_or_default())))
}
