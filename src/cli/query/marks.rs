//! What the analyst said about rows, and what is proven of them, for filters that ask for it.

use crate::case::CaseState;
use crate::cli::args::Common;
use crate::cli::error::CliError;
use crate::cli::home;
use crate::cli::session::Session;
use crate::job::marks::CaseMarks;
use crate::query::ast::Field;
use crate::query::{Mark, Marks, NoMarks, Query};
use std::sync::Arc;

/// The case that the filter's marks are in, or an empty one for what needs no workspace; `None`
/// if columns answer everything. A mark that nobody here
/// can know is a mistake: no rows would be the wrong answer. Who asks knows alarms, or does not.
pub(super) fn case(
    query: &Query,
    common: &Common,
    workspace: Option<&str>,
    knows_alarms: bool,
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
            (Mark::Hazard | Mark::Verified, _) => {
                asked = asked.or_else(|| Some(CaseState::default()));
            }
            (Mark::Alarm, _) if knows_alarms => {
                asked = asked.or_else(|| Some(CaseState::default()));
            }
            (Mark::Alarm | Mark::Chain, _) => {
                return Err(CliError::usage(format!("this version does not know {mark}:")));
            }
        }
    }
    Ok(asked)
}

pub(super) fn of(case: Option<CaseState>, session: &Session) -> Arc<dyn Marks + Send> {
    match case {
        Some(case) => Arc::new(CaseMarks::new(
            Arc::clone(&session.store),
            Arc::new(case),
            Arc::clone(&session.standings),
        )),
        None => Arc::new(NoMarks),
    }
}
