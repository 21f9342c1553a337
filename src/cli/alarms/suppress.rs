//! Alarms that nobody is to see until a time: made, listed with what each hides, and ended.

use super::case::{Desk, Triaged, name, pair, read, text, write};
use super::named::{Named, known, named};
use super::rules::load;
use crate::case::{State, Suppression, What, is_of_addresses, is_pattern};
use crate::cli::args::{AlarmFormat, Common, Suppress, Suppressed, TimeWindow, Unsuppress};
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::cli::status::Status;
use crate::cli::{home, journal};
use crate::detect::ENTITIES;
use crate::event::nearest::did_you_mean;
use crate::event::{Timestamp, counted};
use crate::job::triage::{self, until};
use serde_json::json;
use std::collections::BTreeSet;

/// What a suppression is about: a field and its value.
type About = Option<(String, String)>;

pub(super) fn run(
    common: &Common,
    args: &Suppress,
    console: &mut Console,
) -> Result<Status, CliError> {
    let workspace = name(args.by.workspace.as_deref())?;
    let about = about(args.about.as_deref())?;
    let mut what = Suppression {
        rule: args.rule.trim().to_owned(),
        pattern: about.as_ref().is_some_and(|(field, value)| is_pattern(field, value)),
        about,
        owner: args.owner.as_deref().map(str::trim).unwrap_or_default().to_owned(),
        reason: text("--reason", &args.reason)?,
        until: until(&args.until, Timestamp::now()).map_err(CliError::Usage)?,
    };
    if args.preview {
        let of = args.by.of(Vec::new(), &TimeWindow::default());
        let all = Triaged::read(common, &of, console)?;
        check(&all, &mut what)?;
        let mut hidden = 0;
        for line in triage::hidden(&all.queue, &what) {
            console.line(&format!("{}  {}", line.ticket.fingerprint, line.ticket.title))?;
            hidden += 1;
        }
        console.flush()?;
        let count = count(&all, &what);
        let words = what.words();
        console.tell(&format!("of {words}: {count} would be hidden in {workspace}; not written"));
        let fit = all.queue.iter().filter(|line| what.hides(&line.ticket)).count();
        if let more @ 1.. = fit - hidden {
            console.tell(&format!(
                "{} of it that somebody decided about already, and not hidden",
                counted(more as u64, "alarm is", "alarms are")
            ));
        }
        return Ok(all.found.status);
    }
    let desk = Desk::open(common, (&args.by, &TimeWindow::default()), console)?;
    check(&desk.all, &mut what)?;
    let count = count(&desk.all, &what);
    desk.write(What::Suppress(what), console)?;
    console.tell(&format!("{count} hidden by it now"));
    Ok(Status::Done)
}

fn count(all: &Triaged, what: &Suppression) -> String {
    counted(triage::hidden(&all.queue, what).count() as u64, "alarm", "alarms")
}

/// Such as `principal=alice`.
fn about(text: Option<&str>) -> Result<About, CliError> {
    let Some(text) = text else { return Ok(None) };
    let (field, value) = pair(text)?;
    Ok(Some((field.to_owned(), value.to_owned())))
}

/// One that could never hide anything is a mistake.
fn check(all: &Triaged, what: &mut Suppression) -> Result<(), CliError> {
    let raised = all.queue.iter().map(|line| Named::of_ticket(&line.ticket));
    let known = known(&all.found.rules).into_iter().chain(raised);
    what.rule = named(&what.rule, &known.collect::<Vec<_>>()).map_err(CliError::Usage)?;
    let Some((field, value)) = &what.about else { return Ok(()) };
    if is_of_addresses(field) && !what.pattern && value.contains('/') {
        return Err(CliError::Usage(format!(
            "{value:?} is no network, such as 203.0.113.0/24 or 2001:db8::/32"
        )));
    }
    let named = all.queue.iter().flat_map(|line| line.ticket.entities.keys());
    let fields: BTreeSet<&str> = ENTITIES.into_iter().chain(named.map(String::as_str)).collect();
    if !fields.contains(field.as_str()) {
        let near = did_you_mean(field, fields.iter().copied());
        let fields = fields.into_iter().collect::<Vec<_>>().join(", ");
        let text = format!("alarms are not about {field:?}{near} (known: {fields})");
        return Err(CliError::Usage(text));
    }
    Ok(())
}

