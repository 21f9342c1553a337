//! The ledger for people: sums first, then every object that is not plainly read.

use super::{Account, named, presence};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::session::{size, time_text};
use crate::event::counted;
use crate::event::{Reason, ReasonKind, State};
use crate::store::Object;
use std::sync::Arc;

pub(super) fn print(account: &Account, console: &mut Console) -> Result<(), CliError> {
    let totals = &account.totals;
    let counts = &totals.counts;
    let inflated = format!("{}, {} inflated", size(totals.bytes), size(totals.inflated));
    console.line(&format!("objects  {} ({inflated})", totals.objects))?;
    for state in State::ALL {
        if let Some(objects) = totals.states.get(state) {
            console.line(&format!("  {:<12} {objects}", state.as_str()))?;
        }
    }
    console.line(&format!("records  {}", counts.records))?;
    for (name, number) in [
        ("parsed", counts.parsed),
        ("unparsed", counts.unparsed),
        ("duplicate", counts.duplicate),
        ("out of range", counts.out_of_range),
    ] {
        console.line(&format!("  {name:<12} {number}"))?;
    }
    console.line(&format!("events   {}", counts.events))?;
    for (format, events) in &account.formats {
        console.line(&format!("  {format:<12} {events}"))?;
    }
    if let Some((first, last)) = totals.span {
        console.line(&format!("time     {} to {}", time_text(first), time_text(last)))?;
    }
    for (zone, times) in &totals.zones {
        let times = counted(*times, "time names", "times name");
        console.line(&format!("zone     {times} none, read as {zone} (assumed)"))?;
    }
    noteworthy(account, console)?;
    if let Some(found) = &account.named {
        named::print(found, console)?;
    }
    account.told(|told| presence::print(told, console)).unwrap_or(Ok(()))
}

/// Whether the object is there to prove others; there is one for every hour.
fn is_proof(object: &Object) -> bool {
    let is = |reason: &Reason| reason.kind == ReasonKind::Digest;
    object.state == Some(State::NotALog) && object.reason.as_deref().is_some_and(is)
}

/// Objects that are not plainly read, and what was passed over in others.
fn noteworthy(account: &Account, console: &mut Console) -> Result<(), CliError> {
    let notable = |object: &&Object| {
        // That there was nothing is an answer too.
        let plain = |reason: &Arc<Reason>| reason.kind == ReasonKind::Empty;
        let read = object.state == Some(State::Read) && object.reason.as_ref().is_none_or(plain);
        let whole = object.counts.unparsed == 0 && object.counts.duplicate == 0;
        !(is_proof(object) || read && whole && object.remarks.is_empty())
    };
    let proofs = account.objects.iter().filter(|object| is_proof(object)).count();
    if proofs > 0 {
        console.line(&format!(
            "proofs   {} of CloudTrail's digests, which `trailcase verify` is for",
            counted(proofs as u64, "object", "objects")
        ))?;
    }
    for (number, object) in account.objects.iter().filter(notable).enumerate() {
        if number == 0 {
            console.line("")?;
            console.line("not plainly read:")?;
        }
        let state = object.state.map_or("failed", State::as_str);
        let reason = object.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        console.line(&format!("  {}: {state}{reason}", object.path))?;
        for (name, number) in
            [("unparsed", object.counts.unparsed), ("duplicate", object.counts.duplicate)]
        {
            if number > 0 {
                console.line(&format!("    {number} {name}"))?;
            }
        }
        for (remark, times) in &object.remarks {
            console.line(&format!("    {remark} ({})", counted(*times, "time", "times")))?;
        }
    }
    Ok(())
}
