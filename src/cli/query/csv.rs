//! Events as CSV that is safe to open in a spreadsheet: every cell quoted (RFC 4180), hostile text
//! spelled out, and what a spreadsheet would take for a formula made text by a leading `'`.
//! The last column, `_escaped`, is 1 in rows that were altered so.

use super::column::{Column, Item, ORIGIN};
use super::select::Unread;
use super::table;
use super::view::View;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::shown::{Mode, show};

pub(super) fn print(
    view: &mut View<'_>,
    mut columns: Vec<Column>,
    console: &mut Console,
    unread: &mut Unread,
) -> Result<(), CliError> {
    if columns.is_empty() {
        columns = table::occurring(view.selection(), |_| true);
        let is_known = |column: &Column| *column != Column::Standing || view.is_verified();
        columns.extend(ORIGIN.into_iter().filter(is_known));
    }
    let mut line = String::new();
    for column in &columns {
        quote(&mut line, column.name());
    }
    quote(&mut line, "_escaped");
    console.exact(line.as_bytes())?;
    let records = columns.iter().any(Column::needs_record);
    view.each(records, unread, &mut |row| {
        line.clear();
        let mut escaped = false;
        for column in &columns {
            escaped |= cell(&mut line, &column.of(row));
        }
        quote(&mut line, if escaped { "1" } else { "" });
        console.exact(line.as_bytes())
    })
}

/// Adds a cell; says whether its text was altered.
fn cell(line: &mut String, item: &Item<'_>) -> bool {
    let bytes = item.bytes();
    let shown = show(&*bytes, Mode::DETAIL);
    let formula = !item.is_number() && is_formula(&bytes);
    if formula {
        quote(line, &format!("'{shown}"));
    } else {
        quote(line, shown.as_str());
    }
    formula || shown.as_str().as_bytes() != &*bytes
}

/// Whether a spreadsheet may calculate the cell.
fn is_formula(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes.get(..64).unwrap_or(bytes));
    let first = text.trim_start_matches(' ').chars().next();
    first.is_some_and(|c| "=+-@\t\r\n\0＝＋－＠".contains(c))
}

fn quote(line: &mut String, text: &str) {
    if !line.is_empty() {
        line.push(',');
    }
    line.push('"');
    line.push_str(&text.replace('"', "\"\""));
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shown::{hostile, unshow};
    use proptest::prelude::*;
    use std::borrow::Cow;

    fn of(text: &str) -> (String, bool) {
        let mut line = String::new();
        let escaped = cell(&mut line, &Item::Text(Cow::Borrowed(text)));
        (line, escaped)
    }

    #[test]
    fn formulas_become_text() {
        for (text, expected, escaped) in [
            ("plain", "\"plain\"", false),
            ("a \"b\", c", "\"a \"\"b\"\", c\"", false),
            ("=1+1", "\"'=1+1\"", true),
            ("＝1", "\"'＝1\"", true),
            (" @SUM(A1)", "\"' @SUM(A1)\"", true),
            ("\t=1", "\"'␉=1\"", true),
            ("\u{1b}[2J", "\"␛[2J\"", true),
        ] {
            assert_eq!(of(text), (expected.to_owned(), escaped), "{text:?}");
        }
        let mut line = String::new();
        assert!(!cell(&mut line, &Item::Int(-1)), "a number is no formula");
        assert_eq!(line, "\"-1\"");
    }

    #[test]
    fn hostile_text_is_one_harmless_cell() {
        for raw in hostile::STRINGS {
            let text = String::from_utf8_lossy(raw);
            let (line, _) = of(&text);
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn the_text_can_be_had_back(text: String) {
            let (line, escaped) = of(&text);
            let inner = line[1..line.len() - 1].replace("\"\"", "\"");
            let formula = is_formula(text.as_bytes());
            let shown = if formula { &inner[1..] } else { &inner[..] };
            prop_assert_eq!(unshow(shown), text.as_bytes());
            prop_assert!(escaped || inner == text);
        }
    }
}
