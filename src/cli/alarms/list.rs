//! The alarms, for people and for programs.

use super::Found;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::detect::detectors::detector;
use crate::detect::{About, Alarm, DETECTORS, alarms};
use crate::event::{Place, Timestamp, noun};
use crate::store::{Cell, RowRef};
use serde_json::{Map, Value, json};

pub(super) fn table(found: &Found, console: &mut Console) -> Result<(), CliError> {
    let all = alarms(&found.snapshot, &found.rules, &found.detected.findings);
    for alarm in &all {
        let about = &alarm.about;
        let who =
            ["principal", "src.ip", "resource"].iter().find_map(|name| alarm.entities.get(name));
        let who = who.and_then(|values| values.first()).map_or("-", String::as_str);
        let count = alarm.events.len();
        console.line(&format!(
            "{:<13} {}  {:>5} {}  {}  {who}",
            about.level.as_str(),
            span(alarm),
            count,
            noun(count as u64, "event", "events"),
            about.title,
        ))?;
        console.line(&format!("    {}  {}", alarm.fingerprint, by(about)))?;
        console.line(&format!("    why: {}", alarm.why))?;
        if !alarm.totals.is_empty() {
            console.line(&format!("    {}", kept(alarm)))?;
        }
    }
    let number = all.len() as u64;
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

/// Who wrote the rule or the detector, and under which licence; or which product found it.
fn by(about: &About) -> String {
    let what = if detector(&about.id).is_some() { "detector" } else { "rule" };
    match (about.author.is_empty(), about.licence.is_empty()) {
        (true, _) => format!("{what} by nobody named"),
        (false, true) => format!("by {}", about.author),
        (false, false) => format!("{what} by {} ({})", about.author, about.licence),
    }
}

/// Of which fields there are more values than are kept.
fn kept(alarm: &Alarm) -> String {
    let each = alarm.totals.iter().map(|(field, total)| {
        let kept = alarm.entities.get(field).map_or(0, Vec::len);
        format!("{field} {kept} of {total}")
    });
    format!("values kept: {}", each.collect::<Vec<_>>().join(", "))
}

fn span(alarm: &Alarm) -> String {
    let text = |time: Option<Timestamp>| time.map_or("-".to_owned(), |time| time.to_rfc3339(0));
    let (first, last) = (text(alarm.first), text(alarm.last));
    if first == last { first } else { format!("{first} to {last}") }
}

pub(super) fn jsonl(found: &Found, console: &mut Console) -> Result<(), CliError> {
    for alarm in alarms(&found.snapshot, &found.rules, &found.detected.findings) {
        console.json(line(found, &alarm).to_string().as_bytes())?;
    }
    Ok(())
}

fn line(found: &Found, alarm: &Alarm) -> Value {
    let rule = &alarm.about;
    let time = |time: Option<Timestamp>| time.map(|time| time.to_rfc3339(0));
    let mut line = json!({
        "id": alarm.fingerprint,
        "rule": rule.id,
        "rule_version": rule.version,
        "title": rule.title,
        "author": rule.author,
        "licence": rule.licence,
        "severity": rule.level.as_str(),
        "first": time(alarm.first),
        "last": time(alarm.last),
        "count": alarm.events.len(),
        "entities": alarm.entities,
        "events": alarm.events.iter().map(|at| event(found, *at)).collect::<Vec<_>>(),
        "why": alarm.why,
        "state": "new",
        "verdict": null,
        "fingerprint": alarm.fingerprint,
    });
    if !alarm.totals.is_empty() {
        line["entities_total"] = json!(alarm.totals);
    }
    line
}

/// The event's own id, and where its record lies.
fn event(found: &Found, at: RowRef) -> Value {
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
    Value::Object(event)
}
