//! What became of each rule and detector: how many events it was asked of, and why it could not
//! fire.

use super::Found;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::detect::sigma::{Head, Kind, LogSource};
use crate::detect::{DETECTORS, Loaded, Product, Raised, products, sigma};
use crate::event::noun;
use crate::job::detecting::{Absent, Detected};
use std::collections::BTreeMap;

pub(super) fn print(found: &Found, threads: usize, console: &mut Console) -> Result<(), CliError> {
    let absent = absent(found, threads)?;
    let rules = found.rules.rules.iter().zip(&found.detected.evaluated);
    let unable: Vec<_> =
        rules.map(|(loaded, evaluated)| why_not(loaded, *evaluated, &absent)).collect();
    let mut able = of_rules(found, &unable, console)?;
    able += of_correlations(found, &unable, console)?;
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

/// Says of each rule about single events what it matched, or why it could not; how many could.
fn of_rules(
    found: &Found,
    unable: &[Option<String>],
    console: &mut Console,
) -> Result<usize, CliError> {
    let Detected { findings, evaluated, .. } = &found.detected;
    let all = found.rules.rules.iter().zip(&findings.hits).zip(evaluated).zip(unable);
    for (((loaded, hits), evaluated), unable) in all {
        let told = match unable {
            Some(why) => format!("could not fire: {why}"),
            None => format!("matched {} of {evaluated} evaluated", hits.len()),
        };
        row(console, head(&loaded.rule.head), &told, (&loaded.file, &loaded.id))?;
    }
    Ok(unable.iter().filter(|why| why.is_none()).count())
}

/// The same of each correlation.
fn of_correlations(
    found: &Found,
    unable: &[Option<String>],
    console: &mut Console,
) -> Result<usize, CliError> {
    let (links, findings) = (found.rules.links(), &found.detected.findings);
    let parts = unable_parts(found, unable);
    let mut able = 0;
    let bursts = findings.bursts.iter().zip(&found.detected.left_out);
    for (place, (bursts, left_out)) in bursts.enumerate() {
        let correlated = &found.rules.correlations[place];
        let told = match (links.parts(place), parts.get(&place)) {
            (Err(why), _) => format!("could not fire: {why}"),
            (_, Some(titles)) => {
                format!("could not fire: what it is made of could not: {}", titles.join(", "))
            }
            (Ok(parts), None) => {
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
    Ok(able)
}

/// The correlations that lack what they are made of, with the titles of that: one is enough for those
/// that need every rule, and for the others it has to be all.
fn unable_parts<'f>(found: &'f Found, unable: &[Option<String>]) -> BTreeMap<usize, Vec<&'f str>> {
    let (links, mut lacking) = (found.rules.links(), BTreeMap::new());
    for &place in &links.order {
        let parts = links.parts(place).unwrap_or_default();
        let gone = parts.iter().filter_map(|part| match part {
            Raised::Rule(rule) => {
                unable[*rule].as_ref().map(|_| &found.rules.rules[*rule].rule.head)
            }
            Raised::Correlation(inner) => {
                lacking.contains_key(inner).then(|| &found.rules.correlations[*inner].rule.head)
            }
        });
        let gone: Vec<&str> = gone.map(|head| head.title.as_str()).collect();
        let needs_all = matches!(
            found.rules.correlations[place].rule.kind,
            Kind::Temporal | Kind::TemporalOrdered
        );
        if !gone.is_empty() && (needs_all || gone.len() == parts.len()) {
            lacking.insert(place, gone);
        }
    }
    lacking
}

/// What is never there of what rules ask for that were asked of events and matched none.
fn absent(found: &Found, threads: usize) -> Result<Absent, CliError> {
    let Detected { findings, evaluated, .. } = &found.detected;
    let all = found.rules.rules.iter().zip(&findings.hits).zip(evaluated);
    let silent = all.filter(|((_, hits), evaluated)| hits.is_empty() && **evaluated > 0);
    let rules = silent.map(|((loaded, _), _)| &loaded.rule);
    Absent::new(&found.session.evidence, &found.snapshot, rules, threads).map_err(CliError::Threads)
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
fn why_not(loaded: &Loaded, evaluated: u64, absent: &Absent) -> Option<String> {
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
    let lacking = absent.lacking(rule)?;
    let (fields, lacking) = (noun(lacking.len() as u64, "field", "fields"), lacking.join(" or "));
    Some(format!(
        "{fields} never present: no event of its log source in this evidence has {lacking}"
    ))
}

/// What a log source is called.
fn named(source: &LogSource) -> String {
    let named = [&*source.category, &*source.product, &*source.service];
    named.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ")
}
