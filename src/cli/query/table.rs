//! Events as a table for people. Hostile text is spelled out, and on a terminal a row is one line.

use super::column::Column;
use super::select::Unread;
use super::view::{Row, View};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::event::{FieldDef, fields};
use crate::shown::{Shown, show, show_within};
use crate::store::Selection;

/// Fields of a table for which nothing else was asked, as far as they occur.
const USUAL: [&FieldDef; 9] = [
    &fields::EVENT,
    &fields::OUTCOME,
    &fields::PRINCIPAL,
    &fields::SRC_IP,
    &fields::DST_IP,
    &fields::RESOURCE,
    &fields::SEVERITY,
    &fields::MESSAGE,
    &fields::REASON,
];

/// Rows that decide how wide columns are.
const MEASURED: usize = 1000;

/// Cells of a column that was not asked for by name, at least, unless its texts are shorter.
const NARROW: usize = 10;

/// Cells that shorter texts are filled up to, at most, where lines may be of any length.
const FILLED: usize = 60;

/// Cells between columns.
const GAP: usize = 2;

/// Longest text of a cell, in cells, where nothing else limits it.
const LONGEST: usize = 1 << 20;

pub(super) fn print(
    view: &mut View<'_>,
    mut columns: Vec<Column>,
    console: &mut Console,
    unread: &mut Unread,
) -> Result<(), CliError> {
    let usual = columns.is_empty();
    if usual {
        columns = occurring(view.selection(), |name| USUAL.iter().any(|field| field.name == name));
    }
    let records = columns.iter().any(Column::needs_record);
    let mut table = Table { columns, usual, widths: Vec::new(), waiting: Vec::new() };
    view.each(records, unread, &mut |row| table.row(row, console))?;
    table.begin(console)?;
    if table.widths.is_empty() {
        console.tell("no event matches");
    }
    Ok(())
}

/// The time, the format, and the fields that occur among the selected rows: shared ones first, in
/// the order in which people are shown them.
pub(super) fn occurring(selection: &Selection, wanted: impl Fn(&str) -> bool) -> Vec<Column> {
    let mut own: Vec<&str> = Vec::new();
    let segments = selection.snapshot().segments.iter().enumerate();
    for (_, segment) in segments.filter(|(number, _)| selection.count_in(*number) > 0) {
        for (_, definition) in segment.fields() {
            if wanted(&definition.name) && !own.contains(&&*definition.name) {
                own.push(&definition.name);
            }
        }
    }
    let usual = USUAL.into_iter().chain(fields::SHARED);
    let mut names: Vec<&str> = Vec::new();
    for field in usual.map(|field| &*field.name).filter(|name| own.contains(name)) {
        if !names.contains(&field) {
            names.push(field);
        }
    }
    let rest: Vec<&str> = own.into_iter().filter(|name| !names.contains(name)).collect();
    let fields = names.into_iter().chain(rest).map(|name| Column::Field(name.to_owned()));
    [Column::Time, Column::Format].into_iter().chain(fields).collect()
}

struct Table {
    columns: Vec<Column>,
    /// The columns were not asked for by name, so that some may be left out.
    usual: bool,
    /// Cells of each column; empty until the first rows have been measured.
    widths: Vec<usize>,
    waiting: Vec<Vec<Shown<'static>>>,
}

impl Table {
    fn row(&mut self, row: &Row<'_>, console: &mut Console) -> Result<(), CliError> {
        let most = console.width().unwrap_or(LONGEST);
        let mode = console.mode();
        let cell = |column: &Column| {
            let item = column.of(row);
            show_within(&*item.bytes(), mode, most).into_owned()
        };
        let cells: Vec<_> = self.columns.iter().map(cell).collect();
        if !self.widths.is_empty() {
            return self.line(&cells, console);
        }
        self.waiting.push(cells);
        if self.waiting.len() < MEASURED { Ok(()) } else { self.begin(console) }
    }

    /// Settles the widths and prints the head and what waits.
    fn begin(&mut self, console: &mut Console) -> Result<(), CliError> {
        if !self.widths.is_empty() || self.waiting.is_empty() {
            return Ok(());
        }
        let mode = console.mode();
        let heads: Vec<Shown<'static>> = self
            .columns
            .iter()
            .map(|column| show(&column.name().to_uppercase(), mode).into_owned())
            .collect();
        let mut widths: Vec<usize> = heads.iter().map(Shown::width).collect();
        for row in &self.waiting {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        if let Some(total) = console.width() {
            if self.usual {
                widths.truncate(fitting(&widths, total));
                self.columns.truncate(widths.len());
            }
            shrink(&mut widths, total);
        } else {
            for width in &mut widths {
                *width = (*width).min(FILLED);
            }
        }
        self.widths = widths;
        self.line(&heads, console)?;
        for row in std::mem::take(&mut self.waiting) {
            self.line(&row, console)?;
        }
        Ok(())
    }

    fn line(&self, cells: &[Shown<'static>], console: &mut Console) -> Result<(), CliError> {
        let mut line = String::new();
        let last = self.widths.len().saturating_sub(1);
        for (number, (cell, &width)) in cells.iter().zip(&self.widths).enumerate() {
            let cut = if console.width().is_some() {
                cell.truncate(width, console.glyphs())
            } else {
                cell.clone()
            };
            line.push_str(cut.as_str());
            if number < last {
                let pad = width.saturating_sub(cut.width()) + GAP;
                line.extend(std::iter::repeat_n(' ', pad));
            }
        }
        console.exact(line.trim_end_matches(' ').as_bytes())
    }
}

/// How many of the columns have room to say something.
fn fitting(widths: &[usize], total: usize) -> usize {
    let mut used = 0;
    let fits = widths.iter().take_while(|&&width| {
        used += width.min(NARROW) + GAP;
        used <= total + GAP
    });
    fits.count().max(1)
}

/// Makes the widest columns narrower until the row fits.
fn shrink(widths: &mut [usize], total: usize) {
    let room = total.saturating_sub(GAP * widths.len().saturating_sub(1)).max(widths.len());
    let (mut low, mut high) = (1, widths.iter().copied().max().unwrap_or(1));
    let needed = |most: usize| widths.iter().map(|&width| width.min(most)).sum::<usize>();
    while low < high {
        let middle = (low + high).div_ceil(2);
        if needed(middle) <= room {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    let mut spare = room.saturating_sub(needed(low));
    for width in widths {
        let more = width.saturating_sub(low).min(spare);
        *width = (*width).min(low) + more;
        spare -= more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_fit_and_use_the_room(
            widths in proptest::collection::vec(1usize..300, 1..20), total in 1usize..300,
        ) {
            let mut shrunk = widths.clone();
            shrink(&mut shrunk, total);
            let gaps = GAP * (widths.len() - 1);
            let all: usize = widths.iter().sum();
            let used: usize = shrunk.iter().sum();
            prop_assert!(shrunk.iter().all(|&width| width > 0));
            if total >= gaps + widths.len() {
                prop_assert_eq!(used, all.min(total - gaps));
            }
            prop_assert!(fitting(&widths, total) >= 1);
        }
    }
}
