//! How far back the evidence reaches, and which clocks its times are from.

use super::super::grid;
use super::{Told, heading, length, second};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::event::Timestamp;
use crate::event::counted;
use crate::format::{Clock, Delivery};
use crate::verify::presence::{Lane, Presence, Reach};
use std::collections::BTreeSet;

const DAY: u64 = Timestamp::DAY.unsigned_abs();

pub(super) fn retention(presence: &Presence, console: &mut Console) -> Result<(), CliError> {
    let Some(retention) = &presence.retention else { return Ok(()) };
    heading("retention: how far back this evidence reaches from its newest event:", console)?;
    let periods: Vec<String> =
        retention.periods.iter().map(|(period, _)| period.to_string()).collect();
    let mut head = vec!["", "oldest", "reaches"];
    head.extend(periods.iter().map(String::as_str));
    let row = |name: &str, reach: &Reach| {
        let far = retention.newest.0.saturating_sub(reach.oldest).max(0);
        let mut row = vec![name.to_owned(), second(reach.oldest), length(far)];
        row.extend(reach.missing.iter().map(|&missing| match missing {
            0 => "yes".to_owned(),
            // More than that is not needed to know that it is too little.
            missing => format!("{} d short", missing.unsigned_abs().div_ceil(DAY)),
        }));
        row
    };
    let mut rows = vec![row("all", &retention.whole)];
    rows.extend(retention.formats.iter().map(|(format, reach)| row(format, reach)));
    grid::print(&head, &rows, console)
}

pub(super) fn clock(told: &Told<'_>, console: &mut Console) -> Result<(), CliError> {
    heading("clocks:", console)?;
    for (clock, text) in [
        (Clock::Aws, "AWS's, in UTC"),
        (Clock::Writer, "the writer's own, of which nothing is known"),
    ] {
        let lanes = told.presence.lanes.iter();
        let mine = lanes.filter(|lane| Delivery::of(&lane.format).clock == clock);
        let formats: BTreeSet<&str> = mine.map(|lane| &*lane.format).collect();
        if !formats.is_empty() {
            let formats: Vec<&str> = formats.into_iter().collect();
            console.line(&format!("  {text}: {}", formats.join(", ")))?;
        }
    }
    let (objects, zone) = told.zoneless;
    if objects > 0 {
        console.line(&format!(
            "  times without a zone in {} were read as {zone}",
            counted(objects as u64, "object", "objects")
        ))?;
    }
    let sum = |number: fn(&Lane) -> u64| told.presence.lanes.iter().map(number).sum::<u64>();
    let (untimed, ahead) = (sum(|lane| lane.untimed), sum(|lane| lane.ahead));
    if untimed > 0 {
        console.line(&format!(
            "  {} no time that could be read",
            counted(untimed, "event has", "events have")
        ))?;
    }
    if ahead > 0 {
        let events = counted(ahead, "event is", "events are");
        let text = "later than this host's clock: one of the two is wrong";
        console.line(&format!("  {events} {text}"))?;
    }
    Ok(())
}
