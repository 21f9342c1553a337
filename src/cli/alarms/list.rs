//! The alarms, for people and for programs.

use super::Found;
use super::case::Triaged;
use crate::case::{MANUAL, Ticket, Version};
use crate::cli::args::{AlarmFormat, Common, List as Args};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::query::Sift;
use crate::cli::status::Status;
use crate::detect::sigma::Level;
use crate::detect::{About, Alarm, DETECTORS};
use crate::event::{Place, counted, noun};
use crate::job::alarmed::Alarmed;
use crate::job::queue::Line;
use crate::job::triage::{self, by, standing};
use crate::store::{Cell, RowRef};
use serde_json::{Map, Value, json};

/// What is said of an alarm that only the case knows.
pub(super) const GONE: &str = "not raised on the evidence that is loaded now";

/// What is said of an alarm that is no more, by whoever found it.
pub(super) const OVER: &str = "over, as its product says:";

/// What is said of an alarm about which journals contradict each other.
pub(super) const DISPUTED: &str =
    "OPEN DISAGREEMENT: journals contradict each other; what stands is only what was said last";

pub(super) fn run(common: &Common, args: &Args, console: &mut Console) -> Result<Status, CliError> {
    let of = &args.of;
    let sift = args.filter.as_deref().map(|text| {
        let filter = (common, of.workspace.as_deref());
        Sift::new(text, filter, console)
    });
    let sift = sift.transpose()?;
    let mut all = Triaged::read(common, of, console)?;
    let passing = sift.map(|sift| {
        let found = &all.found;
        let alarmed = Alarmed::new(&found.snapshot, all.alarms());
        sift.select(&found.session, alarmed, common.jobs.map_or(0, usize::from), console)
    });
    let passing = passing.transpose()?;
    if passing.as_ref().is_some_and(|(_, is_whole)| !is_whole) {
        all.found.status = all.found.status.max(Status::Partial);
    }
    let passes = |line: &&Line| {
        let Some((passing, _)) = &passing else { return true };
        let moves = &passing.snapshot().moves;
        all.events(line).iter().any(|at| passing.contains(moves.now(*at)))
    };
    let stands = |line: &&Line| args.state.is_none_or(|state| line.state == state);
    let listed: Vec<&Line> = all.queue.iter().filter(stands).filter(passes).collect();
    match args.format {
        AlarmFormat::Table => {
            let hides_done = of.workspace.is_some() && !args.all && args.state.is_none();
            let is_shown = |line: &&Line| !hides_done || line.is_open();
            let (shown, done): (Vec<&Line>, Vec<&Line>) = listed.into_iter().partition(is_shown);
            table(&all, &shown, console)?;
            if !done.is_empty() {
                let done = counted(done.len() as u64, "done one is", "done ones are");
                console.tell(&format!("{done} not listed; --all lists them too"));
            }
        }
        AlarmFormat::Jsonl => {
            for one in listed {
                console.json(line(&all, one).to_string().as_bytes())?;
            }
        }
    }
    Ok(all.found.status)
}

fn table(all: &Triaged, lines: &[&Line], console: &mut Console) -> Result<(), CliError> {
    let found = &all.found;
    for line in lines {
        let ticket = &line.ticket;
        let (about, alarm) = (about(ticket), all.alarm(line));
        let who = triage::about(ticket).map_or("-", |(_, who)| who);
        console.line(&format!(
            "P{} {:<13} {}  {:>12}  {}  {who}",
            line.priority,
            about.level.as_str(),
            span(ticket),
            ticket.size(),
            about.title,
        ))?;
        console.line(&format!(
            "    {}  {}  {}",
            ticket.fingerprint,
            stands(all, line),
            by(ticket)
        ))?;
        if let Some((verdict, reason)) = all.kept(line).and_then(|kept| kept.verdict.as_ref()) {
            console.line(&format!("    {verdict}: {reason}"))?;
        }
        if !all.state.disputed(&ticket.fingerprint).is_empty() {
            console.line(&format!("    {DISPUTED}"))?;
        }
        console.line(&format!("    why: {}", ticket.why))?;
        if let Some(over) = &ticket.over {
            console.line(&format!("    {OVER} {over}"))?;
        }
        match alarm {
            Some(alarm) if !alarm.totals.is_empty() => {
                console.line(&format!("    {}", kept(alarm)))?;
            }
            Some(_) => {}
            None if ticket.rule == MANUAL => {}
            None => console.line(&format!("    {GONE}"))?,
        }
    }
    let number = lines.len() as u64;
    // What is said of the rows comes behind them.
    console.flush()?;
    console.tell(&format!(
        "{number} {} of {} rules, {} detectors and other products; `trailcase alarms rules` says \
         what became of each",
        noun(number, "alarm", "alarms"),
        found.rules.rules.len() + found.rules.correlations.len(),
        DETECTORS.len()
    ));
    Ok(())
}

