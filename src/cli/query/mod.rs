//! `trailcase query`: the events that match a filter, printed, counted or explained.

mod alarmed;
mod by;
mod column;
mod csv;
mod explain;
mod jsonl;
mod line;
mod marks;
mod proof;
mod save;
mod select;
mod sift;
mod standing;
mod table;
mod view;
mod words;

use super::args::{Common, Query as Args, RowFormat};
use super::console::Console;
use super::error::CliError;
use super::session::{Origin, Session};
use super::status::Status;
use super::verify::{Hashes, of_session};
use crate::event::Timestamp;
use crate::format::formats;
use crate::job::lists;
use crate::job::lookup::newest_event;
use crate::query::{self, Filter, Lists, Names, Now, Query};
use crate::store::Selection;
use column::Column;
pub(super) use save::save;
use select::Unread;
pub(super) use sift::Sift;
use view::View;

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    let (sources, text) = words::split(&args.words, args.workspace.is_some())?;
    let text = text.unwrap_or_default();
    let window = (args.window.since.as_deref(), args.window.until.as_deref());
    let mut origin = Origin::new(common, sources, args.workspace.as_deref(), window)?;
    let mut names = names();
    // What is wrong is said before anything is read, but for names that tables may bring.
    let open = names.open();
    let early = parse(&text, &open, None)?;
    let lists = lists::load(&early).map_err(|error| CliError::usage(error.to_string()))?;
    for doubt in compile(&early, &lists)?.doubts() {
        console.tell(&doubt.to_string());
    }
    let case = marks::case(&early, common, args.workspace.as_deref())?;
    let asking = alarmed::Asking::new(&early, (common, args), console)?;
    let columns = column::all(&args.fields, &open)?;
    args.by.as_deref().map(|name| column::counted(name, &open)).transpose()?;

    let mut session = Session::load(common, &mut origin, console)?;
    if standing::is_asked(&early, &columns, args) {
        let trust = (&args.trust, args.workspace.as_deref(), Hashes::Anew);
        of_session(common, &origin, trust, &mut session, console)?;
        origin.named.extend(args.trust.named());
    }
    let snapshot = session.store.snapshot();
    snapshot.segments.iter().for_each(|segment| names.add(segment.schema()));
    let query = parse(&text, &names, newest_event(&snapshot))?;
    let columns = column::all(&args.fields, &names)?;
    let by = args.by.as_deref().map(|name| column::counted(name, &names)).transpose()?;
    let filter = compile(&query, &lists)?;
    let mut status = session.told(&origin, console);
    let raised = asking.map(|asking| asking.raise((common, &origin), &session, console));
    let (alarmed, told) = raised.transpose()?.unzip();
    status = status.max(told.unwrap_or(Status::Done));
    let marks = marks::of(case, &session, alarmed);
    if args.explain {
        explain::print(&query, &filter, &*marks, &session, &origin, console)?;
        return Ok(status);
    }
    let selected = select::select(&session, filter, marks, common.jobs.map_or(0, usize::from))?;
    let mut unread = selected.unread;
    let selection = selected.selection;
    if args.count {
        console.line(&selection.len().to_string())?;
    } else if let Some(column) = &by {
        by::print(&session, &selection, column, args.limit, console, &mut unread)?;
    } else {
        print(&session, &selection, args, columns, console, &mut unread)?;
    }
    if unread.tell(console) {
        status = status.max(Status::Partial);
    }
    if args.exit_match && selection.is_empty() {
        status = status.max(Status::Wrong);
    }
    Ok(status)
}

fn print(
    session: &Session,
    selection: &Selection,
    args: &Args,
    columns: Vec<Column>,
    console: &mut Console,
    unread: &mut Unread,
) -> Result<(), CliError> {
    let mut view = View::new(session, selection, args.limit);
    match args.format {
        RowFormat::Table => table::print(&mut view, columns, console, unread),
        RowFormat::Jsonl => jsonl::print(&mut view, &columns, console, unread),
        RowFormat::Csv => csv::print(&mut view, columns, console, unread),
        RowFormat::Proof => match session.report.as_deref() {
            Some(report) => {
                proof::print((&mut view, session.store.ledger()), report, console, unread)
            }
            None => Ok(()),
        },
    }
}

/// Every field of every format.
fn names() -> Names {
    let mut names = Names::default();
    for format in formats() {
        names.add(format.schema());
    }
    names
}

fn parse(text: &str, names: &Names, newest: Option<Timestamp>) -> Result<Query, CliError> {
    query::parse(text, names, Now { newest })
        .map_err(|error| CliError::Filter { text: text.to_owned(), error })
}

fn compile(query: &Query, lists: &Lists) -> Result<Filter, CliError> {
    Filter::new(query, lists).map_err(|error| CliError::usage(error.to_string()))
}
