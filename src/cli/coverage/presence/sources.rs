//! What should be there and what is, and who switched it off.

use super::super::grid;
use super::{Told, heading, place};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::event::{Outcome, Time};
use crate::format::Service;
use crate::ui::widget::lanes::grouped;
use crate::verify::presence::{Expected, Found, Presence, Standing, Switched, Turn};

/// Strangers that are named; JSON has all.
const STRANGERS: usize = 10;

/// Who did it, if the record does not say.
const NOBODY: &str = "nobody named";

/// Cells of the columns that name the account and the Region.
const NAMES: usize = 32;

pub(super) fn expected(presence: &Presence, console: &mut Console) -> Result<(), CliError> {
    let Some(first) = presence.expected.first() else {
        return heading("expected sources: no event names an account or a Region", console);
    };
    heading("expected sources, with their events:", console)?;
    let services: Vec<Service> = first.sources.iter().map(|found| found.service).collect();
    for some in chunks(&services, console.width()) {
        let names: Vec<String> = some.iter().map(|service| format!(" {service}")).collect();
        let mut head = vec!["account", "Region"];
        head.extend(names.iter().map(String::as_str));
        let rows: Vec<Vec<String>> = presence.expected.iter().map(|one| row(one, some)).collect();
        grid::print(&head, &rows, console)?;
    }
    explain(presence, console)?;
    let strangers = &presence.strangers;
    if !strangers.is_empty() {
        let named = strangers.iter().take(STRANGERS);
        let named: Vec<String> =
            named.map(|it| format!("{} ({})", it.account, it.events)).collect();
        let more = strangers.len().saturating_sub(STRANGERS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        console.line("  accounts that principals come from and of which no event is (events):")?;
        for line in named.chunks(3) {
            console.line(&format!("    {}", line.join(", ")))?;
        }
        if !more.is_empty() {
            console.line(&format!("   {more}; --format json has all"))?;
        }
    }
    Ok(())
}

/// As many services as have room in a line.
fn chunks(services: &[Service], width: Option<usize>) -> Vec<&[Service]> {
    let Some(width) = width else { return vec![services] };
    let mut chunks = Vec::new();
    let (mut start, mut used) = (0, NAMES);
    for (at, service) in services.iter().enumerate() {
        let cells = service.as_str().len().max("switched off".len()) + 2;
        if at > start && used + cells > width {
            chunks.push(&services[start..at]);
            (start, used) = (at, NAMES);
        }
        used += cells;
    }
    chunks.push(&services[start..]);
    chunks
}

fn row(expected: &Expected, services: &[Service]) -> Vec<String> {
    let dash = || "-".to_owned();
    let mut row = vec![
        expected.place.account.clone().unwrap_or_else(dash),
        expected.place.region.clone().unwrap_or_else(dash),
    ];
    let found = expected.sources.iter().filter(|found| services.contains(&found.service));
    row.extend(found.map(cell));
    row
}

fn cell(found: &Found) -> String {
    match found.standing {
        Standing::Present if found.off.is_some() => format!("{} (off)", grouped(found.events)),
        Standing::Present => grouped(found.events),
        Standing::SwitchedOff => "switched off".to_owned(),
        Standing::Unplaced => "unplaced".to_owned(),
        Standing::Absent => "absent".to_owned(),
        Standing::NotRead => "not read".to_owned(),
    }
}

/// What the words mean that stand in the table.
fn explain(presence: &Presence, console: &mut Console) -> Result<(), CliError> {
    let all = || presence.expected.iter().flat_map(|one| &one.sources);
    let has = |standing| all().any(|found| found.standing == standing);
    let partly = all().any(|found| found.standing == Standing::Present && found.off.is_some());
    for (told, text) in [
        (has(Standing::Absent), "absent: no event of it"),
        (
            has(Standing::Unplaced),
            "unplaced: its events name no account or no Region, and may be from here",
        ),
        (has(Standing::NotRead), "not read: no format reads it, so that nothing can be said"),
        (partly, "(off): a part of it was switched off, and others went on"),
    ] {
        if told {
            console.line(&format!("  {text}"))?;
        }
    }
    Ok(())
}

pub(super) fn switched(told: &Told<'_>, console: &mut Console) -> Result<(), CliError> {
    let presence = told.presence;
    if presence.switched.is_empty() {
        return heading("no call in the evidence switched a source off", console);
    }
    heading("calls that switch sources off, or change what they record:", console)?;
    for one in &presence.switched {
        let time = one.time.map_or_else(|| "no time".to_owned(), Time::to_rfc3339);
        let (event, service) = (one.event, one.service);
        console.line(&format!("  {time}  {event} ({service}), {}", effect(one)))?;
        console.line(&format!("    in {}", place(&one.place)))?;
        if let Some(target) = &one.target {
            console.line(&format!("    to {target}"))?;
        }
        let by = one.by.as_deref().unwrap_or(NOBODY);
        let from = one.from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
        console.line(&format!("    by {by}{from}"))?;
        if let Some(again) = &one.again {
            let time = again.time.map_or_else(|| "no time".to_owned(), Time::to_rfc3339);
            let by = again.by.as_deref().unwrap_or(NOBODY);
            console.line(&format!("    on again {time}, {}", again.event))?;
            console.line(&format!("      by {by}"))?;
        }
    }
    if presence.more_switched > 0 {
        console.line(&format!("  and {} more, not listed", presence.more_switched))?;
    }
    Ok(())
}

/// What came of it.
fn effect(one: &Switched) -> String {
    let times = if one.times > 1 { format!(", {} times", one.times) } else { String::new() };
    match one.outcome {
        Outcome::Denied => format!("denied{times}"),
        Outcome::Failure => {
            let code = one.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
            format!("failed{code}{times}")
        }
        Outcome::Unknown => format!("nobody knows whether it worked{times}"),
        Outcome::Success if one.turn == Turn::Change => "changed".to_owned(),
        Outcome::Success if one.again.is_some() => "off, and on again".to_owned(),
        Outcome::Success => "off, and not on again".to_owned(),
    }
}
