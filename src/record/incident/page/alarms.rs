//! The alarms of a page, and how long it took until somebody had them.

use super::{Block, Cell, heading, names, note, own, said, stated, time, verdict, words};
use crate::event::Time;
use crate::record::incident::means::{self, Steps};
use crate::record::incident::moment::lasted;
use crate::record::incident::{Alarm, Incident};

/// From what a time is counted.
const FIRST: &str = "after its first event";
const ACKNOWLEDGED: &str = "after it was acknowledged";

pub(super) fn add(incident: &Incident, page: &mut Vec<Block>) {
    heading(page, 3, "Alarms");
    if incident.alarms.is_empty() {
        page.push(Block::Items(vec![Cell::NotStated]));
    }
    for (nth, alarm) in incident.alarms.iter().enumerate() {
        let title = vec![own(format!("A{}", nth + 1)), Cell::Words(alarm.title().to_owned())];
        page.push(Block::Heading(4, title, alarm.severity));
        page.push(Block::Facts(about(alarm)));
        page.extend(alarm.notes.iter().map(note));
    }
}

fn about(alarm: &Alarm) -> Vec<(&'static str, Vec<Cell>)> {
    let rule = &alarm.rule;
    let mut facts = vec![
        ("severity", vec![stated(alarm.severity)]),
        ("state", vec![said(alarm.state.as_deref())]),
        ("owner", vec![said(alarm.owner.as_deref())]),
        ("verdict", vec![verdict(alarm.verdict)]),
        ("reason", vec![words(alarm.reason.as_deref())]),
        ("by", vec![said(alarm.who.as_deref()), time(alarm.at)]),
    ];
    if let Some(into) = &alarm.into {
        facts.push(("stands for it", vec![Cell::Words(into.words())]));
    }
    if alarm.history.len() > 1 {
        facts.push(("history", vec![words(alarm.past().as_deref())]));
    }
    if !alarm.disagreement.is_empty() {
        facts.push(("open disagreement", vec![words(alarm.disputed().as_deref())]));
    }
    facts.extend([
        (
            "rests on",
            vec![own(alarm.size()), own("from"), time(alarm.first), own("to"), time(alarm.last)],
        ),
        ("acknowledged", step(alarm.acknowledged, &[(alarm.first, FIRST)])),
        ("closed", step(alarm.closed, &[(alarm.first, FIRST), (alarm.acknowledged, ACKNOWLEDGED)])),
        ("why", vec![said(alarm.why.as_deref())]),
    ]);
    for (name, value) in [("rule", &rule.id), ("version", &rule.version)] {
        facts.push((name, vec![said(value.as_deref())]));
    }
    let owed = vec![said(rule.author.as_deref()), said(rule.licence.as_deref())];
    facts.push(("author, licence", owed));
    let entities = alarm
        .entities
        .iter()
        .map(|(field, values)| Cell::Said(format!("{field}: {}", values.join(", "))));
    let entities: Vec<Cell> = entities.collect();
    facts.push(("about", if entities.is_empty() { vec![Cell::NotStated] } else { entities }));
    if !alarm.exhibits.is_empty() {
        facts.push(("exhibits", names(&alarm.exhibits)));
    }
    facts.push(("fingerprint", vec![said(Some(&alarm.fingerprint))]));
    facts
}

/// When a step was done, and how long after others.
fn step(at: Option<Time>, since: &[(Option<Time>, &'static str)]) -> Vec<Cell> {
    let Some(done) = at else { return vec![own("not yet")] };
    let after = since.iter().filter_map(|(from, after)| {
        let from = (*from)?;
        Some(if from.at <= done.at {
            format!("{} {after}", lasted(from, done))
        } else {
            // Such as of events that came after somebody had taken it.
            format!("{} before what is now its first event", lasted(done, from))
        })
    });
    let after: Vec<String> = after.collect();
    let mut cells = vec![time(at)];
    if !after.is_empty() {
        cells.push(own(format!("({})", after.join(", "))));
    }
    cells
}

/// How long it took on average, and of how many alarms that is known.
pub(super) fn means(incident: &Incident) -> Vec<(&'static str, Vec<Cell>)> {
    let steps = incident.alarms.iter().map(|it| Steps {
        first: it.first,
        acknowledged: it.acknowledged,
        closed: it.closed,
    });
    let steps: Vec<Steps> = steps.collect();
    means::means(&steps).into_iter().map(|(name, text)| (name, vec![own(text)])).collect()
}
