//! What the analyst said about rows, for filters that ask for it: only a workspace knows.

use crate::case::CaseState;
use crate::cli::args::Common;
use crate::cli::error::CliError;
use crate::cli::home;
use crate::cli::session::Session;
use crate::job::marks::CaseMarks;
use crate::query::ast::{Field, Term};
use crate::query::{Mark, Marks, NoMarks, Query};
use std::sync::Arc;

/// The case that the filter's marks are in; `None` if it asks for none. A mark that nobody here
/// can know is a mistake: no rows would be the wrong answer.
pub(super) fn case(
    query: &Query,
    common: &Common,
    workspace: Option<&str>,
) -> Result<Option<CaseState>, CliError> {
    let mut asked = None;
    for mark in marks(query) {
        match (mark, workspace) {
            (Mark::Note | Mark::Tag, None) => {
                let text =
                    format!("{mark}: asks for an analyst's work; name the workspace with -w");
                return Err(CliError::usage(text));
            }
            (Mark::Note | Mark::Tag, Some(name)) => {
                let opened = home::workspaces(common)?.open(name)?;
                asked = Some(CaseState::fold(opened.entries));
            }
            (Mark::Hazard, _) => asked = asked.or_else(|| Some(CaseState::default())),
            (Mark::Verified | Mark::Alarm | Mark::Chain, _) => {
                return Err(CliError::usage(format!("this version does not know {mark}:")));
            }
        }
    }
    Ok(asked)
}

pub(super) fn of(case: Option<CaseState>, session: &Session) -> Box<dyn Marks> {
    match case {
        Some(case) => Box::new(CaseMarks::new(Arc::clone(&session.store), Arc::new(case))),
        None => Box::new(NoMarks),
    }
}

fn marks(query: &Query) -> Vec<Mark> {
    let mut found = Vec::new();
    let mut see = |field: &Field| {
        if let Field::Mark(mark) = field {
            found.push(*mark);
        }
    };
    for term in query.leaves() {
        match term {
            Term::Is { field, .. } | Term::Compare { field, .. } | Term::When { field, .. } => {
                see(field);
            }
            Term::Has(fields) => fields.iter().for_each(&mut see),
            Term::Text(_) | Term::Regex(_) => {}
        }
    }
    found
}
