//! The filter of another command, which asks what events pass.

use super::{compile, marks, names, parse, select};
use crate::case::CaseState;
use crate::cli::args::Common;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::job::alarmed::Alarmed;
use crate::job::lists;
use crate::job::lookup::newest_event;
use crate::query::ast::Field;
use crate::query::{Lists, Mark};
use crate::store::Selection;

/// A filter that is one, whatever the evidence is.
pub(in crate::cli) struct Sift {
    text: String,
    lists: Lists,
    case: Option<CaseState>,
}

impl Sift {
    /// What is wrong with it is said before anything is read.
    pub(in crate::cli) fn new(
        text: &str,
        (common, workspace): (&Common, Option<&str>),
        console: &Console,
    ) -> Result<Self, CliError> {
        let early = parse(text, &names(), None)?;
        let asks_proof = |field: &Field| matches!(field, Field::Mark(Mark::Verified));
        if early.fields().any(asks_proof) {
            let text = "nothing is verified here, so that verified: cannot be asked; \
                        `trailcase query` verifies";
            return Err(CliError::usage(text));
        }
        let lists = lists::load(&early).map_err(|error| CliError::usage(error.to_string()))?;
        for doubt in compile(&early, &lists)?.doubts() {
            console.tell(&doubt.to_string());
        }
        let case = marks::case(&early, common, workspace)?;
        Ok(Self { text: text.to_owned(), lists, case })
    }

    /// The events that pass, and whether every record could be read that had to be.
    pub(in crate::cli) fn select(
        self,
        session: &Session,
        alarmed: Alarmed,
        threads: usize,
        console: &Console,
    ) -> Result<(Selection, bool), CliError> {
        let query = parse(&self.text, &names(), newest_event(&session.store.snapshot()))?;
        let filter = compile(&query, &self.lists)?;
        let marks = marks::of(self.case, session, Some(alarmed));
        let selected = select::select(session, filter, marks, threads)?;
        let is_whole = !selected.unread.tell(console);
        Ok((selected.selection, is_whole))
    }
}
