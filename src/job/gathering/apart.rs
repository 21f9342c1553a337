//! What a record says of alarms that it does not tell of each: the suppressions in force with what
//! they hide, and what was raised and nobody decided about.

use super::Given;
use super::alarms::{rule, time};
use crate::case::{self, State, Ticket, What};
use crate::event::Time;
use crate::record::incident::{Alarm, Mention, Mentions, Severity, Suppression};
use std::collections::HashSet;

/// Alarms that are named of each kind.
const NAMED: usize = 50;

/// Suppressions that are not over, in the order in which they were made.
pub(super) fn suppressions(given: &Given<'_>) -> Vec<Suppression> {
    let alarms = given.state.work().alarms();
    let in_force = alarms.suppressions().iter().filter(|it| it.until > given.at());
    in_force.map(|it| suppression(given, it)).collect()
}

fn suppression(given: &Given<'_>, it: &case::Suppression) -> Suppression {
    let alarms = given.state.work().alarms();
    let entries = given.state.entries().iter().enumerate().rev();
    let is_it = |what: &What| matches!(what, What::Suppress(other) if other.is_same(it));
    let made = entries
        .filter(|(at, entry)| !given.state.is_undone(*at) && is_it(&entry.what))
        .map(|(_, entry)| entry)
        .next();
    let hides = tickets(given).filter(|ticket| {
        alarms.state(ticket, given.at()) == State::Suppressed
            && alarms.suppressed(ticket, given.at()).is_some_and(|other| other.is_same(it))
    });
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let title = tickets(given).find(|ticket| ticket.rule == it.rule);
    Suppression {
        rule: it.rule.clone(),
        title: title.and_then(|ticket| some(&ticket.title)),
        about: it.about.iter().cloned().collect(),
        owner: some(&it.owner),
        reason: some(&it.reason),
        until: Some(Time::new(it.until, 3)),
        who: made.map(|entry| entry.who.clone()),
        at: made.map(|entry| Time::new(entry.at, 3)),
        hides: mentions(hides),
    }
}

/// What was raised and nobody said anything of, but for what a suppression hides and what the record
/// tells of.
pub(super) fn undecided(given: &Given<'_>, told: &[Alarm]) -> Mentions {
    let told: HashSet<&str> = told.iter().map(|alarm| alarm.fingerprint.as_str()).collect();
    let alarms = given.state.work().alarms();
    mentions(tickets(given).filter(|ticket| {
        !told.contains(ticket.fingerprint.as_str())
            && alarms.state(ticket, given.at()) == State::New
    }))
}

/// All alarms: what is raised now, the gravest first, and what the case alone knows.
fn tickets<'a>(given: &'a Given<'_>) -> impl Iterator<Item = &'a Ticket> {
    let raised = given.raised.told.iter().map(|told| &*told.ticket);
    let here: HashSet<&str> = raised.clone().map(|ticket| ticket.fingerprint.as_str()).collect();
    let kept = given.state.work().alarms().kept().map(|kept| &*kept.ticket);
    raised.chain(kept.filter(move |ticket| !here.contains(ticket.fingerprint.as_str())))
}

fn mentions<'a>(all: impl Iterator<Item = &'a Ticket>) -> Mentions {
    let mut mentions = Mentions::default();
    for ticket in all {
        mentions.total += 1;
        if mentions.alarms.len() < NAMED {
            mentions.alarms.push(mention(ticket));
        }
    }
    mentions
}

fn mention(ticket: &Ticket) -> Mention {
    Mention {
        fingerprint: ticket.fingerprint.clone(),
        rule: rule(ticket),
        severity: Severity::parse(&ticket.severity),
        first: time(ticket.first.as_ref()),
        last: time(ticket.last.as_ref()),
        count: ticket.count,
        findings: super::alarms::findings(ticket),
    }
}
