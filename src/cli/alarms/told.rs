//! What became of each rule: how many events it was asked of, and why it could not fire.

use super::Found;
use crate::cli::console::Console;
use crate::cli::error::CliError;
use crate::detect::{Loaded, Raised, sigma};
use crate::event::noun;

pub(super) fn print(found: &Found, console: &mut Console) -> Result<(), CliError> {
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
        let rule = &loaded.rule;
        let by = if rule.author.is_empty() { "nobody named" } else { &rule.author };
        console.line(&format!("{:<13} {}: {told}", rule.level.as_str(), rule.title))?;
        console.line(&format!("    {}  by {by}", loaded.file))?;
    }
    for (place, bursts) in found.detected.findings.bursts.iter().enumerate() {
        let about = found.rules.about(Raised::Correlation(place));
        let told = match found.rules.parts(&found.rules.correlations[place].rule) {
            Err(why) => format!("could not fire: {why}"),
            Ok(_) if !found.rules.can_run(&found.rules.correlations[place].rule) => {
                "could not fire: a rule that it is made of cannot be run".to_owned()
            }
            Ok(parts) => {
                able += 1;
                let hits: usize =
                    parts.iter().map(|part| found.detected.findings.hits[*part].len()).sum();
                let bursts = bursts.len() as u64;
                let noun = noun(bursts, "burst", "bursts");
                format!("{bursts} {noun} among {hits} events of its rules")
            }
        };
        let by = if about.author.is_empty() { "nobody named" } else { &about.author };
        console.line(&format!("{:<13} {}: {told}", about.level.as_str(), about.title))?;
        let file = &found.rules.correlations[place].file;
        console.line(&format!("    {file}  by {by}"))?;
    }
    let all = found.rules.rules.len() + found.rules.correlations.len();
    console.flush()?;
    console.tell(&format!("{able} of {all} rules could fire on this evidence"));
    Ok(())
}

/// Why a rule could not have fired, whatever happened.
fn why_not(found: &Found, loaded: &Loaded, evaluated: u64) -> Option<String> {
    let rule = &loaded.rule;
    if let Some(defect) = rule.defect() {
        return Some(defect.to_owned());
    }
    let formats = sigma::formats(rule);
    if formats.is_empty() {
        let source = &rule.source;
        let named: Vec<&str> = [&*source.category, &*source.product, &*source.service]
            .into_iter()
            .filter(|name| !name.is_empty())
            .collect();
        return Some(format!("logs of {} are not asked here", named.join(" ")));
    }
    if evaluated == 0 {
        return Some(format!("there are no events of {} in this evidence", formats.join(" or ")));
    }
    let segments = || {
        let all = found.snapshot.segments.iter();
        all.filter(|segment| formats.contains(&&*segment.schema().id))
    };
    let has = |column: &str| {
        segments().any(|segment| segment.fields().any(|(_, field)| field.name == column))
    };
    let missing = sigma::wanted(rule).into_iter().find(|(_, column)| !has(column));
    missing.map(|(member, _)| format!("no event of this evidence has {member}"))
}
