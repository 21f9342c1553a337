//! The lanes: what there is of each format, account and Region, and where it has gaps.

use super::super::grid;
use super::{heading, length, place, second};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::event::counted;
use crate::ui::widget::lanes::grouped;
use crate::verify::presence::{Basis, EndState, Gap, Lane, Presence};

/// Cells below which a line has no room for what is usual, which stands with the gaps too.
const WIDE: usize = 96;

/// Gaps of a lane that are told one by one; JSON has all.
const TOLD: usize = 20;

pub(super) fn print(presence: &Presence, console: &mut Console) -> Result<(), CliError> {
    let Some(newest) = presence.newest else {
        return heading("no event has a time: nothing can be said of what is missing", console);
    };
    heading(&format!("lanes, up to the newest event, {}:", second(newest.0)), console)?;
    let dash = || "-".to_owned();
    let narrow = console.width().is_some_and(|width| width < WIDE);
    let row = |lane: &Lane| {
        let hours = if lane.span.is_none() {
            dash()
        } else {
            format!("{}/{}", lane.hours, lane.hours + lane.empty_hours)
        };
        let mut row = vec![
            lane.format.clone(),
            lane.place.account.clone().unwrap_or_else(dash),
            lane.place.region.clone().unwrap_or_else(dash),
            grouped(lane.events),
            hours,
        ];
        row.extend((!narrow).then(|| lane.usual.map_or_else(dash, length)));
        row.push(since(lane));
        row
    };
    let mut head = vec!["format", "account", "Region", " events", " hours"];
    head.extend((!narrow).then_some(" usually"));
    head.push("since the last");
    let rows: Vec<Vec<String>> = presence.lanes.iter().map(row).collect();
    grid::print(&head, &rows, console)?;
    console.line("  hours: with events, of those from the first to the last")?;
    let proven: u64 = presence.lanes.iter().map(|lane| lane.proven_hours).sum();
    if proven > 0 {
        console.line(&format!(
            "  {} proven by digests",
            counted(proven, "hour without events is", "hours without events are")
        ))?;
    }
    if presence.crowded {
        console.line("  so many accounts and Regions that some share a lane without either")?;
    }
    Ok(())
}

fn since(lane: &Lane) -> String {
    let Some(end) = lane.end else { return "no times".to_owned() };
    let since = length(end.since);
    let proven = if end.basis == Basis::ProvenEmpty { ", proven empty" } else { "" };
    match end.state {
        _ if end.since == 0 => "the newest".to_owned(),
        EndState::NotYetDelivered => "not yet delivered".to_owned(),
        EndState::Usual => format!("usual, {since}{proven}"),
        EndState::Silent => format!("silent, {since}{proven}"),
        EndState::Unknown => "too few to tell".to_owned(),
    }
}

pub(super) fn gaps(presence: &Presence, console: &mut Console) -> Result<(), CliError> {
    let gapped: Vec<&Lane> = presence.lanes.iter().filter(|lane| !lane.gaps.is_empty()).collect();
    if gapped.is_empty() {
        return heading("no gaps", console);
    }
    heading("gaps, longer than ten times what is usual and than 5 min:", console)?;
    for lane in gapped {
        let usual = lane.usual.map(length).unwrap_or_default();
        let place = place(&lane.place);
        console.line(&format!("  {}, {place}, usually {usual}:", lane.format))?;
        let mut told: Vec<&Gap> = lane.gaps.iter().collect();
        told.sort_by_key(|gap| std::cmp::Reverse(gap.seconds()));
        told.truncate(TOLD);
        told.sort_by_key(|gap| gap.from);
        for gap in told {
            let length = length(gap.to.saturating_sub(gap.from));
            let (from, to) = (second(gap.from), second(gap.to));
            let basis = basis(gap.basis);
            console.line(&format!("    {from} to {to}  {length:<12}  {basis}"))?;
        }
        if lane.gaps.len() > TOLD {
            let more = lane.gaps.len() - TOLD;
            console.line(&format!(
                "    and {}; --format json has all",
                counted(more as u64, "shorter one", "shorter ones")
            ))?;
        }
    }
    Ok(())
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::ProvenEmpty => "proven empty",
        Basis::LogMissing => "a log that a digest lists is missing",
        Basis::NotCovered => "not covered",
        Basis::Inferred => "inferred",
    }
}
