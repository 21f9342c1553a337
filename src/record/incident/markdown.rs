//! The record as Markdown (`CommonMark` with GitHub's tables).
//!
//! Values stand in code spans and prose is escaped, so that nothing is markup, an image or a link:
//! an image would tell an intruder that somebody reads. Records' bytes are not in it.

use super::defang::{joined, line, lines};
use super::page::{Block, Cell, blocks};
use super::text::{NOT_STATED, Spot, code, prose};
use super::{Incident, Written};
use crate::event::counted;
use std::fmt::Write;

pub(super) fn write(incident: &Incident) -> Written {
    let mut page = String::new();
    let mut records = 0;
    for block in blocks(incident) {
        if matches!(block, Block::Record(..)) {
            records += 1;
        } else {
            draw(&block, &mut page);
        }
    }
    let mut left_out = Vec::new();
    if records > 0 {
        left_out.push(format!("the bytes of {}", counted(records, "record", "records")));
        let _ = writeln!(page, "Left out here: {}; the JSON record has them.", left_out[0]);
    }
    let page = format!("{}\n", page.trim_end());
    Written { bytes: page.into_bytes(), left_out }
}

fn draw(block: &Block, page: &mut String) {
    // Writing into a text does not fail.
    let _ = match block {
        Block::Heading(level, text, _) => {
            writeln!(page, "{} {}\n", "#".repeat(usize::from(*level)), cells(text))
        }
        Block::Line(text) => writeln!(page, "{}\n", prose(&line(text), Spot::Page)),
        Block::Facts(facts) => {
            for (name, value) in facts {
                let _ = writeln!(page, "- {name}: {}", cells(value));
            }
            writeln!(page)
        }
        Block::Items(items) => {
            for item in items {
                let _ = writeln!(page, "- {}", cell(item, Spot::Page));
            }
            writeln!(page)
        }
        Block::Table(head, rows) => {
            let _ = writeln!(page, "| {} |", head.join(" | "));
            let _ = writeln!(page, "|{}", "---|".repeat(head.len()));
            for row in rows {
                let row: Vec<String> = row.iter().map(|it| cell(it, Spot::Table)).collect();
                let _ = writeln!(page, "| {} |", row.join(" | "));
            }
            writeln!(page)
        }
        Block::Prose(by, text) => {
            if let Some(by) = by {
                let _ = writeln!(page, "{}:\n", code(&line(by), Spot::Page));
            }
            writeln!(page, "{}\n", quoted(text))
        }
        Block::Record(..) => Ok(()),
    };
}

/// Prose as a quotation, line by line as it was written.
fn quoted(text: &str) -> String {
    let lines: Vec<String> = lines(text).map(|line| prose(&line, Spot::Page)).collect();
    let mut quoted = String::new();
    for (nth, line) in lines.iter().enumerate() {
        // Two lines of a paragraph stay two lines.
        let next = lines.get(nth + 1);
        let breaks = !line.is_empty() && next.is_some_and(|next| !next.is_empty());
        let end = if breaks { "\\" } else { "" };
        let gap = if line.is_empty() { "" } else { " " };
        let _ = writeln!(quoted, ">{gap}{line}{end}");
    }
    quoted.trim_end().to_owned()
}

fn cells(cells: &[Cell]) -> String {
    let mut text = String::new();
    for (nth, one) in cells.iter().enumerate() {
        // Values are a list; our own words join what they stand between.
        let list = nth > 0 && matches!((&cells[nth - 1], one), (Cell::Said(_), Cell::Said(_)));
        text.push_str(match nth {
            0 => "",
            _ if list => ", ",
            _ => " ",
        });
        text.push_str(&cell(one, Spot::Page));
    }
    text
}

fn cell(cell: &Cell, spot: Spot) -> String {
    match cell {
        Cell::Own(text) => prose(text, spot),
        Cell::Said(text) => code(&line(text), spot),
        Cell::Words(text) => prose(&joined(text), spot),
        Cell::NotStated => NOT_STATED.to_owned(),
    }
}
