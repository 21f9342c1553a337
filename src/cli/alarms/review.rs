//! Who looked through the alarms, when, and whether that is often enough.

use super::case::{Desk, name, read};
use crate::case::{Review, What, Work};
use crate::cli::args::{Common, Review as Args};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::status::Status;
use crate::event::{Timestamp, counted};
use crate::job::reviewing::{Duty, Seen, review};
use crate::job::triage::{length, length_text, means};

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    let workspace = name(args.by.workspace.as_deref())?;
    let every = length(&args.every).map_err(|why| CliError::Usage(format!("--every {why}")))?;
    if args.check {
        // When it was, the journal says; no evidence is read for that.
        let (state, status) = read(common, workspace, console)?;
        let is_met = told(state.work(), every, console)?;
        return Ok(if is_met { status } else { status.max(Status::Wrong) });
    }
    let desk = Desk::open(common, (&args.by, &args.window), console)?;
    let work = desk.all.state.work();
    told(work, every, console)?;
    let (found, status) = (&desk.all.found, desk.all.found.status);
    let seen = Seen {
        span: found.snapshot.span(),
        window: found.session.window,
        outside: found.session.store.ledger().totals().counts.out_of_range,
    };
    if seen.span.is_none() && seen.outside > 0 {
        let text = "no event is in this window, so there is nothing to review; `trailcase coverage` says of what time the evidence is";
        return Err(CliError::usage(text));
    }
    let review = review(&desk.all.queue, work, seen, args.note.trim());
    let window = match (&review.from, &review.to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => "evidence without a time".to_owned(),
    };
    console.line(&format!(
        "reviewed {window}: {}, {} open, {} closed, {} suppressed{}",
        counted(review.alarms, "alarm", "alarms"),
        review.open,
        review.closed,
        review.suppressed,
        aside(&review)
    ))?;
    for mean in means(&desk.all.queue, work.alarms()) {
        console.line(&format!("of alarms that somebody decided about: {mean}"))?;
    }
    console.flush()?;
    let untouched = review.untouched;
    if review.outside > 0 {
        console.tell(&format!(
            "{} outside of the window: a review of a part counts only if it goes on where the one before ended, and to the end",
            counted(review.outside, "event is", "events are")
        ));
    }
    desk.write(What::Review(review), console)?;
    if untouched > 0 {
        console.tell(&undocumented(untouched));
    }
    Ok(status)
}

/// Alarms that are neither open nor done, as far as there are any.
fn aside(review: &Review) -> String {
    let states = [(review.snoozed, "snoozed"), (review.merged, "merged into others")];
    let told = states.iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = told.map(|(count, state)| format!(", {count} {state}")).collect();
    told.concat()
}

fn undocumented(count: u64) -> String {
    format!(
        "{} open without a word of what was found out; each is to be investigated, and what comes of it written down",
        counted(count, "alarm is", "alarms are")
    )
}

/// Says how the duty stands, and warns if it is not met; whether it is.
fn told(work: &Work, every: i64, console: &mut Console) -> Result<bool, CliError> {
    let wanted = length_text(every);
    let duty = Duty::of(work);
    match duty.last {
        Some((at, who, review)) => console.line(&last(*at, who, review))?,
        None => console.line("last review: none")?,
    }
    if let Some((at, who, _)) = duty.part {
        let at = at.to_rfc3339(0);
        console.line(&format!("since then a part of the time was reviewed, {at}, by {who}"))?;
    }
    console.flush()?;
    let Some((at, ..)) = duty.last else {
        console.tell(&format!("the alarms were never reviewed; they are to be every {wanted}"));
        return Ok(false);
    };
    let ago = Timestamp::now().0.saturating_sub(at.0);
    if ago > every {
        console.tell(&format!(
            "the last review is {} ago; alarms are to be reviewed every {wanted}",
            length_text(ago)
        ));
    }
    if duty.undocumented > 0 {
        console.tell(&format!("since the last review {}", undocumented(duty.undocumented)));
    }
    Ok(ago <= every && duty.undocumented == 0)
}

fn last(at: Timestamp, who: &str, review: &Review) -> String {
    let note = if review.note.is_empty() { String::new() } else { format!(": {}", review.note) };
    format!(
        "last review: {}, {} ago, by {who}, {} of {} open{note}",
        at.to_rfc3339(0),
        length_text(Timestamp::now().0.saturating_sub(at.0)),
        review.open,
        counted(review.alarms, "alarm", "alarms"),
    )
}
