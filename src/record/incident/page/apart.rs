//! The alarms that a page has only by name: those that suppressions hide, and those nobody looked at.

use super::{Block, Cell, heading, own, said, stated, time, words};
use crate::event::{counted, grouped};
use crate::record::incident::decided::size;
use crate::record::incident::{Incident, Mention, Mentions, Suppression};

pub(super) fn add(incident: &Incident, page: &mut Vec<Block>) {
    if !incident.suppressions.is_empty() {
        heading(page, 3, "Suppressions in force");
        for suppression in &incident.suppressions {
            let title = suppression.title.as_deref().unwrap_or(&suppression.rule);
            page.push(Block::Heading(4, vec![Cell::Words(title.to_owned())], None));
            page.push(Block::Facts(about(suppression)));
            named(&suppression.hides, page);
        }
    }
    if incident.undecided.total > 0 {
        heading(page, 3, "Alarms nobody decided about");
        named(&incident.undecided, page);
    }
}

fn about(it: &Suppression) -> Vec<(&'static str, Vec<Cell>)> {
    let about = it.about.iter().map(|(field, value)| Cell::Said(format!("{field}: {value}")));
    let about: Vec<Cell> = about.collect();
    let hides = counted(it.hides.total, "alarm", "alarms");
    vec![
        ("rule", vec![said(Some(&it.rule))]),
        ("about", if about.is_empty() { vec![own("any")] } else { about }),
        ("hides", vec![own(hides)]),
        ("until", vec![time(it.until)]),
        ("owner", vec![said(it.owner.as_deref())]),
        ("reason", vec![words(it.reason.as_deref())]),
        ("by", vec![said(it.who.as_deref()), time(it.at)]),
    ]
}

/// A line for each that is named, and how many are not.
fn named(all: &Mentions, page: &mut Vec<Block>) {
    const HEAD: &[&str] = &[
        "severity",
        "alarm",
        "rule, version",
        "author, licence",
        "rests on",
        "first",
        "last",
        "fingerprint",
    ];
    if !all.alarms.is_empty() {
        page.push(Block::Table(HEAD, all.alarms.iter().map(row).collect()));
    }
    if all.rest() > 0 {
        page.push(Block::Line(format!("And {} more.", grouped(all.rest()))));
    }
}

fn row(it: &Mention) -> Vec<Cell> {
    let rule = &it.rule;
    let title = rule.title.as_deref().or(rule.id.as_deref());
    let both = |one: &Option<String>, other: &Option<String>| {
        let told: Vec<&str> = [one, other].into_iter().flatten().map(String::as_str).collect();
        if told.is_empty() { Cell::NotStated } else { Cell::Said(told.join(", ")) }
    };
    vec![
        stated(it.severity),
        words(title),
        both(&rule.id, &rule.version),
        both(&rule.author, &rule.licence),
        own(size(it.count, it.findings)),
        time(it.first),
        time(it.last),
        said(Some(&it.fingerprint)),
    ]
}
