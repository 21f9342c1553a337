//! The report as plain text, made harmless.

use super::{tallies, time, title, totals, weights};
use crate::event::unlabel;
use crate::shown::{Glyphs, Mode, Place, show};
use crate::verify::{Finding, LIMITS, Length, Report, Severity};

/// The report in lines.
pub fn text(report: &Report, glyphs: Glyphs) -> Vec<String> {
    let mode = Mode { place: Place::Table, glyphs };
    let mut lines = vec![format!("{}: {}", report.verdict, weights(report)), String::new()];
    for (name, tally) in tallies(report) {
        if tally.found + tally.missing > 0 || name != "backfill digests" {
            lines.push(format!(
                "{name:<17}{} found: {} valid, {} invalid, {} unverifiable; {} missing",
                tally.found, tally.valid, tally.invalid, tally.unverifiable, tally.missing
            ));
        }
    }
    lines.push(format!("{:<17}{} known", "public keys", report.keys));
    for (number, scope) in report.scopes.iter().enumerate() {
        let (from, to) = scope.window;
        lines.extend([String::new(), title(scope), format!("  {} to {}", time(from), time(to))]);
        let covers = totals(report, number);
        lines.extend(
            covers
                .into_iter()
                .map(|(cover, length)| format!("  {:<14}{}", cover.as_str(), Length(length))),
        );
    }
    if !report.findings.is_empty() {
        lines.push(String::new());
        lines.extend(groups(&report.findings));
    }
    lines.extend([String::new(), "What a chain of digests cannot show:".to_owned()]);
    lines.extend(LIMITS.iter().map(|limit| format!("  {limit}")));
    lines.iter().map(|line| show(&*unlabel(line), mode).into_owned().as_str().to_owned()).collect()
}

/// Findings that say the same of many objects stand together.
fn groups(findings: &[Finding]) -> Vec<String> {
    let mut groups: Vec<(&Finding, Vec<String>)> = Vec::new();
    for finding in findings {
        let about = match (&finding.key, finding.span) {
            (Some(key), _) => vec![key.clone()],
            (None, Some((from, to))) => vec![format!("{} to {}", time(from), time(to))],
            (None, None) => vec![],
        };
        match groups.last_mut() {
            Some((first, all)) if first.kind == finding.kind && first.detail == finding.detail => {
                all.extend(about);
            }
            _ => groups.push((finding, about)),
        }
    }
    groups.into_iter().flat_map(|(finding, about)| group(finding, about)).collect()
}

fn group(finding: &Finding, about: Vec<String>) -> Vec<String> {
    let severity = match finding.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "note",
    };
    let many = if about.len() > 1 { format!(" ({} of them)", about.len()) } else { String::new() };
    let mut lines =
        vec![format!("{severity:<8}{}{many}", finding.kind), format!("        {}", finding.detail)];
    lines.extend(about.into_iter().map(|about| format!("        {about}")));
    lines
}
