//! Rows in columns, each as wide as its widest cell.

use crate::cli::console::Console;
use crate::cli::error::CliError;

/// What stands before each column.
const GAP: &str = "  ";

/// Prints rows; a column whose name begins with a blank is aligned to the right.
pub(in crate::cli) fn print(
    head: &[&str],
    rows: &[Vec<String>],
    console: &mut Console,
) -> Result<(), CliError> {
    let widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(column, name)| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            let widest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
            widest.max(name.trim_start().len())
        })
        .collect();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for ((cell, &width), name) in cells.zip(&widths).zip(head) {
            text.push_str(GAP);
            let blanks = " ".repeat(width.saturating_sub(cell.chars().count()));
            let (before, after) =
                if name.starts_with(' ') { (&*blanks, "") } else { ("", &*blanks) };
            text.extend([before, cell, after]);
        }
        console.line(text.trim_end())
    };
    line(&mut head.iter().map(|name| name.trim_start()))?;
    for row in rows {
        line(&mut row.iter().map(String::as_str))?;
    }
    Ok(())
}
