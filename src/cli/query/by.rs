//! How many selected events have which value of a field, most first. An event with several values
//! counts once for each; those without the field are told beside.

use super::column::{Column, Item};
use super::select::Unread;
use super::view::View;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::event::{counted, noun};
use crate::query::count;
use crate::store::Selection;
use std::collections::{HashMap, HashSet};

/// Events by value, most first, and those that have none.
struct Counts {
    of: Vec<(Vec<u8>, usize)>,
    without: usize,
}

pub(super) fn print(
    session: &Session,
    selection: &Selection,
    column: &Column,
    limit: Option<usize>,
    console: &mut Console,
    unread: &mut Unread,
) -> Result<(), CliError> {
    let top = limit.unwrap_or(usize::MAX);
    let Counts { of: counts, without } = match column {
        Column::Field(_) | Column::Format => {
            let counts = count(selection, column.name(), top);
            let of = counts.top.into_iter().map(|count| (count.value.into_bytes(), count.count));
            Counts { of: of.collect(), without: counts.without }
        }
        column => by_row(session, selection, column, unread)?,
    };
    for (value, count) in counts.iter().take(top) {
        let line = format!("{count}\t{}", console.show(value));
        console.exact(line.as_bytes())?;
    }
    if without > 0 {
        let all = selection.len();
        console.tell(&format!(
            "{without} of {} {} no {}",
            counted(all as u64, "event", "events"),
            noun(without as u64, "has", "have"),
            column.name()
        ));
    }
    Ok(())
}

/// Counts what is no column, row by row.
fn by_row(
    session: &Session,
    selection: &Selection,
    column: &Column,
    unread: &mut Unread,
) -> Result<Counts, CliError> {
    let mut counts: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut without = 0;
    let mut view = View::new(session, selection, None);
    view.each(column.needs_record(), unread, &mut |row| {
        match column.of(row) {
            Item::Absent => without += 1,
            Item::List(items) => {
                for item in items.into_iter().collect::<HashSet<_>>() {
                    *counts.entry(item.into_owned().into_bytes()).or_default() += 1;
                }
            }
            item => {
                *counts.entry(item.bytes().into_owned()).or_default() += 1;
            }
        }
        Ok(())
    })?;
    let mut counts: Vec<(Vec<u8>, usize)> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(Counts { of: counts, without })
}
