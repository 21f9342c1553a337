//! Who looked through the alarms, when, and whether that is often enough.

use super::case::{Desk, name, read};
use crate::case::{Alarms, What};
use crate::cli::args::{Common, Review as Args};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::status::Status;
use crate::event::{Timestamp, counted};
use crate::job::triage::{last_review, length, length_text, means, review};

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    let workspace = name(args.by.workspace.as_deref())?;
    let every = length(&args.every).map_err(|why| CliError::Usage(format!("--every {why}")))?;
    if args.check {
        // When it was, the journal says; no evidence is read for that.
        let (state, status) = read(common, workspace, console)?;
        let is_met = told(state.work().alarms(), every, console)?;
        return Ok(if is_met { status } else { status.max(Status::Wrong) });
    }
    let desk = Desk::open(common, (&args.by, &args.window), console)?;
    told(desk.all.state.work().alarms(), every, console)?;
    let status = desk.all.found.status;
    let span = desk.all.found.snapshot.span();
    let review = review(&desk.all.queue, span, args.note.trim());
    let window = match (&review.from, &review.to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => "no time".to_owned(),
    };
    console.line(&format!(
        "reviewed {window}: {}, {} open, {} closed, {} suppressed",
        counted(review.alarms, "alarm", "alarms"),
        review.open,
        review.closed,
        review.suppressed
    ))?;
    for mean in means(&desk.all.queue, desk.all.state.work().alarms()) {
        console.line(&format!("of alarms that somebody decided about: {mean}"))?;
    }
    console.flush()?;
    desk.write(What::Review(review), console)?;
    Ok(status)
}

/// Says when the last review was, and warns if that is too long ago; whether it is not.
fn told(alarms: &Alarms, every: i64, console: &mut Console) -> Result<bool, CliError> {
    let wanted = length_text(every);
    let Some((at, who, review)) = last_review(alarms) else {
        console.line("last review: none")?;
        console.flush()?;
        console.tell(&format!("the alarms were never reviewed; they are to be every {wanted}"));
        return Ok(false);
    };
    let ago = Timestamp::now().0.saturating_sub(at.0);
    let note = if review.note.is_empty() { String::new() } else { format!(": {}", review.note) };
    console.line(&format!(
        "last review: {}, {} ago, by {who}, {} of {} open{note}",
        at.to_rfc3339(0),
        length_text(ago),
        review.open,
        counted(review.alarms, "alarm", "alarms"),
    ))?;
    console.flush()?;
    if ago > every {
        console.tell(&format!(
            "the last review is {} ago; alarms are to be reviewed every {wanted}",
            length_text(ago)
        ));
    }
    Ok(ago <= every)
}
