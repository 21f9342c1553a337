//! What is decided about alarms: each command is one entry of the journal, as the screen writes it.

use super::case::{Desk, name, pair, text, tickets, write};
use crate::case::{Step, Ticket, What};
use crate::cli::args::{Alarms as Args, By, Common, On, Raise, TimeWindow};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::status::Status;
use crate::cli::{home, journal};
use crate::detect::ENTITIES;
use crate::event::{Timestamp, counted};
use crate::job::queue::Line;
use crate::job::triage::{Manual, moment, unfit, until};
use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

/// Bytes of a note from standard input.
const LONGEST: u64 = 1 << 20;

/// What cannot be read was told, and is no matter for what is decided: an entry that is written is
/// done.
pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    let step = |on: &On, step, console: &mut Console| decide(common, on, step, console);
    match args {
        Args::Ack(on) => step(on, Step::Ack, console),
        Args::Investigate(on) => step(on, Step::Investigate, console),
        Args::Wait(on) => step(on, Step::Wait, console),
        Args::Escalate(on) => step(on, Step::Escalate, console),
        Args::Assign { on, owner } => {
            step(on, Step::Assign { owner: text("--owner", owner)? }, console)
        }
        Args::Close { on, verdict, reason } => {
            let reason = text("--reason", reason)?;
            step(on, Step::Close { verdict: *verdict, reason }, console)
        }
        Args::Reopen { on, reason } => {
            step(on, Step::Reopen { reason: text("--reason", reason)? }, console)
        }
        Args::Snooze { on, until: time } => {
            let until = until(time, Timestamp::now()).map_err(CliError::Usage)?;
            step(on, Step::Snooze { until }, console)
        }
        Args::Merge { on, into, reason } => {
            merge(common, on, (into, text("--reason", reason)?), console)
        }
        Args::Note { on, text } => note(common, on, text, console),
        Args::Tick { on, question, off } => tick(common, on, (*question, !off), console),
        Args::Raise(args) => raise(common, args, console),
        Args::List(_)
        | Args::Show(_)
        | Args::Rules { .. }
        | Args::Suppress(_)
        | Args::Suppressions(_)
        | Args::Unsuppress(_)
        | Args::Review(_) => Ok(Status::Done),
    }?;
    Ok(Status::Done)
}

fn open(common: &Common, by: &By, console: &mut Console) -> Result<Desk, CliError> {
    Desk::open(common, (by, &TimeWindow::default()), console)
}

fn decide(common: &Common, on: &On, step: Step, console: &mut Console) -> Result<Status, CliError> {
    let desk = open(common, &on.by, console)?;
    let lines = desk.all.find_all(&on.alarms)?;
    let on = fitting(&desk, &lines, &step)?;
    desk.write(What::Triage { on, step }, console)?;
    Ok(Status::Done)
}

/// The alarms as the journal keeps them, if the step fits each.
fn fitting(desk: &Desk, lines: &[&Line], step: &Step) -> Result<Vec<Arc<Ticket>>, CliError> {
    let all = &desk.all;
    match unfit(step, lines, (all.state.work().alarms(), &all.queue)) {
        None => Ok(tickets(lines)),
        Some((fingerprint, why)) => {
            Err(CliError::Usage(why.words(&format!("alarm {fingerprint}"))))
        }
    }
}

fn merge(
    common: &Common,
    on: &On,
    (into, reason): (&str, String),
    console: &mut Console,
) -> Result<Status, CliError> {
    let desk = open(common, &on.by, console)?;
    let target = desk.all.find(into)?;
    let into = target.ticket.fingerprint.clone();
    let mut lines = desk.all.find_all(&on.alarms)?;
    lines.retain(|line| line.ticket.fingerprint != into);
    if lines.is_empty() {
        return Err(CliError::usage(
            "name the alarms, and with --into another that stands for them",
        ));
    }
    let step = Step::Merge { into, reason };
    let on = fitting(&desk, &lines, &step)?;
    desk.write(What::Triage { on, step }, console)?;
    Ok(Status::Done)
}

fn note(common: &Common, on: &On, typed: &str, console: &mut Console) -> Result<Status, CliError> {
    // Nothing is waited for on standard input that has no place.
    name(on.by.workspace.as_deref())?;
    let typed = if typed == "-" { piped()? } else { typed.to_owned() };
    let text = text("--text", &typed)?;
    let desk = open(common, &on.by, console)?;
    let alarms = tickets(&desk.all.find_all(&on.alarms)?);
    let note = desk.all.state.next_note();
    desk.write(What::NoteAdd { note, text, on: Vec::new(), alarms }, console)?;
    Ok(Status::Done)
}

fn piped() -> Result<String, CliError> {
    let mut text = Vec::new();
    let read = std::io::stdin().take(LONGEST + 1).read_to_end(&mut text);
    read.map_err(|error| CliError::usage(format!("standard input: {error}")))?;
    if text.len() as u64 > LONGEST {
        return Err(CliError::usage(format!("a note has {LONGEST} bytes at most")));
    }
    String::from_utf8(text).map_err(|_| CliError::usage("standard input is no UTF-8"))
}

fn tick(
    common: &Common,
    on: &On,
    (number, is_on): (usize, bool),
    console: &mut Console,
) -> Result<Status, CliError> {
    let desk = open(common, &on.by, console)?;
    let lines = desk.all.find_all(&on.alarms)?;
    let [line] = lines.as_slice() else {
        return Err(CliError::usage("questions are answered of one alarm at a time"));
    };
    let questions = desk.all.questions(line);
    let question = number.checked_sub(1).and_then(|place| questions.get(place));
    let Some(question) = question.map(|question| question.text.clone()) else {
        let fingerprint = &line.ticket.fingerprint;
        let text = match questions.len() as u64 {
            0 if line.raised.is_none() => {
                format!(
                    "alarm {fingerprint} is not raised on this evidence, so that its rule asks nothing"
                )
            }
            0 => format!("the rule of alarm {fingerprint} asks nothing"),
            many => {
                let many = counted(many, "question", "questions");
                format!(
                    "alarm {fingerprint} has {many}, from 1 on; `trailcase alarms show` has them"
                )
            }
        };
        return Err(CliError::Usage(text));
    };
    let on = tickets(&lines);
    desk.write(What::Triage { on, step: Step::Tick { question, on: is_on } }, console)?;
    Ok(Status::Done)
}

/// No evidence is read for what a person says of their own.
fn raise(common: &Common, args: &Raise, console: &mut Console) -> Result<Status, CliError> {
    let name = name(args.workspace.as_deref())?;
    let now = Timestamp::now();
    let title = text("--title", &args.title)?;
    let at = args.at.as_deref().map(|at| moment(at, now)).transpose().map_err(CliError::Usage)?;
    let mut manual = Manual { level: args.severity, title, at, about: BTreeMap::new() };
    for text in &args.about {
        let (field, value) = pair(text)?;
        if !ENTITIES.contains(&field) {
            let fields = ENTITIES.join(", ");
            return Err(CliError::Usage(format!(
                "{field} is none of what alarms are about: {fields}"
            )));
        }
        manual.about(field, value);
    }
    let mut opened = journal::open(&home::workspaces(common)?, name)?;
    let entries = opened.state().entries().len();
    let alarm = Arc::new(manual.ticket(entries, now));
    let fingerprint = alarm.fingerprint.clone();
    write(&mut opened, What::AlarmAdd { alarm }, console)?;
    console.line(&fingerprint)?;
    Ok(Status::Done)
}