/// What is told of the rule, whether it is here or not.
fn about(ticket: &Ticket) -> About {
    About {
        id: ticket.rule.clone(),
        title: ticket.title.clone(),
        author: ticket.author.clone(),
        licence: ticket.licence.clone(),
        version: ticket.version.clone(),
        level: Level::parse(&ticket.severity).unwrap_or(Level::Medium),
    }
}

/// Where an alarm stands, who has it, and what came since it was closed.
fn stands(all: &Triaged, line: &Line) -> String {
    let news = match line.news {
        0 => String::new(),
        _ => format!(", {} since", line.news_text()),
    };
    format!("{}{news}", standing(line, all.kept(line)))
}

/// Of which fields there are more values than are kept.
fn kept(alarm: &Alarm) -> String {
    let each = alarm.totals.iter().map(|(field, total)| {
        let kept = alarm.entities.get(field).map_or(0, Vec::len);
        format!("{field} {kept} of {total}")
    });
    format!("values kept: {}", each.collect::<Vec<_>>().join(", "))
}

fn span(ticket: &Ticket) -> String {
    let text = |time: &Option<String>| time.clone().unwrap_or_else(|| "-".to_owned());
    let (first, last) = (text(&ticket.first), text(&ticket.last));
    if first == last { first } else { format!("{first} to {last}") }
}

/// An alarm, for programs.
pub(super) fn line(all: &Triaged, line: &Line) -> Value {
    let (ticket, alarm, kept) = (&line.ticket, all.alarm(line), all.kept(line));
    let verdict = kept.and_then(|kept| kept.verdict.as_ref());
    let events = all.events(line).iter().map(|at| Value::Object(event(&all.found, *at)));
    let mut told = json!({
        "id": ticket.fingerprint,
        "rule": ticket.rule,
        "rule_version": ticket.version,
        "title": ticket.title,
        "author": ticket.author,
        "licence": ticket.licence,
        "severity": ticket.severity,
        "first": ticket.first,
        "last": ticket.last,
        "count": ticket.count,
        "findings": ticket.found(),
        "entities": ticket.entities,
        "events": events.collect::<Vec<_>>(),
        "why": ticket.why,
        "product_says": ticket.over,
        "state": line.state.as_str(),
        "verdict": verdict.map(|(verdict, _)| verdict.as_str()),
        "fingerprint": ticket.fingerprint,
        "owner": kept.and_then(|kept| kept.owner.as_ref()),
        "priority": line.priority,
        "reason": verdict.map(|(_, reason)| reason),
        "raised": alarm.is_some(),
    });
    let versions = all.state.disputed(&ticket.fingerprint).iter();
    let disagreement: Vec<Value> = versions.map(version).collect();
    if !disagreement.is_empty() {
        told["disagreement"] = disagreement.into();
    }
    if let Some(alarm) = alarm {
        // All that are known here: a ticket keeps a few.
        told["entities"] = json!(alarm.entities);
        if !alarm.totals.is_empty() {
            told["entities_total"] = json!(alarm.totals);
        }
    }
    told
}

/// What one chain says of an alarm about which they contradict each other.
fn version(it: &Version) -> Value {
    let verdict = it.verdict.as_ref();
    json!({
        "who": it.who,
        "at": it.at.to_rfc3339(0),
        "own": it.chain == 0,
        "did": it.text,
        "verdict": verdict.map(|(verdict, _)| verdict.as_str()),
        "reason": verdict.map(|(_, reason)| reason),
    })
}

/// The event's own id, and where its record lies.
pub(super) fn event(found: &Found, at: RowRef) -> Map<String, Value> {
    let segment = found.snapshot.segment(at);
    let row = usize::from(at.row);
    let mut event = Map::new();
    match segment.value(row, "id") {
        Cell::Id(id) => event.insert("id".to_owned(), id.to_string().into()),
        Cell::Text(text) => event.insert("id".to_owned(), text.into()),
        _ => None,
    };
    let origin = segment.origin(row);
    let object = found.session.store.ledger().path(origin.object).unwrap_or_default();
    event.insert("object".to_owned(), object.to_string().into());
    let (name, number) = match origin.place {
        Place::Line(line) => ("line", line),
        Place::Index(index) => ("index", index),
    };
    event.insert(name.to_owned(), number.into());
    event
}
