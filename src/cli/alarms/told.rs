//! What became of each rule and detector: how many events it was asked of, and why it could not
//! fire.

use super::Found;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::detect::sigma::{Head, LogSource};
use crate::detect::{DETECTORS, Loaded, Product, Raised, products, sigma};
use crate::event::noun;
use std::collections::BTreeMap;

pub(super) fn print(found: &Found, console: &mut Console) -> Result<(), CliError> {
    let mut able = of_rules(found, console)?;
    let bursts = found.detected.findings.bursts.iter().zip(&found.detected.left_out);
    let (links, findings) = (found.rules.links(), &found.detected.findings);
    for (place, (bursts, left_out)) in bursts.enumerate() {
        let correlated = &found.rules.correlations[place];
        let told = match links.parts(place) {
            Err(why) => format!("could not fire: {why}"),
            Ok(parts) => {
                able += 1;
                let hits = |part: &Raised| match part {
                    Raised::Rule(rule) => findings.hits[*rule].len(),
                    Raised::Correlation(inner) => findings.bursts[*inner].len(),
                };
                let hits: usize = parts.iter().map(hits).sum();
                let bursts = bursts.len() as u64;
                let noun = noun(bursts, "burst", "bursts");
                format!("{bursts} {noun} among {hits} events of its rules{}", left(left_out))
            }
        };
        row(console, head(&correlated.rule.head), &told, (&correlated.file, &correlated.id))?;
    }
    for (detector, answer) in DETECTORS.iter().zip(&found.detected.findings.answers) {
        let told = match &answer.unable {
            Some(why) => format!("could not fire: {why}"),
            None => {
                able += 1;
                let number = answer.found.len() as u64;
                let alarms = noun(number, "alarm", "alarms");
                let parts = [format!("{number} {alarms}, {} evaluated", answer.evaluated)];
                let parts: Vec<&str> = parts
                    .iter()
                    .chain(&answer.remarks)
                    .chain(&answer.left_out)
                    .map(String::as_str)
                    .collect();
                parts.join("; ")
            }
        };
        let about = detector.about();
        let file = format!("detector {}", detector.id);
        let id = if about.id == detector.id { "" } else { &about.id };
        row(console, (about.level.as_str(), &about.title, &about.author), &told, (&file, id))?;
    }
    refused(found, console)?;
    for product in products(&found.snapshot) {
        console.line(&format!("{:<13} {}", "finding", of_product(&product)))?;
    }
    let rules = &found.rules;
    let all = rules.rules.len() + rules.correlations.len() + rules.refused.len() + DETECTORS.len();
    console.flush()?;
    console.tell(&format!("{able} of {all} rules and detectors could fire on this evidence"));
    Ok(())
}

/// What a rule that is wrong in itself says, before what is wrong.
const DEFECT: &str = "rule defect: ";

/// What was to be a rule and is none.
fn refused(found: &Found, console: &mut Console) -> Result<(), CliError> {
    for it in &found.rules.refused {
        let title = if it.title.is_empty() { "(no title)" } else { &it.title };
        let told = format!("could not fire: {DEFECT}{}", it.why);
        row(console, ("unknown", title, &it.author), &told, (&it.file, ""))?;
    }
    Ok(())
}

/// What is told of a rule or a detector: how grave it is, what it is called, and who wrote it.
fn row(
    console: &mut Console,
    (level, title, author): (&str, &str, &str),
    told: &str,
    (file, id): (&str, &str),
) -> Result<(), CliError> {
    let by = if author.is_empty() { "nobody named" } else { author };
    console.line(&format!("{level:<13} {title}: {told}"))?;
    let id = if id.is_empty() { String::new() } else { format!(" {id}") };
    console.line(&format!("    {file}{id}  by {by}"))
}

fn head(head: &Head) -> (&str, &str, &str) {
    (head.level.as_str(), &head.title, &head.author)
}

/// Says of each rule that stands alone what it matched, or why it could not; how many could.
fn of_rules(found: &Found, console: &mut Console) -> Result<usize, CliError> {
    let rules =
        found.rules.rules.iter().zip(&found.detected.findings.hits).zip(&found.detected.evaluated);
    let mut able = 0;
    for ((loaded, hits), evaluated) in rules {
        let told = match why_not(found, loaded, *evaluated) {
            Some(why) => format!("could not fire: {why}"),
            None => {
                able += 1;
                format!("matched {} of {evaluated} evaluated", hits.len())
            }
        };
        row(console, head(&loaded.rule.head), &told, (&loaded.file, &loaded.id))?;
    }
    Ok(able)
}

/// What became of the findings of a product.
fn of_product(product: &Product) -> String {
    let Product { name, raised, over } = product;
    let over = over.iter().map(|(state, number)| {
        let (noun, its) = (noun(*number, "finding", "findings"), noun(*number, "its", "their"));
        format!("; {number} {noun} left out: {its} product says {state}")
    });
    let noun = noun(*raised, "finding raises", "findings raise");
    format!("{name}: {raised} {noun} alarms{}", over.collect::<String>())
}

/// What was left out, and why.
fn left(out: &BTreeMap<String, u64>) -> String {
    let told = out.iter().map(|(lack, events)| {
        format!("; {events} {} left out: {lack}", noun(*events, "event", "events"))
    });
    told.collect()
}

/// Why a rule could not have fired, whatever happened.
fn why_not(found: &Found, loaded: &Loaded, evaluated: u64) -> Option<String> {
    let rule = &loaded.rule;
    if let Some(defect) = rule.defect() {
        return Some(format!("{DEFECT}{defect}"));
    }
    let formats = sigma::formats(rule);
    if formats.is_empty() {
        return Some(format!("logs of {} are not asked here", named(&rule.source)));
    }
    if evaluated == 0 {
        let formats = formats.join(" or ");
        let which = match sigma::events(rule) {
            Some(_) => format!("{} ({formats})", named(&rule.source)),
            None => formats,
        };
        return Some(format!("there are no events of {which} in this evidence"));
    }
    let segments = || {
        let all = found.snapshot.segments.iter();
        all.filter(|segment| formats.contains(&&*segment.schema().id))
    };
    let has = |column: &str| {
        segments().any(|segment| segment.fields().any(|(_, field)| field.name == column))
    };
    let there: Vec<&str> = segments().map(|segment| &*segment.schema().id).collect();
    let mut wanted = sigma::wanted(rule, &there).into_iter();
    let missing = wanted.find(|(_, columns)| !columns.iter().any(|one| has(one)));
    missing.map(|(member, _)| format!("no event of this evidence has {member}"))
}

/// What a log source is called.
fn named(source: &LogSource) -> String {
    let named = [&*source.category, &*source.product, &*source.service];
    named.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ")
}