/// Each suppression, what it hides on this evidence, and whose it is.
pub(super) fn list(
    common: &Common,
    args: &Suppressed,
    console: &mut Console,
) -> Result<Status, CliError> {
    name(args.by.workspace.as_deref())?;
    let all = Triaged::read(common, &args.by.of(Vec::new(), &TimeWindow::default()), console)?;
    let alarms = all.state.work().alarms();
    let mut over = 0;
    for it in alarms.suppressions() {
        let hides = all.queue.iter().filter(|line| line.state == State::Suppressed);
        let by_it = |line: &&_| {
            let line: &crate::job::queue::Line = line;
            alarms.suppressed(&line.ticket, all.now).is_some_and(|other| other.is_same(it))
        };
        let hides = hides.filter(by_it).count();
        let is_over = it.until <= all.now;
        over += u64::from(is_over);
        let (owner, until) = (&it.owner, it.until.to_rfc3339(0));
        match args.format {
            AlarmFormat::Table => {
                let (head, time) = if is_over { ("over", "was") } else { ("hides", "until") };
                let count = counted(hides as u64, "alarm", "alarms");
                console.line(&format!("{head} {count}, {time} {until}  {}", it.words()))?;
                console.line(&format!("    {owner}: {}", it.reason))?;
            }
            AlarmFormat::Jsonl => {
                let about = it.about.as_ref();
                let about = about.map(|(field, value)| json!({"field": field, "value": value}));
                let line = json!({
                    "rule": it.rule, "about": about, "owner": owner, "reason": it.reason,
                    "until": until, "over": is_over, "hides": hides,
                });
                console.json(line.to_string().as_bytes())?;
            }
        }
    }
    console.flush()?;
    let number = alarms.suppressions().len() as u64;
    let number = counted(number, "suppression", "suppressions");
    console.tell(&format!("{number}, {over} of them over"));
    Ok(all.found.status)
}

/// The id of the rule that is meant. What nothing is suppressed by is left as it is, and told later.
fn of_suppressed(text: &str, all: &[Suppression], console: &Console) -> Result<String, CliError> {
    let mut own = known(&load(&[], &|text| console.tell(text))?.0);
    own.extend(all.iter().map(|it| Named::of_id(&it.rule)));
    own.retain(|it| all.iter().any(|other| other.rule == it.id));
    Ok(named(text, &own).unwrap_or_else(|_| text.to_owned()))
}

/// No evidence is read for this.
pub(super) fn end(
    common: &Common,
    args: &Unsuppress,
    console: &mut Console,
) -> Result<Status, CliError> {
    let name = name(args.workspace.as_deref())?;
    let (rule, about) = (args.rule.trim(), about(args.about.as_deref())?);
    let (state, _) = read(common, name, console)?;
    let all = state.work().alarms().suppressions();
    let rule = &of_suppressed(rule, all, console)?;
    let Some(what) = all.iter().find(|it| it.rule == *rule && it.about == about) else {
        let of_rule: Vec<String> =
            all.iter().filter(|it| it.rule == *rule).map(Suppression::words).collect();
        let near = did_you_mean(rule, all.iter().map(|it| it.rule.as_str()));
        let text = if of_rule.is_empty() {
            format!("no suppression of {rule:?} is in {name}{near}")
        } else {
            format!("no such suppression is in {name}; these are: {}", of_rule.join("; "))
        };
        return Err(CliError::Usage(text));
    };
    let what = What::Unsuppress(what.clone());
    let mut opened = journal::open(&home::workspaces(common)?, name)?;
    write(&mut opened, what, console)?;
    Ok(Status::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_suppression_is_about_is_a_field_and_a_value() {
        let pair = |field: &str, value: &str| Some(Some((field.to_owned(), value.to_owned())));
        assert_eq!(about(None).ok(), Some(None));
        assert_eq!(about(Some("src.ip=203.0.113.9")).ok(), pair("src.ip", "203.0.113.9"));
        assert_eq!(about(Some("principal=a=b")).ok(), pair("principal", "a=b"));
        for text in ["", "principal", "=x", "principal=", " = "] {
            assert!(about(Some(text)).is_err(), "{text}");
        }
    }
}
