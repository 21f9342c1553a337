//! The record in at most 1,500 characters of plain text, for a chat, a pager or a phone call. What
//! it has no room for is counted in its last line.

use super::digest::{self, Shares};
use super::room::Sheet;
use super::text::line;
use super::{Incident, Written};

/// Units of UTF-16.
const MOST: usize = 1500;

const SHARES: Shares = Shares { summary: 380, note: 160, values: 4, exhibits: 4 };

pub(super) fn write(incident: &Incident) -> Written {
    let untold = digest::untold(incident);
    let mut sheet = Sheet::new(MOST - 1, untold.line());
    sheet.part(&line(&incident.heading()), 160, "the title");
    digest::write(incident, SHARES, &mut sheet);
    let (text, mut left_out) = sheet.end();
    left_out.extend(untold.each());
    Written { bytes: format!("{text}\n").into_bytes(), left_out }
}
